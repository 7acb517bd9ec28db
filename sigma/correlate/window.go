package correlate

// An entry is one event in a group's window.
type entry struct {
	time  int64
	event uint64
	ref   any // the caller's, or the *Alert of a nested correlation
	num   float64
	sum   float64 // see sumTally
	key   key
	input int32 // which of the correlation's rules
}

// same reports whether two entries are the same event, seen by two rules.
func (e *entry) same(o *entry) bool {
	return e.event != 0 && e.event == o.event && e.time == o.time
}

// A window is a queue of entries in the order of time: a ring that grows by
// doubling.
type window struct {
	ring []entry // length is 0 or a power of two
	head int
	n    int
}

// at returns the i-th oldest entry.
func (w *window) at(i int) *entry { return &w.ring[(w.head+i)&(len(w.ring)-1)] }

func (w *window) oldest() *entry { return w.at(0) }
func (w *window) newest() *entry { return w.at(w.n - 1) }

func (w *window) push(e entry) {
	if w.n == len(w.ring) {
		w.grow()
	}
	w.n++
	*w.newest() = e
}

func (w *window) grow() {
	ring := make([]entry, max(4, 2*len(w.ring)))
	for i := range w.n {
		ring[i] = *w.at(i)
	}
	w.ring, w.head = ring, 0
}

// pop forgets the oldest entry.
func (w *window) pop() {
	*w.oldest() = entry{} // let go of the reference
	w.head = (w.head + 1) & (len(w.ring) - 1)
	w.n--
}

// reset empties the window and keeps a small ring for the next group.
func (w *window) reset() {
	if len(w.ring) > 64 {
		w.ring = nil
	}
	clear(w.ring)
	w.head, w.n = 0, 0
}
