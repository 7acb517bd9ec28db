// Package winjson reads Windows events that some tool wrote as JSON.
//
// Many tools export the same records, each in its own words: evtx_dump nests
// the event's XML, Winlogbeat puts fields below event_data, NXLog lays all
// flat beside its own bookkeeping, Wazuh changes the case of names. What a
// path of keys means is decided for each sequence of paths that occurs, by the
// family that its keys give away, and kept as a plan; an event of a known
// sequence is read without allocation.
//
// Left out, because they speak of the collector and not of the event: NXLog's
// SourceModule*, its EventType (a word for the severity), port, host and tags;
// Winlogbeat's agent, host, ecs and the copies of fields under ECS names.
package winjson

import (
	"context"

	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
)

// A Format is the format of Windows events as JSON. Its readers share shapes.
type Format struct{ shapes winlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "winjson" }

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return &reader{inner: objects.NewReader(newMaker(&f.shapes), "no windows event")}
}

// Claims implements [source.Format]. It looks at the keys of the first objects.
func (*Format) Claims(_ string, head []byte) bool {
	test := func(paths []string) bool {
		f, t := meaning(paths)
		return f != nil || t != nil && t.Plausible(head)
	}
	if w := wrapperOf(head); w != nil {
		return w.claims(test)
	}
	return objects.Claims(head, test)
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	if wrapperOf(in.Head) != nil {
		return []source.Part{{To: in.Size, Line: 1}}, nil
	}
	return objects.Split(ctx, in)
}
