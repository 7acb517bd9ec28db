package textlog

import "bytes"

// NextPair reads one key=value at the beginning of b, blanks before it
// skipped. A value in double quotes may hold blanks and, after a backslash,
// quotes; escapes are left as they are. A quote that is not closed, as at the
// end of a line that was cut, ends with the line. ok is false when there is no
// pair; a word that is none is passed over in rest.
func NextPair(b []byte) (key, value, rest []byte, ok bool) {
	b = bytes.TrimLeft(b, " \t,;")
	eq := bytes.IndexAny(b, "= \t")
	if eq < 0 {
		return nil, nil, nil, false
	}
	if b[eq] != '=' || eq == 0 {
		return nil, nil, b[eq+1:], false
	}
	key, b = b[:eq], b[eq+1:]
	if len(b) > 0 && b[0] == '"' {
		value, rest = quoted(b[1:])
		return key, value, rest, true
	}
	end := bytes.IndexAny(b, " \t")
	if end < 0 {
		return key, b, nil, true
	}
	return key, b[:end], b[end:], true
}

// quoted returns what stands before the closing quote, and what follows it.
func quoted(b []byte) (text, rest []byte) {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// Cells appends the cells of a line of comma separated values to dst. A cell in
// double quotes may hold commas, and quotes that are doubled; those are undone
// in memory of rec.
func Cells(dst [][]byte, line []byte, rec *Record) [][]byte {
	for len(dst) < maxFields {
		if len(line) > 0 && line[0] == '"' {
			cell, rest := quotedCell(line[1:], rec)
			dst = append(dst, cell)
			end := bytes.IndexByte(rest, ',')
			if end < 0 {
				return dst
			}
			line = rest[end+1:]
			continue
		}
		end := bytes.IndexByte(line, ',')
		if end < 0 {
			return append(dst, line)
		}
		dst, line = append(dst, line[:end]), line[end+1:]
	}
	return dst
}

func quotedCell(b []byte, rec *Record) (cell, rest []byte) {
	doubled := false
	for i := 0; i < len(b); i++ {
		if b[i] != '"' {
			continue
		}
		if i+1 < len(b) && b[i+1] == '"' {
			doubled = true
			i++
			continue
		}
		return undouble(b[:i], doubled, rec), b[i+1:]
	}
	return undouble(b, doubled, rec), nil
}

func undouble(b []byte, doubled bool, rec *Record) []byte {
	if !doubled {
		return b
	}
	return rec.Build(func(dst []byte) []byte {
		for i := 0; i < len(b); i++ {
			dst = append(dst, b[i])
			if b[i] == '"' && i+1 < len(b) && b[i+1] == '"' {
				i++
			}
		}
		return dst
	})
}

// Words appends the words of a line, which blanks or tabs part, to dst. A word
// in double quotes may hold blanks; its quotes are left off. Backslashes guard
// quotes inside. A word in brackets stays together too, with its brackets.
func Words(dst [][]byte, line []byte) [][]byte {
	for len(dst) < maxFields {
		line = bytes.TrimLeft(line, " \t")
		if len(line) == 0 {
			return dst
		}
		if line[0] == '"' {
			word, rest := quoted(line[1:])
			dst, line = append(dst, word), rest
			continue
		}
		end := bytes.IndexAny(line, " \t")
		if line[0] == '[' {
			if close := bytes.IndexByte(line, ']'); close > 0 && close < 64 {
				end = close + 1
			}
		}
		if end < 0 || end >= len(line) {
			return append(dst, line)
		}
		dst, line = append(dst, line[:end]), line[end:]
	}
	return dst
}
