package zeek

import (
	"bytes"
	"strconv"
	"strings"

	"tyto/internal/source"
)

// Limits of a header.
const (
	maxColumns = 1024
	maxHeader  = 1 << 20 // bytes looked at for a header at the file's start
)

// A header is what the lines with # say about the rows that follow.
type header struct {
	separator byte
	set       byte
	empty     string
	unset     string
	path      string
	fields    []string
	types     []string
}

// freshHeader has Zeek's defaults.
func freshHeader() header {
	return header{separator: '\t', set: ',', empty: "(empty)", unset: "-"}
}

// isTable reports whether a head shows the #fields line of a log. Comment
// lines may come before it, but rows may not.
func isTable(head []byte) bool {
	for head = source.Text(head); len(head) > 0 && head[0] == '#'; {
		line, rest, ended := bytes.Cut(head, []byte("\n"))
		if name, ok := bytes.CutPrefix(line, []byte("#fields")); ok {
			return len(name) > 1 && (ended || len(head) > 64)
		}
		head = rest
	}
	return false
}

// take reads one line of a header, without its end. It reports whether the
// line changes what rows mean.
func (h *header) take(line []byte) bool {
	text := string(bytes.TrimSuffix(line, []byte("\r")))
	if rest, ok := strings.CutPrefix(text, "#separator "); ok {
		*h = freshHeader()
		h.separator = oneByte(rest, '\t')
		return true
	}
	name, rest, ok := strings.Cut(text, string(h.separator))
	if !ok {
		return false
	}
	switch name {
	case "#set_separator":
		h.set = oneByte(rest, ',')
	case "#empty_field":
		h.empty = rest
	case "#unset_field":
		h.unset = rest
	case "#path":
		h.path = rest
	case "#fields":
		h.fields = h.list(rest)
		h.types = nil
	case "#types":
		h.types = h.list(rest)
	default:
		return false
	}
	return true
}

func (h *header) list(text string) []string {
	return strings.SplitN(text, string(h.separator), maxColumns+1)
}

// oneByte reads a separator, plain or as \xNN. One of several bytes is not
// known to Zeek's own readers either; its first counts.
func oneByte(text string, otherwise byte) byte {
	if hex, ok := strings.CutPrefix(text, `\x`); ok && len(hex) >= 2 {
		if n, err := strconv.ParseUint(hex[:2], 16, 8); err == nil {
			return byte(n)
		}
	}
	if text == "" {
		return otherwise
	}
	return text[0]
}

// key tells headers apart.
func (h *header) key() string {
	const sep = "\x00"
	return strings.Join([]string{
		string([]byte{h.separator, h.set}), h.empty, h.unset, h.path,
		strings.Join(h.fields, "\t"), strings.Join(h.types, "\t"),
	}, sep)
}

// firstHeader reads the header at the start of a file.
func firstHeader(in *source.Input) header {
	h := freshHeader()
	text := source.Text(in.Head)
	if int64(len(in.Head)) < in.Size && !hasRow(text) {
		more := make([]byte, min(in.Size, maxHeader))
		n, _ := in.ReadAt(more, 0)
		text = source.Text(more[:n])
	}
	for len(text) > 0 && text[0] == '#' {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		h.take(line)
		text = rest
	}
	return h
}

// hasRow reports whether a text has a line without #.
func hasRow(text []byte) bool {
	for len(text) > 0 && text[0] == '#' {
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
	}
	return len(text) > 0
}
