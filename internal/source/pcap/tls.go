package pcap

import "time"

// maxHello bounds the messages at the beginning of a handshake, in bytes.
const maxHello = 64 << 10

type tlsState struct {
	client *clientHello
	server *serverHello
	at     time.Time
	logged bool
}

// tls takes bytes of one direction until its hello has been read (RFC 5246,
// 8446: records of type 22 hold messages of handshake).
func (c *conn) tls(out *emitter, data []byte, from int, at time.Time) {
	s := &c.sides[from].stream
	whole := s.gather(data, maxHello)
	if whole == nil {
		c.tlsDone(out, from)
		return
	}
	body, ended, ok := handshake(whole)
	if !ok {
		c.tlsDone(out, from)
		return
	}
	if !ended {
		return
	}
	t := &c.app.tls
	switch {
	case body[0] == 1 && from == 0:
		t.client, t.at = parseClientHello(body[4:]), at
	case body[0] == 2 && from == 1:
		t.server = parseServerHello(body[4:])
		if t.at.IsZero() {
			t.at = at
		}
	}
	c.tlsDone(out, from)
}

// tlsDone ends the looking at one direction, and logs when both have spoken.
func (c *conn) tlsDone(out *emitter, from int) {
	c.sides[from].stream.close()
	if c.sides[0].stream.done && c.sides[1].stream.done {
		out.pendingTLS(c)
	}
}

// handshake puts the first message of a handshake together from the records
// that hold it. ended is false when more is needed, ok when there is none.
func handshake(b []byte) (message []byte, ended, ok bool) {
	var body []byte
	for {
		if len(b) < 5 {
			return nil, false, len(b) == 0 || b[0] == 22
		}
		size := int(be.Uint16(b[3:]))
		if b[0] != 22 || b[1] != 3 || size == 0 || size > 1<<14+256 {
			return nil, false, false
		}
		part := b[5:min(5+size, len(b))]
		body = append(body, part...)
		if len(body) >= 4 {
			need := 4 + int(body[1])<<16 + int(be.Uint16(body[2:]))
			if need > maxHello {
				return nil, false, false
			}
			if len(body) >= need {
				return body[:need], true, true
			}
		}
		if len(b) < 5+size {
			return nil, false, true
		}
		b = b[5+size:]
	}
}

// A clientHello is what a client offers.
type clientHello struct {
	version    uint16 // as in the message itself
	ciphers    []uint16
	extensions []uint16
	groups     []uint16
	points     []uint8
	signatures []uint16
	versions   []uint16
	alpn       []string
	name       string
	hasName    bool
}

// A serverHello is what a server chose.
type serverHello struct {
	version    uint16 // as in the message itself
	chosen     uint16 // with the extension for TLS 1.3
	cipher     uint16
	extensions []uint16
	group      uint16
	alpn       string
}

// A cursor reads numbers and lists with a length in front. Beyond the end it
// gives zeroes.
type cursor struct{ rest []byte }

func (c *cursor) take(n int) []byte {
	n = min(max(n, 0), len(c.rest))
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

func (c *cursor) u8() int {
	if b := c.take(1); len(b) == 1 {
		return int(b[0])
	}
	return 0
}

func (c *cursor) u16() uint16 {
	if b := c.take(2); len(b) == 2 {
		return be.Uint16(b)
	}
	return 0
}

func (c *cursor) list8() cursor  { return cursor{c.take(c.u8())} }
func (c *cursor) list16() cursor { return cursor{c.take(int(c.u16()))} }

// numbers reads the rest as numbers of two bytes.
func (c *cursor) numbers() (out []uint16) {
	for len(c.rest) >= 2 {
		out = append(out, c.u16())
	}
	return out
}

// Numbers of extensions (IANA).
const (
	extName       = 0
	extGroups     = 10
	extPoints     = 11
	extSignatures = 13
	extALPN       = 16
	extVersions   = 43
	extKeyShare   = 51
)

func parseClientHello(b []byte) *clientHello {
	c := cursor{b}
	h := &clientHello{version: c.u16()}
	c.take(32) // random
	c.list8()  // session
	ciphers := c.list16()
	h.ciphers = ciphers.numbers()
	c.list8() // compression
	all := c.list16()
	for len(all.rest) >= 4 {
		kind, body := all.u16(), all.list16()
		h.extensions = append(h.extensions, kind)
		h.extension(kind, body)
	}
	return h
}

func (h *clientHello) extension(kind uint16, body cursor) {
	switch kind {
	case extName:
		names := body.list16()
		for len(names.rest) >= 3 {
			host := names.u8() == 0
			if name := names.list16(); host && !h.hasName {
				h.name = string(name.rest)
			}
		}
		h.hasName = true
	case extGroups:
		list := body.list16()
		h.groups = list.numbers()
	case extPoints:
		list := body.list8()
		h.points = list.rest
	case extSignatures:
		list := body.list16()
		h.signatures = list.numbers()
	case extALPN:
		list := body.list16()
		for len(list.rest) > 1 {
			name := list.list8()
			h.alpn = append(h.alpn, string(name.rest))
		}
	case extVersions:
		list := body.list8()
		h.versions = list.numbers()
	}
}

func parseServerHello(b []byte) *serverHello {
	c := cursor{b}
	h := &serverHello{version: c.u16()}
	h.chosen = h.version
	c.take(32)
	c.list8()
	h.cipher = c.u16()
	c.u8()
	all := c.list16()
	for len(all.rest) >= 4 {
		kind, body := all.u16(), all.list16()
		h.extensions = append(h.extensions, kind)
		switch kind {
		case extVersions:
			h.chosen = body.u16()
		case extKeyShare:
			h.group = body.u16()
		case extALPN:
			list := body.list16()
			name := list.list8()
			h.alpn = string(name.rest)
		}
	}
	return h
}

// versionName is Zeek's word for a version.
func versionName(v uint16) string {
	switch v {
	case 0x0300:
		return "SSLv3"
	case 0x0301:
		return "TLSv10"
	case 0x0302:
		return "TLSv11"
	case 0x0303:
		return "TLSv12"
	case 0x0304:
		return "TLSv13"
	}
	return ""
}
