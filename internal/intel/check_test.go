package intel

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// checked reads and checks a table.
func checked(t testing.TB, text string) *Checked {
	t.Helper()
	return Check(readText(t, text, Options{}).Indicators, lists())
}

func TestDecisionsAndTheirReasons(t *testing.T) {
	for _, c := range []struct {
		row    string // type,value,source,date,tool,actor,action
		want   Decision
		reason string // part of one
	}{
		{"ip,10.1.2.3", Rejected, "refused"},
		{"ip,127.0.0.1", Rejected, "refused"},
		{"ip,203.0.113.7", Rejected, "rfc5735"},
		{"ip,192.168.0.0/24", Rejected, "rfc1918"},
		{"ip,8.8.8.8", Context, "public-dns-v4 (version"},
		{"ip,151.101.1.1", Hunt, "shared address"},
		{"ip,151.101.1.1,X,2024-01-01,,,detect", Detect, "weak alone"},
		{"ip,104.16.0.0/12", Hunt, "takes in 104.1"},
		{"ip,45.0.0.0/8", Hunt, "wide range"},
		{"ip,45.61.136.0/24", Detect, ""},
		{"ip,172.0.0.0/10", Rejected, "takes in 172.16.0.0/12"},
		{"ip,0.0.0.0/0", Rejected, "too wide"},
		{"ip,::/0", Rejected, "too wide"},
		{"path,C:\\Windows\\System32\\cmd.exe", Hunt, "a program of every machine"},
		{"path,C:\\", Hunt, "a folder of every machine"},
		{"directory,/tmp", Hunt, "a folder of every machine"},
		{"pipe,\\\\.\\pipe\\lsass", Hunt, "a pipe of every machine"},
		{"cmdline,powershell.exe", Hunt, "a command of every machine"},
		{"cmdline,whoami", Hunt, "administrators"},
		{"url,https://pastebin.com/AbcDefgh", Detect, "host: "},
		{"domain,com", Rejected, "not a host name"},
		{"domain,co.uk", Rejected, "second-level-tlds"},
		{"domain,printer.nonexistenttld", Rejected, "top-level domain does not exist"},
		{"domain,google.com", Context, "popular"},
		{"domain,google.com,X,2024-01-01,,,detect", Hunt, "popular"},
		{"domain,fastly.net", Context, "only this very name"},
		{"domain,cloudlibraries.global.ssl.fastly.net", Detect, "the parent is never matched"},
		{"domain,evil-x.workers.dev", Detect, "lots-project"},
		{"domain,evil-domain-of-nobody.com", Detect, ""},
		{"md5,d41d8cd98f00b204e9800998ecf8427e", Rejected, "empty-hashes"},
		{"url,https://file.io", Context, "a public service"},
		{"url,https://api.anonfiles.com/upload", Context, "a public service"},
		{"url,https://raw.githubusercontent.com/a/b/main/c.json", Detect, "host: "},
		{"url,http://192.168.1.1/x", Rejected, "refused"},
		{"filename,taskhask.dat", Hunt, "bare file name"},
		{"filename,taskhask.dat,X,2024-01-01,,,detect", Detect, ""},
		{"filename,svchost.exe,X,2024-01-01,,,detect", Hunt, "a file name of many systems"},
		{"registry-key,HKLM\\Software\\Microsoft\\data", Hunt, "generic registry name"},
		{"uri-path,/index.php,X,2024-01-01,,,detect", Hunt, "every web server"},
		{"cmdline,/a,X,2024-01-01,,,detect", Hunt, "too short"},
		{"cobaltstrike-watermark,2029527128", Hunt, "weak kind"},
		{"sha1," + aSHA1 + ",ESET 2025,2025-03-26,vlc.exe - LEGIT VLC", Context, "legitimate program"},
		{"md5," + aMD5 + ",X,2024-01-01,Cheat Engine driver", Hunt, "legitimate driver"},
		{"domain,evil-y.org,X,2024-01-01,,UNC1 (not Y per author)", Context, "original author"},
		{"sha1," + aSHA1 + ",X,2024-01-01,,,do-not-use", Rejected, "says not to use"},
	} {
		got := checked(t, "type,value,source,date,tool,actor,action\n"+c.row+"\n").Indicators
		if len(got) != 1 || got[0].Decision != c.want || !strings.Contains(strings.Join(got[0].Reasons, "|"), c.reason) {
			t.Errorf("%s: %+v, want %s because %q", c.row, got, c.want, c.reason)
		}
	}
}

func TestParentsOnWarninglistsSuppressNothing(t *testing.T) {
	c := Check(readCorpus(t, "intel/earth-estries-iocs.csv").Indicators, lists())
	parents, vpn := 0, 0
	for i := range c.Indicators {
		in := &c.Indicators[i]
		if in.Type == Domain {
			for _, m := range lists().Host(in.Value) {
				if m.Parent && m.List.Name == "tranco10k" {
					parents++
					if in.Decision != in.Asked {
						t.Errorf("%s: %s: %v", in.Value, in.Decision, in.Reasons)
					}
				}
			}
		}
		if in.Type == IP && strings.Contains(strings.Join(in.Reasons, "|"), "vpn-ipv4") {
			vpn++
		}
	}
	if parents != 17 || vpn != 24 {
		t.Errorf("%d popular parents and %d addresses of hosters, want 17 and 24", parents, vpn)
	}
}

func TestCopiesOfOneListCountOnce(t *testing.T) {
	c := checked(t, "type,value,source,action\n"+
		"domain,evil-z.com,Vendor 2024 (via list a),detect\ndomain,EVIL-z.com,Vendor 2024 (via list b),hunt\ndomain,evil-z.com,ESET 2025,detect\n")
	if len(c.Indicators) != 1 || c.Duplicates != 2 {
		t.Fatalf("%+v", c)
	}
	in := c.Indicators[0]
	if !strings.Contains(strings.Join(in.Reasons, "|"), "2 independent of 3 sources") || in.Decision != Detect {
		t.Errorf("%s: %v", in.Decision, in.Reasons) // the copies disagree, the better source decides
	}
	if in.Claim.Source != "ESET 2025" {
		t.Errorf("the best source is not first: %s", in.Source())
	}
}

func TestTwinsAreSettledForTheBetterSource(t *testing.T) {
	c := checked(t, "type,value,source\n"+
		"domain,a.evil-cdn.com,ESET 2025\ndomain,b.evilcdn.com,Bulletin PDF via some list\n"+ // worse source
		"domain,my-host.org,unknown 1\ndomain,myhost.org,unknown 2\n"+ // equals
		"domain,two-x.net,list via a\ndomain,twox.net,ESET 2025\n"+ // the barer one is better
		"domain,both-x.biz,m\ndomain,bothx.biz,m\n"+ // one list knows both
		"domain,same-x.info,l\ndomain,a.same-x.info,l\n") // no twins
	want := map[string]Decision{
		"a.evil-cdn.com": Detect, "b.evilcdn.com": Rejected, "my-host.org": Detect, "myhost.org": Hunt,
		"two-x.net": Detect, "twox.net": Detect, "both-x.biz": Detect, "bothx.biz": Detect, "same-x.info": Detect, "a.same-x.info": Detect,
	}
	for i := range c.Indicators {
		if in := &c.Indicators[i]; in.Decision != want[in.Value] {
			t.Errorf("%s: %s, want %s: %v", in.Value, in.Decision, want[in.Value], in.Reasons)
		}
	}
}

func TestLevelsFollowUseSourceAndAge(t *testing.T) {
	for _, c := range []struct {
		rows  string
		event []string
		want  string
	}{
		{"domain,evil-z.com,ESET 2025,2023-06-01,detect", []string{"query", "evil-z.com"}, "high"},
		{"domain,evil-z.com,Blog crawl,2023-06-01,detect", []string{"query", "evil-z.com"}, "medium"},
		{"domain,evil-z.com,ESET 2021,2021-01-01,detect", []string{"query", "evil-z.com"}, "medium"},
		{"ip,96.44.160.181,ESET 2025,2023-06-01,detect", []string{"dest_ip", "96.44.160.181"}, "medium"},
		{"ip,96.44.160.181,ESET 2021,2021-06-01,detect", []string{"dest_ip", "96.44.160.181"}, "low"},
		{"ip,151.101.1.1,ESET 2025,2023-06-01,detect", []string{"dest_ip", "151.101.1.1"}, "low"},
		{"domain,evil-z.com,ESET 2025,2023-06-01,hunt", []string{"query", "evil-z.com"}, "low"},
		{"domain,evil-z.com,ESET 2025,2023-06-01,context", []string{"query", "evil-z.com"}, "informational"},
	} {
		s := Compile(checked(t, "type,value,source,date,action\n"+c.rows+"\n"))
		n := 0
		s.NewMatcher().Match(fields(c.event...), func(h Hit) {
			n++
			if h.Level() != c.want {
				t.Errorf("%s: %s, want %s", c.rows, h.Level(), c.want)
			}
		})
		if n != 1 {
			t.Errorf("%s: %d hits", c.rows, n)
		}
	}
}

func TestEveryIndicatorHasOneSighting(t *testing.T) {
	s := setOf(t, "domain,evil-a.com", "domain,evil-b.com")
	sight := s.NewSightings()
	search(s, sight, fields("query", "evil-a.com"))
	var got []string
	for one := range sight.All() {
		line, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(line))
	}
	if len(got) != 2 {
		t.Fatalf("%q", got)
	}
	if !strings.Contains(got[0], `"answer":"seen"`) || !strings.Contains(got[0], `"count":1`) {
		t.Error(got[0])
	}
	if !strings.Contains(got[1], `"answer":"not_seen"`) {
		t.Error(got[1])
	}
}

func TestAnObservableBesideItsIndicatorWeakensNothing(t *testing.T) {
	sco := `{"type":"domain-name","id":"domain-name--1","value":"evil-z.com"}`
	ind := stixIndicator(1, "[domain-name:value = 'evil-z.com']", "")
	for _, objects := range []string{sco + "," + ind, ind + "," + sco} {
		im := readText(t, `{"type":"bundle","objects":[`+objects+`]}`, Options{})
		c := Check(im.Indicators, lists())
		if len(c.Indicators) != 1 || c.Indicators[0].Decision != Detect || len(c.Indicators[0].Reasons) > 1 {
			t.Errorf("%+v", c.Indicators)
		}
	}
}

func TestHitsOfOneEventAreBounded(t *testing.T) {
	var rows []string
	for i := range 2 * MaxHits {
		rows = append(rows, fmt.Sprintf("domain,evil-%d.com", i))
	}
	s := setOf(t, rows...)
	m, n := s.NewMatcher(), 0
	m.Match(fields("ScriptBlockText", strings.ReplaceAll(strings.Join(rows, " "), "domain,", "")), func(Hit) { n++ })
	if n != MaxHits || m.Capped() != MaxHits {
		t.Errorf("%d hits, %d capped", n, m.Capped())
	}
}

func TestWhatIsEverywhereIsNotSearchedFor(t *testing.T) {
	s := setOf(t, "uri-path,/index.php", "filename,svchost.exe", "uri-path,/17ABE7F017ABE7F0")
	if got := hits(s, fields("uri", "/index.php", "Image", `C:\Windows\System32\svchost.exe`)); len(got) > 0 {
		t.Errorf("%q", got)
	}
	sight := s.NewSightings()
	search(s, sight, fields("uri", "/index.php", "Image", `C:\Windows\System32\svchost.exe`))
	for value, x := range answers(sight) {
		if want := value == "/17ABE7F017ABE7F0"; (x.Answer == AnswerNotSeen) != want || (len(x.Needs) == 0) != want {
			t.Errorf("%+v", x)
		}
	}
}

func TestManyHostsOfOneDomainAreCheckedInLinearTime(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("type,value,source\n")
	for i := range 30_000 {
		fmt.Fprintf(&rows, "domain,h%d.evil-cdn.com,a\ndomain,h%d.evilcdn.com,b\n", i, i)
	}
	c := checked(t, rows.String())
	if c.Count(Detect) != 30_000 || c.Count(Hunt) != 30_000 {
		t.Errorf("detect %d, hunt %d", c.Count(Detect), c.Count(Hunt))
	}
}
