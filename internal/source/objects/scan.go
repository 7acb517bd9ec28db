package objects

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"

	"tyto/internal/event"
)

// Limits of one object.
const (
	maxDepth  = 64
	maxLeaves = 8192
	keepArena = 1 << 20 // bytes kept for the next object
)

// The ways in which an object cannot be read.
var (
	errCut    = errors.New("cut") // the text ends inside the object
	errSyntax = errors.New("bad json")
	errDeep   = errors.New("nested too deep")
)

// A Leaf is one value found in an object. Its text is UTF-8 and holds until
// the next object.
type Leaf struct {
	Node  *Node
	Kind  event.Kind
	Text  []byte
	Whole bool // the text of an object or a list whose values follow
}

// A scanner takes objects apart into leaves. Text without escapes points into
// the source, other text into the scanner's arena; both hold until the next
// object.
type scanner struct {
	src    []byte
	pos    int
	lines  bool // a newline inside a string is an error
	opt    Options
	inList bool // the next value is an item of a list
	tree   *tree
	leaves []Leaf
	arena  []byte
	excess bool // more than maxLeaves
}

// object reads one object that begins at src[pos] and returns the position
// after it.
func (s *scanner) object(src []byte, pos int) (int, error) {
	s.src, s.pos = src, pos
	if cap(s.arena) > keepArena {
		s.arena = nil
	}
	s.leaves, s.arena, s.excess, s.inList = s.leaves[:0], s.arena[:0], false, false
	err := s.members(s.tree.root, 0)
	return s.pos, err
}

// next skips blanks and returns the byte there, 0 at the end.
func (s *scanner) next() byte {
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; c {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// fail tells a cut object from a wrong one.
func (s *scanner) fail() error {
	if s.pos >= len(s.src) {
		return errCut
	}
	return errSyntax
}

func (s *scanner) members(at *Node, depth int) error {
	if depth >= maxDepth {
		return errDeep
	}
	s.pos++ // {
	at.guess, s.inList = 0, false
	if s.next() == '}' {
		s.pos++
		return nil
	}
	for {
		if s.next() != '"' {
			return s.fail()
		}
		key, err := s.str()
		if err != nil {
			return err
		}
		if s.next() != ':' {
			return s.fail()
		}
		s.pos++
		if err := s.value(s.tree.child(at, key), depth+1); err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.pos++
		case '}':
			s.pos++
			return nil
		default:
			return s.fail()
		}
	}
}

func (s *scanner) value(at *Node, depth int) error {
	switch c := s.next(); {
	case c == '"':
		text, err := s.str()
		if err != nil {
			return err
		}
		s.add(at, event.Text, text)
		return s.embedded(at, text, depth)
	case c == '{' || c == '[':
		return s.nested(at, c, depth)
	case c == '-' || c >= '0' && c <= '9':
		return s.number(at)
	case c >= 'a' && c <= 'z':
		return s.word(at)
	}
	return s.fail()
}

func (s *scanner) items(at *Node, depth int) error {
	if depth >= maxDepth {
		return errDeep
	}
	s.pos++ // [
	if s.next() == ']' {
		s.pos++
		return nil
	}
	for {
		s.inList = true
		err := s.value(at, depth+1)
		s.inList = false
		if err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.pos++
		case ']':
			s.pos++
			return nil
		default:
			return s.fail()
		}
	}
}

func (s *scanner) add(at *Node, kind event.Kind, text []byte) {
	if len(s.leaves) >= maxLeaves {
		s.excess = true
		return
	}
	s.leaves = append(s.leaves, Leaf{Node: at, Kind: kind, Text: text})
}

func (s *scanner) number(at *Node) error {
	from := s.pos
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		if c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E' {
			s.pos++
			continue
		}
		s.add(at, event.Number, s.src[from:s.pos])
		return nil
	}
	return errCut
}

var (
	wordTrue  = []byte("true")
	wordFalse = []byte("false")
	wordNull  = []byte("null")
)

func (s *scanner) word(at *Node) error {
	rest := s.src[s.pos:]
	for _, w := range [...]struct {
		text []byte
		kind event.Kind
	}{{wordNull, event.Null}, {wordTrue, event.Bool}, {wordFalse, event.Bool}} {
		if bytes.HasPrefix(rest, w.text) {
			s.pos += len(w.text)
			text := w.text
			if w.kind == event.Null {
				text = nil
			}
			s.add(at, w.kind, text)
			return nil
		}
		if len(rest) < len(w.text) && bytes.HasPrefix(w.text, rest) {
			return errCut
		}
	}
	return errSyntax
}

// str reads a string that begins at src[pos].
func (s *scanner) str() ([]byte, error) {
	s.pos++
	rest := s.src[s.pos:]
	if end := quoteSoon(rest); end >= 0 {
		s.pos += end + 1
		return rest[:end], nil
	}
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil, s.open(rest)
	}
	esc := bytes.IndexByte(rest[:end], '\\')
	if esc < 0 {
		if s.lines && bytes.IndexByte(rest[:end], '\n') >= 0 {
			return nil, errSyntax
		}
		s.pos += end + 1
		return rest[:end], nil
	}
	return s.escaped(esc)
}

// quoteSoon returns where a string ends whose end is near and that has nothing
// in it to look at twice, -1 for all others. Names and most values are like
// that, and a search for each byte costs more than they are long.
func quoteSoon(rest []byte) int {
	const (
		near  = 32
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	for at := 0; at < near && len(rest)-at >= 8; at += 8 {
		x := binary.LittleEndian.Uint64(rest[at:])
		quote, slash, line := x^('"'*ones), x^('\\'*ones), x^('\n'*ones)
		// The lowest mark of each is that of the first such byte.
		marks := (quote-ones)&^quote | (slash-ones)&^slash | (line-ones)&^line
		if marks &= highs; marks != 0 {
			end := at + bits.TrailingZeros64(marks)/8
			if rest[end] == '"' {
				return end
			}
			return -1
		}
	}
	return -1
}

// open says what a string without an end is: cut, or broken when there is a
// newline in it.
func (s *scanner) open(rest []byte) error {
	if s.lines && bytes.IndexByte(rest, '\n') >= 0 {
		return errSyntax
	}
	s.pos = len(s.src)
	return errCut
}

// plainEscapes maps the letter after a backslash to what it stands for.
var plainEscapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// escaped reads the rest of a string whose first backslash stands at src[pos +
// esc].
func (s *scanner) escaped(esc int) ([]byte, error) {
	src, from, p := s.src, s.pos, s.pos+esc
	start := len(s.arena)
	for p < len(src) {
		switch c := src[p]; {
		case c == '"':
			s.arena = append(s.arena, src[from:p]...)
			s.pos = p + 1
			return s.arena[start:len(s.arena):len(s.arena)], nil
		case c == '\n' && s.lines:
			s.pos = p
			return nil, errSyntax
		case c != '\\':
			p++
			continue
		}
		s.arena = append(s.arena, src[from:p]...)
		n, err := s.escape(src[p:])
		if err != nil {
			return nil, err
		}
		p += n
		from = p
	}
	s.pos = len(src)
	return nil, errCut
}

// escape appends what the escape at the start of src stands for, and returns
// its length.
func (s *scanner) escape(src []byte) (int, error) {
	if len(src) < 2 {
		s.pos = len(s.src)
		return 0, errCut
	}
	if c := plainEscapes[src[1]]; c != 0 {
		s.arena = append(s.arena, c)
		return 2, nil
	}
	if src[1] != 'u' {
		s.pos = len(s.src) - len(src)
		return 0, errSyntax
	}
	if len(src) < 6 {
		s.pos = len(s.src)
		return 0, errCut
	}
	r, ok := hex4(src[2:])
	if !ok {
		s.pos = len(s.src) - len(src)
		return 0, errSyntax
	}
	n := 6
	if utf16.IsSurrogate(r) {
		low := rune(-1)
		if len(src) >= 12 && src[6] == '\\' && src[7] == 'u' {
			low, _ = hex4(src[8:])
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			n = 12
		}
	}
	s.arena = utf8.AppendRune(s.arena, r)
	return n, nil
}

func hex4(b []byte) (r rune, ok bool) {
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
