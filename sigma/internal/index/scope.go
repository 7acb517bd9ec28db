package index

import "slices"

// A Scope is the set of members that may fire for one log source. It is
// immutable and belongs to the program that made it.
type Scope struct {
	members []int32 // ascending
}

// Scope makes the scope of the given members, which may come in any order.
func (p *Program) Scope(members []int32) *Scope {
	sorted := slices.Clone(members)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	return &Scope{members: sorted}
}

// Members returns the scope's members, ascending; not to be changed.
func (sc *Scope) Members() []int32 { return sc.members }

// Match calls hit for every member of the scope that is true for the event, in
// ascending order.
func (e *Evaluator) Match(sc *Scope, values []Value, hit func(member int32)) {
	e.Scan(sc, values, hit)
}
