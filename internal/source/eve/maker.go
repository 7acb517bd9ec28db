package eve

import (
	"bytes"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
	"tyto/internal/source/zeek/request"
)

const product = "suricata"

// maxKind bounds the name of an event type.
const maxKind = 64

// A maker makes events of objects.
type maker struct {
	shapes  *winlog.Shapes
	plans   objects.Plans[*plan]
	words   winlog.Words
	event   event.Event
	out     request.Writer
	roles   [roleCount][]byte
	calls   calls
	undated bool
	local   bool
	excess  bool
	unnamed bool
}

// Begin implements [objects.Maker].
func (m *maker) Begin() { m.undated, m.local, m.excess, m.unnamed = false, false, false, false }

// Crowded implements [objects.Maker].
func (m *maker) Crowded() bool { return m.plans.Crowded() }

// Forget implements [objects.Maker].
func (m *maker) Forget() { m.plans.Forget() }

// Notes implements [objects.Maker].
func (m *maker) Notes() []string {
	var notes []string
	if m.undated {
		notes = append(notes, "events without a time")
	}
	if m.local {
		notes = append(notes, "times without zone: read as UTC")
	}
	if m.excess {
		notes = append(notes, "events with too many fields: the rest is left out")
	}
	if m.unnamed {
		notes = append(notes, "events that do not name the sensor that wrote them")
	}
	return notes
}

// Make implements [objects.Maker].
func (m *maker) Make(o *objects.Object) *event.Event {
	p := m.plans.Find(o, func(runs []*objects.Node) *plan { return newPlan(runs, m.shapes) })
	kind := o.First(p.kind)
	if len(kind) == 0 || len(kind) > maxKind {
		return nil
	}
	m.out.Values, m.out.Arena = m.event.Values[:0], m.out.Arena[:0]
	clear(m.roles[:])
	e := &m.event
	e.Shape, e.Source = p.shape, sourceOf(m.words.Intern(kind))
	m.fill(p, o)
	m.orient(p, e.Source.Service)
	if p.web != nil && m.request(p) && e.Source.Category == "proxy" {
		e.Source.Category = "webserver"
	}
	if p.isRPC {
		m.call(p, o)
	}
	if p.blocked >= 0 {
		m.add(p.blocked, event.Bool, isBlocked(m.roles[roleAction]))
	}
	e.Values = m.out.Values
	m.date(p)
	return e
}

// sourceOf names the log source of an event type.
func sourceOf(kind string) event.Source {
	s := event.Source{Product: product, Service: kind}
	switch kind {
	case "dns":
		s.Category = "dns"
	case "http":
		s.Category = "proxy"
	case "flow", "netflow":
		s.Category, s.Service = "firewall", "netflow"
	case "drop":
		s.Category = "firewall"
	}
	return s
}

// fill takes over the object's values.
func (m *maker) fill(p *plan, o *objects.Object) {
	var header []byte
	for i := range p.columns {
		c := &p.columns[i]
		for _, leaf := range o.Run(i) {
			m.add(c.field, leaf.Kind, leaf.Text)
			for _, f := range c.also {
				m.add(int(f), leaf.Kind, leaf.Text)
			}
			switch c.role {
			case noRole:
			case roleHeaderName:
				header = leaf.Text
			case roleHeaderValue:
				if bytes.EqualFold(header, []byte("cookie")) {
					m.add(p.cookie, event.Text, leaf.Text)
				}
			default:
				m.roles[c.role] = leaf.Text
			}
		}
	}
}

func (m *maker) add(field int, kind event.Kind, text []byte) {
	if field >= 0 {
		m.out.Values = append(m.out.Values, event.Value{Field: uint16(field), Kind: kind, Text: text})
	}
}

// orient tells the ends of the connection, its initiator first. Events of
// packets, of files and of half a connection (netflow) follow the packets;
// where they do not say who began, the ends stay open.
func (m *maker) orient(p *plan, kind string) {
	src, target := [2]role{roleSource, roleSourcePort}, [2]role{roleTarget, roleTargetPort}
	from := m.roles[roleInitiator]
	switch {
	case from == nil:
		switch kind {
		case "alert", "anomaly", "drop", "fileinfo", "packet", "netflow":
			return
		}
	case !bytes.Equal(from, m.roles[roleSource]) || m.portDiffers():
		src, target = target, src
	}
	if len(m.roles[src[0]]) == 0 {
		return
	}
	for i, r := range [...]role{src[0], src[1], target[0], target[1]} {
		if text := m.roles[r]; text != nil {
			kind := event.Text
			if i%2 == 1 {
				kind = event.Number
			}
			m.add(p.ends[i], kind, text)
		}
	}
}

// portDiffers reports whether the initiator's port, if told, is not that of the
// packet's source: a machine may talk to itself.
func (m *maker) portDiffers() bool {
	port := m.roles[roleInitiatorPort]
	return port != nil && !bytes.Equal(port, m.roles[roleSourcePort])
}

func (m *maker) request(p *plan) (inbound bool) {
	return m.out.Put(p.web, &request.Request{
		Method: m.roles[roleMethod], Target: m.roles[roleURL], Host: m.roles[roleServer],
		Agent: m.roles[roleAgent], Responder: m.roles[roleTarget], Port: m.roles[roleServerPort],
	})
}

// isBlocked says whether an action kept a flow from passing.
func isBlocked(action []byte) []byte {
	switch string(bytes.ToLower(action)) {
	case "drop", "reject", "rejectsrc", "rejectdst", "rejectboth", "deny", "block":
		return []byte("true")
	}
	return []byte("false")
}

// date gives the event its time and host.
func (m *maker) date(p *plan) {
	m.event.Host = m.words.Intern(m.roles[roleHost])
	m.unnamed = m.unnamed || m.event.Host == ""
	at, zoned, ok := source.ParseTime(m.roles[roleTime])
	m.undated, m.local, m.excess = m.undated || !ok, m.local || ok && !zoned, m.excess || p.excess
	m.event.Time = time.Time{}
	if ok {
		m.event.Time = at
	}
}
