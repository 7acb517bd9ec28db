package intel

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"time"
)

// maxLine bounds a line of text; longer ones are skipped.
const maxLine = 64 << 10

// A lineReader reads lines of bounded length and can take lines back.
type lineReader struct {
	br   *bufio.Reader
	n    int64 // number of the last line
	back []string
	long bool // the last line was cut
}

// next returns the next line without its end.
func (l *lineReader) next() (string, error) {
	l.n++
	if len(l.back) > 0 {
		s := l.back[0]
		l.back = l.back[1:]
		return s, nil
	}
	l.long = false
	var out []byte
	for {
		part, err := l.br.ReadSlice('\n')
		if len(out)+len(part) <= maxLine {
			out = append(out, part...)
		} else {
			l.long = true
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF && (len(out) > 0 || l.long) {
			err = nil
		}
		return string(bytes.TrimRight(out, "\r\n")), err
	}
}

// readText reads a table or a plain list.
func (c *collector) readText(br *bufio.Reader) error {
	lines := &lineReader{br: br}
	t := &table{c: c, lines: lines}
	c.format = "list"
	var comment string
	for {
		line, err := lines.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		trimmed := strings.TrimSpace(line)
		switch {
		case lines.long:
			c.problem(lines.n, 0, "line is longer than 64 KiB")
			continue
		case trimmed == "", len(trimmed) == 5 && strings.HasPrefix(trimmed, "sep="):
			continue // the latter tells a spreadsheet how cells are separated
		case isComment(trimmed):
			comment = trimmed
			continue
		}
		if t.header(line) {
			return t.read()
		}
		if comment != "" && t.header(strings.TrimLeft(comment, "#/; ")) {
			lines.back, lines.n = append(lines.back, line), lines.n-1
			return t.read()
		}
		return c.readList(lines, line)
	}
}

func isComment(line string) bool {
	return line[0] == '#' || line[0] == ';' || strings.HasPrefix(line, "//")
}

// readList reads one value a line. Comments may follow a value; lines of a
// hosts file (a sink address, then a name) give the name.
func (c *collector) readList(lines *lineReader, line string) error {
	claim := c.intern(Claim{})
	for {
		trimmed := strings.TrimSpace(line)
		switch {
		case lines.long:
			c.problem(lines.n, 0, "line is longer than 64 KiB")
		case trimmed != "" && !isComment(trimmed):
			if err := c.listed(trimmed, claim, lines.n); err != nil {
				return err
			}
		}
		var err error
		if line, err = lines.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (c *collector) listed(line string, claim *Claim, n int64) error {
	if i := strings.Index(line, " #"); i > 0 {
		line = strings.TrimSpace(line[:i])
	}
	if lookup(line) {
		c.unread(line, n, 0, "the hash of a value for look-ups in a MISP feed: the value cannot be told from it")
		return nil
	}
	t := guess(line)
	if t == Other {
		line, t = firstValue(line)
	}
	if t == Other {
		c.unread(line, n, 0, "no indicator that could be told by its form: use a table with a type column")
		return nil
	}
	return c.add(t, bare(line), Indicator{Claim: claim, Line: int32(min(n, 1<<31-1))})
}

// lookup knows a line of a feed's hashes.csv: "md5,uuid of the event".
func lookup(line string) bool {
	hash, id, ok := strings.Cut(line, ",")
	return ok && len(hash) == 32 && isHex(hash) && len(id) == 36 && strings.Count(id, "-") == 4
}

// firstValue looks for the first word of a line that is a value.
func firstValue(line string) (string, Type) {
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == ';' })
	if len(words) > 1 && (words[0] == "0.0.0.0" || words[0] == "127.0.0.1" || words[0] == "::1") {
		words = words[1:]
	}
	for _, w := range words[:min(len(words), 8)] {
		if t := guess(w); t != Other {
			return w, t
		}
	}
	return line, Other
}

// parseDay reads the dates and times that lists use, as Unix seconds.
func parseDay(s string) (int64, bool) {
	s = strings.Trim(strings.TrimSpace(s), `"`)
	if s == "" {
		return 0, false
	}
	if len(s) == 10 && s[4] == '-' {
		t, err := time.Parse(time.DateOnly, s) // most lists: no failed attempts
		return t.Unix(), err == nil
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04:05 UTC", "2006-01-02T15:04:05",
		"2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05-0700", "2006-01-02 15:04", "2006/01/02", "2-Jan-2006", "20060102", "02.01.2006", "2 January 2006", "Jan 2, 2006",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Unix(), true
		}
	}
	if digits(s) && (len(s) == 10 || len(s) == 13) {
		var n int64
		for i := range 10 { // the rest of 13 digits are milliseconds
			n = n*10 + int64(s[i]-'0')
		}
		return n, true
	}
	return 0, false
}

// day reads a bound of validity. One that cannot be read is told with the
// indicator, which then has no such bound.
func (c *collector) day(in *Indicator, what, s string) int64 {
	sec, ok := parseDay(s)
	if !ok && !blankCell(strings.TrimSpace(s)) {
		in.because(what + " " + cut(s, 40) + ": not a time that is understood, not used")
	}
	return sec
}
