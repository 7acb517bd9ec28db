package sigma

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tyto/sigma/internal/logic"
)

// TestSettlingTheEventIDKeepsTheMeaning compares, for every rule of the corpus
// that asks for event ids, the expression with the id put in and the original
// one with its leaves on EventID answered accordingly.
func TestSettlingTheEventIDKeepsTheMeaning(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	asked := 0
	for _, r := range corpusRules(t).Rules() {
		ids := eventIDs(r.expr)
		if len(ids) == 0 {
			continue
		}
		asked++
		for _, id := range append(slices.Clone(ids), noEventID) {
			folded := foldEventID(r.expr, id)
			leavesOf(folded, func(l *logic.Leaf) {
				if isEventID(l) {
					t.Fatalf("%s: an event id is left for %d", r.Path, id)
				}
			})
			list, keys := keysOf(r.expr, folded)
			answer := map[string]bool{}
			for range 16 {
				p := rng.Float64()
				for _, k := range list {
					answer[k] = rng.Float64() < p
				}
				leavesOf(r.expr, func(l *logic.Leaf) {
					if isEventID(l) {
						n, _ := eventNumber(l)
						answer[keys[l]] = n == id
					}
				})
				if truth(folded, answer, keys) != truth(r.expr, answer, keys) {
					t.Errorf("%s: event id %d changes the meaning", r.Path, id)
					break
				}
			}
		}
	}
	if asked < 370 {
		t.Errorf("only %d rules ask for event ids", asked)
	}
}

func TestSettlingKeepsSelectionNames(t *testing.T) {
	rs := detect(t, "sel:\n  EventID: 7\n  A: x\n  B: y\ncondition: sel")
	folded := foldEventID(rs.rules[0].expr, 7)
	if folded.Selection != "sel" || len(folded.Args) != 2 {
		t.Errorf("selection %q with %d parts", folded.Selection, len(folded.Args))
	}
	single := detect(t, "sel:\n  EventID: 7\n  A: x\ncondition: sel").rules[0].expr
	if f := foldEventID(single, 7); f.Selection != "sel" || f.Op == logic.True {
		t.Errorf("selection %q, op %d", f.Selection, f.Op)
	}
	if f := foldEventID(single, 8); f.Op != logic.False {
		t.Error("another event id does not settle the rule")
	}
	var names []string
	leavesOf(single, func(l *logic.Leaf) { names = append(names, l.Field) })
	if strings.Join(names, " ") != "EventID A" {
		t.Errorf("the rule itself was changed: %v", names)
	}
}
