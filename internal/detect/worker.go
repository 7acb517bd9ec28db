package detect

import (
	"strings"

	"tyto/internal/event"
	"tyto/internal/intel"
	"tyto/internal/scan"
	"tyto/sigma"
)

// A worker is stage one on one goroutine.
type worker struct {
	hunt       *hunt
	eval       *sigma.Evaluator
	census     *census
	cover      *sigma.Coverage
	seen       *continuity
	event      sigma.Event
	current    *event.Event
	onMatch    func(*sigma.Rule)
	onSight    func(intel.Hit)
	lookout    *lookout // nil without indicators
	watcher    *watcher // nil without patterns
	id         event.ID // of the current event, when identified
	ids        event.Identifier
	identified bool
	fields     []NamedValue    // of the current event, when asked for
	cutShort   int64           // values that were too long for a timeline
	processes  map[string]bool // hosts with records of started processes
}

func newWorker(h *hunt) *worker {
	w := &worker{
		hunt:   h,
		eval:   h.opt.Rules.Set.NewEvaluator(),
		census: newCensus(),
		cover:  h.opt.Rules.Set.NewCoverage(),
		seen:   newContinuity(),

		processes: make(map[string]bool),
		lookout:   newLookout(h.opt.Intel),
		watcher:   newWatcher(h.opt.Patterns),
	}
	w.onMatch, w.onSight = w.match, w.sight
	return w
}

// Begin implements scan.Consumer.
func (w *worker) Begin(*scan.Job) { w.seen.begin() }

// End implements scan.Consumer.
func (w *worker) End() []byte { return nil }

// Event implements scan.Consumer: all of stage one for one event.
func (w *worker) Event(ev *event.Event) bool {
	if !w.hunt.opt.Filter.Keeps(ev) {
		return true
	}
	k := w.census.of(ev.Source)
	if !ev.Carved {
		w.seen.note(ev, k.log)
	}
	if k.process && !w.processes[ev.Host] {
		w.processes[strings.Clone(ev.Host)] = true
	}
	convert(&w.event, ev, w.shape(k, ev.Shape))
	w.current, w.identified, w.fields = ev, false, nil
	w.eval.Match(&w.event, w.onMatch)
	if w.lookout != nil {
		w.look(ev)
	}
	if w.watcher != nil {
		w.watch(ev)
	}
	return !w.hunt.broken.Load()
}

func (w *worker) shape(k *kind, s *event.Shape) *sigma.Shape {
	if out := k.shapes[s]; out != nil {
		return out
	}
	out := shapeOf(w.hunt.opt.Rules.Set, s)
	if len(k.shapes) >= maxShapes {
		clear(k.shapes)
	}
	k.shapes[s] = out
	w.cover.Add(sigma.Source(k.source), out)
	return out
}

// match is called for each rule that is true for the current event.
func (w *worker) match(r *sigma.Rule) {
	rules := w.hunt.opt.Rules
	index := rules.index[r]
	if rules.Plan.Wants(index) {
		w.keep(w.hunt.facts, w.fact(index, r))
	}
	if rules.reports(index, w.hunt.opt.Filter.MinLevel) {
		w.keep(w.hunt.findings, w.finding(index, r))
		w.hunt.opt.Scan.Progress.Found.Add(1)
	}
}

func (w *worker) keep(s *sorter, h *hit) {
	if err := s.add(h); err != nil {
		w.hunt.fail(err)
	}
}

// identity is the present event's id, computed once for all its hits.
func (w *worker) identity() event.ID {
	if !w.identified {
		w.id, w.identified = w.ids.ID(w.current), true
	}
	return w.id
}

// told are the present event's fields as text, made once for all its findings.
func (w *worker) told() []NamedValue {
	if w.fields == nil {
		var cuts int64
		w.fields, cuts = namedValues(w.current)
		w.cutShort += cuts
	}
	return w.fields
}

func (w *worker) base(index int) *hit {
	ev := w.current
	return &hit{
		time: ev.Time, rule: index, id: w.identity(), host: ev.Host, source: ev.Source,
		record: ev.RecordID, origin: ev.Origin, carved: ev.Carved,
	}
}

func (w *worker) finding(index int, r *sigma.Rule) *hit {
	h := w.base(index)
	h.fields = w.told()
	h.reasons = reasonsOf(w.eval.Explain(&w.event, r))
	return h
}

func (w *worker) fact(index int, r *sigma.Rule) *hit {
	h := w.base(index)
	fields := w.hunt.opt.Rules.Plan.Fields(index)
	h.captured = make([]capture, len(fields))
	for i, name := range fields {
		if values := w.eval.Lookup(&w.event, r, name); len(values) > 0 {
			h.captured[i] = capture{values[0], true}
		}
	}
	return h
}
