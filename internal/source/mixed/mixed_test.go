package mixed_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source/mixed"
	"tyto/internal/source/sourcetest"
)

const (
	sensor  = `{"timestamp":"2025-06-15T10:00:00.5+0000","event_type":"dns","src_ip":"192.0.2.9","dest_ip":"192.0.2.53","dns":{"type":"query","rrname":"a.example.com"}}` + "\n"
	windows = `{"@timestamp":"2025-06-15T10:00:01Z","winlog":{"channel":"Security","provider_name":"P","computer_name":"H","event_id":4688,"record_id":9,"event_data":{"A":"x"}}}` + "\n"
	forge   = `{"action":"repo.destroy","@timestamp":1749974402000,"actor":"a","org":"o"}` + "\n"
	other   = `{"time":"2025-06-15T10:00:03Z","said":"x"}` + "\n"
)

func logs(events []*event.Event) (out []string) {
	for _, e := range events {
		out = append(out, e.Source.Log())
	}
	return out
}

func TestEachLineIsReadByTheFormatThatKnowsIt(t *testing.T) {
	in := sourcetest.Input("a.json", sensor+windows+forge+"no json\n"+other+windows)
	if !mixed.New().Claims("", in.Head) {
		t.Error("not claimed")
	}
	events, rep := sourcetest.Read(t, mixed.New(), in)
	if got := strings.Join(logs(events), " "); got != "suricata/dns/dns Security github/audit  Security" {
		t.Errorf("logs %q", got)
	}
	if rep.Records != 5 || rep.Damaged != 1 || rep.Damage[0].Offset != int64(len(sensor+windows+forge)) || rep.Bytes != in.Size {
		t.Errorf("report %+v", rep)
	}
	if last := events[4]; last.Origin.Line != 6 || last.Origin.Record != 9 || last.Host != "H" {
		t.Errorf("origin %+v, host %q", last.Origin, last.Host)
	}
}

func TestLinesOfUnknownKindsAreReadBesideThoseOfOneFormat(t *testing.T) {
	in := sourcetest.Input("a.json", windows+windows+other)
	events, rep := sourcetest.Read(t, mixed.New(), in)
	if !mixed.New().Claims("", in.Head) || strings.Join(logs(events), " ") != "Security Security " || rep.Damaged > 0 {
		t.Errorf("logs %q, report %+v", logs(events), rep)
	}
}

func TestFilesOfOneFormatAreLeftToIt(t *testing.T) {
	for _, text := range []string{
		sensor + sensor, windows, strings.Repeat(windows, 9) + other, other + other, "text\n" + sensor + windows, "[" + sensor + "," + windows + "]", "", "{",
	} {
		if mixed.New().Claims("", []byte(text)) {
			t.Errorf("claimed %q", text)
		}
	}
}

func TestWhatStandsBehindAnObjectIsNotLostInSilence(t *testing.T) {
	for _, behind := range []string{strings.TrimSpace(sensor), `{"cut`, " text"} {
		line := strings.TrimSpace(windows) + behind + "\n"
		_, rep := sourcetest.Read(t, mixed.New(), sourcetest.Input("a.json", sensor+line+windows))
		if rep.Records != 3 || rep.Damaged != 1 || rep.Damage[0].Line != 2 || rep.Damage[0].Length != int64(len(line)) {
			t.Errorf("%q: report %+v", behind, rep)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(sensor + windows + forge + other + "x\n")
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, mixed.New(), text) })
}
