package detect

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyto/stix"
)

// An observer turns what an event says into the cyber-observables that STIX
// patterns speak of. It sees fields by name, in whatever log they stand.
type observer struct {
	objects []stix.SCO
	fields  map[string]string // by lower-case name, the first value
	list    []NamedValue      // all of them
}

// observation describes one event. Without any observable the result is nil.
func (o *observer) observation(at time.Time, id string, fields []NamedValue) *stix.Observation {
	o.objects, o.fields, o.list = nil, make(map[string]string, len(fields)), fields
	for _, f := range fields {
		name := strings.ToLower(f.Name)
		if _, taken := o.fields[name]; !taken && !empty(f.Value) {
			o.fields[name] = f.Value
		}
	}
	o.process()
	o.files()
	o.traffic()
	o.names()
	o.registry()
	o.account()
	o.service()
	o.mail()
	o.certificates()
	o.mutex()
	if len(o.objects) == 0 {
		return nil
	}
	return &stix.Observation{ID: id, First: at, Last: at, Count: 1, Objects: o.objects}
}

// first returns the first of the named fields that the event has.
func (o *observer) first(names ...string) string {
	for _, n := range names {
		if v := o.fields[n]; v != "" {
			return v
		}
	}
	return ""
}

// all returns every value of the named fields.
func (o *observer) all(names ...string) []string {
	var out []string
	for _, f := range o.list {
		if slices.Contains(names, strings.ToLower(f.Name)) && !empty(f.Value) {
			out = append(out, f.Value)
		}
	}
	return out
}

// add appends an object and returns its id for references.
func (o *observer) add(kind string, props stix.Map) string {
	id := kind + "--" + strconv.Itoa(len(o.objects))
	foldObject(kind, props)
	o.objects = append(o.objects, stix.SCO{Type: kind, ID: id, Props: props})
	return id
}

// put sets a property unless its value is empty.
func put(m stix.Map, name, value string) {
	if value != "" {
		m[name] = value
	}
}

// number reads a process id or port, decimal or 0x.
func numberOf(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 0, 64)
	return n, err == nil
}

func (o *observer) process() {
	image := o.first("image", "newprocessname", "processname", "exe", "process.executable", "sourceimage", "application")
	command := o.first("commandline", "processcommandline", "process.command_line", "cmdline", "proctitle")
	if image == "" && command == "" {
		return
	}
	p := stix.Map{}
	if image != "" {
		put(p, "name", base(image))
		p["image_ref"] = o.file(image, o.hashes())
	}
	put(p, "command_line", command)
	put(p, "cwd", o.first("currentdirectory", "cwd"))
	if pid, ok := numberOf(o.first("newprocessid", "processid", "sourceprocessid", "pid")); ok {
		p["pid"] = pid
	}
	if user := o.first("user", "subjectusername"); user != "" {
		p["creator_user_ref"] = o.add("user-account", stix.Map{"account_login": login(user), "user_id": user})
	}
	if parent := o.first("parentimage", "parentprocessname"); parent != "" {
		up := stix.Map{"name": base(parent), "image_ref": o.file(parent, nil)}
		put(up, "command_line", o.first("parentcommandline"))
		if pid, ok := numberOf(o.first("parentprocessid", "ppid")); ok {
			up["pid"] = pid
		}
		p["parent_ref"] = o.add("process", up)
	}
	o.add("process", p)
}

// file adds a file by its path, and the folder that it lies in.
func (o *observer) file(path string, hashes stix.Map) string {
	f := stix.Map{"name": base(path)}
	if dir := path[:max(0, strings.LastIndexAny(path, `\/`))]; dir != "" {
		f["parent_directory_ref"] = o.add("directory", stix.Map{"path": dir})
	}
	if len(hashes) > 0 {
		f["hashes"] = map[string]any(hashes)
	}
	return o.add("file", f)
}

func base(path string) string { return path[strings.LastIndexAny(path, `\/`)+1:] }

func login(user string) string {
	if i := strings.LastIndexByte(user, '\\'); i >= 0 {
		return user[i+1:]
	}
	return user
}

// files adds what the event does something to. An event about a loaded or
// written file carries that file's hashes.
func (o *observer) files() {
	for _, name := range []string{"targetfilename", "imageloaded", "relativetargetname", "filename", "fileinfo.filename", "file.path"} {
		if path := o.fields[name]; path != "" {
			o.file(path, o.hashes())
		}
	}
	if o.fields["image"] == "" && o.fields["targetfilename"] == "" && o.fields["imageloaded"] == "" {
		if h := o.hashes(); len(h) > 0 {
			o.add("file", stix.Map{"hashes": map[string]any(h)})
		}
	}
}

// hashes reads Sysmon's ALG=HEX list and single hash fields.
func (o *observer) hashes() stix.Map {
	out := stix.Map{}
	names := map[string]string{"MD5": "MD5", "SHA1": "SHA-1", "SHA256": "SHA-256", "SHA512": "SHA-512"}
	for _, part := range strings.Split(o.first("hashes", "hash"), ",") {
		alg, hex, ok := strings.Cut(part, "=")
		if name := names[strings.ToUpper(strings.TrimSpace(alg))]; ok && name != "" {
			out[name] = strings.ToLower(strings.TrimSpace(hex))
		}
	}
	for alg, name := range names {
		low := strings.ToLower(alg)
		if hex := o.first(low, "fileinfo."+low, "file.hash."+low, "process.hash."+low); hex != "" {
			out[name] = strings.ToLower(hex)
		}
	}
	return out
}

func (o *observer) traffic() {
	src := o.first("sourceip", "sourceaddress", "id.orig_h", "src_ip", "source.ip", "ipaddress", "c-ip", "sourceipaddress", "calleripaddress",
		"clientip", "srcip", "src", "remote_addr", "protopayload.requestmetadata.callerip")
	dst := o.first("destinationip", "destaddress", "id.resp_h", "dst_ip", "dest_ip", "destination.ip", "dstip", "dst", "r-ip")
	from, to := o.address(src), o.address(dst)
	if from == "" && to == "" {
		return
	}
	t := o.connection()
	put(t, "src_ref", from)
	put(t, "dst_ref", to)
	o.add("network-traffic", t)
	o.plainHeaders(t)
	if host := o.host(); host != "" { // patterns speak of the far end by its name too
		t = maps.Clone(t)
		t["dst_ref"] = o.add("domain-name", stix.Map{"value": host})
		o.add("network-traffic", t)
	}
}

// plainHeaders adds a web request once more in the form of STIX 2.0, where a
// header is one text and no list: patterns of both kinds are in circulation.
func (o *observer) plainHeaders(t stix.Map) {
	r := o.request()
	headers, ok := r["request_header"].(map[string]any)
	if !ok {
		return
	}
	for name, list := range headers {
		headers[name] = list.([]any)[0]
	}
	t = maps.Clone(t)
	t["extensions"] = map[string]any{"http-request-ext": map[string]any(r)}
	o.add("network-traffic", t)
}

// connection is what a flow says beside its ends.
func (o *observer) connection() stix.Map {
	t := stix.Map{}
	for name, fields := range map[string][]string{
		"src_port":       {"sourceport", "id.orig_p", "src_port", "source.port", "ipport", "srcport"},
		"dst_port":       {"destinationport", "destport", "id.resp_p", "dst_port", "dest_port", "destination.port", "dstport"},
		"src_byte_count": {"orig_bytes", "flow.bytes_toserver", "source.bytes"},
		"dst_byte_count": {"resp_bytes", "flow.bytes_toclient", "destination.bytes"},
		"src_packets":    {"orig_pkts", "flow.pkts_toserver"},
		"dst_packets":    {"resp_pkts", "flow.pkts_toclient"},
	} {
		if n, ok := numberOf(o.first(fields...)); ok {
			t[name] = n
		}
	}
	protocols := []any{}
	for _, p := range []string{o.first("protocol", "proto", "network.transport"), o.first("service", "app_proto", "network.protocol")} {
		if p != "" {
			protocols = append(protocols, strings.ToLower(p))
		}
	}
	t["protocols"] = protocols
	if r := o.request(); len(r) > 0 {
		t["extensions"] = map[string]any{"http-request-ext": map[string]any(r)}
	}
	return t
}

// host is the name of the far end that a request or handshake gives.
func (o *observer) host() string {
	name := o.first("server_name", "tls.sni", "quic.sni", "host", "http.hostname", "cs-host", "url.domain", "destinationhostname")
	name, _, _ = strings.Cut(strings.ToLower(strings.TrimSuffix(name, ".")), ":")
	if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(name, ".") {
		return ""
	}
	return name
}

// request is a web request as the extension of network traffic has it.
func (o *observer) request() stix.Map {
	r, headers := stix.Map{}, map[string]any{}
	put(r, "request_method", strings.ToLower(o.first("method", "http.http_method", "cs-method", "http.request.method")))
	put(r, "request_value", o.first("uri", "http.url", "cs-uri-stem", "url.path"))
	for name, value := range map[string]string{
		"User-Agent": o.first("user_agent", "http.http_user_agent", "cs(user-agent)", "cs-user-agent", "user_agent.original", "http_user_agent"),
		"Host":       o.first("host", "http.hostname", "cs-host"),
		"Referer":    o.first("referrer", "http.http_refer", "cs(referer)", "http_referer"),
	} {
		if value != "" && len(r) > 0 {
			headers[name] = []any{value}
		}
	}
	if len(headers) > 0 {
		r["request_header"] = headers
	}
	return r
}

// address adds an IP address and returns its id, or "" when it is none.
func (o *observer) address(text string) string {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return o.add("ipv4-addr", stix.Map{"value": a.String()})
	}
	return o.add("ipv6-addr", stix.Map{"value": a.String()})
}

func (o *observer) names() {
	if name := o.first("queryname", "query", "dns.rrname", "dns.query.rrname", "dns.queries.rrname", "dns.question.name", "qname"); strings.Contains(name, ".") {
		m := stix.Map{"value": strings.ToLower(strings.TrimSuffix(name, "."))}
		if refs := o.answers(); len(refs) > 0 {
			m["resolves_to_refs"] = refs
		}
		o.add("domain-name", m)
	}
	if name := o.host(); name != "" {
		o.add("domain-name", stix.Map{"value": name})
	}
	if u := o.requested(); u != "" {
		o.add("url", stix.Map{"value": u})
	}
}

// answers adds what a name was resolved to.
func (o *observer) answers() []any {
	var refs []any
	for _, list := range o.all("answers", "dns.answers.rdata", "dns.rdata", "queryresults", "dns.resolved_ip") {
		for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			switch id := o.address(part); {
			case id != "":
				refs = append(refs, id)
			case strings.Contains(part, "."):
				refs = append(refs, o.add("domain-name", stix.Map{"value": strings.ToLower(strings.TrimSuffix(part, "."))}))
			}
		}
	}
	return refs
}

// requested is the address that was asked for, put together where a log has
// host and path apart. Logs of requests in the clear say no scheme.
func (o *observer) requested() string {
	u := o.first("c-uri", "url", "url.full", "requesturl", "request")
	if words := strings.Fields(u); len(words) > 1 {
		u = words[1] // "GET http://host/path HTTP/1.1"
	}
	if strings.Contains(u, "://") {
		return u
	}
	host, path := o.first("host", "http.hostname", "cs-host"), o.first("uri", "http.url")
	if host == "" || !strings.HasPrefix(path, "/") {
		return ""
	}
	return "http://" + strings.ToLower(host) + path
}

// registry adds a key under the full name of its hive, as patterns write it; a
// key of a user also as that user's own.
func (o *observer) registry() {
	key := o.first("targetobject", "objectname", "registry.path")
	full := hive(key)
	if full == "" {
		return
	}
	m := stix.Map{"key": full}
	if value := o.first("details", "newvalue"); value != "" {
		i := max(0, strings.LastIndexByte(full, '\\'))
		m["key"] = full[:i]
		m["values"] = []any{map[string]any{"name": full[i+1:], "data": value}}
	} else if name := o.first("objectvaluename"); name != "" {
		m["values"] = []any{map[string]any{"name": name}}
	}
	path := m["key"].(string)
	o.add("windows-registry-key", m)
	if rest, ok := strings.CutPrefix(path, `HKEY_USERS\S-1-`); ok {
		if _, below, ok := strings.Cut(rest, `\`); ok {
			own := maps.Clone(m)
			own["key"] = `HKEY_CURRENT_USER\` + below
			o.add("windows-registry-key", own)
		}
	}
}

// hive writes a key with the full name of its hive; "" when it is no key.
func hive(key string) string {
	for _, h := range [...][2]string{
		{"HKLM", "HKEY_LOCAL_MACHINE"}, {"HKU", "HKEY_USERS"}, {"HKCU", "HKEY_CURRENT_USER"}, {"HKCR", "HKEY_CLASSES_ROOT"},
		{`\REGISTRY\MACHINE`, "HKEY_LOCAL_MACHINE"}, {`\REGISTRY\USER`, "HKEY_USERS"},
	} {
		if n := len(h[0]); len(key) > n && strings.EqualFold(key[:n], h[0]) && key[n] == '\\' {
			return h[1] + key[n:]
		}
	}
	if strings.HasPrefix(key, "HKEY_") {
		return key
	}
	return ""
}

func (o *observer) account() {
	name := o.first("targetusername", "accountname", "useridentity.arn", "useridentity.username", "userprincipalname",
		"properties.userprincipalname", "userid", "protopayload.authenticationinfo.principalemail")
	if name == "" {
		return
	}
	m := stix.Map{"account_login": login(name)}
	put(m, "user_id", o.first("targetusersid", "targetsid"))
	put(m, "display_name", name)
	o.add("user-account", m)
}

// service adds a service as the process that it is.
func (o *observer) service() {
	name := o.first("servicename", "service.name")
	if name == "" || o.first("imagepath", "servicefilename") == "" {
		return // other logs name protocols so
	}
	ext := map[string]any{"service_name": name}
	if display := o.first("displayname", "servicedisplayname"); display != "" {
		ext["display_name"] = display
	}
	path := o.first("imagepath", "servicefilename")
	o.add("process", stix.Map{
		"command_line": path, "image_ref": o.file(path, nil),
		"extensions": map[string]any{"windows-service-ext": ext},
	})
}

// mail adds a message and the addresses in it.
func (o *observer) mail() {
	from, to := o.addresses("mailfrom", "from", "smtp.mail_from", "email.from"), o.addresses("rcptto", "to", "smtp.rcpt_to", "email.to")
	if len(from) == 0 && len(to) == 0 {
		return
	}
	m := stix.Map{"is_multipart": false}
	if len(from) > 0 {
		m["from_ref"], m["sender_ref"] = from[len(from)-1], from[0]
	}
	if len(to) > 0 {
		m["to_refs"] = to
	}
	put(m, "subject", o.first("subject", "email.subject"))
	put(m, "message_id", o.first("msg_id", "email.message_id"))
	o.add("email-message", m)
}

func (o *observer) addresses(names ...string) []any {
	var refs []any
	for _, v := range o.all(names...) {
		for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return strings.ContainsRune(" <>,;\"", r) }) {
			if strings.Contains(part, "@") {
				refs = append(refs, o.add("email-addr", stix.Map{"value": strings.ToLower(part)}))
			}
		}
	}
	return refs
}

// certificates adds those of a handshake by their hashes.
func (o *observer) certificates() {
	for _, v := range o.all("cert_chain_fps", "tls.fingerprint", "tls.server.hash.sha1", "tls.server.hash.sha256") {
		print := strings.ToLower(strings.ReplaceAll(v, ":", ""))
		names := map[int]string{40: "SHA-1", 64: "SHA-256"}
		if name := names[len(print)]; name != "" {
			o.add("x509-certificate", stix.Map{"hashes": map[string]any{name: print}})
		}
	}
}

func (o *observer) mutex() {
	if !strings.EqualFold(o.fields["objecttype"], "mutant") {
		return
	}
	name := o.fields["objectname"]
	const objects = `\BaseNamedObjects\`
	if i := strings.Index(name, objects); i >= 0 {
		name = name[i+len(objects):]
	}
	if name != "" {
		o.add("mutex", stix.Map{"name": name})
	}
}
