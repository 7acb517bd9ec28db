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
		{"other text", "HostName=x", map[string]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l Layout
			l.Data(Unnamed)
			p := NewPowerShell(&l)
			got := map[string]string{}
			shape := l.Shape()
			for _, v := range p.Append(nil, []byte(c.text)) {
				got[shape.Fields[v.Field].Name] = string(v.Text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("fields differ (-want +got):\n%s", diff)
			}
		})
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
