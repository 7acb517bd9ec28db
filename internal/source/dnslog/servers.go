package dnslog

import (
	"bytes"

	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// bind reads "[date] [queries: info:] client [@0x7f] 192.0.2.9#5353 [(n)]:
// [view v:] query: n IN A +E (server)".
func (q *query) bind(text []byte) bool {
	if d, rest, ok := textlog.DayDate(text); ok {
		q.date, q.dated, text = d, true, rest
	} else if d, rest, ok := textlog.ISODate(text); ok {
		q.date, q.dated, text = d, true, rest
	}
	client := bytes.Index(text, []byte("client "))
	mark := bytes.Index(text, []byte(": query: "))
	if client < 0 || client > 64 || mark < client {
		return false
	}
	who, rest := word(text[client+7 : mark])
	if len(who) > 0 && who[0] == '@' {
		who, _ = word(rest)
	}
	address, port, ok := bytes.Cut(bytes.TrimSuffix(who, []byte(":")), []byte("#"))
	name, rest := word(text[mark+9:])
	class, rest := word(rest)
	kind, _ := word(rest)
	if !ok || !isClass(class) || !isKind(kind) {
		return false
	}
	q.server, q.client, q.port, q.name, q.kind = "bind", address, port, name, kind
	return true
}

// unbound reads "[1750000000] unbound[77:1] info: 192.0.2.9 n. A IN [NOERROR
// ..]", or what is left of it behind a header of syslog. Lines of statistics
// have no address.
func (q *query) unbound(l *textlog.Line, text []byte) bool {
	if string(l.Header.Program) != "unbound" {
		i := bytes.Index(text, []byte("unbound["))
		if i < 0 || i > 64 {
			return false
		}
		q.stamp(text[:i])
		text = text[i+7:]
	}
	if len(text) == 0 || text[0] != '[' {
		return false
	}
	_, text, ok := bytes.Cut(text, []byte("]"))
	level, text := word(bytes.TrimPrefix(text, []byte(":")))
	switch string(level) {
	case "info:", "query:", "reply:":
	default:
		return false
	}
	address, text := word(text)
	name, text := word(text)
	kind, text := word(text)
	class, text := word(text)
	address, port, _ := bytes.Cut(address, []byte("@"))
	if !ok || !textlog.IsAddress(address) || !isKind(kind) || !isClass(class) {
		return false
	}
	q.server, q.client, q.port, q.name, q.kind = "unbound", address, port, name, kind
	q.rcode, _ = word(text)
	return true
}

// stamp reads the time in front: seconds in brackets, or a date.
func (q *query) stamp(b []byte) {
	b = bytes.TrimSpace(b)
	if len(b) > 2 && b[0] == '[' {
		if t, _, ok := source.ParseTime(b[1 : len(b)-1]); ok {
			q.date = textlog.DateOf(t)
			q.dated = true
		}
		return
	}
	if d, _, ok := textlog.ISODate(b); ok {
		q.date, q.dated = d, true
	}
}

// coreDNS reads "[time] [INFO] 192.0.2.9:4711 - 33 "A IN n. udp 40 false 512"
// NOERROR flags 96 0.001s".
func (q *query) coreDNS(text []byte) bool {
	i := bytes.Index(text, []byte("[INFO] "))
	if i < 0 || i > 64 {
		return false
	}
	q.stamp(text[:i])
	address, rest := word(text[i+7:])
	dash, rest := word(rest)
	_, rest = word(rest)
	if string(dash) != "-" || len(rest) == 0 || rest[0] != '"' {
		return false
	}
	kind, rest := word(rest[1:])
	class, rest := word(rest)
	name, rest := word(rest)
	colon := bytes.LastIndexByte(address, ':')
	if colon < 0 || !isKind(kind) || !isClass(class) {
		return false
	}
	q.server, q.client, q.port = "coredns", bytes.Trim(address[:colon], "[]"), address[colon+1:]
	q.name, q.kind = name, kind
	if _, tail, ok := bytes.Cut(rest, []byte("\" ")); ok {
		q.rcode, _ = word(tail)
	}
	return true
}

// dnsmasq reads "[serial client/port] query[A] n from 192.0.2.9" and "reply n
// is 198.51.100.5".
func (q *query) dnsmasq(text []byte) bool {
	verb, rest := word(text)
	if len(verb) > 0 && verb[0] >= '0' && verb[0] <= '9' {
		var who []byte
		who, rest = word(rest)
		q.client, q.port, _ = bytes.Cut(who, []byte("/"))
		verb, rest = word(rest)
	}
	q.server = "dnsmasq"
	q.name, rest = word(rest)
	middle, last := word(rest)
	if kind, ok := bytes.CutPrefix(verb, []byte("query[")); ok && string(middle) == "from" {
		q.kind = bytes.TrimSuffix(kind, []byte("]"))
		q.client, _ = word(last)
		return true
	}
	switch string(verb) {
	case "reply", "cached", "cached-stale", "config":
	default:
		return bytes.HasPrefix(verb, []byte("/")) && string(middle) == "is" && q.told(last)
	}
	return string(middle) == "is" && q.told(last)
}

// told takes an answer of dnsmasq. Its letters tell the type.
func (q *query) told(answer []byte) bool {
	q.answer = answer
	switch {
	case len(answer) > 0 && answer[0] == '<':
		q.kind = bytes.Trim(answer, "<>")
	case len(answer) > 0 && answer[0] == '"':
		q.kind = []byte("TXT")
	case textlog.IsAddress(answer) && bytes.IndexByte(answer, ':') >= 0:
		q.kind = []byte("AAAA")
	case textlog.IsAddress(answer):
		q.kind = []byte("A")
	default:
		q.rcode = answer
	}
	return true
}
