package stix

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	tokEOF tokenKind = iota
	tokWord
	tokInt
	tokFloat
	tokString
	tokHex
	tokBinary
	tokTime
	tokPunct
)

// token is one lexical element of a pattern. word is the text of a word or a
// punctuation mark; literals carry their value.
type token struct {
	kind tokenKind
	pos  int // byte offset
	end  int
	word string
	lit  Literal
}

// SyntaxError says where a pattern stops being one. Line and Col count from 1;
// Col counts characters.
type SyntaxError struct {
	Offset    int // in bytes, from 0
	Line, Col int
	Text      string // what is wrong
	Hint      string // what to write instead; may be empty
	Limit     bool   // a bound of [ParsePattern] was met: the pattern may be a sound one
}

// beyond marks an error as that of a bound.
func (e *SyntaxError) beyond() *SyntaxError {
	e.Limit = true
	return e
}

// Error gives "pattern:line:col: text (hint)".
func (e *SyntaxError) Error() string {
	s := e.place() + ": " + e.Text
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return visible(s)
}

// place is "pattern:line:col".
func (e *SyntaxError) place() string { return fmt.Sprintf("pattern:%d:%d", e.Line, e.Col) }

func syntaxError(src string, pos int, text, hint string) *SyntaxError {
	before := src[:min(pos, len(src))]
	line := 1 + strings.Count(before, "\n")
	col := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return &SyntaxError{Offset: pos, Line: line, Col: col, Text: text, Hint: hint}
}

type lexer struct {
	src string
	pos int
}

func (l *lexer) fail(pos int, text, hint string) *SyntaxError {
	return syntaxError(l.src, pos, text, hint)
}

// next reads one token.
func (l *lexer) next() (token, error) {
	if err := l.skip(); err != nil {
		return token{}, err
	}
	start := l.pos
	if start >= len(l.src) {
		return token{kind: tokEOF, pos: start, end: start}, nil
	}
	tok, err := l.scan(l.src[start])
	tok.pos, tok.end = start, l.pos
	return tok, err
}

func (l *lexer) scan(c byte) (token, error) {
	rest := l.src[l.pos:]
	switch {
	case c == '\'':
		return l.text()
	case len(rest) > 1 && rest[1] == '\'' && strings.IndexByte("hbt", c) >= 0:
		return l.prefixed(c)
	case isWordStart(c):
		return l.wordToken(), nil
	case isDigit(c) || c == '+' || c == '-' || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return l.number()
	}
	return l.punct()
}

// skip passes over white space and comments.
func (l *lexer) skip() error {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case unicode.IsSpace(r):
			l.pos += size
		case strings.HasPrefix(rest, "//"):
			l.pos += lineLength(rest)
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return l.fail(l.pos, "comment without an end", "close it with */")
			}
			l.pos += end + 4
		default:
			return nil
		}
	}
	return nil
}

func lineLength(s string) int {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		return i
	}
	return len(s)
}

func isWordStart(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool     { return c >= '0' && c <= '9' }

// wordToken reads a keyword, a type or a property name. Hyphens belong to the
// word here; the parser refuses them in property names.
func (l *lexer) wordToken() token {
	start := l.pos
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		if !isWordStart(c) && !isDigit(c) && c != '-' {
			break
		}
		l.pos++
	}
	return token{kind: tokWord, word: l.src[start:l.pos]}
}

func (l *lexer) punct() (token, error) {
	rest := l.src[l.pos:]
	for _, p := range []string{"==", "!=", "<>", "<=", ">=", "=", "<", ">", "[", "]", "(", ")", ":", ".", ",", "*"} {
		if strings.HasPrefix(rest, p) {
			l.pos += len(p)
			return token{kind: tokPunct, word: p}, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return token{}, l.fail(l.pos, fmt.Sprintf("unexpected character %q", r), "")
}

func (l *lexer) number() (token, error) {
	start := l.pos
	if c := l.src[l.pos]; c == '+' || c == '-' {
		l.pos++
	}
	whole := l.digits()
	if l.pos+1 < len(l.src) && l.src[l.pos] == '.' && isDigit(l.src[l.pos+1]) {
		l.pos++
		l.digits()
		return l.float(start)
	}
	switch {
	case whole == "":
		return token{}, l.fail(start, "a sign without a number", "")
	case len(whole) > 1 && whole[0] == '0':
		return token{}, l.fail(start, "a number must not start with 0", "write "+strings.TrimLeft(whole, "0"))
	}
	return l.integer(start)
}

func (l *lexer) digits() string {
	start := l.pos
	for l.pos < len(l.src) && isDigit(l.src[l.pos]) {
		l.pos++
	}
	return l.src[start:l.pos]
}

func (l *lexer) float(start int) (token, error) {
	f, err := strconv.ParseFloat(l.src[start:l.pos], 64)
	if err != nil || math.IsInf(f, 0) {
		return token{}, l.fail(start, "number out of range", "")
	}
	return token{kind: tokFloat, lit: Literal{Kind: KindFloat, Float: f}}, nil
}

func (l *lexer) integer(start int) (token, error) {
	n, err := strconv.ParseInt(l.src[start:l.pos], 10, 64)
	if err != nil {
		return token{}, l.fail(start, "integer out of range", "integers have 64 bits")
	}
	return token{kind: tokInt, lit: Literal{Kind: KindInt, Int: n, Float: float64(n)}}, nil
}

// text reads a quoted string with its two escapes.
func (l *lexer) text() (token, error) {
	start := l.pos
	var b strings.Builder
	for i := start + 1; i < len(l.src); i++ {
		switch c := l.src[i]; c {
		case '\'':
			l.pos = i + 1
			return token{kind: tokString, lit: Literal{Kind: KindString, Text: b.String()}}, nil
		case '\\':
			if i+1 >= len(l.src) || l.src[i+1] != '\'' && l.src[i+1] != '\\' {
				return token{}, l.fail(i, "unknown escape in a string", `only \' and \\ exist; write \\ for a backslash`)
			}
			i++
			b.WriteByte(l.src[i])
		default:
			b.WriteByte(c)
		}
	}
	return token{}, l.fail(start, "string without an end", "close it with '")
}

// prefixed reads h'..', b'..' and t'..'.
func (l *lexer) prefixed(kind byte) (token, error) {
	start := l.pos
	body, _, found := strings.Cut(l.src[start+2:], "'")
	if !found {
		return token{}, l.fail(start, "literal without an end", "close it with '")
	}
	l.pos = start + len(body) + 3
	switch kind {
	case 'h':
		return l.hexLiteral(start, body)
	case 'b':
		return l.binaryLiteral(start, body)
	}
	return l.timeLiteral(start, body)
}

func (l *lexer) hexLiteral(start int, body string) (token, error) {
	data, err := hex.DecodeString(body)
	if err != nil {
		return token{}, l.fail(start, "bad hexadecimal literal", "write an even number of hexadecimal digits")
	}
	return token{kind: tokHex, lit: Literal{Kind: KindBinary, Text: string(data), hex: true}}, nil
}

func (l *lexer) binaryLiteral(start int, body string) (token, error) {
	data, err := base64.StdEncoding.DecodeString(body)
	if err != nil || body == "" || strings.ContainsAny(body, "\r\n") {
		return token{}, l.fail(start, "bad base64 literal", "write standard base64 with its padding")
	}
	return token{kind: tokBinary, lit: Literal{Kind: KindBinary, Text: string(data)}}, nil
}

func (l *lexer) timeLiteral(start int, body string) (token, error) {
	at, valid, ok := parseClock(body)
	if !ok {
		return token{}, l.fail(start, "bad timestamp literal", "write t'2026-01-31T12:00:00Z', with optional fraction, in UTC")
	}
	return token{kind: tokTime, lit: Literal{Kind: KindTime, Text: body, Time: at, noSuchDay: !valid}}, nil
}
