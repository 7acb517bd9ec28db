package winjson

import (
	"bytes"

	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
)

// A wrapper is the one large object that consoles and APIs put around rows:
// {"Results":[{...},...]}, {"fields":[names],"rows":[[...],...]}, or
// {"tables":[{"columns":[{"name":...}],"rows":[[...],...]}]}, or
// {"hits":{"hits":[{...},...]}}.
type wrapper struct {
	columns []string // of the first rows that are arrays, nil for objects
	first   []byte   // the first row, maybe cut
}

// rowKeys are the keys behind which rows lie, in lower case.
var rowKeys = map[string]bool{"results": true, "value": true, "rows": true, "records": true, hitsKey: true}

// columnKeys are the keys behind which the columns of rows lie.
var columnKeys = map[string]bool{"columns": true, "fields": true}

const tablesKey = "tables"

// hitsKey is the key of the hits of a search, which lie in an object under the
// same key.
const hitsKey = "hits"

// wrapperOf looks at the beginning of a file; nil when it has no wrapper whose
// first row begins there.
func wrapperOf(head []byte) *wrapper {
	text := bytes.TrimLeft(source.Text(head), " \t\r\n")
	if len(text) == 0 || text[0] != '{' {
		return nil
	}
	w := &wrapper{}
	if !w.members(text[1:], 0) {
		return nil
	}
	return w
}

// members looks through the members of an object for rows.
func (w *wrapper) members(text []byte, depth int) bool {
	for depth < 4 {
		text = bytes.TrimLeft(text, " \t\r\n,")
		key, n := keyAt(text)
		if n == 0 {
			return false
		}
		text = text[n:]
		array := len(text) > 0 && text[0] == '['
		switch name := string(bytes.ToLower(key)); {
		case array && columnKeys[name]:
			end, _ := skipValue(text)
			if w.columns = columnsOf(text[:end]); w.columns == nil {
				return false
			}
			text = text[end:]
			continue
		case array && rowKeys[name]:
			w.first = bytes.TrimLeft(text[1:], " \t\r\n")
			return len(w.first) > 0 && (w.first[0] == '{' || w.first[0] == '[' && w.columns != nil)
		case array && name == tablesKey:
			inner := bytes.TrimLeft(text[1:], " \t\r\n")
			return len(inner) > 0 && inner[0] == '{' && w.members(inner[1:], depth+1)
		case name == hitsKey && len(text) > 0 && text[0] == '{':
			return w.members(text[1:], depth+1)
		}
		end, whole := skipValue(text)
		if !whole {
			return false
		}
		text = text[end:]
	}
	return false
}

// claims asks about the first row's paths.
func (w *wrapper) claims(test func(paths []string) bool) bool {
	if w.columns != nil {
		return test(w.columns)
	}
	return objects.Claims(w.first, test)
}

// keyAt reads a key and its colon, and blanks around them. n is 0 when there
// is none.
func keyAt(text []byte) (key []byte, n int) {
	if len(text) == 0 || text[0] != '"' {
		return nil, 0
	}
	n, whole := skipValue(text)
	if !whole {
		return nil, 0
	}
	key = text[1 : n-1]
	n += len(text[n:]) - len(bytes.TrimLeft(text[n:], " \t\r\n"))
	if n >= len(text) || text[n] != ':' {
		return nil, 0
	}
	n++
	return key, n + len(text[n:]) - len(bytes.TrimLeft(text[n:], " \t\r\n"))
}

// skipValue returns where the value at the start of text ends; whole is false
// when that lies beyond the text. It looks at brackets and quotes only.
func skipValue(text []byte) (end int, whole bool) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			n := stringEnd(text[i:])
			if n == 0 {
				return len(text), false
			}
			if i += n - 1; depth == 0 {
				return i + 1, true
			}
		case '{', '[':
			depth++
		case '}', ']', ',':
			if depth == 0 {
				return i, true
			}
			if c != ',' {
				if depth--; depth == 0 {
					return i + 1, true
				}
			}
		}
	}
	return len(text), false
}

// stringEnd returns the length of the string at the start of text, 0 when it
// has no end.
func stringEnd(text []byte) int {
	for i := 1; i < len(text); {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return 0
		}
		slashes := 0
		for i+n-1-slashes > 0 && text[i+n-1-slashes] == '\\' {
			slashes++
		}
		if i += n + 1; slashes&1 == 0 {
			return i
		}
	}
	return 0
}

// columnsOf reads the names of columns: an array of texts, or of objects that
// have a name.
func columnsOf(text []byte) (names []string) {
	text = bytes.TrimPrefix(text, []byte("["))
	for len(names) < winlog.MaxFields {
		text = bytes.TrimLeft(text, " \t\r\n,")
		if len(text) == 0 || text[0] == ']' {
			break
		}
		n, whole := skipValue(text)
		if !whole || n == 0 {
			return nil
		}
		name := text[:n]
		if name[0] == '{' {
			name = nameOf(name[1:])
		}
		if len(name) < 2 || name[0] != '"' {
			return nil
		}
		names = append(names, string(winlog.JSONText(name[1:len(name)-1])))
		text = text[n:]
	}
	return names
}

// nameOf finds a column's name among its members.
func nameOf(text []byte) []byte {
	for {
		text = bytes.TrimLeft(text, " \t\r\n,")
		key, n := keyAt(text)
		if n == 0 {
			return nil
		}
		text = text[n:]
		end, whole := skipValue(text)
		if !whole {
			return nil
		}
		switch string(bytes.ToLower(key)) {
		case "name", "columnname":
			return text[:end]
		}
		text = text[end:]
	}
}
