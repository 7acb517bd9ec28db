package intel

import (
	"bytes"
	"net/netip"
)

// A message is free text. What stands in it is found by its form: the search
// jumps from dot to dot for names and IPv4 addresses, from colon to colon for
// IPv6, and in steps of the shortest hash for hashes. What a word is, the text
// around it decides: a version, a file and a word of a program look like
// addresses and names too.

// messageValues looks at the fields of free text. They come last, so that a
// field that says what it holds is named as the reason.
func (m *Matcher) messageValues(p *plan) {
	for i := range m.ev.Values {
		v := &m.ev.Values[i]
		if p.roles[v.Field]&roleMessage != 0 && len(v.Text) > 3 {
			m.field, m.value = int(v.Field), v.Text[:min(len(v.Text), maxText)]
			m.message(m.value)
		}
	}
}

// message looks for what a text plainly holds.
func (m *Matcher) message(v []byte) {
	f := m.set.messages()
	m.how, m.urlUntil = InsideMessage, 0
	if f.names {
		m.dotted(v, f)
	}
	if f.six {
		m.urlUntil = 0
		m.colons(v)
	}
	if f.hashes {
		m.digests(v)
	}
	m.how = 0
}

// What a byte is to the search in messages.
const (
	inName = 1 << iota // of host names, IPv4 addresses among them
	inHex
	inMail // of the part of a mail address before the @
	inWord // a letter, a digit or _
	isLetter
)

var messageBytes = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= '0' && c <= '9':
			t[c] = inName | inHex | inMail | inWord
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			t[c] = inName | inMail | inWord | isLetter
			if c|32 <= 'f' {
				t[c] |= inHex
			}
		case c == '_':
			t[c] = inName | inMail | inWord
		case c == '-', c == '.':
			t[c] = inName | inMail
		case c == '+', c == '%', c == '=', c == '\'':
			t[c] = inMail
		}
	}
	return t
}()

func is(c byte, what uint8) bool { return messageBytes[c]&what != 0 }

// dotted looks at every word with a dot.
func (m *Matcher) dotted(v []byte, f *messageFilter) {
	for at := 0; at < len(v); {
		dot := bytes.IndexByte(v[at:], '.')
		if dot < 0 {
			return
		}
		dot += at
		start, end := dot, dot+1
		for start > at && is(v[start-1], inName) {
			start--
		}
		for end < len(v) && is(v[end], inName) {
			end++
		}
		at = end
		m.dottedWord(v, start, end, f)
	}
}

// maxName bounds a host name, generously.
const maxName = 320

func (m *Matcher) dottedWord(v []byte, start, end int, f *messageFilter) {
	if end-start < 4 || end-start > maxName { // the shortest name is of "a.de"
		return
	}
	start, end = trimWord(v, start, end)
	last := bytes.LastIndexByte(v[start:end], '.')
	if last <= 0 {
		return
	}
	top := v[start+last+1]
	switch {
	case is(top, isLetter):
		m.messageName(v, start, end, f)
	case v[start] >= '0' && v[start] <= '9' && is(top, inHex):
		m.messageAddress(v, start, end, f)
	}
}

// trimWord drops the punctuation at the ends of a word, and an escaped
// character of a URL before it.
func trimWord(v []byte, start, end int) (int, int) {
	if start > 0 && v[start-1] == '%' && start+2 < end && is(v[start], inHex) && is(v[start+1], inHex) {
		start += 2
	}
	for start < end && (v[start] == '.' || v[start] == '-') {
		start++
	}
	for end > start && (v[end-1] == '.' || v[end-1] == '-' || v[end-1] == '_') {
		end--
	}
	return start, end
}

// messageAddress looks at an IPv4 address.
func (m *Matcher) messageAddress(v []byte, start, end int, f *messageFilter) {
	four, ok := quad(v[start:end])
	if !ok {
		if end = withoutFlowPort(v, start, end); end == 0 {
			return
		}
		if four, ok = quad(v[start:end]); !ok {
			return
		}
	}
	wanted := f.mayBeAddress(four)
	if !wanted && m.told&toldAddress != 0 || !standsAsAddress(v, start, end) {
		return
	}
	if four[0] != 127 && four[0] != 0 && four[0] < 224 && string(v[start:end]) != m.ev.Host {
		m.told |= toldAddress
	}
	if wanted {
		m.messageHost(v, start, end)
	}
}

// messageHost looks up a host, and the URL that it stands in. A host inside a
// URL that was looked up is looked at alone, so that the work stays linear.
func (m *Matcher) messageHost(v []byte, start, end int) {
	if start >= m.urlUntil && (behindScheme(v, start) || opensURL(v[end:])) {
		m.urlUntil = urlEnd(v, end)
		m.fullURL(v[start:m.urlUntil], false)
		return
	}
	m.name(v[start:end])
}

// messageName looks at a host name, or the one of a mail address.
func (m *Matcher) messageName(v []byte, start, end int, f *messageFilter) {
	wanted := f.mayBeName(v[start:end])
	if !wanted && (m.told&toldName != 0 || !commonTop(v[start:end])) || !standsAsName(v, start, end) {
		return
	}
	if m.told&toldName == 0 && commonTop(v[start:end]) && !own(v[start:end], m.ev.Host) {
		m.told |= toldName
	}
	if !wanted {
		return
	}
	if start > 1 && v[start-1] == '@' {
		m.messageMail(v, start, end)
	}
	m.messageHost(v, start, end)
}

func (m *Matcher) messageMail(v []byte, host, end int) {
	start := host - 1
	for start > 0 && host-start <= 64 && is(v[start-1], inMail) {
		start--
	}
	for start < host && (v[start] == '=' || v[start] == '.' || v[start] == '\'') {
		start++
	}
	m.buf = appendLower(m.buf[:0], v[start:end])
	m.whole(Email, m.buf)
	if at := bytes.LastIndexByte(v[start:host-1], '='); at >= 0 { // of from=x@y
		m.buf = appendLower(m.buf[:0], v[start+at+1:end])
		m.whole(Email, m.buf)
	}
}

// colons looks at every IPv6 address.
func (m *Matcher) colons(v []byte) {
	for at := 0; at < len(v); {
		colon := bytes.IndexByte(v[at:], ':')
		if colon < 0 {
			return
		}
		colon += at
		start, end := colon, colon
		for start > at && is(v[start-1], inHex) {
			start--
		}
		count, gap := 0, false
		for end < len(v) && (is(v[end], inHex) || v[end] == ':' || v[end] == '.') {
			if v[end] == ':' {
				count++
				gap = gap || end > colon && v[end-1] == ':'
			}
			end++
		}
		at = max(end, colon+1)
		if count >= 7 || gap && count >= 2 {
			m.messageSix(v, start, end)
		}
	}
}

// messageSix looks at an address of IPv6. One without a gap has seven colons:
// times and hardware addresses have fewer.
func (m *Matcher) messageSix(v []byte, start, end int) {
	for end > start && (v[end-1] == '.' || v[end-1] == ':' && (end-start < 2 || v[end-2] != ':')) {
		end--
	}
	if end-start < 4 || end-start > 45 || start > 0 && is(v[start-1], inWord) || end < len(v) && is(v[end], inWord) {
		return
	}
	a, ok := parse6(v[start:end])
	if !ok {
		return
	}
	if isGlobal(a) {
		m.told |= toldAddress
	}
	if start >= m.urlUntil && start > 0 && v[start-1] == '[' && behindScheme(v, start-1) {
		m.urlUntil = urlEnd(v, min(end+1, len(v)))
		m.fullURL(v[start-1:m.urlUntil], false)
		return
	}
	m.name(v[start:end])
}

func isGlobal(a netip.Addr) bool {
	return a.Is6() && a.As16()[0]&0xe0 == 0x20
}

// digests looks at every run of hexadecimal digits that is as long as a hash.
// A run of at least 32 has a digit at one of any 32 places in a row.
func (m *Matcher) digests(v []byte) {
	const step = 32
	from := 0
	for i := step - 1; i < len(v); {
		if !is(v[i], inHex) {
			i += step
			continue
		}
		start, end := i, i+1
		for start > from && is(v[start-1], inHex) {
			start--
		}
		for end < len(v) && is(v[end], inHex) {
			end++
		}
		if toldHash(end-start, false) != 0 && (start == 0 || !is(v[start-1], inWord)) && (end == len(v) || !is(v[end], inWord)) {
			m.hash(v[start:end], isDigest)
		}
		from, i = end, end+step
	}
}

func isDigest(in *Indicator) bool { return in.Type.isFileHash() || certOnly(in) }
