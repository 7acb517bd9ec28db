package sigma

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tyto/sigma/internal/logic"
)

// TestIndexAgreesWithThePlainInterpreterOnMadeUpEvents builds events from what
// rules of the corpus ask for (whole, cut, in other case, padded), and
// compares the index with the plain interpreter over all rules of the event's
// log source.
func TestIndexAgreesWithThePlainInterpreterOnMadeUpEvents(t *testing.T) {
	rs := corpusRules(t)
	e, in := rs.NewEvaluator(), logic.NewInterp()
	rng := rand.New(rand.NewPCG(3, 5))
	matched := 0
	for range 400 {
		r := rs.rules[rng.IntN(len(rs.rules))]
		event := madeUp(rs, r, rng)
		ids, plain := matches(e.Match, event), plainMatches(rs, in, rs.members, event)
		if !slices.Equal(ids, plain) {
			t.Errorf("%s: index %v, plain %v", r.Path, ids, plain)
		}
		if len(ids) > 0 {
			matched++
		}
	}
	if matched < 100 {
		t.Errorf("only %d of 400 events match anything", matched)
	}
}

// madeUp makes an event of a rule's log source from a random part of what the
// rule asks for.
func madeUp(rs *Ruleset, r *Rule, rng *rand.Rand) *Event {
	rec := &record{src: Source{Product: r.Logsource.Product, Category: r.Logsource.Category, Service: r.Logsource.Service}}
	if places, _ := windowsPlaces(r.Logsource); len(places) > 0 {
		p := places[rng.IntN(len(places))]
		rec.src = Source{Product: "windows", Channel: strings.TrimSuffix(p.channel, "*"), EventID: 1}
		if len(p.ids) > 0 {
			rec.src.EventID = p.ids[rng.IntN(len(p.ids))]
		} else if ids := eventIDs(r.expr); len(ids) > 0 {
			rec.src.EventID = ids[rng.IntN(len(ids))]
		}
	}
	keep := 0.3 + 0.7*rng.Float64()
	leavesOf(r.expr, func(l *logic.Leaf) {
		if rng.Float64() > keep || len(rec.values) > 60 || strings.EqualFold(l.Field, "EventID") {
			return
		}
		name := l.Field
		if name == "" {
			name = "Text"
		}
		rec.add(name, false, Text, disturb(valueFor(l), rng))
	})
	return rec.event(rs)
}

// valueFor returns a text that satisfies most leaves of its kind.
func valueFor(l *logic.Leaf) string {
	switch l.Kind {
	case logic.Contains:
		return "a " + l.Text + " z"
	case logic.StartsWith:
		return l.Text + "z"
	case logic.EndsWith:
		return `C:\a` + l.Text
	case logic.Glob:
		return strings.NewReplacer("*", "xy", "?", "q", `\`, `\`).Replace(logic.PartsText(l.Parts))
	case logic.CIDR:
		return strings.Split(l.Text, "/")[0]
	case logic.FieldRef:
		return "same"
	}
	return l.Text
}

// disturb changes a value a little, or not at all.
func disturb(s string, rng *rand.Rand) string {
	switch rng.IntN(8) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return s + " \r\n"
	case 2:
		return s + "é"
	case 3:
		if len(s) > 1 {
			return strings.ToValidUTF8(s[:len(s)-1], "")
		}
	case 4:
		return strings.ReplaceAll(s, "s", "ſ")
	}
	return s
}
