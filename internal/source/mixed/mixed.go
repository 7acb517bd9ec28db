// Package mixed reads files in which JSON lines of several formats stand
// together: what a log collector received of everybody, or what was put into
// one file by hand. Each line is read by the format that knows it; lines of a
// kind that nobody knows are read as package jsonlog does.
//
// A file is recognised when two formats claim lines among its first ones, or
// when one does and a fifth of the lines are of unknown kinds. Text of several
// formats is read by package syslog, which uses this package for the objects
// that it finds ([Objects]).
package mixed

import (
	"context"
	"slices"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/jsonlog"
	"tyto/internal/source/objects"
	"tyto/internal/source/textlog"
)

// A Format is the format of JSON lines of several formats.
type Format struct {
	members []Member
	unknown []Member
}

// New returns the format. It must be asked before its members, which claim a
// file for a single one of its lines. What lines are that no member knows is
// said by the options, as for [jsonlog.New].
func New(opt ...jsonlog.Options) *Format {
	return &Format{members: Members(), unknown: []Member{{jsonlog.New(opt...), []string{""}}}} // a sign that all objects have
}

// Name implements [source.Format].
func (*Format) Name() string { return "mixed" }

// Claims implements [source.Format].
func (f *Format) Claims(_ string, head []byte) bool {
	if !objects.InLines(head) {
		return false
	}
	first, last, others, lines := -1, 0, 0, 0
	for line := range textlog.HeadLines(head) {
		if line[0] != '{' {
			continue
		}
		lines++
		switch i := of(f.members, line, last); {
		case i < 0 && Known(f.unknown, line):
			others++
		case i < 0:
		case first >= 0 && i != first:
			return true
		default:
			first, last = i, i
		}
	}
	return first >= 0 && others*few >= lines
}

// few is how many times as many lines there may be as lines that no format
// knows: fewer of those are damage.
const few = 5

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return textlog.NewReader(&parser{known: NewObjects(f.members), unknown: NewObjects(f.unknown)})
}

// A parser reads lines.
type parser struct{ known, unknown *Objects }

// Begin implements [textlog.Parser].
func (p *parser) Begin(in *source.Input, part source.Part, c *textlog.Clock) {
	p.known.Begin(in, part, c)
	p.unknown.Begin(in, part, c)
}

// Parse implements [textlog.Parser].
func (p *parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	return p.known.Parse(l, emit) || p.unknown.Parse(l, emit)
}

// Notes implements [textlog.Parser].
func (p *parser) Notes() []string {
	return slices.Concat([]string{"lines of several formats, each read as its own"}, p.known.Notes(), p.unknown.Notes())
}
