package event

import (
	"bytes"
	"net/netip"
)

// A NameKind says where an event got a name from.
type NameKind uint8

// The kinds of names.
const (
	Query       NameKind = iota // asked of the name system
	Answer                      // what it answered: a name or an address
	ServerName                  // the name in a TLS or QUIC handshake
	WebHost                     // of an HTTP request: Host header or URL
	Certificate                 // that a certificate is valid for
	Machine                     // of another computer, as the log calls it
	nameKinds
)

// The roles of names beyond their kinds: texts that hold names.
const (
	nameURL     = uint8(nameKinds) + iota // WebHost, inside a URL or host:port
	nameResults                           // answers as Sysmon lists them
)

// A Name is a name of the network that an event tells of.
type Name struct {
	Kind NameKind
	Text []byte     // lower case, without a dot at the end and without port
	Addr netip.Addr // valid when Text is an address in place of a name
}

// maxNames bounds the names of one event; hostile answers can hold thousands.
const maxNames = 256

// Names returns the names in the event in its order, each once per kind, at
// most 256.
func (v *Views) Names(e *Event) []Name {
	v.names = v.names[:0]
	v.each(e, nameView, (*Views).nameValue)
	return v.names
}

func (v *Views) nameValue(role uint8, text []byte) {
	switch role {
	case nameURL:
		v.name(WebHost, urlHost(text))
	case nameResults:
		for len(text) > 0 && len(v.names) < maxNames {
			var one []byte
			one, text, _ = bytes.Cut(text, []byte(";"))
			v.name(Answer, result(one))
		}
	default:
		v.name(NameKind(role), text)
	}
}

// result takes the record type before a name in Sysmon's "type:  5 name" away.
func result(text []byte) []byte {
	text = bytes.TrimSpace(text)
	if rest, ok := bytes.CutPrefix(text, []byte("type:")); ok {
		rest = bytes.TrimLeft(bytes.TrimSpace(rest), "0123456789")
		return bytes.TrimSpace(rest)
	}
	return text
}

// name appends a name unless it is none or there already.
func (v *Views) name(kind NameKind, text []byte) {
	if len(v.names) >= maxNames {
		return
	}
	n := Name{Kind: kind}
	if n.Addr, _ = address(text); n.Addr.IsValid() {
		n.Text = text
	} else {
		if kind == WebHost || kind == ServerName {
			text = withoutPort(text)
		}
		text = bytes.TrimSuffix(bytes.TrimPrefix(text, []byte(`\\`)), []byte("."))
		if !isName(text, kind) {
			return
		}
		n.Text = v.lower(nameView, text)
	}
	for i := range v.names {
		have := &v.names[i]
		if have.Kind == kind && have.Addr == n.Addr && (n.Addr.IsValid() || bytes.Equal(have.Text, n.Text)) {
			return
		}
	}
	v.names = append(v.names, n)
}

// isName reports whether a text can be a name. Queries may hold anything that
// is no blank, because tunnels put their data there.
func isName(text []byte, kind NameKind) bool {
	if len(text) == 0 || len(text) > 255 || len(text) == 1 && text[0] == '-' {
		return false
	}
	for _, c := range text {
		switch {
		case c <= ' ' || c == 0x7f:
			return false
		case kind == Query || c >= 0x80 || c == '-' || c == '_' || c == '.' || c == '*' || c == '$':
		case c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z':
		default:
			return false
		}
	}
	return true
}

// urlHost returns the host in a URL, in host/path or in host:port; nil for a
// mere path.
func urlHost(text []byte) []byte {
	if i := bytes.Index(text, []byte("://")); i >= 0 && i < 16 {
		text = text[i+3:]
	}
	if i := bytes.IndexAny(text, "/?#"); i >= 0 {
		text = text[:i]
	}
	if i := bytes.LastIndexByte(text, '@'); i >= 0 {
		text = text[i+1:]
	}
	return text
}

// withoutPort takes a port behind a name away.
func withoutPort(text []byte) []byte {
	if i := bytes.LastIndexByte(text, ':'); i > 0 && len(bytes.Trim(text[i+1:], "0123456789")) == 0 {
		return text[:i]
	}
	return text
}
