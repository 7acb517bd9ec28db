package index

import (
	"encoding/binary"
	"slices"
)

// A Scope is the set of members that may fire for one log source. It is
// immutable and belongs to the program that made it.
type Scope struct {
	members  []int32  // ascending
	set      []uint64 // the same, as bits
	always   []int32  // members that every event is a candidate for, ascending
	fields   []bool   // per field: some member's witness is on it
	keywords *gramSet // finds the keyword atoms of the members; nil without
}

// Scope makes the scope of the given members, which may come in any order.
func (p *Program) Scope(members []int32) *Scope {
	sc := &Scope{members: slices.Clone(members)}
	slices.Sort(sc.members)
	sc.members = slices.Compact(sc.members)
	sc.set = make([]uint64, (len(p.roots)+63)/64)
	sc.fields = make([]bool, len(p.fields))
	var keyworded []int32
	for _, m := range sc.members {
		sc.set[m/64] |= 1 << (m % 64)
		for _, f := range p.witnessFields[m] {
			if f == keywordField {
				keyworded = append(keyworded, m)
			} else {
				sc.fields[f] = true
			}
		}
		if _, always := slices.BinarySearch(p.always, m); always {
			sc.always = append(sc.always, m)
		}
	}
	if len(keyworded) > 0 {
		sc.keywords = p.keywordSet(keyworded)
	}
	return sc
}

// Members returns the scope's members, ascending; not to be changed.
func (sc *Scope) Members() []int32 { return sc.members }

func (sc *Scope) has(member int32) bool {
	return sc.set[member/64]>>(member%64)&1 != 0
}

// keywordSet returns the set that finds the keyword atoms of some members.
// Scopes with the same such members share it.
func (p *Program) keywordSet(members []int32) *gramSet {
	var key []byte
	for _, m := range members {
		key = binary.LittleEndian.AppendUint32(key, uint32(m))
	}
	p.keywordLock.Lock()
	defer p.keywordLock.Unlock()
	if g := p.keywordSets[string(key)]; g != nil {
		return g
	}
	var literals []literal
	for _, id := range p.keywordAtoms {
		if a := &p.atoms[id]; intersects(a.members, members) {
			literals = append(literals, literal{[]byte(a.lit), id})
		}
	}
	g := newGramSet(literals, true)
	p.keywordSets[string(key)] = g
	return g
}

// intersects reports whether two ascending lists have a member in common.
func intersects(a, b []int32) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			return true
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return false
}
