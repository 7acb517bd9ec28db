package index

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tyto/sigma/internal/logic"
)

func TestFactorsOfPatterns(t *testing.T) {
	for _, c := range []struct {
		text, flags string
		clauses     string // clauses joined by " & ", literals by "|"
		min         int
	}{
		{`abc`, "", "abc", 3},
		{`ABC`, "", "abc", 3},
		{`(?i)PowerSHELL`, "", "powershell", 10},
		{`sk`, "i", "sk", 2},
		{`abc.*def`, "", "abc & def", 6},
		{`a(b|c)d`, "", "abd|acd", 3},
		{`foo|ba[rz]`, "", "bar|baz|foo", 3},
		{`foo|x*`, "", "", 0},
		{`(foo)+bar`, "", "foo & bar", 6},
		{`(foo){2,}`, "", "foofoo", 6},
		{`(foo){2}x`, "", "foofoox", 7},
		{`a\.[ "]{1}`, "", "a. |a.\"", 3},
		{`(a.){3}`, "", "a", 6},
		{`foo?`, "", "fo|foo", 2},
		{`^foo\b$`, "", "foo", 3},
		{`[0-9]{3}`, "", "", 3},
		{`a\x{fffd}`, "", "", 2},
		{`(?:foo.|bar)baz`, "", "baz & bar|foo", 6},
	} {
		p, err := newPattern(c.text, c.flags)
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		var got []string
		for _, cl := range p.clauses {
			got = append(got, strings.Join(cl, "|"))
		}
		if s := strings.Join(got, " & "); s != c.clauses || p.min != c.min {
			t.Errorf("%s: clauses %q, min %d; want %q, %d", c.text, s, p.min, c.clauses, c.min)
		}
	}
}

func TestRunGuardFindsTheLongestRun(t *testing.T) {
	p, err := newPattern(`[a-c]{9,}`, "")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"": false, "abcabcab": false, "abcabcabc": true, "xabcabcabcx": true, "abcabcabxabcabcab": false,
		"abcabcabxabcabcabc": true, "abcab\xffabc": true, strings.Repeat("abcabcabx", 99): false,
	} {
		if got := p.runs[0].in([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if !p.isRun {
		t.Error("the pattern is one class run, but not known as such")
	}
}

// checkGuards fails when the guards or the shortcut contradict the machine.
func checkGuards(t *testing.T, e *Evaluator, p *pattern, text []byte) {
	t.Helper()
	found := p.match(text)
	e.begin([]Value{{Field: -1, Text: text}})
	pass := e.passes(p, 0, text)
	for range sketchAsks { // with and without a sketch
		if pass != e.passes(p, 0, text) {
			t.Fatalf("%s on %q: the sketch changes the guards' answer", p.text, text)
		}
	}
	if found && !pass {
		t.Fatalf("%s finds something in %q, but its guards %v (min %d) do not pass", p.text, text, p.clauses, p.min)
	}
	if p.isRun && isASCII(text) && pass != found {
		t.Fatalf("%s on %q: run guard %v, machine %v", p.text, text, pass, found)
	}
}

func FuzzGuards(f *testing.F) {
	for _, s := range []string{`abc.*def`, `(?i)ſ+k`, `[a-z]{8,}`, `(a|bc)?[xy]z{2}`, `\w+\s\d{9}`, "\ufffd", `(?i)straße|σ`, `[^a]{8}`, `(?s).{9}`} {
		f.Add(s, []byte("abc xx DEF"))
		f.Add(s, []byte("S\u212a\xff yz123456789 ΣΑΣ bczz"))
	}
	e := Compile(nil).NewEvaluator()
	f.Fuzz(func(t *testing.T, expr string, text []byte) {
		p, err := newPattern(expr, "")
		if err != nil || len(expr) > 100 || strings.Contains(expr, "{1") && len(expr) > 30 {
			return
		}
		if _, err := regexp.Compile(p.text); err != nil {
			t.Skip("too large")
		}
		checkGuards(t, e, p, text)
		// A piece of what the pattern is made of is a likelier match.
		checkGuards(t, e, p, append(append([]byte{}, text...), expr...))
	})
}

func TestGuardsPassOnRealMatches(t *testing.T) {
	f, err := os.Open(filepath.Join(corpus(t), "sigma-trees.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var patterns []*pattern
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var rec struct{ Tree tree }
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			t.Fatal(err)
		}
		eachLeaf(rec.Tree.expr(), func(l *logic.Leaf) {
			if l.Kind != logic.Regex {
				return
			}
			p, err := newPattern(l.Text, l.Flags)
			if err != nil {
				t.Fatalf("%s: %v", l.Text, err)
			}
			patterns = append(patterns, p)
		})
	}
	if len(patterns) < 200 {
		t.Fatalf("only %d patterns", len(patterns))
	}
	rs, e := readRules(t), Compile(nil).NewEvaluator()
	events, step := 400, 200
	if testing.Short() {
		events, step = 20, 20
	}
	rs.eachEvent(t, events, step, func(s sample) {
		for _, v := range s.values {
			if len(v.Text) > 4 && len(v.Text) < 4096 && v.Search {
				for _, p := range patterns {
					checkGuards(t, e, p, v.Text)
				}
			}
		}
	})
}

func TestRepeatsBeyondTheLimitOfRegexpAreSplit(t *testing.T) {
	for in, want := range map[string]string{
		`a{3}`:               `a{3}`,
		`.{1000,}`:           `.{1000,}`,
		`.{1001}`:            `(?:.{1000}.{1})`,
		`x[a-z]{2500,}y`:     `x(?:[a-z]{1000}[a-z]{1000}[a-z]{500,})y`,
		`\S{1500,3000}?z`:    `(?:\S{1000}\S{500}\S{0,1000}?\S{0,500}?)z`,
		`[]{}]{1200}`:        `(?:[]{}]{1000}[]{}]{200})`,
		`\x{41}{1001}`:       `(?:\x{41}{1000}\x{41}{1})`,
		`[[:alpha:]]{1001,}`: `(?:[[:alpha:]]{1000}[[:alpha:]]{1,})`,
		`(ab){1001}`:         `(ab){1001}`,
		`a{9000}`:            `a{9000}`,
		`\{1001}`:            `\{1001}`,
		`a{1001`:             `a{1001`,
	} {
		if got := splitRepeats(in); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
	p, err := newPattern(`^[a-c]{1500,1600}$`, "")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]bool{1499: false, 1500: true, 1600: true, 1601: false} {
		if got := p.match([]byte(strings.Repeat("b", n))); got != want {
			t.Errorf("%d characters: %v, want %v", n, got, want)
		}
	}
}

func TestCheckRegexSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ text, flags, want string }{
		{`a+`, "ims", ""}, {`a(`, "", "missing closing"}, {`a`, "x", "unknown flag"}, {`(?=a)`, "", "invalid or unsupported"}, {`(ab){1001}`, "", "invalid repeat"},
	} {
		err := CheckRegex(c.text, c.flags)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: %v, want %q", c.text, c.flags, err, c.want)
		}
	}
}
