package correlate

import (
	"fmt"
	"slices"

	"tyto/sigma"
)

// A Problem is a reason why a correlation was left out of the plan, or, when
// Warning is set, something its author should look at.
type Problem struct {
	// Correlation is the index in the list given to [NewPlan].
	Correlation int
	// Path, Line and Title say where the correlation came from.
	Path  string
	Line  int
	Title string
	// Message is the reason, in lower case.
	Message string
	Warning bool
}

// Error makes a Problem an error.
func (p Problem) Error() string {
	where := p.Path
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", where, p.Line)
	}
	if where != "" {
		where += ": "
	}
	return fmt.Sprintf("%scorrelation %q: %s", where, p.Title, p.Message)
}

// A Plan is what a set of correlations needs from the rules, and how facts
// flow through them. It is immutable and may be shared; see [Plan.NewRuntime].
type Plan struct {
	correlations int
	nodes        []*node // an inner correlation comes before its outer ones
	feeds        [][]edge
	fields       [][]string
	suppressed   []bool
}

// A node is a planned correlation.
type node struct {
	index      int // in the caller's list
	query      *query
	groupBy    int // number of group fields
	feeds      []edge
	suppressed bool
}

// An edge carries matches of a rule, or alerts of a correlation, to a
// correlation. Group and cond select among the values that come along.
type edge struct {
	node        int // in Plan.nodes
	input       int
	group, cond []int
}

// NewPlan resolves what correlations refer to, by id or by name, among rules
// and among themselves. A correlation that cannot work is left out and named
// in a Problem: it has an unknown or circular reference, a condition that does
// not fit its type, or it needs a field that a nested correlation does not
// group by. The other correlations are not affected.
func NewPlan(correlations []*sigma.Correlation, rules []*sigma.Meta) (*Plan, []Problem) {
	p := newPlanner(correlations, rules)
	for i := range correlations {
		p.visit(i)
	}
	p.suppress()
	slices.SortStableFunc(p.problems, func(a, b Problem) int { return a.Correlation - b.Correlation })
	return p.plan, p.problems
}

// Fields returns the fields that facts of a rule must carry, in the order of
// [Fact.Values]: group fields and condition fields, after aliases. The result
// must not be changed.
func (p *Plan) Fields(rule int) []string { return p.fields[rule] }

// Wants reports whether matches of a rule are facts for any correlation.
func (p *Plan) Wants(rule int) bool { return len(p.feeds[rule]) > 0 }

// Suppressed reports whether a rule's own matches should not be reported: a
// planned correlation refers to it, and none of these says generate.
func (p *Plan) Suppressed(rule int) bool { return p.suppressed[rule] }

// Rules returns the rules that a correlation rests on, directly or through
// others, in rising order; nil when the correlation is not part of the plan.
// When one of them cannot match, the correlation may be blind.
func (p *Plan) Rules(correlation int) []int {
	inside := make([]bool, len(p.nodes))
	for at := len(p.nodes) - 1; at >= 0; at-- { // outer ones come last
		n := p.nodes[at]
		inside[at] = n.index == correlation ||
			slices.ContainsFunc(n.feeds, func(e edge) bool { return inside[e.node] })
	}
	var out []int
	for rule, feeds := range p.feeds {
		if slices.ContainsFunc(feeds, func(e edge) bool { return inside[e.node] }) {
			out = append(out, rule)
		}
	}
	return out
}

// Len returns the number of correlations that can run.
func (p *Plan) Len() int { return len(p.nodes) }
