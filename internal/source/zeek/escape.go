package zeek

import (
	"bytes"
	"unicode/utf8"
)

// unescape undoes what Zeek does to texts: \xNN for a byte and \\ for a
// backslash. Bytes that are no UTF-8 stay as they were written. The result is
// in the arena, or is b itself.
func (b *builder) unescape(field []byte) []byte {
	i := bytes.IndexByte(field, '\\')
	if i < 0 {
		return field
	}
	start := len(b.arena)
	b.arena = append(b.arena, field[:i]...)
	raw := false
	for i < len(field) {
		c := field[i]
		switch {
		case c != '\\' || i+1 == len(field):
			i++
		case field[i+1] == '\\':
			i += 2
		default:
			n, ok := hexByte(field[i+1:])
			if !ok {
				i++
				break
			}
			c, i, raw = n, i+4, raw || n >= utf8.RuneSelf
		}
		b.arena = append(b.arena, c)
	}
	if out := b.arena[start:]; raw && !utf8.Valid(out) {
		safe := appendVisible(nil, out)
		b.arena = append(b.arena[:start], safe...)
	}
	return b.arena[start:len(b.arena):len(b.arena)]
}

// hexByte reads xNN.
func hexByte(s []byte) (byte, bool) {
	if len(s) < 3 || s[0] != 'x' {
		return 0, false
	}
	hi, lo := nibble(s[1]), nibble(s[2])
	return hi<<4 | lo, hi < 16 && lo < 16
}

func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// appendVisible appends text with each byte that is no UTF-8 as \xNN.
func appendVisible(dst, text []byte) []byte {
	const digits = "0123456789abcdef"
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, '\\', 'x', digits[text[0]>>4], digits[text[0]&15])
		} else {
			dst = append(dst, text[:n]...)
		}
		text = text[n:]
	}
	return dst
}

// valid makes a row UTF-8. What it puts in is escaped like Zeek's own.
func (t *tableReader) valid(row []byte) []byte {
	t.broken = true
	t.clean = appendVisible(t.clean[:0], row)
	return t.clean
}
