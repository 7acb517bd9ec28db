package index

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A needle is a folded literal to look for in values.
type needle struct {
	text   []byte
	h1, h2 uint32 // hashes of two of its grams, the least common ones
	grams  bool   // it is long enough to have any
}

func newNeedle(text []byte) needle {
	n := needle{text: text}
	least, next := int32(-1), int32(-1)
	for i := 0; i+gramSize <= len(text); i++ {
		w, h := commonness(text[i:i+gramSize]), gramHash(gramAt(text[i:]))
		switch {
		case least < 0 || w < least:
			next, n.h2 = least, n.h1
			least, n.h1 = w, h
		case next < 0 || w < next:
			next, n.h2 = w, h
		}
	}
	n.grams = least >= 0
	if next < 0 {
		n.h2 = n.h1
	}
	return n
}

// A sketch is a set of the grams of one value, one byte for each possible
// hash. It answers most questions whether the value contains a literal with no,
// at the price of reading the value once.
type sketch struct {
	marks []byte // a power of two
	shift uint8
}

// Bounds of sketches: values shorter than sketchLeast are searched as quickly
// as sketched, and it takes some questions to make up for the making.
const (
	sketchLeast = 48
	sketchAsks  = 5
	sketchBits  = 17      // of the hash at most: 128 KiB
	sketchTotal = 4 << 20 // bytes for all sketches of one event
)

// may reports whether the value may contain a needle. A sketch for which there
// was no room left does not know.
func (s *sketch) may(n *needle) bool {
	shift := s.shift & 31
	return len(s.marks) == 0 || s.marks[n.h1>>shift]&s.marks[n.h2>>shift] != 0
}

// newSketch enters the grams of a folded text into marks, which must be zero
// and of the size that sketchSize demands; without marks the sketch is empty.
func newSketch(marks, text []byte) sketch {
	if len(marks) == 0 {
		return sketch{}
	}
	shift := uint8(33-bits.Len(uint(len(marks)))) & 31
	for len(text) >= 8 {
		x := binary.LittleEndian.Uint64(text) | small8
		marks[gramHash(uint32(x))>>shift] = 1
		marks[gramHash(uint32(x>>8))>>shift] = 1
		marks[gramHash(uint32(x>>16))>>shift] = 1
		marks[gramHash(uint32(x>>24))>>shift] = 1
		text = text[4:]
	}
	for len(text) >= gramSize {
		marks[gramHash(gramAt(text))>>shift] = 1
		text = text[1:]
	}
	return sketch{marks, shift}
}

// sketchSize returns the size of the sketch of a text: some four marks per
// gram, rounded up to a power of two.
func sketchSize(text []byte) int {
	return 1 << min(max(bits.Len(uint(len(text)))+2, 9), sketchBits)
}

// contains reports whether value i of the current event contains a needle.
func (e *Evaluator) contains(i int32, n *needle) bool {
	text := e.folded(i)
	if len(n.text) > len(text) {
		return false
	}
	if n.grams && len(text) >= sketchLeast {
		w := &e.views[i]
		if w.asks++; w.asks == sketchAsks {
			w.sketch = newSketch(e.marks.take(sketchSize(text)), text)
		}
		if w.asks >= sketchAsks && !w.sketch.may(n) {
			return false
		}
	}
	return bytes.Contains(text, n.text)
}

// A markPool hands out zeroed bytes for the sketches of one event.
type markPool struct {
	block []byte
	used  int // of block
	taken int // in this event
}

func (p *markPool) reset() { p.used, p.taken = 0, 0 }

// take returns n bytes, or none when the event has used up its share.
func (p *markPool) take(n int) []byte {
	if p.taken += n; p.taken > sketchTotal {
		return nil
	}
	if p.used+n > len(p.block) {
		p.block = make([]byte, max(2*len(p.block), n, 8192))
		p.used = 0
	}
	out := p.block[p.used : p.used+n : p.used+n]
	p.used += n
	clear(out)
	return out
}
