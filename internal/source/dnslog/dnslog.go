// Package dnslog reads the query logs of name servers as text: BIND, dnsmasq,
// Unbound, CoreDNS and the debug log of Windows DNS, with or without a header
// of syslog:
//
//	15-Jun-2025 10:00:00.425 queries: info: client @0x7f 192.0.2.9#5353 (example.com): query: example.com IN A +E(0)K (198.51.100.1)
//	Jun 15 10:00:00 gw dnsmasq[1]: query[A] example.com from 192.0.2.9
//	[1750000000] unbound[77:1] info: 192.0.2.9 example.com. A IN
//	[INFO] 192.0.2.9:4711 - 33 "A IN example.com. udp 40 false 512" NOERROR qr,rd,ra 96 0.001s
//	6/15/2025 10:00:00 AM 0E5C PACKET  0000 UDP Rcv 192.0.2.9  0001   Q [0001   D   NOERROR] A      (7)example(3)com(0)
//
// They are recognised by these shapes; a file of Windows DNS by its heading or
// by one such line, since other lines explain the packets. All feed the rules
// of category dns under query, record_type and answer; names lose their final
// dot. dnsmasq tells answers in lines of their own, Windows none at all.
package dnslog

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// A query is what a line tells of one question or answer.
type query struct {
	server       string // product
	client, port []byte
	name, kind   []byte
	answer       []byte
	rcode        []byte
	direction    []byte
	dayFirst     bool
	date         textlog.Date
	dated        bool
}

// Is reports whether a line is of one of these logs.
func Is(l *textlog.Line) bool {
	var q query
	return q.parse(l) || isForeman(l)
}

// isForeman recognises the lines of dnsmasq that are about forwarding and
// settings.
func isForeman(l *textlog.Line) bool { return string(l.Header.Program) == "dnsmasq" }

func (q *query) parse(l *textlog.Line) bool {
	*q = query{}
	text := l.Text
	switch {
	case q.bind(text), q.unbound(l, text), q.coreDNS(text), q.windows(text):
		return true
	case isForeman(l):
		return q.dnsmasq(text)
	}
	return false
}

// Parse implements [textlog.Parser].
func (p *Parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	q := &p.q
	if !q.parse(l) {
		return p.other(l, emit)
	}
	p.event.Source = event.Source{Product: q.server, Category: "dns"}
	p.debug = p.debug || q.server == "windns"
	p.swap = p.swap || q.dayFirst
	r := p.rec
	r.Reset()
	r.Add("Message", l.Raw)
	r.Alias("query", p.name(q.name))
	r.AliasOnce("record_type", q.kind)
	r.AliasOnce("answer", q.answer)
	r.AliasOnce("rcode", q.rcode)
	r.AliasOnce("direction", q.direction)
	r.AliasOnce("src_ip", q.client)
	r.AliasOnce("src_port", q.port)
	r.Fill(&p.event)
	p.event.Host = p.names.Intern(l.Header.Host)
	p.clock.Set(&p.event, &q.date, q.dated)
	emit(&p.event)
	return true
}

// other takes lines that tell of no question: what else dnsmasq says is an
// event like any of syslog's, what explains a packet of Windows is passed over.
func (p *Parser) other(l *textlog.Line, emit func(*event.Event)) bool {
	if !isForeman(l) {
		detail := p.debug && isDetail(l.Raw)
		p.details = p.details || detail
		return detail
	}
	p.rec.Reset()
	p.rec.Add("Message", l.Raw)
	p.rec.Fill(&p.event)
	p.event.Source = event.Source{Product: "linux", Service: "syslog"}
	p.event.Host = p.names.Intern(l.Header.Host)
	p.clock.Set(&p.event, nil, false)
	emit(&p.event)
	return true
}

// name takes off the final dot, and undoes the counted labels of Windows.
func (p *Parser) name(b []byte) []byte {
	if len(b) == 0 || b[0] != '(' {
		return bytes.TrimSuffix(b, []byte("."))
	}
	return bytes.TrimSuffix(p.rec.Build(func(dst []byte) []byte {
		for len(b) > 0 {
			_, rest, ok := bytes.Cut(b, []byte(")"))
			if !ok || len(rest) == 0 {
				break
			}
			label, _, _ := bytes.Cut(rest, []byte("("))
			if len(label) > 0 {
				dst = append(append(dst, label...), '.')
			}
			b = rest[len(label):]
		}
		return dst
	}), []byte("."))
}

// word returns the first word and what follows the blanks behind it.
func word(b []byte) (first, rest []byte) {
	b = bytes.TrimLeft(b, " \t")
	i := bytes.IndexAny(b, " \t")
	if i < 0 {
		return b, nil
	}
	return b[:i], bytes.TrimLeft(b[i:], " \t")
}

// isKind reports whether a word can be the type of a record.
func isKind(b []byte) bool {
	if len(b) == 0 || len(b) > 12 {
		return false
	}
	for _, c := range b {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '*' && c != '-' {
			return false
		}
	}
	return true
}

func isClass(b []byte) bool {
	switch string(b) {
	case "IN", "CH", "HS", "ANY", "NONE":
		return true
	}
	return false
}
