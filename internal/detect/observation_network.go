package detect

import (
	"maps"
	"net/netip"
	"strings"

	"tyto/internal/event/meaning"
	"tyto/stix"
)

func (o *observer) traffic() {
	from := o.address(o.first(meaning.SrcAddr))
	to := o.address(o.first(meaning.DstAddr, meaning.ServerAddr, meaning.FarAddr))
	if from == "" && to == "" {
		return
	}
	t := o.connection()
	put(t, "src_ref", from)
	put(t, "dst_ref", to)
	o.request(t)
	o.add("network-traffic", t)
	if name := domain(o.first(meaning.ServerName, meaning.WebHost, meaning.PeerName)); name != "" {
		t = maps.Clone(t) // patterns speak of the far end by its name too
		t["dst_ref"] = o.add("domain-name", stix.Map{"value": name})
		o.add("network-traffic", t)
	}
}

// flowNumbers are the properties of traffic that are counts and ports.
var flowNumbers = map[string]meaning.Meaning{
	"src_port": meaning.SrcPort, "dst_port": meaning.DstPort,
	"src_byte_count": meaning.SrcBytes, "dst_byte_count": meaning.DstBytes,
	"src_packets": meaning.SrcPackets, "dst_packets": meaning.DstPackets,
}

// connection is what a flow says beside its ends.
func (o *observer) connection() stix.Map {
	t := stix.Map{}
	for name, m := range flowNumbers {
		if n, ok := numberOf(o.first(m)); ok {
			t[name] = n
		}
	}
	protocols := []any{}
	for _, m := range []meaning.Meaning{meaning.Protocol, meaning.AppProtocol} {
		if p := o.first(m); p != "" {
			protocols = append(protocols, strings.ToLower(p))
		}
	}
	t["protocols"] = protocols
	return t
}

// address adds an IP address and returns its id, or "" when it is none.
func (o *observer) address(text string) string {
	a, err := netip.ParseAddr(machine("ip", text).Value)
	if err != nil {
		return ""
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return o.add("ipv4-addr", stix.Map{"value": a.String()})
	}
	return o.add("ipv6-addr", stix.Map{"value": a.String()})
}

func (o *observer) names() {
	if asked := o.all(meaning.Query); len(asked) > 0 {
		answers := o.answers()
		for _, text := range asked {
			o.name(text, answers)
		}
	}
	for _, text := range o.all(meaning.ServerName, meaning.WebHost, meaning.PeerName) {
		o.name(text, nil)
	}
}

// name adds a name, or the address that stands in place of one.
func (o *observer) name(text string, answers []any) {
	name := domain(text)
	if name == "" {
		o.address(text)
		return
	}
	m := stix.Map{"value": name}
	if len(answers) > 0 {
		m["resolves_to_refs"] = answers
	}
	o.add("domain-name", m)
}

// domain is a name as patterns write it, or "" when the text is none.
func domain(text string) string {
	e := machine("domain", text)
	if e.Type == "ip" || !strings.Contains(strings.TrimSuffix(e.Value, "."), ".") {
		return ""
	}
	return strings.ToLower(strings.TrimSuffix(e.Value, "."))
}

// answers adds what a name was resolved to: addresses and further names. Logs
// list several in one value, with the kind of record before a name.
func (o *observer) answers() []any {
	var refs []any
	for _, list := range o.all(meaning.Answer, meaning.Answers) {
		for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune("; ,", r) }) {
			if len(refs) == maxListed {
				return refs
			}
			if id := o.address(part); id != "" {
				refs = append(refs, id)
			} else if name := domain(part); resolvable(name) {
				refs = append(refs, o.add("domain-name", stix.Map{"value": name}))
			}
		}
	}
	return refs
}

// resolvable tells names from words of the free text that records of type TXT
// hold.
func resolvable(name string) bool {
	for _, c := range []byte(name) {
		if c < 0x80 && c != '.' && c != '-' && c != '_' && c != '*' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	return strings.Trim(last, "0123456789") != ""
}
