package stix

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func pattern(t testing.TB, src string) *Pattern {
	t.Helper()
	p, err := ParsePattern(src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return p
}

func TestSyntaxErrorsSayWhereAndWhatToDo(t *testing.T) {
	for _, c := range []struct {
		src       string
		line, col int
		hint      string
	}{
		{"file:size = 1280", 1, 1, "square brackets"},
		{"[file:size = ]", 1, 14, ""},
		{"[é:size = 1]", 1, 2, ""},
		{"[file:name = 'é' and file:size = 1]", 1, 18, "upper case"},
		{"[file:name = 'a'\n OR file:size = ]", 2, 17, ""},
		{"[some-type:needs-quotes = 1]", 1, 12, "'needs-quotes'"},
		{`[file:name = 'C:\x']`, 1, 17, `\\`},
		{"[file:name = 'x]", 1, 14, "close"},
		{"[file:size = 007]", 1, 14, "7"},
		{"[file:size = 5.]", 1, 15, ""},
		{"[file:size = 99999999999999999999]", 1, 14, "64 bits"},
		{"[file:x = h'abc']", 1, 11, "even"},
		{"[file:x = t'2026-01-31']", 1, 11, "t'2026"},
		{"[file:x > true]", 1, 11, ""},
		{"[file:x LIKE 5]", 1, 14, ""},
		{"[NOT file:x = 5]", 1, 6, ""},
		{"[file:x IN (1,)]", 1, 15, ""},
		{"[file:x IN (1,'a')]", 1, 15, "mix"},
		{"[file:x[-1] = 1]", 1, 9, ""},
		{"[file:x = 1] REPEATS 0 TIMES", 1, 22, ""},
		{"[file:x = 1] /* ", 1, 14, "*/"},
		{"[file:x = 1] FOLLOWEDBY", 1, 24, ""},
		{strings.Repeat("(", 65) + "[a:b = 1]", 1, 65, ""},
		{strings.Repeat("[a:b = 1] OR ", 256) + "[a:b = 1]", 1, 256*13 + 1, ""},
		{strings.Repeat(" ", MaxPatternLength+1), 1, 1, "split"},
		{"[a:b = 1]" + strings.Repeat(" REPEATS 1 TIMES", 65), 1, 64*16 + 11, ""},
		{"", 1, 1, ""},
	} {
		_, err := ParsePattern(c.src)
		var e *SyntaxError
		if !errors.As(err, &e) || e.Line != c.line || e.Col != c.col || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%.60q: got %v, want %d:%d with hint %q", c.src, err, c.line, c.col, c.hint)
		}
	}
}

func TestNormalForm(t *testing.T) {
	for src, want := range map[string]string{
		"[ a:b==1 ]":                                                       "[a:b = 1]",
		"([a:b <> 'x\\'y'])  // end":                                       `[a:b != 'x\'y']`,
		"[(a:b = 1 AND (a:c = 2 AND a:d = 3))]":                            "[a:b = 1 AND a:c = 2 AND a:d = 3]",
		"[a:b = 1 AND (a:c = 2 OR a:d = 3)]":                               "[a:b = 1 AND (a:c = 2 OR a:d = 3)]",
		"[a:b = 1] OR [a:c = 2] AND [a:d = 3]":                             "[a:b = 1] OR [a:c = 2] AND [a:d = 3]",
		"([a:b = 1] OR [a:c = 2]) AND [a:d = 3]":                           "([a:b = 1] OR [a:c = 2]) AND [a:d = 3]",
		"([a:b = 1] FOLLOWEDBY [a:c = 2]) WITHIN +5.0 SECONDS":             "([a:b = 1] FOLLOWEDBY [a:c = 2]) WITHIN 5.0 SECONDS",
		"[a:'b-c'.d[*].'e'[0] NOT IN (1, +2.50)]":                          "[a:'b-c'.d[*].e[0] NOT IN (1, 2.5)]",
		"[NOT EXISTS a:b OR a:c = h'FF00' OR a:c = b'/w==' OR a:d = true]": "[NOT EXISTS a:b OR a:c = h'ff00' OR a:c = b'/w==' OR a:d = true]",
		"[a:b = t'2026-01-01T00:00:00.50Z'] START t'2026-01-01T00:00:00Z'STOP t'2026-01-02T00:00:00Z'": "[a:b = t'2026-01-01T00:00:00.50Z'] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'",
	} {
		if got := pattern(t, src).String(); got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}

func TestSimplePatternsAreValueLookups(t *testing.T) {
	show := func(atoms []Atom) string {
		var out []string
		for _, a := range atoms {
			not := ""
			if a.Not {
				not = "NOT "
			}
			out = append(out, fmt.Sprintf("%d %s:%s %s%s %s", a.Group, a.Type, a.Path, not, a.Op, a.Value))
		}
		return strings.Join(out, "; ")
	}
	for src, want := range map[string]string{
		"[url:value = 'x']": "0 url:value = 'x'",
		"[file:hashes.'SHA-256' = 'a' OR file:hashes.MD5 = 'b'] OR [url:value IN ('c', 'd')]": "0 file:hashes.'SHA-256' = 'a'; 1 file:hashes.MD5 = 'b'; 2 url:value = 'c'; 3 url:value = 'd'",
		"[file:name = 'a' AND (file:size = 1 OR file:size NOT = 2)]":                          "0 file:name = 'a'; 0 file:size = 1; 1 file:name = 'a'; 1 file:size NOT = 2",
		"[ipv4-addr:value ISSUBSET '10.0.0.0/8'] WITHIN 5 SECONDS":                            "0 ipv4-addr:value ISSUBSET '10.0.0.0/8'",
		"[url:value IN ()]": "",
	} {
		atoms, ok := pattern(t, src).Simple()
		if got := show(atoms); !ok || got != want {
			t.Errorf("%s: got %q (%v), want %q", src, got, ok, want)
		}
	}
	and := "(a:b = 1 OR a:b = 2)" + strings.Repeat(" AND (a:b = 1 OR a:b = 2)", 30)
	for _, src := range []string{
		"[a:b = 1] AND [a:c = 1]", "[a:b = 1] FOLLOWEDBY [a:c = 1]", "[a:b = 1] REPEATS 2 TIMES", "[a:b NOT IN (1)]", "[" + and + "]",
		"[a:b = 1] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'",
	} {
		if atoms, ok := pattern(t, src).Simple(); ok {
			t.Errorf("%.40s: simple with %s", src, show(atoms))
		}
	}
}

// one matches a pattern against a single observation of the objects.
func one(t testing.TB, src string, objects ...SCO) Result {
	t.Helper()
	m := NewMatcher(pattern(t, src), Limits{})
	m.Observe(&Observation{First: epoch, Count: 1, Objects: objects})
	return m.Finish()
}

func TestComparisonsBeyondTheCorpus(t *testing.T) {
	props := Map{"s": "hello", "i": 5, "f": 2.5, "list": []string{"a", "b"}, "nested": map[string]any{"x": []any{int64(1), map[string]any{"y": "z"}}},
		"v6": "2001:db8::7", "net6": "2001:db8::/32", "text": "one\ntwo", "day": "2026-03-01T00:00:00Z", "null": nil, "self_ref": "t--1", "no_ref": "t--9",
		"loop_refs": []any{"t--1", "t--2"}, "x_hex": "zz", "big": uint64(1 << 63)}
	objects := []SCO{{Type: "t", ID: "t--1", Props: props}, {Type: "u", ID: "t--2", Props: Map{"name": "two", "loop_refs": []any{"t--1"}}}, {Type: "identity", Props: props}}
	for src, want := range map[string]bool{
		"EXISTS t:s": true, "EXISTS t:nope": false, "NOT EXISTS t:s": false, "NOT EXISTS t:nope": false, "EXISTS t:null": false,
		"t:v6 ISSUBSET '2001:db8::/32'": true, "t:v6 ISSUBSET '::/0'": true, "t:net6 ISSUPERSET '2001:db8:1::/48'": true, "t:v6 ISSUBSET '0.0.0.0/0'": false,
		"t:v6 ISSUBSET 'nonsense'": false, "t:v6 NOT ISSUBSET 'nonsense'": true, "t:s ISSUBSET '::/0'": false,
		"t:text MATCHES 'one.two'": true, "t:text MATCHES '^two'": false, "t:text MATCHES '(?m)^two'": true,
		"t:s LIKE 'h%o'": true, "t:s LIKE '%l%l%'": true, "t:s LIKE '____'": false, "t:s LIKE '%'": true, "t:s LIKE ''": false, "t:text LIKE 'one%'": true, "t:s LIKE 'H%'": false,
		"t:day = t'2026-02-29T00:00:00Z'": false, "t:day != t'2026-02-29T00:00:00Z'": true,
		"t:list[*] = 'b'": true, "t:list[1] = 'b'": true, "t:list[2] = 'b'": false, "t:list[*] != 'b'": true, "t:list = 'b'": false,
		"t:nested.x[*].y = 'z'": true, "t:nested.x[0] = 1.0": true, "t:type = 't'": true, "t:id = 't--1'": true,
		"t:self_ref.self_ref.s = 'hello'": true, "t:no_ref.s != 'x'": false, "t:loop_refs[*].name = 'two'": true, "t:self_ref = 't--1'": true,
		"t:null != 'x'": true, "t:null NOT = 'x'": true, "t:x_hex = 'a'": false, "t:x_hex != 'a'": true, "t:big > 9223372036854775807": true,
		"t:i = 5.0 AND t:f < 3": true, "t:i = 5 AND u:name = 'two'": false, "t:i = 6 OR u:name = 'two'": true, "identity:s = 'hello'": false,
		"t:s IN ('a','b','c','d','e','f','g','h','hello')": true, "t:s NOT IN ('a','b','c','d','e','f','g','h','i')": true,
	} {
		if r := one(t, "["+src+"]", objects...); r.Matched != want || r.Unevaluated != nil || r.Undecided > 0 {
			t.Errorf("%s: %+v, want %v", src, r, want)
		}
	}
}

func TestUndecidableTestsDoNotHideDecidedOnes(t *testing.T) {
	props := Map{"s": "hello", "n": 1}
	for src, want := range map[string]bool{
		"[t:s = t'2026-01-01T00:00:00Z' OR t:n = 1]":      true,
		"[t:n = 1 OR t:s = t'2026-01-01T00:00:00Z']":      true,
		"[t:s = t'2026-01-01T00:00:00Z'] OR [t:n = 1]":    true,
		"[t:s = t'2026-01-01T00:00:00Z' AND t:n = 2]":     false,
		"[t:n = 2 AND t:s NOT = t'2026-01-01T00:00:00Z']": false,
	} {
		if r := one(t, src, SCO{Type: "t", Props: props}); r.Matched != want || r.Undecided != 0 {
			t.Errorf("%s: %+v", src, r)
		}
	}
	r := one(t, "[t:s = t'2026-01-01T00:00:00Z' OR t:n = 2]", SCO{Type: "t", Props: props})
	var e *EvalError
	if r.Matched || r.Undecided != 1 || !errors.As(r.Reason, &e) {
		t.Errorf("got %+v", r)
	}
}

func TestUnusableObservationsAreCounted(t *testing.T) {
	m := NewMatcher(pattern(t, "[t:n = 1]"), Limits{})
	good := []SCO{{Type: "t", Props: Map{"n": 1}}}
	for _, o := range []*Observation{
		{Count: 1, Objects: good},
		{First: epoch, Objects: good},
		{First: epoch, Last: epoch.Add(-time.Second), Count: 1, Objects: good},
	} {
		if m.Observe(o) == nil {
			t.Errorf("%+v was usable", o)
		}
	}
	if r := m.Finish(); r.Matched || r.Undecided != 3 || r.Observed != 3 {
		t.Errorf("got %+v", r)
	}
}

func TestUnknownRegularExpressionIsNotANo(t *testing.T) {
	src := "[t:s MATCHES '(?<=a)b']"
	r := one(t, src, SCO{Type: "t", Props: Map{"s": "ab"}})
	if r.Matched || !errors.Is(r.Unevaluated, ErrRegexp) {
		t.Errorf("got %+v", r)
	}
	m := NewMatcher(pattern(t, src), Limits{Regexp: func(expr string) (func(string) bool, error) {
		return func(s string) bool { return expr == "(?<=a)b" && s == "ab" }, nil
	}})
	m.Observe(&Observation{First: epoch, Count: 1, Objects: []SCO{{Type: "t", Props: Map{"s": "ab"}}}})
	if r := m.Finish(); !r.Matched {
		t.Errorf("with another engine: %+v", r)
	}
}

func TestMatchNamesItsObservations(t *testing.T) {
	m := NewMatcher(pattern(t, "([t:n = 1] FOLLOWEDBY [t:n = 2]) WITHIN 5 SECONDS"), Limits{})
	for i, n := range []int{1, 3, 1, 3, 2, 2} {
		m.Observe(&Observation{ID: fmt.Sprint("o", i), First: epoch.Add(time.Duration(i*3) * time.Second), Count: 1, Objects: []SCO{{Type: "t", Props: Map{"n": n}}}})
	}
	if r := m.Finish(); r.Matched {
		t.Errorf("six seconds are not within five: %+v", r)
	}
	m.Observe(&Observation{ID: "late", First: epoch.Add(8 * time.Second), Count: 1, Objects: []SCO{{Type: "t", Props: Map{"n": 2}}}})
	r := m.Finish()
	var ids []string
	for _, s := range r.Observations {
		ids = append(ids, s.ID)
	}
	if !slices.Equal(ids, []string{"o2", "late"}) {
		t.Errorf("got %v", ids)
	}
	m.Reset()
	if r := m.Finish(); r.Matched || r.Observed != 0 {
		t.Errorf("after Reset: %+v", r)
	}
}

func TestPatternLint(t *testing.T) {
	for src, rule := range map[string]string{
		"[identity:name = 'x']":                                                "pattern-type",
		"[NOT EXISTS file:name]":                                               "pattern-exists",
		"[file:name MATCHES '(?!x)']":                                          "pattern-regexp",
		"[ipv4-addr:value ISSUBSET '10.0.0.0/33']":                             "pattern-network",
		"[process:name = 'x']":                                                 "pattern-property",
		"[file:name = 'a' AND url:value = 'b']":                                "pattern-types",
		"[a:b = 1] WITHIN 5 SECONDS WITHIN 6 SECONDS":                          "pattern-qualifier",
		"[a:b = 1] START t'2026-01-01T00:00:00Z' STOP t'2025-01-01T00:00:00Z'": "pattern-interval",
	} {
		ps := pattern(t, src).Lint()
		if len(ps) != 1 || ps[0].Rule != rule {
			t.Errorf("%s: %v, want %s", src, ps, rule)
		}
	}
	if ps := pattern(t, "[(file:name = 'a' OR url:value = 'b') AND url:value = 'c']").Lint(); len(ps) > 0 {
		t.Errorf("types that can agree: %v", ps)
	}
}

func TestMessagesCannotDriveATerminal(t *testing.T) {
	_, err := ParsePattern("[file:x = '\x1b[2J\u202e' file]")
	p := pattern(t, "[file:hashes.MD5 = '\x1b[2J'] OR [ipv4-addr:value ISSUBSET '\x1b'] OR [file:name MATCHES '\x1b(?!a)']")
	texts := []string{fmt.Sprint(err), fmt.Sprint(NewMatcher(p, Limits{}).Err()), fmt.Sprint(p.Lint())}
	for _, p := range Lint(mustParse(t, sdoJSON("tool", `"name":"x","y\u001b":1,"created_by_ref":"\u001b\u202e"`))) {
		texts = append(texts, p.String())
	}
	for _, s := range texts {
		if strings.ContainsAny(s, "\x1b\u202e") {
			t.Errorf("%q", s)
		}
	}
}

func TestAPatternBeyondABoundIsToldFromABrokenOne(t *testing.T) {
	for src, want := range map[string]bool{
		strings.Repeat(" ", MaxPatternLength+1):            true,
		strings.Repeat("(", 65) + "[a:b = 1]":              true,
		strings.Repeat("[a:b = 1] OR ", 256) + "[a:b = 1]": true,
		"[a:b = ": false,
	} {
		_, err := ParsePattern(src)
		var e *SyntaxError
		if !errors.As(err, &e) || e.Limit != want {
			t.Errorf("%.60q: %v, want limit %t", src, err, want)
		}
	}
}
