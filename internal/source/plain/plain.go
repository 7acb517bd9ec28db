// Package plain reads text lines of no known form as the log that the user
// says they are: what Python, Django, Node.js, Rails, Spring, a Java machine
// or a database write. Nothing is claimed unless a log source was named, for
// any text would do.
//
// Recognised by: the user's word (a [event.Source]); the file must be text.
// Feeds: that log source, such as python/application, jvm/application,
// sql/application or -/database.
// An event has one field, Message: the line, and with it the lines of a stack
// trace that follow. A line goes on the one before when it begins with a
// blank, "at ", "Caused by" or the like, and inside a Python traceback up to
// the line that names the exception; the name of a Java exception goes on a
// line with a date.
//
// Limits: a time is found only where a line begins with a date, also in
// brackets, and a record without one is given that of the record before; events have no host, since such lines do not name one; a trace
// longer than 1 MiB makes a second event.
package plain

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A Format reads text as one log source.
type Format struct {
	as     event.Source
	shapes textlog.Shapes
}

// New returns the format for a log source; with the zero source it claims
// nothing. It must be asked after all formats that know what they read.
func New(as event.Source) *Format { return &Format{as: as} }

// Name implements [source.Format].
func (*Format) Name() string { return "plain" }

// Claims implements [source.Format].
func (f *Format) Claims(_ string, head []byte) bool {
	return f.as != (event.Source{}) && isText(source.Text(head))
}

// isText reports whether a file's first bytes have hardly any control
// characters.
func isText(text []byte) bool {
	odd := 0
	for _, c := range text {
		if c < ' ' && bytes.IndexByte([]byte("\t\r\n\f\v\x1b\b"), c) < 0 {
			odd++
		}
	}
	return len(bytes.TrimSpace(text)) > 0 && odd*100 <= len(text)
}

// Split implements [source.Format]. A text is cut only before lines with a
// date, which always begin a record.
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	parts, err := textlog.Split(ctx, in)
	if err != nil {
		return nil, err
	}
	out := parts[:1]
	for _, next := range parts[1:] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		last := &out[len(out)-1]
		from, lines, ok := firstDated(in, next)
		if !ok {
			last.To = next.To
			continue
		}
		last.To = from
		out = append(out, source.Part{Index: len(out), From: from, To: next.To, Line: next.Line + lines})
	}
	return out, nil
}

// seek is how far into a part the first line with a date is looked for.
const seek = 256 << 10

// firstDated returns where the first line with a date begins in a part, and
// how many lines stand before it.
func firstDated(in *source.Input, part source.Part) (from, lines int64, ok bool) {
	buf := make([]byte, min(seek, part.To-part.From))
	n, _ := in.ReadAt(buf, part.From)
	for at := 0; at < n; lines++ {
		line, _, ended := bytes.Cut(buf[at:n], []byte("\n"))
		if !ended {
			break
		}
		if _, dated := dateOf(line); dated {
			return part.From + int64(at), lines, true
		}
		at += len(line) + 1
	}
	return 0, 0, false
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	p := &parser{}
	return &reader{as: f.as, parser: p, lines: textlog.NewReader(p), record: textlog.NewRecord(&f.shapes)}
}
