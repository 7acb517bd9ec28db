package sigma

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/logic"
)

// A tree is one expression as the reference parser understood it.
type tree struct {
	And, Or []tree
	Not     *tree
	F, K, V string
	Fl      string
	P       []string
	Sw, Ew  bool
}

// expr turns an oracle tree into an expression.
func (tr *tree) expr(t *testing.T) *logic.Expr {
	args := func(list []tree) []*logic.Expr {
		out := make([]*logic.Expr, len(list))
		for i := range list {
			out[i] = list[i].expr(t)
		}
		return out
	}
	switch {
	case tr.And != nil:
		return &logic.Expr{Op: logic.And, Args: args(tr.And)}
	case tr.Or != nil:
		return &logic.Expr{Op: logic.Or, Args: args(tr.Or)}
	case tr.Not != nil:
		return negate(tr.Not.expr(t))
	}
	return atom(tr.leaf(t))
}

func (tr *tree) leaf(t *testing.T) *logic.Leaf {
	kinds := map[string]logic.Kind{
		"contains": logic.Contains, "startswith": logic.StartsWith, "endswith": logic.EndsWith,
		"exact": logic.Exact, "number": logic.Number, "cidr": logic.CIDR, "glob": logic.Glob,
		"regex": logic.Regex, "null": logic.Null, "empty": logic.Empty, "star": logic.Present,
		"fieldref": logic.FieldRef, "bool": logic.BoolIs, "placeholder": logic.Never,
	}
	kind, ok := kinds[tr.K]
	if !ok {
		t.Fatalf("unknown kind %q in the oracle", tr.K)
	}
	l := &logic.Leaf{Field: tr.F, Kind: kind, Text: tr.V}
	switch kind {
	case logic.Glob:
		for _, p := range tr.P {
			if strings.HasPrefix(p, "\x00") {
				l.Parts = append(l.Parts, logic.Part{Wild: p[1]})
			} else {
				l.Parts = append(l.Parts, logic.Part{Lit: p})
			}
		}
	case logic.Regex:
		l.Flags = strings.ToLower(tr.Fl)
	case logic.FieldRef:
		l.Other, l.Text = tr.V, ""
		if tr.Sw {
			l.Rel = logic.RelStartsWith
		}
		if tr.Ew {
			l.Rel = logic.RelEndsWith
		}
	case logic.Present, logic.Null, logic.Empty, logic.Never:
		l.Text = ""
	}
	return l
}

// leafKey names what a leaf asks, so that two leaves with the same key are the
// same question.
func leafKey(l *logic.Leaf) string {
	text := l.Text
	switch l.Kind {
	case logic.Exact, logic.Contains, logic.StartsWith, logic.EndsWith, logic.BoolIs:
		if !l.Cased {
			text = fold.String(text)
		}
	case logic.Glob:
		var b strings.Builder
		for _, p := range l.Parts {
			fmt.Fprintf(&b, "%q%c", fold.String(p.Lit), p.Wild)
		}
		text = b.String()
	case logic.Never, logic.Present, logic.Null, logic.Empty:
		text = ""
	}
	return fmt.Sprint(l.Field, "\x00", l.Kind, "\x00", text, "\x00", l.Cased, l.Flags, l.Other, l.Rel, l.Num, l.Unit)
}

// truth evaluates an expression with each leaf's answer looked up by key.
func truth(x *logic.Expr, answer map[string]bool, keys map[*logic.Leaf]string) bool {
	switch x.Op {
	case logic.And:
		for _, a := range x.Args {
			if !truth(a, answer, keys) {
				return false
			}
		}
		return true
	case logic.Or:
		for _, a := range x.Args {
			if truth(a, answer, keys) {
				return true
			}
		}
		return false
	case logic.Not:
		return !truth(x.Args[0], answer, keys)
	case logic.Atom:
		return answer[keys[x.Leaf]]
	}
	return x.Op == logic.True
}

func leavesOf(x *logic.Expr, yield func(*logic.Leaf)) {
	if x.Op == logic.Atom {
		yield(x.Leaf)
	}
	for _, a := range x.Args {
		leavesOf(a, yield)
	}
}

// keysOf names the leaves of both expressions and returns the distinct keys.
func keysOf(xs ...*logic.Expr) ([]string, map[*logic.Leaf]string) {
	keys := map[*logic.Leaf]string{}
	set := map[string]bool{}
	for _, x := range xs {
		leavesOf(x, func(l *logic.Leaf) {
			keys[l] = leafKey(l)
			set[keys[l]] = true
		})
	}
	list := make([]string, 0, len(set))
	for k := range set {
		list = append(list, k)
	}
	sort.Strings(list)
	return list, keys
}

// sameLogic compares two expressions under many assignments of truth values to
// their leaves: all alike, one leaf different, and random ones. It returns a
// description of the first difference.
func sameLogic(a, b *logic.Expr, rng *rand.Rand) string {
	list, keys := keysOf(a, b)
	answer := map[string]bool{}
	differs := func(what string) string {
		if truth(a, answer, keys) != truth(b, answer, keys) {
			return what
		}
		return ""
	}
	for _, base := range []bool{false, true} {
		for _, k := range list {
			answer[k] = base
		}
		if d := differs(fmt.Sprint("all leaves ", base)); d != "" {
			return d
		}
		step := max(1, len(list)/64)
		for i := 0; i < len(list); i += step {
			answer[list[i]] = !base
			if d := differs("one leaf: " + strconv.Quote(list[i])); d != "" {
				return d
			}
			answer[list[i]] = base
		}
	}
	for range 64 {
		p := rng.Float64()
		for _, k := range list {
			answer[k] = rng.Float64() < p
		}
		if d := differs("a random assignment"); d != "" {
			return d
		}
	}
	return ""
}

// TestRulesMeanWhatTheReferenceParserSays compares every rule of the corpus
// with the tree that the reference parser made of it.
func TestRulesMeanWhatTheReferenceParserSays(t *testing.T) {
	f, err := os.Open(corpus(t, "sigma-trees.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := ruleFiles(t, false)
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 64<<20)
	rules, kinds := 0, map[logic.Kind]int{}
	rng := rand.New(rand.NewPCG(1, 2))
	for sc.Scan() {
		var line struct {
			ID, Path string
			Tree     tree
		}
		if err := json.Unmarshal(sc.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		rules++
		docs, diags := Parse(line.Path, files[line.Path])
		if len(docs) != 1 {
			t.Errorf("%s: %d documents, %v", line.Path, len(docs), diags)
			continue
		}
		r, ok := docs[0].(*Rule)
		if !ok || r.ID != line.ID {
			t.Errorf("%s: id %q, want %q", line.Path, docs[0].Head().ID, line.ID)
			continue
		}
		leavesOf(r.expr, func(l *logic.Leaf) { kinds[l.Kind]++ })
		if d := sameLogic(r.expr, line.Tree.expr(t), rng); d != "" {
			t.Errorf("%s: differs from the oracle for %s", line.Path, d)
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	if rules != 3756 {
		t.Errorf("%d rules compared, want 3756", rules)
	}
	// Regular expressions alone can hold what the oracle counts; a changed
	// number means a changed reading of some rule.
	want := map[logic.Kind]int{
		logic.Contains: 29787, logic.EndsWith: 9667, logic.Exact: 4706, logic.StartsWith: 1103,
		logic.Number: 963, logic.CIDR: 365, logic.Glob: 315, logic.Regex: 217, logic.Null: 96,
		logic.Empty: 51, logic.Present: 10, logic.FieldRef: 5, logic.BoolIs: 4, logic.Never: 2,
	}
	for k, n := range want {
		if kinds[k] != n {
			t.Errorf("%d leaves of kind %d, the oracle has %d", kinds[k], k, n)
		}
	}
}
