// Package fold is the one definition of "the same letter" in rule matching.
//
// Sigma compares without case. Literals, values, prefilters and the guards in
// front of regular expressions must agree on what that means to the last rune,
// else a prefilter drops an event that the rule would have matched. So all of
// them use this package: each rune stands for its orbit under
// [unicode.SimpleFold], represented by the orbit's ASCII lower-case letter if it
// has one and by its smallest rune otherwise. The long s (U+017F) thus becomes
// s and the Kelvin sign (U+212A) becomes k, exactly as (?i) treats them in
// [regexp]; the dotted and the dotless i (U+0130, U+0131) stay themselves.
// Bytes that are not UTF-8 are left as they are.
package fold

import (
	"encoding/binary"
	"slices"
	"unicode"
	"unicode/utf8"
)

const (
	ones = 0x0101010101010101
	high = 0x80 * ones
)

// Rune returns the representative of r.
func Rune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	least := r
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		if o < utf8.RuneSelf {
			return Rune(o)
		}
		least = min(least, o)
	}
	return least
}

// Append appends the folded form of src to dst and returns the result. The
// folded form is never longer than src, since the representative of a rune is
// the smallest of its orbit.
func Append(dst, src []byte) []byte {
	start := len(dst)
	dst = slices.Grow(dst, len(src))[:start+len(src)]
	out := dst[start:]
	i := 0
	for ; i+8 <= len(src) && i+8 <= len(out); i += 8 {
		x := binary.LittleEndian.Uint64(src[i:])
		if x&high != 0 {
			return appendRunes(dst[:start+i], src[i:])
		}
		binary.LittleEndian.PutUint64(out[i:], lower8(x))
	}
	for ; i < len(src); i++ {
		c := src[i]
		if c >= utf8.RuneSelf {
			return appendRunes(dst[:start+i], src[i:])
		}
		out[i] = lowerByte(c)
	}
	return dst
}

// lower8 lower-cases eight ASCII bytes at once: adding 0x3f sets the high bit
// of every byte from 'A' on, adding 0x25 of every byte beyond 'Z', so their
// difference marks the capitals, which lack the bit 0x20.
func lower8(x uint64) uint64 {
	heptets := x &^ high
	capitals := ((heptets + 0x3f*ones) ^ (heptets + 0x25*ones)) & high
	return x | capitals>>2
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func appendRunes(dst, src []byte) []byte {
	for len(src) > 0 {
		if c := src[0]; c < utf8.RuneSelf {
			dst = append(dst, lowerByte(c))
			src = src[1:]
			continue
		}
		r, n := utf8.DecodeRune(src)
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, src[0])
		} else {
			dst = utf8.AppendRune(dst, Rune(r))
		}
		src = src[n:]
	}
	return dst
}

// String returns the folded form of s. It allocates only when s changes.
func String(s string) string {
	if isFolded(s) {
		return s
	}
	return string(Append(make([]byte, 0, len(s)+8), []byte(s)))
}

// isFolded reports whether s is ASCII without capitals; other strings may or
// may not be folded already.
func isFolded(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// Equal reports whether a and b have the same folded form.
func Equal(a, b string) bool { return String(a) == String(b) }
