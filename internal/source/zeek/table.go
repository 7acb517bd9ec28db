package zeek

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
	fewFields  = "too few fields"
	manyFields = "too many fields"
	noHeader   = "row without header"
	longLine   = "line too long"
	unread     = "read error"
)

// everyTurn is how many lines are read between two looks at the context.
const everyTurn = 64

// A tableReader reads parts of tab-separated logs.
type tableReader struct {
	builder
	layouts *layouts
	feed    feed
	header  header
	layout  *layout
	file    string // what the file's name says about the log
	open    bool
	rep     source.Report
	unlist  int64
	number  int64 // of the present line
	broken  bool  // bytes that are no UTF-8
	closed  bool  // the last line was #close
	short   bool  // the present row lacks its last column
	sep     byte
	set     byte
	clean   []byte
}

func (t *tableReader) read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	t.rep, t.unlist = source.Report{}, 0
	t.broken, t.closed = false, false
	t.undated, t.guessed, t.unnamed = false, false, false
	t.event.Origin = event.Origin{File: in.Path, Member: in.Member}
	t.file, t.open = nameHint(in.Name()), isOpen(in.Name())
	t.header, t.layout = firstHeader(in), nil
	t.feed.open(in, part)
	t.number = max(part.Line, 1) - 1
	for ctx.Err() == nil {
		more := true
		for range everyTurn {
			l, ok := t.feed.next()
			if more = ok; !more {
				break
			}
			t.number++
			if more = t.line(l, yield); !more {
				break
			}
		}
		if !more {
			break
		}
	}
	t.finish(in, part)
	return t.rep
}

// line reads one line and reports whether to go on.
func (t *tableReader) line(l line, yield func(*event.Event) bool) bool {
	if l.text == nil && l.length > 1 {
		t.damage(l, longLine)
		return true
	}
	l.text = bytes.TrimPrefix(l.text, []byte("\xef\xbb\xbf"))
	if len(l.text) == 0 {
		return true
	}
	if l.text[0] == '#' {
		if t.header.take(l.text) {
			t.layout = nil
		}
		t.closed = bytes.HasPrefix(l.text, []byte("#close"))
		return true
	}
	t.closed = false
	if t.layout == nil && !t.plan() {
		t.damage(l, noHeader)
		return true
	}
	if why := t.row(l.text, l.ended); why != "" {
		t.damage(l, why)
		return true
	}
	if t.short {
		t.list(l, fewFields)
	}
	t.event.Origin.Line, t.event.Origin.Offset = t.number, l.offset
	t.rep.Records++
	return yield(&t.event)
}

// plan lays out the rows below the present header.
func (t *tableReader) plan() bool {
	h := &t.header
	if len(h.fields) == 0 {
		return false
	}
	t.sep, t.set = h.separator, h.set
	key := h.key() + "\x00" + t.file + "\x00" + fmt.Sprint(t.open)
	t.layout = t.layouts.of(key, func() *layout {
		classes := make([]class, len(h.fields))
		for i, name := range h.fields {
			if i < len(h.types) {
				classes[i] = classOf(h.types[i])
			} else {
				classes[i] = usualClass(name)
			}
		}
		return newLayout(h.path, t.file, h.fields, classes, t.open, &t.layouts.shapes)
	})
	return true
}

// usualClass is the class of a column whose type is not told.
func usualClass(name string) class {
	switch name {
	case "answers", "cert_chain_fuids", "cert_chain_fps", "conn_uids", "uids", "tx_hosts", "rx_hosts",
		"resp_mime_types", "orig_mime_types", "resp_fuids", "orig_fuids", "client_header_names",
		"san.dns", "analyzers", "rcptto", "to", "cc", "path_servers", "msg_types", "tunnel_parents":
		return texts
	case "TTLs":
		return numbers
	case "AA", "TC", "RD", "RA", "rejected", "established", "resumed", "local_orig", "local_resp",
		"success", "is_orig", "timedout", "auth_success", "basic_constraints.ca", "host_cert", "client_cert":
		return boolean
	}
	return text
}

// row makes the event of a row. It returns the reason if it cannot. A whole
// line that lacks one column, as scripts that edit logs leave behind, is read
// and told as damage; a line that lacks more, or the end, is given up.
func (t *tableReader) row(row []byte, ended bool) string {
	if !utf8.Valid(row) {
		row = t.valid(row)
	}
	l := t.layout
	t.begin(l)
	escaped := bytes.IndexByte(row, '\\') >= 0
	columns := l.columns
	last := len(columns) - 1
	t.short = false
	for i := range columns {
		field := row
		if end := bytes.IndexByte(row, t.sep); end >= 0 {
			if i == last {
				return manyFields
			}
			field, row = row[:end], row[end+1:]
		} else if i < last {
			if t.short = ended && i == last-1 && i > 0; !t.short {
				return fewFields
			}
		}
		if string(field) != t.header.unset {
			t.cell(&columns[i], field, escaped)
		}
		if t.short {
			break
		}
	}
	t.end(l)
	if t.short && t.event.Time.IsZero() {
		return fewFields
	}
	return ""
}

// cell adds the values of one column.
func (t *tableReader) cell(c *column, field []byte, escaped bool) {
	if c.field < 0 {
		return
	}
	if string(field) == t.header.empty {
		if c.class < texts {
			t.put(c, event.Text, empty)
		}
		return
	}
	switch c.class {
	case number:
		t.put(c, event.Number, field)
	case boolean:
		t.flag(c, field)
	case texts:
		t.members(c, event.Text, field, escaped)
	case numbers:
		t.members(c, event.Number, field, escaped)
	default:
		if escaped {
			field = t.unescape(field)
		}
		t.put(c, event.Text, field)
	}
}

func (t *tableReader) flag(c *column, field []byte) {
	switch {
	case len(field) == 1 && field[0] == 'T':
		t.put(c, event.Bool, yes)
	case len(field) == 1 && field[0] == 'F':
		t.put(c, event.Bool, no)
	default:
		t.put(c, event.Text, field)
	}
}

// members adds the members of a set or vector, of which some may be unset.
func (t *tableReader) members(c *column, kind event.Kind, field []byte, escaped bool) {
	for more := true; more; {
		item := field
		end := bytes.IndexByte(field, t.set)
		if more = end >= 0; more {
			item, field = field[:end], field[end+1:]
		}
		switch {
		case string(item) == t.header.unset:
			continue
		case string(item) == t.header.empty:
			item = empty
		case escaped:
			item = t.unescape(item)
		}
		t.put(c, kind, item)
	}
}

// damage notes a line that was not read.
func (t *tableReader) damage(l line, why string) {
	t.rep.Damaged++
	t.list(l, why)
}

// list tells where damage is.
func (t *tableReader) list(l line, why string) {
	if len(t.rep.Damage) >= maxDamage {
		t.unlist++
		return
	}
	t.rep.Damage = append(t.rep.Damage, source.Damage{Offset: l.offset, Length: l.length, Line: t.number, Reason: why})
}

// finish closes the report.
func (t *tableReader) finish(in *source.Input, part source.Part) {
	if t.feed.err != nil {
		t.rep.Damage = append(t.rep.Damage, source.Damage{Offset: t.feed.at, Length: max(t.feed.end-t.feed.at, 1), Reason: unread})
	}
	if t.unlist > 0 {
		t.rep.Notes = append(t.rep.Notes, fmt.Sprintf("%d more damaged lines are not listed", t.unlist))
	}
	if t.broken {
		t.rep.Notes = append(t.rep.Notes, `bytes that are no UTF-8 shown as \xNN`)
	}
	if part.To == in.Size && in.Size > 0 && !t.closed && t.feed.err == nil {
		t.rep.Notes = append(t.rep.Notes, "no #close line: the log was still being written, or is cut")
	}
	t.rep.Notes = append(t.rep.Notes, t.notes()...)
	t.rep.Bytes = t.feed.consumed(part.From)
}
