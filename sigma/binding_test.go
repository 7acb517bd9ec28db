package sigma

import (
	"slices"
	"strings"
	"testing"
)

// yamlRule writes a rule that always holds for events with A = x.
func yamlRule(logsource string) string {
	return "title: '" + logsource + "'\nlogsource: {" + logsource + "}\ndetection: {s: {A: x}, condition: s}\n---\n"
}

func TestLogSourcesApply(t *testing.T) {
	windows := func(channel string, id int) Source {
		return Source{Product: "windows", Channel: channel, EventID: id}
	}
	const sysmon = "Microsoft-Windows-Sysmon/Operational"
	for _, c := range []struct {
		logsource string
		yes, no   []Source
	}{
		{"product: windows, category: process_creation",
			[]Source{windows(sysmon, 1), windows("microsoft-windows-sysmon/OPERATIONAL", 1), windows("Security", 4688), windows("security", 4688), {Product: "windows", Category: "process_creation"}},
			[]Source{windows(sysmon, 5), windows("Security", 4624), windows("System", 1), {Product: "linux", Category: "process_creation"}, {Product: "windows"}}},
		{"product: windows, category: registry_event", []Source{windows(sysmon, 12), windows(sysmon, 13), windows(sysmon, 14), windows("Security", 4657)}, []Source{windows(sysmon, 11)}},
		{"product: windows, category: sysmon_status", []Source{windows(sysmon, 4), windows(sysmon, 16)}, []Source{windows(sysmon, 1)}},
		{"product: windows, category: clipboard_change", []Source{windows(sysmon, 24)}, nil},
		{"product: windows, category: ps_script", []Source{windows("Microsoft-Windows-PowerShell/Operational", 4104), windows("PowerShellCore/Operational", 4104)}, []Source{windows("Windows PowerShell", 4104), windows("PowerShellCore/Operational", 4103)}},
		{"product: windows, category: ps_classic_start", []Source{windows("Windows PowerShell", 400)}, []Source{windows("Windows PowerShell", 600)}},
		{"product: windows, category: wmi_event", []Source{windows(sysmon, 20), windows("Microsoft-Windows-WMI-Activity/Operational", 5861)}, []Source{windows("Microsoft-Windows-WMI-Activity/Operational", 5858)}},
		{"product: rpc_firewall, category: application", []Source{windows("RPCFW", 3), windows("rpcfw", 1), {Product: "rpc_firewall", Category: "application"}},
			[]Source{windows("Application", 3), windows("RPCFWP", 3), {Product: "rpc_firewall"}, {Product: "python", Category: "application"}}},
		{"product: rpc_firewall", []Source{windows("RPCFW", 3)}, []Source{windows("Security", 3)}},
		{"product: rpc_firewall, service: x", nil, []Source{windows("RPCFW", 3)}},
		{"product: rpc_firewall, category: process_creation", nil, []Source{windows("RPCFW", 3), windows(sysmon, 1)}},
		{"category: antivirus", []Source{windows("Microsoft-Windows-Windows Defender/Operational", 1116), {Product: "acme", Category: "antivirus"}}, []Source{windows("Microsoft-Windows-Windows Defender/Operational", 5001), {Product: "acme", Category: "proxy"}}},
		{"product: windows, service: security", []Source{windows("Security", 1), windows("Security", 4688), windows("WinEventLog:Security", 1), windows("XmlWinEventLog:Security", 1)}, []Source{windows("System", 1), {Product: "linux", Service: "security"}}},
		{"product: windows, service: dns-client", []Source{windows("Microsoft-Windows-DNS-Client/Operational", 3008), windows("Microsoft-Windows-DNS Client Events/Operational", 3008)}, nil},
		{"product: windows, service: kernel-event-tracing", []Source{windows("Microsoft-Windows-Kernel-EventTracing/Admin", 2), windows("Microsoft-Windows-Kernel-EventTracing", 2)}, []Source{windows("Microsoft-Windows-Kernel", 2)}},
		{"product: windows, service: microsoft-servicebus-client", []Source{windows("Microsoft-ServiceBus-Client", 40300)}, nil},
		{"product: windows, service: no-such-service", []Source{{Product: "windows", Service: "no-such-service"}}, []Source{windows("Security", 1)}},
		{"product: windows, category: file_access", nil, []Source{windows(sysmon, 11), windows("Security", 4663)}},
		{"product: windows, category: process_creation, service: security", []Source{windows("Security", 4688)}, []Source{windows(sysmon, 1)}},
		{"product: windows", []Source{windows("Anything", 7), windows("", 7), {Product: "Windows"}}, []Source{{Product: "linux"}, {}}},
		{"product: linux, category: process_creation", []Source{{Product: "linux", Category: "process_creation"}, {Product: "Linux", Category: "process_creation", Service: "auditd"}, {Product: "linux", Service: "sysmon", EventID: 1}},
			[]Source{windows(sysmon, 1), {Product: "linux", Service: "sysmon", EventID: 3}, {Category: "process_creation"}}},
		{"product: zeek, service: dns", []Source{{Product: "zeek", Service: "dns"}, {Product: "zeek", Service: "dns", Category: "dns"}}, []Source{{Product: "zeek", Service: "http"}, {Product: "zeek"}}},
		{"category: proxy", []Source{{Category: "proxy"}, {Product: "squid", Category: "proxy"}}, []Source{{Product: "squid"}, windows("Security", 1)}},
		{"service: netflow", []Source{{Product: "zeek", Category: "firewall", Service: "conn"}, {Product: "nfdump", Category: "firewall", Service: "netflow"}},
			[]Source{{Product: "zeek", Category: "dns", Service: "dns"}, {Product: "acme", Service: "conn"}, {Product: "acme", Category: "firewall"}}},
		{"service: nginx", []Source{{Product: "x", Service: "nginx"}}, []Source{{Product: "x"}}},
	} {
		rs, rejected := compile(t, yamlRule(c.logsource), Options{})
		if len(rejected) > 0 {
			t.Fatal(rejected)
		}
		match := func(src Source) bool {
			r := ev{"A", "x"}.record()
			r.src = src
			return fires(t, rs, r)
		}
		for _, src := range c.yes {
			if !match(src) {
				t.Errorf("%s does not apply to %+v", c.logsource, src)
			}
		}
		for _, src := range c.no {
			if match(src) {
				t.Errorf("%s applies to %+v", c.logsource, src)
			}
		}
	}
}

func TestRegistryCategoriesAreGated(t *testing.T) {
	text := ""
	for _, c := range []string{"registry_add", "registry_delete", "registry_set", "registry_event"} {
		text += yamlRule("product: windows, category: " + c)
	}
	rs, _ := compile(t, text, Options{})
	e := rs.NewEvaluator()
	for _, c := range []struct {
		channel, field, value string
		id                    int
		want                  string
	}{
		{chSysmon, "EventType", "CreateKey", 12, "add event"},
		{chSysmon, "EventType", "DeleteKey", 12, "delete event"},
		{chSysmon, "EventType", "DeleteValue", 12, "delete event"},
		{chSysmon, "EventType", "SetValue", 13, "set event"},
		{chSysmon, "EventType", "RenameKey", 14, "event"},
		{chSecurity, "OperationType", "%%1904", 4657, "add set event"},
		{chSecurity, "OperationType", "%%1905", 4657, "set event"},
		{chSecurity, "OperationType", "%%1906", 4657, "delete event"},
		{chSecurity, "OperationType", "New registry value created", 4657, "add set event"},
	} {
		r := ev{"A", "x", c.field, c.value}.record()
		r.src = Source{Product: "windows", Channel: c.channel, EventID: c.id}
		var got []string
		e.Match(r.event(rs), func(r *Rule) { got = append(got, strings.TrimPrefix(r.Logsource.Category, "registry_")) })
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %d %s: %q, want %q", c.channel, c.id, c.value, got, c.want)
		}
	}
}

func TestEventIDIsSettledByTheSource(t *testing.T) {
	for _, c := range []struct {
		detection string
		yes, no   []int
	}{
		{"s: {EventID: 7, A: x}\ncondition: s", []int{7}, []int{8, 0}},
		{"s: {EventID: [7, 9], A: x}\ncondition: s", []int{7, 9}, []int{8}},
		{"s: {EventID: '7', A: x}\ncondition: s", []int{7}, []int{8}},
		{"s: {A: x}\nf: {EventID: 7}\ncondition: s and not f", []int{8, 0}, []int{7}},
		{"s: {EventID: 7}\ncondition: s", []int{7}, []int{8}},
		{"s: {EventID: 7}\nt: {EventID: 8, A: y}\ncondition: s or t", []int{7}, []int{8}},
		{"s: {EventID|startswith: 7}\ncondition: s", []int{7, 70}, []int{87}},
		{"s: {EventID|gt: 7}\ncondition: s", []int{8}, []int{7}},
	} {
		text := strings.Replace(ruleText(c.detection), "category: test", "{product: windows, service: system}", 1)
		text = strings.Replace(text, "logsource:\n  {", "logsource: {", 1)
		rs, _ := compile(t, text, Options{})
		for want, ids := range map[bool][]int{true: c.yes, false: c.no} {
			for _, id := range ids {
				r := ev{"A", "x"}.record()
				r.src = Source{Product: "windows", Channel: "System", EventID: id}
				if fires(t, rs, r) != want {
					t.Errorf("%s\nfor event id %d fires: %v", c.detection, id, !want)
				}
			}
		}
	}
}

func TestTheSourceSpeaksForMissingFields(t *testing.T) {
	text := "title: x\nlogsource: {product: windows, service: system}\ndetection: {s: {Provider_Name: Service Control Manager, Channel: system, EventLog: System, 'EventID|gte': 7000}, condition: s}\n"
	rs, _ := compile(t, text, Options{})
	r := ev{"A", "x"}.record()
	r.src = Source{Product: "windows", Channel: "System", Provider: "Service Control Manager", EventID: 7045}
	if !fires(t, rs, r) {
		t.Error("channel, provider and event id of the source are not seen")
	}
	r = ev{"A", "x", "^Provider_Name", "other"}.record()
	r.src = Source{Product: "windows", Channel: "System", Provider: "Service Control Manager", EventID: 7045}
	if fires(t, rs, r) {
		t.Error("the source wins over the event's own field")
	}
}

func TestEventsUnderTheNamesOfOtherLogs(t *testing.T) {
	for _, c := range []struct {
		name, logsource string
		src             Source
		event           ev
		yes, no         []string // items
	}{
		{"Security 4688", "product: windows, category: process_creation", Source{Product: "windows", Channel: "Security", EventID: 4688},
			ev{"NewProcessName", `C:\Windows\cmd.exe`, "ParentProcessName", `C:\a.exe`, "CommandLine", "cmd /c", "NewProcessId", "0x1A2b", "ProcessId", "0x10",
				"SubjectDomainName", "CORP", "SubjectUserName", "eve", "SubjectLogonId", "0x3E7", "MandatoryLabel", "S-1-16-12288"},
			[]string{`Image|endswith: '\cmd.exe'`, `ParentImage: 'C:\a.exe'`, `CommandLine: 'cmd /c'`, `ProcessId: 6699`, `ParentProcessId: 16`,
				`User: 'CORP\eve'`, `LogonId|cased: '0x3e7'`, `IntegrityLevel: High`, `NewProcessName|endswith: cmd.exe`, `OriginalFileName: null`},
			[]string{`ProcessId: 16`, `ProcessId: '0x10'`, `OriginalFileName: cmd.exe`}},
		{"Security 4688 without domain", "product: windows, category: process_creation", Source{Product: "windows", Channel: "Security", EventID: 4688},
			ev{"SubjectUserName", "eve", "ProcessId", "0x10", "MandatoryLabel", "S-1-16-0"},
			[]string{`User: eve`, `ProcessId: null`, `IntegrityLevel: S-1-16-0`, `Image: null`}, []string{`ProcessId: '*'`}},
		{"Security 4688 for its own service", "product: windows, service: security", Source{Product: "windows", Channel: "Security", EventID: 4688},
			ev{"NewProcessName", `C:\cmd.exe`, "ProcessId", "0x10"},
			[]string{`ProcessId: '0x10'`, `Image: null`}, []string{`Image|contains: cmd`}},
		{"Security 5156", "product: windows, category: network_connection", Source{Product: "windows", Channel: "Security", EventID: 5156},
			ev{"Application", `\device\harddiskvolume3\windows\a.exe`, "Direction", "%%14593", "Protocol", "6", "SourceAddress", "10.0.0.1", "SourcePort", "5",
				"DestAddress", "10.0.0.2", "DestPort", "443", "ProcessID", "77"},
			[]string{`Image: 'C:\Windows\a.exe'`, `Initiated: 'true'`, `Initiated: true`, `Protocol: tcp`, `SourceIp: 10.0.0.1`, `SourcePort: 5`,
				`DestinationIp|cidr: 10.0.0.0/8`, `DestinationPort: 443`, `ProcessId: 77`},
			[]string{`Protocol: 6`, `Initiated: 'false'`}},
		{"Security 5156 inbound udp", "product: windows, category: network_connection", Source{Product: "windows", Channel: "Security", EventID: 5156},
			ev{"Application", "System", "Direction", "%%14592", "Protocol", "17"},
			[]string{`Image: System`, `Initiated: 'false'`, `Protocol: udp`}, nil},
		{"Security 4657", "product: windows, category: registry_set", Source{Product: "windows", Channel: "Security", EventID: 4657},
			ev{"ProcessName", `C:\r.exe`, "SubjectUserName", "eve", "ObjectName", `\REGISTRY\MACHINE\SOFTWARE\Run`, "ObjectValueName", "x", "NewValue", "evil.exe", "OperationType", "%%1904"},
			[]string{`Image: 'C:\r.exe'`, `User: eve`, `TargetObject: 'HKLM\SOFTWARE\Run\x'`, `Details: evil.exe`, `EventType: SetValue`, `EventType: CreateKey`},
			[]string{`EventType: DeleteValue`}},
		{"Security 4657 of a user", "product: windows, category: registry_set", Source{Product: "windows", Channel: "Security", EventID: 4657},
			ev{"ObjectName", `\REGISTRY\USER\S-1-5-21\Run`, "OperationType", "%%1905"},
			[]string{`TargetObject: 'HKU\S-1-5-21\Run'`, `EventType: SetValue`}, []string{`EventType: CreateKey`}},
		{"Windows Defender", "category: antivirus", Source{Product: "windows", Channel: chDefender, EventID: 1116},
			ev{"Threat Name", "HackTool:X", "Path", `file:_C:\x.exe`},
			[]string{`Signature|contains: HackTool`, `Filename|endswith: x.exe`, `ThreatName: 'HackTool:X'`}, nil},
		{"WMI-Activity", "product: windows, category: wmi_event", Source{Product: "windows", Channel: chWMI, EventID: 5861},
			ev{"PossibleCause", "a script"}, []string{`Destination|contains: script`}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for want, items := range map[bool][]string{true: c.yes, false: c.no} {
				for _, item := range items {
					rs, rejected := compile(t, "title: x\nlogsource: {"+c.logsource+"}\ndetection:\n  s:\n    "+item+"\n  condition: s\n", Options{})
					if len(rejected) > 0 {
						t.Fatal(rejected)
					}
					r := c.event.record()
					r.src = c.src
					if fires(t, rs, r) != want {
						t.Errorf("%s fires: %v", item, !want)
					}
				}
			}
		})
	}
}

func TestLookupSeesWhatTheRuleSees(t *testing.T) {
	rs, _ := compile(t, yamlRule("product: windows, category: process_creation")+yamlRule("product: windows, service: security"), Options{})
	creation, security := rs.Rules()[0], rs.Rules()[1]
	r := ev{"NewProcessName", "a.exe", "ProcessId", "0x10", "NewProcessId", "0x20", "Data", "1", "Data", "2", "N", "null"}.record()
	r.src = Source{Product: "windows", Channel: "Security", EventID: 4688}
	event, e := r.event(rs), rs.NewEvaluator()
	bare := ev{"ProcessId", "0x10"}.record()
	bare.src = r.src
	if got := e.Lookup(bare.event(rs), creation, "ProcessId"); got != nil {
		t.Errorf("the creator %q is taken for the process", got)
	}
	for _, c := range []struct {
		rule        *Rule
		field, want string
	}{
		{creation, "Image", "a.exe"}, {creation, "image", "a.exe"}, {creation, "ProcessId", "32"}, {creation, "ParentProcessId", "16"},
		{security, "Image", ""}, {security, "ProcessId", "0x10"}, {security, "newprocessname", "a.exe"},
		{nil, "Image", "a.exe"}, {nil, "ProcessId", "0x10"}, {nil, "ParentProcessId", "16"},
		{nil, "Data", "1 2"}, {nil, "N", ""}, {nil, "missing", ""},
	} {
		if got := strings.Join(e.Lookup(event, c.rule, c.field), " "); got != c.want {
			t.Errorf("%s is %q, want %q", c.field, got, c.want)
		}
	}
}

func TestExplanationsNameWhatDecided(t *testing.T) {
	rs := detect(t, "sel_img:\n  Image|endswith: ['\\a.exe', '\\b.exe']\nsel_cmd:\n  CommandLine|contains|all: [x, y]\nwords: [evil]\nfilter:\n  User: root\ncondition: (all of sel_* or words) and not filter")
	e := rs.NewEvaluator()
	r := ev{"Image", `C:\B.exe`, "CommandLine", "y x", "User", "eve"}.record()
	got := e.Explain(r.event(rs), rs.Rules()[0])
	want := []Reason{
		{"sel_img", "Image", `C:\B.exe`, `endswith \b.exe`},
		{"sel_cmd", "CommandLine", "y x", "contains x"},
		{"sel_cmd", "CommandLine", "y x", "contains y"},
	}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
	if got := e.Explain(ev{"Q", "an evil one"}.record().event(rs), rs.Rules()[0]); len(got) != 1 || got[0] != (Reason{"words", "Q", "an evil one", "contains evil"}) {
		t.Errorf("keyword: %v", got)
	}
	if got := e.Explain(ev{"Image", "c.exe"}.record().event(rs), rs.Rules()[0]); got != nil {
		t.Errorf("a rule that does not hold is explained: %v", got)
	}
}

func TestEveryMatchIsExplainedEvenOneByAbsence(t *testing.T) {
	for detection, want := range map[string][]Reason{
		"s:\n  Image|neq: a.exe\ncondition: s":          {{"s", "Image", "b.exe", "not equals a.exe"}},
		"s:\n  User|exists: false\ncondition: s":        {{"s", "User", "", "is missing"}},
		"s:\n  Image: null\ncondition: not s":           {{"s", "Image", "b.exe", "is not missing"}},
		"f:\n  Image: [a.exe, c.exe]\ncondition: not f": {{"f", "Image", "b.exe", "not equals a.exe (nor 1 more)"}},
		"s:\n  Image: b.exe\n  User|neq: root\nf:\n  Image: c.exe\ncondition: s and not f": {
			{"s", "Image", "b.exe", "equals b.exe"}, {"s", "User", "", "not equals root"}},
	} {
		rs := detect(t, detection)
		got := rs.NewEvaluator().Explain(ev{"Image", "b.exe"}.record().event(rs), rs.Rules()[0])
		if !slices.Equal(got, want) {
			t.Errorf("%s\ngot %q, want %q", detection, got, want)
		}
	}
}

func TestAMatchThatTheLogSourceDecidedIsExplained(t *testing.T) {
	rs, _ := compile(t, "title: t\nlogsource: {product: windows, service: security}\ndetection:\n  f:\n    EventID: 4624\n  condition: not f\n", Options{})
	r := ev{"A", "x"}.record()
	r.src = Source{Product: "windows", Channel: chSecurity, EventID: 4625}
	got := rs.NewEvaluator().Explain(r.event(rs), rs.Rules()[0])
	if want := []Reason{{"", "Channel", "Security", "is of log source windows/security"}}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestARuleMatchesAnEventOnce(t *testing.T) {
	// antivirus by category and windefend by service meet on one event; each
	// is reported once, in the order given.
	rs, _ := compile(t, yamlRule("product: windows")+yamlRule("category: antivirus")+yamlRule("product: windows, service: windefend"), Options{})
	r := ev{"A", "x", "A", "x"}.record()
	r.src = Source{Product: "windows", Channel: chDefender, EventID: 1116}
	var got []string
	rs.NewEvaluator().Match(r.event(rs), func(r *Rule) { got = append(got, r.Title) })
	if strings.Join(got, "; ") != "product: windows; category: antivirus; product: windows, service: windefend" {
		t.Errorf("got %q", got)
	}
	if n := rs.Covered(r.src); n != 2 {
		t.Errorf("covered by %d rules, want 2", n)
	}
}

func TestBindingsOfTheCorpus(t *testing.T) {
	rs := corpusRules(t)
	bound, unbound := 0, map[string]int{}
	for _, r := range rs.Rules() {
		if _, ok := windowsPlaces(r.Logsource); ok {
			bound++
		} else if r.Logsource.Product == "windows" {
			unbound[r.Logsource.Category]++
		}
	}
	if bound != 2868 || unbound["file_access"] != 13 || unbound["file_rename"] != 2 || len(unbound) != 2 {
		t.Errorf("%d rules are bound to Windows events, not bound: %v; want 2868 and 15", bound, unbound)
	}
}
