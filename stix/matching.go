package stix

import (
	"math"
	"slices"
)

// Distinctness: slots of different classes may want the same observation. Whether
// all can be served is a bipartite matching, found by augmenting paths. A slot
// never needs more than as many choices as there are slots, because the
// others cannot take them all.

type instanceKey struct{ obs, copy int32 }

type matcherGraph struct {
	choices [][]candidate // by slot
	owner   map[instanceKey]int
	chosen  []candidate
	seen    map[instanceKey]bool
	fuel    *int
}

func newGraph(choices [][]candidate, fuel *int) *matcherGraph {
	return &matcherGraph{choices: choices, owner: map[instanceKey]int{}, chosen: make([]candidate, len(choices)), fuel: fuel}
}

// complete says whether every slot gets an instance of its own.
func (g *matcherGraph) complete() bool {
	for slot := range g.choices {
		g.seen = map[instanceKey]bool{}
		if !g.augment(slot) {
			return false
		}
	}
	return true
}

func (g *matcherGraph) augment(slot int) bool {
	for _, c := range g.choices[slot] {
		key := instanceKey{c.obs, c.copy}
		if *g.fuel--; *g.fuel < 0 {
			return false
		}
		if g.seen[key] {
			continue
		}
		g.seen[key] = true
		if other, taken := g.owner[key]; taken && !g.augment(other) {
			continue
		}
		g.owner[key] = slot
		g.chosen[slot] = c
		return true
	}
	return false
}

// matchable says whether the slots can hold different instances, all other
// rules aside. Out of fuel it says yes, and the search finds that out.
func (s *solver) matchable(ds []domain) bool {
	choices := make([][]candidate, len(ds))
	for i, d := range ds {
		list := s.pools[s.alt.slots[i]].list
		for place := d.at; place < len(list) && len(choices[i]) < len(ds); place++ {
			*s.fuel--
			if list[place].first <= d.begin && !d.exclude.has(place) {
				choices[i] = append(choices[i], list[place])
			}
		}
	}
	return newGraph(choices, s.fuel).complete() || *s.fuel < 0
}

// solveFlat decides alternatives whose only rule is one WITHIN around
// everything, or none: for every possible start of the window, a matching.
func (s *solver) solveFlat() outcome {
	var starts []int64
	for _, class := range s.alt.slots {
		for _, c := range s.pools[class].list {
			starts = append(starts, c.last)
		}
		if !s.burn(len(s.pools[class].list)) {
			return undecided
		}
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	if s.alt.within == math.MaxInt64 {
		starts = []int64{math.MinInt64}
	}
	for _, start := range starts {
		if out := s.tryWindow(start); out != impossible {
			return out
		}
	}
	return impossible
}

// tryWindow looks for observations that all touch [start, start+within].
func (s *solver) tryWindow(start int64) outcome {
	end := int64(math.MaxInt64)
	if s.alt.within < math.MaxInt64-max(start, 0) {
		end = start + s.alt.within
	}
	choices := make([][]candidate, len(s.alt.slots))
	byClass := map[int][]candidate{}
	for i, class := range s.alt.slots {
		if _, done := byClass[class]; !done {
			byClass[class] = s.touching(class, start, end)
		}
		if choices[i] = byClass[class]; len(choices[i]) == 0 {
			return impossible
		}
	}
	g := newGraph(choices, s.fuel)
	switch {
	case g.complete():
		s.answer = g.chosen
		return found
	case *s.fuel < 0:
		return undecided
	}
	return impossible
}

func (s *solver) touching(class int, start, end int64) []candidate {
	p := s.pools[class]
	var out []candidate
	for i := p.from(0, start); i < len(p.list) && len(out) < len(s.alt.slots); i++ {
		if p.monotone && p.list[i].first > end {
			break
		}
		*s.fuel--
		if p.list[i].first <= end {
			out = append(out, p.list[i])
		}
	}
	return out
}
