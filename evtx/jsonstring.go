package evtx

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// appendJSONUTF16 appends UTF-16LE text as a JSON string, up to the first NUL.
// Eight units at a time are checked for being ASCII that needs no escape.
func appendJSONUTF16(dst, raw []byte) []byte {
	n := len(raw) &^ 1
	dst = slices.Grow(dst, n/2*6+16) // an escaped unit takes six bytes
	out := dst[len(dst):cap(dst)]
	out[0] = '"'
	w, i := 1, 0
	for {
		for n-i >= 16 {
			a, b := u64(raw, i), u64(raw, i+8)
			x := pack(a) | pack(b)<<32
			if (a|b)&notASCII != 0 || !plain(x) {
				break
			}
			binary.LittleEndian.PutUint64(out[w:], x)
			w += 8
			i += 16
		}
		if i >= n {
			break
		}
		c := u16(raw, i)
		i += 2
		if c < 0x80 && jsonPlain[c] {
			out[w] = byte(c)
			w++
			continue
		}
		if c == 0 {
			break
		}
		if c < 0x80 {
			w += escapeByte(out[w:], byte(c))
			continue
		}
		var r rune
		r, i = decodeUnit(raw[:n], c, i)
		w += utf8.EncodeRune(out[w:w+4], r)
	}
	out[w] = '"'
	return dst[:len(dst)+w+1]
}

// plain reports whether none of eight ASCII bytes needs an escape in JSON.
func plain(x uint64) bool {
	const low7, high = 0x7f7f7f7f7f7f7f7f, 0x8080808080808080
	control := x + 0x6060606060606060 // high bit set from 0x20 on
	quote := (x ^ 0x2222222222222222) + low7
	slash := (x ^ 0x5c5c5c5c5c5c5c5c) + low7
	return control&quote&slash&high == high
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
