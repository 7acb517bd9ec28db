// Package detect runs rules over events and yields findings.
//
// Work is done in two stages. Stage one looks at each event alone, on all
// cores and in any order: it decides single-event rules and notes what was
// there to be seen. What it hands on are hits: one rule, true for one record,
// with the reason. Stage two takes hits in the order of time, from a sorter
// that keeps memory flat by spilling to disk: it folds copies of one record,
// runs correlations and hands out findings. So the speed comes from stage one,
// the truth about sequences from stage two, and the answer depends neither on
// the number of workers nor on the order of files.
package detect

import (
	"context"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"tyto/internal/attack"
	"tyto/internal/event"
	"tyto/internal/intel"
	"tyto/internal/scan"
	"tyto/sigma"
	"tyto/sigma/correlate"
)

// Options say how to hunt.
type Options struct {
	Scan           scan.Options // Out is not used
	Rules          *Rules
	Attack         *attack.Table
	Filter         Filter
	Intel          *intel.Set // indicators to look for; nil: none
	Patterns       []Pattern  // STIX patterns over several things or events
	Carried        []CarriedRule
	KeepDuplicates bool // report each copy of a record on its own
	Scratch        Scratch
	SortMemory     int // bytes of hits held in memory; 0: a default
}

// defaultSortMemory keeps a whole hunt well below its memory budget: there are
// two sorters.
const defaultSortMemory = 48 << 20

// Hunt reads all evidence under the roots and calls found for each finding, in
// the order of time. When ctx ends early, what was found until then is handed
// out all the same and the health says that the result is partial; the error
// is then nil. Errors are those of found and of temporary files.
func Hunt(ctx context.Context, roots []string, opt Options, found func(*Finding) error) (*Result, error) {
	h := newHunt(opt)
	defer h.close()
	files, err := scan.Run(ctx, roots, h.opt.Scan, h.worker)
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	if h.failed != nil {
		return nil, h.failed
	}
	res := &Result{Files: files}
	stats, err := h.stageTwo(func(f *Finding) error {
		res.count(f)
		return found(f)
	})
	if err != nil {
		return nil, err
	}
	h.conclude(res, stats, ctx.Err() == nil)
	return res, nil
}

// A hunt is one run.
type hunt struct {
	opt       Options
	findings  *sorter
	facts     *sorter
	observed  *sorter // events that patterns may rest on
	undecided int64   // patterns that could not be evaluated to the end
	carried   *carriage

	mu      sync.Mutex
	workers []*worker
	failed  error
	broken  atomic.Bool  // failed is set
	matched map[int]bool // rules with findings
	alerted map[int]bool // correlations with findings
	copies  int64
	early   int64
	lost    int64 // alerts beyond maxAlerts
}

func newHunt(opt Options) *hunt {
	if opt.SortMemory == 0 {
		opt.SortMemory = defaultSortMemory
	}
	if opt.Scan.Progress == nil {
		opt.Scan.Progress = &scan.Progress{}
	}
	return &hunt{
		opt:      opt,
		findings: newSorter(opt.Scratch, opt.SortMemory),
		facts:    newSorter(opt.Scratch, opt.SortMemory/4),
		observed: newSorter(opt.Scratch, opt.SortMemory/4),
		matched:  make(map[int]bool),
		alerted:  make(map[int]bool),
		carried:  newCarriage(opt.Carried, opt.Rules),
	}
}

func (h *hunt) close() {
	_ = h.findings.close()
	_ = h.facts.close()
	_ = h.observed.close()
}

func (h *hunt) worker() scan.Consumer {
	w := newWorker(h)
	h.mu.Lock()
	h.workers = append(h.workers, w)
	h.mu.Unlock()
	return w
}

func (h *hunt) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failed == nil {
		h.failed = err
	}
	h.broken.Store(true)
}

// stageTwo runs correlations over the facts, then hands out findings and
// alerts in the order of time.
func (h *hunt) stageTwo(found func(*Finding) error) (correlate.Stats, error) {
	a := &assembler{rules: h.opt.Rules, intel: h.opt.Intel, attack: h.opt.Attack}
	alerts, stats, err := h.correlate(a)
	if err != nil {
		return stats, err
	}
	matches, err := h.patterns(a)
	if err != nil {
		return stats, err
	}
	alerts = append(alerts, matches...)
	slices.SortStableFunc(alerts, compareFindings)
	c := &copier{}
	for hit, err := range h.reported(c) {
		if err != nil {
			return stats, err
		}
		for len(alerts) > 0 && alerts[0].Time.Before(hit.time) {
			if err := found(alerts[0]); err != nil {
				return stats, err
			}
			alerts = alerts[1:]
		}
		if hit.rule < len(h.opt.Rules.Rules) {
			h.matched[hit.rule] = true
			h.carried.match(hit)
		}
		if err := found(a.finding(hit)); err != nil {
			return stats, err
		}
	}
	h.copies, h.early = c.merged, c.early
	for _, f := range alerts {
		if err := found(f); err != nil {
			return stats, err
		}
	}
	return stats, nil
}

// reported yields the hits that become findings: one for all copies of a
// record, or one for each. What is counted over several events always counts a
// record once, however many copies of it there are.
func (h *hunt) reported(c *copier) iter.Seq2[*hit, error] {
	if h.opt.KeepDuplicates {
		return c.mark(h.findings.sorted())
	}
	return c.fold(h.findings.sorted())
}

// convert fills the engine's event from ours. The two differ in name only: the
// engine is public and knows nothing of our rooms.
func convert(dst *sigma.Event, ev *event.Event, shape *sigma.Shape) {
	dst.Source = sigma.Source(ev.Source)
	dst.Shape = shape
	dst.Values = dst.Values[:0]
	for _, v := range ev.Values {
		dst.Values = append(dst.Values, sigma.Value{Field: v.Field, Kind: sigma.Kind(v.Kind), Text: v.Text})
	}
}

// shapeOf makes the engine's shape of ours.
func shapeOf(rs *sigma.Ruleset, s *event.Shape) *sigma.Shape {
	fields := make([]sigma.Field, len(s.Fields))
	for i, f := range s.Fields {
		fields[i] = sigma.Field{Name: f.Name, Header: f.Header}
	}
	return rs.NewShape(fields)
}
