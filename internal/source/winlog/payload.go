package winlog

import (
	"bytes"
	"errors"
)

// JSON reads an event's data from a JSON object that was made of its XML:
// attributes begin with @, text beside them goes by #text, and elements that
// repeat are arrays. Members that are none of EventData and UserData are taken
// for EventData's own. On error values put in before stay.
func (x *XML) JSON(b *Builder, src []byte) error {
	x.b, x.path = b, x.path[:0]
	j := &scanner{src: src, b: b}
	if j.next() != '{' {
		return ErrXML
	}
	return j.members(func(key []byte) error {
		defer func() { x.path = x.path[:0] }()
		switch string(key) {
		case "EventData", "UserData", "ProcessingErrorData", "DebugData", "BinaryEventData":
			return x.member(j, key, 1)
		}
		x.path = append(x.path[:0], "EventData"...)
		return x.member(j, key, 2)
	})
}

// Flat reads a whole event from a JSON object whose keys are paths, as tyto dump
// writes it. Of System it reads what rules ask for. On error values put in
// before stay.
func (x *XML) Flat(b *Builder, src []byte) error {
	x.b, x.path = b, x.path[:0]
	j := &scanner{src: src, b: b}
	if j.next() != '{' {
		return ErrXML
	}
	return j.members(func(key []byte) error {
		defer func() { x.path = x.path[:0] }()
		return x.flat(j, key)
	})
}

func (x *XML) flat(j *scanner, key []byte) error {
	part, name, _ := bytes.Cut(key, []byte("."))
	switch {
	case string(part) == "System":
		return x.system(j, string(name))
	case len(name) == 0 || bytes.IndexByte(name, '@') >= 0:
		return j.skip(0)
	}
	x.path = append(x.path[:0], part...)
	return x.member(j, name, 2)
}

// system reads what stands in System beside what a table has columns for.
func (x *XML) system(j *scanner, name string) error {
	switch name {
	case Level, Keywords, Task, Opcode, Version, EventRecordID:
		text, err := j.scalar()
		if err == nil {
			x.b.Head(name, text)
		}
		return err
	}
	return j.skip(0)
}

// member reads one element, or several of one name.
func (x *XML) member(j *scanner, name []byte, depth int) error {
	if depth > maxDepth || len(x.path) > maxName {
		return ErrDeep
	}
	switch j.next() {
	case '[':
		return j.items(func() error { return x.member(j, name, depth+1) })
	case '{':
		return x.element(j, name, depth)
	}
	text, err := j.scalar()
	if err == nil && (depth > 1 || len(text) > 0) {
		mark := x.push(name)
		x.emit(text)
		x.path = x.path[:mark]
	}
	return err
}

// push adds a name to the path and returns the path's length before.
func (x *XML) push(name []byte) int {
	mark := len(x.path)
	if mark > 0 {
		x.path = append(x.path, '.')
	}
	x.path = append(x.path, name...)
	return mark
}

func (x *XML) element(j *scanner, name []byte, depth int) error {
	named := false
	if string(name) == "Data" || string(name) == "ComplexData" {
		if n := j.peek("@Name"); n != nil {
			name, named = n, true
		}
	}
	mark, empty := x.push(name), true
	err := j.members(func(key []byte) error {
		switch {
		case named && string(key) == "@Name", bytes.HasPrefix(key, []byte("@xmlns")):
			return j.skip(0)
		case string(key) == "#text":
			empty = false
			return x.texts(j, depth)
		}
		empty = false
		return x.member(j, key, depth+1)
	})
	if empty && named {
		x.emit(nil)
	}
	x.path = x.path[:mark]
	return err
}

// texts emits the text of an element that has attributes too.
func (x *XML) texts(j *scanner, depth int) error {
	if depth > maxDepth {
		return ErrDeep
	}
	if j.next() == '[' {
		return j.items(func() error { return x.texts(j, depth+1) })
	}
	text, err := j.scalar()
	if err == nil {
		x.emit(text)
	}
	return err
}

// A scanner walks over JSON that lies in a value. Texts with escapes go to the
// builder's memory.
type scanner struct {
	src []byte
	pos int
	b   *Builder
}

// next skips blanks and returns the byte there, 0 at the end.
func (j *scanner) next() byte {
	for ; j.pos < len(j.src); j.pos++ {
		if !isBlank(j.src[j.pos]) {
			return j.src[j.pos]
		}
	}
	return 0
}

// members reads an object; member reads the value behind each key.
func (j *scanner) members(member func(key []byte) error) error {
	return j.list('}', func() error {
		if j.next() != '"' {
			return ErrXML
		}
		key, err := j.text()
		if err != nil {
			return err
		}
		if j.next() != ':' {
			return ErrXML
		}
		j.pos++
		return member(key)
	})
}

func (j *scanner) items(item func() error) error { return j.list(']', item) }

func (j *scanner) list(end byte, one func() error) error {
	j.pos++
	if j.next() == end {
		j.pos++
		return nil
	}
	for {
		if err := one(); err != nil {
			return err
		}
		switch j.next() {
		case ',':
			j.pos++
		case end:
			j.pos++
			return nil
		default:
			return ErrXML
		}
	}
}

// peek returns the text of a member of the object ahead, nil when it has none.
func (j *scanner) peek(name string) (found []byte) {
	ahead := *j
	_ = ahead.members(func(key []byte) error {
		if string(key) != name || ahead.next() != '"' {
			return ahead.skip(0)
		}
		var err error
		found, err = ahead.text()
		if err == nil {
			err = errFound
		}
		return err
	})
	return found
}

var errFound = errors.New("found") // ends a search

// skip passes over a value.
func (j *scanner) skip(depth int) error {
	if depth > maxDepth {
		return ErrDeep
	}
	switch j.next() {
	case '{':
		return j.members(func([]byte) error { return j.skip(depth + 1) })
	case '[':
		return j.items(func() error { return j.skip(depth + 1) })
	}
	_, err := j.scalar()
	return err
}

// scalar reads a text, a number or a word; null is nil.
func (j *scanner) scalar() ([]byte, error) {
	if j.next() == '"' {
		return j.text()
	}
	from := j.pos
	for j.pos < len(j.src) && bytes.IndexByte([]byte("+-.0123456789aeflnrstuE"), j.src[j.pos]) >= 0 {
		j.pos++
	}
	word := j.src[from:j.pos]
	switch {
	case len(word) == 0:
		return nil, ErrXML
	case string(word) == "null":
		return nil, nil
	}
	return word, nil
}

// text reads a string.
func (j *scanner) text() ([]byte, error) {
	from := j.pos + 1
	escaped := false
	for p := from; p < len(j.src); p++ {
		switch j.src[p] {
		case '\\':
			escaped = true
			p++
		case '"':
			j.pos = p + 1
			if !escaped {
				return j.src[from:p:p], nil
			}
			raw := j.src[from:p]
			return j.b.Text(func(dst []byte) []byte { return appendJSONText(dst, raw) }), nil
		}
	}
	return nil, ErrCut
}
