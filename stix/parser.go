package stix

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Bounds of what ParsePattern accepts. Patterns come from strangers; real ones
// stay far below.
const (
	MaxPatternLength  = 64 << 10 // bytes
	MaxPatternNesting = 64       // parentheses and qualifiers around each other
	MaxPatternLeaves  = 256      // bracketed comparisons
)

// Pattern is a parsed STIX pattern. It does not change and may be used by many
// goroutines.
type Pattern struct {
	Expr *Expr

	src      string
	problems []Problem
}

// String writes the pattern in normal form: one spelling for each operator,
// single spaces, no needless parentheses, no comments. Patterns with equal
// normal forms mean the same.
func (p *Pattern) String() string { return p.Expr.String() }

// Source is the pattern as it was given.
func (p *Pattern) Source() string { return p.src }

// ParsePattern parses a pattern of the STIX 2.1 language, all of it (Level 3).
// It accepts what evaluators accept; Lint says where a pattern breaks rules that
// do not hinder evaluation. The error is a *SyntaxError.
func ParsePattern(src string) (*Pattern, error) {
	if len(src) > MaxPatternLength {
		return nil, syntaxError(src, 0, fmt.Sprintf("pattern of %d bytes is over the limit of %d", len(src), MaxPatternLength), "split it into several indicators").beyond()
	}
	p := &parser{lex: lexer{src: src}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	e, err := p.followedBy()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEOF {
		return nil, p.unexpected("the end of the pattern")
	}
	return &Pattern{Expr: e, src: src, problems: p.problems}, nil
}

type parser struct {
	lex      lexer
	tok      token
	depth    int
	leaves   int
	problems []Problem
}

func (p *parser) advance() error {
	tok, err := p.lex.next()
	p.tok = tok
	return err
}

func (p *parser) is(word string) bool {
	return (p.tok.kind == tokWord || p.tok.kind == tokPunct) && p.tok.word == word
}

// accept passes over word if it comes next.
func (p *parser) accept(word string) (bool, error) {
	if !p.is(word) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) expect(word string) error {
	ok, err := p.accept(word)
	if err == nil && !ok {
		err = p.unexpected(strconv.Quote(word))
	}
	return err
}

// unexpected reports the current token where something else had to stand.
func (p *parser) unexpected(want string) error {
	got := "the end of the pattern"
	if p.tok.kind != tokEOF {
		got = strconv.Quote(shorten(p.lex.src[p.tok.pos:p.tok.end], 40))
	}
	hint := ""
	if p.tok.kind == tokWord && isKeyword(strings.ToUpper(p.tok.word)) && !isKeyword(p.tok.word) {
		hint = "keywords are upper case"
	}
	return p.lex.fail(p.tok.pos, "unexpected "+got+", want "+want, hint)
}

func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}

func isKeyword(s string) bool {
	switch s {
	case "AND", "OR", "NOT", "FOLLOWEDBY", "LIKE", "MATCHES", "ISSUPERSET", "ISSUBSET", "EXISTS", "LAST",
		"IN", "START", "STOP", "SECONDS", "WITHIN", "REPEATS", "TIMES", "true", "false":
		return true
	}
	return false
}

func (p *parser) enter() error {
	if p.depth++; p.depth > MaxPatternNesting {
		return p.lex.fail(p.tok.pos, fmt.Sprintf("more than %d levels of nesting", MaxPatternNesting), "").beyond()
	}
	return nil
}

func (p *parser) followedBy() (*Expr, error) {
	return p.chain("FOLLOWEDBY", ExprFollowedBy, p.observationOr)
}

func (p *parser) observationOr() (*Expr, error) {
	return p.chain("OR", ExprOr, p.observationAnd)
}

func (p *parser) observationAnd() (*Expr, error) {
	return p.chain("AND", ExprAnd, p.qualified)
}

// chain parses operands joined by one operator and flattens operands that are
// such a chain themselves, which changes no meaning.
func (p *parser) chain(word string, kind ExprKind, operand func() (*Expr, error)) (*Expr, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	if !p.is(word) {
		return first, nil
	}
	e := &Expr{Kind: kind, Args: flatten(nil, kind, first)}
	for p.is(word) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		next, err := operand()
		if err != nil {
			return nil, err
		}
		e.Args = flatten(e.Args, kind, next)
	}
	return e, nil
}

func flatten(args []*Expr, kind ExprKind, e *Expr) []*Expr {
	if e.Kind == kind {
		return append(args, e.Args...)
	}
	return append(args, e)
}

func (p *parser) qualified() (*Expr, error) {
	severity := Error
	if p.is("(") { // the common validator lets this pass
		severity = Warning
	}
	e, err := p.operand()
	if err != nil {
		return nil, err
	}
	outer := p.depth
	seen := map[ExprKind]bool{}
	for p.is("WITHIN") || p.is("REPEATS") || p.is("START") {
		if err := p.enter(); err != nil {
			return nil, err
		}
		at := p.tok
		if e, err = p.qualifier(e); err != nil {
			return nil, err
		}
		if seen[e.Kind] {
			p.problem(at.pos, "pattern-qualifier", "the qualifier "+at.word+" stands twice on one expression", "keep one of them, or put the inner one in parentheses", severity)
		}
		seen[e.Kind] = true
	}
	p.depth = outer
	return e, nil
}

func (p *parser) problem(pos int, rule, text, hint string, s Severity) {
	where := syntaxError(p.lex.src, pos, text, hint)
	p.problems = append(p.problems, Problem{
		Path: where.place(), Rule: rule, Text: text, Hint: hint, Severity: s})
}

func (p *parser) operand() (*Expr, error) {
	switch {
	case p.is("["):
		return p.observation()
	case p.is("("):
		return p.group()
	}
	err := p.unexpected(`"[" or "("`)
	if p.tok.kind == tokWord && !isKeyword(p.tok.word) {
		err.(*SyntaxError).Hint = "comparisons stand in square brackets: [file:size = 1280]"
	}
	return nil, err
}

func (p *parser) group() (*Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if err := p.expect("("); err != nil {
		return nil, err
	}
	e, err := p.followedBy()
	if err != nil {
		return nil, err
	}
	return e, p.expect(")")
}

func (p *parser) observation() (*Expr, error) {
	if p.leaves++; p.leaves > MaxPatternLeaves {
		return nil, p.lex.fail(p.tok.pos, fmt.Sprintf("more than %d bracketed comparisons", MaxPatternLeaves), "").beyond()
	}
	if err := p.expect("["); err != nil {
		return nil, err
	}
	c, err := p.comparisonOr()
	if err != nil {
		return nil, err
	}
	return &Expr{Kind: ExprObservation, Compare: c}, p.expect("]")
}

func (p *parser) qualifier(arg *Expr) (*Expr, error) {
	word := p.tok.word
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch word {
	case "WITHIN":
		return p.within(arg)
	case "REPEATS":
		return p.repeats(arg)
	}
	return p.startStop(arg)
}

func (p *parser) within(arg *Expr) (*Expr, error) {
	if p.tok.kind != tokInt && p.tok.kind != tokFloat {
		return nil, p.unexpected("a number of seconds")
	}
	seconds := p.tok.lit.Float
	if seconds <= 0 {
		return nil, p.lex.fail(p.tok.pos, "WITHIN needs a number above zero", "")
	}
	e := &Expr{Kind: ExprWithin, Args: []*Expr{arg}, Within: duration(seconds)}
	e.texts[0] = strings.TrimPrefix(p.lex.src[p.tok.pos:p.tok.end], "+")
	if err := p.advance(); err != nil {
		return nil, err
	}
	return e, p.expect("SECONDS")
}

// duration turns seconds into a duration, at most the longest there is.
func duration(seconds float64) time.Duration {
	if ns := math.Round(seconds * 1e9); ns < math.MaxInt64 {
		return time.Duration(ns)
	}
	return math.MaxInt64
}

func (p *parser) repeats(arg *Expr) (*Expr, error) {
	n := p.tok.lit.Int
	if p.tok.kind != tokInt || n < 1 {
		return nil, p.unexpected("a whole number of repetitions from 1")
	}
	e := &Expr{Kind: ExprRepeats, Args: []*Expr{arg}, Times: int(min(n, math.MaxInt32))}
	e.texts[0] = strconv.FormatInt(n, 10)
	if err := p.advance(); err != nil {
		return nil, err
	}
	return e, p.expect("TIMES")
}

func (p *parser) startStop(arg *Expr) (*Expr, error) {
	e := &Expr{Kind: ExprStartStop, Args: []*Expr{arg}}
	at := p.tok.pos
	if err := p.bound(&e.Start, &e.texts[0]); err != nil {
		return nil, err
	}
	if err := p.expect("STOP"); err != nil {
		return nil, err
	}
	if err := p.bound(&e.Stop, &e.texts[1]); err != nil {
		return nil, err
	}
	if !e.Start.Before(e.Stop) {
		p.problem(at, "pattern-interval", "START is not before STOP, so nothing can match", "swap the two times", Error)
	}
	return e, nil
}

func (p *parser) bound(at *time.Time, text *string) error {
	if p.tok.kind != tokTime {
		return p.unexpected("a timestamp such as t'2026-01-31T12:00:00Z'")
	}
	*at, *text = p.tok.lit.Time, p.tok.lit.Text
	return p.advance()
}
