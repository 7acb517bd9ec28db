package detect

import (
	"slices"
	"testing"

	"tyto/internal/event"
	"tyto/stix"
)

// The index narrows, the pattern decides: with and without it the same parts
// fit.
func TestThePartIndexLosesNothing(t *testing.T) {
	events := [][]NamedValue{
		{{Name: "Image", Value: `C:\x\Evil.exe`}, {Name: "CommandLine", Value: "evil -x"}, {Name: "ParentImage", Value: `C:\cmd.exe`}, {Name: "Hashes", Value: "MD5=ABCD"}},
		{{Name: "id.orig_h", Value: "10.0.0.5"}, {Name: "id.resp_h", Value: "203.0.113.9"}, {Name: "id.resp_p", Value: "443"}, {Name: "host", Value: "evil.example"}, {Name: "uri", Value: "/a"}, {Name: "method", Value: "GET"}, {Name: "user_agent", Value: "Bot"}},
		{{Name: "query", Value: "evil.example"}, {Name: "answers", Value: "203.0.113.9"}},
		{{Name: "TargetObject", Value: `HKLM\Software\Run\X`}, {Name: "Details", Value: "y"}},
		{{Name: "ServiceName", Value: "Evil"}, {Name: "ImagePath", Value: `C:\x\evil.exe`}},
	}
	patterns := []string{
		"process:name = 'EVIL.exe'", "process:name IN ('a.exe', 'evil.exe')", "process:name != 'evil.exe'", "process:name NOT = 'a.exe'",
		"process:image_ref.name = 'evil.exe' AND process:parent_ref.name = 'cmd.exe'", "file:hashes.MD5 = 'abcd'", "file:name LIKE 'ev%'",
		"network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_port = 443", "network-traffic:dst_ref.value = '203.0.113.9'",
		"network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Bot'", "network-traffic:dst_ref.type = 'domain-name'",
		"domain-name:value = 'evil.example' OR process:name LIKE 'e%'", "domain-name:resolves_to_refs[*].value = '203.0.113.9'", "url:value = 'http://evil.example/a'",
		"windows-registry-key:values[*].name = 'X' AND windows-registry-key:values[*].data = 'y'", "EXISTS process:command_line",
		"process:extensions.'windows-service-ext'.service_name = 'EVIL'", "process:command_line MATCHES 'EVIL'", "ipv4-addr:value ISSUBSET '203.0.113.0/24'",
		"network-traffic:protocols[*] = 'tcp'", "mutex:name = 'x'",
	}
	index := newPartIndex()
	for i, text := range patterns {
		p, err := stix.ParsePattern("[" + text + "]")
		if err != nil {
			t.Fatal(err)
		}
		p = alike(p)
		index.add(i, p.Expr.Compare, stix.NewMatcher(p, stix.Limits{}))
	}
	sources := []event.Source{
		{Product: "windows", EventID: 1}, {Product: "zeek", Service: "http"}, {Product: "zeek", Service: "dns"},
		{Product: "windows", EventID: 13}, {Product: "windows", EventID: 7045},
	}
	fit := 0
	for n, fields := range events {
		var o observer
		seen := o.observation(noon, "", sources[n], fields)
		found := slices.Clone(index.candidates(seen))
		for i := range index.parts {
			m := index.parts[i].matcher
			m.Reset()
			_ = m.Observe(seen)
			if m.Finish().Matched {
				fit++
				if !slices.Contains(found, int32(i)) {
					t.Errorf("event %d: %s is lost", n, patterns[i])
				}
			}
		}
		if len(found) == len(index.parts) {
			t.Errorf("event %d: nothing was narrowed", n)
		}
	}
	if fit < 20 {
		t.Errorf("only %d fit: the test says little", fit)
	}
}
