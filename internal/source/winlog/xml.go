package winlog

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"

	"tyto/internal/event"
)

// The ways in which a piece of XML cannot be read.
var (
	ErrCut  = errors.New("cut xml") // the text ends inside it
	ErrXML  = errors.New("bad xml")
	ErrDeep = errors.New("xml nested too deep")
)

// maxDepth bounds how deep elements may nest.
const maxDepth = 64

// An XML reads events written as XML, the way Windows renders them, into a
// Builder. Values go by the names of evtxlog: Data by its Name, what lies
// deeper by its path, System by the names of headers; RenderingInfo never
// takes the place of System. It belongs to one goroutine.
type XML struct {
	src   []byte
	pos   int
	b     *Builder
	stack [maxDepth]frame
	depth int
	path  []byte // of the innermost open element, without the root
	name  []byte // scratch
}

// A frame is one open element.
type frame struct {
	name     []byte
	path     int    // length of the path without this element
	text     []byte // gathered so far
	children bool
	attrs    bool
	named    bool // goes by its Name attribute
}

// Event reads the element that begins at the start of src and all in it, and
// returns its length. A root of any name is taken for the Event.
func (x *XML) Event(b *Builder, src []byte) (int, error) {
	x.src, x.pos, x.b, x.depth, x.path = src, 0, b, 0, x.path[:0]
	b.UTC = true
	for {
		if err := x.step(); err != nil {
			return x.pos, err
		}
		if x.depth == 0 {
			return x.pos, nil
		}
	}
}

// Payload reads an EventData or UserData element that stands alone, maybe
// inside another one, as some tables keep it.
func (x *XML) Payload(b *Builder, src []byte) error {
	for _, root := range []string{"<EventData", "<UserData"} {
		if i := bytes.Index(src, []byte(root)); i >= 0 {
			x.src, x.pos, x.b, x.path = src, i, b, x.path[:0]
			x.depth = 1
			x.stack[0] = frame{}
			for x.depth > 0 {
				if err := x.step(); err != nil {
					return err
				}
				if x.depth == 1 {
					return nil
				}
			}
		}
	}
	return ErrXML
}

// step reads text up to the next mark and the mark.
func (x *XML) step() error {
	rest := x.src[x.pos:]
	n := bytes.IndexByte(rest, '<')
	if n < 0 {
		x.pos = len(x.src)
		return ErrCut
	}
	if x.depth > 0 && n > 0 {
		if err := x.text(rest[:n], true); err != nil {
			return err
		}
	} else if n > 0 {
		return ErrXML
	}
	x.pos += n
	rest = rest[n:]
	if len(rest) < 2 {
		return ErrCut
	}
	switch rest[1] {
	case '/':
		return x.end(rest)
	case '?':
		return x.pass(rest, "?>")
	case '!':
		return x.declared(rest)
	}
	return x.start(rest)
}

// pass passes over what ends with mark.
func (x *XML) pass(rest []byte, mark string) error {
	n := bytes.Index(rest, []byte(mark))
	if n < 0 {
		x.pos = len(x.src)
		return ErrCut
	}
	x.pos += n + len(mark)
	return nil
}

// declared reads comments and CDATA.
func (x *XML) declared(rest []byte) error {
	const open, shut = "<![CDATA[", "]]>"
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return x.pass(rest, "-->")
	case bytes.HasPrefix(rest, []byte(open)):
		n := bytes.Index(rest, []byte(shut))
		if n < 0 {
			x.pos = len(x.src)
			return ErrCut
		}
		x.pos += n + len(shut)
		if x.depth == 0 {
			return ErrXML
		}
		return x.text(rest[len(open):n], false)
	case len(rest) < len(open):
		x.pos = len(x.src)
		return ErrCut
	}
	return ErrXML // document types have no place in events
}

// text adds to the innermost element's text.
func (x *XML) text(raw []byte, escaped bool) error {
	f := &x.stack[x.depth-1]
	if escaped && bytes.IndexByte(raw, '&') >= 0 {
		raw = x.unescape(raw)
	}
	if f.text == nil {
		f.text = raw
		return nil
	}
	first, second := f.text, raw
	f.text = x.b.Text(func(dst []byte) []byte { return append(append(dst, first...), second...) })
	return nil
}

func (x *XML) unescape(raw []byte) []byte {
	return x.b.Text(func(dst []byte) []byte { return AppendUnescaped(dst, raw) })
}

// AppendUnescaped appends text with its entities replaced by what they stand
// for. Unknown ones stay as they are.
func AppendUnescaped(dst, raw []byte) []byte {
	for len(raw) > 0 {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return append(dst, raw...)
		}
		dst, raw = append(dst, raw[:i]...), raw[i:]
		end := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		r, ok := rune(0), false
		if end > 0 {
			r, ok = entity(raw[1:end])
		}
		if !ok {
			dst, raw = append(dst, '&'), raw[1:]
			continue
		}
		dst, raw = utf8.AppendRune(dst, r), raw[end+1:]
	}
	return dst
}

func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}

// nameEnd returns the length of the name at the start of b.
func nameEnd(b []byte) int {
	for i, c := range b {
		switch c {
		case ' ', '\t', '\r', '\n', '/', '>', '=', '<', '"', '\'':
			return i
		}
	}
	return len(b)
}

// start reads a start tag.
func (x *XML) start(rest []byte) error {
	n := nameEnd(rest[1:])
	if n == len(rest)-1 {
		x.pos = len(x.src)
		return ErrCut
	}
	if n == 0 {
		return ErrXML
	}
	if x.depth >= maxDepth {
		return ErrDeep
	}
	name := rest[1 : 1+n]
	if x.depth > 0 {
		x.stack[x.depth-1].children = true
	}
	x.stack[x.depth] = frame{name: name, path: len(x.path)}
	x.depth++
	x.enter(name)
	size, empty, err := x.attributes(rest[1+n:])
	if err != nil {
		return err
	}
	x.pos += 1 + n + size
	if empty {
		x.leave()
	}
	return nil
}

// enter adds an element's name to the path; the root has none.
func (x *XML) enter(name []byte) {
	if x.depth == 1 {
		return
	}
	if x.depth > 2 {
		x.path = append(x.path, '.')
	}
	x.path = append(x.path, name...)
}

// attributes reads what follows the name in a start tag. The Name of a Data
// element is its name in paths; other attributes come after it in any order.
func (x *XML) attributes(rest []byte) (size int, empty bool, err error) {
	pos := 0
	for {
		for pos < len(rest) && isBlank(rest[pos]) {
			pos++
		}
		if pos >= len(rest) {
			return x.cut()
		}
		switch rest[pos] {
		case '>':
			return pos + 1, false, nil
		case '/':
			if pos+1 >= len(rest) {
				return x.cut()
			}
			if rest[pos+1] != '>' {
				return 0, false, ErrXML
			}
			return pos + 2, true, nil
		}
		name, value, n, err := attribute(rest[pos:])
		if err == ErrCut {
			return x.cut()
		} else if err != nil {
			return 0, false, err
		}
		x.attribute(name, value)
		pos += n
	}
}

func (x *XML) cut() (int, bool, error) {
	x.pos = len(x.src)
	return 0, false, ErrCut
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// attribute reads name="value".
func attribute(b []byte) (name, value []byte, n int, err error) {
	n = nameEnd(b)
	name = b[:n]
	for n < len(b) && isBlank(b[n]) {
		n++
	}
	if n >= len(b) {
		return nil, nil, 0, ErrCut
	}
	if len(name) == 0 || b[n] != '=' {
		return nil, nil, 0, ErrXML
	}
	for n++; n < len(b) && isBlank(b[n]); n++ {
	}
	if n >= len(b) {
		return nil, nil, 0, ErrCut
	}
	quote := b[n]
	if quote != '"' && quote != '\'' {
		return nil, nil, 0, ErrXML
	}
	end := bytes.IndexByte(b[n+1:], quote)
	if end < 0 {
		return nil, nil, 0, ErrCut
	}
	return name, b[n+1 : n+1+end], n + end + 2, nil
}

// attribute takes an attribute of the innermost element.
func (x *XML) attribute(name, value []byte) {
	f := &x.stack[x.depth-1]
	f.attrs = true
	if string(name) == "xmlns" || bytes.HasPrefix(name, []byte("xmlns:")) || x.depth == 1 {
		return
	}
	if bytes.IndexByte(value, '&') >= 0 {
		value = x.unescape(value)
	}
	if string(name) == "Name" && (string(f.name) == "Data" || string(f.name) == "ComplexData") {
		x.path = x.path[:f.path]
		if x.depth > 2 {
			x.path = append(x.path, '.')
		}
		x.path = append(x.path, value...)
		f.named = true
		return
	}
	if len(value) == 0 {
		return
	}
	mark := len(x.path)
	x.path = append(append(x.path, ".@"...), name...)
	x.emit(value)
	x.path = x.path[:mark]
}

// end reads an end tag.
func (x *XML) end(rest []byte) error {
	n := nameEnd(rest[2:])
	shut := bytes.IndexByte(rest, '>')
	if shut < 0 {
		x.pos = len(x.src)
		return ErrCut
	}
	if x.depth == 0 || !bytes.Equal(rest[2:2+n], x.stack[x.depth-1].name) {
		return ErrXML
	}
	x.pos += shut + 1
	x.leave()
	return nil
}

// leave closes the innermost element. White space between child elements is no
// text; an element with nothing in it has an empty one.
func (x *XML) leave() {
	f := &x.stack[x.depth-1]
	blank := len(f.text) == 0 || (f.children || x.depth == 2) && len(bytes.TrimSpace(f.text)) == 0
	if x.depth > 1 && (!blank || x.depth > 2 && !f.children && (f.named || !f.attrs)) {
		x.emit(f.text)
	}
	x.path = x.path[:f.path]
	x.depth--
}

// emit puts a value in under the present path.
func (x *XML) emit(text []byte) {
	role, name := x.field()
	if len(name) > 0 {
		if role == Own {
			text = x.canonical(name, text)
		}
		x.b.Put(role, name, event.Text, text)
	}
}

// field turns the present path into the name that rules use.
func (x *XML) field() (Role, []byte) {
	root, rest, _ := bytes.Cut(x.path, []byte("."))
	switch string(root) {
	case "System":
		return Head, x.systemName(rest)
	case "RenderingInfo":
		if string(rest) == Message {
			return Rendered, rest
		}
		x.name = append(x.name[:0], "RenderingInfo_"...)
		return Head, x.plain(x.name, rest)
	case "EventData":
		if len(rest) > 0 && rest[0] == '@' {
			x.name = append(append(x.name[:0], "EventData_"...), rest[1:]...)
			return Head, x.name
		}
	case "UserData":
		root, rest, _ = bytes.Cut(rest, []byte("."))
	}
	if len(rest) == 0 {
		return Own, root
	}
	if rest[0] == '@' {
		rest = rest[1:]
	}
	return Own, x.plain(x.name[:0], rest)
}

// systemName names what stands in System.
func (x *XML) systemName(rest []byte) []byte {
	switch string(rest) {
	case "TimeCreated.@SystemTime":
		return append(x.name[:0], TimeCreated...)
	case "Correlation", "Security", "Execution", "Provider":
		return nil // elements without anything in them
	}
	out := x.name[:0]
	for i := 0; i < len(rest); i++ {
		if rest[i] == '.' && i+1 < len(rest) && rest[i+1] == '@' {
			out = append(out, '_')
			i++
			continue
		}
		out = append(out, rest[i])
	}
	x.name = out
	return out
}

// plain appends a path whose marks of attributes are taken off.
func (x *XML) plain(dst, path []byte) []byte {
	for i := 0; i < len(path); i++ {
		if path[i] == '@' && (i == 0 || path[i-1] == '.') {
			continue
		}
		dst = append(dst, path[i])
	}
	x.name = dst
	return dst
}
