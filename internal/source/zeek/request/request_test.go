package request

import (
	"slices"
	"strings"
	"testing"

	"tyto/internal/source/winlog"
)

func TestPutNamesTheParts(t *testing.T) {
	for _, c := range []struct {
		method, host, target, responder string
		inbound                         bool
		want                            string
	}{
		{"GET", "a.example:8080", "/x/y.php?q=1", "192.0.2.9", false, "c-useragent= cs-host=a.example c-uri=http://a.example:8080/x/y.php?q=1 c-uri=/x/y.php?q=1 cs-uri=http://a.example:8080/x/y.php?q=1 cs-uri=/x/y.php?q=1 cs-uri-query=/x/y.php?q=1 cs-uri-stem=/x/y.php cs-uri-query=q=1 c-uri-query=q=1 c-uri-extension=php"},
		{"CONNECT", "a.example:443", "a.example:443", "10.0.0.1", false, "c-useragent= cs-host=a.example c-uri=a.example:443 cs-uri=a.example:443 cs-uri-query=a.example:443 cs-uri-stem=a.example:443"},
		{"GET", "b.example", "http://a.example/z", "10.0.0.1", false, "c-useragent= cs-host=a.example c-uri=http://a.example/z c-uri=/z cs-uri=http://a.example/z cs-uri=/z cs-uri-query=/z cs-uri-stem=/z"},
		{"GET", "", "/z.exe", "10.0.0.1", true, "c-useragent= c-uri=http://10.0.0.1:81/z.exe c-uri=/z.exe cs-uri=http://10.0.0.1:81/z.exe cs-uri=/z.exe cs-uri-query=/z.exe cs-uri-stem=/z.exe c-uri-extension=exe"},
		{"GET", "[2001:db8::1]:80", "", "fd00::1", true, "c-useragent= cs-host=[2001:db8::1]"},
		{"", "h", "/", "10.0.0.1", false, ""},
	} {
		var l winlog.Layout
		f := NewFields(&l)
		shape := l.Shape()
		var w Writer
		inbound := w.Put(f, &Request{Method: []byte(c.method), Host: []byte(c.host), Target: []byte(c.target), Responder: []byte(c.responder), Port: []byte("81")})
		var got []string
		for _, v := range w.Values {
			got = append(got, shape.Fields[v.Field].Name+"="+string(v.Text))
		}
		if !slices.Equal(got, strings.Fields(c.want)) || inbound != c.inbound {
			t.Errorf("%s %s: inbound %v\n got %q\nwant %q", c.method, c.target, inbound, got, c.want)
		}
	}
}

func TestIsInternal(t *testing.T) {
	for ip, want := range map[string]bool{
		"10.1.2.3": true, "192.168.1.1": true, "172.16.0.1": true, "172.31.0.1": true, "172.32.0.1": false, "172.1.0.1": false,
		"100.1.1.1": false, "127.0.0.1": true, "fd00::1": true, "fc01::1": true, "fcxy": false, "fe80::1": true, "::1": true, "2001:db8::1": false, "": false,
	} {
		if got := IsInternal([]byte(ip)); got != want {
			t.Errorf("%s: %v", ip, got)
		}
	}
}
