package correlate

import (
	"fmt"
	"slices"

	"tyto/sigma"
)

// A target is what a reference means: a rule or a correlation.
type target struct {
	correlation bool
	index       int // in the caller's list
}

// progress is how far the planning of a correlation has come.
type progress uint8

const (
	unseen progress = iota
	open            // being planned: to meet it again is a cycle
	planned
	rejected
)

type planner struct {
	correlations []*sigma.Correlation
	rules        []*sigma.Meta
	targets      map[string][]target
	titles       map[string]bool
	state        []progress
	where        []int // correlation -> index in plan.nodes
	plan         *Plan
	problems     []Problem
	uses         []use
}

// A use is one reference of a planned correlation, kept to decide what is
// suppressed.
type use struct {
	target   target
	generate bool
}

func newPlanner(correlations []*sigma.Correlation, rules []*sigma.Meta) *planner {
	p := &planner{
		correlations: correlations,
		rules:        rules,
		targets:      map[string][]target{},
		titles:       map[string]bool{},
		state:        make([]progress, len(correlations)),
		where:        make([]int, len(correlations)),
		plan: &Plan{
			correlations: len(correlations),
			feeds:        make([][]edge, len(rules)),
			fields:       make([][]string, len(rules)),
			suppressed:   make([]bool, len(rules)),
		},
	}
	for i, r := range rules {
		p.register(r, target{index: i})
	}
	for i, c := range correlations {
		p.register(&c.Meta, target{correlation: true, index: i})
	}
	return p
}

func (p *planner) register(m *sigma.Meta, t target) {
	for _, ref := range []string{m.ID, m.Name} {
		if ref != "" && !slices.Contains(p.targets[ref], t) {
			p.targets[ref] = append(p.targets[ref], t)
		}
	}
	p.titles[m.Title] = true
}

func (p *planner) meta(t target) *sigma.Meta {
	if t.correlation {
		return &p.correlations[t.index].Meta
	}
	return p.rules[t.index]
}

func (p *planner) note(i int, warning bool, format string, args ...any) {
	m := p.correlations[i].Meta
	p.problems = append(p.problems, Problem{
		Correlation: i, Path: m.Path, Line: m.Line, Title: m.Title,
		Message: fmt.Sprintf(format, args...), Warning: warning,
	})
}

// visit plans correlation i after those that it refers to.
func (p *planner) visit(i int) {
	if p.state[i] != unseen {
		return
	}
	p.state[i] = open
	if err := p.build(i); err != nil {
		p.state[i] = rejected
		p.note(i, false, "%v", err)
		return
	}
	p.state[i] = planned
}

func (p *planner) build(i int) error {
	c := p.correlations[i]
	inputs, names, err := p.inputs(i)
	if err != nil {
		return err
	}
	q, err := compile(c, names, len(inputs))
	if err != nil {
		return err
	}
	wants := make([]wanted, len(inputs))
	for in, t := range inputs {
		if wants[in], err = p.wanted(c, q, t); err != nil {
			return err
		}
	}
	p.connect(i, q, inputs, wants)
	return nil
}

// inputs resolves the list of rules, each once, and returns the number of each
// reference as it is written.
func (p *planner) inputs(i int) ([]target, map[string]int, error) {
	c := p.correlations[i]
	if len(c.Rules) == 0 {
		return nil, nil, fmt.Errorf("refers to no rules")
	}
	var list []target
	names := map[string]int{}
	for _, ref := range c.Rules {
		t, err := p.resolve(i, ref)
		if err != nil {
			return nil, nil, err
		}
		at := slices.Index(list, t)
		switch {
		case at < 0:
			at = len(list)
			list = append(list, t)
		case c.Type == sigma.TemporalOrdered:
			return nil, nil, fmt.Errorf("refers twice to %q: an order needs different rules", ref)
		default:
			p.note(i, true, "refers twice to %q", ref)
		}
		p.nameInput(names, t, ref, at)
	}
	return list, names, nil
}

// nameInput lets a condition call a rule by its id or its name, whichever the
// list of rules uses.
func (p *planner) nameInput(names map[string]int, t target, ref string, at int) {
	m := p.meta(t)
	for _, name := range []string{ref, m.ID, m.Name} {
		if name == ref || p.means(name, t) {
			names[name] = at
		}
	}
}

// resolve finds what ref means and plans it first when it is a correlation.
func (p *planner) resolve(i int, ref string) (target, error) {
	found := p.targets[ref]
	switch {
	case len(found) == 0 && p.titles[ref]:
		return target{}, fmt.Errorf("refers to %q, which is a rule's title: use its id or name", ref)
	case len(found) == 0:
		return target{}, fmt.Errorf("refers to unknown rule %q", ref)
	case len(found) > 1:
		p.note(i, true, "%q means %d rules; the first one is used", ref, len(found))
	}
	t := found[0]
	if !t.correlation {
		return t, nil
	}
	if p.state[t.index] == open {
		return t, fmt.Errorf("refers to %q in a circle", ref)
	}
	p.visit(t.index)
	if p.state[t.index] == rejected {
		return t, fmt.Errorf("refers to correlation %q, which cannot run", ref)
	}
	return t, nil
}

// wanted are the fields that a correlation needs from one of its rules.
type wanted struct{ group, cond []string }

func (p *planner) wanted(c *sigma.Correlation, q *query, t target) (wanted, error) {
	var w wanted
	for _, f := range c.GroupBy {
		w.group = append(w.group, p.field(c, f, t))
	}
	for _, f := range q.cond.Fields {
		w.cond = append(w.cond, p.field(c, f, t))
	}
	if !t.correlation {
		return w, nil
	}
	inner := p.correlations[t.index]
	for _, f := range slices.Concat(w.group, w.cond) {
		if !slices.Contains(inner.GroupBy, f) {
			return w, fmt.Errorf("needs the field %q of correlation %q, which does not group by it", f, inner.Title)
		}
	}
	return w, nil
}

// field resolves an alias for one rule; a name that is no alias for it is a
// field.
func (p *planner) field(c *sigma.Correlation, name string, t target) string {
	refs := c.Aliases[name]
	if len(refs) == 0 {
		return name
	}
	for _, ref := range c.Rules { // the order keeps the answer the same on every run
		if f, ok := refs[ref]; ok && p.means(ref, t) {
			return f
		}
	}
	best := ""
	for ref, f := range refs {
		if p.means(ref, t) && (best == "" || f < best) {
			best = f
		}
	}
	if best != "" {
		return best
	}
	return name
}

func (p *planner) means(ref string, t target) bool {
	found := p.targets[ref]
	return len(found) > 0 && found[0] == t
}

// connect adds the node and the edges that lead to it.
func (p *planner) connect(i int, q *query, inputs []target, wants []wanted) {
	c := p.correlations[i]
	at := len(p.plan.nodes)
	p.where[i] = at
	p.plan.nodes = append(p.plan.nodes, &node{index: i, query: q, groupBy: len(c.GroupBy)})
	for in, t := range inputs {
		p.uses = append(p.uses, use{t, c.Generate})
		e := edge{node: at, input: in}
		if t.correlation {
			fields := p.correlations[t.index].GroupBy
			e.group, e.cond = positions(&fields, wants[in].group), positions(&fields, wants[in].cond)
			inner := p.plan.nodes[p.where[t.index]]
			inner.feeds = append(inner.feeds, e)
			continue
		}
		fields := &p.plan.fields[t.index]
		e.group, e.cond = positions(fields, wants[in].group), positions(fields, wants[in].cond)
		p.plan.feeds[t.index] = append(p.plan.feeds[t.index], e)
	}
}

// positions returns where names are in fields, and appends the missing ones.
func positions(fields *[]string, names []string) []int {
	out := make([]int, len(names))
	for i, f := range names {
		at := slices.Index(*fields, f)
		if at < 0 {
			at = len(*fields)
			*fields = append(*fields, f)
		}
		out[i] = at
	}
	return out
}

// suppress marks what planned correlations refer to without generate.
func (p *planner) suppress() {
	shown := map[target]bool{}
	for _, u := range p.uses {
		shown[u.target] = shown[u.target] || u.generate
	}
	for t, s := range shown {
		switch {
		case s:
		case t.correlation:
			p.plan.nodes[p.where[t.index]].suppressed = true
		default:
			p.plan.suppressed[t.index] = true
		}
	}
}
