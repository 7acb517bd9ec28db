package sigma

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tyto/sigma/internal/logic"
)

// FuzzParse: no file makes the parser panic or hang; what it accepts compiles
// and can be matched, with index and scan agreeing.
func FuzzParse(f *testing.F) {
	f.Add([]byte(ruleText("s:\n  A|contains|all: ['x*', y]\n  B|re|i: '^a{2,}'\nk: [evil]\ncondition: s and not 1 of k*")))
	f.Add([]byte("title: C\ncorrelation: {type: temporal, rules: [a, b], timespan: 5m, condition: a and not b, aliases: {x: {a: b}}}\n"))
	f.Add([]byte("title: F\nlogsource: {product: linux}\nfilter: {rules: any, s: {A: x}, condition: not s}\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("a: &a {b: *a, <<: *a}\ndetection: *a\n"))
	f.Add([]byte("title: x\nlogsource: {category: test}\ndetection: {s: {'A|windash|base64offset|contains': ' -abc', 'B|cidr': '::/0', 'C|expand': '%x%', 'D|hour|gt': 3, '|all': [a]}, condition: all of them}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		docs, diags := Parse("f.yml", data)
		for _, d := range diags {
			if d.Text == "" || d.Width < 1 || strings.ContainsAny(d.Quote, "\n") {
				t.Errorf("bad diagnostic %+v", d)
			}
		}
		rs, rejected := Compile(docs, Options{Placeholders: map[string][]string{"x": {"a*", "b"}}})
		if n := len(rs.Rules()) + len(rs.Correlations()) + len(rejected); n > len(docs) {
			t.Errorf("%d documents became %d", len(docs), n)
		}
		for _, e := range []ev{{}, {"A", "x y", "B", "aaa"}, {"A", "null", "k", "evil"}} {
			r := e.record()
			for _, d := range docs {
				if rule, ok := d.(*Rule); ok {
					l := rule.Logsource
					r.src = Source{Product: l.Product, Category: l.Category, Service: l.Service}
				}
			}
			fires(t, rs, r)
		}
	})
}

// FuzzCondition: the condition parser neither panics nor accepts what it
// cannot print and read again.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{"a", "a and not b", "1 of them or all of sel_*", "((a))", "not not a", "a | count()", "any of _*", "a AND (b Or c)", "2 of a", "of", ")("} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tree, err := parseCondition(s)
		if err != nil {
			if err.text == "" || err.from < 0 || err.to > len(s) || err.from > err.to {
				t.Errorf("%q: bad error %+v", s, err)
			}
			return
		}
		printed := printCondition(tree)
		again, err := parseCondition(printed)
		if err != nil {
			// Printing adds parentheses, which can exceed the depth.
			if strings.Contains(err.text, "deeply") {
				return
			}
			t.Fatalf("%q printed as %q: %v", s, printed, err)
		}
		if got := printCondition(again); got != printed {
			t.Errorf("%q prints as %q, then as %q", s, printed, got)
		}
	})
}

func printCondition(n *condNode) string {
	switch n.op {
	case condName:
		return n.text
	case condOneOf:
		return "1 of " + n.text
	case condAllOf:
		return "all of " + n.text
	case condNot:
		return "not " + printCondition(n.args[0])
	}
	words := make([]string, len(n.args))
	for i, a := range n.args {
		words[i] = printCondition(a)
	}
	sep := " and "
	if n.op == condOr {
		sep = " or "
	}
	return "(" + strings.Join(words, sep) + ")"
}

// FuzzPattern: a text that is scanned and printed again means the same.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{`C:\Windows\*`, `C:\\*`, `\\server\share`, `a\?b?*`, `\`, `*\*`, "**", ""} {
		f.Add(s, "value")
	}
	f.Fuzz(func(t *testing.T, s, value string) {
		if !utf8.ValidString(s) || !utf8.ValidString(value) {
			return // YAML is UTF-8, and folding looks at whole letters
		}
		parts := scanPattern(s)
		again := scanPattern(escapeParts(parts))
		if logic.PartsText(parts) != logic.PartsText(again) || len(parts) != len(again) {
			t.Fatalf("%q: %v, printed and read again %v", s, parts, again)
		}
		// However a pattern is classified, it holds for its own literal form.
		l := patternLeaf("A", openBack(openFront(parts)))
		var text strings.Builder
		for _, p := range parts {
			if p.Wild == '?' {
				text.WriteByte('q')
			}
			text.WriteString(p.Lit)
		}
		v := &plainView{byName: map[string][]logic.Value{"A": {{Text: []byte(value + text.String() + value)}}}}
		if !logic.NewInterp().Eval(atom(l), v) {
			t.Errorf("contains %q does not hold for %q", s, value+text.String()+value)
		}
	})
}

// escapeParts writes a pattern so that scanning gives the same parts.
func escapeParts(parts []logic.Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Wild != 0 {
			b.WriteByte(p.Wild)
			continue
		}
		b.WriteString(strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(p.Lit))
	}
	return b.String()
}
