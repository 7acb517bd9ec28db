package correlate

import (
	"cmp"
	"slices"
)

// A deadline is when a group's present window is over and gets judged.
type deadline struct {
	time       int64
	node       int
	born, life uint64
	group      *group
}

// due reports whether the group still waits for this deadline.
func (d *deadline) due() bool { return d.group.life == d.life && d.group.pending }

// before orders deadlines the same way on every run.
func (d *deadline) before(o *deadline) bool {
	return cmp.Or(cmp.Compare(d.time, o.time), cmp.Compare(d.node, o.node), cmp.Compare(d.born, o.born)) < 0
}

// deadlines is a heap, the earliest first.
type deadlines []deadline

// push adds a deadline. Before the heap grows, it is rid of the deadlines of
// evicted groups: in a flood of groups there can be any number of them.
func (h *deadlines) push(d deadline) {
	if n := len(*h); n == cap(*h) && n >= 256 {
		h.tidy()
	}
	h.add(d)
}

func (h *deadlines) tidy() {
	live := slices.DeleteFunc(*h, func(d deadline) bool { return !d.due() })
	*h = live[:0]
	for _, d := range live {
		h.add(d) // never beyond what was read already
	}
}

func (h *deadlines) add(d deadline) {
	*h = append(*h, d)
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if !s[i].before(&s[up]) {
			return
		}
		s[i], s[up] = s[up], s[i]
		i = up
	}
}

func (h *deadlines) pop() deadline {
	s := *h
	first, n := s[0], len(s)-1
	s[0], s[n] = s[n], deadline{}
	s = s[:n]
	*h = s
	for i := 0; ; {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < n && s[c].before(&s[least]) {
				least = c
			}
		}
		if least == i {
			return first
		}
		s[i], s[least] = s[least], s[i]
		i = least
	}
}
