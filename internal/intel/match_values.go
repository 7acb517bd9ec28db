package intel

import "bytes"

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
