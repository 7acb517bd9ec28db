package detect

import (
	"slices"
	"testing"

	"tyto/internal/event"
)

const carriedRulesText = `title: Linux
name: here
logsource: {product: linux}
detection: {s: {Message: x}, condition: s}
---
title: Windows
name: gone
logsource: {product: windows, service: ntlm}
detection: {s: {EventID: 8001}, condition: s}
---
title: Both
correlation: {type: temporal, rules: [here, gone], group-by: [user], timespan: 1m}
---
title: Either
correlation: {type: event_count, rules: [here, gone], group-by: [user], timespan: 1m, condition: {gte: 2}}
---
title: Neither
correlation: {type: event_count, rules: [gone], group-by: [user], timespan: 1m, condition: {gte: 2}}
`

func TestACorrelationIsCoveredWhenTheRulesThatItNeedsAre(t *testing.T) {
	rules := loaded(t, map[string]string{"a.yml": carriedRulesText})
	h := newHunt(Options{Rules: rules, Carried: []CarriedRule{{Name: "Both"}, {Name: "Either"}, {Name: "Neither"}, {Name: "Absent"}}})
	defer h.close()
	h.worker()
	w := h.workers[0]
	shape := event.NewShape([]event.Field{{Name: "Message"}})
	ev := &event.Event{Source: event.Source{Product: "linux", Service: "sshd"}, Shape: shape, Values: []event.Value{{Text: []byte("y")}}}
	w.Event(ev)
	var got []string
	for _, a := range h.answers(w.census, w.seen) {
		got = append(got, a.Value+": "+a.Answer)
		if (a.Searched != nil) == (len(a.Needs) > 0) {
			t.Errorf("%s: searched %+v, needs %q", a.Value, a.Searched, a.Needs)
		}
	}
	if want := []string{"Both: not_covered", "Either: not_seen", "Neither: not_covered", "Absent: not_covered"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
