package detect

import (
	"strconv"
	"strings"

	"tyto/internal/event"
	"tyto/stix"
)

// A Pattern is a STIX pattern that is more than a list of values: it speaks of
// several things in one event, or of several events.
type Pattern struct {
	Name, Source string
	Pattern      *stix.Pattern
}

// maxPatternEvents bounds the events that one pattern remembers; it is told in
// health when it was too few.
const maxPatternEvents = 10_000

// A watcher is stage one of the patterns: it keeps the events that fit any
// bracketed comparison of a pattern. Nothing in a pattern speaks of events that
// fit none, so no match is lost.
type watcher struct {
	observer observer
	parts    [][]*stix.Matcher // by pattern: one for each comparison
}

func newWatcher(patterns []Pattern) *watcher {
	if len(patterns) == 0 {
		return nil
	}
	w := &watcher{parts: make([][]*stix.Matcher, len(patterns))}
	for i, p := range patterns {
		p.Pattern.Expr.Comparisons(func(c *stix.Comparison) bool {
			part, err := stix.ParsePattern("[" + c.String() + "]")
			if err == nil { // what the parser wrote, it can read
				w.parts[i] = append(w.parts[i], stix.NewMatcher(part, stix.Limits{}))
			}
			return true
		})
	}
	return w
}

// watch keeps the current event for each pattern that it is part of.
func (w *worker) watch(ev *event.Event) {
	o := w.watcher.observer.observation(ev.Time, "", w.told())
	if o == nil || ev.Time.IsZero() {
		return
	}
	for i, parts := range w.watcher.parts {
		for _, m := range parts {
			m.Reset()
			_ = m.Observe(o) // an observation that cannot be decided does not fit
			if m.Finish().Matched {
				out := w.base(i)
				out.fields = w.told()
				w.keep(w.hunt.observed, out)
				break
			}
		}
	}
}

// patterns is stage two: every pattern sees its events in the order of time.
func (h *hunt) patterns(a *assembler) ([]*Finding, error) {
	if len(h.opt.Patterns) == 0 {
		return nil, nil
	}
	runs := make([]patternRun, len(h.opt.Patterns))
	for i, p := range h.opt.Patterns {
		runs[i].matcher = stix.NewMatcher(p.Pattern, stix.Limits{Candidates: maxPatternEvents})
	}
	var out []*Finding
	for hit, err := range (&copier{}).fold(h.observed.sorted()) {
		if err != nil {
			return nil, err
		}
		run := &runs[hit.rule]
		if run.matcher.Matched() {
			continue // it is said once
		}
		run.observe(a, hit)
	}
	for i := range runs {
		res := runs[i].matcher.Finish()
		if res.Unevaluated != nil {
			h.undecided++
		}
		if f := runs[i].finding(a, h.opt.Patterns[i], res); f != nil && f.Level >= h.opt.Filter.MinLevel {
			out = append(out, f)
		}
	}
	return out, nil
}

// A patternRun is one pattern at work.
type patternRun struct {
	matcher *stix.Matcher
	kept    []*hit // by number in the observations' ids; at most maxPatternEvents
}

func (r *patternRun) observe(a *assembler, h *hit) {
	id := ""
	if len(r.kept) < maxPatternEvents {
		id = strconv.Itoa(len(r.kept))
		r.kept = append(r.kept, h)
	}
	if o := a.observer.observation(h.time, id, h.fields); o != nil {
		_ = r.matcher.Observe(o) // undecided ones are counted by the matcher
	}
}

// finding tells a match, with the events that it rests on.
func (r *patternRun) finding(a *assembler, p Pattern, res stix.Result) *Finding {
	if !res.Matched {
		return nil
	}
	text := p.Pattern.String()
	f := &Finding{
		Title: "STIX pattern matched: " + p.Name, Level: High, Kind: KindIndicator,
		Indicator: &Indicator{Type: "stix-pattern", Value: text, Source: p.Source},
		Because:   []Reason{{Field: "pattern", Value: cut(text, maxReason), Matched: "by " + strconv.Itoa(len(res.Observations)) + " events"}},
	}
	keys := [][]byte{}
	hosts := make(map[string]bool)
	var last *hit
	for _, seen := range res.Observations {
		n, err := strconv.Atoi(seen.ID)
		if err != nil || n >= len(r.kept) {
			continue
		}
		last = r.kept[n]
		f.Events = append(f.Events, last.origin)
		keys = append(keys, last.id[:])
		hosts[last.host] = true
	}
	f.ID = findingID("stix-pattern\x00"+text, keys...)
	if last != nil {
		f.Time, f.Origin, f.RecordID = last.time, last.origin, last.record
		f.Log, f.EventID, f.Source = last.source.Log(), last.source.EventID, last.source
		f.Fields = last.fields
		f.Entities = a.namer.entities(strings.Join(oneHost(hosts), ""), last.fields)
		f.Host = strings.Join(oneHost(hosts), "")
	}
	return f
}

// oneHost is the only host, or nothing when there are several.
func oneHost(hosts map[string]bool) []string {
	if len(hosts) != 1 {
		return nil
	}
	for h := range hosts {
		return []string{h}
	}
	return nil
}
