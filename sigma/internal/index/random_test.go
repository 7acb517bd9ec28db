package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tyto/sigma/internal/logic"
)

// words are what random literals and values are made of: few and overlapping,
// so that they meet often.
var words = []string{
	"powershell", "PowerShell", ".exe", `\cmd.exe`, `C:\Windows\`, "-enc ", " ", "  ", "\t", "\r\n", "", "a", "A", "aa", "=",
	"sha256=", "SHA256=" + strings.Repeat("AB12", 16), "md5=" + strings.Repeat("0f", 16), "ſ", "\u212A", "k", "s", "İ", "ß", "ẞ", "ΣΑΣ", "σας",
	"привет", "🦉", "\xff", "\xc3", "\xe2\x84", "4624", "04624.0", "1e3", "1000", "-5", "0", "10.1.2.3", "::ffff:10.1.2.3", "fe80::1",
	"true", "True", "mimikatz", "lsadump::sam", "2026-03-01 12:30:00.123", "\x00", "\n", "*", "?", "-", "/",
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(4) {
		b.WriteString(words[r.IntN(len(words))])
	}
	return b.String()
}

var testFields = []string{"Image", "CommandLine", "Hashes", "User", "EventID", "Other", ""}

func randomLeaf(r *rand.Rand) *logic.Leaf {
	l := &logic.Leaf{Field: testFields[r.IntN(len(testFields))], Text: randomText(r), Cased: r.IntN(6) == 0}
	switch r.IntN(22) {
	case 0, 1, 2:
		l.Kind = logic.Exact
	case 3, 4, 5, 6:
		l.Kind = logic.Contains
	case 7, 8:
		l.Kind = logic.StartsWith
	case 9, 10:
		l.Kind = logic.EndsWith
	case 11, 12:
		l.Kind, l.Parts = logic.Glob, randomGlob(r)
	case 13:
		l.Kind, l.Text, l.Cased = logic.Regex, randomRegex(r), false
		l.Flags = []string{"", "i", "is", "m"}[r.IntN(4)]
	case 14:
		l.Kind, l.Text = logic.Number, []string{"4624", "1000", "-5", "0", "1.5"}[r.IntN(5)]
	case 15:
		l.Kind, l.Text = logic.CIDR, []string{"10.0.0.0/8", "fe80::/10", "10.1.2.3/32"}[r.IntN(3)]
	case 16:
		l.Kind = logic.Null
	case 17:
		l.Kind = []logic.Kind{logic.Empty, logic.Present, logic.Exists}[r.IntN(3)]
	case 18:
		l.Kind, l.Other = logic.FieldRef, testFields[r.IntN(len(testFields)-1)]
		l.Rel = []logic.Rel{logic.Eq, logic.RelStartsWith, logic.RelEndsWith, logic.RelContains}[r.IntN(4)]
		if l.Field == "" {
			l.Field = "User"
		}
	case 19:
		l.Kind, l.Rel, l.Num = logic.Compare, logic.Rel(r.IntN(6)), float64(r.IntN(2000))
	case 20:
		l.Kind, l.Rel, l.Num, l.Unit = logic.TimePart, logic.Rel(r.IntN(6)), float64(r.IntN(40)), "minute"
	default:
		l.Kind, l.Text, l.Cased = logic.BoolIs, "true", false
	}
	return l
}

func randomGlob(r *rand.Rand) []logic.Part {
	var parts []logic.Part
	for range 1 + r.IntN(5) {
		switch r.IntN(4) {
		case 0:
			parts = append(parts, logic.Part{Wild: '?'})
		case 1:
			parts = append(parts, logic.Part{Wild: '*'})
		default:
			parts = append(parts, logic.Part{Lit: words[r.IntN(len(words))]})
		}
	}
	return parts
}

func randomRegex(r *rand.Rand) string {
	return []string{
		`powershell.{0,9}-enc`, `(?i)POWERſHELL`, `^c:\\`, `\d+`, `[a-z]{8,}`, `(aa|bb)?k`, `(?:cmd|power)(?:\.exe|shell)`, `s+h`,
		`\s{2,}$`, `[^a]{9,12}z?`, `x*`, `(?i)σας`, "\ufffd", `.\x{fffd}?`, `(a|ß)s`, `.{10,}`,
	}[r.IntN(16)]
}

func randomExpr(r *rand.Rand, depth int, leaves []*logic.Leaf) *logic.Expr {
	n := r.IntN(10)
	switch {
	case depth == 0 || n < 3:
		return &logic.Expr{Op: logic.Atom, Leaf: leaves[r.IntN(len(leaves))]}
	case n == 3:
		return &logic.Expr{Op: logic.Not, Args: []*logic.Expr{randomExpr(r, depth-1, leaves)}}
	case n == 4 && r.IntN(10) == 0:
		return &logic.Expr{Op: []logic.Op{logic.True, logic.False}[r.IntN(2)]}
	}
	x := &logic.Expr{Op: []logic.Op{logic.And, logic.Or}[n%2]}
	for range 1 + r.IntN(4) {
		x.Args = append(x.Args, randomExpr(r, depth-1, leaves))
	}
	return x
}

func randomExprs(r *rand.Rand, n int) []*logic.Expr {
	leaves := make([]*logic.Leaf, n)
	for i := range leaves {
		leaves[i] = randomLeaf(r)
	}
	exprs := make([]*logic.Expr, n)
	for i := range exprs {
		exprs[i] = randomExpr(r, 4, leaves)
	}
	return exprs
}

func randomValues(r *rand.Rand, p *Program) []Value {
	var values []Value
	for range r.IntN(9) {
		v := Value{Field: p.FieldID(testFields[r.IntN(len(testFields))]), Search: r.IntN(2) == 0}
		switch r.IntN(10) {
		case 0:
			v.Kind = Null
		case 1:
			v.Kind, v.Text = Number, []byte([]string{"4624", "1000", "-5"}[r.IntN(3)])
		default:
			v.Text = []byte(randomText(r))
		}
		values = append(values, v)
	}
	return values
}

// agrees fails unless index, scan and interpreter find the same members.
func agrees(t *testing.T, p *Program, e *Evaluator, in *logic.Interp, sc *Scope, values []Value) {
	t.Helper()
	got := hits(e.Match, sc, values)
	scanned := hits(e.Scan, sc, values)
	var want []int32
	for _, m := range sc.Members() {
		if in.Eval(p.exprs[m], eventFields{p, values}) {
			want = append(want, m)
		}
	}
	if !slices.Equal(got, scanned) || !slices.Equal(got, want) {
		t.Fatalf("Match %v\nScan %v\ninterpreter %v\n%s%s", got, scanned, want, show(p, values), explainDiff(p, in, got, want, values))
	}
}

func explainDiff(p *Program, in *logic.Interp, got, want []int32, values []Value) string {
	e, out := p.NewEvaluator(), ""
	for m := range p.exprs {
		a, b := slices.Contains(got, int32(m)), slices.Contains(want, int32(m))
		if a == b {
			continue
		}
		eachLeaf(p.exprs[m], func(l *logic.Leaf) {
			e.begin(values)
			mine := e.holdsLeaf(l, nil)
			theirs := in.Eval(&logic.Expr{Op: logic.Atom, Leaf: l}, eventFields{p, values})
			if mine != theirs {
				out += fmt.Sprintf("leaf %+v: here %v, interpreter %v\n", *l, mine, theirs)
			}
		})
	}
	return out
}

func eachLeaf(x *logic.Expr, yield func(*logic.Leaf)) {
	if x.Op == logic.Atom {
		yield(x.Leaf)
	}
	for _, a := range x.Args {
		eachLeaf(a, yield)
	}
}

func TestMatchAgreesWithScanAndInterpreterOnRandomRules(t *testing.T) {
	rounds, matched := 120, 0
	if testing.Short() {
		rounds = 20
	}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		p := Compile(randomExprs(r, 60))
		e, in := p.NewEvaluator(), logic.NewInterp()
		scopes := []*Scope{p.Scope(allMembers(p)), p.Scope([]int32{5, 3, 3, 41, 17})}
		for range 300 {
			values := randomValues(r, p)
			agrees(t, p, e, in, scopes[r.IntN(2)], values)
			matched += len(hits(e.Match, scopes[0], values))
		}
	}
	if matched == 0 {
		t.Error("nothing ever matched")
	}
}

func allMembers(p *Program) []int32 {
	all := make([]int32, p.Len())
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

func FuzzMatch(f *testing.F) {
	f.Add(uint64(1), []byte("C:\\Windows\\cmd.exe  "), []byte("ſ\xff"))
	f.Fuzz(func(t *testing.T, seed uint64, a, b []byte) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := Compile(randomExprs(r, 20))
		values := append(randomValues(r, p), Value{Field: p.FieldID("Image"), Text: a, Search: true}, Value{Field: p.FieldID("Image"), Text: b})
		agrees(t, p, p.NewEvaluator(), logic.NewInterp(), p.Scope(allMembers(p)), values)
	})
}
