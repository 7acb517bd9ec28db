package detect

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"tyto/internal/event"
)

// A hit is what stage one hands to stage two: one rule that was true for one
// record, with all that is needed to tell about it later. The rule itself is
// named by its index in the loaded set, so that a hit stays small.
type hit struct {
	time     time.Time
	rule     int
	id       event.ID
	host     string
	source   event.Source
	record   uint64
	origin   event.Origin
	carved   bool
	level    Level // of an indicator; rules have their own
	reasons  []Reason
	fields   []NamedValue
	captured []capture // what correlations group by or count, in the plan's order
	copies   []event.Origin
	copied   int  // all copies, the listed ones included
	again    bool // a copy of a hit before, where copies are kept
}

// A capture is the value of a field that a correlation asked for.
type capture struct {
	text    string
	present bool
}

// compareHits orders hits by time, then by everything that tells two hits
// apart, so that the order never depends on who found them first.
func compareHits(a, b *hit) int {
	if c := a.time.Compare(b.time); c != 0 {
		return c
	}
	if c := strings.Compare(a.host, b.host); c != 0 {
		return c
	}
	if c := strings.Compare(a.source.Log(), b.source.Log()); c != 0 {
		return c
	}
	if c := compareUint(a.record, b.record); c != 0 {
		return c
	}
	if a.rule != b.rule {
		return compareUint(uint64(a.rule), uint64(b.rule))
	}
	return compareOrigins(a.origin, b.origin)
}

func compareUint(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func compareOrigins(a, b event.Origin) int {
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	if c := strings.Compare(a.Member, b.Member); c != 0 {
		return c
	}
	if c := compareUint(uint64(a.Offset), uint64(b.Offset)); c != 0 {
		return c
	}
	if c := compareUint(uint64(a.Line), uint64(b.Line)); c != 0 {
		return c
	}
	return compareUint(a.Record, b.Record)
}

// size estimates the hit's memory, for the budget of the sorter.
func (h *hit) size() int {
	n := 400 + len(h.host) + len(h.origin.File) + len(h.origin.Member)
	for _, r := range h.reasons {
		n += 64 + len(r.Value) + len(r.Matched)
	}
	for _, f := range h.fields {
		n += 40 + len(f.Value)
	}
	for _, c := range h.captured {
		n += 24 + len(c.text)
	}
	return n
}

// encode appends the hit's stored form to dst. The form lives for one run on
// one machine; it has no version.
func (h *hit) encode(dst []byte) []byte {
	dst = binary.AppendVarint(dst, h.time.Unix())
	dst = binary.AppendUvarint(dst, uint64(h.time.Nanosecond()))
	dst = binary.AppendUvarint(dst, uint64(h.rule))
	dst = append(dst, h.id[:]...)
	for _, s := range []string{
		h.host, h.source.Product, h.source.Category, h.source.Service,
		h.source.Channel, h.source.Provider, h.origin.File, h.origin.Member,
	} {
		dst = appendString(dst, s)
	}
	dst = binary.AppendVarint(dst, int64(h.source.EventID))
	dst = binary.AppendUvarint(dst, h.record)
	dst = binary.AppendUvarint(dst, h.origin.Record)
	dst = binary.AppendVarint(dst, h.origin.Line)
	dst = binary.AppendVarint(dst, h.origin.Offset)
	dst = append(appendBool(dst, h.carved), byte(h.level))
	dst = binary.AppendUvarint(dst, uint64(len(h.reasons)))
	for _, r := range h.reasons {
		dst = appendString(appendString(dst, r.Field), r.Value)
		dst = appendString(appendString(dst, r.Matched), r.Selection)
	}
	dst = binary.AppendUvarint(dst, uint64(len(h.fields)))
	for _, f := range h.fields {
		dst = appendBool(appendString(appendString(dst, f.Name), f.Value), f.Header)
	}
	dst = binary.AppendUvarint(dst, uint64(len(h.captured)))
	for _, c := range h.captured {
		dst = appendBool(appendString(dst, c.text), c.present)
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// errStored means that a temporary file does not hold what was written to it.
var errStored = errors.New("temporary file is damaged")

// decodeHit reads back what encode wrote.
func decodeHit(b []byte) (*hit, error) {
	d := decoder{b: b}
	h := &hit{}
	sec := d.varint()
	h.time = time.Unix(sec, int64(d.uvarint())).UTC()
	h.rule = int(d.uvarint())
	copy(h.id[:], d.take(len(h.id)))
	for _, p := range []*string{
		&h.host, &h.source.Product, &h.source.Category, &h.source.Service,
		&h.source.Channel, &h.source.Provider, &h.origin.File, &h.origin.Member,
	} {
		*p = d.str()
	}
	h.source.EventID = int(d.varint())
	h.record = d.uvarint()
	h.origin.Record = d.uvarint()
	h.origin.Line = d.varint()
	h.origin.Offset = d.varint()
	h.carved = d.bool()
	if b := d.take(1); len(b) == 1 {
		h.level = Level(b[0])
	}
	for n := d.count(); n > 0; n-- {
		h.reasons = append(h.reasons, Reason{Field: d.str(), Value: d.str(), Matched: d.str(), Selection: d.str()})
	}
	for n := d.count(); n > 0; n-- {
		h.fields = append(h.fields, NamedValue{Name: d.str(), Value: d.str(), Header: d.bool()})
	}
	for n := d.count(); n > 0; n-- {
		h.captured = append(h.captured, capture{d.str(), d.bool()})
	}
	if d.bad {
		return nil, errStored
	}
	return h, nil
}

// A decoder reads a stored hit; after the first mistake it yields zeroes.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) take(n int) []byte {
	if n < 0 || n > len(d.b) {
		d.bad, d.b = true, nil
		return nil
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) str() string { return string(d.take(d.count())) }

func (d *decoder) bool() bool {
	b := d.take(1)
	return len(b) == 1 && b[0] != 0
}
