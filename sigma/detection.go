package sigma

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"tyto/sigma/internal/index"
	"tyto/sigma/internal/logic"
)

// detection is what is needed to build a rule's expression again.
type detection struct {
	file string
	node *yaml.Node
}

// rule reads a document with a detection section.
func (p *parser) rule(root *yaml.Node, top pairs) Document {
	r := &Rule{Meta: p.meta(root, top), Logsource: p.logsource(root, top)}
	pr := top.find("detection")
	r.expr = p.detection(pr.val)
	if p.unresolved {
		r.source = &detection{p.file, pr.val}
	}
	if p.failed {
		return nil
	}
	p.lintLogsource(top.find("logsource"), r.Logsource)
	p.lintPlaceholders(pr, r.expr)
	return r
}

// A selection is a named part of a detection.
type selection struct {
	name string
	key  *yaml.Node
	expr *logic.Expr
	used bool
}

// detection builds the expression of a detection section.
func (p *parser) detection(n *yaml.Node) *logic.Expr {
	if n.Kind != yaml.MappingNode {
		p.fail(at(n), "", "detection must be a map of selections and a condition, this is %s", kindName(n))
		return nil
	}
	ps := p.pairs(n, 0)
	cond := ps.find("condition")
	if cond == nil {
		p.fail(at(n), meantCondition(ps), "detection has no condition")
		return nil
	}
	sels := p.selections(ps, "timeframe")
	if tf := ps.find("timeframe"); tf != nil {
		p.warn(at(tf.key), "write a correlation with timespan", "timeframe has no effect in a rule")
	}
	x := p.conditions(cond.val, sels)
	for _, s := range sels {
		if !s.used && !strings.HasPrefix(s.name, "_") && x != nil {
			p.warn(at(s.key), "", "%q is not used in the condition", s.name)
		}
	}
	return x
}

func meantCondition(ps pairs) string {
	for _, pr := range ps {
		if meant(pr.name, []string{"condition"}) != "" {
			return pr.name + `: did you mean "condition"?`
		}
	}
	return ""
}

// selections builds all named parts but the condition and the skipped keys.
func (p *parser) selections(ps pairs, skip ...string) []*selection {
	var out []*selection
next:
	for _, pr := range ps {
		if pr.name == "condition" {
			continue
		}
		for _, s := range skip {
			if pr.name == s {
				continue next
			}
		}
		named := logic.Expr{Op: logic.False} // after an error, so that the name is known
		if x := p.selection(pr.val); x != nil {
			named = *x
		}
		named.Selection = pr.name
		out = append(out, &selection{name: pr.name, key: pr.key, expr: &named})
	}
	return out
}

// selection builds one named part: a map (AND), a list (OR) or one keyword. It
// returns nil after reporting an error.
func (p *parser) selection(n *yaml.Node) *logic.Expr {
	switch n.Kind {
	case yaml.MappingNode:
		return p.selectionMap(n)
	case yaml.SequenceNode:
		return p.selectionList(n)
	}
	return p.keyword(n)
}

func (p *parser) selectionMap(n *yaml.Node) *logic.Expr {
	ps := p.pairs(n, 0)
	if len(ps) == 0 {
		p.fail(at(n), "", "an empty selection")
		return nil
	}
	args := make([]*logic.Expr, 0, len(ps))
	for _, pr := range ps {
		if x := p.detectionItem(pr); x != nil {
			args = append(args, x)
		}
	}
	return join(logic.And, args)
}

func (p *parser) selectionList(n *yaml.Node) *logic.Expr {
	if len(n.Content) == 0 {
		p.fail(at(n), "", "an empty selection")
		return nil
	}
	args := make([]*logic.Expr, 0, len(n.Content))
	for _, c := range n.Content {
		if c = p.resolve(c); c == nil {
			return nil
		}
		var x *logic.Expr
		switch c.Kind {
		case yaml.MappingNode:
			x = p.selectionMap(c)
		case yaml.SequenceNode:
			p.fail(at(c), "", "a list inside a list has no meaning in Sigma")
		default:
			x = p.keyword(c)
		}
		if x != nil {
			args = append(args, x)
		}
	}
	return join(logic.Or, args)
}

// keyword builds a field-less test.
func (p *parser) keyword(n *yaml.Node) *logic.Expr {
	return p.value(&item{key: n}, n)
}

// detectionItem builds "field|modifiers: values".
func (p *parser) detectionItem(pr pair) *logic.Expr {
	it, ok := p.item(pr.key)
	if !ok {
		return nil
	}
	if it.field == "" && it.has("exists", "fieldref", "cidr", "minute", "hour", "day", "week", "month", "year") {
		p.fail(at(pr.key), "", "%q needs a field", pr.key.Value)
		return nil
	}
	values := []*yaml.Node{pr.val}
	switch pr.val.Kind {
	case yaml.MappingNode:
		p.fail(at(pr.val), "nested fields are written a.b", "the value of %q is a map", pr.key.Value)
		return nil
	case yaml.SequenceNode:
		values = pr.val.Content
		if len(values) == 0 {
			p.fail(at(pr.val), "null asks for a missing field", "the value of %q is an empty list", pr.key.Value)
			return nil
		}
	}
	return p.values(&it, values)
}

// values builds the tests of a list of values and joins them.
func (p *parser) values(it *item, values []*yaml.Node) *logic.Expr {
	args := make([]*logic.Expr, 0, len(values))
	for _, v := range values {
		if v = p.resolve(v); v == nil {
			return nil
		}
		if v.Kind != yaml.ScalarNode {
			p.fail(at(v), "", "a value of %q is %s", it.key.Value, kindName(v))
			continue
		}
		if x := p.value(it, v); x != nil {
			args = append(args, x)
		}
	}
	op := logic.Or
	if it.all {
		op = logic.And
		if len(values) == 1 {
			p.warn(at(it.key), "", "all in %q has only one value", it.key.Value)
		}
	}
	x := join(op, args)
	if it.negated && x != nil {
		x = negate(x)
	}
	return x
}

// value builds the test of one value.
func (p *parser) value(it *item, n *yaml.Node) *logic.Expr {
	p.lintValue(it, n)
	ops := []operand{scalar(n)}
	for _, m := range it.mods {
		var next []operand
		for _, o := range ops {
			more, ok := p.apply(it, m, n, o)
			if !ok {
				return nil
			}
			next = append(next, more...)
		}
		if len(next) > maxVariants {
			p.fail(m.spot, "", "%q stands for more than %d texts", it.key.Value, maxVariants)
			return nil
		}
		ops = next
	}
	args := make([]*logic.Expr, 0, len(ops))
	for _, o := range ops {
		if x := p.finish(it, n, o); x != nil {
			args = append(args, x)
		}
	}
	return join(logic.Or, args)
}

// finish turns an operand into a leaf.
func (p *parser) finish(it *item, n *yaml.Node, o operand) *logic.Expr {
	if it.field == "" && (o.kind == opNumber || o.kind == opBool) {
		o, _ = o.asText()
	}
	l := &logic.Leaf{Field: it.field, Text: o.text, Cased: it.cased}
	switch o.kind {
	case opText:
		l = patternLeaf(it.field, p.keywordPattern(it, o.parts))
		l.Cased = it.cased
	case opNumber:
		l.Kind = logic.Number
	case opBool:
		l.Kind = logic.BoolIs
	case opNull:
		if it.field == "" {
			p.fail(at(n), "", "an empty keyword")
			return nil
		}
		l.Kind = logic.Null
	case opRegex:
		return p.regex(it, n, o)
	case opCIDR:
		l.Kind = logic.CIDR
	case opRef:
		l.Kind, l.Other, l.Text, l.Rel = logic.FieldRef, o.text, "", o.rel
	case opCompare:
		l.Kind, l.Num, l.Rel = logic.Compare, o.num, o.rel
	case opTime:
		l.Kind, l.Num, l.Rel, l.Unit = logic.TimePart, o.num, o.rel, o.unit
	case opNever:
		l.Kind = logic.Never
	case opExists:
		l.Kind, l.Text = logic.Exists, ""
		if !o.truth {
			return negate(atom(l))
		}
	}
	return atom(l)
}

// keywordPattern makes a keyword match inside values, unless modifiers say
// where it must stand.
func (p *parser) keywordPattern(it *item, parts []logic.Part) []logic.Part {
	if it.field != "" || it.has("contains", "startswith", "endswith") {
		return parts
	}
	return openBack(openFront(parts))
}

// regex checks a regular expression and builds its leaf.
func (p *parser) regex(it *item, n *yaml.Node, o operand) *logic.Expr {
	text := splitRepeats(o.text)
	if err := index.CheckRegex(text, o.flags); err != nil {
		hint := ""
		if strings.Contains(o.text, "(?=") || strings.Contains(o.text, "(?!") || strings.Contains(o.text, "(?<") {
			hint = "look-around is not supported; use a second selection"
		}
		p.fail(at(n), hint, "%q: %s", it.key.Value, err)
		return nil
	}
	return atom(&logic.Leaf{Field: it.field, Kind: logic.Regex, Text: text, Flags: o.flags})
}

func atom(l *logic.Leaf) *logic.Expr { return &logic.Expr{Op: logic.Atom, Leaf: l} }

func negate(x *logic.Expr) *logic.Expr {
	return &logic.Expr{Op: logic.Not, Args: []*logic.Expr{x}}
}

// join combines expressions; a single one stays as it is, none gives nil.
func join(op logic.Op, args []*logic.Expr) *logic.Expr {
	switch len(args) {
	case 0:
		return nil
	case 1:
		return args[0]
	}
	return &logic.Expr{Op: op, Args: args}
}
