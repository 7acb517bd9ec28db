package evtx

import (
	"bytes"
	"slices"
)

// A Record is one event record. It lives in its decoder's memory: it and what
// its methods return as slices are valid until the function that was handed
// the record returns. Strings and layouts stay valid.
type Record struct {
	ID       uint64   // the record number in the record's header
	Written  Filetime // when the log wrote it; see TimeCreated for the event's own time
	Offset   int64    // of the record in its file
	Warnings Warnings

	// Carved records were found outside the live part of a chunk: the bytes
	// are true, the context is not. Recovered records were found behind
	// damage.
	Carved, Recovered bool

	d          *Decoder
	layout     *Layout
	at, size   int
	values     []Value
	haveValues bool
	cut        bool
}

// A Value is one value of a record. A field that the record does not have has
// no Value; an empty element has one with empty text; arrays and repeated
// elements give several with the same Field.
type Value struct {
	Field uint16 // index into the layout's Fields
	Type  Type
	src   valueSource
	at    slot // in the chunk, or index into the layout's literals or parts
}

type valueSource uint8

const (
	fromChunk valueSource = iota
	fromLiteral
	fromParts
)

// Size returns the length in bytes of the record in its file.
func (r *Record) Size() int { return r.size }

// Raw returns the record's bytes, header included.
func (r *Record) Raw() []byte { return r.d.c[r.at : r.at+r.size : r.at+r.size] }

// Layout returns the record's list of fields.
func (r *Record) Layout() *Layout { return r.layout }

// RawValue returns the bytes of a value as they stand in the record, or nil for
// a value that the template itself holds.
func (r *Record) RawValue(v Value) []byte {
	if v.src != fromChunk {
		return nil
	}
	return slices.Clip(v.at.raw(r.d.c))
}

// Values returns the record's values in document order.
func (r *Record) Values() []Value {
	if !r.haveValues {
		r.collect()
		r.haveValues = true
	}
	return r.values
}

// Get returns the text of the first value with the given path, such as
// "EventData.CommandLine". It is made for occasional use: it allocates.
func (r *Record) Get(path string) (text string, ok bool) {
	field := r.layout.Find(path)
	if field < 0 {
		return "", false
	}
	for _, v := range r.Values() {
		if int(v.Field) == field {
			return string(r.AppendText(nil, v)), true
		}
	}
	return "", false
}

func (r *Record) collect() {
	l, slots := r.layout, r.d.slots
	if l.cut {
		r.Warnings |= WarnCut
	}
	most := maxRecordValues
	if r.d.left.values < 0 {
		most = maxRecordValues / 16
	}
	out := slices.Grow(r.values[:0], len(l.items))
	for i := range l.items {
		it := &l.items[i]
		if it.kind == itemSlot && it.slot >= 0 && it.deps == 0 && len(out) < cap(out) {
			// The common case: a present value of a plain type.
			s := slots[it.slot]
			if t := s.typ(); t-1 < 0x20 && (s.size() > 0 || !it.attr) {
				out = append(out, Value{Field: it.field, Type: t, at: s})
				continue
			}
		}
		if out = r.unusual(out, it); len(out) > most {
			r.Warnings |= WarnCut
			break
		}
	}
	r.d.left.values -= len(out)
	r.values = out
}

// unusual adds the values of any item.
func (r *Record) unusual(out []Value, it *item) []Value {
	if it.deps > 0 && anyNull(r.layout.deps[it.deps], r.d.slots) {
		return out
	}
	if it.kind != itemSlot {
		return r.constant(out, it)
	}
	s := slot(0)
	if it.slot >= 0 {
		s = r.d.slots[it.slot]
	}
	switch t := s.typ(); {
	case t == TypeNull:
		if it.optional || it.attr {
			return out
		}
		return append(out, Value{Field: it.field})
	case t&arrayBit != 0:
		return r.array(out, it.field, s)
	case it.attr && s.size() == 0, t == TypeBinXML:
		return out
	default:
		return append(out, Value{Field: it.field, Type: t, at: s})
	}
}

func anyNull(deps []int32, slots []slot) bool {
	for _, s := range deps {
		if slots[s].typ() == TypeNull {
			return true
		}
	}
	return false
}

// constant adds a literal or composed value.
func (r *Record) constant(out []Value, it *item) []Value {
	if it.kind == itemLiteral {
		return append(out, Value{it.field, TypeString, fromLiteral, slot(it.slot)})
	}
	if it.optional && r.allNull(r.layout.comps[it.slot]) {
		return out
	}
	return append(out, Value{it.field, TypeString, fromParts, slot(it.slot)})
}

// allNull reports that an optional part is Null and no other part has text.
func (r *Record) allNull(parts []part) bool {
	for i := range parts {
		if parts[i].kind == partText || !r.null(parts[i].slot) {
			return false
		}
	}
	return true
}

// null reports whether a slot is absent or Null.
func (r *Record) null(slot int32) bool {
	return slot < 0 || r.d.slots[slot].typ() == TypeNull
}

// array adds one value per item, or one empty value for an empty array.
func (r *Record) array(out []Value, field uint16, s slot) []Value {
	it := arrayItems{c: r.d.c, s: s}
	n := len(out)
	for len(out)-n <= maxValues {
		one, ok := it.next()
		if !ok {
			break
		}
		out = append(out, Value{Field: field, Type: one.typ(), at: one})
	}
	if len(out) == n {
		out = append(out, Value{Field: field, Type: s.typ() &^ arrayBit, at: makeSlot(s.off(), 0, s.typ()&^arrayBit)})
	}
	return out
}

// arrayItems takes an array apart.
type arrayItems struct {
	c []byte
	s slot // what is left
}

func (a *arrayItems) next() (slot, bool) {
	n := a.s.size()
	if n == 0 {
		return 0, false
	}
	typ := a.s.typ() &^ arrayBit
	raw := a.s.raw(a.c)
	size, step := n, n
	switch typ {
	case TypeString:
		size, step = stringItem(raw)
	case TypeANSI:
		if i := bytes.IndexByte(raw, 0); i >= 0 {
			size, step = i, i+1
		}
	case TypeSID:
		if n >= 8 {
			size = min(n, 8+4*int(raw[1]))
			step = size
		}
	case TypeBinary, TypeBinXML: // forbidden in arrays: shown whole
		typ = TypeBinary
	default:
		if w := arrayWidth(typ, n); w > 0 && w <= n {
			size, step = w, w
		}
	}
	out := makeSlot(a.s.off(), size, typ)
	a.s = makeSlot(a.s.off()+step, n-step, a.s.typ())
	return out, true
}

// stringItem finds the end of one NUL-terminated string.
func stringItem(raw []byte) (size, step int) {
	if len(raw) < 2 {
		return 0, len(raw)
	}
	size = len(cutNUL(raw))
	return size, min(size+2, len(raw))
}

// A RecordKey tells records of one log apart, also where the log has wrapped
// or was cleared.
type RecordKey struct {
	ID      uint64
	Written Filetime
	Hash    uint64 // of all values
}

// Key computes the record's key.
func (r *Record) Key() RecordKey {
	h := uint64(14695981039346656037)
	for i := range r.d.slots {
		s := r.d.slots[i]
		h = (h ^ uint64(s>>32)) * 1099511628211
		if s.typ() == TypeBinXML {
			continue
		}
		for _, b := range s.raw(r.d.c) {
			h = (h ^ uint64(b)) * 1099511628211
		}
	}
	return RecordKey{r.ID, r.Written, h}
}
