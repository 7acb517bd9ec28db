package sigma

import (
	"strings"
	"testing"
)

func compile(t *testing.T, text string, opt Options) (*Ruleset, []Rejected) {
	t.Helper()
	docs, diags := Parse("x.yml", []byte(text))
	if d := firstError(diags); d != nil {
		t.Fatal(d)
	}
	return Compile(docs, opt)
}

func TestFilters(t *testing.T) {
	rule := "title: R\nid: 11111111-2222-3333-4444-555555555555\nname: the_rule\nlogsource: {product: linux, category: test}\n" +
		"detection: {s: {A: x}, them: {B: x}, condition: 1 of them}\n---\n"
	filter := func(logsource, rules, cond string) string {
		return "title: F\nlogsource: " + logsource + "\nfilter:\n  rules: " + rules + "\n  s: {User: admin}\n  condition: " + cond + "\n"
	}
	admin, other := ev{"A", "x", "User", "admin"}, ev{"A", "x", "User", "eve"}
	for _, c := range []struct {
		name, filter string
		admin, other bool // whether the rule fires
		unused       bool
	}{
		{"by name", filter("{product: linux, category: test}", "[the_rule]", "not s"), false, true, false},
		{"by id", filter("{category: test}", "[11111111-2222-3333-4444-555555555555]", "not s"), false, true, false},
		{"any", filter("{product: linux}", "any", "not s"), false, true, false},
		{"a positive condition keeps", filter("{product: linux}", "any", "s"), true, false, false},
		{"not of a pattern", filter("{product: linux}", "any", "not 1 of s*"), false, true, false},
		{"for another rule", filter("{product: linux}", "[nobody]", "not s"), true, true, true},
		{"for another product", filter("{product: windows}", "any", "not s"), true, true, true},
		{"narrower than the rule", filter("{product: linux, category: test, service: x}", "any", "not s"), true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			rs, rejected := compile(t, rule+c.filter, Options{})
			if (len(rejected) > 0) != c.unused {
				t.Errorf("rejected: %v", rejected)
			}
			for _, e := range []struct {
				ev   ev
				want bool
			}{{admin, c.admin}, {other, c.other}} {
				r := e.ev.record()
				r.src.Product = "linux"
				if fires(t, rs, r) != e.want {
					t.Errorf("with %q the rule fires: %v", e.ev, !e.want)
				}
			}
		})
	}
}

func TestFilterRemarksAndErrors(t *testing.T) {
	head := "title: F\nlogsource: {category: test}\nfilter:\n"
	_, diags := Parse("x.yml", []byte(head+"  rules: any\n  s: {A: x}\n  condition: s\n"))
	if len(diags) != 1 || diags[0].Severity != Warning || !strings.Contains(diags[0].Hint, `"not s"`) {
		t.Errorf("a bare selection: %v", diags)
	}
	for _, c := range []struct{ text, want string }{
		{head + "  s: {A: x}\n  condition: not s\n", "names no rules"},
		{head + "  rules: []\n  s: {A: x}\n  condition: not s\n", "names no rules"},
		{head + "  rules: any\n  s: {A: x}\n", "no condition"},
		{head + "  rules: any\n  s: {A: x}\n  condition: [not s]\n", "must be a text"},
		{head + "  rules: any\n  s: {A: x}\n  condition: not q\n", "unknown selection"},
		{"title: F\nfilter:\n  rules: any\n  s: {A: x}\n  condition: not s\n", "no logsource"},
		{"title: F\nlogsource: {category: test}\nfilter: [x]\n", "must be a map"},
	} {
		docs, diags := Parse("x.yml", []byte(c.text))
		if d := firstError(diags); len(docs) != 0 || d == nil || !strings.Contains(d.Text, c.want) {
			t.Errorf("%s\n%v, want %q", c.text, diags, c.want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	rule := ruleText("s:\n  A|contains|expand: 'host-%dcs%.'\nf:\n  B|expand: '%quiet%'\ncondition: s and not f")
	if _, rejected := compile(t, rule, Options{}); len(rejected) != 1 || !strings.Contains(rejected[0].Reason, "%dcs%") {
		t.Errorf("without values: %v", rejected)
	}
	rs, rejected := compile(t, rule, Options{Placeholders: map[string][]string{"dcs": {"one", "t*o"}}})
	if len(rejected) != 0 {
		t.Fatal(rejected)
	}
	for _, c := range []struct {
		ev   ev
		want bool
	}{
		{ev{"A", "the host-ONE."}, true}, {ev{"A", "host-toto."}, true}, {ev{"A", "host-three."}, false},
		{ev{"A", "host-one.", "B", "%quiet%"}, true}, {ev{"A", "host-%dcs%."}, false},
	} {
		if fires(t, rs, c.ev.record()) != c.want {
			t.Errorf("%q fires: %v", c.ev, !c.want)
		}
	}
	rs, _ = compile(t, rule, Options{Placeholders: map[string][]string{"dcs": {"one"}, "quiet": {"yes"}}})
	if fires(t, rs, ev{"A", "host-one.", "B", "yes"}.record()) {
		t.Error("a filter with values does not exclude")
	}
	rs = detect(t, item1(`A|expand: '100\%sure\%'`))
	if !fires(t, rs, ev{"A", "100%sure%"}.record()) {
		t.Error("an escaped percent sign is taken for a placeholder")
	}
	rs, _ = compile(t, ruleText(item1(`A|re|expand: '^%dcs%$'`)), Options{Placeholders: map[string][]string{"dcs": {"a.b", "c"}}})
	if !fires(t, rs, ev{"A", "a.b"}.record()) || fires(t, rs, ev{"A", "axb"}.record()) || !fires(t, rs, ev{"A", "c"}.record()) {
		t.Error("placeholders in regular expressions")
	}
}

func TestPlaceholderRulesOfTheCorpusAreRejected(t *testing.T) {
	docs := parseAll(t, ruleFiles(t, true))
	rs, rejected := Compile(docs, Options{})
	if len(rejected) != 23 || len(rs.Rules()) != 0 {
		t.Errorf("%d rejected and %d loaded, want 23 and 0", len(rejected), len(rs.Rules()))
	}
	for _, r := range rejected {
		if !strings.Contains(r.Reason, "placeholder %") || r.Line == 0 || r.Path == "" {
			t.Errorf("%+v", r)
		}
	}
	values := map[string][]string{}
	for _, data := range ruleFiles(t, true) {
		for _, m := range placeholderForm.FindAllSubmatch(data, -1) {
			values[string(m[1])] = []string{"x"}
		}
	}
	rs, rejected = Compile(docs, Options{Placeholders: values})
	if len(rs.Rules()) != 23 || len(rejected) != 0 {
		t.Errorf("with values %d are loaded, %d rejected", len(rs.Rules()), len(rejected))
	}
}

func TestTheSameIDTwiceIsLoadedOnce(t *testing.T) {
	one := "title: One\nid: 11111111-2222-3333-4444-555555555555\nlogsource: {category: test}\ndetection: {s: {A: x}, condition: s}\n"
	rs, rejected := compile(t, one+"---\n"+one, Options{})
	if len(rs.Rules()) != 1 || len(rejected) != 1 || !strings.Contains(rejected[0].Reason, "loaded already, from x.yml line 1") {
		t.Errorf("%d rules, %v", len(rs.Rules()), rejected)
	}
	docs, _ := Parse("x.yml", []byte("title: One\nlogsource: {category: test}\ndetection: {s: {A: x}, condition: s}\n"))
	rs, rejected = Compile(append(docs, docs...), Options{})
	if len(rs.Rules()) != 1 || len(rejected) != 1 {
		t.Errorf("one document twice: %d rules, %v", len(rs.Rules()), rejected)
	}
}

func TestFieldNamesCoverAliasesAndCorrelations(t *testing.T) {
	rs, _ := compile(t, twoRules+"title: C\ncorrelation:\n  type: value_count\n  rules: [rule_a]\n  timespan: 1m\n  group-by: [Host, ip]\n"+
		"  aliases: {ip: {rule_a: SourceIp}}\n  condition: {field: User, gt: 1}\n", Options{})
	names := rs.FieldNames()
	for _, want := range []string{"A", "B", "Host", "SourceIp", "User", "NewProcessName", "OperationType", "ThreatName"} {
		if !contains(names, want) {
			t.Errorf("%q is missing in %v", want, names)
		}
	}
	if contains(names, "ip") || contains(names, "") {
		t.Errorf("aliases are no fields: %v", names)
	}
}
