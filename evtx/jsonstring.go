package evtx

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// appendJSONUTF16 appends UTF-16LE text, n bytes at off in c, as a JSON string
// up to the first NUL. Eight units at a time are packed into a word in which
// the first byte that needs an escape is found by arithmetic; the last units
// are read together with what follows them, and masked.
func appendJSONUTF16(dst, c []byte, off, n int) []byte {
	n &^= 1
	w := len(dst)
	if cap(dst)-w < 3*n+32 { // an escaped unit takes six bytes
		dst = slices.Grow(dst, 3*n+32)
	}
	out := dst[:cap(dst)]
	out[w] = '"'
	w++
	end := off + n
	for end-off >= 16 { // whole blocks without a special character
		a, b := u64(c, off), u64(c, off+8)
		x := pack(a) | pack(b)<<32
		if (a|b)&notASCII|needEscape(x) != 0 {
			break
		}
		binary.LittleEndian.PutUint64(out[w:], x)
		w += 8
		off += 16
	}
	for off < end {
		k := end - off
		x, ok := eightUnits(c, off, k)
		if !ok {
			var stop bool
			if w, off, stop = appendUnit(out, w, c[:end], off); stop {
				break
			}
			continue
		}
		binary.LittleEndian.PutUint64(out[w:], x)
		bad := needEscape(x)
		if bad == 0 {
			w += min(k, 16) / 2
			off += 16
			continue
		}
		plain := bits.TrailingZeros64(bad) / 8
		w += plain
		off += 2*plain + 2
		b := byte(x >> (8 * plain))
		if b == 0 {
			break
		}
		w += escapeByte(out[w:], b)
	}
	out[w] = '"'
	return out[:w+1]
}

// eightUnits packs the units at off, k bytes of them and at most eight units,
// and fills up with blanks. It fails where one is not ASCII or c ends.
func eightUnits(c []byte, off, k int) (uint64, bool) {
	if off+16 > len(c) {
		return 0, false
	}
	a, b := u64(c, off), u64(c, off+8)
	if k >= 16 {
		return pack(a) | pack(b)<<32, (a|b)&notASCII == 0
	}
	if k < 8 {
		a &= 1<<(8*uint(k)) - 1
		b = 0
	} else {
		b &= 1<<(8*uint(k-8)) - 1
	}
	x := pack(a) | pack(b)<<32 | 0x2020202020202020<<(4*uint(k))
	return x, (a|b)&notASCII == 0
}

// appendUnit writes the one rune at off; stop reports a NUL.
func appendUnit(out []byte, w int, c []byte, off int) (int, int, bool) {
	u := u16(c, off)
	off += 2
	switch {
	case u == 0:
		return w, off, true
	case u >= 0x80:
		r, next := decodeUnit(c, u, off)
		return w + utf8.EncodeRune(out[w:w+4], r), next, false
	case jsonPlain[u]:
		out[w] = byte(u)
		return w + 1, off, false
	}
	return w + escapeByte(out[w:], byte(u)), off, false
}

// needEscape marks with its high bit each of eight ASCII bytes that needs an
// escape in JSON.
func needEscape(x uint64) uint64 {
	const low7, high = 0x7f7f7f7f7f7f7f7f, 0x8080808080808080
	control := x + 0x6060606060606060 // high bit set from 0x20 on
	quote := (x ^ 0x2222222222222222) + low7
	slash := (x ^ 0x5c5c5c5c5c5c5c5c) + low7
	return ^(control & quote & slash) & high
}

var jsonPlain = func() (t [128]bool) {
	for c := 0x20; c < 128; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// escapeByte writes the escape of an ASCII byte and returns its length.
func escapeByte(out []byte, c byte) int {
	out[0] = '\\'
	switch c {
	case '"', '\\':
		out[1] = c
	case '\n':
		out[1] = 'n'
	case '\r':
		out[1] = 'r'
	case '\t':
		out[1] = 't'
	case '\b':
		out[1] = 'b'
	case '\f':
		out[1] = 'f'
	default:
		out[1], out[2], out[3], out[4], out[5] = 'u', '0', '0', lowerHex[c>>4], lowerHex[c&15]
		return 6
	}
	return 2
}

// appendJSONString appends UTF-8 text as a JSON string.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		dst = appendJSONByte(dst, s[i])
	}
	return append(dst, '"')
}

func appendJSONByte(dst []byte, c byte) []byte {
	if c >= 0x80 || jsonPlain[c] {
		return append(dst, c)
	}
	var esc [6]byte
	return append(dst, esc[:escapeByte(esc[:], c)]...)
}

// quoteTail makes a JSON string of what stands in dst from mark on.
func quoteTail(dst []byte, mark int) []byte {
	clean := true
	for _, c := range dst[mark:] {
		clean = clean && (c >= 0x80 || jsonPlain[c])
	}
	if clean {
		dst = append(dst, '"', '"')
		copy(dst[mark+1:], dst[mark:len(dst)-2])
		dst[mark] = '"'
		return dst
	}
	text := string(dst[mark:])
	return appendJSONString(dst[:mark], text)
}
