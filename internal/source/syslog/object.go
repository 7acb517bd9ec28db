package syslog

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
	"tyto/internal/source/weblog"
	"tyto/internal/source/zscaler"
)

// objectLines reads JSON objects that syslog carries, with the formats that
// know them from files of their own.
type objectLines struct {
	formats []source.Format
	readers []source.Reader
	clock   *textlog.Clock
	names   textlog.Names
}

// objectFormats lists those formats in the order in which they are asked.
func objectFormats() []source.Format { return []source.Format{zscaler.New(), weblog.New()} }

func newObjectLines(formats []source.Format) *objectLines {
	o := &objectLines{formats: formats}
	for _, f := range o.formats {
		o.readers = append(o.readers, f.NewReader())
	}
	return o
}

// Begin implements [textlog.Parser].
func (o *objectLines) Begin(_ *source.Input, _ source.Part, c *textlog.Clock) { o.clock = c }

// Notes implements [textlog.Parser].
func (o *objectLines) Notes() []string { return nil }

// Parse implements [textlog.Parser].
func (o *objectLines) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	if len(l.Text) < 2 || l.Text[0] != '{' || len(l.Text) == len(l.Raw) {
		return false
	}
	head := l.Text[:min(len(l.Text), source.HeadSize)]
	for i, f := range o.formats {
		if f.Claims("", head) {
			return o.read(o.readers[i], l, head, emit)
		}
	}
	return false
}

// read takes the line for a file. A line is short, so its reading needs no
// context to end it.
func (o *objectLines) read(r source.Reader, l *textlog.Line, head []byte, emit func(*event.Event)) bool {
	in := &source.Input{Size: int64(len(l.Text)), Head: head, ReaderAt: bytes.NewReader(l.Text)}
	part := source.Part{To: in.Size, Line: 1}
	rep := r.Read(context.Background(), in, part, func(e *event.Event) bool {
		if e.Host == "" {
			e.Host = o.names.Intern(l.Header.Host)
		}
		if e.Time.IsZero() {
			o.clock.Set(e, nil, false)
		}
		emit(e)
		return true
	})
	return rep.Records > 0
}
