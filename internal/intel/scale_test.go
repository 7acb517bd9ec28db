package intel

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"tyto/internal/event"
)

// manyIndicators writes a table of n mixed indicators, none of them real.
func manyIndicators(n int) []byte {
	var b bytes.Buffer
	b.WriteString("type,value,source,date\n")
	for i := range n {
		sum := sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16), byte(i >> 24)})
		h := hex.EncodeToString(sum[:])
		switch i % 8 {
		case 0, 1:
			fmt.Fprintf(&b, "sha256,%s", h)
		case 2:
			fmt.Fprintf(&b, "md5,%s", h[:32])
		case 3, 4:
			fmt.Fprintf(&b, "domain,h%s.c%s.com", h[:6], h[6:14])
		case 5:
			fmt.Fprintf(&b, "ip,%d.%d.%d.%d", 20+sum[0]%60, sum[1], sum[2], sum[3])
		case 6:
			fmt.Fprintf(&b, "url,http://u%s.com/%s", h[:8], h[8:20])
		case 7:
			fmt.Fprintf(&b, "filename,f%s.exe", h[:10])
		}
		b.WriteString(",Some Feed,2026-11-01\n")
	}
	return b.Bytes()
}

func compileMany(t testing.TB, raw []byte) *Set {
	t.Helper()
	im, err := Read(bytes.NewReader(raw), "many.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Compile(Check(im.Indicators, lists()))
}

// heap is the memory in use after a collection.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAHundredThousandIndicatorsStaySmall(t *testing.T) {
	raw := manyIndicators(100_000)
	lists()
	before := heap()
	s := compileMany(t, raw)
	used := int64(heap()) - int64(before)
	t.Logf("%d indicators in %d MB", s.Len(), used>>20)
	if used > 60<<20 {
		t.Errorf("%d bytes, want at most 60 MiB", used)
	}
	runtime.KeepAlive(s)
	runtime.KeepAlive(raw)
}

func quietEvents() []*event.Event {
	return []*event.Event{
		fields("Image", `C:\Windows\System32\svchost.exe`, "CommandLine", `C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule`,
			"Hashes", "MD5=F0E1D2C3B4A5968778695A4B3C2D1E0F,SHA256=F0E1D2C3B4A5968778695A4B3C2D1E0FF0E1D2C3B4A5968778695A4B3C2D1E0F,IMPHASH=F0E1D2C3B4A5968778695A4B3C2D1E0F",
			"User", `NT AUTHORITY\SYSTEM`, "ParentImage", `C:\Windows\System32\services.exe`, "ParentCommandLine", `"C:\Windows\system32\services.exe"`),
		fields("SourceIp", "10.0.0.5", "DestinationIp", "2001:4860:4860::8888", "DestinationHostname", "dns.google.com", "Image", `C:\x\y.exe`),
		fields("QueryName", "settings-win.data.microsoft.com", "QueryResults", "type:  5 a.b.c.akadns.net;::ffff:20.1.2.3;"),
		fields("id.orig_h", "10.0.0.5", "id.resp_h", "93.184.216.34", "host", "www.example.org", "uri", "/a/b?c=d", "user_agent", "Mozilla/5.0"),
		fields("TargetObject", `HKLM\System\CurrentControlSet\Services\W32Time\Config`, "Details", "DWORD (0x00000001)", "Image", `C:\Windows\x.exe`),
		fields("ObjectName", `\REGISTRY\MACHINE\SOFTWARE\x`, "ObjectType", "Key", "ProcessName", `C:\Windows\x.exe`),
		fields("ObjectName", `C:\Windows\x.dll`, "ObjectType", "File", "ProcessName", `C:\Windows\x.exe`),
		fields("PipeName", `\lsass`, "Image", "System"),
		fields("ImageLoaded", `C:\Windows\System32\ntdll.dll`, "Image", `C:\Windows\x.exe`, "Signed", "true", "SignatureStatus", "Valid"),
		fields("ScriptBlockText", "Get-ChildItem -Path $env:TEMP | Where-Object { $_.Length -gt 100 } ; Invoke-WebRequest https://www.example.org/x.zip -OutFile y.zip"),
		fields("c-ip", "10.0.0.5", "cs-host", "www.example.org", "cs-uri-stem", "/x/y.js", "cs-uri-query", "v=1", "cs(User-Agent)", "Mozilla/5.0", "cs-cookie", "a=1; b=2"),
	}
}

func TestEventsWithoutAHitCostNoAllocation(t *testing.T) {
	raw := append(manyIndicators(1000), []byte(`path,C:\ProgramData\WinDrive\,,
path-pattern,%TEMP%\browser_temp_data<RANDOM>,,
pipe,\id1<decimal address>,,
cmdline,colorcpl.exe 22,,
sideload-pair,K7AVMScn.exe|K7AVWScn.dll,,
registry-key,HKLM\Software\Microsoft\midihelp,,
service-name,Windrive,,
ip,2a00:1450::1,,
ip,96.44.160.0/24,,
user-agent,Evil/1.0,,
url,http://96.44.160.181,,
http-cookie-name,phpsessid,,
`)...)
	s := compileMany(t, raw)
	m, sight := s.NewMatcher(), s.NewSightings()
	events := quietEvents()
	found := func(h Hit) { t.Errorf("%s in %s", h.Indicator.Value, h.Field) }
	all := func() {
		for _, ev := range events {
			m.Match(ev, found)
			sight.Searched(ev, m)
		}
	}
	all()
	if n := testing.AllocsPerRun(100, all); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		raw := manyIndicators(n)
		lists()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for range b.N {
				before := heap()
				s := compileMany(b, raw)
				b.ReportMetric(float64(heap()-before)/(1<<20), "MB-kept")
				runtime.KeepAlive(s)
			}
		})
	}
}

func BenchmarkMatchQuiet(b *testing.B) {
	s := compileMany(b, manyIndicators(100_000))
	m, events := s.NewMatcher(), quietEvents()
	b.ReportAllocs()
	for b.Loop() {
		for _, ev := range events {
			m.Match(ev, func(Hit) {})
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(events)), "ns/event")
}

func BenchmarkReadSTIX(b *testing.B) {
	var raw bytes.Buffer
	raw.WriteString(`{"type":"bundle","id":"bundle--1","objects":[`)
	for i := range 20_000 {
		if i > 0 {
			raw.WriteByte(',')
		}
		raw.WriteString(stixIndicator(i, fmt.Sprintf("[domain-name:value = 'h%d.evil.com']", i), ""))
	}
	raw.WriteString(`]}`)
	b.SetBytes(int64(raw.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if im := readText(b, raw.String(), Options{}); len(im.Indicators) != 20_000 {
			b.Fatal(len(im.Indicators))
		}
	}
}

func TestAListThatOpensAQuoteOnEveryLineIsReadInBoundedWork(t *testing.T) {
	list := "domain,ip\n" + strings.Repeat(`"a"b,"`+strings.Repeat("c", 1000)+"\n", 500)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	im := readText(t, list, Options{})
	runtime.ReadMemStats(&after)
	if im.Skipped != 500 {
		t.Errorf("%d rows told, want 500", im.Skipped)
	}
	if work := int(after.TotalAlloc-before.TotalAlloc) / len(list); work > 500 {
		t.Errorf("%d bytes copied for each byte of the list", work)
	}
}
