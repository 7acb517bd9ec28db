package intel

import "bytes"

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
