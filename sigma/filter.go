package sigma

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"tyto/sigma/internal/logic"
)

// filter reads a filter document. Its selections have names of their own, so
// "1 of them" in a rule never sees them.
func (p *parser) filter(root *yaml.Node, top pairs) Document {
	f := &Filter{Meta: p.meta(root, top), Logsource: p.logsource(root, top)}
	pr := top.find("filter")
	if pr.val.Kind != yaml.MappingNode {
		p.fail(at(pr.val), "", "filter must be a map of rules, selections and a condition, this is %s", kindName(pr.val))
		return nil
	}
	ps := p.pairs(pr.val, 0)
	p.filterRules(f, pr, ps)
	cond := ps.find("condition")
	if cond == nil {
		p.fail(at(pr.key), meantCondition(ps), "filter has no condition")
		return nil
	}
	if cond.val.Kind != yaml.ScalarNode {
		p.fail(at(cond.val), "", "a filter's condition must be a text, this is %s", kindName(cond.val))
		return nil
	}
	sels := p.selections(ps, "rules")
	f.expr = p.condition(cond.val, sels)
	if p.failed {
		return nil
	}
	p.lintFilter(cond.val, f.expr)
	return f
}

func (p *parser) filterRules(f *Filter, pr *pair, ps pairs) {
	rules := ps.find("rules")
	if rules == nil {
		p.fail(at(pr.key), "list the rules by id or name, or write any", "filter names no rules")
		return
	}
	f.Rules = p.words(rules.val)
	if len(f.Rules) == 1 && strings.EqualFold(f.Rules[0], "any") {
		f.Any, f.Rules = true, nil
	}
	if !f.Any && len(f.Rules) == 0 {
		p.fail(at(rules.val), "list the rules by id or name, or write any", "filter names no rules")
	}
}

// lintFilter remarks on a condition that keeps what it most likely should
// exclude.
func (p *parser) lintFilter(n *yaml.Node, x *logic.Expr) {
	if x.Op != logic.Not && x.Selection != "" {
		p.warn(at(n), "did you mean \"not "+x.Selection+"\"?",
			"the filter keeps only matching events: its condition is ANDed to the rule's")
	}
}
