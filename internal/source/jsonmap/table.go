package jsonmap

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source"
)

// A Table is the format of a service's records exported as CSV: a line of
// names, then a record in each row, whose columns may be JSON in strings. Rows
// are read as objects are, by the same mapping.
type Table struct {
	name  string
	is    func(p Paths) bool
	inner *Format
}

// NewTable returns the format of tables of a mapping. The function is asked
// about the names of columns.
func NewTable(name string, is func(p Paths) bool, m Mapping) *Table {
	return &Table{name: name, is: is, inner: New(m)}
}

// Name implements [source.Format].
func (t *Table) Name() string { return t.name }

// Claims implements [source.Format].
func (t *Table) Claims(_ string, head []byte) bool {
	text := source.Text(head)
	if len(text) == 0 || text[0] == '{' || text[0] == '[' {
		return false
	}
	var r rows
	r.text = text
	names, _, ok := r.header()
	return ok && len(names) > 1 && t.is(names)
}

// Split implements [source.Format]. Values may have lines in them, so a table
// stays whole.
func (t *Table) Split(_ context.Context, in *source.Input) ([]source.Part, error) {
	return []source.Part{{To: in.Size, Line: 1}}, nil
}

// NewReader implements [source.Format].
func (t *Table) NewReader() source.Reader {
	return &tableReader{objects: t.inner.NewReader(), is: t.is, caps: t.inner.m.Caps}
}

// Bounds of a table.
const (
	maxColumns = 512
	maxRow     = 4 << 20 // bytes
	batch      = 1 << 20 // bytes of rows that are read at a time
)

// Reasons of damage.
const (
	longRow = "row too long"
	unread  = "read error"
)

// A tableReader turns rows into objects, a batch at a time.
type tableReader struct {
	objects source.Reader
	is      func(p Paths) bool
	caps    []int64
	text    []byte // of rows, UTF-8
	names   [][]byte
	first   string // of the names
	json    []byte
	places  []place
}

// A place is where a row stands in the file, and its object in the batch.
type place struct{ from, offset, length, line int64 }

// Read implements [source.Reader].
func (r *tableReader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	var sum source.Report
	coding, mark := source.CodingOf(in.Head)
	at, line, stopped := part.From+int64(mark), int64(1), false
	r.text, r.names = r.text[:0], nil
	end := min(part.To, in.Size)
	buf := make([]byte, min(batch, max(end-at, 1)))
	total := int64(0)
	var failed error
	for !stopped && ctx.Err() == nil && (at < end || len(r.text) > 0) {
		base := at - coding.Size(r.text)
		if at < end {
			n, err := in.ReadAt(buf[:min(int64(len(buf)), end-at)], at)
			if coding != source.UTF8 && n > 1 {
				n &^= 1
			}
			r.take(buf[:n], coding)
			at += int64(n)
			if n == 0 || err != nil && err != io.EOF {
				failed, end = err, at
			}
		}
		used, rows := r.convert(base, line, at >= end, coding)
		if used == 0 && at < end && len(r.text) > maxRow {
			sum.Damaged++
			sum.Damage = append(sum.Damage, source.Damage{Offset: base, Length: coding.Size(r.text), Line: line, Reason: longRow})
			used = len(r.text)
		}
		line += rows
		total += int64(len(r.places))
		stopped = !r.batch(ctx, in, yield, &sum)
		r.text = r.text[:copy(r.text, r.text[used:])]
		if at >= end && used == 0 {
			break
		}
	}
	if slices.Contains(r.caps, total) {
		sum.Notes = append(sum.Notes, strconv.FormatInt(total, 10)+" rows are as many as an export may have: some may be missing")
	}
	sum.Bytes = at - part.From - coding.Size(r.text)
	if failed != nil || at < min(part.To, in.Size) && !stopped && ctx.Err() == nil {
		sum.Damage = append(sum.Damage, source.Damage{Offset: at, Length: min(part.To, in.Size) - at, Reason: unread})
	}
	return sum
}

func (r *tableReader) take(raw []byte, coding source.Coding) {
	if coding == source.UTF8 {
		r.text = append(r.text, raw...)
		return
	}
	r.text = source.AppendUTF16(r.text, raw, coding)
}

// convert makes objects of the rows that the text has whole, and returns how
// much of the text they take and how many lines.
func (r *tableReader) convert(base, line int64, last bool, coding source.Coding) (used int, lines int64) {
	r.json, r.places = r.json[:0], r.places[:0]
	rd := rows{text: r.text, last: last}
	if r.names == nil {
		names, n, ok := rd.header()
		if !ok {
			if last {
				used = len(r.text)
			}
			return used, 0
		}
		r.call(names)
		base += coding.Size(r.text[:n])
		lines += int64(bytes.Count(r.text[:n], []byte("\n")))
	}
	for {
		from := rd.pos
		cells, ok := rd.row()
		if !ok {
			return from, lines
		}
		row := r.text[from:rd.pos]
		length := coding.Size(row)
		if !r.renamed(cells) && (len(cells) > 1 || len(cells[0]) > 0) {
			r.places = append(r.places, place{int64(len(r.json)), base, length, line + lines})
			r.object(cells)
		}
		base += length
		lines += int64(bytes.Count(row, []byte("\n")))
	}
}

// call gives the columns their names.
func (r *tableReader) call(names Paths) {
	r.first, r.names = names[0], r.names[:0]
	for _, name := range names {
		r.names = append(r.names, quote(nil, []byte(name)))
	}
}

// mark is the mark of UTF-8.
const mark = "\ufeff"

// renamed takes a line of names within, where tables were put one behind
// another. A row may have the first column's name for a value: what decides is
// whether all of it names the columns of such a table.
func (r *tableReader) renamed(cells [][]byte) bool {
	if len(cells) < 2 || r.first == "" || string(bytes.TrimPrefix(cells[0], []byte(mark))) != r.first {
		return false
	}
	names := make(Paths, len(cells))
	for i, c := range cells {
		names[i] = strings.TrimSpace(strings.TrimPrefix(string(c), mark))
	}
	if !r.is(names) {
		return false
	}
	r.call(names)
	return true
}

// object appends a row as an object in a line.
func (r *tableReader) object(cells [][]byte) {
	r.json = append(r.json, '{')
	first := true
	for i, c := range cells[:min(len(cells), len(r.names))] {
		if len(c) == 0 {
			continue
		}
		if !first {
			r.json = append(r.json, ',')
		}
		first = false
		r.json = append(append(r.json, r.names[i]...), ':')
		r.json = quote(r.json, c)
	}
	r.json = append(r.json, "}\n"...)
}

// batch has the objects read, and puts events and damage back to their places.
func (r *tableReader) batch(ctx context.Context, in *source.Input, yield func(*event.Event) bool, sum *source.Report) bool {
	if len(r.places) == 0 {
		return true
	}
	part := &source.Input{
		Path: in.Path, Member: in.Member, Size: int64(len(r.json)), ModTime: in.ModTime,
		Head: r.json[:min(len(r.json), source.HeadSize)], ReaderAt: bytes.NewReader(r.json),
	}
	stopped := false
	rep := r.objects.Read(ctx, part, source.Part{To: part.Size, Line: 1}, func(e *event.Event) bool {
		p := r.places[min(max(int(e.Origin.Line)-1, 0), len(r.places)-1)]
		e.Origin.Line, e.Origin.Offset = p.line, p.offset
		stopped = !yield(e)
		return !stopped
	})
	rep.Bytes = 0
	for i := range rep.Damage {
		at, _ := slices.BinarySearchFunc(r.places, rep.Damage[i].Offset+1, func(p place, off int64) int { return int(p.from - off) })
		p := r.places[max(at-1, 0)]
		rep.Damage[i].Offset, rep.Damage[i].Length, rep.Damage[i].Line = p.offset, max(p.length, 1), p.line
	}
	sum.Add(rep)
	return !stopped
}

// rows reads CSV: commas, values in double quotes, quotes in them doubled.
type rows struct {
	text  []byte
	pos   int
	last  bool // no text follows
	cells [][]byte
}

// header reads the line of names, past the line of types that PowerShell
// writes before it, and returns where it ends.
func (r *rows) header() (names Paths, end int, ok bool) {
	if bytes.HasPrefix(r.text, []byte("#TYPE ")) {
		i := bytes.IndexByte(r.text, '\n')
		if i < 0 {
			return nil, 0, false
		}
		r.pos = i + 1
	}
	cells, ok := r.row()
	if !ok || len(cells) > maxColumns {
		return nil, 0, false
	}
	for _, c := range cells {
		names = append(names, strings.TrimSpace(string(c)))
	}
	return names, r.pos, true
}

// row reads one row. It fails when the text ends within it, unless no text
// follows.
func (r *rows) row() ([][]byte, bool) {
	r.cells = r.cells[:0]
	at := r.pos
	if at >= len(r.text) {
		return nil, false
	}
	for {
		cell, next, end, ok := r.cell(at)
		if !ok {
			return nil, false
		}
		if len(r.cells) < maxColumns {
			r.cells = append(r.cells, cell)
		}
		at = next
		if end {
			r.pos = at
			return r.cells, true
		}
	}
}

// cell reads one value and what follows it; end is set for the last of a row.
func (r *rows) cell(at int) (cell []byte, next int, end, ok bool) {
	if at < len(r.text) && r.text[at] == '"' {
		return r.quoted(at + 1)
	}
	i := bytes.IndexAny(r.text[at:], ",\n")
	if i < 0 {
		return r.text[at:], len(r.text), true, r.last
	}
	cell = r.text[at : at+i]
	if r.text[at+i] == '\n' {
		return bytes.TrimSuffix(cell, []byte("\r")), at + i + 1, true, true
	}
	return cell, at + i + 1, false, true
}

func (r *rows) quoted(at int) (cell []byte, next int, end, ok bool) {
	from, doubled := at, false
	for {
		i := bytes.IndexByte(r.text[at:], '"')
		if i < 0 {
			return r.text[from:], len(r.text), true, r.last
		}
		at += i
		if at+1 < len(r.text) && r.text[at+1] == '"' {
			doubled = true
			at += 2
			continue
		}
		if at+1 >= len(r.text) && !r.last {
			return nil, 0, false, false
		}
		break
	}
	cell = r.text[from:at]
	if doubled {
		cell = bytes.ReplaceAll(cell, []byte(`""`), []byte(`"`))
	}
	i := bytes.IndexAny(r.text[at+1:], ",\n")
	if i < 0 {
		return cell, len(r.text), true, r.last
	}
	return cell, at + 1 + i + 1, r.text[at+1+i] == '\n', true
}

// quote appends text as a JSON string.
func quote(dst, text []byte) []byte {
	dst = append(dst, '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, `\u00`...)
			if c < 16 {
				dst = append(dst, '0')
			}
			dst = strconv.AppendUint(dst, uint64(c), 16)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
