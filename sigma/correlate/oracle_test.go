package correlate

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tyto/sigma"
)

// The oracle answers from the definitions in the package documentation, by
// looking at every window of every group in full.

type hit struct {
	rule  int
	at    int // seconds
	group string
	value string
}

type verdict struct {
	Group string
	Known int
	Value string
}

// oracle returns the verdicts of one correlation over hits in order of time.
// Rules are numbered as the correlation lists them.
func oracle(c *sigma.Correlation, hits []hit) []verdict {
	byGroup := map[string][]hit{}
	for _, h := range hits {
		byGroup[h.group] = append(byGroup[h.group], h)
	}
	var out []verdict
	for g, list := range byGroup {
		held, last := false, 0
		say := func(at, known int, value float64) {
			if !held || at-last > span(c) {
				out = append(out, verdict{g, known, fmt.Sprintf("%.6g", value)})
			}
			held, last = true, at
		}
		if waits(c) {
			maximal(c, list, say)
		} else {
			arrivals(c, list, say)
		}
	}
	return sorted(out)
}

func sorted(v []verdict) []verdict {
	slices.SortFunc(v, func(a, b verdict) int {
		if a.Known != b.Known {
			return a.Known - b.Known
		}
		return strings.Compare(a.Group+a.Value, b.Group+b.Value)
	})
	return v
}

func span(c *sigma.Correlation) int { return int(c.Timespan / time.Second) }

// arrivals judges the window that ends with each event.
func arrivals(c *sigma.Correlation, list []hit, say func(at, known int, v float64)) {
	for i, h := range list {
		var w []hit
		for _, o := range list[:i+1] {
			if o.at >= h.at-span(c) {
				w = append(w, o)
			}
		}
		if v, ok := judged(c, w); ok {
			say(h.at, h.at, v)
		}
	}
}

// maximal judges the windows that no further event fits into.
func maximal(c *sigma.Correlation, list []hit, say func(at, known int, v float64)) {
	for i := range list {
		for j := i; j < len(list); j++ {
			fits := list[j].at-list[i].at <= span(c)
			left := i > 0 && list[j].at-list[i-1].at <= span(c)
			right := j+1 < len(list) && list[j+1].at-list[i].at <= span(c)
			if !fits || left || right {
				continue
			}
			if v, ok := judged(c, list[i:j+1]); ok {
				say(list[j].at, list[i].at+span(c), v)
			}
		}
	}
}

func waits(c *sigma.Correlation) bool {
	switch c.Type {
	case sigma.ValueAvg, sigma.ValuePercentile, sigma.ValueMedian:
		return true
	}
	for _, t := range c.Condition.Terms {
		if t.Op != "gt" && t.Op != "gte" {
			return true
		}
	}
	return c.Condition.Expr != nil && hasNot(c.Condition.Expr)
}

func hasNot(e *sigma.RefExpr) bool {
	return e.Op == sigma.RefNot || slices.ContainsFunc(e.Args, hasNot)
}

func judged(c *sigma.Correlation, w []hit) (float64, bool) {
	distinct, rules := map[string]bool{}, map[string]bool{}
	var nums []float64
	sum := 0.0
	for _, h := range w {
		distinct[h.value] = true
		rules[c.Rules[h.rule]] = true
		f, _ := strconv.ParseFloat(h.value, 64)
		nums = append(nums, f)
		sum += f
	}
	slices.Sort(nums)
	var v float64
	switch c.Type {
	case sigma.EventCount:
		v = float64(len(w))
	case sigma.ValueCount:
		v = float64(len(distinct))
	case sigma.ValueSum:
		v = sum
	case sigma.ValueAvg:
		v = sum / float64(len(w))
	case sigma.ValueMedian:
		v = (nums[(len(nums)-1)/2] + nums[len(nums)/2]) / 2
	case sigma.ValuePercentile:
		pos := c.Condition.Percentile / 100 * float64(len(nums)-1)
		lo, hi := math.Floor(pos), math.Ceil(pos)
		v = nums[int(lo)] + (nums[int(hi)]-nums[int(lo)])*(pos-lo)
	case sigma.Temporal:
		v = float64(len(rules))
		if e := c.Condition.Expr; e != nil {
			return v, e.Holds(func(r string) bool { return rules[r] })
		}
		if len(c.Condition.Terms) == 0 {
			return v, len(rules) == len(c.Rules)
		}
	case sigma.TemporalOrdered:
		return ordered(c, w)
	}
	return v, c.Condition.Holds(v)
}

// ordered knows two conditions: all rules in order, and "a and b and not c".
func ordered(c *sigma.Correlation, w []hit) (float64, bool) {
	want := len(c.Rules)
	if c.Condition.Expr != nil {
		want = 2
		if slices.ContainsFunc(w, func(h hit) bool { return h.rule == 2 }) {
			return 0, false
		}
	}
	now := math.MinInt
	for pos := range want {
		best := math.MaxInt
		for _, h := range w {
			if h.rule == pos && h.at >= now {
				best = min(best, h.at)
			}
		}
		if best == math.MaxInt {
			return 0, false
		}
		now = best
	}
	return float64(want), true
}

var (
	epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	names = []string{"rule_a", "rule_b", "rule_c"}
)

func at(seconds int) time.Time { return epoch.Add(time.Duration(seconds) * time.Second) }

func seconds(t time.Time) int { return int(t.Sub(epoch) / time.Second) }

func metas() []*sigma.Meta {
	var out []*sigma.Meta
	for i, n := range names {
		out = append(out, &sigma.Meta{Name: n, ID: fmt.Sprintf("id-%d", i), Title: "Rule " + n})
	}
	return out
}

func ref(name string) *sigma.RefExpr { return &sigma.RefExpr{Rule: name} }

func op(o sigma.RefOp, args ...*sigma.RefExpr) *sigma.RefExpr {
	return &sigma.RefExpr{Op: o, Args: args}
}

func terms(list ...any) (out []sigma.Term) {
	for i := 0; i < len(list); i += 2 {
		out = append(out, sigma.Term{Op: list[i].(string), Value: float64(list[i+1].(int))})
	}
	return out
}

// correlation makes one over all three rules, grouped by User, with 10 s.
func correlation(typ string, cond sigma.Condition) *sigma.Correlation {
	return &sigma.Correlation{
		Meta: sigma.Meta{Title: typ, Name: typ}, Type: typ, Rules: names,
		GroupBy: []string{"User"}, Timespan: 10 * time.Second, Condition: cond,
	}
}

func amount(list ...any) sigma.Condition {
	return sigma.Condition{Terms: terms(list...), Fields: []string{"Amount"}, Percentile: 50}
}

func count(list ...any) sigma.Condition { return sigma.Condition{Terms: terms(list...)} }

// everyCorrelation holds each type with conditions of each kind.
func everyCorrelation() map[string]*sigma.Correlation {
	a, b, c := ref("rule_a"), ref("rule_b"), ref("rule_c")
	m := map[string]*sigma.Correlation{
		"events gte":       correlation(sigma.EventCount, count("gte", 3)),
		"events gt":        correlation(sigma.EventCount, count("gt", 3)),
		"events lt":        correlation(sigma.EventCount, count("lt", 3)),
		"events between":   correlation(sigma.EventCount, count("gt", 2, "lte", 4)),
		"events eq":        correlation(sigma.EventCount, count("eq", 3)),
		"events neq":       correlation(sigma.EventCount, count("neq", 3)),
		"values gte":       correlation(sigma.ValueCount, amount("gte", 3)),
		"values lte":       correlation(sigma.ValueCount, amount("lte", 2)),
		"values between":   correlation(sigma.ValueCount, amount("gte", 2, "lt", 4)),
		"sum gt":           correlation(sigma.ValueSum, amount("gt", 12)),
		"sum between":      correlation(sigma.ValueSum, amount("gt", 8, "lt", 14)),
		"avg gt":           correlation(sigma.ValueAvg, amount("gt", 3)),
		"avg lt":           correlation(sigma.ValueAvg, amount("lt", 2)),
		"median gte":       correlation(sigma.ValueMedian, amount("gte", 3)),
		"percentile lte":   correlation(sigma.ValuePercentile, amount("lte", 2)),
		"percentile 90 gt": correlation(sigma.ValuePercentile, amount("gt", 4)),
		"all three":        correlation(sigma.Temporal, sigma.Condition{}),
		"two of three":     correlation(sigma.Temporal, count("gte", 2)),
		"exactly two":      correlation(sigma.Temporal, count("eq", 2)),
		"a and (b or c)":   correlation(sigma.Temporal, sigma.Condition{Expr: op(sigma.RefAnd, a, op(sigma.RefOr, b, c))}),
		"a and b, not c":   correlation(sigma.Temporal, sigma.Condition{Expr: op(sigma.RefAnd, a, b, op(sigma.RefNot, c))}),
		"not (a or b)":     correlation(sigma.Temporal, sigma.Condition{Expr: op(sigma.RefNot, op(sigma.RefOr, a, b))}),
		"in order":         correlation(sigma.TemporalOrdered, sigma.Condition{}),
		"a, b, not c":      correlation(sigma.TemporalOrdered, sigma.Condition{Expr: op(sigma.RefAnd, a, b, op(sigma.RefNot, c))}),
	}
	m["percentile 90 gt"].Condition.Percentile = 90
	return m
}

// randomHits makes a stream with ties, bursts and pauses.
func randomHits(rng *rand.Rand, n int) []hit {
	var out []hit
	now, pace := 0, 1+rng.IntN(6)
	for range n {
		switch rng.IntN(12) {
		case 0:
			now += 8 + rng.IntN(8)
		default:
			now += rng.IntN(pace + 1)
		}
		out = append(out, hit{rng.IntN(3), now, string(rune('a' + rng.IntN(2))), strconv.Itoa(rng.IntN(6))})
	}
	return out
}

func plan(t testing.TB, list ...*sigma.Correlation) *Plan {
	t.Helper()
	p, problems := NewPlan(list, metas())
	for _, pr := range problems {
		t.Fatal(pr)
	}
	return p
}

// fact makes the fact of a hit as the plan wants it.
func (h hit) fact(p *Plan) Fact {
	f := Fact{Rule: h.rule, Time: at(h.at)}
	for _, name := range p.Fields(h.rule) {
		switch {
		case name == "User" && h.group != "":
			f.Values = append(f.Values, Text(h.group))
		case name == "Amount" && h.value != "":
			f.Values = append(f.Values, Text(h.value))
		default:
			f.Values = append(f.Values, Value{})
		}
	}
	return f
}

// run feeds hits, with a watermark before every step-th when step is not 0.
func run(p *Plan, limits Limits, hits []hit, step int) ([]Alert, Stats) {
	var out []Alert
	keep := func(a Alert) { out = append(out, a) }
	r := p.NewRuntime(limits)
	for i, h := range hits {
		if step > 0 && i%step == 0 {
			r.Advance(at(h.at), keep)
		}
		f := h.fact(p)
		f.Ref = i
		r.Observe(f, keep)
	}
	r.Finish(keep)
	return out, r.Stats()
}

func verdicts(alerts []Alert) []verdict {
	var out []verdict
	for _, a := range alerts {
		out = append(out, verdict{a.Group[0].Text, seconds(a.Known), fmt.Sprintf("%.6g", a.Value)})
	}
	return sorted(out)
}

func TestAgreesWithBruteForceOnRandomStreams(t *testing.T) {
	for name, c := range everyCorrelation() {
		t.Run(name, func(t *testing.T) {
			p := plan(t, c)
			fired := 0
			for seed := range uint64(400) {
				hits := randomHits(rand.New(rand.NewPCG(seed, 7)), 1+int(seed)%60)
				alerts, _ := run(p, Limits{}, hits, 0)
				fired += len(alerts)
				if want, got := oracle(c, hits), verdicts(alerts); !slices.Equal(want, got) {
					t.Fatalf("seed %d:\noracle  %v\nruntime %v\nhits %v", seed, want, got, hits)
				}
			}
			if fired == 0 {
				t.Error("no stream fired: the comparison proves nothing")
			}
		})
	}
}

func TestWatermarksChangeNothing(t *testing.T) {
	for name, c := range everyCorrelation() {
		t.Run(name, func(t *testing.T) {
			p := plan(t, c)
			for seed := range uint64(60) {
				hits := randomHits(rand.New(rand.NewPCG(seed, 8)), 80)
				batch, _ := run(p, Limits{}, hits, 0)
				live, stats := run(p, Limits{}, hits, 1+int(seed)%4)
				if !reflect.DeepEqual(batch, live) {
					t.Fatalf("seed %d:\nbatch %v\nlive  %v", seed, batch, live)
				}
				if stats.Late != 0 {
					t.Fatalf("seed %d: %d late facts", seed, stats.Late)
				}
			}
		})
	}
}

func TestAlertsComeInTheOrderInWhichTheyAreKnown(t *testing.T) {
	var list []*sigma.Correlation
	every := everyCorrelation()
	for _, name := range slices.Sorted(maps.Keys(every)) {
		every[name].Name = ""
		list = append(list, every[name])
	}
	p := plan(t, list...)
	for seed := range uint64(30) {
		alerts, _ := run(p, Limits{}, randomHits(rand.New(rand.NewPCG(seed, 9)), 100), 0)
		if !slices.IsSortedFunc(alerts, func(a, b Alert) int { return a.Known.Compare(b.Known) }) {
			t.Fatalf("seed %d: out of order", seed)
		}
		for _, a := range alerts {
			if a.Time.After(a.Known) || a.First.After(a.Time) {
				t.Fatalf("seed %d: first %v, time %v, known %v", seed, a.First, a.Time, a.Known)
			}
		}
	}
}
