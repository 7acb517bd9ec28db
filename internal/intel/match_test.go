package intel

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/intel/warninglist"
)

// fields makes an event of alternating names and values.
func fields(pairs ...string) *event.Event {
	var list []event.Field
	ev := &event.Event{Host: "ws1", Time: time.Date(2023, 6, 1, 12, 0, 0, 0, time.UTC)}
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, event.Field{Name: pairs[i]})
		ev.Values = append(ev.Values, event.Value{Field: uint16(i / 2), Text: []byte(pairs[i+1])})
	}
	ev.Shape = event.NewShape(list)
	return ev
}

// setOf compiles a table of "type,value" lines.
func setOf(t testing.TB, lines ...string) *Set {
	t.Helper()
	im, err := Read(strings.NewReader("type,value\n"+strings.Join(lines, "\n")+"\n"), "test.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Compile(Check(im.Indicators, warninglist.Load()))
}

// hits lists what an event shows, as "type value how", sorted.
func hits(s *Set, ev *event.Event) []string {
	out := []string{}
	s.NewMatcher().Match(ev, func(h Hit) {
		out = append(out, fmt.Sprintf("%s %s: %s", h.Indicator.Type, h.Indicator.Value, h.How))
	})
	slices.Sort(out)
	return out
}

func TestValuesAreFoundInFieldsThatCarryTheirMeaning(t *testing.T) {
	md5, sha1 := "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef01234567"
	sha256 := sha1 + "89abcdef0123456789abcdef"
	for _, c := range []struct {
		name, indicator string
		event           []string
		want            string // how, or "" for nothing
	}{
		{"dns query", "domain,evil-cdn.com", []string{"QueryName", "EVIL-cdn.com."}, "exact"},
		{"subdomain", "domain,evil-cdn.com", []string{"query", "a.b.evil-cdn.com"}, "subdomain"},
		{"look-alike", "domain,evil-cdn.com", []string{"query", "notevil-cdn.com"}, ""},
		{"sibling", "domain,a.evil-cdn.com", []string{"query", "b.evil-cdn.com"}, ""},
		{"parent", "domain,a.evil-cdn.com", []string{"query", "evil-cdn.com"}, ""},
		{"other top-level domain", "domain,evil-cdn.net", []string{"query", "evil-cdn.com"}, ""},
		{"refanged", "domain,evil-cdn[.]com", []string{"tls.sni", "evil-cdn.com"}, "exact"},
		{"idn", "domain,bücher-evil.com", []string{"query", "xn--bcher-evil-9db.com"}, "exact"},
		{"all of a shared service", "domain,fastly.net", []string{"query", "x.global.ssl.fastly.net"}, ""},
		{"tenant", "domain,x.global.ssl.fastly.net", []string{"server_name", "x.global.ssl.fastly.net"}, "exact"},
		{"other tenant", "domain,x.global.ssl.fastly.net", []string{"server_name", "y.global.ssl.fastly.net"}, ""},
		{"domain in an answer list", "domain,evil-cdn.com", []string{"QueryResults", "type:  5 x.evil-cdn.com;::ffff:192.0.2.1;"}, "subdomain"},
		{"domain in a URL", "domain,evil-cdn.com", []string{"c-uri", "https://user@evil-cdn.com:8443/x?y#z"}, "exact"},
		{"domain in a command", "domain,evil-cdn.com", []string{"CommandLine", `curl "https://evil-cdn.com/x" -o y`}, "inside command line"},
		{"domain of a sender", "domain,evil-cdn.com", []string{"mailfrom", "<x@mail.Evil-CDN.com>"}, "subdomain"},
		{"domain of another sender", "domain,evil-cdn.com", []string{"mailfrom", "<evil-cdn.com@good.com>"}, ""},
		{"domain in a path", "domain,evil-cdn.com", []string{"Image", `C:\evil-cdn.com`}, ""},
		{"address", "ip,96.44.160.181", []string{"DestinationIp", "96.44.160.181"}, "exact"},
		{"address with port", "ip,96.44.160.181:443", []string{"id.resp_h", "96.44.160.181:80"}, "exact"},
		{"mapped address", "ip,96.44.160.181", []string{"DestinationIp", "::ffff:96.44.160.181"}, "exact"},
		{"IPv6", "ip,2a00:1450::0001", []string{"dest_ip", "2A00:1450:0:0::1"}, "exact"},
		{"longer address", "ip,96.44.160.18", []string{"dest_ip", "96.44.160.181"}, ""},
		{"range", "ip,96.44.160.0/24", []string{"src_ip", "96.44.160.9"}, "in range"},
		{"outside range", "ip,96.44.160.0/24", []string{"src_ip", "96.44.161.9"}, ""},
		{"address as text", "ip,96.44.160.181", []string{"Image", "96.44.160.181"}, ""},
		{"URL", "url,hxxp://evil-cdn[.]com/a/B.txt", []string{"c-uri", "http://EVIL-cdn.com/a/B.txt?x=1"}, "exact"},
		{"URL, other case", "url,http://evil-cdn.com/a/B.txt", []string{"c-uri", "http://evil-cdn.com/a/b.txt"}, ""},
		{"URL, other path", "url,http://evil-cdn.com/a", []string{"c-uri", "http://evil-cdn.com/ab"}, ""},
		{"URL in two fields", "url,http://evil-cdn.com/a", []string{"host", "evil-cdn.com:80", "uri", "/a"}, "exact"},
		{"URL in three fields", "url,http://evil-cdn.com/a?b=1", []string{"cs-host", "evil-cdn.com", "cs-uri-stem", "/a", "cs-uri-query", "b=1"}, "exact"},
		{"URL of another host", "url,http://evil-cdn.com/a", []string{"host", "good.com", "uri", "/a"}, ""},
		{"URL that is a host", "url,http://96.44.160.181", []string{"host", "96.44.160.181", "uri", "/x"}, "host of url"},
		{"Sysmon hashes", "md5," + md5, []string{"Hashes", "SHA1=" + strings.ToUpper(sha1) + ",MD5=" + strings.ToUpper(md5) + ",IMPHASH=00"}, "hash"},
		{"plain hash", "sha256," + sha256, []string{"sha256", strings.ToUpper(sha256)}, "hash"},
		{"hash with 0x", "sha256," + sha256, []string{"FileHash", "0x" + sha256}, "hash"},
		{"prefix of a hash", "md5," + md5, []string{"sha1", sha1}, ""},
		{"imphash", "imphash," + md5, []string{"Hashes", "MD5=" + strings.Repeat("ab", 16) + ",IMPHASH=" + md5}, "hash"},
		{"imphash is no md5", "imphash," + md5, []string{"Hashes", "MD5=" + md5}, ""},
		{"md5 is no imphash", "md5," + md5, []string{"Hashes", "IMPHASH=" + md5}, ""},
		{"path", `path,C:\Users\Public\Music\go4.cab`, []string{"TargetFilename", `c:\users\PUBLIC\music\go4.cab`}, "exact"},
		{"path behind a volume", `path,C:\Users\Public\Music\go4.cab`, []string{"Image", `\Device\HarddiskVolume3\Users\Public\Music\go4.cab`}, "exact"},
		{"path over the network", `path,C:\Users\Public\Music\go4.cab`, []string{"Image", `\\srv1\c$\Users\Public\Music\go4.cab`}, "exact"},
		{"path in a copy", `path,C:\Users\Public\Music\go4.cab`, []string{"Image", `E:\case\C\Users\Public\Music\go4.cab`}, "end of path"},
		{"variable", `path,%PROGRAMDATA%\VMware\v.exe`, []string{"Image", `C:\ProgramData\VMware\v.exe`}, "exact"},
		{"short name", `path,C:\Progra~1\VMware\vmtools.dll`, []string{"ImageLoaded", `C:\Program Files\VMware\vmtools.dll`}, "exact"},
		{"longer name", `path,C:\Users\Public\Music\go4.cab`, []string{"Image", `C:\Users\Public\Music\xgo4.cab`}, ""},
		{"path in a command", `path,C:\ProgramData\Microsoft\DRM\182.bat`, []string{"CommandLine", `cmd /c c:\programdata\microsoft\drm\182.bat`}, "inside command line"},
		{"folder", `path,C:\ProgramData\WinDrive\`, []string{"Image", `C:\programdata\windrive\x\y.exe`}, "in folder"},
		{"other folder", `path,C:\ProgramData\WinDrive\`, []string{"Image", `C:\programdata\windrive2\y.exe`}, ""},
		{"path template", `path-pattern,%TEMP%\browser_temp_data<RANDOM>`, []string{"TargetFilename", `C:\Users\a\AppData\Local\Temp\browser_temp_data123\x`}, "template"},
		{"path template without a run", `path-pattern,%TEMP%\browser_temp_data<RANDOM>`, []string{"TargetFilename", `C:\Temp\browser_temp_data\x`}, ""},
		{"file name", "filename,taskhask.dat", []string{"TargetFilename", `C:\x\TASKHASK.dat`}, "file name"},
		{"stream", "filename,taskhask.dat", []string{"TargetFilename", `C:\x\taskhask.dat:Zone.Identifier`}, "file name"},
		{"part of a file name", "filename,taskhask.dat", []string{"TargetFilename", `C:\x\mytaskhask.dat`}, ""},
		{"service", "service-name,Windrive", []string{"ServiceName", "windrive"}, "exact"},
		{"service key", "service-name,Windrive", []string{"TargetObject", `HKLM\System\ControlSet001\Services\Windrive\ImagePath`}, "exact"},
		{"other service", "service-name,Windrive", []string{"ServiceName", "windrive2"}, ""},
		{"autostart value", "run-key-value,Windrive", []string{"TargetObject", `HKU\S-1-5-21-1-2-3-500\Software\Microsoft\Windows\CurrentVersion\Run\Windrive`}, "exact"},
		{"value elsewhere", "run-key-value,Windrive", []string{"TargetObject", `HKLM\Software\Windrive`}, ""},
		{"registry key", `registry-key,HKLM\Software\Microsoft\midihelp`, []string{"TargetObject", `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\midihelp\x`}, "below registry key"},
		{"registry key in WOW64", `registry-key,HKLM\Software\Microsoft\midihelp`, []string{"ObjectName", `\REGISTRY\MACHINE\SOFTWARE\WOW6432Node\Microsoft\midihelp`}, "exact"},
		{"key with a longer name", `registry-key,HKLM\Software\Microsoft\midihelp`, []string{"TargetObject", `HKLM\SOFTWARE\Microsoft\midihelper`}, ""},
		{"key without a hive", `registry-key,SOFTWARE\Microsoft\{EAAB20A7}`, []string{"TargetObject", `HKLM\SOFTWARE\Microsoft\{EAAB20A7}`}, "exact"},
		{"non-GUID key", `registry-key,HKLM\Software\CLASSES\CLSID\ID`, []string{"TargetObject", `HKCR\CLSID\{ID}`}, ""},
		{"task", `scheduled-task,microsoft\sihost`, []string{"TaskName", `\Microsoft\sihost`}, "exact"},
		{"pipe", `pipe,\evilpipe`, []string{"PipeName", `\EvilPipe`}, "exact"},
		{"pipe in Zeek", `pipe,\\.\pipe\evilpipe`, []string{"named_pipe", `\pipe\evilpipe`}, "exact"},
		{"pipe template", `pipe,\id1<decimal address>`, []string{"PipeName", `\id12130706433`}, "template"},
		{"pipe template, no number", `pipe,\id1<decimal address>`, []string{"PipeName", `\id1abc`}, ""},
		{"bracketed pipe, as printed", `pipe,\Key[500]`, []string{"PipeName", `\Key[500]`}, "template"},
		{"bracketed pipe, without", `pipe,\Key[500]`, []string{"PipeName", `\Key500`}, "template"},
		{"bracketed pipe, longer", `pipe,\Key[500]`, []string{"PipeName", `\Key5001`}, ""},
		{"user pipe", `pipe,\<username>\[<session number>]`, []string{"PipeName", `\alice\[2]`}, "template"},
		{"any two-part pipe", `pipe,\<username>\[<session number>]`, []string{"PipeName", `\alice\2`}, ""},
		{"mutex template", `mutex-pattern,Global\ID(<PID>)`, []string{"ObjectName", `\BaseNamedObjects\Global\ID(4711)`}, "template"},
		{"mutex of all sessions", `mutex,Global\X1`, []string{"ObjectName", `\BaseNamedObjects\X1`}, "exact"},
		{"mutex of a session", `mutex,X1`, []string{"ObjectName", `\Sessions\1\BaseNamedObjects\X1`}, "exact"},
		{"folder of a user", `path,%APPDATA%\drop\`, []string{"TargetFilename", `C:\Users\bob\AppData\Roaming\drop\x\y.dat`}, "in folder"},
		{"folder below TEMP", `path,%TEMP%\drop\`, []string{"TargetFilename", `C:\Users\bob\AppData\Local\Temp\drop\y.dat`}, "in folder"},
		{"folder below the system's TEMP", `path,%TEMP%\drop\`, []string{"TargetFilename", `C:\Windows\Temp\drop\y.dat`}, "in folder"},
		{"folder of a user elsewhere", `path,%APPDATA%\drop\`, []string{"TargetFilename", `C:\Users\bob\AppData\Local\drop\y.dat`}, ""},
		{"folder by its type", `directory,C:\ProgramData\WinDrive`, []string{"Image", `C:\ProgramData\WinDrive\y.exe`}, "in folder"},
		{"folder of every machine", `directory,C:\Windows\System32`, []string{"Image", `C:\Windows\System32\y.exe`}, ""},
		{"key of every machine", `registry-key,HKLM\Software\Microsoft\Windows\CurrentVersion\Run`, []string{"TargetObject", `HKLM\Software\Microsoft\Windows\CurrentVersion\Run\x`}, ""},
		{"request line", "uri-path,/shell/evil.aspx", []string{"request", "GET /shell/evil.aspx?c=1 HTTP/1.1"}, "exact"},
		{"URL in a request line", "url,http://evil-cdn.com/a", []string{"request", "GET http://evil-cdn.com/a HTTP/1.1"}, "exact"},
		{"user agent with plus signs", "user-agent,Evil Bot/1.0", []string{"cs(User-Agent)", "Evil+Bot/1.0"}, "exact"},
		{"command", "cmdline,colorcpl.exe 22", []string{"CommandLine", `"C:\Windows\System32\colorcpl.exe"  22`}, "part of command line"},
		{"longer command", "cmdline,colorcpl.exe 22", []string{"CommandLine", `colorcpl.exe 221`}, ""},
		{"password", "archive-password,takehaya", []string{"CommandLine", "rar a -hptakehaya x.rar y"}, "part of command line"},
		{"password, other case", "archive-password,takehaya", []string{"CommandLine", "rar a -hpTakehaya x.rar y"}, ""},
		{"certificate", "tls-cert-sha1," + sha1, []string{"tls.fingerprint", colons(sha1)}, "hash"},
		{"certificate in a chain", "tls-cert-sha256," + sha256, []string{"cert_chain_fps", strings.Repeat("ab", 32) + "," + sha256}, "hash"},
		{"ja3", "ja3," + md5, []string{"ja3", md5}, "hash"},
		{"ja3 is no md5", "ja3," + md5, []string{"md5", md5}, ""},
		{"ja4", "ja4,t13d1516h2_8daaf6152771_e5627efa2ab1", []string{"tls.ja4", "t13d1516h2_8daaf6152771_e5627efa2ab1"}, "exact"},
		{"user agent", "user-agent,Evil/1.0", []string{"c-useragent", "Evil/1.0"}, "exact"},
		{"mail", "email,a@evil-cdn.com", []string{"rcptto", "<x@good.com>,<A@evil-cdn.com>"}, "exact"},
		{"account", "account-name,dfamis", []string{"TargetUserName", `WS1\dfamis`}, "exact"},
		{"cookie", "http-cookie-name,phpsessid", []string{"cs-cookie", "a=1; phpsessid=2"}, "exact"},
		{"usual cookie", "http-cookie-name,phpsessid", []string{"cs-cookie", "a=1; PHPSESSID=2"}, ""},
		{"path of a URL", "uri-path,/17ABE7F017ABE7F0", []string{"host", "x.com", "uri", "/17ABE7F017ABE7F0?a"}, "exact"},
		{"pair", "sideload-pair,K7AVMScn.exe|K7AVWScn.dll", []string{"Image", `C:\ProgramData\K7AVMScn.exe`, "ImageLoaded", `C:\ProgramData\K7AVWScn.dll`, "Signed", "false"}, "side-load pair"},
		{"pair, signed", "sideload-pair,vlc.exe|libvlc.dll", []string{"Image", `C:\x\vlc.exe`, "ImageLoaded", `C:\x\libvlc.dll`, "Signed", "true", "SignatureStatus", "Valid"}, ""},
		{"library of a pair", "sideload-pair,K7AVMScn.exe|K7AVWScn.dll", []string{"Image", `C:\ProgramData\other.exe`, "ImageLoaded", `C:\ProgramData\K7AVWScn.dll`, "Signed", "false"}, "library of a side-load pair"},
		{"common library", "sideload-pair,vlc.exe|libvlc.dll", []string{"Image", `C:\x\player.exe`, "ImageLoaded", `C:\x\libvlc.dll`, "Signed", "false"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := hits(setOf(t, c.indicator), fields(c.event...))
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("found %q", got)
			case c.want != "" && (len(got) != 1 || !strings.HasSuffix(got[0], ": "+c.want)):
				t.Errorf("found %q, want %s", got, c.want)
			}
		})
	}
}

func TestPairsWithOneLibraryAreToldApart(t *testing.T) {
	s := setOf(t, "sideload-pair,K7TSVlog.exe|K7UI.dll", "sideload-pair,Indexer.exe|K7UI.dll")
	got := hits(s, fields("Image", `C:\x\K7TSVlog.exe`, "ImageLoaded", `C:\x\K7UI.dll`, "Signed", "false"))
	if want := []string{"sideload-pair K7TSVlog.exe|K7UI.dll: side-load pair"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func colons(hex string) string {
	var out []string
	for i := 0; i < len(hex); i += 2 {
		out = append(out, hex[i:i+2])
	}
	return strings.Join(out, ":")
}

func lists() *warninglist.Table { return warninglist.Load() }
