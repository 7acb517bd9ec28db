package weblog

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// isHAProxy recognises
// 192.0.2.9:4711 [15/Jun/2025:10:00:00.123] fe be/srv 0/0/1/2/3 200 512 ...
func isHAProxy(line []byte) bool {
	address, rest := word(line)
	if bytes.IndexByte(address, ':') < 0 || len(rest) < 24 || rest[0] != '[' {
		return false
	}
	_, rest, ok := textlog.WebDate(rest[1:])
	return ok && len(rest) > 0 && rest[0] == ']' && bytes.Count(rest, []byte("/")) >= 5
}

// haproxy makes the event of a line of HAProxy. Of what was captured of the
// request's headers, the first is taken for the user agent.
func (p *Parser) haproxy(l *textlog.Line) {
	r := p.rec
	address, rest := word(l.Text)
	d, rest, _ := textlog.WebDate(rest[1:])
	p.words = textlog.Words(p.words[:0], bytes.TrimLeft(rest, "]"))
	r.Add("Message", l.Raw)
	client := address[:bytes.LastIndexByte(address, ':')]
	r.Add("client_ip", client)
	q := textlog.Request{Client: client}
	for i, name := range []string{"frontend_name", "backend_server", "timers", "status_code", "bytes_read"} {
		if i < len(p.words) {
			r.Dash(name, p.words[i])
		}
	}
	if len(p.words) > 3 {
		q.Status = p.words[3]
	}
	if i := bytes.IndexByte(rest, '"'); i >= 0 {
		text, _ := quoted(rest[i+1:])
		r.Add("http_request", text)
		q.Method, q.URL = request(text)
	}
	if _, tail, ok := bytes.Cut(rest, []byte(" {")); ok {
		captured, _, _ := bytes.Cut(tail, []byte("}"))
		q.Agent, _, _ = bytes.Cut(captured, []byte("|"))
		r.Add("captured_request_headers", captured)
	}
	r.ServerAliases(&q)
	p.event.Source = event.Source{Category: "webserver", Product: "haproxy"}
	p.clock.Set(&p.event, &d, true)
}

// albNames are the columns of the application load balancer's log.
func albNames() []string {
	return []string{
		"type", "time", "elb", "client", "target", "request_processing_time", "target_processing_time",
		"response_processing_time", "elb_status_code", "target_status_code", "received_bytes", "sent_bytes",
		"request", "user_agent", "ssl_cipher", "ssl_protocol", "target_group_arn", "trace_id", "domain_name",
	}
}

// isALB recognises a line of the application load balancer by its type, its
// date and the client's port.
func isALB(line []byte) bool {
	kind, rest := word(line)
	switch string(kind) {
	case "http", "https", "h2", "grpcs", "ws", "wss":
	default:
		return false
	}
	at, rest := word(rest)
	_, _, ok := textlog.ISODate(at)
	_, rest = word(rest)
	client, _ := word(rest)
	return ok && bytes.IndexByte(client, ':') > 0
}

func (p *Parser) balancer(l *textlog.Line) {
	r := p.rec
	p.words = textlog.Words(p.words[:0], l.Text)
	r.Add("Message", l.Raw)
	for i, name := range albNames() {
		if i < len(p.words) {
			r.Dash(name, p.words[i])
		}
	}
	q := textlog.Request{Agent: r.Value("user_agent"), Status: r.Value("elb_status_code")}
	q.Method, q.URL = request(r.Value("request"))
	q.Host, _ = textlog.SplitURL(q.URL)
	if client := r.Value("client"); client != nil {
		q.Client = client[:max(bytes.LastIndexByte(client, ':'), 0)]
	}
	r.ServerAliases(&q)
	p.event.Source = event.Source{Category: "webserver", Product: "aws", Service: "elb"}
	d, _, ok := textlog.ISODate(r.Value("time"))
	p.clock.Set(&p.event, &d, ok)
}
