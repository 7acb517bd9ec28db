package detect

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"tyto/internal/event"
)

// The kinds that are counted one by one must not depend on who met which first.
func TestWhichKindsAreCountedDoesNotDependOnTheWork(t *testing.T) {
	const extra = 500
	r := rand.New(rand.NewPCG(4, 2))
	count := func(workers int) (map[event.Source]int64, int64) {
		parts := make([]*census, workers)
		for i := range parts {
			parts[i] = newCensus()
		}
		for round := range 2 {
			for _, i := range r.Perm(maxKinds + extra) {
				c := parts[r.IntN(workers)]
				c.of(event.Source{Product: "windows", Channel: fmt.Sprintf("log %05d", i), EventID: round})
			}
		}
		for _, p := range parts[1:] {
			parts[0].merge(p)
		}
		events := make(map[event.Source]int64)
		for s, k := range parts[0].kinds {
			events[s] = k.events
		}
		return events, parts[0].other
	}
	one, other := count(1)
	if len(one) != maxKinds || other != 2*(maxKinds+extra)-maxKinds {
		t.Fatalf("%d kinds, %d events beyond", len(one), other)
	}
	three, beyond := count(3)
	if !maps.Equal(one, three) || beyond != other {
		t.Errorf("%d kinds and %d events beyond with three workers, %d and %d with one", len(three), beyond, len(one), other)
	}
}
