package correlate

import "slices"

// seenTally is temporal: the last event of each rule.
type seenTally struct {
	query *query
	last  []entry
}

func newSeenTally(q *query) *seenTally {
	t := &seenTally{query: q, last: make([]entry, q.inputs)}
	t.reset()
	return t
}

func (t *seenTally) add(_ *window, e *entry)  { t.last[e.input] = *e }
func (t *seenTally) remove(*window, *entry)   {}
func (t *seenTally) size() int                { return len(t.last) }
func (t *seenTally) saw(in int, s int64) bool { return t.last[in].time >= s }
func (t *seenTally) evidence(s int64) []entry { return since(slices.Clone(t.last), s) }
func (t *seenTally) reset()                   { forget(t.last) }
func (t *seenTally) seen(s int64) (count float64) {
	for i := range t.last {
		if t.saw(i, s) {
			count++
		}
	}
	return count
}

func (t *seenTally) judge(_ *window, since int64) (float64, bool) {
	n := t.seen(since)
	if t.query.expr != nil {
		return n, t.query.expr.holds(t, since)
	}
	return n, t.query.cond.Holds(n)
}

// since keeps the entries at or after s and puts them in the order of time.
func since(list []entry, s int64) []entry {
	list = slices.DeleteFunc(list, func(e entry) bool { return e.time < s })
	slices.SortStableFunc(list, func(a, b entry) int {
		switch {
		case a.time < b.time:
			return -1
		case a.time > b.time:
			return 1
		}
		return 0
	})
	return list
}

func forget(list []entry) {
	for i := range list {
		list[i] = entry{time: never}
	}
}

// chainTally is temporal_ordered. For each alternative of the condition and
// each position in its order it keeps the chain of events up to there that
// began last: when even that one began before the window, none is inside it.
type chainTally struct {
	query *query
	seen  seenTally // the last event of each rule, for ties and for "not"
	paths []path
}

type path struct {
	*sequence
	chains [][]entry // by position: the best chain up to it, or empty
}

func newChainTally(q *query) *chainTally {
	t := &chainTally{query: q, seen: *newSeenTally(q)}
	for i := range q.sequences {
		s := &q.sequences[i]
		p := path{sequence: s, chains: make([][]entry, len(s.order))}
		for j := range p.chains {
			p.chains[j] = make([]entry, 0, j+1)
		}
		t.paths = append(t.paths, p)
	}
	return t
}

func (t *chainTally) add(w *window, e *entry) {
	t.seen.add(w, e)
	for i := range t.paths {
		if at := slices.Index(t.paths[i].order, int(e.input)); at >= 0 {
			t.paths[i].extend(at, t.seen.last, e.time)
		}
	}
}

// extend takes the newest event of the rule at position at into the chains.
// Events at the same time count as being in order, whichever came first.
func (p *path) extend(at int, last []entry, now int64) {
	for ; at < len(p.order); at++ {
		e := &last[p.order[at]]
		if e.time != now || !p.improve(at, e) {
			return
		}
	}
}

// improve makes e the end of a chain when that chain begins later than the one
// known so far.
func (p *path) improve(at int, e *entry) bool {
	if at == 0 {
		p.chains[0] = append(p.chains[0][:0], *e)
		return true
	}
	before := p.chains[at-1]
	if len(before) == 0 {
		return false
	}
	if c := p.chains[at]; len(c) == 0 || before[0].time > c[0].time {
		p.chains[at] = append(append(c[:0], before...), *e)
		return true
	}
	return false
}

func (t *chainTally) remove(*window, *entry) {}

func (t *chainTally) judge(_ *window, since int64) (float64, bool) {
	if p := t.held(since); p != nil {
		return float64(len(p.order)), true
	}
	return 0, false
}

// held returns the first alternative that holds.
func (t *chainTally) held(since int64) *path {
	for i := range t.paths {
		p := &t.paths[i]
		whole := p.chains[len(p.chains)-1]
		if len(whole) == 0 || whole[0].time < since {
			continue
		}
		if !slices.ContainsFunc(p.without, func(in int) bool { return t.seen.saw(in, since) }) {
			return p
		}
	}
	return nil
}

func (t *chainTally) evidence(since int64) []entry {
	p := t.held(since)
	if p == nil {
		return []entry{}
	}
	return slices.Clone(p.chains[len(p.chains)-1])
}

func (t *chainTally) size() int {
	n := t.seen.size()
	for i := range t.paths {
		for _, c := range t.paths[i].chains {
			n += cap(c)
		}
	}
	return n
}

func (t *chainTally) reset() {
	t.seen.reset()
	for i := range t.paths {
		for j, c := range t.paths[i].chains {
			clear(c[:cap(c)])
			t.paths[i].chains[j] = c[:0]
		}
	}
}
