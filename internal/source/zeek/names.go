package zeek

import (
	"slices"
	"strings"
)

// sensorFields are what records call the sensor that wrote them, best first.
var sensorFields = []string{"_system_name", "@system", "_node_name", "peer", "node", "peer_descr"}

// pathFields are what JSON records call their log.
var pathFields = []string{"_path", "@stream", "_stream", "@path"}

// isHeaderField reports whether a field describes the record instead of what
// was seen on the wire.
func isHeaderField(name string) bool {
	return name == "ts" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "@")
}

// idNames are the spellings of the four fields that name a connection's ends.
var idNames = map[string]string{
	"id_orig_h": "id.orig_h", "src": "id.orig_h", "src_ip": "id.orig_h", "source_ip": "id.orig_h", "orig_h": "id.orig_h",
	"id_orig_p": "id.orig_p", "src_port": "id.orig_p", "source_port": "id.orig_p", "orig_p": "id.orig_p",
	"id_resp_h": "id.resp_h", "dst": "id.resp_h", "dst_ip": "id.resp_h", "dest_ip": "id.resp_h", "resp_h": "id.resp_h",
	"id_resp_p": "id.resp_p", "dst_port": "id.resp_p", "dest_port": "id.resp_p", "resp_p": "id.resp_p",
}

// flattened maps names whose dots were made underscores back to Zeek's own.
var flattened = flatten(
	"certificate.version", "certificate.serial", "certificate.subject", "certificate.issuer",
	"certificate.not_valid_before", "certificate.not_valid_after", "certificate.key_alg", "certificate.sig_alg",
	"certificate.key_type", "certificate.key_length", "certificate.exponent", "certificate.curve",
	"san.dns", "san.uri", "san.email", "san.ip", "basic_constraints.ca", "basic_constraints.path_len",
	"times.modified", "times.accessed", "times.created", "times.changed",
	"data_channel.passive", "data_channel.orig_h", "data_channel.resp_h", "data_channel.resp_p",
	"version.major", "version.minor", "version.minor2", "version.minor3", "version.addl",
	"request.host", "request.name", "bound.host", "bound.name",
	"remote_location.country_code", "remote_location.region", "remote_location.city",
	"remote_location.latitude", "remote_location.longitude",
)

func flatten(names ...string) map[string]string {
	out := make(map[string]string, len(names))
	for _, n := range names {
		out[strings.ReplaceAll(n, ".", "_")] = n
	}
	return out
}

// canonical gives the columns of one log their names in Zeek's documentation.
// A name is changed only where the proper one is not taken.
func canonical(names []string) []string {
	out := slices.Clone(names)
	notice := slices.Contains(names, "note") // has fields src, dst and p of its own
	for i, name := range out {
		proper := flattened[name]
		if id := idNames[name]; id != "" && (!notice || strings.HasPrefix(name, "id_")) {
			proper = id
		}
		if proper != "" && !slices.Contains(out, proper) {
			out[i] = proper
		}
	}
	return out
}

// signatures tell logs by their fields, for records that do not name theirs.
// The first whose fields are all there counts.
var signatures = []struct {
	path   string
	fields []string
}{
	{"conn", []string{"conn_state"}},
	{"conn", []string{"uid", "orig_pkts", "resp_pkts"}},
	{"dns", []string{"trans_id", "query"}},
	{"dns", []string{"uid", "qtype_name"}},
	{"dns", []string{"trans_id", "rejected"}},
	{"smtp", []string{"trans_depth", "helo"}},
	{"smtp", []string{"trans_depth", "mailfrom"}},
	{"http", []string{"trans_depth", "method"}},
	{"http", []string{"trans_depth", "request_body_len"}},
	{"ssl", []string{"established", "resumed"}},
	{"ssl", []string{"uid", "established"}},
	{"x509", []string{"certificate.serial"}},
	{"x509", []string{"certificate.subject"}},
	{"pe", []string{"compile_ts", "machine"}},
	{"files", []string{"fuid", "seen_bytes"}},
	{"smb_files", []string{"action", "path", "uid"}},
	{"smb_files", []string{"action", "name", "size"}},
	{"smb_mapping", []string{"share_type"}},
	{"dce_rpc", []string{"endpoint", "operation"}},
	{"dce_rpc", []string{"named_pipe", "uid"}},
	{"ntlm", []string{"uid", "hostname", "domainname"}},
	{"ntlm", []string{"server_nb_computer_name"}},
	{"kerberos", []string{"request_type", "client"}},
	{"kerberos", []string{"request_type", "service", "uid"}},
	{"rdp", []string{"cookie", "uid"}},
	{"rdp", []string{"security_protocol", "uid"}},
	{"ssh", []string{"auth_attempts"}},
	{"quic", []string{"client_initial_dcid"}},
	{"dhcp", []string{"uids", "msg_types"}},
	{"dhcp", []string{"mac", "assigned_ip"}},
	{"ldap_search", []string{"message_id", "base_object"}},
	{"ldap", []string{"message_id", "opcode"}},
	{"ftp", []string{"command", "reply_code"}},
	{"notice", []string{"note", "msg"}},
	{"analyzer", []string{"analyzer_kind"}},
	{"dpd", []string{"analyzer", "failure_reason"}},
	{"tunnel", []string{"tunnel_type"}},
	{"socks", []string{"request.host", "version"}},
	{"radius", []string{"uid", "framed_addr"}},
	{"syslog", []string{"facility", "severity", "message", "uid"}},
	{"software", []string{"software_type"}},
	{"known_services", []string{"port_num", "port_proto"}},
	{"weird", []string{"name", "notice", "peer"}},
	{"weird", []string{"uid", "name", "notice"}},
}

// pathOf tells the log of a record with the given (canonical) fields, or "".
func pathOf(fields []string) string {
	for _, s := range signatures {
		all := true
		for _, f := range s.fields {
			all = all && slices.Contains(fields, f)
		}
		if all {
			return s.path
		}
	}
	return ""
}

// isZeek reports whether the paths of a JSON object are those of a record.
func isZeek(paths []string) bool {
	if !slices.Contains(paths, "ts") {
		return false
	}
	for _, p := range pathFields {
		if slices.Contains(paths, p) {
			return true
		}
	}
	return pathOf(canonical(paths)) != ""
}

// openPrefix marks the logs of connections that have not ended yet.
const openPrefix = "open_"

// isOpen reports whether a file's or log's name is that of a log of living
// connections.
func isOpen(name string) bool { return strings.HasPrefix(name, openPrefix) }

// nameHint draws the name of a log from that of its file, such as conn from
// "open_conn.17_32_32-18_00_00.log.gz" or "SENSOR_conn.log"; "" if the name
// says nothing.
func nameHint(file string) string {
	stem, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(file), openPrefix), ".")
	for {
		if isKnown(stem) {
			return stem
		}
		_, rest, ok := strings.Cut(stem, "_")
		if !ok {
			return ""
		}
		stem = rest
	}
}

// isKnown reports whether a log of that name is known.
func isKnown(path string) bool {
	if path == "known_hosts" || path == "stats" || path == "packet_filter" {
		return true
	}
	for _, s := range signatures {
		if s.path == path {
			return true
		}
	}
	return false
}
