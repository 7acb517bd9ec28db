package detect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/stix"
)

func TestEventsBecomeWhatPatternsSpeakOf(t *testing.T) {
	process := []NamedValue{
		{Name: "Image", Value: `C:\Windows\System32\cmd.exe`}, {Name: "CommandLine", Value: "cmd /c whoami"},
		{Name: "ProcessId", Value: "4711"}, {Name: "ParentImage", Value: `C:\inetpub\w3wp.exe`},
		{Name: "User", Value: `CORP\alice`}, {Name: "Hashes", Value: "MD5=AB,SHA256=CD"},
	}
	flow := []NamedValue{
		{Name: "id.orig_h", Value: "10.0.0.5"}, {Name: "id.resp_h", Value: "203.0.113.9"},
		{Name: "id.resp_p", Value: "443"}, {Name: "proto", Value: "tcp"}, {Name: "server_name", Value: "Evil.Example."},
	}
	web := []NamedValue{
		{Name: "src_ip", Value: "10.0.0.5"}, {Name: "dest_ip", Value: "203.0.113.9"}, {Name: "http.hostname", Value: "evil.example"},
		{Name: "http.url", Value: "/gate?x=1"}, {Name: "http.http_user_agent", Value: "Bot"}, {Name: "http.http_method", Value: "POST"},
		{Name: "flow.bytes_toserver", Value: "512"}, {Name: "app_proto", Value: "http"}, {Name: "cs-uri-query", Value: "/gate?x=1", Header: true},
	}
	lookup := []NamedValue{{Name: "query", Value: "evil.example"}, {Name: "answers", Value: "203.0.113.9"}, {Name: "answers", Value: "cdn.example"}}
	mail := []NamedValue{{Name: "mailfrom", Value: "a@evil.example"}, {Name: "from", Value: "Boss <b@Evil.example>"}, {Name: "rcptto", Value: "c@corp.example"}, {Name: "subject", Value: "pay"}}
	run := []NamedValue{{Name: "TargetObject", Value: `HKU\S-1-5-21-1\Software\Run\Windrive`}, {Name: "Details", Value: "x.exe"}}
	service := []NamedValue{{Name: "ServiceName", Value: "Windrive"}, {Name: "ImagePath", Value: `C:\ProgramData\d.exe`}}
	proxied := pairs("client", "10.0.0.5", "method", "GET", "url", "http://evil.example/a")
	windows := func(id int) event.Source { return event.Source{Product: "windows", EventID: id} }
	zeek := func(log string) event.Source { return event.Source{Product: "zeek", Service: log} }
	suricata := func(kind string) event.Source { return event.Source{Product: "suricata", Service: kind} }
	squid, iis, unknown := event.Source{Product: "squid", Category: "proxy"}, event.Source{Product: "iis"}, event.Source{}
	const method, value = "network-traffic:extensions.'http-request-ext'.request_method", "network-traffic:extensions.'http-request-ext'.request_value"
	for _, tc := range []struct {
		name, pattern string
		src           event.Source
		fields        []NamedValue
		want          bool
	}{
		{"name of a process", "[process:name = 'cmd.exe']", windows(1), process, true},
		{"in a log of unknown kind", "[process:name = 'cmd.exe']", unknown, process, true},
		{"name in other case", "[process:name = 'CMD.exe' AND file:name = 'x'] OR [process:name IN ('Cmd.EXE', 'x') AND process:command_line LIKE '%WHOAMI']", windows(1), process, true},
		{"an expression in other case", "[process:image_ref.name MATCHES '^CMD' AND process:parent_ref.image_ref.name = 'W3WP.exe']", windows(1), process, true},
		{"another name", "[process:name = 'powershell.exe']", windows(1), process, false},
		{"its command and number", "[process:command_line LIKE '%whoami' AND process:pid = 4711]", windows(1), process, true},
		{"its parent", "[process:parent_ref.name = 'w3wp.exe']", windows(1), process, true},
		{"its parent's number in 4688", "[process:parent_ref.pid = 16 AND process:pid = 32]", windows(4688), pairs(
			"NewProcessName", `C:\a.exe`, "NewProcessId", "0x20", "ProcessId", "0x10", "ParentProcessName", `C:\b.exe`), true},
		{"the better of two names", "[process:name = 'a.exe']", windows(4688), pairs("ProcessName", `C:\b.exe`, "NewProcessName", `C:\a.exe`), true},
		{"an account without process", "[user-account:account_login = 'ann' AND user-account:user_id = 'S-1-5-21-1-2-3-4']", windows(4672), pairs(
			"SubjectUserName", "ann", "SubjectUserSid", "S-1-5-21-1-2-3-4"), true},
		{"its account", "[user-account:account_login = 'alice']", windows(1), process, true},
		{"the folder of its file", `[file:parent_directory_ref.path = 'C:\\Windows\\System32']`, windows(1), process, true},
		{"the hash of its file", "[file:hashes.'SHA-256' = 'cd']", windows(1), process, true},
		{"a hash without name", "[file:hashes.MD5 = '0123456789abcdef0123456789abcdef']", windows(1), pairs("FileHash", "0123456789ABCDEF0123456789ABCDEF"), true},
		{"where a connection goes", "[network-traffic:dst_ref.value = '203.0.113.9' AND network-traffic:dst_port = 443]", zeek("ssl"), flow, true},
		{"in another log", "[network-traffic:dst_ref.value = '203.0.113.9']", event.Source{Product: "linux"}, pairs("SRC", "10.0.0.5", "DST", "203.0.113.9"), true},
		{"another port", "[network-traffic:dst_port = 80]", zeek("ssl"), flow, false},
		{"an address alone", "[ipv4-addr:value ISSUBSET '203.0.113.0/24']", zeek("ssl"), flow, true},
		{"a name", "[domain-name:value = 'evil.example']", zeek("ssl"), flow, true},
		{"an address in place of a name", "[ipv4-addr:value = '203.0.113.8']", zeek("ssl"), pairs("server_name", "203.0.113.8"), true},
		{"a sensor is no name asked for", "[domain-name:value = 'sensor.example']", unknown, pairs("host", "sensor.example"), false},
		{"a request", "[" + value + " LIKE '/gate%' AND " + method + " = 'post']", suricata("http"), web, true},
		{"its target, query and all", "[" + value + " = '/gate?x=1']", suricata("http"), web, true},
		{"a header as one text", "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Bot']", suricata("http"), web, true},
		{"a header as a list", "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'[0] = 'Bot']", suricata("http"), web, true},
		{"a URL from host and path", "[url:value = 'http://evil.example/gate?x=1']", suricata("http"), web, true},
		{"the far end by its name", "[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'evil.example']", suricata("http"), web, true},
		{"bytes and the protocol spoken", "[network-traffic:src_byte_count > 500 AND network-traffic:protocols[*] = 'http']", suricata("http"), web, true},
		{"a request in another log", "[" + value + " = '/a?b=c' AND " + method + " = 'get']", zeek("http"), pairs(
			"id.orig_h", "10.0.0.5", "host", "evil.example", "uri", "/a?b=c", "method", "GET"), true},
		{"a method of something else", "[" + method + " = 'register']", zeek("sip"), pairs("id.orig_h", "10.0.0.5", "method", "REGISTER"), false},
		{"a request through a proxy", "[" + value + " = '/a']", squid, proxied, true},
		{"and its URL", "[url:value = 'http://evil.example/a']", squid, proxied, true},
		{"a tunnel through a proxy", "[" + value + " = 'evil.example:443']", squid, pairs(
			"client", "10.0.0.5", "method", "CONNECT", "url", "evil.example:443"), true},
		{"a request with its query apart", "[url:value = 'https://site.example/a?b=c']", iis, pairs(
			"cs-uri-scheme", "https", "cs-host", "site.example", "cs-uri-stem", "/a", "cs-uri-query", "b=c"), true},
		{"a server's own log of an encrypted request", "[url:value = 'https://site.example/a']", iis, pairs(
			"s-ip", "10.0.0.1", "s-port", "443", "cs-host", "site.example", "cs-uri-stem", "/a"), true},
		{"the first line of a request", "[url:value = 'http://evil.example/a']", event.Source{Product: "apache"}, pairs("request", "GET http://evil.example/a HTTP/1.1"), true},
		{"an agent without request", "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Bot']", event.Source{Product: "aws"}, pairs(
			"sourceIPAddress", "10.0.0.5", "userAgent", "Bot"), false},
		{"what a name resolves to", "[domain-name:value = 'evil.example' AND domain-name:resolves_to_refs[*].value = '203.0.113.9']", zeek("dns"), lookup, true},
		{"and to no other", "[domain-name:value = 'evil.example' AND domain-name:resolves_to_refs[*].value = '203.0.113.8']", zeek("dns"), lookup, false},
		{"answers in one value", "[domain-name:value = 'evil.example' AND domain-name:resolves_to_refs[*].value = '203.0.113.9' AND domain-name:resolves_to_refs[*].value = 'cdn.example']", windows(22), pairs(
			"QueryName", "evil.example", "QueryResults", "type:  5 cdn.example;::ffff:203.0.113.9;"), true},
		{"text is no name", "[domain-name:value LIKE '%spf%']", zeek("dns"), pairs("query", "evil.example", "answers", "TXT 30 v=spf1 include:_spf.evil.example"), false},
		{"a message", "[email-message:from_ref.value = 'b@evil.example' AND email-message:sender_ref.value = 'a@evil.example' AND email-message:subject = 'pay']", zeek("smtp"), mail, true},
		{"who got it", "[email-message:to_refs[*].value = 'c@corp.example']", zeek("smtp"), mail, true},
		{"who sent it, as a server logs it", "[email-message:from_ref.value = 'a@evil.example']", event.Source{Product: "linux", Service: "postfix"}, pairs("from", "a@evil.example"), true},
		{"a line that is from somebody", "[email-addr:value = 'a@evil.example']", unknown, pairs("from", "a@evil.example"), false},
		{"a key under the full name of its hive", `[windows-registry-key:key LIKE 'HKEY_USERS\\S-1-5-%' AND windows-registry-key:values[*].name = 'Windrive']`, windows(13), run, true},
		{"a key of the user", `[windows-registry-key:key = 'HKEY_CURRENT_USER\\Software\\Run' AND windows-registry-key:values[*].name = 'Windrive']`, windows(13), run, true},
		{"a value apart from its key", `[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Run' AND windows-registry-key:values[*].name = 'Windrive' AND windows-registry-key:values[*].data = 'x.exe']`,
			windows(4657), pairs("ObjectName", `\REGISTRY\MACHINE\SOFTWARE\Run`, "ObjectValueName", "Windrive", "NewValue", "x.exe"), true},
		{"a key's own value", `[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\Software\\Run' AND windows-registry-key:values[*].data = 'x.exe']`,
			windows(13), pairs("TargetObject", `HKLM\Software\Run\`, "Details", "x.exe"), true},
		{"a service", "[process:extensions.'windows-service-ext'.service_name = 'Windrive' AND process:image_ref.name = 'd.exe']", windows(7045), service, true},
		{"what is called a service, but none", "[process:extensions.'windows-service-ext'.service_name = 'Windrive']", windows(4769), service, false},
		{"a hash in capitals", "[file:hashes.'SHA-256' = 'CD']", windows(1), process, true},
		{"a sensor sees no encrypted request", "[url:value = 'http://evil.example/a']", zeek("http"), pairs(
			"id.orig_h", "10.0.0.5", "id.resp_h", "203.0.113.9", "id.resp_p", "443", "host", "evil.example", "uri", "/a", "method", "GET"), true},
		{"a protocol in capitals", "[network-traffic:protocols[*] = 'TCP']", zeek("ssl"), flow, true},
		{"a method in capitals", "[" + method + " = 'POST']", suricata("http"), web, true},
		{"an IPv6 address in capitals", "[ipv6-addr:value = '2001:DB8::A']", zeek("ssl"), pairs("id.orig_h", "2001:db8::a"), true},
		{"a service in other case", "[process:extensions.'windows-service-ext'.service_name = 'WINDRIVE']", windows(7045), service, true},
		{"a certificate", "[x509-certificate:hashes.'SHA-1' = '0123456789abcdef0123456789abcdef01234567']", suricata("tls"), pairs(
			"tls.fingerprint", "01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67"), true},
		{"a mutex", "[mutex:name = 'X']", windows(4656), pairs("ObjectType", "Mutant", "ObjectName", `\Sessions\1\BaseNamedObjects\X`), true},
		{"another object", "[mutex:name LIKE '%']", windows(4656), pairs("ObjectType", "File", "ObjectName", `C:\x`), false},
		{"a ticket's account and service", "[user-account:account_login = 'srv1$']", windows(4769), pairs(
			"TargetUserName", "ann", "ServiceName", "srv1$"), true},
		{"a registry value", "[windows-registry-key:values[*].data = 'x.exe']", windows(13), pairs(
			"TargetObject", `HKLM\Software\Run\Windrive`, "Details", "x.exe"), true},
	} {
		p, err := stix.ParsePattern(tc.pattern)
		if err != nil {
			t.Fatal(err)
		}
		var o observer
		m := stix.NewMatcher(alike(p), stix.Limits{})
		if seen := o.observation(noon, "1", tc.src, tc.fields); seen != nil {
			if err := m.Observe(seen); err != nil {
				t.Fatal(err)
			}
		}
		if got := m.Finish().Matched; got != tc.want {
			t.Errorf("%s: matched %v", tc.name, got)
		}
	}
}

func TestAnEventWithoutObservablesIsNone(t *testing.T) {
	var o observer
	if got := o.observation(noon, "1", event.Source{}, []NamedValue{{Name: "Level", Value: "4"}}); got != nil {
		t.Errorf("got %+v", got)
	}
}

func TestAFloodInOneEventIsBounded(t *testing.T) {
	var asked []NamedValue
	var answers strings.Builder
	for i := range 10 * maxListed {
		asked = append(asked, NamedValue{Name: "query", Value: fmt.Sprintf("h%d.evil.example", i)})
		fmt.Fprintf(&answers, "h%d.evil.example;", i)
	}
	for name, tc := range map[string]struct {
		service string
		fields  []NamedValue
	}{
		"addresses of mail": {"smtp", pairs("mailfrom", "m@b.example", "rcptto", strings.Repeat("a@b.example,", 10*maxListed))},
		"names asked for":   {"dns", asked},
		"answers":           {"dns", pairs("query", "evil.example", "answers", answers.String())},
	} {
		o := (&observer{}).observation(time.Time{}, "x", event.Source{Product: "zeek", Service: tc.service}, tc.fields)
		if n := len(o.Objects); n > maxListed+10 {
			t.Errorf("%s: %d objects of one event", name, n)
		}
	}
}

func TestWhatAReaderRemembersIsBounded(t *testing.T) {
	var r reader
	for i := range maxWords + 100 {
		r.read(event.Source{Product: "zeek"}, pairs(fmt.Sprint("name", i), "x"))
	}
	if r.count > maxWords+1 {
		t.Errorf("%d names are remembered", r.count)
	}
}
