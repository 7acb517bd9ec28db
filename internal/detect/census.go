package detect

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"

	"tyto/internal/event"
	"tyto/sigma"
)

// maxKinds bounds the kinds of events (log, provider and event id) that are
// counted one by one. A hostile log can name a new channel in every record.
const maxKinds = 20_000

// maxShapes bounds the shapes that are remembered for one kind. Evidence
// without fixed layouts, such as free JSON, can have a new one in each record.
const maxShapes = 256

// A census counts events by where they come from. One belongs to one
// goroutine; merge adds them up.
//
// Of too many kinds the smallest in order are kept, so that the result does not
// depend on which goroutine met which kind first.
type census struct {
	kinds map[event.Source]*kind
	order largestFirst // the keys of kinds
	other int64        // events of kinds beyond maxKinds

	last *kind // most events are of the same kind as the one before
}

// A kind is all events of one source, as one goroutine sees them.
type kind struct {
	source event.Source
	log    string
	events int64
	shapes map[*event.Shape]*sigma.Shape

	process bool // events of started processes
}

func newCensus() *census { return &census{kinds: make(map[event.Source]*kind)} }

// of returns the kind of a source and counts one event of it.
func (c *census) of(s event.Source) *kind {
	k := c.last
	if k == nil || k.source != s {
		if k = c.kinds[s]; k == nil {
			k = c.add(s)
		}
		c.last = k
	}
	k.events++
	return k
}

func (c *census) add(s event.Source) *kind {
	if len(c.kinds) >= maxKinds {
		if compareSources(s, c.order[0]) > 0 {
			c.other++
			return &kind{source: s, log: s.Log(), shapes: make(map[*event.Shape]*sigma.Shape)}
		}
		c.dropLargest()
	}
	s = strip(s)
	k := &kind{
		source: s, log: s.Log(), shapes: make(map[*event.Shape]*sigma.Shape), process: startsProcess(s),
	}
	c.kinds[s] = k
	heap.Push(&c.order, s)
	return k
}

func (c *census) dropLargest() {
	s := heap.Pop(&c.order).(event.Source)
	c.other += c.kinds[s].events
	delete(c.kinds, s)
}

// largestFirst is a heap of sources.
type largestFirst []event.Source

func (h largestFirst) Len() int           { return len(h) }
func (h largestFirst) Less(i, j int) bool { return compareSources(h[i], h[j]) > 0 }
func (h largestFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *largestFirst) Push(x any) { *h = append(*h, x.(event.Source)) }

// Pop implements heap.Interface.
func (h *largestFirst) Pop() any {
	last := len(*h) - 1
	s := (*h)[last]
	*h = (*h)[:last]
	return s
}

func compareSources(a, b event.Source) int {
	return cmp.Or(
		strings.Compare(a.Product, b.Product), strings.Compare(a.Category, b.Category), strings.Compare(a.Service, b.Service),
		strings.Compare(a.Channel, b.Channel), strings.Compare(a.Provider, b.Provider), cmp.Compare(a.EventID, b.EventID),
	)
}

// strip copies the strings of a source, which may live in a reader's buffers.
func strip(s event.Source) event.Source {
	for _, p := range []*string{&s.Product, &s.Category, &s.Service, &s.Channel, &s.Provider} {
		*p = strings.Clone(*p)
	}
	return s
}

func (c *census) merge(o *census) {
	c.other += o.other
	for s, k := range o.kinds {
		mine := c.kinds[s]
		if mine == nil {
			c.kinds[s] = k
			heap.Push(&c.order, s)
			continue
		}
		mine.events += k.events
	}
	for len(c.kinds) > maxKinds {
		c.dropLargest()
	}
}

// A logEvent is a kind of event as people speak of it.
type logEvent struct {
	log string
	id  int
}

// uncovered lists the kinds of events that no rule looks at, the most frequent
// first. Providers of one channel are added up.
func (c *census) uncovered(covered func(event.Source) bool) []Uncovered {
	counts := make(map[logEvent]int64)
	names := make(map[string]string)
	for s, k := range c.kinds {
		if covered(s) {
			continue
		}
		folded := strings.ToLower(k.log)
		if name, ok := names[folded]; !ok || k.log < name {
			names[folded] = k.log
		}
		counts[logEvent{folded, s.EventID}] += k.events
	}
	out := make([]Uncovered, 0, len(counts))
	for k, n := range counts {
		out = append(out, Uncovered{Log: names[k.log], EventID: k.id, Events: n})
	}
	slices.SortFunc(out, func(a, b Uncovered) int {
		if a.Events != b.Events {
			return compareUint(uint64(b.Events), uint64(a.Events))
		}
		if c := strings.Compare(a.Log, b.Log); c != 0 {
			return c
		}
		return a.EventID - b.EventID
	})
	return out
}
