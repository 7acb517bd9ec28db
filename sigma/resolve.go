package sigma

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"tyto/sigma/internal/logic"
)

// conditions builds the expression of a condition, or of a list of them, which
// is an OR.
func (p *parser) conditions(n *yaml.Node, sels []*selection) *logic.Expr {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	var args []*logic.Expr
	for _, c := range list {
		if c = p.resolve(c); c == nil {
			return nil
		}
		if x := p.condition(c, sels); x != nil {
			args = append(args, x)
		}
	}
	if len(args) == 0 {
		if !p.failed {
			p.fail(at(n), "", "the condition is empty")
		}
		return nil
	}
	return join(logic.Or, args)
}

// condition builds one condition; nil after an error.
func (p *parser) condition(n *yaml.Node, sels []*selection) *logic.Expr {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		p.fail(at(n), "", "a condition must be a text, this is %s", kindName(n))
		return nil
	}
	tree, err := parseCondition(n.Value)
	if err != nil {
		p.fail(within(n, err.from, err.to), err.hint, "%s", err.text)
		return nil
	}
	r := &resolver{p: p, node: n, sels: sels}
	x := r.expr(tree)
	if r.failed {
		return nil
	}
	if x == nil {
		p.warn(at(n), "", "the condition names no selection that exists: the rule never fires")
		return &logic.Expr{Op: logic.False}
	}
	return x
}

// A resolver puts selections in the place of their names.
type resolver struct {
	p      *parser
	node   *yaml.Node
	sels   []*selection
	failed bool
}

// expr returns nil for a part that drops out: a pattern that fits nothing.
func (r *resolver) expr(n *condNode) *logic.Expr {
	switch n.op {
	case condName:
		return r.name(n)
	case condOneOf:
		return join(logic.Or, r.pattern(n))
	case condAllOf:
		return join(logic.And, r.pattern(n))
	case condNot:
		if x := r.expr(n.args[0]); x != nil {
			return negate(x)
		}
		return nil
	}
	var args []*logic.Expr
	for _, a := range n.args {
		if x := r.expr(a); x != nil {
			args = append(args, x)
		}
	}
	if n.op == condAnd {
		return join(logic.And, args)
	}
	return join(logic.Or, args)
}

func (r *resolver) name(n *condNode) *logic.Expr {
	names := make([]string, len(r.sels))
	for i, s := range r.sels {
		if s.name == n.text {
			s.used = true
			return s.expr
		}
		names[i] = s.name
	}
	hint := meant(n.text, names)
	if n.text == "them" {
		hint = "write 1 of them or all of them"
	}
	r.p.fail(within(r.node, n.from, n.to), hint, "unknown selection %q in the condition", n.text)
	r.failed = true
	return nil
}

// pattern returns the selections that fit. Names with a leading underscore
// take part only when the pattern has one too.
func (r *resolver) pattern(n *condNode) []*logic.Expr {
	pattern := n.text
	if strings.EqualFold(pattern, "them") {
		pattern = "*"
	}
	var out []*logic.Expr
	for _, s := range r.sels {
		hidden := strings.HasPrefix(s.name, "_") && !strings.HasPrefix(pattern, "_")
		if !hidden && matchName(pattern, s.name) {
			s.used = true
			out = append(out, s.expr)
		}
	}
	if len(out) == 0 {
		r.p.warn(within(r.node, n.from, n.to), "", "no selection fits %q: this part of the condition has no effect", n.text)
	}
	return out
}
