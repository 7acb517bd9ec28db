package pcap

import (
	"testing"

	"tyto/internal/rulecheck"
)

// matches counts the events of a capture that a public rule matches.
func matches(t *testing.T, rule, capture string) int {
	t.Helper()
	events, _ := read(t, capture)
	return rulecheck.Count(t, rule, events)
}

func asks(t *testing.T, kind uint16, name ...string) string {
	p := newTape(t)
	p.udp("10.0.1.4", 50001, "10.0.1.1", 53, query(7, 0x0100, kind, label(name...)))
	return p.pcap()
}

func requests(t *testing.T, client, server, head string) string {
	p := newTape(t)
	k := p.talk(client, 50000, server, 80)
	k.open()
	k.send(0, flagACK, head+"\r\n\r\n")
	return p.pcap()
}

func connects(t *testing.T, server string) string {
	p := newTape(t)
	p.talk("10.0.1.4", 50000, server, 443).open()
	return p.pcap()
}

func TestPublicRules(t *testing.T) {
	const ua = "PUT /w/a.7z HTTP/1.1\r\nHost: h\r\nUser-Agent: Microsoft-WebDAV-MiniRedir/10.0"
	for _, c := range []struct{ rule, hit, miss string }{
		{"rules/network/zeek/zeek_dns_torproxy.yml", asks(t, 1, "x", "onion", "to"), asks(t, 1, "x", "onion", "example")},
		{"rules/network/dns/net_dns_mal_cobaltstrike.yml", asks(t, 16, "aaa", "stage", "1", "example"), asks(t, 16, "bbb", "stage", "1", "example")},
		{"rules/network/zeek/zeek_http_webdav_put_request.yml", requests(t, "10.0.1.4", "192.0.2.9", ua), requests(t, "10.0.1.4", "10.0.1.9", ua)},
		{"rules/web/proxy_generic/proxy_pwndrop.yml", requests(t, "10.0.1.4", "192.0.2.9", "GET /pwndrop/a HTTP/1.1\r\nHost: h"), requests(t, "192.0.2.9", "10.0.1.4", "GET /pwndrop/a HTTP/1.1\r\nHost: h")},
		{"rules/web/webserver_generic/web_path_traversal_exploitation_attempt.yml",
			requests(t, "192.0.2.9", "10.0.1.4", "GET /../../../../../lib/password HTTP/1.1\r\nHost: h"), requests(t, "192.0.2.9", "10.0.1.4", "GET /lib/password HTTP/1.1\r\nHost: h")},
		{"rules-emerging-threats/2017/TA/Equation-Group/net_firewall_apt_equationgroup_c2.yml", connects(t, "69.42.98.86"), connects(t, "192.0.2.9")},
	} {
		if n := matches(t, c.rule, c.hit); n != 1 {
			t.Errorf("%s: %d matches, want 1", c.rule, n)
		}
		if n := matches(t, c.rule, c.miss); n != 0 {
			t.Errorf("%s: %d matches of the near miss", c.rule, n)
		}
	}
}
