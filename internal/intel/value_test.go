package intel

import (
	"net/netip"
	"strings"
	"testing"
)

func TestValuesAreRefangedAndChecked(t *testing.T) {
	for _, c := range []struct {
		t        Type
		in, want string
		bad      bool
	}{
		{Domain, "Evil[.]COM.", "evil.com", false},
		{Domain, "evil(.)com:8080", "evil.com", false},
		{Domain, "*.evil[dot]com", "evil.com", false},
		{Domain, "-evil.com", "", true},
		{Domain, "evil", "", true},
		{Domain, "1.2.3.4", "", true},
		{Domain, "evil.123", "", true},
		{Domain, "münchen.de", "xn--mnchen-3ya.de", false},
		{IP, "1.2.3[.]4", "1.2.3.4", false},
		{IP, "1.2.3.4:443", "1.2.3.4", false},
		{IP, "[2a00::1]:443", "2a00::1", false},
		{IP, "::ffff:1.2.3.4", "1.2.3.4", false},
		{IP, "1.2.3.4/32", "1.2.3.4", false},
		{IP, "1.2.3.77/24", "1.2.3.0/24", false},
		{IP, "0.0.0.0/0", "", true},
		{IP, "1.2.3", "", true},
		{IP, "01.2.3.4", "", true},
		{URL, "hxxps://EVIL[.]com:443/A?b#c", "https://evil.com/A?b", false},
		{URL, "http[:]//evil.com/x", "http://evil.com/x", false},
		{URL, "evil.com/x", "http://evil.com/x", false},
		{URL, "http://[2a00::1]/x", "http://[2a00::1]/x", false},
		{URL, "http:///x", "", true},
		{MD5, "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdef", false},
		{MD5, "00000000000000000000000000000000", "", true},
		{MD5, "11736212", "", true},
		{CertSHA1, "01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67", aSHA1, false},
		{Email, "A[@]evil[.]com", "a@evil.com", false},
		{Email, "nobody", "", true},
		{SideloadPair, "a.exe | b.dll", "a.exe|b.dll", false},
		{SideloadPair, "a.exe", "", true},
		{RegistryKey, `HKLM\Software\{A}[.]x`, `HKLM\Software\{A}[.]x`, false},
	} {
		got, bad := canonical(c.t, c.in)
		if (bad != "") != c.bad || bad == "" && got != c.want {
			t.Errorf("%s %q: %q (%s), want %q", c.t, c.in, got, bad, c.want)
		}
	}
}

func TestPunycodeOfKnownNames(t *testing.T) {
	for in, want := range map[string]string{
		"bücher": "bcher-kva", "mañana": "maana-pta", "他们为什么不说中文": "ihqwcrb4cv8a8dqg056pqjye",
		"почемужеонинеговорятпорусски": "b1abfaaepdrnnbgefbadotcwatmq2g4l", "ü": "tda",
	} {
		if got := punycode([]rune(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestNormalFormsOfPaths(t *testing.T) {
	for in, want := range map[string]string{
		`C:\Windows\x.exe`: `\windows\x.exe`, `\??\C:\Windows\x.exe`: `\windows\x.exe`, `\\?\C:\Windows\x.exe`: `\windows\x.exe`,
		`\Device\HarddiskVolume3\Windows\x.exe`: `\windows\x.exe`, `\SystemRoot\x.sys`: `\windows\x.sys`, `%windir%\x.exe`: `\windows\x.exe`,
		`\\srv\c$\x\y.exe`: `\x\y.exe`, `\\srv\share\x.exe`: `\\srv\share\x.exe`, `/tmp/x/Y`: `\tmp\x\y`, `"C:\a b\c.exe"`: `\a b\c.exe`,
		`%TEMP%\x`: `\temp\x`, `%USERPROFILE%\Desktop\x`: `\desktop\x`, `x.exe`: `\x.exe`, `C:\Progra~1\VMware\x.dll`: `\program files\vmware\x.dll`,
		`file:_C:\x\y`: `\x\y`, ``: `\`, `C:`: `\`, `%windir%`: `\windows`,
	} {
		if got := string(appendPath(nil, []byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if got := string(appendPath([]byte("kept"), []byte(in))); got != "kept"+want {
			t.Errorf("%q behind other bytes: %q", in, got)
		}
	}
}

func TestNormalFormsOfKeys(t *testing.T) {
	for in, want := range map[string]string{
		`HKLM\SOFTWARE\X`: `lm\software\x`, `HKEY_LOCAL_MACHINE\Software\X`: `lm\software\x`, `\REGISTRY\MACHINE\Software\X`: `lm\software\x`,
		`HKU\S-1-5-21-1\Software\X`: `u\software\x`, `HKCU\Software\X`: `u\software\x`, `HKCR\CLSID\ID`: `lm\software\classes\clsid\id`,
		`Software\X`: `\software\x`, `HKLM\System\ControlSet001\Services\X`: `lm\system\currentcontrolset\services\x`,
		`HKLM\SOFTWARE\WOW6432Node\X`: `lm\software\x`, `HKLM`: `lm\`,
	} {
		if got := string(appendKey([]byte("k"), []byte(in))); got != "k"+want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"1.2.3.4", "::1", "::ffff:1.2.3.4", "1.2.3.4:80", "[::1]:80", "fe80::1%eth0", "1::2::3", "1:2:3:4:5:6:7:8", "::", "1.2.3.04", "1:2:3:4:5:6:1.2.3.4", ":::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseAddr([]byte(s))
		want, err := netip.ParseAddr(s)
		if err != nil || strings.Contains(s, "%") || len(s) > 64 {
			if ok && !strings.ContainsAny(s, ":[%") {
				t.Fatalf("%q was read as %v", s, got)
			}
			return
		}
		if !ok || got != want.Unmap() {
			t.Fatalf("%q: %v %v, want %v", s, got, ok, want.Unmap())
		}
	})
}

func FuzzNormalForms(f *testing.F) {
	f.Add([]byte(`%TEMP%\x`))
	f.Add([]byte(`\\a\c$\b`))
	f.Add([]byte(`HKU\S-1-5\controlset001\a`))
	f.Fuzz(func(t *testing.T, b []byte) {
		kept := string(b)
		for _, fn := range []func([]byte, []byte) []byte{appendPath, appendKey, appendPipe, appendCommand} {
			once := fn(nil, b)
			if again := fn(append(make([]byte, 0, 4), "abcd"...), b); string(again) != "abcd"+string(once) {
				t.Fatalf("%q: %q and %q", b, once, again)
			}
			if string(b) != kept {
				t.Fatal("the input was changed")
			}
		}
	})
}

func TestValuesDoNotGrowBeyondTheirLimit(t *testing.T) {
	for _, c := range []struct {
		t Type
		v string
	}{
		{MD5, "00" + strings.Repeat("\xc3", maxValue-2)},
		{Email, strings.Repeat("\u023a", maxValue/2-3) + "@a.com"}, // three bytes in lower case
	} {
		if got, bad := canonical(c.t, c.v); len(got) > maxValue || bad == "" {
			t.Errorf("%s of %d bytes: %d bytes, %q", c.t, len(c.v), len(got), bad)
		}
	}
}
