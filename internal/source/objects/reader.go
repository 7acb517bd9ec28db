package objects

import (
	"bytes"
	"context"
	"fmt"
	"unicode/utf8"

	"tyto/internal/event"
	"tyto/internal/source"
)

// maxDamage bounds the stretches of damage that one part tells one by one.
const maxDamage = 1000

// Reasons of damage.
const (
	badJSON   = "bad json"
	cutJSON   = "cut json"
	deepJSON  = "json nested too deep"
	longJSON  = "json object too long"
	noJSON    = "no json"
	unread    = "read error"
	everyTurn = 64 // events between two looks at the context
)

// A Reader reads parts and has a [Maker] make events of their objects. It
// belongs to one goroutine.
type Reader struct {
	maker Maker
	alien string // reason of damage for objects that are none of the format's
	scan  scanner
	obj   Object
	feed  feed
	clean []byte // text whose broken characters were replaced
}

// NewReader makes a reader. Objects that the maker refuses are told as damage
// with the reason alien.
func NewReader(m Maker, alien string) *Reader {
	return Options{}.NewReader(m, alien)
}

// NewReader is the function NewReader for objects read with options.
func (o Options) NewReader(m Maker, alien string) *Reader {
	return &Reader{maker: m, alien: alien, scan: scanner{tree: newTree(), lines: true, opt: o}}
}

// Read implements [source.Reader].
func (r *Reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	lay := r.scan.opt.layoutOf(in)
	w := &work{
		Reader: r, ctx: ctx, yield: yield, line: max(part.Line, 1),
		origin: event.Origin{File: in.Path, Member: in.Member},
	}
	r.feed.open(in, part, lay.coding)
	r.maker.Begin()
	if w.wrapped = lay.wrapped; lay.lined {
		w.lined()
	} else {
		w.stream()
	}
	w.finish()
	return w.rep
}

// forget drops all that was learnt when it has grown too large.
func (r *Reader) forget() {
	if r.scan.tree.full() || r.maker.Crowded() {
		r.scan.tree = newTree()
		r.maker.Forget()
	}
}

// A work is the reading of one part.
type work struct {
	*Reader
	ctx     context.Context
	yield   func(*event.Event) bool
	line    int64 // of the window's start
	origin  event.Origin
	rep     source.Report
	stop    bool
	turn    int
	unlist  int64 // stretches of damage not listed
	broken  bool  // text that is no UTF-8
	wrapped bool  // objects stand in wrappers
	inside  int   // wrappers around the window's start
	excess  bool  // values left out
}

func (w *work) ended() bool {
	if w.turn++; w.turn%everyTurn == 0 && w.ctx.Err() != nil {
		w.stop = true
	}
	return w.stop
}

// lined reads a part whose objects each stand in a line. A broken line costs
// nothing but itself.
func (w *work) lined() {
	for !w.ended() {
		n, whole := w.lineEnd()
		if n == 0 {
			return
		}
		if whole {
			w.oneLine(w.feed.rest()[:n])
			w.consume(n)
		} else {
			w.longLine()
		}
	}
}

// lineEnd returns the length of the line at the window's start, newline
// included, growing the window as needed; whole is false for a line that does
// not fit.
func (w *work) lineEnd() (n int, whole bool) {
	looked := 0
	for {
		rest := w.feed.rest()
		if i := bytes.IndexByte(rest[looked:], '\n'); i >= 0 {
			return looked + i + 1, true
		}
		looked = len(rest)
		if !w.feed.more() {
			return len(rest), w.feed.done() && !w.feed.full()
		}
		if w.ctx.Err() != nil {
			return 0, false
		}
	}
}

func (w *work) oneLine(line []byte) {
	text := w.valid(line)
	pos := 0
	for {
		pos += len(text[pos:]) - len(bytes.TrimLeft(text[pos:], around))
		if pos >= len(text) {
			return
		}
		if text[pos] != '{' {
			w.damage(0, len(line), noJSON)
			return
		}
		end, err := w.scan.object(text, pos)
		if err != nil {
			w.damage(0, len(line), reason(err))
			return
		}
		if !w.give(pos, end-pos) {
			return
		}
		pos = end
	}
}

// longLine passes over a line that is longer than any object may be.
func (w *work) longLine() {
	for !w.ended() {
		rest := w.feed.rest()
		i := bytes.IndexByte(rest, '\n')
		if i >= 0 {
			w.damage(0, i+1, longJSON)
			w.consume(i + 1)
			return
		}
		w.damage(0, len(rest), longJSON)
		w.consume(len(rest))
		if !w.feed.more() {
			return
		}
	}
}

// stream reads objects that follow one another in any way: in an array, over
// many lines, with lines of text between them.
func (w *work) stream() {
	for !w.ended() {
		if !w.toObject() {
			return
		}
		if w.wrapped && w.inside == 0 && w.opens() {
			w.inside++
			w.consume(1)
			continue
		}
		end, err := w.whole()
		if err == nil {
			if !w.give(0, end) {
				return
			}
			w.consume(end)
			continue
		}
		w.resync(reason(err))
		w.inside = 0
	}
}

// toObject moves the window to the next object. Blanks and the marks of arrays
// are passed over; lines of other text are damage, except the headings that
// evtx_dump writes between objects.
func (w *work) toObject() bool {
	for !w.ended() {
		rest := w.feed.rest()
		n := len(rest) - len(bytes.TrimLeft(rest, around))
		w.consume(n)
		rest = rest[n:]
		switch {
		case len(rest) > 0 && rest[0] == '{':
			return true
		case len(rest) > 0 && w.wrapped && w.pass():
		case len(rest) > 0:
			w.junk()
		case !w.feed.more():
			return false
		}
	}
	return false
}

// junk passes over a line of text.
func (w *work) junk() {
	n, _ := w.lineEnd()
	line := w.feed.rest()[:n]
	if i := bytes.IndexByte(line, '{'); i > 0 {
		line = line[:i]
	}
	if !isHeading(line) || len(line) > 40 {
		w.damage(0, len(line), noJSON)
	}
	w.consume(len(line))
}

// whole scans the object at the window's start, growing the window until its
// end is in it.
func (w *work) whole() (int, error) {
	for {
		rest := w.feed.rest()
		end, err := w.scan.object(rest, 0)
		if err == nil && !utf8.Valid(rest[:end]) {
			_, err = w.scan.object(w.valid(rest[:end]), 0)
			return end, err
		}
		if err != errCut || !w.feed.more() {
			return end, err
		}
		if w.ctx.Err() != nil {
			return 0, errCut
		}
	}
}

// resync passes over a broken object: to the next line that begins with one.
func (w *work) resync(why string) {
	skip := 1
	for !w.ended() {
		rest := w.feed.rest()
		if i := bytes.Index(rest[min(skip, len(rest)):], []byte("\n{")); i >= 0 {
			w.damage(0, skip+i+1, why)
			w.consume(skip + i + 1)
			return
		}
		n := max(len(rest)-1, 0)
		if !w.feed.more() && (w.feed.done() || n == 0) {
			n = len(rest)
			w.damage(0, n, why)
			w.consume(n)
			return
		}
		if w.feed.full() {
			w.damage(0, n, why)
			w.consume(n)
			why, skip = longJSON, 0
		}
	}
}

// give yields the event of the object that the scanner holds, which stands at
// pos of the window.
func (w *work) give(pos, size int) bool {
	w.obj.Leaves = w.scan.leaves
	w.obj.runs()
	w.excess = w.excess || w.scan.excess
	e := w.maker.Make(&w.obj)
	if e == nil {
		w.damage(pos, size, w.alien)
		w.forget()
		return true
	}
	more, _ := w.maker.(Repeater)
	for count := &w.rep.Records; e != nil; e, count = more.Again(), &w.rep.Again {
		*count++
		if !w.hand(e, pos) {
			return false
		}
		if more == nil {
			break
		}
	}
	w.forget()
	return true
}

// hand yields an event of the object at pos of the window.
func (w *work) hand(e *event.Event, pos int) bool {
	record := e.Origin.Record
	e.Origin = w.origin
	e.Origin.Record, e.Origin.Line = record, w.line
	e.Origin.Offset, _ = w.feed.span(min(pos, len(w.feed.rest())), 0)
	w.stop = !w.yield(e)
	return !w.stop
}

// valid replaces what is no UTF-8.
func (w *work) valid(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	w.broken = true
	if cap(w.clean) > keepArena {
		w.clean = nil
	}
	w.clean = append(w.clean[:0], bytes.ToValidUTF8(text, []byte("\uFFFD"))...)
	return w.clean
}

// consume moves the window, counting lines.
func (w *work) consume(n int) {
	w.line += int64(bytes.Count(w.feed.rest()[:n], []byte{'\n'}))
	w.feed.skip(n)
}

// damage notes that a stretch at pos of the window was not read. Stretches
// that touch and have the same reason become one.
func (w *work) damage(pos, size int, why string) {
	w.rep.Damaged++
	off, length := w.feed.span(pos, size)
	list := w.rep.Damage
	if k := len(list) - 1; k >= 0 && list[k].Reason == why && list[k].Offset+list[k].Length == off {
		list[k].Length += length
		if why == longJSON {
			w.rep.Damaged--
		}
		return
	}
	if len(list) >= maxDamage {
		w.unlist++
		return
	}
	line := w.line + int64(bytes.Count(w.feed.rest()[:min(pos, len(w.feed.rest()))], []byte{'\n'}))
	w.rep.Damage = append(list, source.Damage{Offset: off, Length: length, Line: line, Reason: why})
}

// finish closes the report.
func (w *work) finish() {
	if w.feed.err != nil {
		w.rep.Damage = append(w.rep.Damage, source.Damage{Offset: w.feed.at, Length: w.feed.end - w.feed.at, Reason: unread})
	}
	if w.unlist > 0 {
		w.rep.Notes = append(w.rep.Notes, fmt.Sprintf("%d more damaged stretches are not listed", w.unlist))
	}
	if w.broken {
		w.rep.Notes = append(w.rep.Notes, "broken UTF-8 shown as U+FFFD")
	}
	if w.excess {
		w.rep.Notes = append(w.rep.Notes, fmt.Sprintf("objects with more than %d values: the rest is left out", maxLeaves))
	}
	w.rep.Notes = append(w.rep.Notes, w.maker.Notes()...)
	w.rep.Bytes = w.feed.consumed()
}

func reason(err error) string {
	switch err {
	case errCut:
		return cutJSON
	case errDeep:
		return deepJSON
	}
	return badJSON
}
