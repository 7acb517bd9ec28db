package auditd

import "bytes"

// Fields calls each for the fields of a record of some kind, decoded, as they
// stand behind its number: for logs of other forms that carry such records.
// What has no value is left out; the name of the system call is added.
func Fields(kind, record []byte, each func(name, value []byte)) {
	var arch, number []byte
	named := false
	fields(record, false, func(key, value []byte, quoted bool) {
		switch string(key) {
		case "arch":
			arch = value
		case "syscall":
			number = value
		case "SYSCALL":
			named = true
		}
		switch {
		case !quoted && isNothing(value):
			return
		case !quoted && isHex(value) && isEncoded(kind, key):
			value = bytes.ToValidUTF8(unhex(nil, value), []byte("\uFFFD"))
		}
		each(key, value)
	})
	if name := callName(arch, number); !named && name != "" {
		each([]byte("SYSCALL"), []byte(name))
	}
}

// isNothing recognises what stands for a value that is not known.
func isNothing(value []byte) bool {
	switch string(value) {
	case "?", "(null)", "(none)":
		return true
	}
	return false
}

// fields calls each for the fields of a record. Quoted is set for values in
// double quotes, which are literal. What stands in single quotes is taken
// apart as well; there values may have blanks.
func fields(text []byte, inner bool, each func(key, value []byte, quoted bool)) {
	for len(text) > 0 {
		if isBlank(text[0]) {
			text = text[1:]
			continue
		}
		key := keyOf(text)
		if key == nil {
			text = text[wordEnd(text):]
			continue
		}
		text = text[len(key)+1:]
		switch {
		case len(text) > 0 && text[0] == '"':
			value, rest := quoted(text[1:], '"')
			each(key, value, true)
			text = rest
		case len(text) > 0 && text[0] == '\'' && !inner:
			value, rest := lastQuoted(text[1:])
			fields(value, true, each)
			text = rest
		default:
			n := wordEnd(text)
			if bytes.HasPrefix(text, null) {
				n = len(null) // copies may lack the separator behind it
			} else if inner {
				n = looseEnd(text, n)
			}
			each(key, bytes.TrimRight(text[:n], ","), false)
			text = text[n:]
		}
	}
}

// null is how the kernel writes a value that it does not have.
var null = []byte("(null)")

// isBlank reports whether c parts fields. Enriched records have a group
// separator before what was added.
func isBlank(c byte) bool { return c == ' ' || c == 0x1d || c == '\t' || c == ',' }

func wordEnd(text []byte) int {
	for i, c := range text {
		if c == ' ' || c == 0x1d || c == '\t' {
			return i
		}
	}
	return len(text)
}

// looseEnd extends a value of several words to before the next field.
func looseEnd(text []byte, n int) int {
	for n < len(text) && text[n] == ' ' {
		next := text[n+1:]
		if len(next) == 0 || isBlank(next[0]) || keyOf(next) != nil {
			return n
		}
		n += 1 + wordEnd(next)
	}
	return n
}

// keyOf returns the name in front of an equals sign, nil when the word is no
// field.
func keyOf(text []byte) []byte {
	for i, c := range text {
		switch {
		case c == '=':
			if i == 0 {
				return nil
			}
			return text[:i]
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '[', c == ']', c == '.':
		default:
			return nil
		}
		if i > 64 {
			return nil
		}
	}
	return nil
}

func quoted(text []byte, end byte) (value, rest []byte) {
	if i := bytes.IndexByte(text, end); i >= 0 {
		return text[:i], text[i+1:]
	}
	return text, nil
}

// lastQuoted cuts at the last single quote: values within may have some.
func lastQuoted(text []byte) (value, rest []byte) {
	if i := bytes.LastIndexByte(text, '\''); i >= 0 {
		return text[:i], text[i+1:]
	}
	return text, nil
}

// argument reads the name of an argument, a7 or a7[2], and returns its number.
func argument(key []byte) (n int, ok bool) {
	if len(key) < 2 || key[0] != 'a' {
		return 0, false
	}
	num := key[1:]
	if i := bytes.IndexByte(num, '['); i >= 0 {
		num = num[:i]
	}
	v, ok := decimal(num)
	return int(v), ok && len(num) > 0 && len(num) < 6
}

// isEncoded reports whether a field's value is text that the kernel writes in
// hexadecimal when it stands without quotes.
func isEncoded(kind, key []byte) bool {
	switch string(key) {
	case "comm", "exe", "name", "cwd", "proctitle", "cmd", "acct", "key", "path", "dir", "data", "file", "vm", "new-disk":
		return true
	}
	if string(kind) != "EXECVE" {
		return false
	}
	_, ok := argument(key)
	return ok
}

// isHex reports whether a value can be text in hexadecimal.
func isHex(b []byte) bool {
	if len(b) == 0 || len(b)%2 != 0 {
		return false
	}
	for _, c := range b {
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

// unhex appends what a value in hexadecimal stands for. NUL, which parts the
// arguments of a title, becomes a blank.
func unhex(dst, b []byte) []byte {
	for i := 0; i+1 < len(b); i += 2 {
		c := nibble(b[i])<<4 | nibble(b[i+1])
		if c == 0 {
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}

func nibble(c byte) byte {
	if c >= 'A' {
		return c - 'A' + 10
	}
	return c - '0'
}
