package winjson_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/winjson"
)

// show writes an event on one line: what every event has, then its own fields,
// then a bar and the headers.
func show(e *event.Event) string {
	var own, head []string
	for _, v := range e.Values {
		f := e.Shape.Fields[v.Field]
		s := fmt.Sprintf("%s=%s", f.Name, v.Text)
		if v.Kind == event.Null {
			s = f.Name + " null"
		}
		if f.Header {
			head = append(head, s)
		} else {
			own = append(own, s)
		}
	}
	return fmt.Sprintf("%s %s %s/%s/%d #%d: %s | %s", e.Time.Format(time.RFC3339Nano), e.Host, e.Source.Channel,
		e.Source.Provider, e.Source.EventID, e.RecordID, strings.Join(own, " "), strings.Join(head, " "))
}

func TestFamilies(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"evtx_dump", `{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"P","Guid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9"}},"EventID":{"#attributes":{"Qualifiers":16384},"#text":7},"Level":4,"TimeCreated":{"#attributes":{"SystemTime":"2024-03-01T10:00:00.165324Z"}},"EventRecordID":9,"Correlation":null,"Execution":{"#attributes":{"ProcessID":3,"ThreadID":4}},"Channel":"C","Computer":"H","Security":{"#attributes":{"UserID":"S-1-5-18"}}},"EventData":{"A":"x","N":5,"B":true,"E":"","Z":null,"G":"0197231E-005A-6928-A50B-000000000D00","Data":{"#text":["p","q"]}}}}`,
			"2024-03-01T10:00:00.165324Z H C/P/7 #9: A=x N=5 B=true E= Z null G={0197231e-005a-6928-a50b-000000000d00} Data=p Data=q | Provider_Name=P Provider_Guid=5770385F-C22A-43E0-BF4C-06F5698FFBD9 EventID_Qualifiers=16384 EventID=7 Level=4 TimeCreated=2024-03-01T10:00:00.165324Z EventRecordID=9 Execution_ProcessID=3 Execution_ThreadID=4 Channel=C Computer=H Security_UserID=S-1-5-18"},
		{"separate attributes", `{"Event_attributes":{"xmlns":"x"},"Event":{"System":{"Provider_attributes":{"Name":"P"},"EventID":7,"TimeCreated_attributes":{"SystemTime":"2024-03-01T10:00:00Z"},"Channel":"C","Computer":"H"},"EventData":{"A":"x"}}}`,
			"2024-03-01T10:00:00Z H C/P/7 #0: A=x | Provider_Name=P EventID=7 TimeCreated=2024-03-01T10:00:00Z Channel=C Computer=H"},
		{"user data wins", `{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":104,"TimeCreated":{"#attributes":{"SystemTime":"2024-03-01T10:00:00Z"}},"Channel":"System","Computer":"H"},"UserData":{"LogFileCleared":{"#attributes":{"xmlns:auto-ns3":"y","xmlns":"x"},"Channel":"Security","Nested":{"Deep":"d"}}}}}`,
			"2024-03-01T10:00:00Z H System/P/104 #0: Channel=Security Nested.Deep=d | Provider_Name=P EventID=104 TimeCreated=2024-03-01T10:00:00Z Computer=H"},
		{"numbered siblings", `{"Event":{"System":{"EventID":1,"Channel":"C","Computer":"H"},"UserData":{"W":{"H":"a","H_1":"b","H_2":"c","K_1":"d"}}}}`,
			"0001-01-01T00:00:00Z H C//1 #0: H=a H=b H=c K_1=d | EventID=1 Channel=C Computer=H"},
		{"velociraptor", `{"System":{"Provider":{"Name":"P"},"EventID":{"Value":7},"TimeCreated":{"SystemTime":1709287200.5},"EventRecordID":9,"Channel":"C","Computer":"H"},"EventData":{"A":"x"},"Message":"m"}`,
			"2024-03-01T10:00:00.5Z H C/P/7 #9: A=x | Provider_Name=P EventID=7 TimeCreated=1709287200.5 EventRecordID=9 Channel=C Computer=H Message=m"},
		{"velociraptor, rows of EvtxHunter", `{"EventTime":"2024-03-01T10:00:00.5Z","Computer":"H","Channel":"Security","Provider":"P","EventID":4624,"EventRecordID":9,"UserSID":"S-1-5-18","Username":"u","EventData":{"TargetUserSid":"S-1-5-18","TargetLogonId":999,"A":"x"},"UserData":null,"Message":"m","OSPath":"C:\\a.evtx"}`,
			"2024-03-01T10:00:00.5Z H Security/P/4624 #9: TargetUserSid=S-1-5-18 TargetLogonId=0x3e7 A=x | TimeCreated=2024-03-01T10:00:00.5Z Computer=H Channel=Security Provider_Name=P EventID=4624 EventRecordID=9 Security_UserID=S-1-5-18 Message=m"},
		{"velociraptor, rows of EvtxHunter with user data", `{"EventTime":"2024-03-01T10:00:00Z","Computer":"H","Channel":"System","Provider":"P","EventID":104,"EventRecordID":9,"UserSID":"","EventData":null,"UserData":{"LogFileCleared":{"SubjectUserName":"u"}},"OSPath":"C:\\a.evtx"}`,
			"2024-03-01T10:00:00Z H System/P/104 #9: SubjectUserName=u | TimeCreated=2024-03-01T10:00:00Z Computer=H Channel=System Provider_Name=P EventID=104 EventRecordID=9 Security_UserID="},
		{"winlogbeat 7", `{"@timestamp":"2024-03-01T10:00:00.000Z","event":{"code":"7"},"host":{"name":"collector"},"winlog":{"channel":"C","provider_name":"P","computer_name":"H","record_id":9,"event_id":7,"keywords":["Audit Success"],"process":{"pid":3,"thread":{"id":4}},"event_data":{"A":"x"}},"message":"m","process":{"name":"copy"}}`,
			"2024-03-01T10:00:00Z H C/P/7 #9: A=x | TimeCreated=2024-03-01T10:00:00.000Z EventID=7 Channel=C Provider_Name=P Computer=H EventRecordID=9 Keywords=Audit Success Execution_ProcessID=3 Execution_ThreadID=4 Message=m"},
		{"winlogbeat 7, flat and wrapped", `{"_source":{"@timestamp":"2024-03-01T10:00:00.000Z","winlog.channel":"C","winlog.provider_name":"P","winlog.computer_name":"H","winlog.event_id":"7","winlog.event_data.A":"x"}}`,
			"2024-03-01T10:00:00Z H C/P/7 #0: A=x | TimeCreated=2024-03-01T10:00:00.000Z Channel=C Provider_Name=P Computer=H EventID=7"},
		{"winlogbeat 6", `{"@timestamp":"2024-03-01T10:00:00.000Z","beat":{"hostname":"collector"},"log_name":"C","source_name":"P","computer_name":"H","event_id":7,"record_number":"9","event_data":{"A":"x"}}`,
			"2024-03-01T10:00:00Z H C/P/7 #9: A=x | TimeCreated=2024-03-01T10:00:00.000Z Channel=C Provider_Name=P Computer=H EventID=7 EventRecordID=9"},
		{"nxlog", `{"EventID":13,"Channel":"C","SourceName":"P","Hostname":"H","host":"collector","RecordNumber":9,"EventTime":"2024-03-01 05:00:00","EventReceivedTime":"2024-03-01 05:00:02","@timestamp":"2024-03-01T10:00:02.100Z","UtcTime":"2024-03-01 10:00:00.123","Keywords":-9214364837600034816,"EventType":"INFO","EventTypeOrignal":"SetValue","SourceModuleType":"im","Message":"m"}`,
			"2024-03-01T10:00:00.123Z H C/P/13 #9: UtcTime=2024-03-01 10:00:00.123 EventType=SetValue | EventID=13 Channel=C Provider_Name=P Computer=H EventRecordID=9 EventTime=2024-03-01 05:00:00 EventReceivedTime=2024-03-01 05:00:02 @timestamp=2024-03-01T10:00:02.100Z Keywords=0x8020000000000000 Message=m"},
		{"flat", `{"EventID":1,"Channel":"C","SourceName":"P","Hostname":"H","TimeCreated":"2024-03-01T10:00:00.046+01:00","Level":"4","ProcessID":"4"}`,
			"2024-03-01T09:00:00.046Z H C/P/1 #0: ProcessID=4 | EventID=1 Channel=C Provider_Name=P Computer=H TimeCreated=2024-03-01T10:00:00.046+01:00 Level=4"},
		{"flat, message only", `{"EventID":1,"Channel":"Application","SourceName":"P","Hostname":"H","TimeCreated":"2024-03-01T10:00:00Z","Message":"says\r\nit"}`,
			"2024-03-01T10:00:00Z H Application/P/1 #0: Message=says\r\nit Data=says\r\nit | EventID=1 Channel=Application Provider_Name=P Computer=H TimeCreated=2024-03-01T10:00:00Z"},
		{"wazuh", `{"data":{"win":{"system":{"providerName":"P","eventID":"7","channel":"C","computer":"H","eventRecordID":"9","systemTime":"2024-03-01T10:00:00.1234567Z"},"eventdata":{"commandLine":"x"}}},"agent":{"name":"a"}}`,
			"2024-03-01T10:00:00.1234567Z H C/P/7 #9: commandLine=x | Provider_Name=P EventID=7 Channel=C Computer=H EventRecordID=9 TimeCreated=2024-03-01T10:00:00.1234567Z"},
		{"classic powershell", `{"EventID":400,"Channel":"Windows PowerShell","SourceName":"PowerShell","Hostname":"H","TimeCreated":"2024-03-01T10:00:00Z","Message":"Engine\r\nDetails: \r\n\tNewEngineState=Available\r\n\tSequenceNumber=1\r\n\tHostId=2\r\n\tEngineVersion=2.0"}`,
			"2024-03-01T10:00:00Z H Windows PowerShell/PowerShell/400 #0: Message=Engine\r\nDetails: \r\n\tNewEngineState=Available\r\n\tSequenceNumber=1\r\n\tHostId=2\r\n\tEngineVersion=2.0 Data=Engine\r\nDetails: \r\n\tNewEngineState=Available\r\n\tSequenceNumber=1\r\n\tHostId=2\r\n\tEngineVersion=2.0 NewEngineState=Available SequenceNumber=1 HostId=2 EngineVersion=2.0 | EventID=400 Channel=Windows PowerShell Provider_Name=PowerShell Computer=H TimeCreated=2024-03-01T10:00:00Z"},
		{"winlogbeat 7, RPC Firewall", `{"@timestamp":"2024-03-01T10:00:00.000Z","winlog":{"channel":"RPCFW","provider_name":"RPCFW","computer_name":"H","event_id":"1","event_data":{"param1":"C:\\a.exe","param2":"712"}}}`,
			`2024-03-01T10:00:00Z H RPCFW/RPCFW/1 #0: param1=C:\a.exe param2=712 Image=C:\a.exe ProcessId=712 | TimeCreated=2024-03-01T10:00:00.000Z Channel=RPCFW Provider_Name=RPCFW Computer=H EventID=1`},
		{"winlogbeat 6, unnamed", `{"@timestamp":"2024-03-01T10:00:00.000Z","log_name":"Windows PowerShell","source_name":"PowerShell","computer_name":"H","event_id":400,"event_data":{"param1":"Available","param2":"\tSequenceNumber=1\n\tHostId=2"},"message":"m"}`,
			"2024-03-01T10:00:00Z H Windows PowerShell/PowerShell/400 #0: param1=Available param2=\tSequenceNumber=1\n\tHostId=2 Data=Available Data=\tSequenceNumber=1\n\tHostId=2 SequenceNumber=1 HostId=2 | TimeCreated=2024-03-01T10:00:00.000Z Channel=Windows PowerShell Provider_Name=PowerShell Computer=H EventID=400 Message=m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := sourcetest.Input("a.json", c.text)
			if !winjson.New().Claims("", in.Head) {
				t.Error("not claimed")
			}
			events, rep := sourcetest.Read(t, winjson.New(), in)
			if len(events) != 1 || rep.Damaged != 0 {
				t.Fatalf("%d events, report %+v", len(events), rep)
			}
			if diff := cmp.Diff(c.want, show(events[0])); diff != "" {
				t.Errorf("event differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOtherFilesAreNotClaimed(t *testing.T) {
	for _, text := range []string{
		"", "text", "{", "{}", "[]", "[1,2]", `{"a":1}`, `{"ts":1.5,"uid":"C1","id.orig_h":"10.0.0.1"}`, "null",
		`{"eventVersion":"1.08","eventTime":"2024-03-01T10:00:00Z","eventSource":"x","EventID":"y"}`,
		"Record 1", "Record 1\nRecord 2", "ElfFile\x00", `{"EventID":`,
	} {
		if winjson.New().Claims("a.evtx.json", []byte(text)) {
			t.Errorf("claimed %q", text)
		}
	}
}

func TestCutHeadIsClaimed(t *testing.T) {
	text := `{"Keywords":0,"SeverityValue":2,"EventReceivedTime":"2020-09-21 23:02:48","EventID":4103,"Payload":"` + strings.Repeat("x", source.HeadSize)
	if !winjson.New().Claims("", []byte(text[:source.HeadSize])) {
		t.Error("an object longer than the head is not claimed")
	}
}

// one is a small event with a number.
func one(n int) string {
	return fmt.Sprintf(`{"EventID":%d,"Channel":"C","SourceName":"P","Hostname":"H","TimeCreated":"2024-03-01T10:00:00Z","A":"é\\x"}`, n)
}

func ids(events []*event.Event) (out []int) {
	for _, e := range events {
		out = append(out, e.Source.EventID)
	}
	return out
}

func TestWaysOfStanding(t *testing.T) {
	pretty := strings.NewReplacer("{", "{\n  ", ",", ",\n  ", "}", "\n}").Replace
	for name, text := range map[string]string{
		"lines":            one(1) + "\n" + one(2) + "\r\n\n" + one(3),
		"two in a line":    one(1) + one(2) + "\n" + one(3) + "\n",
		"byte order mark":  "\xef\xbb\xbf" + one(1) + "\n" + one(2) + "\n" + one(3),
		"array":            "[" + one(1) + "," + one(2) + ", " + one(3) + "]\n",
		"array, lines":     "[\n" + one(1) + ",\n" + one(2) + ",\n" + one(3) + "\n]",
		"pretty":           pretty(one(1)) + pretty(one(2)) + "\n" + pretty(one(3)),
		"pretty, headings": "Record 1\n" + pretty(one(1)) + "\nRecord 2\n" + pretty(one(2)) + "\nRecord 3\n" + pretty(one(3)),
		"utf-16":           sourcetest.UTF16(one(1)+"\r\n"+one(2)+"\r\n"+one(3), binary.LittleEndian),
		"utf-16 pretty":    sourcetest.UTF16(pretty(one(1))+pretty(one(2))+pretty(one(3)), binary.LittleEndian),
	} {
		t.Run(name, func(t *testing.T) {
			in := sourcetest.Input("a.json", text)
			if !winjson.New().Claims("", in.Head) {
				t.Error("not claimed")
			}
			events, rep := sourcetest.Read(t, winjson.New(), in)
			if diff := cmp.Diff([]int{1, 2, 3}, ids(events)); diff != "" || rep.Damaged != 0 || rep.Bytes != in.Size {
				t.Fatalf("events %v, report %+v", ids(events), rep)
			}
			for _, e := range events {
				at := text[e.Origin.Offset:]
				if a, _ := e.Get("A"); string(a) != `é\x` || !strings.HasPrefix(at, "{") {
					t.Errorf("A is %q; offset %d points at %.5q", a, e.Origin.Offset, at)
				}
				if line := 1 + strings.Count(strings.ReplaceAll(text[:e.Origin.Offset], "\n\x00", "\n"), "\n"); int64(line) != e.Origin.Line {
					t.Errorf("event %d on line %d, want %d", e.Source.EventID, e.Origin.Line, line)
				}
			}
		})
	}
}

func TestBrokenLinesCostOnlyThemselves(t *testing.T) {
	deep := `{"EventID":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}"
	lines := []string{one(1), one(9)[:40], one(2), "text", `{"a":1}`, one(3), `{"EventID" 1}`, deep, one(4)}
	in := sourcetest.Input("a.json", strings.Join(lines, "\n"))
	events, rep := sourcetest.Read(t, winjson.New(), in)
	if diff := cmp.Diff([]int{1, 2, 3, 4}, ids(events)); diff != "" {
		t.Errorf("events differ (-want +got):\n%s", diff)
	}
	var reasons []string
	for _, d := range rep.Damage {
		reasons = append(reasons, d.Reason)
	}
	want := []string{"cut json", "no json", "no windows event", "bad json", "json nested too deep"}
	if diff := cmp.Diff(want, reasons); diff != "" || rep.Damaged != 5 || rep.Bytes != in.Size {
		t.Errorf("damage differs (-want +got):\n%s\n%+v", diff, rep)
	}
}

func TestBrokenObjectsAmongMany(t *testing.T) {
	text := "{\n \"EventID\": 1,\n \"Channel\": \"cut\n" + one(1) + "\n{\n \"x\" 1\n}\n" + one(2) + "\n{\"EventID\":"
	events, rep := sourcetest.Read(t, winjson.New(), sourcetest.Input("a.json", text))
	if diff := cmp.Diff([]int{1, 2}, ids(events)); diff != "" || rep.Damaged != 3 || rep.Bytes != int64(len(text)) {
		t.Errorf("events %v, report %+v", ids(events), rep)
	}
}

func TestLongObjects(t *testing.T) {
	long := strings.Replace(one(2), "é", strings.Repeat("y", 10<<20), 1)
	over := strings.Replace(one(3), "é", strings.Repeat("y", 40<<20), 1)
	for _, sep := range []string{"\n", "\n\n{}\n"} {
		text := "[" + one(1) + sep + long + sep + over + sep + one(4)
		for _, text := range []string{text, text[1:]} {
			events, rep := sourcetest.Read(t, winjson.New(), sourcetest.Input("a.json", text))
			if diff := cmp.Diff([]int{1, 2, 4}, ids(events)); diff != "" || rep.Bytes != int64(len(text)) || rep.Damaged == 0 {
				t.Errorf("events %v, %d of %d bytes, damage %+v", ids(events), rep.Bytes, len(text), rep.Damage)
			}
		}
	}
}

func TestPartsGiveTheSameEventsAsTheWhole(t *testing.T) {
	var text strings.Builder
	for i := range 60_000 {
		text.WriteString(one(i) + "\n")
	}
	in := sourcetest.Input("a.json", text.String())
	parts, err := winjson.New().Split(t.Context(), in)
	if err != nil || len(parts) < 2 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	var lines []int64
	next := 0
	sourcetest.Each(t, winjson.New(), in, func(e *event.Event) bool {
		if e.Source.EventID != next {
			t.Fatalf("event %d, want %d", e.Source.EventID, next)
		}
		next++
		lines = append(lines, e.Origin.Line-int64(next))
		return true
	})
	for i, off := range lines {
		if off != 0 {
			t.Fatalf("line of event %d is off by %d", i, off)
		}
	}
	if next != 60_000 {
		t.Errorf("%d events", next)
	}
}

func TestReadingEndsWithItsContextAndItsCaller(t *testing.T) {
	text := strings.Repeat(one(1)+"\n", 10_000)
	in := sourcetest.Input("a.json", text)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	r := winjson.New().NewReader()
	rep := r.Read(ctx, in, source.Part{To: in.Size}, func(*event.Event) bool { n++; cancel(); return true })
	if n > 100 || rep.Bytes >= in.Size {
		t.Errorf("%d events and %d bytes after the end of the context", n, rep.Bytes)
	}
	n = 0
	r.Read(t.Context(), in, source.Part{To: in.Size}, func(*event.Event) bool { n++; return false })
	if n != 1 {
		t.Errorf("%d events after the caller broke off", n)
	}
}

func TestOddValues(t *testing.T) {
	for name, c := range map[string]struct{ value, want string }{
		"escapes":         {`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, "\"\\/\b\f\n\r\t\u00e9\U0001f600"},
		"lone surrogate":  {`"\ud83dx"`, "\ufffdx"},
		"broken utf-8":    {"\"a\xffb\"", "a\ufffdb"},
		"number":          {"-1.5e+3", "-1.5e+3"},
		"array":           {`["x",["y",{"k":"z"}]]`, "x"},
		"empty array":     {`[]`, "<absent>"},
		"keys as objects": {`{"k":"v"}`, "<absent>"},
	} {
		text := strings.Replace(one(1), `"é\\x"`, c.value, 1)
		events, rep := sourcetest.Read(t, winjson.New(), sourcetest.Input("a.json", text))
		if len(events) != 1 {
			t.Errorf("%s: report %+v", name, rep)
			continue
		}
		got := "<absent>"
		if v, ok := events[0].Get("A"); ok {
			got = string(v)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestTimesWithoutZoneAreAnAssumption(t *testing.T) {
	text := strings.Replace(one(1), "T10:00:00Z", " 10:00:00.5", 1)
	events, rep := sourcetest.Read(t, winjson.New(), sourcetest.Input("a.json", text))
	if len(events) != 1 || events[0].Time.Format(time.RFC3339Nano) != "2024-03-01T10:00:00.5Z" || len(rep.Notes) != 1 {
		t.Errorf("events %v, notes %v", events, rep.Notes)
	}
}

func TestKeysWithoutEndStayBounded(t *testing.T) {
	var text strings.Builder
	for i := range 20_000 {
		text.WriteString(strings.Replace(one(i), `"A":`, fmt.Sprintf(`"A%d":1,"B%d":{"C":2},"A":`, i, i), 1) + "\n")
	}
	events, rep := sourcetest.Read(t, winjson.New(), sourcetest.Input("a.json", text.String()))
	if len(events) != 20_000 || rep.Damaged != 0 {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
	wide := strings.Replace(one(1), `"A":`, strings.Repeat(`"k":1,`, 20_000)+`"A":`, 1)
	_, rep = sourcetest.Read(t, winjson.New(), sourcetest.Input("a.json", wide))
	if rep.Records != 1 || len(rep.Notes) != 1 {
		t.Errorf("report %+v", rep)
	}
}

func TestKnownSequencesAreReadWithoutAllocation(t *testing.T) {
	text := strings.Repeat(one(1)+"\n", 2000)
	in := sourcetest.Input("a.json", text)
	r := winjson.New().NewReader()
	read := func() {
		r.Read(t.Context(), in, source.Part{To: in.Size}, func(*event.Event) bool { return true })
	}
	if got := testing.AllocsPerRun(3, read); got > 100 {
		t.Errorf("%v allocations for 2000 records", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(one(1) + "\n" + one(2))
	f.Add("[" + one(1) + ",\n{\"a\":[1,{\"b\":null}]}]")
	f.Add("Record 1\n{\n\"Event\":{\"System\":{\"EventID\":\"\\u00e9\\ud83d\"}}}")
	f.Add(sourcetest.UTF16(one(1), binary.LittleEndian))
	f.Add(`{"results":[` + sentinel + `,` + defender + `]}`)
	f.Add(`{"tables":[{"columns":[{"name":"TimeGenerated"},{"name":"EventID"},{"name":"Type"},{"name":"EventData"}],"rows":[["2024-03-01T10:00:00Z",4688,"x","{\"A\":[1]}"],[1]]}]}`)
	f.Add(`{"result":{"_raw":"LogName=Security\nEventCode=1\nMessage=x:\n\ty: z"}}`)
	f.Fuzz(func(t *testing.T, text string) { sourcetest.RecordPromises(t, winjson.New(), "a.json", text) })
}

func TestFilesWithMarksPutOneBehindAnotherAreReadWhole(t *testing.T) {
	const mark = "\ufeff"
	for _, text := range []string{mark + one(1) + "\n" + mark + one(2) + "\n", mark + "[" + one(1) + "]\n" + mark + "[" + one(2) + "]"} {
		events, rep := sourcetest.Read(t, winjson.New(), sourcetest.Input("a.json", text))
		if fmt.Sprint(ids(events)) != "[1 2]" || rep.Damaged > 0 {
			t.Errorf("events %v, report %+v", ids(events), rep)
		}
	}
}
