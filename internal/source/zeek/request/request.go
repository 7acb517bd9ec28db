// Package request gives requests of HTTP, as network sensors see them, the
// names that Sigma rules of the categories proxy and webserver use.
//
// Rules write an address in several ways, so c-uri and cs-uri have two values,
// the absolute address and what follows the host; cs-uri-query has the whole
// target of the request and, if there is one, its query part.
package request

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/winlog"
)

// A Request is what a sensor saw. What it did not see is nil.
type Request struct {
	Method, Target, Host, Agent []byte
	Responder, Port             []byte // the server's address
}

// Fields holds the numbers of the fields in a shape, -1 for a name that the
// log has itself.
type Fields struct {
	uri, csURI, target, query int // c-uri, cs-uri, cs-uri-query, c-uri-query
	stem, extension, host     int // cs-uri-stem, c-uri-extension, cs-host
	agent                     int // c-useragent
}

// NewFields adds the fields to a layout.
func NewFields(b *winlog.Layout) *Fields {
	return &Fields{
		uri: b.Header("c-uri"), csURI: b.Header("cs-uri"),
		target: b.Header("cs-uri-query"), query: b.Header("c-uri-query"),
		stem: b.Header("cs-uri-stem"), extension: b.Header("c-uri-extension"), host: b.Header("cs-host"),
		agent: b.Header("c-useragent"),
	}
}

// A Writer collects the values of one event.
type Writer struct {
	Values []event.Value
	Arena  []byte // texts that were put together
}

var (
	schemeHTTP = []byte("http://")
	connect    = []byte("CONNECT")
	empty      = []byte{}
)

// Put adds the values of a request. It reports whether the request went to an
// internal server and not to a proxy. A missing user agent is empty in
// c-useragent, because rules for proxies ask for an empty one; those for
// servers ask for none in cs-user-agent.
func (w *Writer) Put(f *Fields, r *Request) (inbound bool) {
	if len(r.Method) == 0 {
		return false
	}
	absolute := bytes.Contains(r.Target[:min(12, len(r.Target))], []byte("://"))
	tunnel := bytes.Equal(r.Method, connect)
	if r.Agent == nil {
		w.add(f.agent, empty)
	}
	host, full, inner := r.Host, r.Target, r.Target
	switch {
	case absolute:
		host, inner = splitAddress(r.Target)
	case !tunnel:
		full = w.join(schemeHTTP, w.authority(r), r.Target)
	}
	if host = withoutPort(host); len(host) > 0 {
		w.add(f.host, host)
	}
	if len(r.Target) > 0 {
		w.address(f, full, inner)
	}
	return !absolute && !tunnel && IsInternal(r.Responder)
}

// authority is the host as it stands in an address: that of the Host header,
// or the responder with its port.
func (w *Writer) authority(r *Request) []byte {
	if len(r.Host) > 0 {
		return r.Host
	}
	if len(r.Port) == 0 || string(r.Port) == "80" {
		return r.Responder
	}
	return w.join(r.Responder, []byte(":"), r.Port)
}

// address adds an address, whole and from the path on, and its parts.
func (w *Writer) address(f *Fields, full, inner []byte) {
	for _, field := range [...]int{f.uri, f.csURI} {
		w.add(field, full)
		if !bytes.Equal(full, inner) {
			w.add(field, inner)
		}
	}
	path, query, ok := bytes.Cut(inner, []byte("?"))
	w.add(f.target, inner)
	w.add(f.stem, path)
	if ok {
		w.add(f.target, query)
		w.add(f.query, query)
	}
	name := path[bytes.LastIndexByte(path, '/')+1:]
	if dot := bytes.LastIndexByte(name, '.'); dot >= 0 && dot+1 < len(name) && len(name) < len(inner) {
		w.add(f.extension, name[dot+1:])
	}
}

// add adds a text, unless the field is not there.
func (w *Writer) add(field int, text []byte) {
	if field >= 0 {
		w.Values = append(w.Values, event.Value{Field: uint16(field), Text: text})
	}
}

// join puts texts together in the arena.
func (w *Writer) join(parts ...[]byte) []byte {
	start := len(w.Arena)
	for _, p := range parts {
		w.Arena = append(w.Arena, p...)
	}
	return w.Arena[start:len(w.Arena):len(w.Arena)]
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

// IsInternal reports whether an address is private, local or loopback (RFC
// 1918, 4193, 3927, 4291).
func IsInternal(ip []byte) bool {
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
