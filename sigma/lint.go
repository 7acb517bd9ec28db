package sigma

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"tyto/sigma/internal/logic"
)

// lintValue remarks on values that rarely mean what they say.
func (p *parser) lintValue(it *item, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || it.has("re") {
		return
	}
	v := n.Value
	plain := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if plain && n.Tag == "!!str" && !it.has("fieldref") {
		switch strings.ToLower(v) {
		case "yes", "no", "on", "off":
			p.warn(at(n), "quote it, or write true or false", "%s is read as a text", v)
		}
	}
	if v == "" && n.Tag == "!!str" && it.has("contains", "startswith", "endswith") {
		p.warn(at(n), "write '*' to ask for any value", "an empty text in %q fits every value", it.key.Value)
	}
	if strings.HasSuffix(v, `\*`) && !strings.HasSuffix(v, `\\*`) {
		p.warn(at(n), `for a backslash and any text write \\*`, `\* at the end of %q is a literal star`, v)
	}
}

// lintLogsource remarks on Windows log sources that no event log serves.
func (p *parser) lintLogsource(pr *pair, l Logsource) {
	if l.Product != "windows" {
		return
	}
	if _, bound := windowsPlaces(l); bound {
		return
	}
	what, name, names := "category", l.Category, categoryNames()
	if windowsCategory(l.Category) != nil || l.Category == "" {
		what, name, names = "service", l.Service, serviceNames()
	}
	p.warn(at(pr.key), meant(name, names), "no Windows event log is known for %s %q: the rule needs events that name it themselves", what, name)
}

// lintPlaceholders remarks on placeholders without values where they only
// weaken a rule; where they keep it from firing, [Compile] rejects it.
func (p *parser) lintPlaceholders(pr *pair, x *logic.Expr) {
	if !p.unresolved {
		return
	}
	if name := placeholderAt(x, true); name != "" {
		p.warn(at(pr.key), "give it values", "placeholder %s has no values: the rule cannot be used", name)
		return
	}
	if name := placeholderAt(x, false); name != "" {
		p.warn(at(pr.key), "give it values", "placeholder %s has no values and excludes nothing", name)
	}
}

// placeholderAt finds an unresolved placeholder that is asked for (positive)
// or that is excluded.
func placeholderAt(x *logic.Expr, positive bool) string {
	return findPlaceholder(x, true, positive)
}

func findPlaceholder(x *logic.Expr, sign, want bool) string {
	if x.Op == logic.Atom && x.Leaf.Kind == logic.Never && sign == want {
		return x.Leaf.Text
	}
	if x.Op == logic.Not {
		sign = !sign
	}
	for _, a := range x.Args {
		if name := findPlaceholder(a, sign, want); name != "" {
			return name
		}
	}
	return ""
}
