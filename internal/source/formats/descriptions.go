package formats

import "slices"

// Descriptions tells of every format.
func Descriptions() []Description {
	return slices.Concat(windowsFormats(), networkFormats(), cloudFormats(), linuxFormats(), serverFormats(), openFormats())
}

// windows describes a format of Windows events.
func windows(name, what, recognised, limits string, fed ...string) Description {
	return Description{Name: name, What: what, Recognised: recognised, Limits: limits, Windows: true, Feeds: feeds(fed...)}
}

// defender are the log sources that Defender's tables feed.
func defender() []string {
	return []string{
		"windows/process_creation/defender-xdr", "windows/network_connection/defender-xdr", "windows/file_event/defender-xdr",
		"windows/file_rename/defender-xdr", "windows/file_delete/defender-xdr", "windows/registry_set/defender-xdr",
		"windows/registry_add/defender-xdr", "windows/registry_delete/defender-xdr", "windows/registry_rename/defender-xdr",
		"windows/registry_event/defender-xdr", "windows/image_load/defender-xdr", "windows/driver_load/defender-xdr",
		"windows/dns_query/defender-xdr", "windows/pipe_created/defender-xdr", "windows/create_remote_thread/defender-xdr",
		"windows/process_access/defender-xdr",
	}
}

// rpcFirewall is what RPC Firewall feeds: rules take it for a product of its
// own, though its events are those of a Windows event log.
const rpcFirewall = "rpc_firewall/application/-"

// other describes a format that feeds the given log sources.
func other(name, what, recognised, limits string, fed ...string) Description {
	return Description{Name: name, What: what, Recognised: recognised, Limits: limits, Feeds: feeds(fed...)}
}

func windowsFormats() []Description {
	return []Description{
		windows("evtx", "Windows event logs", "the signature of the file or of its first chunk",
			"whole or damaged; `--carve` adds old records from slack", rpcFirewall),
		windows("evt", "event logs of Windows XP and 2003 (.evt)", "the mark `LfLe`",
			"no field names: all strings are values of `Data`"),
		windows("winjson", "Windows events as JSON: evtx_dump, Winlogbeat, NXLog, Sentinel, Defender, Splunk, Wazuh, Velociraptor and others",
			"the keys of the first objects", "what only a collector says is left out", append(defender(), rpcFirewall)...),
		windows("wintext", "Windows events as Splunk gives them out as text", "a line with a local time above a line `LogName=`",
			"fields drawn out of English messages; times without zone"),
		windows("winxml", "Windows events as XML, also UTF-16", "an Event element with a System element",
			"Event Viewer's export can silently hold fewer events than the log", rpcFirewall),
		windows("wincsv", "Windows events as CSV: EvtxECmd, Defender, Event Viewer, `tyto dump -f csv`", "the header's names of columns",
			"positional exports have no field names", append(defender(), rpcFirewall)...),
	}
}

func networkFormats() []Description {
	return []Description{
		other("zeek", "Zeek logs, TSV and JSON, also UTF-16", "the header `#fields`, or objects with the fields of a known log",
			"a TSV without header is left alone", "zeek/-/*", "zeek/dns/dns", "zeek/firewall/conn", "zeek/firewall/netflow", "zeek/proxy/http", "zeek/webserver/http"),
		other("eve", "Suricata's eve.json, versions 6 to 9", "`timestamp` and `event_type`",
			"", "suricata/-/*", "suricata/dns/dns", "suricata/proxy/http", "suricata/webserver/http", "suricata/firewall/netflow"),
		other("flowcsv", "flows of nfdump and Argus as CSV", "the header's names of addresses",
			"flows say nothing of a verdict; local times are read as UTC", "nfdump/firewall/netflow", "-/-/netflow"),
		other("pcap", "packet captures, pcap and pcapng", "the first four bytes",
			"conn, dns, http and TLS only, as Zeek names them; no fragments, no tunnels", "zeek/dns/dns", "zeek/firewall/conn", "zeek/firewall/netflow", "zeek/proxy/http"),
	}
}

func cloudFormats() []Description {
	return []Description{
		other("cloudtrail", "AWS CloudTrail", "`eventVersion` or `userIdentity` beside `eventName`", "digests have no records", "aws/-/cloudtrail"),
		other("azure", "Azure activity, Entra sign-in, audit, risk and PIM", "the keys of diagnostic records, Graph or Log Analytics", "",
			"azure/-/activitylogs", "azure/-/signinlogs", "azure/-/auditlogs", "azure/-/riskdetection", "azure/-/pim"),
		other("m365", "Microsoft 365 unified audit", "`Operation` with `Workload`, or `AuditData`", "",
			"m365/-/audit", "m365/-/exchange", "m365/-/threat_management", "m365/-/threat_detection"),
		other("azurecsv", "tables of Log Analytics as CSV", "the columns of sign-in, audit or activity tables", "",
			"azure/-/activitylogs", "azure/-/signinlogs", "azure/-/auditlogs", "azure/-/riskdetection"),
		other("azureportal", "sign-ins and audit log as the Entra portal downloads them, CSV", "the portal's names of columns", "no activity log",
			"azure/-/signinlogs", "azure/-/auditlogs"),
		other("m365csv", "Microsoft 365 audit searches as CSV", "a column AuditData", "", "m365/-/audit", "m365/-/exchange", "m365/-/threat_management"),
		other("gcp", "Google Cloud audit, Google Workspace", "`protoPayload`, or a Workspace activity", "",
			"gcp/-/gcp.audit", "gcp/-/google_workspace.admin", "gcp/-/google_workspace.login"),
		other("okta", "Okta System Log", "`eventType`, `published`, `debugContext`", "", "okta/-/okta"),
		other("github", "GitHub audit log", "`action` with `@timestamp` and an actor", "", "github/-/audit"),
		other("bitbucket", "Bitbucket audit log", "`auditType` with `timestamp`", "", "bitbucket/-/audit"),
		other("kubernetes", "Kubernetes audit log", "`auditID` with `verb` or `requestURI`", "", "kubernetes/application/audit"),
		other("onelogin", "OneLogin events", "`event_type_id` with `account_id`", "", "onelogin/-/onelogin.events"),
		other("duo", "Cisco Duo authentication log", "`event_type` with `txid` or `factor`", "", "cisco/-/duo"),
		other("opencanary", "OpenCanary decoys", "`logtype`, `node_id`, `logdata`", "", "opencanary/application/-"),
	}
}

func linuxFormats() []Description {
	return []Description{
		other("auditd", "the Linux audit log, raw or enriched", "`type=` and `msg=audit(`",
			"names of users in enriched logs only", "linux/-/auditd", "linux/process_creation/-", "linux/file_event/-", "linux/network_connection/-"),
		other("laurel", "the Linux audit log as laurel's JSON", "`ID` beside objects named like record types", "",
			"linux/-/auditd", "linux/process_creation/-", "linux/file_event/-", "linux/network_connection/-"),
		other("sysmonlinux", "Sysmon for Linux in syslog", "an `<Event>` of Linux-Sysmon in each line", "",
			"linux/process_creation/sysmon", "linux/file_event/sysmon", "linux/network_connection/sysmon"),
		other("journald", "the systemd journal as JSON", "`__REALTIME_TIMESTAMP`", "binary journals must be exported first",
			"linux/-/sshd", "linux/-/sudo", "linux/-/cron", "linux/-/auth", "linux/-/syslog", "linux/-/clamav", "linux/-/vsftpd", "linux/-/guacamole", "linux/-/auditd"),
		other("eslogger", "Endpoint Security of macOS", "`schema_version`, `event_type`, `process`, `event`", "",
			"macos/process_creation/eslogger", "macos/file_event/eslogger"),
		other("santa", "the log of Santa on macOS", "`santad:` and `action=`", "the log does not say its host",
			"macos/process_creation/santa", "macos/file_event/santa"),
	}
}

func serverFormats() []Description {
	return []Description{
		other("cef", "Common Event Format, alone or in syslog", "`CEF:`, a version, bars",
			"the category follows from the fields of a record", "-/proxy/-", "-/firewall/-", "-/dns/-", "-/antivirus/-"),
		other("leef", "Log Event Extended Format 1 and 2", "`LEEF:`, a version, bars",
			"as CEF", "-/proxy/-", "-/firewall/-", "-/dns/-", "-/antivirus/-"),
		other("paloalto", "firewalls of Palo Alto Networks, CSV", "the type in the fourth column behind a date",
			"times of the device, mostly without zone", "paloalto/firewall/-", "paloalto/proxy/-", "paloalto/antivirus/-", "paloalto/appliance/globalprotect"),
		other("fortinet", "FortiGate, pairs of key and value", "`type=` beside `logid=` or `devid=`",
			"", "fortigate/-/event", "fortigate/firewall/-", "fortigate/proxy/-", "fortigate/dns/-", "fortigate/antivirus/-"),
		other("zscaler", "Zscaler NSS feeds in JSON", "a source type that begins with `zscalernss`",
			"URLs have no scheme", "zscaler/proxy/-", "zscaler/firewall/-", "zscaler/dns/-"),
		other("elff", "W3C extended logs: IIS, Blue Coat, TMG, CloudFront, the Windows firewall", "a line `#Fields:`",
			"columns may change inside a file", "iis/webserver/-", "bluecoat/proxy/-", "-/firewall/pfirewall"),
		other("squid", "Squid's own access log", "the time with milliseconds and the result code with status",
			"no user agent; of TLS only host and port", "squid/proxy/-"),
		other("weblog", "Apache, nginx, HAProxy, load balancers; access logs in JSON; error logs", "the bracketed date with the quoted request",
			"percent-encoding is left as it is", "-/webserver/-", "-/-/apache", "-/-/nginx", "squid/proxy/-"),
		other("dnslog", "query logs of BIND, dnsmasq, Unbound, CoreDNS, Windows DNS", "the shape of a query line",
			"dnsmasq answers stand in lines of their own, Windows logs none", "-/dns/-"),
		other("postfix", "the mail server Postfix", "programs whose names begin with postfix",
			"no public rule asks for it", "linux/-/postfix"),
		other("syslog", "what syslog carries (RFC 3164, 5424): all of these formats, else Linux services and network devices",
			"four in five lines with such a header, or of those formats without one", "a line without year is dated by the file's time",
			"linux/-/syslog", "linux/-/auth", "linux/-/sshd", "linux/-/sudo", "linux/-/cron", "linux/-/clamav", "linux/-/vsftpd", "linux/-/guacamole",
			"linux/antivirus/-", "linux/firewall/iptables", "jvm/application/-", "cisco/-/aaa", "cisco/-/bgp", "cisco/-/ldp", "cisco/-/syslog",
			"huawei/-/bgp", "juniper/-/bgp"),
	}
}

func openFormats() []Description {
	return []Description{
		other("mixed", "JSON lines of several of these formats in one file", "two formats that claim lines among the first",
			"what lines of unknown kinds are is said by `--as`; processes of eslogger have no parents"),
		other("jsonlog", "JSON lines of any other kind", "one object in a line, with a time in it",
			"no rule for a product applies unless `--as` or `--map` says what it is"),
		other("plain", "text of applications and databases", "the user's word: `--as product/category/service`",
			"claims nothing otherwise; a time only where a line begins with a date"),
	}
}
