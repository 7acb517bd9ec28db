package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"tyto/internal/report/inert"
)

// An encoder appends JSON. It knows no types but those that findings need and
// is several times faster than reflection. Strings are valid UTF-8 with every
// hidden character escaped; see package inert.
type encoder struct{ b []byte }

// open starts an object, end ends it.
func (e *encoder) open() { e.b = append(e.b, '{') }
func (e *encoder) end()  { e.b = append(e.b, '}') }

// key writes a name that needs no escaping, and the comma before it.
func (e *encoder) key(name string) {
	if e.b[len(e.b)-1] != '{' {
		e.b = append(e.b, ',')
	}
	e.b = append(e.b, '"')
	e.b = append(e.b, name...)
	e.b = append(e.b, '"', ':')
}

// str writes a field unless it is empty.
func (e *encoder) str(name, value string) {
	if value != "" {
		e.key(name)
		e.b = appendString(e.b, value)
	}
}

// must writes a field even if it is empty.
func (e *encoder) must(name, value string) {
	e.key(name)
	e.b = appendString(e.b, value)
}

// num writes a number unless it is 0.
func (e *encoder) num(name string, value int64) {
	if value != 0 {
		e.key(name)
		e.b = strconv.AppendInt(e.b, value, 10)
	}
}

func (e *encoder) unsigned(name string, value uint64) {
	if value != 0 {
		e.key(name)
		e.b = strconv.AppendUint(e.b, value, 10)
	}
}

// float writes a number unless it is 0 or no number that JSON has.
func (e *encoder) float(name string, value float64) {
	if value == 0 || math.IsNaN(value) || math.IsInf(value, 0) {
		return
	}
	e.key(name)
	format := byte('f')
	if abs := math.Abs(value); abs < 1e-6 || abs >= 1e21 {
		format = 'e'
	}
	e.b = strconv.AppendFloat(e.b, value, format, -1, 64)
}

// time writes an instant in UTC unless it is unknown.
func (e *encoder) time(name string, t time.Time) {
	if !t.IsZero() {
		e.key(name)
		e.b = append(e.b, '"')
		e.b = clamp(t).AppendFormat(e.b, time.RFC3339Nano)
		e.b = append(e.b, '"')
	}
}

// list writes an array of strings, sorted, unless it is empty.
func (e *encoder) list(name string, values []string) {
	if len(values) == 0 {
		return
	}
	if !slices.IsSorted(values) {
		values = slices.Sorted(slices.Values(values))
	}
	e.key(name)
	e.b = append(e.b, '[')
	for i, v := range values {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.b = appendString(e.b, v)
	}
	e.b = append(e.b, ']')
}

// objects writes an array of n objects.
func (e *encoder) objects(name string, n int, each func(i int)) {
	e.key(name)
	e.b = append(e.b, '[')
	for i := range n {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.open()
		each(i)
		e.end()
	}
	e.b = append(e.b, ']')
}

// clamp brings a time to UTC and into the years that RFC 3339 can write:
// Windows file times reach the year 30828.
func clamp(t time.Time) time.Time {
	t = t.UTC()
	switch y := t.Year(); {
	case y > 9999:
		return time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	case y < 1:
		return time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

const hexDigits = "0123456789abcdef"

// plain[c] says that the ASCII character c stands for itself in JSON.
var plain = func() (t [utf8.RuneSelf]bool) {
	for c := byte(0x20); c < 0x7F; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// appendString appends s as a JSON string.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if !plain[c] {
				dst = appendEscaped(append(dst, s[start:i]...), rune(c))
				start = i + 1
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if n == 1 || inert.Hidden(r) {
			dst = appendEscaped(append(dst, s[start:i]...), r)
			start = i + n
		}
		i += n
	}
	return append(append(dst, s[start:]...), '"')
}

// appendEscaped appends one character as an escape sequence.
func appendEscaped(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if r > 0xFFFF {
		r -= 0x10000
		return appendUnit(appendUnit(dst, 0xD800+r>>10), 0xDC00+r&0x3FF)
	}
	return appendUnit(dst, r)
}

func appendUnit(dst []byte, u rune) []byte {
	return append(dst, '\\', 'u', hexDigits[u>>12&15], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
}

// writeJSON writes a document of bounded size, indented, with hidden
// characters escaped.
func writeJSON(w io.Writer, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding: %w", err)
	}
	_, err = w.Write(append(escapeHidden(raw), '\n'))
	return err
}

// escapeHidden escapes hidden characters in JSON text. Those can only stand in
// strings, where an escape means the same; line breaks between tokens stay.
func escapeHidden(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+1)
	for i := 0; i < len(raw); {
		if c := raw[i]; c < 0x7F {
			out = append(out, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(raw[i:])
		if n == 1 && r == utf8.RuneError || inert.Hidden(r) {
			out = appendEscaped(out, r)
		} else {
			out = append(out, raw[i:i+n]...)
		}
		i += n
	}
	return out
}
