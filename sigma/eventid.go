package sigma

import (
	"slices"
	"strconv"
	"strings"

	"tyto/sigma/internal/logic"
)

// isEventID reports whether a leaf asks for the event id in a way that is
// settled by the number alone.
func isEventID(l *logic.Leaf) bool {
	if !strings.EqualFold(l.Field, "EventID") {
		return false
	}
	switch l.Kind {
	case logic.Exact, logic.Number:
		_, ok := eventNumber(l)
		return ok
	}
	return false
}

func eventNumber(l *logic.Leaf) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(l.Text))
	return n, err == nil
}

// eventIDs returns the event ids that an expression mentions, ascending.
func eventIDs(x *logic.Expr) []int {
	set := map[int]bool{}
	collectIDs(x, set)
	ids := make([]int, 0, len(set))
	for id := range set {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func collectIDs(x *logic.Expr, set map[int]bool) {
	if x.Op == logic.Atom && isEventID(x.Leaf) {
		id, _ := eventNumber(x.Leaf)
		set[id] = true
	}
	for _, a := range x.Args {
		collectIDs(a, set)
	}
}

var (
	alwaysTrue  = &logic.Expr{Op: logic.True}
	alwaysFalse = &logic.Expr{Op: logic.False}
)

// foldEventID puts the event id into an expression: its leaves on EventID
// become constants, and what follows from them is worked out. Parts that do
// not mention the id are shared, not copied.
func foldEventID(x *logic.Expr, id int) *logic.Expr {
	switch x.Op {
	case logic.Atom:
		if !isEventID(x.Leaf) {
			return x
		}
		if n, _ := eventNumber(x.Leaf); n == id {
			return alwaysTrue
		}
		return alwaysFalse
	case logic.Not:
		arg := foldEventID(x.Args[0], id)
		switch {
		case arg == x.Args[0]:
			return x
		case arg.Op == logic.True:
			return alwaysFalse
		case arg.Op == logic.False:
			return alwaysTrue
		}
		return &logic.Expr{Op: logic.Not, Args: []*logic.Expr{arg}, Selection: x.Selection}
	case logic.And, logic.Or:
		return foldList(x, id)
	}
	return x
}

func foldList(x *logic.Expr, id int) *logic.Expr {
	absorbing, neutral := logic.False, logic.True
	if x.Op == logic.Or {
		absorbing, neutral = logic.True, logic.False
	}
	args := make([]*logic.Expr, 0, len(x.Args))
	changed := false
	for _, a := range x.Args {
		f := foldEventID(a, id)
		changed = changed || f != a
		switch f.Op {
		case absorbing:
			return f
		case neutral:
			changed = true
		default:
			args = append(args, f)
		}
	}
	if !changed {
		return x
	}
	if len(args) == 0 {
		return &logic.Expr{Op: neutral}
	}
	return &logic.Expr{Op: x.Op, Args: args, Selection: x.Selection}
}
