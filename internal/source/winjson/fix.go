package winjson

import (
	"strconv"

	"tyto/internal/event"
	"tyto/internal/source/objects"
)

// fix gives a value the form that the log itself has. The result lies in the
// source or in m.fixed.
func (m *maker) fix(f fix, l objects.Leaf) []byte {
	switch {
	case f == asGUID && l.Kind == event.Text && bareGUID(l.Text):
		start := len(m.fixed)
		m.fixed = append(m.fixed, '{')
		for _, c := range l.Text {
			if c >= 'A' && c <= 'F' {
				c += 'a' - 'A'
			}
			m.fixed = append(m.fixed, c)
		}
		m.fixed = append(m.fixed, '}')
		return m.fixed[start:len(m.fixed):len(m.fixed)]
	case f == asHexNumber && l.Kind == event.Number:
		n, err := strconv.ParseInt(string(l.Text), 10, 64)
		if err != nil {
			return l.Text
		}
		start := len(m.fixed)
		m.fixed = strconv.AppendUint(append(m.fixed, "0x"...), uint64(n), 16)
		return m.fixed[start:len(m.fixed):len(m.fixed)]
	}
	return l.Text
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
