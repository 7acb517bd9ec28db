package intel

import "bytes"

// command looks at a command line or script: for fragments, and for values
// that stand inside it.
func (m *Matcher) command(v []byte) {
	if len(m.set.fragments.texts) > 0 {
		m.buf = appendCommand(m.buf[:0], v)
		m.set.fragments.find(m.buf, m.found)
	}
	const inside = rolePath | roleHost | roleAddr | roleURL
	if m.set.want&inside == 0 {
		return
	}
	m.how = InsideCommand
	for len(v) > 0 {
		n, worth := tokenEnd(v)
		if worth && n >= 3 || n >= 32 {
			m.token(v[:n])
		}
		v = v[min(n+1, len(v)):]
	}
	m.how = 0
}

// fragment is called for each fragment that the current value contains.
func (m *Matcher) fragment(fr *fragment, at int) {
	in := &m.set.list[fr.at]
	if in.Type == CommandLine && !whole(m.buf, at, len(fr.text)) {
		return
	}
	if in.Type != CommandLine && !bytes.Contains(m.value, []byte(in.Value)) {
		return // secrets are told apart by case
	}
	m.single(fr.at, Fragment)
}

// What a byte is to the search for words in command lines.
const (
	ends    = 1 << iota // ends a word in shells and scripts
	telling             // stands in paths, URLs, names and addresses
)

var tokenBytes = func() (t [256]uint8) {
	for _, c := range []byte(" \t\r\n\"'`,;()<>|&^{}=\x00") {
		t[c] = ends
	}
	for _, c := range []byte(".\\/:%") {
		t[c] = telling
	}
	return t
}()

// tokenEnd is the length of the next token, and whether it has a byte that all
// values have that are looked for. An equals sign belongs to a URL.
func tokenEnd(v []byte) (n int, worth bool) {
	var all uint8
	for i, c := range v {
		b := tokenBytes[c]
		if b == ends && (c != '=' || all&telling == 0 || !bytes.Contains(v[:i], []byte("://"))) {
			return i, all&telling != 0
		}
		all |= b
	}
	return len(v), all&telling != 0
}

// token looks at one word of a command line.
func (m *Matcher) token(v []byte) {
	if i := bytes.Index(v, []byte("://")); i > 0 {
		m.fullURL(v[i+3:], true)
		return
	}
	if len(v) > 1024 {
		return
	}
	dot := bytes.IndexByte(v, '.') >= 0
	slash := bytes.IndexByte(v, '\\') >= 0
	switch {
	case slash || v[0] == '/' || v[0] == '%':
		m.pathValue(v)
		if bytes.HasPrefix(v, []byte(`\\`)) {
			host, _, _ := bytes.Cut(v[2:], []byte(`\`))
			m.name(host)
		}
	case dot || len(v) >= 32:
		if i, ok := m.lowerName(v); ok {
			m.emit(i, Name, nil)
		}
		if dot {
			m.fullURL(v, false)
		}
	case bytes.Count(v, []byte(":")) >= 2:
		m.name(v)
	}
}

func (m *Matcher) lowerName(v []byte) (int32, bool) {
	names := m.set.texts[Filename]
	if len(names) == 0 {
		return 0, false
	}
	m.buf = appendLower(m.buf[:0], baseName(v))
	i, ok := names[string(m.buf)]
	return i, ok
}
