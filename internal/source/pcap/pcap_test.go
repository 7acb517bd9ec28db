package pcap

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/zeek"
)

func read(t testing.TB, text string) ([]*event.Event, source.Report) {
	t.Helper()
	return sourcetest.Read(t, New(), sourcetest.Input("x.pcap", text))
}

// show writes the logs of events with some fields, one in a line.
func show(events []*event.Event, names string) string {
	var out []string
	for _, e := range events {
		line := e.Source.Service
		for _, name := range strings.Fields(names) {
			for _, v := range e.Values {
				if e.Shape.Fields[v.Field].Name == name {
					line += " " + name + "=" + string(v.Text)
				}
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// only keeps the events of one log.
func only(events []*event.Event, log string) (out []*event.Event) {
	for _, e := range events {
		if e.Source.Service == log {
			out = append(out, e)
		}
	}
	return out
}

func expect(t *testing.T, events []*event.Event, names, want string) {
	t.Helper()
	if got := show(events, names); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func httpTape(t testing.TB) *tape {
	p := newTape(t)
	k := p.talk("10.0.1.4", 50000, "192.0.2.9", 80)
	k.open()
	k.send(0, flagACK|flagPSH, "POST /a.php?x=1 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: ua/1\r\nCookie: id=7\r\nContent-Type: text/plain; charset=x\r\nContent-Length: 5\r\n\r\nhello")
	k.send(1, flagACK, "HTTP/1.1 100 Continue\r\n\r\n")
	k.send(1, flagACK, "HTTP/1.1 404 Not Found\r\nContent-Type: Text/HTML\r\nContent-Length: 3\r\n\r\nno\n")
	k.send(0, flagACK, "GET /b HTTP/1.1\r\nHost: www.exam")
	k.send(0, flagACK, "ple.com\r\n\r\n")
	k.close()
	return p
}

func TestHTTP(t *testing.T) {
	events, rep := read(t, httpTape(t).pcap())
	expect(t, events, "method host uri user_agent status_code status_msg request_body_len response_body_len orig_mime_types resp_mime_types client_header_names c-uri cs-cookie",
		"http method=POST host=www.example.com uri=/a.php?x=1 user_agent=ua/1 status_code=404 status_msg=Not Found request_body_len=5 response_body_len=3 orig_mime_types=text/plain resp_mime_types=text/html"+
			" client_header_names=HOST client_header_names=USER-AGENT client_header_names=COOKIE client_header_names=CONTENT-TYPE client_header_names=CONTENT-LENGTH"+
			" c-uri=http://www.example.com/a.php?x=1 c-uri=/a.php?x=1 cs-cookie=id=7\n"+
			"http method=GET host=www.example.com uri=/b request_body_len=0 client_header_names=HOST c-uri=http://www.example.com/b c-uri=/b\nconn")
	if rep.Damaged != 0 || rep.Records != 3 {
		t.Errorf("report %+v", rep)
	}
	if e := events[0]; e.Source != (event.Source{Product: "zeek", Category: "proxy", Service: "http"}) || !e.Time.Equal(start.Add(30*time.Millisecond)) {
		t.Errorf("event of %s at %v", e.Source.Log(), e.Time)
	}
}

func TestConnections(t *testing.T) {
	events, _ := read(t, httpTape(t).pcap())
	expect(t, only(events, "conn"), "id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state history orig_pkts orig_ip_bytes resp_pkts local_orig local_resp dst_port",
		"conn id.orig_h=10.0.1.4 id.orig_p=50000 id.resp_h=192.0.2.9 id.resp_p=80 proto=tcp service=http duration=0.100000 orig_bytes=186 resp_bytes=98 conn_state=SF history=ShADdFf orig_pkts=7 orig_ip_bytes=466 resp_pkts=4 local_orig=true local_resp=false dst_port=80")
	uid, _ := events[0].Get("uid")
	if other, _ := events[2].Get("uid"); len(uid) != 18 || !bytes.Equal(uid, other) {
		t.Errorf("uids %s and %s", uid, other)
	}
}

func TestStates(t *testing.T) {
	const s, sa, a, f, r = flagSYN, flagSYN | flagACK, flagACK, flagFIN | flagACK, flagRST
	type step struct {
		from  int
		flags byte
	}
	for want, steps := range map[string][]step{
		"S0": {{0, s}, {0, s}}, "REJ": {{0, s}, {1, r | flagACK}}, "S1": {{0, s}, {1, sa}, {0, a}},
		"SF": {{0, s}, {1, sa}, {0, a}, {0, f}, {1, f}}, "S2": {{0, s}, {1, sa}, {0, f}}, "S3": {{0, s}, {1, sa}, {1, f}},
		"RSTO": {{0, s}, {1, sa}, {0, r}}, "RSTR": {{0, s}, {1, sa}, {1, r}}, "RSTOS0": {{0, s}, {0, r}}, "SH": {{0, s}, {0, f}},
		"SHR": {{1, sa}, {1, f}}, "RSTRH": {{1, sa}, {1, r}}, "OTH": {{0, a}},
	} {
		p := newTape(t)
		k := p.talk("10.0.1.4", 50000, "192.0.2.9", 80)
		for _, st := range steps {
			k.send(st.from, st.flags, "")
		}
		events, _ := read(t, p.pcap())
		expect(t, events, "id.orig_h conn_state", "conn id.orig_h=10.0.1.4 conn_state="+want)
	}
}

func TestNames(t *testing.T) {
	p := newTape(t)
	name := label("www", "Example", "com")
	p.udp("10.0.1.4", 50001, "10.0.1.1", 53, query(7, 0x0100, 1, name))
	p.udp("10.0.1.1", 53, "10.0.1.4", 50001, query(7, 0x8180, 1, name, record(5, append([]byte{5}, "alias\xc0\x10"...)), record(1, []byte{192, 0, 2, 1}), record(16, []byte("\x03IEX\x02\x01y"))))
	p.udp("10.0.1.4", 50001, "10.0.1.1", 53, query(8, 0x0100, 28, label("none", "example")))
	p.udp("10.0.1.1", 53, "10.0.1.4", 50001, query(9, 0x8183, 28, label("no", "example")))
	k := p.talk("10.0.1.4", 50002, "10.0.1.1", 53)
	k.open()
	m := string(query(10, 0x0100, 16, label("t", "example")))
	k.send(0, flagACK, "\x00"+string(rune(len(m)))+m[:5])
	k.send(0, flagACK, m[5:])
	events, _ := read(t, p.pcap())
	expect(t, only(events, "dns"), "proto trans_id query qtype_name rcode_name answers TTLs rtt RD RA rejected record_type answer",
		"dns proto=udp trans_id=7 query=www.example.com qtype_name=A rcode_name=NOERROR answers=alias.example.com answers=192.0.2.1 answers=TXT 3 IEX TXT 2 \\x01y TTLs=60 TTLs=60 TTLs=60 rtt=0.010000 RD=true RA=true rejected=false record_type=A answer=alias.example.com answer=192.0.2.1 answer=TXT 3 IEX TXT 2 \\x01y\n"+
			"dns proto=udp trans_id=9 query=no.example qtype_name=AAAA rcode_name=NXDOMAIN rtt=0.000000 RD=true RA=true rejected=false record_type=AAAA\n"+
			"dns proto=udp trans_id=8 query=none.example qtype_name=AAAA RD=true RA=false rejected=false record_type=AAAA\n"+
			"dns proto=tcp trans_id=10 query=t.example qtype_name=TXT RD=true RA=false rejected=false record_type=TXT")
	expect(t, only(events, "conn"), "service conn_state", "conn service=dns conn_state=SF\nconn service=dns conn_state=S1")
}

// hello is the first flight of Go's own TLS client.
func hello(t testing.TB, name string, protos ...string) string {
	t.Helper()
	a, b := net.Pipe()
	defer b.Close()
	go func() {
		c := tls.Client(a, &tls.Config{ServerName: name, InsecureSkipVerify: true, NextProtos: protos})
		_ = c.Handshake()
	}()
	buf := make([]byte, 1<<16)
	n, err := b.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	for n < 5 || n < 5+int(be.Uint16(buf[3:])) {
		m, err := b.Read(buf[n:])
		if err != nil {
			t.Fatal(err)
		}
		n += m
	}
	return string(buf[:n])
}

// serverHelloRecord chooses TLS 1.3, cipher 1301, and h2.
func serverHelloRecord() string {
	ext := "\x00\x2b\x00\x02\x03\x04" + "\x00\x10\x00\x05\x00\x03\x02h2"
	body := "\x03\x03" + strings.Repeat("r", 32) + "\x00\x13\x01\x00\x00" + string(rune(len(ext))) + ext
	msg := "\x02\x00\x00" + string(rune(len(body))) + body
	return "\x16\x03\x03\x00" + string(rune(len(msg))) + msg
}

func tlsTape(t testing.TB) *tape {
	p := newTape(t)
	k := p.talk("10.0.1.4", 50000, "192.0.2.9", 443)
	k.open()
	text := hello(t, "www.example.com", "h2", "http/1.1")
	third := len(text) / 3
	first := k.seq[0]
	k.at(0, first+uint32(2*third), flagACK, text[2*third:]) // the last piece comes first
	k.at(0, first, flagACK, text[:third])
	k.at(0, first, flagACK, text[:third+5]) // sent again, with more
	k.at(0, first+uint32(third), flagACK, text[third:2*third])
	k.send(1, flagACK, serverHelloRecord())
	return p
}

func TestTLS(t *testing.T) {
	for name, text := range map[string]string{"pcap": tlsTape(t).pcap(), "pcapng": tlsTape(t).pcapng()} {
		events, rep := read(t, text)
		ssl := only(events, "ssl")
		expect(t, ssl, "version cipher server_name next_protocol", "ssl version=TLSv13 cipher=TLS_AES_128_GCM_SHA256 server_name=www.example.com next_protocol=h2")
		if rep.Damaged != 0 || len(ssl) != 1 {
			t.Fatalf("%s: report %+v", name, rep)
		}
		ja3, _ := ssl[0].Get("ja3")
		ja4, _ := ssl[0].Get("ja4")
		if len(ja3) != 32 || !strings.HasPrefix(string(ja4), "t13d") || !strings.Contains(string(ja4), "h2_") {
			t.Errorf("%s: ja3 %s, ja4 %s", name, ja3, ja4)
		}
	}
}

// TestFingerprints holds JA3 and JA4 to the examples that their authors
// published.
func TestFingerprints(t *testing.T) {
	old := &clientHello{version: 769, ciphers: []uint16{47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
		extensions: []uint16{0, 10, 11}, groups: []uint16{23, 24, 25}, points: []byte{0}}
	if got := old.ja3(); got != "ada70206e40642a3e4461f35503241d5" {
		t.Errorf("ja3 %s", got)
	}
	if got := (&clientHello{version: 769, ciphers: []uint16{4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99}}).ja3(); got != "de350869b8c85de67a350c8d186f11e6" {
		t.Errorf("ja3 without extensions %s", got)
	}
	chrome := &clientHello{version: 0x0303, hasName: true, alpn: []string{"h2", "http/1.1"}, versions: []uint16{0x1a1a, 0x0304, 0x0303},
		ciphers:    []uint16{0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
		extensions: []uint16{0x2a2a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015},
		signatures: []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}}
	if got := chrome.ja4(); got != "t13d1516h2_8daaf6152771_e5627efa2ab1" {
		t.Errorf("ja4 %s", got)
	}
	if got := (&clientHello{version: 0x0303, alpn: []string{"\xab\xcd"}}).ja4(); got != "t12i0000ad_000000000000_000000000000" {
		t.Errorf("ja4 of nothing %s", got)
	}
}

func TestLinksAndLayers(t *testing.T) {
	plain := newTape(t)
	plain.udp("2001:db8::1", 5000, "2001:db8::2", 9, []byte("x"))
	raw := &tape{t: t, now: start, link: layers.LinkTypeRaw}
	raw.udp("2001:db8::1", 5000, "2001:db8::2", 9, []byte("x"))
	tagged := newTape(t)
	tagged.vlan = true
	tagged.udp("2001:db8::1", 5000, "2001:db8::2", 9, []byte("x"))
	for name, p := range map[string]*tape{"ethernet": plain, "raw": raw, "vlan": tagged} {
		events, _ := read(t, p.pcap())
		if got := show(events, "id.orig_h id.resp_p orig_ip_bytes"); got != "conn id.orig_h=2001:db8::1 id.resp_p=9 orig_ip_bytes=49" {
			t.Errorf("%s: got %s", name, got)
		}
	}
	plain.link = 147
	if events, rep := read(t, plain.pcap()); len(events) != 0 || !strings.Contains(strings.Join(rep.Notes, " "), "link type") {
		t.Errorf("unknown link: %d events, report %+v", len(events), rep)
	}
}

func TestTunnelThroughAProxy(t *testing.T) {
	p := newTape(t)
	k := p.talk("10.0.1.4", 50000, "10.0.1.9", 3128)
	k.open()
	k.send(0, flagACK, "CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n")
	k.send(1, flagACK, "HTTP/1.1 200 OK\r\n\r\n")
	k.send(0, flagACK, hello(t, "www.example.com"))
	events, _ := read(t, p.pcap())
	expect(t, events, "method uri status_code server_name service cs-host",
		"http method=CONNECT uri=www.example.com:443 status_code=200 cs-host=www.example.com\nssl server_name=www.example.com\nconn service=http,ssl")
}

func TestKeptBytesAreAccountedFor(t *testing.T) {
	tab := newTable(&emitter{logs: newLogs(), out: new(zeek.Writer), in: sourcetest.Input("x", ""), yield: func(*event.Event) bool { return true }})
	http, names := httpTape(t), newTape(t)
	for i := range 200 {
		names.udp("10.0.1.4", 50001, "10.0.1.1", 53, query(uint16(i), 0x0100, 1, label("www", "example")))
	}
	names.udp("10.0.1.1", 53, "10.0.1.4", 50001, query(199, 0x8180, 1, label("www", "example")))
	for _, p := range []*tape{http, tlsTape(t), names} {
		most := 0
		for i, f := range p.frames {
			tab.packet(&packet{data: f, length: len(f), time: p.times[i], link: p.link})
			most = max(most, tab.kept)
		}
		if most == 0 || most > 256<<10 {
			t.Errorf("%d bytes kept at most", most)
		}
		tab.flush()
		if tab.kept != 0 {
			t.Errorf("%d bytes kept by nobody", tab.kept)
		}
	}
	if tab.out.records == 0 {
		t.Error("no events")
	}
}

func TestHeadsOfCutPackets(t *testing.T) {
	p := newTape(t)
	k := p.talk("10.0.1.4", 50000, "192.0.2.9", 80)
	k.open()
	k.send(0, flagACK, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
	k.send(1, flagACK, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", 1000))
	k.send(1, flagACK, strings.Repeat("x", 1000))
	k.send(0, flagACK, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n")
	k.send(1, flagACK, "HTTP/1.1 404 NO\r\n\r\n"+strings.Repeat("x", 1000))
	p.cutting = 96
	events, _ := read(t, p.pcap())
	expect(t, events, "uri status_code resp_bytes", "http uri=/a status_code=200\nhttp uri=/b status_code=404\nconn resp_bytes=3038")
}

func TestConnectionsEnd(t *testing.T) {
	p := newTape(t)
	p.udp("10.0.1.4", 5000, "10.0.1.5", 9, []byte("x"))
	p.now = p.now.Add(2 * time.Minute)
	p.udp("10.0.1.4", 5000, "10.0.1.5", 9, []byte("x"))
	k := p.talk("10.0.1.4", 5001, "10.0.1.5", 81)
	k.open()
	k.close()
	k.open()
	events, _ := read(t, p.pcap())
	expect(t, events, "proto conn_state", "conn proto=udp conn_state=S0\nconn proto=tcp conn_state=SF\nconn proto=udp conn_state=S0\nconn proto=tcp conn_state=S1")
}

func TestDamageCostsItself(t *testing.T) {
	p := newTape(t)
	for i := range 300 {
		p.udp("10.0.1.4", uint16(5000+i), "10.0.1.5", 9, []byte("payload"))
	}
	for name, text := range map[string]string{"pcap": p.pcap(), "pcapng": p.pcapng()} {
		mid := len(text) / 2
		for what, broken := range map[string]string{
			"overwritten": text[:mid] + strings.Repeat("\xff", 100) + text[mid+100:],
			"put in":      text[:mid] + "\x00{\n" + text[mid:],
			"taken out":   text[:mid] + text[mid+50:],
		} {
			events, rep := read(t, broken)
			if len(events) < 295 || rep.Damaged != 1 || rep.Bytes != int64(len(broken)) {
				t.Errorf("%s, %s: %d events, report %+v of %d bytes", name, what, len(events), rep, len(broken))
			}
		}
		events, rep := read(t, text[:len(text)-5])
		if len(events) < 299 || rep.Damaged != 1 || rep.Bytes != int64(len(text)-5) {
			t.Errorf("%s, cut: %d events, report %+v", name, len(events), rep)
		}
		first := strings.Index(text, "payload") - 42 - 16 // within the head of the first record, in both formats
		events, rep = read(t, text[:first]+strings.Repeat("\xff", 30)+text[first+30:])
		if len(events) < 298 || rep.Damaged == 0 {
			t.Errorf("%s, first packet overwritten: %d events, report %+v", name, len(events), rep)
		}
		for cut := range 60 {
			read(t, text[:cut])
		}
	}
}

func TestBlocksBehindTheLastPacketAreNoDamage(t *testing.T) {
	p := newTape(t)
	p.udp("10.0.1.4", 5000, "10.0.1.5", 9, []byte("x"))
	block := "\x05\x00\x00\x00\x18\x00\x00\x00" + strings.Repeat("\x00", 12) + "\x18\x00\x00\x00"
	events, rep := read(t, p.pcapng()+block+block)
	if len(events) != 1 || rep.Damaged != 0 || rep.Bytes != int64(len(p.pcapng())+48) {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
	if _, rep := read(t, p.pcapng()+block[:20]); rep.Damaged != 1 {
		t.Errorf("cut block: report %+v", rep)
	}
}

func TestOriginLeadsToTheFirstPacket(t *testing.T) {
	p := newTape(t)
	for i := range 3 {
		p.udp("10.0.1.4", uint16(5000+i), "10.0.1.5", 9, []byte(fmt.Sprintf("payload%d", i)))
	}
	for name, text := range map[string]string{"pcap": p.pcap(), "pcapng": p.pcapng()} {
		events, _ := read(t, text)
		for i, e := range events {
			at := strings.Index(text, fmt.Sprintf("payload%d", i))
			if gap := int64(at) - e.Origin.Offset; e.Origin.Record != uint64(i+1) || gap != 42+16 && gap != 42+28 {
				t.Errorf("%s: packet %d at %d, origin %+v", name, i, at, e.Origin)
			}
		}
	}
}

func TestClaims(t *testing.T) {
	p := newTape(t)
	p.udp("10.0.1.4", 1, "10.0.1.5", 2, nil)
	for text, want := range map[string]bool{p.pcap(): true, p.pcapng(): true, "\x0a\x0d\x0d\x0a": false, "\xd4\xc3\xb2\xa1": false, "": false, "\n\r\r\nxxxxyyyyzzzz": false} {
		if got := New().Claims("x", []byte(text)); got != want {
			t.Errorf("%.20q: %v", text, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(httpTape(f).pcap()))
	f.Add([]byte(tlsTape(f).pcapng()))
	p := newTape(f)
	p.udp("10.0.1.4", 50001, "10.0.1.1", 53, query(7, 0x8180, 1, label("a"), record(5, []byte{0xc0, 12}), record(15, []byte{0, 1, 0xc0, 12})))
	f.Add([]byte(p.pcap()))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := sourcetest.Input("x.pcap", string(data))
		n := int64(0)
		rep := sourcetest.Each(t, New(), in, func(e *event.Event) bool {
			n++
			for _, v := range e.Values {
				if int(v.Field) >= len(e.Shape.Fields) {
					t.Fatalf("field %d of %d", v.Field, len(e.Shape.Fields))
				}
			}
			return true
		})
		if rep.Records+rep.Again != n || rep.Bytes > in.Size {
			t.Errorf("%d events, report %+v of %d bytes", n, rep, in.Size)
		}
	})
}

// FuzzPayloads looks into what connections carry.
func FuzzPayloads(f *testing.F) {
	f.Add([]byte(hello(f, "a")), []byte(serverHelloRecord()))
	f.Add([]byte("GET / HTTP/1.1\r\na: b\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\n\r\n"))
	f.Add(query(7, 0x8180, 1, label("a"), record(5, []byte{0xc0, 12})), []byte{0, 5, 1})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a) > 60000 || len(b) > 60000 {
			t.Skip()
		}
		p := newTape(t)
		for _, port := range []uint16{53, 80} {
			p.udp("10.0.1.4", 5000, "10.0.1.5", port, a)
			k := p.talk("10.0.1.4", 5000, "10.0.1.5", port)
			k.send(0, flagACK, string(a))
			k.send(1, flagACK, string(b))
		}
		if _, rep := read(t, p.pcap()); rep.Damaged > 0 || rep.Records < 4 {
			t.Errorf("report %+v", rep)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	p := newTape(b)
	for i := range 2000 {
		k := p.talk("10.0.1.4", uint16(10000+i), "192.0.2.9", 80)
		k.open()
		k.send(0, flagACK, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
		for range 10 {
			k.send(1, flagACK, strings.Repeat("x", 1400))
		}
		k.close()
	}
	text := p.pcap()
	in := sourcetest.Input("x.pcap", text)
	r := New().NewReader()
	b.SetBytes(in.Size)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		r.Read(b.Context(), in, source.Part{To: in.Size}, func(*event.Event) bool { return true })
		n += len(p.frames)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "packets/s")
}
