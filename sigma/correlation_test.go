package sigma

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const twoRules = `title: A
name: rule_a
logsource: {category: test}
detection: {s: {A: x}, condition: s}
---
title: B
name: rule_b
logsource: {category: test}
detection: {s: {B: x}, condition: s}
---
`

func correlate(t *testing.T, text string) (*Correlation, []Diagnostic) {
	t.Helper()
	docs, diags := Parse("c.yml", []byte("title: C\ncorrelation:\n"+text))
	if len(docs) != 1 {
		return nil, diags
	}
	return docs[0].(*Correlation), diags
}

func TestCorrelationsAreRead(t *testing.T) {
	rules := "  rules: [rule_a, rule_b]\n  timespan: 5m\n"
	for _, c := range []struct {
		name, text string
		want       Correlation
	}{
		{"event_count", "  type: event_count\n  rules: rule_a\n  group-by: [Computer, User]\n  timespan: 1h\n  condition: {gte: 10}\n",
			Correlation{Type: EventCount, Rules: []string{"rule_a"}, GroupBy: []string{"Computer", "User"}, Timespan: time.Hour,
				Condition: Condition{Terms: []Term{{"gte", 10}}}}},
		{"value_count of a tuple", "  type: value_count\n" + rules + "  condition: {field: [A, B], gt: 3, lte: 9}\n",
			Correlation{Type: ValueCount, Rules: []string{"rule_a", "rule_b"}, Timespan: 5 * time.Minute,
				Condition: Condition{Terms: []Term{{"gt", 3}, {"lte", 9}}, Fields: []string{"A", "B"}}}},
		{"temporal", "  type: temporal\n" + rules + "  generate: true\n",
			Correlation{Type: Temporal, Rules: []string{"rule_a", "rule_b"}, Timespan: 5 * time.Minute, Generate: true}},
		{"temporal_ordered with aliases", "  type: temporal_ordered\n" + rules + "  group-by: [ip]\n  aliases:\n    ip: {rule_a: SourceIp, rule_b: DestinationIp}\n",
			Correlation{Type: TemporalOrdered, Rules: []string{"rule_a", "rule_b"}, Timespan: 5 * time.Minute, GroupBy: []string{"ip"},
				Aliases: map[string]map[string]string{"ip": {"rule_a": "SourceIp", "rule_b": "DestinationIp"}}}},
		{"value_sum", "  type: value_sum\n" + rules + "  condition: {field: Bytes, gt: 1000000}\n",
			Correlation{Type: ValueSum, Rules: []string{"rule_a", "rule_b"}, Timespan: 5 * time.Minute,
				Condition: Condition{Terms: []Term{{"gt", 1e6}}, Fields: []string{"Bytes"}}}},
		{"value_avg", "  type: value_avg\n" + rules + "  condition: {field: Bytes, lt: 1.5}\n",
			Correlation{Type: ValueAvg, Rules: []string{"rule_a", "rule_b"}, Timespan: 5 * time.Minute,
				Condition: Condition{Terms: []Term{{"lt", 1.5}}, Fields: []string{"Bytes"}}}},
		{"value_percentile", "  type: value_percentile\n" + rules + "  condition: {field: Bytes, percentile: 95, gt: 10}\n",
			Correlation{Type: ValuePercentile, Rules: []string{"rule_a", "rule_b"}, Timespan: 5 * time.Minute,
				Condition: Condition{Terms: []Term{{"gt", 10}}, Fields: []string{"Bytes"}, Percentile: 95}}},
		{"value_percentile is the middle by default", "  type: value_percentile\n" + rules + "  condition: {field: Bytes, gt: 10}\n",
			Correlation{Type: ValuePercentile, Rules: []string{"rule_a", "rule_b"}, Timespan: 5 * time.Minute,
				Condition: Condition{Terms: []Term{{"gt", 10}}, Fields: []string{"Bytes"}, Percentile: 50}}},
		{"value_median", "  type: value_median\n" + rules + "  condition: {field: Bytes, eq: 10}\n",
			Correlation{Type: ValueMedian, Rules: []string{"rule_a", "rule_b"}, Timespan: 5 * time.Minute,
				Condition: Condition{Terms: []Term{{"eq", 10}}, Fields: []string{"Bytes"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, diags := correlate(t, c.text)
			if got == nil || len(diags) > 0 {
				t.Fatal(diags)
			}
			got.Meta = Meta{}
			if !reflect.DeepEqual(*got, c.want) {
				t.Errorf("got  %+v\nwant %+v", *got, c.want)
			}
		})
	}
}

func TestStringConditionOfTemporalCorrelations(t *testing.T) {
	head := "  type: temporal\n  rules: [rule_a, rule_b, other]\n  timespan: 5m\n  condition: "
	for _, c := range []struct {
		cond string
		yes  []string
		no   []string
	}{
		{"rule_a and rule_b and not other", []string{"rule_a rule_b"}, []string{"rule_a", "rule_a rule_b other", ""}},
		{"rule_a or other", []string{"rule_a", "other"}, []string{"rule_b"}},
		{"1 of rule_*", []string{"rule_a", "rule_b"}, []string{"other"}},
		{"all of them", []string{"rule_a rule_b other"}, []string{"rule_a rule_b"}},
		{"not (rule_a or rule_b)", []string{"other", ""}, []string{"rule_a"}},
	} {
		got, diags := correlate(t, head+c.cond+"\n")
		if got == nil || len(diags) > 0 {
			t.Fatalf("%s: %v", c.cond, diags)
		}
		holds := func(seen string) bool {
			return got.Condition.Expr.Holds(func(r string) bool { return contains(strings.Fields(seen), r) })
		}
		for _, s := range c.yes {
			if !holds(s) {
				t.Errorf("%q does not hold for %q", c.cond, s)
			}
		}
		for _, s := range c.no {
			if holds(s) {
				t.Errorf("%q holds for %q", c.cond, s)
			}
		}
	}
}

func TestTimespans(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30s": 30 * time.Second, "5m": 5 * time.Minute, "2h": 2 * time.Hour, "7d": 168 * time.Hour,
		"1w": 604800 * time.Second, "1M": 2629746 * time.Second, "1y": 31556952 * time.Second,
		"0s": 0, "5": 0, "m": 0, "5 m": 0, "-1h": 0, "1x": 0, "999999999y": 0, "1.5h": 0,
	} {
		got, diags := correlate(t, "  type: event_count\n  rules: [a]\n  condition: {gt: 1}\n  timespan: "+text+"\n")
		switch {
		case want == 0 && got != nil:
			t.Errorf("timespan %q is accepted", text)
		case want > 0 && (got == nil || got.Timespan != want):
			t.Errorf("timespan %q: %v %v", text, got, diags)
		}
	}
}

func TestBrokenCorrelations(t *testing.T) {
	rest := "  rules: [rule_a]\n  timespan: 5m\n"
	for _, c := range []struct{ name, text, want, hint string }{
		{"unknown type", "  type: event_cout\n" + rest, `unknown correlation type "event_cout"`, `"event_count"`},
		{"no type", rest, "no type", "event_count"},
		{"no rules", "  type: temporal\n  timespan: 5m\n", "names no rules", ""},
		{"no timespan", "  type: temporal\n  rules: [a]\n", "no timespan", ""},
		{"no condition", "  type: event_count\n" + rest, "no condition", "gte"},
		{"string condition of a count", "  type: event_count\n" + rest + "  condition: rule_a\n", "must be a map", ""},
		{"no field", "  type: value_count\n" + rest + "  condition: {gt: 1}\n", "names none", "field"},
		{"two fields to add", "  type: value_sum\n" + rest + "  condition: {gt: 1, field: [a, b]}\n", "one field", ""},
		{"no comparison", "  type: value_count\n" + rest + "  condition: {field: A}\n", "compares with nothing", ""},
		{"unknown comparison", "  type: event_count\n" + rest + "  condition: {gtee: 1}\n", `unknown key "gtee"`, `"gte"`},
		{"no number", "  type: event_count\n" + rest + "  condition: {gt: many}\n", "needs a number", ""},
		{"no finite number", "  type: event_count\n" + rest + "  condition: {gt: .nan}\n", "needs a number", ""},
		{"percentile out of range", "  type: value_percentile\n" + rest + "  condition: {gt: 1, field: A, percentile: 101}\n", "from 0 to 100", ""},
		{"rule not listed", "  type: temporal\n" + rest + "  condition: rule_a and rule_c\n", `names "rule_c"`, ""},
		{"broken expression", "  type: temporal\n" + rest + "  condition: rule_a and\n", "ends too early", ""},
		{"pattern that fits nothing", "  type: temporal\n" + rest + "  condition: 1 of x*\n", "no rule of the correlation fits", ""},
		{"aliases are a list", "  type: temporal\n" + rest + "  aliases: [a]\n", "aliases must be", ""},
		{"generate is a text", "  type: temporal\n" + rest + "  generate: please\n", "generate must be", ""},
		{"not a map", "  - a\n", "correlation must be a map", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, diags := correlate(t, c.text)
			d := firstError(diags)
			if got != nil || d == nil {
				t.Fatalf("accepted: %v", diags)
			}
			if !strings.Contains(d.Text, c.want) || !strings.Contains(d.Hint, c.hint) || d.Line == 0 {
				t.Errorf("got %v, want %q, hint %q", d, c.want, c.hint)
			}
		})
	}
}

func TestReferencesOfCorrelations(t *testing.T) {
	cor := func(name, rules, more string) string {
		return "title: " + name + "\nname: " + name + "\ncorrelation:\n  type: temporal\n  timespan: 5m\n  rules: [" + rules + "]\n" + more + "---\n"
	}
	for _, c := range []struct {
		name, text string
		kept       string // names of the correlations that are loaded
		silent     string // names of the rules that do not speak
		reason     string // part of the first rejection
	}{
		{"two rules", cor("c", "rule_a, rule_b", ""), "c", "rule_a rule_b", ""},
		{"generate", cor("c", "rule_a", "  generate: true\n"), "c", "", ""},
		{"one of two generates", cor("c", "rule_a", "  generate: true\n") + cor("d", "rule_a, rule_b", ""), "c d", "rule_b", ""},
		{"nested", cor("outer", "inner, rule_b", "") + cor("inner", "rule_a", ""), "outer inner", "rule_a rule_b", ""},
		{"missing rule", cor("c", "rule_x", ""), "", "", `rule "rule_x" is not loaded`},
		{"missing below", cor("outer", "inner", "") + cor("inner", "rule_x", ""), "", "", `"inner" cannot be used`},
		{"circle", cor("c", "d", "") + cor("d", "c", "") + cor("e", "rule_a", ""), "e", "rule_a", "refers to itself"},
		{"itself", cor("c", "c", ""), "", "", "refers to itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, diags := Parse("c.yml", []byte(twoRules+c.text))
			if d := firstError(diags); d != nil {
				t.Fatal(d)
			}
			rs, rejected := Compile(docs, Options{})
			var kept, silent []string
			for _, cor := range rs.Correlations() {
				kept = append(kept, cor.Name)
			}
			for _, r := range rs.Rules() {
				if rs.Silent(r) {
					silent = append(silent, r.Name)
				}
			}
			if got := strings.Join(kept, " "); got != c.kept {
				t.Errorf("kept %q, want %q", got, c.kept)
			}
			if got := strings.Join(silent, " "); got != c.silent {
				t.Errorf("silent %q, want %q", got, c.silent)
			}
			if c.reason == "" != (len(rejected) == 0) || c.reason != "" && !strings.Contains(rejected[0].Reason, c.reason) {
				t.Errorf("rejected %+v, want %q", rejected, c.reason)
			}
		})
	}
}

func TestTermsHold(t *testing.T) {
	for op, want := range map[string][3]bool{
		"gt": {false, false, true}, "gte": {false, true, true}, "lt": {true, false, false},
		"lte": {true, true, false}, "eq": {false, true, false}, "neq": {true, false, true}, "x": {},
	} {
		for i, n := range []float64{1, 2, 3} {
			if got := (Term{op, 2}).Holds(n); got != want[i] {
				t.Errorf("%v %s 2 is %v", n, op, got)
			}
		}
	}
	both := Condition{Terms: []Term{{"gt", 1}, {"lte", 3}}}
	if both.Holds(1) || !both.Holds(2) || both.Holds(4) {
		t.Error("terms are not ANDed")
	}
}
