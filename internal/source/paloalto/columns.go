package paloalto

// The names of columns are those of the vendor's log templates; an empty name
// stands for a column that is not used.

// namesOf returns the names of a type's columns, nil for an unknown type.
func namesOf(kind []byte) []string {
	switch string(kind) {
	case "TRAFFIC":
		return traffic[:]
	case "THREAT":
		return threat[:]
	case "GLOBALPROTECT":
		return globalprotect[:]
	case "CONFIG":
		return config[:]
	case "SYSTEM":
		return system[:]
	case "HIP-MATCH", "HIPMATCH", "USERID", "AUTHENTICATION", "DECRYPTION", "CORRELATION", "TUNNEL", "SCTP", "GTP", "IPTAG", "AUDIT":
		return others[:]
	}
	return nil
}

var others = [...]string{"", "receive_time", "serial", "type", "subtype", "", "time_generated"}

var traffic = [...]string{
	"", "receive_time", "serial", "type", "subtype", "", "time_generated", "src", "dst", "natsrc",
	"natdst", "rule", "srcuser", "dstuser", "app", "vsys", "from", "to", "inbound_if", "outbound_if",
	"logset", "", "sessionid", "repeatcnt", "sport", "dport", "natsport", "natdport", "flags", "proto",
	"action", "bytes", "bytes_sent", "bytes_received", "packets", "start", "elapsed", "category", "", "seqno",
	"actionflags", "srcloc", "dstloc", "", "pkts_sent", "pkts_received", "session_end_reason",
	"", "", "", "", "vsys_name", "device_name", "action_source",
}

var threat = [...]string{
	"", "receive_time", "serial", "type", "subtype", "", "time_generated", "src", "dst", "natsrc",
	"natdst", "rule", "srcuser", "dstuser", "app", "vsys", "from", "to", "inbound_if", "outbound_if",
	"logset", "", "sessionid", "repeatcnt", "sport", "dport", "natsport", "natdport", "flags", "proto",
	"action", "misc", "threatid", "category", "severity", "direction", "seqno", "actionflags", "srcloc", "dstloc",
	"", "contenttype", "pcap_id", "filedigest", "cloud", "url_idx", "user_agent", "filetype", "xff", "referer",
	"sender", "subject", "recipient", "reportid", "", "", "", "", "vsys_name", "device_name",
	"", "src_uuid", "dst_uuid", "http_method",
}

var globalprotect = [...]string{
	"", "receive_time", "serial", "type", "subtype", "", "time_generated", "vsys", "event_id", "stage",
	"auth_method", "tunnel_type", "srcuser", "srcregion", "machinename", "public_ip", "public_ipv6", "private_ip",
	"private_ipv6", "hostid", "serialnumber", "client_ver", "client_os", "client_os_ver", "repeatcnt", "reason",
	"error", "opaque", "status", "location", "login_duration", "connect_method", "error_code", "portal",
}

var config = [...]string{
	"", "receive_time", "serial", "type", "subtype", "", "time_generated", "host", "vsys", "cmd",
	"admin", "client", "result", "path",
}

var system = [...]string{
	"", "receive_time", "serial", "type", "subtype", "", "time_generated", "vsys", "eventid", "object",
	"", "", "module", "severity", "opaque", "seqno", "actionflags", "", "", "", "", "vsys_name", "device_name",
}
