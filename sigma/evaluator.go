package sigma

import (
	"slices"
	"strconv"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/index"
)

// A Kind says how a value was written in the evidence.
type Kind uint8

// The kinds of value.
const (
	Text   Kind = iota // any string, possibly empty
	Number             // decimal text of an integer or float
	Bool               // "true" or "false"
	Null               // present in the evidence without a value (JSON null)
)

// A Value is one value of one field of an event. An absent field has no
// Value; a field with several values has several.
type Value struct {
	Field uint16 // index into the fields of the event's Shape
	Kind  Kind
	Text  []byte // UTF-8; not kept beyond the call
}

// An Event is one record to match rules against.
type Event struct {
	Source Source
	Shape  *Shape // made by the same Ruleset as the Evaluator
	Values []Value
}

// An Evaluator matches events against a rule set. It holds the working memory
// for one event at a time: use one per goroutine.
type Evaluator struct {
	rs     *Ruleset
	eval   *index.Evaluator
	values []index.Value
	arena  []byte
	id     []byte // text of the event id
	hits   []int32
	view   *scopeView         // being matched
	found  func(member int32) // appends to hits; made once, so that matching allocates nothing
	last   Source
	scope  *scope
	scopes map[Source]*scope
}

// maxSources bounds the evaluator's memory of sources.
const maxSources = 1 << 12

// NewEvaluator returns an evaluator for one goroutine.
func (rs *Ruleset) NewEvaluator() *Evaluator {
	e := &Evaluator{rs: rs, eval: rs.prog.NewEvaluator(), scopes: map[Source]*scope{}}
	e.found = func(member int32) { e.hits = append(e.hits, e.view.rule(member)) }
	return e
}

// Match calls hit for each rule that the event satisfies, each once, in the
// order of [Ruleset.Rules].
func (e *Evaluator) Match(ev *Event, hit func(*Rule)) {
	e.match(ev, (*index.Evaluator).Match, hit)
}

// Scan does what [Evaluator.Match] does by trying every rule of the event's
// log source. It is slow; it exists to check the index.
func (e *Evaluator) Scan(ev *Event, hit func(*Rule)) {
	e.match(ev, (*index.Evaluator).Scan, hit)
}

// A matcher is one of the two ways in which the index can be asked.
type matcher func(*index.Evaluator, *index.Scope, []index.Value, func(int32))

func (e *Evaluator) match(ev *Event, run matcher, hit func(*Rule)) {
	sc := e.scopeOf(ev.Source)
	e.hits = e.hits[:0]
	for i := range sc.views {
		if v := &sc.views[i]; v.index != nil {
			e.project(ev, v)
			e.view = v
			run(e.eval, v.index, e.values, e.found)
		}
	}
	if len(e.hits) == 0 {
		return
	}
	slices.Sort(e.hits)
	e.hits = slices.Compact(e.hits)
	for _, r := range e.hits {
		hit(e.rs.rules[r])
	}
}

// scopeOf remembers the scopes of the sources it has seen.
func (e *Evaluator) scopeOf(src Source) *scope {
	if e.scope != nil && src == e.last {
		return e.scope
	}
	sc := e.scopes[src]
	if sc == nil {
		sc = e.rs.scopeOf(src)
		if len(e.scopes) >= maxSources {
			clear(e.scopes)
		}
		e.scopes[src] = sc
	}
	e.last, e.scope = src, sc
	return sc
}

// project fills e.values with the event as one view of its scope sees it.
func (e *Evaluator) project(ev *Event, v *scopeView) {
	e.arena = e.arena[:0]
	if v.kind == viewNative {
		e.values = ev.Shape.project(e.values[:0], ev, ev.Shape.ids, v.keyword)
	} else {
		e.values = ev.Shape.projectAlias(e.values[:0], &e.arena, ev, v.kind, v.keyword)
	}
	e.imply(ev)
}

// imply adds what the source says of an event whose fields do not say it.
func (e *Evaluator) imply(ev *Event) {
	src := &ev.Source
	for i, id := range ev.Shape.implied {
		if id < 0 {
			continue
		}
		switch implied[i] {
		case "EventID":
			if src.EventID != 0 {
				e.id = strconv.AppendInt(e.id[:0], int64(src.EventID), 10)
				e.values = append(e.values, index.Value{Field: id, Kind: uint8(Number), Text: e.id})
			}
		case "Channel", "EventLog":
			e.implyText(id, src.Channel)
		case "Provider_Name":
			e.implyText(id, src.Provider)
		}
	}
}

func (e *Evaluator) implyText(id int32, text string) {
	if text == "" {
		return
	}
	start := len(e.arena)
	e.arena = append(e.arena, text...)
	e.values = append(e.values, index.Value{Field: id, Text: e.arena[start:len(e.arena):len(e.arena)]})
}

// locate finds the view in which a rule sees the event.
func (e *Evaluator) locate(ev *Event, r *Rule) (*scopeView, int32) {
	i, ok := e.rs.numbers[r]
	if !ok {
		return nil, -1
	}
	sc := e.scopeOf(ev.Source)
	for j := range sc.views {
		if m := sc.views[j].memberOf(i); m >= 0 {
			return &sc.views[j], m
		}
	}
	return nil, -1
}

// Lookup returns the values of a field as rule r sees them, aliases included:
// "Image" of a Security 4688 event is its NewProcessName for a rule on process
// creation. With a nil rule it looks under the event's own names first, then
// under aliases. Null values are left out. The texts are copies.
func (e *Evaluator) Lookup(ev *Event, r *Rule, field string) []string {
	if r != nil {
		if v, _ := e.locate(ev, r); v != nil && v.kind != viewNative {
			if out, ok := e.aliasValues(ev, v.kind, field); ok {
				return out
			}
		}
		return ev.named(field)
	}
	if out := ev.named(field); out != nil {
		return out
	}
	out, _ := e.aliasValues(ev, e.scopeOf(ev.Source).views[1].kind, field)
	return out
}

// named returns the values of the event's own fields of that name.
func (ev *Event) named(field string) []string {
	var out []string
	for _, f := range ev.Shape.find(field) {
		for i := range ev.Values {
			if v := &ev.Values[i]; v.Field == f && v.Kind != Null {
				out = append(out, string(v.Text))
			}
		}
	}
	return out
}

// aliasValues returns the values that a view puts under that name; ok is false
// when the view has nothing to do with the name.
func (e *Evaluator) aliasValues(ev *Event, kind viewKind, field string) (out []string, ok bool) {
	if kind == viewNative {
		return nil, false
	}
	p := ev.Shape.plan(kind)
	low := fold.String(field)
	if !p.targets[low] {
		return nil, p.hidden[low]
	}
	e.arena = e.arena[:0]
	for i := range p.steps {
		if st := &p.steps[i]; fold.String(st.alias.target) == low {
			if text := st.value(ev, &e.arena); text != nil {
				out = append(out, string(text))
			}
		}
	}
	return out, true
}
