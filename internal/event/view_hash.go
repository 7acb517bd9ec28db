package event

import "bytes"

// An Algorithm is a way to make a hash or fingerprint.
type Algorithm uint8

// The algorithms.
const (
	MD5 Algorithm = iota + 1
	SHA1
	SHA256
	SHA512
	ImpHash      // of a program's imports
	JA3          // of a TLS client
	JA3S         // of a TLS server
	JA4          // of a TLS client; not hexadecimal
	Thumbprint   // of a certificate, SHA-1 or SHA-256
	hashList     = uint8(0)
	maxHashes    = 64
	longestAlgo  = 8
	shortestHash = 32
)

// A Hash identifies content: of a file, a certificate or a handshake.
type Hash struct {
	Algorithm Algorithm
	Text      []byte // lower-case hexadecimal, but for JA4
}

// Hashes returns the hashes in the event in its order, each once, at most 64.
func (v *Views) Hashes(e *Event) []Hash {
	v.hashes = v.hashes[:0]
	v.each(e, hashView, (*Views).hashValue)
	return v.hashes
}

func (v *Views) hashValue(role uint8, text []byte) {
	if role != hashList {
		v.hash(Algorithm(role), text)
		return
	}
	for len(text) > 0 && len(v.hashes) < maxHashes {
		var one []byte
		one, text, _ = bytes.Cut(text, []byte(","))
		algo := Algorithm(0)
		if i := bytes.IndexAny(one, "=:"); i >= 0 {
			if algo = algorithm(bytes.TrimSpace(one[:i])); algo == 0 {
				continue
			}
			one = one[i+1:]
		}
		v.hash(algo, one)
	}
}

// hash appends a hash unless it is none or there already. Of an unnamed
// algorithm the length decides.
func (v *Views) hash(algo Algorithm, text []byte) {
	text = bytes.TrimSpace(text)
	if algo == 0 {
		algo = byLength(len(text))
	}
	if algo == 0 || len(v.hashes) >= maxHashes || !algo.fits(text) {
		return
	}
	h := Hash{algo, v.lower(hashView, text)}
	for _, have := range v.hashes {
		if have.Algorithm == algo && bytes.Equal(have.Text, h.Text) {
			return
		}
	}
	v.hashes = append(v.hashes, h)
}

// fits reports whether a text can be a hash of the algorithm: right length,
// hexadecimal digits, not all zero.
func (a Algorithm) fits(text []byte) bool {
	if a == JA4 {
		return len(text) == 36 && text[10] == '_' && text[23] == '_' && isName(text, Machine)
	}
	if l := byLength(len(text)); l != a && !(l == MD5 && (a == ImpHash || a == JA3 || a == JA3S)) &&
		!(a == Thumbprint && (l == SHA1 || l == SHA256)) {
		return false
	}
	null := true
	for _, c := range text {
		if digit(c) == 255 {
			return false
		}
		null = null && c == '0'
	}
	return !null
}

func byLength(n int) Algorithm {
	switch n {
	case shortestHash:
		return MD5
	case 40:
		return SHA1
	case 64:
		return SHA256
	case 128:
		return SHA512
	}
	return 0
}

// algorithm knows the names before the hashes in a list.
func algorithm(name []byte) Algorithm {
	if len(name) > longestAlgo {
		return 0
	}
	for _, a := range [...]struct {
		name string
		algo Algorithm
	}{
		{"MD5", MD5}, {"SHA1", SHA1}, {"SHA-1", SHA1}, {"SHA256", SHA256}, {"SHA-256", SHA256},
		{"SHA512", SHA512}, {"SHA-512", SHA512}, {"IMPHASH", ImpHash},
	} {
		if len(name) == len(a.name) && bytes.EqualFold(name, []byte(a.name)) {
			return a.algo
		}
	}
	return 0
}
