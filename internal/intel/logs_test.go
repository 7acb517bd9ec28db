package intel

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

func addUp(to, from *int) { *to += *from }

// counted has each name counted by one of several workers, who then add up.
func counted(names []string, workers int) map[string]int {
	all := make([]*Logs[int], workers)
	for i := range all {
		all[i] = NewLogs(addUp)
	}
	for i, n := range names {
		*all[i%workers].Of(n)++
	}
	out := map[string]int{}
	for _, l := range all[1:] {
		all[0].Merge(l)
	}
	for n, v := range all[0].All() {
		out[n] = *v
	}
	return out
}

func TestLogsBeyondTheBoundAreOneWhateverTheOrderAndTheWorkers(t *testing.T) {
	var names []string
	for i := range 2*maxLogs + 100 {
		n := fmt.Sprintf("log%06d", i)
		names = append(names, n, n)
	}
	names = append(names, "other", "", "")
	want := counted(names, 1)
	if len(want) != maxLogs+1 || want["other"] != len(names)-2*maxLogs {
		t.Fatalf("%d logs, %d other events of %d", len(want), want["other"], len(names))
	}
	for workers := 1; workers < 4; workers++ {
		rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		if got := counted(names, workers); !maps.Equal(got, want) {
			t.Errorf("%d workers: another result", workers)
		}
		slices.Reverse(names)
		if got := counted(names, workers); !maps.Equal(got, want) {
			t.Errorf("%d workers, turned: another result", workers)
		}
	}
}

func TestALogWithoutANameIsNamedSo(t *testing.T) {
	l := NewLogs(addUp)
	*l.Of("")++
	if len(l.All()) != 1 || l.All()["unnamed log"] == nil {
		t.Errorf("%v", l.All())
	}
}
