package logic

import (
	"testing"
	"time"
)

func TestMatchGlob(t *testing.T) {
	star, any := Part{Wild: '*'}, Part{Wild: '?'}
	lit := func(s string) Part { return Part{Lit: s} }
	for _, c := range []struct {
		name  string
		parts []Part
		yes   []string
		no    []string
	}{
		{"nothing", nil, []string{""}, []string{"a"}},
		{"star", []Part{star}, []string{"", "a", "a\nb"}, nil},
		{"two stars", []Part{star, star}, []string{"", "a"}, nil},
		{"one rune", []Part{any}, []string{"a", "é", "🦉", "\xff"}, []string{"", "ab"}},
		{"between", []Part{lit("a"), star, lit("b")}, []string{"ab", "axb", "abab"}, []string{"a", "abx", "ba"}},
		{"rune then literal", []Part{star, any, lit("b")}, []string{"ab", "éb", "bbb"}, []string{"b", "ba"}},
		{"backtracks", []Part{star, lit("ab"), any, lit("c"), star}, []string{"ababxc", "xabyczz"}, []string{"abc", "abxyc"}},
		{"a rune is not two", []Part{lit("a"), star, any, any}, []string{"aéé", "axy"}, []string{"aé", "a€"}},
		{"literal inside broken text", []Part{star, lit("\x8b"), any}, []string{"\xdb\x8bq"}, []string{"\xdb"}},
	} {
		for _, v := range c.yes {
			if !MatchGlob(c.parts, []byte(v)) {
				t.Errorf("%s: %q does not match", c.name, v)
			}
		}
		for _, v := range c.no {
			if MatchGlob(c.parts, []byte(v)) {
				t.Errorf("%s: %q matches", c.name, v)
			}
		}
	}
}

func TestSameNumber(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1", "1", true}, {"1", "1.0", true}, {"01", "1", true}, {"-0", "0", true}, {"-1", "1", false}, {"1e2", "100", true},
		{"0x10", "16", false}, {"", "0", false}, {"inf", "inf", true}, {"inf", "Inf", false}, {"1_0", "10", false},
		{"9007199254740993", "9007199254740992", false}, {"18446744073709551616", "018446744073709551616", true},
	} {
		if got := SameNumber(c.a, c.b); got != c.want {
			t.Errorf("SameNumber(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

func TestParseTimeAndUnits(t *testing.T) {
	for text, want := range map[string]string{
		"2024-05-03T23:59:58.123456789Z": "59 23 3 18 5 2024",
		"2024-05-03 23:59:58.123":        "59 23 3 18 5 2024",
		"2024-05-04T01:59:58+02:00":      "59 23 3 18 5 2024",
		"2021-01-01":                     "0 0 1 53 1 2021",
		"yesterday":                      "",
		"2024-13-01":                     "",
	} {
		at, ok := ParseTime(text)
		got := ""
		if ok {
			for i, unit := range []string{"minute", "hour", "day", "week", "month", "year"} {
				n, _ := TimeUnit(at, unit)
				if i > 0 {
					got += " "
				}
				got += (&Leaf{Kind: Compare, Rel: Eq, Num: n}).String()[2:]
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if _, ok := TimeUnit(at0(t), "second"); ok {
		t.Error("seconds are no unit of Sigma")
	}
}

func at0(t *testing.T) (at time.Time) {
	t.Helper()
	at, ok := ParseTime("2024-01-01")
	if !ok {
		t.Fatal("no time")
	}
	return at
}

func TestLeavesDescribeThemselves(t *testing.T) {
	for want, l := range map[string]*Leaf{
		`endswith \cmd.exe`:  {Kind: EndsWith, Text: `\cmd.exe`},
		`matches a\**?b`:     {Kind: Glob, Parts: []Part{{Lit: "a*"}, {Wild: '*'}, {Wild: '?'}, {Lit: "b"}}},
		"re (?i)a":           {Kind: Regex, Text: "a", Flags: "i"},
		"is missing":         {Kind: Null},
		"is present":         {Kind: Present},
		">= 1.5":             {Kind: Compare, Rel: Ge, Num: 1.5},
		"hour < 6":           {Kind: TimePart, Unit: "hour", Rel: Lt, Num: 6},
		"same as field B":    {Kind: FieldRef, Other: "B"},
		"startswith field B": {Kind: FieldRef, Other: "B", Rel: RelStartsWith},
		"in 10.0.0.0/8":      {Kind: CIDR, Text: "10.0.0.0/8"},
		"equals 4624":        {Kind: Number, Text: "4624"},
	} {
		if got := l.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
