package sigma

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// dashes are what the modifier windash tries in place of each other: hyphen,
// slash, en dash, em dash and horizontal bar.
var dashes = []string{"-", "/", "\u2013", "\u2014", "\u2015"}

// maxVariants bounds how many texts the dashes of one value may turn into.
const maxVariants = 5 * 5 * 5 * 5 * 5

// dashPlaces returns the offsets of the hyphens and slashes that begin an
// option: no word character before, one after.
func dashPlaces(s string) []int {
	var at []int
	before := false // the last rune was a word character
	for i, r := range s {
		if r == '-' || r == '/' {
			next, _ := utf8.DecodeRuneInString(s[i+1:])
			if !before && i+1 < len(s) && wordRune(next) {
				at = append(at, i)
			}
		}
		before = wordRune(r)
	}
	return at
}

func wordRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
}

// dashVariants returns s with every combination of dashes at the places.
func dashVariants(s string, at []int) []string {
	out := []string{""}
	from := 0
	for _, i := range at {
		next := make([]string, 0, len(out)*len(dashes))
		for _, head := range out {
			for _, d := range dashes {
				next = append(next, head+s[from:i]+d)
			}
		}
		out, from = next, i+1
	}
	for i := range out {
		out[i] += s[from:]
	}
	return out
}

// base64Text encodes the bytes of s.
func base64Text(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// minOffsetBytes is the least length of a value for base64offset: what is left
// of a shorter one after cutting the ends would match everything.
const minOffsetBytes = 3

// base64Offsets returns the three texts of which one occurs in the encoding of
// any data that contains s, depending on where s begins in it.
func base64Offsets(s string) []string {
	start := [3]int{0, 2, 3}
	cut := [3]int{0, 3, 2}
	out := make([]string, 3)
	for i := range out {
		enc := base64Text(strings.Repeat(" ", i) + s)
		out[i] = enc[start[i] : len(enc)-cut[(len(s)+i)%3]]
	}
	return out
}

// utf16Text returns the bytes of s in UTF-16, as a string of bytes.
func utf16Text(s string, order binary.AppendByteOrder, mark bool) string {
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	out := make([]byte, 0, 2*len(units))
	for _, u := range units {
		out = order.AppendUint16(out, u)
	}
	return string(out)
}
