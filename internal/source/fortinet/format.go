package fortinet

import (
	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// New returns the format.
func New() *textlog.Format {
	return textlog.NewFormat("fortinet", Is, func(s *textlog.Shapes) textlog.Parser { return NewParser(s) })
}

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
