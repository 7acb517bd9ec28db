// Package jsonlog reads logs of JSON lines that no other format knows. Their
// fields keep their own names, levels joined by dots, and the log source stays
// empty: rules for a product do not apply, but indicators, keywords and
// searches do, and nothing in the evidence is passed over.
//
// Only files with one object in a line and a time in it are taken for logs;
// settings and reports in JSON are not.
//
// Who knows what such a log is can say so ([Options]): by the log source, in
// the form product/category/service ([ParseSource]), and by a mapping, a YAML
// file that tells under what names rules ask for its fields ([ReadMap]):
//
//	source: linux/process_creation   # what --as says; --as wins
//	time: event.created              # or a list, best first
//	host: host.name
//	fields:                          # the log's name: the rules' name, or a list
//	  process.executable: Image
//	  process.command_line: CommandLine
//	  url.full: [c-uri, cs-uri]
//
// All keys are optional. Mapped fields keep their own names too. With a log
// source, files are taken whether their objects have a time or not.
package jsonlog

import (
	"bytes"
	"context"
	"slices"
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
	"eventtimestamp", "query_timestamp", "unixtime", "starttime", "start_time", "createtime", "mtime", "_ts",
}

// hostKeys are what logs call the machine that wrote them, best first.
var hostKeys = []string{
	"host.name", "host.hostname", "hostname", "host", "computer", "computername", "devicename",
	"_hostname", "agent.hostname", "agent.name",
}

// A Format is the format of unknown JSON lines.
type Format struct {
	opt    Options
	shapes winlog.Shapes
}

// New returns the format, with what is known about the logs, if anything is;
// of several options the last count. It must be asked last: it claims what
// others know better.
func New(opt ...Options) *Format {
	f := &Format{}
	for _, o := range opt {
		f.opt = o
	}
	f.opt.Time = slices.Concat(folded(f.opt.Time), timeKeys)
	f.opt.Host = slices.Concat(folded(f.opt.Host), hostKeys)
	return f
}

func folded(names []string) (out []string) {
	for _, n := range names {
		out = append(out, strings.ToLower(n))
	}
	return out
}

// Name implements [source.Format].
func (*Format) Name() string { return "jsonlog" }

// Claims implements [source.Format].
func (f *Format) Claims(_ string, head []byte) bool {
	return objects.InLines(head) && objects.Claims(head, func(paths []string) bool {
		return best(paths, f.opt.Time) >= 0 || len(paths) > 0 && f.opt.Source != event.Source{}
	})
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return objects.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return objects.NewReader(&maker{opt: &f.opt, shapes: &f.shapes}, "empty object")
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
	field      []int   // of each run, -1 for none
	also       [][]int // of each run, fields with names that rules use
	time, host int     // runs, -1 for none
	excess     bool
}

type maker struct {
	opt     *Options
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
	var notes []string
	if m.opt.Source == (event.Source{}) {
		notes = append(notes, "unknown kind of log: fields keep their names, rules for products do not apply")
	}
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
	p.alias(&l, paths, m.opt.Fields)
	p.time, p.host = best(paths, m.opt.Time), best(paths, m.opt.Host)
	p.shape = m.shapes.Of(&l)
	return p
}

// alias adds the names that a mapping gives to fields.
func (p *plan) alias(l *winlog.Layout, paths []string, names map[string][]string) {
	p.also = make([][]int, len(paths))
	for i, path := range paths {
		for _, name := range names[path] {
			if f := l.Header(name); f >= 0 {
				p.also[i] = append(p.also[i], f)
			}
		}
	}
}

// Make implements [objects.Maker].
func (m *maker) Make(o *objects.Object) *event.Event {
	if len(o.Leaves) == 0 {
		return nil
	}
	p := m.plans.Find(o, m.plan)
	e := &m.event
	e.Shape, e.Values, e.Source = p.shape, e.Values[:0], m.opt.Source
	for i, f := range p.field {
		if f < 0 {
			continue
		}
		for _, l := range o.Run(i) {
			e.Values = append(e.Values, event.Value{Field: uint16(f), Kind: l.Kind, Text: l.Text})
			for _, a := range p.also[i] {
				e.Values = append(e.Values, event.Value{Field: uint16(a), Kind: l.Kind, Text: l.Text})
			}
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
