package index

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"tyto/sigma/internal/logic"
)

// A leafCase tests one leaf on the field "F" by all ways of evaluation.
type leafCase struct {
	t  *testing.T
	p  *Program
	e  *Evaluator
	in *logic.Interp
}

func newCase(t *testing.T, l *logic.Leaf) leafCase {
	p := Compile([]*logic.Expr{{Op: logic.Atom, Leaf: l}, {Op: logic.Atom, Leaf: &logic.Leaf{Field: "G", Kind: logic.Present}}})
	return leafCase{t, p, p.NewEvaluator(), logic.NewInterp()}
}

// want checks that each of the values alone gives the answer.
func (c leafCase) want(want bool, values ...string) {
	c.t.Helper()
	for _, v := range values {
		c.wantEvent(want, []Value{{Field: c.p.FieldID("F"), Text: []byte(v), Search: true}})
	}
}

func (c leafCase) wantEvent(want bool, values []Value) {
	c.t.Helper()
	sc := c.p.Scope([]int32{0})
	agrees(c.t, c.p, c.e, c.in, sc, values)
	if got := len(hits(c.e.Match, sc, values)) == 1; got != want {
		c.t.Errorf("%+v on\n%sis %v, want %v", *c.p.exprs[0].Leaf, show(c.p, values), got, want)
	}
}

func TestTextLeaves(t *testing.T) {
	for _, c := range []struct {
		leaf    logic.Leaf
		yes, no []string
	}{
		{logic.Leaf{Kind: logic.Exact, Text: `Cmd.exe`}, []string{`cmd.exe`, `CMD.EXE`, "cmd.exe \t\r\n"}, []string{``, ` cmd.exe`, `cmd.exe\`}},
		{logic.Leaf{Kind: logic.Exact, Text: `Cmd.exe`, Cased: true}, []string{`Cmd.exe`, `Cmd.exe `}, []string{`cmd.exe`}},
		{logic.Leaf{Kind: logic.Exact, Text: `a `}, []string{`a `}, []string{`a`, `a  `}},
		{logic.Leaf{Kind: logic.Contains, Text: `Ab`}, []string{`xaBx`, `ab`}, []string{``, `a b`}},
		{logic.Leaf{Kind: logic.Contains, Text: `powerſhell`}, []string{`PowerShell.exe`, `POWERſHELL`}, []string{`power hell`}},
		{logic.Leaf{Kind: logic.Contains, Text: `Ab`, Cased: true}, []string{`xAbx`}, []string{`xabx`}},
		{logic.Leaf{Kind: logic.Contains, Text: "\xa4", Cased: true}, []string{"ä"}, []string{"Ä"}},
		{logic.Leaf{Kind: logic.Glob, Parts: globOf("*Ab?d"), Cased: true}, []string{"xAbcd", "Abäd "}, []string{"abcd", "Abd"}},
		{logic.Leaf{Kind: logic.Contains, Text: ``}, []string{``, `x`}, nil},
		{logic.Leaf{Kind: logic.StartsWith, Text: `C:\`}, []string{`c:\x`, `C:\`}, []string{` c:\`, `c:`}},
		{logic.Leaf{Kind: logic.EndsWith, Text: `\cmd.exe`}, []string{`C:\CMD.EXE`, "\\cmd.exe\r\n"}, []string{`cmd.exe`, `\cmd.exe x`}},
		{logic.Leaf{Kind: logic.EndsWith, Text: `х`}, []string{`Х`, `ах`}, []string{`x`}},
		{logic.Leaf{Kind: logic.BoolIs, Text: `true`}, []string{`true`, `True`}, []string{`1`, ``}},
		{logic.Leaf{Kind: logic.Empty}, []string{``}, []string{` `, `-`}},
		{logic.Leaf{Kind: logic.Present}, []string{``, `-`}, nil},
		{logic.Leaf{Kind: logic.Number, Text: `4624`}, []string{`4624`, `4624.0`, `04624`, `+4624`, `4.624e3`, `4624 `}, []string{`0x1210`, `46240`, ``, `462`}},
		{logic.Leaf{Kind: logic.Number, Text: `18446744073709551617`}, []string{`18446744073709551617`}, []string{`18446744073709551616`}},
		{logic.Leaf{Kind: logic.CIDR, Text: `10.0.0.0/8`}, []string{`10.1.2.3`, `::ffff:10.1.2.3`, `10.0.0.1 `}, []string{`11.0.0.1`, `10.1.2`, ``, `10.1.2.3:80`}},
		{logic.Leaf{Kind: logic.CIDR, Text: `fe80::/10`}, []string{`fe80::1`, `FE80::1%eth0`}, []string{`fc00::1`, `10.0.0.1`}},
		{logic.Leaf{Kind: logic.Compare, Rel: logic.Ge, Num: 10}, []string{`10`, `1e1`, `10.5`}, []string{`9`, `ten`, ``, `0x10`, `Inf`}},
		{logic.Leaf{Kind: logic.TimePart, Unit: "hour", Rel: logic.Lt, Num: 6}, []string{`2026-01-02T03:04:05Z`, `2026-01-02 05:59:59.9`, `2026-01-02T08:00:00+05:00`, `2026-01-02`}, []string{`2026-01-02T06:00:00Z`, `2026-02-30`, `night`}},
		{logic.Leaf{Kind: logic.Regex, Text: `a+b`}, []string{`xaab`}, []string{`xAAB`, `b`}},
		{logic.Leaf{Kind: logic.Regex, Text: `a+b$`, Flags: "i"}, []string{`xAAB`}, []string{`aabx`}},
		{logic.Leaf{Kind: logic.Never, Text: `%x%`}, nil, []string{``, `%x%`}},
	} {
		for _, field := range []string{"F", ""} {
			c.leaf.Field = field
			one := newCase(t, &c.leaf)
			one.want(true, c.yes...)
			one.want(false, c.no...)
		}
	}
}

func TestMissingNullAndManyValues(t *testing.T) {
	f := func(c leafCase, texts ...string) (values []Value) {
		for _, s := range texts {
			v := Value{Field: c.p.FieldID("F"), Text: []byte(s)}
			if s == "null" {
				v.Kind, v.Text = Null, nil
			}
			values = append(values, v, Value{Field: c.p.FieldID("G"), Text: []byte("other")})
		}
		return values
	}
	for _, c := range []struct {
		kind                                   logic.Kind
		missing, null, nullAndText, text, many bool
	}{
		{logic.Null, true, true, false, false, false},
		{logic.Present, false, false, true, true, true},
		{logic.Exists, false, true, true, true, true},
		{logic.Empty, false, false, false, false, false},
		{logic.Contains, false, false, false, false, true},
	} {
		one := newCase(t, &logic.Leaf{Field: "F", Kind: c.kind, Text: "many"})
		one.wantEvent(c.missing, nil)
		one.wantEvent(c.null, f(one, "null"))
		one.wantEvent(c.nullAndText, f(one, "null", "text"))
		one.wantEvent(c.text, f(one, "text"))
		one.wantEvent(c.many, f(one, "one", "too many", "three"))
	}
}

func TestKeywordsLookAtSearchableValuesOnly(t *testing.T) {
	one := newCase(t, &logic.Leaf{Kind: logic.Contains, Text: "lsadump::"})
	text := []byte("x LSADUMP::sam")
	one.wantEvent(true, []Value{{Field: -1, Search: true, Text: text}})
	one.wantEvent(true, []Value{{Field: one.p.FieldID("G"), Search: true, Text: text}})
	one.wantEvent(false, []Value{{Field: -1, Text: text}})
	one.wantEvent(true, []Value{{Field: -1, Search: true, Text: []byte("ünï LſADUMP::x")}})
}

func TestFieldRef(t *testing.T) {
	for _, c := range []struct {
		rel  logic.Rel
		a, b string
		want bool
	}{
		{logic.Eq, `C:\a.exe`, `c:\A.EXE`, true}, {logic.Eq, "a", "b", false},
		{logic.RelStartsWith, "abc", "AB", true}, {logic.RelEndsWith, "abc", "BC", true}, {logic.RelContains, "abc", "b", true},
		{logic.RelContains, "abc", "d", false},
	} {
		one := newCase(t, &logic.Leaf{Field: "F", Other: "G", Kind: logic.FieldRef, Rel: c.rel})
		f, g := one.p.FieldID("F"), one.p.FieldID("G")
		one.wantEvent(c.want, []Value{{Field: g, Text: []byte(c.b)}, {Field: f, Text: []byte("zz")}, {Field: f, Text: []byte(c.a)}})
		one.wantEvent(false, []Value{{Field: f, Text: []byte(c.a)}})
		one.wantEvent(false, []Value{{Field: f, Text: []byte(c.a)}, {Field: g, Kind: Null}})
	}
}

func TestFieldRefIsBounded(t *testing.T) {
	one := newCase(t, &logic.Leaf{Field: "F", Other: "G", Kind: logic.FieldRef})
	f, g := one.p.FieldID("F"), one.p.FieldID("G")
	var values []Value
	for i := range 20_000 {
		values = append(values, Value{Field: f, Text: strconv.AppendInt(nil, int64(i), 10)}, Value{Field: g, Text: []byte("x")})
	}
	if got := hits(one.e.Match, one.p.Scope([]int32{0}), values); len(got) != 0 {
		t.Errorf("matched %v", got)
	}
}

func TestLongValuesAreCutForRegexesAndCounted(t *testing.T) {
	one := newCase(t, &logic.Leaf{Field: "F", Kind: logic.Regex, Text: `needle\d`})
	long := strings.Repeat("x", logic.RegexLimit) + "needle1"
	one.want(false, long)
	if n := one.e.Stats().Truncated; n == 0 {
		t.Error("the cut was not counted")
	}
	one.want(true, "needle1"+long)
}

func TestCanonicalNumbers(t *testing.T) {
	same := func(a, b string) bool {
		x, okx := canonical(nil, []byte(a))
		y, oky := canonical(nil, []byte(b))
		return okx && oky && bytes.Equal(x, y)
	}
	for _, group := range [][]string{
		{"0", "-0", "+0", "00", "0.0", "0e9", ".0"}, {"1", "01", "1.0", "1.", "10e-1", "0.1e1", "+1"}, {"-12.5", "-12.50", "-125e-1"},
		{"100", "1e2", "1E+2", "100.000"}, {"18446744073709551617"}, {"18446744073709551616"},
	} {
		for _, a := range group {
			if !same(a, group[0]) {
				t.Errorf("%s and %s are one number", a, group[0])
			}
			if same(a, "7") {
				t.Errorf("%s is not 7", a)
			}
		}
	}
	for _, bad := range []string{"", "-", ".", "e5", "1e", "1e+", "0x10", "1_000", "Inf", "NaN", "1.2.3", "1 ", "--1", "1e999999", strings.Repeat("1", 65)} {
		if _, ok := canonical(nil, []byte(bad)); ok {
			t.Errorf("%q was read as a number", bad)
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1.50", "-0e1", "1e308", "12345678901234567890"} {
		f.Add(s, "15e-1")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, okx := canonical(nil, []byte(a))
		y, oky := canonical(nil, []byte(b))
		fx, err := strconv.ParseFloat(a, 64)
		if okx && err == nil && oky && bytes.Equal(x, y) {
			if fy, _ := strconv.ParseFloat(b, 64); fx != fy {
				t.Fatalf("%q and %q are both %q but %v and %v", a, b, x, fx, fy)
			}
		}
		if okx && len(x) < maxNumber {
			if again, ok := canonical(nil, x); !ok || !bytes.Equal(again, x) {
				if len(x) > 1 && x[0] != 'e' && x[1] != 'e' {
					t.Fatalf("%q becomes %q and then %q", a, x, again)
				}
			}
		}
	})
}

func TestTimesAreReadLikeTheInterpreterReadsThem(t *testing.T) {
	layouts := []string{time.RFC3339, time.RFC3339Nano, "2006-01-02 15:04:05.000", "2006-01-02T15:04:05", "2006-01-02", "2006-01-02 15:04:05Z07:00"}
	r := rand.New(rand.NewPCG(5, 5))
	for range 20_000 {
		at := time.Unix(r.Int64N(4e9), r.Int64N(1e9)).In(time.FixedZone("", int(r.Int64N(2*14*60)-14*60)*60))
		text := at.Format(layouts[r.IntN(len(layouts))])
		checkTime(t, text, true)
	}
}

func checkTime(t *testing.T, text string, must bool) {
	t.Helper()
	got, ok := parseTime([]byte(text))
	want, fine := logic.ParseTime(text)
	if ok && (!fine || !got.Equal(want.Truncate(time.Second))) || must && !ok {
		t.Fatalf("%q: %v %v, want %v %v", text, got, ok, want, fine)
	}
}

func FuzzTime(f *testing.F) {
	f.Add("2026-01-02T03:04:05.6Z")
	f.Add("2024-02-30 23:59:60+24:00")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) <= 64 {
			checkTime(t, text, false)
		}
	})
}
