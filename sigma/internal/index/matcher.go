package index

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"sync"
)

// A matcher finds all atoms of one field that are true of a value. It is built
// when the field's first value arrives.
type matcher struct {
	once     sync.Once
	whole    map[string][]int32 // by folded value
	numbers  map[string][]int32 // by canonical text
	prefixes endTable
	suffixes endTable
	ascii    *gramSet  // contains
	wide     *gramSet  // contains, literals beyond ASCII
	digests  digestSet // contains, "name=hexadecimal"
	networks []network // contains an address
	present  []int32   // members for any value
}

type network struct {
	net  netip.Prefix
	atom int32
}

// An endTable finds literals at one end of a value: by their first (or last)
// eight bytes, or all of them if they are shorter, and how many bytes that are.
type endTable struct {
	sizes    []int // sizes in use, ascending, at most 8
	buckets  map[endKey][]literal
	fromBack bool
}

type endKey struct {
	size  int
	bytes uint64
}

// end returns the key of the first or last size bytes of text.
func (t *endTable) end(text []byte, size int) endKey {
	var buf [8]byte
	if t.fromBack {
		copy(buf[:], text[len(text)-size:])
	} else {
		copy(buf[:], text[:size])
	}
	return endKey{size, binary.LittleEndian.Uint64(buf[:])}
}

func (t *endTable) add(l literal) {
	if t.buckets == nil {
		t.buckets = map[endKey][]literal{}
	}
	key := t.end(l.text, min(len(l.text), 8))
	t.buckets[key] = append(t.buckets[key], l)
	if !slices.Contains(t.sizes, key.size) {
		t.sizes = append(t.sizes, key.size)
		slices.Sort(t.sizes)
	}
}

// appendIn appends the atoms of all literals at the table's end of text.
func (t *endTable) appendIn(found []int32, text []byte) []int32 {
	for _, size := range t.sizes {
		if size > len(text) {
			break
		}
		for _, l := range t.buckets[t.end(text, size)] {
			if t.fromBack && bytes.HasSuffix(text, l.text) || !t.fromBack && bytes.HasPrefix(text, l.text) {
				found = append(found, l.atom)
			}
		}
	}
	return found
}

// A digestSet finds literals such as "imphash=0123…" anywhere in a value, by
// the eight bytes behind the '='. Thousands of hashes would crowd a gramSet.
type digestSet map[uint64][]literal

// digestAt returns where the '=' of a digest literal is, or -1 for other
// literals.
func digestAt(text []byte) int {
	at := bytes.IndexByte(text, '=')
	if at < 1 || len(text)-at-1 < 32 {
		return -1
	}
	for _, c := range text[at+1:] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return -1
		}
	}
	return at
}

func (d digestSet) add(l literal, at int) {
	key := binary.LittleEndian.Uint64(l.text[at+1:])
	d[key] = append(d[key], l)
}

// appendIn appends the atoms of all digests in a folded text.
func (d digestSet) appendIn(found []int32, text []byte) []int32 {
	for at := 0; ; at++ {
		next := bytes.IndexByte(text[at:], '=')
		if next < 0 {
			return found
		}
		at += next
		if at+9 > len(text) {
			return found
		}
		for _, l := range d[binary.LittleEndian.Uint64(text[at+1:])] {
			start := at - bytes.IndexByte(l.text, '=')
			if start >= 0 && bytes.HasPrefix(text[start:], l.text) {
				found = append(found, l.atom)
			}
		}
	}
}

// build sorts the field's atoms into tables.
func (m *matcher) build(p *Program, field int32) {
	m.whole, m.numbers, m.digests = map[string][]int32{}, map[string][]int32{}, digestSet{}
	m.suffixes.fromBack = true
	var ascii, wide []literal
	for _, id := range p.byField[field] {
		a := &p.atoms[id]
		l := literal{[]byte(a.lit), id}
		switch a.kind {
		case wholeAtom:
			m.whole[a.lit] = append(m.whole[a.lit], id)
		case numberAtom:
			m.numbers[a.lit] = append(m.numbers[a.lit], id)
		case prefixAtom:
			m.prefixes.add(l)
		case suffixAtom:
			m.suffixes.add(l)
		case networkAtom:
			m.networks = append(m.networks, network{netip.MustParsePrefix(a.lit), id})
		case presentAtom:
			m.present = append(m.present, id)
		case containsAtom:
			if at := digestAt(l.text); at > 0 {
				m.digests.add(l, at)
			} else if isASCII(l.text) {
				ascii = append(ascii, l)
			} else {
				wide = append(wide, l)
			}
		}
	}
	if len(ascii) > 0 {
		m.ascii = newGramSet(ascii, false)
	}
	if len(wide) > 0 {
		m.wide = newGramSet(wide, false)
	}
}

// appendAtoms appends all atoms that are true of a value, possibly more than
// once.
func (m *matcher) appendAtoms(found []int32, text, folded []byte) []int32 {
	found = append(found, m.present...)
	found = append(found, m.whole[string(folded)]...)
	found = m.prefixes.appendIn(found, folded)
	found = m.suffixes.appendIn(found, folded)
	if short := trimmed(folded); len(short) < len(folded) {
		found = append(found, m.whole[string(short)]...)
		found = m.suffixes.appendIn(found, short)
	}
	if m.ascii != nil {
		found = m.ascii.appendIn(found, folded)
	}
	if m.wide != nil && !isASCII(folded) {
		found = m.wide.appendIn(found, folded)
	}
	if len(m.digests) > 0 {
		found = m.digests.appendIn(found, folded)
	}
	return m.appendTyped(found, trimmed(text))
}

// appendTyped appends the atoms that read the value as something else than
// text.
func (m *matcher) appendTyped(found []int32, text []byte) []int32 {
	if len(m.numbers) > 0 {
		var buf [maxNumber + 16]byte
		if number, ok := canonical(buf[:], text); ok {
			found = append(found, m.numbers[string(number)]...)
		}
	}
	if len(m.networks) > 0 {
		if addr, ok := parseAddress(text); ok {
			for _, n := range m.networks {
				if n.net.Contains(addr) {
					found = append(found, n.atom)
				}
			}
		}
	}
	return found
}
