package sigma

import (
	"fmt"
	"strconv"

	"tyto/sigma/internal/index"
	"tyto/sigma/internal/logic"
)

// A Reason is one test of a rule that the event passed.
type Reason struct {
	Selection string // the search identifier that the test is part of
	Field     string // as the rule calls it; for a keyword, the field it was found in
	Value     string // the value that passed; empty when the field is missing
	Test      string // what was asked, such as "endswith \cmd.exe"
}

// Explain says why an event satisfies a rule: the tests that are true on the
// way to the rule being true. Tests that had to fail are told as "not ..."
// where a selection asks for that (neq); filters of the condition are left
// out, unless nothing else decided. It returns nil when the event does not
// satisfy the rule.
func (e *Evaluator) Explain(ev *Event, r *Rule) []Reason {
	v, member := e.locate(ev, r)
	if member < 0 {
		return nil
	}
	e.project(ev, v)
	list := reasons{ev: ev, seen: make(map[Reason]int)}
	if why, ok := idReason(r.expr, "", ev.Source.EventID); ok {
		list.out = append(list.out, why)
	}
	if !e.eval.Reasons(member, e.values, false, list.add) {
		return nil
	}
	if len(list.out) == 0 {
		e.eval.Reasons(member, e.values, true, list.add)
	}
	if len(list.out) == 0 { // all that it asks for was settled by the log source
		list.out = []Reason{{Field: "Channel", Value: ev.Source.Channel, Test: "is of log source " + r.Logsource.String()}}
	}
	return list.finish()
}

// idReason finds the selection that asks for the event id. The matcher does not
// see such tests: they are settled when a rule is bound to a log source.
func idReason(x *logic.Expr, selection string, id int) (Reason, bool) {
	if x.Selection != "" {
		selection = x.Selection
	}
	switch x.Op {
	case logic.Atom:
		if n, _ := eventNumber(x.Leaf); isEventID(x.Leaf) && n == id {
			return Reason{selection, x.Leaf.Field, strconv.Itoa(id), x.Leaf.String()}, true
		}
	case logic.And, logic.Or:
		for _, a := range x.Args {
			if r, ok := idReason(a, selection, id); ok {
				return r, true
			}
		}
	}
	return Reason{}, false
}

// reasons collects what decided, each test once.
type reasons struct {
	ev   *Event
	out  []Reason
	seen map[Reason]int // place in out
	more map[int]int    // tests that had to fail, beside the one that is told
}

func (l *reasons) add(c index.Cause) {
	r := Reason{Selection: c.Selection, Field: c.Leaf.Field, Value: string(c.Value), Test: c.Leaf.String()}
	if c.Leaf.Field == "" && c.Value != nil {
		r.Field = l.ev.holder(r.Value)
	}
	key := r
	if c.Not {
		r.Test = negated(c.Leaf)
		key.Test = "not" // one reason for all tests of a field that had to fail
	}
	if at, told := l.seen[key]; told {
		if c.Not {
			l.another(at)
		}
		return
	}
	l.seen[key] = len(l.out)
	l.out = append(l.out, r)
}

func (l *reasons) another(at int) {
	if l.more == nil {
		l.more = make(map[int]int)
	}
	l.more[at]++
}

func (l *reasons) finish() []Reason {
	for at, n := range l.more {
		l.out[at].Test += fmt.Sprintf(" (nor %d more)", n)
	}
	return l.out
}

// negated describes a test that had to fail.
func negated(l *logic.Leaf) string {
	switch l.Kind {
	case logic.Null:
		return "is not missing"
	case logic.Exists, logic.Present:
		return "is missing"
	case logic.Empty:
		return "is not empty"
	}
	return "not " + l.String()
}

// holder names the first field that has the value.
func (ev *Event) holder(value string) string {
	for _, v := range ev.Values {
		if v.Kind != Null && string(v.Text) == value {
			return ev.Shape.fields[v.Field].Name
		}
	}
	return ""
}
