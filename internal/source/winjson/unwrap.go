package winjson

import (
	"bytes"
	"context"
	"sort"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
)

// A reader reads objects as they stand in a file, and rows out of wrappers. It
// belongs to one goroutine.
type reader struct {
	inner   *objects.Reader
	w       winlog.Window
	columns [][]byte // keys of rows that are arrays, as JSON
	batch   []byte   // rows as objects, one in a line
	rows    []origin // of the batch
	ctx     context.Context
	in      *source.Input
	lost    int // places where the structure was lost
}

// An origin is where a row of the batch was found.
type origin struct {
	start  int // in the batch
	offset int64
	length int64
	line   int64
}

// batchSize is how much text of rows is read at once.
const batchSize = 256 << 10

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	if wrapperOf(in.Head) == nil {
		return r.inner.Read(ctx, in, part, yield)
	}
	r.ctx, r.in, r.lost = ctx, in, 0
	r.batch, r.rows, r.columns = r.batch[:0], r.rows[:0], nil
	r.w.Open(ctx, in, part, yield)
	r.fill()
	if r.blanks(); r.peek() == '{' {
		r.w.Skip(1)
		r.members(0)
	}
	r.flush()
	for rest := r.w.Rest(); !r.w.Ended() && r.blanks(); rest = r.w.Rest() {
		r.w.Damage(max(len(rest), 0), "json behind its end")
		r.fill()
	}
	r.ctx, r.in = nil, nil
	return r.w.Close()
}

func (r *reader) fill() bool { return len(r.w.Rest()) > 0 || r.w.More() }

// blanks moves to what is not blank and reports whether there is something.
func (r *reader) blanks() bool {
	for r.fill() {
		rest := r.w.Rest()
		n := len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
		r.w.Skip(n)
		if n < len(rest) {
			return true
		}
	}
	return false
}

// peek returns the byte ahead, 0 at the end.
func (r *reader) peek() byte {
	if !r.fill() {
		return 0
	}
	return r.w.Rest()[0]
}

// value returns the length of the value ahead.
func (r *reader) value() (n int, whole bool) {
	for {
		if n, whole = skipValue(r.w.Rest()); whole || !r.w.More() {
			return n, whole
		}
	}
}

// members reads the members of an object up to its end, rows among them.
func (r *reader) members(depth int) {
	for !r.w.Ended() && r.blanks() {
		switch r.peek() {
		case '}':
			r.w.Skip(1)
			return
		case ',':
			r.w.Skip(1)
			continue
		}
		name, ok := r.key()
		if !ok {
			r.junk()
			continue
		}
		array := r.peek() == '['
		switch {
		case array && rowKeys[name]:
			r.w.Skip(1)
			r.items(false, depth)
		case array && name == tablesKey && depth < 4:
			r.w.Skip(1)
			r.items(true, depth)
		case name == hitsKey && r.peek() == '{' && depth < 4:
			r.w.Skip(1)
			r.members(depth + 1)
		default:
			r.other(array && columnKeys[name])
		}
	}
}

// key reads a key, its colon and the blanks around.
func (r *reader) key() (name string, ok bool) {
	if r.peek() != '"' {
		return "", false
	}
	for {
		key, n := keyAt(r.w.Rest())
		if n > 0 && n < len(r.w.Rest()) {
			name = string(bytes.ToLower(key))
			r.w.Skip(n)
			return name, true
		}
		if len(r.w.Rest()) > 1<<20 || !r.w.More() {
			return "", false
		}
	}
}

// other passes over a member, taking the names of columns from it.
func (r *reader) other(columns bool) {
	n, whole := r.value()
	if !whole || n == 0 {
		r.w.Damage(max(n, 1), "cut json")
		return
	}
	if columns {
		r.columns = r.columns[:0]
		for _, name := range columnsOf(r.w.Rest()[:n]) {
			key := winlog.AppendJSONString(nil, []byte(name))
			r.columns = append(r.columns, append(key, ':'))
		}
	}
	r.w.Skip(n)
}

// junk passes over what cannot be read, to the next row or member.
func (r *reader) junk() {
	rest := r.w.Rest()
	n := len(rest)
	if i := bytes.IndexAny(rest[1:], "{[\"]}"); i >= 0 && r.lost < maxLost {
		n = i + 1
	}
	r.lost++
	r.w.Damage(n, "bad json")
}

// maxLost bounds how often a file may lose its structure before all that is in
// sight is given up at once: looking for the next row takes time.
const maxLost = 100

// items reads an array of rows, or of tables.
func (r *reader) items(tables bool, depth int) {
	for !r.w.Ended() && r.blanks() {
		switch c := r.peek(); {
		case c == ']':
			r.w.Skip(1)
			return
		case c == ',':
			r.w.Skip(1)
		case c == '{' && tables:
			r.w.Skip(1)
			r.members(depth + 1)
		case c == '{' || c == '[' && r.columns != nil:
			r.row(c == '[')
		default:
			r.noRow()
		}
	}
}

// noRow passes over a value that is no row.
func (r *reader) noRow() {
	if n, whole := r.value(); whole && n > 0 {
		r.w.Damage(n, "no row")
		return
	}
	r.junk()
}

// row puts one row into the batch.
func (r *reader) row(array bool) {
	n, whole := r.value()
	if !whole {
		r.w.Damage(n, "cut json")
		return
	}
	text := r.w.Rest()[:n]
	r.rows = append(r.rows, origin{len(r.batch), r.w.Offset(), int64(n), r.w.Line})
	if array {
		r.named(text[1 : n-1])
	} else {
		r.batch = appendOneLine(r.batch, text)
	}
	r.batch = append(r.batch, '\n')
	r.w.Skip(n)
	if len(r.batch) >= batchSize {
		r.flush()
	}
}

// named writes a row's values behind their names. What is null or empty has no
// meaning in a table.
func (r *reader) named(text []byte) {
	sep := byte('{')
	for _, key := range r.columns {
		text = bytes.TrimLeft(text, " \t\r\n")
		n, whole := skipValue(text)
		if !whole {
			n = len(text)
		}
		value := bytes.TrimSpace(text[:n])
		if len(value) > 0 && string(value) != "null" && string(value) != `""` {
			r.batch = append(append(r.batch, sep), key...)
			r.batch = appendOneLine(r.batch, value)
			sep = ','
		}
		text = bytes.TrimLeft(text[n:], " \t\r\n")
		text = bytes.TrimPrefix(text, []byte(","))
	}
	if sep == '{' {
		r.batch = append(r.batch, '{')
	}
	r.batch = append(r.batch, '}')
}

// appendOneLine appends JSON without its line ends, which have no meaning.
func appendOneLine(dst, text []byte) []byte {
	from := len(dst)
	dst = append(dst, text...)
	for i := from; i < len(dst); i++ {
		if dst[i] == '\n' || dst[i] == '\r' {
			dst[i] = ' '
		}
	}
	return dst
}

// flush reads the batch.
func (r *reader) flush() {
	if len(r.rows) == 0 || r.w.Ended() {
		return
	}
	in := &source.Input{
		Path: r.in.Path, Member: r.in.Member, Size: int64(len(r.batch)),
		Head: r.batch[:min(len(r.batch), source.HeadSize)], ReaderAt: bytes.NewReader(r.batch),
	}
	rep := r.inner.Read(r.ctx, in, source.Part{To: in.Size, Line: 1}, func(e *event.Event) bool {
		at := r.rows[min(int(e.Origin.Line), len(r.rows))-1]
		e.Origin.Line, e.Origin.Offset = at.line, at.offset
		return r.w.Yield(e)
	})
	rep.Records, rep.Bytes = -rep.Again, 0 // the window has counted all events
	for i, d := range rep.Damage {
		k := sort.Search(len(r.rows), func(k int) bool { return int64(r.rows[k].start) > d.Offset }) - 1
		rep.Damage[i].Offset, rep.Damage[i].Length, rep.Damage[i].Line = r.rows[k].offset, r.rows[k].length, r.rows[k].line
	}
	r.w.Report.Add(rep)
	r.batch, r.rows = r.batch[:0], r.rows[:0]
}
