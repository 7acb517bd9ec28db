package evtxlog_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/evtx"
	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/evtxlog"
	"tyto/internal/source/sourcetest"
)

var noon = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

// logOf writes a log file.
func logOf(t testing.TB, entries ...evtx.Entry) string {
	t.Helper()
	var b bytes.Buffer
	w := evtx.NewWriter(&b)
	for _, e := range entries {
		if e.Time.IsZero() {
			e.Time = noon
		}
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// show writes an event's own fields, then a bar and those headers that vary.
func show(e *event.Event) string {
	var own, head []string
	for _, v := range e.Values {
		f := e.Shape.Fields[v.Field]
		s := fmt.Sprintf("%s=%s", f.Name, v.Text)
		if f.Header {
			head = append(head, s)
		} else {
			own = append(own, s)
		}
	}
	return strings.Join(own, " ") + " | " + strings.Join(head, " ")
}

func TestFieldsAreNamedAsRulesNameThem(t *testing.T) {
	base := evtx.Entry{Provider: "P", GUID: "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}", EventID: 7, Level: 4, Task: 1, Keywords: 0x8020000000000000,
		Channel: "C", Computer: "H", ProcessID: 3, ThreadID: 4, UserID: "S-1-5-18", RecordID: 9}
	const head = " Provider_Name=P Provider_Guid={5770385f-c22a-43e0-bf4c-06f5698ffbd9} EventID=7 Version=0 Level=4 Task=1 Opcode=0 Keywords=0x8020000000000000 TimeCreated=2024-03-01T12:00:00.000000Z EventRecordID=9 Execution_ProcessID=3 Execution_ThreadID=4 Channel=C Computer=H Security_UserID=S-1-5-18"
	for _, c := range []struct {
		name  string
		entry func(*evtx.Entry)
		want  string
	}{
		{"named data", func(e *evtx.Entry) {
			e.Data = []evtx.Datum{{Name: "A", Value: "x"}, {Name: "Empty", Value: ""}, {Name: "N", Value: uint32(5)}, {Name: "Threat Name", Value: "t"}}
		}, "A=x Empty= N=5 Threat Name=t |" + head},
		{"unnamed data", func(e *evtx.Entry) { e.Data = []evtx.Datum{{Value: []string{"p", "", "q"}}} },
			"Data=p Data= Data=q |" + head},
		{"user data wins over headers", func(e *evtx.Entry) {
			e.UserData = &evtx.Element{Name: "LogFileCleared", Content: []any{&evtx.Element{Name: "Channel", Content: []any{"Security"}}}}
		}, "Channel=Security |" + strings.Replace(head, " Channel=C", "", 1)},
		{"classic powershell", func(e *evtx.Entry) {
			e.Channel = "Windows PowerShell"
			e.Data = []evtx.Datum{{Value: []string{"Available", "\tNewEngineState=Available\r\n\tSequenceNumber=1\r\n\tHostId=2\r\n\tEngineVersion=2.0"}}}
		}, "Data=Available Data=\tNewEngineState=Available\r\n\tSequenceNumber=1\r\n\tHostId=2\r\n\tEngineVersion=2.0 NewEngineState=Available SequenceNumber=1 HostId=2 EngineVersion=2.0 |" +
			strings.Replace(head, "Channel=C", "Channel=Windows PowerShell", 1)},
		{"classic powershell, reduced", func(e *evtx.Entry) {
			e.Channel = "Windows PowerShell"
			e.Data = []evtx.Datum{{Value: []string{"\tHostApplication=powershell -Version 2\r\n\tEngineVersion=2.0"}}}
		}, "Data=\tHostApplication=powershell -Version 2\r\n\tEngineVersion=2.0 HostApplication=powershell -Version 2 EngineVersion=2.0 |" +
			strings.Replace(head, "Channel=C", "Channel=Windows PowerShell", 1)},
		{"RPC Firewall, a process", func(e *evtx.Entry) {
			e.Channel, e.EventID = "RPCFW", 1
			e.Data = []evtx.Datum{{Value: []string{`C:\a.exe`, "712"}}}
		}, `Image=C:\a.exe ProcessId=712 |` + strings.NewReplacer("Channel=C ", "Channel=RPCFW ", "EventID=7", "EventID=1").Replace(head)},
		{"RPC Firewall, too few values", func(e *evtx.Entry) {
			e.Channel, e.EventID = "RPCFW", 3
			e.Data = []evtx.Datum{{Value: []string{"f", "712"}}}
		}, "Data=f Data=712 |" + strings.NewReplacer("Channel=C ", "Channel=RPCFW ", "EventID=7", "EventID=3").Replace(head)},
		{"RPC Firewall's event id in another log", func(e *evtx.Entry) {
			e.EventID = 1
			e.Data = []evtx.Datum{{Value: []string{`C:\a.exe`, "712"}}}
		}, `Data=C:\a.exe Data=712 |` + strings.Replace(head, "EventID=7", "EventID=1", 1)},
		{"forwarded, literal", func(e *evtx.Entry) {
			e.Literal = true
			e.Data = []evtx.Datum{{Name: "A", Value: "x"}}
			e.Rendering = &evtx.Rendering{Culture: "en-US", Message: "m", Level: "Information"}
		}, "A=x |" + strings.Replace(head, "000000Z", "000000000Z", 1) + " RenderingInfo_Culture=en-US Message=m RenderingInfo_Level=Information"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := base
			c.entry(&e)
			events, rep := sourcetest.Read(t, evtxlog.New(evtxlog.Options{}), sourcetest.Input("a.evtx", logOf(t, e)))
			if len(events) != 1 || rep.Damaged != 0 || len(rep.Notes) > 0 {
				t.Fatalf("%d events, report %+v", len(events), rep)
			}
			got := events[0]
			if shown := show(got); !strings.HasPrefix(shown, c.want[:strings.Index(c.want, " |")]) || !sameHeads(shown, c.want) {
				t.Errorf("event differs (-want +got):\n%s", cmp.Diff(c.want, shown))
			}
			if got.Host != "H" || got.RecordID != 9 || got.Origin.Record != 9 || !got.Time.Equal(noon) ||
				got.Source.Product != "windows" || got.Source.Provider != "P" || got.Source.EventID != int(e.EventID) {
				t.Errorf("event is %+v", got)
			}
		})
	}
}

// sameHeads compares headers whatever their order and the RenderingInfo that
// the writer adds unasked.
func sameHeads(got, want string) bool {
	_, g, _ := strings.Cut(got, "|")
	_, w, _ := strings.Cut(want, "|")
	for _, h := range strings.Fields(w) {
		if !strings.Contains(g, h) {
			return false
		}
	}
	return true
}

func many(t testing.TB, n int) string {
	entries := make([]evtx.Entry, n)
	for i := range entries {
		entries[i] = evtx.Entry{Provider: "P", EventID: 1, Channel: "C", Computer: "H",
			Data: []evtx.Datum{{Name: "N", Value: uint32(i)}, {Name: "Fill", Value: strings.Repeat("x", 500)}}}
	}
	return logOf(t, entries...)
}

func TestPartsCoverTheFileInOrder(t *testing.T) {
	in := sourcetest.Input("a.evtx", many(t, 2000))
	f := evtxlog.New(evtxlog.Options{})
	if parts, _ := f.Split(t.Context(), in); len(parts) < 2 {
		t.Fatalf("%d parts of %d bytes", len(parts), in.Size)
	}
	next := uint64(0)
	rep := sourcetest.Each(t, f, in, func(e *event.Event) bool {
		next++
		n, _ := e.Get("N")
		if e.RecordID != next || string(n) != fmt.Sprint(next-1) {
			t.Fatalf("record %d with N %s, want record %d", e.RecordID, n, next)
		}
		return true
	})
	if next != 2000 || rep.Records != 2000 || rep.Bytes != in.Size {
		t.Errorf("%d events, report %+v", next, rep)
	}
}

func TestDamageIsToldAndCostsNoNeighbours(t *testing.T) {
	text := []byte(many(t, 500))
	copy(text[4096+65536:], "broken")          // a chunk's signature
	copy(text[4096+512+2000:], "\xff\xff\xff") // something in a record
	in := sourcetest.Input("a.evtx", string(text[:len(text)-1000]))
	events, rep := sourcetest.Read(t, evtxlog.New(evtxlog.Options{}), in)
	if len(events) < 300 || len(rep.Damage) < 3 || rep.Bytes != in.Size {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
	for _, d := range rep.Damage {
		if d.Offset < 4096 || d.Offset+d.Length > in.Size || d.Reason == "" {
			t.Errorf("damage %+v", d)
		}
	}
}

func TestLogsWithoutHeaderAreRead(t *testing.T) {
	text := many(t, 10)
	f := evtxlog.New(evtxlog.Options{})
	for name, cut := range map[string]string{"bare chunk": text[4096:], "header zeroed": strings.Repeat("\x00", 4096) + text[4096:]} {
		in := sourcetest.Input("a", cut)
		if !f.Claims("", in.Head) {
			t.Errorf("%s: not claimed", name)
		}
		events, rep := sourcetest.Read(t, f, in)
		if len(events) != 10 || rep.Bytes != in.Size || len(rep.Notes) == 0 {
			t.Errorf("%s: %d events, report %+v", name, len(events), rep)
		}
	}
}

func TestKnownRecordsAreReadWithoutAllocation(t *testing.T) {
	in := sourcetest.Input("a.evtx", many(t, 1000))
	f := evtxlog.New(evtxlog.Options{})
	parts, _ := f.Split(t.Context(), in)
	r := f.NewReader()
	read := func() {
		for _, p := range parts {
			r.Read(t.Context(), in, p, func(*event.Event) bool { return true })
		}
	}
	if got := testing.AllocsPerRun(3, read); got > 50 {
		t.Errorf("%v allocations for 1000 records", got)
	}
}

func FuzzRead(f *testing.F) {
	seed := logOf(f, evtx.Entry{Provider: "P", EventID: 400, Channel: "Windows PowerShell", Computer: "H",
		Data: []evtx.Datum{{Value: []string{"\tSequenceNumber=1\r\n\tHostId=2"}}}})
	// Mutations of mostly empty chunks are wasted: the seed is what is used.
	f.Add([]byte(seed[4096:4096+2048]), uint16(0))
	f.Fuzz(func(t *testing.T, chunk []byte, pad uint16) {
		text := string(chunk) + strings.Repeat("\x00", int(pad))
		in := sourcetest.Input("a.evtx", text)
		if in.Size == 0 {
			return
		}
		events := int64(0)
		rep := sourcetest.Each(t, evtxlog.New(evtxlog.Options{Carve: true}), in, func(e *event.Event) bool {
			events++
			for _, v := range e.Values {
				if int(v.Field) >= len(e.Shape.Fields) {
					t.Fatalf("value of field %d of %d", v.Field, len(e.Shape.Fields))
				}
			}
			return true
		})
		if rep.Records+rep.Again != events || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, events, in.Size)
		}
	})
}

var _ source.Format = (*evtxlog.Format)(nil)
