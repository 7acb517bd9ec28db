package intel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"tyto/internal/intel/warninglist"
)

func readText(t testing.TB, text string, opt Options) *Import {
	t.Helper()
	im, err := Read(strings.NewReader(text), "test", opt)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// values lists what was read as "type value".
func values(im *Import) string {
	var out []string
	for _, in := range im.Indicators {
		s := in.Type.String() + " " + in.Value
		if in.Decision == Rejected {
			s += "!"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

const (
	aMD5    = "0123456789abcdef0123456789abcdef"
	aSHA1   = "0123456789abcdef0123456789abcdef01234567"
	aSHA256 = aMD5 + "0123456789abcdef0123456789abcde0"
)

func TestFormsOfTables(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"type and value", "type,value\ndomain,evil[.]com\n", "domain evil.com"},
		{"foreign names", "Indicator;Indicator_Type;Comment\nhxxp://evil.com/x;URL;\"a; b\"\n", "url http://evil.com/x"},
		{"one column per type", "md5,sha256,domain\n" + aMD5 + ",,\n," + aSHA256 + ",evil.com\n", "md5 " + aMD5 + ", sha256 " + aSHA256 + ", domain evil.com"},
		{"a hash column", "hash,first_seen\n" + aSHA1 + ",2024-01-01\n", "sha1 " + aSHA1},
		{"guessed types", "ioc\n1.2.3.4\nevil.com\n", "ip 1.2.3.4, domain evil.com"},
		{"header in a comment", "# feed\n# \"ioc_type\",\"ioc_value\"\n\"domain\",\"evil.com\"\n", "domain evil.com"},
		{"tabs", "type\tvalue\nip\t1.2.3.4\n", "ip 1.2.3.4"},
		{"byte order mark", "\ufefftype,value\r\nip,1.2.3.4\r\n", "ip 1.2.3.4"},
		{"quotes and new lines", "value,type,comment\nevil.com,domain,\"a \"\"b\"\"\nc\"\nbad.com,domain,x\n", "domain evil.com, domain bad.com"},
		{"a cell over several rows behind others", "type,comment,value\ndomain,\"a, b\nc, \"\"d\"\"\ne\",evil.com\n", "domain evil.com"},
		{"an open quote costs one row", "type,value\ndomain,\"evil.com\ndomain,bad.com\n", "domain bad.com"},
		{"pairs", "type,value\nfilename|sha1,x.dll|" + aSHA1 + "\nip-dst|port,1.2.3.4|443\n", "filename x.dll, sha1 " + aSHA1 + ", ip 1.2.3.4"},
		{"values of the wrong kind are kept as rejected", "type,value\nmd5,11736212\nip,1.2.3.400\n", "md5 11736212!, ip 1.2.3.400!"},
		{"unknown types are kept", "type,value\ntarot-card,tower\n", "other tower"},
		{"an export of Defender", "IndicatorType,IndicatorValue,ExpirationTime,Action\nFileSha1," + aSHA1 + ",,Block\nIpAddress,1.2.3.4,,Warn\nUrl,https://evil.com/x,,Audit\nCertificateThumbprint," + aSHA1 + ",,Block\n",
			"sha1 " + aSHA1 + ", ip 1.2.3.4, url https://evil.com/x, tls-cert-sha1 " + aSHA1},
		{"a file for Zeek", "#fields\tindicator\tindicator_type\tmeta.source\n1.2.3.4\tIntel::ADDR\tx\nevil.com/a\tIntel::URL\tx\n" + aSHA1 + "\tIntel::CERT_HASH\tx\n" + aMD5 + "\tIntel::FILE_HASH\tx\n",
			"ip 1.2.3.4, url http://evil.com/a, tls-cert-sha1 " + aSHA1 + ", md5 " + aMD5},
		{"an export of OpenCTI", "entity_type,name,pattern\nIndicator,x,\"[domain-name:value = 'evil.com'] OR [ipv4-addr:value = '1.2.3.4']\"\n", "domain evil.com, ip 1.2.3.4"},
		{"a list of certificates", "# Listingdate,SHA1,Listingreason\n2026-07-01 10:00:00," + aSHA1 + ",RAT\n", "tls-cert-sha1 " + aSHA1},
		{"columns by their last word", "C2 Domain,C2 IP,Malware MD5,Reporter Email\nevil.com,1.2.3.4," + aMD5 + ",me@cert.org\n", "domain evil.com, ip 1.2.3.4, md5 " + aMD5},
		{"types in other spellings", "IOC Type,IOC Value\nSHA-256 Hash," + aSHA256 + "\nFile Hash (MD5)," + aMD5 + "\nIPv4 Address,1.2.3.4\nURI,/gate.php\n",
			"sha256 " + aSHA256 + ", md5 " + aMD5 + ", ip 1.2.3.4, uri-path /gate.php"},
		{"cells that say nothing", "md5,imphash\n" + aMD5 + ",n/a\n" + aMD5 + ",None\n", "md5 " + aMD5 + ", md5 " + aMD5},
		{"a spreadsheet's hint", "sep=;\ntype;value\nip;1.2.3.4\n", "ip 1.2.3.4"},
		{"UTF-16 of Windows", "\xff\xfet\x00y\x00p\x00e\x00,\x00v\x00a\x00l\x00u\x00e\x00\n\x00i\x00p\x00,\x001\x00.\x002\x00.\x003\x00.\x004\x00\n\x00", "ip 1.2.3.4"},
		{"names with a folder are paths", "type,value\nfilename,C:\\Users\\x.exe\n", `path C:\Users\x.exe`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := values(readText(t, c.text, Options{})); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestPlainLists(t *testing.T) {
	im := readText(t, "# a list\n"+strings.Join([]string{
		"evil[.]com", "hxxps://bad[.]com/a?b", "1.2.3[.]4", "10.0.0.0/8", aMD5, aSHA1, aSHA256, "", "; note",
		`C:\Users\Public\x.exe`, "0.0.0.0 hosts.evil.com", "a[@]evil.com", "x.dll", "nothing at all", "2a00::1",
		`HKLM\Software\X`, "evil.net # seen in May",
	}, "\n"), Options{})
	want := "domain evil.com, url https://bad.com/a?b, ip 1.2.3.4, ip 10.0.0.0/8, md5 " + aMD5 + ", sha1 " + aSHA1 + ", sha256 " + aSHA256 +
		`, path C:\Users\Public\x.exe, domain hosts.evil.com, email a@evil.com, filename x.dll, ip 2a00::1, registry-key HKLM\Software\X, domain evil.net`
	if got := values(im); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(im.Problems) != 1 || im.Problems[0].Line != 15 {
		t.Errorf("problems: %v", im.Problems)
	}
}

func TestFormsOfListedValues(t *testing.T) {
	for line, want := range map[string]string{
		"*.evil.com": "domain evil.com", ".evil.com": "domain evil.com", "evil[.]com:8080": "domain evil.com", "bücher.com": "domain xn--bcher-kva.com",
		"evil].com": "domain evil.com", "hxxp://evil [.] com/a": "url http://evil.com/a", "||evil.com^": "domain evil.com",
		"SHA1=" + aSHA1: "sha1 " + aSHA1, "sha1: " + aSHA1: "sha1 " + aSHA1, "0x" + aMD5: "md5 " + aMD5,
		"01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef": "md5 " + aMD5,
		"t13d1516h2_8daaf6152771_b186095e22b6":            "ja4 t13d1516h2_8daaf6152771_b186095e22b6",
		`Global\x1`:                                       `mutex Global\x1`, `HKLM:\Software\X`: `registry-key HKLM:\Software\X`,
		"invoice.pdf": "filename invoice.pdf", "run.js": "filename run.js", "evil.py": "domain evil.py",
		"0.0.0.0/0": "ip 0.0.0.0/0!", "::/0": "ip ::/0!", "300.1.1.1": "ip 300.1.1.1!",
	} {
		if got := values(readText(t, line+"\n", Options{})); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

func TestAStrayNulSpoilsItsOwnValueOnly(t *testing.T) {
	im := readText(t, "type,value\nfilename,a\x00b.exe\nuser-agent,x\x1b[2J\n"+strings.Repeat("domain,evil.com\n", 20), Options{})
	if got := values(im); !strings.HasPrefix(got, "filename a\x00b.exe!, user-agent x\x1b[2J!, domain evil.com") {
		t.Errorf("got %q", got)
	}
}

func TestATitleIsNotAHeader(t *testing.T) {
	for _, title := range []string{"Malicious domains", "The following IPs, domains", "Network indicators and hashes, May"} {
		if got := values(readText(t, title+"\n1.2.3.4\nevil.com\n", Options{})); got != "ip 1.2.3.4, domain evil.com" {
			t.Errorf("%s: %s", title, got)
		}
	}
}

func TestUnknownColumnsWithValuesAreTold(t *testing.T) {
	im := readText(t, "md5,thing,reference\n"+aMD5+",evil.com,ref.org\n"+aMD5+",bad.com,ref.org\n", Options{})
	if len(im.Problems) != 1 || !strings.Contains(im.Problems[0].Reason, "column thing") {
		t.Errorf("problems: %v", im.Problems)
	}
}

func TestTimesThatCannotBeReadAreTold(t *testing.T) {
	im := readText(t, "type,value,valid_until\ndomain,evil.com,soon\n", Options{})
	if in := im.Indicators[0]; in.Until != 0 || len(in.Reasons) != 1 || !strings.Contains(in.Reasons[0], "soon") {
		t.Errorf("%+v", in)
	}
}

func TestFirstAndLastSeenAreAWindow(t *testing.T) {
	im := readText(t, "type,value,first_seen,last_seen\ndomain,evil.com,2026-05-01,2026-06-01\n", Options{})
	if in := im.Indicators[0]; stamp(in.From) != "2026-05-01T00:00:00Z" || stamp(in.Until) != "2026-06-01T23:59:59Z" {
		t.Errorf("from %s until %s", stamp(in.From), stamp(in.Until))
	}
}

func TestMISPEvents(t *testing.T) {
	raw, err := os.ReadFile(corpus(t, "stix/misp_feed_event_pymisp.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Feed json.RawMessage `json:"feed_event"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	im := readText(t, string(file.Feed), Options{})
	if len(im.Problems) > 0 {
		t.Fatal(im.Problems)
	}
	want := "domain example.com, ip 203.0.113.1, ip 203.0.113.1, sha256 " + strings.Repeat("a", 63)
	if got := values(im); !strings.HasPrefix(got, want) || len(im.Indicators) != 7 {
		t.Errorf("%d: %s", len(im.Indicators), got)
	}
	if cl := im.Indicators[0].Claim; cl.Source != "Example Org: Tyto incident TYTO-2026-0001" || cl.Actors != "Earth Estries" || cl.Date != "2026-11-23" {
		t.Errorf("claim %+v", cl)
	}
	c := Check(im.Indicators, lists())
	if c.Indicators[0].Decision != Rejected || c.Indicators[1].Decision != Rejected {
		t.Errorf("documentation values were not refused: %+v", c.Indicators[:2])
	}
}

func TestMISPDetails(t *testing.T) {
	im := readText(t, `{"response":[{"Event":{"Attribute":[
		{"type":"domain","value":"evil.com","to_ids":"1","comment":"c2"},
		{"type":"filename","value":"x.exe","to_ids":false},
		{"type":"ip-dst","value":"1.2.3.4","to_ids":1,"deleted":true},
		{"type":"sigma","value":"title: x"},{"type":"yara","value":"rule x {}"},
		{"type":"md5","value":17},{"type":"domain"},["no"],
		{"type":"threat-actor","value":"X"}],
		"Object":[{"name":"file","Attribute":[{"type":"sha1","value":"`+aSHA1+`"},{"type":"filename","value":"y.exe"}]}],
		"Orgc":{"name":"Org"},"info":"Info","date":"2024-05-06","Tag":[{"name":"admiralty-scale:source-reliability=\"b\""}]}}]}`, Options{})
	if got, want := values(im), "domain evil.com, filename x.exe, md5 17!, other X, sha1 "+aSHA1+", filename y.exe"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if len(im.Sigma) != 1 || im.Sigma[0].Text != "title: x" || len(im.Kept) != 1 || im.Kept[0].Why == "" || im.Withdrawn != 1 || im.Skipped != 2 {
		t.Errorf("sigma %v, kept %v, withdrawn %d, skipped %d: %v", im.Sigma, im.Kept, im.Withdrawn, im.Skipped, im.Problems)
	}
	for _, in := range im.Indicators {
		if in.Claim.Source != "Org: Info" || in.Claim.Grade.Source != 2 {
			t.Errorf("%s: claim %+v", in.Value, in.Claim)
		}
	}
	if im.Sigma[0].Claim.Source != "Org: Info" || im.Indicators[1].Asked != Hunt {
		t.Errorf("rule of %q, asked %s", im.Sigma[0].Claim.Source, im.Indicators[1].Asked)
	}
}

func stixIndicator(id int, pattern, more string) string {
	p, _ := json.Marshal(pattern)
	return fmt.Sprintf(`{"type":"indicator","spec_version":"2.1","id":"indicator--%08d-0000-4000-8000-000000000000","created_by_ref":"identity--1","valid_from":"2024-01-01T00:00:00Z","pattern":%s%s}`, id, p, more)
}

func TestMISPValuesOfTheWrongShapeCostOnlyThemselves(t *testing.T) {
	for _, odd := range []string{`null`, `{"0":{"type":"domain","value":"x.com"}}`, `7`, `"x"`, `[null,7,[]]`} {
		im, err := Read(strings.NewReader(`{"Event":{"info":"Info","Attribute":`+odd+`,"Object":[{"name":"file","Attribute":[{"type":"sha1","value":"`+aSHA1+`"}]}]}}`), "x", Options{})
		if err != nil || values(im) != "sha1 "+aSHA1 {
			t.Errorf("%s: %v, %s", odd, err, values(im))
		}
	}
}

func TestACutEventKeepsItsSource(t *testing.T) {
	im, err := Read(strings.NewReader(`{"Event":{"info":"Info","Attribute":[{"type":"domain","value":"a.com"},{"type":"dom`), "x", Options{})
	if err == nil || len(im.Indicators) != 1 || im.Indicators[0].Claim.Source != "Info" {
		t.Errorf("%v, %+v", err, im.Indicators)
	}
}

func TestMISPTypesBeyondTheUsual(t *testing.T) {
	im := readText(t, `{"Event":{"Attribute":[
		{"type":"email-reply-to","value":"a@evil.com"},{"type":"email-attachment","value":"inv.zip"},{"type":"filename-pattern","value":"evil*.exe"},
		{"type":"ja4-plus","value":"t13d1516h2_8daaf6152771_b186095e22b6"},{"type":"uri","value":"/gate.php"},{"type":"cookie","value":"sid=1"},
		{"type":"regkey|value","value":"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run|C:\\ProgramData\\x.exe"}]}}`, Options{})
	want := `email a@evil.com, filename inv.zip, filename evil*.exe, ja4 t13d1516h2_8daaf6152771_b186095e22b6, uri-path /gate.php, http-cookie-name sid, ` +
		`registry-key HKLM\Software\Microsoft\Windows\CurrentVersion\Run, path C:\ProgramData\x.exe`
	if got := values(im); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	c := Check(im.Indicators, lists())
	if in := c.Indicators[6]; in.Decision != Hunt || !in.hopeless {
		t.Errorf("the autostart key of every machine is looked for: %+v", in)
	}
}

func TestPlainJSONWithListsInside(t *testing.T) {
	for text, want := range map[string]string{
		`{"query_status":"ok","data":[{"ioc":"evil.com:443","ioc_type":"domain"},{"ioc":"1.2.3.4:80","ioc_type":"ip:port"}]}`: "domain evil.com, ip 1.2.3.4",
		`{"12":[{"url":"http://evil.com/a"}],"13":[{"url":"http://bad.com/b"}]}`:                                              "url http://evil.com/a, url http://bad.com/b",
		`{"domains":["evil.com"],"ips":["1.2.3.4"],"hashes":["` + aMD5 + `"]}`:                                                "domain evil.com, md5 " + aMD5 + ", ip 1.2.3.4",
	} {
		if got := values(readText(t, text, Options{})); got != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
}

func TestSTIXBundles(t *testing.T) {
	im := readText(t, `{"type":"bundle","id":"bundle--1","objects":[`+strings.Join([]string{
		stixIndicator(1, "[domain-name:value = 'evil.com']", `,"pattern_type":"stix"`),
		stixIndicator(2, "[file:hashes.'SHA-256' = '"+aSHA256+"' OR file:hashes.MD5 = '"+aMD5+"']", ""),
		stixIndicator(3, "[file:hashes.'SHA-1' = '"+aSHA1+"' AND file:name = 'x.exe']", ""),
		stixIndicator(4, "[ipv4-addr:value IN ('1.2.3.4', '1.2.3.5')] OR [url:value = 'http://evil.com/x']", ""),
		stixIndicator(5, "[process:name = 'a'] FOLLOWEDBY [domain-name:value = 'b.com']", ""),
		stixIndicator(6, "[network-traffic:dst_port = 4444]", ""),
		stixIndicator(7, "[domain-name:value = 'gone.com']", `,"revoked":true`),
		stixIndicator(8, "title: x", `,"pattern_type":"sigma"`), stixIndicator(9, "rule x {}", `,"pattern_type":"yara"`),
		stixIndicator(10, "[broken", ""), `"no object"`,
		`{"type":"ipv4-addr","id":"ipv4-addr--1","value":"1.2.3.6"}`,
		`{"type":"identity","id":"identity--1","name":"CERT-X"}`,
	}, ",")+`]}`, Options{})
	want := "domain evil.com, sha256 " + aSHA256 + ", md5 " + aMD5 + ", sha1 " + aSHA1 + ", ip 1.2.3.4, ip 1.2.3.5, url http://evil.com/x, domain gone.com, ip 1.2.3.6"
	if got := values(im); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(im.Patterns) != 2 || len(im.Sigma) != 1 || len(im.Kept) != 1 || im.Skipped != 2 {
		t.Errorf("%d patterns, %d sigma, %d kept, problems %v", len(im.Patterns), len(im.Sigma), len(im.Kept), im.Problems)
	}
	if im.Indicators[0].Claim.Source != "CERT-X" || im.Indicators[0].From == 0 {
		t.Errorf("%+v", im.Indicators[0].Claim)
	}
	c := Check(im.Indicators, lists())
	if c.Indicators[7].Decision != Rejected || c.Indicators[8].Decision != Context {
		t.Errorf("revoked is %s, bare observable is %s", c.Indicators[7].Decision, c.Indicators[8].Decision)
	}
}

func TestSingleSTIXObjects(t *testing.T) {
	if got := values(readText(t, stixIndicator(1, "[domain-name:value = 'evil.com']", ""), Options{})); got != "domain evil.com" {
		t.Error(got)
	}
	two := stixIndicator(1, "[domain-name:value = 'a.com']", "") + "\n" + stixIndicator(2, "[domain-name:value = 'b.com']", "")
	if got := values(readText(t, two, Options{})); got != "domain a.com, domain b.com" {
		t.Error(got)
	}
}

func TestTheExampleExportCanBeRead(t *testing.T) {
	im := readCorpus(t, "stix/example_export_bundle.json")
	if len(im.Problems) > 0 || len(im.Indicators) == 0 {
		t.Errorf("%d indicators, problems %v", len(im.Indicators), im.Problems)
	}
	t.Log(values(im), len(im.Patterns), len(im.Sigma), len(im.Kept))
}

func TestPlainObjects(t *testing.T) {
	for _, text := range []string{
		`[{"type":"domain","value":"evil.com"},{"sha1":"` + aSHA1 + `"},"1.2.3.4"]`,
		`{"type":"domain","value":"evil.com"}` + "\n" + `{"sha1":"` + aSHA1 + `"}` + "\n" + `"1.2.3.4"`,
	} {
		got := values(readText(t, text, Options{}))
		if want := "domain evil.com, sha1 " + aSHA1 + ", ip 1.2.3.4"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWhatACheckWritesCanBeReadAgain(t *testing.T) {
	c := Check(readText(t, "type,value\ndomain,evil.com\nip,10.0.0.1\n", Options{}).Indicators, lists())
	var b bytes.Buffer
	for i := range c.Indicators {
		line, err := json.Marshal(c.Indicators[i].Record())
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	again := Check(readText(t, b.String(), Options{}).Indicators, lists())
	if again.Count(Detect) != 1 || again.Count(Rejected) != 1 {
		t.Errorf("%s", b.String())
	}
}

func TestLimitsEndAReadingAndKeepWhatCameBefore(t *testing.T) {
	list := "type,value\n" + strings.Repeat("domain,evil.com\n", 1000)
	im, err := Read(strings.NewReader(list), "x", Options{MaxEntries: 10})
	if !errors.Is(err, errTooMany) || len(im.Indicators) != 10 {
		t.Errorf("%v, %d entries", err, len(im.Indicators))
	}
	im, err = Read(strings.NewReader(list), "x", Options{MaxBytes: 1000})
	if !errors.Is(err, errTooLong) || len(im.Indicators) == 0 {
		t.Errorf("%v, %d entries", err, len(im.Indicators))
	}
	big := `{"objects":[` + stixIndicator(1, "[domain-name:value = 'a.com']", "") + `,{"type":"x","spec_version":"2.1","a":"` + strings.Repeat("x", 1<<20) + `"},` +
		stixIndicator(2, "[domain-name:value = 'b.com']", "") + `]}`
	im, err = Read(strings.NewReader(big), "x", Options{MaxElement: 100_000})
	if err != nil || len(im.Indicators) != 2 || im.Skipped != 1 {
		t.Errorf("%v, %d entries, %v", err, len(im.Indicators), im.Problems)
	}
	deep := `{"objects":[` + stixIndicator(1, "[domain-name:value = 'a.com']", "") + `,` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `,` + stixIndicator(2, "[domain-name:value = 'b.com']", "") + `]}`
	im, err = Read(strings.NewReader(deep), "x", Options{})
	if err != nil || len(im.Indicators) != 2 || im.Skipped != 1 {
		t.Errorf("%v, %d entries, %v", err, len(im.Indicators), im.Problems)
	}
	for _, bad := range []string{`{"Event":{"Attribute":[{"type":"domain","value":"a.com"},`, "type,value\x00", `{"Event":[[[[`} {
		if _, err := Read(strings.NewReader(bad), "x", Options{}); err == nil {
			t.Errorf("%q was read without an error", bad)
		}
	}
	if _, err := Read(strings.NewReader(strings.Repeat(`{"response":`, 5000)), "x", Options{}); err == nil {
		t.Error("endless nesting was read without an error")
	}
}

// versioned is an indicator with this id and time of modification.
func versioned(id, modified, value, more string) string {
	return `{"type":"indicator","spec_version":"2.1","id":"indicator--` + id + `","modified":"` + modified + `","created":"2026-03-01T00:00:00.000Z","pattern_type":"stix","pattern":"` + value + `"` + more + `}`
}

// addAll reads texts as files called 1, 2, ... and adds them up.
func addAll(t *testing.T, texts ...string) *Import {
	t.Helper()
	all := &Import{}
	for i, text := range texts {
		im, err := Read(strings.NewReader(`{"type":"bundle","objects":[`+text+`]}`), fmt.Sprint(i+1), Options{})
		if err != nil {
			t.Fatal(err)
		}
		all.Add(im)
	}
	return all
}

func TestTheNewestVersionCountsWhateverTheOrderOfFiles(t *testing.T) {
	const first, second, third = "2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z", "2026-03-03T00:00:00.000Z"
	a := versioned("x", first, "[domain-name:value = 'a1.com']", "") + "," + versioned("y", first, "[domain-name:value = 'a2.com']", "")
	b := versioned("z", first, "[domain-name:value = 'b1.com']", "") + "," + versioned("x", second, "[domain-name:value = 'b2.com'] OR [domain-name:value = 'b3.com']", "")
	c := versioned("z", second, "[domain-name:value = 'c1.com']", "") + "," + versioned("x", third, "[domain-name:value = 'c2.com']", "") + "," + versioned("w", first, "[domain-name:value = 'c3.com']", "")
	for _, order := range [][]string{{a, b, c}, {a, c, b}, {b, a, c}, {b, c, a}, {c, a, b}, {c, b, a}, {a, b, c, b, a}, {a, a, b, b, c, c}} {
		im := addAll(t, order...)
		list := strings.Split(values(im), ", ")
		slices.Sort(list)
		if got := strings.Join(list, ", "); got != "domain a2.com, domain c1.com, domain c2.com, domain c3.com" {
			t.Errorf("%s (%v)", got, im.Problems)
		}
	}
	im := addAll(t, b, a)
	if len(im.Problems) != 1 || im.Problems[0].String() != "2: entry 1: an older version of an indicator that 1 has too: not used" {
		t.Errorf("%v", im.Problems)
	}
	if im = addAll(t, versioned("v", first, "[domain-name:value = 'v.com']", ""), a, b); len(im.Problems) != 1 || im.Problems[0].File != "2" {
		t.Errorf("of three files: %v", im.Problems)
	}
	if im = addAll(t, a, b); len(im.Problems) != 1 || im.Problems[0].String() != "1: entry 1: an older version of an indicator that 2 has too: not used" {
		t.Errorf("%v", im.Problems)
	}
}

func TestANewerFileTakesBackAnIndicatorAndAPattern(t *testing.T) {
	const early, late = "2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"
	pattern := "[process:pid = 5 AND process:name = 'a']"
	old := versioned("p", early, pattern, "") + "," + versioned("v", early, "[domain-name:value = 'a.com']", "")
	revoked := versioned("v", late, "[domain-name:value = 'a.com']", `,"revoked":true`) + "," + versioned("p", late, pattern, `,"revoked":true`)
	for _, order := range [][]string{{old, revoked}, {revoked, old}} {
		im := addAll(t, order...)
		if len(im.Patterns) != 0 || len(im.Indicators) != 1 || im.Indicators[0].Asked != Rejected {
			t.Errorf("%d patterns, %v", len(im.Patterns), im.Indicators)
		}
	}
	newer := versioned("p", late, "[process:pid = 6 AND process:name = 'a']", "")
	for _, order := range [][]string{{old, newer}, {newer, old}} {
		if im := addAll(t, order...); len(im.Patterns) != 1 || !strings.Contains(im.Patterns[0].Text, "6") {
			t.Errorf("%v", im.Patterns)
		}
	}
}

func TestOnlyItsCreatorCanReplaceAnIndicator(t *testing.T) {
	const early, late = "2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"
	ours := versioned("a", early, "[domain-name:value = 'evil.com']", `,"created_by_ref":"identity--1"`)
	theirs := versioned("a", late, "[domain-name:value = 'other.com']", `,"created_by_ref":"identity--2"`)
	newer := versioned("a", late, "[domain-name:value = 'worse.com']", `,"created_by_ref":"identity--1"`)
	for _, order := range [][]string{{ours, theirs, newer}, {newer, theirs, ours}, {theirs, ours, newer}, {theirs, newer, ours}} {
		if got := values(addAll(t, order...)); !strings.Contains(got, "other.com") || !strings.Contains(got, "worse.com") || strings.Contains(got, "evil.com") {
			t.Error(got)
		}
		bundle := readText(t, `{"type":"bundle","objects":[`+strings.Join(order, ",")+`]}`, Options{})
		if got := values(bundle); !strings.Contains(got, "other.com") || !strings.Contains(got, "worse.com") || strings.Contains(got, "evil.com") {
			t.Errorf("in one file: %s", got)
		}
		rest := addAll(t, order[1:]...) // a folder is added as one
		all := addAll(t, order[0])
		all.Add(rest)
		if got := values(all); !strings.Contains(got, "other.com") || !strings.Contains(got, "worse.com") || strings.Contains(got, "evil.com") {
			t.Errorf("of a folder: %s", got)
		}
	}
}

func TestTheNewestVersionOfAnIndicatorCounts(t *testing.T) {
	const early, late = "2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"
	for _, c := range []struct {
		name, objects, want string
		problems            int
	}{
		{"newer later", versioned("a", early, "[domain-name:value = 'old.com']", "") + "," + versioned("b", early, "[domain-name:value = 'x.com']", "") + "," + versioned("a", late, "[domain-name:value = 'new.com']", ""), "domain x.com, domain new.com", 1},
		{"newer first", versioned("a", late, "[domain-name:value = 'new.com']", "") + "," + versioned("a", early, "[domain-name:value = 'old.com']", ""), "domain new.com", 1},
		{"the same twice", versioned("a", early, "[domain-name:value = 'x.com']", "") + "," + versioned("a", early, "[domain-name:value = 'x.com']", ""), "domain x.com", 0},
		{"one id, two contents", versioned("a", early, "[domain-name:value = 'x.com']", "") + "," + versioned("a", early, "[domain-name:value = 'y.com']", ""), "domain x.com", 1},
		{"a value that stays", versioned("a", early, "[domain-name:value = 'x.com'] OR [domain-name:value = 'y.com']", "") + "," + versioned("a", late, "[domain-name:value = 'x.com']", ""), "domain x.com", 1},
	} {
		im := readText(t, `{"type":"bundle","objects":[`+c.objects+`]}`, Options{})
		if got := values(im); got != c.want || im.Skipped != c.problems {
			t.Errorf("%s: got %q, %v", c.name, got, im.Problems)
		}
	}
	pattern := "[domain-name:value LIKE '%.evil.com']"
	im := readText(t, `{"type":"bundle","objects":[`+versioned("a", early, pattern, "")+","+versioned("a", late, pattern, `,"revoked":true`)+`]}`, Options{})
	if len(im.Patterns) != 0 || im.Withdrawn != 1 {
		t.Errorf("a revoked pattern is still followed: %+v", im.Patterns)
	}
	im = readText(t, `{"type":"bundle","objects":[`+versioned("a", early, "[domain-name:value = 'x.com']", "")+","+versioned("a", late, "[domain-name:value = 'x.com']", `,"revoked":true`)+`]}`, Options{})
	if c := Check(im.Indicators, lists()); len(c.Indicators) != 1 || c.Indicators[0].Decision != Rejected {
		t.Errorf("%+v", c.Indicators)
	}
}

func TestBrokenObjectsCostNothingButThemselves(t *testing.T) {
	one, two := stixIndicator(1, "[domain-name:value = 'a.com']", ""), stixIndicator(2, "[domain-name:value = 'b.com']", "")
	for _, broken := range []string{`{"type":"indicator",,}`, `{"type":"indicator","pattern":[domain]}`, `{"type":7}`, `"x"`, `[1]`} {
		im, err := Read(strings.NewReader(`{"type":"bundle","objects":[`+one+`,`+broken+`,`+two+`]}`), "x", Options{})
		if err != nil || len(im.Indicators) != 2 || im.Skipped != 1 {
			t.Errorf("%s: %v, %d indicators, %v", broken, err, len(im.Indicators), im.Problems)
		}
	}
}

func TestObservablesAreKeptAsContext(t *testing.T) {
	im := readText(t, `{"type":"bundle","objects":[{"type":"mutex","id":"mutex--1","name":"X1"},{"type":"windows-registry-key","id":"r--1","key":"HKLM\\Software\\X1"},
		{"type":"file","name":"x1.exe"},{"type":"x509-certificate","hashes":{"SHA-1":"`+aSHA1+`"}},
		{"type":"observed-data","objects":{"0":{"type":"ipv4-addr","value":"1.2.3.4"},"1":{"type":"file","name":"y.exe","hashes":{"MD5":"`+aMD5+`"}}}}]}`, Options{})
	want := `mutex X1, registry-key HKLM\Software\X1, filename x1.exe, tls-cert-sha1 ` + aSHA1 + `, ip 1.2.3.4, md5 ` + aMD5
	if got := values(im); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, in := range Check(im.Indicators, lists()).Indicators {
		if in.Decision != Context {
			t.Errorf("%+v", in)
		}
	}
}

func TestPropertiesOfTheWrongTypeAreTold(t *testing.T) {
	im := readText(t, `{"type":"bundle","objects":[`+stixIndicator(1, "[domain-name:value = 'a.com']", `,"revoked":"yes","name":["x"]`)+`]}`, Options{})
	if len(im.Indicators) != 1 || im.Skipped != 1 || !strings.Contains(im.Problems[0].Reason, "wrong type") {
		t.Errorf("%d, %v", len(im.Indicators), im.Problems)
	}
}

func TestAssumedValidityBeginsWithTheStatedOne(t *testing.T) {
	im := readText(t, `{"type":"bundle","objects":[{"type":"indicator","id":"indicator--1","created":"2020-01-01T00:00:00.000Z","pattern":"[domain-name:value = 'a.com']","valid_from":"2026-01-01T00:00:00Z"}]}`, Options{})
	if in := Check(im.Indicators, lists()).Indicators[0]; in.Decision != Detect || stamp(in.Until) != "2026-04-01T23:59:59Z" {
		t.Errorf("%s until %s: %v", in.Decision, stamp(in.Until), in.Reasons)
	}
}

func TestContradictoryValidityIsFlagged(t *testing.T) {
	im := readText(t, `{"type":"bundle","objects":[`+stixIndicator(1, "[domain-name:value = 'a.com']", `,"valid_from":"2026-05-01T00:00:00Z","valid_until":"2026-04-01T00:00:00Z"`)+`,`+
		stixIndicator(2, "[domain-name:value = 'b.com']", `,"valid_until":"someday"`)+`]}`, Options{})
	c := Check(im.Indicators, lists())
	if in := c.Indicators[0]; in.Decision != Hunt || !strings.Contains(strings.Join(in.Reasons, ";"), "ends before it begins") {
		t.Errorf("%+v", in)
	}
	if in := c.Indicators[1]; !strings.Contains(strings.Join(in.Reasons, ";"), "someday") {
		t.Errorf("%+v", in)
	}
}

func fuzz(f *testing.F, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	table := warninglist.Load()
	events := quietEvents()
	f.Fuzz(func(t *testing.T, raw []byte) {
		im, _ := Read(bytes.NewReader(raw), "fuzz", Options{MaxEntries: 1000, MaxElement: 1 << 16})
		for _, in := range im.Indicators {
			if in.Claim == nil || len(in.Value) > maxValue+64 {
				t.Fatalf("%+v", in)
			}
		}
		s := Compile(Check(im.Indicators, table))
		m, sight := s.NewMatcher(), s.NewSightings()
		for _, ev := range events {
			m.Match(ev, func(h Hit) {
				if h.Indicator.Decision <= Rejected {
					t.Fatalf("a rejected indicator was found: %+v", h.Indicator)
				}
				sight.Seen(&h, ev)
			})
			sight.Searched(ev, m)
		}
		for x := range sight.All() {
			if _, err := json.Marshal(x); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzTable(f *testing.F) {
	fuzz(f, "type,value,action\ndomain,evil.com,detect\n", "md5;sha1\n"+aMD5+";"+aSHA1+"\n", "value\n\"a\n", "ip,x\n\"a\"b,\"\n\"c\"\n", "\xff\xfei\x00p\x00,\x00\x3d\xd8\n\x001\x00", "# ioc\n1.2.3.4\n",
		"type,value\npipe,\\id1<decimal>\npath,%TEMP%\\x<y>\ncmdline,abcdef g\nsideload-pair,a.exe|b.dll\n")
}

func FuzzList(f *testing.F) {
	fuzz(f, "evil[.]com\nhxxp://a.b/c\n1.2.3.4\n"+aMD5+"\n", "0.0.0.0 a.example\n", `C:\a\b.exe`)
}

func FuzzMISP(f *testing.F) {
	fuzz(f, `{"Event":{"info":"x","Attribute":[{"type":"domain","value":"evil.com","to_ids":true}],"Object":[{"Attribute":[{"type":"md5","value":"`+aMD5+`"}]}]}}`,
		`{"response":[{"Event":{}}]}`, `{"response":{"Attribute":[{"type":"url","value":"http://a.b/c","Event":{"info":"x"}}]}}`)
}

func FuzzSTIX(f *testing.F) {
	fuzz(f, `{"type":"bundle","objects":[`+stixIndicator(1, "[domain-name:value = 'evil.com']", "")+`]}`,
		stixIndicator(1, "[file:hashes.MD5 = '"+aMD5+"' AND file:name LIKE '%x%']", ""))
}

func TestHalfALetterOfUTF16TakesNothingAlong(t *testing.T) {
	for units, want := range map[string]string{
		"a\x00\x3d\xd8b\x00":         "a\uFFFDb",
		"\x3d\xd8\x3d\xd8\x00\xde":   "\uFFFD\U0001F600",
		"\x00\xdea\x00":              "\uFFFDa",
		"a\x00\x3d\xd8":              "a\uFFFD",
		"a\x00b":                     "a\uFFFD",
		"\x3d\xd8\x00\xde" + "a\x00": "\U0001F600a",
	} {
		got, err := io.ReadAll(&wideReader{in: strings.NewReader(units), order: wideOrder([]byte("\xff\xfe"))})
		if err != nil || string(got) != want {
			t.Errorf("%q: %q %v, want %q", units, got, err, want)
		}
	}
}

func TestAnEmptyFileIsAFileThatWasRead(t *testing.T) {
	for _, text := range []string{"", "\xef\xbb\xbf", "\xff\xfe"} {
		if im := readText(t, text, Options{}); len(im.Files) != 1 {
			t.Errorf("%q: %d files, want 1", text, len(im.Files))
		}
	}
}

func TestWhatLiesBesideListsIsNoList(t *testing.T) {
	for name, want := range map[string]bool{
		"feed/manifest.json": true, "feed/hashes.csv": true, "x/.git": true, "README.md": true, "LICENSE.txt": true,
		"feed/5c1f0a52-7e32-4bd0-9a3e-111111111111.json": false, "iocs.csv": false, "hashes.csv.txt": false,
	} {
		if Beside(name) != want {
			t.Errorf("%s: beside is %t", name, !want)
		}
	}
}
