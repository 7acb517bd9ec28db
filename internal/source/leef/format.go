package leef

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
func (*Format) Name() string { return "leef" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool { return textlog.VoteBody(head, Is) }

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader { return textlog.NewReader(NewParser(&f.shapes)) }

// A Parser reads lines.
type Parser struct {
	rec   *textlog.Record
	clock *textlog.Clock
	names textlog.Names
	event event.Event
}

// NewParser makes a parser whose shapes come from a shared table.
func NewParser(s *textlog.Shapes) *Parser { return &Parser{rec: textlog.NewRecord(s)} }

// Begin implements [textlog.Parser].
func (p *Parser) Begin(_ *source.Input, _ source.Part, c *textlog.Clock) { p.clock = c }

// Notes implements [textlog.Parser].
func (p *Parser) Notes() (out []string) {
	if p.rec.Excess {
		out = append(out, "events with too many fields: the rest is left out")
	}
	return out
}
