package index

import (
	"math"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/logic"
)

// The kinds of a Value.
const (
	Text uint8 = iota
	Number
	Bool
	Null
)

// A Value is one value of one field of an event. A field with several values
// has several entries, in any place of the list.
type Value struct {
	Field  int32  // a FieldID, or -1: a field that no leaf names
	Kind   uint8  // Text, Number, Bool or Null
	Search bool   // keywords look at this value
	Text   []byte // as in the evidence; not kept beyond the call
}

// Stats counts what an evaluator did. The numbers depend on the events only,
// except those of the cache.
type Stats struct {
	Events      uint64 // calls of Match and Scan
	Candidates  uint64 // expressions evaluated in full
	Leaves      uint64 // predicates evaluated
	Regexes     uint64 // machines run
	Truncated   uint64 // values cut at 64 KiB for a regular expression
	CacheHits   uint64
	CacheMisses uint64
}

// An Evaluator holds the working memory for evaluating one event at a time.
// Use one per goroutine, with scopes of its own program only. Its buffers grow
// to the needs of the largest event; after that it does not allocate.
type Evaluator struct {
	p     *Program
	gen   uint32   // number of the current event; 0 is never current
	memo  []uint32 // per node: gen<<1 | result
	heads []chain  // per field
	arena arena
	marks markPool

	values []Value // the current event
	views  []view  // what is known of its values
	linked bool    // chains are made
	cache  *valueCache
	stats  Stats

	stamps  []uint32 // per member: the event that it is a candidate for
	picked  []int32  // candidates of the current event
	found   []int32  // atoms of the current value
	members []int32  // members of the current value
}

// A chain lists the values of one field in the current event.
type chain struct {
	gen         uint32
	first, last int32
}

// A view is what is known about one value of the current event.
type view struct {
	gen    uint32 // event that all but next belongs to
	next   int32  // next value of the same field, or -1; valid when linked
	folded []byte
	asks   int32  // needles looked for
	sketch sketch // made with the sketchAsks-th
}

// NewEvaluator returns an evaluator for p.
func (p *Program) NewEvaluator() *Evaluator {
	return &Evaluator{
		p:     p,
		memo:  make([]uint32, len(p.nodes)),
		heads: make([]chain, len(p.fields)),
		cache: newValueCache(),

		stamps: make([]uint32, len(p.roots)),
	}
}

// Stats returns what e did so far.
func (e *Evaluator) Stats() Stats { return e.stats }

// Scan evaluates every member of the scope and calls hit for those that are
// true, in ascending order. It is the oracle for [Evaluator.Match].
func (e *Evaluator) Scan(sc *Scope, values []Value, hit func(member int32)) {
	e.begin(values)
	e.stats.Events++
	for _, m := range sc.members {
		e.stats.Candidates++
		if e.eval(e.p.roots[m]) {
			hit(m)
		}
	}
}

// begin makes values the current event.
func (e *Evaluator) begin(values []Value) {
	e.nextGen()
	e.arena.reset()
	e.marks.reset()
	if len(e.views) < len(values) {
		e.views = make([]view, len(values)+len(values)/2)
	}
	e.values, e.linked = values, false
}

// link chains the values by field. Most events have no candidate, so it is
// done when the first leaf is evaluated.
func (e *Evaluator) link() {
	e.linked = true
	for i := range e.values {
		e.views[i].next = -1
		if f := e.values[i].Field; uint(f) < uint(len(e.heads)) {
			e.append(f, int32(i))
		}
	}
}

// nextGen invalidates all that is remembered about the last event. Results
// share their word with 31 bits of the event's number, so the memory is
// cleared when those run out.
func (e *Evaluator) nextGen() {
	e.gen++
	if e.gen < math.MaxInt32 {
		return
	}
	e.gen = 1
	clear(e.memo)
	clear(e.heads)
	clear(e.stamps)
	clear(e.views)
}

// append adds value i to the chain of its field.
func (e *Evaluator) append(field, i int32) {
	c := &e.heads[field]
	if c.gen != e.gen {
		*c = chain{gen: e.gen, first: i, last: i}
		return
	}
	e.views[c.last].next = i
	c.last = i
}

// firstOf returns the first value of a field in the current event, or -1.
func (e *Evaluator) firstOf(field int32) int32 {
	if !e.linked {
		e.link()
	}
	if c := &e.heads[field]; c.gen == e.gen {
		return c.first
	}
	return -1
}

// eval decides a node for the current event.
func (e *Evaluator) eval(id int32) bool {
	if m := e.memo[id]; m>>1 == e.gen {
		return m&1 == 1
	}
	n := &e.p.nodes[id]
	result := false
	switch n.op {
	case logic.Atom:
		e.stats.Leaves++
		result = e.test(&e.p.preds[n.first])
	case logic.Not:
		result = !e.eval(e.p.kids[n.first])
	case logic.And, logic.Or:
		result = e.evalList(n)
	case logic.True:
		result = true
	}
	if n.shared {
		e.remember(id, result)
	}
	return result
}

func (e *Evaluator) remember(id int32, result bool) {
	m := e.gen << 1
	if result {
		m |= 1
	}
	e.memo[id] = m
}

// evalList evaluates the children of an And or Or until one decides.
func (e *Evaluator) evalList(n *node) bool {
	decisive := n.op == logic.Or
	for _, kid := range e.p.children(n) {
		if e.eval(kid) == decisive {
			return decisive
		}
	}
	return !decisive
}

// folded returns the folded text of value i of the current event.
func (e *Evaluator) folded(i int32) []byte {
	w := &e.views[i]
	if w.gen != e.gen {
		w.gen, w.folded, w.asks = e.gen, e.arena.fold(e.values[i].Text), 0
	}
	return w.folded
}

// An arena hands out memory for the folded values of one event.
type arena struct {
	block []byte
	used  int
}

func (a *arena) reset() { a.used = 0 }

// fold returns the folded form of src. When the block is full a larger one
// replaces it; what was handed out keeps the old one alive.
func (a *arena) fold(src []byte) []byte {
	// Folding never makes a text longer: it picks the smallest rune.
	if need := len(src); a.used+need > len(a.block) {
		a.block = make([]byte, max(2*len(a.block), need, 4096))
		a.used = 0
	}
	start := a.used
	out := fold.Append(a.block[start:start:len(a.block)], src)
	a.used += len(out)
	return out[:len(out):len(out)]
}
