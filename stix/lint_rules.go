package stix

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// This file holds the rules that tie properties of one object together.

func (l *linter) rules() {
	l.ordered("created", "modified", false)
	l.ordered("first_seen", "last_seen", false)
	l.encodings()
	switch l.o.Type {
	case "indicator":
		l.indicator()
	case "malware":
		l.malware()
	case "location":
		l.location()
	case "grouping":
		if !l.has("name") {
			l.add("name", "required", Warning, "the text of the standard requires a name", "add it")
		}
	case "observed-data":
		l.observedData()
	case "malware-analysis":
		l.atLeastOne("result", "analysis_sco_refs")
	case "relationship":
		l.relationship()
	case "sighting":
		if !l.has("where_sighted_refs") {
			l.add("where_sighted_refs", "sighting-where", Info, "who saw it is not said; the creator is not implied", "add the observer")
		}
	case "marking-definition":
		l.markingDefinition()
	case "extension-definition":
		l.extensionDefinition()
	default:
		l.observableRules()
	}
}

func (l *linter) has(name string) bool { return hasAny(l.o.tree, name) }

// ordered demands that the second time is not before the first, or strictly
// after it.
func (l *linter) ordered(first, second string, strict bool) {
	a, ok1 := l.o.Time(first)
	b, ok2 := l.o.Time(second)
	if !ok1 || !ok2 || b.After(a) || !strict && b.Equal(a) {
		return
	}
	word := "before"
	if strict {
		word = "not after"
	}
	l.errorf(second, "order", "swap or correct the times", "%s is %s %s", second, word, first)
}

func (l *linter) atLeastOne(names ...string) {
	if !hasAny(l.o.tree, names...) {
		l.errorf("", "at-least-one", "add one", "at least one of %s is needed", strings.Join(names, ", "))
	}
}

// notBoth reports two properties that exclude each other.
func (l *linter) notBoth(a, b string) {
	if l.has(a) && l.has(b) {
		l.errorf(b, "exclusive", "remove one of them", "%s and %s exclude each other", a, b)
	}
}

func (l *linter) needs(name, other string) {
	if l.has(name) && !l.has(other) {
		l.errorf(name, "needs", "add "+other, "%s needs %s", name, other)
	}
}

// encodings: x_enc tells the encoding of x, so x must be there.
func (l *linter) encodings() {
	for _, name := range l.o.Names() {
		if base, ok := strings.CutSuffix(name, "_enc"); ok {
			l.needs(name, base)
		}
	}
}

func (l *linter) indicator() {
	l.ordered("valid_from", "valid_until", true)
	if !l.has("indicator_types") {
		l.add("indicator_types", "interop", Info, "common consumers expect indicator_types", "add for example malicious-activity")
	}
	if l.o.Text("pattern_type") != "stix" {
		return
	}
	p, err := ParsePattern(l.o.Text("pattern"))
	if err != nil {
		l.errorf("pattern", "pattern", "", "%v", err)
		return
	}
	for _, x := range p.Lint() {
		x.Path = "pattern (" + x.Path + ")"
		l.problems = append(l.problems, x)
	}
}

func (l *linter) malware() {
	if l.o.tree["is_family"] == true {
		l.needs("is_family", "name")
	}
}

func (l *linter) location() {
	l.needs("latitude", "longitude")
	l.needs("longitude", "latitude")
	l.needs("precision", "latitude")
	l.atLeastOne("region", "country", "latitude")
	if c := l.o.Text("country"); l.has("country") && (len(c) != 2 || strings.ToUpper(c) != c) {
		l.add("country", "country", Warning, fmt.Sprintf("%q is no country code", shorten(c, 20)), "write two upper-case letters (ISO 3166-1)")
	}
}

func (l *linter) observedData() {
	l.ordered("first_observed", "last_observed", false)
	l.notBoth("object_refs", "objects")
	l.atLeastOne("object_refs", "objects")
	if l.has("objects") {
		l.add("objects", "deprecated", Warning, "objects is deprecated", "list top-level objects in object_refs")
	}
	sco := !l.has("object_refs")
	for _, id := range l.o.Texts("object_refs") {
		sco = sco || !sdoType(IDType(id))
	}
	if !sco {
		l.errorf("object_refs", "at-least-one", "refer to a cyber-observable", "at least one cyber-observable is needed")
	}
}

var relationshipForm = regexp.MustCompile(`^[a-z0-9-]+$`)

func (l *linter) relationship() {
	l.ordered("start_time", "stop_time", true)
	kind := l.o.Text("relationship_type")
	source, target := IDType(l.o.Text("source_ref")), IDType(l.o.Text("target_ref"))
	switch {
	case kind != "" && !relationshipForm.MatchString(kind):
		l.errorf("relationship_type", "relationship-type", "use lower-case letters, digits and hyphens", "%q is no relationship type", shorten(kind, 60))
	case (sdoType(source) || observableType(source)) && (sdoType(target) || observableType(target)) && !KnownRelationship(source, kind, target):
		l.add("relationship_type", "relationship-type", Warning, fmt.Sprintf("the standard has no relationship %s %q %s", source, shorten(kind, 60), target), "use one that it has, or related-to")
	}
}

func (l *linter) markingDefinition() {
	if !l.has("extensions") && !(l.has("definition") && l.has("definition_type")) {
		l.errorf("", "at-least-one", "add an extension, or definition_type and definition", "the marking says nothing")
	}
	known := tlpOfRef(l.o.ID)
	said := readDefinition(l.o).tlp
	switch {
	case known != TLPNone && said != known:
		l.errorf("id", "tlp", "use a definition of its own for anything else", "the identifier belongs to %s, but the definition says something else", known)
	case known == TLPNone && said != TLPNone:
		l.errorf("", "tlp", "use "+said.Ref(), "only the published definitions of TLP levels may be used")
	}
	if known == TLPNone && l.o.Text("definition_type") != "" && l.o.Text("definition_type") != "statement" {
		l.add("definition_type", "marking", Warning, "only statement and tlp are defined", "use an extension")
	}
}

var semverForm = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

func (l *linter) extensionDefinition() {
	if v := l.o.Text("version"); v != "" && !semverForm.MatchString(v) {
		l.errorf("version", "version", "write it as 1.0.0", "%q is no semantic version", shorten(v, 40))
	}
	if l.has("extension_properties") && !contains(l.o.Texts("extension_types"), "toplevel-property-extension") {
		l.errorf("extension_properties", "exclusive", "remove it", "only a toplevel-property-extension has extension_properties")
	}
}

// observableRules are those of the cyber-observables.
func (l *linter) observableRules() {
	switch l.o.Type {
	case "artifact":
		l.notBoth("payload_bin", "url")
		l.needs("url", "hashes")
		l.needs("decryption_key", "encryption_algorithm")
	case "file":
		l.atLeastOne("hashes", "name")
	case "email-message":
		if l.o.tree["is_multipart"] == true && l.has("body") {
			l.errorf("body", "exclusive", "use body_multipart", "a multipart message has no body")
		}
		if l.o.tree["is_multipart"] == false && l.has("body_multipart") {
			l.errorf("body_multipart", "exclusive", "use body", "only a multipart message has body_multipart")
		}
	case "network-traffic":
		l.traffic()
	case "process", "user-account", "windows-registry-key", "x509-certificate":
		l.notEmpty()
	case "ipv4-addr", "ipv6-addr":
		l.address()
	case "mac-addr":
		if !macForm.MatchString(l.o.Text("value")) {
			l.errorf("value", "mac", "write it as 00:0c:29:ab:cd:ef", "the value is no hardware address")
		}
	}
}

var macForm = regexp.MustCompile(`^([0-9a-f]{2}:){5}[0-9a-f]{2}$`)

func (l *linter) traffic() {
	l.ordered("start", "end", false)
	l.atLeastOne("src_ref", "dst_ref")
	if l.o.tree["is_active"] == true && l.has("end") {
		l.errorf("end", "exclusive", "remove end, or set is_active to false", "active traffic has not ended")
	}
}

// notEmpty demands a property besides the common ones.
func (l *linter) notEmpty() {
	for _, f := range l.schema.observable[l.o.Type] {
		if l.has(f.name) {
			return
		}
	}
	if !l.has("extensions") {
		l.errorf("", "at-least-one", "add what is known of it", "the object says nothing")
	}
}

func (l *linter) address() {
	n, ok := parseNet(l.o.Text("value"))
	four := l.o.Type == "ipv4-addr"
	if !ok || n.Addr().Is4() != four {
		l.errorf("value", "address", "write an address or a network such as 192.0.2.0/24", "the value is no address of this family")
		return
	}
	if a, err := netip.ParseAddr(l.o.Text("value")); err == nil && a.String() != l.o.Text("value") {
		l.add("value", "address", Info, "the address is not in its short form", "write "+a.String())
	}
}
