package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"tyto/sigma/internal/logic"
)

func atomOf(field string, kind logic.Kind, text string) *logic.Expr {
	return &logic.Expr{Op: logic.Atom, Leaf: &logic.Leaf{Field: field, Kind: kind, Text: text}}
}

func named(name string, x *logic.Expr) *logic.Expr {
	y := *x
	y.Selection = name
	return &y
}

func all(args ...*logic.Expr) *logic.Expr { return &logic.Expr{Op: logic.And, Args: args} }
func any1(args ...*logic.Expr) *logic.Expr {
	return &logic.Expr{Op: logic.Or, Args: args}
}
func not(arg *logic.Expr) *logic.Expr { return &logic.Expr{Op: logic.Not, Args: []*logic.Expr{arg}} }

func TestFieldIDs(t *testing.T) {
	p := Compile([]*logic.Expr{all(atomOf("Image", logic.Exact, "a"), atomOf("", logic.Contains, "k")),
		{Op: logic.Atom, Leaf: &logic.Leaf{Field: "User", Kind: logic.FieldRef, Other: "ParentUser"}}})
	if got := p.FieldNames(); !slices.Equal(got, []string{"Image", "ParentUser", "User"}) {
		t.Errorf("names %q", got)
	}
	if p.FieldID("image") != -1 || p.FieldID("") != -1 || p.FieldID("ParentUser") < 0 {
		t.Error("wrong ids")
	}
}

func TestConstantsAndNothing(t *testing.T) {
	p := Compile([]*logic.Expr{{Op: logic.True}, {Op: logic.False}, all(), any1(), not(&logic.Expr{Op: logic.False}),
		all(atomOf("F", logic.Null, ""), &logic.Expr{Op: logic.True}), not(atomOf("F", logic.Never, ""))})
	got := hits(p.NewEvaluator().Match, p.Scope(allMembers(p)), nil)
	if want := []int32{0, 2, 4, 5, 6}; !slices.Equal(got, want) {
		t.Errorf("matched %v, want %v", got, want)
	}
	if got := hits(Compile(nil).NewEvaluator().Match, Compile(nil).Scope(nil), []Value{{Field: -1, Search: true}}); got != nil {
		t.Errorf("no rules matched %v", got)
	}
}

func TestReasonsNameLeafSelectionAndValue(t *testing.T) {
	x := all(
		named("selection", any1(atomOf("Image", logic.EndsWith, `\cmd.exe`), atomOf("Image", logic.EndsWith, `\sh.exe`))),
		named("flags", all(atomOf("CommandLine", logic.Contains, "/c"), atomOf("User", logic.Null, ""))),
		not(named("filter", any1(atomOf("ParentImage", logic.Contains, "good"), not(atomOf("CommandLine", logic.Contains, "cmd"))))),
		atomOf("", logic.Contains, "secret"))
	p := Compile([]*logic.Expr{x})
	values := []Value{
		{Field: p.FieldID("Image"), Text: []byte(`x`)}, {Field: p.FieldID("Image"), Text: []byte(`C:\CMD.exe `)},
		{Field: p.FieldID("CommandLine"), Text: []byte(`cmd /C dir`)}, {Field: -1, Search: true, Text: []byte("a Secret")},
	}
	e := p.NewEvaluator()
	if got := reasons(e, values); got != strings.Join([]string{
		`selection Image \cmd.exe = "C:\\CMD.exe "`, `flags CommandLine /c = "cmd /C dir"`, `flags User  = missing`,
		`filter CommandLine cmd = "cmd /C dir"`, `  secret = "a Secret"`, ``}, "\n") {
		t.Errorf("reasons:\n%s", got)
	}
	if got := reasons(e, values[:3]); got != "" {
		t.Errorf("reasons for no match:\n%s", got)
	}
}

func reasons(e *Evaluator, values []Value) (out string) {
	e.Reasons(0, values, false, func(c Cause) {
		text := "missing"
		if c.Value != nil {
			text = fmt.Sprintf("%q", c.Value)
		}
		out += fmt.Sprintf("%s %s %s = %s\n", c.Selection, c.Leaf.Field, c.Leaf.Text, text)
	})
	return out
}

func TestPossible(t *testing.T) {
	img, cmd, parent := atomOf("Image", logic.Exact, "a"), atomOf("CommandLine", logic.Exact, "b"), atomOf("ParentImage", logic.Exact, "c")
	ref := &logic.Expr{Op: logic.Atom, Leaf: &logic.Leaf{Field: "User", Kind: logic.FieldRef, Other: "ParentUser"}}
	for i, c := range []struct {
		x       *logic.Expr
		has     string
		missing string
		ok      bool
	}{
		{img, "Image", "", true}, {img, "", "Image", false},
		{all(img, cmd), "Image", "CommandLine", false}, {all(img, cmd), "", "CommandLine Image", false},
		{any1(img, cmd), "CommandLine", "", true}, {any1(all(img, cmd), parent), "", "ParentImage", false},
		{all(img, not(cmd)), "Image", "", true}, {all(img, not(not(cmd))), "Image", "CommandLine", false},
		{atomOf("Image", logic.Null, ""), "", "", true}, {not(atomOf("Image", logic.Null, "")), "", "Image", false},
		{ref, "User", "ParentUser", false}, {atomOf("", logic.Contains, "x"), "", "", true},
		{atomOf("Image", logic.Never, ""), "Image", "", false}, {any1(atomOf("Image", logic.Never, ""), cmd), "", "CommandLine", false},
		{not(all(img, atomOf("CommandLine", logic.Null, ""))), "", "", true},
	} {
		ok, missing := Compile([]*logic.Expr{c.x}).Possible(0, func(f string) bool { return slices.Contains(strings.Fields(c.has), f) })
		if ok != c.ok || strings.Join(missing, " ") != c.missing {
			t.Errorf("case %d: %v %q, want %v %q", i, ok, missing, c.ok, c.missing)
		}
	}
}

func TestResultsSurviveTheWrapOfTheEventNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	p := Compile(randomExprs(r, 40))
	e, in, sc := p.NewEvaluator(), logic.NewInterp(), p.Scope(allMembers(p))
	for range 50 {
		agrees(t, p, e, in, sc, randomValues(r, p))
	}
	e.gen = math.MaxInt32 - 20
	for range 50 {
		agrees(t, p, e, in, sc, randomValues(r, p))
	}
	if e.gen > 200 {
		t.Errorf("the event number is %d, it did not wrap", e.gen)
	}
}

func TestValueCacheForgetsAndComparesWhole(t *testing.T) {
	c := newValueCache()
	big := []byte(strings.Repeat("x", cacheValue))
	for i := range 3 * cacheBytes / cacheValue {
		big[0], big[1], big[2] = byte(i), byte(i>>8), byte(i>>16)
		h := c.hash(3, big)
		c.put(h, 3, big, []int32{int32(i)})
		if got, ok := c.get(h, 3, big); !ok || got[0] != int32(i) {
			t.Fatalf("value %d is not there", i)
		}
		if _, ok := c.get(h, 4, big); ok {
			t.Fatal("another field's value was found")
		}
	}
	if n := len(c.text) + 4*len(c.ids); n > cacheBytes {
		t.Errorf("%d bytes are kept", n)
	}
	c.put(7, 1, []byte("abc"), []int32{1})
	if _, ok := c.get(7, 1, []byte("abd")); ok {
		t.Error("a value with the same hash was taken for the other")
	}
	c.epoch = math.MaxUint32
	c.put(8, 1, []byte("old"), nil)
	c.forget()
	if _, ok := c.get(8, 1, []byte("old")); ok {
		t.Error("a forgotten value was found")
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	exprs := randomExprs(r, 200)
	for _, x := range exprs {
		eachLeaf(x, func(l *logic.Leaf) {
			if l.Kind == logic.Regex { // regexp's own pools are beyond our promise
				l.Kind = logic.Contains
			}
		})
	}
	p := Compile(exprs)
	sc, e := p.Scope(allMembers(p)), p.NewEvaluator()
	events := make([][]Value, 200)
	for i := range events {
		events[i] = randomValues(r, p)
	}
	n := 0
	hit := func(int32) { n++ }
	run := func() {
		e.cache.forget() // no value may cost more when it is new
		for _, values := range events {
			e.Match(sc, values, hit)
		}
	}
	for range 4 { // buffers grow until they fit the largest event
		run()
	}
	if got := testing.AllocsPerRun(10, run); got != 0 {
		t.Errorf("%v allocations per 200 events", got)
	}
	if n == 0 {
		t.Error("nothing matched")
	}
}

func TestProgramsAreSafeForConcurrentUse(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 13))
	p := Compile(randomExprs(r, 100))
	events := make([][]Value, 100)
	for i := range events {
		events[i] = randomValues(r, p)
	}
	results := make([][][]int32, 4)
	var wg sync.WaitGroup
	for w := range results {
		wg.Go(func() {
			e, sc := p.NewEvaluator(), p.Scope(allMembers(p))
			for _, values := range events {
				results[w] = append(results[w], hits(e.Match, sc, values))
			}
		})
	}
	wg.Wait()
	for w := range results {
		for i := range events {
			if !slices.Equal(results[w][i], results[0][i]) {
				t.Fatalf("worker %d found %v in event %d, worker 0 %v", w, results[w][i], i, results[0][i])
			}
		}
	}
}

func TestHashListsAreFoundAnywhereInAValue(t *testing.T) {
	var exprs []*logic.Expr
	digest := func(i int) string { return fmt.Sprintf("SHA256=%064X", i*7919+1) }
	for i := range 300 {
		exprs = append(exprs, atomOf("Hashes", logic.Contains, digest(i)))
	}
	p := Compile(exprs)
	e, sc, f := p.NewEvaluator(), p.Scope(allMembers(p)), p.FieldID("Hashes")
	for i := range 300 {
		for _, form := range []string{"%s", "MD5=00112233445566778899AABBCCDDEEFF,%s,IMPHASH=0", "=%s=", "%s0", "x%s MD5=1"} {
			got := hits(e.Match, sc, []Value{{Field: f, Text: fmt.Appendf(nil, form, strings.ToLower(digest(i)))}})
			if !slices.Equal(got, []int32{int32(i)}) {
				t.Fatalf("%s with digest %d: %v", form, i, got)
			}
		}
	}
}

func TestKeywordSetsWithLongLiteralsReadEveryOffset(t *testing.T) {
	var exprs []*logic.Expr
	for _, w := range []string{"sekurlsa::", "lsadump::sam", "seven77", "Kelvin\u212Ax"} {
		exprs = append(exprs, atomOf("", logic.Contains, w))
	}
	p := Compile(exprs)
	e, sc := p.NewEvaluator(), p.Scope(allMembers(p))
	if sc.keywords.stride != 4 {
		t.Fatal("stride is not 4")
	}
	for pad := range 12 {
		for _, tail := range []string{"", "z", "zzzzzzzz", "ü"} {
			for i, w := range []string{"SEKURLſA::", "LSADUMP::SAM", "SEVEN77", "KELVINKX"} {
				text := strings.Repeat("z", pad) + w + tail
				got := hits(e.Match, sc, []Value{{Field: -1, Search: true, Text: []byte(text)}})
				if !slices.Equal(got, []int32{int32(i)}) {
					t.Fatalf("%q: %v, want %d", text, got, i)
				}
			}
		}
	}
}

func TestHostileEventsStayCheap(t *testing.T) {
	p := Compile([]*logic.Expr{
		atomOf("F", logic.Contains, "powershell"), all(atomOf("F", logic.Contains, "shell"), atomOf("F", logic.Regex, `(a|b)*c.{900,}z`)),
		any1(atomOf("", logic.Contains, "needle-one"), atomOf("", logic.Contains, "needle-two"), atomOf("", logic.Glob, "x")),
	})
	e, sc, in := p.NewEvaluator(), p.Scope(allMembers(p)), logic.NewInterp()
	f := p.FieldID("F")
	agrees(t, p, e, in, sc, []Value{{Field: f, Search: true, Text: []byte(strings.Repeat("PowerShell", 200_000))}})
	var many []Value
	for i := range 50_000 {
		many = append(many, Value{Field: f, Search: true, Text: fmt.Appendf(nil, "%060d shell needl%d", i, i)})
	}
	agrees(t, p, e, in, sc, many)
	if n := len(e.marks.block); n > 2*sketchTotal {
		t.Errorf("sketches take up %d bytes", n)
	}
	if n := cap(e.members) + cap(e.found); n > 4_000_000 {
		t.Errorf("%d ids are held", n)
	}
}
