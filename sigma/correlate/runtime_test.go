package correlate

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tyto/sigma"
)

// stream reads "a0 b5 c5:x=7": rule_a at 0 s, rule_b at 5 s, and rule_c at 5 s
// for user x with the amount 7. The user is u and the amount 1 by default; "-"
// means that the field is absent.
func stream(t *testing.T, text string) []hit {
	t.Helper()
	var out []hit
	for _, word := range strings.Fields(text) {
		h := hit{rule: int(word[0] - 'a'), group: "u", value: "1"}
		when, rest, ok := strings.Cut(word[1:], ":")
		if ok {
			h.group, h.value, _ = strings.Cut(rest, "=")
			if h.value == "" {
				h.value = "1"
			}
		}
		if _, err := fmt.Sscan(when, &h.at); err != nil {
			t.Fatal(err)
		}
		for _, field := range []*string{&h.group, &h.value} {
			if *field == "-" {
				*field = ""
			}
		}
		out = append(out, h)
	}
	return out
}

// known lists the alerts as "group@known=value".
func known(alerts []Alert) string {
	var out []string
	for _, a := range alerts {
		var group []string
		for _, v := range a.Group {
			group = append(group, v.Text)
		}
		out = append(out, fmt.Sprintf("%s@%d=%.6g", strings.Join(group, ","), seconds(a.Known), a.Value))
	}
	return strings.Join(out, " ")
}

func TestTypesFireWhenTheirConditionSays(t *testing.T) {
	a, b, c := ref("rule_a"), ref("rule_b"), ref("rule_c")
	and, or, not := sigma.RefAnd, sigma.RefOr, sigma.RefNot
	expr := func(e *sigma.RefExpr) sigma.Condition { return sigma.Condition{Expr: e} }
	for _, test := range []struct {
		name, typ string
		cond      sigma.Condition
		stream    string
		want      string
	}{
		{"enough events", sigma.EventCount, count("gte", 3), "a0 a1 a2", "u@2=3"},
		{"too few events", sigma.EventCount, count("gte", 3), "a0 a1", ""},
		{"gt is not gte", sigma.EventCount, count("gt", 3), "a0 a1 a2", ""},
		{"exactly one timespan is inside", sigma.EventCount, count("gte", 3), "a0 a1 a10", "u@10=3"},
		{"one second more is outside", sigma.EventCount, count("gte", 3), "a0 a1 a11", ""},
		{"windows slide over clock boundaries", sigma.EventCount, count("gte", 3), "a0 a8 a12 a16", "u@16=3"},
		{"all rules count", sigma.EventCount, count("gte", 3), "a0 b1 c2", "u@2=3"},
		{"groups are apart", sigma.EventCount, count("gte", 2), "a0:x a1:y a2:y a3:x", "y@2=2 x@3=2"},
		{"case does not split groups", sigma.EventCount, count("gte", 2), "a0:Straße a1:STRAßE", "Straße@1=2"},
		{"without group field no part", sigma.EventCount, count("gte", 2), "a0:- a1:- a2", ""},
		{"one alert per episode", sigma.EventCount, count("gte", 2), "a0 a1 a2 a9 a19 a29", "u@1=2"},
		{"a quiet timespan ends the episode", sigma.EventCount, count("gte", 2), "a0 a1 a20 a21", "u@1=2 u@21=2"},
		{"few events, at the end of the window", sigma.EventCount, count("lt", 3), "a0 a1", "u@10=2"},
		{"not the beginning of many", sigma.EventCount, count("lt", 3), "a0 a1 a2 a3", ""},
		{"not the end of many", sigma.EventCount, count("lte", 1), "a0 a1 a2 a3 a13", ""},
		{"between, reached from below", sigma.EventCount, count("gt", 1, "lte", 3), "a0 a1 a2", "u@10=3"},
		{"between, exceeded later", sigma.EventCount, count("gt", 1, "lte", 3), "a0 a1 a2 a9", ""},
		{"eq waits", sigma.EventCount, count("eq", 2), "a0 a1", "u@10=2"},
		{"eq missed", sigma.EventCount, count("eq", 2), "a0 a1 a2", ""},
		{"neq", sigma.EventCount, count("neq", 2), "a0:x a1:y a1:x", "y@11=1"},
		{"waiting window includes its last second", sigma.EventCount, count("eq", 2), "a0 a10", "u@10=2"},

		{"distinct values", sigma.ValueCount, amount("gte", 3), "a0:u=1 a1:u=2 a2:u=1 a3:u=3", "u@3=3"},
		{"values differ by more than case", sigma.ValueCount, amount("gte", 2), "a0:u=Bob a1:u=BOB", ""},
		{"a value left the window", sigma.ValueCount, amount("gte", 3), "a0:u=1 a5:u=2 a11:u=3", ""},
		{"a value came again", sigma.ValueCount, amount("gte", 3), "a0:u=1 a3:u=1 a5:u=2 a11:u=3", "u@11=3"},
		{"without value no part", sigma.ValueCount, amount("gte", 2), "a0:u=1 a1:u=-", ""},
		{"few distinct values", sigma.ValueCount, amount("lt", 2), "a0:u=1 a1:u=1 a2:v=1 a3:v=2", "u@10=1"},

		{"sum", sigma.ValueSum, amount("gt", 10), "a0:u=4 a1:u=6 a2:u=0.5", "u@2=10.5"},
		{"sum out of window", sigma.ValueSum, amount("gt", 10), "a0:u=10 a11:u=10", ""},
		{"no number, no part", sigma.ValueSum, amount("gte", 2), "a0:u=1 a1:u=many a2:u=0x5 a3:u=inf a4:u=NaN", ""},
		{"average", sigma.ValueAvg, amount("gt", 3), "a0:u=1 a1:u=9", "u@10=5"},
		{"average is not the first event", sigma.ValueAvg, amount("gt", 3), "a0:u=9 a1:u=1 a2:u=1 a3:u=1", ""},
		{"average is not the last event", sigma.ValueAvg, amount("gt", 3), "a0:u=1 a1:u=1 a2:u=1 a3:u=9", ""},
		{"median of an even number", sigma.ValueMedian, amount("eq", 3), "a0:u=1 a1:u=2 a2:u=4 a3:u=50", "u@10=3"},
		{"median below", sigma.ValueMedian, amount("gt", 3), "a0:u=1 a1:u=2 a2:u=50", ""},
		{"percentile 50 is the median", sigma.ValuePercentile, amount("gte", 4), "a0:u=1 a1:u=4 a2:u=9", "u@10=4"},

		{"all rules in any order", sigma.Temporal, sigma.Condition{}, "c0 a1 b2", "u@2=3"},
		{"one rule is missing", sigma.Temporal, sigma.Condition{}, "c0 a1 a2 c3", ""},
		{"one rule is too old", sigma.Temporal, sigma.Condition{}, "c0 a1 b11", ""},
		{"at exactly one timespan", sigma.Temporal, sigma.Condition{}, "c0 a1 b10", "u@10=3"},
		{"in different groups", sigma.Temporal, sigma.Condition{}, "c0:x a1:y b2:x", ""},
		{"two of three", sigma.Temporal, count("gte", 2), "a0 a1 c2", "u@2=2"},
		{"no more than one", sigma.Temporal, count("lte", 1), "a0 a1 b2:x c3:x", "u@10=1"},
		{"a and (b or c)", sigma.Temporal, expr(op(and, a, op(or, b, c))), "b0 c1 a2", "u@2=3"},
		{"a and (b or c), no a", sigma.Temporal, expr(op(and, a, op(or, b, c))), "b0 c1", ""},
		{"a without c", sigma.Temporal, expr(op(and, a, op(not, c))), "a0", "u@10=1"},
		{"c before a", sigma.Temporal, expr(op(and, a, op(not, c))), "c0 a10", ""},
		{"c after a", sigma.Temporal, expr(op(and, a, op(not, c))), "a0 c10", ""},
		{"c too late for a", sigma.Temporal, expr(op(and, a, op(not, c))), "a0 c11", "u@10=1"},
		{"not not is no waiting", sigma.Temporal, expr(op(not, op(not, a))), "a0", "u@0=1"},

		{"in order", sigma.TemporalOrdered, sigma.Condition{}, "a0 b1 c2", "u@2=3"},
		{"out of order", sigma.TemporalOrdered, sigma.Condition{}, "b0 a1 c2", ""},
		{"order among others", sigma.TemporalOrdered, sigma.Condition{}, "c0 b1 a2 a3 b4 a5 c6", "u@6=3"},
		{"the same time is in order", sigma.TemporalOrdered, sigma.Condition{}, "c0 b0 a0", "u@0=3"},
		{"the chain began too early", sigma.TemporalOrdered, sigma.Condition{}, "a0 b1 c11", ""},
		{"a later chain is inside", sigma.TemporalOrdered, sigma.Condition{}, "a0 b1 a2 b3 c11", "u@11=3"},
		{"the named order counts", sigma.TemporalOrdered, expr(op(and, b, a)), "b0 a1", "u@1=2"},
		{"the named order is missed", sigma.TemporalOrdered, expr(op(and, b, a)), "a0 b1", ""},
		{"either first", sigma.TemporalOrdered, expr(op(and, op(or, a, b), c)), "b0 c1", "u@1=2"},
		{"ordered without", sigma.TemporalOrdered, expr(op(and, a, b, op(not, c))), "a0 b1", "u@10=2"},
		{"ordered with", sigma.TemporalOrdered, expr(op(and, a, b, op(not, c))), "a0 b1 c2", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := plan(t, correlation(test.typ, test.cond))
			alerts, _ := run(p, Limits{}, stream(t, test.stream), 0)
			if got := known(alerts); got != test.want {
				t.Errorf("%s: %q, want %q", test.stream, got, test.want)
			}
		})
	}
}

func TestAFieldThatTheTypeDoesNotUseIsIgnored(t *testing.T) {
	p := plan(t, correlation(sigma.EventCount, amount("gte", 2)))
	alerts, stats := run(p, Limits{}, stream(t, "a0 a1:u=-"), 0)
	if known(alerts) != "u@1=2" || len(p.Fields(0)) != 1 || stats.Correlations[0].Lacking != 0 {
		t.Errorf("alerts %v, fields %v, %+v", alerts, p.Fields(0), stats.Correlations[0])
	}
}

func TestTuplesAreDistinctAsAWhole(t *testing.T) {
	c := correlation(sigma.ValueCount, sigma.Condition{Terms: terms("gte", 3), Fields: []string{"Host", "Port"}})
	p := plan(t, c)
	var alerts []Alert
	r := p.NewRuntime(Limits{})
	for i, v := range [][2]string{{"a", "bc"}, {"A", "bc"}, {"ab", "c"}, {"ab", "c"}, {"a", "b"}} {
		r.Observe(Fact{Time: at(i), Values: []Value{Text("u"), Text(v[0]), Text(v[1])}},
			func(a Alert) { alerts = append(alerts, a) })
	}
	if got := known(alerts); got != "u@4=3" {
		t.Errorf("got %q", got)
	}
}

func TestWithoutGroupByAllEventsAreOneGroup(t *testing.T) {
	c := correlation(sigma.EventCount, count("gte", 2))
	c.GroupBy = nil
	alerts, _ := run(plan(t, c), Limits{}, stream(t, "a0:x a1:y"), 0)
	if got := known(alerts); got != "@1=2" {
		t.Errorf("got %q", got)
	}
}

func TestAnEventThatTwoRulesMatchCountsOnce(t *testing.T) {
	for typ, want := range map[string]string{sigma.EventCount: "", sigma.Temporal: "u@0=2"} {
		p := plan(t, correlation(typ, count("gte", 2)))
		var alerts []Alert
		r := p.NewRuntime(Limits{})
		for rule := range 2 {
			r.Observe(Fact{Rule: rule, Time: at(0), Values: []Value{Text("u")}, Event: 7, Ref: "e"},
				func(a Alert) { alerts = append(alerts, a) })
		}
		if got := known(alerts); got != want {
			t.Errorf("%s: got %q, want %q", typ, got, want)
		}
		for _, a := range alerts {
			if a.Count != 1 || len(a.Refs) != 1 {
				t.Errorf("%s: rests on %d events, %v", typ, a.Count, a.Refs)
			}
		}
	}
}

func TestAlertNamesTheEventsItRestsOn(t *testing.T) {
	for _, test := range []struct {
		typ    string
		cond   sigma.Condition
		stream string
		count  int
		refs   []any
	}{
		{sigma.EventCount, count("gte", 3), "a0 a5 a12 a13", 3, []any{1, 2, 3}},
		{sigma.ValueCount, amount("gte", 2), "a0:u=1 a1:u=1 a2:u=2", 2, []any{1, 2}},
		{sigma.Temporal, sigma.Condition{}, "b0 a1 b2 c3", 3, []any{1, 2, 3}},
		{sigma.TemporalOrdered, sigma.Condition{}, "a0 a1 c2 b3 a4 c5", 3, []any{1, 3, 5}},
		{sigma.ValueSum, amount("gte", 6), "a0 a1 b2 b3 b4 b5", 6, []any{1, 3, 4, 5}},
	} {
		alerts, _ := run(plan(t, correlation(test.typ, test.cond)), Limits{Refs: 4}, stream(t, test.stream), 0)
		if len(alerts) != 1 {
			t.Fatalf("%s: %d alerts", test.typ, len(alerts))
		}
		a := alerts[0]
		if a.Count != test.count || !reflect.DeepEqual(a.Refs, test.refs) {
			t.Errorf("%s: %d events %v, want %d %v", test.typ, a.Count, a.Refs, test.count, test.refs)
		}
		if first := stream(t, test.stream)[a.Refs[0].(int)]; test.typ != sigma.ValueSum && seconds(a.First) != first.at {
			t.Errorf("%s: first at %d", test.typ, seconds(a.First))
		}
	}
}

func TestLateAndUntimedFactsAreCountedNotUsed(t *testing.T) {
	p := plan(t, correlation(sigma.EventCount, count("gte", 2)))
	r := p.NewRuntime(Limits{})
	none := func(a Alert) { t.Errorf("alert %v", a) }
	r.Observe(Fact{Values: []Value{Text("u")}}, none)
	r.Observe(Fact{Time: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), Values: []Value{Text("u")}}, none)
	r.Observe(Fact{Time: at(5), Values: []Value{Text("u")}}, none)
	r.Observe(Fact{Time: at(4), Values: []Value{Text("u")}}, none)
	r.Advance(at(9), none)
	r.Observe(Fact{Time: at(8), Values: []Value{Text("u")}}, none)
	r.Observe(Fact{Rule: 99, Time: at(9)}, none)
	r.Observe(Fact{Rule: 1, Time: at(9)}, none) // no values at all
	if s := r.Stats(); s.Late != 2 || s.Untimed != 2 || s.Correlations[0].Lacking != 1 || s.Correlations[0].Facts != 1 {
		t.Errorf("stats %+v", s)
	}
}

func TestAbsurdAmountsDoNotSpoilTheSumForGood(t *testing.T) {
	p := plan(t, correlation(sigma.ValueSum, amount("gte", 3)))
	alerts, _ := run(p, Limits{}, stream(t, "a0:u=-1e300 a1:u=1 a11:u=1 a12:u=1 a13:u=1"), 0)
	if got := known(alerts); got != "u@13=3" {
		t.Errorf("got %q", got)
	}
}

func TestTimesAtTheEdgeOfTheRangeAreHarmless(t *testing.T) {
	c := correlation(sigma.EventCount, count("lte", 5))
	c.Timespan = 1<<63 - 1
	var alerts []Alert
	r := plan(t, c).NewRuntime(Limits{})
	for _, year := range []int{1678, 2026, 2261} {
		r.Observe(Fact{Time: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), Values: []Value{Text("u")}},
			func(a Alert) { alerts = append(alerts, a) })
	}
	r.Finish(func(a Alert) { alerts = append(alerts, a) })
	if len(alerts) == 0 {
		t.Error("no alert")
	}
}
