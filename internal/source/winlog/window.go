package winlog

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"unicode/utf8"

	"tyto/internal/event"
	"tyto/internal/source"
)

// Sizes of a window, in bytes.
const (
	minWindow  = 256 << 10
	MaxRecord  = 16 << 20 // a record that is longer is passed over
	keepWindow = 1 << 20  // kept from one part to the next
	maxDamage  = 1000     // stretches told by one part
	everyTurn  = 64       // events between two looks at the context
)

// A Window hands out the text of a part, valid UTF-8 whatever the file has, and
// moves forward. It also keeps the part's report, so that a reader of any text
// format is a loop over Rest, Skip, Give and Damage.
type Window struct {
	Line   int64 // of the window's start
	Report source.Report

	in      *source.Input
	ctx     context.Context
	yield   func(*event.Event) bool
	coding  source.Coding
	at, end int64 // bytes of the input not yet taken
	from    int64
	buf     []byte
	pos     int
	base    int64 // offset in the input of buf[pos]
	raw     []byte
	err     error
	stopped bool
	broken  bool // some text was no UTF-8
	unlist  int64
	turn    int
}

// Open starts with a part.
func (w *Window) Open(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) {
	buf, raw := w.buf[:0], w.raw
	if cap(buf) > keepWindow {
		buf = nil
	}
	coding, mark := source.CodingOf(in.Head)
	*w = Window{
		Line: max(part.Line, 1), in: in, ctx: ctx, yield: yield, coding: coding,
		at: part.From, from: part.From, end: min(part.To, in.Size), buf: buf, raw: raw,
	}
	if part.From == 0 {
		w.at = min(int64(mark), w.end)
	}
	w.base = w.at
}

// Rest is the text in the window.
func (w *Window) Rest() []byte { return w.buf[w.pos:] }

// Ended reports whether the caller or the context has ended the reading.
func (w *Window) Ended() bool {
	if w.turn++; w.turn%everyTurn == 0 && w.ctx.Err() != nil {
		w.stopped = true
	}
	return w.stopped
}

// Skip moves the window's start.
func (w *Window) Skip(n int) {
	gone := w.buf[w.pos : w.pos+n]
	w.Line += int64(bytes.Count(gone, []byte{'\n'}))
	w.base += w.coding.Size(gone)
	w.pos += n
}

// More makes the window larger and reports whether it could: not at the part's
// end, and not beyond [MaxRecord].
func (w *Window) More() bool {
	if w.at >= w.end || w.err != nil || len(w.buf)-w.pos >= MaxRecord || w.ctx.Err() != nil {
		return false
	}
	w.buf = w.buf[:copy(w.buf, w.buf[w.pos:])]
	w.pos = 0
	step := int(min(max(minWindow, int64(len(w.buf))), w.end-w.at))
	have := len(w.buf)
	if w.coding != source.UTF8 {
		w.convert(step)
		return len(w.buf) > have
	}
	if cap(w.buf) < have+step {
		w.buf = append(make([]byte, 0, have+step), w.buf...)
	}
	n := w.read(w.buf[have : have+step])
	w.buf = w.buf[:have+n]
	w.mend(have)
	return n > 0
}

// mend replaces bytes that are no UTF-8, one by one so that offsets stay true.
// A character cut at the end is left to stay whole: it is looked at again.
func (w *Window) mend(from int) {
	for i := 1; i < utf8.UTFMax && from > 0; i++ {
		from--
		if utf8.RuneStart(w.buf[from]) {
			break
		}
	}
	b := w.buf[from:]
	if utf8.Valid(b) {
		return
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			if !utf8.FullRune(b) && w.at < w.end {
				return
			}
			b[0] = '?'
			w.broken = true
		}
		b = b[n:]
	}
}

// convert takes the next bytes of UTF-16. It stops before a surrogate that may
// be half of a pair.
func (w *Window) convert(step int) {
	if cap(w.raw) < step {
		w.raw = make([]byte, step)
	}
	raw := w.raw[:step]
	n := w.read(raw)
	if n &= ^1; n < 2 {
		return
	}
	high := 1
	if w.coding == source.UTF16BE {
		high = 0
	}
	if n >= 4 && w.at < w.end && raw[n-2+high]&0xfc == 0xd8 {
		n -= 2
		w.at -= 2
	}
	w.buf = source.AppendUTF16(w.buf, raw[:n], w.coding)
}

func (w *Window) read(p []byte) int {
	n, err := w.in.ReadAt(p, w.at)
	w.at += int64(n)
	if err != nil && (err != io.EOF || n < len(p)) {
		w.err = err
	}
	return n
}

// Consumed is how many bytes of the part lie before the window.
func (w *Window) Consumed() int64 { return w.base - w.from }

// Offset is where the window begins in the input.
func (w *Window) Offset() int64 { return w.base }

// Yield hands an event on that has its origin already.
func (w *Window) Yield(e *event.Event) bool {
	w.Report.Records++
	if !w.yield(e) {
		w.stopped = true
	}
	return !w.stopped
}

// GiveAgain is Give for a further event of the record.
func (w *Window) GiveAgain(e *event.Event) {
	w.Give(e)
	w.Report.Records--
	w.Report.Again++
}

// Full reports whether the window has reached its limit.
func (w *Window) Full() bool { return len(w.buf)-w.pos >= MaxRecord }

// Give yields the event of the record at the window's start.
func (w *Window) Give(e *event.Event) {
	record := e.Origin.Record
	e.Origin = event.Origin{File: w.in.Path, Member: w.in.Member, Record: record, Line: w.Line, Offset: w.base}
	w.Yield(e)
}

// Damage notes that the first n bytes of the window could not be read, and
// moves on.
func (w *Window) Damage(n int, why string) {
	length := w.coding.Size(w.buf[w.pos : w.pos+n])
	w.Report.Damaged++
	list := w.Report.Damage
	switch k := len(list) - 1; {
	case length == 0:
	case k >= 0 && list[k].Reason == why && list[k].Offset+list[k].Length == w.base:
		list[k].Length += length
	case len(list) >= maxDamage:
		w.unlist++
	default:
		w.Report.Damage = append(list, source.Damage{Offset: w.base, Length: length, Line: w.Line, Reason: why})
	}
	w.Skip(n)
}

// Close finishes the report.
func (w *Window) Close(notes ...string) source.Report {
	if w.err != nil {
		w.Report.Damage = append(w.Report.Damage, source.Damage{Offset: w.at, Length: w.end - w.at, Reason: "read error"})
	}
	if w.unlist > 0 {
		w.Report.Notes = append(w.Report.Notes, fmt.Sprintf("%d more damaged stretches are not listed", w.unlist))
	}
	if w.broken {
		w.Report.Notes = append(w.Report.Notes, "bytes that are no UTF-8 shown as ?")
	}
	w.Report.Notes = append(w.Report.Notes, notes...)
	w.Report.Bytes = w.base - w.from
	if w.at >= w.end && w.pos == len(w.buf) {
		w.Report.Bytes = w.end - w.from // with half a character at the end
	}
	return w.Report
}
