package elff

import (
	"bytes"

	"tyto/internal/source/textlog"
)

// fill makes the fields of a line.
func (p *parser) fill(raw []byte, cells [][]byte) {
	r, plan := p.rec, p.plan
	r.Reset()
	for i, c := range cells {
		r.Dash(plan.names[i], c)
	}
	r.Add("Message", raw)
	switch plan.writer {
	case firewall:
		p.firewall(cells)
	case proxy:
		q := p.request(cells)
		r.ProxyAliases(&q)
	case webServer, edge:
		p.served(cells)
	}
}

func (p *parser) request(cells [][]byte) textlog.Request {
	plan := p.plan
	q := textlog.Request{
		Method:  cell(cells, plan.method),
		Host:    cell(cells, plan.name),
		Query:   cell(cells, plan.query),
		Status:  cell(cells, plan.status),
		Agent:   cell(cells, plan.agent),
		Referer: cell(cells, plan.referer),
		Cookie:  cell(cells, plan.cookie),
		User:    cell(cells, plan.user),
		Client:  cell(cells, plan.client),
		Server:  cell(cells, plan.server),
	}
	q.URL = cell(cells, plan.uri)
	if len(q.URL) == 0 || string(q.URL) == "-" {
		q.URL = p.url(cells, q.Host)
	}
	return q
}

// url puts an absolute URL together from its pieces.
func (p *parser) url(cells [][]byte, host []byte) []byte {
	scheme, stem := cell(cells, p.plan.scheme), cell(cells, p.plan.stem)
	if string(stem) == "-" {
		stem = nil
	}
	if len(host) == 0 || string(host) == "-" {
		return stem
	}
	if len(scheme) == 0 || string(scheme) == "-" {
		scheme = []byte("http")
	}
	return p.rec.Join(scheme, []byte("://"), host, stem)
}

// served adds the names of rules for web servers. Servers write + for a blank
// in user agents, and rules are written in both forms; CloudFront encodes
// them.
func (p *parser) served(cells [][]byte) {
	r := p.rec
	q := p.request(cells)
	q.URL = cell(cells, p.plan.stem)
	if q.URL == nil {
		q.URL = cell(cells, p.plan.uri)
	}
	r.ServerAliases(&q)
	for _, f := range []struct {
		name string
		text []byte
	}{{"cs-user-agent", q.Agent}, {"cs-referer", q.Referer}} {
		if p.plan.writer == edge && bytes.IndexByte(f.text, '%') >= 0 {
			r.Alias(f.name, p.decoded(f.text))
		} else if bytes.IndexByte(f.text, '+') >= 0 {
			r.Alias(f.name, p.blanked(f.text))
		}
	}
}

func (p *parser) blanked(text []byte) []byte {
	out := p.rec.Join(text)
	for i, c := range out {
		if c == '+' {
			out[i] = ' '
		}
	}
	return out
}

// decoded undoes percent-encoding. What would not be UTF-8 stays as it is.
func (p *parser) decoded(text []byte) []byte {
	out := p.rec.Build(func(dst []byte) []byte {
		for i := 0; i < len(text); i++ {
			if text[i] == '%' && i+2 < len(text) {
				hi, ok1 := hex(text[i+1])
				lo, ok2 := hex(text[i+2])
				if c := hi<<4 | lo; ok1 && ok2 && c < 0x80 {
					dst = append(dst, c)
					i += 2
					continue
				}
			}
			dst = append(dst, text[i])
		}
		return dst
	})
	return out
}

func hex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

func (p *parser) firewall(cells [][]byte) {
	r, plan := p.rec, p.plan
	r.AliasOnce("src_ip", cell(cells, plan.srcIP))
	r.AliasOnce("dst_ip", cell(cells, plan.dstIP))
	r.AliasOnce("src_port", cell(cells, plan.srcPort))
	r.AliasOnce("dst_port", cell(cells, plan.dstPort))
	action := cell(cells, plan.action)
	r.Verdict(action)
}
