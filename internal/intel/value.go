package intel

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
)

// maxValue bounds the length of a value; nothing that is looked for is longer.
const maxValue = 4096

// refangs are the ways in which people make a value harmless.
var refangs = strings.NewReplacer(
	" [.] ", ".", "[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".", "[:]", ":", "[://]", "://", "[/]", "/",
	"[@]", "@", "(@)", "@", "[at]", "@", "(at)", "@", "[:", ":", "\u3002", ".",
)

// refang undoes what people do to values so that nobody clicks on them.
func refang(v string) string {
	v = strings.Trim(strings.TrimSpace(v), "\"'`\u200b\ufeff")
	if strings.ContainsAny(v, "[]({") || strings.Contains(v, "\u3002") { // apart, because ASCII alone is fast
		v = refangDots(v)
	}
	if len(v) > 4 && (v[0]|32 == 'h' || v[0]|32 == 'f') {
		v = refangScheme(v)
	}
	return v
}

// refangDots leaves registry keys and paths alone: braces and brackets belong
// to them.
func refangDots(v string) string {
	if strings.Contains(v, `\`) {
		return v
	}
	return strings.NewReplacer("[.", ".", "].", ".").Replace(refangs.Replace(v))
}

func refangScheme(v string) string {
	low := strings.ToLower(v[:min(len(v), 12)])
	for _, s := range [...][2]string{
		{"hxxps", "https"}, {"hxxp", "http"}, {"htxps", "https"}, {"h**p", "http"}, {"hXXp", "http"},
		{"http__", "http:/"}, {"fxp", "ftp"}, {"meow", "http"},
	} {
		if strings.HasPrefix(low, s[0]) && strings.Contains(v, ":") {
			return s[1] + v[len(s[0]):]
		}
	}
	return v
}

// A flaw says why a value is not one of its type.
type flaw string

// canonical brings a value into the one form in which it is compared, or says
// what is wrong with it. Placeholders in templates are kept.
func canonical(t Type, v string) (string, flaw) {
	v = strings.ToValidUTF8(refang(v), "\uFFFD")
	if v == "" {
		return "", "empty value"
	}
	bad := flaw("")
	if len(v) <= maxValue {
		v, bad = normalForm(t, v)
	}
	if len(v) > maxValue { // lower case may be longer
		return v[:64], "longer than " + flaw(strconv.Itoa(maxValue)) + " bytes"
	}
	return v, bad
}

func normalForm(t Type, v string) (string, flaw) {
	switch {
	case t.hashSize() > 0:
		return canonicalHash(t, v)
	case t == IP:
		return canonicalIP(v)
	case t == Domain:
		return canonicalDomain(v)
	case t == URL:
		return canonicalURL(v)
	case t == SideloadPair:
		return canonicalPair(v)
	case (t == Email || t == RegistrantEmail) && validEmail(v):
		return strings.ToLower(v), ""
	case t == Email || t == RegistrantEmail:
		return v, "not an e-mail address"
	}
	if named(t) && strings.IndexFunc(v, unicode.IsControl) >= 0 {
		return v, "holds control characters"
	}
	return v, ""
}

// named reports whether a value of the type is a name, in which control
// characters have no place.
func named(t Type) bool {
	switch t {
	case Filename, Path, PathPattern, ServiceName, ServiceDisplay, RegistryKey, RunValue, Task, Pipe, Mutex, Account, UserAgent, JA4, URIPath:
		return true
	}
	return false
}

func canonicalHash(t Type, v string) (string, flaw) {
	if strings.ContainsAny(v, ":=") {
		v = bare(v)
	}
	v = strings.TrimPrefix(strings.ToLower(v), "0x")
	if strings.ContainsAny(v, ":- ") {
		v = strings.NewReplacer(":", "", "-", "", " ", "").Replace(v)
	}
	if !isHex(v) {
		return v, "not hexadecimal"
	}
	if want := t.hashSize(); len(v) != want {
		return v, flaw("has " + strconv.Itoa(len(v)) + " digits, " + t.String() + " has " + strconv.Itoa(want))
	}
	if strings.Count(v, v[:1]) == len(v) {
		return v, "one digit repeated: a placeholder, not a hash"
	}
	return v, ""
}

func isHex(s string) bool {
	for i := range len(s) {
		if _, ok := nibble(s[i]); !ok {
			return false
		}
	}
	return s != ""
}

func nibble(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func validIP(v string) bool {
	_, bad := canonicalIP(v)
	return bad == ""
}

// canonicalIP takes addresses with and without a port, and CIDR ranges. The
// port is dropped: it changes more often than the address.
func canonicalIP(v string) (string, flaw) {
	if a, err := netip.ParseAddr(v); err == nil {
		return a.Unmap().WithZone("").String(), ""
	}
	if p, err := netip.ParsePrefix(v); err == nil {
		p = p.Masked()
		if p.IsSingleIP() {
			return p.Addr().Unmap().String(), ""
		}
		if p.Addr().Is4() && p.Bits() < 8 || p.Addr().Is6() && p.Bits() < 19 {
			return p.String(), "a range too wide to mean anything"
		}
		return p.String(), ""
	}
	if ap, err := netip.ParseAddrPort(v); err == nil {
		return ap.Addr().Unmap().WithZone("").String(), ""
	}
	if host, port, ok := strings.Cut(v, "|"); ok && digits(port) {
		return canonicalIP(host)
	}
	return v, "not an address"
}

// looksNumeric reports whether a value may be an address: names end in letters.
func looksNumeric(v string) bool {
	return v != "" && (v[len(v)-1] >= '0' && v[len(v)-1] <= '9' || strings.Contains(v, ":"))
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// canonicalDomain takes host names by the rules for labels; a port and a final
// dot are dropped, a leading "*." or "." says what is meant anyway.
func canonicalDomain(v string) (string, flaw) {
	v = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(v), "*"), ".")
	if host, port, ok := strings.Cut(v, ":"); ok && digits(port) {
		v = host
	}
	v = strings.TrimSuffix(v, ".")
	if ascii, ok := toASCII(v); ok {
		v = ascii
	}
	if looksNumeric(v) && validIP(v) {
		return v, "an address, not a domain"
	}
	if !validDomain(v) {
		return v, "not a host name"
	}
	return v, ""
}

// validDomain tests the syntax: labels of letters, digits, hyphens and (as
// seen in DNS) underscores, the last one not numeric, at least two of them.
func validDomain(v string) bool {
	v = strings.TrimSuffix(v, ".")
	if len(v) > 253 || !strings.Contains(v, ".") {
		return false
	}
	last := ""
	for label := range strings.SplitSeq(v, ".") {
		if !validLabel(label) {
			return false
		}
		last = label
	}
	return !digits(last) && len(last) > 1
}

func validLabel(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := range len(l) {
		c := l[i]
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c|32 < 'a' || c|32 > 'z') {
			return false
		}
	}
	return true
}

func validEmail(v string) bool {
	at := strings.LastIndexByte(v, '@')
	return at > 0 && !strings.ContainsAny(v, " \t<>,;") && validDomain(v[at+1:])
}

// canonicalURL lowers scheme and host, drops a default port, a fragment and a
// user, and keeps path and query as written.
func canonicalURL(v string) (string, flaw) {
	scheme, rest, ok := strings.Cut(v, "://")
	if !ok {
		scheme, rest = "http", strings.TrimPrefix(v, "//")
	}
	scheme = strings.ToLower(scheme)
	rest, _, _ = strings.Cut(rest, "#")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	host, bad := canonicalAuthority(scheme, rest[:end])
	if bad != "" {
		return v, bad
	}
	return scheme + "://" + host + rest[end:], ""
}

func canonicalAuthority(scheme, auth string) (string, flaw) {
	auth = strings.ToLower(auth[strings.LastIndexByte(auth, '@')+1:])
	if strings.HasPrefix(auth, "[") {
		if _, err := netip.ParseAddrPort(auth); err == nil {
			return auth, ""
		}
		if validIP(strings.Trim(auth, "[]")) {
			return auth, ""
		}
		return auth, "URL without a valid host"
	}
	host, port, hasPort := strings.Cut(auth, ":")
	if hasPort && !digits(port) {
		return auth, "URL with a bad port"
	}
	if !looksNumeric(host) || !validIP(host) {
		h, bad := canonicalDomain(host)
		if bad != "" {
			return auth, "URL without a valid host"
		}
		host = h
	}
	if !hasPort || scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		return host, ""
	}
	return host + ":" + port, ""
}

// canonicalPair takes "host.exe|library.dll".
func canonicalPair(v string) (string, flaw) {
	exe, dll, ok := strings.Cut(v, "|")
	exe, dll = strings.TrimSpace(exe), strings.TrimSpace(dll)
	if !ok || exe == "" || dll == "" || strings.ContainsAny(exe+dll, `\/|`) {
		return v, "not a pair of file names"
	}
	return exe + "|" + dll, ""
}

// splitURL cuts a canonical URL into host (without port), port and the rest.
func splitURL(u string) (host, port, rest string) {
	_, u, _ = strings.Cut(u, "://")
	end := strings.IndexAny(u, "/?")
	if end < 0 {
		end = len(u)
	}
	host, rest = u[:end], u[end:]
	if strings.HasPrefix(host, "[") {
		in, out, _ := strings.Cut(host[1:], "]")
		return in, strings.TrimPrefix(out, ":"), rest
	}
	host, port, _ = strings.Cut(host, ":")
	return host, port, rest
}
