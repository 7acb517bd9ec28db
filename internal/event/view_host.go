package event

import (
	"net/netip"
	"strings"
)

// A Host is a machine as a record names it. Logs mix full and short names, and
// the two halves of a name meet again by Short; whose address belongs to which
// machine at what time is a question that no single event answers.
type Host struct {
	Name  string     // lower case, without a dot at the end; empty when an address
	Short string     // the first label of Name
	Addr  netip.Addr // when the record gives an address in place of a name
}

// maxHosts bounds the remembered names.
const maxHosts = 4096

// Host returns the machine that wrote the event.
func (v *Views) Host(e *Event) (Host, bool) {
	if e.Host == "" || e.Host == "-" {
		return Host{}, false
	}
	h, ok := v.hosts[e.Host]
	if !ok {
		h = hostFrom(e.Host)
		if len(v.hosts) >= maxHosts {
			clear(v.hosts)
		}
		v.hosts[strings.Clone(e.Host)] = h
	}
	return h, h.Name != "" || h.Addr.IsValid()
}

func hostFrom(name string) Host {
	name = strings.TrimSpace(name)
	if a, _ := address([]byte(name)); a.IsValid() {
		return Host{Addr: a}
	}
	name = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(name, `\\`), "."))
	if name == "-" {
		name = ""
	}
	short, _, _ := strings.Cut(name, ".")
	return Host{Name: name, Short: short}
}
