// Package zeek reads the logs of the network monitor Zeek: tab-separated logs
// with a header, and JSON lines.
//
// A file is recognised by its header (#fields), or by JSON objects that have a
// time ts and either name their log (_path, @stream) or have the fields of a
// known one; never by its name. Logs without header are left alone, because
// what their columns mean would be a guess.
//
// An event's fields have the names of Zeek's documentation, whatever a sensor
// renamed or flattened (id_orig_h, src_ip and certificate_subject become
// id.orig_h and certificate.subject), so the same connection looks the same in
// all spellings. An unset field is absent, an empty one is an empty text, sets
// and vectors give one value for each member, and T and F are true and false.
// What the reader knows about a record beside its content (ts, sensor, _path)
// is a header field.
//
// All events have product zeek and the log's name as service. In addition,
// dns.log is of category dns, conn.log of category firewall, and http.log of
// category proxy or, when the request went to an internal address and is none
// to a proxy, webserver. The names that rules for these categories use
// (query, src_ip, dst_port, c-uri, cs-host, ...) are added as header fields.
package zeek

import (
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
)

// A Format is the format of Zeek logs. Its readers share their shapes.
type Format struct{ layouts layouts }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "zeek" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	return isTable(head) || objects.InLines(head) && objects.Claims(head, isZeek)
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	switch coding, _ := source.CodingOf(in.Head); {
	case !isTable(in.Head):
		return objects.Split(ctx, in)
	case coding != source.UTF8: // lines end elsewhere than bytes tell
		return []source.Part{{To: in.Size, Line: 1}}, nil
	}
	return splitTable(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	m := &maker{layouts: &f.layouts}
	return &reader{
		table:   tableReader{layouts: &f.layouts},
		maker:   m,
		objects: objects.NewReader(m, "no zeek record"),
	}
}

// A reader reads both kinds of logs. It belongs to one goroutine.
type reader struct {
	table   tableReader
	maker   *maker
	objects *objects.Reader
}

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	if isTable(in.Head) {
		return r.table.read(ctx, in, part, yield)
	}
	r.maker.file = nameHint(in.Name())
	r.maker.open = isOpen(in.Name())
	return r.objects.Read(ctx, in, part, yield)
}
