package event

import (
	"bytes"
	"net/netip"
	"unicode"
	"unicode/utf8"
)

// lower returns the text in lower case: itself when it is so already, else a
// copy in the view's memory.
func (v *Views) lower(w view, text []byte) []byte {
	i := 0
	for i < len(text) && text[i] < utf8.RuneSelf && (text[i] < 'A' || text[i] > 'Z') {
		i++
	}
	if i == len(text) {
		return text
	}
	buf := v.scratch[w]
	start := len(buf)
	buf = append(buf, text[:i]...)
	for i < len(text) {
		if c := text[i]; c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			buf = append(buf, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			buf = append(buf, text[i])
		} else {
			buf = utf8.AppendRune(buf, unicode.ToLower(r))
		}
		i += n
	}
	v.scratch[w] = buf
	return buf[start:len(buf):len(buf)]
}

// number reads a process id, a logon id or a port, decimal or hexadecimal with
// 0x. What is no number is 0.
func number(text []byte) uint64 {
	base := uint64(10)
	if len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		base, text = 16, text[2:]
	}
	if len(text) == 0 {
		return 0
	}
	n := uint64(0)
	for _, c := range text {
		d := uint64(digit(c))
		if d >= base || n > (1<<64-1-d)/base {
			return 0
		}
		n = n*base + d
	}
	return n
}

// digit returns the value of a hexadecimal digit, or 255.
func digit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// guid returns a GUID in lower case without braces, or nil when it is none or
// null.
func (v *Views) guid(w view, text []byte) []byte {
	if len(text) == 38 && text[0] == '{' && text[37] == '}' {
		text = text[1:37]
	}
	if len(text) != 36 {
		return nil
	}
	null := true
	for i, c := range text {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && digit(c) == 255 {
			return nil
		}
		null = null && (dash || c == '0')
	}
	if null {
		return nil
	}
	return v.lower(w, text)
}

// path makes the path of a file comparable: those of Windows lose their case,
// prefixes for the kernel and quotes.
func (v *Views) path(w view, text []byte, windows bool) []byte {
	if n := len(text); n > 2 && text[0] == '"' && text[n-1] == '"' {
		text = text[1 : n-1]
	}
	if len(text) > 4 && (string(text[:4]) == `\??\` || string(text[:4]) == `\\?\`) {
		text = text[4:]
	}
	if windows || bytes.IndexByte(text, '\\') >= 0 {
		return v.lower(w, text)
	}
	return text
}

// address reads an address of IPv4 or IPv6, perhaps with brackets, a zone or a
// port behind it. Zones are dropped and mapped addresses of IPv4 unmapped; an
// unspecified address is no address.
func address(text []byte) (netip.Addr, uint16) {
	var port uint16
	if len(text) > 0 && text[0] == '[' {
		end := bytes.IndexByte(text, ']')
		if end < 0 {
			return netip.Addr{}, 0
		}
		if rest := text[end+1:]; len(rest) > 0 {
			if rest[0] != ':' {
				return netip.Addr{}, 0
			}
			port = portOf(rest[1:])
		}
		text = text[1:end]
	} else if i := bytes.IndexByte(text, ':'); i >= 0 && bytes.IndexByte(text[i+1:], ':') < 0 {
		port, text = portOf(text[i+1:]), text[:i]
	}
	if i := bytes.IndexByte(text, '%'); i >= 0 {
		text = text[:i]
	}
	a := parseAddr(text)
	if !a.IsValid() || a.IsUnspecified() {
		return netip.Addr{}, 0
	}
	return a, port
}

func portOf(text []byte) uint16 {
	n := number(text)
	if n > 65535 {
		return 0
	}
	return uint16(n)
}

// parseAddr does what netip.ParseAddr does for addresses without zone, but
// takes bytes and never allocates. Mapped addresses come back unmapped.
func parseAddr(text []byte) netip.Addr {
	if bytes.IndexByte(text, ':') >= 0 {
		return parse6(text)
	}
	var b [4]byte
	if !parse4(text, b[:]) {
		return netip.Addr{}
	}
	return netip.AddrFrom4(b)
}

// parse4 reads four numbers with dots, without leading zeroes, into out.
func parse4(text, out []byte) bool {
	field, val, digits := 0, 0, 0
	for _, c := range text {
		switch {
		case c == '.':
			if digits == 0 || field == 3 {
				return false
			}
			out[field] = byte(val)
			field, val, digits = field+1, 0, 0
		case c < '0' || c > '9' || digits > 0 && val == 0:
			return false
		default:
			val, digits = val*10+int(c-'0'), digits+1
			if val > 255 {
				return false
			}
		}
	}
	if field != 3 || digits == 0 {
		return false
	}
	out[3] = byte(val)
	return true
}

// parse6 reads groups of hexadecimal digits with colons, of which one run of
// zeroes may be left out and the last two may be an address of IPv4.
func parse6(text []byte) netip.Addr {
	var b [16]byte
	at, gap := 0, -1
	if bytes.HasPrefix(text, []byte("::")) {
		gap, text = 0, text[2:]
	}
	for len(text) > 0 {
		if at == 16 {
			return netip.Addr{}
		}
		end := bytes.IndexByte(text, ':')
		if end < 0 {
			end = len(text)
		}
		if end == len(text) && bytes.IndexByte(text, '.') >= 0 {
			if at > 12 || !parse4(text, b[at:at+4]) {
				return netip.Addr{}
			}
			at += 4
			break
		}
		if !parseGroup(text[:end], b[at:at+2]) {
			return netip.Addr{}
		}
		at += 2
		if end == len(text) {
			break
		}
		if text = text[end+1:]; len(text) == 0 {
			return netip.Addr{} // ends with a single colon
		}
		if text[0] == ':' {
			if gap >= 0 {
				return netip.Addr{}
			}
			gap, text = at, text[1:]
		}
	}
	if gap < 0 && at < 16 || gap >= 0 && at == 16 {
		return netip.Addr{}
	}
	if gap >= 0 {
		tail := copy(b[16-(at-gap):], b[gap:at])
		clear(b[gap : 16-tail])
	}
	return netip.AddrFrom16(b).Unmap()
}

// parseGroup reads one to four hexadecimal digits.
func parseGroup(text, out []byte) bool {
	if len(text) == 0 || len(text) > 4 {
		return false
	}
	n := 0
	for _, c := range text {
		d := digit(c)
		if d == 255 {
			return false
		}
		n = n<<4 | int(d)
	}
	out[0], out[1] = byte(n>>8), byte(n)
	return true
}
