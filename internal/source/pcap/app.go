package pcap

import (
	"bytes"
	"time"
)

// An appKind is a protocol that the reader looks into.
type appKind uint8

const (
	appUnknown appKind = iota
	appHTTP
	appTLS
	appDNS
	appNone // nothing to see
)

// service is Zeek's word for the protocol.
func (k appKind) service() string {
	switch k {
	case appHTTP:
		return "http"
	case appTLS:
		return "ssl"
	case appDNS:
		return "dns"
	}
	return ""
}

// An app is what is known of a connection's contents.
type app struct {
	kind appKind
	over appKind // what carries it: HTTP after a CONNECT
	http httpState
	tls  tlsState
	dns  []question
	kept int // bytes of what waits for an answer, about
}

// kept is how many bytes of contents a connection keeps, about.
func (c *conn) kept() int {
	a, b := &c.sides[0].stream, &c.sides[1].stream
	return c.app.kept + a.size + cap(a.message) + b.size + cap(b.message)
}

// Ports of DNS, and of its cousins on the local network.
const (
	portDNS   = 53
	portMDNS  = 5353
	portLLMNR = 5355
)

// isDNS reports whether a connection is one of DNS, by its ports.
func (c *conn) isDNS() bool {
	switch c.sides[1].port {
	case portDNS, portMDNS, portLLMNR:
		return true
	}
	return false
}

// datagram takes the payload of UDP.
func (c *conn) datagram(out *emitter, payload []byte, from int, at time.Time) {
	if c.app.kind == appNone || !c.isDNS() {
		return
	}
	if out.dnsMessage(c, payload, from, at) {
		c.app.kind = appDNS
	}
}

// segment takes the payload of TCP.
func (c *conn) segment(out *emitter, d *datagram, from int, at time.Time) {
	s := &c.sides[from].stream
	if s.done {
		return
	}
	s.add(d.seq, d.payload, func(data []byte) { c.ordered(out, data, from, at) }, func() { c.lost(from) })
	if cut := d.payloadSize - len(d.payload); cut > 0 && s.next == d.seq+uint32(len(d.payload)) {
		s.next += uint32(cut) // not in the capture
		s.message = nil
	}
}

// lost passes over a gap in one direction.
func (c *conn) lost(from int) {
	s := &c.sides[from].stream
	if c.app.kind == appHTTP {
		s.message = nil
		return
	}
	s.close()
}

// ordered takes the next bytes of one direction.
func (c *conn) ordered(out *emitter, data []byte, from int, at time.Time) {
	if c.app.kind == appUnknown {
		c.app.kind = c.guess(data)
	}
	switch c.app.kind {
	case appHTTP:
		c.http(out, data, from, at)
	case appTLS:
		c.tls(out, data, from, at)
	case appDNS:
		c.dnsStream(out, data, from, at)
	case appNone:
		c.unread()
	}
}

// guess tells the protocol by the first bytes.
func (c *conn) guess(data []byte) appKind {
	switch {
	case c.isDNS():
		return appDNS
	case len(data) >= 3 && data[0] == 0x16 && data[1] == 3 && data[2] <= 4:
		return appTLS
	case isRequest(data), bytes.HasPrefix(data, []byte("HTTP/1.")):
		return appHTTP
	}
	return appNone
}

// finish logs what waited for something that did not come.
func (c *conn) finish(out *emitter) {
	out.pendingHTTP(c)
	out.pendingTLS(c)
	out.pendingDNS(c)
}
