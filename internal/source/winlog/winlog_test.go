package winlog

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
)

func TestHeadersGiveWayToData(t *testing.T) {
	var l Layout
	own := l.Data("Channel")
	if again := l.Data("Channel"); again != own {
		t.Errorf("the same name got fields %d and %d", own, again)
	}
	if got := l.Header(Channel); got != -1 {
		t.Errorf("header Channel got field %d beside data Channel", got)
	}
	host := l.Header(Computer)
	s := l.Shape()
	if s.Find("Channel") != own || s.Fields[own].Header || s.Find("Computer") != host || !s.Fields[host].Header {
		t.Errorf("shape is %+v", s.Fields)
	}
}

func TestFieldsOfOneEventAreBounded(t *testing.T) {
	var l Layout
	for i := range MaxFields + 1 {
		got := l.Data(string(rune('\u4e00' + i)))
		if want := i; i == MaxFields && got != -1 || i < MaxFields && got != want {
			t.Fatalf("field %d got number %d", i, got)
		}
	}
}

func TestPowerShellFields(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       map[string]string
	}{
		{"engine start", "\tNewEngineState=Available\r\n\tPreviousEngineState=None\r\n\r\n\tSequenceNumber=13\r\n\r\n\tHostName=ConsoleHost\r\n\tHostId=9\r\n\tHostApplication=powershell -Version 2\r\n\tEngineVersion=\r\n\tCommandLine=",
			map[string]string{"NewEngineState": "Available", "PreviousEngineState": "None", "SequenceNumber": "13", "HostName": "ConsoleHost",
				"HostId": "9", "HostApplication": "powershell -Version 2", "EngineVersion": "", "CommandLine": ""}},
		{"value over several lines", "\tSequenceNumber=1\n\tHostId=2\n\tHostApplication=powershell {\n  a=b\n}\n\tEngineVersion=5",
			map[string]string{"SequenceNumber": "1", "HostId": "2", "HostApplication": "powershell {\n  a=b\n}", "EngineVersion": "5"}},
		{"script that imitates fields", "Pipeline details: HostId=x\n\tHostName=false\nContext Information:\n\tSequenceNumber=1\n\tHostName=true\n\tHostId=2",
			map[string]string{"SequenceNumber": "1", "HostName": "true", "HostId": "2"}},
		{"reduced", "\tHostApplication=powershell -Version 2 -Command $a=1\r\n\tEngineVersion=2.0",
			map[string]string{"HostApplication": "powershell -Version 2 -Command $a=1", "EngineVersion": "2.0"}},
		{"cut at both ends", "ershell -Version 2\n\tEngineVersion=2.0\n\tRunspaceI",
			map[string]string{"EngineVersion": "2.0\n\tRunspaceI"}},
		{"in another language", "Der Modulstatus wurde von None in Available geändert.\r\n\r\nEinzelheiten:\r\n\tNewEngineState=Available\r\n\tEngineVersion=2.0",
			map[string]string{"NewEngineState": "Available", "EngineVersion": "2.0"}},
		{"reduced, value over several lines", "\tHostApplication=powershell {\n  a=b\n}\n\tEngineVersion=5",
			map[string]string{"HostApplication": "powershell {\n  a=b\n}", "EngineVersion": "5"}},
		{"words of a message in a value", "\tSequenceNumber=1\n\tHostId=2\n\tHostApplication=powershell Details: x\n\tEngineVersion=2.0",
			map[string]string{"SequenceNumber": "1", "HostId": "2", "HostApplication": "powershell Details: x", "EngineVersion": "2.0"}},
		{"other text", "Available a=b\nc=d", map[string]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, drawn(c.text)); diff != "" {
				t.Errorf("fields differ (-want +got):\n%s", diff)
			}
		})
	}
}

// drawn returns the fields that a classic PowerShell event with these values
// has besides them.
func drawn(data ...string) map[string]string {
	var l Layout
	f := uint16(l.Data(Unnamed))
	d := NewDrawer(StyleOf("windows powershell", 400), &l)
	var values []event.Value
	for _, text := range data {
		values = append(values, event.Value{Field: f, Text: []byte(text)})
	}
	got := map[string]string{}
	for _, v := range d.Draw(values)[len(data):] {
		got[l.Shape().Fields[v.Field].Name] += string(v.Text)
	}
	return got
}

func TestScriptBesidePowerShellFieldsIsNotTakenForThem(t *testing.T) {
	const script = "Write-Output x\nEngineVersion=2.0"
	for _, c := range []struct{ name, fields string }{
		{"whole", "\tSequenceNumber=1\n\tHostId=2\n\tEngineVersion=5.1"},
		{"reduced", "\tEngineVersion=5.1"},
	} {
		if got := drawn(script, c.fields)["EngineVersion"]; got != "5.1" {
			t.Errorf("%s: EngineVersion is %q", c.name, got)
		}
	}
}

func TestPowerShellKeepsNamesThatAreTaken(t *testing.T) {
	var l Layout
	l.Data("HostName")
	p := NewPowerShell(&l)
	for _, v := range p.Append([]event.Value{{Field: 0, Text: []byte("own")}}, []byte("SequenceNumber=1\nHostName=x\nHostId=2")) {
		if v.Field == 0 && string(v.Text) != "own" {
			t.Errorf("HostName was overwritten with %q", v.Text)
		}
	}
}

func TestWordsStayBounded(t *testing.T) {
	var w Words
	for i := range maxWords * 2 {
		b := []byte{byte(i), byte(i >> 8)}
		if got := w.Intern(b); got != string(b) {
			t.Fatalf("interned %q as %q", b, got)
		}
	}
	if len(w.known) > maxWords {
		t.Errorf("%d words kept", len(w.known))
	}
}

func TestEqualLayoutsShareAShape(t *testing.T) {
	layout := func(data, header string) *Layout {
		var l Layout
		l.Data(data)
		l.Header(header)
		return &l
	}
	var s Shapes
	a := s.Of(layout("A", "H"))
	if b := s.Of(layout("A", "H")); a != b {
		t.Error("equal layouts have two shapes")
	}
	if c := s.Of(layout("A", "I")); a == c {
		t.Error("different layouts share a shape")
	}
}
