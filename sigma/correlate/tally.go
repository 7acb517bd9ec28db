package correlate

// A tally keeps what a condition needs to know of a window, so that no event
// costs a walk over the window.
type tally interface {
	// add takes in an entry that is now the newest of w. Only tallies that
	// need no window are given a nil w.
	add(w *window, e *entry)
	// remove takes out the oldest entry of w, which is about to be forgotten.
	remove(w *window, e *entry)
	// judge returns the value of the events at or after since, and whether
	// the condition holds for it.
	judge(w *window, since int64) (value float64, holds bool)
	// evidence returns a copy of the entries at or after since that the
	// judgement rests on, oldest first; nil when it is the whole window.
	evidence(since int64) []entry
	// size is the number of entries that the tally itself keeps.
	size() int
	reset()
}

// countTally is event_count: the window's length.
type countTally struct{ query *query }

func (t *countTally) add(*window, *entry)    {}
func (t *countTally) remove(*window, *entry) {}
func (t *countTally) judge(w *window, _ int64) (float64, bool) {
	return float64(w.n), t.query.cond.Holds(float64(w.n))
}
func (t *countTally) evidence(int64) []entry { return nil }
func (t *countTally) size() int              { return 0 }
func (t *countTally) reset()                 {}

// distinctTally is value_count for conditions that wait: how often each value
// is in the window.
type distinctTally struct {
	query *query
	count map[key]int
}

func (t *distinctTally) add(_ *window, e *entry) { t.count[e.key]++ }
func (t *distinctTally) remove(_ *window, e *entry) {
	if t.count[e.key]--; t.count[e.key] <= 0 {
		delete(t.count, e.key)
	}
}
func (t *distinctTally) judge(*window, int64) (float64, bool) {
	n := float64(len(t.count))
	return n, t.query.cond.Holds(n)
}
func (t *distinctTally) evidence(int64) []entry { return nil }
func (t *distinctTally) size() int              { return 0 }
func (t *distinctTally) reset() {
	if len(t.count) > 64 {
		t.count = map[key]int{}
	}
	clear(t.count)
}

// sumTally is value_sum and value_avg. Subtracting what leaves the window
// would let rounding errors grow for ever, and one absurd value would wipe out
// the others for good. So the queue is cut in two: entries before mid hold the
// sum from themselves up to mid, the rest is added up in back.
type sumTally struct {
	query *query
	front int // entries before mid
	back  float64
}

func (t *sumTally) add(_ *window, e *entry) { t.back += e.num }

func (t *sumTally) remove(w *window, _ *entry) {
	if t.front == 0 {
		t.turn(w)
	}
	t.front--
}

// turn moves all entries to the front part; each entry is moved once.
func (t *sumTally) turn(w *window) {
	sum := 0.0
	for i := w.n - 1; i >= 0; i-- {
		e := w.at(i)
		sum += e.num
		e.sum = sum
	}
	t.front, t.back = w.n, 0
}

func (t *sumTally) judge(w *window, _ int64) (float64, bool) {
	v := t.back
	if t.front > 0 {
		v += w.oldest().sum
	}
	if t.query.kind == kindAvg {
		v /= float64(max(w.n, 1))
	}
	return v, t.query.cond.Holds(v)
}
func (t *sumTally) evidence(int64) []entry { return nil }
func (t *sumTally) size() int              { return 0 }
func (t *sumTally) reset()                 { t.front, t.back = 0, 0 }

// rankTally is value_percentile and value_median.
type rankTally struct {
	query *query
	ranks ranks
}

func (t *rankTally) add(_ *window, e *entry)    { t.ranks.insert(e.num) }
func (t *rankTally) remove(_ *window, e *entry) { t.ranks.remove(e.num) }
func (t *rankTally) judge(*window, int64) (float64, bool) {
	v := t.ranks.percentile(t.query.percentile)
	return v, t.query.cond.Holds(v)
}
func (t *rankTally) evidence(int64) []entry { return nil }
func (t *rankTally) size() int              { return 0 }
func (t *rankTally) reset()                 { t.ranks = ranks{} }
