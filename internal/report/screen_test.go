package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tyto/internal/attack"
	"tyto/internal/detect"
	"tyto/internal/report/inert"
)

func summary(findings ...*detect.Finding) *Summary {
	s := NewSummary(attack.Load())
	for _, f := range findings {
		s.Add(f)
	}
	return s
}

func screen(s *Summary) *Screen {
	return &Screen{
		Facts: Facts{Version: "0.1.0", From: start, To: start.Add(33 * time.Minute), Hosts: 24, Records: 196_081, Bytes: 385_300_000,
			Logs:  []LogCount{{"Security", 24}, {sysmon, 12}, {"System", 24}},
			Rules: 3797, Indicators: 494, Behaviours: 14, NoProcessLog: 12, ProcessRules: 2316},
		Summary: s, Health: health(), Folder: "case1",
		Wrote: []string{"timeline.csv", "timeline.jsonl", "findings.jsonl", "attack-layer.json", "health.json", "manifest.json"},
		Next: []Command{{"tyto rules check sigma/", "what is wrong with the rejected rule"},
			{"tyto metrics case", "how many records of which kind"}, {"tyto hunt case --rules DIR", "hunt again with other rules"}},
	}
}

func show(t *testing.T, s *Screen, style Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b, style); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestScreens(t *testing.T) {
	found := screen(summary(many(900)...))
	golden(t, "screen-100.txt", show(t, found, Style{}))
	golden(t, "screen-60.txt", show(t, found, Style{Width: 60}))
	golden(t, "screen-color.txt", show(t, found, Style{Width: 120, Color: true}))
	golden(t, "screen-few.txt", show(t, screen(summary(lsass(), logon(), beacon())), Style{}))
	golden(t, "screen-hostile.txt", show(t, screen(summary(sample()...)), Style{}))

	quiet := screen(summary())
	quiet.Health = &detect.Health{Complete: true, Evidence: detect.EvidenceHealth{Files: 1}, Rules: detect.RuleHealth{Loaded: 12}}
	quiet.Facts.NoProcessLog, quiet.Folder, quiet.Wrote = 0, "", nil
	golden(t, "screen-nothing.txt", show(t, quiet, Style{}))
	low := logon()
	low.Level = detect.Low
	golden(t, "screen-low.txt", show(t, screen(summary(low)), Style{}))
}

func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	screens := []*Screen{screen(summary(many(900)...)), screen(summary(sample()...)), screen(summary())}
	screens[2].Lead = []Block{{"INCIDENT 1", []string{strings.Repeat("x", 300), "\x1b[2J"}}}
	for _, s := range screens {
		for width := 20; width <= 130; width++ {
			limit := width
			if limit > widest {
				limit = usual
			}
			out := show(t, s, Style{Width: width})
			assertInert(t, out)
			for l := range strings.Lines(out) {
				l = strings.TrimSuffix(l, "\n")
				if w := inert.Width(l); w > limit {
					t.Fatalf("width %d: line of %d: %q", width, w, l)
				}
				if strings.HasSuffix(l, " ") {
					t.Fatalf("width %d: spaces at the end: %q", width, l)
				}
			}
		}
	}
}

func TestTitlesKeepTheirBeginning(t *testing.T) {
	f := lsass()
	f.Host, f.Title = "WS-17.corp.example", "Service Claims To Be Part Of Windows But Runs From A Folder Of Data That Anybody May Write"
	f.Level = detect.Critical
	out := show(t, screen(summary(f)), Style{})
	if !strings.Contains(out, "WS-17   critical") && !strings.Contains(out, "WS-17  critical") || !strings.Contains(out, "Service Claims To Be Part Of Windows But Runs...") {
		t.Errorf("screen:\n%s", out)
	}
}

func TestHostsAreNamedShortWhereThatIsClear(t *testing.T) {
	var list []*detect.Finding
	for _, host := range []string{"WS-1.corp.example", "ws-1.CORP.example", "DC.east.example", "DC.west.example", "10.0.0.9", ".odd"} {
		f := lsass()
		f.Host = host
		list = append(list, f)
	}
	names := summary(list...).hostNames()
	for host, want := range map[string]string{
		"WS-1.corp.example": "WS-1", "ws-1.CORP.example": "ws-1", "DC.east.example": "DC.east.example",
		"DC.west.example": "DC.west.example", "10.0.0.9": "10.0.0.9", ".odd": ".odd", "beyond.the.limit": "beyond.the.limit",
	} {
		if got := names.of(host); got != want {
			t.Errorf("%s is called %s, want %s", host, got, want)
		}
	}
}

func TestGapsThatAreNotListedCount(t *testing.T) {
	s := screen(summary(lsass()))
	s.Health.Caps = []detect.Cap{{What: detect.CapGaps, Limit: 1000, Count: 478}}
	n := len(s.Health.Gaps) + 478
	out := show(t, s, Style{})
	for _, want := range []string{fmt.Sprintf("gaps in logs: %d; limits reached: 1,000 gaps listed (478 more)", n), "(4 of 483)"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

func TestAnswersAboutIndicatorsAreTold(t *testing.T) {
	s := screen(summary())
	if out := show(t, s, Style{}); strings.Contains(out, "INDICATORS") {
		t.Errorf("none were given:\n%s", out)
	}
	s.Facts.Answers = &Answers{Seen: 2, NotSeen: 1300, NotCovered: 31}
	s.Wrote = append(s.Wrote, "sightings.json")
	want := "\nINDICATORS   1,333: 2 seen, 1,300 not seen, 31 not covered by these logs: sightings.json\n"
	if out := show(t, s, Style{}); !strings.Contains(out, want) {
		t.Errorf("no %q in:\n%s", want, out)
	}
}

func TestNothingIsCutInTheClosingSections(t *testing.T) {
	s := screen(summary(lsass()))
	s.Next = append(s.Next, Command{"tyto metrics " + strings.Repeat("long/", 12), "what the evidence holds: logs, hosts, times, gaps"})
	for width := narrowest; width <= usual; width++ {
		_, closing, _ := strings.Cut(show(t, s, Style{Width: width}), "\nHEALTH")
		flat := strings.Join(strings.Fields(closing), " ")
		for _, want := range []string{
			"9 records damaged, 31 recovered: health.json", "rules 3,797: 1 rejected (tyto rules check), 3 blind; 2 matched, 1 finding",
			"limits reached: 1,000,000 facts kept in memory (7 more)", "what the evidence holds: logs, hosts, times, gaps",
		} {
			if !strings.Contains(flat, want) {
				t.Fatalf("width %d: no %q in:\n%s", width, want, closing)
			}
		}
	}
}

func TestReadingNothingIsNoAllClear(t *testing.T) {
	s := screen(summary())
	s.Facts.Records = 0
	out := show(t, s, Style{})
	if !strings.Contains(out, "No record was read") || strings.Contains(out, "No finding") {
		t.Errorf("screen:\n%s", out)
	}
}

func TestColourOnlyAddsEscapes(t *testing.T) {
	s := screen(summary(sample()...))
	colored := show(t, s, Style{Color: true})
	for _, p := range []paint{bold, dim, red, boldRed, green, yellow, blue, magenta, cyan} {
		colored = strings.ReplaceAll(colored, "\x1b["+string(p)+"m", "")
	}
	if got := strings.ReplaceAll(colored, "\x1b[0m", ""); got != show(t, s, Style{}) {
		t.Error("the text differs with colour")
	}
}

func TestUseColor(t *testing.T) {
	for _, c := range []struct {
		mode, noColor, term string
		terminal, want      bool
	}{
		{"auto", "", "xterm", true, true},
		{"auto", "1", "xterm", true, false},
		{"auto", "", "dumb", true, false},
		{"auto", "", "xterm", false, false},
		{"always", "1", "dumb", false, true},
		{"never", "", "xterm", true, false},
		{"", "", "", true, true},
	} {
		if got := UseColor(c.mode, c.noColor, c.term, c.terminal); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}

func TestSectionsThatAreAlwaysThere(t *testing.T) {
	for _, s := range []*Screen{screen(summary()), screen(summary(sample()...))} {
		out := show(t, s, Style{})
		for _, word := range []string{"\nNOT SEEN ", "\nHEALTH ", "\nNext "} {
			if !strings.Contains(out, word) {
				t.Errorf("no %q in:\n%s", word, out)
			}
		}
		if n := strings.Count(out, "\n"); n > 48 {
			t.Errorf("%d lines", n)
		}
	}
}

func TestEveryAuthorIsNamedWhenNoFileNamesThem(t *testing.T) {
	s := NewSummary(attack.Load())
	for i := range 60 {
		f := lsass()
		f.Rule.ID, f.Rule.Author = fmt.Sprint("r", i), fmt.Sprintf("Author-%02d", i)
		s.Add(f)
	}
	scr := screen(s)
	if out := show(t, scr, Style{}); strings.Contains(out, "Author-59") || !strings.Contains(out, "more authors or teams: timeline.csv") {
		t.Errorf("authors were not folded:\n%s", out)
	}
	scr.Wrote = nil
	out := show(t, scr, Style{})
	for i := range 60 {
		if !strings.Contains(out, fmt.Sprintf("Author-%02d", i)) {
			t.Errorf("author %d is not named", i)
		}
	}
	if !strings.Contains(out, "Detection Rule License 1.1") && !strings.Contains(strings.Join(strings.Fields(out), " "), "Detection Rule License 1.1") {
		t.Error("the licence is not named")
	}
}

func TestRareAndSevereComeFirst(t *testing.T) {
	var list []*detect.Finding
	add := func(rule, host, technique string, level detect.Level, times int) {
		for range times {
			f := lsass()
			f.Rule.ID, f.Title, f.Host, f.Level, f.Techniques = rule, rule, host, level, []string{technique}
			list = append(list, f)
		}
	}
	for i := range 5 {
		add("common", fmt.Sprint("H", i), "T1027", detect.High, 10)
	}
	add("rare", "H9", "T1055", detect.High, 1)
	add("worst", "H8", "T1003", detect.Critical, 50)
	add("mild", "H8", "T1004", detect.Medium, 1)
	var got []string
	for _, g := range summary(list...).ranked(mattering) {
		got = append(got, g.title)
	}
	if want := "worst rare common common common common common mild"; strings.Join(got, " ") != want {
		t.Errorf("order %v, want %s", got, want)
	}
}

func TestAFloodOfLowFindingsDoesNotHideAHighOne(t *testing.T) {
	s := NewSummary(attack.Load())
	for i := range 3 * maxGroups {
		f := logon()
		f.Host, f.Level, f.Rule.ID = fmt.Sprint("host", i), detect.Low, fmt.Sprint("rule", i%50)
		s.Add(f)
	}
	s.Add(lsass())
	if len(s.groups) > 2*maxGroups || s.leftOut == 0 {
		t.Errorf("%d groups, %d left out", len(s.groups), s.leftOut)
	}
	if top := s.ranked(mattering); len(top) != 1 || top[0].title != "Memory of LSASS read" {
		t.Error("the high finding is lost")
	}
	scr := screen(s)
	scr.Health.Caps = nil
	if out := show(t, scr, Style{}); !strings.Contains(out, "groups on this screen") {
		t.Error("what was left out is not said")
	}
}

func TestSummaryIsBounded(t *testing.T) {
	s := NewSummary(attack.Load())
	for i := range 3 * maxGroups { // each group begins low and becomes severe
		f := logon()
		f.Host, f.Rule.ID, f.Level = fmt.Sprint("host", i), fmt.Sprint("rule", i), detect.Low
		s.Add(f)
		f.Level = detect.Critical
		s.Add(f)
	}
	if len(s.groups) > 2*maxGroups || len(s.rules) > maxRules || len(s.hosts.seen) > maxHosts {
		t.Errorf("%d groups, %d rules, %d hosts", len(s.groups), len(s.rules), len(s.hosts.seen))
	}
	f := logon()
	f.Host, f.Title = strings.Repeat("h", 1<<20), strings.Repeat("t", 1<<20)
	s = summary(f)
	for k, g := range s.groups {
		if len(k.host) > maxWord || len(g.title) > maxWord {
			t.Error("a huge value is kept")
		}
	}
}

func TestNotSeenAlwaysSaysSomething(t *testing.T) {
	if got := NotSeen(Facts{}, &detect.Health{Complete: true}); len(got) != 1 {
		t.Errorf("got %q", got)
	}
	if got := NotSeen(Facts{}, &detect.Health{}); !strings.Contains(got[0], "stopped early") {
		t.Errorf("got %q", got)
	}
}

func TestObjectSaysTheSame(t *testing.T) {
	s := screen(summary(many(900)...))
	var b bytes.Buffer
	if err := WriteJSON(&b, s.Object()); err != nil {
		t.Fatal(err)
	}
	var o Object
	if err := json.Unmarshal(b.Bytes(), &o); err != nil {
		t.Fatal(err)
	}
	if o.Findings.Total != 900 || len(o.Groups) == 0 || len(o.NotSeen) == 0 || strings.Contains(b.String(), "null") {
		t.Errorf("%+v", o)
	}
	b.Reset()
	if err := WriteJSON(&b, screen(summary(sample()...)).Object()); err != nil {
		t.Fatal(err)
	}
	assertInert(t, b.String())
	golden(t, "object.json", b.String())
}

func TestScreenIsTheSameEachTime(t *testing.T) {
	first := show(t, screen(summary(many(500)...)), Style{})
	for range 5 {
		if show(t, screen(summary(many(500)...)), Style{}) != first {
			t.Fatal("two runs differ")
		}
	}
}

func TestNumbersForPeople(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 196081: "196,081", -1234: "-1,234"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q", n, got)
		}
	}
	for n, want := range map[int64]string{88_200_000: "88.2 M", 9_999_999: "9,999,999", 12_000_000_000: "12.0 G"} {
		if got := large(n); got != want {
			t.Errorf("large(%d) = %q", n, got)
		}
	}
	for n, want := range map[int64]string{1: "1 byte", 512: "512 bytes", 385_300_000: "385.3 MB", 61_200_000_000: "61.2 GB", 999_999: "1.0 MB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q", n, got)
		}
	}
}

func BenchmarkSummary(b *testing.B) {
	list := many(1000)
	s := NewSummary(attack.Load())
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		s.Add(list[i%len(list)])
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "findings/s")
}
