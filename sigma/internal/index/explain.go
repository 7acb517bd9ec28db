package index

import (
	"slices"

	"tyto/sigma/internal/logic"
)

// A Cause is one leaf that had a part in a member being true.
type Cause struct {
	Leaf      *logic.Leaf
	Selection string // the name of the selection that the leaf belongs to
	// Value is the first value that satisfies the leaf, nil where a missing or
	// null value does. For a leaf that had to be false it is the field's first
	// value.
	Value []byte
	Not   bool // the leaf had to be false
}

// Reasons explains why a member is true for an event: it yields every leaf
// that is true on a satisfied path. It returns false, and yields nothing, when
// the member is not true. Leaves that had to be false are told where a selection
// itself asks for that (neq); those under a Not of the condition, which are
// filters, only with filters set. It does not count in [Stats].
func (e *Evaluator) Reasons(member int32, values []Value, filters bool, yield func(Cause)) bool {
	before := e.stats
	defer func() { e.stats = before }()
	e.begin(values)
	x := e.p.exprs[member]
	if !e.holdsExpr(x) {
		return false
	}
	w := explaining{e: e, filters: filters, yield: yield}
	w.walk(x, "", true, filters)
	return true
}

// explaining walks over an expression that holds.
type explaining struct {
	e       *Evaluator
	filters bool
	yield   func(Cause)
}

// walk tells the parts of x that make it come out as want; told says whether
// leaves that come out false are told.
func (w *explaining) walk(x *logic.Expr, selection string, want, told bool) {
	if x.Selection != "" {
		selection = x.Selection
	}
	switch x.Op {
	case logic.Not:
		w.walk(x.Args[0], selection, !want, w.filters || selection != "")
	case logic.Atom:
		w.leaf(x.Leaf, selection, want, told)
	case logic.And, logic.Or:
		for _, arg := range x.Args {
			if w.e.holdsExpr(arg) == want {
				w.walk(arg, selection, want, told)
			}
		}
	}
}

func (w *explaining) leaf(l *logic.Leaf, selection string, want, told bool) {
	c := Cause{Leaf: l, Selection: selection, Not: !want}
	switch {
	case want && w.e.holdsLeaf(l, &c.Value):
		w.yield(c)
	case !want && told:
		c.Value = w.e.firstValue(l)
		w.yield(c)
	}
}

// firstValue returns the first value of a leaf's field that is not null.
func (e *Evaluator) firstValue(l *logic.Leaf) []byte {
	id := e.p.leaves[l]
	if id == falseNode || l.Field == "" {
		return nil
	}
	field := e.p.preds[e.p.nodes[id].first].field
	for i := e.firstOf(field); i >= 0; i = e.views[i].next {
		if e.values[i].Kind != Null {
			return e.values[i].Text
		}
	}
	return nil
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
