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
	if m.sizes&wholeURL == 0 && bytes.IndexByte(v, '.') > 0 && !refers(m.ev.Shape.Fields[m.field].Name) {
		m.sizes |= wholeURL
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

// hashes looks at plain hashes and at lists such as "SHA1=..,MD5=..".
func (m *Matcher) hashes(v []byte, r role) {
	if bytes.IndexByte(v, '=') < 0 {
		m.sizes |= sizeOf(len(v), r&roleHash == 0)
		if r&roleHash != 0 {
			m.hash(v, isFile)
		}
		if r&roleImphash != 0 {
			m.hash(v, isImphash(r&roleHash != 0))
		}
		return
	}
	for len(v) > 0 {
		end := bytes.IndexByte(v, ',')
		if end < 0 {
			end = len(v)
		}
		name, hex, ok := bytes.Cut(v[:end], []byte("="))
		name = bytes.TrimSpace(name)
		imphash := bytes.EqualFold(name, []byte("imphash"))
		m.sizes |= sizeOf(len(hex), imphash)
		if ok && imphash {
			m.hash(hex, only(Imphash))
		} else if ok {
			m.hash(hex, isFile)
		}
		v = v[min(end+1, len(v)):]
	}
}

// sizes is a set of kinds of hash, and whether URLs came with their host.
type sizes uint16

const wholeURL sizes = 1 << 15

// sizeOf is the kind of a hash with a number of hexadecimal digits.
func sizeOf(digits int, imphash bool) sizes {
	if imphash {
		return 1
	}
	switch digits {
	case 32:
		return 1 << 1
	case 40:
		return 1 << 2
	case 56:
		return 1 << 3
	case 64:
		return 1 << 4
	case 96:
		return 1 << 5
	case 128:
		return 1 << 6
	}
	return 0
}

func isFile(in *Indicator) bool { return in.Type.isFileHash() }

// isImphash accepts import hashes where a field holds nothing else.
func isImphash(mixed bool) func(*Indicator) bool {
	if mixed {
		return nothing
	}
	return imphashOnly
}

func nothing(*Indicator) bool        { return false }
func imphashOnly(in *Indicator) bool { return in.Type == Imphash }
func ja3Only(in *Indicator) bool     { return in.Type == JA3 }
func ja3sOnly(in *Indicator) bool    { return in.Type == JA3S }
func certOnly(in *Indicator) bool    { return in.Type == CertSHA1 || in.Type == CertSHA256 }

func only(t Type) func(*Indicator) bool {
	switch t {
	case Imphash:
		return imphashOnly
	case JA3:
		return ja3Only
	case JA3S:
		return ja3sOnly
	}
	return nothing
}

// hash looks for one hash in hexadecimal; separators between bytes and a
// leading 0x are dropped.
func (m *Matcher) hash(v []byte, keep func(*Indicator) bool) {
	v = bytes.TrimSpace(v)
	if len(v) > 2 && v[0] == '0' && v[1]|32 == 'x' {
		v = v[2:]
	}
	if len(v) < 32 || len(v) > 400 || len(m.set.hashes) == 0 {
		return
	}
	if v[2] == ':' || v[2] == '-' || v[2] == ' ' {
		m.buf = m.buf[:0]
		for _, c := range v {
			if c != v[2] {
				m.buf = append(m.buf, c)
			}
		}
		v = m.buf
	}
	key, ok := hashKey(v)
	if !ok {
		return
	}
	i, ok := m.set.hashes[key]
	if !ok {
		return
	}
	for ; i >= 0; i = m.set.next[i] {
		if in := &m.set.list[i]; keep(in) && bytes.EqualFold(v, []byte(in.Value)) {
			m.single(i, HashOf)
		}
	}
}

// pathValue looks at a file's path, or its bare name.
func (m *Matcher) pathValue(v []byte) {
	if len(v) > 2048 {
		v = v[:2048]
	}
	m.path = withoutStream(appendPath(m.path[:0], v))
	p := m.path
	if i, ok := m.set.texts[Filename][string(baseName(p))]; ok {
		m.emit(i, Name, nil)
	}
	m.tails(p)
	m.inFolders(p)
	for _, t := range [...]Type{PathPattern, Path} {
		for j := range m.set.templates[t] {
			if tp := &m.set.templates[t][j]; tp.matches(p) {
				m.emit(tp.at, Template, nil)
			}
		}
	}
	for j := range m.set.templates[Filename] {
		if tp := &m.set.templates[Filename][j]; tp.matches(baseName(p)) {
			m.emit(tp.at, Template, nil)
		}
	}
}

// tails looks for paths that p is or ends with. A single name at the root is
// only compared whole: as an end it would be a bare name.
func (m *Matcher) tails(p []byte) {
	paths := m.set.texts[Path]
	if len(paths) == 0 {
		return
	}
	if i, ok := paths[string(p)]; ok {
		m.emit(i, Exact, nil)
	}
	last := bytes.LastIndexByte(p, '\\')
	for at := 1; at < last; at++ {
		if p[at] != '\\' {
			continue
		}
		if i, ok := paths[string(p[at:])]; ok {
			m.emit(i, PathEnd, nil)
		}
	}
}

// maxFolderDepth bounds the folders of a path that are looked up.
const maxFolderDepth = 32

func (m *Matcher) inFolders(p []byte) {
	if len(m.set.folders) == 0 {
		return
	}
	m.below(p)
	home := belowUser(p)
	if home == nil {
		home = p
	} else {
		m.below(home) // %APPDATA% and the like are below any user
	}
	for _, before := range [...]string{`\appdata\local`, `\windows`} {
		if rest, ok := bytes.CutPrefix(home, []byte(before)); ok && bytes.HasPrefix(rest, []byte(`\temp\`)) {
			m.below(rest) // %TEMP%
		}
	}
}

// belowUser is what of a path lies below the folder of a user; nil when it
// lies elsewhere.
func belowUser(p []byte) []byte {
	for _, homes := range [...]string{`\users\`, `\documents and settings\`} {
		if rest, ok := bytes.CutPrefix(p, []byte(homes)); ok {
			if i := bytes.IndexByte(rest, '\\'); i > 0 {
				return rest[i:]
			}
		}
	}
	return nil
}

// below looks for the folders that a path begins with.
func (m *Matcher) below(p []byte) {
	depth := 0
	for at := 1; at < len(p) && depth < maxFolderDepth; at++ {
		if p[at] != '\\' {
			continue
		}
		depth++
		if i, ok := m.set.folders[string(p[:at+1])]; ok {
			m.emit(i, InFolder, nil)
		}
	}
}

// words looks at values that are compared whole.
func (m *Matcher) words(v []byte, r role) {
	if len(v) > 2048 {
		return
	}
	if r&roleAgent != 0 {
		m.whole(UserAgent, v)
		if bytes.IndexByte(v, '+') >= 0 && bytes.IndexByte(v, ' ') < 0 {
			m.buf = append(m.buf[:0], v...) // W3C logs write blanks so
			for i, c := range m.buf {
				if c == '+' {
					m.buf[i] = ' '
				}
			}
			m.whole(UserAgent, m.buf)
		}
	}
	if r&roleCookie != 0 {
		m.cookies(v)
	}
	m.buf = appendLower(m.buf[:0], bytes.TrimSpace(v))
	low := m.buf
	if r&roleService != 0 {
		m.whole(ServiceName, low)
		m.whole(ServiceDisplay, low)
	}
	if r&roleTask != 0 {
		m.whole(Task, bytes.TrimPrefix(low, []byte(`\`)))
	}
	if r&roleAccount != 0 {
		m.whole(Account, low[bytes.LastIndexByte(low, '\\')+1:])
	}
	if r&roleMail != 0 {
		m.mails(low)
		m.mailHosts(v)
	}
}

func (m *Matcher) whole(t Type, v []byte) {
	if x := m.set.texts[t]; len(x) > 0 {
		if i, ok := x[string(v)]; ok {
			m.emit(i, Exact, nil)
		}
	}
}

// cookies looks at names of cookies: of "a=1; b=2", or a list of names.
func (m *Matcher) cookies(v []byte) {
	for len(v) > 0 {
		end := bytes.IndexAny(v, ";,")
		if end < 0 {
			end = len(v)
		}
		name, _, _ := bytes.Cut(v[:end], []byte("="))
		m.whole(Cookie, bytes.TrimSpace(name))
		v = v[min(end+1, len(v)):]
	}
}

// mails looks at addresses in lists and in angle brackets.
func (m *Matcher) mails(v []byte) {
	for len(v) > 0 {
		end := bytes.IndexAny(v, ";,<> \"")
		if end < 0 {
			end = len(v)
		}
		if end > 4 {
			m.whole(Email, bytes.TrimPrefix(v[:end], []byte("mailto:")))
		}
		v = v[min(end+1, len(v)):]
	}
}

// mailHosts looks for the domains of addresses.
func (m *Matcher) mailHosts(v []byte) {
	for len(m.set.hosts) > 0 && len(v) > 0 {
		end := bytes.IndexAny(v, ";,<> \"")
		if end < 0 {
			end = len(v)
		}
		if at := bytes.LastIndexByte(v[:end], '@'); at >= 0 {
			m.host(v[at+1 : end])
		}
		v = v[min(end+1, len(v)):]
	}
}

// registry looks at a key or value: itself and the keys above it. Names of
// services are found in their keys, names of autostart values at the end.
func (m *Matcher) registry(v []byte) {
	if len(v) > 2048 || bytes.IndexByte(v, '\\') < 0 {
		return
	}
	m.buf = appendKey(m.buf[:0], v)
	k := m.buf
	if x := m.set.texts[RegistryKey]; len(x) > 0 {
		m.keys(x, k)
		if i := bytes.IndexByte(k, '\\'); i > 0 {
			m.keys(x, k[i:])
		}
	}
	leaf := k[bytes.LastIndexByte(k, '\\')+1:]
	if bytes.Contains(k, []byte(`\currentversion\run`)) {
		m.whole(RunValue, leaf)
	}
	const services = `\currentcontrolset\services\`
	if i := bytes.Index(k, []byte(services)); i >= 0 {
		name, _, _ := bytes.Cut(k[i+len(services):], []byte(`\`))
		m.whole(ServiceName, name)
	}
}

func (m *Matcher) keys(x index, k []byte) {
	if i, ok := x[string(k)]; ok {
		m.emit(i, Exact, nil)
	}
	for at := len(k) - 1; at > 0; at-- {
		if k[at] != '\\' {
			continue
		}
		if i, ok := x[string(k[:at])]; ok {
			m.emit(i, BelowKey, nil)
		}
	}
}

// objects looks at names of pipes and mutexes.
func (m *Matcher) objects(v []byte, r role) {
	if len(v) > 512 {
		return
	}
	if r&rolePipe != 0 {
		m.buf = appendPipe(m.buf[:0], v)
		m.object(Pipe, m.buf)
	}
	if r&roleMutex != 0 {
		m.buf = appendMutex(m.buf[:0], v)
		m.object(Mutex, m.buf)
	}
}

func (m *Matcher) object(t Type, name []byte) {
	m.whole(t, name)
	for i := range m.set.templates[t] {
		if tp := &m.set.templates[t][i]; tp.matches(name) {
			m.emit(tp.at, Template, nil)
		}
	}
}

// prints looks at fingerprints of certificates and of TLS clients and servers.
func (m *Matcher) prints(v []byte, r role) {
	if r&roleCert != 0 {
		for list := v; len(list) > 0; {
			end := bytes.IndexByte(list, ',')
			if end < 0 {
				end = len(list)
			}
			m.hash(list[:end], certOnly)
			list = list[min(end+1, len(list)):]
		}
	}
	if r&roleJA3 != 0 {
		m.hash(v, ja3Only)
	}
	if r&roleJA3S != 0 {
		m.hash(v, ja3sOnly)
	}
	if r&roleJA4 != 0 && len(v) < 256 {
		m.buf = appendLower(m.buf[:0], v)
		m.whole(JA4, m.buf)
	}
}
