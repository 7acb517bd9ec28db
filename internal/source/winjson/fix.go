package winjson

import (
	"strconv"

	"tyto/internal/event"
)

// fix gives a value the form that the log itself has. The result lies in the
// source or in r.fixed.
func (r *reader) fix(f fix, l leaf) []byte {
	switch {
	case f == asGUID && l.kind == event.Text && bareGUID(l.text):
		start := len(r.fixed)
		r.fixed = append(r.fixed, '{')
		for _, c := range l.text {
			if c >= 'A' && c <= 'F' {
				c += 'a' - 'A'
			}
			r.fixed = append(r.fixed, c)
		}
		r.fixed = append(r.fixed, '}')
		return r.fixed[start:len(r.fixed):len(r.fixed)]
	case f == asHexNumber && l.kind == event.Number:
		n, err := strconv.ParseInt(string(l.text), 10, 64)
		if err != nil {
			return l.text
		}
		start := len(r.fixed)
		r.fixed = strconv.AppendUint(append(r.fixed, "0x"...), uint64(n), 16)
		return r.fixed[start:len(r.fixed):len(r.fixed)]
	}
	return l.text
}

// bareGUID recognises a GUID as evtx_dump writes it. One in lower case was
// text in the log and stays as it is.
func bareGUID(b []byte) bool {
	if len(b) != 36 || b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		return false
	}
	for i, c := range b {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			continue
		}
		if (c < '0' || c > '9') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}
