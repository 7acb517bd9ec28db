package correlate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"tyto/sigma"
)

func TestTooManyGroupsEvictTheStalestTenth(t *testing.T) {
	p := plan(t, correlation(sigma.EventCount, count("gte", 2)))
	var hits []hit
	for i := range 21 { // the 21st group pushes out groups 0 and 1
		hits = append(hits, hit{0, 0, "g" + strconv.Itoa(i), ""})
	}
	hits = append(hits, hit{0, 1, "g1", ""}, hit{0, 1, "g2", ""}, hit{0, 1, "g20", ""})
	alerts, stats := run(p, Limits{Groups: 20}, hits, 0)
	if got := known(alerts); got != "g2@1=2 g20@1=2" {
		t.Errorf("alerts %q", got)
	}
	if c := stats.Correlations[0]; c.EvictedGroups != 2 || c.DroppedEvents != 0 {
		t.Errorf("counts %+v", c)
	}
}

func TestGroupsThatAreOverAreNoEvictions(t *testing.T) {
	for name, c := range everyCorrelation() {
		p := plan(t, c)
		var hits []hit
		for i := range 500 {
			hits = append(hits, hit{0, i * 11, "g" + strconv.Itoa(i), "1"})
		}
		_, stats := run(p, Limits{Groups: 2}, hits, 0)
		if n := stats.Correlations[0]; n.EvictedGroups != 0 || n.Facts != 500 {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

func TestAFullWindowDropsItsStalestTenth(t *testing.T) {
	p := plan(t, correlation(sigma.ValueSum, amount("gte", 1000)))
	var hits []hit
	for i := range 101 {
		hits = append(hits, hit{0, 0, "u", strconv.Itoa(i)})
	}
	_, stats := run(p, Limits{Window: 100}, hits, 0)
	if n := stats.Correlations[0].DroppedEvents; n != 10 {
		t.Errorf("%d events dropped, want 10", n)
	}
}

func TestACountThatTheConditionAsksForIsGranted(t *testing.T) {
	for _, cond := range []sigma.Condition{count("gte", 500), count("eq", 500)} {
		p := plan(t, correlation(sigma.EventCount, cond))
		alerts, stats := run(p, Limits{Window: 10}, slices.Repeat([]hit{{0, 0, "u", ""}}, 500), 0)
		if len(alerts) != 1 || stats.Correlations[0].DroppedEvents != 0 {
			t.Errorf("%v: %d alerts, %+v", cond, len(alerts), stats.Correlations[0])
		}
		if len(alerts) == 1 && (alerts[0].Count != 500 || len(alerts[0].Refs) != 100) {
			t.Errorf("%v: %d events, %d listed", cond, alerts[0].Count, len(alerts[0].Refs))
		}
	}
}

func TestAFloodDoesNotPushOutTheFewThatMatter(t *testing.T) {
	flood := slices.Repeat([]hit{{0, 1, "u", "1"}}, 5000)
	for name, c := range map[string]*sigma.Correlation{
		"values":  correlation(sigma.ValueCount, amount("gte", 3)),
		"rules":   correlation(sigma.Temporal, sigma.Condition{}),
		"ordered": correlation(sigma.TemporalOrdered, sigma.Condition{Expr: op(sigma.RefAnd, ref("rule_b"), ref("rule_c"))}),
	} {
		hits := slices.Concat([]hit{{1, 0, "u", "2"}}, flood, []hit{{2, 2, "u", "3"}})
		alerts, stats := run(plan(t, c), Limits{Window: 50, Entries: 100}, hits, 0)
		if len(alerts) != 1 || stats.Correlations[0].DroppedEvents+stats.Correlations[0].EvictedGroups != 0 {
			t.Errorf("%s: %d alerts, %+v", name, len(alerts), stats.Correlations[0])
		}
	}
}

// Tight limits may cost alerts, but memory stays within them and every loss is
// counted.
func TestLimitsHoldAndLossesAreCounted(t *testing.T) {
	limits := Limits{Groups: 8, Window: 5, Entries: 30, Refs: 3}
	for name, c := range everyCorrelation() {
		t.Run(name, func(t *testing.T) {
			p := plan(t, c)
			for seed := range uint64(20) {
				hits := randomHits(rand.New(rand.NewPCG(seed, 12)), 400)
				rng := rand.New(rand.NewPCG(seed, 13))
				for i := range hits {
					hits[i].group = strconv.Itoa(rng.IntN(12))
				}
				r := p.NewRuntime(limits)
				check := func(a Alert) {
					if len(a.Refs) > 3 {
						t.Fatalf("%d references", len(a.Refs))
					}
				}
				for _, h := range hits {
					r.Observe(h.fact(p), check)
					s := r.groups[0]
					sum := 0
					for _, g := range s.byKey {
						sum += g.size()
					}
					if len(s.byKey) > 8 || sum > 30 || sum != s.entries {
						t.Fatalf("seed %d: %d groups, %d entries, counted %d", seed, len(s.byKey), sum, s.entries)
					}
				}
				r.Finish(check)
				n := r.Stats().Correlations[0]
				if n.EvictedGroups+n.DroppedEvents == 0 && fmt.Sprint(verdicts(all(p, hits))) != fmt.Sprint(oracle(c, hits)) {
					t.Errorf("seed %d: nothing counted, but alerts differ", seed)
				}
			}
		})
	}
}

func all(p *Plan, hits []hit) []Alert {
	alerts, _ := run(p, Limits{Groups: 8, Window: 5, Entries: 30}, hits, 0)
	return alerts
}

func TestRanksAgreeWithASortedSlice(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var r ranks
	var plain []float64
	for i := range 20_000 {
		grow := 6
		if i/3000%2 == 1 {
			grow = 4
		}
		if len(plain) == 0 || rng.IntN(10) < grow {
			v := float64(rng.IntN(500))
			r.insert(v)
			plain = append(plain, v)
		} else {
			at := rng.IntN(len(plain))
			r.remove(plain[at])
			plain = slices.Delete(plain, at, at+1)
		}
		if i%97 != 0 || len(plain) == 0 {
			continue
		}
		ordered := slices.Sorted(slices.Values(plain))
		for n := range ordered {
			if got := r.nth(n); got != ordered[n] {
				t.Fatalf("step %d: number %d is %v, want %v", i, n, got, ordered[n])
			}
		}
	}
	if len(r.blocks) < 2 {
		t.Error("never more than one block: the test proves too little")
	}
}

func TestEvictedGroupsLeaveNoDeadlinesBehind(t *testing.T) {
	p := plan(t, correlation(sigma.EventCount, count("eq", 1)))
	r := p.NewRuntime(Limits{Groups: 50})
	alerts := 0
	for i := range 20_000 {
		r.Observe(hit{0, 0, strconv.Itoa(i), ""}.fact(p), func(Alert) { alerts++ })
	}
	if n := len(r.deadlines); n > 512 {
		t.Errorf("%d deadlines for 50 groups", n)
	}
	r.Finish(func(Alert) { alerts++ })
	if n := r.Stats().Correlations[0].EvictedGroups; int(n)+alerts != 20_000 {
		t.Errorf("%d alerts and %d evictions do not make 20,000 groups", alerts, n)
	}
}

func TestDeadlinesComeInOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var h deadlines
	for i := range 1000 {
		h.push(deadline{time: rng.Int64N(50), node: rng.IntN(3), born: uint64(i), group: &group{pending: true}})
	}
	before := h.pop()
	for len(h) > 0 {
		next := h.pop()
		if next.before(&before) {
			t.Fatalf("%v after %v", next, before)
		}
		before = next
	}
}

func FuzzRuntimeSurvivesAnyFacts(f *testing.F) {
	f.Add([]byte("\x00\x01abc\x02\x10a"), "1e308", "\xff")
	f.Add([]byte{1, 2, 3, 255, 0, 9, 9, 9}, "-1", "İ")
	var list []*sigma.Correlation
	every := everyCorrelation()
	for _, name := range slices.Sorted(maps.Keys(every)) {
		every[name].Name = ""
		list = append(list, every[name])
	}
	p := plan(f, list...)
	f.Fuzz(func(t *testing.T, steps []byte, amount, user string) {
		r := p.NewRuntime(Limits{Groups: 3, Window: 4, Entries: 9, Refs: 2})
		now := epoch
		last := time.Time{}
		order := func(a Alert) {
			if a.Known.Before(last) {
				t.Fatalf("alert known at %v after %v", a.Known, last)
			}
			last = a.Known
		}
		for i, b := range steps {
			now = now.Add(time.Duration(b>>2) * time.Second / 4)
			values := []Value{Text(user), Text(amount)}
			if b&3 == 3 {
				values = []Value{Text(strconv.Itoa(i)), Text(strconv.Itoa(int(b)))}
			}
			r.Observe(Fact{Rule: int(b & 3), Time: now, Values: values, Event: uint64(b & 1)}, order)
		}
		r.Finish(order)
	})
}
