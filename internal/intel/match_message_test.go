package intel

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
)

func TestValuesAreFoundInMessages(t *testing.T) {
	const (
		md5    = "0123456789abcdef0123456789abcdef"
		sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	)
	for _, c := range []struct{ name, indicator, message, want string }{
		{"sshd", "ip,96.44.160.181", "Nov  3 10:01:02 srv1 sshd[812]: Failed password for root from 96.44.160.181 port 4711 ssh2", "ip 96.44.160.181"},
		{"end of sentence", "ip,96.44.160.181", "Connection closed by 96.44.160.181.", "ip 96.44.160.181"},
		{"brackets and port", "ip,96.44.160.181", "peer [96.44.160.181]:443 gone", "ip 96.44.160.181"},
		{"key and value", "ip,96.44.160.181", "DROP SRC=10.0.0.1 DST=96.44.160.181 LEN=60", "ip 96.44.160.181"},
		{"zone, address, port", "ip,96.44.160.181", "Built outbound TCP connection 1 for outside:96.44.160.181/443 (96.44.160.181/443)", "ip 96.44.160.181"},
		{"interface/address(port)", "ip,96.44.160.181", "permitted tcp inside/10.0.0.5(1234) -> outside/96.44.160.181(80)", "ip 96.44.160.181"},
		{"a program of Java without a port", "ip,96.44.160.181", "connect to /96.44.160.181 timed out", "ip 96.44.160.181"},
		{"a program of Java", "ip,96.44.160.181", "connect to /96.44.160.181:8080 timed out", "ip 96.44.160.181"},
		{"flow with ports behind dots", "ip,96.44.160.181", "pass out: 10.0.0.5.51234 > 96.44.160.181.443: Flags [S]", "ip 96.44.160.181"},
		{"range", "ip,96.44.160.0/22", "from 96.44.161.9 port 1", "ip 96.44.160.0/22"},
		{"outside range", "ip,96.44.160.0/24", "from 96.44.161.9 port 1", ""},
		{"wide range", "ip,101.32.0.0/11", "from 101.60.161.9 port 1", "ip 101.32.0.0/11"},
		{"IPv6", "ip,2a00:1450::1", "Accepted publickey for mia from 2a00:1450::1 port 22", "ip 2a00:1450::1"},
		{"whole IPv6", "ip,2a00:1450::1", "SRC=2a00:1450:0000:0000:0000:0000:0000:0001 DST=fe80::1", "ip 2a00:1450::1"},
		{"IPv6 with port", "ip,2a00:1450::1", "connect [2a00:1450::1]:443: refused", "ip 2a00:1450::1"},
		{"short IPv6", "ip,2a00::1", "from 2a00::1 port 22", "ip 2a00::1"},
		{"IPv6 range", "ip,2a00:1450::/32", "peer 2a00:1450:4001::5: reset", "ip 2a00:1450::/32"},
		{"words with colons", "ip,ad::be", "error in Mad::beg and std::ad::beef", ""},
		{"mapped", "ip,96.44.160.181", "from ::ffff:96.44.160.181 port 1", "ip 96.44.160.181"},
		{"longer address", "ip,96.44.160.18", "from 96.44.160.181 port 1", ""},

		{"version with v", "ip,1.2.3.4", "upgraded to v1.2.3.4", ""},
		{"version in words", "ip,1.2.3.4", "nginx version: 1.2.3.4 started", ""},
		{"version of a client", "ip,1.2.3.4", "client Agent/1.2.3.4 (linux)", ""},
		{"version of a package", "ip,1.2.3.4", "installed tool-1.2.3.4-5.el9.x86_64", ""},
		{"version with five parts", "ip,1.2.3.4", "tool 1.2.3.4.5 ready", ""},
		{"object id", "ip,1.3.6.1", "snmp get 1.3.6.1.4.1.2021", ""},
		{"address that is no version", "ip,1.2.3.4", "conversion to 1.2.3.4 done", "ip 1.2.3.4"},

		{"name server", "domain,evil-cdn.com", "client @0x7f1 10.0.0.9#5353 (A.Evil-CDN.com): query: a.evil-cdn.com IN A + (10.0.0.1)", "domain evil-cdn.com"},
		{"final dot", "domain,evil-cdn.com", "resolving evil-cdn.com. failed", "domain evil-cdn.com"},
		{"host and port", "domain,evil-cdn.com", "CONNECT evil-cdn.com:443", "domain evil-cdn.com"},
		{"look-alike", "domain,evil-cdn.com", "query notevil-cdn.com and evil-cdn.com.example.org", ""},
		{"look-alike with a letter beyond ASCII", "domain,evil-cdn.com", "query \u00e9evil-cdn.com", ""},
		{"text without blanks", "domain,evil-cdn.com", "\u9023\u63a5evil-cdn.com\u5931\u6557", "domain evil-cdn.com"},
		{"prefix of a language that writes them", "domain,evil-cdn.com", "\u05d1evil-cdn.com", "domain evil-cdn.com"},
		{"user of a mail address", "domain,evil-cdn.com", "mail for evil-cdn.com@example.org", ""},
		{"parent", "domain,a.evil-cdn.com", "query evil-cdn.com", ""},
		{"sibling", "domain,a.evil-cdn.com", "query b.evil-cdn.com", ""},
		{"all of a shared service", "domain,fastly.net", "query x.global.ssl.fastly.net", ""},
		{"realm and user", "domain,evil-cdn.com", `logon of evil-cdn.com\mia`, "domain evil-cdn.com"},
		{"remote share", "domain,evil-cdn.com", `mapped \\files.evil-cdn.com\c$`, "domain evil-cdn.com"},
		{"escaped in a URL", "domain,evil-cdn.com", "GET /r?u=https%3A%2F%2Fevil-cdn.com%2Fx", "domain evil-cdn.com"},
		{"file in a folder", "domain,more.com", `C:\Windows\System32\more.com was started`, ""},
		{"file in an escaped folder", "domain,more.com", `C:\\Windows\\System32\\more.com was started`, ""},
		{"file in a path", "domain,more.com", "open /usr/share/more.com failed", ""},
		{"file by the word before", "domain,more.com", "process more.com exited, file: more.com deleted", ""},
		{"the same name as a host", "domain,more.com", "lookup of more.com failed", "domain more.com"},
		{"call in a program", "domain,evil-cdn.com", "at evil-cdn.com(12)", ""},
		{"key", "domain,evil-cdn.com", "evil-cdn.com=1", ""},

		{"URL", "url,http://evil-cdn.com/a/B.txt", "fetched \"http://evil-cdn.com/a/B.txt\", 200", "url http://evil-cdn.com/a/B.txt"},
		{"URL with query and port", "url,http://evil-cdn.com/a/B.txt", "GET https://EVIL-cdn.com:8443/a/B.txt?x=1 HTTP/1.1", "url http://evil-cdn.com/a/B.txt"},
		{"URL in other case", "url,http://evil-cdn.com/a/B.txt", "GET http://evil-cdn.com/a/b.txt", ""},
		{"URL at an address", "url,http://96.44.160.181/x.bin", "get http://96.44.160.181:80/x.bin.", "url http://96.44.160.181/x.bin"},
		{"URL without path", "url,http://96.44.160.181", "see 96.44.160.181", "url http://96.44.160.181"},

		{"mail", "email,ann@evil-mail.com", "from=<Ann@Evil-Mail.com>, size=12", "email ann@evil-mail.com"},
		{"mail without brackets", "email,ann@evil-mail.com", "to=ann@evil-mail.com, relay=x", "email ann@evil-mail.com"},
		{"other mail", "email,ann@evil-mail.com", "from=<joann@evil-mail.com>", ""},
		{"domain of a mail", "domain,evil-mail.com", "from=<ann@mx.evil-mail.com>", "domain evil-mail.com"},
		{"mail named like the domain", "domain,evil.mail", "from=<evil.mail@example.org>", ""},

		{"hash behind another", "md5," + md5, strings.Repeat("f", 32) + "," + md5, "md5 " + md5},
		{"hash", "md5," + md5, "scan of x: " + strings.ToUpper(md5) + " (bad)", "md5 " + md5},
		{"hash with its name", "sha256," + sha256, "sha256:" + sha256, "sha256 " + sha256},
		{"hash at the start", "md5," + md5, md5, "md5 " + md5},
		{"longer id", "md5," + md5, "container " + sha256 + " started", ""},
		{"a digit more", "md5," + md5, "id " + md5 + "0", ""},
		{"a letter more", "md5," + md5, "id x" + md5, ""},
	} {
		got := strings.Join(hits(setOf(t, c.indicator), fields("Message", c.message)), "; ")
		want := c.want
		if want != "" {
			want += ": inside message"
		}
		if got != want {
			t.Errorf("%s: %q gives %q, want %q", c.name, c.message, got, want)
		}
	}
}

func TestMessagesAreLeftAloneWhereFieldsTellAll(t *testing.T) {
	s := setOf(t, "domain,evil-cdn.com", "ip,96.44.160.181")
	line := `96.44.160.181 - - "GET /?q=evil-cdn.com HTTP/1.1" 200`
	if got := hits(s, fields("Message", line, "remote_addr", "96.44.160.181", "request", "GET /?q=evil-cdn.com HTTP/1.1")); !slices.Equal(got, []string{"ip 96.44.160.181: exact"}) {
		t.Error(got)
	}
	if got := hits(s, fields("Message", line, "Image", "x")); len(got) != 2 {
		t.Error(got)
	}
}

func TestAFieldIsTheReasonBeforeTheMessageIs(t *testing.T) {
	s := setOf(t, "ip,96.44.160.181")
	s.NewMatcher().Match(fields("Message", "from 96.44.160.181", "src_ip", "96.44.160.181"), func(h Hit) {
		if h.Field != "src_ip" || h.How != Exact {
			t.Errorf("%s %s", h.Field, h.How)
		}
	})
}

func TestAccountsAreFoundWhereASentenceNamesThem(t *testing.T) {
	ev := fields("Message", "Failed password for invalid user bernard from 10.0.0.1", "user", "bernard")
	ev.Shape = event.NewShape([]event.Field{{Name: "Message"}, {Name: "user", Header: true}})
	if got := hits(setOf(t, "account-name,Bernard"), ev); len(got) != 1 {
		t.Error(got)
	}
}

func TestMessagesCoverOnlyWhatTheySpeakOf(t *testing.T) {
	list := []string{"ip,96.44.160.181", "domain,evil-cdn.com", "url,http://evil-cdn.com/x", "email,a@evil-cdn.com", "md5,0123456789abcdef0123456789abcdef"}
	for _, c := range []struct {
		name    string
		message string
		covered string
	}{
		{"nothing", "session opened for user root by (uid=0)", ""},
		{"versions and files", "nginx version 1.2.3.4, see /etc/nginx.conf, main.go:12 and foo.service", ""},
		{"only the machine itself", "srv1.example.net crond[1]: started on 127.0.0.1", ""},
		{"a longer name than the machine's", "srv1.example.network.org crond[1]: started", "domain"},
		{"an address", "Failed password for root from 10.1.2.3 port 22", "ip"},
		{"an address of IPv4 in brackets", "[10.1.2.3] gone", "ip"},
		{"a name", "could not resolve time.example.org", "domain"},
		{"both", "https://www.example.org answered from 192.0.2.7", "domain ip"},
	} {
		s := setOf(t, list...)
		sight := s.NewSightings()
		ev := fields("Message", c.message)
		ev.Host = "srv1.example.net"
		search(s, sight, ev)
		var covered []string
		for a := range sight.All() {
			if a.Answer == AnswerNotSeen {
				covered = append(covered, a.Type)
			}
		}
		if got := strings.Join(covered, " "); got != c.covered {
			t.Errorf("%s: covers %q, want %q", c.name, got, c.covered)
		}
	}
}

// quietMessages are lines as systems write them, none with an indicator.
func quietMessages() [][]byte {
	var out [][]byte
	for i := range 64 {
		for _, line := range []string{
			"Nov  3 10:%02d:02 srv1 sshd[8120]: Failed password for invalid user admin from 192.0.2.%d port 4711 ssh2",
			"Nov  3 10:%02d:02 srv1 systemd[1]: Started session-%d.scope - Session of User root (unit app.slice/app-dbus.service).",
			"2026-11-03T10:%02d:02.331Z srv1 kernel: [12345.678%d] audit: type=1400 apparmor=\"ALLOWED\" operation=\"open\" profile=\"/usr/sbin/cupsd\" name=\"/etc/ld.so.cache\"",
			"Nov  3 10:%02d:02 ns1 named[77]: client @0x7f2 192.0.2.%d#5353 (settings.data.example.org): query: settings.data.example.org IN A +E(0)K (10.0.0.1)",
			"Nov  3 10:%02d:02 fw1 %%ASA-6-302013: Built outbound TCP connection 4%d for outside:198.51.100.7/443 (198.51.100.7/443) to inside:10.1.1.5/52311 (203.0.113.9/52311)",
			"Nov  3 10:%02d:02 srv1 dockerd[9]: level=info msg=\"ignoring event\" container=6f1c3d5e7f9a0b2c4d6e8f1a3b5c7d9e0f2a4b6c8d0e1f3a5b7c9d1e3f5a%04d topic=/tasks/delete",
			"Nov  3 10:%02d:02 srv1 CRON[811%d]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
		} {
			out = append(out, fmt.Appendf(nil, line, i%60, 10+i))
		}
	}
	return out
}

func TestMessagesWithoutAHitCostNoAllocation(t *testing.T) {
	raw := append(manyIndicators(1000), "ip,2a00:1450::1,,\nip,96.44.160.0/24,,\nemail,a@evil-mail.com,,\nurl,http://96.44.160.181,,\n"...)
	s := compileMany(t, raw)
	m, sight := s.NewMatcher(), s.NewSightings()
	ev, lines := fields("Message", ""), quietMessages()
	found := func(h Hit) { t.Errorf("%s in %s", h.Indicator.Value, h.Value) }
	all := func() {
		for _, line := range lines {
			ev.Values[0].Text = line
			m.Match(ev, found)
			sight.Searched(ev, m)
		}
	}
	all()
	if n := testing.AllocsPerRun(20, all); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestALongMessageIsReadInOnePass(t *testing.T) {
	s := setOf(t, "domain,evil-cdn.com", "ip,2a00:1450::1", "md5,0123456789abcdef0123456789abcdef", "email,a@evil-cdn.com")
	for _, part := range []string{"a", ".", ":", "0", "@", "a.", "a:", "::", "1.2.3.4", "a@b.evil-cdn.com", "http://", "evil-cdn.com:", "evil-cdn.com/", "http://evil-cdn.com/x?u=", "evil-cdn.com:1", "/", "%2F"} {
		ev := fields("Message", strings.Repeat(part, maxText/len(part)))
		start := time.Now()
		s.NewMatcher().Match(ev, func(Hit) {})
		if took := time.Since(start); took > time.Second/2 {
			t.Errorf("%q over and over: %s", part, took)
		}
	}
}

func BenchmarkMessageQuiet(b *testing.B) {
	s := compileMany(b, append(manyIndicators(100_000), "ip,2a00:1450::1,,\nip,96.44.160.0/24,,\n"...))
	m, ev, lines := s.NewMatcher(), fields("Message", ""), quietMessages()
	sight := s.NewSightings()
	b.SetBytes(int64(len(bytes.Join(lines, nil))))
	b.ReportAllocs()
	for b.Loop() {
		for _, line := range lines {
			ev.Values[0].Text = line
			m.Match(ev, func(Hit) {})
			sight.Searched(ev, m)
		}
	}
}

func FuzzMessage(f *testing.F) {
	for _, line := range quietMessages()[:7] {
		f.Add(line)
	}
	f.Add([]byte(`[::]:a@b.c\\x.com %2Fevil-cdn.com http://[2a00::1]/ 1.2.3.4.5 > 1.2.3.4.6: 0123456789abcdef0123456789abcdef`))
	s := setOf(f, "domain,evil-cdn.com", "ip,2a00:1450::1", "ip,96.44.160.0/24", "md5,0123456789abcdef0123456789abcdef", "email,a@evil-cdn.com")
	f.Fuzz(func(t *testing.T, line []byte) {
		s.NewMatcher().Match(fields("Message", string(line)), func(Hit) {})
	})
}
