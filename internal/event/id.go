package event

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
)

// An ID names what a record says, wherever a copy of it was found: the same
// record read from a live log, from a shadow copy or from an export has the
// same ID. It is a cut SHA-256 over host, log, event id, record number, the
// second of its time and all values by name, so that exports that round times
// or reorder fields still agree.
type ID [12]byte

// String returns the ID in lower-case hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// ID computes the event's identity.
func (e *Event) ID() ID {
	var x Identifier
	return x.ID(e)
}

// An Identifier computes identities with memory of its own, for one goroutine
// that needs many.
type Identifier struct {
	buf   []byte
	lines []line
}

// A line is one value by name: a stretch of the buffer.
type line struct{ from, to int }

// ID computes the identity of an event.
func (x *Identifier) ID(e *Event) ID {
	x.collect(e)
	head := len(x.buf)
	for _, s := range []string{e.Host, e.Source.Log()} {
		x.buf = append(append(x.buf, strings.ToLower(s)...), 0)
	}
	for _, n := range []uint64{uint64(e.Source.EventID), e.RecordID, uint64(e.Time.Unix())} {
		x.buf = binary.BigEndian.AppendUint64(x.buf, n)
	}
	for _, l := range x.lines {
		x.buf = binary.BigEndian.AppendUint64(x.buf, uint64(l.to-l.from))
		x.buf = append(x.buf, x.buf[l.from:l.to]...)
	}
	sum := sha256.Sum256(x.buf[head:])
	return ID(sum[:len(ID{})])
}

// collect writes the event's own values to the buffer, each behind its name,
// and sorts them: exports reorder fields.
func (x *Identifier) collect(e *Event) {
	x.buf, x.lines = x.buf[:0], x.lines[:0]
	for _, v := range e.Values {
		f := e.Shape.Fields[v.Field]
		if f.Header || v.Kind == Null {
			continue
		}
		from := len(x.buf)
		x.buf = append(append(x.buf, f.Name...), 0)
		x.buf = append(x.buf, bytes.TrimRight(v.Text, " \t\r\n")...)
		x.lines = append(x.lines, line{from, len(x.buf)})
	}
	slices.SortFunc(x.lines, func(a, b line) int {
		return bytes.Compare(x.buf[a.from:a.to], x.buf[b.from:b.to])
	})
}
