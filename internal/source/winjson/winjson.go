// Package winjson reads Windows events that some tool wrote as JSON.
//
// Many tools export the same records, each in its own words: evtx_dump nests
// the event's XML, Winlogbeat puts fields below event_data, NXLog lays all
// flat beside its own bookkeeping, Wazuh changes the case of names. What a
// path of keys means is decided for each sequence of paths that occurs, by the
// family that its keys give away, and kept as a plan; an event of a known
// sequence is read without allocation.
//
// Objects may stand one in a line, in arrays, or one after another over many
// lines, in UTF-8 or UTF-16. In files with one object in a line a broken line
// costs nothing but itself, and parts can be read apart from each other.
//
// Left out, because they speak of the collector and not of the event: NXLog's
// SourceModule*, EventReceivedTime as a time, its EventType (a word for the
// severity), port, host and tags; Winlogbeat's agent, host, ecs and the copies
// of fields under ECS names.
package winjson

import (
	"bytes"
	"context"
	"strings"

	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// partSize is how much of a file with one object in a line makes a part.
const partSize = 4 << 20

// A Format is the format of Windows events as JSON. Its readers share shapes.
type Format struct{ shapes winlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "winjson" }

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader { return newReader(&f.shapes) }

// Claims implements [source.Format]. It looks at the keys of the first objects.
func (*Format) Claims(_ string, head []byte) bool {
	text := source.Text(head)
	scan := scanner{tree: newTree(), lines: true}
	for len(text) > 0 {
		text = bytes.TrimLeft(text, " \t\r\n,[]")
		if len(text) == 0 {
			return false
		}
		if text[0] != '{' {
			_, rest, _ := bytes.Cut(text, []byte("\n"))
			if !bytes.HasPrefix(text, []byte("Record ")) {
				return false
			}
			text = rest
			continue
		}
		end, err := scan.object(text, 0)
		if familyOf(pathsOf(scan.leaves)) != nil {
			return true
		}
		if err == errCut {
			return false
		}
		text = afterObject(text, end, err)
	}
	return false
}

// afterObject goes on behind an object, or behind its line when it is broken.
func afterObject(text []byte, end int, err error) []byte {
	if err == nil {
		return text[end:]
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	return rest
}

func pathsOf(leaves []leaf) []string {
	paths := make([]string, len(leaves))
	for i, l := range leaves {
		paths[i] = strings.Join(l.node.path(), ".")
	}
	return paths
}

// Split implements [source.Format]. Files with one object in a line are cut at
// newlines, others stay whole.
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	lay := layoutOf(in)
	if !lay.lined || lay.coding != source.UTF8 || in.Size <= partSize {
		return []source.Part{{To: in.Size, Line: 1}}, nil
	}
	return source.SplitLines(ctx, in, partSize)
}

// A layout is how a file's objects stand in it.
type layout struct {
	lined  bool // one object in a line
	coding source.Coding
}

// layoutOf looks at the first lines.
func layoutOf(in *source.Input) layout {
	coding, _ := source.CodingOf(in.Head)
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
