package evtx

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"
)

// Limits of a store. What goes beyond is compiled for its one use.
const (
	maxPrograms   = 20_000
	maxVariants   = 8
	maxLayouts    = 50_000
	maxStoreBytes = 256 << 20
)

// A Store keeps what was learnt from template definitions, for the whole
// process: every template is compiled once, every combination of templates is
// given one [Layout]. It is safe for concurrent use. Its size is bounded;
// beyond the bounds records are still read, at the price of compiling again.
type Store struct {
	mu      sync.RWMutex
	defs    map[defKey][]*program
	short   map[uint32][]*program // by the GUID's first DWORD, for carving
	literal map[string]*program
	layouts map[string]*Layout
	count   int
	bytes   int
	refused int
}

type defKey struct {
	guid [16]byte
	size int
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{
		defs:    make(map[defKey][]*program),
		short:   make(map[uint32][]*program),
		literal: make(map[string]*program),
		layouts: make(map[string]*Layout),
	}
}

// StoreStats tells what a store holds.
type StoreStats struct {
	Programs int `json:"programs"` // compiled templates and literal documents
	Layouts  int `json:"layouts"`
	Bytes    int `json:"bytes"`   // approximate
	Refused  int `json:"refused"` // programs and layouts not kept because of the limits
}

// Stats returns a snapshot.
func (s *Store) Stats() StoreStats {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return StoreStats{s.count, len(s.layouts), s.bytes, s.refused}
}

// find returns the program that the definition in c is proven equal to.
func (s *Store) find(c []byte, def definition) *program {
	s.mu.RLock()
	variants := s.defs[defKey{def.guid, def.size}]
	s.mu.RUnlock()
	for _, p := range variants {
		if p.matches(c, def) {
			return p
		}
	}
	return nil
}

// add keeps a new program where there is room, and gives it its number in any
// case.
func (s *Store) add(c []byte, def definition, p *program) *program {
	s.number(p)
	key := defKey{def.guid, def.size}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.defs[key]
	for _, q := range old {
		if q.matches(c, def) { // another decoder was faster
			return q
		}
	}
	cost := len(p.body)*2 + p.cost*96
	if len(old) >= maxVariants || !s.room(cost) {
		return p
	}
	p.shared = true
	s.defs[key] = append(old[:len(old):len(old)], p)
	sid := u32(def.guid[:], 0)
	s.short[sid] = insertSorted(s.short[sid], p)
	return p
}

// programIDs numbers the programs of all stores: a record may use programs of
// two, its decoder's own and the one that lends it templates, and its layout is
// known by their numbers.
var programIDs atomic.Uint32

// number gives a program its number without keeping it.
func (s *Store) number(p *program) *program {
	p.id = programIDs.Add(1)
	return p
}

// room counts a program in, or refuses it.
func (s *Store) room(cost int) bool {
	if s.count >= maxPrograms || s.bytes+cost > maxStoreBytes {
		s.refused++
		return false
	}
	s.count++
	s.bytes += cost
	return true
}

// insertSorted keeps candidates in an order that does not depend on when they
// were seen.
func insertSorted(list []*program, p *program) []*program {
	out := append(slices.Clone(list), p)
	slices.SortStableFunc(out, func(a, b *program) int {
		if len(a.body) != len(b.body) {
			return len(a.body) - len(b.body)
		}
		return bytes.Compare(a.body, b.body)
	})
	return out
}

// byShortID returns the programs whose GUID begins with sid.
func (s *Store) byShortID(sid uint32) []*program {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.short[sid]
}

// findLiteral returns the program of a literal document's skeleton.
func (s *Store) findLiteral(skeleton []byte) *program {
	s.mu.RLock()
	p := s.literal[string(skeleton)]
	s.mu.RUnlock()
	if p != nil {
		return p
	}
	p = compileSkeleton(skeleton)
	p.id = programIDs.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.literal[string(skeleton)]; q != nil {
		return q
	}
	if s.room(len(skeleton) + p.cost*96) {
		p.shared = true
		s.literal[string(skeleton)] = p
	}
	return p
}

// layout returns the one layout of a combination of instances.
func (s *Store) layout(insts []instance) *Layout {
	key := layoutKey(insts)
	s.mu.RLock()
	l := s.layouts[key]
	s.mu.RUnlock()
	if l != nil {
		return l
	}
	l = newLayout(insts)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.layouts[key]; old != nil {
		return old
	}
	cost := l.cost * 160
	if !l.shared || len(s.layouts) >= maxLayouts || s.bytes+cost > maxStoreBytes {
		s.refused++
		l.shared = false
		return l
	}
	s.bytes += cost
	s.layouts[key] = l
	return l
}
