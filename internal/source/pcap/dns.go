package pcap

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Limits of DNS.
const (
	maxQuestions = 64  // that wait for their answers, per connection
	maxAnswers   = 128 // of one message
	maxName      = 255 // bytes of a name, before escapes
)

// A question is one that waits for its answer.
type question struct {
	id    uint16
	at    time.Time
	name  string
	class uint16
	kind  uint16
	flags uint16
}

// A reply is an answer.
type reply struct {
	flags   uint16
	answers []string
	ttls    []uint32
}

// dnsMessage takes one message. It reports whether it was one.
func (out *emitter) dnsMessage(c *conn, b []byte, from int, at time.Time) bool {
	if len(b) < 12 {
		return false
	}
	id, flags := be.Uint16(b), be.Uint16(b[2:])
	questions, answers := int(be.Uint16(b[4:])), int(be.Uint16(b[6:]))
	q := question{id: id, at: at, flags: flags}
	pos := 12
	if questions > 0 {
		name, next, ok := dnsName(b, pos)
		if !ok || next+4 > len(b) {
			return false
		}
		q.name, q.kind, q.class = name, be.Uint16(b[next:]), be.Uint16(b[next+2:])
		pos = next + 4
	}
	if flags&0x8000 == 0 {
		if questions == 0 {
			return false
		}
		out.asked(c, q)
		return true
	}
	for range questions - 1 {
		_, next, ok := dnsName(b, pos)
		if !ok {
			return true
		}
		pos = next + 4
	}
	out.answered(c, q, questions > 0, dnsReply(b, pos, answers, flags))
	return true
}

// asked keeps a question until its answer comes.
func (out *emitter) asked(c *conn, q question) {
	list := &c.app.dns
	for i, w := range *list {
		if w.id == q.id && w.name == q.name && w.kind == q.kind {
			out.dns(c, &w, nil) // asked again
			(*list)[i] = q
			return
		}
	}
	if len(*list) >= maxQuestions {
		out.dns(c, &(*list)[0], nil)
		c.app.kept -= (*list)[0].size()
		*list = append((*list)[:0], (*list)[1:]...)
	}
	c.app.kept += q.size()
	*list = append(*list, q)
}

// size is how many bytes a question keeps, about.
func (q question) size() int { return len(q.name) + 96 }

// answered logs an answer with its question.
func (out *emitter) answered(c *conn, q question, named bool, r reply) {
	list := &c.app.dns
	for i, w := range *list {
		if w.id == q.id && (!named || strings.EqualFold(w.name, q.name) && w.kind == q.kind) {
			*list = append((*list)[:i], (*list)[i+1:]...)
			c.app.kept -= w.size()
			out.dns(c, &w, &r)
			return
		}
	}
	out.dns(c, &q, &r)
}

// dnsStream takes bytes of DNS over TCP: messages with their length in front.
func (c *conn) dnsStream(out *emitter, data []byte, from int, at time.Time) {
	s := &c.sides[from].stream
	whole := s.gather(data, 1<<16+2)
	if whole == nil {
		s.close()
		return
	}
	for len(whole) >= 2 {
		size := int(be.Uint16(whole))
		if len(whole) < 2+size {
			break
		}
		out.dnsMessage(c, whole[2:2+size], from, at)
		whole = whole[2+size:]
	}
	s.message = append(s.message[:0], whole...)
}

// dnsName reads a name (RFC 1035, 4.1.4) that begins at pos, and returns the
// position behind it. Pointers must point backwards.
func dnsName(b []byte, pos int) (name string, next int, ok bool) {
	var out []byte
	next, limit := -1, pos
	for size := 0; ; {
		if pos >= len(b) {
			return "", 0, false
		}
		n := int(b[pos])
		switch {
		case n == 0:
			if next < 0 {
				next = pos + 1
			}
			return string(out), next, true
		case n >= 0xc0:
			if pos+1 >= len(b) {
				return "", 0, false
			}
			if next < 0 {
				next = pos + 2
			}
			if pos = int(be.Uint16(b[pos:]) & 0x3fff); pos >= limit {
				return "", 0, false
			}
			limit = pos
			continue
		case n > 63 || pos+1+n > len(b):
			return "", 0, false
		}
		if size += n + 1; size > maxName {
			return "", 0, false
		}
		if len(out) > 0 {
			out = append(out, '.')
		}
		out = appendLabel(out, b[pos+1:pos+1+n])
		pos += 1 + n
	}
}

// appendLabel writes a label in small letters, with what cannot be shown as
// \xNN.
func appendLabel(dst, label []byte) []byte {
	for _, c := range label {
		switch {
		case c >= 'A' && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		case c < ' ' || c >= 0x7f:
			dst = fmt.Appendf(dst, `\x%02x`, c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// dnsReply reads the answers that begin at pos.
func dnsReply(b []byte, pos, count int, flags uint16) reply {
	r := reply{flags: flags}
	for range min(count, maxAnswers) {
		_, next, ok := dnsName(b, pos)
		if !ok || next+10 > len(b) {
			break
		}
		kind, ttl, size := be.Uint16(b[next:]), be.Uint32(b[next+4:]), int(be.Uint16(b[next+8:]))
		data := next + 10
		if data+size > len(b) {
			break
		}
		if text, ok := dnsData(b, data, size, kind); ok {
			r.answers = append(r.answers, text)
			r.ttls = append(r.ttls, ttl)
		}
		pos = data + size
	}
	return r
}

// dnsData writes the data of an answer as Zeek does.
func dnsData(b []byte, at, size int, kind uint16) (string, bool) {
	data := b[at : at+size]
	switch kind {
	case 1, 28: // A, AAAA
		if ip, ok := netip.AddrFromSlice(data); ok && (kind == 1) == ip.Is4() {
			return ip.String(), true
		}
		return "", false
	case 2, 5, 12, 39: // NS, CNAME, PTR, DNAME
		name, _, ok := dnsName(b, at)
		return name, ok
	case 15: // MX
		name, _, ok := dnsName(b, at+2)
		return name, ok && size > 2
	case 33: // SRV
		name, _, ok := dnsName(b, at+6)
		return name, ok && size > 6
	case 6: // SOA
		name, _, ok := dnsName(b, at)
		return name, ok
	case 16: // TXT
		return dnsText(data), true
	}
	return "<unknown type=" + strconv.Itoa(int(kind)) + ">", true
}

// dnsText writes the strings of a TXT record, each with its length.
func dnsText(data []byte) string {
	var out []byte
	for len(data) > 0 {
		n := min(int(data[0]), len(data)-1)
		if len(out) > 0 {
			out = append(out, ' ')
		}
		out = fmt.Appendf(out, "TXT %d ", n)
		for _, c := range data[1 : 1+n] {
			if c < ' ' || c >= 0x7f {
				out = fmt.Appendf(out, `\x%02x`, c)
			} else {
				out = append(out, c)
			}
		}
		data = data[1+n:]
	}
	return string(out)
}

// kindNames and codeNames are the words of Zeek.
func kindName(kind uint16) string {
	switch kind {
	case 1:
		return "A"
	case 2:
		return "NS"
	case 5:
		return "CNAME"
	case 6:
		return "SOA"
	case 10:
		return "NULL"
	case 12:
		return "PTR"
	case 13:
		return "HINFO"
	case 15:
		return "MX"
	case 16:
		return "TXT"
	case 28:
		return "AAAA"
	case 32:
		return "NB"
	case 33:
		return "SRV"
	case 39:
		return "DNAME"
	case 43:
		return "DS"
	case 64:
		return "SVCB"
	case 65:
		return "HTTPS"
	case 252:
		return "AXFR"
	case 255:
		return "*"
	}
	return "query-" + strconv.Itoa(int(kind))
}

var codes = [...]string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"}

func codeName(code int) string {
	if code < len(codes) {
		return codes[code]
	}
	return "rcode-" + strconv.Itoa(code)
}
