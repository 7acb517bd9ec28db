package intel

import (
	"strings"
	"unicode/utf8"
)

// toASCII writes a host name with letters beyond ASCII in the form that the
// DNS carries: labels in Punycode (RFC 3492) behind "xn--". Letters are
// lowered by the caller; no other mapping is done. It reports false when the
// name is plain already or cannot be written.
func toASCII(host string) (string, bool) {
	if plain(host) || !utf8.ValidString(host) || len(host) > 512 {
		return host, false
	}
	labels := strings.Split(host, ".")
	for i, l := range labels {
		if plain(l) {
			continue
		}
		labels[i] = "xn--" + punycode([]rune(l))
	}
	return strings.Join(labels, "."), true
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Parameters of Punycode, RFC 3492 section 5.
const (
	punyBase, punyMin, punyMax = 36, 1, 26
	punySkew, punyDamp         = 38, 700
	punyBias, punyFirst        = 72, 128
)

func punycode(label []rune) string {
	var out []byte
	for _, r := range label {
		if r < punyFirst {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(punyFirst), 0, punyBias
	for done := basic; done < len(label); {
		next := rune(utf8.MaxRune)
		for _, r := range label {
			if r >= n && r < next {
				next = r
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r == n {
				out = punyNumber(out, delta, bias)
				bias = punyAdapt(delta, done+1, done == basic)
				delta = 0
				done++
			}
		}
		delta++
		n++
	}
	return string(out)
}

func punyNumber(out []byte, q, bias int) []byte {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	for k := punyBase; ; k += punyBase {
		t := min(max(k-bias, punyMin), punyMax)
		if q < t {
			return append(out, alphabet[q])
		}
		out = append(out, alphabet[t+(q-t)%(punyBase-t)])
		q = (q - t) / (punyBase - t)
	}
}

func punyAdapt(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (punyBase-punyMin)*punyMax/2; k += punyBase {
		delta /= punyBase - punyMin
	}
	return k + (punyBase-punyMin+1)*delta/(delta+punySkew)
}
