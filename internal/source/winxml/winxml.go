// Package winxml reads Windows events exported as XML: by Event Viewer,
// wevtutil, Get-WinEvent's ToXml, or a collector.
//
// It is recognised by an Event element in the namespace of Windows events, or
// with a System element in it, that stands alone or inside a root such as
// Events. Declarations, comments, several roots one after another, and lines
// of other text between them are allowed; UTF-8 and UTF-16.
//
// It feeds whatever the events' channels feed, as the log file itself would:
// fields, values and identities are the same. RenderingInfo, in which the same
// names stand once more in words, becomes headers of its own.
//
// Limits: an event longer than 16 MiB is passed over. XML does not tell numbers
// from text. Event Viewer's export can silently hold fewer events than the log
// had; gaps in the record numbers show it.
package winxml

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// A Format is the format of Windows events as XML. Its readers share shapes.
type Format struct{ shapes winlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "winxml" }

// preface returns the length of the line that evtxexport writes first.
func preface(text []byte) int {
	if !bytes.HasPrefix(text, []byte("evtxexport ")) {
		return 0
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return len(line) + len(text[len(line):]) - len(bytes.TrimLeft(text[len(line):], " \t\r\n"))
}

// Namespace is how the namespace of Windows events ends.
const Namespace = "schemas.microsoft.com/win/2004/08/events/event"

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	text := bytes.TrimLeft(source.Text(head), " \t\r\n")
	text = text[preface(text):]
	if len(text) < 2 || text[0] != '<' || text[1] >= '0' && text[1] <= '9' { // a digit: a line of syslog
		return false
	}
	n := findEvent(text)
	if n < 0 {
		return false
	}
	text = text[n:]
	tag, rest, _ := bytes.Cut(text, []byte(">"))
	return bytes.Contains(tag, []byte(Namespace)) ||
		bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("<System>"))
}

// partSize is how much of a file makes a part.
const partSize = 8 << 20

// Split implements [source.Format]. Parts begin with the line in which the
// start tag of an Event stands first; a file without such lines stays whole.
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	coding, _ := source.CodingOf(in.Head)
	if coding != source.UTF8 || in.Size <= partSize {
		return []source.Part{{To: in.Size, Line: 1}}, nil
	}
	lines, err := source.SplitLines(ctx, in, partSize)
	if err != nil {
		return nil, err
	}
	parts := lines[:1]
	for _, p := range lines[1:] {
		last := &parts[len(parts)-1]
		from, line := eventAfter(in, p)
		if from < 0 {
			last.To = p.To
			continue
		}
		last.To = from
		parts = append(parts, source.Part{Index: len(parts), From: from, To: p.To, Line: line})
	}
	return parts, nil
}

// lookAhead is how far a part's beginning is looked for, in bytes.
const lookAhead = 256 << 10

// eventAfter finds the first line of a part in which an event of its own
// begins: one in the namespace of events, which nothing inside an event is. It
// returns where the line begins and its number; -1 when there is none near.
func eventAfter(in *source.Input, p source.Part) (from, line int64) {
	buf := make([]byte, min(lookAhead, p.To-p.From))
	n, _ := in.ReadAt(buf, p.From)
	from, line = p.From, p.Line
	for text := range bytes.Lines(buf[:n]) {
		tag, _, ended := bytes.Cut(bytes.TrimLeft(text, " \t"), []byte(">"))
		if ended && isEvent(tag) && bytes.Contains(tag, []byte(Namespace)) {
			return from, line
		}
		from += int64(len(text))
		line++
	}
	return -1, 0
}

// isEvent reports whether b begins with the start tag of an Event.
func isEvent(b []byte) bool {
	const open = "<Event"
	return bytes.HasPrefix(b, []byte(open)) && (len(b) == len(open) || bytes.IndexByte([]byte(" \t\r\n>/"), b[len(open)]) >= 0)
}

// findEvent returns where the first Event begins, -1 when nowhere.
func findEvent(b []byte) int {
	for at := 0; ; {
		n := bytes.Index(b[at:], []byte("<Event"))
		if n < 0 {
			return -1
		}
		if at += n; isEvent(b[at:]) {
			return at
		}
		at++
	}
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return &reader{b: winlog.NewBuilder(&f.shapes)}
}

// A reader belongs to one goroutine.
type reader struct {
	w     winlog.Window
	b     *winlog.Builder
	xml   winlog.XML
	event event.Event
	waste int64 // bytes looked through in vain by events without an end
}

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	r.w.Open(ctx, in, part, yield)
	r.b.Begin()
	r.waste = 0
	for !r.w.Ended() && r.toEvent() {
		r.one()
	}
	return r.w.Close(r.b.Notes()...)
}

// toEvent moves to the next event. What stands between events is passed over:
// roots, declarations and comments in silence, other text as damage.
func (r *reader) toEvent() bool {
	for !r.w.Ended() {
		rest := r.w.Rest()
		n := findEvent(rest)
		if n >= 0 && n+len("<Event") < len(rest) {
			r.between(n)
			return true
		}
		if r.w.More() {
			continue
		}
		r.between(len(rest))
		if len(r.w.Rest()) == 0 && !r.w.More() {
			return false
		}
	}
	return false
}

// between passes over n bytes that are no event.
func (r *reader) between(n int) {
	for n > 0 {
		text := r.w.Rest()[:n]
		size, ok := plain(text)
		if ok {
			r.w.Skip(size)
		} else {
			r.w.Damage(size, "no event")
		}
		n -= size
	}
}

// plain returns the length of the next stretch that is either markup and white
// space, or neither.
func plain(text []byte) (n int, ok bool) {
	blank := len(text) - len(bytes.TrimLeft(text, " \t\r\n\ufeff"))
	if blank > 0 {
		return blank, true
	}
	if n := preface(text); n > 0 {
		return n, true
	}
	next := bytes.IndexByte(text[1:], '<') + 1
	if next == 0 {
		next = len(text)
	}
	if bytes.HasPrefix(text, []byte("<!--")) {
		if end := bytes.Index(text[:min(len(text), maxComment)], []byte("-->")); end >= 0 {
			return end + 3, true
		}
	}
	if end := bytes.IndexByte(text[:next], '>'); text[0] == '<' && end >= 0 && isRoot(text[1:end]) {
		return end + 1, true
	}
	return next, false
}

// maxComment bounds a comment between events, in bytes.
const maxComment = 64 << 10

// isRoot tells the marks that may stand around events from those of a broken
// event.
func isRoot(mark []byte) bool {
	name := bytes.TrimPrefix(mark, []byte("/"))
	for _, s := range []string{"Events", "?", "!", "EventList", "Objs", "Obj", "events"} {
		if bytes.HasPrefix(name, []byte(s)) {
			return true
		}
	}
	return false
}

// one reads the event at the window's start.
func (r *reader) one() {
	for {
		r.b.Reset()
		rest := r.w.Rest()
		n, err := r.xml.Event(r.b, rest)
		switch {
		case err == nil && r.foreign():
			r.w.Damage(n, "no windows event")
		case err == nil:
			r.b.Fill(&r.event)
			r.w.Give(&r.event)
			r.w.Skip(n)
		case err == winlog.ErrCut && r.w.More():
			continue
		default:
			r.pass(rest, n, err)
		}
		return
	}
}

// foreign reports whether an element named Event is none of Windows.
func (r *reader) foreign() bool {
	return r.b.First(winlog.Head, winlog.EventID) == nil && r.b.First(winlog.Head, winlog.ProviderName) == nil
}

// pass passes over a broken event, read up to looked: to the next one.
func (r *reader) pass(rest []byte, looked int, err error) {
	why := err.Error()
	if err == winlog.ErrCut && r.w.Full() {
		why = "event too long"
	}
	n := findEvent(rest[1:]) + 1
	if n == 0 || r.wasted(looked) {
		n = len(rest)
	}
	r.w.Damage(n, why)
}

// wasted reports whether so many events had no end that looking for more among
// what follows would take time beyond measure.
func (r *reader) wasted(n int) bool {
	r.waste += int64(n)
	return r.waste > 4*winlog.MaxRecord+8*r.w.Consumed()
}
