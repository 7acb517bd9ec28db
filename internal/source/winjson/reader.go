package winjson

import (
	"bytes"
	"context"
	"fmt"
	"unicode/utf8"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// Limits of what a reader remembers of the objects that it met.
const (
	maxPlans   = 4096
	maxPlanIDs = 1 << 20
)

// A reader turns the objects of parts into events. It belongs to one
// goroutine.
type reader struct {
	shapes *winlog.Shapes // of the format
	scan   scanner
	plans  map[uint64]*plan
	held   int // plans
	heldID int // ids in them
	words  winlog.Words
	event  event.Event
	runs   []*node
	runAt  []int32 // leaf that each run begins with
	ids    []uint32
	fixed  []byte // values that were changed
	clean  []byte // text whose broken characters were replaced
	seen   remarks
	feed   feed
}

func newReader(shapes *winlog.Shapes) *reader {
	r := &reader{plans: make(map[uint64]*plan), shapes: shapes}
	r.scan.tree = newTree()
	return r
}

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	r.seen = remarks{}
	lay := layoutOf(in)
	w := &work{
		reader: r, ctx: ctx, yield: yield,
		feed: &r.feed, line: max(part.Line, 1),
		origin: event.Origin{File: in.Path, Member: in.Member},
	}
	r.feed.open(in, part, lay.coding)
	r.scan.lines = true
	if lay.lined {
		w.lined()
	} else {
		w.stream()
	}
	w.finish()
	r.seen.tell(&w.rep)
	return w.rep
}

// forget drops all that was learnt when it has grown too large.
func (r *reader) forget() {
	if !r.scan.tree.full() && r.held < maxPlans && r.heldID < maxPlanIDs {
		return
	}
	r.scan.tree = newTree()
	clear(r.plans)
	r.held, r.heldID = 0, 0
}

// fill makes the event of the object that the scanner holds. It returns false
// when the object is no Windows event.
func (r *reader) fill() bool {
	p := r.plan()
	if p.alien {
		return false
	}
	if p.channel >= 0 && string(r.run(p.channel)) == winlog.PowerShellLog {
		if p.classic == nil {
			p.classic = newPlan(r.runs, true, r.shapes)
		}
		p = p.classic
	}
	r.seen.excess = r.seen.excess || p.excess || r.scan.excess
	e := &r.event
	e.Shape = p.shape
	e.Values = r.values(p, e.Values[:0])
	r.heads(p, e)
	return true
}

// plan finds the plan for the leaves' sequence of paths.
func (r *reader) plan() *plan {
	r.runs, r.runAt, r.ids = r.runs[:0], r.runAt[:0], r.ids[:0]
	var last *node
	hash := uint64(14695981039346656037)
	for i := range r.scan.leaves {
		n := r.scan.leaves[i].node
		if n == last {
			continue
		}
		last = n
		r.runs = append(r.runs, n)
		r.runAt = append(r.runAt, int32(i))
		r.ids = append(r.ids, n.id)
		hash = (hash ^ uint64(n.id)) * 1099511628211
	}
	for p := r.plans[hash]; p != nil; p = p.next {
		if equalIDs(p.ids, r.ids) {
			return p
		}
	}
	p := newPlan(r.runs, false, r.shapes)
	p.next = r.plans[hash]
	r.plans[hash] = p
	r.held++
	r.heldID += len(p.ids)
	return p
}

func equalIDs(a, b []uint32) bool {
	if len(a) != len(b) {
		return false
	}
	for i, x := range a {
		if x != b[i] {
			return false
		}
	}
	return true
}

// run returns the first value of a run.
func (r *reader) run(i int) []byte {
	if i < 0 {
		return nil
	}
	return r.scan.leaves[r.runAt[i]].text
}

func (r *reader) values(p *plan, out []event.Value) []event.Value {
	r.fixed = r.fixed[:0]
	leaves := r.scan.leaves
	for i, f := range p.field {
		if f < 0 {
			continue
		}
		end := len(leaves)
		if i+1 < len(r.runAt) {
			end = int(r.runAt[i+1])
		}
		for _, l := range leaves[r.runAt[i]:end] {
			text := l.text
			if p.fix[i] != asIs {
				text = r.fix(p.fix[i], l)
			}
			out = append(out, event.Value{Field: uint16(f), Kind: l.kind, Text: text})
		}
	}
	if p.shell != nil {
		for _, v := range out {
			if int(v.Field) == p.unnamed {
				out = p.shell.Append(out, v.Text)
			}
		}
	}
	return out
}

// heads sets what every event has.
func (r *reader) heads(p *plan, e *event.Event) {
	e.Source = event.Source{
		Product:  "windows",
		Channel:  r.words.Intern(r.run(p.channel)),
		Provider: r.words.Intern(r.run(p.provider)),
		EventID:  int(whole(r.run(p.id))),
	}
	e.Host = r.words.Intern(r.run(p.computer))
	e.RecordID = whole(r.run(p.record))
	e.Origin.Record = e.RecordID
	e.Time = r.time(p)
}

// whole reads a decimal number, 0 when there is none.
func whole(b []byte) (n uint64) {
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<60 {
			return 0
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// remarks are what a part's report notes once.
type remarks struct {
	excess  bool // fields left out
	zoneles bool // times read as UTC
	derived bool // zone derived
	undated bool
	broken  bool // invalid UTF-8
}

func (m remarks) tell(rep *source.Report) {
	for _, x := range []struct {
		on   bool
		text string
	}{
		{m.derived, "local times without zone: zone derived from @timestamp"},
		{m.zoneles, "times without zone: read as UTC"},
		{m.undated, "events without a time"},
		{m.broken, "broken UTF-8 shown as U+FFFD"},
		{m.excess, fmt.Sprintf("events with more than %d fields or %d values: the rest is left out", winlog.MaxFields, maxLeaves)},
	} {
		if x.on {
			rep.Notes = append(rep.Notes, x.text)
		}
	}
}

// valid replaces what is no UTF-8.
func (r *reader) valid(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	r.seen.broken = true
	r.clean = append(r.clean[:0], bytes.ToValidUTF8(text, []byte("\uFFFD"))...)
	return r.clean
}
