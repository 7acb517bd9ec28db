package weblog

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// A clf is a line in the common log format or one of its extensions.
type clf struct {
	vhost, client, user []byte
	date                textlog.Date
	request             []byte
	status, size        []byte
	referer, agent      []byte
	squid               []byte // result code and peering of Squid's combined format
}

// maxFront bounds what stands before the date.
const maxFront = 4096

// parse takes a line apart and reports whether it is one.
func (c *clf) parse(line []byte) bool {
	*c = clf{}
	at := c.findDate(line)
	if at < 0 || !c.front(line[:at]) {
		return false
	}
	rest := line[at+1:]
	d, rest, _ := textlog.WebDate(rest)
	c.date = d
	rest, ok := bytes.CutPrefix(rest, []byte("] \""))
	if !ok {
		return false
	}
	c.request, rest = quoted(rest)
	return c.back(rest)
}

// findDate returns the place of the bracket before the date.
func (c *clf) findDate(line []byte) int {
	for at := 0; at < len(line) && at < maxFront; {
		i := bytes.IndexByte(line[at:min(len(line), maxFront)], '[')
		if i < 0 {
			return -1
		}
		at += i
		if _, _, ok := textlog.WebDate(line[at+1:]); ok {
			return at
		}
		at++
	}
	return -1
}

// front reads [vhost] client ident user. Users may hold blanks.
func (c *clf) front(b []byte) bool {
	b = bytes.TrimRight(b, " ")
	first, rest, ok := bytes.Cut(b, []byte(" "))
	if !ok {
		return false
	}
	for bytes.HasSuffix(first, []byte(",")) { // X-Forwarded-For: the client first
		var next []byte
		next, rest, ok = bytes.Cut(rest, []byte(" "))
		if !ok {
			return false
		}
		if !bytes.HasSuffix(next, []byte(",")) {
			break
		}
	}
	c.client = bytes.TrimSuffix(first, []byte(","))
	if second, tail, ok := bytes.Cut(rest, []byte(" ")); ok && !textlog.IsAddress(c.client) && textlog.IsAddress(second) {
		c.vhost, c.client, rest = c.client, second, tail
	}
	_, c.user, ok = bytes.Cut(rest, []byte(" "))
	return ok && len(c.client) > 0
}

// back reads status size "referer" "agent" and what may follow.
func (c *clf) back(b []byte) bool {
	b = bytes.TrimLeft(b, " ")
	c.status, b = word(b)
	c.size, b = word(b)
	if len(c.status) != 3 && string(c.status) != "-" || c.status[0] != '-' && (c.status[0] < '0' || c.status[0] > '9') {
		return false
	}
	if len(b) > 0 && b[0] == '"' {
		c.referer, b = quoted(b[1:])
		b = bytes.TrimLeft(b, " ")
	}
	if len(b) > 0 && b[0] == '"' {
		c.agent, b = quoted(b[1:])
		b = bytes.TrimLeft(b, " ")
	}
	code, _ := word(b)
	if bytes.HasPrefix(code, []byte("TCP_")) && bytes.IndexByte(code, ':') > 0 {
		c.squid = code
	}
	return true
}

// word returns the first word and what follows the blanks behind it.
func word(b []byte) (first, rest []byte) {
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return b, nil
	}
	return b[:i], bytes.TrimLeft(b[i:], " ")
}

// quoted returns what stands before the next quote that no backslash guards.
func quoted(b []byte) (text, rest []byte) {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// request parts METHOD target HTTP/x. What is none has no method.
func request(b []byte) (method, target []byte) {
	method, rest, ok := bytes.Cut(b, []byte(" "))
	if !ok || len(method) == 0 || len(method) > 24 || !isMethod(method) {
		return nil, b
	}
	if i := bytes.LastIndex(rest, []byte(" HTTP/")); i >= 0 {
		rest = rest[:i]
	}
	return method, rest
}

func isMethod(b []byte) bool {
	for _, c := range b {
		if (c < 'A' || c > 'Z') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// access makes the event of a line in common log format.
func (p *Parser) access(l *textlog.Line) {
	c, r := &p.clf, p.rec
	r.Add("Message", l.Raw)
	r.Add("remote_addr", c.client)
	r.Dash("remote_user", c.user)
	r.Add("request", p.plain(c.request))
	r.Dash("status", c.status)
	r.Dash("body_bytes_sent", c.size)
	q := textlog.Request{Status: c.status, Client: c.client, User: c.user}
	q.Method, q.URL = request(p.plain(c.request))
	if c.vhost != nil {
		r.Add("server_name", c.vhost)
		q.Host = c.vhost
	}
	if c.referer != nil {
		q.Referer = p.plain(c.referer)
		r.Dash("http_referer", q.Referer)
	}
	if c.agent != nil {
		q.Agent = p.plain(c.agent)
		r.Dash("http_user_agent", q.Agent)
	}
	p.event.Source = event.Source{Category: "webserver"}
	if c.squid != nil {
		p.event.Source = event.Source{Category: "proxy", Product: "squid"}
		r.Add("squid_status", c.squid)
		r.ProxyAliases(&q)
	} else {
		r.ServerAliases(&q)
	}
	p.clock.Set(&p.event, &c.date, true)
}

// plain undoes the escapes \", \\ and \xhh. Bytes that would not be UTF-8 stay
// escaped.
func (p *Parser) plain(b []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 {
		return b
	}
	return p.rec.Build(func(dst []byte) []byte {
		for i := 0; i < len(b); i++ {
			if b[i] == '\\' && i+1 < len(b) {
				switch next := b[i+1]; {
				case next == '"' || next == '\\':
					dst = append(dst, next)
					i++
					continue
				case next == 'x' && i+3 < len(b):
					hi, lo := hex(b[i+2]), hex(b[i+3])
					if hi >= 0 && hi < 8 && lo >= 0 {
						dst = append(dst, byte(hi<<4|lo))
						i += 3
						continue
					}
				}
			}
			dst = append(dst, b[i])
		}
		return dst
	})
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
