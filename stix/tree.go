package stix

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// This file parses JSON into Go values. encoding/json is not used for reading
// because it accepts what a gate must not: properties that occur twice (where
// two programs may read two values) and names that differ in case only.

var (
	errDepth     = errors.New("nested too deeply")
	errTruncated = errors.New("JSON ends too early")
)

type treeParser struct {
	src   []byte
	pos   int
	depth int
	max   int
}

// parseTree parses one JSON value that fills src. Objects become map[string]any,
// numbers json.Number, null nil.
func parseTree(src []byte, maxDepth int) (any, error) {
	p := &treeParser{src: src, max: maxDepth}
	v, err := p.value()
	if err == nil && p.space() {
		err = p.fail("text after the value")
	}
	return v, err
}

func (p *treeParser) fail(text string) error {
	return fmt.Errorf("bad JSON at byte %d: %s", p.pos, text)
}

// space skips white space and says whether anything follows.
func (p *treeParser) space() bool {
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ', '\t', '\r', '\n':
			p.pos++
		default:
			return true
		}
	}
	return false
}

func (p *treeParser) value() (any, error) {
	if !p.space() {
		return nil, errTruncated
	}
	switch c := p.src[p.pos]; {
	case c == '{':
		return p.nested(p.object)
	case c == '[':
		return p.nested(p.array)
	case c == '"':
		return p.text()
	case c == '-' || isDigit(c):
		return p.number()
	}
	return p.word()
}

func (p *treeParser) nested(parse func() (any, error)) (any, error) {
	if p.depth++; p.depth > p.max {
		return nil, errDepth
	}
	p.pos++
	v, err := parse()
	p.depth--
	return v, err
}

func (p *treeParser) word() (any, error) {
	for text, v := range map[string]any{"true": true, "false": false, "null": nil} {
		if strings.HasPrefix(string(p.src[p.pos:min(len(p.src), p.pos+5)]), text) {
			p.pos += len(text)
			return v, nil
		}
	}
	return nil, p.fail("not a value")
}

// more handles what stands between elements: it answers true when another one
// follows and false after the closing bracket.
func (p *treeParser) more(first bool, closing byte) (bool, error) {
	if !p.space() {
		return false, errTruncated
	}
	c := p.src[p.pos]
	switch {
	case c == closing:
		p.pos++
		return false, nil
	case first:
		return true, nil
	case c == ',':
		p.pos++
		if p.space() && p.src[p.pos] == closing {
			return false, p.fail("comma without a value")
		}
		return true, nil
	}
	return false, p.fail("want a comma or " + string(closing))
}

func (p *treeParser) object() (any, error) {
	out := map[string]any{}
	for first := true; ; first = false {
		more, err := p.more(first, '}')
		if err != nil || !more {
			return out, err
		}
		name, v, err := p.member()
		if err != nil {
			return nil, err
		}
		if _, dup := out[name]; dup {
			return nil, fmt.Errorf("property %q occurs twice", name)
		}
		out[name] = v
	}
}

func (p *treeParser) member() (string, any, error) {
	if p.space() && p.src[p.pos] != '"' {
		return "", nil, p.fail("want a property name")
	}
	name, err := p.text()
	if err != nil {
		return "", nil, err
	}
	if !p.space() || p.src[p.pos] != ':' {
		return "", nil, p.fail("want a colon")
	}
	p.pos++
	v, err := p.value()
	return name.(string), v, err
}

func (p *treeParser) array() (any, error) {
	out := []any{}
	for first := true; ; first = false {
		more, err := p.more(first, ']')
		if err != nil || !more {
			return out, err
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

func (p *treeParser) number() (any, error) {
	start := p.pos
	for p.pos < len(p.src) && strings.IndexByte("+-.eE0123456789", p.src[p.pos]) >= 0 {
		p.pos++
	}
	s := p.src[start:p.pos]
	if !json.Valid(s) {
		return nil, p.fail("not a number")
	}
	return json.Number(s), nil
}

// text parses a string. Bytes that are not UTF-8 and lone surrogates become
// U+FFFD in the value; Object.Raw keeps them.
func (p *treeParser) text() (any, error) {
	if p.pos >= len(p.src) {
		return nil, errTruncated
	}
	start := p.pos + 1
	for i := start; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '"':
			p.pos = i + 1
			return strings.ToValidUTF8(string(p.src[start:i]), "\uFFFD"), nil
		case c == '\\':
			return p.escaped(start, i)
		case c < 0x20:
			p.pos = i
			return nil, p.fail("control character in a string")
		}
	}
	return nil, errTruncated
}

// escaped parses the rest of a string from its first escape on.
func (p *treeParser) escaped(start, i int) (any, error) {
	out := append([]byte(nil), p.src[start:i]...)
	for p.pos = i; p.pos < len(p.src); {
		switch c := p.src[p.pos]; {
		case c == '"':
			p.pos++
			return strings.ToValidUTF8(string(out), "\uFFFD"), nil
		case c < 0x20:
			return nil, p.fail("control character in a string")
		case c != '\\':
			out = append(out, c)
			p.pos++
		default:
			r, err := p.escape()
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return nil, errTruncated
}

func (p *treeParser) escape() (rune, error) {
	if p.pos+1 >= len(p.src) {
		return 0, errTruncated
	}
	c := p.src[p.pos+1]
	if c == 'u' {
		return p.unicodeEscape()
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if i < 0 {
		return 0, p.fail("unknown escape")
	}
	p.pos += 2
	return rune("\"\\/\b\f\n\r\t"[i]), nil
}

func (p *treeParser) unicodeEscape() (rune, error) {
	r, ok := p.hex4(p.pos)
	if !ok {
		return 0, p.fail("bad \\u escape")
	}
	p.pos += 6
	if utf16.IsSurrogate(r) {
		if low, ok := p.hex4(p.pos); ok {
			if joined := utf16.DecodeRune(r, low); joined != utf8.RuneError {
				p.pos += 6
				return joined, nil
			}
		}
		return utf8.RuneError, nil
	}
	return r, nil
}

// hex4 reads \uXXXX at a place.
func (p *treeParser) hex4(at int) (rune, bool) {
	if at+6 > len(p.src) || p.src[at] != '\\' || p.src[at+1] != 'u' || !isHex(string(p.src[at+2:at+6])) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.src[at+2:at+6]), 16, 16)
	return rune(n), err == nil
}
