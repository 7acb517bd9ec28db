package winlog

import (
	"fmt"
	"slices"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
)

// A Role says what a value is to its event.
type Role uint8

// The roles.
const (
	Own      Role = iota // a field of the event
	Head                 // describes the record, by one of the names above
	Rendered             // the text that Windows makes of the event, by the name Message
	roles
)

// A Builder puts events together whose values come one by one. Which field a
// value belongs to is thought out once for each sequence of names, so an event
// of a known sequence costs no allocation. It belongs to one goroutine.
type Builder struct {
	// Partial says that the exporter left values out which only the rendered
	// text still has, so that the text stands for unnamed Data.
	Partial bool
	// UTC says that times are in UTC though they may not say so.
	UTC bool

	shapes *Shapes
	words  Words
	root   *step
	at     *step
	steps  int
	bytes  int
	values []pending
	out    []event.Value
	arena  []byte
	seen   remarks
}

type pending struct {
	kind event.Kind
	text []byte
}

// A step is one name, behind the names before it.
type step struct {
	role   Role
	name   string
	parent *step
	depth  int
	likely *step // the kid that was taken last
	kids   [roles]map[string]*step
	plans  [2][Styles]*layout // of whole exports and of partial ones
}

// Limits of a Builder.
const (
	maxSteps     = 1 << 16
	maxStepBytes = 8 << 20
	maxValues    = 8192    // of one event
	keepArena    = 1 << 20 // bytes kept for the next event
)

// NewBuilder makes a builder whose events share the shapes of a format.
func NewBuilder(s *Shapes) *Builder {
	b := &Builder{shapes: s}
	b.forget()
	return b
}

func (b *Builder) forget() { b.root, b.steps, b.bytes = &step{}, 0, 0 }

// Reset begins an event.
func (b *Builder) Reset() {
	if b.steps >= maxSteps || b.bytes >= maxStepBytes {
		b.forget()
	}
	if cap(b.arena) > keepArena {
		b.arena = nil
	}
	b.at, b.values, b.arena, b.Partial = b.root, b.values[:0], b.arena[:0], false
	b.UTC = false
}

// Empty reports whether nothing was put in since Reset.
func (b *Builder) Empty() bool { return len(b.values) == 0 }

// Put adds a value. The text must stay as it is until the event was used; the
// name is copied where it is new.
func (b *Builder) Put(role Role, name []byte, kind event.Kind, text []byte) {
	if len(b.values) >= maxValues || len(name) > maxName {
		b.seen.excess = true
		return
	}
	next := b.at.likely
	if next == nil || next.role != role || next.name != string(name) {
		if next = b.at.kids[role][string(name)]; next == nil {
			next = b.grow(role, string(name))
		}
		b.at.likely = next
	}
	b.at = next
	b.values = append(b.values, pending{kind, text})
}

// maxName bounds a field's name, in bytes.
const maxName = 4096

// Own adds a field of the event with text.
func (b *Builder) Own(name string, text []byte) { b.putString(Own, name, text) }

// Head adds what describes the record.
func (b *Builder) Head(name string, text []byte) { b.putString(Head, name, text) }

// HeadWord adds what describes the record, by a word of the reader's own.
func (b *Builder) HeadWord(name, word string) {
	b.Head(name, b.Text(func(dst []byte) []byte { return append(dst, word...) }))
}

// Render adds the rendered text.
func (b *Builder) Render(text []byte) { b.putString(Rendered, Message, text) }

func (b *Builder) putString(role Role, name string, text []byte) {
	if k := b.at.likely; k != nil && k.role == role && k.name == name && len(b.values) < maxValues {
		b.at = k
		b.values = append(b.values, pending{event.Text, text})
		return
	}
	b.Put(role, []byte(name), event.Text, text)
}

func (b *Builder) grow(role Role, name string) *step {
	b.steps++
	b.bytes += len(name) + 64
	k := &step{role: role, name: name, parent: b.at, depth: b.at.depth + 1}
	if b.at.kids[role] == nil {
		b.at.kids[role] = make(map[string]*step)
	}
	b.at.kids[role][name] = k
	return k
}

// Text makes a text that holds until the next event: build appends it.
func (b *Builder) Text(build func(dst []byte) []byte) []byte {
	from := len(b.arena)
	b.arena = build(b.arena)
	return b.arena[from:len(b.arena):len(b.arena)]
}

// First returns the first text put in by that role and name, nil when there is
// none. It looks at all values: it is for what is asked once per event.
func (b *Builder) First(role Role, name string) (text []byte) {
	i := len(b.values)
	for s := b.at; s.parent != nil; s = s.parent {
		i--
		if s.role == role && s.name == name {
			text = b.values[i].text
		}
	}
	return text
}

// Fill makes the event of what was put in. Its origin is the caller's, but for
// the record number. The event holds until the next Reset.
func (b *Builder) Fill(e *event.Event) {
	p := b.layout(Plain)
	b.heads(p, e)
	if style := StyleOf(e.Source.Channel, e.Source.EventID); style != Plain {
		p = b.layout(style)
	}
	e.Shape = p.shape
	b.out = e.Values[:0]
	for i, v := range b.values {
		if f := p.field[i]; f >= 0 {
			b.out = append(b.out, event.Value{Field: uint16(f), Kind: v.kind, Text: v.text})
		}
	}
	if p.also >= 0 {
		v := b.values[p.also]
		b.out = append(b.out, event.Value{Field: uint16(p.unnamed), Kind: v.kind, Text: v.text})
	}
	if p.drawer != nil {
		b.out = p.drawer.Draw(b.out)
	}
	e.Values = b.out
	b.seen.excess = b.seen.excess || p.excess
}

// heads sets what every event has.
func (b *Builder) heads(p *layout, e *event.Event) {
	first := func(i int) []byte {
		if i < 0 {
			return nil
		}
		return b.values[i].text
	}
	e.Source = event.Source{
		Product:  "windows",
		Channel:  b.words.Intern(first(p.channel)),
		Provider: b.words.Intern(first(p.provider)),
		EventID:  int(Whole(first(p.id))),
	}
	e.Host = b.words.Intern(first(p.computer))
	e.RecordID = Whole(first(p.record))
	e.Origin.Record = e.RecordID
	e.Carved = false
	e.Time = b.time(first(p.time), first(p.utc))
}

// time reads the event's own time; one without zone gives way to UtcTime.
func (b *Builder) time(text, utc []byte) time.Time {
	at, zoned, ok := source.ParseTime(text)
	if !ok {
		at, zoned, ok = ParseLocal(text)
	}
	if ok && (zoned || b.UTC) {
		return at
	}
	if t, _, has := source.ParseTime(utc); has {
		return t
	}
	b.seen.zoneless = b.seen.zoneless || ok
	b.seen.undated = b.seen.undated || !ok
	return at
}

// Intern returns a repeated text as a string.
func (b *Builder) Intern(text []byte) string { return b.words.Intern(text) }

// Whole reads a decimal number, 0 when there is none.
func Whole(b []byte) (n uint64) {
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<60 {
			return 0
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// remarks are what a part's report notes once.
type remarks struct{ excess, zoneless, undated bool }

// Begin begins a part.
func (b *Builder) Begin() { b.seen = remarks{} }

// Notes returns the assumptions made since Begin.
func (b *Builder) Notes() (notes []string) {
	for _, x := range []struct {
		on   bool
		text string
	}{
		{b.seen.zoneless, "times without zone: read as UTC"},
		{b.seen.undated, "events without a time"},
		{b.seen.excess, fmt.Sprintf("events with more than %d fields: the rest is left out", MaxFields)},
	} {
		if x.on {
			notes = append(notes, x.text)
		}
	}
	return notes
}

// A layout gives the values of one sequence of names their fields.
type layout struct {
	shape  *event.Shape
	field  []int32 // by value, -1 for what is left out
	excess bool
	// Values with what every event has, -1 where there is none.
	time, utc, id, channel, computer, provider, record int
	also                                               int // value that stands for Data too, -1 for none
	unnamed                                            int // number of Data
	drawer                                             *Drawer
}

// layout returns what is known about the names put in.
func (b *Builder) layout(style Style) *layout {
	plans := &b.at.plans[0]
	if b.Partial {
		plans = &b.at.plans[1]
	}
	if p := plans[style]; p != nil {
		return p
	}
	steps := make([]*step, b.at.depth)
	for s := b.at; s.parent != nil; s = s.parent {
		steps[s.depth-1] = s
	}
	p := lay(steps, style, b.Partial, b.shapes)
	plans[style] = p
	b.bytes += 16 * len(steps)
	return p
}

func lay(steps []*step, style Style, partial bool, shapes *Shapes) *layout {
	p := &layout{
		field: make([]int32, len(steps)), also: -1, unnamed: -1,
		time: -1, utc: -1, id: -1, channel: -1, computer: -1, provider: -1, record: -1,
	}
	var l Layout
	for i, s := range steps {
		p.field[i] = -1
		if s.role != Own {
			continue
		}
		p.field[i] = int32(l.Data(s.name))
		p.excess = p.excess || p.field[i] < 0
		if s.name == "UtcTime" && p.utc < 0 {
			p.utc = i
		}
	}
	message := slices.IndexFunc(steps, func(s *step) bool { return s.role == Rendered })
	bare := l.Empty()
	if partial && message >= 0 && !l.Has(Unnamed) && (style == ShellText || bare) {
		p.also = message
	}
	if bare && message >= 0 {
		p.field[message] = int32(l.Data(Message)) // what the event says
	}
	if p.also >= 0 {
		p.unnamed = l.Data(Unnamed)
	}
	p.drawer = NewDrawer(style, &l)
	if message >= 0 && !bare {
		p.field[message] = int32(l.Header(Message))
	}
	p.headers(&l, steps)
	p.shape = shapes.Of(&l)
	return p
}

// headers lays what describes the record. Of two values of one name the first
// counts.
func (p *layout) headers(l *Layout, steps []*step) {
	known := map[string]*int{
		TimeCreated: &p.time, EventID: &p.id, Channel: &p.channel,
		Computer: &p.computer, ProviderName: &p.provider, EventRecordID: &p.record,
	}
	taken := map[string]bool{}
	for i, s := range steps {
		if s.role != Head || taken[s.name] {
			continue
		}
		taken[s.name] = true
		p.field[i] = int32(l.Header(s.name))
		if k := known[s.name]; k != nil {
			*k = i
		}
	}
}
