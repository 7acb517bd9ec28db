package detect

import (
	"slices"
	"strconv"
	"time"

	"tyto/internal/event"
	"tyto/internal/intel"
	"tyto/stix"
)

// A Pattern is a STIX pattern that is more than a list of values: it speaks of
// several things in one event, or of several events. Rules for engines that
// Tyto does not have come along without a Pattern, to be answered for.
type Pattern struct {
	Given
	Name    string
	Kind    string        // of the answer; "" is "stix-pattern"
	Text    string        // as it came; "" is the pattern's own spelling
	Pattern *stix.Pattern // nil: not evaluated
	Why     string        // it is not evaluated

	answer *intel.Sighting
}

// Given is what its source says of a pattern or rule that came with indicators.
type Given struct {
	Source      string
	Asked       intel.Decision // for what it is to be used; None is Detect
	From, Until time.Time      // when it is believed valid; zero is open
}

func (p *Pattern) kind() string {
	if p.Kind == "" {
		return intel.PatternKind
	}
	return p.Kind
}

func (p *Pattern) text() string {
	if p.Text == "" && p.Pattern != nil {
		return p.Pattern.String()
	}
	return p.Text
}

func (p *Pattern) decision() intel.Decision {
	if p.Pattern == nil {
		return intel.Context
	}
	return p.Given.decision()
}

func (g *Given) decision() intel.Decision {
	if g.Asked == intel.None {
		return intel.Detect
	}
	return g.Asked
}

// historic reports whether a time lies outside the validity.
func (g *Given) historic(at time.Time) bool {
	return !g.From.IsZero() && at.Before(g.From) || !g.Until.IsZero() && at.After(g.Until)
}

// level is how serious a match is, as for indicators.
func (p *Pattern) level(historic bool) Level {
	level := High
	if p.decision() == intel.Hunt {
		level = Low
	}
	if historic && level > Low {
		level--
	}
	return level
}

// maxPatternEvents bounds the events that one pattern remembers; it is told in
// health when it was too few.
const maxPatternEvents = 10_000

// A watcher is stage one of the patterns: it keeps the events that fit any
// bracketed comparison of a pattern. Nothing in a pattern speaks of events that
// fit none, so no match is lost.
type watcher struct {
	observer observer
	index    *partIndex
	coverage coverage
}

func newWatcher(patterns []Pattern) *watcher {
	if !slices.ContainsFunc(patterns, func(p Pattern) bool { return p.Pattern != nil }) {
		return nil
	}
	w := &watcher{index: newPartIndex(), coverage: newCoverage()}
	for i, p := range patterns {
		if p.Pattern == nil {
			continue
		}
		alike(p.Pattern).Expr.Comparisons(func(c *stix.Comparison) bool {
			one, err := stix.ParsePattern("[" + c.String() + "]")
			if err == nil { // what the parser wrote, it can read
				w.index.add(i, c, stix.NewMatcher(one, stix.Limits{}))
			}
			return true
		})
	}
	return w
}

// watch keeps the current event for each pattern that it is part of.
func (w *worker) watch(ev *event.Event) {
	o := w.watcher.observer.observation(ev.Time, "", ev.Source, w.told())
	if o == nil || ev.Time.IsZero() {
		return
	}
	w.watcher.coverage.note(ev.Source.Log(), o)
	kept := -1 // candidates come in the order of patterns
	for _, at := range w.watcher.index.candidates(o) {
		p := &w.watcher.index.parts[at]
		if p.pattern == kept {
			continue
		}
		p.matcher.Reset()
		_ = p.matcher.Observe(o) // an observation that cannot be decided does not fit
		if p.matcher.Finish().Matched {
			kept = p.pattern
			out := w.base(kept)
			out.fields = w.told()
			w.keep(w.hunt.observed, out)
		}
	}
}

// patterns is stage two: every pattern sees its events in the order of time.
func (h *hunt) patterns(a *assembler) ([]*Finding, error) {
	if len(h.opt.Patterns) == 0 {
		return nil, nil
	}
	runs := make([]patternRun, len(h.opt.Patterns))
	for i := range runs {
		runs[i].start(&h.opt.Patterns[i])
	}
	for hit, err := range (&copier{}).fold(h.observed.sorted()) {
		if err != nil {
			return nil, err
		}
		run := &runs[hit.rule]
		if run.alone {
			run.seen.tally(hit, &run.pattern.Given)
		}
		if !run.matcher.Matched() { // a match is said once
			run.observe(a, hit)
		}
	}
	cover := h.coverage()
	var out []*Finding
	for i := range runs {
		f := runs[i].finish(h, a, cover)
		if f != nil && f.Level >= h.opt.Filter.MinLevel {
			out = append(out, f)
		}
	}
	return out, nil
}

// coverage adds up what all workers' logs showed.
func (h *hunt) coverage() coverage {
	total := newCoverage()
	for _, w := range h.workers {
		if w.watcher != nil {
			total.Merge(w.watcher.coverage.Logs)
		}
	}
	return total
}

// A patternRun is one pattern at work.
type patternRun struct {
	pattern *Pattern
	matcher *stix.Matcher
	alone   bool   // any one event fulfils the pattern, so that all are counted
	kept    []*hit // by number in the observations' ids; at most maxPatternEvents
	seen    sightingOf
}

func (r *patternRun) start(p *Pattern) {
	r.pattern = p
	if p.Pattern != nil {
		r.matcher = stix.NewMatcher(alike(p.Pattern), stix.Limits{Candidates: maxPatternEvents})
		r.alone = singleEvent(p.Pattern.Expr)
	}
}

// singleEvent reports whether every event that fits a comparison fulfils the
// whole.
func singleEvent(e *stix.Expr) bool {
	switch e.Kind {
	case stix.ExprObservation:
		return true
	case stix.ExprOr:
		for _, a := range e.Args {
			if !singleEvent(a) {
				return false
			}
		}
		return true
	}
	return false
}

func (r *patternRun) observe(a *assembler, h *hit) {
	id := ""
	if len(r.kept) < maxPatternEvents {
		id = strconv.Itoa(len(r.kept))
		r.kept = append(r.kept, h)
	}
	if o := a.observer.observation(h.time, id, h.source, h.fields); o != nil {
		_ = r.matcher.Observe(o) // undecided ones are counted by the matcher
	}
}

// finish answers for the pattern, and tells a match as a finding unless its
// source gives it as context.
func (r *patternRun) finish(h *hunt, a *assembler, cover coverage) *Finding {
	if r.matcher == nil {
		r.answer(stix.Result{}, cover)
		return nil
	}
	res := r.matcher.Finish()
	if res.Unevaluated != nil && r.matcher.Err() == nil {
		h.undecided++ // it met a limit
	}
	f := r.finding(a, res)
	r.answer(res, cover)
	if r.pattern.decision() < intel.Hunt {
		return nil
	}
	return f
}

// finding tells a match, with the events that it rests on.
func (r *patternRun) finding(a *assembler, res stix.Result) *Finding {
	if !res.Matched {
		return nil
	}
	p, text := r.pattern, r.pattern.text()
	name := p.Name
	if name == "" {
		name = cut(text, 80)
	}
	f := &Finding{
		Title: "STIX pattern matched: " + name, Kind: KindIndicator,
		Indicator: &Indicator{Type: p.kind(), Value: text, Source: p.Source},
	}
	matched := "by " + strconv.Itoa(len(res.Observations)) + " events"
	keys := [][]byte{}
	hosts := make(map[string]bool)
	var last *hit
	for _, seen := range res.Observations {
		n, err := strconv.Atoi(seen.ID)
		if err != nil || n >= len(r.kept) {
			continue
		}
		last = r.kept[n]
		if !r.alone {
			r.seen.event(last)
		}
		f.Events = append(f.Events, last.origin)
		keys = append(keys, last.id[:])
		hosts[last.host] = true
	}
	f.ID = findingID("stix-pattern\x00"+text, keys...)
	historic := last != nil && p.historic(last.time)
	if historic {
		matched += ", outside the time it was in use"
	}
	if !r.alone {
		r.seen.once(historic)
	}
	f.Level = p.level(historic)
	f.Because = []Reason{{Field: "pattern", Value: cut(text, maxReason), Matched: matched}}
	if last != nil {
		f.Time, f.Origin, f.RecordID = last.time, last.origin, last.record
		f.Log, f.EventID, f.Source = last.source.Log(), last.source.EventID, last.source
		f.Fields = last.fields
		f.Host = only(hosts)
		f.Entities = a.reader.entities(last.source, f.Host, last.fields)
	}
	return f
}

// only is the one host, or nothing when there are several.
func only(hosts map[string]bool) string {
	if len(hosts) == 1 {
		for h := range hosts {
			return h
		}
	}
	return ""
}
