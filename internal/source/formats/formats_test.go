package formats_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"tyto/evtx"
	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/formats"
	"tyto/internal/source/mixed"
	"tyto/internal/source/sourcetest"
)

// A sample is evidence that one format reads: records times the same kind of
// record, and a way of damaging it so that some survive.
type sample struct {
	format  string
	text    string
	records int
	harmed  string
	field   string // counts the records, from 0
}

// counting names the field that counts the records.
func (s sample) counting(field string) sample {
	s.field = field
	return s
}

// headed puts a heading before the records.
func (s sample) headed(line string) sample {
	s.text, s.harmed = line+"\n"+s.text, line+"\n"+s.harmed
	return s
}

func samples(t testing.TB) []sample {
	const n = 3000
	log := eventLog(t, n)
	return []sample{
		{"evtx", log, n, log[:72_000] + strings.Repeat("\xff", 100) + log[72_100:], "N"},
		lined("winjson", n, `{"EventID":4688,"Channel":"Security","SourceName":"P","Hostname":"H","TimeCreated":"2024-03-01T10:00:00Z","N":"%d"}`),
		oldLog(n),
		xmlLog(n),
		textLog(n),
		lined("wincsv", n, `2024-03-01T10:00:00Z,4688,Security,P,H,"%d"`).headed("TimeCreated,EventID,Channel,Provider,Computer,N"),
		{"pcap", capture(t, n), n, harm(capture(t, n)), "id.orig_p"},
		lined("cloudtrail", n, `{"eventVersion":"1.08","userIdentity":{"type":"Root"},"eventTime":"2025-06-15T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"X","N":"%d"}`),
		lined("azure", n, `{"time":"2025-06-15T10:00:00Z","resourceId":"/tenants/x","operationName":"Sign-in activity","category":"SignInLogs","N":"%d"}`),
		lined("m365", n, `{"CreationTime":"2025-06-15T10:00:00","Operation":"X","Workload":"Exchange","RecordType":1,"N":"%d"}`),
		lined("gcp", n, `{"protoPayload":{"methodName":"x","serviceName":"y"},"logName":"projects/p/logs/cloudaudit","timestamp":"2025-06-15T10:00:00Z","N":"%d"}`),
		lined("okta", n, `{"eventType":"x","published":"2025-06-15T10:00:00Z","debugContext":{"debugData":{"a":"b"}},"N":"%d"}`),
		lined("github", n, `{"action":"x","@timestamp":1749974400000,"actor":"a","org":"o","N":"%d"}`),
		lined("bitbucket", n, `{"auditType":{"action":"x","category":"y"},"timestamp":{"epochSecond":1749974400,"nano":0},"N":"%d"}`),
		lined("kubernetes", n, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"x","verb":"get","requestURI":"/","stageTimestamp":"2025-06-15T10:00:00.000000Z","N":"%d"}`),
		lined("onelogin", n, `{"event_type_id":5,"account_id":1,"created_at":"2025-06-15T10:00:00Z","N":"%d"}`),
		lined("duo", n, `{"event_type":"authentication","txid":"x","factor":"push","isotimestamp":"2025-06-15T10:00:00+00:00","N":"%d"}`),
		lined("opencanary", n, `{"logtype":4002,"node_id":"c","logdata":{"a":"b"},"utc_time":"2025-06-15 10:00:00.000000","N":"%d"}`),
		lined("auditd", n, `type=USER_LOGIN msg=audit(1750000000.123:901): N=%d`),
		lined("sysmonlinux", n, `Jun 15 10:00:00 web1 sysmon: <Event><System><Provider Name="Linux-Sysmon"/><EventID>1</EventID><TimeCreated SystemTime="2025-06-15T10:00:00Z"/><Computer>web1</Computer></System><EventData><Data Name="N">%d</Data></EventData></Event>`),
		lined("journald", n, `{"__REALTIME_TIMESTAMP":"1749974400000000","__CURSOR":"x","_HOSTNAME":"h","MESSAGE":"m","N":"%d"}`),
		lined("eslogger", n, `{"schema_version":1,"event_type":15,"process":{"executable":{"path":"/bin/sh"}},"event":{"exit":{"stat":0}},"time":"2025-06-15T10:00:00Z","seq_num":1,"N":"%d"}`),
		lined("m365csv", n, `%d,"{""Operation"":""x"",""Workload"":""y"",""CreationTime"":""2025-06-15T10:00:00Z""}"`).headed("N,AuditData"),
		lined("azurecsv", n, `2025-06-15T10:00:00Z,Sign-in activity,0,%d`).headed("TimeGenerated,OperationName,ResultType,N"),
		lined("azureportal", n, `2025-06-15T10:00:00Z,r%[1]d,c,mia@example.com,50126,%[1]d`).headed("Date (UTC),Request ID,Correlation ID,Username,Sign-in error code,N"),
		lined("laurel", n, `{"ID":"1750000000.123:7","NODE":"web1","USER_LOGIN":{"pid":1,"N":%d}}`),
		lined("santa", n, `[2025-06-15T10:00:00.000Z] I santad: action=EXEC|decision=ALLOW|pid=9|ppid=1|path=/bin/sh|args=sh|N=%d`),
		lined("eve", n, `{"timestamp":"2025-06-15T17:06:40.123456+0200","flow_id":7,"event_type":"tls","src_ip":"192.0.2.1","N":"%d"}`),
		lined("zeek", n, `{"ts":1750000000.5,"uid":"C","_path":"conn","N":"%d"}`),
		lined("zeek", n, "1750000000.5\tCabc\t%d\tx\ty").headed("#separator \\x09\n#path\tconn\n#fields\tts\tuid\tN\ta\tb\n#types\ttime\tstring\tcount\tstring\tstring"),
		lined("flowcsv", n, "2025-06-15 10:00:00,2025-06-15 10:00:05,5.000,10.0.1.4,192.0.2.9,51514,%d,TCP").headed("ts,te,td,sa,da,sp,N,dp"),
		lined("cef", n, `CEF:0|V|P|1|1|name|3|rt=1749974400123 N=%d msg=a b`),
		lined("leef", n, "LEEF:1.0|V|P|1|1|devTime=1749974400\tN=%d\tx=y"),
		lined("fortinet", n, `date=2025-06-15 time=10:00:00 logid="1" type="event" N=%d`),
		lined("zscaler", n, `{"sourcetype":"zscalernss-web","event":{"time":"Sun Jun 15 10:00:00 2025","N":"%d"}}`),
		lined("elff", n, "2025-06-15 10:00:00 %d /a").headed("#Fields: date time N cs-uri-stem"),
		lined("paloalto", n, `1,2025/06/15 10:00:01,001,TRAFFIC,end,1,2025/06/15 10:00:00,192.0.2.9,198.51.100.7,,,,,,,,,,,,,,,,,%d,,,,`).counting("dport"),
		lined("squid", n, `1750000000.123 %d 192.0.2.9 TCP_MISS/200 4512 GET http://example.com/ - HIER_DIRECT/198.51.100.7 text/html`).counting("elapsed"),
		lined("weblog", n, `192.0.2.9 - - [15/Jun/2025:10:00:00 +0200] "GET /a HTTP/1.1" 200 %d`).counting("body_bytes_sent"),
		lined("dnslog", n, `15-Jun-2025 10:00:00.425 client 192.0.2.9#%d: query: example.com IN A + (198.51.100.1)`).counting("src_port"),
		lined("postfix", n, `Jun 15 10:00:00 mx1 postfix/qmgr[13]: 4Bz1x2: from=<mia@example.com>, size=%d, nrcpt=1`).counting("size"),
		lined("syslog", n, `Jun 15 10:00:00 web1 app[%d]: hello`).counting("pid"),
		alternating("mixed", n, `{"timestamp":"2025-06-15T17:06:40.123456+0200","flow_id":7,"event_type":"tls","src_ip":"192.0.2.1","N":"%d"}`,
			`{"action":"x","@timestamp":1749974400000,"actor":"a","org":"o","N":"%d"}`),
		lined("jsonlog", n, `{"ts":1709287200.5,"N":"%d","peer":{"ip":"192.0.2.1"}}`),
	}
}

// alternating makes a sample of a format with records of two kinds.
func alternating(format string, n int, lines ...string) sample {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, lines[i%len(lines)]+"\n", i)
	}
	text := b.String()
	return sample{format, text, n, harm(text), "N"}
}

// lined makes a sample of a format with one record in a line.
func lined(format string, n int, line string) sample { return alternating(format, n, line) }

// capture is n datagrams, from port i to port 9.
func capture(t testing.TB, n int) string {
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	if err := w.WriteFileHeader(1<<16, layers.LinkTypeRaw); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		ip := []byte{0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7}
		packet := append(ip, byte(i>>8), byte(i), 0, 9, 0, 9, 0, 0, 'x')
		info := gopacket.CaptureInfo{Timestamp: time.Unix(1750000000, 0), CaptureLength: len(packet), Length: len(packet)}
		if err := w.WritePacket(info, packet); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// harm breaks a text in its middle.
func harm(text string) string {
	mid := len(text) / 2
	return text[:mid] + "\x00{\n" + text[mid:]
}

func eventLog(t testing.TB, n int) string {
	var b bytes.Buffer
	w := evtx.NewWriter(&b)
	for i := range n {
		err := w.Write(evtx.Entry{Provider: "P", EventID: 4688, Channel: "Security", Computer: "H",
			Time: time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC), Data: []evtx.Datum{{Name: "N", Value: fmt.Sprint(i)}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func byName(t *testing.T, name string) source.Format {
	for _, f := range formats.All(formats.Options{}) {
		if f.Name() == name {
			return f
		}
	}
	t.Fatalf("no format %s", name)
	return nil
}

func TestEveryFormatHasASample(t *testing.T) {
	var have, want []string
	for _, s := range samples(t) {
		have = append(have, s.format)
	}
	for _, f := range formats.All(formats.Options{}) {
		if f.Name() != "plain" { // claims nothing unless the user says so
			want = append(want, f.Name())
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(slices.Compact(have), want) {
		t.Errorf("samples of %v, formats %v", have, want)
	}
}

func TestJSONLinesOfEveryFormatAreReadAmongOthersToo(t *testing.T) {
	members := mixed.Members()
	for _, s := range samples(t) {
		line, _, _ := strings.Cut(s.text, "\n")
		if strings.HasPrefix(line, "{") && mixed.Known(members, []byte(line)) != (s.format != "jsonlog") {
			t.Errorf("package mixed and the samples disagree on whether %s is a format of its own", s.format)
		}
	}
}

// TestConformance holds every format to the contract of package source.
func TestConformance(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.format, func(t *testing.T) {
			in := sourcetest.Input("evidence", s.text)
			t.Run("claims its own", func(t *testing.T) { claims(t, s, in) })
			t.Run("reads all", func(t *testing.T) { readsAll(t, s, in) })
			t.Run("repeats itself", func(t *testing.T) { repeats(t, s, in) })
			t.Run("reads parts in any order", func(t *testing.T) { anyOrder(t, s, in) })
			t.Run("reads parts at the same time", func(t *testing.T) { sameTime(t, s, in) })
			t.Run("tells damage", func(t *testing.T) { tellsDamage(t, s) })
			t.Run("is cut anywhere", func(t *testing.T) { cutAnywhere(t, s) })
			t.Run("ends with its context", func(t *testing.T) { endsWithContext(t, s, in) })
			t.Run("ends with its caller", func(t *testing.T) { endsWithCaller(t, s, in) })
			t.Run("tells read errors", func(t *testing.T) { tellsReadErrors(t, s) })
			t.Run("reads nothing from nothing", func(t *testing.T) { empty(t, s) })
		})
	}
}

func claims(t *testing.T, s sample, in *source.Input) {
	all := formats.All(formats.Options{})
	if f := source.Identify(all, in); f == nil || f.Name() != s.format {
		t.Errorf("identified as %v", f)
	}
	for _, f := range all {
		if f.Name() != s.format && f.Name() != "jsonlog" && s.format != "mixed" && f.Claims("evidence", in.Head) {
			t.Errorf("%s claims it too", f.Name())
		}
		for n := range 64 {
			f.Claims("", in.Head[:n]) // must not panic
		}
	}
}

func readsAll(t *testing.T, s sample, in *source.Input) {
	n := 0
	rep := sourcetest.Each(t, byName(t, s.format), in, func(e *event.Event) bool {
		if e.Origin.File != in.Path || e.Shape == nil || e.Source == (event.Source{}) && s.format != "jsonlog" {
			t.Fatalf("event %d is %+v", n, e)
		}
		if v, _ := e.Get(s.field); string(v) != fmt.Sprint(n) {
			t.Fatalf("event %d has %s %q", n, s.field, v)
		}
		n++
		return true
	})
	if n != s.records || rep.Records+rep.Again != int64(n) || rep.Bytes != in.Size || rep.Damaged != 0 || len(rep.Damage) > 0 {
		t.Errorf("%d events of %d, report %+v", n, s.records, rep)
	}
}

func repeats(t *testing.T, s sample, in *source.Input) {
	f := byName(t, s.format)
	a, ra := sourcetest.Read(t, f, in)
	b, rb := sourcetest.Read(t, f, in)
	if fmt.Sprint(ra) != fmt.Sprint(rb) || len(a) != len(b) {
		t.Fatalf("reports differ: %+v and %+v", ra, rb)
	}
	for i := range a {
		if !a[i].Equal(b[i]) || a[i].Origin != b[i].Origin || a[i].ID() != b[i].ID() {
			t.Fatalf("event %d differs: %+v and %+v", i, a[i], b[i])
		}
	}
}

func anyOrder(t *testing.T, s sample, in *source.Input) {
	f := byName(t, s.format)
	parts, err := f.Split(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := sourcetest.Read(t, f, in)
	got := make([][]*event.Event, len(parts))
	for i := len(parts) - 1; i >= 0; i-- {
		f.NewReader().Read(t.Context(), in, parts[i], func(e *event.Event) bool {
			got[i] = append(got[i], e.Clone())
			return true
		})
	}
	all := slices.Concat(got...)
	if !slices.EqualFunc(all, want, func(a, b *event.Event) bool { return a.Equal(b) && a.Origin == b.Origin }) {
		t.Errorf("%d events in reverse, %d forwards, or they differ", len(all), len(want))
	}
}

func sameTime(t *testing.T, s sample, in *source.Input) {
	f := byName(t, s.format)
	parts, err := f.Split(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	const readers = 4
	counts := make([]int64, readers)
	shapes := make([]map[*event.Shape]bool, readers)
	var wg sync.WaitGroup
	for i := range readers {
		shapes[i] = map[*event.Shape]bool{}
		wg.Go(func() {
			r := f.NewReader()
			for _, p := range parts {
				counts[i] += r.Read(t.Context(), in, p, func(e *event.Event) bool {
					shapes[i][e.Shape] = true
					return true
				}).Records
			}
		})
	}
	wg.Wait()
	for i, n := range counts {
		if n != int64(s.records) || !maps.Equal(shapes[i], shapes[0]) {
			t.Errorf("reader %d: %d records of %d, %d shapes of its own", i, n, s.records, len(shapes[i]))
		}
	}
}

func tellsDamage(t *testing.T, s sample) {
	in := sourcetest.Input("evidence", s.harmed)
	events, rep := sourcetest.Read(t, byName(t, s.format), in)
	if len(events) < s.records*9/10 || rep.Damaged == 0 || len(rep.Damage) == 0 || rep.Bytes != in.Size {
		t.Errorf("%d events of %d, report %+v of %d bytes", len(events), s.records, rep, in.Size)
	}
	for _, d := range rep.Damage {
		if d.Reason == "" || d.Offset < 0 || d.Length <= 0 || d.Offset+d.Length > in.Size {
			t.Errorf("damage %+v of %d bytes", d, in.Size)
		}
		if line := 1 + int64(strings.Count(s.harmed[:d.Offset], "\n")); events[0].Origin.Line > 0 && d.Line != line {
			t.Errorf("damage %+v stands in line %d", d, line)
		}
	}
}

func cutAnywhere(t *testing.T, s sample) {
	f := byName(t, s.format)
	for _, cut := range []int{1, 100, 4095, 4097, 5000, len(s.text) / 3, len(s.text) - 1} {
		in := sourcetest.Input("evidence", s.text[:cut])
		n := int64(0)
		rep := sourcetest.Each(t, f, in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("cut at %d: %d events, report %+v", cut, n, rep)
		}
	}
}

func endsWithContext(t *testing.T, s sample, in *source.Input) {
	f := byName(t, s.format)
	parts, err := f.Split(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := 0
	for _, p := range parts {
		f.NewReader().Read(ctx, in, p, func(*event.Event) bool { n++; return true })
	}
	if n > 100*len(parts) {
		t.Errorf("%d events after the end of the context", n)
	}
}

func endsWithCaller(t *testing.T, s sample, in *source.Input) {
	f := byName(t, s.format)
	n := 0
	parts, _ := f.Split(t.Context(), in)
	rep := f.NewReader().Read(t.Context(), in, parts[0], func(*event.Event) bool { n++; return n < 3 })
	if n != 3 || rep.Records != 3 {
		t.Errorf("%d events, %d reported, want 3", n, rep.Records)
	}
}

// A failing reader has bytes up to a point and errors beyond.
type failing struct {
	io.ReaderAt
	good int64
}

var errDisk = errors.New("bad sector")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) <= f.good {
		return f.ReaderAt.ReadAt(p, off)
	}
	if off >= f.good {
		return 0, errDisk
	}
	n, _ := f.ReaderAt.ReadAt(p[:f.good-off], off)
	return n, errDisk
}

func tellsReadErrors(t *testing.T, s sample) {
	f := byName(t, s.format)
	in := sourcetest.Input("evidence", s.text)
	in.ReaderAt = failing{in.ReaderAt, in.Size / 2}
	parts, err := f.Split(t.Context(), in)
	if err != nil {
		return // told
	}
	var sum source.Report
	for _, p := range parts {
		sum.Add(f.NewReader().Read(t.Context(), in, p, func(*event.Event) bool { return true }))
	}
	if sum.Records == 0 || sum.Bytes >= in.Size || len(sum.Damage) == 0 {
		t.Errorf("report %+v of %d bytes of which half can be read", sum, in.Size)
	}
}

func empty(t *testing.T, s sample) {
	rep := sourcetest.Each(t, byName(t, s.format), sourcetest.Input("evidence", ""), func(*event.Event) bool { return true })
	if rep.Records != 0 || rep.Bytes != 0 {
		t.Errorf("report %+v of nothing", rep)
	}
}
