package pcap

import (
	"encoding/binary"
	"hash/fnv"
	"net/netip"
	"time"
)

// A side is one end of a connection.
type side struct {
	addr    netip.Addr
	port    uint16
	packets int64
	bytes   int64 // payload
	ipBytes int64
	stream  stream
	syn     bool
	fin     bool
	rst     bool
}

// A conn is one connection, its originator first.
type conn struct {
	key         key
	sides       [2]side // originator, responder
	first, last time.Time
	offset      int64 // of the first packet's record
	number      uint64
	uid         [18]byte
	history     []byte
	shown       [2]uint16 // letters of the history that each side has had
	rejected    bool      // the answer to the first SYN was RST
	midstream   bool      // no SYN was seen
	reading     bool      // contents are looked at
	app         app
	prev, next  *conn
}

// newConn makes a connection of its first packet. Its sender is the
// originator, unless the packet looks like an answer.
func newConn(k key, d *datagram, p *packet) *conn {
	c := &conn{key: k, first: p.time, last: p.time, offset: p.offset, number: p.number}
	src, dst := side{addr: d.src, port: d.srcPort}, side{addr: d.dst, port: d.dstPort}
	answer := false
	if d.proto == protoTCP {
		c.midstream = d.flags&flagSYN == 0
		answer = d.flags&(flagSYN|flagACK) == flagSYN|flagACK || c.midstream && d.srcPort < 1024 && d.dstPort >= 1024
	}
	if d.proto == protoUDP {
		answer = d.srcPort < 1024 && d.dstPort >= 1024
	}
	c.sides = [2]side{src, dst}
	if answer {
		c.sides = [2]side{dst, src}
	}
	c.name()
	return c
}

// name gives the connection its uid, which depends on its ends and its first
// moment alone.
func (c *conn) name() {
	h := fnv.New128a()
	a, b := c.sides[0].addr.As16(), c.sides[1].addr.As16()
	h.Write(a[:])
	h.Write(b[:])
	var n [15]byte
	binary.BigEndian.PutUint16(n[:], c.sides[0].port)
	binary.BigEndian.PutUint16(n[2:], c.sides[1].port)
	n[4] = c.key.proto
	binary.BigEndian.PutUint64(n[5:], uint64(c.first.UnixNano()))
	h.Write(n[:])
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := h.Sum(nil)
	c.uid[0] = 'C'
	hi, lo := binary.BigEndian.Uint64(sum), binary.BigEndian.Uint64(sum[8:])
	for i := range 17 {
		n := &hi
		if i%2 == 1 {
			n = &lo
		}
		c.uid[i+1] = letters[*n%62]
		*n /= 62
	}
}

// renewedBy reports whether a datagram begins another connection between the
// same ends.
func (c *conn) renewedBy(d *datagram) bool {
	if d.proto != protoTCP || d.flags&(flagSYN|flagACK) != flagSYN {
		return false
	}
	return c.closed()
}

// closed reports whether both sides have said goodbye, or one hung up.
func (c *conn) closed() bool {
	a, b := &c.sides[0], &c.sides[1]
	return a.rst || b.rst || a.fin && b.fin
}

// patience is how long a connection may be silent.
func (c *conn) patience() time.Duration {
	if c.key.proto != protoTCP || c.closed() {
		return idleOther
	}
	return idleTCP
}

// packet takes one more packet.
func (c *conn) packet(t *table, p *packet) {
	d := &t.d
	from := 0
	if d.src != c.sides[0].addr || d.srcPort != c.sides[0].port && d.proto != protoICMP && d.proto != protoICMPv6 {
		from = 1
	}
	s := &c.sides[from]
	s.packets++
	s.ipBytes += int64(d.size)
	s.bytes += int64(d.payloadSize)
	if p.time.After(c.last) {
		c.last = p.time
	}
	switch d.proto {
	case protoTCP:
		c.tcp(t, d, from, p.time)
	case protoUDP:
		if d.payloadSize > 0 {
			c.letter(from, 'D')
		}
		c.datagram(t.out, d.payload, from, p.time)
	}
}

// letter adds to the history, once for each side.
func (c *conn) letter(from int, l byte) {
	bit := uint16(1) << (l - 'A') % 16
	if c.shown[from]&bit != 0 {
		return
	}
	c.shown[from] |= bit
	if from == 1 {
		l += 'a' - 'A'
	}
	c.history = append(c.history, l)
}

func (c *conn) tcp(t *table, d *datagram, from int, at time.Time) {
	s := &c.sides[from]
	switch {
	case d.flags&flagSYN != 0 && d.flags&flagACK != 0:
		c.letter(from, 'H')
		s.syn = true
		s.stream.syn(d.seq)
	case d.flags&flagSYN != 0:
		c.letter(from, 'S')
		s.syn = true
		s.stream.syn(d.seq)
	case d.flags&flagACK != 0 && d.payloadSize == 0 && d.flags&(flagFIN|flagRST) == 0:
		c.letter(from, 'A')
	}
	if d.payloadSize > 0 {
		c.letter(from, 'D')
		if d.flags&flagSYN == 0 {
			c.segment(t.out, d, from, at)
		}
	}
	if d.flags&flagFIN != 0 {
		c.letter(from, 'F')
		s.fin = true
	}
	if d.flags&flagRST != 0 {
		c.letter(from, 'R')
		s.rst = true
		c.rejected = c.rejected || from == 1 && c.sides[0].syn && !c.sides[1].syn
	}
	if c.reading && c.sides[0].stream.done && c.sides[1].stream.done {
		c.reading = false
		t.reading--
	}
}

// unread gives up looking at the contents.
func (c *conn) unread() {
	c.sides[0].stream.close()
	c.sides[1].stream.close()
	c.app.kind = appNone
}

// state is Zeek's conn_state.
func (c *conn) state() string {
	a, b := &c.sides[0], &c.sides[1]
	if c.key.proto != protoTCP {
		switch {
		case c.key.proto != protoUDP:
			return "OTH"
		case a.packets > 0 && b.packets > 0:
			return "SF"
		case b.packets > 0:
			return "SHR"
		}
		return "S0"
	}
	switch {
	case c.midstream:
		return "OTH"
	case c.rejected:
		return "REJ"
	case !b.syn:
		return halfOpen(a)
	case !a.syn:
		return pick(b.rst, "RSTRH", pick(b.fin, "SHR", "OTH"))
	case a.rst:
		return "RSTO"
	case b.rst:
		return "RSTR"
	case a.fin && b.fin:
		return "SF"
	case a.fin:
		return "S2"
	case b.fin:
		return "S3"
	}
	return "S1"
}

// halfOpen is the state of a connection that was never answered.
func halfOpen(a *side) string {
	return pick(a.rst, "RSTOS0", pick(a.fin, "SH", "S0"))
}

func pick(is bool, then, otherwise string) string {
	if is {
		return then
	}
	return otherwise
}
