package stix

import "math"

// choices expands the ORs that are left: it lists the shapes without OR that
// together mean the same.
func choices(s *shape) ([]*shape, error) {
	switch s.kind {
	case ExprObservation:
		return []*shape{s}, nil
	case ExprOr:
		return choicesOr(s)
	case ExprRepeats:
		return choicesRepeat(s)
	}
	lists := [][]*shape{nil}
	for _, a := range s.args {
		options, err := choices(a)
		if err != nil {
			return nil, err
		}
		if len(lists)*len(options) > maxAlternatives {
			return nil, errAlternatives()
		}
		lists = product(lists, options)
	}
	out := make([]*shape, len(lists))
	for i, l := range lists {
		out[i] = &shape{kind: s.kind, slack: s.slack, args: l}
		if s.kind == ExprAnd {
			out[i] = joinAnd(l)
		}
	}
	return out, nil
}

func errAlternatives() error { return &LimitError{"alternatives of a pattern", maxAlternatives} }

func product(lists [][]*shape, options []*shape) [][]*shape {
	var out [][]*shape
	for _, l := range lists {
		for _, o := range options {
			out = append(out, append(l[:len(l):len(l)], o))
		}
	}
	return out
}

func choicesOr(s *shape) ([]*shape, error) {
	var out []*shape
	for _, a := range s.args {
		options, err := choices(a)
		if err != nil {
			return nil, err
		}
		if out = append(out, options...); len(out) > maxAlternatives {
			return nil, errAlternatives()
		}
	}
	return out, nil
}

// choicesRepeat chooses how many of the repeats take each option.
func choicesRepeat(s *shape) ([]*shape, error) {
	options, err := choices(s.args[0])
	if err != nil {
		return nil, err
	}
	if len(options) == 1 {
		return []*shape{{kind: ExprRepeats, times: s.times, args: options}}, nil
	}
	var out []*shape
	ok := splits(s.times, len(options), nil, func(counts []int) bool {
		out = append(out, repeatMix(counts, options))
		return len(out) <= maxAlternatives
	})
	if !ok {
		return nil, errAlternatives()
	}
	return out, nil
}

// splits calls yield with every way to write n as a sum of k counts.
func splits(n, k int, head []int, yield func([]int) bool) bool {
	if k == 1 {
		return yield(append(head, n))
	}
	for i := 0; i <= n; i++ {
		if !splits(n-i, k-1, append(head[:len(head):len(head)], i), yield) {
			return false
		}
	}
	return true
}

func repeatMix(counts []int, options []*shape) *shape {
	mix := &shape{kind: ExprAnd}
	for i, n := range counts {
		if n > 0 {
			mix.args = append(mix.args, repeat(n, options[i]))
		}
	}
	return joinAnd(mix.args)
}

// countSlots is the number of observations that a shape asks for, at most
// maxSlots+1.
func countSlots(s *shape) int {
	if s.kind == ExprObservation {
		return 1
	}
	n := 0
	for _, a := range s.args {
		n = min(n+countSlots(a), maxSlots+1)
	}
	if s.kind == ExprRepeats {
		n *= min(s.times, maxSlots+1)
	}
	return min(n, maxSlots+1)
}

// layout numbers the slots of a shape and writes its rules down.
func (pl *planner) layout(s *shape) *alternative {
	alt := &alternative{flat: isFlat(s), within: math.MaxInt64}
	if s.kind == ExprWithin {
		alt.within = s.slack
	}
	alt.place(s)
	pl.plan.slots = max(pl.plan.slots, len(alt.slots))
	pl.markRoles(alt)
	return alt
}

// isFlat says that the only rule on times, if any, is one WITHIN around
// everything.
func isFlat(s *shape) bool {
	if s.kind == ExprWithin {
		s = s.args[0]
	}
	parts := []*shape{s}
	if s.kind == ExprAnd {
		parts = s.args
	}
	for _, p := range parts {
		if p.kind == ExprRepeats {
			p = p.args[0]
		}
		if p.kind != ExprObservation {
			return false
		}
	}
	return true
}

func (alt *alternative) place(s *shape) span {
	lo := len(alt.slots)
	switch s.kind {
	case ExprObservation:
		alt.slots = append(alt.slots, s.class)
	case ExprRepeats:
		alt.placeRepeats(s)
	case ExprFollowedBy:
		alt.placeChain(s)
	default:
		for _, a := range s.args {
			alt.place(a)
		}
	}
	all := span{lo, len(alt.slots)}
	if s.kind == ExprWithin {
		alt.rules = append(alt.rules, rule{all, all, s.slack})
	}
	return all
}

func (alt *alternative) placeChain(s *shape) {
	lo := len(alt.slots)
	for i, a := range s.args {
		next := alt.place(a)
		if i > 0 {
			alt.rules = append(alt.rules, rule{span{lo, next.lo}, next, 0})
		}
	}
}

// placeRepeats lays copies out one after the other. Copies may be exchanged,
// so they are ordered by their first slots; where candidates are ordered by both ends,
// all slots can be put in order without breaking a rule.
func (alt *alternative) placeRepeats(s *shape) {
	previous := alt.place(s.args[0])
	for range s.times - 1 {
		next := alt.place(s.args[0])
		for i := range next.hi - next.lo {
			alt.orders = append(alt.orders, order{previous.lo + i, next.lo + i, i == 0})
		}
		previous = next
	}
}

// markRoles notes for each class which end of an observation matters.
func (pl *planner) markRoles(alt *alternative) {
	mark := func(s span, set func(*class)) {
		for i := s.lo; i < s.hi; i++ {
			set(pl.plan.classes[alt.slots[i]])
		}
	}
	for _, r := range alt.rules {
		if r.a == r.b {
			mark(r.a, func(c *class) { c.window = true })
			continue
		}
		mark(r.a, func(c *class) { c.early = true })
		mark(r.b, func(c *class) { c.late = true })
	}
}
