package detect

import (
	"strings"
	"testing"

	"tyto/internal/event"
)

// pairs makes fields of names and values; a name with a plus is a header.
func pairs(list ...string) []NamedValue {
	var out []NamedValue
	for i := 0; i < len(list); i += 2 {
		name, header := strings.CutPrefix(list[i], "+")
		out = append(out, NamedValue{Name: name, Value: list[i+1], Header: header})
	}
	return out
}

func TestEntitiesAreWhatTheLogMeans(t *testing.T) {
	var r reader
	windows := func(id int) event.Source { return event.Source{Product: "windows", EventID: id} }
	for _, c := range []struct {
		name   string
		src    event.Source
		fields []NamedValue
		want   string
	}{
		{"a logon", windows(4624), pairs("SubjectUserName", "-", "TargetUserName", "ann", "TargetDomainName", "CORP", "IpAddress", "::ffff:10.0.0.5",
			"WorkstationName", "WS1", "TargetOutboundUserName", "bob", "TargetOutboundDomainName", "LAB"),
			`account CORP\ann, account LAB\bob, host WS1, ip ::ffff:10.0.0.5`},
		{"a ticket is for an account", windows(4769), pairs("TargetUserName", "ann@CORP.EXAMPLE", "TargetDomainName", "CORP.EXAMPLE", "ServiceName", "SRV1$"),
			`account SRV1$, account ann@CORP.EXAMPLE`},
		{"a local address", windows(24), pairs("User", `CORP\ann`, "Address", "LOCAL"), `account CORP\ann`},
		{"a pipe is no file", windows(5145), pairs("ShareName", `\\*\IPC$`, "RelativeTargetName", "svcctl"), `pipe svcctl, share \\*\IPC$`},
		{"a file on a share", windows(5145), pairs("ShareName", `\\*\C$`, "RelativeTargetName", `a\b.exe`), `file a\b.exe, share \\*\C$`},
		{"an object that is a file", windows(4663), pairs("ObjectName", `\Device\HarddiskVolume1\a`), `file \Device\HarddiskVolume1\a`},
		{"one that is a key", windows(4663), pairs("ObjectName", `\REGISTRY\MACHINE\SAM`), `registry \REGISTRY\MACHINE\SAM`},
		{"one that is neither", windows(4662), pairs("ObjectName", "%{9c8a}"), ``},
		{"the writer of a record", windows(7045), pairs("+AccountName", "ann", "+Domain", "CORP", "+ProcessId", "4", "ServiceName", "x", "ImagePath", `C:\x.exe`),
			`account CORP\ann, file C:\x.exe, service x`},
		{"who did it, not who wrote it", windows(1), pairs("+AccountName", "SYSTEM", "User", `CORP\ann`), `account CORP\ann`},
		{"a connection in Zeek", event.Source{Product: "zeek", Service: "http"}, pairs("id.orig_h", "10.0.0.5", "id.resp_h", "192.0.2.1", "host", "a.example:8080", "+src_ip", "10.0.0.5"),
			`domain a.example, ip 10.0.0.5, ip 192.0.2.1`},
		{"a site named by its address", event.Source{Product: "zeek", Service: "http"}, pairs("host", "192.0.2.1:80"), `ip 192.0.2.1`},
		{"a principal", event.Source{Product: "zeek", Service: "kerberos"}, pairs("client", "ann/CORP.EXAMPLE"), `account CORP.EXAMPLE\ann`},
		{"a call to a cloud", event.Source{Product: "m365"}, pairs("UserId", "ann@a.example", "ClientIP", "[2001:db8::5]:443"), `account ann@a.example, ip 2001:db8::5`},
		{"an id is no name", event.Source{Product: "linux"}, pairs("uid", "1000", "exe", "/bin/sh", "acct", "ann"), `account ann, process /bin/sh`},
		{"a log of unknown kind", event.Source{}, pairs("Image", `C:\x.exe`, "name", "y", "TargetUserName", "ann"), `account ann, process C:\x.exe`},
	} {
		var got []string
		for _, e := range r.entities(c.src, "", c.fields) {
			got = append(got, e.Type+" "+e.Value)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %s, want %s", c.name, strings.Join(got, ", "), c.want)
		}
	}
}
