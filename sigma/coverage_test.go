package sigma

import (
	"strings"
	"testing"
)

func shapeOf(rs *Ruleset, names string) *Shape {
	var fields []Field
	for _, n := range strings.Fields(names) {
		fields = append(fields, Field{Name: n})
	}
	return rs.NewShape(fields)
}

func TestBlindRulesAreNamedWithWhatTheyLack(t *testing.T) {
	rs, _ := compile(t, `title: asks for two
logsource: {product: windows, category: process_creation}
detection: {s: {Image: x, Hashes: y}, condition: s}
---
title: asks for one of two
logsource: {product: windows, category: process_creation}
detection: {s: {Image: x}, u: {Hashes: y}, condition: s or u}
---
title: excludes
logsource: {product: windows, category: process_creation}
detection: {s: {Image: x}, f: {Hashes: y}, condition: s and not f}
---
title: asks for absence
logsource: {product: windows, category: process_creation}
detection: {s: {Hashes: null, Image: x}, condition: s}
---
title: another log
logsource: {product: windows, service: ntlm}
detection: {s: {EventID: 8001}, condition: s}
---
title: another event id
logsource: {product: windows, service: security}
detection: {s: {EventID: 4624, Q: x}, condition: s}
---
title: no log of this kind
logsource: {product: windows, category: file_access}
detection: {s: {A: x}, condition: s}
---
title: keyword
logsource: {product: windows, service: security}
detection: {s: [evil], condition: s}
`, Options{})
	c := rs.NewCoverage()
	shape := shapeOf(rs, "NewProcessName ProcessId Q")
	src := Source{Product: "windows", Channel: "Security", EventID: 4688}
	c.Add(src, shape)
	c.Add(src, shape)
	want := map[string]string{
		"asks for two":        "false Hashes",
		"another log":         "true Microsoft-Windows-NTLM/Operational",
		"another event id":    "true Security",
		"no log of this kind": "true windows/file_access",
		"asks for one of two": "",
		"excludes":            "",
		"asks for absence":    "",
		"keyword":             "",
	}
	check := func(c *Coverage) {
		t.Helper()
		got := map[string]string{}
		for _, b := range c.Blind() {
			prefix := "false "
			if b.NoLog {
				prefix = "true "
			}
			got[b.Rule.Title] = prefix + strings.Join(b.Missing, ",")
		}
		for title, w := range want {
			if got[title] != w {
				t.Errorf("%s: %q, want %q", title, got[title], w)
			}
		}
	}
	check(c)
	merged := rs.NewCoverage()
	merged.Merge(c)
	check(merged)
	merged.Add(Source{Product: "windows", Channel: "Microsoft-Windows-Sysmon/Operational", EventID: 1}, shapeOf(rs, "Image Hashes"))
	merged.Add(Source{Product: "windows", Channel: "Security", EventID: 4624}, shapeOf(rs, "Q"))
	want["asks for two"], want["another event id"] = "", ""
	check(merged)
}

// TestCoverageOfTheCorpusOnBuiltInLogs reproduces how many rules for Sysmon can
// fire on Security events.
func TestCoverageOfTheCorpusOnBuiltInLogs(t *testing.T) {
	rs := corpusRules(t)
	const creation = "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId NewProcessId NewProcessName TokenElevationType " +
		"ProcessId TargetUserSid TargetUserName TargetDomainName TargetLogonId ParentProcessName MandatoryLabel"
	const registry = "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId ObjectName ObjectValueName HandleId OperationType " +
		"OldValueType OldValue NewValueType NewValue ProcessId ProcessName"
	for _, c := range []struct {
		category, fields string
		id, able, all    int
	}{
		{"process_creation", creation + " CommandLine", 4688, 1311, 1415},
		{"process_creation", creation, 4688, 356, 1415},
		{"network_connection", "ProcessID Application Direction SourceAddress SourcePort DestAddress DestPort Protocol FilterRTID LayerName LayerRTID RemoteUserID RemoteMachineID", 5156, 36, 60},
		{"registry_set", registry, 4657, 224, 224},
		{"registry_event", registry, 4657, 40, 41},
		{"registry_add", registry, 4657, 3, 3},
		{"registry_delete", registry, 4657, 10, 10},
	} {
		cov := rs.NewCoverage()
		cov.Add(Source{Product: "windows", Channel: "Security", EventID: c.id}, shapeOf(rs, c.fields))
		blind := map[*Rule]bool{}
		for _, b := range cov.Blind() {
			blind[b.Rule] = true
		}
		able, all := 0, 0
		for _, r := range rs.Rules() {
			if r.Logsource.Category == c.category && r.Logsource.Product == "windows" {
				all++
				if !blind[r] {
					able++
				}
			}
		}
		if able != c.able || all != c.all {
			t.Errorf("%s on %d: %d of %d, want %d of %d", c.category, c.id, able, all, c.able, c.all)
		}
	}
}

// TestRulesOnRPCFirewallFindTheirFields has the rules see what a record of its
// channel holds once its values have names.
func TestRulesOnRPCFirewallFindTheirFields(t *testing.T) {
	rs := corpusRules(t)
	cov := rs.NewCoverage()
	cov.Add(Source{Product: "windows", Channel: "RPCFW", EventID: 3}, shapeOf(rs, "InterfaceUuid OpNum"))
	blind := 0
	for _, b := range cov.Blind() {
		if b.Rule.Logsource.Product == "rpc_firewall" {
			t.Errorf("%s: no log %t, missing %v", b.Rule.Title, b.NoLog, b.Missing)
			blind++
		}
	}
	all := 0
	for _, r := range rs.Rules() {
		if r.Logsource.Product == "rpc_firewall" {
			all++
		}
	}
	if all != 17 || blind > 0 {
		t.Errorf("%d rules, %d of them blind; want 17 and none", all, blind)
	}
}

func TestRulesBoundToALogAreListed(t *testing.T) {
	rs, _ := compile(t, `title: programs
logsource: {product: windows, category: process_creation}
detection: {s: {Image: x}, condition: s}
---
title: logons
logsource: {product: windows, service: security}
detection: {s: {EventID: 4624}, condition: s}
---
title: linux
logsource: {product: linux}
detection: {s: {Image: x}, condition: s}
`, Options{})
	for _, c := range []struct {
		src  Source
		want string
	}{
		{Source{Product: "windows", Channel: "Security", EventID: 4688}, "programs"},
		{Source{Product: "windows", Channel: "Security", EventID: 4624}, "logons"},
		{Source{Product: "windows", Channel: "Microsoft-Windows-Sysmon/Operational", EventID: 1}, "programs"},
		{Source{Product: "windows", Channel: "System", EventID: 1}, ""},
		{Source{Product: "linux", Service: "sshd"}, "linux"},
	} {
		var got []string
		for _, r := range rs.Bound(c.src) {
			got = append(got, r.Title)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %q, want %q", c.src, got, c.want)
		}
	}
}
