package jsonmap

import (
	"bytes"
	"strings"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
)

// maxName bounds the names that bags give to fields.
const maxName = 200

// A column says where the values at a path go.
type column struct {
	name string
	also []string
	key  *Bag // the values are names of a bag
	bag  *Bag // the values belong to the last such name
}

// A plan says where an object's values go.
type plan struct {
	columns []column
	hosts   []int // runs of Hosts, in order
	times   []int
}

// A maker makes events of a service's objects.
type maker struct {
	format  *Format
	rec     Record
	plans   objects.Plans[*plan]
	words   winlog.Words
	event   event.Event
	name    []byte
	again   bool
	undated bool
	local   bool
}

// Begin implements [objects.Maker].
func (m *maker) Begin() {
	m.undated, m.local = false, false
	if m.format.m.State != nil {
		m.rec.State = m.format.m.State()
	}
}

// Crowded implements [objects.Maker].
func (m *maker) Crowded() bool { return m.plans.Crowded() }

// Forget implements [objects.Maker].
func (m *maker) Forget() { m.plans.Forget() }

// Notes implements [objects.Maker].
func (m *maker) Notes() (notes []string) {
	if m.undated {
		notes = append(notes, "events without a time")
	}
	if m.local {
		notes = append(notes, "times without zone: read as UTC")
	}
	if m.rec.rec.Excess {
		notes = append(notes, "events with too many fields: the rest is left out")
	}
	return notes
}

func (m *maker) plan(runs []*objects.Node) *plan {
	p := &plan{columns: make([]column, len(runs))}
	at := make(map[string]int, len(runs))
	for i, n := range runs {
		path := m.format.strip(n.Path())
		p.columns[i] = m.column(path)
		if _, dup := at[path]; !dup {
			at[path] = i
		}
	}
	p.hosts, p.times = pick(at, m.format.m.Hosts), pick(at, m.format.m.Times)
	return p
}

func pick(at map[string]int, paths []string) (runs []int) {
	for _, path := range paths {
		if i, ok := at[path]; ok {
			runs = append(runs, i)
		}
	}
	return runs
}

// column works out where the values at a path go: to the field of that name,
// to its other names, and to the lists and objects around it that are wanted
// whole.
func (m *maker) column(path string) column {
	c := column{name: path}
	f := &m.format.m
	if f.Also != nil {
		c.also = f.Also(path)
	}
	for _, w := range f.Whole {
		if len(path) > len(w) && path[len(w)] == '.' && strings.EqualFold(path[:len(w)], w) {
			w = path[:len(w)]
			c.also = append(c.also, w)
			if f.Also != nil {
				c.also = append(c.also, f.Also(w)...)
			}
		}
	}
	for i := range f.Bags {
		b := &f.Bags[i]
		rest, ok := strings.CutPrefix(path, b.List+".")
		switch {
		case !ok:
		case rest == b.Key:
			c.key = b
		case in(b.Values, rest):
			c.bag = b
		}
	}
	return c
}

// Make implements [objects.Maker].
func (m *maker) Make(o *objects.Object) *event.Event {
	p := m.plans.Find(o, m.plan)
	m.rec.reset()
	var name []byte
	for i := range p.columns {
		c := &p.columns[i]
		for _, leaf := range o.Run(i) {
			m.put(c, &leaf)
			switch {
			case c.key != nil:
				name = leaf.Text
			case c.bag != nil && len(name) > 0 && len(name) <= maxName:
				m.bag(c.bag, name, &leaf)
			}
		}
	}
	m.event = event.Event{Source: m.format.m.Source(&m.rec)}
	if m.event.Source == (event.Source{}) {
		return nil
	}
	m.rec.fill(&m.event)
	m.event.Host = m.words.Intern(bytes.TrimSpace(first(o, p.hosts)))
	m.date(o, p)
	m.again = m.format.m.Second != nil
	return &m.event
}

// Again implements [objects.Repeater].
func (m *maker) Again() *event.Event {
	if !m.again {
		return nil
	}
	m.again = false
	if m.event.Source = m.format.m.Second(&m.rec); m.event.Source == (event.Source{}) {
		return nil
	}
	return &m.event
}

// put adds a value under its own name and its others. The text of a whole is
// not the service's: its values follow.
func (m *maker) put(c *column, leaf *objects.Leaf) {
	m.rec.add(c.name, !leaf.Whole, leaf.Kind, leaf.Text)
	for _, name := range c.also {
		m.rec.add(name, false, leaf.Kind, leaf.Text)
	}
}

// bag adds a value under the name that its item gives it. Texts that are JSON
// strings are added without their quotes too.
func (m *maker) bag(b *Bag, name []byte, leaf *objects.Leaf) {
	if leaf.Whole {
		return
	}
	m.name = append(append(m.name[:0], b.Prefix...), name...)
	field := m.words.Intern(m.name)
	m.rec.add(field, false, leaf.Kind, leaf.Text)
	if plain, ok := unquote(leaf.Text); ok {
		m.rec.add(field, false, event.Text, plain)
	}
}

// unquote takes the quotes off a JSON string without escapes.
func unquote(text []byte) ([]byte, bool) {
	if n := len(text); n >= 2 && text[0] == '"' && text[n-1] == '"' && bytes.IndexByte(text, '\\') < 0 {
		return text[1 : n-1], true
	}
	return nil, false
}

func first(o *objects.Object, runs []int) []byte {
	for _, i := range runs {
		if v := o.First(i); len(v) > 0 {
			return v
		}
	}
	return nil
}

// date gives the event the first time that can be read.
func (m *maker) date(o *objects.Object, p *plan) {
	for _, i := range p.times {
		if at, zoned, ok := ParseTime(o.First(i)); ok {
			m.event.Time = at
			m.local = m.local || !zoned
			return
		}
	}
	m.event.Time, m.undated = time.Time{}, true
}

// ParseTime reads what [source.ParseTime] reads, and dates with the month first
// as services write them for Americans: 6/15/2025 1:00:02 PM, with an offset
// or none.
func ParseTime(b []byte) (t time.Time, zoned, ok bool) {
	if t, zoned, ok = source.ParseTime(b); ok || len(b) < 14 || len(b) > 40 {
		return t, zoned, ok
	}
	if bytes.IndexByte(b[:3], '/') < 0 {
		return t, false, false
	}
	text := string(b)
	for _, layout := range [...]string{
		"1/2/2006 3:04:05 PM", "1/2/2006, 3:04:05 PM", "1/2/2006 3:04:05.999999999 PM", "1/2/2006 15:04:05", "1/2/2006, 15:04:05",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), false, t.Year() > 0
		}
		if t, err := time.Parse(layout+" -07:00", text); err == nil {
			return t.UTC(), true, t.UTC().Year() > 0 && t.UTC().Year() <= 9999
		}
	}
	return t, false, false
}
