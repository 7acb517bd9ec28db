package plain

import (
	"bytes"
	"context"
	"slices"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A parser hands on every line, with the time of its date.
type parser struct {
	clock *textlog.Clock
	event event.Event
	line  [1]event.Value
	fresh bool // the line begins with a date
}

// Begin implements [textlog.Parser].
func (p *parser) Begin(_ *source.Input, _ source.Part, clock *textlog.Clock) { p.clock = clock }

// Notes implements [textlog.Parser].
func (p *parser) Notes() []string { return nil }

// Parse implements [textlog.Parser].
func (p *parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	d, ok := dateOf(l.Raw)
	p.event = event.Event{Values: p.line[:]}
	p.line[0] = event.Value{Text: l.Raw}
	p.fresh = ok
	if ok {
		p.event.Time, _ = p.clock.Time(&d)
	}
	emit(&p.event)
	return true
}

// dateOf reads the date at a line's beginning, also in brackets and behind the
// letter that Ruby puts there (`I, [2025-06-15T10:00:00.123 #7]`).
func dateOf(line []byte) (d textlog.Date, ok bool) {
	if len(line) > 4 && line[1] == ',' && line[2] == ' ' && line[3] == '[' {
		line = line[3:]
	}
	if len(line) > 1 && line[0] == '[' {
		line = line[1:]
	}
	if len(line) < 15 {
		return d, false
	}
	ways := digitDates[:]
	if line[0] < '0' || line[0] > '9' {
		ways = wordDates[:]
	}
	for _, read := range ways {
		if d, _, ok = read(line); ok {
			return d, true
		}
	}
	return d, false
}

type dateReader = func(b []byte) (textlog.Date, []byte, bool)

// The ways of writing dates that begin with a digit or with a letter.
var (
	digitDates = [...]dateReader{textlog.ISODate, textlog.DayDate, textlog.WebDate, slashDate, textlog.USDate}
	wordDates  = [...]dateReader{textlog.CDate, javaDate, textlog.BSDDate}
)

// slashDate reads 15/Jun/2025 10:00:00, as the server of Django writes it.
func slashDate(b []byte) (d textlog.Date, rest []byte, ok bool) {
	var fixed [20]byte
	if n := copy(fixed[:], b); n < len(fixed) || fixed[11] != ' ' {
		return d, b, false
	}
	fixed[11] = ':'
	d, _, ok = textlog.WebDate(fixed[:])
	return d, nil, ok
}

// javaDate reads "Jun 15, 2025 10:00:00 AM", as Java's own logging writes it.
// What follows the date is not returned.
func javaDate(b []byte) (d textlog.Date, rest []byte, ok bool) {
	comma := bytes.IndexByte(b[:min(len(b), 8)], ',')
	if comma < 0 {
		return d, b, false
	}
	var fixed [32]byte
	n := copy(fixed[:], b[:comma])
	n += copy(fixed[n:], b[comma+1:])
	d, rest, ok = textlog.BSDDate(fixed[:n])
	if !ok || d.Yearless() {
		return d, b, false
	}
	switch {
	case bytes.HasPrefix(rest, []byte(" PM")) && d.Hour < 12:
		d.Hour += 12
	case bytes.HasPrefix(rest, []byte(" AM")) && d.Hour == 12:
		d.Hour = 0
	}
	return d, nil, true
}

// maxRecord bounds the text of one event, in bytes.
const maxRecord = 1 << 20

// A reader joins lines to records.
type reader struct {
	as     event.Source
	parser *parser
	lines  *textlog.Reader
	record *textlog.Record

	event  event.Event
	text   []byte // the record so far
	have   bool
	trace  trace
	last   time.Time // that was written, for records without one
	long   bool
	lent   bool // a record has the time of the one before
	never  bool // a record has no time
	yield  func(*event.Event) bool
	count  int64
	wanted bool // the caller wants more
}

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	r.have, r.long, r.lent, r.never, r.last = false, false, false, false, time.Time{}
	r.yield, r.count, r.wanted = yield, 0, true
	rep := r.lines.Read(ctx, in, part, r.take)
	if r.wanted && ctx.Err() == nil {
		r.flush()
	}
	r.yield = nil
	rep.Records = r.count
	rep.Notes = append(rep.Notes, "read as "+r.as.Log()+" because the user says so")
	if r.long {
		rep.Notes = append(rep.Notes, "records longer than 1 MiB: made into several")
	}
	if r.lent {
		rep.Notes = append(rep.Notes, "records without a date: given that of the record before")
	}
	if r.never {
		rep.Notes = append(rep.Notes, "events without a time")
	}
	if host := in.HostHint; host.Name != "" && slices.Contains(rep.Notes, textlog.NoHost) {
		rep.Notes = append(rep.Notes, host.From+" names the machine "+host.Name)
	}
	return rep
}

// take adds a line to the record, or begins the next one.
func (r *reader) take(line *event.Event) bool {
	text := line.Values[0].Text
	goesOn := !r.parser.fresh && r.trace.goesOn(text)
	if r.have && goesOn && len(r.text)+len(text) < maxRecord {
		r.text = append(append(r.text, '\n'), text...)
		return true
	}
	r.long = r.long || r.have && goesOn
	if r.flush(); !r.wanted {
		return false
	}
	if !goesOn {
		r.trace.begin(text, r.parser.fresh)
	}
	r.event = event.Event{Time: r.timeOf(line), Origin: line.Origin, Source: r.as}
	r.text, r.have = append(r.text[:0], text...), true
	return true
}

// timeOf returns the time of a record that begins with a line.
func (r *reader) timeOf(line *event.Event) time.Time {
	switch {
	case !line.Time.IsZero():
		r.last = line.Time
	case r.last.IsZero():
		r.never = true
	default:
		r.lent = true
	}
	return r.last
}

// flush hands the record to the caller.
func (r *reader) flush() {
	if !r.have {
		return
	}
	r.have = false
	r.record.Reset()
	r.record.Add("Message", r.text)
	r.record.Fill(&r.event)
	r.count++
	r.wanted = r.yield(&r.event)
}

// A trace follows the lines of a record.
type trace struct {
	dated bool // the record begins with a date
	open  bool // inside a Python traceback: the exception's name is to come
	seen  bool // the record has a traceback
	more  bool // another one is announced
}

const (
	pythonTrace = "Traceback (most recent call last):"
	pythonAgain = "During handling of the above exception"
	pythonCause = "The above exception was the direct cause"
)

// begin starts with the first line of a record.
func (t *trace) begin(line []byte, dated bool) {
	opens := bytes.HasSuffix(bytes.TrimSpace(line), []byte(pythonTrace))
	*t = trace{dated: dated, open: opens, seen: opens}
}

// goesOn reports whether a line belongs to the record before it.
func (t *trace) goesOn(line []byte) bool {
	switch {
	case line[0] == ' ' || line[0] == '\t':
		return true
	case bytes.HasPrefix(line, []byte(pythonTrace)):
		if t.seen && !t.more {
			return false // another record's
		}
		t.open, t.seen, t.more = true, true, false
		return true
	case t.open:
		t.open = false // the line that names the exception
		return true
	case bytes.HasPrefix(line, []byte(pythonAgain)), bytes.HasPrefix(line, []byte(pythonCause)):
		t.more = t.seen
		return t.seen
	case t.dated && !t.seen && isThrowable(line):
		t.seen = true
		return true
	}
	for _, word := range []string{"at ", "Caused by", "Suppressed: ", "... "} {
		if bytes.HasPrefix(line, []byte(word)) {
			return true
		}
	}
	return false
}

// isThrowable reports whether a line begins with the full name of a Java
// exception, as the first line of a trace does.
func isThrowable(line []byte) bool {
	name, _, _ := bytes.Cut(line, []byte(":"))
	if name = bytes.TrimSpace(name); bytes.IndexByte(name, '.') < 1 || bytes.IndexByte(name, ' ') >= 0 {
		return false
	}
	return bytes.HasSuffix(name, []byte("Exception")) || bytes.HasSuffix(name, []byte("Error")) ||
		bytes.HasSuffix(name, []byte("Throwable"))
}
