package index

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/logic"
)

// globOf reads '*' and '?' as wildcards and all else as literal.
func globOf(text string) []logic.Part {
	var parts []logic.Part
	for _, r := range text {
		switch {
		case r == '*' || r == '?':
			parts = append(parts, logic.Part{Wild: byte(r)})
		case len(parts) > 0 && parts[len(parts)-1].Wild == 0:
			parts[len(parts)-1].Lit += string(r)
		default:
			parts = append(parts, logic.Part{Lit: string(r)})
		}
	}
	return parts
}

func globRegexp(parts []logic.Part) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	for _, p := range parts {
		switch p.Wild {
		case '*':
			b.WriteString(`.*`)
		case '?':
			b.WriteString(`.`)
		default:
			b.WriteString(regexp.QuoteMeta(p.Lit))
		}
	}
	return regexp.MustCompile(b.String() + `$`)
}

func TestGlobMatchesWholeValues(t *testing.T) {
	for _, c := range []struct {
		glob, value string
		want        bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a\nb", true}, {"?", "", false}, {"?", "ä", true}, {"?", "ab", false},
		{"a*", "abc", true}, {"a*", "ba", false}, {"*a", "ba", true}, {"*a", "ab", false}, {"*a*", "bab", true},
		{"a*a", "a", false}, {"a*a", "aa", true}, {"ab*ba", "aba", false}, {"*ab*ab", "abab", true}, {"*ab*ab", "ab", false},
		{"*a?c*", "xxabxabcx", true}, {"*a?c", "abcabd", false}, {"a?*?c", "abc", false}, {"a?*?c", "abbc", true},
		{"**a**", "a", true}, {"*??", "x", false}, {"*??", "xyz", true}, {"*?a", "aa", true}, {"*1?", "0x12", true},
		{"*🦉?", "x🦉\xff", true}, {"a*b*c*d", "a-b-c-b-d", true}, {"a*b*c*d", "a-c-b-d", false},
	} {
		g := newGlob(globOf(c.glob), true)
		if got := g.match([]byte(c.value)); got != c.want {
			t.Errorf("%q on %q: %v, want %v", c.glob, c.value, got, c.want)
		}
	}
}

func checkGlob(t *testing.T, parts []logic.Part, value string) {
	t.Helper()
	want := globRegexp(parts).MatchString(value)
	if got := newGlob(parts, true).match([]byte(value)); got != want {
		t.Fatalf("glob %q on %q: %v, regexp says %v", parts, value, got, want)
	}
	kind, text, ok := simplify(parts)
	if !ok {
		return
	}
	got := false
	switch kind {
	case logic.Present:
		got = true
	case logic.Exact:
		got = value == text
	case logic.Contains:
		got = strings.Contains(value, text)
	case logic.StartsWith:
		got = strings.HasPrefix(value, text)
	case logic.EndsWith:
		got = strings.HasSuffix(value, text)
	}
	if got != want {
		t.Fatalf("glob %q became kind %v %q, which on %q is %v, regexp says %v", parts, kind, text, value, got, want)
	}
}

func TestGlobAgreesWithRegexp(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	alphabet := []rune("ab*?ä")
	pick := func(n int, from []rune) string {
		var b strings.Builder
		for range r.IntN(n) {
			b.WriteRune(from[r.IntN(len(from))])
		}
		return b.String()
	}
	for range 100_000 {
		checkGlob(t, globOf(pick(8, alphabet)), pick(10, []rune("abä\n")))
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("*ab?*", "\xffab\xc3\x28")
	f.Fuzz(func(t *testing.T, glob, value string) {
		if strings.ContainsRune(glob, '\ufffd') || len(glob) > 50 {
			return // regexp takes U+FFFD for any bad byte
		}
		checkGlob(t, globOf(glob), value)
		folded := fold.String(value)
		if newGlob(globOf(glob), true).match([]byte(value)) && !newGlob(globOf(glob), false).match([]byte(folded)) {
			t.Fatalf("%q finds %q with case but not without", glob, value)
		}
	})
}

func TestGlobsLookAtTrimmedValues(t *testing.T) {
	leaf := &logic.Leaf{Field: "F", Kind: logic.Glob, Parts: globOf(`*a?c`)}
	one := newCase(t, leaf)
	one.want(true, "xxabc", "ABC", "abc \t\r\n")
	one.want(false, "abc d", "abc\v")
}
