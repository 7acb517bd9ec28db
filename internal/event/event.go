// Package event holds the one form in which every room of Tyto sees evidence:
// something that one machine said happened, when, in the words its log uses.
//
// An event is a [Shape], the ordered list of field names that many events
// share, and a list of values that point into it. Readers make one Shape per
// layout of a log and reuse one Event for all records that they read, so a
// caller that keeps an event beyond the call that handed it over must
// [Event.Clone] it.
//
// Names are never translated: a field is called what its log and the Sigma
// rules call it. Where one log offers the same thing under another log's name
// (Security 4688 and Sysmon 1), that is the business of rule matching, not of
// the event.
package event

import (
	"bytes"
	"time"
)

// A Kind says how a value was written in the evidence. Rules compare text, so
// numbers and booleans carry their canonical text too.
type Kind uint8

// The kinds of value.
const (
	Text   Kind = iota // any string, possibly empty
	Number             // decimal text of an integer or float
	Bool               // "true" or "false"
	Null               // present in the evidence without a value (JSON null)
)

// A Value is one value of one field. An absent field has no Value; a field
// with several values (a JSON array, repeated Data elements) has several, in
// the order of the evidence.
type Value struct {
	Field uint16 // index into the event's Shape
	Kind  Kind
	Text  []byte // UTF-8, as written; valid as long as the event
}

// An Origin is the way back to the raw evidence. Zero fields are unknown or do
// not apply.
type Origin struct {
	File   string `json:"file"`             // path as given or found, slash separated
	Member string `json:"member,omitempty"` // path inside archives; nested ones joined with "!/"
	Record uint64 `json:"record,omitempty"` // the log's own record number
	Line   int64  `json:"line,omitempty"`   // 1-based
	Offset int64  `json:"offset,omitempty"` // of the record's first byte in the (unpacked) file
}

// A Source says what kind of log an event comes from. For Windows events
// Product is "windows" and Channel, Provider and EventID decide; for all other
// logs Product, Category and Service are Sigma's logsource values. Source is
// comparable and small, so it serves as a map key.
type Source struct {
	Product, Category, Service string
	Channel, Provider          string
	EventID                    int
}

// Log names the log for people: the channel, or the non-empty parts of the
// logsource joined by "/".
func (s Source) Log() string {
	if s.Channel != "" {
		return s.Channel
	}
	if s.Product == "windows" && s.Provider != "" {
		return s.Provider
	}
	out := ""
	for _, part := range []string{s.Product, s.Category, s.Service} {
		if part == "" {
			continue
		}
		if out != "" {
			out += "/"
		}
		out += part
	}
	return out
}

// An Event is one record of one log.
type Event struct {
	Time     time.Time // UTC; zero when the evidence has none
	Host     string    // the machine that wrote the record, as the record says
	Source   Source
	RecordID uint64 // the log's own number, 0 when it has none
	Shape    *Shape
	Values   []Value
	Origin   Origin
	Carved   bool // recovered from slack or damage: true bytes, low trust
}

// Get returns the first value of the named field. Names are compared exactly
// first, then without case.
func (e *Event) Get(name string) ([]byte, bool) {
	i := e.Shape.Find(name)
	if i < 0 {
		return nil, false
	}
	for _, v := range e.Values {
		if int(v.Field) == i {
			return v.Text, v.Kind != Null
		}
	}
	return nil, false
}

// Clone returns a deep copy that outlives the reader's buffers. The Shape is
// shared: shapes are immutable.
func (e *Event) Clone() *Event {
	out := *e
	size := 0
	for _, v := range e.Values {
		size += len(v.Text)
	}
	arena := make([]byte, 0, size)
	out.Values = make([]Value, len(e.Values))
	for i, v := range e.Values {
		start := len(arena)
		arena = append(arena, v.Text...)
		v.Text = arena[start:len(arena):len(arena)]
		out.Values[i] = v
	}
	return &out
}

// Equal reports whether two events say the same: same time, host, source,
// record and values. Origins are not compared.
func (e *Event) Equal(o *Event) bool {
	if !e.Time.Equal(o.Time) || e.Host != o.Host || e.Source != o.Source ||
		e.RecordID != o.RecordID || len(e.Values) != len(o.Values) {
		return false
	}
	for i, v := range e.Values {
		w := o.Values[i]
		if v.Kind != w.Kind || !bytes.Equal(v.Text, w.Text) ||
			e.Shape.Fields[v.Field].Name != o.Shape.Fields[w.Field].Name {
			return false
		}
	}
	return true
}
