package detect

import (
	"iter"
	"time"

	"tyto/internal/event"
)

// Limits of the search for copies.
const (
	// copyWindow is how far apart the times of two copies of one record may
	// be: exports cut fractions of a second.
	copyWindow = time.Second
	// copyBuffer is how many hits may wait for their copies.
	copyBuffer = 20_000
	// copyListed is how many origins of copies a finding lists.
	copyListed = 64
)

type copyKey struct {
	rule int
	id   event.ID
}

// A copier folds hits of the same rule on the same record into the first of
// them. It sees hits in time order and holds back only those of the last
// second, so its memory stays flat.
type copier struct {
	waiting []*hit
	byKey   map[copyKey]*hit
	merged  int64 // hits folded away
	early   int64 // hits let go before their second was over
}

// fold yields the hits of in, copies merged, still in order.
func (c *copier) fold(in iter.Seq2[*hit, error]) iter.Seq2[*hit, error] {
	return func(yield func(*hit, error) bool) {
		c.byKey = make(map[copyKey]*hit)
		for h, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			if !c.release(h.time.Add(-copyWindow), yield) {
				return
			}
			c.take(h)
		}
		c.drain(yield)
	}
}

func (c *copier) take(h *hit) {
	key := copyKey{h.rule, h.id}
	first, ok := c.byKey[key]
	if !ok {
		c.byKey[key] = h
		c.waiting = append(c.waiting, h)
		return
	}
	c.merged++
	first.copied++
	if first.carved && !h.carved {
		first.stand(h)
	}
	if len(first.copies) < copyListed {
		first.copies = append(first.copies, h.origin)
	}
}

// stand lets a carved hit rest on a copy that is no leftover, which deserves
// more trust.
func (h *hit) stand(on *hit) {
	h.origin, on.origin = on.origin, h.origin
	h.reasons, h.fields, h.carved = on.reasons, on.fields, false
}

// mark yields all hits of in as they are, copies marked as such.
func (c *copier) mark(in iter.Seq2[*hit, error]) iter.Seq2[*hit, error] {
	return func(yield func(*hit, error) bool) {
		c.byKey = make(map[copyKey]*hit)
		for h, err := range in {
			if err == nil {
				c.release(h.time.Add(-copyWindow), func(*hit, error) bool { return true })
				key := copyKey{h.rule, h.id}
				if h.again = c.byKey[key] != nil; h.again {
					c.merged++
				} else {
					c.byKey[key] = h
					c.waiting = append(c.waiting, h)
				}
			}
			if !yield(h, err) {
				return
			}
		}
	}
}

// release lets go all hits before t, and the oldest ones when too many wait.
func (c *copier) release(t time.Time, yield func(*hit, error) bool) bool {
	n := 0
	for n < len(c.waiting) && c.waiting[n].time.Before(t) {
		n++
	}
	if excess := len(c.waiting) - copyBuffer; n < excess {
		c.early += int64(excess - n)
		n = excess
	}
	return c.letGo(n, yield)
}

func (c *copier) drain(yield func(*hit, error) bool) { c.letGo(len(c.waiting), yield) }

func (c *copier) letGo(n int, yield func(*hit, error) bool) bool {
	for i := range n {
		h := c.waiting[i]
		c.waiting[i] = nil
		delete(c.byKey, copyKey{h.rule, h.id})
		if !yield(h, nil) {
			return false
		}
	}
	c.waiting = c.waiting[n:]
	return true
}
