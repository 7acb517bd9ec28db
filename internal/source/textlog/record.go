package textlog

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"tyto/internal/event"
)

// Bounds of what records keep.
const (
	maxFields     = 1024     // of one record
	maxName       = 256      // bytes of a field's name
	maxNodes      = 1 << 16  // sequences of names that a Record remembers
	maxShapeBytes = 16 << 20 // names that a Shapes table keeps
)

// Shapes makes records with the same names share one shape, whichever reader
// they come from. It is safe for concurrent use.
type Shapes struct {
	mu    sync.Mutex
	known map[string]*event.Shape
	bytes int
}

func (s *Shapes) of(fields []event.Field) *event.Shape {
	var key strings.Builder
	for _, f := range fields {
		key.WriteString(strconv.Itoa(len(f.Name)))
		key.WriteByte(':')
		if f.Header {
			key.WriteByte('-')
		}
		key.WriteString(f.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if shape := s.known[key.String()]; shape != nil {
		return shape
	}
	shape := event.NewShape(fields)
	if s.bytes += key.Len(); s.bytes > maxShapeBytes {
		return shape
	}
	if s.known == nil {
		s.known = make(map[string]*event.Shape)
	}
	s.known[key.String()] = shape
	return shape
}

// A Record gathers the fields of one event. It belongs to one goroutine and is
// used again for every line; what it hands out holds until Reset.
type Record struct {
	Excess bool // some fields were left out; never reset

	shapes *Shapes
	root   *node
	at     *node
	nodes  int
	values []event.Value
	arena  []byte
}

// A node stands for a sequence of names: the path from the root to it.
type node struct {
	name   string
	header bool
	field  int // index in the shape, -1 when there are too many
	count  int // of distinct fields so far
	parent *node
	last   *node // kid that was taken last
	few    []*node
	kids   map[kin]*node // those beyond the first few
	shape  *event.Shape
}

// fewKids is how many kids are looked for one by one.
const fewKids = 8

func (n *node) find(name string, header bool) *node {
	for _, k := range n.few {
		if k.header == header && k.name == name {
			return k
		}
	}
	return n.kids[kin{name, header}]
}

func (n *node) adopt(k *node) {
	if len(n.few) < fewKids {
		n.few = append(n.few, k)
		return
	}
	if n.kids == nil {
		n.kids = make(map[kin]*node)
	}
	n.kids[kin{k.name, k.header}] = k
}

type kin struct {
	name   string
	header bool
}

// NewRecord makes a record whose shapes come from a shared table.
func NewRecord(s *Shapes) *Record {
	r := &Record{shapes: s, root: &node{}}
	r.at = r.root
	return r
}

// Reset empties the record.
func (r *Record) Reset() {
	if r.nodes > maxNodes {
		r.root, r.nodes = &node{}, 0
	}
	r.at = r.root
	r.values, r.arena = r.values[:0], r.arena[:0]
}

// Add adds a value to a field of the evidence.
func (r *Record) Add(name string, text []byte) { r.put(name, false, event.Text, text) }

// Named is Add with a name from the evidence.
func (r *Record) Named(name, text []byte) {
	if k := r.at.last; k != nil && !k.header && k.name == string(name) {
		r.set(k, event.Text, text)
		return
	}
	for _, k := range r.at.few {
		if !k.header && k.name == string(name) {
			r.at.last = k
			r.set(k, event.Text, text)
			return
		}
	}
	if k := r.at.kids[kin{string(name), false}]; k != nil {
		r.at.last = k
		r.set(k, event.Text, text)
		return
	}
	r.put(string(bytes.ToValidUTF8(name, []byte("\ufffd"))), false, event.Text, text)
}

// Dash adds a value that logs write as - when there is none.
func (r *Record) Dash(name string, text []byte) {
	r.put(name, false, dashed(text), text)
}

func dashed(text []byte) event.Kind {
	if len(text) == 1 && text[0] == '-' {
		return event.Null
	}
	return event.Text
}

// Null adds a field of the evidence without value.
func (r *Record) Null(name string) { r.put(name, false, event.Null, nil) }

// Alias adds a value under a name that rules use for it. It describes, so word
// search does not look into it.
func (r *Record) Alias(name string, text []byte) { r.put(name, true, event.Text, text) }

// AliasOnce is AliasDash, but does nothing when the text is empty or the field
// has that value already.
func (r *Record) AliasOnce(name string, text []byte) {
	if len(text) > 0 {
		r.once(name, text)
	}
}

// AliasDash is Alias for a value that is - when there is none.
func (r *Record) AliasDash(name string, text []byte) { r.put(name, true, dashed(text), text) }

// AliasNull adds an alias without value.
func (r *Record) AliasNull(name string) { r.put(name, true, event.Null, nil) }

// Value returns the first value of a field that was added, nil when there is
// none.
func (r *Record) Value(name string) []byte {
	for n := r.at; n != r.root; n = n.parent {
		if n.name == name && n.field >= 0 {
			return r.valueOf(uint16(n.field))
		}
	}
	return nil
}

func (r *Record) valueOf(field uint16) []byte {
	for i := range r.values {
		if v := &r.values[i]; v.Field == field {
			if v.Kind == event.Null {
				return nil
			}
			return v.Text
		}
	}
	return nil
}

// Join returns the parts one after another, in memory that holds until Reset.
func (r *Record) Join(parts ...[]byte) []byte {
	start := len(r.arena)
	for _, p := range parts {
		r.arena = append(r.arena, p...)
	}
	return r.arena[start:len(r.arena):len(r.arena)]
}

// Text returns a word as a value, in memory that holds until Reset.
func (r *Record) Text(word string) []byte {
	start := len(r.arena)
	r.arena = append(r.arena, word...)
	return r.arena[start:len(r.arena):len(r.arena)]
}

// Build returns what f appends, in memory that holds until Reset.
func (r *Record) Build(f func(dst []byte) []byte) []byte {
	start := len(r.arena)
	r.arena = f(r.arena)
	return r.arena[start:len(r.arena):len(r.arena)]
}

// Fill puts shape and values into an event.
func (r *Record) Fill(e *event.Event) {
	if r.at.shape == nil {
		r.at.shape = r.shapes.of(r.at.fields())
	}
	e.Shape, e.Values = r.at.shape, r.values
}

func (r *Record) put(name string, header bool, kind event.Kind, text []byte) {
	if k := r.kid(name, header); k != nil {
		r.set(k, kind, text)
	}
}

// once adds an alias unless the field of that name has the value already.
func (r *Record) once(name string, text []byte) {
	k := r.kid(name, true)
	if k == nil {
		return
	}
	if k.field < r.at.count && r.has(uint16(k.field), text) {
		return
	}
	r.set(k, dashed(text), text)
}

func (r *Record) has(field uint16, text []byte) bool {
	kind := dashed(text)
	for i := range r.values {
		if v := &r.values[i]; v.Field == field && v.Kind == kind && (kind == event.Null || bytes.Equal(v.Text, text)) {
			return true
		}
	}
	return false
}

// kid returns the node of the sequence with one more name, nil when it must be
// left out.
func (r *Record) kid(name string, header bool) *node {
	k := r.at.last
	if k != nil && k.header == header && k.name == name {
		return k
	}
	if k = r.at.find(name, header); k == nil {
		k = r.grow(name, header)
	}
	if k != nil {
		r.at.last = k
	}
	return k
}

func (r *Record) set(k *node, kind event.Kind, text []byte) {
	r.at = k
	if kind == event.Null {
		text = nil
	}
	r.values = append(r.values, event.Value{Field: uint16(k.field), Kind: kind, Text: text})
}

// grow adds a name to the sequences known, or returns nil when it must be left
// out.
func (r *Record) grow(name string, header bool) *node {
	k := &node{name: strings.Clone(name), header: header, parent: r.at, count: r.at.count, field: -1}
	for n := r.at; n != r.root; n = n.parent {
		if n.name == name {
			k.field = n.field
			break
		}
	}
	if k.field < 0 {
		if k.count >= maxFields || len(name) > maxName {
			r.Excess = true
			return nil
		}
		k.field = k.count
		k.count++
	}
	if len(r.values) >= 4*maxFields {
		r.Excess = true
		return nil
	}
	r.at.adopt(k)
	r.nodes++
	return k
}

// fields lists the distinct names of a sequence; what came first decides.
func (n *node) fields() []event.Field {
	out := make([]event.Field, n.count)
	for ; n.parent != nil; n = n.parent {
		out[n.field] = event.Field{Name: n.name, Header: n.header}
	}
	return out
}
