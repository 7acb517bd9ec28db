package zeek

import (
	"strings"
	"sync"

	"tyto/internal/event"
	"tyto/internal/source/winlog"
	"tyto/internal/source/zeek/request"
)

// product is Sigma's word for all logs of Zeek.
const product = "zeek"

// maxPath bounds the name of a log.
const maxPath = 64

// A class says how a column's text becomes values.
type class uint8

const (
	text class = iota
	number
	boolean
	texts // a set or vector
	numbers
)

func classOf(zeekType string) class {
	switch zeekType {
	case "time", "interval", "port", "count", "int", "double":
		return number
	case "bool":
		return boolean
	}
	inner, ok := strings.CutPrefix(zeekType, "set[")
	if !ok {
		inner, ok = strings.CutPrefix(zeekType, "vector[")
	}
	switch {
	case !ok:
		return text
	case classOf(strings.TrimSuffix(inner, "]")) == number:
		return numbers
	}
	return texts
}

// A role marks the columns that the reader itself looks into.
type role uint8

const (
	noRole role = iota
	roleTime
	roleSensor
	roleMethod
	roleURI
	roleHost
	roleAgent
	roleResponder
	rolePort
	roleCount
)

var httpRoles = map[string]role{
	"method": roleMethod, "uri": roleURI, "host": roleHost, "user_agent": roleAgent,
	"id.resp_h": roleResponder, "id.resp_p": rolePort,
}

// A column is one field of a kind of record.
type column struct {
	field int // in the shape, -1 for one that is left out
	class class
	role  role
	also  []uint16 // alias fields that get the same values
}

// A layout is a kind of record: a log with certain fields.
type layout struct {
	shape   *event.Shape
	source  event.Source
	inbound event.Source // of requests to internal web servers
	columns []column
	web     *request.Fields // for http
	open    int             // field that marks a living connection, -1
	guessed bool            // the log's name was not in the record
}

// aliases are the names that rules for Sigma's categories use.
var (
	commonAliases = map[string][]string{
		"id.orig_h": {"src_ip"}, "id.orig_p": {"src_port"},
		"id.resp_h": {"dst_ip"}, "id.resp_p": {"dst_port"},
	}
	connAliases = map[string][]string{"id.resp_p": {"destination.port"}}
	dnsAliases  = map[string][]string{"qtype_name": {"record_type"}, "answers": {"answer"}}
	httpAliases = map[string][]string{
		"id.orig_h": {"c-ip"}, "method": {"cs-method"}, "user_agent": {"c-useragent", "cs-user-agent"},
		"referrer": {"cs-referer", "cs-referrer"}, "status_code": {"sc-status"},
		"username": {"cs-username"}, "cookie": {"cs-cookie"}, "orig_mime_types": {"cs-content-type"},
	}
)

// sourceOf names the log source of a log.
func sourceOf(path string) (src, inbound event.Source) {
	src = event.Source{Product: product, Service: path}
	inbound = src
	switch path {
	case "dns":
		src.Category = "dns"
	case "conn":
		src.Category = "firewall"
	case "http":
		src.Category, inbound.Category = "proxy", "webserver"
	}
	return src, inbound
}

// aliasesOf lists the aliases of a column of a log.
func aliasesOf(path, name string) []string {
	out := commonAliases[name]
	switch path {
	case "conn":
		out = append(out[:len(out):len(out)], connAliases[name]...)
	case "dns":
		out = append(out[:len(out):len(out)], dnsAliases[name]...)
	case "http":
		out = append(out[:len(out):len(out)], httpAliases[name]...)
	}
	return out
}

// newLayout lays out records of a log with the given columns. An empty path is
// drawn from the columns or, if they say nothing, from hint.
func newLayout(path, hint string, names []string, classes []class, open bool, shapes *winlog.Shapes) *layout {
	names = canonical(names)
	l := &layout{columns: make([]column, len(names)), open: -1}
	if path == "" || path == "-" || len(path) > maxPath {
		path, l.guessed = pathOf(names), true
		if path == "" {
			path = hint
		}
	}
	if rest, ok := strings.CutPrefix(path, openPrefix); ok {
		path, open = rest, true
	}
	l.source, l.inbound = sourceOf(path)
	var b winlog.Layout
	l.place(&b, names, classes)
	l.alias(&b, path, names)
	if open {
		l.open = b.Header("_open")
	}
	if path == "http" {
		l.web = request.NewFields(&b)
	}
	l.shape = shapes.Of(&b)
	return l
}

// place gives the columns their fields: first what was seen, then headers.
func (l *layout) place(b *winlog.Layout, names []string, classes []class) {
	seen := make(map[string]bool, len(names))
	for i, name := range names {
		c := &l.columns[i]
		c.field, c.class = -1, classes[i]
		if !isHeaderField(name) && !seen[name] {
			c.field = b.Data(name)
		}
		seen[name] = true
	}
	for i, name := range names {
		if isHeaderField(name) {
			l.columns[i].field = b.Header(name)
		}
	}
}

// alias adds the aliases and marks the columns that the reader looks into.
func (l *layout) alias(b *winlog.Layout, path string, names []string) {
	sensor := -1
	for rank := len(sensorFields) - 1; rank >= 0; rank-- {
		for i, name := range names {
			if name == sensorFields[rank] {
				sensor = i
			}
		}
	}
	for i, name := range names {
		c := &l.columns[i]
		if c.field < 0 {
			continue
		}
		for _, other := range aliasesOf(path, name) {
			if f := b.Header(other); f >= 0 {
				c.also = append(c.also, uint16(f))
			}
		}
		switch {
		case name == "ts":
			c.role = roleTime
		case i == sensor:
			c.role = roleSensor
		case path == "http":
			c.role = httpRoles[name]
		}
	}
}

// A layouts table makes readers share what depends on names alone.
type layouts struct {
	shapes winlog.Shapes
	mu     sync.Mutex
	known  map[string]*layout
	bytes  int
}

// maxLayoutBytes bounds the headers that a table keeps.
const maxLayoutBytes = 8 << 20

// of returns the layout for a key, making it with build when there is none.
func (t *layouts) of(key string, build func() *layout) *layout {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l := t.known[key]; l != nil {
		return l
	}
	l := build()
	if t.bytes += len(key); t.bytes > maxLayoutBytes {
		return l
	}
	if t.known == nil {
		t.known = make(map[string]*layout)
	}
	t.known[key] = l
	return l
}
