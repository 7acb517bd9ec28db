package source

import "bytes"

// A heading is what a text says at its top about all lines below: names of
// columns, or the lines with # of Zeek and of web servers. A piece of the text
// cannot be understood without it.
type heading struct {
	text   []byte
	marked bool // lines with #, which may come again with other columns
	table  bool // one line of names: cells in quotes may go over several lines
}

// learn looks at a piece of the text that was read; first says that it is the
// top.
func (h *heading) learn(body []byte, first bool) {
	if first {
		_, mark := CodingOf(body)
		h.marked = bytes.HasPrefix(body[mark:], []byte("#")) && !bytes.HasPrefix(body[mark:], []byte("#TYPE"))
		if !h.marked {
			h.text = tableHeading(body)
			h.table = h.text != nil
		}
	}
	if h.marked {
		if block := lastBlock(body); block != nil {
			h.text = block
		}
	}
}

// lastBlock returns the last lines with # of a text that name fields.
func lastBlock(body []byte) []byte {
	at := max(lastLine(body, "#fields"), lastLine(body, "#Fields"))
	if at < 0 {
		return nil
	}
	from := at
	for from > 0 {
		prev := bytes.LastIndexByte(body[:from-1], '\n') + 1
		if body[prev] != '#' || bytes.HasPrefix(body[prev:], []byte("#close")) {
			break
		}
		from = prev
	}
	to := at
	for to < len(body) && body[to] == '#' {
		n := bytes.IndexByte(body[to:], '\n')
		if n < 0 {
			break
		}
		to += n + 1
	}
	if to-from > maxHeading || to == at {
		return nil
	}
	return bytes.Clone(body[from:to])
}

// lastLine returns where the last line begins that starts with a word, or -1.
func lastLine(body []byte, word string) int {
	last := -1
	if bytes.HasPrefix(body, []byte(word)) {
		last = 0
	}
	for at := 0; ; {
		n := bytes.Index(body[at:], []byte("\n"+word))
		if n < 0 {
			return last
		}
		last = at + n + 1
		at = last
	}
}

// tableHeading returns the line of column names at the top of a table, with
// the line before it that PowerShell writes, or nil.
func tableHeading(body []byte) []byte {
	_, at := CodingOf(body)
	if bytes.HasPrefix(body[at:], []byte("#TYPE")) {
		at += bytes.IndexByte(body[at:], '\n') + 1
	}
	end := bytes.IndexByte(body[at:], '\n')
	if end < 0 || at+end >= maxHeading {
		return nil
	}
	second, _, _ := bytes.Cut(body[at+end+1:], []byte("\n"))
	if !isTableHeading(bytes.TrimRight(body[at:at+end], "\r"), second) {
		return nil
	}
	return bytes.Clone(body[:at+end+1])
}

// isTableHeading reports whether a line has only names in its cells, and the
// line below it more than names.
func isTableHeading(line, second []byte) bool {
	sep := separator(line)
	cells := bytes.Split(line, []byte{sep})
	if len(cells) < 3 {
		return false
	}
	seen := make(map[string]bool, len(cells))
	for _, c := range cells {
		if !isColumn(c) || seen[string(c)] {
			return false
		}
		seen[string(c)] = true
	}
	whole := bytes.Count(second, []byte{sep}) >= len(cells)-1
	open := bytes.Count(second, []byte{'"'})%2 == 1
	if !whole && !open {
		return false
	}
	for c := range bytes.SplitSeq(second, []byte{sep}) {
		if !isColumn(c) {
			return true
		}
	}
	return false
}

func separator(line []byte) byte {
	best, most := byte(','), 0
	for _, c := range []byte(",;\t|") {
		if n := bytes.Count(line, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}

// maxColumn is the length of the longest name of a column.
const maxColumn = 64

func isColumn(cell []byte) bool {
	cell = bytes.Trim(cell, "\" \r")
	if len(cell) == 0 || len(cell) > maxColumn || cell[0] >= '0' && cell[0] <= '9' {
		return false
	}
	for _, c := range cell {
		word := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !word && bytes.IndexByte([]byte(" _.-/()@#:?"), c) < 0 {
			return false
		}
	}
	return true
}

// cut returns how much of a piece of text makes a segment: up to a line that
// begins a record, as near to the end as there is one. Of one overlong line it
// takes all.
func (h *heading) cut(body []byte) int {
	floor := max(len(body)-cutBack, 0)
	open := h.table && bytes.Count(body, []byte{'"'})%2 == 1
	for end := len(body); ; {
		nl := floor + bytes.LastIndexByte(body[floor:end], '\n')
		if nl < floor {
			break
		}
		if h.table && bytes.Count(body[nl:end], []byte{'"'})%2 == 1 {
			open = !open
		}
		if end = nl; !open && begins(body, nl+1) {
			return nl + 1
		}
	}
	if nl := bytes.LastIndexByte(body, '\n'); nl >= 0 {
		return nl + 1
	}
	return len(body)
}

// begins reports whether the line at an offset begins a record and does not go
// on with the one before.
func begins(body []byte, at int) bool {
	next := body[at:]
	if len(next) == 0 || bytes.IndexByte([]byte(" \t\r\n}])"), next[0]) >= 0 {
		return false
	}
	for _, word := range []string{"Caused by", "Traceback (most recent call last)"} {
		if bytes.HasPrefix(next, []byte(word[:min(len(word), len(next))])) {
			return false
		}
	}
	if namesException(next) {
		return false
	}
	serial := auditSerial(next)
	if len(serial) == 0 {
		return serial == nil
	}
	from := bytes.LastIndexByte(body[:at-1], '\n') + 1
	return !bytes.Equal(serial, auditSerial(body[from:at]))
}

// namesException reports whether a line begins with the name of an exception,
// as a line of a stack trace does that is not set in.
func namesException(line []byte) bool {
	const longest = 200
	line = line[:min(len(line), longest)]
	end := bytes.IndexAny(line, ": \r\n")
	if end < 0 || line[end] == ' ' {
		return false
	}
	return bytes.HasSuffix(line[:end], []byte("Exception")) || bytes.HasSuffix(line[:end], []byte("Error"))
}

// auditSerial returns what the records of one event of the Linux audit system
// have in common, nil on other lines.
func auditSerial(line []byte) []byte {
	line, _, _ = bytes.Cut(line[:min(len(line), 512)], []byte("\n"))
	_, rest, ok := bytes.Cut(line, []byte("msg=audit("))
	if !ok {
		return nil
	}
	serial, _, ok := bytes.Cut(rest, []byte(")"))
	if !ok {
		return []byte{} // cut off: nobody knows
	}
	return serial
}
