package pcap

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// isGrease reports whether a number is one of those that mean nothing and are
// offered at random (RFC 8701).
func isGrease(n uint16) bool { return n&0x0f0f == 0x0a0a && n>>8 == n&0xff }

// withoutGrease returns the numbers that mean something.
func withoutGrease(list []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(list), isGrease)
}

// decimals joins numbers as JA3 does.
func decimals(list []uint16) string {
	out := make([]string, 0, len(list))
	for _, n := range withoutGrease(list) {
		out = append(out, strconv.Itoa(int(n)))
	}
	return strings.Join(out, "-")
}

// ja3 is the fingerprint of a client after Althouse, Atkinson and Atkins: the
// MD5 of what it offers, in the order in which it does.
func (h *clientHello) ja3() string {
	points := make([]uint16, len(h.points))
	for i, p := range h.points {
		points[i] = uint16(p)
	}
	text := fmt.Sprintf("%d,%s,%s,%s,%s", h.version, decimals(h.ciphers), decimals(h.extensions), decimals(h.groups), decimals(points))
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// ja3s is the fingerprint of a server's answer, by the same authors.
func (h *serverHello) ja3s() string {
	sum := md5.Sum(fmt.Appendf(nil, "%d,%d,%s", h.version, h.cipher, decimals(h.extensions)))
	return hex.EncodeToString(sum[:])
}

// ja4 is FoxIO's fingerprint of a TLS client over TCP (JA4, BSD licence): a
// readable part, and the hashes of its sorted ciphers and extensions.
func (h *clientHello) ja4() string {
	ciphers, extensions := withoutGrease(h.ciphers), withoutGrease(h.extensions)
	name := "i"
	if h.hasName {
		name = "d"
	}
	head := fmt.Sprintf("t%s%s%02d%02d%s", ja4Version(h), name, min(len(ciphers), 99), min(len(extensions), 99), ja4ALPN(h.alpn))
	slices.Sort(ciphers)
	rest := slices.DeleteFunc(extensions, func(n uint16) bool { return n == extName || n == extALPN })
	slices.Sort(rest)
	tail := hexes(rest)
	if signatures := withoutGrease(h.signatures); len(signatures) > 0 {
		tail += "_" + hexes(signatures)
	}
	if len(extensions) == 0 {
		tail = ""
	}
	return head + "_" + cutHash(hexes(ciphers)) + "_" + cutHash(tail)
}

// ja4Version is the highest version that a client offers.
func ja4Version(h *clientHello) string {
	v := h.version
	if offered := withoutGrease(h.versions); len(offered) > 0 {
		v = slices.Max(offered)
	}
	switch v {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	case 0x0002:
		return "s2"
	}
	return "00"
}

// ja4ALPN is the first and the last letter of the protocol that a client
// likes best, or of its hexadecimal form when they are no letters or digits.
func ja4ALPN(alpn []string) string {
	if len(alpn) == 0 || alpn[0] == "" {
		return "00"
	}
	p := alpn[0]
	if first, last := p[0], p[len(p)-1]; isAlnum(first) && isAlnum(last) {
		return string([]byte{first, last})
	}
	code := hex.EncodeToString([]byte(p))
	return code[:1] + code[len(code)-1:]
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// hexes joins numbers as JA4 does.
func hexes(list []uint16) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = fmt.Sprintf("%04x", n)
	}
	return strings.Join(out, ",")
}

// cutHash is the beginning of the SHA-256 of a text, zeroes for none.
func cutHash(text string) string {
	if text == "" {
		return "000000000000"
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// cipherName is the name of a cipher suite (IANA), or its number.
func cipherName(id uint16) string { return tls.CipherSuiteName(id) }
