// Package leef reads the Log Event Extended Format, with or without a header of
// syslog:
//
//	LEEF:2.0|Vendor|Product|1.0|100|^|src=192.0.2.9^dst=198.51.100.7^usrName=mia
//
// It is recognised by "LEEF:", the version and the bars behind it. Version 1
// parts its pairs by tabs, version 2 says by what. The places before the pairs
// are called DeviceVendor, DeviceProduct, DeviceVersion and EventID; pairs
// keep their keys. Records feed the same rules as those of package cef.
package leef

import (
	"bytes"
	"strconv"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// start returns where a record begins in a line, -1 when there is none.
func start(line []byte) int {
	i := bytes.Index(line, []byte("LEEF:"))
	if i < 0 || bytes.Count(line[i:], []byte("|")) < 4 {
		return -1
	}
	rest := bytes.TrimLeft(line[i+5:], " ")
	if len(rest) == 0 || rest[0] != '1' && rest[0] != '2' || bytes.IndexByte(rest, '|') > 4 {
		return -1
	}
	return i
}

// Is reports whether a line is in this format.
func Is(l *textlog.Line) bool { return start(l.Text) >= 0 }

// Parse implements [textlog.Parser].
func (p *Parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	at := start(l.Text)
	if at < 0 {
		return false
	}
	r := p.rec
	r.Reset()
	p.pairs(p.head(l.Text[at+5:]))
	r.Add("Message", l.Raw)
	p.event.Source = p.bind()
	p.event.Source.Service = "leef"
	r.Fill(&p.event)
	p.event.Host = p.names.Intern(p.first("identHostName", "devName", "dvchost"))
	if p.event.Host == "" {
		p.event.Host = p.names.Intern(l.Header.Host)
	}
	p.date()
	emit(&p.event)
	return true
}

// head reads the places before the pairs, and returns the pairs and what parts
// them.
func (p *Parser) head(b []byte) (pairs []byte, sep byte) {
	version, b, _ := bytes.Cut(bytes.TrimLeft(b, " "), []byte("|"))
	for _, name := range []string{"DeviceVendor", "DeviceProduct", "DeviceVersion", "EventID"} {
		var place []byte
		place, b, _ = bytes.Cut(b, []byte("|"))
		p.rec.Add(name, place)
	}
	if len(version) == 0 || version[0] != '2' {
		return b, '\t'
	}
	if word, rest, ok := bytes.Cut(b, []byte("|")); ok && len(word) <= 6 {
		if sep, ok := separator(word); ok {
			return rest, sep
		}
	}
	return b, '\t'
}

// separator reads ^ or a number as x5E or 0x5E; nothing means a tab.
func separator(word []byte) (sep byte, ok bool) {
	switch {
	case len(word) == 0:
		return '\t', true
	case len(word) == 1:
		return word[0], true
	case word[0] == '0' && word[1]|0x20 == 'x':
		word = word[2:]
	case word[0]|0x20 == 'x':
		word = word[1:]
	default:
		return 0, false
	}
	n, err := strconv.ParseUint(string(word), 16, 8)
	return byte(n), err == nil
}

// pairs reads key=value pairs.
func (p *Parser) pairs(b []byte, sep byte) {
	for len(b) > 0 {
		var pair []byte
		if i := bytes.IndexByte(b, sep); i >= 0 {
			pair, b = b[:i], b[i+1:]
		} else {
			pair, b = b, nil
		}
		if key, value, ok := bytes.Cut(pair, []byte("=")); ok && len(key) > 0 {
			p.rec.Named(bytes.TrimSpace(key), value)
		}
	}
}

func (p *Parser) first(names ...string) []byte {
	for _, n := range names {
		if v := p.rec.Value(n); len(v) > 0 {
			return v
		}
	}
	return nil
}

func (p *Parser) bind() event.Source {
	return p.rec.Bind(&textlog.Report{
		Vendor: p.first("DeviceVendor"), Product: p.first("DeviceProduct"), Name: p.first("EventID"),
		Action: p.first("action", "act"), Src: p.first("src"), Dst: p.first("dst"),
		SrcPort: p.first("srcPort"), DstPort: p.first("dstPort"),
		File: p.first("filePath", "fileName", "filename"), Threat: p.first("threatName", "threatname", "malwareName", "virusName"),
		Query: p.first("dnsQuery", "query", "req"),
		Request: textlog.Request{
			URL: p.first("url"), Method: p.first("method", "requestmethod", "requestMethod"),
			Agent: p.first("userAgent", "useragent"), Referer: p.first("referer"), User: p.first("usrName"),
			Status: p.first("responseCode", "status"),
		},
	})
}

// date reads devTime.
func (p *Parser) date() {
	text := p.first("devTime", "devtime")
	if d, ok := textlog.ZonedDate(text); ok {
		p.clock.Set(&p.event, &d, true)
		return
	}
	t, zoned, ok := textlog.ParseTime(text)
	p.clock.Put(&p.event, t, zoned, ok)
}
