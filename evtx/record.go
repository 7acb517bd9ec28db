package evtx

import "bytes"

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
	off   uint32 // in the chunk, or index into the layout's literals or parts
	size  uint32
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
	return r.d.c[v.off : v.off+v.size : v.off+v.size]
}

// Values returns the record's values in document order.
func (r *Record) Values() []Value {
	if !r.haveValues {
		r.collect()
		r.haveValues = true
	}
	return r.values
}

func (r *Record) collect() {
	l, slots := r.layout, r.d.slots
	if l.cut {
		r.Warnings |= WarnCut
	}
	out := r.values[:0]
	most := maxRecordValues
	if r.d.left.values < 0 {
		most = maxRecordValues / 16
	}
	for i := range l.items {
		if len(out) > most {
			r.Warnings |= WarnCut
			break
		}
		it := &l.items[i]
		if it.deps != nil && anyNull(it.deps, slots) {
			continue
		}
		if it.kind != itemSlot {
			out = r.constant(out, it)
			continue
		}
		if it.slot < 0 {
			if !it.optional && !it.attr {
				out = append(out, Value{Field: it.field})
			}
			continue
		}
		s := &slots[it.slot]
		switch {
		case s.typ == TypeNull:
			if !it.optional && !it.attr {
				out = append(out, Value{Field: it.field})
			}
		case s.typ&arrayBit != 0:
			out = r.array(out, it.field, *s)
		case it.attr && s.size == 0, s.typ == TypeBinXML:
		default:
			out = append(out, Value{Field: it.field, Type: s.typ, off: s.off, size: uint32(s.size)})
		}
	}
	r.d.left.values -= len(out)
	r.values = out
}

func anyNull(deps []int32, slots []slot) bool {
	for _, s := range deps {
		if slots[s].typ == TypeNull {
			return true
		}
	}
	return false
}

// constant adds a literal or composed value.
func (r *Record) constant(out []Value, it *item) []Value {
	if it.kind == itemLiteral {
		return append(out, Value{it.field, TypeString, fromLiteral, uint32(it.slot), 0})
	}
	if it.optional && r.allNull(r.layout.comps[it.slot]) {
		return out
	}
	return append(out, Value{it.field, TypeString, fromParts, uint32(it.slot), 0})
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
	return slot < 0 || r.d.slots[slot].typ == TypeNull
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
		out = append(out, Value{Field: field, Type: one.typ, off: one.off, size: uint32(one.size)})
	}
	if len(out) == n {
		out = append(out, Value{Field: field, Type: s.typ &^ arrayBit, off: s.off})
	}
	return out
}

// arrayItems takes an array apart.
type arrayItems struct {
	c []byte
	s slot // what is left
}

func (a *arrayItems) next() (slot, bool) {
	n := int(a.s.size)
	if n == 0 {
		return slot{}, false
	}
	typ := a.s.typ &^ arrayBit
	raw := a.c[a.s.off : int(a.s.off)+n]
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
	out := slot{off: a.s.off, size: uint16(size), typ: typ}
	a.s.off += uint32(step)
	a.s.size -= uint16(step)
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
		s := &r.d.slots[i]
		h = (h ^ uint64(s.typ)<<16 ^ uint64(s.size)) * 1099511628211
		if s.typ == TypeBinXML {
			continue
		}
		for _, b := range r.d.c[s.off : s.off+uint32(s.size)] {
			h = (h ^ uint64(b)) * 1099511628211
		}
	}
	return RecordKey{r.ID, r.Written, h}
}
