package sigma

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

var correlationTypes = []string{
	EventCount, ValueCount, Temporal, TemporalOrdered, ValueSum, ValueAvg, ValuePercentile, ValueMedian,
}

// correlation reads a correlation document.
func (p *parser) correlation(root *yaml.Node, top pairs) Document {
	c := &Correlation{Meta: p.meta(root, top)}
	pr := top.find("correlation")
	if pr.val.Kind != yaml.MappingNode {
		p.fail(at(pr.val), "", "correlation must be a map, this is %s", kindName(pr.val))
		return nil
	}
	ps := p.pairs(pr.val, 0)
	p.correlationKeys(ps)
	p.correlationType(c, pr, ps)
	if r := ps.find("rules"); r != nil {
		c.Rules = p.words(r.val)
	}
	if g := ps.find("group-by"); g != nil {
		c.GroupBy = p.words(g.val)
	}
	p.timespan(c, pr, ps)
	p.correlationCondition(c, pr, ps)
	p.aliases(c, ps)
	p.generate(c, ps)
	if len(c.Rules) == 0 {
		p.fail(at(pr.key), "list rules by id or name under rules", "correlation names no rules")
	}
	if p.failed {
		return nil
	}
	return c
}

func (p *parser) correlationKeys(ps pairs) {
	keys := []string{"type", "rules", "group-by", "timespan", "condition", "aliases", "generate"}
next:
	for _, pr := range ps {
		for _, k := range keys {
			if pr.name == k {
				continue next
			}
		}
		p.warn(at(pr.key), meant(pr.name, keys), "unknown key %q in correlation", pr.name)
	}
}

func (p *parser) correlationType(c *Correlation, pr *pair, ps pairs) {
	t := ps.find("type")
	if t == nil {
		p.fail(at(pr.key), "one of "+strings.Join(correlationTypes, ", "), "correlation has no type")
		return
	}
	c.Type = word(t.val.Value)
	for _, known := range correlationTypes {
		if c.Type == known {
			return
		}
	}
	p.fail(at(t.val), meant(c.Type, correlationTypes), "unknown correlation type %q", c.Type)
}

// timespanForm is a number and a unit.
var timespanForm = regexp.MustCompile(`^(\d{1,9})([smhdwMy])$`)

// timespanUnits gives the units in seconds; months and years are mean ones.
var timespanUnits = map[string]int64{
	"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2629746, "y": 31556952,
}

// maxTimespan is a century; more is a mistake, and much more does not fit.
const maxTimespan = 100 * 31556952

func (p *parser) timespan(c *Correlation, pr *pair, ps pairs) {
	t := ps.find("timespan")
	if t == nil {
		p.fail(at(pr.key), "write timespan: 5m", "correlation has no timespan")
		return
	}
	m := timespanForm.FindStringSubmatch(strings.TrimSpace(t.val.Value))
	if m == nil {
		p.fail(at(t.val), "write a number and s, m, h, d, w, M or y", "%q is no timespan", t.val.Value)
		return
	}
	n, _ := strconv.ParseInt(m[1], 10, 64)
	seconds := n * timespanUnits[m[2]]
	if seconds == 0 || seconds > maxTimespan {
		p.fail(at(t.val), "", "timespan %q is out of range", t.val.Value)
		return
	}
	c.Timespan = time.Duration(seconds) * time.Second
}

// temporal reports whether the type looks at which rules matched.
func (c *Correlation) temporal() bool { return c.Type == Temporal || c.Type == TemporalOrdered }

// wantsField reports whether the type works on values of fields.
func (c *Correlation) wantsField() bool { return !c.temporal() && c.Type != EventCount }

func (p *parser) correlationCondition(c *Correlation, pr *pair, ps pairs) {
	cond := ps.find("condition")
	switch {
	case cond == nil:
		if !c.temporal() {
			p.fail(at(pr.key), "write condition: {gte: 10}", "correlation has no condition")
		}
	case cond.val.Kind == yaml.MappingNode:
		p.conditionMap(c, cond)
	case cond.val.Kind == yaml.ScalarNode && c.temporal():
		p.conditionText(c, cond.val)
	default:
		p.fail(at(cond.val), "write condition: {gte: 10}", "condition of a %s correlation must be a map, this is %s", c.Type, kindName(cond.val))
	}
}

var termOps = []string{"gt", "gte", "lt", "lte", "eq", "neq"}

func (p *parser) conditionMap(c *Correlation, cond *pair) {
	if c.Type == ValuePercentile {
		c.Condition.Percentile = 50
	}
	for _, pr := range p.pairs(cond.val, 0) {
		switch pr.name {
		case "field":
			c.Condition.Fields = p.words(pr.val)
		case "percentile":
			if n, ok := p.number(pr, 0, 100); ok {
				c.Condition.Percentile = n
			}
		default:
			p.term(c, pr)
		}
	}
	if len(c.Condition.Terms) == 0 {
		p.fail(at(cond.key), "add gt, gte, lt, lte, eq or neq", "the condition compares with nothing")
	}
	p.conditionFields(c, cond)
}

// conditionFields checks that fields are given exactly where they are used.
func (p *parser) conditionFields(c *Correlation, cond *pair) {
	n := len(c.Condition.Fields)
	switch {
	case c.wantsField() && n == 0:
		p.fail(at(cond.key), "add field: NAME", "a %s correlation counts or calculates with a field, but names none", c.Type)
	case c.wantsField() && c.Type != ValueCount && n > 1:
		p.fail(at(cond.key), "", "a %s correlation calculates with one field, not %d", c.Type, n)
	case !c.wantsField() && n > 0:
		p.warn(at(cond.key), "use value_count to count different values", "field has no effect in a %s correlation", c.Type)
	}
}

func (p *parser) term(c *Correlation, pr pair) {
	for _, op := range termOps {
		if pr.name == op {
			if n, ok := p.number(pr, -1e18, 1e18); ok {
				c.Condition.Terms = append(c.Condition.Terms, Term{op, n})
			}
			return
		}
	}
	p.fail(at(pr.key), meant(pr.name, append([]string{"field", "percentile"}, termOps...)), "unknown key %q in the condition", pr.name)
}

func (p *parser) number(pr pair, low, high float64) (float64, bool) {
	n, err := strconv.ParseFloat(pr.val.Value, 64)
	if pr.val.Kind != yaml.ScalarNode || err != nil || !(n >= low && n <= high) {
		p.fail(at(pr.val), "", "%s needs a number from %g to %g", pr.name, low, high)
		return 0, false
	}
	return n, true
}

// conditionText reads the string form: a Boolean expression over rule names.
func (p *parser) conditionText(c *Correlation, n *yaml.Node) {
	tree, err := parseCondition(n.Value)
	if err != nil {
		p.fail(within(n, err.from, err.to), err.hint, "%s", err.text)
		return
	}
	c.Condition.Expr = p.refExpr(c, n, tree)
}

func (p *parser) refExpr(c *Correlation, n *yaml.Node, t *condNode) *RefExpr {
	switch t.op {
	case condName:
		for _, r := range c.Rules {
			if r == t.text {
				return &RefExpr{Op: RefRule, Rule: r}
			}
		}
		p.fail(within(n, t.from, t.to), meant(t.text, c.Rules), "the condition names %q, which is not among the rules", t.text)
		return &RefExpr{Op: RefRule, Rule: t.text}
	case condOneOf, condAllOf:
		return p.refPattern(c, n, t)
	}
	e := &RefExpr{Op: map[condOp]RefOp{condAnd: RefAnd, condOr: RefOr, condNot: RefNot}[t.op]}
	for _, a := range t.args {
		e.Args = append(e.Args, p.refExpr(c, n, a))
	}
	return e
}

func (p *parser) refPattern(c *Correlation, n *yaml.Node, t *condNode) *RefExpr {
	pattern := t.text
	if strings.EqualFold(pattern, "them") {
		pattern = "*"
	}
	e := &RefExpr{Op: RefOr}
	if t.op == condAllOf {
		e.Op = RefAnd
	}
	for _, r := range c.Rules {
		if matchName(pattern, r) {
			e.Args = append(e.Args, &RefExpr{Op: RefRule, Rule: r})
		}
	}
	if len(e.Args) == 0 {
		p.fail(within(n, t.from, t.to), "", "no rule of the correlation fits %q", t.text)
	}
	return e
}

func (p *parser) aliases(c *Correlation, ps pairs) {
	pr := ps.find("aliases")
	if pr == nil {
		return
	}
	if pr.val.Kind != yaml.MappingNode {
		p.fail(at(pr.val), "", "aliases must be a map of alias, rule and field")
		return
	}
	c.Aliases = map[string]map[string]string{}
	for _, alias := range p.pairs(pr.val, 0) {
		if alias.val.Kind != yaml.MappingNode {
			p.fail(at(alias.val), "write rule: field", "alias %q must be a map of rule and field", alias.name)
			continue
		}
		fields := map[string]string{}
		for _, e := range p.pairs(alias.val, 0) {
			fields[e.name] = e.val.Value
		}
		c.Aliases[alias.name] = fields
		p.lintAlias(c, alias, fields)
	}
}

// lintAlias remarks on aliases that do nothing.
func (p *parser) lintAlias(c *Correlation, alias pair, fields map[string]string) {
	used := false
	for _, g := range c.GroupBy {
		used = used || g == alias.name
	}
	if !used {
		p.warn(at(alias.key), "add it to group-by", "alias %q is not used", alias.name)
	}
	for _, r := range c.Rules {
		if _, ok := fields[r]; !ok {
			p.warn(at(alias.key), "", "alias %q has no field for rule %q", alias.name, r)
		}
	}
}

func (p *parser) generate(c *Correlation, ps pairs) {
	pr := ps.find("generate")
	if pr == nil {
		return
	}
	if pr.val.Tag != "!!bool" {
		p.fail(at(pr.val), "", "generate must be true or false")
		return
	}
	c.Generate = strings.EqualFold(pr.val.Value, "true")
}
