package cli

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"tyto/internal/report/inert"
)

// raw returns where whole records are printed. Files and programs get them as
// they are; on a terminal what hides in them is made visible, because JSON and
// XML let characters stand that a terminal obeys.
func (s *session) raw() io.Writer {
	if s.env.OutWidth == 0 {
		return s.out
	}
	return &rawScreen{out: s.out}
}

// A rawScreen writes records for people to look at. A hidden character becomes
// \u202e, which in JSON means the same.
type rawScreen struct {
	out  io.Writer
	rest []byte // the beginning of a character whose end is still to come
	buf  []byte
}

// Write implements io.Writer.
func (w *rawScreen) Write(b []byte) (int, error) {
	text := append(w.rest, b...)
	w.buf = w.buf[:0]
	for utf8.FullRune(text) && !bytes.Equal(text, []byte("\r")) {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == '\n' || r == '\t' || bytes.HasPrefix(text, []byte("\r\n")):
			w.buf = append(w.buf, text[:n]...)
		case r == utf8.RuneError && n == 1:
			w.buf = utf8.AppendRune(w.buf, utf8.RuneError)
		case r > 0xFFFF && inert.Hidden(r): // JSON writes it in two halves
			high, low := utf16.EncodeRune(r)
			w.buf = fmt.Appendf(w.buf, `\u%04x\u%04x`, high, low)
		case inert.Hidden(r):
			w.buf = fmt.Appendf(w.buf, `\u%04x`, r)
		default:
			w.buf = append(w.buf, text[:n]...)
		}
		text = text[n:]
	}
	w.rest = bytes.Clone(text)
	if _, err := w.out.Write(w.buf); err != nil {
		return 0, err
	}
	return len(b), nil
}
