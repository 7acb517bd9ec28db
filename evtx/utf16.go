package evtx

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Four UTF-16 units are ASCII when no unit has one of these bits.
const notASCII = 0xff80ff80ff80ff80

// pack squeezes four ASCII units into four bytes.
func pack(x uint64) uint64 {
	x |= x >> 8
	x &= 0x0000ffff0000ffff
	return (x | x>>16) & 0xffffffff
}

// appendUTF16 appends UTF-16LE text as UTF-8 up to the first NUL. Unpaired
// surrogates become U+FFFD; an odd last byte is ignored.
func appendUTF16(dst, raw []byte) []byte {
	n := len(raw) &^ 1
	dst = slices.Grow(dst, n/2+n+8)
	out := dst[len(dst):cap(dst)]
	w, i := 0, 0
	for i < n {
		for n-i >= 8 {
			x := u64(raw, i)
			if x&notASCII != 0 || hasZeroUnit(x) {
				break
			}
			binary.LittleEndian.PutUint32(out[w:], uint32(pack(x)))
			w += 4
			i += 8
		}
		if i >= n {
			break
		}
		c := u16(raw, i)
		i += 2
		if c == 0 {
			break
		}
		if c < 0x80 {
			out[w] = byte(c)
			w++
			continue
		}
		var r rune
		r, i = decodeUnit(raw[:n], c, i)
		w += utf8.EncodeRune(out[w:w+4], r)
	}
	return dst[:len(dst)+w]
}

// hasZeroUnit is exact for units below 0x8000.
func hasZeroUnit(x uint64) bool {
	return (x-0x0001000100010001)&^x&0x8000800080008000 != 0
}

// decodeUnit finishes the rune that begins with unit c, i being the offset of
// what follows it.
func decodeUnit(raw []byte, c uint16, i int) (rune, int) {
	r := rune(c)
	if !utf16.IsSurrogate(r) {
		return r, i
	}
	if i+2 <= len(raw) {
		if both := utf16.DecodeRune(r, rune(u16(raw, i))); both != utf8.RuneError {
			return both, i + 2
		}
	}
	return utf8.RuneError, i
}

func utf16String(raw []byte) string { return string(appendUTF16(nil, raw)) }

// cutNUL returns raw up to the first NUL unit.
func cutNUL(raw []byte) []byte {
	raw = raw[:len(raw)&^1]
	for i := 0; i < len(raw); i += 2 {
		if raw[i]|raw[i+1] == 0 {
			return raw[:i]
		}
	}
	return raw
}

// nameHash is the hash that names carry in the file: the low half of
// h = h*65599 + c over all units.
func nameHash(raw []byte) uint16 {
	h := uint32(0)
	for i := 0; i+1 < len(raw); i += 2 {
		h = h*65599 + uint32(u16(raw, i))
	}
	return uint16(h)
}

// windows1252 holds the runes of bytes 0x80 to 0x9f.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

// appendANSI decodes Windows-1252 (the real code page is not recorded) and
// drops NULs.
func appendANSI(dst, raw []byte) []byte {
	for _, b := range raw {
		switch {
		case b == 0:
		case b < 0x80:
			dst = append(dst, b)
		case b < 0xa0:
			dst = utf8.AppendRune(dst, windows1252[b-0x80])
		default:
			dst = utf8.AppendRune(dst, rune(b))
		}
	}
	return dst
}
