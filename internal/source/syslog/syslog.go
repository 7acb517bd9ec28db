// Package syslog reads what syslog carries: lines with a header in the form of
// RFC 3164, with or without year, zone and priority, or of RFC 5424.
//
//	Jun 15 10:00:00 web1 sshd[123]: Failed password for root from 192.0.2.9 port 4711 ssh2
//	<189>88: 000123: *Jun 15 2025 10:00:00.123: %SYS-5-CONFIG_I: Configured from console by u
//
// Any other text format of Tyto found behind the header is read as that format,
// and so are Windows events as XML and JSON objects of most formats, such as
// those of NXLog, Winlogbeat, Suricata and the cloud services. What is left is
// told apart by program and content, never by the name of the file: sshd, sudo,
// cron, auth, clamav, vsftpd, guacamole and syslog of product linux; kernel
// packet filter lines of category firewall; Cisco IOS, ASA and accounting;
// Huawei VRP; Junos. The log files of vsftpd, ClamAV and Tomcat, which have
// dates of their own, are read too.
//
// A file is recognised when four in five of its first lines are such lines, or
// lines of those formats without a header, and no single other format has them
// all. Records of the Linux audit system among them are read as package auditd
// does; those of one event are not joined across the parts of a large file.
// Rules search the field Message, which is the whole line; rules on commands of
// network devices see the command only.
package syslog

import (
	"bytes"
	"context"
	"slices"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/auditd"
	"tyto/internal/source/mixed"
	"tyto/internal/source/sysmonlinux"
	"tyto/internal/source/textlog"
	"tyto/internal/source/winxml"
)

// A Format is the format of files that syslog wrote.
type Format struct {
	shapes  textlog.Shapes
	carried []carried
	objects []mixed.Member
	audit   *auditd.Format
	sysmon  *sysmonlinux.Format
}

// New returns the format.
func New() *Format {
	return &Format{audit: auditd.New(), sysmon: sysmonlinux.New(), carried: allCarried(), objects: mixed.Members()}
}

// Name implements [source.Format].
func (*Format) Name() string { return "syslog" }

// Claims implements [source.Format].
func (f *Format) Claims(name string, head []byte) bool {
	text := false // objects alone are no log of syslog's
	voted := textlog.VoteBody(head, func(l *textlog.Line) bool {
		ok := f.is(l)
		text = text || ok && l.Raw[0] != '{'
		return ok
	})
	if !voted || !text || f.audit.Claims(name, head) {
		return false
	}
	for _, c := range f.carried {
		if c.format.Claims(name, head) {
			return false
		}
	}
	return true
}

// is reports whether a line is one that syslog or a known service wrote, or one
// of a format that stands among such lines.
func (f *Format) is(l *textlog.Line) bool {
	if bytes.HasPrefix(l.Text, []byte("<Event>")) || bytes.HasPrefix(l.Text, []byte("<Event ")) {
		return f.sysmon.Claims("", l.Raw) || len(l.Text) < len(l.Raw) && bytes.Contains(l.Text, []byte(winxml.Namespace))
	}
	if len(l.Text) < len(l.Raw) {
		return l.Header.Dated || len(l.Text) > 0
	}
	if _, ok := mnemonicOf(l.Raw); ok {
		return true
	}
	var s service
	return s.parse(l.Raw) || f.others(l.Raw)
}

// others reports whether a line without header is one of another format.
func (f *Format) others(line []byte) bool {
	if line[0] == '{' {
		return mixed.Known(f.objects, line)
	}
	return f.audit.Claims("", line) || slices.ContainsFunc(f.carried, func(c carried) bool { return c.format.Claims("", line) })
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader { return auditd.Among(&f.shapes, f.newParser) }

func (f *Format) newParser(audit textlog.Parser) textlog.Parser {
	p := &parser{rec: textlog.NewRecord(&f.shapes), inner: []textlog.Parser{audit}}
	for _, c := range f.carried {
		p.inner = append(p.inner, c.parser(&f.shapes))
	}
	p.inner = append(p.inner, mixed.NewObjects(f.objects))
	return p
}

// A parser reads lines.
type parser struct {
	rec   *textlog.Record
	clock *textlog.Clock
	inner []textlog.Parser
	cells [][]byte
	names textlog.Names
	event event.Event
}

// Begin implements [textlog.Parser].
func (p *parser) Begin(in *source.Input, part source.Part, c *textlog.Clock) {
	p.clock = c
	for _, in2 := range p.inner {
		in2.Begin(in, part, c)
	}
}

// Notes implements [textlog.Parser].
func (p *parser) Notes() (out []string) {
	for _, in := range p.inner {
		out = append(out, in.Notes()...)
	}
	return out
}

// Parse implements [textlog.Parser].
func (p *parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	for _, in := range p.inner {
		if in.Parse(l, emit) {
			return true
		}
	}
	p.rec.Reset()
	p.event.Host = p.names.Intern(l.Header.Host)
	p.event.Time = time.Time{}
	known := p.kind(l)
	if p.event.Time.IsZero() {
		p.clock.Set(&p.event, nil, false)
	}
	p.head(l)
	p.rec.Fill(&p.event)
	emit(&p.event)
	return known
}

// head adds what the header says, for people and for indicators.
func (p *parser) head(l *textlog.Line) {
	if l.Header.Program != nil {
		p.rec.Alias("program", l.Header.Program)
	}
	if l.Header.PID != nil {
		p.rec.Alias("pid", l.Header.PID)
	}
}

// kind fills in the fields and the source of a line and reports whether it is
// a line that was expected here. Lines without any header are searched too.
func (p *parser) kind(l *textlog.Line) bool {
	if p.device(l) || p.filter(l) {
		return true
	}
	p.rec.Add("Message", l.Raw)
	if len(l.Text) < len(l.Raw) {
		p.program(l)
		return true
	}
	return p.service(l)
}
