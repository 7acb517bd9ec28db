package stix

import (
	"fmt"
	"math"
	"strings"
)

// A pattern is turned into a plan before it is matched. The plan knows
//
//   - classes: which observations may stand for a bracketed comparison. A
//     class is a set of alternatives (OR of comparisons), each with the START/STOP windows
//     around it, so that these qualifiers are settled when an observation
//     arrives;
//   - alternatives: ways to satisfy the pattern, one for each choice at the ORs
//     that are left. An alternative is a list of slots, each to be filled with a different
//     observation of its class, and rules on the times in the slots.
//
// FOLLOWEDBY and WITHIN are both rules of one form: no observation of group A
// begins later than c after an observation of group B ended.

// LimitError tells that a pattern or the observations went over a bound, so that "no
// match" would not be true. It is shown, never taken for an answer.
type LimitError struct {
	What  string // what is bounded
	Limit int
}

// Error is "over the limit of N WHAT".
func (e *LimitError) Error() string { return fmt.Sprintf("over the limit of %d %s", e.Limit, e.What) }

const (
	maxAlternatives = 256
	maxSlots        = 4096 // over all alternatives together
)

type window struct{ start, stop int64 } // [start, stop)

type member struct {
	leaf    *leaf
	key     string
	windows []window
}

// class is what a slot can be filled with.
type class struct {
	members []member
	early   bool // its time matters as the left side of FOLLOWEDBY
	late    bool // as the right side
	window  bool // within a WITHIN
}

// rule says first(a) <= last(b) + slack for all slots a in A and b in B.
type rule struct {
	a, b  span
	slack int64
}

type span struct{ lo, hi int }

// order says that slot b must hold a later candidate of the class than slot a. It cuts
// symmetric solutions away.
type order struct {
	a, b   int
	always bool // else only when candidates that end later also begin later
}

type alternative struct {
	slots  []int // class of each slot
	rules  []rule
	orders []order
	flat   bool  // no FOLLOWEDBY, no composite repeats, at most one WITHIN around everything
	within int64 // of the WITHIN around everything; math.MaxInt64 for none
}

type plan struct {
	classes []*class
	alts    []*alternative
	slots   int // most slots of an alternative
}

// shape is the normalised observation expression: START/STOP are gone, an OR
// of single observations has become one class, AND has its equal parts joined.
type shape struct {
	kind  ExprKind // ExprObservation, And, Or, FollowedBy, Within, Repeats
	class int
	args  []*shape
	times int
	slack int64
}

type planner struct {
	limits Limits
	plan   *plan
	leaves map[*Comparison]member
	known  map[string]int
}

func newPlan(e *Expr, limits Limits) (*plan, error) {
	pl := &planner{limits: limits, plan: &plan{}, leaves: map[*Comparison]member{}, known: map[string]int{}}
	s, err := pl.shape(e, nil)
	if err != nil {
		return nil, err
	}
	alts, err := choices(s)
	if err != nil {
		return nil, err
	}
	total := 0
	for _, alt := range alts {
		if total += countSlots(alt); total > maxSlots {
			return nil, &LimitError{"observations that a pattern asks for", maxSlots}
		}
		pl.plan.alts = append(pl.plan.alts, pl.layout(alt))
	}
	pl.dropUnused()
	return pl.plan, nil
}

// dropUnused forgets classes that were joined into others.
func (pl *planner) dropUnused() {
	moved := map[int]int{}
	var used []*class
	for _, alt := range pl.plan.alts {
		for i, class := range alt.slots {
			to, ok := moved[class]
			if !ok {
				to = len(used)
				moved[class] = to
				used = append(used, pl.plan.classes[class])
			}
			alt.slots[i] = to
		}
	}
	pl.plan.classes = used
}

func (pl *planner) shape(e *Expr, windows []window) (*shape, error) {
	switch e.Kind {
	case ExprObservation:
		m, err := pl.member(e.Compare, windows)
		return pl.leafShape([]member{m}), err
	case ExprStartStop:
		w := window{ticks(e.Start), ticks(e.Stop)}
		return pl.shape(e.Args[0], append(windows[:len(windows):len(windows)], w))
	}
	args := make([]*shape, len(e.Args))
	for i, a := range e.Args {
		s, err := pl.shape(a, windows)
		if err != nil {
			return nil, err
		}
		args[i] = s
	}
	return pl.join(e, args), nil
}

func (pl *planner) member(c *Comparison, windows []window) (member, error) {
	m, ok := pl.leaves[c]
	if !ok {
		l, err := compileLeaf(c, pl.limits)
		if err != nil {
			return m, err
		}
		m = member{leaf: l, key: c.String()}
		pl.leaves[c] = m
	}
	m.windows = windows
	m.key = fmt.Sprint(m.key, windows)
	return m, nil
}

// leafShape finds or makes the class with these members.
func (pl *planner) leafShape(ms []member) *shape {
	keys := make([]string, len(ms))
	for i, m := range ms {
		keys[i] = m.key
	}
	key := strings.Join(keys, "\x00")
	id, ok := pl.known[key]
	if !ok {
		id = len(pl.plan.classes)
		pl.known[key] = id
		pl.plan.classes = append(pl.plan.classes, &class{members: ms})
	}
	return &shape{kind: ExprObservation, class: id}
}

func (pl *planner) join(e *Expr, args []*shape) *shape {
	switch e.Kind {
	case ExprOr:
		return pl.either(args)
	case ExprAnd:
		return joinAnd(args)
	case ExprRepeats:
		return repeat(e.Times, args[0])
	case ExprWithin:
		return withinShape(int64(e.Within), args[0])
	}
	return &shape{kind: ExprFollowedBy, args: args}
}

// either joins the single observations of an OR into one class.
func (pl *planner) either(args []*shape) *shape {
	var single []member
	var rest []*shape
	for _, a := range args {
		switch a.kind {
		case ExprObservation:
			single = append(single, pl.plan.classes[a.class].members...)
		case ExprOr:
			rest = append(rest, a.args...)
		default:
			rest = append(rest, a)
		}
	}
	if single != nil {
		rest = append(rest, pl.leafShape(single))
	}
	if len(rest) == 1 {
		return rest[0]
	}
	return &shape{kind: ExprOr, args: rest}
}

// joinAnd counts equal observations, so that [a] AND [a] becomes two repeats of
// [a]. Repeats of an AND of observations, without a WITHIN, are the AND of
// their repeats.
func joinAnd(args []*shape) *shape {
	counts := map[int]int{}
	var seen []int
	var rest []*shape
	for _, a := range flattenAnd(nil, args) {
		class, n := a.class, 1
		if a.kind == ExprRepeats && a.args[0].kind == ExprObservation {
			class, n = a.args[0].class, a.times
		} else if a.kind != ExprObservation {
			rest = append(rest, a)
			continue
		}
		if counts[class] == 0 {
			seen = append(seen, class)
		}
		counts[class] = min(counts[class]+n, math.MaxInt32)
	}
	for _, class := range seen {
		rest = append(rest, repeat(counts[class], &shape{kind: ExprObservation, class: class}))
	}
	if len(rest) == 1 {
		return rest[0]
	}
	return &shape{kind: ExprAnd, args: rest}
}

func flattenAnd(out, args []*shape) []*shape {
	for _, a := range args {
		if a.kind == ExprAnd {
			out = flattenAnd(out, a.args)
		} else {
			out = append(out, a)
		}
	}
	return out
}

func repeat(n int, s *shape) *shape {
	switch {
	case n == 1:
		return s
	case s.kind == ExprRepeats:
		return repeat(min(n*s.times, math.MaxInt32), s.args[0])
	case s.kind == ExprAnd:
		args := make([]*shape, len(s.args))
		for i, a := range s.args {
			args[i] = repeat(n, a)
		}
		return joinAnd(args)
	}
	return &shape{kind: ExprRepeats, times: n, args: []*shape{s}}
}

// withinShape drops a WITHIN around a single observation, moves it into the
// branches of an OR, and keeps the narrower of two.
func withinShape(slack int64, s *shape) *shape {
	switch s.kind {
	case ExprObservation:
		return s
	case ExprWithin:
		return withinShape(min(slack, s.slack), s.args[0])
	case ExprOr:
		args := make([]*shape, len(s.args))
		for i, a := range s.args {
			args[i] = withinShape(slack, a)
		}
		return &shape{kind: ExprOr, args: args}
	}
	return &shape{kind: ExprWithin, slack: slack, args: []*shape{s}}
}
