package jsonmap

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// A Record is one object on its way to an event, by paths.
type Record struct {
	State any // of the mapping, for one part of a file

	rec   *textlog.Record
	kinds []event.Kind // of the values added so far
}

func (r *Record) reset() {
	r.rec.Reset()
	r.kinds = r.kinds[:0]
}

// add adds a value to a field. Own are the service's fields.
func (r *Record) add(name string, own bool, kind event.Kind, text []byte) {
	switch {
	case own && kind == event.Null:
		r.rec.Null(name)
	case own:
		r.rec.Add(name, text)
	case kind == event.Null:
		r.rec.AliasNull(name)
	default:
		r.rec.Alias(name, text)
	}
	r.kinds = append(r.kinds, kind)
}

// fill puts the values into an event, with their kinds unless some were left
// out.
func (r *Record) fill(e *event.Event) {
	r.rec.Fill(e)
	if len(e.Values) != len(r.kinds) {
		return
	}
	for i, k := range r.kinds {
		e.Values[i].Kind = k
	}
}

// Get returns the first value of the first of some fields that has one that is
// not empty, nil when none has.
func (r *Record) Get(names ...string) []byte {
	for _, n := range names {
		if v := r.rec.Value(n); len(v) > 0 {
			return v
		}
	}
	return nil
}

// All returns the values of a field, with room for those of the next call.
func (r *Record) All(name string, dst [][]byte) [][]byte {
	var e event.Event
	r.rec.Fill(&e)
	at := e.Shape.Find(name)
	for _, v := range e.Values {
		if int(v.Field) == at && at >= 0 {
			dst = append(dst, v.Text)
		}
	}
	return dst
}

// Own adds a value to a field of the service's, such as one that stands in a
// text of its own form.
func (r *Record) Own(name string, text []byte) { r.add(name, true, event.Text, text) }

// Has reports whether one of some fields has a value that is not empty.
func (r *Record) Has(names ...string) bool { return r.Get(names...) != nil }

// Is reports whether a field's first value is one of some texts, whatever the
// case of their letters.
func (r *Record) Is(name string, texts ...string) bool {
	v := r.rec.Value(name)
	for _, t := range texts {
		if bytes.EqualFold(v, []byte(t)) {
			return true
		}
	}
	return false
}

// Alias adds a value under a name that rules use. Nothing is added of nil.
func (r *Record) Alias(name string, text []byte) {
	if text != nil {
		r.add(name, false, event.Text, text)
	}
}

// Say is Alias for a fixed text.
func (r *Record) Say(name, text string) { r.add(name, false, event.Text, []byte(text)) }

// Join returns texts one after another, for Alias.
func (r *Record) Join(parts ...[]byte) []byte { return r.rec.Join(parts...) }
