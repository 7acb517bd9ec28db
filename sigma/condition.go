package sigma

import (
	"fmt"
	"strings"
)

// A condOp is the kind of a node in a parsed condition.
type condOp uint8

const (
	condName  condOp = iota // an identifier
	condOneOf               // "1 of pattern"
	condAllOf               // "all of pattern"
	condAnd
	condOr
	condNot
)

// A condNode is a condition as written. Text and the offsets name the
// identifier or the pattern.
type condNode struct {
	op       condOp
	args     []*condNode
	text     string
	from, to int
}

// A condError is a syntax error at bytes from to to of a condition.
type condError struct {
	from, to   int
	text, hint string
}

func (e *condError) Error() string { return e.text }

// A token is a word or a parenthesis of a condition.
type token struct {
	text     string
	from, to int
}

// tokens cuts a condition into words, parentheses and bars.
func tokens(s string) []token {
	var out []token
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '(' || c == ')' || c == '|':
			out = append(out, token{s[i : i+1], i, i + 1})
			i++
		default:
			end := i + 1
			for end < len(s) && !strings.ContainsRune(" \t\r\n()|", rune(s[end])) {
				end++
			}
			out = append(out, token{s[i:end], i, end})
			i = end
		}
	}
	return out
}

// A condParser reads
//
//	expr := and {"or" and}    and := not {"and" not}    not := "not" not | atom
//	atom := "(" expr ")" | ("1" | "any" | "all") "of" pattern | name
type condParser struct {
	toks  []token
	pos   int
	end   int // length of the text
	depth int
}

// parseCondition reads a whole condition.
func parseCondition(s string) (*condNode, *condError) {
	c := &condParser{toks: tokens(s), end: len(s)}
	if len(c.toks) == 0 {
		return nil, &condError{0, len(s), "the condition is empty", ""}
	}
	n, err := c.list(condOr)
	if err != nil {
		return nil, err
	}
	if t, ok := c.peek(); ok {
		return nil, unexpected(t)
	}
	return n, nil
}

func (c *condParser) peek() (token, bool) {
	if c.pos < len(c.toks) {
		return c.toks[c.pos], true
	}
	return token{"", c.end, c.end}, false
}

// take consumes the next token if it is the keyword.
func (c *condParser) take(word string) bool {
	t, ok := c.peek()
	if ok && strings.EqualFold(t.text, word) {
		c.pos++
		return true
	}
	return false
}

// list reads operands joined by "or", or by "and".
func (c *condParser) list(op condOp) (*condNode, *condError) {
	word, next := "or", func() (*condNode, *condError) { return c.list(condAnd) }
	if op == condAnd {
		word, next = "and", c.not
	}
	first, err := next()
	if err != nil {
		return nil, err
	}
	args := []*condNode{first}
	for c.take(word) {
		n, err := next()
		if err != nil {
			return nil, err
		}
		args = append(args, n)
	}
	if len(args) == 1 {
		return first, nil
	}
	return &condNode{op: op, args: args}, nil
}

func (c *condParser) not() (*condNode, *condError) {
	t, _ := c.peek()
	if c.depth >= maxDepth {
		return nil, &condError{t.from, t.to, "the condition is nested too deeply", ""}
	}
	c.depth++
	defer func() { c.depth-- }()
	if !c.take("not") {
		return c.atom()
	}
	n, err := c.not()
	if err != nil {
		return nil, err
	}
	return &condNode{op: condNot, args: []*condNode{n}}, nil
}

func (c *condParser) atom() (*condNode, *condError) {
	t, ok := c.peek()
	if !ok {
		return nil, &condError{t.from, t.to, "the condition ends too early", ""}
	}
	if c.take("(") {
		n, err := c.list(condOr)
		if err != nil {
			return nil, err
		}
		if !c.take(")") {
			return nil, &condError{t.from, t.to, "this parenthesis is not closed", ""}
		}
		return n, nil
	}
	if after := c.pos + 1; after < len(c.toks) && strings.EqualFold(c.toks[after].text, "of") {
		return c.quantified(t)
	}
	if reserved(t.text) || !nameForm(t.text, false) {
		return nil, unexpected(t)
	}
	c.pos++
	return &condNode{op: condName, text: t.text, from: t.from, to: t.to}, nil
}

// quantified reads "1 of pattern" and its like.
func (c *condParser) quantified(t token) (*condNode, *condError) {
	n := &condNode{op: condOneOf}
	switch strings.ToLower(t.text) {
	case "1", "any":
	case "all":
		n.op = condAllOf
	default:
		return nil, &condError{t.from, t.to, fmt.Sprintf("unknown quantifier %q", t.text), "use 1 of, any of or all of"}
	}
	c.pos += 2
	p, ok := c.peek()
	if !ok {
		return nil, &condError{p.from, p.to, "the condition ends too early", "name selections after of: them or selection_*"}
	}
	if reserved(p.text) || !nameForm(p.text, true) {
		return nil, &condError{p.from, p.to, fmt.Sprintf("%q is no pattern of selections", p.text), "use them or a pattern such as selection_*"}
	}
	c.pos++
	n.text, n.from, n.to = p.text, p.from, p.to
	return n, nil
}

// nameForm reports whether s can be an identifier, or a pattern of such.
func nameForm(s string, pattern bool) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		case c == '*' && pattern:
		default:
			return false
		}
	}
	return s != ""
}

func reserved(s string) bool {
	switch strings.ToLower(s) {
	case "and", "or", "not", "of", "(", ")", "|":
		return true
	}
	return false
}

// unexpected explains a token that cannot stand where it stands.
func unexpected(t token) *condError {
	e := &condError{from: t.from, to: t.to, text: fmt.Sprintf("unexpected %q in the condition", t.text)}
	switch {
	case t.text == "|":
		e.text = "aggregations after '|' are no longer part of Sigma"
		e.hint = "write a correlation: event_count, value_count or temporal"
	case strings.EqualFold(t.text, "near"):
		e.hint = "write a correlation of type temporal"
	case strings.Contains(t.text, "*"):
		e.hint = "write 1 of " + t.text + " or all of " + t.text
	case t.text == ")":
		e.hint = "there is no opening parenthesis"
	case nameForm(t.text, false) && !reserved(t.text):
		e.hint = "join selections with and, or, not"
	}
	return e
}

// matchName reports whether a whole name fits a pattern with stars.
func matchName(pattern, name string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	if !strings.HasPrefix(name, head) {
		return false
	}
	name = name[len(head):]
	for {
		piece, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(name, piece)
		}
		i := strings.Index(name, piece)
		if i < 0 {
			return false
		}
		name, rest = name[i+len(piece):], more
	}
}
