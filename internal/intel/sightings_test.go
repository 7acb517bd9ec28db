package intel

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tyto/internal/event"
)

func answers(s *Sightings) map[string]Sighting {
	out := map[string]Sighting{}
	for x := range s.All() {
		out[x.Value] = x
	}
	return out
}

// search matches an event and notes it.
func search(s *Set, sight *Sightings, ev *event.Event) {
	m := s.NewMatcher()
	m.Match(ev, func(h Hit) { sight.Seen(&h, ev) })
	sight.Searched(ev, m)
}

func TestSeenNotSeenAndNotCoveredAreToldApart(t *testing.T) {
	s := setOf(t, "domain,evil-a.com", "domain,evil-b.com", "ip,96.44.160.181", "sha1,0123456789abcdef0123456789abcdef01234567",
		"md5,0123456789abcdef0123456789abcdef", "pipe,\\evilpipe", "pdb-path,C:\\x\\y.pdb")
	sight := s.NewSightings()
	dns := fields("query", "x.evil-a.com")
	dns.Source = event.Source{Product: "zeek", Service: "dns"}
	logon := fields("IpAddress", "192.0.2.1", "TargetUserName", "x")
	logon.Source = event.Source{Product: "windows", Channel: "Security"}
	proc := fields("Image", `C:\x.exe`, "Hashes", "MD5="+strings.Repeat("ab", 16))
	proc.Source = event.Source{Product: "windows", Channel: "Sysmon"}
	for _, ev := range []*event.Event{dns, logon, proc} {
		search(s, sight, ev)
	}
	got := answers(sight)
	for value, want := range map[string]string{
		"evil-a.com": AnswerSeen, "evil-b.com": AnswerNotSeen,
		"96.44.160.181": AnswerNotCovered, // logons show no connections
		"0123456789abcdef0123456789abcdef01234567": AnswerNotCovered, // only MD5 is logged
		"0123456789abcdef0123456789abcdef":         AnswerNotSeen,
		`\evilpipe`:                                AnswerNotCovered, `C:\x\y.pdb`: AnswerNotCovered,
	} {
		x := got[value]
		if x.Answer != want {
			t.Errorf("%s: %s, want %s", value, x.Answer, want)
		}
		if (len(x.Needs) > 0) != (want == AnswerNotCovered) {
			t.Errorf("%s: needs %q", value, x.Needs)
		}
		if (x.Searched != nil) != (want != AnswerNotCovered) {
			t.Errorf("%s: searched %+v", value, x.Searched)
		}
	}
	counts := make(map[string]int64)
	for _, x := range got {
		counts[x.Answer]++
	}
	if n := sight.Count(); !maps.Equal(n, counts) {
		t.Errorf("counted %v, listed %v", n, counts)
	}
	if x := got["evil-b.com"]; x.Searched == nil || !slices.Equal(x.Searched.Logs, []string{"zeek/dns"}) {
		t.Errorf("searched %+v", x.Searched)
	}
}

// A field may hold many things; "not seen" is only said where a value of the
// kind would have been.
func TestLogsCoverOnlyWhatTheyWouldShow(t *testing.T) {
	lines := map[string]string{
		"domain": "domain,evil-a.com", "url": "url,http://evil-a.com/a", "pipe": "pipe,\\evilpipe", "registry": "registry-key,HKLM\\Software\\X1\\Y",
		"service": "service-name,EvilSvc", "mutex": "mutex,EvilMutex", "command": "cmdline,evil -really", "mail": "email,a@evil-a.com",
		"certificate": "tls-cert-sha1,0123456789abcdef0123456789abcdef01234567", "path": "path,C:\\x\\evil.exe",
	}
	for _, c := range []struct {
		name   string
		event  []string
		covers string
	}{
		{"a proxy with whole URLs", []string{"url", "http://good.com/x", "status", "200"}, "domain url"},
		{"a web server's own requests", []string{"cs-uri-stem", "/x", "cs(Referer)", "http://good.com/x"}, ""},
		{"requests with their host", []string{"host", "good.com", "uri", "/x"}, "domain url"},
		{"audit records with a key", []string{"exe", "/bin/ls", "key", "x"}, "path"},
		{"files that were transferred", []string{"filename", "x", "sha1", "0123456789abcdef0123456789abcdef01234567"}, "path"},
		{"a service ticket", []string{"TargetUserName", "x", "ServiceName", "krbtgt"}, ""},
		{"an installed service", []string{"ServiceName", "x", "ImagePath", "C:\\x.exe"}, "path service"},
		{"a DNS query", []string{"query", "good.com"}, "domain"},
		{"an object that is a file", []string{"ObjectName", "C:\\x", "ObjectType", "File"}, "path"},
		{"an object that is a key", []string{"ObjectName", "\\REGISTRY\\MACHINE\\Software\\X", "ObjectType", "Key"}, "registry service"},
		{"an object that is a mutex", []string{"ObjectName", "\\BaseNamedObjects\\X", "ObjectType", "Mutant"}, "mutex"},
		{"a sign-in", []string{"properties.userPrincipalName", "a@b.com"}, ""},
		{"a message", []string{"mailfrom", "a@b.com"}, "mail"},
		{"a pipe", []string{"PipeName", "\\x"}, "pipe"},
		{"a name of anything", []string{"name", "C:\\x.exe"}, ""},
		{"a name of a file in audit records", []string{"name", "/bin/ls", "nametype", "NORMAL"}, "path"},
		{"a process", []string{"Image", "C:\\x.exe", "CommandLine", "x"}, "command path"},
	} {
		var got []string
		for kind, line := range lines {
			s := setOf(t, line)
			sight := s.NewSightings()
			search(s, sight, fields(c.event...))
			for x := range sight.All() {
				if x.Answer == AnswerNotSeen {
					got = append(got, kind)
				}
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.covers {
			t.Errorf("%s covers %v, want %s", c.name, got, c.covers)
		}
	}
}

func TestSightingsDoNotDependOnWhoFoundThem(t *testing.T) {
	s := setOf(t, "domain,evil-a.com")
	var events []*event.Event
	for i := range 200 {
		ev := fields("query", "evil-a.com")
		ev.Host = fmt.Sprintf("ws%03d", i*7%200)
		ev.Time = ev.Time.Add(time.Duration(i*13%200) * time.Minute)
		ev.Origin = event.Origin{File: "dns.log", Line: int64(i)}
		events = append(events, ev)
	}
	one := s.NewSightings()
	for _, ev := range events {
		search(s, one, ev)
	}
	parts := []*Sightings{s.NewSightings(), s.NewSightings(), s.NewSightings()}
	for i, ev := range events {
		search(s, parts[(i*i)%3], ev)
	}
	parts[2].Merge(parts[0])
	parts[2].Merge(parts[1])
	a, _ := json.Marshal(answers(one))
	b, _ := json.Marshal(answers(parts[2]))
	if string(a) != string(b) {
		t.Errorf("differs:\n%s\n%s", a, b)
	}
	x := answers(one)["evil-a.com"]
	if x.Count != 200 || len(x.Hosts) != MaxHosts || len(x.Origins) != MaxOrigins || x.Hosts[0] != "ws000" {
		t.Errorf("count %d, %d hosts, %d origins", x.Count, len(x.Hosts), len(x.Origins))
	}
}

func TestHitsOutsideTheWindowAreHistoric(t *testing.T) {
	im, err := Read(strings.NewReader("type,value,valid_from,valid_until\ndomain,evil-a.com,2023-01-01,2023-05-31\n"), "w.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := Compile(Check(im.Indicators, lists()))
	for _, c := range []struct {
		at       string
		historic bool
		level    string
	}{
		{"2022-12-31T23:59:59Z", true, "medium"}, {"2023-01-01T00:00:00Z", false, "high"},
		{"2023-05-31T23:59:59Z", false, "high"}, {"2023-06-01T00:00:00Z", true, "medium"},
	} {
		ev := fields("query", "evil-a.com")
		ev.Time, _ = time.Parse(time.RFC3339, c.at)
		n := 0
		s.NewMatcher().Match(ev, func(h Hit) {
			n++
			if h.Historic != c.historic || h.Level() != c.level {
				t.Errorf("%s: historic %v, level %s", c.at, h.Historic, h.Level())
			}
		})
		if n != 1 {
			t.Errorf("%s: %d hits", c.at, n)
		}
	}
}

func TestMatchersShareASet(t *testing.T) {
	s := setOf(t, "domain,evil-a.com", `pipe,\id1<decimal>`, "cmdline,colorcpl.exe 22")
	var wg sync.WaitGroup
	total := make([]*Sightings, 4)
	for i := range total {
		total[i] = s.NewSightings()
		wg.Go(func() {
			m := s.NewMatcher()
			for range 100 {
				for _, ev := range []*event.Event{fields("query", "x.evil-a.com"), fields("PipeName", `\id15`), fields("CommandLine", "colorcpl.exe 22")} {
					m.Match(ev, func(h Hit) { total[i].Seen(&h, ev) })
					total[i].Searched(ev, m)
				}
			}
		})
	}
	wg.Wait()
	for _, o := range total[1:] {
		total[0].Merge(o)
	}
	for x := range total[0].All() {
		if x.Count != 400 {
			t.Errorf("%s: %d", x.Value, x.Count)
		}
	}
}
