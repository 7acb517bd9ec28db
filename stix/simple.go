package stix

// Atom is one value lookup that a simple pattern asks for.
type Atom struct {
	// Group numbers the alternatives. All atoms of one group must hold for the same
	// object; the pattern matches when any group does.
	Group int

	Type  string // such as "file"
	Path  string // such as "hashes.'SHA-256'"; list steps as in patterns
	Op    Op     // never IN: sets become groups
	Not   bool
	Value Literal // zero for EXISTS
}

// maxAtoms bounds what Simple expands to.
const maxAtoms = 16_384

// Simple reduces the pattern to value lookups. It can when the pattern asks
// for one object in one observation, or for one of several: most published
// indicators do. The second result is false for patterns that need a Matcher. A pattern
// that can never match is simple and has no atoms.
func (p *Pattern) Simple() ([]Atom, bool) {
	var out []Atom
	group := 0
	for _, c := range singles(nil, p.Expr) {
		if c == nil {
			return nil, false
		}
		groups, ok := expand(c)
		if !ok {
			return nil, false
		}
		for _, g := range groups {
			for _, a := range g {
				a.Group = group
				out = append(out, a)
			}
			group++
		}
		if len(out) > maxAtoms {
			return nil, false
		}
	}
	return out, true
}

// singles lists the comparisons of which any one suffices. Qualifiers that change
// nothing for one observation are looked through; a nil stands for anything else.
func singles(out []*Comparison, e *Expr) []*Comparison {
	switch {
	case e.Kind == ExprObservation:
		return append(out, e.Compare)
	case e.Kind == ExprOr:
		for _, a := range e.Args {
			out = singles(out, a)
		}
		return out
	case e.Kind == ExprWithin, e.Kind == ExprRepeats && e.Times == 1:
		return singles(out, e.Args[0])
	}
	return append(out, nil)
}

// expand writes a comparison as alternatives of conjunctions.
func expand(c *Comparison) ([][]Atom, bool) {
	switch {
	case c.Test != nil:
		return expandTest(c.Test)
	case c.Any != nil:
		var out [][]Atom
		for _, x := range c.Any {
			groups, ok := expand(x)
			if !ok || len(out)+len(groups) > maxAtoms {
				return nil, false
			}
			out = append(out, groups...)
		}
		return out, true
	}
	out := [][]Atom{nil}
	for _, x := range c.All {
		groups, ok := expand(x)
		if !ok || len(out)*len(groups) > maxAtoms/4 {
			return nil, false
		}
		out = multiply(out, groups)
	}
	return out, true
}

func multiply(left, right [][]Atom) [][]Atom {
	var out [][]Atom
	for _, l := range left {
		for _, r := range right {
			out = append(out, append(l[:len(l):len(l)], r...))
		}
	}
	return out
}

func expandTest(t *Test) ([][]Atom, bool) {
	a := Atom{Type: t.Path.Type, Path: t.Path.Property(), Op: t.Op, Not: t.Not}
	switch {
	case t.Op == OpExists:
		return [][]Atom{{a}}, true
	case t.Op == OpIn && t.Not:
		return nil, false
	case t.Op == OpIn:
		a.Op = OpEqual
	}
	var out [][]Atom
	for _, v := range t.Values {
		a.Value = v
		out = append(out, []Atom{a})
	}
	return out, true
}
