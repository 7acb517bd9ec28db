package correlate

import (
	"errors"
	"fmt"
	"slices"

	"tyto/sigma"
)

// An expr is a string condition over the numbers of a correlation's rules.
type expr struct {
	op    sigma.RefOp
	args  []*expr
	input int
}

// compileExpr resolves the names in e. Depth is bounded: rules may come from
// anywhere.
func compileExpr(e *sigma.RefExpr, inputs map[string]int, depth int) (*expr, error) {
	if e == nil || depth > 100 {
		return nil, errors.New("condition is nested too deeply")
	}
	x := &expr{op: e.Op}
	switch {
	case e.Op == sigma.RefRule:
		in, ok := inputs[e.Rule]
		if !ok {
			return nil, fmt.Errorf("condition names %q, which is not in the list of rules", e.Rule)
		}
		x.input = in
	case e.Op > sigma.RefNot || len(e.Args) == 0 || e.Op == sigma.RefNot && len(e.Args) != 1:
		return nil, errors.New("condition has an operator without its operands")
	}
	for _, a := range e.Args {
		y, err := compileExpr(a, inputs, depth+1)
		if err != nil {
			return nil, err
		}
		x.args = append(x.args, y)
	}
	return x, nil
}

// holds evaluates the expression for the rules that t saw at or after since.
func (x *expr) holds(t *seenTally, since int64) bool {
	switch x.op {
	case sigma.RefAnd:
		for _, a := range x.args {
			if !a.holds(t, since) {
				return false
			}
		}
		return true
	case sigma.RefOr:
		for _, a := range x.args {
			if a.holds(t, since) {
				return true
			}
		}
		return false
	case sigma.RefNot:
		return !x.args[0].holds(t, since)
	}
	return t.saw(x.input, since)
}

// negates reports whether a rule occurs under an odd number of nots.
func (x *expr) negates(inside bool) bool {
	if x.op == sigma.RefRule {
		return inside
	}
	inside = inside != (x.op == sigma.RefNot)
	return slices.ContainsFunc(x.args, func(a *expr) bool { return a.negates(inside) })
}

// A sequence is one way to satisfy an ordered condition: the rules that must
// follow each other, and those that must be missing.
type sequence struct{ order, without []int }

// maxAlternatives bounds what an expression may unfold to.
const maxAlternatives = 64

var (
	errAlternatives = fmt.Errorf("ordered condition unfolds to more than %d alternatives", maxAlternatives)
	errNothing      = errors.New("ordered condition can hold without any event: name a rule without not")
	errNever        = errors.New("ordered condition can never hold")
)

// alternatives unfolds the expression into sequences; the order of the rules is
// the order in which the condition names them.
func (x *expr) alternatives() ([]sequence, error) {
	all, err := x.unfold(false)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s sequence) bool {
		return slices.ContainsFunc(s.order, func(in int) bool { return slices.Contains(s.without, in) })
	})
	if len(all) == 0 {
		return nil, errNever
	}
	for _, s := range all {
		if len(s.order) == 0 {
			return nil, errNothing
		}
	}
	return all, nil
}

// unfold returns the expression, or its negation, as alternatives.
func (x *expr) unfold(negated bool) ([]sequence, error) {
	switch {
	case x.op == sigma.RefNot:
		return x.args[0].unfold(!negated)
	case x.op == sigma.RefRule && negated:
		return []sequence{{without: []int{x.input}}}, nil
	case x.op == sigma.RefRule:
		return []sequence{{order: []int{x.input}}}, nil
	}
	either := (x.op == sigma.RefOr) != negated
	var out []sequence
	for i, a := range x.args {
		next, err := a.unfold(negated)
		if err != nil {
			return nil, err
		}
		if either {
			out = append(out, next...)
		} else if i == 0 {
			out = next
		} else if len(out)*len(next) <= maxAlternatives {
			out = combine(out, next)
		} else {
			return nil, errAlternatives
		}
		if len(out) > maxAlternatives {
			return nil, errAlternatives
		}
	}
	return out, nil
}

// combine joins every alternative of a with every one of b.
func combine(a, b []sequence) []sequence {
	var out []sequence
	for _, s := range a {
		for _, t := range b {
			out = append(out, sequence{order: union(s.order, t.order), without: union(s.without, t.without)})
		}
	}
	return out
}

// union appends to a what b has beyond it.
func union(a, b []int) []int {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
