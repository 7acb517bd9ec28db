package textlog

import "bytes"

// A Request is what proxies and web servers log of one request. Absent is nil;
// a field that is logged but empty is - or empty.
type Request struct {
	Method  []byte
	URL     []byte // absolute, or host/path without scheme, or host:port of CONNECT, or the target only
	Host    []byte // where it is logged apart
	Query   []byte // where it is logged apart from URL
	Status  []byte
	Agent   []byte
	Referer []byte
	Cookie  []byte
	Type    []byte // content type of the request
	User    []byte
	Client  []byte // address
	Server  []byte // address
}

// ProxyAliases adds the names that rules for category proxy use. Rules write
// a URL in several ways, so c-uri and cs-uri have two values: the absolute URL
// and its path with the query.
func (r *Record) ProxyAliases(q *Request) {
	url := r.wholeURL(q)
	host, target := SplitURL(url)
	if len(q.Host) > 0 && !isNil(q.Host) {
		host = hostOnly(q.Host)
	}
	stem, query := splitTarget(target)
	for _, name := range []string{"c-uri", "cs-uri"} {
		r.AliasOnce(name, url)
		if len(target) > 0 && len(target) < len(url) {
			r.AliasOnce(name, target)
		}
	}
	r.AliasOnce("cs-host", host)
	r.AliasOnce("r-dns", host)
	r.AliasOnce("cs-uri-stem", stem)
	r.AliasOnce("c-uri-stem", stem)
	r.AliasOnce("c-uri-query", query)
	r.AliasOnce("c-uri-extension", extension(stem))
	r.AliasOnce("cs-method", q.Method)
	r.AliasOnce("sc-status", q.Status)
	if q.Agent != nil {
		r.agent("c-useragent", q.Agent)
	}
	r.AliasOnce("cs-referrer", q.Referer)
	r.AliasOnce("cs-cookie", q.Cookie)
	r.AliasOnce("cs-username", q.User)
	r.AliasOnce("src_ip", q.Client)
	if q.Server == nil && isAddress(host) {
		q.Server = host
	}
	r.AliasOnce("dst_ip", q.Server)
}

// agent adds a user agent; rules want an empty one to be empty, not absent.
func (r *Record) agent(name string, agent []byte) {
	if isNil(agent) {
		agent = nil
	}
	r.Alias(name, agent)
}

// wholeURL puts a query and a host that are logged apart back in their places.
func (r *Record) wholeURL(q *Request) []byte {
	url := q.URL
	if len(q.Query) > 0 && !isNil(q.Query) && bytes.IndexByte(url, '?') < 0 {
		sep := []byte("?")
		if q.Query[0] == '?' {
			sep = nil
		}
		url = r.Join(url, sep, q.Query)
	}
	if len(url) > 0 && url[0] == '/' && len(q.Host) > 0 && !isNil(q.Host) {
		url = r.Join([]byte("http://"), q.Host, url)
	}
	return url
}

// ServerAliases adds the names that rules for category webserver use. Most of
// those rules look for pieces of the path in cs-uri-query, so it has two
// values: the whole target of the request, and the query alone if there is
// one.
func (r *Record) ServerAliases(q *Request) {
	_, target := SplitURL(q.URL)
	if len(q.Query) > 0 && !isNil(q.Query) && bytes.IndexByte(target, '?') < 0 {
		target = r.Join(target, []byte("?"), bytes.TrimPrefix(q.Query, []byte("?")))
	}
	stem, query := splitTarget(target)
	r.AliasOnce("cs-method", q.Method)
	r.AliasOnce("cs-uri-stem", stem)
	r.AliasOnce("cs-uri-query", target)
	r.AliasOnce("cs-uri-query", query)
	r.AliasOnce("sc-status", q.Status)
	r.AliasOnce("cs-user-agent", q.Agent)
	r.AliasOnce("cs-referer", q.Referer)
	r.AliasOnce("cs-username", q.User)
	r.AliasOnce("cs-cookie", q.Cookie)
	r.AliasOnce("cs-content-type", q.Type)
	r.AliasOnce("cs-host", hostOnly(q.Host))
	r.AliasOnce("c-ip", q.Client)
	r.AliasOnce("src_ip", q.Client)
	r.AliasOnce("dst_ip", q.Server)
}

// SplitURL parts a URL into host, without user and port, and target, which is
// path and query.
func SplitURL(url []byte) (host, target []byte) {
	if len(url) > 0 && (url[0] == '/' || url[0] == '*') {
		return nil, url
	}
	rest := url
	if i := bytes.Index(url, []byte("://")); i >= 0 && i < 12 {
		rest = url[i+3:]
	}
	end := bytes.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	return hostOnly(rest[:end]), rest[end:]
}

// hostOnly drops user and port.
func hostOnly(b []byte) []byte {
	b = b[bytes.LastIndexByte(b, '@')+1:]
	if len(b) > 0 && b[0] == '[' {
		if end := bytes.IndexByte(b, ']'); end > 0 {
			return b[1:end]
		}
	}
	if i := bytes.IndexByte(b, ':'); i >= 0 && bytes.LastIndexByte(b, ':') == i {
		return b[:i]
	}
	return b
}

func splitTarget(target []byte) (stem, query []byte) {
	stem, query, _ = bytes.Cut(target, []byte("?"))
	return stem, query
}

// extension returns what stands behind the last dot of a path's last element.
func extension(stem []byte) []byte {
	last := stem[bytes.LastIndexByte(stem, '/')+1:]
	dot := bytes.LastIndexByte(last, '.')
	if dot < 0 || len(last)-dot > 16 {
		return nil
	}
	return last[dot+1:]
}

// isAddress tells an IP address from a name by its letters.
func isAddress(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	if bytes.IndexByte(b, ':') >= 0 {
		return true
	}
	dots := 0
	for _, c := range b {
		switch {
		case c == '.':
			dots++
		case !digit(c):
			return false
		}
	}
	return dots == 3
}

// IsAddress reports whether b looks like an IP address of version 4 or 6.
func IsAddress(b []byte) bool {
	if !isAddress(b) || len(b) < 2 || len(b) > 45 || bytes.Count(b, []byte(":")) == 1 {
		return false
	}
	for _, c := range b {
		hex := digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
		if !hex && c != '.' && c != ':' && c != '%' {
			return false
		}
	}
	return true
}
