package warninglist

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
)

func names(m []Match) string {
	var out []string
	for _, x := range m {
		n := x.List.Name
		if x.Parent {
			n += "^"
		}
		out = append(out, n)
	}
	return strings.Join(out, " ")
}

func TestTheEmbeddedTableIsWhole(t *testing.T) {
	table, err := Read(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	lists := table.Lists()
	if len(lists) < 50 || table.Date == "" {
		t.Fatalf("%d lists of %q", len(lists), table.Date)
	}
	for _, l := range lists {
		if l.Entries == 0 || l.Version == "" || l.Effect.String() == "none" {
			t.Errorf("list %+v", l)
		}
	}
}

func TestAnEntryIsToldFromItsParent(t *testing.T) {
	for _, c := range []struct{ host, has, not string }{
		{"cloudlibraries.global.ssl.fastly.net", "tranco10k^", "tlds"},
		{"fastly.net", "tranco10k", "tranco10k^"},
		{"com", "tlds", ""},
		{"x.workers.dev", "lots-project^", "second-level-tlds"},
		{"www.google.ad", "google^", ""},
		{"awsdns-531.com", "", "t"},
	} {
		got := " " + names(Load().Host(c.host)) + " "
		if !strings.Contains(got, " "+c.has+" ") && c.has != "" {
			t.Errorf("%s: %q lacks %q", c.host, got, c.has)
		}
		if c.not != "" && strings.Contains(got, " "+c.not+" ") {
			t.Errorf("%s: %q has %q", c.host, got, c.not)
		}
	}
}

func TestAddressesMatchTheirRanges(t *testing.T) {
	for addr, want := range map[string]string{
		"10.1.2.3": "rfc1918", "::ffff:10.1.2.3": "rfc1918", "fe80::1": "ipv6-linklocal", "2001:db8::7": "rfc3849",
		"203.0.113.9": "rfc5735", "8.8.8.8": "public-dns-v4",
	} {
		if got := names(Load().Addr(netip.MustParseAddr(addr))); !strings.Contains(got, want) {
			t.Errorf("%s: %q lacks %q", addr, got, want)
		}
	}
	if got := Load().Addr(netip.MustParseAddr("96.44.160.181")); strings.Contains(names(got), "rfc") {
		t.Errorf("an ordinary address is on %q", names(got))
	}
}

func TestHashesOfNothingAreRefused(t *testing.T) {
	for _, h := range []string{
		"d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	} {
		got := Load().Hash(h)
		if len(got) == 0 || got[0].List.Effect != Refuse {
			t.Errorf("%s: %v", h, got)
		}
	}
	if got := Load().Hash("00"); got != nil {
		t.Errorf("short value: %v", got)
	}
}

func TestRegisteredDomains(t *testing.T) {
	for host, want := range map[string]string{
		"a.b.example.co.uk": "example.co.uk", "globalnetzone.b-cdn.net": "b-cdn.net",
		"co.uk": "", "host.local-nowhere": "", "awsdns-531.com": "awsdns-531.com", "x.awsdns-531.com": "awsdns-531.com",
	} {
		if got := Load().Registered(host); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

func TestDamagedTablesAreRefused(t *testing.T) {
	if _, err := Read(strings.NewReader("no table")); err == nil {
		t.Error("text was read as a table")
	}
	if _, err := Read(bytes.NewReader(packed[:len(packed)/2])); err == nil {
		t.Error("half a table was read")
	}
}

func TestRangesInsideAreFound(t *testing.T) {
	table := Load()
	has := func(p, list string) bool {
		for _, m := range table.Inside(netip.MustParsePrefix(p)) {
			if m.List.Name == list {
				return true
			}
		}
		return false
	}
	if !has("104.0.0.0/8", "cloudflare") || !has("2606::/16", "cloudflare") {
		t.Error("the ranges of a network inside a wider one are not found")
	}
	if has("45.61.136.0/30", "cloudflare") {
		t.Error("a range was found where it is not")
	}
	if got := table.Inside(netip.MustParsePrefix("10.0.0.0/8")); len(got) > 0 && got[0].Entry == "10.0.0.0/8" {
		t.Error("a range was found inside itself")
	}
}
