// Package squid reads the access log of the Squid proxy in its own format:
//
//	1750000000.123 87 192.0.2.9 TCP_MISS/200 4512 GET http://example.com/a.zip alice HIER_DIRECT/198.51.100.7 application/zip
//
// It is recognised by the time with milliseconds, the result code with status
// in the fourth place, and the peer before the type. It feeds the rules of
// category proxy, under Sigma's names beside Squid's.
//
// The format holds neither user agent nor referrer, and of an encrypted
// connection only host and port; the byte count is that of the answer. Squid's
// format "combined" is read by package weblog.
package squid

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A Format is the format of Squid's access log.
type Format struct{ shapes textlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "squid" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	return textlog.VoteBody(head, func(l *textlog.Line) bool { return split(nil, l.Text) != nil })
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader { return textlog.NewReader(NewParser(&f.shapes)) }

// A Parser reads lines of the access log.
type Parser struct {
	rec   *textlog.Record
	clock *textlog.Clock
	words [][]byte
	names textlog.Names
	event event.Event
}

// NewParser makes a parser whose shapes come from a shared table.
func NewParser(s *textlog.Shapes) *Parser { return &Parser{rec: textlog.NewRecord(s)} }

// Begin implements [textlog.Parser].
func (p *Parser) Begin(_ *source.Input, _ source.Part, c *textlog.Clock) { p.clock = c }

// Notes implements [textlog.Parser].
func (p *Parser) Notes() []string { return nil }

// The places of a line's words.
const (
	atTime = iota
	atElapsed
	atClient
	atResult
	atBytes
	atMethod
	atURL
	atUser
	atPeer
	atType
	places
)

// split takes a line apart, or returns nil when it is none of the format's. A
// URL may hold blanks, so what follows it is counted from the right.
func split(dst [][]byte, line []byte) [][]byte {
	if len(line) < 40 || line[0] < '0' || line[0] > '9' {
		return nil
	}
	dst = bytesFields(dst[:0], line)
	n := len(dst)
	if n < places {
		return nil
	}
	if n > places {
		from, last := cap(line)-cap(dst[atURL]), dst[n-4]
		dst[atURL] = line[from : cap(line)-cap(last)+len(last)]
		copy(dst[atUser:], dst[n-3:])
		dst = dst[:places]
	}
	code, status, ok := bytes.Cut(dst[atResult], []byte("/"))
	if !ok || len(code) < 3 || len(status) != 3 || !digits(status) || !upper(code) ||
		!isTime(dst[atTime]) || !digits(bytes.TrimPrefix(dst[atElapsed], []byte("-"))) ||
		bytes.IndexByte(dst[atPeer], '/') < 0 {
		return nil
	}
	return dst
}

// maxWords bounds the words of a line, blanks in its URL included.
const maxWords = 1024

// bytesFields is bytes.Fields with memory of the caller, up to a bound. The capacity of each
// word reaches to the end of the line, which tells where it stands.
func bytesFields(dst [][]byte, line []byte) [][]byte {
	start := -1
	for i, c := range line {
		if len(dst) > maxWords {
			return nil
		}
		if blank := c == ' ' || c == '\t'; blank && start >= 0 {
			dst, start = append(dst, line[start:i]), -1
		} else if !blank && start < 0 {
			start = i
		}
	}
	if start >= 0 {
		dst = append(dst, line[start:])
	}
	return dst
}

func isTime(b []byte) bool {
	whole, frac, ok := bytes.Cut(b, []byte("."))
	return ok && len(whole) >= 9 && len(whole) <= 11 && digits(whole) && len(frac) == 3 && digits(frac)
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

func upper(b []byte) bool {
	for _, c := range b {
		if (c < 'A' || c > 'Z') && c != '_' {
			return false
		}
	}
	return true
}

// Parse implements [textlog.Parser].
func (p *Parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	words := split(p.words, l.Text)
	if words == nil {
		return false
	}
	p.words = words
	p.fill(l, words)
	e := &p.event
	p.rec.Fill(e)
	e.Source = event.Source{Product: "squid", Category: "proxy"}
	e.Host = p.names.Intern(l.Header.Host)
	t, zoned, ok := source.ParseTime(words[atTime])
	p.clock.Put(e, t, zoned, ok)
	emit(e)
	return true
}

func (p *Parser) fill(l *textlog.Line, words [][]byte) {
	r := p.rec
	r.Reset()
	code, status, _ := bytes.Cut(words[atResult], []byte("/"))
	peering, peer, _ := bytes.Cut(words[atPeer], []byte("/"))
	r.Add("Message", l.Raw)
	r.Add("elapsed", words[atElapsed])
	r.Add("client", words[atClient])
	r.Add("action", code)
	r.Add("status", status)
	r.Add("bytes", words[atBytes])
	r.Add("method", words[atMethod])
	r.Add("url", words[atURL])
	r.Dash("user", words[atUser])
	r.Add("hierarchy", peering)
	r.Dash("peer", peer)
	r.Dash("type", words[atType])
	q := textlog.Request{
		Method: words[atMethod], URL: words[atURL], Status: status,
		User: words[atUser], Client: words[atClient],
	}
	if textlog.IsAddress(peer) {
		q.Server = peer
	}
	r.ProxyAliases(&q)
	r.Alias("sc-bytes", words[atBytes])
}
