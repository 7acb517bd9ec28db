package index

import (
	"slices"

	"tyto/sigma/internal/logic"
)

// Reasons explains why a member is true for an event: it yields every leaf
// that is true on a satisfied path, the name of the selection it belongs to,
// and the first value that satisfies it (nil where a missing or null value
// does). It yields nothing when the member is not true. Leaves that had to be
// false (under a Not) are no reasons and are not shown. It does not count in
// [Stats].
func (e *Evaluator) Reasons(member int32, values []Value, yield func(leaf *logic.Leaf, selection string, value []byte)) {
	before := e.stats
	defer func() { e.stats = before }()
	e.begin(values)
	x := e.p.exprs[member]
	if e.holdsExpr(x) {
		e.explain(x, "", true, yield)
	}
}

// explain walks the parts of x that make it come out as want.
func (e *Evaluator) explain(x *logic.Expr, selection string, want bool, yield func(*logic.Leaf, string, []byte)) {
	if x.Selection != "" {
		selection = x.Selection
	}
	switch x.Op {
	case logic.Not:
		e.explain(x.Args[0], selection, !want, yield)
	case logic.Atom:
		var value []byte
		if want && e.holdsLeaf(x.Leaf, &value) {
			yield(x.Leaf, selection, value)
		}
	case logic.And, logic.Or:
		for _, arg := range x.Args {
			if e.holdsExpr(arg) == want {
				e.explain(arg, selection, want, yield)
			}
		}
	}
}

// holdsExpr decides an expression for the current event without the graph.
func (e *Evaluator) holdsExpr(x *logic.Expr) bool {
	switch x.Op {
	case logic.True:
		return true
	case logic.Atom:
		return e.holdsLeaf(x.Leaf, nil)
	case logic.Not:
		return !e.holdsExpr(x.Args[0])
	case logic.And, logic.Or:
		decisive := x.Op == logic.Or
		for _, arg := range x.Args {
			if e.holdsExpr(arg) == decisive {
				return decisive
			}
		}
		return !decisive
	}
	return false
}

func (e *Evaluator) holdsLeaf(l *logic.Leaf, value *[]byte) bool {
	id := e.p.leaves[l]
	if value == nil || id == falseNode {
		return e.eval(id)
	}
	return e.find(&e.p.preds[e.p.nodes[id].first], value)
}

// Possible reports whether a member can be true for some event that has only
// fields for which has returns true, taking a leaf on a missing field for false
// and Null on it for true. If not, it returns the fields that are missing,
// sorted: of several alternatives the one that lacks the fewest.
func (p *Program) Possible(member int32, has func(field string) bool) (bool, []string) {
	missing, ok := reach(p.exprs[member], true, has)
	if ok {
		return true, nil
	}
	slices.Sort(missing)
	return false, slices.Compact(missing)
}

// reach reports whether x can come out as want and if not, the fields that it
// would need.
func reach(x *logic.Expr, want bool, has func(string) bool) (missing []string, ok bool) {
	switch x.Op {
	case logic.True:
		return nil, want
	case logic.Not:
		return reach(x.Args[0], !want, has)
	case logic.Atom:
		return reachLeaf(x.Leaf, want, has)
	case logic.And, logic.Or:
		if (x.Op == logic.And) == want {
			return reachAll(x.Args, want, has)
		}
		return reachAny(x.Args, want, has)
	}
	return nil, !want
}

func reachLeaf(l *logic.Leaf, want bool, has func(string) bool) (missing []string, ok bool) {
	if l.Kind == logic.Never {
		return nil, !want
	}
	if l.Field == "" {
		return nil, true
	}
	fields := []string{l.Field}
	if l.Kind == logic.FieldRef {
		fields = append(fields, l.Other)
	}
	for _, f := range fields {
		if !has(f) {
			missing = append(missing, f)
		}
	}
	if len(missing) == 0 {
		return nil, true
	}
	if absent := l.Kind == logic.Null; want == absent {
		return nil, true
	}
	return missing, false
}

func reachAll(args []*logic.Expr, want bool, has func(string) bool) (missing []string, ok bool) {
	ok = true
	for _, arg := range args {
		lack, can := reach(arg, want, has)
		if !can {
			missing, ok = append(missing, lack...), false
		}
	}
	return missing, ok
}

func reachAny(args []*logic.Expr, want bool, has func(string) bool) (missing []string, ok bool) {
	best := -1
	for _, arg := range args {
		lack, can := reach(arg, want, has)
		if can {
			return nil, true
		}
		// Nothing to name means that no field would help.
		if len(lack) > 0 && (best < 0 || len(lack) < best) {
			missing, best = lack, len(lack)
		}
	}
	return missing, false
}
