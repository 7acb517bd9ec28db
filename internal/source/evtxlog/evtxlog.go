// Package evtxlog reads Windows event log files (EVTX) as events.
//
// The decoding is done by package [tyto/evtx]; here its fields get the names
// that rules use, see [tyto/internal/source/winlog]. A file is cut into parts
// of 16 chunks, which are read independently. Naming is thought about once per
// layout, so a record costs no allocation once its kind is known.
package evtxlog

import (
	"bytes"
	"context"
	"sync"

	"tyto/evtx"
	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// Sizes of the file format, in bytes.
const (
	headerBlock = 4096
	partSize    = 16 * evtx.ChunkSize
	fileMagic   = "ElfFile\x00"
	chunkMagic  = "ElfChnk\x00"
)

// Options are choices of the user.
type Options struct {
	Carve bool // also yield what is left of deleted records, marked as carved
	// Foreign lends templates to carved records whose own are overwritten:
	// the [Format.Store] of a Format that has read all evidence before.
	Foreign *evtx.Store
	// Headers chooses the header fields (Level, Keywords, ...) that events
	// get; nil means all. A hunt whose rules ask for few of them is faster.
	Headers func(name string) bool
}

// A Format is the EVTX format. Its readers share what they learn about
// templates, so one Format serves a whole hunt.
type Format struct {
	opt    Options
	store  *evtx.Store
	shapes winlog.Shapes
	plans  sync.Map // *evtx.Layout -> *plan
}

// New returns the format.
func New(opt Options) *Format {
	return &Format{opt: opt, store: evtx.NewStore()}
}

// Store returns the templates that the format's readers have met.
func (f *Format) Store() *evtx.Store { return f.store }

// Name implements [source.Format].
func (*Format) Name() string { return "evtx" }

// Claims implements [source.Format]. A log whose header was overwritten, and
// bare chunks, are claimed too.
func (*Format) Claims(_ string, head []byte) bool {
	return bytes.HasPrefix(head, []byte(fileMagic)) || bytes.HasPrefix(head, []byte(chunkMagic)) ||
		len(head) > headerBlock && bytes.HasPrefix(head[headerBlock:], []byte(chunkMagic))
}

// start is where the first chunk begins.
func start(in *source.Input) int64 {
	if bytes.HasPrefix(in.Head, []byte(chunkMagic)) {
		return 0
	}
	return min(headerBlock, in.Size)
}

// Split implements [source.Format]. The file's header belongs to the first
// part.
func (*Format) Split(_ context.Context, in *source.Input) ([]source.Part, error) {
	first := start(in)
	var parts []source.Part
	for at := int64(0); at < in.Size || len(parts) == 0; {
		end := min(at+partSize, in.Size)
		if at == 0 {
			end = min(first+partSize, in.Size)
		}
		parts = append(parts, source.Part{Index: len(parts), From: at, To: end})
		at = end
	}
	return parts, nil
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	d := evtx.NewDecoder(f.store)
	d.Carve, d.Foreign = f.opt.Carve, f.opt.Foreign
	return &reader{format: f, decoder: d, plans: make(map[*evtx.Layout]*plan)}
}

// plan returns what is known about a layout.
func (f *Format) plan(l *evtx.Layout) *plan {
	if p, ok := f.plans.Load(l); ok {
		return p.(*plan)
	}
	p := newPlan(l, &f.shapes, f.opt.Headers)
	if !l.Shared() {
		return p
	}
	old, _ := f.plans.LoadOrStore(l, p)
	return old.(*plan)
}
