package stix

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// Solving asks whether the slots of an alternative can be filled. It never
// lists combinations. Every slot holds a pointer into the candidates of its class,
// sorted by their ends; a broken rule moves the pointer that must move, and pointers
// only move forward. Where observations are points in time (or end in the
// order in which they begin), that alone is exact: the least solution is found, or none
// exists. Two things need a choice: one observation wanted by two different
// classes, and observations that lie inside one another. Then the search branches,
// with a matching (can the slots have different observations at all?) to
// prune it and fuel to bound it.

// candidate is one instance of an observation that fits a class. An
// observation seen n times has up to n instances.
type candidate struct {
	interval
	obs  int32
	copy int32
}

func byEnd(a, b candidate) int {
	return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.first, b.first),
		cmp.Compare(a.obs, b.obs), cmp.Compare(a.copy, b.copy))
}

// pool is the candidates of a class, sorted by end, with for each place the
// earliest beginning from there on.
type pool struct {
	list     []candidate
	earliest []int64
	monotone bool
}

func newPool(list []candidate) *pool {
	p := &pool{list: list, earliest: make([]int64, len(list)), monotone: true}
	slices.SortFunc(p.list, byEnd)
	low := int64(math.MaxInt64)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].first > low {
			p.monotone = false
		}
		low = min(low, list[i].first)
		p.earliest[i] = low
	}
	return p
}

// from is the first place at or after lo whose candidate ends at or after t.
func (p *pool) from(lo int, t int64) int {
	if lo >= len(p.list) || p.list[lo].last >= t {
		return lo
	}
	rest := p.list[lo:]
	return lo + sort.Search(len(rest), func(i int) bool { return rest[i].last >= t })
}

// branchCost is the fuel of one branch besides its slots; it bounds the depth of
// the search as well.
const branchCost = 200

type outcome int

const (
	impossible outcome = iota
	found
	undecided // out of fuel
)

type solver struct {
	alt      *alternative
	pools    []*pool // by class
	monotone bool
	fuel     *int
	depth    int // branches so far
	flow     *flow
	answer   []candidate
}

// domain is what a slot may still hold.
type domain struct {
	at      int   // its pointer: the place of its present candidate
	begin   int64 // candidates must begin at or before this
	exclude *excluded
}

// excluded is a list of places that a slot must not hold, shared between branches.
type excluded struct {
	place int
	next  *excluded
}

func (e *excluded) has(place int) bool {
	for ; e != nil; e = e.next {
		if e.place == place {
			return true
		}
	}
	return false
}

func solve(alt *alternative, pools []*pool, fuel *int) ([]candidate, outcome) {
	s := &solver{alt: alt, pools: pools, fuel: fuel, monotone: true}
	start := make([]domain, len(alt.slots))
	for i, class := range alt.slots {
		start[i].begin = math.MaxInt64
		s.monotone = s.monotone && pools[class].monotone
	}
	if out := s.greedy(slices.Clone(start)); out != undecided {
		return s.answer, out
	}
	if *fuel < 0 {
		return nil, undecided
	}
	out := s.search(start)
	return s.answer, out
}

// greedy tries without branching: where slots clash, all but the first move
// on to something that nobody holds. It finds most solutions there are; undecided
// means that it did not, which proves nothing.
func (s *solver) greedy(ds []domain) outcome {
	for clashed := false; ; clashed = true {
		switch out := s.propagate(ds); {
		case out == impossible && clashed:
			return undecided
		case out != found:
			return out
		}
		moved, ok := s.spread(ds)
		if !ok {
			return undecided
		}
		if !moved {
			break
		}
	}
	if _, _, _, broken := s.broken(ds); broken {
		return undecided
	}
	s.accept(ds)
	return found
}

// spread gives every slot an instance of its own by moving pointers forward.
func (s *solver) spread(ds []domain) (moved, ok bool) {
	used := make(map[instanceKey]bool, len(ds))
	for i := range ds {
		for used[keyOf(s.held(ds, i))] {
			moved = true
			ds[i].at++
			if !s.burn(1) || !s.settle(ds, i) {
				return moved, false
			}
		}
		used[keyOf(s.held(ds, i))] = true
	}
	return moved, s.burn(len(ds))
}

func (s *solver) accept(ds []domain) {
	s.answer = make([]candidate, len(ds))
	for i := range ds {
		s.answer[i] = s.held(ds, i)
	}
}

func (s *solver) search(ds []domain) outcome {
	if out := s.propagate(ds); out != found {
		return out
	}
	if u, v, r, ok := s.broken(ds); ok {
		return s.branchRule(ds, u, v, r)
	}
	if a, b, ok := s.clash(ds); ok {
		return s.branchClash(ds, a, b)
	}
	s.accept(ds)
	return found
}

func (s *solver) held(ds []domain, slot int) candidate {
	return s.pools[s.alt.slots[slot]].list[ds[slot].at]
}

// burn takes n units of fuel and says whether any is left.
func (s *solver) burn(n int) bool {
	*s.fuel -= n
	return *s.fuel >= 0
}

// settle moves the pointer of a slot to the next candidate it may hold.
func (s *solver) settle(ds []domain, slot int) bool {
	d, list := &ds[slot], s.pools[s.alt.slots[slot]].list
	for d.at < len(list) && (list[d.at].first > d.begin || d.exclude.has(d.at)) {
		d.at++
		*s.fuel--
	}
	return d.at < len(list)
}

// propagate moves pointers until no rule demands it any more: the answer is
// found (nothing left to move), impossible (a slot ran dry) or undecided.
func (s *solver) propagate(ds []domain) outcome {
	for i := range ds {
		if !s.settle(ds, i) {
			return impossible
		}
	}
	for moved := true; moved; {
		moved = false
		for _, r := range s.alt.rules {
			if !s.burn(r.a.hi - r.a.lo + r.b.hi - r.b.lo) {
				return undecided
			}
			if !s.applyRule(ds, r, &moved) {
				return impossible
			}
		}
		if !s.burn(len(s.alt.orders) + 1) {
			return undecided
		}
		if !s.applyOrders(ds, &moved) {
			return impossible
		}
	}
	return found
}

// applyRule moves every slot of B that ends too early for the earliest
// beginning still possible in A.
func (s *solver) applyRule(ds []domain, r rule, moved *bool) bool {
	begin := int64(math.MinInt64)
	for i := r.a.lo; i < r.a.hi; i++ {
		begin = max(begin, s.pools[s.alt.slots[i]].earliest[ds[i].at])
	}
	need := minus(begin, r.slack)
	for i := r.b.lo; i < r.b.hi; i++ {
		p := s.pools[s.alt.slots[i]]
		if p.list[ds[i].at].last >= need {
			continue
		}
		ds[i].at = p.from(ds[i].at, need)
		*moved = true
		if !s.settle(ds, i) {
			return false
		}
	}
	return true
}

// minus subtracts without wrapping around.
func minus(a, b int64) int64 {
	if a < math.MinInt64+b {
		return math.MinInt64
	}
	return a - b
}

func (s *solver) applyOrders(ds []domain, moved *bool) bool {
	for _, o := range s.alt.orders {
		if !o.always && !s.monotone || ds[o.b].at > ds[o.a].at {
			continue
		}
		ds[o.b].at = ds[o.a].at + 1
		*moved = true
		if !s.settle(ds, o.b) {
			return false
		}
	}
	return true
}

// broken finds a rule that the held candidates break: u begins too late for
// the end of v.
func (s *solver) broken(ds []domain) (u, v int, r rule, ok bool) {
	for _, r := range s.alt.rules {
		u, v = r.a.lo, r.b.lo
		for i := r.a.lo; i < r.a.hi; i++ {
			if s.held(ds, i).first > s.held(ds, u).first {
				u = i
			}
		}
		for i := r.b.lo; i < r.b.hi; i++ {
			if s.held(ds, i).last < s.held(ds, v).last {
				v = i
			}
		}
		if minus(s.held(ds, u).first, r.slack) > s.held(ds, v).last {
			return u, v, r, true
		}
	}
	return 0, 0, rule{}, false
}

// branchRule tries the two ways out of a broken rule, which together cover
// every solution: v ends later, or u begins earlier.
func (s *solver) branchRule(ds []domain, u, v int, r rule) outcome {
	if !s.burn(len(ds) + branchCost) {
		return undecided
	}
	begin := s.held(ds, u).first
	later := slices.Clone(ds)
	later[v].at = s.pools[s.alt.slots[v]].from(ds[v].at, minus(begin, r.slack))
	if out := s.search(later); out != impossible {
		return out
	}
	ds[u].begin = begin - 1
	return s.search(ds)
}

// clash finds two slots that hold the same instance of an observation.
func (s *solver) clash(ds []domain) (int, int, bool) {
	seen := make(map[instanceKey]int, len(ds))
	for i := range ds {
		key := keyOf(s.held(ds, i))
		if other, ok := seen[key]; ok {
			return other, i, true
		}
		seen[key] = i
	}
	return 0, 0, false
}

// branchClash lets one of the two slots take something else, the later one
// first, since it usually stands further right in the pattern.
func (s *solver) branchClash(ds []domain, a, b int) outcome {
	if s.alt.flat {
		return s.solveFlat()
	}
	if !s.burn(len(ds) + branchCost) {
		return undecided
	}
	if s.depth++; s.depth&(s.depth-1) == 0 && !s.matchable(ds) { // not at every branch: it costs more than a few
		return impossible
	}
	first := slices.Clone(ds)
	first[b].exclude = &excluded{ds[b].at, ds[b].exclude}
	if out := s.search(first); out != impossible {
		return out
	}
	ds[a].exclude = &excluded{ds[a].at, ds[a].exclude}
	return s.search(ds)
}
