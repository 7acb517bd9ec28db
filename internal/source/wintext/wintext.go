// Package wintext reads Windows events as Splunk took them in from the event
// log and gives them out as text: a local time, then lines of key and value, of
// which the message is the last and goes on over many lines.
//
//	06/15/2025 10:00:00 AM
//	LogName=Security
//	EventCode=4688
//	ComputerName=ws1
//	Message=A new process has been created.
//
// A file is recognised by these first two lines. Events feed what their channels
// feed. Limits: the times have no zone and are read as UTC; fields are drawn out
// of English messages.
package wintext

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// A Format is the format of such files. Its readers share shapes.
type Format struct{ shapes winlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "wintext" }

// logName begins the second line of every event.
const logName = "LogName="

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	return begins(bytes.TrimLeft(source.Text(head), " \t\r\n"))
}

// begins reports whether an event begins at the start of text.
func begins(text []byte) bool {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	_, _, ok := winlog.ParseLocal(bytes.TrimSpace(first))
	return ok && bytes.HasPrefix(rest, []byte(logName))
}

// Split implements [source.Format]. Messages may hold anything, so a file
// stays whole.
func (*Format) Split(_ context.Context, in *source.Input) ([]source.Part, error) {
	return []source.Part{{To: in.Size, Line: 1}}, nil
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return &reader{table: winlog.NewTable([]string{"_raw"}), rows: winlog.NewRows(winlog.NewBuilder(&f.shapes))}
}

// A reader belongs to one goroutine.
type reader struct {
	w     winlog.Window
	table *winlog.Table
	rows  *winlog.Rows
	row   [1]winlog.Leaf
	event event.Event
}

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	r.w.Open(ctx, in, part, yield)
	r.rows.Begin()
	for !r.w.Ended() && (len(r.w.Rest()) > 0 || r.w.More()) {
		r.one(r.next())
	}
	return r.w.Close(r.rows.Notes()...)
}

// next returns the length of the text up to where the next event begins, growing
// the window as needed.
func (r *reader) next() int {
	for looked := 0; ; {
		rest := r.w.Rest()
		if n := follower(rest, looked); n > 0 {
			return n
		}
		looked = max(len(rest)-maxFirst, 0)
		if !r.w.More() {
			return len(rest)
		}
	}
}

// maxFirst bounds the line with the time, and what of the second tells it.
const maxFirst = 64

// follower returns where an event begins behind the start of text, looking from
// a place on; 0 when none is in sight.
func follower(text []byte, from int) int {
	for {
		i := bytes.Index(text[from:], []byte("\n"+logName))
		if i < 0 {
			return 0
		}
		from += i + 1
		if n := bytes.LastIndexByte(text[:from-1], '\n') + 1; n > 0 && begins(text[n:]) {
			return n
		}
	}
}

// one reads the text of one event, of n bytes.
func (r *reader) one(n int) {
	text := r.w.Rest()[:n]
	r.row[0] = winlog.Leaf{Text: bytes.ReplaceAll(bytes.TrimLeft(text, " \t\r\n"), []byte("\r\n"), []byte("\n"))}
	switch {
	case len(r.row[0].Text) == 0:
		r.w.Skip(n)
	case !r.rows.Event(r.table, r.row[:], &r.event):
		r.w.Damage(n, "no event")
	default:
		r.w.Give(&r.event)
		r.w.Skip(n)
	}
}
