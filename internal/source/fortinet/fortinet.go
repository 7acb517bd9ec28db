// Package fortinet reads the logs of FortiGate firewalls, pairs of key and
// value with or without a header of syslog:
//
//	date=2025-06-15 time=10:00:00 devname="fw1" devid="FG1" logid="0100044547" type="event" subtype="system" cfgpath="system.admin" action="Add"
//
// They are recognised by the keys type and logid or devid. Records of type
// event feed the rules of product fortigate, service event; traffic those of
// category firewall; web filter records those of category proxy, DNS filter
// records those of category dns and virus records those of category antivirus.
// The time is eventtime, in seconds or smaller units, or else date and time in
// the zone tz.
package fortinet

import (
	"bytes"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// Is reports whether a line is of these logs.
func Is(l *textlog.Line) bool {
	text := l.Text
	return key(text, "type=") && (key(text, "logid=") || key(text, "devid=")) && !bytes.HasPrefix(text, []byte("{")) &&
		!bytes.Contains(text, []byte("CEF:")) && !bytes.Contains(text, []byte("LEEF:"))
}

// key reports whether a line has a key, with = behind it.
func key(text []byte, name string) bool {
	i := bytes.Index(text, []byte(name))
	for i > 0 && text[i-1] != ' ' && text[i-1] != ',' {
		next := bytes.Index(text[i+1:], []byte(name))
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return i >= 0
}

// Parse implements [textlog.Parser].
func (p *Parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	if !Is(l) {
		return false
	}
	r := p.rec
	r.Reset()
	for rest := l.Text; len(rest) > 0; {
		name, value, tail, ok := textlog.NextPair(rest)
		rest = tail
		if ok {
			r.Named(name, p.plain(value))
		}
	}
	r.Add("Message", l.Raw)
	p.bind()
	r.Fill(&p.event)
	p.event.Host = p.names.Intern(first(r.Value("devname"), l.Header.Host))
	p.date()
	emit(&p.event)
	return true
}

// plain undoes the escapes of quotes and backslashes.
func (p *Parser) plain(value []byte) []byte {
	if !bytes.Contains(value, []byte(`\"`)) && !bytes.Contains(value, []byte(`\\`)) {
		return value
	}
	return p.rec.Build(func(dst []byte) []byte {
		for i := 0; i < len(value); i++ {
			if value[i] == '\\' && i+1 < len(value) && (value[i+1] == '"' || value[i+1] == '\\') {
				i++
			}
			dst = append(dst, value[i])
		}
		return dst
	})
}

func first(a, b []byte) []byte {
	if a != nil {
		return a
	}
	return b
}

// bind finds the log source and adds the names that its rules use.
func (p *Parser) bind() {
	r := p.rec
	src := event.Source{Product: "fortigate"}
	subtype := string(r.Value("subtype"))
	switch string(r.Value("type")) {
	case "event":
		src.Service = "event"
		r.AliasOnce("src_ip", first(r.Value("remip"), r.Value("srcip")))
	case "traffic":
		src.Category, src.Service = "firewall", "traffic"
		p.flow()
		r.Verdict(r.Value("action"))
	default:
		src.Service = "utm"
		p.flow()
		src.Category = p.inspected(subtype)
	}
	p.event.Source = src
}

func (p *Parser) flow() {
	r := p.rec
	r.AliasOnce("src_ip", r.Value("srcip"))
	r.AliasOnce("dst_ip", r.Value("dstip"))
	r.AliasOnce("src_port", r.Value("srcport"))
	r.AliasOnce("dst_port", r.Value("dstport"))
}

// inspected adds the names for a record of content inspection and returns its
// category.
func (p *Parser) inspected(subtype string) string {
	r := p.rec
	switch subtype {
	case "webfilter":
		url := r.Value("url")
		if host := r.Value("hostname"); len(host) > 0 && (len(url) == 0 || url[0] == '/') {
			scheme := []byte("http://")
			if bytes.EqualFold(r.Value("service"), []byte("HTTPS")) {
				scheme = []byte("https://")
			}
			url = r.Join(scheme, host, url)
		}
		r.ProxyAliases(&textlog.Request{
			Method: r.Value("httpmethod"), URL: url, Agent: r.Value("agent"), User: r.Value("user"),
			Referer: r.Value("referralurl"), Client: r.Value("srcip"), Server: r.Value("dstip"),
		})
		return "proxy"
	case "virus":
		r.AliasOnce("Signature", r.Value("virus"))
		r.AliasOnce("Filename", r.Value("filename"))
		return "antivirus"
	case "dns":
		r.AliasOnce("query", bytes.TrimSuffix(r.Value("qname"), []byte(".")))
		r.AliasOnce("record_type", r.Value("qtype"))
		r.AliasOnce("answer", r.Value("ipaddr"))
		return "dns"
	}
	return ""
}

// date reads eventtime, or date, time and tz.
func (p *Parser) date() {
	r, e := p.rec, &p.event
	if t, zoned, ok := source.ParseTime(r.Value("eventtime")); ok {
		p.clock.Put(e, t, zoned, true)
		return
	}
	d, _, ok := textlog.ISODate(r.Join(r.Value("date"), []byte(" "), r.Value("time")))
	if shift, known := zone(r.Value("tz")); known {
		d.Shift, d.Zoned = shift, true
	}
	p.clock.Set(e, &d, ok)
}

// zone reads -0700, +02:00 and UTC+2:00.
func zone(b []byte) (shift time.Duration, ok bool) {
	b = bytes.TrimPrefix(b, []byte("UTC"))
	if len(b) < 2 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	var n [2]int
	digits := bytes.ReplaceAll(b[1:], []byte(":"), nil)
	if len(digits) < 3 || len(digits) > 4 {
		return 0, false
	}
	for i, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		at := 0
		if i >= len(digits)-2 {
			at = 1
		}
		n[at] = n[at]*10 + int(c-'0')
	}
	shift = time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute
	if b[0] == '-' {
		shift = -shift
	}
	return shift, true
}
