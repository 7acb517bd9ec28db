package detect

import (
	"testing"

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
	}
	lookup := []NamedValue{{Name: "query", Value: "evil.example"}, {Name: "answers", Value: "203.0.113.9"}, {Name: "answers", Value: "cdn.example"}}
	mail := []NamedValue{{Name: "mailfrom", Value: "a@evil.example"}, {Name: "from", Value: "Boss <b@Evil.example>"}, {Name: "rcptto", Value: "c@corp.example"}, {Name: "subject", Value: "pay"}}
	run := []NamedValue{{Name: "TargetObject", Value: `HKU\S-1-5-21-1\Software\Run\Windrive`}, {Name: "Details", Value: "x.exe"}}
	service := []NamedValue{{Name: "ServiceName", Value: "Windrive"}, {Name: "ImagePath", Value: `C:\ProgramData\d.exe`}}
	for _, tc := range []struct {
		name, pattern string
		fields        []NamedValue
		want          bool
	}{
		{"name of a process", "[process:name = 'cmd.exe']", process, true},
		{"name in other case", "[process:name = 'CMD.exe' AND file:name = 'x'] OR [process:name IN ('Cmd.EXE', 'x') AND process:command_line LIKE '%WHOAMI']", process, true},
		{"an expression in other case", "[process:image_ref.name MATCHES '^CMD' AND process:parent_ref.image_ref.name = 'W3WP.exe']", process, true},
		{"another name", "[process:name = 'powershell.exe']", process, false},
		{"its command and number", "[process:command_line LIKE '%whoami' AND process:pid = 4711]", process, true},
		{"its parent", "[process:parent_ref.name = 'w3wp.exe']", process, true},
		{"its account", "[user-account:account_login = 'alice']", process, true},
		{"the folder of its file", `[file:parent_directory_ref.path = 'C:\\Windows\\System32']`, process, true},
		{"the hash of its file", "[file:hashes.'SHA-256' = 'cd']", process, true},
		{"where a connection goes", "[network-traffic:dst_ref.value = '203.0.113.9' AND network-traffic:dst_port = 443]", flow, true},
		{"another port", "[network-traffic:dst_port = 80]", flow, false},
		{"an address alone", "[ipv4-addr:value ISSUBSET '203.0.113.0/24']", flow, true},
		{"a name", "[domain-name:value = 'evil.example']", flow, true},
		{"a request", "[network-traffic:extensions.'http-request-ext'.request_value LIKE '/gate%' AND network-traffic:extensions.'http-request-ext'.request_method = 'post']", web, true},
		{"a header as one text", "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Bot']", web, true},
		{"a header as a list", "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'[0] = 'Bot']", web, true},
		{"a URL from host and path", "[url:value = 'http://evil.example/gate?x=1']", web, true},
		{"the far end by its name", "[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'evil.example']", web, true},
		{"what a name resolves to", "[domain-name:value = 'evil.example' AND domain-name:resolves_to_refs[*].value = '203.0.113.9']", lookup, true},
		{"and to no other", "[domain-name:value = 'evil.example' AND domain-name:resolves_to_refs[*].value = '203.0.113.8']", lookup, false},
		{"a message", "[email-message:from_ref.value = 'b@evil.example' AND email-message:subject = 'pay']", mail, true},
		{"who got it", "[email-message:to_refs[*].value = 'c@corp.example']", mail, true},
		{"a key under the full name of its hive", `[windows-registry-key:key LIKE 'HKEY_USERS\\S-1-5-%' AND windows-registry-key:values[*].name = 'Windrive']`, run, true},
		{"a key of the user", `[windows-registry-key:key = 'HKEY_CURRENT_USER\\Software\\Run' AND windows-registry-key:values[*].name = 'Windrive']`, run, true},
		{"a service", "[process:extensions.'windows-service-ext'.service_name = 'Windrive' AND process:image_ref.name = 'd.exe']", service, true},
		{"a certificate", "[x509-certificate:hashes.'SHA-1' = '0123456789abcdef0123456789abcdef01234567']",
			[]NamedValue{{Name: "tls.fingerprint", Value: "01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67"}}, true},
		{"a mutex", "[mutex:name = 'X']", []NamedValue{{Name: "ObjectType", Value: "Mutant"}, {Name: "ObjectName", Value: `\Sessions\1\BaseNamedObjects\X`}}, true},
		{"a registry value", "[windows-registry-key:values[*].data = 'x.exe']", []NamedValue{
			{Name: "TargetObject", Value: `HKLM\Software\Run\Windrive`}, {Name: "Details", Value: "x.exe"}}, true},
	} {
		p, err := stix.ParsePattern(tc.pattern)
		if err != nil {
			t.Fatal(err)
		}
		var o observer
		m := stix.NewMatcher(alike(p), stix.Limits{})
		if err := m.Observe(o.observation(noon, "1", tc.fields)); err != nil {
			t.Fatal(err)
		}
		if got := m.Finish().Matched; got != tc.want {
			t.Errorf("%s: matched %v", tc.name, got)
		}
	}
}

func TestAnEventWithoutObservablesIsNone(t *testing.T) {
	var o observer
	if got := o.observation(noon, "1", []NamedValue{{Name: "Level", Value: "4"}}); got != nil {
		t.Errorf("got %+v", got)
	}
}
