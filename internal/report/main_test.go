package report

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/detect"
	"tyto/internal/event"
	"tyto/internal/report/inert"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

var start = time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)

func fields(pairs ...string) []detect.NamedValue {
	out := []detect.NamedValue{{Name: "Channel", Value: "as in Log", Header: true}}
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, detect.NamedValue{Name: pairs[i], Value: pairs[i+1]})
	}
	return out
}

const sysmon = "Microsoft-Windows-Sysmon/Operational"

// lsass is an ordinary finding of a rule about one record.
func lsass() *detect.Finding {
	return &detect.Finding{
		ID: "00112233aabbccdd", Time: start.Add(90 * time.Second), Title: "Memory of LSASS read",
		Level: detect.High, Kind: detect.KindSigma,
		Rule: &detect.RuleRef{ID: "5d1c1a3e-0000-4000-8000-000000000001", Title: "Memory of LSASS read",
			Author: "A. Writer, B. Writer", Tags: []string{"attack.credential-access", "attack.t1003.001", "attack.s0002", "car.2019-04-004"},
			Path: "rules/windows/lsass.yml", Status: "test", Date: "2024-01-02", Modified: "2024-02-03"},
		Host: "WS-17", Log: sysmon, EventID: 10, RecordID: 4711,
		Origin:     event.Origin{File: "case/WS-17.evtx", Record: 4711, Offset: 73728},
		Techniques: []string{"T1003.001"}, Tactics: []string{"credential-access"},
		Because:  []detect.Reason{{Field: "TargetImage", Value: `C:\Windows\System32\lsass.exe`, Matched: `endswith \lsass.exe`, Selection: "target"}},
		Entities: []detect.Entity{{Type: "process", Value: `C:\Users\Public\p.exe`}},
		Falsely:  []string{"Security products"},
		Fields: fields("SourceImage", `C:\Users\Public\p.exe`, "TargetImage", `C:\Windows\System32\lsass.exe`,
			"GrantedAccess", "0x1410", "RuleName", "-", "UtcTime", "2024-03-04 08:01:30.000"),
		Source: event.Source{Product: "windows", Channel: sysmon, Provider: "Microsoft-Windows-Sysmon", EventID: 10},
	}
}

// logon has a value that everybody looks up, and numbers that look like others.
func logon() *detect.Finding {
	return &detect.Finding{
		ID: "0123456789abcdef", Time: start.Add(2 * time.Minute), Title: "Logon over the network by a guest",
		Level: detect.Medium, Kind: detect.KindSigma,
		Rule: &detect.RuleRef{ID: "5d1c1a3e-0000-4000-8000-000000000002", Title: "Logon over the network by a guest",
			Author: ownAuthor, Path: "builtin:logon.yml", Tags: []string{"attack.t1078"}},
		Host: "DC-01", Log: "Security", EventID: 4624, RecordID: 99,
		Origin:     event.Origin{File: "case.zip", Member: "DC-01/Security.evtx", Record: 99},
		Techniques: []string{"T1078"}, Tactics: []string{"initial-access", "persistence", "privilege-escalation", "stealth"},
		Because: []detect.Reason{{Field: "TargetUserName", Value: "guest", Matched: "equals guest"}},
		Fields: fields("TargetUserName", "guest", "LogonType", "3", "IpAddress", "10.0.0.9", "TargetUserSid", "S-1-5-21-1-501",
			"KeyLength", "128"),
	}
}

// beacon is a finding of a behaviour, over many records of another log.
func beacon() *detect.Finding {
	return &detect.Finding{
		ID: "fedcba9876543210", Time: start.Add(3 * time.Minute), Title: "Regular connections to 192.0.2.7:443",
		Level: detect.High, Kind: detect.KindBehaviour, Analytic: "beacon", Score: 0.8725,
		Host: "10.0.0.9", Log: "zeek/conn", Origin: event.Origin{File: "conn.log", Line: 12},
		Techniques: []string{"T1071.001"}, Tactics: []string{"command-and-control"},
		Because: []detect.Reason{{Field: "interval", Value: "60 s", Matched: "spread below 5 %"}},
		Events:  []event.Origin{{File: "conn.log", Line: 12}, {File: "conn.log", Line: 40}},
	}
}

// hostile has something nasty in every field.
func hostile() *detect.Finding {
	const nasty = "=cmd|'/c calc'!A1\x1b[2J\u202egpj.exe\x00\xff\"><script>\r\nx ¦ Level: info"
	return &detect.Finding{
		ID: "ffffffffffffffff", Time: time.Date(30828, 1, 1, 0, 0, 0, 0, time.UTC), Title: nasty,
		Level: detect.Critical, Kind: detect.KindIndicator,
		Indicator: &detect.Indicator{Type: "domain", Value: nasty, Source: nasty},
		Host:      nasty, Log: nasty, EventID: -5, RecordID: 1<<64 - 1,
		Origin:     event.Origin{File: nasty, Member: nasty, Line: 1 << 40},
		Techniques: []string{nasty}, Tactics: []string{nasty},
		Because: []detect.Reason{{Field: nasty, Value: nasty, Matched: nasty}},
		Fields:  fields(nasty, nasty, "=1+1", "@x"), Carved: true, Copies: []event.Origin{{File: nasty}}, CopyCount: 3,
	}
}

func sample() []*detect.Finding { return []*detect.Finding{lsass(), logon(), beacon(), hostile()} }

// many makes findings of a few hosts and rules in a fixed, uneven order.
func many(n int) []*detect.Finding {
	out := make([]*detect.Finding, n)
	for i := range out {
		f := *lsass()
		rule := *f.Rule
		k := (i*i + i/7) % 23
		rule.ID, rule.Title = fmt.Sprintf("rule-%02d", k), fmt.Sprintf("Rule number %02d", k)
		rule.Author = []string{"A. Writer", "B. Writer", ownAuthor}[k%3]
		f.ID, f.Rule, f.Title = fmt.Sprintf("%016x", i), &rule, rule.Title
		f.Level = detect.Level(k % 5)
		f.Host = fmt.Sprintf("WS-%02d", (i*7)%(k+1))
		f.Time = start.Add(time.Duration(i) * time.Second)
		f.Techniques = []string{[]string{"T1003.001", "T1059.001", "T1021.002", "T1685"}[k%4]}
		f.Tactics = []string{[]string{"credential-access", "execution", "lateral-movement", "defense-impairment"}[k%4]}
		out[i] = &f
	}
	return out
}

// assertInert fails when text could do something to a terminal.
func assertInert(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && inert.Hidden(r) {
			t.Fatalf("output holds %U: %q", r, text)
		}
	}
}
