package evtold_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"tyto/evtx"
	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/evtold"
	"tyto/internal/source/evtxlog"
	"tyto/internal/source/sourcetest"
)

// A rec is one record to be written.
type rec struct {
	number, id, seconds uint32
	kind, category      uint16
	provider, computer  string
	sid, data           []byte
	strings             []string
}

func wide(s string) (b []byte) {
	for _, u := range append(utf16.Encode([]rune(s)), 0) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func words(vs ...uint32) (b []byte) {
	for _, v := range vs {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

const magic = 0x654c664c

func (r rec) bytes() string {
	body := append(wide(r.provider), wide(r.computer)...)
	for len(body)%4 > 0 {
		body = append(body, 0)
	}
	sidAt := 56 + len(body)
	body = append(body, r.sid...)
	stringsAt := 56 + len(body)
	for _, s := range r.strings {
		body = append(body, wide(s)...)
	}
	dataAt := 56 + len(body)
	body = append(body, r.data...)
	for len(body)%4 > 0 {
		body = append(body, 0)
	}
	n := uint32(60 + len(body))
	head := words(n, magic, r.number, r.seconds, r.seconds+1, r.id, uint32(r.kind)|uint32(len(r.strings))<<16, uint32(r.category), 0,
		uint32(stringsAt), uint32(len(r.sid)), uint32(sidAt), uint32(len(r.data)), uint32(dataAt))
	return string(head) + string(body) + string(words(n))
}

// file puts records behind a header and the mark of the end behind them.
func file(flags uint32, recs ...string) string {
	body := strings.Join(recs, "")
	end := uint32(48 + len(body))
	return string(words(48, magic, 1, 1, 48, end, uint32(len(recs)+1), 1, end+40, flags, 0, 48)) + body + endMark(end)
}

func endMark(at uint32) string {
	return string(words(40, 0x11111111, 0x22222222, 0x33333333, 0x44444444, 48, at, 1, 1, 40))
}

func simple(n uint32) string {
	return rec{number: n, id: 7, seconds: 1709287200 + n, kind: 4, provider: "P", computer: "H", strings: []string{fmt.Sprint(n), "x"}}.bytes()
}

func read(t *testing.T, opt evtold.Options, name, text string) ([]*event.Event, source.Report) {
	in := sourcetest.Input(name, text)
	if !evtold.New(opt).Claims("", in.Head) {
		t.Error("not claimed")
	}
	events, rep := sourcetest.Read(t, evtold.New(opt), in)
	if rep.Bytes != in.Size {
		t.Errorf("%d of %d bytes", rep.Bytes, in.Size)
	}
	return events, rep
}

// TestOldAndNewLogsAgree writes the same events in both formats.
func TestOldAndNewLogsAgree(t *testing.T) {
	q := uint16(0x4000)
	at := time.Unix(1709287200, 0).UTC()
	entries := []evtx.Entry{
		{Provider: "Service Control Manager", EventID: 7036, Qualifiers: &q, Level: 4, Time: at, RecordID: 5, Channel: "System", Computer: "XP1",
			Data: []evtx.Datum{{Value: []string{"Telnet", "running", ""}}}, Binary: []byte{1, 0xab}},
		{Provider: "Service Control Manager", EventID: 7036, Qualifiers: &q, Level: 2, Time: at, RecordID: 6, Channel: "System", Computer: "XP1", UserID: "S-1-5-21-1-500",
			Data: []evtx.Datum{{Value: []string{"Zo\u00eb \U0001f600"}}}},
	}
	var b strings.Builder
	w := evtx.NewWriter(&b)
	var old []string
	for i, e := range entries {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
		r := rec{number: uint32(e.RecordID), id: uint32(q)<<16 | uint32(e.EventID), seconds: uint32(at.Unix()), kind: 4, provider: e.Provider,
			computer: e.Computer, strings: e.Data[0].Value.([]string), data: e.Binary}
		if i == 1 {
			r.kind = 1
			r.sid = append([]byte{1, 3, 0, 0, 0, 0, 0, 5}, words(21, 1, 500)...)
		}
		old = append(old, r.bytes())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want, _ := sourcetest.Read(t, evtxlog.New(evtxlog.Options{}), sourcetest.Input("a.evtx", b.String()))
	got, rep := read(t, evtold.Options{}, "SysEvent.Evt", file(0, old...))
	if len(got) != 2 || len(want) != 2 || rep.Damaged > 0 {
		t.Fatalf("%d and %d events, report %+v", len(got), len(want), rep)
	}
	for i := range got {
		if got[i].ID() != want[i].ID() || got[i].Source != want[i].Source || !got[i].Time.Equal(want[i].Time) {
			t.Errorf("event %d is %+v, want %+v", i, got[i], want[i])
		}
		for _, name := range []string{"Data", "Binary", "EventID_Qualifiers", "Level", "Security_UserID", "Computer", "TimeCreated"} {
			a, _ := got[i].Get(name)
			b, _ := want[i].Get(name)
			if string(a) != string(b) {
				t.Errorf("event %d: %s is %q, want %q", i, name, a, b)
			}
		}
	}
}

func numbers(events []*event.Event) (out []uint64) {
	for _, e := range events {
		out = append(out, e.RecordID)
	}
	return out
}

func TestStatesOfTheRing(t *testing.T) {
	one := simple(1)
	size := uint32(len(one))
	// A record begins at the file's end and goes on behind the header.
	three, four := simple(3), simple(4)
	body := four + endMark(0) + simple(2) + three
	cut := len(body) - 20
	ring := body[cut:] + body[:cut]
	start := uint32(48 + 20 + len(four) + 40)
	wrapped := string(words(48, magic, 1, 1, start, uint32(48+20+len(four)), 5, 2, uint32(48+len(ring)), 2, 0, 48)) + ring
	header := func(start, end, flags uint32) string {
		return string(words(48, magic, 1, 1, start, end, 9, 1, 4096, flags, 0, 48))
	}
	for _, c := range []struct {
		name, text string
		carve      bool
		want       []uint64
		carved     int
		damaged    int64
		note       string
	}{
		{"clean", file(0, one, simple(2)), false, []uint64{1, 2}, 0, 0, "log concluded from the events' sources"},
		{"filled up", file(0, one) + strings.Repeat("\x00", 5000), false, []uint64{1}, 0, 0, ""},
		{"wrapped", wrapped, false, []uint64{4, 2, 3}, 0, 0, "wrapped: the oldest records were overwritten"},
		{"dirty header", header(48, 48, 1) + one + simple(2) + endMark(0), false, []uint64{1, 2}, 0, 0, "copied while open: the header is out of date"},
		{"leftovers", header(48, 48+size, 0) + one + endMark(0) + simple(8), false, []uint64{1}, 0, 0, "1 records outside the live part are not read"},
		{"leftovers, carved", header(48, 48+size, 0) + one + endMark(0) + simple(8), true, []uint64{1, 8}, 1, 0, ""},
		{"no header", one + simple(2), false, []uint64{1, 2}, 0, 0, "no file header: the records were read all the same"},
		{"garbage between", header(48, 48, 1) + one + "garbage!" + simple(2), false, []uint64{1, 2}, 0, 1, ""},
		{"wrong length", header(48, 48, 1) + one[:len(one)-4] + "\x01\x00\x00\x00" + simple(2), false, []uint64{2}, 0, 1, ""},
		{"cut", file(0, one, simple(2))[:48+2*size-8], false, []uint64{1}, 0, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			events, rep := read(t, evtold.Options{Carve: c.carve}, "a.evt", c.text)
			carved := 0
			for _, e := range events {
				if e.Carved {
					carved++
				}
				if a, _ := e.Get("Data"); string(a) != fmt.Sprint(e.RecordID) {
					t.Errorf("record %d has %q", e.RecordID, a)
				}
			}
			if diff := cmp.Diff(c.want, numbers(events)); diff != "" || carved != c.carved || rep.Damaged != c.damaged || !strings.Contains(strings.Join(rep.Notes, "; "), c.note) {
				t.Errorf("%v, %d carved, report %+v", numbers(events), carved, rep)
			}
		})
	}
}

func TestLogIsConcludedFromNameOrSource(t *testing.T) {
	r := rec{number: 1, id: 528, kind: 8, provider: "Security", computer: "H"}.bytes()
	for name, want := range map[string]string{"SecEvent.Evt": "Security", "SysEvent.Evt": "System", "appevent.evt": "Application", "x.evt": "Security"} {
		events, _ := read(t, evtold.Options{}, name, file(0, r))
		if len(events) != 1 || events[0].Source.Channel != want {
			t.Errorf("%s: %+v, want %s", name, events, want)
		}
	}
}

// TestHostileLogsStayBounded reads files in which everything looks like the
// beginning of a record.
func TestHostileLogsStayBounded(t *testing.T) {
	for name, piece := range map[string]string{
		"marks": string(words(0x7fffc, magic)), "ends": string(words(40, 0x11111111)), "small": string(words(60, magic)), "huge": string(words(0xffffffff, magic)),
	} {
		in := sourcetest.Input("a.evt", file(1, simple(1))+strings.Repeat(piece, 3<<20/len(piece)))
		rep := sourcetest.Each(t, evtold.New(evtold.Options{}), in, func(*event.Event) bool { return true })
		if rep.Records != 1 || rep.Damaged == 0 || rep.Bytes != in.Size {
			t.Errorf("%s: report %+v", name, rep)
		}
	}
}

func TestOtherFilesAreNotClaimed(t *testing.T) {
	for _, text := range []string{"", "LfLe", "\x30\x00\x00\x00LfLx", "\x01\x00\x00\x00LfLe", "ElfFile\x00"} {
		if evtold.New(evtold.Options{}).Claims("a.evt", []byte(text)) {
			t.Errorf("claimed %q", text)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	var recs []string
	for i := range 20_000 {
		recs = append(recs, simple(uint32(i)))
	}
	in := sourcetest.Input("a.evt", file(0, recs...))
	r := evtold.New(evtold.Options{}).NewReader()
	b.SetBytes(in.Size)
	b.ReportAllocs()
	for b.Loop() {
		r.Read(b.Context(), in, source.Part{To: in.Size}, func(*event.Event) bool { return true })
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(0, simple(1), simple(2)))
	f.Add(simple(1) + "xx" + simple(2) + endMark(0))
	f.Add(rec{provider: "P", sid: []byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}, data: []byte{1}, strings: []string{"a", ""}}.bytes())
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.evt", text)
		evtold.New(evtold.Options{}).Claims("a.evt", in.Head)
		events := int64(0)
		rep := sourcetest.Each(t, evtold.New(evtold.Options{Carve: true}), in, func(e *event.Event) bool {
			events++
			if e.Origin.Offset < 0 || e.Origin.Offset > in.Size || len(e.Clone().ID().String()) != 24 {
				t.Errorf("origin %+v", e.Origin)
			}
			return true
		})
		if rep.Records+rep.Again != events || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, events, in.Size)
		}
	})
}
