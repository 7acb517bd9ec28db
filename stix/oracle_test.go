package stix

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// The oracle lists every binding of a pattern, as the standard words it. It is
// exponential and right by inspection; the matcher must agree with it.

type oracle struct {
	observations []*Observation
}

type binding map[instanceKey]bool

func (o oracle) bindings(e *Expr) []binding {
	switch e.Kind {
	case ExprObservation:
		return o.leaf(e.Compare)
	case ExprOr:
		var out []binding
		for _, a := range e.Args {
			out = append(out, o.bindings(a)...)
		}
		return unique(out)
	case ExprAnd, ExprFollowedBy:
		out := o.bindings(e.Args[0])
		for _, a := range e.Args[1:] {
			out = o.join(out, o.bindings(a), e.Kind == ExprFollowedBy)
		}
		return out
	case ExprRepeats:
		single := o.bindings(e.Args[0])
		out := single
		for range e.Times - 1 {
			out = o.join(out, single, false)
		}
		return out
	}
	var out []binding
	for _, b := range o.bindings(e.Args[0]) {
		if e.Kind == ExprWithin && o.within(b, e.Within) || e.Kind == ExprStartStop && o.inside(b, e.Start, e.Stop) {
			out = append(out, b)
		}
	}
	return out
}

func unique(bs []binding) []binding {
	seen := map[string]bool{}
	var out []binding
	for _, b := range bs {
		key := ""
		for o := range 8 {
			for c := range 8 {
				if b[instanceKey{int32(o), int32(c)}] {
					key += fmt.Sprint(o, ".", c, " ")
				}
			}
		}
		if !seen[key] {
			seen[key] = true
			out = append(out, b)
		}
	}
	return out
}

func (o oracle) leaf(c *Comparison) []binding {
	l, err := compileLeaf(c, Limits{})
	if err != nil {
		panic(err)
	}
	var out []binding
	for i, obs := range o.observations {
		if ok, _ := l.matches(newResolver(obs)); ok {
			for n := range obs.Count {
				out = append(out, binding{{int32(i), int32(n)}: true})
			}
		}
	}
	return out
}

func (o oracle) join(left, right []binding, ordered bool) []binding {
	var out []binding
	for _, a := range left {
		for _, b := range right {
			joined := maps.Clone(a)
			maps.Copy(joined, b)
			if len(joined) == len(a)+len(b) && (!ordered || !o.maxFirst(a).After(o.minLast(b))) {
				out = append(out, joined)
			}
		}
	}
	return unique(out)
}

func (o oracle) maxFirst(b binding) time.Time {
	var t time.Time
	for k := range b {
		if f := o.observations[k.obs].First; f.After(t) {
			t = f
		}
	}
	return t
}

func (o oracle) minLast(b binding) time.Time {
	t := time.Unix(1<<40, 0)
	for k := range b {
		if l := o.observations[k.obs].Last; l.Before(t) {
			t = l
		}
	}
	return t
}

func (o oracle) within(b binding, d time.Duration) bool {
	return !o.maxFirst(b).After(o.minLast(b).Add(d))
}

func (o oracle) inside(b binding, start, stop time.Time) bool {
	for k := range b {
		x := o.observations[k.obs]
		if !start.Before(stop) || !x.First.Before(stop) || x.Last.Before(start) {
			return false
		}
	}
	return true
}

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func randomObservations(r *rand.Rand, points bool) []*Observation {
	var out []*Observation
	for i := range 1 + r.IntN(5) {
		first := epoch.Add(time.Duration(r.IntN(8)) * time.Second)
		last := first
		if !points {
			last = first.Add(time.Duration(r.IntN(5)) * time.Second)
		}
		props := Map{}
		for _, name := range []string{"a", "b", "c"} {
			props[name] = int64(r.IntN(2))
		}
		out = append(out, &Observation{ID: fmt.Sprint(i), First: first, Last: last, Count: 1 + r.IntN(8)/7,
			Objects: []SCO{{Type: "t", Props: props}}})
	}
	return out
}

func randomPattern(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(4) == 0 {
		return fmt.Sprintf("[t:%c = 1]", 'a'+rune(r.IntN(3)))
	}
	arg := func() string { return "(" + randomPattern(r, depth-1) + ")" }
	at := func() string {
		return epoch.Add(time.Duration(r.IntN(10)) * time.Second).Format("t'2006-01-02T15:04:05Z'")
	}
	switch r.IntN(7) {
	case 0:
		return arg() + fmt.Sprintf(" WITHIN %d SECONDS", 1+r.IntN(5))
	case 1:
		return arg() + fmt.Sprintf(" REPEATS %d TIMES", 1+r.IntN(3))
	case 2:
		return arg() + " START " + at() + " STOP " + at()
	case 3:
		return arg() + " OR " + arg()
	case 4:
		return arg() + " AND " + arg()
	}
	return strings.Join([]string{arg(), arg()}, " FOLLOWEDBY ")
}

func TestMatcherAgreesWithListingAllBindings(t *testing.T) {
	rounds := 30_000
	if testing.Short() {
		rounds = 2_000
	}
	matched := 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		src := randomPattern(r, 3)
		p, err := ParsePattern(src)
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		o := oracle{randomObservations(r, seed%2 == 0)}
		want := len(o.bindings(p.Expr)) > 0
		m := NewMatcher(p, Limits{})
		for _, x := range o.observations {
			m.Observe(x)
		}
		got := m.Finish()
		if got.Unevaluated != nil || got.Matched != want {
			t.Fatalf("seed %d: %s: matched %v (%v), want %v", seed, p, got.Matched, got.Unevaluated, want)
		}
		if want {
			matched++
			checkWitness(t, o, p, m)
		}
	}
	t.Logf("%d patterns, %d of them matched", rounds, matched)
}

// checkWitness demands that the observations named are a binding, or hold one.
func checkWitness(t *testing.T, o oracle, p *Pattern, m *Matcher) {
	t.Helper()
	var only []*Observation
	for _, s := range m.Finish().Observations {
		only = append(only, o.observations[s.Index])
	}
	if len((oracle{only}).bindings(p.Expr)) == 0 {
		t.Fatalf("%s: the observations named do not match by themselves", p)
	}
}

// Small limits may cost an answer, but must not change one; nor may the order in which
// observations come.
func TestLimitsAndOrderDoNotChangeAnswers(t *testing.T) {
	unevaluated, hard := 0, 0
	for seed := range 5_000 {
		r := rand.New(rand.NewPCG(uint64(seed), 11))
		p, err := ParsePattern(randomPattern(r, 3))
		if err != nil {
			t.Fatal(err)
		}
		var all []*Observation
		for range 6 {
			all = append(all, randomObservations(r, seed%2 == 0)...)
		}
		slices.SortStableFunc(all, func(a, b *Observation) int { return a.First.Compare(b.First) })
		want := run(p, all)
		if want.Unevaluated != nil {
			hard++
			t.Logf("hard: %s", p)
			continue
		}
		m := NewMatcher(p, Limits{Candidates: 3, Steps: 3_000})
		for _, o := range all {
			m.Observe(o)
		}
		got := m.Finish()
		if got.Unevaluated != nil {
			unevaluated++
		} else if got.Matched != want.Matched {
			t.Fatalf("seed %d: %s: small limits say %v, large ones %v", seed, p, got.Matched, want.Matched)
		}
		slices.Reverse(all)
		if back := run(p, all); back.Matched != want.Matched && back.Unevaluated == nil {
			t.Fatalf("seed %d: %s: backwards %+v, forwards %v", seed, p, back, want.Matched)
		}
	}
	t.Logf("of 5000, %d were not evaluated with small limits, %d with the usual ones", unevaluated, hard)
	if hard > 50 {
		t.Errorf("%d of 5000 patterns are too hard", hard)
	}
}

func TestLimitsAreToldApartFromNoMatch(t *testing.T) {
	p, err := ParsePattern("[t:a = 1] FOLLOWEDBY [t:b = 1] FOLLOWEDBY [t:a = 2]")
	if err != nil {
		t.Fatal(err)
	}
	m := NewMatcher(p, Limits{Candidates: 10})
	for i := range 50 {
		m.Observe(&Observation{First: epoch.Add(time.Duration(i) * time.Second), Count: 1,
			Objects: []SCO{{Type: "t", Props: Map{"a": 1, "b": 1}}}})
	}
	r := m.Finish()
	var limit *LimitError
	if r.Matched || !errors.As(r.Unevaluated, &limit) {
		t.Errorf("got %+v, want a limit", r)
	}
}
