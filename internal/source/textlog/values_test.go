package textlog_test

import (
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/source/sourcetest"
)

// A told line and what its last event must say. Values are name=value; a value
// that must be missing is name!, one that must be null name?, and several
// values of one field are parted by " & ".
type told struct {
	format, text, source, host, time string
	values                           []string
}

// valuesOf returns the values of a field as told writes them.
func valuesOf(e *event.Event, name string) string {
	var out []string
	for _, v := range e.Values {
		if e.Shape.Fields[v.Field].Name != name {
			continue
		}
		if v.Kind == event.Null {
			return name + "?"
		}
		out = append(out, string(v.Text))
	}
	if out == nil {
		return name + "!"
	}
	return name + "=" + strings.Join(out, " & ")
}

func TestValues(t *testing.T) {
	for _, c := range append(webLines(), netLines()...) {
		events, _ := sourcetest.Read(t, formatOf(t, c.format), evidence(c.text))
		if len(events) == 0 {
			t.Errorf("%s: no event of %q", c.format, c.text)
			continue
		}
		e := events[len(events)-1]
		at := e.Time.Format(time.RFC3339Nano)
		if e.Source.Log() != c.source || e.Host != c.host || at != c.time {
			t.Errorf("%s: source %q host %q time %s, want %q %q %s", c.format, e.Source.Log(), e.Host, at, c.source, c.host, c.time)
		}
		for _, want := range c.values {
			name := want[:strings.IndexAny(want, "=!?")]
			if got := valuesOf(e, name); got != want {
				t.Errorf("%s: %s, want %s", c.format, got, want)
			}
		}
	}
}

func webLines() []told {
	iis := "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-computername cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) sc-status\n"
	blue := "#Fields: date time c-ip s-action sc-status cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs(User-Agent)\n"
	const noon = "2025-06-15T10:00:00Z"
	return []told{
		{"elff", iis + "2025-06-15 10:00:00 WEB1 GET /a.aspx x=1 443 192.0.2.9 Mozilla/5.0+(X11) 200\n", "iis/webserver", "WEB1", noon,
			[]string{"cs-uri-query=x=1 & /a.aspx?x=1", "cs-user-agent=Mozilla/5.0+(X11) & Mozilla/5.0 (X11)", "cs(User-Agent)=Mozilla/5.0+(X11)", "sc-status=200", "src_ip=192.0.2.9"}},
		{"elff", iis + "2025-06-15 10:00:00 WEB1 GET /a.aspx - 443 192.0.2.9 Mozilla/5.0 (X11; x) 200\n", "iis/webserver", "WEB1", noon,
			[]string{"cs-user-agent=Mozilla/5.0 (X11; x)", "sc-status=200", "cs-uri-stem=/a.aspx"}},
		{"elff", iis + "2025-06-15 10:00:00 WEB1 GET /a.aspx q=a b c 443 192.0.2.9 - 200\n", "iis/webserver", "WEB1", noon,
			[]string{"cs-uri-query=q=a b c & /a.aspx?q=a b c", "cs(User-Agent)?", "cs-user-agent?"}},
		{"elff", iis + "2025-06-15 09:00:00 WEB1 GET / - 443 192.0.2.9 - 200\n#Fields: date time cs-method cs-uri-stem sc-status\n2025-06-15 10:00:00 PUT /b 201\n", "iis/webserver", "", noon,
			[]string{"cs-method=PUT", "cs-uri-stem=/b", "sc-status=201", "c-ip!"}},
		{"elff", blue + "2025-06-15 10:00:00 192.0.2.9 TCP_MISS 200 GET http www.example.com 80 /d/a.exe ?x=1 \"A B\"\n", "bluecoat/proxy", "", noon,
			[]string{"c-uri=http://www.example.com/d/a.exe?x=1 & /d/a.exe?x=1", "cs-host=www.example.com", "c-uri-extension=exe", "c-uri-query=x=1", "c-useragent=A B", "cs-uri-stem=/d/a.exe"}},
		{"elff", "#Date: 2025-06-15 00:00:00\n#Fields: time cs-method cs-uri-stem\n10:00:00 GET /a\n", "webserver", "", noon, []string{"cs-method=GET"}},
		{"squid", "1749981600.000 87 192.0.2.9 TCP_DENIED/403 4512 CONNECT www.example.com:443 mia HIER_NONE/- -\n", "squid/proxy", "", noon,
			[]string{"c-uri=www.example.com:443", "cs-host=www.example.com", "sc-status=403", "cs-username=mia", "dst_ip!", "c-useragent!", "type?", "peer?"}},
		{"squid", "1749981600.000 87 192.0.2.9 TCP_MISS/200 4512 GET http://198.51.100.7/a b.zip - HIER_DIRECT/198.51.100.7 text/html\n", "squid/proxy", "", noon,
			[]string{"url=http://198.51.100.7/a b.zip", "c-uri=http://198.51.100.7/a b.zip & /a b.zip", "dst_ip=198.51.100.7", "c-uri-extension=zip", "type=text/html"}},
		{"weblog", "www.example.com:443 192.0.2.9 - Mia X [15/Jun/2025:12:00:00 +0200] \"GET /a?b=\\\"c\\x20d HTTP/1.1\" 200 512 \"-\" \"A \\\"B\\\"\"\n", "webserver", "", noon,
			[]string{"server_name=www.example.com:443", "cs-host=www.example.com", "cs-username=Mia X", "cs-uri-query=/a?b=\"c d & b=\"c d", "cs-referer?", "cs-user-agent=A \"B\"", "c-ip=192.0.2.9"}},
		{"weblog", "192.0.2.1, 192.0.2.9 - - [15/Jun/2025:12:00:00 +0200] \"\\x16\\x03\\x01\" 400 0 \"-\" \"-\"\n", "webserver", "", noon,
			[]string{"remote_addr=192.0.2.1", "cs-method!", "sc-status=400"}},
		{"weblog", "Jun 15 10:00:00 lb1 haproxy[1]: 192.0.2.9:4711 [15/Jun/2025:10:00:00.123] fe be/srv 0/0/1/2/3 503 512 - - ---- 1/1/0/0/0 0/0 {curl/8.0|x} \"GET /a HTTP/1.1\"\n", "haproxy/webserver", "lb1", "2025-06-15T10:00:00.123Z",
			[]string{"sc-status=503", "cs-user-agent=curl/8.0", "cs-uri-stem=/a", "src_ip=192.0.2.9", "backend_server=be/srv"}},
		{"weblog", "[Sun Jun 15 10:00:00.5 2025] [core:error] [pid 1:tid 2] [client 192.0.2.9:4711] AH1: x\n", "apache", "", "2025-06-15T10:00:00.5Z", []string{"client=192.0.2.9", "level=core:error"}},
		{"weblog", "2025/06/15 10:00:00 [error] 7#7: *9 x, client: 192.0.2.9, server: y\n", "nginx", "", noon, []string{"client=192.0.2.9", "level=error"}},
		{"weblog", "{\"ts\":1749981600.0,\"request\":{\"remote_ip\":\"192.0.2.9\",\"method\":\"GET\",\"host\":\"www.example.com\",\"uri\":\"/a?b=c\",\"headers\":{\"User-Agent\":[\"curl/8.0\"]}},\"status\":200}\n", "webserver", "", noon,
			[]string{"cs-uri-query=/a?b=c & b=c", "cs-method=GET", "cs-host=www.example.com", "cs-user-agent=curl/8.0", "sc-status=200", "c-ip=192.0.2.9"}},
		{"zscaler", "{\"sourcetype\":\"zscalernss-web\",\"event\":{\"time\":\"Sun Jun 15 10:00:00 2025\",\"eurl\":\"www.example.com/a.zip?b\",\"cip\":\"192.0.2.9\",\"ua\":\"None\"}}\n", "zscaler/proxy/web", "", noon,
			[]string{"eurl=www.example.com/a.zip?b", "c-uri=www.example.com/a.zip?b & /a.zip?b", "c-useragent=", "c-uri-extension=zip", "src_ip=192.0.2.9"}},
		{"zscaler", "{\"sourcetype\":\"zscalernss-web\",\"event\":{\"time\":\"Sun Jun 15 10:00:00 2025\",\"tz\":\"GMT\",\"host\":\"www.example.com\",\"b64url\":\"d3d3LmV4YW1wbGUuY29tL2EuemlwP2I=\",\"b64referer\":\"d3d3LmV4YW1wbGUub3Jn\",\"useragent\":\"x\"}}\n", "zscaler/proxy/web", "", noon,
			[]string{"b64url=d3d3LmV4YW1wbGUuY29tL2EuemlwP2I=", "c-uri=www.example.com/a.zip?b & /a.zip?b", "c-uri-extension=zip", "cs-referrer=www.example.org", "cs-host=www.example.com"}},
		{"zscaler", "{\"sourcetype\":\"zscalernss-web\",\"event\":{\"time\":\"Sun Jun 15 10:00:00 2025\",\"b64url\":\"no base64\"}}\n", "zscaler/proxy/web", "", noon, []string{"b64url=no base64"}},
		{"syslog", "<190>Jun 15 2025 10:00:01 r1 RP/0/RP0/CPU0:Jun 15 2025 10:00:00 UTC: ldp[310]: %ROUTING-LDP-5-SESSION_PROTECTION : x\n", "cisco/ldp", "r1", noon, []string{"mnemonic=SESSION_PROTECTION", "facility=ROUTING-LDP"}},
	}
}

func netLines() []told {
	const noon = "2025-06-15T10:00:00Z"
	return []told{
		{"paloalto", "1,2025/06/15 10:00:01,001,GLOBALPROTECT,0,2305,2025/06/15 10:00:00,vsys1,gateway-auth,login,SAML,,mia,DE,PC1,192.0.2.9,0.0.0.0,198.51.100.6,0.0.0.0,h,s,6.0,Windows,\"Microsoft, 11\",1,,,,failure,,0,,0,gp1\n", "paloalto/globalprotect", "", noon,
			[]string{"event_id=gateway-auth", "srcuser=mia", "machinename=PC1", "src_ip=192.0.2.9", "client_os_ver=Microsoft, 11", "status=failure", "portal=gp1"}},
		{"fortinet", "date=2025-06-15 time=12:00:00 devname=\"fw 1\" logid=\"0101039426\" type=\"event\" subtype=\"vpn\" tz=\"UTC+2:00\" action=\"ssl-login-fail\" user=\"mia\" remip=192.0.2.9 msg=\"cut \\\"here\n", "fortigate/event", "fw 1", noon,
			[]string{"action=ssl-login-fail", "src_ip=192.0.2.9", "msg=cut \"here"}},
		{"fortinet", "<189>logid=\"1\" type=\"traffic\" eventtime=1749981600 srcip=192.0.2.9 dstip=198.51.100.7 dstport=80 action=\"close\"\n", "fortigate/firewall/traffic", "", noon,
			[]string{"action=close & accept", "blocked=false", "dst_port=80"}},
		{"cef", "Jun 15 10:00:00 h1 CEF:0|V\\|1|P|1|2|a name|3|dvchost=pc1 rt=1749981600000 cs1Label=Dept cs1=x y msg=a \\= b = c filePath=C:\\\\a b\\\\c.txt empty= last=z\n", "cef", "pc1", noon,
			[]string{"DeviceVendor=V|1", "Name=a name", "Dept=x y", "msg=a = b = c", "filePath=C:\\a b\\c.txt", "empty=", "last=z"}},
		{"cef", "CEF:0|V|P|1|2|malware found|3|rt=Jun 15 2025 12:00:00 GMT+02:00 filePath=C:\\\\Temp\\\\ fname=a.asp cs1Label=VirusName cs1=X\n", "antivirus/cef", "", noon, []string{"Filename=C:\\Temp\\a.asp", "Signature=X & malware found"}},
		{"leef", "LEEF:1.0|V|P|1|100|devTime=Jun 15 2025 05:00:00 -0500\tsrc=192.0.2.9\tdst=198.51.100.7\tdstPort=23\n", "firewall/leef", "", noon, []string{"dst_ip=198.51.100.7", "dst_port=23", "blocked!"}},
		{"cef", "CEF:0|V|P|1|2|malware found|3|rt=1749981600000 filePath=/tmp/ fname=a.sh cs1Label=VirusName cs1=X\n", "antivirus/cef", "", noon, []string{"Filename=/tmp/a.sh"}},
		{"leef", "LEEF:2.0|V|P|1|100|x7C|devTime=Jun 15 2025 10:00:00|usrName=mia|x=a=b\n", "leef", "", noon, []string{"usrName=mia", "x=a=b", "EventID=100"}},
		{"dnslog", "Jun 15 10:00:00 gw dnsmasq[1]: 7 192.0.2.9/53 reply x.example.com is 2001:db8::1\n", "dnsmasq/dns", "gw", noon, []string{"query=x.example.com", "answer=2001:db8::1", "record_type=AAAA", "src_ip=192.0.2.9"}},
		{"dnslog", "[1749981600] unbound[77:1] info: 192.0.2.9 n.example.com. TXT IN\n", "unbound/dns", "", noon, []string{"query=n.example.com", "record_type=TXT"}},
		{"dnslog", "6/15/2025 10:00:00 AM 0E5C PACKET  0000 UDP Snd 2001:db8::9  0001 R Q [8081   DR  NXDOMAIN] SRV    (4)_tcp(7)example(3)com(0)\n", "windns/dns", "", noon,
			[]string{"query=_tcp.example.com", "record_type=SRV", "rcode=NXDOMAIN", "direction=Snd", "src_ip=2001:db8::9"}},
		{"dnslog", "15.06.2025 10:00:00 0E5C PACKET  0000 UDP Rcv 192.0.2.9  0001   Q [0001   D   NOERROR] A      (7)example(3)com(0)\n", "windns/dns", "", noon, []string{"query=example.com"}},
		{"syslog", "Jun 15 10:00:00 web1 sshd[1]: Failed password for invalid user a b from 192.0.2.9 port 4711 ssh2\n", "linux/sshd", "web1", noon,
			[]string{"user=a b", "src_ip=192.0.2.9", "src_port=4711", "auth_method=password", "action=Failed", "pid=1"}},
		{"syslog", "Jun 15 10:00:00 web1 sudo:  mia : a note ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh -c a ; b\n", "linux/sudo", "web1", noon,
			[]string{"sudo_user=mia", "USER=root", "COMMAND=/bin/sh -c a ; b", "note=a note"}},
		{"syslog", "Jun 15 10:00:00 web1 useradd[1]: new user: name=x1, UID=0, GID=0, home=/home/x1, shell=/bin/sh\n", "linux/auth", "web1", noon, []string{"user=x1", "UID=0", "shell=/bin/sh"}},
		{"syslog", "Jun 15 10:00:09 relay 000123: r1: *Jun 15 2025 10:00:00: %PARSER-5-CFGLOG_LOGGEDCMD: User:mia  logged command:no logging\n", "cisco/aaa", "r1", noon, []string{"command=no logging", "user=mia"}},
		{"syslog", "Jun 15 10:00:00 fw1 %ASA-6-302013: Built outbound TCP connection 9 for outside:198.51.100.7/443 (x) to inside:192.0.2.9/50000 (x)\n", "cisco/firewall/asa", "fw1", noon,
			[]string{"src_ip=192.0.2.9", "dst_ip=198.51.100.7", "dst_port=443", "blocked=false"}},
		{"syslog", "Jun 15 10:00:00 fw1 %ASA-5-111008: User 'mia' executed the 'write memory' command.\n", "cisco/aaa", "fw1", noon, []string{"command=write memory", "user=mia"}},
		{"syslog", "Jun 15 10:00:00 ise1 CISE_TACACS_Accounting 1 1 0 CmdSet=[ CmdAV=show CmdArgAV=running-config CmdArgAV=<cr> ], x\n", "cisco/aaa", "ise1", noon, []string{"command=show running-config"}},
		{"syslog", "Jun 15 10:00:00 fw filterlog[1]: 5,,,1000,igb0,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,192.0.2.9,198.51.100.7,50000,23,0\n", "firewall/filterlog", "fw", noon,
			[]string{"src_ip=192.0.2.9", "dst_port=23", "blocked=true", "protocol=tcp"}},
		{"postfix", "Jun 15 10:00:00 mx1 postfix/smtp[12]: 4Bz1x2: to=<mia@example.com>, relay=mx.example.net[198.51.100.7]:25, delay=1, status=sent (250 ok)\n", "linux/postfix", "mx1", noon,
			[]string{"queue_id=4Bz1x2", "to=mia@example.com", "status=sent", "src_ip!"}},
		{"postfix", "Jun 15 10:00:00 mx1 postfix/smtpd[12]: 4Bz1x2: client=unknown[192.0.2.9], sasl_username=mia\n", "linux/postfix", "mx1", noon, []string{"src_ip=192.0.2.9", "sasl_username=mia"}},
	}
}
