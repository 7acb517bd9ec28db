// Package postfix reads the log of the Postfix mail server, which comes through
// syslog:
//
//	Jun 15 10:00:00 mx1 postfix/smtpd[12]: 4Bz1x2: client=unknown[192.0.2.9], sasl_username=mia
//	Jun 15 10:00:00 mx1 postfix/qmgr[13]: 4Bz1x2: from=<mia@example.com>, size=512, nrcpt=1 (queue active)
//
// A file is recognised when four in five of its first lines are from programs
// whose names begin with postfix. No public Sigma rule asks for it; lines keep
// product linux, so that rules on any log of Linux apply, and service postfix.
// Pairs keep their keys, queue_id joins the lines of one mail, and the address
// of the client is src_ip.
package postfix

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// Is reports whether a line is of Postfix.
func Is(l *textlog.Line) bool { return bytes.HasPrefix(l.Header.Program, []byte("postfix")) }

// Parse implements [textlog.Parser].
func (p *Parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	if !Is(l) {
		return false
	}
	r := p.rec
	r.Reset()
	r.Add("Message", l.Raw)
	text := l.Text
	if id, rest, ok := bytes.Cut(text, []byte(": ")); ok && isQueueID(id) {
		r.Alias("queue_id", id)
		text = rest
	}
	p.pairs(text)
	p.peer(text)
	r.Alias("program", l.Header.Program)
	r.Fill(&p.event)
	p.event.Source = event.Source{Product: "linux", Service: "postfix"}
	p.event.Host = p.names.Intern(l.Header.Host)
	p.clock.Set(&p.event, nil, false)
	emit(&p.event)
	return true
}

// isQueueID recognises short and long queue ids, and NOQUEUE.
func isQueueID(b []byte) bool {
	if len(b) < 5 || len(b) > 24 {
		return false
	}
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return string(b) != "warning" && string(b) != "error" && string(b) != "fatal" && string(b) != "panic" &&
		string(b) != "connect" && string(b) != "disconnect" && string(b) != "statistics"
}

// pairs reads key=value, which commas part; remarks in brackets follow values.
func (p *Parser) pairs(text []byte) {
	for len(text) > 0 {
		var item []byte
		item, text, _ = bytes.Cut(text, []byte(", "))
		key, value, ok := bytes.Cut(item, []byte("="))
		if i := bytes.LastIndexByte(key, ' '); i >= 0 {
			key = key[i+1:]
		}
		if !ok || !isKey(key) {
			continue
		}
		if len(value) > 0 && value[0] == '<' {
			value, _, _ = bytes.Cut(value[1:], []byte(">"))
		} else {
			value, _, _ = bytes.Cut(value, []byte(" "))
		}
		p.add(key, value)
	}
}

// add takes the keys that tell something of a mail.
func (p *Parser) add(key, value []byte) {
	switch string(key) {
	case "from", "to", "orig_to", "status", "relay", "client", "sasl_username", "sasl_method", "message-id", "size", "nrcpt", "helo", "dsn", "delay", "proto", "reverse-path":
		p.rec.Alias(p.names.Intern(key), value)
	}
}

func isKey(b []byte) bool {
	for _, c := range b {
		if (c < 'a' || c > 'z') && c != '_' && c != '-' {
			return false
		}
	}
	return len(b) > 1
}

// peer finds the address in brackets behind the name of the client.
func (p *Parser) peer(text []byte) {
	_, rest, ok := bytes.Cut(text, []byte("client="))
	if !ok {
		if _, rest, ok = bytes.Cut(text, []byte(" from ")); !ok {
			return
		}
	}
	name, _, _ := bytes.Cut(rest, []byte(" "))
	_, address, _ := bytes.Cut(name, []byte("["))
	address, _, _ = bytes.Cut(address, []byte("]"))
	if textlog.IsAddress(address) {
		p.rec.Alias("src_ip", address)
	}
}
