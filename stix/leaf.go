package stix

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// leaf is a bracketed comparison ready for evaluation.
type leaf struct {
	test *compiledTest
	all  []*leaf
	any  []*leaf
}

// compileLeaf prepares the constants of a comparison. It fails on regular
// expressions that the engine does not know.
func compileLeaf(c *Comparison, limits Limits) (*leaf, error) {
	if c.Test != nil {
		t, err := compileTest(c.Test, limits)
		return &leaf{test: t}, err
	}
	all, err := compileLeaves(c.All, limits)
	if err != nil {
		return nil, err
	}
	any, err := compileLeaves(c.Any, limits)
	return &leaf{all: all, any: any}, err
}

func compileLeaves(cs []*Comparison, limits Limits) ([]*leaf, error) {
	var out []*leaf
	for _, c := range cs {
		l, err := compileLeaf(c, limits)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func compileTest(t *Test, limits Limits) (*compiledTest, error) {
	name := t.Path.lastName()
	c := &compiledTest{Test: t, hex: strings.HasSuffix(name, "_hex")}
	c.binary = c.hex || strings.HasSuffix(name, "_bin")
	var err error
	switch t.Op {
	case OpLike:
		c.like = newLike(t.Values[0].Text)
	case OpMatches:
		c.expr, c.cost, err = limits.compile(t.Values[0].Text, c.binary)
	case OpIsSubset, OpIsSuperset:
		c.net, _ = parseNet(t.Values[0].Text)
	case OpIn:
		c.set = newConstantSet(t.Values)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", visible(shorten(t.String(), 200)), err)
	}
	return c, nil
}

// newConstantSet is nil unless there are many constants and all are strings.
func newConstantSet(values []Literal) *constantSet {
	if len(values) < 8 || values[0].Kind != KindString {
		return nil
	}
	set := &constantSet{make(map[string]struct{}, len(values))}
	for _, v := range values {
		set.values[v.Text] = struct{}{}
	}
	return set
}

// ErrRegexp is wrapped by the error for a MATCHES expression that cannot be compiled.
// The standard's expressions are PCRE; what needs backtracking (look-around,
// back-references) is beyond the linear-time engine used here unless
// Limits.Regexp brings another.
var ErrRegexp = errors.New("regular expression not supported")

// compile turns a MATCHES constant into a function, and tells its cost for each byte.
func (l Limits) compile(expr string, binary bool) (matchFunc, int, error) {
	if !binary {
		expr = nfc(expr)
	}
	parsed, err := syntax.Parse(expr, syntax.Perl|syntax.DotNL)
	if err != nil {
		return l.foreign(expr, err)
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return l.foreign(expr, err)
	}
	re, err := regexp.Compile("(?s:" + expr + ")")
	if err != nil {
		return l.foreign(expr, err)
	}
	return re.MatchString, len(prog.Inst), nil
}

// foreign asks the caller's engine. Its cost is unknown; a backtracking
// engine must bound itself.
func (l Limits) foreign(expr string, why error) (matchFunc, int, error) {
	if l.Regexp == nil {
		return nil, 0, fmt.Errorf("%w: %s", ErrRegexp, visible(shorten(why.Error(), 200)))
	}
	f, err := l.Regexp(expr)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %s", ErrRegexp, visible(shorten(err.Error(), 200)))
	}
	return f, 64, nil
}

// matches says whether any object of the observation satisfies the leaf.
func (l *leaf) matches(r *resolver) (bool, error) {
	var undecided error
	for i := range r.o.Objects {
		if sdoType(r.o.Objects[i].Type) {
			continue
		}
		ok, err := l.holds(r, i)
		if ok {
			return true, nil
		}
		if undecided == nil {
			undecided = err
		}
	}
	return false, undecided
}

// holds evaluates the leaf with all its paths rooted at one object. Errors
// count only where nothing else decides, so that the order of operands does not
// matter.
func (l *leaf) holds(r *resolver, root int) (bool, error) {
	if l.test != nil {
		return l.holdsTest(r, root)
	}
	operands, decisive := l.all, false
	if l.any != nil {
		operands, decisive = l.any, true
	}
	var undecided error
	for _, x := range operands {
		ok, err := x.holds(r, root)
		if err == nil && ok == decisive {
			return decisive, nil
		}
		if undecided == nil {
			undecided = err
		}
	}
	return !decisive && undecided == nil, undecided
}

func (l *leaf) holdsTest(r *resolver, root int) (bool, error) {
	t := l.test
	if r.o.Objects[root].Type != t.Path.Type {
		return false, nil
	}
	ok, err := r.each(t.Path, root, func(v any) (bool, error) { return t.holds(v, &r.fuel) })
	if err != nil {
		err = &EvalError{Test: t.Test.String(), Text: err.Error()}
	}
	return ok, err
}
