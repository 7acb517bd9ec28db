package index

import "bytes"

// isAddress reports whether netip.ParseAddr takes text, without a zone, for
// an address.
func isAddress(text []byte) bool {
	if bytes.IndexByte(text, ':') < 0 {
		return isIPv4(text)
	}
	return isIPv6(text)
}

// isIPv4 reports whether text is four numbers up to 255 without leading zeros.
func isIPv4(text []byte) bool {
	for part := range 4 {
		if part > 0 {
			if len(text) == 0 || text[0] != '.' {
				return false
			}
			text = text[1:]
		}
		n, value := 0, 0
		for n < len(text) && n < 3 && text[n] >= '0' && text[n] <= '9' {
			value = 10*value + int(text[n]-'0')
			n++
		}
		if n == 0 || value > 255 || n > 1 && text[0] == '0' {
			return false
		}
		text = text[n:]
	}
	return len(text) == 0
}

// isIPv6 reports whether text is eight groups of hexadecimal digits, or fewer
// with one "::" among them. The last two may be written as IPv4.
func isIPv6(text []byte) bool {
	groups, gap := 0, false
	if bytes.HasPrefix(text, []byte("::")) {
		text, gap = text[2:], true
	}
	for len(text) > 0 {
		n := hexDigits(text)
		if n < len(text) && text[n] == '.' {
			groups += 2
			return isIPv4(text) && fills(groups, gap)
		}
		if n == 0 || n > 4 {
			return false
		}
		groups++
		if text = text[n:]; len(text) == 0 {
			break
		}
		if text[0] != ':' || len(text) == 1 {
			return false
		}
		if text = text[1:]; text[0] == ':' {
			if gap {
				return false
			}
			text, gap = text[1:], true
		}
	}
	return fills(groups, gap)
}

// fills reports whether so many groups make an address; a gap stands for at
// least one.
func fills(groups int, gap bool) bool { return gap && groups < 8 || !gap && groups == 8 }

func hexDigits(text []byte) int {
	for i, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return i
		}
	}
	return len(text)
}
