package stix

import (
	"regexp"
	"strings"
)

// This file parses what stands between square brackets.

func (p *parser) comparisonOr() (*Comparison, error) {
	return p.comparisonChain("OR", p.comparisonAnd)
}

func (p *parser) comparisonAnd() (*Comparison, error) {
	return p.comparisonChain("AND", p.test)
}

func (p *parser) comparisonChain(word string, operand func() (*Comparison, error)) (*Comparison, error) {
	first, err := operand()
	if err != nil || !p.is(word) {
		return first, err
	}
	list := flattenComparison(nil, word, first)
	for p.is(word) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		next, err := operand()
		if err != nil {
			return nil, err
		}
		list = flattenComparison(list, word, next)
	}
	if word == "AND" {
		return &Comparison{All: list}, nil
	}
	return &Comparison{Any: list}, nil
}

func flattenComparison(list []*Comparison, word string, c *Comparison) []*Comparison {
	inner := c.Any
	if word == "AND" {
		inner = c.All
	}
	if inner != nil {
		return append(list, inner...)
	}
	return append(list, c)
}

func (p *parser) test() (*Comparison, error) {
	if p.is("(") {
		return p.comparisonGroup()
	}
	t := &Test{pos: p.tok.pos}
	not, err := p.accept("NOT")
	if err != nil {
		return nil, err
	}
	if not && !p.is("EXISTS") {
		return nil, p.unexpected("EXISTS (elsewhere NOT follows the path)")
	}
	if p.is("EXISTS") {
		return p.exists(t, not)
	}
	if t.Path, err = p.path(); err != nil {
		return nil, err
	}
	return p.operator(t)
}

func (p *parser) comparisonGroup() (*Comparison, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if err := p.expect("("); err != nil {
		return nil, err
	}
	c, err := p.comparisonOr()
	if err != nil {
		return nil, err
	}
	return c, p.expect(")")
}

func (p *parser) exists(t *Test, not bool) (*Comparison, error) {
	t.Op, t.Not = OpExists, not
	err := p.expect("EXISTS")
	if err == nil {
		t.Path, err = p.path()
	}
	return &Comparison{Test: t}, err
}

// path parses type ":" name { "." name | "[" index "]" }.
func (p *parser) path() (Path, error) {
	var path Path
	if p.tok.kind != tokWord || isKeyword(p.tok.word) {
		return path, p.unexpected("an object path such as file:name")
	}
	path.Type = p.tok.word
	if err := p.advance(); err != nil {
		return path, err
	}
	if err := p.expect(":"); err != nil {
		return path, err
	}
	if err := p.name(&path); err != nil {
		return path, err
	}
	for p.is(".") || p.is("[") {
		step := p.name
		if p.is("[") {
			step = p.index
		}
		if err := p.advance(); err != nil {
			return path, err
		}
		if err := step(&path); err != nil {
			return path, err
		}
	}
	return path, nil
}

func (p *parser) name(path *Path) error {
	name := p.tok.word
	switch {
	case p.tok.kind == tokString:
		name = p.tok.lit.Text
	case p.tok.kind != tokWord || isKeyword(name):
		return p.unexpected("a property name")
	case strings.Contains(name, "-"):
		return p.lex.fail(p.tok.pos, "a property name with a hyphen must be quoted", "write "+quotePattern(name))
	}
	path.Steps = append(path.Steps, Step{Name: name})
	return p.advance()
}

func (p *parser) index(path *Path) error {
	switch {
	case p.is("*"):
		path.Steps = append(path.Steps, Step{Any: true})
	case p.tok.kind == tokInt && p.tok.lit.Int >= 0 && p.tok.lit.Int < 1<<31:
		path.Steps = append(path.Steps, Step{IsIndex: true, Index: int(p.tok.lit.Int)})
	default:
		return p.unexpected("a list index or *")
	}
	if err := p.advance(); err != nil {
		return err
	}
	return p.expect("]")
}

func (p *parser) operator(t *Test) (*Comparison, error) {
	var err error
	if t.Not, err = p.accept("NOT"); err != nil {
		return nil, err
	}
	op, ok := operators()[p.tok.word]
	if !ok || p.tok.kind != tokWord && p.tok.kind != tokPunct {
		return nil, p.unexpected("a comparison operator")
	}
	t.Op = op
	if err := p.advance(); err != nil {
		return nil, err
	}
	if op == OpIn {
		err = p.set(t)
	} else {
		err = p.constant(t)
	}
	return &Comparison{Test: t}, err
}

func operators() map[string]Op {
	return map[string]Op{
		"=": OpEqual, "==": OpEqual, "!=": OpNotEqual, "<>": OpNotEqual,
		"<": OpLess, "<=": OpLessEq, ">": OpGreater, ">=": OpGreaterEq,
		"IN": OpIn, "LIKE": OpLike, "MATCHES": OpMatches, "ISSUBSET": OpIsSubset, "ISSUPERSET": OpIsSuperset,
	}
}

// constant parses the right side of every operator but IN.
func (p *parser) constant(t *Test) error {
	lit, ok := p.literal()
	textOnly := t.Op == OpLike || t.Op == OpMatches || t.Op == OpIsSubset || t.Op == OpIsSuperset
	ordered := t.Op == OpLess || t.Op == OpLessEq || t.Op == OpGreater || t.Op == OpGreaterEq
	switch {
	case !ok:
		return p.unexpected("a constant")
	case textOnly && lit.Kind != KindString:
		return p.unexpected("a quoted string after " + string(t.Op))
	case ordered && lit.Kind == KindBool:
		return p.unexpected("something that has an order")
	}
	t.Values = []Literal{lit}
	p.checkHash(t, lit)
	return p.advance()
}

func (p *parser) literal() (Literal, bool) {
	switch p.tok.kind {
	case tokInt, tokFloat, tokString, tokHex, tokBinary, tokTime:
		return p.tok.lit, true
	}
	if p.is("true") || p.is("false") {
		return Literal{Kind: KindBool, Bool: p.is("true")}, true
	}
	return Literal{}, false
}

// set parses the parenthesised list after IN; it may be empty.
func (p *parser) set(t *Test) error {
	if err := p.expect("("); err != nil {
		return err
	}
	for !p.is(")") {
		if err := p.member(t); err != nil {
			return err
		}
		if p.is(")") {
			break
		}
		if err := p.expect(","); err != nil {
			return err
		}
		if p.is(")") {
			return p.unexpected("a constant")
		}
	}
	return p.expect(")")
}

func (p *parser) member(t *Test) error {
	lit, ok := p.literal()
	if !ok {
		return p.unexpected("a constant")
	}
	if len(t.Values) > 0 && !sameFamily(t.Values[0].Kind, lit.Kind) {
		return p.lex.fail(p.tok.pos, "constants of different kinds in one set", "integers and other numbers may mix, nothing else")
	}
	t.Values = append(t.Values, lit)
	p.checkHash(t, lit)
	return p.advance()
}

func sameFamily(a, b Kind) bool {
	number := func(k Kind) bool { return k == KindInt || k == KindFloat }
	return a == b || number(a) && number(b)
}

// checkHash reports a constant that cannot be a hash of the named kind.
func (p *parser) checkHash(t *Test, lit Literal) {
	n := len(t.Path.Steps)
	if n < 2 || t.Path.Steps[n-2].Name != "hashes" || lit.Kind != KindString || t.Op != OpEqual && t.Op != OpNotEqual && t.Op != OpIn {
		return
	}
	name := t.Path.Steps[n-1].Name
	if !validHash(name, lit.Text) {
		p.problem(p.tok.pos, "pattern-hash", quotePattern(lit.Text)+" cannot be a "+name+" hash", "check that the value is whole", Error)
	}
}

var ssdeepForm = regexp.MustCompile(`^[a-zA-Z0-9/+:.]{1,128}$`)

// validHash says whether value has the form of the named hash. Unknown names
// accept everything.
func validHash(name, value string) bool {
	lengths := map[string]int{"MD5": 32, "SHA1": 40, "SHA224": 56, "SHA256": 64, "SHA384": 96, "SHA512": 128,
		"SHA3224": 56, "SHA3256": 64, "SHA3384": 96, "SHA3512": 128, "RIPEMD160": 40}
	key := strings.ReplaceAll(strings.ToUpper(name), "-", "")
	if key == "SSDEEP" {
		return ssdeepForm.MatchString(value)
	}
	n, known := lengths[key]
	return !known || len(value) == n && isHex(value)
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; !isDigit(s[i]) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
