package fold

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestStringFoldsAsDecided(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"ascii capitals", `C:\Windows\System32\CMD.EXE [@Z]`, `c:\windows\system32\cmd.exe [@z]`},
		{"neighbours of letters", "@A[Z`a{z", "@a[z`a{z"},
		{"long s", "ſſh", "ssh"},
		{"kelvin", "\u212Aey", "key"},
		{"dotted and dotless i stay", "İı", "İı"},
		{"cyrillic to the smallest", "приВЕТ", "ПРИВЕТ"},
		{"greek sigma in one orbit", "σςΣ", "ΣΣΣ"},
		{"invalid bytes stay", "A\xff\xc3Z", "a\xff\xc3z"},
		{"mixed beyond eight bytes", "ABCDEFGHÄijklmnopQ", "abcdefghÄijklmnopq"},
		{"emoji", "🦉A", "🦉a"},
	} {
		if got := String(c.in); got != c.want {
			t.Errorf("%s: String(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestEveryRuneIsIdempotentAndAgreesWithItsOrbit(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		f := Rune(r)
		if Rune(f) != f {
			t.Fatalf("Rune(%U) = %U, which folds on to %U", r, f, Rune(f))
		}
		if o := unicode.SimpleFold(r); Rune(o) != f {
			t.Fatalf("%U and %U are one letter but fold to %U and %U", r, o, f, Rune(o))
		}
		if utf8.RuneLen(f) > utf8.RuneLen(r) {
			t.Fatalf("%U folds to the longer %U", r, f)
		}
		if f < utf8.RuneSelf && (f < 'a' || f > 'z') && f != r {
			t.Fatalf("%U folds to %U", r, f)
		}
	}
}

func TestAgreesWithCaseInsensitiveRegexps(t *testing.T) {
	letters := []rune("aAkKsSzZiIİıſ\u212AßẞÄäΣσςµμΜÅå\u212BдД𐐀𐐨")
	for _, a := range letters {
		re := regexp.MustCompile(`(?i)^` + regexp.QuoteMeta(string(a)) + `$`)
		for _, b := range letters {
			if got, want := Equal(string(a), string(b)), re.MatchString(string(b)); got != want {
				t.Errorf("Equal(%q, %q) = %v, (?i) says %v", a, b, got, want)
			}
		}
	}
}

func FuzzAppend(f *testing.F) {
	for _, s := range []string{"", "AbC", "ÄÖÜ powerſhell", "\xf0\x28", strings.Repeat("Z", 33)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		once := Append(nil, in)
		if twice := Append(nil, once); string(twice) != string(once) {
			t.Fatalf("folding %q twice gives %q, once %q", in, twice, once)
		}
		if slow := appendRunes(nil, in); string(slow) != string(once) {
			t.Fatalf("fast path %q, rune by rune %q", once, slow)
		}
		if got := String(string(in)); got != string(once) {
			t.Fatalf("String %q, Append %q", got, once)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	src := []byte(strings.Repeat(`C:\Windows\System32\WindowsPowerShell\v1.0\`, 4))
	dst := make([]byte, 0, 2*len(src))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		dst = Append(dst[:0], src)
	}
}
