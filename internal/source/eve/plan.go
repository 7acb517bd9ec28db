package eve

import (
	"slices"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
	"tyto/internal/source/zeek/request"
)

// A role marks values that the reader itself looks into.
type role uint8

const (
	noRole role = iota
	roleTime
	roleHost
	roleFlow
	roleSource
	roleSourcePort
	roleTarget
	roleTargetPort
	roleInitiator
	roleInitiatorPort
	roleMethod
	roleURL
	roleServer
	roleAgent
	roleServerPort
	roleAction
	roleUUID
	roleAck
	roleEndpoint
	roleOperation
	roleCall // BIND, REQUEST, ...: marks a call
	roleOpnum
	roleHeaderName
	roleHeaderValue
	roleCount
)

var roles = map[string]role{
	"timestamp": roleTime, "host": roleHost, "flow_id": roleFlow,
	"src_ip": roleSource, "src_port": roleSourcePort, "dest_ip": roleTarget, "dest_port": roleTargetPort,
	"flow.src_ip": roleInitiator, "flow.src_port": roleInitiatorPort,
	"http.http_method": roleMethod, "http.url": roleURL, "http.hostname": roleServer,
	"http.http_user_agent": roleAgent, "http.http_port": roleServerPort,
	"http.request_headers.name": roleHeaderName, "http.request_headers.value": roleHeaderValue,
	"flow.action": roleAction, "verdict.action": roleAction,
	"dcerpc.interfaces.uuid": roleUUID, "smb.dcerpc.interfaces.uuid": roleUUID,
	"dcerpc.interfaces.ack_result": roleAck, "smb.dcerpc.interfaces.ack_result": roleAck,
	"dcerpc.interfaces.service": roleEndpoint, "smb.dcerpc.interfaces.service": roleEndpoint,
	"dcerpc.interfaces.procedure": roleOperation, "smb.dcerpc.interfaces.procedure": roleOperation,
	"dcerpc.request": roleCall, "smb.dcerpc.request": roleCall,
	"dcerpc.req.opnum": roleOpnum, "smb.dcerpc.opnum": roleOpnum,
}

// headers are the fields that describe the record.
var headers = []string{"timestamp", "host", "in_iface", "pcap_cnt", "pcap_filename"}

// fixedAliases are the names that rules use, by Suricata's. Names of DNS are
// many and found by [dnsAlias].
var fixedAliases = map[string][]string{
	"src_ip": {"c-ip"}, "dest_ip": {"dst_ip"}, "dest_port": {"dst_port", "destination.port"},
	"http.http_method": {"cs-method"}, "http.http_user_agent": {"c-useragent", "cs-user-agent"},
	"http.http_refer": {"cs-referer", "cs-referrer"}, "http.status": {"sc-status"},
	"flow.action": {"action"}, "verdict.action": {"action"},
}

// dnsAlias returns what rules call a field of dns: query, record_type, answer,
// or "". Version 3 of the format has lists of queries, alerts have objects.
func dnsAlias(path string) string {
	rest, ok := strings.CutPrefix(path, "dns.")
	if !ok || strings.Contains(rest, "authorities") || strings.Contains(rest, "additionals") {
		return ""
	}
	owner, name, ok := cutLast(rest)
	switch {
	case !ok:
		name, owner = rest, ""
	case strings.HasSuffix(owner, "grouped"):
		return "answer"
	}
	question := owner == "" || owner == "queries" || owner == "query" || owner == "answer"
	switch {
	case name == "rdata":
		return "answer"
	case name == "rrname" && question:
		return "query"
	case name == "rrtype" && question:
		return "record_type"
	}
	return ""
}

func cutLast(path string) (before, after string, ok bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// A column is one run of values of an event.
type column struct {
	field int
	role  role
	also  []uint16
}

// A plan says where an event's values go.
type plan struct {
	shape   *event.Shape
	columns []column
	kind    int // run of event_type
	excess  bool
	web     *request.Fields // for http
	cookie  int
	ends    [4]int // id.orig_h, id.orig_p, id.resp_h, id.resp_p
	blocked int
	rpc     [2]int // endpoint, operation
	isRPC   bool
}

func newPlan(runs []*objects.Node, shapes *winlog.Shapes) *plan {
	p := &plan{kind: -1, columns: make([]column, len(runs))}
	var b winlog.Layout
	names := make([]string, len(runs))
	for i, n := range runs {
		names[i] = n.Path()
		p.columns[i] = column{field: -1, role: roles[names[i]]}
		if !slices.Contains(headers, names[i]) {
			p.columns[i].field = b.Data(names[i])
			p.excess = p.excess || p.columns[i].field < 0
		}
		if names[i] == "event_type" {
			p.kind = i
		}
	}
	for i, name := range names {
		if slices.Contains(headers, name) {
			p.columns[i].field = b.Header(name)
		}
	}
	p.alias(&b, names)
	p.shape = shapes.Of(&b)
	return p
}

// alias adds the names that rules use.
func (p *plan) alias(b *winlog.Layout, names []string) {
	for i, name := range names {
		other := fixedAliases[name]
		if a := dnsAlias(name); a != "" {
			other = []string{a}
		}
		for _, o := range other {
			if f := b.Header(o); f >= 0 {
				p.columns[i].also = append(p.columns[i].also, uint16(f))
			}
		}
		p.isRPC = p.isRPC || p.columns[i].role >= roleUUID && p.columns[i].role <= roleOpnum
	}
	for i, name := range [...]string{"id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"} {
		p.ends[i] = b.Header(name)
	}
	p.blocked, p.cookie, p.rpc = -1, -1, [2]int{-1, -1}
	if slices.Contains(names, "http.http_method") || slices.Contains(names, "http.url") {
		p.web = request.NewFields(b)
		p.cookie = b.Header("cs-cookie")
	}
	if slices.Contains(names, "flow.action") || slices.Contains(names, "verdict.action") {
		p.blocked = b.Header("blocked")
	}
	if p.isRPC {
		p.rpc = [2]int{b.Header("endpoint"), b.Header("operation")}
	}
}
