package event

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sort"
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

// ID computes the event's identity. It allocates; it is meant for the few
// events that something was found in.
func (e *Event) ID() ID {
	lines := make([]string, 0, len(e.Values))
	for _, v := range e.Values {
		if f := e.Shape.Fields[v.Field]; !f.Header && v.Kind != Null {
			lines = append(lines, f.Name+"\x00"+strings.TrimRight(string(v.Text), " \t\r\n"))
		}
	}
	sort.Strings(lines)
	h := sha256.New()
	var num [8]byte
	put := func(n uint64) {
		binary.BigEndian.PutUint64(num[:], n)
		h.Write(num[:])
	}
	for _, s := range []string{e.Host, e.Source.Log()} {
		h.Write([]byte(strings.ToLower(s)))
		h.Write([]byte{0})
	}
	put(uint64(e.Source.EventID))
	put(e.RecordID)
	put(uint64(e.Time.Unix()))
	for _, l := range lines {
		put(uint64(len(l)))
		h.Write([]byte(l))
	}
	var id ID
	copy(id[:], h.Sum(nil))
	return id
}
