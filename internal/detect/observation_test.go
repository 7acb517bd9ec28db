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
	for _, tc := range []struct {
		name, pattern string
		fields        []NamedValue
		want          bool
	}{
		{"name of a process", "[process:name = 'cmd.exe']", process, true},
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
		{"a registry value", "[windows-registry-key:values[*].data = 'x.exe']", []NamedValue{
			{Name: "TargetObject", Value: `HKLM\Software\Run\Windrive`}, {Name: "Details", Value: "x.exe"}}, true},
	} {
		p, err := stix.ParsePattern(tc.pattern)
		if err != nil {
			t.Fatal(err)
		}
		var o observer
		m := stix.NewMatcher(p, stix.Limits{})
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
