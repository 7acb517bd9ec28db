package detect

import (
	"net/netip"
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
}

// observation describes one event. Without any observable the result is nil.
func (o *observer) observation(at time.Time, id string, fields []NamedValue) *stix.Observation {
	o.objects, o.fields = nil, make(map[string]string, len(fields))
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

// add appends an object and returns its id for references.
func (o *observer) add(kind string, props stix.Map) string {
	id := kind + "--" + strconv.Itoa(len(o.objects))
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
	image := o.first("image", "newprocessname", "processname", "exe", "sourceimage", "application")
	command := o.first("commandline", "processcommandline", "process.command_line")
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
	for _, name := range []string{"targetfilename", "imageloaded", "relativetargetname", "filename", "servicefilename", "imagepath"} {
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
		if hex := o.fields[strings.ToLower(alg)]; hex != "" {
			out[name] = strings.ToLower(hex)
		}
	}
	return out
}

func (o *observer) traffic() {
	src := o.first("sourceip", "sourceaddress", "id.orig_h", "src_ip", "ipaddress", "c-ip", "sourceipaddress")
	dst := o.first("destinationip", "destaddress", "id.resp_h", "dst_ip", "dest_ip")
	from, to := o.address(src), o.address(dst)
	if from == "" && to == "" {
		return
	}
	t := stix.Map{}
	put(t, "src_ref", from)
	put(t, "dst_ref", to)
	if n, ok := numberOf(o.first("sourceport", "id.orig_p", "src_port", "ipport")); ok {
		t["src_port"] = n
	}
	if n, ok := numberOf(o.first("destinationport", "destport", "id.resp_p", "dst_port", "dest_port")); ok {
		t["dst_port"] = n
	}
	protocols := []any{}
	for _, p := range []string{o.first("protocol", "proto"), o.fields["service"]} {
		if p != "" {
			protocols = append(protocols, strings.ToLower(p))
		}
	}
	t["protocols"] = protocols
	o.add("network-traffic", t)
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
	for _, field := range []string{"queryname", "query", "server_name", "host", "cs-host", "destinationhostname"} {
		if name := strings.TrimSuffix(o.fields[field], "."); strings.Contains(name, ".") {
			o.add("domain-name", stix.Map{"value": strings.ToLower(name)})
		}
	}
	if u := o.first("c-uri", "url"); strings.Contains(u, "://") {
		o.add("url", stix.Map{"value": u})
	}
}

func (o *observer) registry() {
	key := o.first("targetobject", "objectname")
	if !strings.HasPrefix(key, "HK") && !strings.HasPrefix(key, `\REGISTRY`) {
		return
	}
	m := stix.Map{"key": key}
	if value := o.first("details", "newvalue"); value != "" {
		i := max(0, strings.LastIndexByte(key, '\\'))
		m["key"] = key[:i]
		m["values"] = []any{map[string]any{"name": key[i+1:], "data": value}}
	}
	o.add("windows-registry-key", m)
}

func (o *observer) account() {
	name := o.first("targetusername", "accountname", "useridentity.arn")
	if name == "" {
		return
	}
	m := stix.Map{"account_login": login(name)}
	put(m, "user_id", o.first("targetusersid", "targetsid"))
	put(m, "display_name", name)
	o.add("user-account", m)
}
