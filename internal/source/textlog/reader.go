package textlog

import (
	"bytes"
	"context"
	"fmt"

	"tyto/internal/event"
	"tyto/internal/source"
)

// A Line is one line of a log on its way to a [Parser]. It holds until the
// next line.
type Line struct {
	Raw    []byte // the whole line, valid UTF-8, without its end
	Text   []byte // the line without the header of syslog
	Header Header // what that header said; zero when there was none
	Partly bool   // set by a parser that could read a part of the line only
}

func (l *Line) open(raw []byte) {
	*l = Line{Raw: raw, Text: raw}
	if h, n := ParseHeader(raw); n > 0 {
		l.Header, l.Text = h, raw[n:]
	}
}

// A Parser makes events of lines. It belongs to one [Reader].
type Parser interface {
	// Begin is called before each part, with the clock to read times by.
	Begin(in *source.Input, part source.Part, clock *Clock)
	// Parse hands the events of a line to emit, which fills in their Origin.
	// It reports whether the line is of the format; lines that are not are
	// told as damage. An event may be reused when emit returns.
	Parse(l *Line, emit func(*event.Event)) bool
	// Notes returns what the part's report should remark.
	Notes() []string
}

// Reasons of damage, and how often the context is looked at.
const (
	badLine   = "bad line"
	longLine  = "line too long"
	unread    = "read error"
	maxDamage = 1000
	everyTurn = 64
)

// NoHost is the note on logs that do not say which machine wrote them.
const NoHost = "the log does not name the machine that wrote it"

// A Reader reads parts of text logs. It implements [source.Reader].
type Reader struct {
	parser Parser
	lines  lines
	clock  Clock
	line   Line

	yield  func(*event.Event) bool
	origin event.Origin
	rep    source.Report
	stop   bool
	unlist int64
	told   bool // the line has given an event
	orphan bool // events whose log does not say which machine wrote it
	emit   func(*event.Event)
}

// NewReader makes a reader for one goroutine.
func NewReader(p Parser) *Reader {
	r := &Reader{parser: p}
	r.emit = r.hand
	return r
}

// Read implements [source.Reader].
func (r *Reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	r.yield, r.rep, r.stop, r.unlist, r.orphan = yield, source.Report{}, false, 0, false
	r.origin = event.Origin{File: in.Path, Member: in.Member, Line: max(part.Line, 1) - 1}
	r.clock.begin(ctx, in)
	r.parser.Begin(in, part, &r.clock)
	r.lines.open(in, part)
	r.walk(ctx)
	r.finish(part)
	r.yield = nil
	return r.rep
}

func (r *Reader) walk(ctx context.Context) {
	for turn := 0; !r.stop; turn++ {
		if turn%everyTurn == 0 && ctx.Err() != nil || !r.lines.next() {
			return
		}
		r.origin.Line++
		r.origin.Offset = r.lines.offset
		r.one()
	}
}

// one reads the current line.
func (r *Reader) one() {
	text := bytes.TrimPrefix(r.lines.text, []byte("\xef\xbb\xbf")) // of files put one behind another
	if r.lines.cut {
		r.damage(r.lines.offset, r.lines.length, longLine)
	}
	if len(bytes.TrimRight(text, " \t\x00")) == 0 {
		if len(text) > 0 && bytes.IndexByte(text, 0) >= 0 {
			r.damage(r.lines.offset, r.lines.length, badLine)
		}
		return
	}
	r.line.open(text)
	r.told = false
	r.clock.now(&r.line.Header)
	if ok := r.parser.Parse(&r.line, r.emit); (!ok || r.line.Partly) && !r.lines.cut {
		r.damage(r.lines.offset, r.lines.length, badLine)
	}
}

// hand gives an event to the caller.
func (r *Reader) hand(e *event.Event) {
	if r.stop {
		return
	}
	record := e.Origin.Record
	e.Origin = r.origin
	e.Origin.Record = record
	r.orphan = r.orphan || e.Host == ""
	if !r.told {
		r.told = true
		r.rep.Records++
	} else {
		r.rep.Again++
	}
	r.stop = !r.yield(e)
}

func (r *Reader) damage(offset, length int64, why string) {
	r.rep.Damaged++
	if len(r.rep.Damage) >= maxDamage {
		r.unlist++
		return
	}
	r.rep.Damage = append(r.rep.Damage, source.Damage{Offset: offset, Length: length, Line: r.origin.Line, Reason: why})
}

func (r *Reader) finish(part source.Part) {
	r.rep.Bytes = r.lines.consumed(part.From)
	if r.lines.err != nil && r.lines.end > r.lines.at {
		r.rep.Damage = append(r.rep.Damage, source.Damage{
			Offset: r.lines.at, Length: r.lines.end - r.lines.at, Reason: unread})
		r.rep.Notes = append(r.rep.Notes, fmt.Sprintf("reading stopped at byte %d: %v", r.lines.at, r.lines.err))
	}
	if r.unlist > 0 {
		r.rep.Notes = append(r.rep.Notes, "more damage than is listed")
	}
	if r.orphan {
		r.rep.Notes = append(r.rep.Notes, NoHost)
	}
	r.rep.Notes = append(r.rep.Notes, r.parser.Notes()...)
	r.rep.Notes = append(r.rep.Notes, r.clock.notes()...)
}
