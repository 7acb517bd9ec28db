package textlog

import (
	"bytes"
	"strings"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
)

// Typed adds a value of any kind to a field of the evidence.
func (r *Record) Typed(name string, kind event.Kind, text []byte) { r.put(name, false, kind, text) }

// A Role is one thing that logs in JSON call by several names.
type Role int

// Roles are the names, in lower case and best first, of each role.
type Roles [][]string

// Find returns for each role the index of the path that has its best name, -1
// for none.
func (rs Roles) Find(paths []string) []int {
	out := make([]int, len(rs))
	for role, names := range rs {
		out[role] = -1
		rank := len(names)
		for i, p := range paths {
			for at, n := range names[:rank] {
				if strings.EqualFold(p, n) {
					out[role], rank = i, at
					break
				}
			}
		}
	}
	return out
}

// An Objects table turns JSON objects into records. It belongs to one
// goroutine.
type Objects struct {
	roles Roles
	strip string // prefix that paths lose
	plans objects.Plans[*objectPlan]
	plan  *objectPlan
	obj   *objects.Object
}

type objectPlan struct {
	names []string
	roles []int
}

// NewObjects makes a table that knows roles and takes a prefix off all paths.
func NewObjects(roles Roles, strip string) *Objects { return &Objects{roles: roles, strip: strip} }

// Crowded and Forget are what [objects.Maker] needs.
func (t *Objects) Crowded() bool { return t.plans.Crowded() }

// Forget drops all plans.
func (t *Objects) Forget() { t.plans.Forget() }

// Open looks at an object.
func (t *Objects) Open(o *objects.Object) {
	t.obj = o
	t.plan = t.plans.Find(o, func(runs []*objects.Node) *objectPlan {
		p := &objectPlan{names: make([]string, len(runs))}
		for i, n := range runs {
			p.names[i] = strings.TrimPrefix(n.Path(), t.strip)
		}
		p.roles = t.roles.Find(p.names)
		return p
	})
}

// Fill adds all values of the object to a record.
func (t *Objects) Fill(r *Record) {
	for i, name := range t.plan.names {
		for _, l := range t.obj.Run(i) {
			r.Typed(name, l.Kind, l.Text)
		}
	}
}

// Text returns the first value of a role, nil when there is none.
func (t *Objects) Text(role Role) []byte { return t.obj.First(t.plan.roles[role]) }

// ParseTime reads a time in any of the ways that logs in JSON and pairs write
// it.
func ParseTime(b []byte) (t time.Time, zoned, ok bool) {
	if len(b) == 0 {
		return time.Time{}, false, false
	}
	if !letter(b[0]) && bytes.IndexByte(b[:min(len(b), 6)], '/') <= 0 {
		if t, zoned, ok = source.ParseTime(b); ok {
			return t, zoned, ok
		}
	}
	for _, parse := range []func([]byte) (Date, []byte, bool){WebDate, ISODate, CDate, USDate} {
		if d, _, ok := parse(b); ok && d.Year > 0 {
			return d.time(d.Year), d.Zoned, true
		}
	}
	return time.Time{}, false, false
}
