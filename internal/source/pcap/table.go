package pcap

import (
	"fmt"
	"net/netip"
	"time"
)

// Limits of the table of connections.
const (
	maxConns   = 1 << 18
	maxReading = 32 << 10 // connections whose contents are looked at at a time
	maxKept    = 64 << 20 // bytes of contents that are kept, of all connections
)

// How long after its last packet a connection is taken to have ended.
const (
	idleTCP   = 5 * time.Minute
	idleOther = time.Minute // also of TCP that was closed
)

// A key names a connection: the smaller end comes first.
type key struct {
	a, b         netip.Addr
	portA, portB uint16
	proto        uint8
}

// A table holds the connections that have not ended. They stand in a list by
// the time of their last packet.
type table struct {
	out         *emitter
	conns       map[key]*conn
	oldest      *conn
	newest      *conn
	now         time.Time
	looked      time.Time // for silent connections
	d           datagram
	reading     int
	kept        int // bytes of contents
	crowded     bool
	unread      bool
	foreign     int64 // packets of link types that are not understood
	foreignLink string
	other       int64 // packets that are no IP
	fragments   int64
}

func newTable(out *emitter) *table {
	return &table{out: out, conns: make(map[key]*conn)}
}

// packet takes one packet.
func (t *table) packet(p *packet) {
	ok, known := t.d.decode(p.link, p.data)
	switch {
	case !known:
		t.foreign++
		t.foreignLink = p.link.String()
		return
	case !ok:
		t.other++
		return
	case t.d.later:
		t.fragments++
		return
	}
	if p.time.After(t.now) {
		t.now = p.time
		t.expire()
	}
	c := t.find(p)
	if c == nil {
		return
	}
	before := c.kept()
	c.packet(t, p)
	t.kept += c.kept() - before
	if t.kept > maxKept {
		t.kept -= c.kept()
		c.finish(t.out)
		c.unread()
		t.unread = true
	}
	t.touch(c)
}

// find returns the packet's connection, making it when it is new.
func (t *table) find(p *packet) *conn {
	d := &t.d
	k := key{d.src, d.dst, d.srcPort, d.dstPort, d.proto}
	if icmp := d.proto == protoICMP || d.proto == protoICMPv6; icmp {
		k.portA, k.portB = 0, 0
	}
	if c := d.src.Compare(d.dst); c > 0 || c == 0 && d.srcPort > d.dstPort {
		k.a, k.b, k.portA, k.portB = k.b, k.a, k.portB, k.portA
	}
	c := t.conns[k]
	if c != nil && c.renewedBy(d) {
		t.end(c)
		c = nil
	}
	if c == nil {
		if len(t.conns) >= maxConns {
			t.crowded = true
			t.end(t.oldest)
		}
		c = newConn(k, d, p)
		if t.reading < maxReading {
			t.reading++
			c.reading = true
		} else {
			c.unread()
			t.unread = true
		}
		t.conns[k] = c
	}
	return c
}

// touch moves a connection to the end of the list.
func (t *table) touch(c *conn) {
	if t.newest == c {
		return
	}
	t.unlink(c)
	c.prev = t.newest
	if t.newest != nil {
		t.newest.next = c
	} else {
		t.oldest = c
	}
	t.newest = c
}

func (t *table) unlink(c *conn) {
	if c.prev != nil {
		c.prev.next = c.next
	} else if t.oldest == c {
		t.oldest = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else if t.newest == c {
		t.newest = c.prev
	}
	c.prev, c.next = nil, nil
}

// expire ends the connections at the list's beginning that have been silent
// for long. It looks once in a second.
func (t *table) expire() {
	if t.now.Sub(t.looked) < time.Second {
		return
	}
	t.looked = t.now
	for c := t.oldest; c != nil && t.now.Sub(c.last) > idleOther; {
		next := c.next
		if t.now.Sub(c.last) > c.patience() {
			t.end(c)
		}
		c = next
	}
}

// end logs a connection and forgets it.
func (t *table) end(c *conn) {
	t.unlink(c)
	delete(t.conns, c.key)
	if c.reading {
		t.reading--
	}
	t.kept -= c.kept()
	c.finish(t.out)
	t.out.conn(c)
}

// flush ends all connections, in the order of their last packets.
func (t *table) flush() {
	for t.oldest != nil && !t.out.stopped {
		t.end(t.oldest)
	}
}

// notes returns what a report should remark.
func (t *table) notes() []string {
	notes := []string{"read by Tyto itself: connections, HTTP, DNS and TLS only"}
	if t.foreign > 0 {
		notes = append(notes, fmt.Sprintf("%d packets of link type %s are not understood", t.foreign, t.foreignLink))
	}
	if t.other > 0 {
		notes = append(notes, fmt.Sprintf("%d packets without TCP, UDP or ICMP make no events", t.other))
	}
	if t.fragments > 0 {
		notes = append(notes, fmt.Sprintf("%d fragments of IP were not joined", t.fragments))
	}
	if t.crowded {
		notes = append(notes, fmt.Sprintf("more than %d connections at a time: the oldest were taken to have ended", maxConns))
	}
	if t.unread {
		notes = append(notes, fmt.Sprintf("more than %d connections or %d bytes of contents at a time: of some only the ends and sizes were looked at", maxReading, maxKept))
	}
	return notes
}
