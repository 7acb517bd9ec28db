// Package eve reads the event log of Suricata (eve.json): one JSON object in a
// line, of any event type, as versions 6 to 9 write it.
//
// A file is recognised by objects that have a timestamp and an event_type. An
// event keeps Suricata's own names, levels joined by dots (http.hostname); a
// list gives several values. All events have product suricata and the event
// type as service; dns is of category dns, http of category proxy or, for
// requests to internal servers, webserver, and flows are of category firewall
// and service netflow.
//
// Beside the own names there are, as header fields, those that rules for these
// categories use, and those that Zeek has for the same thing: id.orig_h,
// id.orig_p, id.resp_h and id.resp_p are the ends of the connection with its
// initiator first, which in alerts is not always src_ip; endpoint and
// operation name a remote procedure call. Suricata before version 9 logs only
// the interface's UUID, when it is bound, and the number of the operation,
// when it is called: the reader remembers the interfaces of each flow, within
// its part of the file and a stretch before it.
package eve

import (
	"bytes"
	"context"
	"slices"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
)

// A Format is the format of Suricata's event logs.
type Format struct{ shapes winlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "eve" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	return objects.InLines(head) && objects.Claims(head, func(paths []string) bool {
		return slices.Contains(paths, "event_type") && slices.Contains(paths, "timestamp") &&
			slices.ContainsFunc(paths, isOurs)
	})
}

// isOurs reports whether a path stands in Suricata's events and hardly
// elsewhere.
func isOurs(path string) bool {
	switch path {
	case "flow_id", "src_ip", "in_iface", "pcap_cnt", "stats.uptime", "engine.message":
		return true
	}
	return false
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return objects.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	m := &maker{shapes: &f.shapes}
	return &reader{maker: m, objects: objects.NewReader(m, "no suricata event")}
}

// A reader belongs to one goroutine.
type reader struct {
	maker   *maker
	objects *objects.Reader
	before  []byte
}

// lookBack is how many bytes before a part are searched for the interfaces of
// remote procedure calls.
const lookBack = 1 << 20

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	r.maker.calls.forget()
	r.remember(ctx, in, part)
	return r.objects.Read(ctx, in, part, yield)
}

// remember reads what stands before a part, if remote procedure calls do, for
// the interfaces that are bound there.
func (r *reader) remember(ctx context.Context, in *source.Input, part source.Part) {
	if part.From == 0 {
		return
	}
	from := max(part.From-lookBack, 0)
	if r.before == nil {
		r.before = make([]byte, lookBack)
	}
	n, _ := in.ReadAt(r.before[:part.From-from], from)
	text := r.before[:n]
	if !bytes.Contains(text, []byte(`"interfaces"`)) {
		return
	}
	if from > 0 {
		from += int64(bytes.IndexByte(text, '\n') + 1)
	}
	r.objects.Read(ctx, in, source.Part{From: from, To: part.From}, func(*event.Event) bool { return true })
}
