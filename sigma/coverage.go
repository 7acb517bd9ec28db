package sigma

import "slices"

// Coverage collects which kinds of events, with which fields, were seen, and
// then tells which rules could not have fired on them whatever happened. It is
// for one goroutine; several are added up with [Coverage.Merge].
type Coverage struct {
	rs     *Ruleset
	seen   map[*scope]map[*Shape]bool
	shapes map[seenKey]bool
	last   seenKey
	any    bool
}

type seenKey struct {
	src   Source
	shape *Shape
}

// NewCoverage returns an empty account.
func (rs *Ruleset) NewCoverage() *Coverage {
	return &Coverage{rs: rs, seen: map[*scope]map[*Shape]bool{}, shapes: map[seenKey]bool{}}
}

// Add notes one event. It is cheap when events of the same kind follow each
// other.
func (c *Coverage) Add(src Source, shape *Shape) {
	k := seenKey{src, shape}
	if c.any && k == c.last {
		return
	}
	c.last, c.any = k, true
	if c.shapes[k] {
		return
	}
	if len(c.shapes) >= maxScopes {
		clear(c.shapes)
	}
	c.shapes[k] = true
	c.note(c.rs.scopeOf(src), shape)
}

func (c *Coverage) note(sc *scope, shape *Shape) {
	if c.seen[sc] == nil {
		c.seen[sc] = map[*Shape]bool{}
	}
	c.seen[sc][shape] = true
}

// Merge adds what another account of the same rule set has seen.
func (c *Coverage) Merge(o *Coverage) {
	for sc, shapes := range o.seen {
		for s := range shapes {
			c.note(sc, s)
		}
	}
}

// A Blind is a rule that can never fire on the events seen.
type Blind struct {
	Rule *Rule
	// NoLog is set when no event of the rule's log source was seen. Missing
	// then names the logs that would do, else the fields that the rule needs
	// and that no event of its log source had; it is sorted.
	NoLog   bool
	Missing []string
}

// Blind returns the rules that could not have fired, in the order of
// [Ruleset.Rules]. A test on a field that was never there counts as false, a
// test for its absence as true; any other test may come out either way.
func (c *Coverage) Blind() []Blind {
	state := make([]*Blind, len(c.rs.rules))
	able := make([]bool, len(c.rs.rules))
	for sc, shapes := range c.seen {
		for i := range sc.views {
			c.judge(&sc.views[i], shapes, state, able)
		}
	}
	var out []Blind
	for i, r := range c.rs.rules {
		switch {
		case able[i]:
		case state[i] != nil:
			out = append(out, *state[i])
		default:
			out = append(out, Blind{Rule: r, NoLog: true, Missing: LogNames(r.Logsource)})
		}
	}
	return out
}

// judge decides for each rule of a view whether the fields seen allow it to
// fire, and keeps the shortest list of missing fields.
func (c *Coverage) judge(v *scopeView, shapes map[*Shape]bool, state []*Blind, able []bool) {
	if v.index == nil {
		return
	}
	has := c.fieldsOf(v, shapes)
	for i, m := range v.members {
		r := v.rules[i]
		if able[r] {
			continue
		}
		ok, missing := c.rs.prog.Possible(m, func(field string) bool { return has[field] })
		if ok {
			able[r] = true
			continue
		}
		old := state[r]
		if old == nil || fewer(missing, old.Missing) {
			state[r] = &Blind{Rule: c.rs.rules[r], Missing: missing}
		}
	}
}

// fewer orders lists by length, then by content, so that the answer does not
// depend on the order in which scopes are visited.
func fewer(a, b []string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return slices.Compare(a, b) < 0
}

// fieldsOf returns the names, as rules write them, of the fields that events
// of these shapes can have in a view.
func (c *Coverage) fieldsOf(v *scopeView, shapes map[*Shape]bool) map[string]bool {
	has := map[string]bool{}
	for _, name := range implied {
		has[name] = true
	}
	for s := range shapes {
		ids := s.ids
		if v.kind != viewNative {
			p := s.plan(v.kind)
			ids = p.ids
			for _, f := range c.rs.fields {
				if p.targets[f.folded] {
					has[f.name] = true
				}
			}
		}
		for _, list := range ids {
			for _, id := range list {
				has[c.rs.fields[id].name] = true
			}
		}
	}
	return has
}

// LogNames returns the names, for people, of the logs that serve a log source:
// Windows channels with event ids, or the log source itself.
func LogNames(l Logsource) []string {
	places, bound := windowsPlaces(l)
	if !bound || len(places) == 0 {
		return []string{l.String()}
	}
	out := make([]string, 0, len(places))
	for _, p := range places {
		out = append(out, p.String())
	}
	slices.Sort(out)
	return slices.Compact(out)
}
