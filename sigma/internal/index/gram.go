package index

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// gramSize is the length of the pieces that substrings are found by.
const gramSize = 4

// A gramSet finds which of many literals occur in a text.
//
// Each literal of four bytes or more is represented by one of its 4-byte grams,
// a rare one. A text is searched by looking up the gram at each of its offsets,
// first in a bitmap that is small enough for the nearest cache and turns away
// nearly all, then in a table that leads to the literals, which are compared in
// full. With stride 4 only every fourth offset is looked up; for that each
// literal is represented by four grams at adjacent offsets, so it must be at
// least seven bytes long. Shorter literals are searched one by one.
type gramSet struct {
	literals []literal
	short    []int32 // literals of less than a gram
	stride   int     // 1 or 4
	bitmap   []uint64
	bitShift uint8
	slots    []slot
	slotMask uint32
	places   []place
}

// A literal is a folded text and the atom that it stands for.
type literal struct {
	text []byte
	atom int32
}

// A slot of the table, open addressed, holds a gram's hash and its run of
// places.
type slot struct {
	hash         uint32
	first, count int32 // count 0: empty
}

// A place says that a literal has the gram at an offset.
type place struct {
	literal, offset int32
}

// Grams are compared with the bit of the small letters set, which makes them
// the same before and after folding ASCII.
const (
	small4 = 0x20202020
	small8 = small4<<32 | small4
	high8  = 0x8080808080808080
)

func gramAt(text []byte) uint32 { return binary.LittleEndian.Uint32(text) | small4 }

// gramHash spreads grams; the top bits are the best.
func gramHash(gram uint32) uint32 { return gram * 0x9E3779B1 }

// newGramSet builds the set. Stride 4 is used when allowed and possible.
func newGramSet(literals []literal, stride4 bool) *gramSet {
	g := &gramSet{literals: literals, stride: 1}
	if stride4 {
		g.stride = 4
	}
	for i, l := range literals {
		if len(l.text) < gramSize {
			g.short = append(g.short, int32(i))
		}
		if len(l.text) < gramSize+3 {
			g.stride = 1
		}
	}
	g.index(g.choose())
	return g
}

// choose picks the grams of each literal: for stride 1 that which the fewest
// literals share and which looks the least common, for stride 4 the four
// adjacent ones with the lowest sum.
func (g *gramSet) choose() map[uint32][]place {
	crowd := map[uint32]int32{}
	for _, l := range g.literals {
		for i := 0; i+gramSize <= len(l.text); i++ {
			crowd[gramAt(l.text[i:])]++
		}
	}
	run := 1
	if g.stride == 4 {
		run = 4
	}
	chosen := map[uint32][]place{}
	for i, l := range g.literals {
		if at := rarest(l.text, run, crowd); at >= 0 {
			for j := at; j < at+run; j++ {
				gram := gramAt(l.text[j:])
				chosen[gram] = append(chosen[gram], place{int32(i), int32(j)})
			}
		}
	}
	return chosen
}

// rarest returns the offset of the run of grams that is the least likely to
// occur in a text without the literal, or -1 when the literal is too short.
func rarest(text []byte, run int, crowd map[uint32]int32) int {
	best, bestWeight := -1, int32(0)
	for i := 0; i+run-1+gramSize <= len(text); i++ {
		weight := int32(0)
		for j := i; j < i+run; j++ {
			weight += crowd[gramAt(text[j:])] + commonness(text[j:j+gramSize])
		}
		if best < 0 || weight < bestWeight {
			best, bestWeight = i, weight
		}
	}
	return best
}

// byteWeights says how common bytes are in ordinary values, 1 to 9.
var byteWeights = weighBytes()

func weighBytes() (w [256]int32) {
	const letters = "73448333712546651777433331" // a to z
	for c := range w {
		switch {
		case c >= 'a' && c <= 'z':
			w[c] = int32(letters[c-'a']-'0') + 1
		case c == ' ' || c == '\\' || c == '.':
			w[c] = 6
		case c >= '0' && c <= '9':
			w[c] = 5
		default:
			w[c] = 2
		}
	}
	return w
}

// commonness estimates how often a gram occurs in ordinary values.
func commonness(gram []byte) int32 {
	_ = gram[3]
	return byteWeights[gram[0]] * byteWeights[gram[1]] * byteWeights[gram[2]] * byteWeights[gram[3]] / 64
}

// index builds bitmap and table.
func (g *gramSet) index(chosen map[uint32][]place) {
	bitCount := max(12, min(19, bits.Len(uint(24*len(chosen)))))
	g.bitmap = make([]uint64, 1<<bitCount/64)
	g.bitShift = uint8(32 - bitCount)
	size := 1 << bits.Len(uint(2*len(chosen)+1))
	g.slots = make([]slot, size)
	g.slotMask = uint32(size - 1)
	for gram, places := range chosen {
		h := gramHash(gram)
		bit := h >> g.bitShift
		g.bitmap[bit/64] |= 1 << (bit % 64)
		s := h & g.slotMask
		for g.slots[s].count != 0 {
			s = (s + 1) & g.slotMask
		}
		g.slots[s] = slot{h, int32(len(g.places)), int32(len(places))}
		g.places = append(g.places, places...)
	}
}

// appendIn appends the atoms of all literals that occur in a folded text; an
// atom may be appended more than once.
func (g *gramSet) appendIn(found []int32, text []byte) []int32 {
	for _, i := range g.short {
		if l := &g.literals[i]; bytes.Contains(text, l.text) {
			found = append(found, l.atom)
		}
	}
	if g.stride == 4 {
		return g.appendFrom(found, text, 0)
	}
	// Four offsets at a time: nearly always none of them leads anywhere.
	bitmap, shift := g.bitmap, g.bitShift&31
	i := 0
	for ; i+8 <= len(text); i += 4 {
		x := binary.LittleEndian.Uint64(text[i:]) | small8
		a, b := gramHash(uint32(x))>>shift, gramHash(uint32(x>>8))>>shift
		c, d := gramHash(uint32(x>>16))>>shift, gramHash(uint32(x>>24))>>shift
		if (bitmap[a/64]>>(a%64)|bitmap[b/64]>>(b%64)|bitmap[c/64]>>(c%64)|bitmap[d/64]>>(d%64))&1 != 0 {
			found = g.appendAt(found, text, i, 4)
		}
	}
	return g.appendFrom(found, text, i)
}

// appendFrom looks up every offset of the stride from i on.
func (g *gramSet) appendFrom(found []int32, text []byte, i int) []int32 {
	bitmap, shift := g.bitmap, g.bitShift&31
	for ; i+gramSize <= len(text); i += g.stride {
		h := gramHash(gramAt(text[i:]))
		if bit := h >> shift; bitmap[bit/64]>>(bit%64)&1 != 0 {
			found = g.confirm(found, text, i, h)
		}
	}
	return found
}

// appendAt looks up n adjacent offsets.
func (g *gramSet) appendAt(found []int32, text []byte, i, n int) []int32 {
	for end := i + n; i < end; i++ {
		h := gramHash(gramAt(text[i:]))
		if bit := h >> g.bitShift; g.bitmap[bit/64]>>(bit%64)&1 != 0 {
			found = g.confirm(found, text, i, h)
		}
	}
	return found
}

// possible reports whether any literal may occur in a text as written. With
// stride 4 it reads the text once, eight bytes at a time, without folding it;
// text beyond ASCII is always possible.
func (g *gramSet) possible(text []byte) bool {
	if g.stride != 4 {
		return true
	}
	bitmap, shift := g.bitmap, g.bitShift&31
	all := uint64(0)
	for ; len(text) >= 8; text = text[8:] {
		x := binary.LittleEndian.Uint64(text)
		all |= x
		x |= small8
		h1, h2 := gramHash(uint32(x)), gramHash(uint32(x>>32))
		b1, b2 := h1>>shift, h2>>shift
		if (bitmap[b1/64]>>(b1%64)|bitmap[b2/64]>>(b2%64))&1 != 0 && (g.slot(h1) != nil || g.slot(h2) != nil) {
			return true
		}
	}
	if len(text) >= gramSize {
		x := binary.LittleEndian.Uint32(text)
		all |= uint64(x)
		if g.slot(gramHash(x|small4)) != nil {
			return true
		}
		text = text[gramSize:]
	}
	for _, c := range text {
		all |= uint64(c)
	}
	return all&high8 != 0
}

// slot returns the slot of the gram with hash h, or nil. The hash is a
// permutation, so it is compared in place of the gram.
func (g *gramSet) slot(h uint32) *slot {
	for i := h & g.slotMask; g.slots[i].count != 0; i = (i + 1) & g.slotMask {
		if g.slots[i].hash == h {
			return &g.slots[i]
		}
	}
	return nil
}

// confirm compares the literals that have the gram of hash h with the text
// around offset at.
func (g *gramSet) confirm(found []int32, text []byte, at int, h uint32) []int32 {
	s := g.slot(h)
	if s == nil {
		return found
	}
	for _, p := range g.places[s.first:][:s.count] {
		l := &g.literals[p.literal]
		start := at - int(p.offset)
		end := start + len(l.text)
		if start >= 0 && end <= len(text) && string(text[start:end]) == string(l.text) {
			found = append(found, l.atom)
		}
	}
	return found
}
