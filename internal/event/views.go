package event

import (
	"bytes"

	"tyto/internal/event/meaning"
)

// A view is one way to look at an event: which of its values name accounts,
// processes, ends of a flow and so on.
type view = meaning.Thing

const (
	accountView = meaning.Accounts
	processView = meaning.Processes
	flowView    = meaning.Flows
	nameView    = meaning.NetNames
	hashView    = meaning.Hashes
	fileView    = meaning.Files
	serviceView = meaning.Services
	views       = meaning.Others // what no view is about
)

// Views finds what events of any format are about - machines, accounts,
// processes, flows, names, hashes, files, services - without renaming a single
// field: for each layout of a log it finds out once which fields mean what (see
// [meaning.Log.Of]), and afterwards picks their values.
//
// What the views return is canonical, fit for comparison between logs and not
// for display: numbers are parsed, addresses are [net/netip.Addr], names,
// hashes, GUIDs and Windows paths are in lower case. What a log writes for
// "nothing" (an empty text, "-", process 0, address 0.0.0.0, a null SID or
// GUID) is absent.
//
// The results point into the event and into memory of the Views; they are
// valid until the next call of the same method, and no longer than the event.
// A Views serves one goroutine. In the long run it does not allocate.
type Views struct {
	plans map[*Shape][]*plan
	count int // of plans
	last  *plan
	shape *Shape // of last

	slots    [40]slot
	scratch  [views][]byte
	accounts []Account
	names    []Name
	hashes   []Hash
	files    []File
	services []Service
	hosts    map[string]Host
}

// NewViews returns views for one goroutine.
func NewViews() *Views {
	return &Views{
		plans: map[*Shape][]*plan{},
		hosts: map[string]Host{},
	}
}

// A plan says for one shape and one kind of log which fields matter.
type plan struct {
	source  Source
	windows bool
	uses    [views][]use // by index of the field; nil when the view is empty
}

// A use is what a field is to a view: its role, counted from 1, and how good a
// source it is; less is better.
type use struct {
	role uint8
	rank uint16
}

// maxPlans bounds what is remembered about layouts; beyond that the memory
// starts anew.
const maxPlans = 4096

// plan returns what is known about the event's layout.
func (v *Views) plan(e *Event) *plan {
	if v.shape == e.Shape && v.last.source == e.Source {
		return v.last
	}
	var p *plan
	for _, have := range v.plans[e.Shape] {
		if have.source == e.Source {
			p = have
			break
		}
	}
	if p == nil {
		p = v.learn(e)
	}
	v.shape, v.last = e.Shape, p
	return p
}

func (v *Views) learn(e *Event) *plan {
	if v.count >= maxPlans {
		clear(v.plans)
		v.count = 0
	}
	p := &plan{source: e.Source, windows: e.Source.Product == "windows"}
	log := meaning.Log{Product: e.Source.Product, Service: e.Source.Service, EventID: e.Source.EventID}
	for i, f := range e.Shape.Fields {
		for _, u := range log.Of(f.Name, f.Header) {
			p.bind(i, len(e.Shape.Fields), u)
		}
	}
	v.plans[e.Shape] = append(v.plans[e.Shape], p)
	v.count++
	return p
}

// bind gives a field its role in the view that its meaning belongs to.
func (p *plan) bind(field, fields int, u meaning.Use) {
	w := u.Meaning.Thing()
	if w >= views {
		return
	}
	if p.uses[w] == nil {
		p.uses[w] = make([]use, fields)
	}
	p.uses[w][field] = use{roles[u.Meaning] + 1, u.Rank}
}

// A slot holds the best value of one role.
type slot struct {
	text []byte
	rank uint16
}

// pick puts the best value of each role of a view into the slots, and reports
// whether there is any.
func (v *Views) pick(e *Event, w view) bool {
	uses := v.plan(e).uses[w]
	v.scratch[w] = v.scratch[w][:0]
	if uses == nil {
		return false
	}
	v.slots = [len(v.slots)]slot{}
	found := false
	for i := range e.Values {
		val := &e.Values[i]
		u := uses[val.Field]
		if u.role == 0 || val.Kind == Null {
			continue
		}
		s := &v.slots[u.role-1]
		if s.text != nil && s.rank <= u.rank {
			continue
		}
		if text := present(val.Text); text != nil {
			*s = slot{text, u.rank}
			found = true
		}
	}
	return found
}

// each calls yield with all values of a view in the order of the event.
func (v *Views) each(e *Event, w view, yield func(v *Views, role uint8, text []byte)) {
	uses := v.plan(e).uses[w]
	v.scratch[w] = v.scratch[w][:0]
	if uses == nil {
		return
	}
	for i := range e.Values {
		val := &e.Values[i]
		if u := uses[val.Field]; u.role != 0 && val.Kind != Null {
			if text := present(val.Text); text != nil {
				yield(v, u.role-1, text)
			}
		}
	}
}

// present returns the text without blanks around it, or nil when it stands for
// nothing.
func present(text []byte) []byte {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || len(text) == 1 && text[0] == '-' || string(text) == "(null)" {
		return nil
	}
	return text
}
