package stix

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Distinctness: slots of different classes may want the same observation. Whether
// all can be served is a flow: each class asks for as many instances as it has slots,
// and instances that fit the same classes are one group, however many they are.

type instanceKey struct{ obs, copy int32 }

func keyOf(c candidate) instanceKey { return instanceKey{c.obs, c.copy} }

type flow struct {
	classes []int // of the alternative, each once
	demand  []int // slots of each
	total   int
	weight  int     // cost of looking at all groups
	items   []item  // every instance once, sorted by end
	groups  [][]int // for each group of instances the classes that they fit, as places in classes
}

type item struct {
	candidate
	group int
}

// newFlow groups the instances that the alternative can use.
func newFlow(alt *alternative, pools []*pool) *flow {
	f := &flow{}
	place := map[int]int{}
	for _, class := range alt.slots {
		if _, ok := place[class]; !ok {
			place[class] = len(f.classes)
			f.classes = append(f.classes, class)
			f.demand = append(f.demand, 0)
		}
		f.demand[place[class]]++
		f.total++
	}
	f.collect(pools)
	return f
}

func (f *flow) collect(pools []*pool) {
	fits := map[instanceKey][]int{}
	var all []candidate
	for i, class := range f.classes {
		for _, c := range pools[class].list {
			key := keyOf(c)
			if fits[key] == nil {
				all = append(all, c)
			}
			fits[key] = append(fits[key], i)
		}
	}
	slices.SortFunc(all, byEnd)
	known := map[string]int{}
	for _, c := range all {
		f.items = append(f.items, item{c, f.group(known, fits[keyOf(c)])})
	}
	for _, g := range f.groups {
		f.weight += len(g) + 1
	}
}

func (f *flow) group(known map[string]int, classes []int) int {
	var name []byte
	for _, c := range classes {
		name = append(strconv.AppendInt(name, int64(c), 10), ' ')
	}
	g, ok := known[string(name)]
	if !ok {
		g = len(f.groups)
		known[string(name)] = g
		f.groups = append(f.groups, classes)
	}
	return g
}

// assignment says how many instances of each group each class gets.
type assignment struct {
	f     *flow
	free  []int   // left in each group
	given [][]int // by class, by group
	seen  []bool  // classes on the current path
	fuel  *int
}

// serve tries to satisfy every class from groups of the given sizes; nil means
// impossible, or that the fuel ran out.
func (f *flow) serve(sizes []int, fuel *int) *assignment {
	if !f.plausible(sizes) {
		return nil
	}
	a := &assignment{f: f, free: slices.Clone(sizes), given: make([][]int, len(f.classes)), seen: make([]bool, len(f.classes)), fuel: fuel}
	for c := range a.given {
		a.given[c] = make([]int, len(sizes))
	}
	for c, need := range f.demand {
		for need > 0 {
			clear(a.seen)
			got := a.augment(c, need)
			if got == 0 {
				return nil
			}
			need -= got
		}
	}
	return a
}

// plausible checks what is cheap: enough instances in all and for each class.
func (f *flow) plausible(sizes []int) bool {
	all := 0
	fit := make([]int, len(f.classes))
	for g, n := range sizes {
		all += n
		for _, c := range f.groups[g] {
			fit[c] += n
		}
	}
	for c, need := range f.demand {
		if fit[c] < need {
			return false
		}
	}
	return all >= f.total
}

// augment gets up to want more instances for a class, from free ones or by
// taking them from a class that can have others. It answers how many.
func (a *assignment) augment(class, want int) int {
	a.seen[class] = true
	for g, classes := range a.f.groups {
		if *a.fuel--; *a.fuel < 0 {
			return 0
		}
		if !slices.Contains(classes, class) {
			continue
		}
		if got := min(want, a.free[g]); got > 0 {
			a.free[g] -= got
			a.given[class][g] += got
			return got
		}
		if got := a.takeOver(class, g, want); got > 0 {
			return got
		}
	}
	return 0
}

func (a *assignment) takeOver(class, g, want int) int {
	for _, other := range a.f.groups[g] {
		if a.seen[other] || a.given[other][g] == 0 {
			continue
		}
		got := a.augment(other, min(want, a.given[other][g]))
		if got > 0 {
			a.given[other][g] -= got
			a.given[class][g] += got
			return got
		}
	}
	return 0
}

// matchable says whether the slots can hold different instances, all other
// rules aside. Out of fuel it says yes, and the search finds that out.
func (s *solver) matchable(ds []domain) bool {
	f := s.flowOnce()
	lowest := make(map[int]candidate, len(f.classes)) // first candidate left to each class
	for i, class := range s.alt.slots {
		c := s.held(ds, i)
		if old, ok := lowest[class]; !ok || byEnd(c, old) < 0 {
			lowest[class] = c
		}
	}
	first := slices.MinFunc(sortedValues(lowest), byEnd)
	sizes := make([]int, len(f.groups))
	for _, it := range f.items {
		if byEnd(it.candidate, first) >= 0 {
			sizes[it.group]++
		}
	}
	*s.fuel -= len(f.items)
	return f.serve(sizes, s.fuel) != nil || *s.fuel < 0
}

func sortedValues(m map[int]candidate) []candidate {
	var out []candidate
	for _, c := range m {
		out = append(out, c)
	}
	return out
}

func (s *solver) flowOnce() *flow {
	if s.flow == nil {
		s.flow = newFlow(s.alt, s.pools)
		*s.fuel -= len(s.flow.items)
	}
	return s.flow
}

// solveFlat decides alternatives whose only rule is one WITHIN around
// everything, or none. For every possible start of the window it knows how many
// instances of each group touch the window, and asks for a flow.
func (s *solver) solveFlat() outcome {
	f := s.flowOnce()
	starting := slices.Clone(f.items)
	slices.SortFunc(starting, func(a, b item) int { return cmp.Compare(a.first, b.first) })
	sizes := make([]int, len(f.groups))
	entered := 0
	for left := 0; left < len(f.items); {
		start := f.items[left].last
		end := s.windowEnd(start)
		for ; entered < len(starting) && starting[entered].first <= end; entered++ {
			sizes[starting[entered].group]++
		}
		if !s.burn(f.weight + 1) {
			return undecided
		}
		if a := f.serve(sizes, s.fuel); a != nil {
			s.answer = a.pick(start, end)
			return found
		}
		for ; left < len(f.items) && f.items[left].last == start; left++ {
			sizes[f.items[left].group]-- // it had entered, as it begins no later than it ends
		}
	}
	if *s.fuel < 0 {
		return undecided
	}
	return impossible
}

// windowEnd is the latest beginning that the WITHIN allows.
func (s *solver) windowEnd(start int64) int64 {
	if s.alt.within > math.MaxInt64-max(start, 0) {
		return math.MaxInt64
	}
	return start + s.alt.within
}

// pick chooses instances of the window in the numbers assigned.
func (a *assignment) pick(start, end int64) []candidate {
	var out []candidate
	for _, it := range a.f.items {
		if it.last < start || it.first > end {
			continue
		}
		for c := range a.given {
			if a.given[c][it.group] > 0 {
				a.given[c][it.group]--
				out = append(out, it.candidate)
				break
			}
		}
	}
	return out
}
