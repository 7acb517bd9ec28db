package stix

import "slices"

// Lint lists where the pattern breaks rules of the standard that do not hinder
// evaluation, and where it cannot do what its author meant. Paths are
// "pattern:line:column".
func (p *Pattern) Lint() []Problem {
	out := slices.Clone(p.problems)
	for c := range p.Expr.Comparisons {
		for t := range c.Tests {
			out = append(out, p.lintTest(t)...)
		}
		out = append(out, p.lintTypes(c)...)
	}
	return out
}

func (p *Pattern) problem(pos int, rule, text, hint string, s Severity) Problem {
	at := syntaxError(p.src, pos, text, hint)
	return Problem{Path: at.place(), Rule: rule, Text: text, Hint: hint, Severity: s}
}

func (p *Pattern) lintTest(t *Test) []Problem {
	var out []Problem
	add := func(rule, text, hint string) {
		out = append(out, p.problem(t.pos, rule, text, hint, Warning))
	}
	switch {
	case sdoType(t.Path.Type):
		add("pattern-type", t.Path.Type+" is no cyber-observable, so the test is never true", "test a cyber-observable type")
	case t.Op == OpExists && t.Not:
		add("pattern-exists", "NOT EXISTS is never true: a path that leads nowhere makes every test false", "leave the test out")
	case t.Op == OpMatches:
		if _, _, err := (Limits{}).compile(t.Values[0].Text, false); err != nil {
			add("pattern-regexp", err.Error(), "avoid look-around and back-references")
		}
	case t.Op == OpIsSubset || t.Op == OpIsSuperset:
		if _, ok := parseNet(t.Values[0].Text); !ok {
			add("pattern-network", quotePattern(t.Values[0].Text)+" is no address or network", "write 192.0.2.0/24 or 2001:db8::/32")
		}
	}
	return append(out, p.lintNames(t)...)
}

// lintNames knows properties that are often written but do not exist.
func (p *Pattern) lintNames(t *Test) []Problem {
	if t.Path.Type == "process" && t.Path.Steps[0].Name == "name" {
		return []Problem{p.problem(t.pos, "pattern-property", "process has no property \"name\" since STIX 2.1", "use process:image_ref.name", Warning)}
	}
	return nil
}

// lintTypes finds an AND over tests of different object types: no object can
// satisfy it.
func (p *Pattern) lintTypes(c *Comparison) []Problem {
	var out []Problem
	for _, x := range slices.Concat(c.All, c.Any) {
		out = append(out, p.lintTypes(x)...)
	}
	common, first := map[string]bool(nil), -1
	for _, x := range c.All {
		types := map[string]bool{}
		for t := range x.Tests {
			if first < 0 {
				first = t.pos
			}
			if common == nil || common[t.Path.Type] {
				types[t.Path.Type] = true
			}
		}
		common = types
	}
	if c.All != nil && len(common) == 0 {
		out = append(out, p.problem(first, "pattern-types", "AND inside [ ] joins tests of different object types, so it is never true", "use one [ ] for each type", Warning))
	}
	return out
}
