package detect

import (
	"strings"

	"tyto/sigma/correlate"
)

// Limits of correlations in one hunt.
const (
	maxAlerts  = 100_000 // alerts reported
	maxGroups  = 100_000 // groups of one correlation kept at a time
	maxWindow  = 10_000  // events in one window
	maxEntries = 100_000 // events in all windows of one correlation
)

// correlate runs all correlations over the facts of stage one. Alerts are few,
// so they are kept in memory, in the order of time.
func (h *hunt) correlate(a *assembler) ([]*Finding, correlate.Stats, error) {
	var alerts []*Finding
	runtime := h.opt.Rules.Plan.NewRuntime(correlate.Limits{Groups: maxGroups, Window: maxWindow, Entries: maxEntries})
	take := func(alert correlate.Alert) {
		h.carried.alert(&alert)
		c := h.opt.Rules.Correlations[alert.Correlation]
		f := a.correlation(c, &alert)
		if f.Level < h.opt.Filter.MinLevel || h.opt.Rules.baseOnly[c] {
			return
		}
		h.alerted[alert.Correlation] = true
		if len(alerts) == maxAlerts {
			h.lost++
			return
		}
		alerts = append(alerts, f)
		h.opt.Scan.Progress.Found.Add(1)
	}
	var number eventNumber
	for fact, err := range (&copier{}).fold(h.facts.sorted()) {
		if err != nil {
			return nil, runtime.Stats(), err
		}
		if !h.opt.Rules.reports(fact.rule, h.opt.Filter.MinLevel) { // others are counted as findings
			h.carried.match(fact)
		}
		runtime.Observe(correlate.Fact{
			Rule: fact.rule, Time: fact.time, Values: fact.values(), Event: number.of(fact), Ref: fact,
		}, take)
	}
	runtime.Finish(take)
	return alerts, runtime.Stats(), nil
}

// values are the captured fields as the runtime wants them.
func (h *hit) values() []correlate.Value {
	out := make([]correlate.Value, len(h.captured))
	for i, c := range h.captured {
		out[i] = correlate.Value{Text: c.text, Present: c.present}
	}
	return out
}

// An eventNumber gives the facts of one event the same number. They follow
// each other, because the sorter compares rules last but one.
type eventNumber struct {
	last *hit
	n    uint64
}

func (e *eventNumber) of(h *hit) uint64 {
	if e.last == nil || e.last.id != h.id {
		e.n++
	}
	e.last = h
	return e.n
}

func compareFindings(a, b *Finding) int {
	if c := a.Time.Compare(b.Time); c != 0 {
		return c
	}
	if c := strings.Compare(a.Title, b.Title); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}
