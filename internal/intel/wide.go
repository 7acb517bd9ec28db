package intel

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// wideOrder tells the byte order of a text in UTF-16, in which Windows
// programs save what they export; nil for other texts.
func wideOrder(head []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return binary.LittleEndian
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return binary.BigEndian
	}
	return nil
}

// A wideReader turns UTF-16 into UTF-8.
type wideReader struct {
	in    io.Reader
	order binary.ByteOrder
	high  rune // half of a pair that waits for the other half
	out   []byte
	err   error
}

func (w *wideReader) Read(p []byte) (int, error) {
	for len(w.out) == 0 && w.err == nil {
		w.fill()
	}
	if len(w.out) == 0 {
		return 0, w.err
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

func (w *wideReader) fill() {
	var buf [4096]byte
	n, err := io.ReadFull(w.in, buf[:])
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	w.err = err
	var out []byte
	for i := 0; i+1 < n; i += 2 {
		out = w.unit(out, rune(w.order.Uint16(buf[i:])))
	}
	if err != nil && (w.high != 0 || n%2 != 0) {
		w.high, out = 0, utf8.AppendRune(out, utf8.RuneError) // half of a letter at the end
	}
	w.out = out
}

// unit appends what one unit of UTF-16 adds. A half without its other half is
// an unknown letter and takes nothing along.
func (w *wideReader) unit(out []byte, u rune) []byte {
	if w.high != 0 {
		r := utf16.DecodeRune(w.high, u)
		w.high, out = 0, utf8.AppendRune(out, r)
		if r != utf8.RuneError {
			return out
		}
	}
	if u >= 0xd800 && u < 0xdc00 {
		w.high = u
		return out
	}
	return utf8.AppendRune(out, u)
}
