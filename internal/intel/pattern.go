package intel

import (
	"errors"
	"slices"
	"strings"

	"tyto/stix"
)

// pattern takes a STIX pattern apart. A pattern that any one of some values
// fulfils becomes indicators; every other is carried on whole.
func (c *collector) pattern(k Carried, in Indicator) error {
	p, err := stix.ParsePattern(k.Text)
	var syntax *stix.SyntaxError
	if errors.As(err, &syntax) && syntax.Limit {
		c.tooMuch(k, in, syntax)
		return nil
	}
	if err != nil {
		c.unread(k.Text, 0, int(in.Line), "pattern of "+k.ID+": "+err.Error())
		return nil
	}
	values, ok := valuesOf(p)
	if !ok {
		if in.Asked != Rejected {
			k.Kind, k.Why, k.Asked = "stix", "more than a set of values", in.Asked
			c.carry(&c.out.Patterns, k, int(in.Line))
		}
		return nil
	}
	for _, v := range values {
		one := in
		one.Reasons = append([]string(nil), in.Reasons...)
		if err := c.add(v.kind, v.value, one); err != nil {
			return err
		}
	}
	return nil
}

// tooMuch keeps a pattern beyond a limit, so that its source is told that it
// was not looked for.
func (c *collector) tooMuch(k Carried, in Indicator, err *stix.SyntaxError) {
	c.problem(0, int(in.Line), "pattern of "+cut(k.ID, 128)+": "+err.Error())
	if in.Asked == Rejected {
		return
	}
	k.Kind, k.Why = PatternKind, "not evaluated: "+err.Error()
	c.carry(&c.out.Kept, k, int(in.Line))
}

// PatternKind is what STIX patterns are called in answers and among what is
// kept.
const PatternKind = "stix-pattern"

type typedValue struct {
	kind  Type
	value string
}

// valuesOf lists the values of a pattern if looking for each of them alone
// means the same as the pattern.
func valuesOf(p *stix.Pattern) ([]typedValue, bool) {
	atoms, ok := p.Simple()
	if !ok || len(atoms) == 0 {
		return nil, false
	}
	var out []typedValue
	for start := 0; start < len(atoms); {
		end := start + 1
		for end < len(atoms) && atoms[end].Group == atoms[start].Group {
			end++
		}
		if hashes := identified(atoms[start:end]); len(hashes) > 0 {
			out = append(out, hashes...)
		} else if v, ok := groupValue(atoms[start:end]); ok {
			out = append(out, v)
		} else {
			return nil, false
		}
		start = end
	}
	return out, true
}

// groupValue reduces tests on one object to one value: a name in a folder is a
// path, and that an address is one adds nothing to it.
func groupValue(atoms []stix.Atom) (typedValue, bool) {
	atoms = slices.DeleteFunc(slices.Clone(atoms), saysItsKind)
	var name, folder string
	for _, a := range atoms {
		v, ok := atomValue(a)
		switch {
		case !ok:
			return v, false
		case len(atoms) == 1:
			return v, true
		case v.kind == Filename:
			name = v.value
		case v.kind == Path:
			folder = v.value
		default:
			return v, false
		}
	}
	if name != "" && folder != "" && strings.ContainsAny(folder, `\/`) {
		sep := `\`
		if !strings.Contains(folder, `\`) {
			sep = "/"
		}
		return typedValue{Path, strings.TrimRight(folder, `\/`) + sep + name}, true
	}
	return typedValue{}, false
}

// identified are the hashes that a file is asked to have. Each identifies the
// file, whatever else is asked of it, and logs rarely carry all kinds.
func identified(atoms []stix.Atom) []typedValue {
	var out []typedValue
	for _, a := range atoms {
		if a.Type != "file" || a.Not || a.Op == stix.OpNotEqual {
			return nil
		}
		if v, ok := atomValue(a); ok && v.kind.isFileHash() {
			out = append(out, v)
		}
	}
	return out
}

// saysItsKind knows a test such as network-traffic:dst_ref.type = 'ipv4-addr',
// which exports of MISP put beside the address itself.
func saysItsKind(a stix.Atom) bool {
	kind, _ := a.Value.Value().(string)
	return a.Type == "network-traffic" && (a.Path == "dst_ref.type" || a.Path == "src_ref.type") && a.Op == stix.OpEqual && !a.Not &&
		(kind == "ipv4-addr" || kind == "ipv6-addr" || kind == "domain-name")
}

// atomValue is the value that one test looks for.
func atomValue(a stix.Atom) (typedValue, bool) {
	text, isText := a.Value.Value().(string)
	t, ok := propertyType(a.Type, a.Path, text)
	if !ok || !isText || a.Not || text == "" {
		return typedValue{}, false
	}
	switch {
	case a.Op == stix.OpEqual && t == Path:
		return typedValue{t, folderOf(text)}, true
	case a.Op == stix.OpEqual:
		return typedValue{t, text}, true
	case a.Op == stix.OpIsSubset && t == IP:
		return typedValue{t, text}, true
	case a.Op == stix.OpLike && !strings.Contains(text, "_"):
		return likeValue(t, text)
	}
	return typedValue{}, false
}

// folderOf writes the path of a folder with a final separator.
func folderOf(p string) string {
	if strings.Contains(p, `\`) {
		return strings.TrimRight(p, `\`) + `\`
	}
	return strings.TrimRight(p, "/") + "/"
}

// likeValue takes the wildcards that the matching of a type implies anyway.
func likeValue(t Type, text string) (typedValue, bool) {
	inner := strings.Trim(text, "%")
	if inner == "" || strings.Contains(inner, "%") {
		return typedValue{}, false
	}
	switch {
	case t == CommandLine && strings.HasPrefix(text, "%") && strings.HasSuffix(text, "%"):
		return typedValue{t, inner}, true
	case t == Filename && text == `%\`+inner[min(1, len(inner)):] && inner[0] == '\\':
		return typedValue{t, inner[1:]}, true
	}
	return typedValue{}, false
}

// propertyType says what kind of value a property of a STIX object holds.
func propertyType(object, path, value string) (Type, bool) {
	if alg, ok := strings.CutPrefix(path, "hashes."); ok {
		return hashType(object, strings.Trim(alg, "'"))
	}
	switch object + ":" + path {
	case "ipv4-addr:value", "ipv6-addr:value":
		return IP, true
	case "domain-name:value", "hostname:value", "x-opencti-hostname:value":
		return Domain, true
	case "user-agent:value", "x-opencti-user-agent:value":
		return UserAgent, true
	case "url:value":
		return URL, true
	case "network-traffic:dst_ref.value", "network-traffic:src_ref.value":
		t := guess(value)
		return t, t == IP || t == Domain
	case "email-addr:value", "email-message:from_ref.value", "email-message:sender_ref.value":
		return Email, true
	case "file:name":
		return Filename, true
	case "file:parent_directory_ref.path", "directory:path":
		return Path, true
	case "windows-registry-key:key":
		return RegistryKey, true
	case "mutex:name":
		return Mutex, true
	case "process:command_line":
		return CommandLine, true
	case "process:extensions.'windows-service-ext'.service_name":
		return ServiceName, true
	case "process:extensions.'windows-service-ext'.display_name":
		return ServiceDisplay, true
	case "user-account:user_id", "user-account:account_login":
		return Account, true
	case "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'":
		return UserAgent, true
	}
	return Other, false
}

func hashType(object, alg string) (Type, bool) {
	t := hashAlgorithm(alg)
	switch {
	case t == Other:
		return Other, false
	case object == "file":
		return t, true
	case object == "x509-certificate" && t == SHA1:
		return CertSHA1, true
	case object == "x509-certificate" && t == SHA256:
		return CertSHA256, true
	}
	return Other, false
}

// hashAlgorithm reads the name of an algorithm in the spellings of STIX 2.0
// and 2.1.
func hashAlgorithm(name string) Type {
	switch strings.ToUpper(strings.ReplaceAll(name, "-", "")) {
	case "MD5":
		return MD5
	case "SHA1":
		return SHA1
	case "SHA224":
		return SHA224
	case "SHA256":
		return SHA256
	case "SHA384":
		return SHA384
	case "SHA512":
		return SHA512
	case "IMPHASH":
		return Imphash
	}
	return Other
}
