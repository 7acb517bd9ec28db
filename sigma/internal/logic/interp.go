package logic

import (
	"bytes"
	"net/netip"
	"regexp"
	"strings"
	"unicode/utf8"

	"tyto/sigma/internal/fold"
)

// Fields is an event as the interpreter sees it.
type Fields interface {
	// Values returns all values of the field that a rule calls name; none
	// when it is missing.
	Values(name string) []Value
	// Searchable returns the values that keywords are looked for in.
	Searchable() []Value
}

// An Interp evaluates expressions the plain way: leaf by leaf, without any
// index. It is slow and simple, which makes it the yardstick for everything
// fast. An Interp is for one goroutine.
type Interp struct {
	leaves map[*Leaf]*compiled
}

// compiled is what a leaf needs to be tested again and again.
type compiled struct {
	text  []byte // folded unless the leaf is cased
	parts []Part
	re    *regexp.Regexp
	net   netip.Prefix
}

// NewInterp returns an interpreter.
func NewInterp() *Interp { return &Interp{leaves: map[*Leaf]*compiled{}} }

// Eval reports whether the event satisfies e.
func (in *Interp) Eval(e *Expr, ev Fields) bool {
	switch e.Op {
	case And:
		for _, a := range e.Args {
			if !in.Eval(a, ev) {
				return false
			}
		}
		return true
	case Or:
		for _, a := range e.Args {
			if in.Eval(a, ev) {
				return true
			}
		}
		return false
	case Not:
		return !in.Eval(e.Args[0], ev)
	case Atom:
		return in.leaf(e.Leaf, ev)
	}
	return e.Op == True
}

// leaf tests one leaf: any value that satisfies it will do.
func (in *Interp) leaf(l *Leaf, ev Fields) bool {
	if l.Kind == Never {
		return false
	}
	values := ev.Searchable()
	if l.Field != "" {
		values = ev.Values(l.Field)
	}
	switch l.Kind {
	case Exists:
		return len(values) > 0
	case Null:
		return !hasValue(values)
	case Present:
		return hasValue(values)
	}
	c := in.compile(l)
	for _, v := range values {
		if v.Kind == NullValue {
			continue
		}
		if l.Kind == FieldRef {
			if refHolds(l, v, ev.Values(l.Other)) {
				return true
			}
		} else if c.test(l, v) {
			return true
		}
	}
	return false
}

// hasValue reports whether some value is not null.
func hasValue(values []Value) bool {
	for _, v := range values {
		if v.Kind != NullValue {
			return true
		}
	}
	return false
}

func (in *Interp) compile(l *Leaf) *compiled {
	if c, ok := in.leaves[l]; ok {
		return c
	}
	c := &compiled{}
	switch l.Kind {
	case Regex:
		c.re, _ = CompileRegex(l)
	case CIDR:
		c.net, _ = netip.ParsePrefix(l.Text)
	case Glob:
		c.parts = foldParts(l)
	default:
		c.text = []byte(l.Text)
		if !l.Cased {
			c.text = []byte(fold.String(l.Text))
		}
	}
	in.leaves[l] = c
	return c
}

// CompileRegex compiles a Regex leaf with its flags.
func CompileRegex(l *Leaf) (*regexp.Regexp, error) {
	expr := l.Text
	if l.Flags != "" {
		expr = "(?" + l.Flags + ")" + expr
	}
	return regexp.Compile(expr)
}

func foldParts(l *Leaf) []Part {
	if l.Cased {
		return l.Parts
	}
	parts := make([]Part, len(l.Parts))
	for i, p := range l.Parts {
		parts[i] = Part{Lit: fold.String(p.Lit), Wild: p.Wild}
	}
	return parts
}

// test applies a leaf to one value that is not null.
func (c *compiled) test(l *Leaf, v Value) bool {
	switch l.Kind {
	case Empty:
		return len(v.Text) == 0
	case Number:
		return SameNumber(string(TrimRight(v.Text)), l.Text)
	case CIDR:
		a, ok := ParseAddr(string(TrimRight(v.Text)))
		return ok && c.net.Contains(a)
	case Compare:
		n, ok := ParseNumber(string(TrimRight(v.Text)))
		return ok && l.Rel.Holds(n, l.Num)
	case TimePart:
		t, ok := ParseTime(string(TrimRight(v.Text)))
		if !ok {
			return false
		}
		n, ok := TimeUnit(t, l.Unit)
		return ok && l.Rel.Holds(n, l.Num)
	case Regex:
		return c.re != nil && c.re.Match(v.Text[:min(len(v.Text), RegexLimit)])
	}
	return c.textTest(l, v.Text)
}

// textTest applies the kinds that compare text.
func (c *compiled) textTest(l *Leaf, text []byte) bool {
	if !l.Cased {
		text = fold.Append(nil, text)
	}
	trimmed := TrimRight(text)
	switch l.Kind {
	case Exact, BoolIs:
		return bytes.Equal(text, c.text) || bytes.Equal(trimmed, c.text)
	case Contains:
		return bytes.Contains(text, c.text)
	case StartsWith:
		return bytes.HasPrefix(text, c.text)
	case EndsWith:
		return bytes.HasSuffix(text, c.text) || bytes.HasSuffix(trimmed, c.text)
	case Glob:
		return MatchGlob(c.parts, text) || MatchGlob(c.parts, trimmed)
	}
	return false
}

// refHolds compares one value with all values of the other field.
func refHolds(l *Leaf, v Value, others []Value) bool {
	fold := func(b []byte) string {
		if l.Cased {
			return string(b)
		}
		return fold.String(string(b))
	}
	x := fold(v.Text)
	for _, o := range others {
		if o.Kind == NullValue {
			continue
		}
		y := fold(o.Text)
		ok := false
		switch l.Rel {
		case Eq:
			ok = x == y
		case RelStartsWith:
			ok = strings.HasPrefix(x, y)
		case RelEndsWith:
			ok = strings.HasSuffix(x, y)
		case RelContains:
			ok = strings.Contains(x, y)
		}
		if ok {
			return true
		}
	}
	return false
}

// MatchGlob reports whether the whole value matches the parts. Both must be
// folded alike. It takes time proportional to len(v) times the length of the
// longest piece between two stars.
func MatchGlob(parts []Part, v []byte) bool {
	star, mark := -1, 0 // where to resume: after the last star, one byte on
	i := 0
	for p := 0; ; {
		if p < len(parts) && parts[p].Wild == '*' {
			star, mark = p+1, i
			p++
			continue
		}
		if p == len(parts) && i == len(v) {
			return true
		}
		if p < len(parts) {
			if n, ok := matchPart(parts[p], v[i:]); ok {
				i += n
				p++
				continue
			}
		}
		if star < 0 || mark >= len(v) {
			return false
		}
		// A literal can begin anywhere, even inside what looks like a rune
		// together with the byte before it; '?' begins at a rune.
		n := 1
		if star < len(parts) && parts[star].Wild == '?' {
			_, n = utf8.DecodeRune(v[mark:])
		}
		mark += n
		p, i = star, mark
	}
}

// matchPart matches a literal or one rune at the start of v.
func matchPart(p Part, v []byte) (int, bool) {
	if p.Wild == '?' {
		if len(v) == 0 {
			return 0, false
		}
		_, n := utf8.DecodeRune(v)
		return n, true
	}
	if len(p.Lit) <= len(v) && string(v[:len(p.Lit)]) == p.Lit {
		return len(p.Lit), true
	}
	return 0, false
}
