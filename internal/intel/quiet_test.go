package intel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A value that was silent once must not hide what the next event shows.
func TestRememberedValuesChangeNoAnswer(t *testing.T) {
	s := compileMany(t, []byte(`type,value
domain,evil.com
ip,203.0.113.7
filename,evil.exe
path,C:\ProgramData\Evil\a.dll
sha256,0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdee
url,http://evil.com/gate
service-name,EvilService
pipe,\evilpipe
cmdline,evil --run now
sideload-pair,K7AVMScn.exe|K7AVWScn.dll
`))
	names := []string{
		"Image", "CommandLine", "User", "DestinationIp", "DestinationHostname", "QueryName", "Hashes", "ServiceName", "PipeName",
		"TargetFilename", "ImageLoaded", "host", "uri", "id.resp_h", "TargetObject", "ParentImage", "cs-host", "c-uri",
	}
	values := []string{
		`C:\x\evil.exe`, `C:\x\good.exe`, "good.exe", "evil --run now", "good --run now", "evil.com", "www.evil.com", "good.com", "203.0.113.7",
		"203.0.113.8", "SHA256=0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEE", "MD5=0123456789ABCDEF0123456789ABCDEF",
		"EvilService", "GoodService", `\evilpipe`, `\lsass`, `C:\ProgramData\Evil\a.dll`, "/gate", "http://evil.com/gate", "/", "-", "",
		`C:\a\K7AVMScn.exe`, `C:\a\K7AVWScn.dll`, strings.Repeat("x", quietText), strings.Repeat("evil.com ", 20), "EVIL.COM",
	}
	r := rand.New(rand.NewPCG(3, 9))
	shared, hits := s.NewMatcher(), 0
	for n := range 5000 {
		var pairs []string
		for range 1 + r.IntN(5) {
			pairs = append(pairs, names[r.IntN(len(names))], values[r.IntN(len(values))])
		}
		ev := fields(pairs...)
		fresh := s.NewMatcher()
		var got, want []string
		shared.Match(ev, func(h Hit) { got = append(got, fmt.Sprint(h.Index, h.Field, string(h.Value), h.How)) })
		fresh.Match(ev, func(h Hit) { want = append(want, fmt.Sprint(h.Index, h.Field, string(h.Value), h.How)) })
		if !slices.Equal(got, want) || shared.told != fresh.told {
			t.Fatalf("event %d %q: %q, a new matcher says %q; hashes %v and %v", n, pairs, got, want, shared.told, fresh.told)
		}
		hits += len(got)
	}
	if hits < 1000 {
		t.Errorf("only %d hits: the test says little", hits)
	}
}

func TestAPathIsLookedAtAnewForEachHost(t *testing.T) {
	m := setOf(t, "url,http://evil.com/gate").NewMatcher()
	found := 0
	for _, host := range []string{"good.com", "evil.com"} {
		m.Match(fields("host", host, "uri", "/gate"), func(Hit) { found++ })
	}
	if found != 1 {
		t.Errorf("found %d times, want once", found)
	}
}
