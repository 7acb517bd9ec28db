package index

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	repeatLimit = 1000 // of Go's regexp
	repeatMost  = 8000 // beyond this the machine would be too large
)

// splitRepeats rewrites repetitions of one character or class beyond Go's
// limit, such as [a-z]{1500,}, into several within it: [a-z]{1000}[a-z]{500,}.
// All else is left as it is, errors too.
func splitRepeats(text string) string {
	var out strings.Builder
	last := 0 // text before this is written
	for i := 0; i < len(text); {
		n := atomLen(text[i:])
		unit := text[i : i+n]
		i += n
		lo, hi, size := repeatAt(text[i:])
		if size == 0 || unit == ")" || strings.HasPrefix(unit, `\Q`) || max(lo, hi) <= repeatLimit || max(lo, hi) > repeatMost {
			continue
		}
		out.WriteString(text[last : i-n])
		tail := ""
		if lazy := strings.HasPrefix(text[i+size:], "?"); lazy {
			tail, size = "?", size+1
		}
		writeRepeat(&out, unit, tail, lo, hi)
		i += size
		last = i
	}
	if last == 0 {
		return text
	}
	return out.String() + text[last:]
}

// atomLen returns the length of the escape, class or character at the front of
// a pattern. A parenthesis counts as a character.
func atomLen(text string) int {
	switch text[0] {
	case '\\':
		return escapeLen(text)
	case '[':
		return classLen(text)
	}
	_, n := utf8.DecodeRuneInString(text)
	return n
}

func escapeLen(text string) int {
	if len(text) < 2 {
		return len(text)
	}
	switch text[1] {
	case 'Q':
		if end := strings.Index(text, `\E`); end >= 0 {
			return end + 2
		}
		return len(text)
	case 'x', 'p', 'P':
		if len(text) > 2 && text[2] == '{' {
			if end := strings.IndexByte(text, '}'); end >= 0 {
				return end + 1
			}
		}
		if text[1] == 'x' {
			return min(4, len(text))
		}
		return min(3, len(text))
	}
	_, n := utf8.DecodeRuneInString(text[1:])
	return 1 + n
}

// classLen returns the length of a bracket expression, in which a first ']' is
// a member and [:name:] nests.
func classLen(text string) int {
	i := 1
	if strings.HasPrefix(text[i:], "^") {
		i++
	}
	if strings.HasPrefix(text[i:], "]") {
		i++
	}
	for i < len(text) {
		switch {
		case text[i] == ']':
			return i + 1
		case text[i] == '\\':
			i += escapeLen(text[i:])
		case strings.HasPrefix(text[i:], "[:") && strings.Contains(text[i:], ":]"):
			i += strings.Index(text[i:], ":]") + 2
		default:
			i++
		}
	}
	return len(text)
}

// repeatAt reads {n}, {n,} or {n,m} at the front of text; hi is -1 when open.
// size is 0 when there is none.
func repeatAt(text string) (lo, hi, size int) {
	end := strings.IndexByte(text, '}')
	if end < 2 || text[0] != '{' {
		return 0, 0, 0
	}
	from, to, comma := strings.Cut(text[1:end], ",")
	lo, err := strconv.Atoi(from)
	if err != nil || lo < 0 {
		return 0, 0, 0
	}
	switch {
	case !comma:
		return lo, lo, end + 1
	case to == "":
		return lo, -1, end + 1
	}
	hi, err = strconv.Atoi(to)
	if err != nil || hi < lo {
		return 0, 0, 0
	}
	return lo, hi, end + 1
}

// writeRepeat writes unit{lo,hi} in pieces within the limit, as one group.
func writeRepeat(out *strings.Builder, unit, tail string, lo, hi int) {
	out.WriteString("(?:")
	more := hi - lo
	for ; lo > repeatLimit; lo -= repeatLimit {
		fmt.Fprintf(out, "%s{%d}", unit, repeatLimit)
	}
	if hi < 0 {
		fmt.Fprintf(out, "%s{%d,}%s", unit, lo, tail)
	} else if fmt.Fprintf(out, "%s{%d}", unit, lo); more > 0 {
		for ; more > repeatLimit; more -= repeatLimit {
			fmt.Fprintf(out, "%s{0,%d}%s", unit, repeatLimit, tail)
		}
		fmt.Fprintf(out, "%s{0,%d}%s", unit, more, tail)
	}
	out.WriteByte(')')
}
