package intel

import "bytes"

// hashes looks at plain hashes and at lists such as "SHA1=..,MD5=..".
func (m *Matcher) hashes(v []byte, r role) {
	if bytes.IndexByte(v, '=') < 0 {
		m.told |= toldHash(len(v), r&roleHash == 0)
		if r&roleHash != 0 {
			m.hash(v, isFile) // where both may stand, an import hash is named
		} else {
			m.hash(v, imphashOnly)
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
		m.told |= toldHash(len(hex), imphash)
		if ok && imphash {
			m.hash(hex, imphashOnly)
		} else if ok {
			m.hash(hex, isFile)
		}
		v = v[min(end+1, len(v)):]
	}
}

// told is what only the values of a log tell, not the names of its fields: kinds
// of hash, URLs with their host, addresses and names of hosts in messages. Where
// nothing of a kind was told, not to have seen one is no answer.
type told uint16

const (
	toldURL told = 1 << (15 - iota)
	toldAddress
	toldName
)

// toldHash is the kind of a hash with a number of hexadecimal digits.
func toldHash(digits int, imphash bool) told {
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

func imphashOnly(in *Indicator) bool { return in.Type == Imphash }
func ja3Only(in *Indicator) bool     { return in.Type == JA3 }
func ja3sOnly(in *Indicator) bool    { return in.Type == JA3S }
func certOnly(in *Indicator) bool    { return in.Type == CertSHA1 || in.Type == CertSHA256 }

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
