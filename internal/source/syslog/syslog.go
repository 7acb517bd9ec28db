// Package syslog reads what syslog carries: lines with a header in the form of
// RFC 3164, with or without year, zone and priority, or of RFC 5424.
//
//	Jun 15 10:00:00 web1 sshd[123]: Failed password for root from 192.0.2.9 port 4711 ssh2
//	<189>88: 000123: *Jun 15 2025 10:00:00.123: %SYS-5-CONFIG_I: Configured from console by u
//
// Any other text format of Tyto found behind the header is read as that
// format, and so are JSON objects of most formats, such as those of NXLog,
// Winlogbeat, Suricata and the cloud services. What is left is told apart by program and content, never by the name
// of the file: sshd, sudo, cron, auth, clamav, vsftpd, guacamole and syslog of
// product linux; kernel packet filter lines of category firewall; Cisco IOS,
// ASA and accounting; Huawei VRP; Junos. The log files of vsftpd, ClamAV and
// Tomcat, which have dates of their own, are read too.
//
// A file is recognised when four in five of its first lines are such lines and
// no single other format has them all. Rules search the field Message, which
// is the whole line; rules on commands of network devices see the command
// only.
package syslog

import (
	"bytes"
	"context"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A Format is the format of files that syslog wrote.
type Format struct {
	shapes  textlog.Shapes
	carried []carried
	objects []objectFormat
}

// New returns the format.
func New() *Format { return &Format{carried: allCarried(), objects: objectFormats()} }

// Name implements [source.Format].
func (*Format) Name() string { return "syslog" }

// Claims implements [source.Format].
func (f *Format) Claims(name string, head []byte) bool {
	if !textlog.VoteBody(head, f.is) {
		return false
	}
	for _, c := range f.carried {
		if c.format.Claims(name, head) {
			return false
		}
	}
	return true
}

// is reports whether a line is one that syslog or a known service wrote, and
// not one that a format of Linux's own records reads better.
func (f *Format) is(l *textlog.Line) bool {
	if bytes.HasPrefix(l.Text, []byte("<Event>")) || bytes.HasPrefix(l.Text, []byte("<Event ")) ||
		bytes.Contains(l.Text, []byte("msg=audit(")) {
		return false
	}
	if len(l.Text) < len(l.Raw) {
		return l.Header.Dated || len(l.Text) > 0
	}
	if _, ok := mnemonicOf(l.Raw); ok {
		return true
	}
	var s service
	return s.parse(l.Raw)
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader { return textlog.NewReader(f.newParser()) }

func (f *Format) newParser() *parser {
	p := &parser{rec: textlog.NewRecord(&f.shapes)}
	for _, c := range f.carried {
		p.inner = append(p.inner, c.parser(&f.shapes))
	}
	p.inner = append(p.inner, newObjectLines(f.objects))
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
