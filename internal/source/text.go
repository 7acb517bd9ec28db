package source

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// A Coding is how a text file stores characters.
type Coding uint8

// The codings. Anything without a byte order mark whose first bytes do not
// look like UTF-16 is taken for UTF-8.
const (
	UTF8 Coding = iota
	UTF16LE
	UTF16BE
)

// CodingOf tells the coding of a text from its first bytes, and how many of
// them are the byte order mark.
func CodingOf(head []byte) (c Coding, mark int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return UTF8, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return UTF16BE, 2
	case len(head) >= 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return UTF16LE, 0
	case len(head) >= 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return UTF16BE, 0
	}
	return UTF8, 0
}

// Text returns the beginning of a text file as UTF-8 without mark. A character
// cut at the end is left off.
func Text(head []byte) []byte {
	c, mark := CodingOf(head)
	if head = head[mark:]; c != UTF8 {
		return AppendUTF16(nil, head, c)
	}
	for cut := 1; cut < utf8.UTFMax && cut <= len(head); cut++ {
		tail := head[len(head)-cut:]
		if utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return head[:len(head)-cut]
			}
			break
		}
	}
	return head
}

// Size returns the number of bytes that a text, here as UTF-8, has in a file of
// this coding.
func (c Coding) Size(text []byte) (n int64) {
	if c == UTF8 {
		return int64(len(text))
	}
	for _, b := range text {
		if b&0xc0 != 0x80 {
			n += 2
		}
		if b >= 0xf0 {
			n += 2
		}
	}
	return n
}

// AppendUTF16 appends src, UTF-16 in the given order, to dst as UTF-8.
// Unpaired surrogates become U+FFFD; an odd last byte is left off.
func AppendUTF16(dst, src []byte, c Coding) []byte {
	lo, hi := 0, 1
	if c == UTF16BE {
		lo, hi = 1, 0
	}
	for len(src) >= 2 {
		r := rune(src[lo]) | rune(src[hi])<<8
		src = src[2:]
		if utf16.IsSurrogate(r) {
			next := utf8.RuneError
			if len(src) >= 2 {
				next = utf16.DecodeRune(r, rune(src[lo])|rune(src[hi])<<8)
			}
			if r = next; r != utf8.RuneError {
				src = src[2:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
