package winjson

import (
	"fmt"

	"tyto/internal/event"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
)

// A maker makes events of objects, for one reader.
type maker struct {
	shapes *winlog.Shapes // of the format
	plans  objects.Plans[*plan]
	words  winlog.Words
	event  event.Event
	fixed  []byte // values that were changed
	seen   remarks
	rows   *winlog.Rows
	row    []winlog.Leaf
}

func newMaker(shapes *winlog.Shapes) *maker {
	return &maker{shapes: shapes, rows: winlog.NewRows(winlog.NewBuilder(shapes))}
}

// Begin implements [objects.Maker].
func (m *maker) Begin() {
	m.seen = remarks{}
	m.rows.Begin()
}

// Crowded implements [objects.Maker].
func (m *maker) Crowded() bool { return m.plans.Crowded() }

// Forget implements [objects.Maker].
func (m *maker) Forget() { m.plans.Forget() }

// Make implements [objects.Maker].
func (m *maker) Make(o *objects.Object) *event.Event {
	p := m.plans.Find(o, func(runs []*objects.Node) *plan { return newPlan(runs, winlog.Plain, m.shapes) })
	if p.alien {
		return nil
	}
	if p.table != nil {
		return m.tableRow(p.table, o)
	}
	e := &m.event
	m.heads(p, o, e)
	if style := winlog.StyleOf(e.Source.Channel, e.Source.EventID); style != winlog.Plain {
		if p.styled[style] == nil {
			p.styled[style] = newPlan(o.Runs, style, m.shapes)
		}
		p = p.styled[style]
	}
	m.seen.excess = m.seen.excess || p.excess
	e.Shape = p.shape
	e.Values = m.values(p, o, e.Values[:0])
	return e
}

// Again implements [objects.Repeater].
func (m *maker) Again() *event.Event {
	record := m.event.RecordID
	if !m.rows.Again(&m.event) {
		return nil
	}
	m.event.Origin.Record = record
	return &m.event
}

func (m *maker) tableRow(t *winlog.Table, o *objects.Object) *event.Event {
	m.row = m.row[:0]
	for i := range o.Runs {
		for _, l := range o.Run(i) {
			m.row = append(m.row, winlog.Leaf{Column: i, Kind: l.Kind, Text: l.Text})
		}
	}
	if !m.rows.Event(t, m.row, &m.event) {
		return nil
	}
	return &m.event
}

func (m *maker) values(p *plan, o *objects.Object, out []event.Value) []event.Value {
	m.fixed = m.fixed[:0]
	for i, f := range p.field {
		if f < 0 {
			continue
		}
		for _, l := range o.Run(i) {
			text := l.Text
			if p.fix[i] != asIs {
				text = m.fix(p.fix[i], l)
			}
			out = append(out, event.Value{Field: uint16(f), Kind: l.Kind, Text: text})
		}
	}
	for _, i := range p.also {
		for _, l := range o.Run(i) {
			out = append(out, event.Value{Field: uint16(p.unnamed), Kind: l.Kind, Text: l.Text})
		}
	}
	if p.drawer != nil {
		out = p.drawer.Draw(out)
	}
	return out
}

// heads sets what every event has.
func (m *maker) heads(p *plan, o *objects.Object, e *event.Event) {
	e.Source = event.Source{
		Product:  "windows",
		Channel:  m.words.Intern(o.First(p.channel)),
		Provider: m.words.Intern(o.First(p.provider)),
		EventID:  int(whole(o.First(p.id))),
	}
	e.Host = m.words.Intern(o.First(p.computer))
	e.RecordID = whole(o.First(p.record))
	e.Origin.Record = e.RecordID
	e.Time = m.time(p, o)
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
	excess   bool // fields left out
	zoneless bool // times read as UTC
	derived  bool // zone derived
	undated  bool
}

// Notes implements [objects.Maker].
func (m *maker) Notes() (notes []string) {
	for _, x := range []struct {
		on   bool
		text string
	}{
		{m.seen.derived, "local times without zone: zone derived from @timestamp"},
		{m.seen.zoneless, "times without zone: read as UTC"},
		{m.seen.undated, "events without a time"},
		{m.seen.excess, fmt.Sprintf("events with more than %d fields: the rest is left out", winlog.MaxFields)},
	} {
		if x.on {
			notes = append(notes, x.text)
		}
	}
	return append(notes, m.rows.Notes()...)
}
