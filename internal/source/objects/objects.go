// Package objects reads JSON objects from evidence, whatever way they stand in
// it: one in a line, in an array, or one after another over many lines, in
// UTF-8 or UTF-16. In files with one object in a line a broken line costs
// nothing but itself, and parts can be read apart from each other.
//
// An object is taken apart into values with their paths. Objects of one
// producer repeat their paths, so a format thinks about names once for each
// sequence of paths ([Plans]) and then makes events without allocation
// ([Maker]).
package objects

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
)

// A Maker makes a format's events of objects. It belongs to one [Reader].
type Maker interface {
	// Begin is called before each part.
	Begin()
	// Make returns the event of an object, or nil when it is none of the
	// format's. The event may be reused; its Origin is filled in by the
	// reader, but for Record.
	Make(o *Object) *event.Event
	// Notes returns what the part's report should remark.
	Notes() []string
	// Crowded asks for a call of Forget, after which all nodes are new.
	Crowded() bool
	Forget()
}

// around are the characters that may stand around objects: blanks, the marks of
// arrays, and the marks of UTF-8 where files were put one behind another.
const around = " \t\r\n,[]\ufeff"

// A Repeater is a Maker whose objects may give several events.
type Repeater interface {
	Maker
	// Again returns the next event of the object that Make had last, nil when
	// there is none.
	Again() *event.Event
}

// Claims reports whether test likes the paths of one of the first objects in
// a file's head. The last object may be cut, so paths may be missing.
func Claims(head []byte, test func(paths []string) bool) bool {
	return Options{}.Claims(head, test)
}

// Claims is the function Claims for objects read with options. Paths are those
// of the objects in a wrapper.
func (o Options) Claims(head []byte, test func(paths []string) bool) bool {
	text := source.Text(head)
	scan := scanner{tree: newTree(), lines: true, opt: o}
	for len(text) > 0 {
		text = bytes.TrimLeft(text, around)
		if len(text) == 0 {
			return false
		}
		if text[0] != '{' {
			if !isHeading(text) {
				return false
			}
			_, text, _ = bytes.Cut(text, []byte("\n"))
			continue
		}
		end, err := scan.object(text, 0)
		if test(o.unwrapped(pathsOf(scan.leaves))) {
			return true
		}
		if err == errCut {
			return false
		}
		text = afterObject(text, end, err)
	}
	return false
}

// InLines reports whether a file's head has one object in a line: the first
// two lines do, or the only one does, or the first is longer than the head.
func InLines(head []byte) bool {
	text := source.Text(head)
	scan := scanner{tree: newTree()}
	for seen := 0; seen < 2; seen++ {
		text = bytes.TrimLeft(text, " \t\r\n")
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		if len(line) == 0 {
			return seen > 0
		}
		if line[0] != '{' {
			return false
		}
		_, err := scan.object(line, 0)
		if err != nil {
			return err == errCut && !ended && len(line) > 1
		}
		text = rest
	}
	return true
}

// isHeading recognises the lines that evtx_dump writes between objects.
func isHeading(text []byte) bool { return bytes.HasPrefix(text, []byte("Record ")) }

// afterObject goes on behind an object, or behind its line when it is broken.
func afterObject(text []byte, end int, err error) []byte {
	if err == nil {
		return text[end:]
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	return rest
}

func pathsOf(leaves []Leaf) []string {
	paths := make([]string, len(leaves))
	for i, l := range leaves {
		paths[i] = l.Node.Path()
	}
	return paths
}

// partSize is how much of a file with one object in a line makes a part.
const partSize = 4 << 20

// Split cuts a file into parts: with one object in a line at newlines, others
// stay whole.
func Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return Options{}.Split(ctx, in)
}

// Split is the function Split for files read with options: those with wrappers
// stay whole.
func (o Options) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	lay := o.layoutOf(in)
	if !lay.lined || lay.coding != source.UTF8 || in.Size <= partSize {
		return []source.Part{{To: in.Size, Line: 1}}, nil
	}
	return source.SplitLines(ctx, in, partSize)
}

// A layout is how a file's objects stand in it.
type layout struct {
	lined   bool // one object in a line
	wrapped bool // objects in wrappers
	coding  source.Coding
}

// layoutOf looks at the first lines. Of wrappers, which may be a whole file in
// one line, the head is enough.
func (o Options) layoutOf(in *source.Input) layout {
	coding, _ := source.CodingOf(in.Head)
	if o.isWrapped(in.Head) {
		return layout{wrapped: true, coding: coding}
	}
	return layout{lined: isLined(in, coding), coding: coding}
}

// isLined decides by the first line that begins an object: whether the object
// ends in it, or, if it is broken, whether another begins in the next line.
func isLined(in *source.Input, coding source.Coding) bool {
	var f feed
	f.openHead(in, coding)
	scan := scanner{tree: newTree()}
	for {
		rest := bytes.TrimLeft(f.rest(), " \t\r\n")
		line, next, ended := bytes.Cut(rest, []byte("\n"))
		if (!ended || len(next) == 0) && f.more() {
			continue
		}
		if len(line) == 0 || line[0] != '{' {
			return false
		}
		if _, err := scan.object(line, 0); err == nil {
			return true
		}
		return len(bytes.TrimSpace(line)) > 1 && len(next) > 0 && next[0] == '{'
	}
}
