package inert

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestHeadEndsBehindAWord(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"one two three", 13, "one two three"},
		{"one two three", 12, "one two..."},
		{"one two three", 10, "one two..."},
		{"one two three", 9, "one tw..."}, // the last word is too far back
		{"one_two_three_four", 10, "one_two..."},
		{"雪 雪雪雪雪", 8, "雪 雪..."},
		{"one two", 3, "one"},
		{"one two", 0, ""},
	} {
		if got := Head(c.text, c.width); got != c.want || Width(got) > max(c.width, 0) {
			t.Errorf("Head(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestTextShowsWhatHides(t *testing.T) {
	for in, want := range map[string]string{
		"plain C:\\Windows\\x.exe":      "plain C:\\Windows\\x.exe",
		"naïve 日本語 ¦ é":                 "naïve 日本語 ¦ é",
		"\x1b[2J\x1b]0;owned\a":         "<U+001B>[2J<U+001B>]0;owned<U+0007>",
		"\u202ecod.3aka3.scr":           "<U+202E>cod.3aka3.scr",
		"a\u200bb\ufeffc\u2066d\u00ade": "a<U+200B>b<U+FEFF>c<U+2066>d<U+00AD>e",
		"\u009b31m":                     "<U+009B>31m",
		"\x9b31m\xff":                   "<0x9B>31m<0xFF>",
		"nul\x00 del\x7f":               "nul<U+0000> del<U+007F>",
		"two\nlines\tand\rmore":         "two<U+000A>lines<U+0009>and<U+000D>more",
		"tag\U000E0041 sel\uFE0F":       "tag<U+E0041> sel<U+FE0F>",
		"sep\u2028par\u2029":            "sep<U+2028>par<U+2029>",
		"real \ufffd":                   "real \ufffd",
		"":                              "",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCellTakesFormulasTheirPower(t *testing.T) {
	for in, want := range map[string]string{
		"=cmd|'/c calc'!A1":  "'=cmd|'/c calc'!A1",
		"+1":                 "'+1",
		"-2+3":               "'-2+3",
		"@SUM(A1)":           "'@SUM(A1)",
		"  =1":               "'  =1",
		"\t=1":               "'=1",
		"\r\n=1":             "'=1",
		"＝1":                 "'＝1",
		"-":                  "-",
		"a=b":                "a=b",
		"line\r\nbreak\ttab": "line break tab",
		"":                   "",
	} {
		if got := Cell(in); got != want {
			t.Errorf("Cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCutLeavesOutTheMiddle(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"short", 10, "short"},
		{"exactly10!", 10, "exactly10!"},
		{`C:\Users\Public\very\long\path\evil.exe`, 20, `C:\Users\...evil.exe`},
		{"日本語日本語日本語", 9, "日...語"},
		{"abcdef", 3, "abc"},
		{"abcdef", 0, ""},
		{"abcdef", -1, ""},
	} {
		got := Cut(c.in, c.width)
		if got != c.want || Width(got) > max(c.width, 0) {
			t.Errorf("Cut(%q, %d) = %q (width %d), want %q", c.in, c.width, got, Width(got), c.want)
		}
	}
}

func TestShortLooksAtTheEndsOfALongValue(t *testing.T) {
	long := "begin" + strings.Repeat("\x1b", 1<<20) + "end"
	if got := Short(long, 20); got != "begin<U+0...001B>end" {
		t.Errorf("Short = %q", got)
	}
}

func TestPad(t *testing.T) {
	if got := Pad("日", 4, false) + "|" + Pad("7", 3, true) + "|" + Pad("long", 2, true); got != "日  |  7|long" {
		t.Errorf("Pad = %q", got)
	}
}

func FuzzText(f *testing.F) {
	f.Add("\x1b[31m\u202e=1\xff", 10)
	f.Fuzz(func(t *testing.T, s string, width int) {
		got := Text(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, Hidden) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("Text(%q) = %q still hides something", s, got)
		}
		if Text(got) != got {
			t.Errorf("Text is not idempotent on %q", s)
		}
		width %= 200
		if w := Width(Short(s, width)); w > max(width, 0) {
			t.Errorf("Short(%q, %d) is %d wide", s, width, w)
		}
		if c := Cell(s); formula(c) || strings.ContainsAny(c, "\r\n\t") {
			t.Errorf("Cell(%q) = %q", s, c)
		}
	})
}

func BenchmarkTextClean(b *testing.B) {
	s := strings.Repeat(`C:\Windows\System32\svchost.exe -k netsvcs `, 4)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Text(s)
	}
}
