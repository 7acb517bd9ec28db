package sigma

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// This file reads the plain kind of YAML in which nearly all rule files are
// written (block maps and lists, scalars on one line, literal blocks) several
// times faster than the YAML library. Whatever it is not sure about it leaves
// to the library: it may say no to valid YAML, but never yields other nodes
// than the library would. Comments are dropped.

// quickNodes returns the documents of a file; ok is false when the library
// must read it.
func quickNodes(data []byte) (docs []*yaml.Node, ok bool) {
	if !quickText(data) {
		return nil, false
	}
	q := &quick{rest: string(data)}
	defer func() {
		if r := recover(); r != nil {
			if _, mine := r.(notQuick); !mine {
				panic(r)
			}
			docs, ok = nil, false
		}
	}()
	q.next()
	for !q.done {
		if q.text == "---" && q.indent == 0 {
			q.next()
			if q.done || q.text == "---" {
				q.giveUp() // an empty document
			}
		}
		if q.indent != 0 || strings.HasPrefix(q.text, "-") {
			q.giveUp()
		}
		docs = append(docs, q.mapping(0))
		if !q.done && q.text != "---" {
			q.giveUp()
		}
	}
	return docs, len(docs) > 0
}

// quickText reports whether the text has only characters that mean the same
// everywhere: no tabs, no other controls, no rare line ends, no byte order
// mark, nothing that is not UTF-8. It must end with a line end.
func quickText(data []byte) bool {
	if len(data) == 0 || data[len(data)-1] != '\n' {
		return false
	}
	for i := 0; i < len(data); {
		c := data[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError, r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
			return false
		}
		i += n
	}
	return true
}

// notQuick is what giveUp panics with; it never leaves quickNodes.
type notQuick struct{}

// quick reads line by line. The current line is the next one that is neither
// blank nor a comment.
type quick struct {
	rest   string // behind the current line
	line   int    // number of the current line
	raw    string // the whole current line
	indent int    // bytes before text
	text   string // from the first character on, without trailing blanks
	done   bool
	depth  int
	slab   []yaml.Node // nodes to hand out
}

func (q *quick) giveUp() { panic(notQuick{}) }

// nextRaw returns the next line of the file as it is.
func (q *quick) nextRaw() (string, bool) {
	if q.rest == "" {
		return "", false
	}
	line, rest, _ := strings.Cut(q.rest, "\n")
	q.rest = rest
	q.line++
	return line, true
}

// next moves to the next line with content.
func (q *quick) next() {
	for {
		line, ok := q.nextRaw()
		if !ok {
			q.done, q.indent, q.text = true, -1, ""
			return
		}
		text := strings.TrimLeft(line, " ")
		if text == "" || text[0] == '#' {
			continue
		}
		q.raw, q.indent, q.text = line, len(line)-len(text), strings.TrimRight(text, " ")
		if q.indent == 0 && (text[0] == '%' || strings.HasPrefix(text, "...") || strings.HasPrefix(text, "---") && q.text != "---") {
			q.giveUp()
		}
		return
	}
}

// node makes a node that begins at byte off of the current line.
func (q *quick) node(kind yaml.Kind, tag string, off int) *yaml.Node {
	if len(q.slab) == 0 {
		q.slab = make([]yaml.Node, 64)
	}
	n := &q.slab[0]
	q.slab = q.slab[1:]
	n.Kind, n.Tag, n.Line, n.Column = kind, tag, q.line, utf8.RuneCountInString(q.raw[:off])+1
	return n
}

// isItem reports whether the current line is an item of a list.
func (q *quick) isItem() bool { return q.text == "-" || strings.HasPrefix(q.text, "- ") }

func (q *quick) enter() {
	if q.depth++; q.depth > maxDepth {
		q.giveUp()
	}
}

// block reads a nested map or list.
func (q *quick) block() *yaml.Node {
	if q.isItem() {
		return q.sequence(q.indent)
	}
	if _, _, _, ok := q.key(); ok {
		return q.mapping(q.indent)
	}
	off := q.indent
	n := q.scalar(q.text, off)
	q.next()
	return n
}

// mapping reads the entries of a map that are indented by n.
func (q *quick) mapping(n int) *yaml.Node {
	q.enter()
	m := q.node(yaml.MappingNode, "!!map", q.indent)
	for !q.done && q.indent == n && !q.isItem() && !(n == 0 && q.text == "---") {
		name, style, after, ok := q.key()
		if !ok {
			q.giveUp()
		}
		k := q.node(yaml.ScalarNode, "!!str", q.indent)
		k.Value, k.Style = name, style
		if style == 0 {
			k.Tag = q.plainTag(name)
		}
		m.Content = append(m.Content, k, q.value(n, after))
	}
	if q.indent > n {
		q.giveUp()
	}
	q.depth--
	return m
}

// key finds the key of the current line; after is the offset in the line
// behind its colon.
func (q *quick) key() (name string, style yaml.Style, after int, ok bool) {
	if q.text[0] == '\'' {
		end, value := quoted(q.text)
		if end < 0 || end >= len(q.text) || q.text[end] != ':' || end+1 < len(q.text) && q.text[end+1] != ' ' {
			return "", 0, 0, false
		}
		return value, yaml.SingleQuotedStyle, q.indent + end + 1, true
	}
	if !plainStart(q.text) {
		return "", 0, 0, false
	}
	i := strings.Index(q.text, ": ")
	if i < 0 {
		if !strings.HasSuffix(q.text, ":") {
			return "", 0, 0, false
		}
		i = len(q.text) - 1
	}
	name = q.text[:i]
	if name == "" || name == "<<" || strings.HasSuffix(name, " ") || strings.Contains(name, " #") || strings.HasSuffix(name, ":") {
		return "", 0, 0, false
	}
	return name, 0, q.indent + i + 1, true
}

// value reads what follows a key of a map that is indented by n, and moves on.
func (q *quick) value(n, after int) *yaml.Node {
	rest := strings.TrimRight(q.raw[after:], " ")
	text := strings.TrimLeft(rest, " ")
	if text == "" || text[0] == '#' && rest[0] == ' ' {
		q.next()
		if q.done || q.indent < n || q.indent == n && !q.isItem() {
			q.giveUp() // an empty value
		}
		return q.block()
	}
	off := after + len(rest) - len(text)
	if text[0] == '|' {
		return q.literal(text, n, off)
	}
	v := q.scalar(text, off)
	q.next()
	if q.indent > n {
		q.giveUp() // a scalar of several lines
	}
	return v
}

// sequence reads the items of a list that are indented by n.
func (q *quick) sequence(n int) *yaml.Node {
	q.enter()
	s := q.node(yaml.SequenceNode, "!!seq", q.indent)
	for !q.done && q.indent == n && q.isItem() {
		text := strings.TrimLeft(q.text[1:], " ")
		if text == "" || text[0] == '#' {
			q.next()
			if q.indent <= n {
				q.giveUp() // an empty item
			}
			s.Content = append(s.Content, q.block())
			continue
		}
		// What follows the dash is a block of its own, indented by its column.
		q.indent += len(q.text) - len(text)
		q.text = text
		if q.isItem() || text[0] == '|' {
			q.giveUp()
		}
		item := q.block()
		if q.indent > n {
			q.giveUp()
		}
		s.Content = append(s.Content, item)
	}
	q.depth--
	return s
}

// plainStart reports whether a text can begin a scalar without quotes.
func plainStart(s string) bool {
	switch s[0] {
	case ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', '-', '?', ':':
		return false
	}
	return true
}

// scalar reads a scalar that fills the rest of a line, comment aside.
func (q *quick) scalar(text string, off int) *yaml.Node {
	n := q.node(yaml.ScalarNode, "!!str", off)
	if text[0] == '\'' || text[0] == '"' {
		end, value := quoted(text)
		if end < 0 {
			q.giveUp()
		}
		if tail := strings.TrimLeft(text[end:], " "); tail != "" && (tail[0] != '#' || text[end] != ' ') {
			q.giveUp()
		}
		n.Value, n.Style = value, yaml.SingleQuotedStyle
		if text[0] == '"' {
			n.Style = yaml.DoubleQuotedStyle
		}
		return n
	}
	if i := strings.Index(text, " #"); i >= 0 {
		text = strings.TrimRight(text[:i], " ")
	}
	if !plainStart(text) && !(text[0] == '-' && len(text) > 1 && text[1] > ' ') || strings.Contains(text, ": ") || strings.HasSuffix(text, ":") {
		q.giveUp()
	}
	n.Value, n.Tag = text, q.plainTag(text)
	return n
}

// quoted reads a quoted scalar at the start of s and returns the offset behind
// it, or -1 when it is not closed on the line or has escapes.
func quoted(s string) (end int, value string) {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quote == '"':
			return -1, ""
		case s[i] != quote:
		case quote == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
		default:
			value = s[1:i]
			if quote == '\'' {
				value = strings.ReplaceAll(value, "''", "'")
			}
			return i + 1, value
		}
	}
	return -1, ""
}

// plainTag resolves the type of a scalar without quotes. Dates are texts.
func (q *quick) plainTag(s string) string {
	switch s {
	case "null", "Null", "NULL", "~":
		return "!!null"
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return "!!bool"
	}
	digits := strings.TrimPrefix(s, "-")
	if onlyOf(digits, "0123456789") && len(digits) < 19 && (digits[0] != '0' || s == "0") {
		return "!!int"
	}
	switch c := s[0]; {
	case c == '.', c == '+', c == '-', c == '=', c == '~', c == '<':
		q.giveUp()
	case c >= '0' && c <= '9' && onlyOf(s, "0123456789abcdefABCDEFxXoO_.+-:eE") && !quickDate(s) && !uuidForm.MatchString(s):
		q.giveUp() // another form of number, perhaps
	case len(s) <= 3 && (c|0x20 == 'y' || c|0x20 == 'n' || c|0x20 == 'o'):
		q.giveUp() // a truth value of old
	}
	return "!!str"
}

func onlyOf(s, set string) bool { return s != "" && strings.Trim(s, set) == "" }

// quickDate reports whether s has the form 2006-01-02.
func quickDate(s string) bool {
	return len(s) == 10 && s[4] == '-' && s[7] == '-' && onlyOf(s[:4]+s[5:7]+s[8:], "0123456789")
}

// literal reads a literal block scalar below a key indented by n.
func (q *quick) literal(head string, n, off int) *yaml.Node {
	if head != "|" && head != "|-" {
		q.giveUp()
	}
	node := q.node(yaml.ScalarNode, "!!str", off)
	node.Style = yaml.LiteralStyle
	var lines []string
	width := -1
	for q.rest != "" {
		before, number := q.rest, q.line
		line, _ := q.nextRaw()
		text := strings.TrimLeft(line, " ")
		indent := len(line) - len(text)
		if width < 0 {
			if text == "" || indent <= n {
				q.giveUp()
			}
			width = indent
		}
		if text != "" && indent < width {
			if indent > n {
				q.giveUp()
			}
			q.rest, q.line = before, number
			break
		}
		lines = append(lines, line[min(width, len(line)):])
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 || strings.TrimLeft(lines[len(lines)-1], " ") == "" {
		q.giveUp()
	}
	node.Value = strings.Join(lines, "\n")
	if head == "|" {
		node.Value += "\n"
	}
	q.next()
	return node
}
