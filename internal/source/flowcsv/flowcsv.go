// Package flowcsv reads records of network flows that were written as comma
// separated values: by nfdump (-o csv, versions 1.6 and 1.7) and by Argus (ra
// -c ',', the .binetflow files of research sets).
//
// A file is recognised by its header, which names the two addresses as only
// these tools do; columns are read by name, in any order and number. It feeds
// the rules of service netflow and of category firewall that need no verdict:
// flow records do not say whether a flow was allowed.
//
// Fields keep the tool's names. As header fields an event has the names that
// rules use (src_ip, dst_ip, src_port, dst_port, destination.port) and those
// that Zeek has for the same thing (id.orig_h and so on, proto, duration,
// orig_pkts, orig_ip_bytes, resp_pkts, resp_ip_bytes), so that flows of all
// kinds can be looked at together. Both tools write local times without a
// zone, which are read as UTC. The summary that nfdump puts at the end is
// passed over.
package flowcsv

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A Format is the format of flow records.
type Format struct{ shapes textlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "flowcsv" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool { return firstHeader(head) != nil }

// firstHeader returns the header in a file's head, nil if there is none.
func firstHeader(head []byte) *header {
	for line := range textlog.HeadLines(head) {
		if h := readHeader(line); h != nil {
			return h
		}
		if !isRemark(line) {
			return nil
		}
	}
	return nil
}

// Split implements [source.Format]. A file in which the header changes stays
// whole, since rows must be read below their own header.
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	h := firstHeader(in.Head)
	if h == nil {
		return textlog.Whole(in), nil
	}
	changed, err := changes(ctx, in, h.line)
	if err != nil {
		return nil, err
	}
	if changed {
		return textlog.Whole(in), nil
	}
	return textlog.Split(ctx, in)
}

// changes reports whether a file has headers other than the first.
func changes(ctx context.Context, in *source.Input, first []byte) (bool, error) {
	const step, most = 1 << 20, 16 << 10
	buf := make([]byte, step+most)
	for at := int64(0); at < in.Size; at += step {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := in.ReadAt(buf[:min(int64(len(buf)), in.Size-at)], at)
		if n == 0 {
			return false, err
		}
		if otherHeader(buf[:n], first) {
			return true, nil
		}
	}
	return false, nil
}

// otherHeader reports whether a text has a line that names columns, but not
// those of the first header.
func otherHeader(text, first []byte) bool {
	for _, word := range marks {
		for rest := text; ; {
			i := bytes.Index(rest, word)
			if i < 0 {
				break
			}
			from := bytes.LastIndexByte(rest[:i], '\n') + 1
			line, _, ended := bytes.Cut(rest[from:], []byte("\n"))
			if from > 0 && ended && !bytes.Equal(bytes.TrimRight(line, "\r"), first) && readHeader(line) != nil {
				return true
			}
			rest = rest[i+len(word):]
		}
	}
	return false
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return textlog.NewReader(&parser{record: textlog.NewRecord(&f.shapes)})
}

// A parser makes events of rows.
type parser struct {
	record *textlog.Record
	clock  *textlog.Clock
	header *header
	cells  [][]byte
	event  event.Event
	extra  bool
}

// Begin implements [textlog.Parser].
func (p *parser) Begin(in *source.Input, _ source.Part, clock *textlog.Clock) {
	p.clock, p.header, p.extra = clock, firstHeader(in.Head), false
}

// Notes implements [textlog.Parser].
func (p *parser) Notes() []string {
	if p.extra {
		return []string{"rows with more cells than the header names: the rest is left out"}
	}
	return nil
}

// Parse implements [textlog.Parser].
func (p *parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	if h := readHeader(l.Raw); h != nil {
		p.header = h
		return true
	}
	if isRemark(l.Raw) {
		return true
	}
	p.record.Reset()
	p.cells = textlog.Cells(p.cells[:0], l.Raw, p.record)
	for i, c := range p.cells {
		p.cells[i] = bytes.TrimSpace(c)
	}
	if p.header == nil || len(p.cells) < len(p.header.names) {
		return isTotals(p.cells)
	}
	p.extra = p.extra || len(p.cells) > len(p.header.names)
	p.flow()
	emit(&p.event)
	return true
}
