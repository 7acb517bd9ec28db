package eve

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
)

// line writes an event of the given type between two ends.
func line(kind, rest string) string {
	return `{"timestamp":"2025-06-15T17:06:40.123456+0200","flow_id":77,"in_iface":"eth0","event_type":"` + kind +
		`","src_ip":"10.0.1.4","src_port":50000,"dest_ip":"192.0.2.9","dest_port":80,"proto":"TCP",` + rest + "}\n"
}

func read(t *testing.T, text string) ([]*event.Event, source.Report) {
	t.Helper()
	return sourcetest.Read(t, New(), sourcetest.Input("eve.json", text))
}

func one(t *testing.T, text string) *event.Event {
	t.Helper()
	events, rep := read(t, text)
	if len(events) != 1 || rep.Damaged > 0 {
		t.Fatalf("%d events, report %+v", len(events), rep)
	}
	return events[0]
}

// values joins the values of some fields.
func values(e *event.Event, names string) string {
	var out []string
	for _, name := range strings.Fields(names) {
		var vs []string
		for _, v := range e.Values {
			if e.Shape.Fields[v.Field].Name == name {
				vs = append(vs, string(v.Text))
			}
		}
		out = append(out, strings.Join(vs, ","))
	}
	return strings.Join(out, " | ")
}

func TestTimeSourceAndEnds(t *testing.T) {
	e := one(t, line("tls", `"host":"sensor1","tls":{"sni":"a.example","version":"TLS 1.3","ja4":"t13d","ja3":{"hash":"x","string":"771"},"subjectaltname":["a","b"]}`))
	if !e.Time.Equal(time.Date(2025, 6, 15, 15, 6, 40, 123456000, time.UTC)) || e.Host != "sensor1" || e.Source != (event.Source{Product: "suricata", Service: "tls"}) {
		t.Errorf("event %+v", e)
	}
	const names = "tls.sni tls.ja3.hash tls.subjectaltname id.orig_h id.orig_p id.resp_h id.resp_p src_ip dst_ip dst_port"
	if got := values(e, names); got != "a.example | x | a,b | 10.0.1.4 | 50000 | 192.0.2.9 | 80 | 10.0.1.4 | 192.0.2.9 | 80" {
		t.Errorf("got %s", got)
	}
}

// TestEventTypes reads an event of each type and version that matters.
func TestEventTypes(t *testing.T) {
	for _, c := range []struct{ kind, rest, log, names, want string }{
		{"flow", `"flow":{"pkts_toserver":3,"bytes_toserver":300,"start":"2025-06-15T17:06:40.1+0200","state":"closed","alerted":false}`,
			"suricata/firewall/netflow", "flow.bytes_toserver flow.alerted destination.port", "300 | false | 80"},
		{"flow", `"flow":{"src_ip":"10.0.1.4","src_port":50000,"dest_ip":"192.0.2.9","dest_port":80,"tx_cnt":1,"action":"drop","elephant":false}`,
			"suricata/firewall/netflow", "id.orig_h action blocked", "10.0.1.4 | drop | true"},
		{"netflow", `"netflow":{"pkts":1,"bytes":60,"min_ttl":64}`, "suricata/firewall/netflow", "netflow.bytes destination.port id.orig_h", "60 | 80 | "},
		{"dns", `"dns":{"type":"query","id":1,"rrname":"a.example","rrtype":"A","tx_id":0}`, "suricata/dns/dns", "query record_type answer", "a.example | A | "},
		{"dns", `"dns":{"type":"answer","id":1,"rcode":"NOERROR","rrname":"a.example","rrtype":"A","ttl":5,"rdata":"192.0.2.1"}`,
			"suricata/dns/dns", "query record_type answer", "a.example | A | 192.0.2.1"},
		{"dns", `"dns":{"version":2,"type":"answer","id":1,"qr":true,"rrname":"a.example","rrtype":"TXT","rcode":"NOERROR","answers":[{"rrname":"a.example","rrtype":"TXT","ttl":5,"rdata":"x y"},{"rrname":"b.example","rrtype":"A","ttl":5,"rdata":"192.0.2.1"}],"grouped":{"TXT":["x y"]},"authorities":[{"rrname":"example","rrtype":"SOA"}]}`,
			"suricata/dns/dns", "query record_type answer", "a.example | TXT | x y,192.0.2.1,x y"},
		{"dns", `"dns":{"version":3,"type":"request","id":1,"opcode":0,"queries":[{"rrname":"a.example","rrtype":"AAAA"}]}`,
			"suricata/dns/dns", "query record_type answer", "a.example | AAAA | "},
		{"alert", `"alert":{"signature_id":1,"gid":1,"rev":1,"signature":"s","category":"c","severity":1,"action":"allowed","metadata":{"tag":["x"]}},"dns":{"query":[{"type":"query","rrname":"a.example","rrtype":"A"}]}`,
			"suricata/alert", "alert.signature alert.metadata.tag query id.orig_h", "s | x | a.example | "},
		{"alert", `"alert":{"signature":"s"},"flow":{"src_ip":"192.0.2.9","src_port":80,"dest_ip":"10.0.1.4","dest_port":50000}`,
			"suricata/alert", "src_ip id.orig_h id.orig_p id.resp_h id.resp_p", "10.0.1.4 | 192.0.2.9 | 80 | 10.0.1.4 | 50000"},
		{"http", `"http":{"hostname":"a.example","url":"/x.php?q=1","http_user_agent":"ua","http_method":"GET","status":200,"http_refer":"r","length":5}`,
			"suricata/proxy/http", "c-uri cs-host cs-method c-useragent sc-status cs-referer c-uri-extension", "http://a.example/x.php?q=1,/x.php?q=1 | a.example | GET | ua | 200 | r | php"},
		{"http", `"http":{"version":"2","http_method":"GET","url":"/","request_headers":[{"name":":authority","value":"a"},{"name":"Cookie","value":"SID=1"}],"http2":{"stream_id":1}}`,
			"suricata/proxy/http", "cs-cookie http.request_headers.name http.http2.stream_id", "SID=1 | :authority,Cookie | 1"},
		{"fileinfo", `"fileinfo":{"filename":"/a.exe","size":5,"state":"CLOSED","stored":false,"sha256":"ab","file_id":1}`,
			"suricata/fileinfo", "fileinfo.filename fileinfo.sha256", "/a.exe | ab"},
		{"quic", `"quic":{"version":"1","sni":"q.example","ja4":"q13","cyu":[{"hash":"h","string":"s"}]}`, "suricata/quic", "quic.sni quic.cyu.hash", "q.example | h"},
		{"smtp", `"smtp":{"helo":"h","mail_from":"<a@example.com>","rcpt_to":["<b@example.com>","<c@example.com>"]},"email":{"from":"a","to":["b"],"attachment":["x.rar"],"subject":"s"}`,
			"suricata/smtp", "smtp.rcpt_to email.attachment", "<b@example.com>,<c@example.com> | x.rar"},
		{"smb", `"smb":{"id":1,"dialect":"3.11","command":"SMB2_COMMAND_CREATE","filename":"a\\b.exe","share":"\\\\10.0.1.6\\ADMIN$","ntlmssp":{"domain":"D","user":"u","host":"h"}}`,
			"suricata/smb", "smb.filename smb.share smb.ntlmssp.user", `a\b.exe | \\10.0.1.6\ADMIN$ | u`},
		{"krb5", `"krb5":{"msg_type":"KRB_TGS_REP","cname":"u","realm":"R","sname":"cifs/x","encryption":"rc4-hmac","weak_encryption":true}`,
			"suricata/krb5", "krb5.sname krb5.weak_encryption", "cifs/x | true"},
		{"rdp", `"rdp":{"tx_id":0,"event_type":"initial_request","cookie":"u","client":{"version":"v","capabilities":["a","b"]}}`,
			"suricata/rdp", "rdp.event_type rdp.cookie rdp.client.capabilities", "initial_request | u | a,b"},
		{"ssh", `"ssh":{"client":{"proto_version":"2.0","software_version":"x","hassh":{"hash":"h"}},"server":{"proto_version":"2.0"}}`,
			"suricata/ssh", "ssh.client.hassh.hash", "h"},
		{"ldap", `"ldap":{"request":{"operation":"search_request","search_request":{"base_object":"dc=x"}},"responses":[{"operation":"search_result_done"}]}`,
			"suricata/ldap", "ldap.request.search_request.base_object ldap.responses.operation", "dc=x | search_result_done"},
		{"ftp", `"ftp":{"command":"USER","command_data":"u","reply":["x"],"completion_code":["331"]}`, "suricata/ftp", "ftp.command ftp.completion_code", "USER | 331"},
		{"anomaly", `"anomaly":{"type":"applayer","event":"E","layer":"proto_parser","app_proto":"http"}`, "suricata/anomaly", "anomaly.event id.orig_h", "E | "},
		{"stats", `"stats":{"uptime":5,"capture":{"kernel_packets":7}}`, "suricata/stats", "stats.capture.kernel_packets", "7"},
	} {
		e := one(t, line(c.kind, c.rest))
		if got := values(e, c.names); got != c.want || e.Source.Log() != c.log {
			t.Errorf("%s %s:\n got %s, %s\nwant %s, %s", c.kind, c.rest, e.Source.Log(), got, c.log, c.want)
		}
	}
}

func TestProcedureCallsAreNamed(t *testing.T) {
	bind := `"smb":{"command":"SMB2_COMMAND_IOCTL","dcerpc":{"request":"BIND","response":"BINDACK","interfaces":[` +
		`{"uuid":"12345778-1234-abcd-ef00-0123456789ac","version":"1.0","ack_result":2},{"uuid":"367ABB81-9844-35F1-AD32-98F038001003","version":"2.0","ack_result":0}],"call_id":1}}`
	call := `"smb":{"dcerpc":{"request":"REQUEST","response":"RESPONSE","opnum":%d,"call_id":2}}`
	text := line("smb", fmt.Sprintf(call, 12)) + line("smb", bind) + line("smb", fmt.Sprintf(call, 15)) + line("smb", fmt.Sprintf(call, 12)) + line("smb", fmt.Sprintf(call, 99)) +
		strings.Replace(line("smb", fmt.Sprintf(call, 12)), `"flow_id":77`, `"flow_id":78`, 1) +
		line("dcerpc", `"dcerpc":{"request":"BIND","interfaces":[{"uuid":"e3514235-4b06-11d1-ab04-00c04fc2dcd2","version":"4.0"}]}`) +
		line("dcerpc", `"dcerpc":{"request":"REQUEST","req":{"opnum":3,"frag_cnt":1},"res":{"frag_cnt":1}}`) +
		line("dcerpc", `"dcerpc":{"request":"REQUEST","req":{"opnum":1},"interfaces":[{"uuid":"x","service":"svcctl","procedure":"CreateServiceW"}]}`)
	events, _ := read(t, text)
	var got []string
	for _, e := range events {
		got = append(got, values(e, "endpoint operation"))
	}
	want := []string{" | ", "svcctl | ", "svcctl | OpenSCManagerW", "svcctl | CreateServiceW", "svcctl | ", " | ", "drsuapi | ", "drsuapi | DRSGetNCChanges", "svcctl | CreateServiceW"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestInterfacesAreRememberedAcrossParts(t *testing.T) {
	filler := strings.Repeat(line("tls", `"tls":{"sni":"a.example"}`), 100)
	bind := line("dcerpc", `"dcerpc":{"request":"BIND","interfaces":[{"uuid":"367abb81-9844-35f1-ad32-98f038001003","ack_result":0}]}`)
	call := line("dcerpc", `"dcerpc":{"request":"REQUEST","req":{"opnum":12}}`)
	text := filler + bind + filler + call
	in := sourcetest.Input("eve.json", text)
	cut := int64(len(filler) + len(bind) + len(filler)/100*7)
	var last string
	New().NewReader().Read(t.Context(), in, source.Part{Index: 1, From: cut, To: in.Size, Line: 109}, func(e *event.Event) bool {
		last = values(e, "endpoint operation")
		return true
	})
	if last != "svcctl | CreateServiceW" {
		t.Errorf("got %s", last)
	}
}

func TestInboundRequestsAreThoseOfAWebServer(t *testing.T) {
	in := strings.NewReplacer("10.0.1.4", "192.0.2.7", "192.0.2.9", "10.0.1.5").Replace(line("http", `"http":{"hostname":"h","url":"/a","http_method":"GET"}`))
	if e := one(t, in); e.Source.Category != "webserver" {
		t.Errorf("category %s", e.Source.Category)
	}
	alert := strings.Replace(in, `"event_type":"http"`, `"event_type":"alert"`, 1)
	if e := one(t, alert); e.Source.Category != "" {
		t.Errorf("alert of category %s", e.Source.Category)
	}
}

func TestBadLines(t *testing.T) {
	good := line("tls", `"tls":{"sni":"a"}`)
	events, rep := read(t, good+"garbage\n"+good[:60]+"\n"+`{"timestamp":"x","event_type":5}`+"\n"+`{"timestamp":"x"}`+"\n{}\n"+good+good[:100])
	if len(events) != 3 || rep.Damaged != 5 || !events[1].Time.IsZero() {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
}

func TestClaims(t *testing.T) {
	for text, want := range map[string]bool{
		line("tls", `"tls":{}`): true,
		`{"timestamp":"x","event_type":"stats","stats":{"uptime":1}}`: true,
		`{"timestamp":"x","event_type":"login"}`:                      false,
		`{"ts":1.5,"_path":"dns"}`:                                    false,
		"":                                                            false,
	} {
		if got := New().Claims("eve.json", []byte(text)); got != want {
			t.Errorf("%.60q: %v", text, got)
		}
	}
}

// matches counts the events of a log that a public rule matches.
func matches(t *testing.T, rule, log string) int {
	t.Helper()
	events, _ := read(t, log)
	return rulecheck.Count(t, rule, events)
}

func TestPublicRules(t *testing.T) {
	inbound := strings.NewReplacer("10.0.1.4", "192.0.2.7", "192.0.2.9", "10.0.1.5")
	for _, c := range []struct{ rule, hit, miss string }{
		{"rules/network/dns/net_dns_mal_cobaltstrike.yml",
			line("dns", `"dns":{"version":3,"type":"request","queries":[{"rrname":"aaa.stage.1.example.com","rrtype":"TXT"}]}`),
			line("dns", `"dns":{"version":3,"type":"request","queries":[{"rrname":"bbb.stage.1.example.com","rrtype":"TXT"}]}`)},
		{"rules/network/dns/net_dns_susp_txt_exec_strings.yml",
			line("dns", `"dns":{"version":2,"type":"answer","rrname":"a.example","rrtype":"TXT","answers":[{"rrname":"a.example","rrtype":"TXT","rdata":"IEX (x)"}]}`),
			line("dns", `"dns":{"version":2,"type":"answer","rrname":"a.example","rrtype":"A","answers":[{"rrname":"a.example","rrtype":"A","rdata":"192.0.2.1"}]}`)},
		{"rules/web/proxy_generic/proxy_pwndrop.yml",
			line("http", `"http":{"hostname":"h","url":"/pwndrop/a","http_method":"GET"}`), line("tls", `"http":{"hostname":"h","url":"/pwndrop/a","http_method":"GET"}`)},
		{"rules/web/proxy_generic/proxy_ua_cryptominer.yml",
			line("http", `"http":{"hostname":"h","url":"/","http_method":"GET","http_user_agent":"XMRig 6"}`), line("http", `"http":{"hostname":"h","url":"/","http_method":"GET","http_user_agent":"x XMRig"}`)},
		{"rules/web/webserver_generic/web_path_traversal_exploitation_attempt.yml",
			inbound.Replace(line("http", `"http":{"hostname":"h","url":"/../../../../../lib/password","http_method":"GET"}`)), inbound.Replace(line("http", `"http":{"hostname":"h","url":"/lib/password","http_method":"GET"}`))},
		{"rules/network/firewall/net_firewall_cleartext_protocols.yml", line("flow", `"flow":{"action":"accept"}`), line("flow", `"flow":{"action":"drop"}`)},
		{"rules-compliance/other/netflow_cleartext_protocols.yml", line("netflow", `"netflow":{"pkts":1}`), strings.Replace(line("netflow", `"netflow":{"pkts":1}`), `"dest_port":80`, `"dest_port":443`, 1)},
	} {
		if n := matches(t, c.rule, c.hit); n != 1 {
			t.Errorf("%s: %d matches, want 1", c.rule, n)
		}
		if n := matches(t, c.rule, c.miss); n != 0 {
			t.Errorf("%s: %d matches of the near miss", c.rule, n)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(line("http", `"http":{"hostname":"h:1","url":"a://b/c.d?e","http_method":"GET","request_headers":[{"name":"cookie","value":"x"}]}`))
	f.Add(line("dcerpc", `"dcerpc":{"request":"BIND","interfaces":[{"uuid":"367abb81-9844-35f1-ad32-98f038001003","ack_result":0}]}`) + line("dcerpc", `"dcerpc":{"req":{"opnum":12}}`))
	f.Add(line("dns", `"dns":{"grouped":{"A":["x"]},"queries":[{"rrname":"a"}]}`) + line("alert", `"flow":{"src_ip":"192.0.2.9"}`))
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("eve.json", text)
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
		if rep.Records != n {
			t.Errorf("%d events, report %+v", n, rep)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := strings.Repeat(line("tls", `"tls":{"sni":"a.example","version":"TLS 1.3","ja3":{"hash":"x","string":"771,4865"}}`)+
		line("http", `"http":{"hostname":"a.example","url":"/x.php?q=1","http_user_agent":"ua","http_method":"GET","status":200}`), 10_000)
	in := sourcetest.Input("eve.json", text)
	format := New()
	r := format.NewReader()
	parts, err := format.Split(b.Context(), in)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(in.Size)
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		for _, p := range parts {
			n += r.Read(b.Context(), in, p, func(*event.Event) bool { return true }).Records
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}
