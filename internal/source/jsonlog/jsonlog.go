// Package jsonlog reads logs of JSON lines that no other format knows. Their
// fields keep their own names, levels joined by dots, and the log source stays
// empty: rules for a product do not apply, but indicators, keywords and
// searches do, and nothing in the evidence is passed over.
//
// Only files with one object in a line and a time in it are taken for logs;
// settings and reports in JSON are not.
package jsonlog

import (
	"bytes"
	"context"
	"strings"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
)

// timeKeys are what logs call the time of an event, best first, in lower case.
var timeKeys = []string{
	"@timestamp", "timestamp", "eventtime", "event_time", "time", "ts", "datetime", "date_time",
	"timegenerated", "creationtime", "createddatetime", "activitydatetime", "published",
	"requestreceivedtimestamp", "stagetimestamp", "created_at", "isotimestamp", "_time", "date",
}

// hostKeys are what logs call the machine that wrote them, best first.
var hostKeys = []string{
	"host.name", "host.hostname", "hostname", "host", "computer", "computername", "devicename",
	"_hostname", "agent.hostname", "agent.name",
}

// A Format is the format of unknown JSON lines.
type Format struct{ shapes winlog.Shapes }

// New returns the format. It must be asked last: it claims what others know
// better.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "jsonlog" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	return objects.InLines(head) && objects.Claims(head, func(paths []string) bool {
		return best(paths, timeKeys) >= 0
	})
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return objects.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return objects.NewReader(&maker{shapes: &f.shapes}, "empty object")
}

// best returns the index of the path that comes first in keys, or -1.
func best(paths, keys []string) int {
	rank, at := len(keys), -1
	for i, p := range paths {
		p = strings.ToLower(p)
		for r, k := range keys[:rank] {
			if p == k {
				rank, at = r, i
				break
			}
		}
	}
	return at
}

// A plan says where an object's values go.
type plan struct {
	shape      *event.Shape
	field      []int // of each run, -1 for none
	time, host int   // runs, -1 for none
	excess     bool
}

type maker struct {
	shapes  *winlog.Shapes
	plans   objects.Plans[*plan]
	words   winlog.Words
	event   event.Event
	undated bool
	local   bool
	excess  bool
}

// Begin implements [objects.Maker].
func (m *maker) Begin() { m.undated, m.local, m.excess = false, false, false }

// Crowded implements [objects.Maker].
func (m *maker) Crowded() bool { return m.plans.Crowded() }

// Forget implements [objects.Maker].
func (m *maker) Forget() { m.plans.Forget() }

// Notes implements [objects.Maker].
func (m *maker) Notes() []string {
	notes := []string{"unknown kind of log: fields keep their names, rules for products do not apply"}
	if m.undated {
		notes = append(notes, "events without a time")
	}
	if m.local {
		notes = append(notes, "times without zone: read as UTC")
	}
	if m.excess {
		notes = append(notes, "events with too many fields: the rest is left out")
	}
	return notes
}

func (m *maker) plan(runs []*objects.Node) *plan {
	p := &plan{}
	paths := make([]string, len(runs))
	var l winlog.Layout
	for i, n := range runs {
		paths[i] = n.Path()
		f := l.Data(paths[i])
		p.field = append(p.field, f)
		p.excess = p.excess || f < 0
	}
	p.time, p.host = best(paths, timeKeys), best(paths, hostKeys)
	p.shape = m.shapes.Of(&l)
	return p
}

// Make implements [objects.Maker].
func (m *maker) Make(o *objects.Object) *event.Event {
	if len(o.Leaves) == 0 {
		return nil
	}
	p := m.plans.Find(o, m.plan)
	e := &m.event
	e.Shape, e.Values = p.shape, e.Values[:0]
	for i, f := range p.field {
		if f < 0 {
			continue
		}
		for _, l := range o.Run(i) {
			e.Values = append(e.Values, event.Value{Field: uint16(f), Kind: l.Kind, Text: l.Text})
		}
	}
	e.Host = m.words.Intern(bytes.TrimSpace(o.First(p.host)))
	at, zoned, ok := source.ParseTime(o.First(p.time))
	m.undated, m.local, m.excess = m.undated || !ok, m.local || ok && !zoned, m.excess || p.excess
	e.Time = time.Time{}
	if ok {
		e.Time = at
	}
	return e
}
