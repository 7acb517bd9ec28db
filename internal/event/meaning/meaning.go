// Package meaning says what the fields of logs mean: the one table that stories,
// findings and the search for indicators stand on. It looks fields up; it never
// renames them.
//
// Two questions can be asked. [Log.Of] tells what a field holds in one kind of
// log, as far as can be believed: SRC is an address in a firewall's line, and
// the service of a Kerberos ticket is an account. [Anywhere] tells what a name
// holds in any log at all, for a search that would rather look once too often.
package meaning

import (
	"slices"
	"strings"
	"sync"
)

// A Use is what a field holds, and how good a source of it the field is: of two
// fields of one meaning the one of lesser rank counts.
type Use struct {
	Meaning Meaning
	Rank    uint16
}

// A Log is a kind of log, as far as names depend on it.
type Log struct {
	Product, Service string // Sigma's; Windows channels are all of the product windows
	EventID          int
}

// Of returns what the field holds: at most one meaning for each kind of thing.
// The headers of a Windows record tell of the service that logged it, not of
// what happened, and have rows of their own; in other logs headers are further
// names of values.
func (l Log) Of(field string, header bool) []Use {
	t, low := all(), strings.ToLower(field)
	in := familyOf(l.Product)
	switch {
	case header && in == windows:
		in = windowsHeader
	case l.Product == "" && !Vague(low):
		in = everywhere // a log of unknown kind may speak any language
	}
	var out []Use
	var told [Things]bool
	for _, at := range t.names[low] {
		b := &t.bindings[at]
		thing := b.meaning.Thing()
		if b.in&in == 0 || told[thing] && thing != Others || !b.fits(l) {
			continue
		}
		told[thing] = true
		out = append(out, Use{b.meaning, uint16(at)})
	}
	return out
}

// Anywhere returns all that a name, in lower case, holds in any log, but for
// what it holds in single events or services only.
func Anywhere(name string) []Meaning {
	t := all()
	var out []Meaning
	for _, at := range t.names[name] {
		b := &t.bindings[at]
		if len(b.ids) == 0 && b.service == "" && !slices.Contains(out, b.meaning) {
			out = append(out, b.meaning)
		}
	}
	return out
}

// vague are the names that mean something in the logs whose rows have them, and
// in other logs, or as the last part of a longer name, anything.
var vague = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(`host hostname name path file filename domain query request record key data user username from to cc src dst
		url uri answers answer subject pipe command cmd args exe hash device cookie filter destination consumer details payload sender recipient
		contents application fingerprint domainname text executable service sni actor addr caller client ip login p pr unit uid user.name`) {
		out[name] = true
	}
	return out
})

// Vague reports whether a name, in lower case, says little by itself.
func Vague(name string) bool { return vague()[name] }

// A row of the tables says what fields of some names hold.
type row struct {
	in      family
	ids     []int // event ids; none means all
	meaning Meaning
	names   string // separated by |, the better ones first; with service: before it only in that log
}

// A binding is one name of a row. Of several bindings of a name for one kind of
// thing the one that stands first in the tables counts.
type binding struct {
	in      family
	ids     []int
	meaning Meaning
	service string // of the log; empty means any
}

func (b *binding) fits(l Log) bool {
	return (len(b.ids) == 0 || slices.Contains(b.ids, l.EventID)) && (b.service == "" || b.service == l.Service)
}

// A table finds bindings by name in lower case.
type table struct {
	names    map[string][]int // places in bindings
	bindings []binding
}

var all = sync.OnceValue(func() *table {
	t := &table{names: map[string][]int{}}
	for _, rows := range [][]row{windowsRows(), networkRows(), unixRows(), cloudRows(), everywhereRows()} {
		for i := range rows {
			t.add(&rows[i])
		}
	}
	return t
})

func (t *table) add(r *row) {
	for name := range strings.SplitSeq(r.names, "|") {
		service, bare, ok := strings.Cut(name, ":")
		if !ok {
			service, bare = "", name
		}
		low := strings.ToLower(bare)
		t.names[low] = append(t.names[low], len(t.bindings))
		t.bindings = append(t.bindings, binding{r.in, r.ids, r.meaning, service})
	}
}

// Names returns all names in the tables, in lower case and sorted.
func Names() []string {
	t := all()
	out := make([]string, 0, len(t.names))
	for name := range t.names {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// A family is a set of kinds of logs in which the same name means the same.
type family uint8

const (
	windows family = 1 << iota
	unix
	zeek
	suricata
	other // firewalls, proxies, name servers, cloud services
	windowsHeader

	device     = zeek | suricata | other
	everywhere = windows | unix | device
)

func familyOf(product string) family {
	switch product {
	case "windows":
		return windows
	case "linux", "macos":
		return unix
	case "zeek":
		return zeek
	case "suricata":
		return suricata
	}
	return other
}
