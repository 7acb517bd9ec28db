package intel

import (
	"net/netip"
	"slices"
	"strings"
)

// A Type is the kind of value that an indicator is.
type Type uint8

// The types. Names follow the lists that are in circulation; [ParseType] knows
// the spellings of others.
const (
	Other Type = iota // a type that is not known here: kept, never matched
	IP                // an address or a CIDR range
	Domain
	URL
	MD5
	SHA1
	SHA224
	SHA256
	SHA384
	SHA512
	Imphash
	Filename
	Path        // a file, or with a final backslash a folder
	PathPattern // a path with a placeholder
	ServiceName
	ServiceDisplay
	RegistryKey
	RunValue // the name of an autostart value
	Task
	Pipe
	Mutex
	CommandLine // a fragment of a command line
	SideloadPair
	Account
	Email
	UserAgent
	JA3
	JA3S
	JA4
	CertSHA1
	CertSHA256
	URIPath
	Cookie
	ArchivePassword // looked for in command lines
	CryptoKey       // looked for in command lines
	PDB
	Watermark
	Packer
	RegistrantEmail
	RegistrantOrg
	lastType
)

var typeNames = [lastType]string{
	"other", "ip", "domain", "url", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "imphash",
	"filename", "path", "path-pattern", "service-name", "service-display-name", "registry-key",
	"run-key-value", "scheduled-task", "pipe", "mutex", "cmdline", "sideload-pair", "account-name",
	"email", "user-agent", "ja3", "ja3s", "ja4", "tls-cert-sha1", "tls-cert-sha256", "uri-path",
	"http-cookie-name", "archive-password", "crypto-key", "pdb-path", "cobaltstrike-watermark",
	"packer-magic", "registrant-email", "registrant-org",
}

// String returns the type's name.
func (t Type) String() string {
	if t >= lastType {
		return "other"
	}
	return typeNames[t]
}

// typeAliases are other spellings: MISP attribute types, column names of
// public lists, words of vendors.
func typeAliases() map[string]Type {
	m := map[string]Type{
		"ipv4": IP, "ipv6": IP, "ip-src": IP, "ip-dst": IP, "ipaddress": IP, "ip-address": IP, "ip_address": IP,
		"address": IP, "cidr": IP, "ipv4-addr": IP, "ipv6-addr": IP, "dst_ip": IP, "src_ip": IP, "ip:port": IP,
		"ipv4:port": IP, "ip address": IP, "netblock": IP, "subnet": IP,
		"hostname": Domain, "fqdn": Domain, "host": Domain, "domain-name": Domain, "domain name": Domain,
		"domain_name": Domain, "dns": Domain, "c2": Domain, "domains": Domain,
		"uri": URL, "link": URL, "urls": URL,
		"hash_md5": MD5, "filehash-md5": MD5, "md5hash": MD5, "md5_hash": MD5, "md5 hash": MD5,
		"hash_sha1": SHA1, "filehash-sha1": SHA1, "sha-1": SHA1, "sha1_hash": SHA1, "sha1hash": SHA1,
		"hash_sha256": SHA256, "filehash-sha256": SHA256, "sha-256": SHA256, "sha256_hash": SHA256, "sha256hash": SHA256,
		"sha-224": SHA224, "sha-384": SHA384, "sha-512": SHA512, "filehash-imphash": Imphash, "imphash_md5": Imphash,
		"file": Filename, "file-name": Filename, "file_name": Filename, "file name": Filename,
		"filepath": Path, "file-path": Path, "file_path": Path, "file path": Path, "directory": Path, "folder": Path, "folder path": Path,
		"directory path":       Path,
		"windows-service-name": ServiceName, "service": ServiceName, "service_name": ServiceName, "service name": ServiceName,
		"windows-service-displayname": ServiceDisplay, "service-displayname": ServiceDisplay,
		"regkey": RegistryKey, "registry": RegistryKey, "registry_key": RegistryKey, "windows-registry-key": RegistryKey,
		"registry key": RegistryKey,
		"named pipe":   Pipe, "named-pipe": Pipe, "pipe-name": Pipe, "mutex-pattern": Mutex, "mutexname": Mutex,
		"task": Task, "windows-scheduled-task": Task, "scheduled task": Task, "schtask": Task,
		"cmdline-arg": CommandLine, "command-line": CommandLine, "commandline": CommandLine, "command line": CommandLine,
		"command": CommandLine, "command_line": CommandLine, "process-command-line": CommandLine,
		"sideload": SideloadPair, "side-load-pair": SideloadPair, "account": Account, "user": Account, "username": Account,
		"email-src": Email, "email-dst": Email, "email-addr": Email, "email-address": Email, "e-mail": Email,
		"email_address": Email, "mail": Email, "useragent": UserAgent, "user_agent": UserAgent, "user agent": UserAgent,
		"ja3-fingerprint-md5": JA3, "ja3_fingerprint": JA3, "ja3-fingerprint": JA3, "ja4-fingerprint": JA4,
		"x509-fingerprint-sha1": CertSHA1, "ssl-cert-sha1": CertSHA1, "cert-sha1": CertSHA1, "sslcertfingerprint": CertSHA1,
		"x509-fingerprint-sha256": CertSHA256, "cert-sha256": CertSHA256, "uri_path": URIPath, "cookie": Cookie,
		"filesha1": SHA1, "filesha256": SHA256, "filemd5": MD5, "filename-pattern": Filename, "attachment": Filename,
		"email-attachment": Filename, "intel::file_name": Filename, "process-name": Filename, "image-name": Filename,
		"ipv4 address": IP, "ipv6 address": IP, "c2 ip": IP, "intel::addr": IP, "intel::subnet": IP,
		"c2 domain": Domain, "intel::domain": Domain, "onion-address": Domain, "c2 url": URL, "intel::url": URL,
		"email-reply-to": Email, "envelope_from": Email, "envelope-from": Email, "body_from": Email, "intel::email": Email,
		"certificatethumbprint": CertSHA1, "intel::cert_hash": CertSHA1, "intel::software": UserAgent, "intel::user_name": Account,
		"ja3_md5": JA3, "ja3hash": JA3, "ja4-plus": JA4, "service display name": ServiceDisplay,
		"pdb": PDB, "upx-magic": Packer, "whois-registrant-email": RegistrantEmail, "whois-registrant-org": RegistrantOrg,
	}
	for t := Other; t < lastType; t++ {
		m[t.String()] = t
	}
	return m
}

// A typer resolves names of types.
type typer struct{ names map[string]Type }

func newTyper() *typer { return &typer{typeAliases()} }

// parse finds the type for a name. Words for hashes without a length are
// settled by the value.
func (ty *typer) parse(name, value string) (Type, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if t, ok := ty.names[name]; ok {
		return t, true
	}
	switch name {
	case "", "indicator", "ioc", "observable", "value":
		t := guess(value)
		return t, t != Other
	}
	if namesHash(name) {
		t := guess(value)
		return t, t.isFileHash()
	}
	if !strings.Contains(name, "|") {
		return spelledType(name)
	}
	return Other, false
}

// hashSize is the number of hexadecimal digits of a hash type, or 0.
func (t Type) hashSize() int {
	switch t {
	case MD5, Imphash, JA3, JA3S:
		return 32
	case SHA1, CertSHA1:
		return 40
	case SHA224:
		return 56
	case SHA256, CertSHA256:
		return 64
	case SHA384:
		return 96
	case SHA512:
		return 128
	}
	return 0
}

// isFileHash reports whether the type is a hash over the bytes of a file.
func (t Type) isFileHash() bool { return t >= MD5 && t <= SHA512 }

// guess finds the type of a bare value.
func guess(v string) Type {
	v = bare(v)
	switch {
	case v == "":
		return Other
	case strings.Contains(v, "://"):
		return URL
	case len(v) > 2 && isHex(undivided(v)):
		switch len(undivided(v)) {
		case 32:
			return MD5
		case 40:
			return SHA1
		case 56:
			return SHA224
		case 64:
			return SHA256
		case 96:
			return SHA384
		case 128:
			return SHA512
		}
	}
	return guessText(v)
}

func guessText(v string) Type {
	low := strings.ToLower(v)
	switch {
	case validIP(v) || looksLikeIP(v):
		return IP
	case strings.HasPrefix(low, `\\.\pipe\`) || strings.HasPrefix(low, `\pipe\`):
		return Pipe
	case isRegistry(low):
		return RegistryKey
	case strings.HasPrefix(low, `global\`) || strings.HasPrefix(low, `local\`):
		return Mutex
	case isJA4(low):
		return JA4
	case strings.Count(v, "@") == 1 && validEmail(v):
		return Email
	case isPathLike(v):
		return Path
	case strings.Contains(v, "/") && validDomain(v[:strings.IndexByte(v, '/')]):
		return URL
	case executable(low) && !strings.ContainsAny(v, " /"):
		return Filename
	case isDomainLike(v):
		return Domain
	}
	return Other
}

// isDomainLike accepts what lists write around host names: a wildcard or dot
// in front, a port behind, letters beyond ASCII.
func isDomainLike(v string) bool {
	if validDomain(v) {
		return true
	}
	if strings.ContainsAny(v, " \t/\\@,;=") {
		return false
	}
	_, bad := canonicalDomain(v)
	return bad == ""
}

// looksLikeIP accepts what was meant to be an address or a range, so that it
// is refused with the reason and not taken for something else.
func looksLikeIP(v string) bool {
	if _, err := netip.ParsePrefix(v); err == nil {
		return true
	}
	return strings.Count(v, ".") >= 3 && strings.Trim(v, "0123456789./") == "" && !strings.Contains(v, "..")
}

// isJA4 knows the form of JA4 fingerprints: "t13d1516h2_8daaf6152771_b186095e22b6".
func isJA4(low string) bool {
	a, rest, ok := strings.Cut(low, "_")
	b, c, two := strings.Cut(rest, "_")
	return ok && two && len(a) == 10 && len(b) == 12 && len(c) == 12 && isHex(b) && isHex(c) && strings.ContainsRune("tqd", rune(a[0]))
}

// bare strips what lists put around a value: the name of a hash in front of
// it, the marks of a blocklist.
func bare(v string) string {
	v = refang(v)
	if strings.HasPrefix(v, "||") {
		return strings.TrimSuffix(v[2:], "^")
	}
	if i := strings.IndexAny(v, ":="); i > 2 && i < 10 {
		if t, ok := spelledType(v[:i]); ok && t.hashSize() > 0 {
			return strings.TrimSpace(v[i+1:])
		}
	}
	return v
}

// undivided drops what stands between the bytes of a hash.
func undivided(v string) string {
	if len(v) > 3 && (v[2] == ':' || v[2] == '-') && len(v)%3 == 2 {
		return strings.ReplaceAll(v, v[2:3], "")
	}
	if len(v) >= 34 && v[0] == '0' && v[1]|0x20 == 'x' {
		return v[2:]
	}
	return v
}

func isRegistry(low string) bool {
	for _, p := range []string{`hklm\`, `hkcu\`, `hku\`, `hkcr\`, `hkey_`, `\registry\`, `hklm:\`, `hkcu:\`} {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return false
}

func isPathLike(v string) bool {
	return len(v) > 3 && v[0]|0x20 >= 'a' && v[0]|0x20 <= 'z' && v[1] == ':' && (v[2] == '\\' || v[2] == '/') ||
		strings.HasPrefix(v, "%") && strings.Contains(v, `%\`) ||
		strings.HasPrefix(v, `\\`) || strings.HasPrefix(v, "/") && strings.Count(v, "/") > 1
}

// executable reports whether a name ends like a file that people list; such
// endings are no top-level domains.
func executable(low string) bool {
	dot := strings.LastIndexByte(low, '.')
	return dot > 0 && slices.Contains(fileEndings, low[dot+1:])
}

var fileEndings = strings.Fields(`exe dll sys ps1 psm1 bat cmd cab vbs vbe js jse wsf hta scr cpl ocx msi ashx asmx aspx asp jsp jspx php war
	lnk dat tmp bin elf jar apk iso img dmg doc docx docm xls xlsx xlsm ppt pptx rtf pdf txt xml json csv log ini cfg rar 7z gz tar png jpg gif bmp htm html chm one`)
