// Package weblog reads the logs of web servers and of what stands in front of
// them:
//
//	192.0.2.9 - mia [15/Jun/2025:10:00:00 +0200] "GET /a?x=1 HTTP/1.1" 200 512 "-" "curl/8.0"
//
// that is the common and combined formats of Apache and nginx, with virtual
// host or forwarded addresses in front; the access logs of HAProxy and of
// Amazon's application load balancer; access logs in JSON as nginx, Caddy,
// Traefik and Cloudflare write them; and the error logs of Apache and nginx. It
// is recognised by the bracketed date with the quoted request behind it, by
// the error logs' bracketed date or level, and in JSON by address, request and
// status standing together.
//
// Access logs feed the rules of category webserver, those of Squid's format
// "combined" category proxy; error logs feed the rules of service apache and
// nginx. The common format has neither user agent nor referrer. Escapes in
// requests are undone for matching, percent-encoding is not; the field Message
// keeps the line.
package weblog

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/textlog"
)

// A Format is the format of web server logs.
type Format struct{ shapes textlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "weblog" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	if isJSON(head) {
		return objects.Claims(head, isAccess)
	}
	return textlog.VoteBody(head, Is)
}

// isJSON reports whether a file's head begins with a JSON object.
func isJSON(head []byte) bool {
	text := bytes.TrimLeft(source.Text(head), " \t\r\n[")
	return len(text) > 0 && text[0] == '{'
}

// Is reports whether a line is of a web server's log.
func Is(l *textlog.Line) bool {
	var c clf
	var d errorLine
	return c.parse(l.Text) || d.parse(l.Text) || isHAProxy(l.Text) || isALB(l.Text)
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	if isJSON(in.Head) {
		return objects.Split(ctx, in)
	}
	return textlog.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return &reader{
		text:  textlog.NewReader(NewParser(&f.shapes)),
		lines: objects.NewReader(&maker{rec: textlog.NewRecord(&f.shapes)}, "no access log"),
	}
}

// A reader reads text or JSON, as the file has it.
type reader struct {
	text  *textlog.Reader
	lines *objects.Reader
}

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	if isJSON(in.Head) {
		return r.lines.Read(ctx, in, part, yield)
	}
	return r.text.Read(ctx, in, part, yield)
}

// A Parser reads lines of text.
type Parser struct {
	rec   *textlog.Record
	clock *textlog.Clock
	words [][]byte
	names textlog.Names
	clf   clf
	err   errorLine
	event event.Event
}

// NewParser makes a parser whose shapes come from a shared table.
func NewParser(s *textlog.Shapes) *Parser { return &Parser{rec: textlog.NewRecord(s)} }

// Begin implements [textlog.Parser].
func (p *Parser) Begin(_ *source.Input, _ source.Part, c *textlog.Clock) { p.clock = c }

// Notes implements [textlog.Parser].
func (p *Parser) Notes() []string { return nil }

// Parse implements [textlog.Parser].
func (p *Parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	p.rec.Reset()
	p.event.Host = p.names.Intern(l.Header.Host)
	switch {
	case p.clf.parse(l.Text):
		p.access(l)
	case p.err.parse(l.Text):
		p.fault(l)
	case isHAProxy(l.Text):
		p.haproxy(l)
	case isALB(l.Text):
		p.balancer(l)
	default:
		return false
	}
	p.rec.Fill(&p.event)
	emit(&p.event)
	return true
}
