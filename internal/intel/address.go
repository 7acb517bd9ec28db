package intel

import "net/netip"

// parseAddr reads an IPv4 or IPv6 address, with or without a port or brackets,
// without allocating.
func parseAddr(b []byte) (netip.Addr, bool) {
	if len(b) < 2 || len(b) > 64 {
		return netip.Addr{}, false
	}
	if b[0] == '[' {
		for i, c := range b {
			if c == ']' {
				return parse6(b[1:i])
			}
		}
		return netip.Addr{}, false
	}
	colons, dots := 0, 0
	for _, c := range b {
		switch {
		case c == ':':
			colons++
		case c == '.':
			dots++
		case (c < '0' || c > '9') && (c|32 < 'a' || c|32 > 'f') && c != '%':
			return netip.Addr{}, false
		}
	}
	switch {
	case colons == 0:
		return parse4(b)
	case colons == 1 && dots == 3:
		for i, c := range b {
			if c == ':' {
				return parse4(b[:i])
			}
		}
	case colons >= 2:
		return parse6(b)
	}
	return netip.Addr{}, false
}

func parse4(b []byte) (netip.Addr, bool) {
	v, ok := quad(b)
	return netip.AddrFrom4(v), ok
}

func quad(b []byte) ([4]byte, bool) {
	var out [4]byte
	part, n, digits := 0, 0, 0
	for _, c := range b {
		switch {
		case c == '.':
			if digits == 0 || part == 3 {
				return out, false
			}
			out[part] = byte(n)
			part, n, digits = part+1, 0, 0
		case c >= '0' && c <= '9':
			if digits > 0 && n == 0 {
				return out, false // 01 is octal to some
			}
			n, digits = n*10+int(c-'0'), digits+1
			if n > 255 {
				return out, false
			}
		default:
			return out, false
		}
	}
	if part != 3 || digits == 0 {
		return out, false
	}
	out[3] = byte(n)
	return out, true
}

// parse6 reads an IPv6 address; a zone is dropped, a mapped IPv4 address is
// returned as IPv4.
func parse6(b []byte) (netip.Addr, bool) {
	for i, c := range b {
		if c == '%' {
			b = b[:i]
			break
		}
	}
	var out [16]byte
	at, gap := 0, -1
	if len(b) >= 2 && b[0] == ':' && b[1] == ':' {
		gap, b = 0, b[2:]
	}
	for len(b) > 0 {
		if at >= 16 {
			return netip.Addr{}, false
		}
		v, n := hexGroup(b)
		if n == 0 {
			return netip.Addr{}, false
		}
		if n < len(b) && b[n] == '.' {
			four, ok := quad(b)
			if !ok || at > 12 {
				return netip.Addr{}, false
			}
			at += copy(out[at:], four[:])
			b = nil
			break
		}
		out[at], out[at+1] = byte(v>>8), byte(v)
		at, b = at+2, b[n:]
		if len(b) == 0 {
			break
		}
		if b[0] != ':' || len(b) == 1 {
			return netip.Addr{}, false
		}
		b = b[1:]
		if b[0] == ':' {
			if gap >= 0 {
				return netip.Addr{}, false
			}
			gap, b = at, b[1:]
		}
	}
	if !fill(&out, at, gap) {
		return netip.Addr{}, false
	}
	return netip.AddrFrom16(out).Unmap(), true
}

// fill moves what stands behind the gap to the end.
func fill(out *[16]byte, at, gap int) bool {
	if gap < 0 {
		return at == 16
	}
	if at >= 16 {
		return false
	}
	tail := at - gap
	for i := range tail {
		out[15-i] = out[gap+tail-1-i]
	}
	for i := gap; i < 16-tail; i++ {
		out[i] = 0
	}
	return true
}

func hexGroup(b []byte) (v uint16, n int) {
	for n < len(b) && n < 4 {
		d, ok := nibble(b[n])
		if !ok {
			break
		}
		v, n = v<<4|uint16(d), n+1
	}
	if n < len(b) && b[n] != ':' && b[n] != '.' {
		return 0, 0
	}
	return v, n
}
