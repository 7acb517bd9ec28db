package evtxlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"tyto/evtx"
	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/winlog"
)

// Limits of a reader.
const (
	maxDamage = 1000    // stretches told by one part
	maxKept   = 4096    // plans kept beside the format's own, per reader
	keepArena = 1 << 20 // bytes of text kept from one record to the next
)

// A reader belongs to one goroutine.
type reader struct {
	format  *Format
	decoder *evtx.Decoder
	plans   map[*evtx.Layout]*plan
	last    *plan
	buf     []byte
	arena   []byte // texts of the present record
	survey  Survey
	event   event.Event
	cut     bool // some record had more than a shape holds
}

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	var rep source.Report
	at := part.From
	if at == 0 {
		at = min(start(in), part.To)
		r.header(in, &rep)
	}
	rep.Bytes = at - part.From
	r.event = event.Event{Values: r.event.Values, Origin: event.Origin{File: in.Path, Member: in.Member}}
	r.cut = false
	r.survey.Begin(in, at)
	block, err := r.fetch(in, at, part.To)
	stop := false
	each := func(rec *evtx.Record) bool {
		r.fill(rec)
		stop = !yield(&r.event)
		return !stop
	}
	for len(block) > 0 && !stop && ctx.Err() == nil {
		n := min(len(block), evtx.ChunkSize)
		c := r.decoder.Chunk(block[:n], at, each)
		add(&rep, c)
		r.survey.add(c)
		at += int64(n)
		block = block[n:]
	}
	if !stop && ctx.Err() == nil {
		addLost(&rep, r.survey.zeroed())
	}
	if err != nil && !stop && ctx.Err() == nil {
		rep.Damage = append(rep.Damage, source.Damage{Offset: at, Length: part.To - at, Reason: "read error"})
		rep.Notes = append(rep.Notes, err.Error())
	}
	if r.cut {
		rep.Notes = append(rep.Notes, fmt.Sprintf("events with more than %d fields: the rest is left out", winlog.MaxFields))
	}
	return rep
}

// header notes what the file's header says about the log's state.
func (r *reader) header(in *source.Input, rep *source.Report) {
	f, err := evtx.Open(in, in.Size)
	switch {
	case errors.Is(err, evtx.ErrNotEVTX):
		rep.Notes = append(rep.Notes, "no file header: the chunks were read all the same")
		rep.Damage = append(rep.Damage, source.Damage{Length: start(in), Reason: evtx.BadMagic.String()})
		return
	case err != nil:
		rep.Notes = append(rep.Notes, err.Error())
		return
	}
	rep.Notes = append(rep.Notes, f.Warnings...)
	if f.Header.FirstChunk > 0 && !f.Header.BadCRC {
		rep.Notes = append(rep.Notes, "wrapped: the oldest records were overwritten")
	}
}

// fetch reads a part's chunks.
func (r *reader) fetch(in *source.Input, from, to int64) ([]byte, error) {
	if r.buf == nil {
		r.buf = make([]byte, partSize)
	}
	want := r.buf[:min(max(to-from, 0), partSize)]
	n, err := in.ReadAt(want, from)
	if n == len(want) {
		return want, nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return want[:n], err
}

// add adds a chunk's report. Record numbers that are missing or double are not
// damage of the bytes; they are found in the events.
func add(rep *source.Report, c evtx.ChunkReport) {
	rep.Bytes += int64(c.Size - c.Unread)
	rep.Records += int64(c.Records + c.Carved)
	rep.Recovered += int64(c.Recovered + c.Carved)
	rep.Damaged += int64(c.Damaged)
	for _, d := range c.Damage {
		if d.Class == evtx.IDGap || d.Class == evtx.DuplicateID || len(rep.Damage) >= maxDamage {
			continue
		}
		rep.Damage = append(rep.Damage, source.Damage{Offset: d.Offset, Length: d.Length, Reason: d.Class.String()})
	}
	if c.Count(evtx.DuplicateID) > 0 && !slices.Contains(rep.Notes, noteTwice) {
		rep.Notes = append(rep.Notes, noteTwice)
	}
}

// addLost adds damage that was found after the chunks were read. A stretch that
// held records counts as one that could not be read, as elsewhere.
func addLost(rep *source.Report, lost []source.Damage) {
	if len(lost) == 0 {
		return
	}
	rep.Damaged += int64(len(lost))
	rep.Damage = append(rep.Damage, lost[:min(len(lost), max(maxDamage-len(rep.Damage), 0))]...)
	slices.SortStableFunc(rep.Damage, func(a, b source.Damage) int { return cmp.Compare(a.Offset, b.Offset) })
}

const noteTwice = "record numbers that occur twice"

// fill makes the event of a record.
func (r *reader) fill(rec *evtx.Record) {
	e := &r.event
	e.Source = event.Source{
		Product: "windows", Channel: rec.Channel(), Provider: rec.Provider(), EventID: max(rec.EventID(), 0),
	}
	e.Host = rec.Computer()
	if e.RecordID = rec.EventRecordID(); e.RecordID == 0 {
		e.RecordID = rec.ID
	}
	e.Time = plausible(rec.TimeCreated(), rec.Written)
	e.Carved = rec.Carved
	e.Origin.Record, e.Origin.Offset = rec.ID, rec.Offset
	p := r.plan(rec.Layout()).in(winlog.StyleOf(e.Source.Channel, e.Source.EventID))
	e.Shape = p.shape
	r.values(p, rec)
}

// plausible returns the first time that is neither unset nor beyond the year
// 9999, which RFC 3339 cannot write; else the zero time.
func plausible(times ...evtx.Filetime) time.Time {
	for _, f := range times {
		if t := f.Time(); f > 0 && t.Year() <= 9999 {
			return t
		}
	}
	return time.Time{}
}

func (r *reader) values(p *plan, rec *evtx.Record) {
	out := r.event.Values[:0]
	if cap(r.arena) > keepArena {
		r.arena = nil
	}
	arena := r.arena[:0]
	for _, v := range rec.Values() {
		f := p.field[v.Field]
		if f < 0 {
			continue
		}
		from := len(arena)
		arena = rec.AppendText(arena, v)
		out = append(out, event.Value{Field: uint16(f), Kind: kind(v.Type), Text: arena[from:len(arena):len(arena)]})
	}
	r.arena = arena
	if p.drawer != nil {
		out = p.drawer.Draw(out)
	}
	r.event.Values = out
}

func kind(t evtx.Type) event.Kind {
	switch {
	case t.Numeric():
		return event.Number
	case t == evtx.TypeBool:
		return event.Bool
	}
	return event.Text
}

// plan finds the plan of a layout: that of the record before, most often.
func (r *reader) plan(l *evtx.Layout) *plan {
	if r.last != nil && r.last.layout == l {
		return r.last
	}
	p := r.plans[l]
	if p == nil {
		p = r.format.plan(l)
		if l.Shared() {
			if len(r.plans) >= maxKept {
				clear(r.plans)
			}
			r.plans[l] = p
		}
	}
	r.last = p
	return p
}
