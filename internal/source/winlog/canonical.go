package winlog

import "bytes"

// canonical gives a value the form in which logs themselves are read. Tools
// render the same value in several: times with seven or nine digits where logs
// are read with six, identifiers in upper case, numbers filled up with zeroes.
// Texts that only look so, such as Sysmon's StartAddress, stay as they are: the
// field's name decides.
func (x *XML) canonical(name, text []byte) []byte {
	switch n := len(text); {
	case n < 10 || n > 38:
	case text[0] == '0' && text[1] == 'x' && (n == 10 || n == 18) && Hexadecimal(string(name), true):
		return x.shortHex(text)
	case n == 38 && namesGUID(name) && text[0] == '{' && text[37] == '}' && isGUID(text[1:37]):
		if bytes.ContainsAny(text, "ABCDEF") {
			return x.b.Text(func(dst []byte) []byte { return appendLower(dst, text) })
		}
	case (n == 28 || n == 30) && text[10] == 'T' && text[19] == '.' && text[n-1] == 'Z':
		return x.b.Text(func(dst []byte) []byte { return append(append(dst, text[:26]...), 'Z') })
	}
	return text
}

// namesGUID reports whether a field holds an identifier by its name. Defender's
// Detection ID is a text in upper case.
func namesGUID(name []byte) bool {
	return len(name) >= 4 && bytes.EqualFold(name[len(name)-4:], []byte("guid"))
}

// shortHex takes leading zeroes off a number of 8 or 16 digits.
func (x *XML) shortHex(text []byte) []byte {
	if text[2] != '0' || !isHex(text[2:]) {
		return text
	}
	digits := bytes.TrimLeft(text[2:], "0")
	if len(digits) == 0 {
		digits = text[len(text)-1:]
	}
	return x.b.Text(func(dst []byte) []byte { return appendLower(append(dst, "0x"...), digits) })
}

func appendLower(dst, text []byte) []byte {
	for _, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func isHex(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// isGUID recognises an identifier without braces.
func isGUID(b []byte) bool {
	return b[8] == '-' && b[13] == '-' && b[18] == '-' && b[23] == '-' &&
		isHex(b[:8]) && isHex(b[9:13]) && isHex(b[14:18]) && isHex(b[19:23]) && isHex(b[24:])
}
