// Package pcap reads captures of network packets, in the formats pcap and
// pcapng, as what Zeek would have logged of them: connections (conn), requests
// over HTTP (http), names asked for (dns) and TLS handshakes with server name,
// JA3 and JA4 (ssl), under Zeek's names and with its log sources.
//
// A file is recognised by its first four bytes. It is read in one piece, for
// connections begin anywhere in it; what a damaged stretch leaves readable
// behind it is read on.
//
// This is no Zeek: streams are put together only as far as the beginnings of
// messages need it, fragments of IP are not joined, tunnels but VLAN, MPLS and
// PPPoE are not opened, and SMB, DCE-RPC, Kerberos and QUIC are not taken
// apart. Where such protocols matter, run Zeek over the capture and hunt in
// its logs.
package pcap

import (
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/zeek"
)

// A Format is the format of packet captures.
type Format struct{ logs *logs }

// New returns the format.
func New() *Format { return &Format{logs: newLogs()} }

// Name implements [source.Format].
func (*Format) Name() string { return "pcap" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool { return kindOf(head) != noCapture }

// Split implements [source.Format].
func (*Format) Split(_ context.Context, in *source.Input) ([]source.Part, error) {
	return []source.Part{{To: in.Size}}, nil
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return &reader{logs: f.logs}
}

// A reader belongs to one goroutine.
type reader struct {
	logs *logs
	out  zeek.Writer
}

// everyTurn is how many packets are read between two looks at the context.
const everyTurn = 64

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, _ source.Part, yield func(*event.Event) bool) source.Report {
	c := openCapture(in)
	t := newTable(&emitter{logs: r.logs, out: &r.out, in: in, yield: yield})
	for turn := 0; !t.out.stopped; turn++ {
		if turn%everyTurn == 0 && ctx.Err() != nil {
			break
		}
		p, ok := c.next()
		if !ok {
			break
		}
		t.packet(&p)
	}
	if ctx.Err() == nil {
		t.flush()
	}
	c.rep.Records = t.out.records
	c.rep.Notes = append(c.rep.Notes, t.notes()...)
	return c.rep
}
