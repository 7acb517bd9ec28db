package zeek

import (
	"slices"

	"tyto/internal/event"
	"tyto/internal/source/objects"
)

// A plan is what is known about records with the same fields. Which log they
// belong to stands in a field itself.
type plan struct {
	names   []string // canonical, of the runs
	path    int      // run that names the log, -1 for none
	last    *layout
	lastOf  kind
	layouts map[kind]*layout
}

// A kind is what decides about a layout beside the fields.
type kind struct {
	path, file string
	open       bool
}

// maxKinds bounds the layouts of a plan; logs with the same fields are few.
const maxKinds = 256

// A maker makes events of JSON records.
type maker struct {
	builder
	layouts *layouts
	plans   objects.Plans[*plan]
	file    string // what the file's name says about the log
	open    bool
}

// Begin implements [objects.Maker].
func (m *maker) Begin() { m.undated, m.guessed, m.unnamed = false, false, false }

// Notes implements [objects.Maker].
func (m *maker) Notes() []string { return m.notes() }

// Crowded implements [objects.Maker].
func (m *maker) Crowded() bool { return m.plans.Crowded() }

// Forget implements [objects.Maker].
func (m *maker) Forget() { m.plans.Forget() }

func (m *maker) plan(runs []*objects.Node) *plan {
	p := &plan{path: -1, layouts: make(map[kind]*layout)}
	for _, n := range runs {
		p.names = append(p.names, n.Path())
	}
	for rank := len(pathFields) - 1; rank >= 0; rank-- {
		if i := slices.Index(p.names, pathFields[rank]); i >= 0 {
			p.path = i
		}
	}
	if !slices.Contains(p.names, "ts") {
		p.names = nil
	}
	return p
}

// Make implements [objects.Maker].
func (m *maker) Make(o *objects.Object) *event.Event {
	p := m.plans.Find(o, m.plan)
	if p.names == nil {
		return nil
	}
	l := m.layout(p, o.First(p.path))
	m.begin(l)
	for i := range l.columns {
		c := &l.columns[i]
		if c.field < 0 {
			continue
		}
		for _, leaf := range o.Run(i) {
			if leaf.Kind != event.Null {
				m.put(c, leaf.Kind, leaf.Text)
			}
		}
	}
	m.end(l)
	return &m.event
}

// layout finds the layout of a plan's records in the log of the given name.
func (m *maker) layout(p *plan, path []byte) *layout {
	if k := &p.lastOf; p.last != nil && k.path == string(path) && k.file == m.file && k.open == m.open {
		return p.last
	}
	k := kind{string(path), m.file, m.open}
	l := p.layouts[k]
	if l == nil {
		if len(p.layouts) >= maxKinds {
			clear(p.layouts)
		}
		l = newLayout(k.path, m.file, p.names, make([]class, len(p.names)), m.open, &m.layouts.shapes)
		p.layouts[k] = l
	}
	p.last, p.lastOf = l, k
	return l
}
