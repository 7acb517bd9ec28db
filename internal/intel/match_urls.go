package intel

import (
	"bytes"
	"strings"
)

// urlValue looks at a URL, or at a path that is joined with the event's host.
func (m *Matcher) urlValue(p *plan, v []byte) {
	if v = requested(v); len(v) == 0 {
		return
	}
	if i := bytes.Index(v, []byte("://")); i > 0 && i < 12 {
		m.noteURL(v)
		m.fullURL(v[i+3:], true)
		return
	}
	if v[0] != '/' {
		// "host:port" of CONNECT, or a URL without its scheme
		m.noteURL(v)
		m.fullURL(v, false)
		return
	}
	path := v
	m.uriPath(path)
	host := m.text(p.urlHost)
	if p.urlHost < 0 || p.urlHost == m.field || len(host) == 0 {
		return
	}
	m.url = appendLower(m.url[:0], trimPort(host))
	m.url = append(m.url, path...)
	m.joined(len(m.url) - len(path))
	if q := m.text(p.query); len(q) > 1 && bytes.IndexByte(path, '?') < 0 {
		m.url = append(append(m.url, '?'), bytes.TrimPrefix(q, []byte("?"))...)
		m.joined(len(m.url))
	}
}

// noteURL notes that the log shows URLs with their host. What led to a request
// is not the request.
func (m *Matcher) noteURL(v []byte) {
	if m.told&toldURL == 0 && bytes.IndexByte(v, '.') > 0 && !refers(m.ev.Shape.Fields[m.field].Name) {
		m.told |= toldURL
	}
}

// refers reports whether a field's name is that of a referrer.
func refers(name string) bool {
	const word = "refer"
	for i := 0; i+len(word) <= len(name); i++ {
		if strings.EqualFold(name[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// requested is the URL of a request line such as "GET /path HTTP/1.1", or v.
func requested(v []byte) []byte {
	method := bytes.IndexByte(v, ' ')
	if method < 3 || method > 16 {
		return v
	}
	for _, c := range v[:method] {
		if c < 'A' || c > 'Z' {
			return v
		}
	}
	v = v[method+1:]
	if end := bytes.IndexByte(v, ' '); end >= 0 {
		v = v[:end]
	}
	return v
}

// fullURL looks at a URL behind its scheme.
func (m *Matcher) fullURL(v []byte, sure bool) {
	end := bytes.IndexAny(v, "/?#")
	if end < 0 {
		end = len(v)
	}
	host := v[:end]
	if i := bytes.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if len(host) == 0 || len(host) > 300 {
		return
	}
	m.url = appendLower(m.url[:0], trimPort(host))
	hostLen := len(m.url)
	rest := v[end:]
	if i := bytes.IndexByte(rest, '#'); i >= 0 {
		rest = rest[:i]
	}
	if len(rest) > 0 && rest[0] == '?' {
		m.url = append(m.url, '/')
	}
	m.url = append(m.url, rest...)
	m.joined(hostLen)
	if sure && len(rest) > 0 && rest[0] == '/' {
		m.uriPath(rest)
	}
	m.name(host)
}

// joined looks up the URL in m.url, whole and without its query.
func (m *Matcher) joined(hostLen int) {
	if i, ok := m.set.urlHosts[string(m.url[:min(hostLen, len(m.url))])]; ok {
		m.emit(i, URLHostOf, nil)
	}
	if len(m.set.urls) == 0 {
		return
	}
	if i, ok := m.set.urls[string(m.url)]; ok {
		m.emit(i, Exact, nil)
	}
	if q := bytes.IndexByte(m.url, '?'); q > 0 {
		if i, ok := m.set.urls[string(m.url[:q])]; ok {
			m.emit(i, Exact, nil)
		}
	}
}

// trimPort drops a port; the brackets of an IPv6 host go too.
func trimPort(host []byte) []byte {
	if len(host) > 0 && host[0] == '[' {
		if i := bytes.IndexByte(host, ']'); i > 0 {
			return host[1:i]
		}
	}
	if i := bytes.IndexByte(host, ':'); i > 0 && bytes.IndexByte(host[i+1:], ':') < 0 {
		return host[:i]
	}
	return bytes.TrimSuffix(host, []byte("."))
}

func (m *Matcher) uriPath(v []byte) {
	if len(m.set.texts[URIPath]) == 0 {
		return
	}
	if q := bytes.IndexByte(v, '?'); q >= 0 {
		v = v[:q]
	}
	if i, ok := m.set.texts[URIPath][string(v)]; ok {
		m.emit(i, Exact, nil)
	}
}
