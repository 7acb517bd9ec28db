package detect

import (
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"tyto/internal/attack"
	"tyto/internal/event"
)

func hitsOf(list ...*hit) iter.Seq2[*hit, error] {
	return func(yield func(*hit, error) bool) {
		for _, h := range list {
			if !yield(h, nil) {
				return
			}
		}
	}
}

func copyOf(rule int, id byte, at time.Duration, file string) *hit {
	return &hit{rule: rule, id: event.ID{id}, time: noon.Add(at), origin: event.Origin{File: file}}
}

func folded(t *testing.T, c *copier, list ...*hit) []*hit {
	t.Helper()
	var out []*hit
	for h, err := range c.fold(hitsOf(list...)) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, h)
	}
	return out
}

func TestCopiesOfARecordBecomeOneHitWithAllOrigins(t *testing.T) {
	c := &copier{}
	got := folded(t, c,
		copyOf(1, 1, 0, "live"), copyOf(1, 1, 0, "shadow"), copyOf(2, 1, 0, "live"),
		copyOf(1, 2, 0, "live"), copyOf(1, 1, 400*time.Millisecond, "export"))
	if len(got) != 3 || c.merged != 2 {
		t.Fatalf("got %d hits, %d merged", len(got), c.merged)
	}
	if f := got[0].copies; len(f) != 2 || f[0].File != "shadow" || f[1].File != "export" {
		t.Errorf("copies are %v", f)
	}
}

func TestTheSameTextLaterIsNoCopy(t *testing.T) {
	c := &copier{}
	if got := folded(t, c, copyOf(1, 1, 0, "a"), copyOf(1, 1, 1100*time.Millisecond, "a")); len(got) != 2 {
		t.Fatalf("got %d hits, want 2", len(got))
	}
}

func TestCopiesAreListedUpToALimitAndCountedBeyond(t *testing.T) {
	list := []*hit{copyOf(1, 1, 0, "first")}
	for range copyListed + 5 {
		list = append(list, copyOf(1, 1, 0, "copy"))
	}
	got := folded(t, &copier{}, list...)
	if len(got) != 1 || len(got[0].copies) != copyListed || got[0].copied != copyListed+5 {
		t.Fatalf("%d hits, %d copies listed, %d counted", len(got), len(got[0].copies), got[0].copied)
	}
}

func TestABurstWithinOneSecondStaysBounded(t *testing.T) {
	var list []*hit
	for i := range copyBuffer + 10 {
		h := copyOf(i, 1, 0, "a")
		list = append(list, h)
	}
	c := &copier{}
	if got := folded(t, c, list...); len(got) != len(list) {
		t.Fatalf("%d of %d hits came out", len(got), len(list))
	}
	if c.early != 9 { // the newest one is taken after its predecessors were looked at
		t.Errorf("%d hits were let go early", c.early)
	}
}

func TestAFindingRestsOnALiveCopyRatherThanOnACarvedOne(t *testing.T) {
	left, live := copyOf(1, 1, 0, "a"), copyOf(1, 1, 0, "b")
	left.carved, left.reasons = true, []Reason{{Field: "unknown"}}
	live.reasons = []Reason{{Field: "Image"}}
	got := folded(t, &copier{}, left, live)
	if len(got) != 1 || got[0].carved || got[0].origin.File != "b" || got[0].reasons[0].Field != "Image" {
		t.Fatalf("got %+v", got)
	}
	if c := got[0].copies; len(c) != 1 || c[0].File != "a" {
		t.Errorf("copies are %v", c)
	}
}

func TestKeptCopiesAreMarkedAndCounted(t *testing.T) {
	c := &copier{}
	var again []bool
	for h, err := range c.mark(hitsOf(copyOf(1, 1, 0, "a"), copyOf(1, 1, 0, "b"), copyOf(2, 1, 0, "a"), copyOf(1, 1, 2*time.Second, "a"))) {
		if err != nil {
			t.Fatal(err)
		}
		again = append(again, h.again)
	}
	if want := []bool{false, true, false, false}; !slices.Equal(again, want) || c.merged != 1 {
		t.Errorf("copies %v, want %v; %d counted", again, want, c.merged)
	}
}

func TestCopiesAreListedInOrder(t *testing.T) {
	left, also, live := copyOf(0, 1, 0, "a"), copyOf(0, 1, 0, "b"), copyOf(0, 1, 0, "c")
	left.carved, also.carved = true, true
	h := folded(t, &copier{}, left, also, live)[0]
	rules := loaded(t, map[string]string{"r.yml": strings.Replace(soundRule, "%", "x", 1)})
	f := (&assembler{rules: rules, attack: attack.Load()}).finding(h)
	if len(f.Copies) != 2 || f.Origin.File != "c" || f.Copies[0].File != "a" || f.Copies[1].File != "b" {
		t.Errorf("the finding rests on %v, copies %v", f.Origin, f.Copies)
	}
}
