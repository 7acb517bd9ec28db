package wincsv

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// A reader belongs to one goroutine.
type reader struct {
	w      winlog.Window
	rows   *winlog.Rows
	cutter cutter
	row    []winlog.Leaf
	event  event.Event
	head   *header
}

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	r.w.Open(ctx, in, part, yield)
	r.rows.Begin()
	r.head = readHeader(source.Text(in.Head))
	if part.From == 0 && r.head != nil {
		r.skipHeader()
	}
	for !r.w.Ended() {
		n, whole := r.recordEnd()
		if n == 0 {
			break
		}
		r.one(n, whole)
	}
	return r.w.Close(r.rows.Notes()...)
}

func (r *reader) skipHeader() {
	for len(r.w.Rest()) < r.head.size && r.w.More() {
	}
	r.w.Skip(min(r.head.size, len(r.w.Rest())))
}

// recordEnd returns the length of the row at the window's start, its line end
// included: up to the first line end outside quotes. whole is false for a row
// that does not end within the limit or the part.
func (r *reader) recordEnd() (n int, whole bool) {
	quotes := 0
	for {
		rest := r.w.Rest()
		end := bytes.IndexByte(rest[n:], '\n') + 1
		if end == 0 {
			if r.w.More() {
				continue
			}
			rest = r.w.Rest()
			quotes += bytes.Count(rest[n:], []byte{'"'})
			return len(rest), quotes&1 == 0 && !r.w.Full()
		}
		quotes += bytes.Count(rest[n:n+end], []byte{'"'})
		n += end
		if quotes&1 == 0 {
			return n, true
		}
		if n >= maxRow {
			return n, false
		}
	}
}

// mark is the mark of UTF-8, which stands within where tables were put one behind
// another.
var mark = []byte("\xef\xbb\xbf")

// maxRow bounds a row that goes over several lines, in bytes.
const maxRow = 1 << 20

// one reads a row of n bytes. Of a broken one only the first line is given up:
// what follows may be whole.
func (r *reader) one(n int, whole bool) {
	text := r.w.Rest()[:n]
	line := bytes.TrimPrefix(bytes.TrimRight(text, "\r\n"), mark)
	switch {
	case len(bytes.TrimSpace(line)) == 0:
		r.w.Skip(n)
	case r.head == nil:
		r.w.Damage(n, "no header")
	case !whole:
		r.w.Damage(firstLine(text), "cut row")
	default:
		r.cells(text, line)
	}
}

func firstLine(text []byte) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}

func (r *reader) cells(text, line []byte) {
	r.row = r.cutter.cut(r.row[:0], line, r.head.sep)
	if string(r.row[0].Text) == r.head.names[0] {
		if h := namesOf(line); h != nil { // tables put one behind another
			r.head = h
			r.w.Skip(len(text))
			return
		}
	}
	if !r.fits() {
		r.w.Damage(firstLine(text), "wrong number of columns")
		return
	}
	if !r.rows.Event(r.head.table, r.row, &r.event) {
		r.w.Damage(len(text), "no windows event")
		return
	}
	for r.w.Give(&r.event); !r.w.Ended() && r.rows.Again(&r.event); {
		r.w.GiveAgain(&r.event)
	}
	r.w.Skip(len(text))
}

// fits compares the row with the names. Empty cells too many at the end are
// left off.
func (r *reader) fits() bool {
	want := len(r.head.names)
	for len(r.row) > want && len(r.row[len(r.row)-1].Text) == 0 {
		r.row = r.row[:len(r.row)-1]
	}
	return len(r.row) == want || r.head.table.Open() && len(r.row) == want-1
}

// A cutter cuts rows into cells. Their texts hold until the next row.
type cutter struct{ arena []byte }

const keepArena = 1 << 20

func (c *cutter) cut(row []winlog.Leaf, line []byte, sep byte) []winlog.Leaf {
	if cap(c.arena) > keepArena {
		c.arena = nil
	}
	c.arena = c.arena[:0]
	line = bytes.TrimRight(line, "\r\n")
	for {
		cell, n := c.cell(line, sep)
		row = append(row, winlog.Leaf{Column: len(row), Kind: event.Text, Text: cell})
		if n >= len(line) {
			return row
		}
		line = line[n+1:]
	}
}

// cell reads the cell at the start of a line and returns the length up to its
// separator.
func (c *cutter) cell(line []byte, sep byte) ([]byte, int) {
	if len(line) == 0 || line[0] != '"' {
		n := bytes.IndexByte(line, sep)
		if n < 0 {
			n = len(line)
		}
		return line[:n], n
	}
	doubled := false
	at := 1
	for {
		n := bytes.IndexByte(line[at:], '"')
		if n < 0 {
			at = len(line)
			break
		}
		if at += n; at+1 >= len(line) || line[at+1] != '"' {
			break
		}
		doubled = true
		at += 2
	}
	text := line[1:min(at, len(line))]
	if doubled {
		text = c.undouble(text)
	}
	end := min(at+1, len(line))
	n := bytes.IndexByte(line[end:], sep) // what stands behind the quote is lost
	if n < 0 {
		return text, len(line)
	}
	return text, end + n
}

func (c *cutter) undouble(text []byte) []byte {
	from := len(c.arena)
	for {
		n := bytes.Index(text, []byte(`""`))
		if n < 0 {
			c.arena = append(c.arena, text...)
			return c.arena[from:len(c.arena):len(c.arena)]
		}
		c.arena = append(c.arena, text[:n+1]...)
		text = text[n+2:]
	}
}
