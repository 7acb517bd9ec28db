package inert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width returns how many columns of a terminal s takes at most. Characters of
// East Asian scripts and pictograms count two, all others one: combining marks
// too, so that a line made by this measure is never wider than meant.
func Width(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			n++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		n += runeWidth(r)
		i += size
	}
	return n
}

func runeWidth(r rune) int {
	if r >= 0x1100 && unicode.Is(wide, r) {
		return 2
	}
	return 1
}

// wide holds the blocks whose characters take two columns.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1}, {Lo: 0x231A, Hi: 0x231B, Stride: 1},
		{Lo: 0x23E9, Hi: 0x23F3, Stride: 1}, {Lo: 0x25FD, Hi: 0x25FE, Stride: 1},
		{Lo: 0x2600, Hi: 0x27BF, Stride: 1}, {Lo: 0x2B1B, Hi: 0x2B55, Stride: 1},
		{Lo: 0x2E80, Hi: 0xA4CF, Stride: 1}, {Lo: 0xA960, Hi: 0xA97F, Stride: 1},
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1}, {Lo: 0xF900, Hi: 0xFAFF, Stride: 1},
		{Lo: 0xFE10, Hi: 0xFE6F, Stride: 1}, {Lo: 0xFF01, Hi: 0xFF60, Stride: 1},
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x16FE0, Hi: 0x1B2FF, Stride: 1}, {Lo: 0x1F000, Hi: 0x1FAFF, Stride: 1},
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1},
	},
}

// Cut shortens s to at most width columns by leaving out its middle, where
// paths and command lines say least, and putting "..." there. It expects inert
// text. Widths below 4 cut the end off without a sign.
func Cut(s string, width int) string {
	if len(s) <= width || Width(s) <= width {
		return s
	}
	if width < 4 {
		return Start(s, width)
	}
	left := (width - 3 + 1) / 2
	return Start(s, left) + "..." + tail(s, width-3-left)
}

// Short makes a value inert and cuts it. It looks at no more of a long value
// than can be shown.
func Short(s string, width int) string {
	const most = 4096
	if len(s) > 2*most {
		s = s[:most] + s[len(s)-most:]
	}
	return Cut(Text(s), width)
}

// Head shortens a sentence to at most width columns by leaving out its end,
// where titles say least, behind a word if one ends near. It expects inert text.
func Head(s string, width int) string {
	if len(s) <= width || Width(s) <= width {
		return s
	}
	if width < 4 {
		return Start(s, width)
	}
	kept := Start(s, width-3)
	if i := strings.LastIndexByte(kept, ' '); i > len(kept)*2/3 && s[len(kept)] != ' ' {
		kept = kept[:i]
	}
	return strings.TrimRight(kept, " ") + "..."
}

// Start returns the longest beginning of s that fits into the width.
func Start(s string, width int) string {
	n := 0
	for i, r := range s {
		if n += runeWidth(r); n > width {
			return s[:i]
		}
	}
	return s
}

// tail returns the longest end of s that fits.
func tail(s string, width int) string {
	n, i := 0, len(s)
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if n += runeWidth(r); n > width {
			break
		}
		i -= size
	}
	return s[i:]
}

// Pad fills s with spaces to the width, at the right, or at the left when
// right is set. Text that is wider comes back as it is.
func Pad(s string, width int, right bool) string {
	gap := width - Width(s)
	if gap <= 0 {
		return s
	}
	if right {
		return strings.Repeat(" ", gap) + s
	}
	return s + strings.Repeat(" ", gap)
}
