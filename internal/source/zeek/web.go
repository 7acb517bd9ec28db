package zeek

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/winlog"
)

// A web holds the numbers of the fields that rules for proxies and web servers
// use and that are put together from several of http.log. -1 is a name that
// the log has itself.
type web struct {
	uri, csURI, target, query int // c-uri, cs-uri, cs-uri-query, c-uri-query
	stem, extension, host     int // cs-uri-stem, c-uri-extension, cs-host
	agent                     int // c-useragent
}

func newWeb(b *winlog.Layout) *web {
	return &web{
		uri: b.Header("c-uri"), csURI: b.Header("cs-uri"),
		target: b.Header("cs-uri-query"), query: b.Header("c-uri-query"),
		stem: b.Header("cs-uri-stem"), extension: b.Header("c-uri-extension"), host: b.Header("cs-host"),
		agent: b.Header("c-useragent"),
	}
}

var (
	schemeHTTP = []byte("http://")
	connect    = []byte("CONNECT")
)

// finish adds what rules know about a request: the address as proxies write
// it and as servers do, both as values of one field, and its parts. It decides
// whether the request went to a server of the house.
func (b *builder) finish(l *layout) {
	if len(b.roles[roleMethod]) == 0 {
		return
	}
	w := l.web
	target := b.roles[roleURI]
	host := b.roles[roleHost]
	absolute := bytes.Contains(head(target, 12), []byte("://"))
	tunnel := bytes.Equal(b.roles[roleMethod], connect)
	if !absolute && !tunnel && isInternal(b.roles[roleResponder]) {
		b.event.Source = l.inbound
	}
	if b.roles[roleAgent] == nil {
		b.add(w.agent, empty) // rules for proxies expect an empty one, those for servers none
	}
	full, inner := target, target
	switch {
	case absolute:
		host, inner = splitAddress(target)
	case !tunnel:
		full = b.join(schemeHTTP, b.address(host), target)
	}
	if host = withoutPort(host); len(host) > 0 {
		b.add(w.host, host)
	}
	if len(target) == 0 {
		return
	}
	b.addURI(w, full, inner)
}

// address is the host as it stands in an address: that of the Host header, or
// the responder with its port.
func (b *builder) address(host []byte) []byte {
	if len(host) > 0 {
		return host
	}
	ip, port := b.roles[roleResponder], b.roles[rolePort]
	if len(port) == 0 || string(port) == "80" {
		return ip
	}
	return b.join(ip, []byte(":"), port)
}

// addURI adds an address, whole and from the path on, and its parts.
func (b *builder) addURI(w *web, full, inner []byte) {
	for _, f := range [...]int{w.uri, w.csURI} {
		b.add(f, full)
		if !bytes.Equal(full, inner) {
			b.add(f, inner)
		}
	}
	path, query, ok := bytes.Cut(inner, []byte("?"))
	b.add(w.target, inner)
	b.add(w.stem, path)
	if ok {
		b.add(w.target, query)
		b.add(w.query, query)
	}
	name := path[bytes.LastIndexByte(path, '/')+1:]
	if dot := bytes.LastIndexByte(name, '.'); dot >= 0 && dot+1 < len(name) && len(name) < len(inner) {
		b.add(w.extension, name[dot+1:])
	}
}

// add adds a text, unless the field is not there.
func (b *builder) add(field int, text []byte) {
	if field >= 0 {
		b.event.Values = append(b.event.Values, event.Value{Field: uint16(field), Text: text})
	}
}

// join puts texts together in the arena.
func (b *builder) join(parts ...[]byte) []byte {
	start := len(b.arena)
	for _, p := range parts {
		b.arena = append(b.arena, p...)
	}
	return b.arena[start:len(b.arena):len(b.arena)]
}

// splitAddress cuts an absolute address into host and what follows.
func splitAddress(full []byte) (host, rest []byte) {
	_, after, _ := bytes.Cut(full, []byte("://"))
	end := bytes.IndexAny(after, "/?")
	if end < 0 {
		return after, nil
	}
	return after[:end], after[end:]
}

// withoutPort cuts the port off a host.
func withoutPort(host []byte) []byte {
	i := bytes.LastIndexByte(host, ':')
	if i < 0 || bytes.IndexByte(host[:i], ':') >= 0 && host[i-1] != ']' {
		return host // none, or an address of IPv6
	}
	for _, c := range host[i+1:] {
		if c < '0' || c > '9' {
			return host
		}
	}
	return host[:i]
}

func head(b []byte, n int) []byte { return b[:min(n, len(b))] }

// isInternal reports whether an address is private, local or loopback (RFC
// 1918, 4193, 3927, 4291).
func isInternal(ip []byte) bool {
	for _, p := range [...]string{"10.", "192.168.", "127.", "169.254.", "fc", "fd", "fe80:"} {
		if len(ip) > len(p) && string(ip[:len(p)]) == p {
			return p[0] != 'f' || bytes.IndexByte(ip, ':') >= 0
		}
	}
	if len(ip) > 7 && string(ip[:4]) == "172." && ip[6] == '.' {
		n := (ip[4]-'0')*10 + ip[5] - '0'
		return n >= 16 && n <= 31
	}
	return string(ip) == "::1"
}
