// Package inert makes hostile text harmless before it is shown.
//
// Log values were partly written by the intruder. On a terminal an escape
// sequence can move the cursor, recolour the screen or answer in the analyst's
// name; a right-to-left override makes "gpj.exe" of "exe.jpg"; invisible
// characters hide the difference between two names; in a spreadsheet a leading
// "=" is a program. The functions here make such characters visible, as
// <U+202E>, or powerless, and leave all other text alone.
//
// Every value that goes to a terminal passes [Text], every cell of a CSV file
// passes [Cell].
package inert

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s with every control, direction-changing or invisible character
// written as <U+202E> and every byte that is no UTF-8 as <0x9B>. The result has
// no newline, no tab and no escape; it is safe on a terminal and in one line.
func Text(s string) string {
	if clean(s) {
		return s
	}
	return string(Append(make([]byte, 0, len(s)+32), s))
}

// Append appends what [Text] returns to dst.
func Append(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = fmt.Appendf(dst, "<0x%02X>", s[i])
		case Hidden(r):
			dst = fmt.Appendf(dst, "<U+%04X>", r)
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}

// clean reports whether Text would return s as it is.
func clean(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == 0x7F {
			return false
		} else if c >= utf8.RuneSelf {
			return utf8.ValidString(s) && !strings.ContainsFunc(s, Hidden)
		}
	}
	return true
}

// Hidden reports whether a character can be seen only by what it does: the
// controls C0, C1 and DEL, line and paragraph separators, everything that sets
// the direction of writing, and characters without a picture of their own.
func Hidden(r rune) bool {
	switch {
	case r < 0x20 || r == 0x7F:
		return true
	case r < 0x80:
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, pictureless)
}

// pictureless holds characters that are drawn as nothing and belong to no
// category that says so: fillers, joiners and variation selectors.
var pictureless = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034F, Hi: 0x034F, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115F, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180B, Hi: 0x180F, Stride: 1}, // Mongolian selectors
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // empty braille cell
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xFE00, Hi: 0xFE0F, Stride: 1}, // variation selectors
		{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, // half-width Hangul filler
		{Lo: 0xFFF0, Hi: 0xFFF8, Stride: 1}, // specials, unassigned
	},
	R32: []unicode.Range32{
		{Lo: 0xE0000, Hi: 0xE0FFF, Stride: 1}, // tags, more variation selectors
	},
}

// Line returns s on one line: line breaks and tabs become single spaces, and
// everything else is made visible as [Text] does.
func Line(s string) string { return Text(oneLine(s)) }

// oneLine replaces each run of line breaks and tabs by one space.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\r\n\t") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '\r' || r == '\n' || r == '\t' }) {
		if gap {
			b.WriteByte(' ')
		}
		b.WriteString(part)
		gap = true
	}
	return b.String()
}

// Cell returns s for a cell of a CSV file that a spreadsheet may open: on one
// line, hidden characters made visible, and with an apostrophe before a first
// character that would make a formula of it. Quotes are the CSV writer's
// business. A lone "-" stays: it is the sign for "none".
func Cell(s string) string {
	s = Line(s)
	if formula(s) {
		return "'" + s
	}
	return s
}

// formula reports whether a spreadsheet might evaluate s. Full-width forms of
// the signs count, and so do signs behind spaces.
func formula(s string) bool {
	first := strings.TrimLeft(s, " \u00a0\u3000")
	if first == "" || first == "-" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(first)
	switch r {
	case '=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠':
		return true
	}
	return false
}
