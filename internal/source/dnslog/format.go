package dnslog

import (
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A Format is the format that this package reads.
type Format struct{ shapes textlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "dnslog" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	return textlog.VoteBody(head, Is) || isDebug(head)
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader { return textlog.NewReader(NewParser(&f.shapes)) }

// A Parser reads lines.
type Parser struct {
	rec     *textlog.Record
	clock   *textlog.Clock
	names   textlog.Names
	event   event.Event
	debug   bool // a packet of Windows DNS was seen or the heading of its log
	details bool // lines that explain packets were passed over
	swap    bool // its dates have the day first
	q       query
}

// NewParser makes a parser whose shapes come from a shared table.
func NewParser(s *textlog.Shapes) *Parser { return &Parser{rec: textlog.NewRecord(s)} }

// Begin implements [textlog.Parser].
func (p *Parser) Begin(in *source.Input, _ source.Part, c *textlog.Clock) {
	p.clock, p.debug, p.swap, p.details = c, isDebug(in.Head), false, false
}

// Notes implements [textlog.Parser].
func (p *Parser) Notes() (out []string) {
	if p.details {
		out = append(out, "lines that explain packets of Windows DNS are passed over")
	}
	if p.debug && !p.swap {
		out = append(out, "dates of Windows DNS like 6/7/2025 are read with the month first")
	}
	return out
}
