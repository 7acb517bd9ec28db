// Package jsonmap reads the logs of services that write JSON objects, each by
// its [Mapping]: how the service's objects are recognised and wrapped, under
// what other names rules ask for their values, and what log source they are.
//
// Fields keep the service's own names, levels joined by dots; a list gives
// several values. Names that rules use beside them are header fields, so that
// word search does not meet a value twice. An object or list that rules ask
// for as a whole has its compact text and all values in it.
package jsonmap

import (
	"context"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/textlog"
)

// A Mapping describes the log of one service. Its functions about paths are
// asked once for each path; paths are those within a record, behind Wrappers
// and Inner.
type Mapping struct {
	Name  string // of the format
	Alien string // what objects are that are not of the service, for damage

	// Is reports whether an object with these paths is a record.
	Is func(p Paths) bool
	// Wrappers are the paths of lists that hold records.
	Wrappers []string
	// Inner are the paths of objects, or of strings that are JSON, in which
	// exporters put a record. What stands beside them keeps its name.
	Inner []string
	// Embedded are paths of strings that are JSON.
	Embedded []string
	// Whole are paths of objects and lists that rules search as text.
	Whole []string
	// Bags are lists of names and values.
	Bags []Bag
	// Also returns the further names of the values at a path; may be nil.
	Also func(path string) []string
	// Times and Hosts are the paths of the event's time and of the machine,
	// account or tenant that it happened in, best first.
	Times, Hosts []string
	// Source looks at a record, adds names that depend on values, and says
	// what log it is of. The zero Source refuses the object.
	Source func(r *Record) event.Source
	// Second names another log that the record is of too, for rules that
	// were written for that one; may be nil. The zero Source is none.
	Second func(r *Record) event.Source
	// Caps are the numbers of rows at which exporters of tables stop.
	Caps []int64
	// State makes what Source remembers from record to record, as
	// Record.State; may be nil. Files of such logs are read in one part.
	State func() any
}

// A Bag is a list of objects that each have a name and values, such as
// [{"Name":"Identity","Value":"x"}]. Each becomes a field of its own.
type Bag struct {
	List   string   // path of the list
	Key    string   // path of the name, in an item
	Values []string // paths of the values, in an item
	Prefix string   // of the field's name
}

// Paths are the paths of an object's values.
type Paths []string

// Has reports whether the object has all of some paths, or something below
// them.
func (p Paths) Has(paths ...string) bool {
	for _, want := range paths {
		if !p.has(want) {
			return false
		}
	}
	return true
}

func (p Paths) has(want string) bool {
	for _, path := range p {
		if strings.HasPrefix(path, want) && (len(path) == len(want) || path[len(want)] == '.') {
			return true
		}
	}
	return false
}

// A Format is the format of a service's log.
type Format struct {
	m      Mapping
	opt    objects.Options
	shapes textlog.Shapes
}

// New returns the format of a mapping.
func New(m Mapping) *Format {
	f := &Format{m: m}
	f.opt = objects.Options{Wrappers: m.Wrappers, Embedded: f.isEmbedded, Whole: f.isWhole}
	return f
}

func (f *Format) isEmbedded(path string) bool {
	path = f.unwrap(path)
	return in(f.m.Inner, path) || in(f.m.Embedded, f.strip(path))
}

func (f *Format) isWhole(path string) bool { return in(f.m.Whole, f.strip(f.unwrap(path))) }

// unwrap takes the path of a wrapper off the front: files are recognised
// before wrappers are taken off.
func (f *Format) unwrap(path string) string {
	for _, w := range f.m.Wrappers {
		if rest, ok := strings.CutPrefix(path, w+"."); ok {
			return rest
		}
	}
	return path
}

func in(list []string, path string) bool {
	for _, p := range list {
		if strings.EqualFold(p, path) {
			return true
		}
	}
	return false
}

// strip takes the path of what holds a record off the front.
func (f *Format) strip(path string) string {
	for _, in := range f.m.Inner {
		if rest, ok := strings.CutPrefix(path, in); ok && len(rest) > 1 && rest[0] == '.' {
			return rest[1:]
		}
	}
	return path
}

// Name implements [source.Format].
func (f *Format) Name() string { return f.m.Name }

// Claims implements [source.Format].
func (f *Format) Claims(_ string, head []byte) bool {
	return f.opt.Claims(head, func(paths []string) bool {
		for i := range paths {
			paths[i] = f.strip(paths[i])
		}
		return f.m.Is(paths)
	})
}

// Split implements [source.Format].
func (f *Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	if f.m.State != nil {
		return []source.Part{{To: in.Size, Line: 1}}, nil
	}
	return f.opt.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return f.opt.NewReader(&maker{format: f, rec: Record{rec: textlog.NewRecord(&f.shapes)}}, f.m.Alien)
}
