package index

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/logic"
)

// A glob is a pattern of literals and wildcards that must match a whole value.
// It is cut at its stars into segments; a segment is a run of literals and
// single-rune wildcards.
type glob struct {
	segments  [][]piece
	openFront bool // begins with '*'
	openBack  bool // ends with '*'
}

// A piece is a literal, or any one rune.
type piece struct {
	lit []byte
	any bool
}

// newGlob compiles parts, folding the literals unless cased.
func newGlob(parts []logic.Part, cased bool) *glob {
	g := &glob{}
	var segment []piece
	for _, p := range parts {
		switch {
		case p.Wild == '*':
			g.openFront = g.openFront || len(segment)+len(g.segments) == 0
			g.openBack = true
			if len(segment) > 0 {
				g.segments = append(g.segments, segment)
			}
			segment = nil
			continue
		case p.Wild == 0 && p.Lit == "":
			continue
		case p.Wild != 0:
			segment = append(segment, piece{any: true})
		case cased:
			segment = append(segment, piece{lit: []byte(p.Lit)})
		default:
			segment = append(segment, piece{lit: []byte(fold.String(p.Lit))})
		}
		g.openBack = false
	}
	if len(segment) > 0 {
		g.segments = append(g.segments, segment)
	}
	return g
}

// match reports whether the whole value fits. Of several places for a segment
// the leftmost is taken: with stars on both sides no other can do better.
func (g *glob) match(value []byte) bool {
	segments := g.segments
	if len(segments) == 0 {
		return g.openFront || len(value) == 0
	}
	if !g.openFront {
		n := prefixLen(segments[0], value)
		if n < 0 {
			return false
		}
		value, segments = value[n:], segments[1:]
		if len(segments) == 0 {
			return g.openBack || len(value) == 0
		}
	}
	inner := segments
	if !g.openBack {
		inner = segments[:len(segments)-1]
	}
	for _, s := range inner {
		end := findSegment(s, value)
		if end < 0 {
			return false
		}
		value = value[end:]
	}
	return g.openBack || suffixFits(segments[len(segments)-1], value)
}

// prefixLen returns how many bytes of value the segment takes up at its front,
// or -1.
func prefixLen(segment []piece, value []byte) int {
	at := 0
	for _, p := range segment {
		if p.any {
			if at >= len(value) {
				return -1
			}
			_, n := utf8.DecodeRune(value[at:])
			at += n
			continue
		}
		if !bytes.HasPrefix(value[at:], p.lit) {
			return -1
		}
		at += len(p.lit)
	}
	return at
}

// findSegment returns the end of the leftmost place in value that the segment
// fits, or -1.
func findSegment(segment []piece, value []byte) int {
	if lit := segment[0].lit; !segment[0].any {
		for at := 0; ; {
			i := bytes.Index(value[at:], lit)
			if i < 0 {
				return -1
			}
			at += i
			if n := prefixLen(segment, value[at:]); n >= 0 {
				return at + n
			}
			at++
		}
	}
	for at := 0; at <= len(value); {
		if n := prefixLen(segment, value[at:]); n >= 0 {
			return at + n
		}
		_, n := utf8.DecodeRune(value[at:])
		at += max(n, 1)
	}
	return -1
}

// suffixFits reports whether the segment fits the end of value exactly.
func suffixFits(segment []piece, value []byte) bool {
	for i := len(segment) - 1; i >= 0; i-- {
		p := segment[i]
		if p.any {
			if len(value) == 0 {
				return false
			}
			_, n := utf8.DecodeLastRune(value)
			value = value[:len(value)-n]
			continue
		}
		if !bytes.HasSuffix(value, p.lit) {
			return false
		}
		value = value[:len(value)-len(p.lit)]
	}
	return true
}

// simplify turns a glob without '?' and with at most one literal into the kind
// of leaf that says the same, so that equal tests are found equal.
func simplify(parts []logic.Part) (kind logic.Kind, text string, ok bool) {
	front, back := false, false
	var lit strings.Builder
	for _, p := range parts {
		switch {
		case p.Wild == '?':
			return 0, "", false
		case p.Wild == 0 && back && p.Lit != "":
			return 0, "", false // a star between two literals
		case p.Wild == 0:
			lit.WriteString(p.Lit)
		case lit.Len() == 0:
			front = true
		default:
			back = true
		}
	}
	text = lit.String()
	switch {
	case text == "" && front:
		return logic.Present, "", true
	case front && back:
		return logic.Contains, text, true
	case front:
		return logic.EndsWith, text, true
	case back:
		return logic.StartsWith, text, true
	}
	return logic.Exact, text, true
}

// longestLiteral returns the longest literal of a glob: no value without it
// can match.
func (g *glob) longestLiteral() []byte {
	var best []byte
	for _, s := range g.segments {
		for _, p := range s {
			if len(p.lit) > len(best) {
				best = p.lit
			}
		}
	}
	return best
}
