package syslog

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// program fills in a line that a program of Linux wrote.
func (p *parser) program(l *textlog.Line) {
	service := textlog.LinuxService(l.Header.Program, l.Header.Facility())
	p.event.Source = event.Source{Product: "linux", Service: service}
	switch service {
	case "sudo":
		p.sudo(l.Text)
	case "sshd":
		p.sshd(l.Text)
	case "clamav":
		p.virus(l.Text)
	case "auth":
		if string(l.Header.Program) == "useradd" {
			p.useradd(l.Text)
		}
	}
}

// sudo reads "mia : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id". USER is
// who the command runs as.
func (p *parser) sudo(text []byte) {
	user, rest, ok := bytes.Cut(text, []byte(" : "))
	if !ok || !bytes.Contains(rest, []byte("COMMAND=")) {
		return
	}
	p.rec.Alias("sudo_user", bytes.TrimLeft(user, " "))
	for len(rest) > 0 {
		var item []byte
		if bytes.HasPrefix(rest, []byte("COMMAND=")) {
			item, rest = rest, nil
		} else {
			item, rest, _ = bytes.Cut(rest, []byte(" ; "))
		}
		name, value, ok := bytes.Cut(item, []byte("="))
		if !ok {
			p.rec.Alias("note", item)
			continue
		}
		switch string(name) {
		case "TTY":
			p.rec.Alias("TTY", value)
		case "PWD":
			p.rec.Alias("PWD", value)
		case "USER":
			p.rec.Alias("USER", value)
		case "GROUP":
			p.rec.Alias("GROUP", value)
		case "COMMAND":
			p.rec.Alias("COMMAND", value)
		}
	}
}

// sshd reads who came from where, and whether they were let in.
func (p *parser) sshd(text []byte) {
	switch {
	case bytes.HasPrefix(text, []byte("Accepted ")), bytes.HasPrefix(text, []byte("Failed ")):
		action, rest := word(text)
		method, rest := word(rest)
		p.rec.Alias("action", action)
		p.rec.Alias("auth_method", method)
		if i := bytes.Index(rest, []byte("for ")); i >= 0 {
			p.caller(bytes.TrimPrefix(rest[i+4:], []byte("invalid user ")))
		}
	case bytes.HasPrefix(text, []byte("Invalid user ")):
		p.rec.Alias("action", []byte("Invalid"))
		p.caller(text[len("Invalid user "):])
	}
}

// caller reads "mia from 192.0.2.9 port 4711". A user may hold blanks, so the
// last " from " counts.
func (p *parser) caller(text []byte) {
	i := bytes.LastIndex(text, []byte(" from "))
	if i < 0 {
		return
	}
	p.rec.Alias("user", text[:i])
	address, rest := word(text[i+6:])
	p.rec.Alias("src_ip", address)
	if port, ok := bytes.CutPrefix(rest, []byte("port ")); ok {
		port, _ = word(port)
		p.rec.Alias("src_port", port)
	}
}

func (p *parser) useradd(text []byte) {
	_, rest, ok := bytes.Cut(text, []byte("new user: "))
	for ok {
		var item []byte
		item, rest, ok = bytes.Cut(rest, []byte(", "))
		if name, value, pair := bytes.Cut(item, []byte("=")); pair {
			switch string(name) {
			case "name":
				p.rec.Alias("user", value)
			case "UID", "GID", "home", "shell":
				p.rec.Alias(string(name), value)
			}
		}
	}
}

// virus reads "/srv/a.bin: Win.Test.EICAR FOUND".
func (p *parser) virus(text []byte) {
	text, found := bytes.CutSuffix(text, []byte(" FOUND"))
	i := bytes.LastIndex(text, []byte(": "))
	if !found || i < 0 {
		return
	}
	p.rec.Alias("Filename", text[:i])
	p.rec.Alias("Signature", text[i+2:])
	p.event.Source.Category = "antivirus"
}

// word returns the first word and what follows the blanks behind it.
func word(b []byte) (first, rest []byte) {
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return b, nil
	}
	return b[:i], bytes.TrimLeft(b[i:], " ")
}
