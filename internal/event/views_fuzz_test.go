package event

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"tyto/internal/event/meaning"
)

// FuzzAddress compares with the standard library's parser.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"", "1.2.3.4", "01.2.3.4", "1.2.3", "1.2.3.256", "::", "::1", "1::", "fe80::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
		"1::2::3", ":1", "1:", "1:2:3:4:5:6:7:8:9", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "12345::", "g::", ":::", "1:::2", "1:2:3:4::5:6:7:8",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "%") {
			return
		}
		want, err := netip.ParseAddr(s)
		if got := parseAddr([]byte(s)); got != want.Unmap() {
			t.Errorf("%q is %v, want %v (%v)", s, got, want, err)
		}
	})
}

// FuzzViews looks at any text in any role: nothing may panic, and what is
// canonical must stay as it is when it is looked at again.
func FuzzViews(f *testing.F) {
	for _, s := range []string{"", "-", "x", `D\U`, "u@d", "0x10", "{47ab858c-e13c-5eac-a903-000000000400}", "1.2.3.4:5", "[::1]:5", "type: 5 a;b",
		"SHA1=x,MD5=" + someMD5, "http://u@h:1/p", "arn:aws:iam::1:user/x", "\xff\xfeÄ", `\\?\C:\X`} {
		f.Add(s)
	}
	sources := []Source{sysmon(1), security(4688), security(4769), system(7036), zeekLog("kerberos"), zeekLog("http"), {Product: "suricata"}, {Product: "linux"}, {Product: "aws"}}
	v := NewViews()
	var events []*Event
	for _, s := range sources {
		events = append(events, ofEachRole(s)...)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, e := range events {
			e.Host = s
			e.Values[0].Text = []byte(s)
			v.Host(e)
			once := told(v, e)
			if again := told(v, e); !reflect.DeepEqual(once, again) {
				t.Fatalf("%v and %v", once, again)
			}
			settled(t, v, e)
		}
	})
}

// ofEachRole makes events with one field each that between them have all roles
// that the source knows.
func ofEachRole(s Source) []*Event {
	var out []*Event
	var done [meaning.Count]bool
	log := meaning.Log{Product: s.Product, Service: s.Service, EventID: s.EventID}
	for _, name := range meaning.Names() {
		for _, u := range log.Of(name, false) {
			if !done[u.Meaning] {
				done[u.Meaning] = true
				out = append(out, made(s, name, ""))
			}
		}
	}
	return out
}

// settled checks that names, hashes and paths come out as they went in once
// they are canonical.
func settled(t *testing.T, v *Views, e *Event) {
	for _, h := range v.Hashes(e) {
		if got := v.lower(hashView, h.Text); string(got) != string(h.Text) {
			t.Fatalf("hash %q becomes %q", h.Text, got)
		}
		if !h.Algorithm.fits(h.Text) {
			t.Fatalf("hash %q does not fit", h.Text)
		}
	}
	for _, n := range v.Names(e) {
		if len(n.Text) == 0 || len(n.Text) > 1024 && !n.Addr.IsValid() {
			t.Fatalf("name %q", n.Text)
		}
	}
	for _, a := range v.Accounts(e) {
		if a.Name == nil && a.ID == nil {
			t.Fatalf("account %+v", a)
		}
	}
	if f, ok := v.Flow(e); ok && (f.Src.IsUnspecified() || f.Dst.IsUnspecified() || f.Src.Is4In6() || f.Src.Zone() != "") {
		t.Fatalf("flow %+v", f)
	}
}

func BenchmarkViews(b *testing.B) {
	e := made(sysmon(1), "RuleName", "-", "UtcTime", "2020-05-02 02:55:56.000", "ProcessGuid", "{47ab858c-e13c-5eac-a903-000000000400}", "ProcessId", "4076",
		"Image", `C:\Windows\System32\cmd.exe`, "FileVersion", "1", "Description", "x", "Product", "y", "Company", "z", "OriginalFileName", "cmd.exe",
		"CommandLine", "cmd /c x", "CurrentDirectory", `C:\`, "User", `CORP\ann`, "LogonGuid", "x", "LogonId", "0x372e81", "TerminalSessionId", "1", "IntegrityLevel", "High",
		"Hashes", "SHA1=5009839791AAD710921715D5B51E7A9A963B09F5,MD5=91C04C34E7145EDF11B0A9E96698763E,SHA256=010B0651370BE1E96B9616CC1B24396242B35B8FA67FDB8DBFC4A4B79A4CED28,IMPHASH=DE31D6A28F9C02A2C0EEBBE6E4B686A2",
		"ParentProcessGuid", "{47ab858c-e13c-5eac-a903-000000000400}", "ParentProcessId", "1184", "ParentImage", `C:\Windows\System32\svchost.exe`, "ParentCommandLine", "svchost -k x")
	v := NewViews()
	b.ReportAllocs()
	for b.Loop() {
		v.Accounts(e)
		v.Process(e)
		v.Flow(e)
		v.Names(e)
		v.Hashes(e)
		v.Files(e)
		v.Services(e)
	}
}
