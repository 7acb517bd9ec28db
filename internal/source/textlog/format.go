package textlog

import (
	"context"

	"tyto/internal/source"
)

// A Format is a text format that is all lines of one kind: a vendor's package
// says which lines are its own and how they are read.
type Format struct {
	name   string
	is     func(*Line) bool
	parser func(*Shapes) Parser
	shapes Shapes
}

// NewFormat returns a format that claims files whose lines are mostly its own,
// in whatever envelope they came.
func NewFormat(name string, is func(*Line) bool, parser func(*Shapes) Parser) *Format {
	return &Format{name: name, is: is, parser: parser}
}

// Name implements [source.Format].
func (f *Format) Name() string { return f.name }

// Claims implements [source.Format].
func (f *Format) Claims(_ string, head []byte) bool { return VoteBody(head, f.is) }

// Split implements [source.Format].
func (f *Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader { return NewReader(f.parser(&f.shapes)) }
