package intel

import (
	"fmt"
	"strings"
	"testing"
)

func TestPatternsThatAreSetsBecomeIndicators(t *testing.T) {
	for pattern, want := range map[string]string{
		"[ipv4-addr:value ISSUBSET '96.44.160.0/24']":                                                      "ip 96.44.160.0/24",
		"[ipv6-addr:value = '2a00::1']":                                                                    "ip 2a00::1",
		"[network-traffic:dst_ref.value = '96.44.160.181']":                                                "ip 96.44.160.181",
		"[network-traffic:dst_ref.value = 'evil.com']":                                                     "domain evil.com",
		"[email-message:from_ref.value = 'a@evil.com']":                                                    "email a@evil.com",
		"[file:name = 'taskhask.dat']":                                                                     "filename taskhask.dat",
		`[file:name = 'x.exe' AND file:parent_directory_ref.path = 'C:\\ProgramData\\A']`:                  `path C:\ProgramData\A\x.exe`,
		`[directory:path = 'C:\\ProgramData\\WinDrive']`:                                                   `path C:\ProgramData\WinDrive\`,
		"[directory:path = '/tmp/x']":                                                                      "path /tmp/x/",
		`[windows-registry-key:key = 'HKLM\\Software\\X']`:                                                 `registry-key HKLM\Software\X`,
		"[mutex:name = 'evilmutex']":                                                                       "mutex evilmutex",
		"[process:command_line LIKE '%colorcpl.exe 22%']":                                                  "cmdline colorcpl.exe 22",
		"[process:extensions.'windows-service-ext'.service_name = 'Windrive']":                             "service-name Windrive",
		"[process:extensions.'windows-service-ext'.display_name = 'Windows Drive']":                        "service-display-name Windows Drive",
		"[user-account:account_login = 'dfamis']":                                                          "account-name dfamis",
		"[x509-certificate:hashes.'SHA-1' = '" + aSHA1 + "']":                                              "tls-cert-sha1 " + aSHA1,
		"[file:hashes.'SHA-256' = '" + aSHA256 + "' AND file:size = 25]":                                   "sha256 " + aSHA256,
		"[file:hashes.MD5 = '" + aMD5 + "' AND file:hashes.'SHA-1' = '" + aSHA1 + "']":                     "md5 " + aMD5 + ", sha1 " + aSHA1,
		"[file:hashes.MD5 = '" + aMD5 + "' AND file:name LIKE 'a%b' AND file:x_state = 'bad']":             "md5 " + aMD5,
		"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '96.44.160.181']": "ip 96.44.160.181",
		"[hostname:value = 'h.evil.com']":                                                                  "domain h.evil.com",
		"[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Evil/1.0']":         "user-agent Evil/1.0",
	} {
		im := readText(t, stixIndicator(1, pattern, ""), Options{})
		if got := values(im); got != want || len(im.Patterns) != 0 {
			t.Errorf("%s: %q, want %q (%v)", pattern, got, want, im.Problems)
		}
	}
}

func TestPatternsThatAreMoreAreKeptWhole(t *testing.T) {
	for _, pattern := range []string{
		"[domain-name:value != 'evil.com']", "[NOT EXISTS domain-name:value]", "[file:name LIKE 'a%b']", "[domain-name:value MATCHES '^a']",
		"[file:name = 'a.exe' AND process:pid = 5]", "[domain-name:value = 'a.com'] AND [domain-name:value = 'b.com']",
		"[domain-name:value = 'a.com' AND domain-name:resolves_to_refs[*].value = '1.2.3.4']",
		"[domain-name:value = 'a.com' OR network-traffic:dst_port = 4444]", "[url:value LIKE 'http://a%']",
		"[file:hashes.MD5 = '" + aMD5 + "' AND file:name != 'good.exe']", "[artifact:hashes.MD5 = '" + aMD5 + "']",
	} {
		im := readText(t, stixIndicator(1, pattern, ""), Options{})
		switch {
		case strings.Contains(pattern, "process:pid"): // tests of two kinds of object in one: the parser says so
		case len(im.Indicators) != 0 || len(im.Patterns) != 1 || im.Patterns[0].Text != pattern:
			t.Errorf("%s: %q, %d patterns, %v", pattern, values(im), len(im.Patterns), im.Problems)
		}
	}
}

func TestAnArrayOfSTIXObjectsCanBeRead(t *testing.T) {
	text := "[" + stixIndicator(1, "[domain-name:value = 'a.com']", "") + "," + stixIndicator(2, "[domain-name:value = 'b.com']", "") + "]"
	if got := values(readText(t, text, Options{})); got != "domain a.com, domain b.com" {
		t.Error(got)
	}
}

func TestEveryTypeSaysWhatItNeeds(t *testing.T) {
	for ty := Other; ty < lastType; ty++ {
		if back, ok := newTyper().names[ty.String()]; !ok || back != ty {
			t.Errorf("%s is read as %s", ty, back)
		}
		in := &Indicator{Type: ty, Value: "x"}
		weakKind(in)
		if len(needs(in)) == 0 {
			t.Errorf("%s: nobody is told which logs would show it", ty)
		}
		if (searchedBy(ty) == 0) != (hopeless(ty) != "") {
			t.Errorf("%s: searched for in %b, but hopeless because %q", ty, searchedBy(ty), hopeless(ty))
		}
	}
}

func TestTooManyTemplatesAreTold(t *testing.T) {
	var rows []string
	for i := range maxTemplates + 5 {
		rows = append(rows, fmt.Sprintf(`pipe,\evil%d<number>`, i))
	}
	s := setOf(t, rows...)
	if len(s.Notes()) != 1 {
		t.Errorf("%q", s.Notes())
	}
	if got := hits(s, fields("PipeName", `\evil10234`)); len(got) == 0 {
		t.Error("a template within the limit is not searched for")
	}
}

func TestLargeSetsKeepLessOfEachSighting(t *testing.T) {
	for n, want := range map[int][2]int{1: {MaxHosts, MaxOrigins}, 50_000: {16, 4}, 500_000: {4, 1}} {
		h, o := (&Set{list: make([]Indicator, n)}).keep()
		if h != want[0] || o != want[1] {
			t.Errorf("%d indicators: %d hosts, %d origins", n, h, o)
		}
	}
}

func TestPatternsBeyondALimitAreKeptAsNotEvaluated(t *testing.T) {
	for limit, pattern := range map[string]string{
		"65536": "[file:name = '" + strings.Repeat("a", 64<<10) + "' AND file:size = 1]",
		"256":   "[file:size = 1]" + strings.Repeat(" AND [file:size = 1]", 256),
		"64":    strings.Repeat("(", 65) + "[file:size = 1]" + strings.Repeat(")", 65),
	} {
		im := readText(t, stixIndicator(1, pattern, ""), Options{})
		if len(im.Kept) != 1 || im.Kept[0].Text != pattern || im.Kept[0].Kind != PatternKind || !strings.Contains(im.Kept[0].Why, limit) || im.Skipped != 1 {
			t.Errorf("limit of %s: %d kept, %v", limit, len(im.Kept), im.Problems)
		}
		if im = readText(t, stixIndicator(1, pattern, `,"revoked":true`), Options{}); len(im.Kept) != 0 {
			t.Errorf("limit of %s: kept though revoked", limit)
		}
	}
	if im := readText(t, stixIndicator(1, "[file:name = ", ""), Options{}); len(im.Kept) != 0 || im.Skipped != 1 {
		t.Errorf("a broken pattern is kept: %v", im.Problems)
	}
}
