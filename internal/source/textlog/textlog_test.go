package textlog_test

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/syslog"
	"tyto/internal/source/textlog"
)

func TestParseHeader(t *testing.T) {
	for _, c := range []struct{ line, date, host, program, pid, rest string }{
		{"Jun  9 10:00:00 web1 sshd[123]: hello", "0-06-09T10:00:00", "web1", "sshd", "123", "hello"},
		{"<86>Jun  9 10:00:00 web1 su: hello", "0-06-09T10:00:00", "web1", "su", "", "hello"},
		{"2025-06-09T10:00:00.5+02:00 web1 CRON[1]: x", "2025-06-09T10:00:00+2h0m0s", "web1", "CRON", "1", "x"},
		{"<34>1 2025-06-09T10:00:00Z web1 app 12 ID1 [a b=\"]\"][c d=\"e\"] text", "2025-06-09T10:00:00+0s", "web1", "app", "12", "text"},
		{"<34>1 2025-06-09T10:00:00Z web1 app - - - \ufefftext", "2025-06-09T10:00:00+0s", "web1", "app", "", "text"},
		{"Jun  9 10:00:00 relay Jun  9 11:00:00 web1 app[1]: x", "0-06-09T11:00:00", "web1", "app", "1", "x"},
		{"<189>88: 000123: *Jun  9 2025 10:00:00.123 CET: %A-1-B: x", "2025-06-09T10:00:00", "", "", "", "%A-1-B: x"},
		{"<189>88: r1: Jun 9 10:00:00.123 UTC+07:30: %A-1-B: x", "0-06-09T10:00:00+7h30m0s", "r1", "", "", "%A-1-B: x"},
		{"<189>88: r1: Jun 9 10:00:00.123 UTC-5: %A-1-B: x", "0-06-09T10:00:00+-5h0m0s", "r1", "", "", "%A-1-B: x"},
		{"<189>88: 99: Jun  9 2025 10:00:00.123 mdt: %A-1-B: x", "2025-06-09T10:00:00", "", "", "", "%A-1-B: x"},
		{"Jun  9 10:00:00 cron: x", "0-06-09T10:00:00", "", "cron", "", "x"},
		{"192.0.2.1 6705: Jun  9 10:00:00.673: %A-1-B: x", "0-06-09T10:00:00", "192.0.2.1", "", "", "%A-1-B: x"},
		{"<189>88: r1: 000123: *Jun  9 10:00:00.123: %A-1-B: x", "0-06-09T10:00:00", "r1", "", "", "%A-1-B: x"},
		{"<189>: 2025 Jun  9 10:00:00.123 UTC: %A-1-B: x", "2025-06-09T10:00:00+0s", "", "", "", "%A-1-B: x"},
		{"2025 Jun  9 10:00:00 nx1 %A-1-B: x", "2025-06-09T10:00:00", "nx1", "", "", "%A-1-B: x"},
		{"192.0.2.1 6705 x", "", "", "", "", "192.0.2.1 6705 x"},
		{"Jun  9 10:00:00 fw1 1,2025/06/09 10:00:00,x", "0-06-09T10:00:00", "fw1", "", "", "1,2025/06/09 10:00:00,x"},
		{"Jun  9 10:00:00 fw1 CEF:0|a|b", "0-06-09T10:00:00", "fw1", "", "", "CEF:0|a|b"},
		{"<13>date=2025-06-09 time=1", "", "", "", "", "date=2025-06-09 time=1"},
		{"Jun  9 10:00:00 web1 /usr/sbin/cron[1]: x", "0-06-09T10:00:00", "web1", "cron", "1", "x"},
		{"Jun  9 10:00:00 web1 postfix/smtpd[1]: x", "0-06-09T10:00:00", "web1", "postfix/smtpd", "1", "x"},
		{"Jun 32 10:00:00 web1 cron[1]: x", "", "", "", "", "Jun 32 10:00:00 web1 cron[1]: x"},
		{"<999>x", "", "", "", "", "<999>x"},
		{"hello world", "", "", "", "", "hello world"},
	} {
		h, n := textlog.ParseHeader([]byte(c.line))
		date := ""
		if h.Dated {
			d := h.Date
			date = fmt.Sprintf("%d-%02d-%02dT%02d:%02d:%02d", d.Year, d.Month, d.Day, d.Hour, d.Minute, d.Second)
			if d.Zoned {
				date += "+" + d.Shift.String()
			}
		}
		got := []string{date, string(h.Host), string(h.Program), string(h.PID), c.line[n:]}
		want := []string{c.date, c.host, c.program, c.pid, c.rest}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%s\n got %q\nwant %q", c.line, got, want)
		}
	}
}

// times reads lines of syslog and returns the times of their events.
func times(t *testing.T, modified time.Time, lines ...string) (out []string, notes []string) {
	in := sourcetest.Input("messages", strings.Join(lines, "\n")+"\n")
	in.ModTime = modified
	rep := sourcetest.Each(t, syslog.New(), in, func(e *event.Event) bool {
		if e.Time.IsZero() {
			out = append(out, "none")
		} else {
			out = append(out, e.Time.Format("2006-01-02 15:04"))
		}
		return true
	})
	return out, rep.Notes
}

func TestDatesWithoutYearCountBackFromTheFilesDate(t *testing.T) {
	modified := time.Date(2025, 3, 2, 0, 0, 0, 0, time.UTC)
	at := func(days ...string) (lines []string) {
		for _, d := range days {
			lines = append(lines, d+" 10:00:00 web1 app[1]: x")
		}
		return lines
	}
	for _, c := range []struct{ lines, want []string }{
		{at("Jan 31", "Mar  1"), []string{"2025-01-31 10:00", "2025-03-01 10:00"}},
		{at("Jul  1", "Dec 31", "Jan  1", "Mar  1"), []string{"2024-07-01 10:00", "2024-12-31 10:00", "2025-01-01 10:00", "2025-03-01 10:00"}},
		{at("Dec 31", "Jan  1", "Dec 31", "Jan  1"), []string{"2024-12-31 10:00", "2025-01-01 10:00", "2024-12-31 10:00", "2025-01-01 10:00"}},
		{at("Nov 30", "Dec 31"), []string{"2024-11-30 10:00", "2024-12-31 10:00"}},
		{at("Feb  3", "Feb  2", "Mar  1"), []string{"2025-02-03 10:00", "2025-02-02 10:00", "2025-03-01 10:00"}},
		{append([]string{"x", "x", "x", "x", "x"}, at("Oct  7", "Feb  8", "Mar  1")...), []string{"none", "none", "none", "none", "none", "2024-10-07 10:00", "2025-02-08 10:00", "2025-03-01 10:00"}},
		{append([]string{"x", "x", "x", "x", "x"}, at("Feb  1", "Oct  7", "Feb  8", "Oct  7", "Feb  9")...), []string{"none", "none", "none", "none", "none", "2025-02-01 10:00", "2024-10-07 10:00", "2025-02-08 10:00", "2024-10-07 10:00", "2025-02-09 10:00"}},
		{at("Feb  1", "Jul 20", "Feb  2", "Feb  3"), []string{"2025-02-01 10:00", "2024-07-20 10:00", "2025-02-02 10:00", "2025-02-03 10:00"}},
		{at("Dec  1", "May  1", "Dec  1", "Jan  1"), []string{"2023-12-01 10:00", "2024-05-01 10:00", "2024-12-01 10:00", "2025-01-01 10:00"}},
	} {
		got, notes := times(t, modified, c.lines...)
		if fmt.Sprint(got) != fmt.Sprint(c.want) || !strings.Contains(strings.Join(notes, ";"), "without year") {
			t.Errorf("%v: got %v, want %v, notes %q", c.lines, got, c.want, notes)
		}
	}
}

func TestDatesWithoutYearInAFileWithoutDateAreLeftOut(t *testing.T) {
	got, notes := times(t, time.Time{}, "Jun 15 10:00:00 web1 app[1]: x")
	if got[0] != "none" || !strings.Contains(strings.Join(notes, ";"), "left out") {
		t.Errorf("got %v, notes %q", got, notes)
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		name  string
		parse func([]byte) (textlog.Date, []byte, bool)
		text  string
		want  string
	}{
		{"web", textlog.WebDate, "15/Jun/2025:10:00:00 -0130]", "2025-06-15 10:0:0.000000000 -1h30m0s true ]"},
		{"day", textlog.DayDate, "15-Jun-2025 10:00:00.425 x", "2025-06-15 10:0:0.425000000 0s false  x"},
		{"c", textlog.CDate, "Sun Jun 15 10:00:00.123456 2025] x", "2025-06-15 10:0:0.123456000 0s false ] x"},
		{"c", textlog.CDate, "Sun Jun 15 10:00:00 2025", "2025-06-15 10:0:0.000000000 0s false "},
		{"us", textlog.USDate, "6/15/2025 1:02:03 PM x", "2025-06-15 13:2:3.000000000 0s false  x"},
		{"us", textlog.USDate, "6/15/2025 12:02:03 AM x", "2025-06-15 0:2:3.000000000 0s false  x"},
		{"iso", textlog.ISODate, "2025/06/15 10:00:00 x", "2025-06-15 10:0:0.000000000 0s false  x"},
		{"iso", textlog.ISODate, "2025-06-15T10:00:00,991Z [t]", "2025-06-15 10:0:0.991000000 0s true  [t]"},
	} {
		d, rest, ok := c.parse([]byte(c.text))
		got := fmt.Sprintf("%d-%02d-%02d %d:%d:%d.%09d %v %t %s", d.Year, d.Month, d.Day, d.Hour, d.Minute, d.Second, d.Nano, d.Shift, d.Zoned, rest)
		if !ok || got != c.want {
			t.Errorf("%s %q: got %q %t, want %q", c.name, c.text, got, ok, c.want)
		}
		for cut := range c.text {
			c.parse([]byte(c.text[:cut])) // must not panic
		}
	}
}

func TestSplitURL(t *testing.T) {
	for _, c := range []struct{ url, host, target string }{
		{"http://www.example.com:8080/a?b=c", "www.example.com", "/a?b=c"},
		{"http://u:p@[2001:db8::1]:80/a", "2001:db8::1", "/a"},
		{"www.example.com/a", "www.example.com", "/a"},
		{"www.example.com:443", "www.example.com", ""},
		{"/a/b?u=http://x/", "", "/a/b?u=http://x/"},
		{"http://www.example.com?x", "www.example.com", "?x"},
		{"", "", ""},
	} {
		host, target := textlog.SplitURL([]byte(c.url))
		if string(host) != c.host || string(target) != c.target {
			t.Errorf("%q: %q and %q, want %q and %q", c.url, host, target, c.host, c.target)
		}
	}
}

func TestCells(t *testing.T) {
	var shapes textlog.Shapes
	rec := textlog.NewRecord(&shapes)
	for line, want := range map[string]string{
		`a,b,,c`:        `["a" "b" "" "c"]`,
		`"a,b",c`:       `["a,b" "c"]`,
		`"a ""b""",c`:   `["a \"b\"" "c"]`,
		`"never closed`: `["never closed"]`,
		`a,`:            `["a" ""]`,
		`"a"x,b`:        `["a" "b"]`,
	} {
		if got := fmt.Sprintf("%q", textlog.Cells(nil, []byte(line), rec)); got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
}

func TestNextPair(t *testing.T) {
	got := ""
	for rest := []byte(`a=1 b="x y" c="q\"r" word d= e="cut`); len(rest) > 0; {
		key, value, tail, ok := textlog.NextPair(rest)
		rest = tail
		if ok {
			got += fmt.Sprintf("%s=%s;", key, value)
		}
	}
	if want := `a=1;b=x y;c=q\"r;d=;e=cut;`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRecordsWithTheSameNamesShareAShape(t *testing.T) {
	var shapes textlog.Shapes
	one, two := textlog.NewRecord(&shapes), textlog.NewRecord(&shapes)
	var a, b, c event.Event
	for range 2 {
		one.Reset()
		one.Add("x", []byte("1"))
		one.Named([]byte("y"), []byte("2"))
		one.Add("x", []byte("3"))
		one.Alias("z", []byte("4"))
		one.Fill(&a)
	}
	two.Add("x", nil)
	two.Add("y", nil)
	two.Alias("z", nil)
	two.Fill(&b)
	two.Reset()
	two.Add("x\x00y", nil)
	two.Fill(&c)
	if a.Shape != b.Shape || c.Shape == a.Shape || len(a.Shape.Fields) != 3 || len(a.Values) != 4 || a.Values[2].Field != 0 || !a.Shape.Fields[2].Header {
		t.Errorf("shapes %+v and %+v, values %+v", a.Shape, b.Shape, a.Values)
	}
}

func TestFieldsOfOneRecordAreBounded(t *testing.T) {
	var shapes textlog.Shapes
	r := textlog.NewRecord(&shapes)
	for i := range 5000 {
		r.Named(fmt.Append(nil, "n", i), []byte("v"))
	}
	var e event.Event
	r.Fill(&e)
	if !r.Excess || len(e.Shape.Fields) != 1024 || len(e.Values) != 1024 {
		t.Errorf("%d fields, %d values, excess %t", len(e.Shape.Fields), len(e.Values), r.Excess)
	}
}

func TestOverlongLinesAreCutAndStillSearched(t *testing.T) {
	line := "Jun 15 10:00:00 web1 app[1]: " + strings.Repeat("a", 10<<20)
	in := evidence(line + "\nJun 15 10:00:01 web1 app[1]: next\n")
	events, rep := sourcetest.Read(t, syslog.New(), in)
	if len(events) != 2 || rep.Damaged != 1 || rep.Damage[0].Reason != "line too long" || rep.Bytes != in.Size {
		t.Fatalf("%d events, report %+v", len(events), rep)
	}
	if m, _ := events[0].Get("Message"); len(m) != textlog.MaxLine {
		t.Errorf("message of %d bytes", len(m))
	}
	if o := events[1].Origin; o.Line != 2 || o.Offset != int64(len(line)+1) {
		t.Errorf("origin of the next line %+v", o)
	}
}

func TestBrokenUTF8IsReplaced(t *testing.T) {
	events, _ := sourcetest.Read(t, syslog.New(), evidence("Jun 15 10:00:00 web1 app[1]: a\xffb\n"))
	if m, _ := events[0].Get("Message"); !strings.HasSuffix(string(m), "a\ufffdb") {
		t.Errorf("message %q", m)
	}
}

func TestSyslogUnpacksWhatItCarries(t *testing.T) {
	text := strings.Join([]string{
		"Jun 15 10:00:00 web1 sshd[1]: Accepted publickey for mia from 192.0.2.9 port 4711 ssh2",
		"Jun 15 10:00:01 fw1 CEF:0|Check Point|F|1|1|n|3|src=192.0.2.9 dst=198.51.100.7 act=drop",
		"Jun 15 10:00:02 fw2 date=2025-06-15 time=10:00:02 logid=\"1\" type=\"event\" action=\"Add\"",
		"Jun 15 10:00:03 px1 squid[3]: 1750000000.123 87 192.0.2.9 TCP_MISS/200 4512 GET http://example.com/ - HIER_DIRECT/198.51.100.7 -",
		"Jun 15 10:00:04 gw dnsmasq[1]: query[A] example.com from 192.0.2.9",
		"Jun 15 10:00:05 mx1 postfix/smtpd[12]: 4Bz1x2: client=unknown[192.0.2.9]",
		"Jun 15 10:00:06 web1 nginx: 192.0.2.9 - - [15/Jun/2025:10:00:00 +0200] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"",
		"Jun 15 10:00:07 px2 nss: {\"sourcetype\":\"zscalernss-web\",\"event\":{\"time\":\"Sun Jun 15 10:00:00 2025\",\"eurl\":\"a/b\"}}",
		"Jun 15 10:00:08 web2 nginx: {\"remote_addr\":\"192.0.2.9\",\"request\":\"GET / HTTP/1.1\",\"status\":200}",
		"Jun 15 10:00:09 web2 app: {\"a\":1}",
		"    at something.that.is.no.line",
	}, "\n") + "\n"
	in := evidence(text)
	f := syslog.New()
	events, rep := sourcetest.Read(t, f, in)
	var got []string
	for _, e := range events {
		got = append(got, e.Source.Log()+"@"+e.Host)
	}
	want := "[linux/sshd@web1 checkpoint/firewall/cef@fw1 fortigate/event@fw2 squid/proxy@px1 dnsmasq/dns@gw linux/postfix@mx1 webserver@web1 zscaler/proxy/web@px2 webserver@web2 linux/syslog@web2 linux/syslog@]"
	if at := events[8].Time; at.Year() != 2025 {
		t.Errorf("a request without time of its own is at %v, want the time of the header", at)
	}
	if fmt.Sprint(got) != want || rep.Damaged != 1 || !f.Claims("x", in.Head) {
		t.Errorf("got %v\nwant %s\nreport %+v", got, want, rep)
	}
}

func TestNobodyClaimsOtherText(t *testing.T) {
	for _, text := range []string{
		"", "\n\n", "hello world\n", "a,b,c\n1,2,3\n", "<?xml version=\"1.0\"?>\n<Events/>\n", "{\"a\":1}\n",
		"# comment\n# another\n", "#separator \\x09\n#fields\tts\tuid\n#types\ttime\tstring\n1\tC1\n",
		"type=SYSCALL msg=audit(1750000000.123:901): arch=c000003e\n", "key=value type=x\n",
		"Jun 15 10:00:00 web1 sysmon: <Event><System></System></Event>\n",
		"ts,te,td,sa,da\n2025-06-15 10:00:00,2025-06-15 10:00:01,1,192.0.2.1,192.0.2.2\n", "\x7fELF\x02\x01",
		"#Software: Microsoft Exchange Server\n#Fields: date-time,client-ip,source\n2025-06-15T10:00:00.123Z,192.0.2.1,SMTP\n",
	} {
		in := evidence(text)
		for _, f := range formats() {
			if f.Claims(in.Path, in.Head) {
				t.Errorf("%s claims %q", f.Name(), text)
			}
		}
	}
}

// TestNobodyClaimsTheCorpora: but for one line of Cisco, nothing in the corpora
// is a text log of these formats, though some of it looks a little like one.
func TestNobodyClaimsTheCorpora(t *testing.T) {
	seen := 0
	for _, folder := range []string{"zeek", "apt29", "intel", "stix", "sigma/regression_data"} {
		root := sourcetest.Corpus(t, folder)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			head, err := headOf(path)
			for _, f := range formats() {
				cisco := filepath.Ext(path) == ".raw" && f.Name() == "syslog"
				if f.Claims(d.Name(), head) != cisco {
					t.Errorf("%s claims %s: %t", f.Name(), path, !cisco)
				}
			}
			seen++
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 100 {
		t.Errorf("only %d files", seen)
	}
}

func headOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, source.HeadSize)
	n, err := io.ReadFull(f, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return head[:n], err
}

func TestColumnsThatChangeKeepTheFileWhole(t *testing.T) {
	one := "#Fields: date time cs-method cs-uri-stem\n" + strings.Repeat("2025-06-15 10:00:00 GET /a\n", 200_000)
	two := "#Fields: date time cs-uri-stem cs-method\n" + strings.Repeat("2025-06-15 10:00:00 /a PUT\n", 10)
	f := formatOf(t, "elff")
	for _, c := range []struct {
		text  string
		parts int
	}{{one + one, 3}, {one + two, 1}} {
		in := evidence(c.text)
		parts, err := f.Split(t.Context(), in)
		if err != nil || len(parts) != c.parts {
			t.Errorf("%d parts, want %d, error %v", len(parts), c.parts, err)
		}
		sourcetest.Each(t, f, in, func(e *event.Event) bool {
			if stem, _ := e.Get("cs-uri-stem"); string(stem) != "/a" {
				t.Fatalf("stem %q in line %d", stem, e.Origin.Line)
			}
			return true
		})
	}
}

func TestALogThatDoesNotNameItsMachineIsNoted(t *testing.T) {
	for _, c := range []struct {
		format, text string
		noted        bool
	}{
		{"squid", "1750000000.123 87 192.0.2.9 TCP_MISS/200 4512 GET http://example.com/ - HIER_NONE/- -\n", true},
		{"squid", "Jun 15 10:00:00 px1 squid[1]: 1750000000.123 87 192.0.2.9 TCP_MISS/200 4512 GET http://example.com/ - HIER_NONE/- -\n", false},
		{"zscaler", "{\"sourcetype\":\"zscalernss-web\",\"event\":{\"eurl\":\"a\"}}\n", true},
	} {
		_, rep := sourcetest.Read(t, formatOf(t, c.format), evidence(c.text))
		if slices.Contains(rep.Notes, textlog.NoHost) != c.noted {
			t.Errorf("%s: notes %q", c.text, rep.Notes)
		}
	}
}
