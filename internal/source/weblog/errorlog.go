package weblog

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// An errorLine is a line of the error log of Apache or nginx.
type errorLine struct {
	date   textlog.Date
	nginx  bool
	level  []byte
	client []byte
}

func (e *errorLine) parse(line []byte) bool {
	*e = errorLine{}
	if len(line) < 25 {
		return false
	}
	if line[0] == '[' {
		return e.apache(line)
	}
	return e.engine(line)
}

// apache reads [Sun Jun 15 10:00:00.123456 2025] [core:error] [pid 1:tid 2]
// [client 192.0.2.9:4711] text.
func (e *errorLine) apache(line []byte) bool {
	d, rest, ok := textlog.CDate(line[1:])
	if !ok || !bytes.HasPrefix(rest, []byte("] [")) {
		return false
	}
	level, rest, ok := bytes.Cut(rest[3:], []byte("]"))
	e.date, e.level = d, level
	if i := bytes.Index(rest, []byte("[client ")); i >= 0 {
		address, _, _ := bytes.Cut(rest[i+8:], []byte("]"))
		if colon := bytes.LastIndexByte(address, ':'); colon > 0 && bytes.IndexByte(address, '.') > 0 {
			address = address[:colon]
		}
		e.client = address
	}
	return ok
}

// engine reads 2025/06/15 10:00:00 [error] 7#7: *9 text, client: 192.0.2.9, ..
func (e *errorLine) engine(line []byte) bool {
	if line[4] != '/' {
		return false
	}
	d, rest, ok := textlog.ISODate(line)
	if !ok || !bytes.HasPrefix(rest, []byte(" [")) {
		return false
	}
	level, rest, ok := bytes.Cut(rest[2:], []byte("]"))
	e.date, e.level, e.nginx = d, level, true
	if i := bytes.Index(rest, []byte(", client: ")); i >= 0 {
		e.client, _ = word(rest[i+10:])
		e.client = bytes.TrimSuffix(e.client, []byte(","))
	}
	return ok && bytes.IndexByte(rest, '#') >= 0
}

func (p *Parser) fault(l *textlog.Line) {
	e, r := &p.err, p.rec
	r.Add("Message", l.Raw)
	r.Add("level", e.level)
	if e.client != nil {
		r.Add("client", e.client)
		r.Alias("src_ip", e.client)
	}
	name := "apache"
	if e.nginx {
		name = "nginx"
	}
	p.event.Source = event.Source{Service: name}
	p.clock.Set(&p.event, &e.date, true)
}
