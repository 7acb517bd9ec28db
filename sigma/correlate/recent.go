package correlate

// recentTally is value_count for conditions that need not wait. Of each
// distinct value only the last event matters, and of the values only the most
// recent ones that are enough for the condition. So it needs no window: a
// flood of one value cannot push the others out, and it stays exact.
type recentTally struct {
	query *query
	index map[key]int32
	nodes []recentNode // nodes[0] is the anchor of the circular list
	free  []int32
}

type recentNode struct {
	entry
	prev, next int32 // towards older, towards newer
}

func newRecentTally(q *query) *recentTally {
	return &recentTally{query: q, index: map[key]int32{}, nodes: make([]recentNode, 1, 4)}
}

func (t *recentTally) add(_ *window, e *entry) {
	i, ok := t.index[e.key]
	if ok {
		t.unlink(i)
	} else {
		if len(t.index) >= t.query.need {
			t.drop(t.nodes[0].next)
		}
		i = t.slot()
		t.index[e.key] = i
	}
	t.nodes[i].entry = *e
	last := t.nodes[0].prev
	t.nodes[i].prev, t.nodes[i].next = last, 0
	t.nodes[last].next, t.nodes[0].prev = i, i
}

// slot finds room for one more node.
func (t *recentTally) slot() int32 {
	if n := len(t.free); n > 0 {
		i := t.free[n-1]
		t.free = t.free[:n-1]
		return i
	}
	t.nodes = append(t.nodes, recentNode{})
	return int32(len(t.nodes) - 1)
}

func (t *recentTally) unlink(i int32) {
	n := &t.nodes[i]
	t.nodes[n.prev].next, t.nodes[n.next].prev = n.next, n.prev
}

func (t *recentTally) drop(i int32) {
	t.unlink(i)
	delete(t.index, t.nodes[i].key)
	t.nodes[i] = recentNode{}
	t.free = append(t.free, i)
}

func (t *recentTally) remove(*window, *entry) {}

func (t *recentTally) judge(_ *window, since int64) (float64, bool) {
	for i := t.nodes[0].next; i != 0 && t.nodes[i].time < since; i = t.nodes[0].next {
		t.drop(i)
	}
	n := float64(len(t.index))
	return n, t.query.cond.Holds(n)
}

func (t *recentTally) evidence(int64) []entry {
	out := make([]entry, 0, len(t.index))
	for i := t.nodes[0].next; i != 0; i = t.nodes[i].next {
		out = append(out, t.nodes[i].entry)
	}
	return out
}

func (t *recentTally) size() int { return len(t.index) }

func (t *recentTally) reset() {
	clear(t.index)
	clear(t.nodes)
	t.nodes, t.free = t.nodes[:1], t.free[:0]
	if cap(t.nodes) > 64 {
		*t = *newRecentTally(t.query)
	}
}
