package event

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tyto/internal/event/meaning"
)

// made builds an event of pairs of names and values; a name with a plus before
// it is a header.
func made(s Source, pairs ...string) *Event {
	var fields []Field
	e := &Event{Source: s}
	at := map[string]uint16{}
	for i := 0; i < len(pairs); i += 2 {
		name, header := strings.CutPrefix(pairs[i], "+")
		n, ok := at[name]
		if !ok {
			n = uint16(len(fields))
			at[name] = n
			fields = append(fields, Field{name, header})
		}
		e.Values = append(e.Values, Value{Field: n, Text: []byte(pairs[i+1])})
	}
	e.Shape = NewShape(fields)
	return e
}

func security(id int) Source {
	return Source{Product: "windows", Channel: "Security", Provider: "Microsoft-Windows-Security-Auditing", EventID: id}
}

func sysmon(id int) Source {
	return Source{Product: "windows", Channel: "Microsoft-Windows-Sysmon/Operational", Provider: "Microsoft-Windows-Sysmon", EventID: id}
}

func system(id int) Source {
	return Source{Product: "windows", Channel: "System", Provider: "Service Control Manager", EventID: id}
}

func zeekLog(name string) Source { return Source{Product: "zeek", Service: name} }

// told writes all that the views say of an event, one line for each thing.
func told(v *Views, e *Event) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, a := range v.Accounts(e) {
		say("account %d %s\\%s %s %#x", a.Role, a.Domain, a.Name, a.ID, a.Logon)
	}
	if p, ok := v.Process(e); ok {
		for i, p := range []Program{p.Program, p.Parent, p.Target} {
			if p.known() {
				say("%s %q %q %d %s", [...]string{"process", "parent", "target"}[i], p.Image, p.CommandLine, p.PID, p.GUID)
			}
		}
	}
	if f, ok := v.Flow(e); ok {
		say("flow %v:%d %v:%d %d %s %s", f.Src, f.SrcPort, f.Dst, f.DstPort, f.Proto, f.UID, f.Community)
	}
	for _, n := range v.Names(e) {
		say("name %d %s %v", n.Kind, n.Text, n.Addr)
	}
	for _, h := range v.Hashes(e) {
		say("hash %d %s", h.Algorithm, h.Text)
	}
	for _, f := range v.Files(e) {
		say("file %d %s %s", f.Role, f.Share, f.Path)
	}
	for _, s := range v.Services(e) {
		say("service %d %s %s %s", s.Kind, s.Name, s.Image, s.Account)
	}
	return out
}

type viewCase struct {
	name  string
	event *Event
	want  []string
}

func check(t *testing.T, cases []viewCase) {
	t.Helper()
	v := NewViews()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for range 2 { // the second time from memory
				if got := told(v, c.event); !slices.Equal(got, c.want) {
					t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
				}
			}
		})
	}
}

const (
	someMD5    = "0123456789abcdef0123456789abcdef"
	someSHA256 = "00000000000000000000000000000000000000000000000000000000000000aa"
	none       = "invalid IP"
)

func TestWindowsViews(t *testing.T) {
	const guid = "{47AB858C-E13C-5EAC-A903-000000000400}"
	low := strings.ToLower(guid[1:37])
	check(t, []viewCase{
		{"4624 logon", made(security(4624),
			"SubjectUserSid", "S-1-0-0", "SubjectUserName", "-", "SubjectDomainName", "-", "SubjectLogonId", "0x0",
			"TargetUserSid", "S-1-5-21-1-2-3-1104", "TargetUserName", "PBeesly", "TargetDomainName", "DMEVALS", "TargetLogonId", "0x372e81",
			"TargetOutboundUserName", "-", "WorkstationName", "SCRANTON", "IpAddress", "::ffff:10.0.1.4", "IpPort", "50123",
			"ProcessId", "0x0", "ProcessName", "-", "+ProcessID", "696"),
			[]string{
				`account 1 dmevals\pbeesly S-1-5-21-1-2-3-1104 0x372e81`,
				"flow 10.0.1.4:50123 " + none + ":0 0  ",
				"name 5 scranton " + none,
			}},
		{"4688 process", made(security(4688),
			"SubjectUserName", "WS6$", "SubjectDomainName", "SHIRE", "SubjectLogonId", "0x3E7",
			"NewProcessId", "0xfec", "NewProcessName", `C:\Windows\System32\cmd.exe`, "ProcessId", "0x4a0",
			"ParentProcessName", `C:\Windows\System32\svchost.exe`, "CommandLine", "cmd /c X "),
			[]string{
				`account 0 shire\ws6$  0x3e7`,
				`process "c:\\windows\\system32\\cmd.exe" "cmd /c X" 4076 `,
				`parent "c:\\windows\\system32\\svchost.exe" "" 1184 `,
			}},
		{"4769 ticket", made(security(4769),
			"TargetUserName", "pbeesly@DMEVALS.LOCAL", "TargetDomainName", "DMEVALS.LOCAL",
			"ServiceName", "NASHUA$", "ServiceSid", "S-1-5-21-1-2-3-1200", "IpAddress", "::ffff:10.0.1.4", "IpPort", "49666"),
			[]string{
				`account 0 dmevals.local\pbeesly  0x0`,
				`account 1 \nashua$ S-1-5-21-1-2-3-1200 0x0`,
				"flow 10.0.1.4:49666 " + none + ":0 0  ",
			}},
		{"4663 file and key", made(security(4663), "ObjectName", `\Device\HarddiskVolume2\A.txt`, "ProcessId", "0x10", "ProcessName", "-"),
			[]string{`process "" "" 16 `, `file 0  \device\harddiskvolume2\a.txt`}},
		{"4663 key", made(security(4663), "ObjectName", `\REGISTRY\MACHINE\SAM`), nil},
		{"5145 share", made(security(5145), "ShareName", `\\*\ADMIN$`, "RelativeTargetName", `Temp\X.exe`, "IpAddress", "10.0.1.4", "IpPort", "5"),
			[]string{"flow 10.0.1.4:5 " + none + ":0 0  ", `file 0 \\*\admin$ temp\x.exe`}},
		{"5156 connection", made(security(5156), "ProcessID", "980", "Application", `\device\harddiskvolume4\windows\svchost.exe`,
			"SourceAddress", "172.18.38.6", "SourcePort", "59408", "DestAddress", "172.18.38.5", "DestPort", "135", "Protocol", "6"),
			[]string{`process "\\device\\harddiskvolume4\\windows\\svchost.exe" "" 980 `, "flow 172.18.38.6:59408 172.18.38.5:135 6  "}},
		{"4673 is no service", made(security(4673), "Service", "LsaRegisterLogonProcess()"), nil},
		{"7045 service", made(system(7045), "ServiceName", "Updater", "ImagePath", `"C:\A B\x.exe"`, "AccountName", "LocalSystem"),
			[]string{`service 0 updater c:\a b\x.exe localsystem`}},
		{"7036 service", made(system(7036), "param1", "Windows Update", "param2", "running"), []string{"service 0 windows update  "}},
		{"param1 of others", made(system(10016), "param1", "Windows Update"), nil},
		{"4698 task", made(security(4698), "TaskName", `\A\B`), []string{`service 1 \a\b  `}},
		{"sysmon 1", made(sysmon(1),
			"ProcessGuid", guid, "ProcessId", "4076", "Image", `C:\A.exe`, "CommandLine", `"C:\A.exe" X`, "User", `NT AUTHORITY\SYSTEM`, "LogonId", "0x3e7",
			"ParentProcessGuid", "{00000000-0000-0000-0000-000000000000}", "ParentProcessId", "8", "ParentImage", "-", "ParentCommandLine", "?",
			"Hashes", "SHA1=00,MD5="+strings.ToUpper(someMD5)+",SHA256="+someSHA256+",IMPHASH="+strings.Repeat("0", 32)),
			[]string{
				`account 0 nt authority\system  0x3e7`,
				`process "c:\\a.exe" "\"C:\\A.exe\" X" 4076 ` + low,
				`parent "" "?" 8 `,
				"hash 1 " + someMD5, "hash 3 " + someSHA256,
			}},
		{"sysmon 3", made(sysmon(3), "SourceIp", "10.0.1.4", "SourcePort", "50000", "DestinationIp", "fe80:0:0:0:0:0:0:1", "DestinationPort", "445",
			"Protocol", "tcp", "DestinationHostname", "NASHUA.dmevals.local.", "SourceHostname", "-"),
			[]string{"flow 10.0.1.4:50000 fe80::1:445 6  ", "name 5 nashua.dmevals.local " + none}},
		{"sysmon 10", made(sysmon(10), "SourceProcessGUID", guid, "SourceImage", `C:\A.exe`, "TargetProcessGUID", guid, "TargetImage", `C:\B.exe`, "TargetProcessId", "7", "SourceUser", `D\u`, "TargetUser", `D\v`),
			[]string{`account 0 d\u  0x0`, `account 1 d\v  0x0`, `process "c:\\a.exe" "" 0 ` + low, `target "c:\\b.exe" "" 7 ` + low}},
		{"sysmon 11 and 7", made(sysmon(11), "TargetFilename", `C:\Ä\X.dll`, "ImageLoaded", `\\?\C:\y.DLL`),
			[]string{`file 0  c:\ä\x.dll`, `file 1  c:\y.dll`}},
		{"sysmon 22", made(sysmon(22), "QueryName", "A.Example", "QueryResults", "type:  5 b.example;::ffff:192.0.2.1;192.0.2.1;"),
			[]string{"name 0 a.example " + none, "name 1 b.example " + none, "name 1 ::ffff:192.0.2.1 192.0.2.1"}},
		{"5145 pipe", made(security(5145), "ShareName", `\\*\IPC$`, "RelativeTargetName", "svcctl"), nil},
		{"call through RPC Firewall", made(Source{Product: "windows", Channel: "RPCFW", EventID: 3}, "Image", "C:\\x.exe", "Protocol", "ncacn_ip_tcp", "IpAddress", "10.0.1.4",
			"User", `CORP\ann`, "IpPort", "5", "ServerAddress", "10.0.1.6", "ServerPort", "135"),
			[]string{`account 0 corp\ann  0x0`, `process "c:\\x.exe" "" 0 `, "flow 10.0.1.4:5 10.0.1.6:135 0  "}},
		{"1149 remote desktop", made(Source{Product: "windows", EventID: 1149}, "Param1", "Ann", "Param2", "CORP", "Param3", "192.0.2.1"),
			[]string{`account 1 corp\ann  0x0`, "flow 192.0.2.1:0 " + none + ":0 0  "}},
		{"21 local session", made(Source{Product: "windows", EventID: 21}, "User", `CORP\Ann`, "Address", "LOCAL"), []string{`account 0 corp\ann  0x0`}},
		{"sysmon 19", made(sysmon(19), "Name", `"Evil"`), []string{"service 2 evil  "}},
		{"sysmon 21", made(sysmon(21), "Consumer", `"\\\\.\\root\\subscription:CommandLineEventConsumer.Name=\"Evil\""`), []string{"service 2 evil  "}},
		{"sysmon 20", made(sysmon(20), "Name", "Evil", "Destination", `"C:\\X\\y.exe"`), []string{`service 2 evil c:\x\y.exe `}},
		{"headers say nothing", made(sysmon(10), "+ProcessId", "5", "+User", "x", "+AccountName", "y"), nil},
	})
}

func TestLinuxViews(t *testing.T) {
	check(t, []viewCase{
		{"execution", made(Source{Product: "linux", Category: "process_creation"}, "Image", "/usr/bin/Cat", "CommandLine", "cat x", "ProcessId", "12", "ParentProcessId", "3", "User", "root"),
			[]string{`account 0 \root  0x0`, `process "/usr/bin/Cat" "cat x" 12 `, `parent "" "" 3 `}},
		{"audit record", made(Source{Product: "linux", Service: "auditd"}, "exe", "/bin/sh", "pid", "44", "ppid", "1", "auid", "1000", "uid", "4294967295", "addr", "?", "acct", "ann"),
			[]string{`account 1 \ann  0x0`, `account 4 \ 1000 0x0`, `process "/bin/sh" "" 44 `, `parent "" "" 1 `}},
		{"macos", made(Source{Product: "macos", Category: "process_creation"}, "Image", "/bin/ls"), []string{`process "/bin/ls" "" 0 `}},
		{"unit", made(Source{Product: "linux", Service: "auditd"}, "unit", "Evil.service"), []string{"service 0 Evil.service  "}},
		{"firewall", made(Source{Product: "linux", Category: "firewall", Service: "iptables"}, "SRC", "192.0.2.1", "DST", "192.0.2.2", "SPT", "1", "DPT", "2", "PROTO", "UDP"),
			[]string{"flow 192.0.2.1:1 192.0.2.2:2 17  "}},
	})
}

func TestNetworkViews(t *testing.T) {
	eve := func(kind string) Source { return Source{Product: "suricata", Service: kind} }
	check(t, []viewCase{
		{"zeek conn", made(zeekLog("conn"), "uid", "CA1", "id.orig_h", "10.0.0.1", "id.orig_p", "5", "id.resp_h", "2001:DB8::1", "id.resp_p", "443", "proto", "tcp",
			"+src_ip", "10.0.0.1", "community_id", "1:x="),
			[]string{"flow 10.0.0.1:5 2001:db8::1:443 6 CA1 1:x="}},
		{"zeek dns", made(zeekLog("dns"), "query", "Data=+/x.Example", "answers", "192.0.2.7", "answers", "c.example", "answers", "TXT 5 hello"),
			[]string{"name 0 data=+/x.example " + none, "name 1 192.0.2.7 192.0.2.7", "name 1 c.example " + none}},
		{"zeek http", made(zeekLog("http"), "host", "A.example:8080", "uri", "/x", "resp_filenames", "a.exe", "username", "bob"),
			[]string{`account 0 \bob  0x0`, "name 3 a.example " + none, "file 2  a.exe"}},
		{"zeek ssl", made(zeekLog("ssl"), "server_name", "192.168.0.4", "ja3", someMD5, "client", "x"),
			[]string{"name 2 192.168.0.4 192.168.0.4", "hash 6 " + someMD5}},
		{"zeek kerberos", made(zeekLog("kerberos"), "client", "pbeesly/DMEVALS.LOCAL"), []string{`account 0 dmevals.local\pbeesly  0x0`}},
		{"zeek ssh", made(zeekLog("ssh"), "client", "SSH-2.0-x"), nil},
		{"zeek smb_files", made(zeekLog("smb_files"), "path", `\\10.0.1.6\ADMIN$`, "name", `Temp\X`), []string{`file 0 \\10.0.1.6\admin$ temp\x`}},
		{"zeek software host is no web host", made(zeekLog("software"), "host", "10.0.0.1"), nil},
		{"eve alert with aliases of the initiator", made(eve("alert"), "src_ip", "192.0.2.2", "src_port", "80", "dest_ip", "10.0.0.1", "dest_port", "5", "proto", "TCP", "flow_id", "99",
			"+id.orig_h", "10.0.0.1", "+id.orig_p", "5", "+id.resp_h", "192.0.2.2", "+id.resp_p", "80"),
			[]string{"flow 10.0.0.1:5 192.0.2.2:80 6 99 "}},
		{"eve names", made(eve("dns"), "dns.queries.rrname", "A.example", "+query", "A.example", "dns.answers.rdata", "192.0.2.1", "tls.sni", "b.example", "http.hostname", "c.example", "host", "sensor", "tls.ja3.hash", someMD5),
			[]string{"name 0 a.example " + none, "name 1 192.0.2.1 192.0.2.1", "name 2 b.example " + none, "name 3 c.example " + none, "hash 6 " + someMD5}},
	})
}

func TestProxyAndFirewallViews(t *testing.T) {
	check(t, []viewCase{
		{"bluecoat", made(Source{Product: "bluecoat", Category: "proxy"}, "c-ip", "10.0.0.1", "cs-host", "X.example", "cs-username", `CORP\Ann`, "r-ip", "192.0.2.1", "c-uri", "https://x.example:443/a?b@c"),
			[]string{`account 0 corp\ann  0x0`, "flow 10.0.0.1:0 192.0.2.1:0 0  ", "name 3 x.example " + none}},
		{"web server's own address", made(Source{Product: "iis", Category: "webserver"}, "s-ip", "192.0.2.1", "s-port", "443", "c-ip", "10.0.0.1"),
			[]string{"flow 10.0.0.1:0 192.0.2.1:443 0  "}},
		{"squid connect", made(Source{Product: "squid", Category: "proxy"}, "client", "10.0.0.1", "url", "a.example:443", "user", "-"),
			[]string{"flow 10.0.0.1:0 " + none + ":0 0  ", "name 3 a.example " + none}},
		{"web server path", made(Source{Product: "apache", Category: "webserver"}, "client", "10.0.0.1", "url", "/a/b", "request", "GET /x HTTP/1.1"),
			[]string{"flow 10.0.0.1:0 " + none + ":0 0  "}},
		{"fortigate", made(Source{Product: "fortigate"}, "srcip", "10.0.0.1", "srcport", "1", "dstip", "192.0.2.1", "dstport", "2", "proto", "17", "hostname", "x", "user", "ann@corp.example"),
			[]string{`account 0 corp.example\ann  0x0`, "flow 10.0.0.1:1 192.0.2.1:2 17  "}},
		{"cef", made(Source{Product: "v"}, "src", "10.0.0.1", "dst", "192.0.2.1", "spt", "1", "dpt", "2", "fname", "a", "fileHash", strings.ToUpper(someSHA256)),
			[]string{"flow 10.0.0.1:1 192.0.2.1:2 0  ", "hash 3 " + someSHA256, "file 2  a"}},
		{"nfdump", made(Source{Product: "nfdump", Category: "firewall", Service: "netflow"}, "sa", "10.0.0.1", "da", "192.0.2.1", "sp", "1", "dp", "2", "pr", "TCP"),
			[]string{"flow 10.0.0.1:1 192.0.2.1:2 6  "}},
	})
}

func TestCloudViews(t *testing.T) {
	check(t, []viewCase{
		{"cloudtrail role", made(Source{Product: "aws", Service: "cloudtrail"}, "sourceIPAddress", "192.0.2.1", "userIdentity.arn", "arn:aws:sts::123456789012:assumed-role/Admin/ann"),
			[]string{`account 0 123456789012\admin/ann arn:aws:sts::123456789012:assumed-role/Admin/ann 0x0`, "flow 192.0.2.1:0 " + none + ":0 0  "}},
		{"cloudtrail service", made(Source{Product: "aws", Service: "cloudtrail"}, "sourceIPAddress", "config.amazonaws.com", "userIdentity.arn", "arn:aws:iam::123456789012:root"),
			[]string{`account 0 123456789012\root arn:aws:iam::123456789012:root 0x0`}},
		{"azure sign-in", made(Source{Product: "azure", Service: "signinlogs"}, "userPrincipalName", "Ann@Example.com", "userId", "47AB858C-e13c-5eac-a903-000000000400", "ipAddress", "2001:db8::5"),
			[]string{`account 0 example.com\ann 47ab858c-e13c-5eac-a903-000000000400 0x0`, "flow 2001:db8::5:0 " + none + ":0 0  "}},
		{"m365", made(Source{Product: "m365", Service: "audit"}, "UserId", "ann@example.com", "ClientIP", "[2001:db8::5]:443"),
			[]string{`account 0 example.com\ann  0x0`, "flow 2001:db8::5:443 " + none + ":0 0  "}},
		{"gcp", made(Source{Product: "gcp", Service: "gcp.audit"}, "protoPayload.authenticationInfo.principalEmail", "a@b.example", "protoPayload.requestMetadata.callerIp", "192.0.2.1"),
			[]string{`account 0 b.example\a  0x0`, "flow 192.0.2.1:0 " + none + ":0 0  "}},
	})
}

func TestHostView(t *testing.T) {
	v := NewViews()
	for _, c := range []struct {
		in   string
		want Host
		ok   bool
	}{
		{"", Host{}, false},
		{"-", Host{}, false},
		{"WORKSTATION6.Shire.local.", Host{Name: "workstation6.shire.local", Short: "workstation6"}, true},
		{`\\DC1`, Host{Name: "dc1", Short: "dc1"}, true},
		{"::ffff:10.0.0.1", Host{Addr: netip.MustParseAddr("10.0.0.1")}, true},
	} {
		for range 2 {
			if got, ok := v.Host(&Event{Host: c.in}); got != c.want || ok != c.ok {
				t.Errorf("host %q is %+v, %v", c.in, got, ok)
			}
		}
	}
}

func TestGUIDTellsTheStart(t *testing.T) {
	p := Program{GUID: []byte("47ab858c-e13c-5eac-a903-000000000400")}
	got, ok := p.Started()
	if want := time.Date(2020, 5, 2, 2, 55, 56, 0, time.UTC); !ok || !got.Equal(want) {
		t.Errorf("started %v, want %v", got, want)
	}
	if _, ok := (&Program{}).Started(); ok {
		t.Error("no GUID tells a start")
	}
}

func TestBuiltInAccounts(t *testing.T) {
	for _, c := range []struct {
		a                 Account
		builtIn, computer bool
	}{
		{Account{ID: []byte("S-1-5-18"), Name: []byte("ws6$")}, true, true},
		{Account{ID: []byte("S-1-5-90-0-1")}, true, false},
		{Account{ID: []byte("S-1-5-21-1-2-3-500"), Name: []byte("administrator")}, false, false},
		{Account{Domain: []byte("nt authority"), Name: []byte("system")}, true, false},
	} {
		if c.a.BuiltIn() != c.builtIn || c.a.Computer() != c.computer {
			t.Errorf("%s %s: built in %v, computer %v", c.a.ID, c.a.Name, c.a.BuiltIn(), c.a.Computer())
		}
	}
}

func TestOneShapeOfSeveralLogs(t *testing.T) {
	v := NewViews()
	e := made(security(4688), "ProcessId", "0x10")
	if p, _ := v.Process(e); p.Parent.PID != 16 || p.PID != 0 {
		t.Errorf("4688: %+v", p)
	}
	e.Source.EventID = 4689
	if p, _ := v.Process(e); p.PID != 16 || p.Parent.PID != 0 {
		t.Errorf("4689: %+v", p)
	}
	e.Source.EventID = 4688
	if p, _ := v.Process(e); p.Parent.PID != 16 {
		t.Errorf("4688 again: %+v", p)
	}
}

func TestManyLayoutsAreForgotten(t *testing.T) {
	v := NewViews()
	for i := range 3 * maxPlans {
		e := made(zeekLog("conn"), "id.orig_h", "10.0.0.1", fmt.Sprint(i), "x")
		e.Host = fmt.Sprint("h", i)
		if f, ok := v.Flow(e); !ok || !f.Src.IsValid() {
			t.Fatalf("layout %d: no flow", i)
		}
		v.Host(e)
	}
	if v.count > maxPlans || len(v.plans) > maxPlans || len(v.hosts) > maxHosts {
		t.Errorf("%d plans, %d shapes, %d hosts are kept", v.count, len(v.plans), len(v.hosts))
	}
}

func TestHostileLists(t *testing.T) {
	var many []string
	for i := range 5000 {
		many = append(many, fmt.Sprintf("n%d.example", i))
	}
	v := NewViews()
	if n := len(v.Names(made(sysmon(22), "QueryResults", strings.Join(many, ";")))); n != maxNames {
		t.Errorf("%d names", n)
	}
	if n := len(v.Hashes(made(sysmon(1), "Hashes", strings.Repeat(",", 100_000)+"MD5="+someMD5))); n != 1 {
		t.Errorf("%d hashes", n)
	}
}

func TestViewsDoNotAllocate(t *testing.T) {
	events := []*Event{
		made(security(4624), "TargetUserName", "PBeesly", "TargetDomainName", "DMEVALS", "IpAddress", "::ffff:10.0.1.4", "IpPort", "50123", "WorkstationName", "SCRANTON"),
		made(sysmon(1), "ProcessGuid", "{47AB858C-E13C-5EAC-A903-000000000400}", "ProcessId", "4076", "Image", `C:\A.exe`, "Hashes", "MD5="+strings.ToUpper(someMD5)),
		made(zeekLog("dns"), "id.orig_h", "fe80::1%eth0", "query", "A.Example", "answers", "192.0.2.7"),
		made(security(5145), "ShareName", `\\*\ADMIN$`, "RelativeTargetName", `Temp\X.exe`),
		made(system(7045), "ServiceName", "Updater", "ImagePath", `C:\X`),
	}
	for _, e := range events {
		e.Host = "WS6.Shire.local"
	}
	v := NewViews()
	look := func() {
		for _, e := range events {
			v.Host(e)
			v.Accounts(e)
			v.Process(e)
			v.Flow(e)
			v.Names(e)
			v.Hashes(e)
			v.Files(e)
			v.Services(e)
		}
	}
	look()
	if n := testing.AllocsPerRun(100, look); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestEachMeaningOfAViewHasASlot(t *testing.T) {
	taken := map[[2]uint8]meaning.Meaning{}
	for m := meaning.SubjectName; m < meaning.Count; m++ {
		w := m.Thing()
		if w != nameView && w != hashView && int(roles[m]) >= len(Views{}.slots) {
			t.Errorf("role %d of view %d has no slot", roles[m], w)
		}
		if first, shared := taken[[2]uint8{uint8(w), roles[m]}]; shared && w < views && roles[m] != 0 &&
			m != meaning.ServerAddr && m != meaning.PeerName {
			t.Errorf("meanings %d and %d of view %d are one role", first, m, w)
		}
		taken[[2]uint8{uint8(w), roles[m]}] = m
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[string]uint64{
		"": 0, "-": 0, "0x": 0, "12": 12, "0xfEc": 4076, "0X10": 16, "12a": 0, "18446744073709551615": 1<<64 - 1,
		"18446744073709551616": 0, "0xffffffffffffffff": 1<<64 - 1, "0x10000000000000000": 0,
	} {
		if got := number([]byte(in)); got != want {
			t.Errorf("%q is %d, want %d", in, got, want)
		}
	}
}
