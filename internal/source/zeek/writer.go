package zeek

import (
	"strconv"
	"time"

	"tyto/internal/event"
)

// A Log is a kind of record that is not read from a log of Zeek but made of
// other evidence, under the same names. It is immutable.
type Log struct {
	layout *layout
}

// NewLog makes a log of the given name, columns and Zeek types. One of the
// columns should be ts.
func NewLog(path string, names, types []string) *Log {
	var shapes layouts
	classes := make([]class, len(names))
	for i := range names {
		classes[i] = classOf(types[i])
	}
	return &Log{newLayout(path, "", names, classes, false, &shapes.shapes)}
}

// A Writer makes events of records column by column. It belongs to one
// goroutine.
type Writer struct {
	builder
	log *Log
}

// Begin starts a record.
func (w *Writer) Begin(l *Log) {
	w.log = l
	w.begin(l.layout)
}

// Put adds a value to a column; a set or vector takes several. The text must
// hold as long as the event.
func (w *Writer) Put(column int, text []byte) {
	c := &w.log.layout.columns[column]
	kind := event.Text
	switch c.class {
	case number, numbers:
		kind = event.Number
	case boolean:
		kind = event.Bool
	}
	w.put(c, kind, text)
}

// PutText adds a text that lives on its own.
func (w *Writer) PutText(column int, text string) {
	start := len(w.arena)
	w.arena = append(w.arena, text...)
	w.Put(column, w.arena[start:len(w.arena):len(w.arena)])
}

// PutInt adds a number.
func (w *Writer) PutInt(column int, n int64) {
	start := len(w.arena)
	w.arena = strconv.AppendInt(w.arena, n, 10)
	w.Put(column, w.arena[start:len(w.arena):len(w.arena)])
}

// PutBool adds a truth value.
func (w *Writer) PutBool(column int, b bool) {
	if b {
		w.Put(column, yes)
	} else {
		w.Put(column, no)
	}
}

// PutSeconds adds a duration, in seconds with six decimals as Zeek writes it.
func (w *Writer) PutSeconds(column int, d time.Duration) {
	start := len(w.arena)
	w.arena = strconv.AppendFloat(w.arena, d.Seconds(), 'f', 6, 64)
	w.Put(column, w.arena[start:len(w.arena):len(w.arena)])
}

// PutTime adds a time, in seconds since 1970.
func (w *Writer) PutTime(column int, t time.Time) {
	start := len(w.arena)
	w.arena = strconv.AppendInt(w.arena, t.Unix(), 10)
	w.arena = append(w.arena, '.')
	micros := strconv.AppendInt(nil, int64(t.Nanosecond()/1000)+1_000_000, 10)
	w.arena = append(w.arena, micros[1:]...)
	w.Put(column, w.arena[start:len(w.arena):len(w.arena)])
}

// End finishes the record. The event holds until the next Begin.
func (w *Writer) End() *event.Event {
	w.end(w.log.layout)
	return &w.event
}
