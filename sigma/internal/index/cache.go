package index

import (
	"bytes"
	"hash/maphash"
)

// Bounds of the value cache. What is kept of values and candidates stays below
// cacheBytes; when that is used up, all is forgotten at once.
const (
	cacheSlots = 1 << 15
	cacheBytes = 12 << 20
	cacheValue = 8 << 10 // longer values are not kept
)

// A valueCache remembers the members that the values of fields lead to. It is
// a table with one slot per hash; a hit compares the whole value.
type valueCache struct {
	seed  maphash.Seed
	slots []cacheSlot
	epoch uint32 // slots of other epochs are empty
	text  []byte // the values
	ids   []int32
}

type cacheSlot struct {
	hash       uint64
	epoch      uint32
	field      int32
	text, size uint32 // the value, in text
	ids, count uint32 // the members, in ids
}

func newValueCache() *valueCache {
	return &valueCache{seed: maphash.MakeSeed(), slots: make([]cacheSlot, cacheSlots), epoch: 1}
}

func (c *valueCache) hash(field int32, text []byte) uint64 {
	return maphash.Bytes(c.seed, text) ^ uint64(uint32(field))*0x9E3779B97F4A7C15
}

// get returns the members for a value. They stay valid until the next put.
func (c *valueCache) get(hash uint64, field int32, text []byte) ([]int32, bool) {
	s := &c.slots[hash%cacheSlots]
	if s.hash != hash || s.epoch != c.epoch || s.field != field || int(s.size) != len(text) ||
		!bytes.Equal(c.text[s.text:s.text+s.size], text) {
		return nil, false
	}
	return c.ids[s.ids : s.ids+s.count], true
}

// put keeps the members for a value.
func (c *valueCache) put(hash uint64, field int32, text []byte, members []int32) {
	if len(text) > cacheValue {
		return
	}
	if len(c.text)+len(text)+4*(len(c.ids)+len(members)) > cacheBytes {
		c.forget()
	}
	c.slots[hash%cacheSlots] = cacheSlot{
		hash: hash, epoch: c.epoch, field: field,
		text: uint32(len(c.text)), size: uint32(len(text)),
		ids: uint32(len(c.ids)), count: uint32(len(members)),
	}
	c.text = append(c.text, text...)
	c.ids = append(c.ids, members...)
}

// forget empties the cache and keeps its memory.
func (c *valueCache) forget() {
	c.text, c.ids = c.text[:0], c.ids[:0]
	if c.epoch++; c.epoch == 0 {
		clear(c.slots)
		c.epoch = 1
	}
}
