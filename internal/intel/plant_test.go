package intel

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/intel/warninglist"
)

// planted makes, for one indicator, events in the shapes of several logs that
// show it, and events with values that look like it and are not it.
func planted(in *Indicator) (show, hide []*event.Event) {
	v := in.Value
	both := func(dst *[]*event.Event, values []string, names ...string) {
		for _, n := range names {
			for _, x := range values {
				*dst = append(*dst, fields("ts", "1", "uid", "Cabc", n, x))
			}
		}
	}
	switch {
	case in.Type == Domain:
		names := []string{"QueryName", "query", "dns.rrname", "server_name", "tls.sni", "cs-host", "r-dns", "host", "DestinationHostname", "dns.question.name"}
		both(&show, []string{v, strings.ToUpper(v), v + ".", "cdn-4f3a." + v, "a.b.c." + v}, names...)
		both(&show, []string{"https://" + v + "/index.html", "http://x." + v + ":8080/"}, "c-uri", "url")
		both(&hide, []string{"x" + v, v + "x", v + ".example.org", lookalike(v)}, names...)
		both(&hide, []string{"https://search.example/?q=" + v}, "c-uri")
	case in.Type == IP:
		names := []string{"DestinationIp", "SourceIp", "IpAddress", "id.resp_h", "id.orig_h", "dest_ip", "src_ip", "c-ip", "dst-ip", "sourceIPAddress", "answers"}
		both(&show, []string{v, "::ffff:" + v, v + ":443"}, names...)
		both(&hide, []string{v + "0", "1" + v, v[:len(v)-1] + "x", strings.Replace(v, ".", ".1", 1)}, names...)
	case in.Type.isFileHash():
		name := strings.ToUpper(in.Type.String())
		both(&show, []string{"SHA512=00," + name + "=" + strings.ToUpper(v) + ",IMPHASH=00", name + "=" + v}, "Hashes", "Hash")
		both(&show, []string{v, strings.ToUpper(v)}, in.Type.String(), "fileinfo."+in.Type.String(), "FileHash")
		turned := turn(v)
		both(&hide, []string{turned, v[:len(v)-2], v + "00", "IMPHASH=" + v}, "Hashes", in.Type.String())
	}
	return show, hide
}

// turn changes the last digit of a hash.
func turn(v string) string {
	last := "0"
	if strings.HasSuffix(v, "0") {
		last = "1"
	}
	return v[:len(v)-1] + last
}

// lookalike is a domain under another top-level domain.
func lookalike(v string) string { return v[:strings.LastIndexByte(v, '.')] + ".example" }

func TestNothingOfThePublishedListIsMissedAndNothingIsFalse(t *testing.T) {
	c := Check(readCorpus(t, "intel/earth-estries-iocs.csv").Indicators, warninglist.Load())
	s := Compile(c)
	m := s.NewMatcher()
	events, misses, falses, n := 0, 0, 0, 0
	for i := range s.list {
		in := &s.list[i]
		show, hide := planted(in)
		if len(show) > 0 && in.Decision > Rejected {
			n++
		}
		for _, ev := range show {
			events++
			found := false
			m.Match(ev, func(h Hit) { found = found || h.Index == i })
			if found != (in.Decision > Rejected) {
				misses++
				t.Errorf("%s %s (%s): found %v in %s=%s", in.Type, in.Value, in.Decision, found, ev.Shape.Fields[2].Name, ev.Values[2].Text)
			}
		}
		for _, ev := range hide {
			events++
			m.Match(ev, func(h Hit) {
				host := strings.ToLower(string(h.Value))
				if h.Index != i && h.Indicator.Type == Domain && strings.HasSuffix(host, "."+h.Indicator.Value) {
					return // below another domain of the list
				}
				falses++
				t.Errorf("%s %s: false, in %s=%s", h.Indicator.Type, h.Indicator.Value, h.Field, h.Value)
			})
		}
	}
	t.Logf("%d indicators, %d events, %d misses, %d false", n, events, misses, falses)
}

func TestParentsOfTenantsAreNeverFound(t *testing.T) {
	s := Compile(Check(readCorpus(t, "intel/earth-estries-iocs.csv").Indicators, warninglist.Load()))
	for _, host := range []string{
		"fastly.net", "global.ssl.fastly.net", "other.global.ssl.fastly.net", "workers.dev", "x.workers.dev", "softether.net",
		"vpn1.softether.net", "b-cdn.net", "raw.githubusercontent.com", "amazonaws.com", "smartlinkcorp.com", "s3.amazonaws.com",
	} {
		for _, name := range []string{"QueryName", "server_name", "cs-host"} {
			if got := hits(s, fields(name, host)); len(got) > 0 {
				t.Errorf("%s: %q", host, got)
			}
		}
	}
}
