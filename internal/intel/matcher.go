package intel

import (
	"bytes"
	"hash/maphash"
	"net/netip"
	"strings"

	"tyto/internal/event"
)

// A How says in which way a value met an indicator.
type How uint8

// The ways.
const (
	Exact         How = iota + 1 // the value itself
	Subdomain                    // a name below the domain
	InRange                      // an address inside the range
	PathEnd                      // the end of a longer path
	InFolder                     // a file inside the folder
	Name                         // the name of a file
	HashOf                       // a hash of a file or certificate
	PairOf                       // host program and library together
	LibraryOf                    // the library of a pair, unsigned, loaded by another program
	URLHostOf                    // the host of a URL
	Fragment                     // part of a command line
	Template                     // an instance of a template
	BelowKey                     // a registry key or value below
	InsideCommand                // a value inside a command line or script
	InsideMessage                // a value inside a message in free text
)

// String returns the way in words.
func (h How) String() string {
	names := [...]string{
		"", "exact", "subdomain", "in range", "end of path", "in folder", "file name", "hash", "side-load pair",
		"library of a side-load pair", "host of url", "part of command line", "template", "below registry key", "inside command line", "inside message",
	}
	return names[min(int(h), len(names)-1)]
}

// A Hit is one indicator in one event. Value points into the event.
type Hit struct {
	Indicator *Indicator
	Index     int    // number of the indicator in the set
	Field     string // the first field that showed it
	Value     []byte // of that field, valid as long as the event
	How       How
	Historic  bool // the event lies outside the indicator's time
}

// Level is how serious the hit is, in the words of rules. It follows what the
// indicator may be used for, how far its source can be trusted and its age.
func (h *Hit) Level() string {
	in := h.Indicator
	level := 3 // high
	switch in.Decision {
	case Context:
		return "informational"
	case Hunt:
		level = 1
	case Detect:
		if in.Type == IP || in.Type == Filename || in.Type == ArchivePassword && h.How == Fragment {
			level = 2
		}
	}
	if h.Historic || in.Narrow {
		level--
	}
	if in.Claim != nil && in.Claim.Grade.Source >= 4 || h.How == LibraryOf {
		level--
	}
	return [...]string{"informational", "low", "medium", "high"}[max(level, 1)]
}

// Matched says in words what was met, for the reasons of a finding.
func (h *Hit) Matched() string { return h.How.String() + " " + h.Indicator.Value }

// A Matcher looks for a set's indicators in events. It belongs to one
// goroutine. Events without a hit cost no allocation.
type Matcher struct {
	set   *Set
	plans map[*event.Shape]*plan
	last  *event.Shape
	plan  *plan

	ev   *event.Event
	hit  func(Hit)
	done []int32 // indicators that this event has shown already
	// the field that is looked at
	field int
	value []byte
	how   How // overrides the way when a value stands inside another
	buf   []byte
	path  []byte
	url   []byte
	found func(*fragment, int)
	told  told // by the event
	spoke bool // the value that is looked at holds an indicator
	quiet quietValues

	urlUntil int // end of the last URL looked up in a message

	capped int64
}

// NewMatcher makes a matcher for one goroutine.
func (s *Set) NewMatcher() *Matcher {
	m := &Matcher{set: s, plans: map[*event.Shape]*plan{}, quiet: quietValues{seed: maphash.MakeSeed()}}
	m.found = m.fragment
	return m
}

// maxPlans bounds the remembered shapes; hostile evidence can make many.
const maxPlans = 4096

// planOf returns the plan of a shape.
func (m *Matcher) planOf(s *event.Shape) *plan {
	if s == m.last && m.plan != nil {
		return m.plan
	}
	p := m.plans[s]
	if p == nil {
		if len(m.plans) >= maxPlans {
			clear(m.plans)
		}
		p = m.set.plan(s)
		m.plans[s] = p
	}
	m.last, m.plan = s, p
	return p
}

// maxText bounds how much of one value is looked at.
const maxText = 256 << 10

// Match calls hit for each indicator that the event shows, once for each.
func (m *Matcher) Match(ev *event.Event, hit func(Hit)) {
	p := m.planOf(ev.Shape)
	m.told = 0
	if p.all&m.set.want == 0 {
		return
	}
	m.ev, m.hit, m.done = ev, hit, m.done[:0]
	for i := range ev.Values {
		v := &ev.Values[i]
		r := p.roles[v.Field] &^ roleMessage
		if r == 0 || len(v.Text) == 0 || v.Kind == event.Null || len(v.Text) == 1 && v.Text[0] == '-' {
			continue
		}
		place := m.quiet.place(v.Text, r)
		if place != nil && place.holds(v.Text, r) {
			continue
		}
		m.field, m.value = int(v.Field), v.Text[:min(len(v.Text), maxText)]
		if m.silent(p, r) && place != nil {
			place.keep(v.Text, r)
		}
	}
	if p.dll >= 0 && m.set.want&roleDLL != 0 {
		m.sideload(p)
	}
	if p.message {
		m.messageValues(p)
	}
	m.ev, m.hit, m.value = nil, nil, nil
}

// silent looks at one value and reports whether that had no effect at all.
func (m *Matcher) silent(p *plan, r role) bool {
	before := m.told
	m.told, m.spoke = 0, false
	m.one(p, r)
	still := m.told == 0 && !m.spoke
	m.told |= before
	return still
}

// emit reports the indicators of a chain that keep accepts.
func (m *Matcher) emit(head int32, how How, keep func(*Indicator) bool) {
	for i := head; i >= 0; i = m.set.next[i] {
		in := &m.set.list[i]
		if keep == nil || keep(in) {
			m.single(i, how)
		}
	}
}

// MaxHits bounds the hits of one event; a crafted text could hold thousands.
const MaxHits = 256

// Capped returns how many hits were left out because of [MaxHits].
func (m *Matcher) Capped() int64 { return m.capped }

// single reports one indicator, unless the event has shown it before.
func (m *Matcher) single(i int32, how How) {
	m.spoke = true
	if m.shown(i) {
		return
	}
	if len(m.done) >= MaxHits {
		m.capped++
		return
	}
	m.done = append(m.done, i)
	if m.how != 0 && how != Fragment {
		how = m.how
	}
	in := &m.set.list[i]
	m.hit(Hit{
		Indicator: in, Index: int(i), Field: m.ev.Shape.Fields[m.field].Name, Value: m.value,
		How: how, Historic: in.Historic(m.ev.Time),
	})
}

func (m *Matcher) shown(i int32) bool {
	for _, d := range m.done {
		if d == i {
			return true
		}
	}
	return false
}

// one looks at one value in all of its field's roles.
func (m *Matcher) one(p *plan, r role) {
	v := m.value
	m.how = 0
	if r&(roleAddr|roleHost) != 0 {
		m.names(v, r)
	}
	if r&roleURL != 0 {
		m.urlValue(p, v)
	}
	if r&(roleHash|roleImphash) != 0 {
		m.hashes(v, r)
	}
	if r&rolePath != 0 {
		m.pathValue(v)
	}
	if r&(roleService|roleTask|roleAccount|roleAgent|roleMail|roleCookie) != 0 {
		m.words(v, r)
	}
	if r&roleRegistry != 0 {
		m.registry(v)
	}
	if r&(rolePipe|roleMutex) != 0 {
		m.objects(v, r)
	}
	if r&(roleCert|roleJA3|roleJA3S|roleJA4) != 0 {
		m.prints(v, r)
	}
	if r&roleCommand != 0 {
		m.command(v)
	}
	m.how = 0
}

// names looks at a field of addresses or host names.
func (m *Matcher) names(v []byte, r role) {
	if r&roleList == 0 && bytes.IndexByte(v, ',') < 0 && bytes.IndexByte(v, ';') < 0 {
		m.name(v)
		return
	}
	for len(v) > 0 {
		n := 0
		for n < len(v) && !separates(v[n]) {
			n++
		}
		if n > 2 {
			m.name(v[:n])
		}
		v = v[min(n+1, len(v)):]
	}
}

func separates(c byte) bool {
	return c == ',' || c == ';' || c == ' ' || c == '=' || c == '\t' || c == '/'
}

// name looks for one address or host name.
func (m *Matcher) name(v []byte) {
	v = bytes.TrimPrefix(bytes.TrimSpace(v), []byte(`\\`))
	if len(v) < 2 || len(v) > 320 {
		return
	}
	if len(m.set.urlHosts) > 0 {
		m.buf = appendLower(m.buf[:0], trimPort(v))
		if i, ok := m.set.urlHosts[string(m.buf)]; ok {
			m.emit(i, URLHostOf, nil)
		}
	}
	if a, ok := parseAddr(v); ok {
		m.address(a)
		return
	}
	if i := bytes.IndexByte(v, ':'); i > 0 {
		v = v[:i]
	}
	m.host(v)
}

func (m *Matcher) address(a netip.Addr) {
	if i, ok := m.set.addrs[a]; ok {
		m.emit(i, Exact, nil)
	}
	f := 0
	if a.Is6() {
		f = 1
	}
	for _, b := range m.set.bits[f] {
		p, err := a.Prefix(b)
		if err != nil {
			continue
		}
		if i, ok := m.set.ranges[p]; ok {
			m.emit(i, InRange, nil)
		}
	}
}

// host looks for a host name and, for domains that may be extended, its
// parents.
func (m *Matcher) host(v []byte) {
	if len(m.set.hosts) == 0 {
		return
	}
	v = bytes.TrimSuffix(v, []byte("."))
	if bytes.IndexByte(v, '.') < 0 {
		return
	}
	m.buf = appendLower(m.buf[:0], v)
	h := m.buf
	if i, ok := m.set.hosts[string(h)]; ok {
		m.emit(i, Exact, nil)
	}
	for range 127 {
		dot := bytes.IndexByte(h, '.')
		if dot < 0 {
			return
		}
		h = h[dot+1:]
		if i, ok := m.set.hosts[string(h)]; ok {
			m.emit(i, Subdomain, extends)
		}
	}
}

func extends(in *Indicator) bool { return !in.Exact }

// sideload looks for a pair: the library of a pair loaded by its host, or an
// unsigned library of that name loaded by another program, outside of where
// the real products live.
func (m *Matcher) sideload(p *plan) {
	dll := m.text(p.dll)
	if len(dll) == 0 {
		return
	}
	m.field, m.value, m.how = p.dll, dll, 0
	m.path = appendPath(m.path[:0], dll)
	installed := bytes.HasPrefix(m.path, []byte(`\windows\`)) || bytes.HasPrefix(m.path, []byte(`\program files`))
	signed := bytes.EqualFold(m.text(p.signed), []byte("true"))
	valid := p.signature < 0 || bytes.EqualFold(m.text(p.signature), []byte("valid"))
	if signed && valid || installed && p.signed < 0 {
		return
	}
	m.buf = m.buf[:0]
	if p.exe >= 0 {
		m.buf = appendLower(m.buf, baseName(m.text(p.exe)))
	}
	m.buf = append(m.buf, '|')
	mark := len(m.buf)
	m.buf = append(m.buf, baseName(m.path)...)
	if i, ok := m.set.pairs[string(m.buf)]; ok {
		// Pairs with one library are chained, for they are found by it too.
		pair := string(m.buf)
		m.emit(i, PairOf, func(in *Indicator) bool { return strings.EqualFold(in.Value, pair) })
		return
	}
	if p.signed < 0 || installed {
		return
	}
	if i, ok := m.set.libraries[string(m.buf[mark:])]; ok {
		m.emit(i, LibraryOf, nil)
	}
}

// text returns the first value of a field by its index.
func (m *Matcher) text(field int) []byte {
	if field < 0 {
		return nil
	}
	for i := range m.ev.Values {
		if v := &m.ev.Values[i]; int(v.Field) == field {
			return v.Text
		}
	}
	return nil
}
