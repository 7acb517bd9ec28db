package winjson_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/winjson"
)

const rawXML = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/><EventID>7</EventID><TimeCreated SystemTime='2024-03-01T10:00:00Z'/><EventRecordID>9</EventRecordID><Channel>C</Channel><Computer>H</Computer></System><EventData><Data Name='A'>x</Data></EventData></Event>`

const fromXML = "2024-03-01T10:00:00Z H C/P/7 #9: A=x | Provider_Name=P EventID=7 TimeCreated=2024-03-01T10:00:00Z EventRecordID=9 Channel=C Computer=H"

// sentinel is a row of SecurityEvent.
const sentinel = `{"TenantId":"t","TimeGenerated":"2024-03-01T10:00:00.5Z","SourceSystem":"OpsManager","Account":"CORP\\a","Computer":"H","EventSourceName":"P","Channel":"Security","EventID":4688,"Activity":"4688 - x","NewProcessName":"n","Empty":"","Nothing":null,"Type":"SecurityEvent"}`

const fromSentinel = "2024-03-01T10:00:00.5Z H Security/P/4688 #0: NewProcessName=n | TimeCreated=2024-03-01T10:00:00.5Z Account=CORP\\a Computer=H Provider_Name=P Channel=Security EventID=4688 Activity=4688 - x"

const defender = `{"Timestamp":"2024-03-01T10:00:00Z","DeviceName":"H","ActionType":"ImageLoaded","FileName":"a.dll","FolderPath":"C:\\a.dll","InitiatingProcessFolderPath":"C:\\b.exe","ReportId":9}`

const fromDefender = "2024-03-01T10:00:00Z H //0 #9: ActionType=ImageLoaded FileName=a.dll FolderPath=C:\\a.dll InitiatingProcessFolderPath=C:\\b.exe | TimeCreated=2024-03-01T10:00:00Z Computer=H ReportId=9 Image=C:\\b.exe ImageLoaded=C:\\a.dll"

func TestTables(t *testing.T) {
	quoted := fmt.Sprintf("%q", rawXML)
	for _, c := range []struct{ name, text, want string }{
		{"SecurityEvent", sentinel, fromSentinel},
		{"SecurityEvent, tables", `{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"Computer"},{"name":"EventSourceName"},{"name":"Channel"},{"name":"EventID"},{"name":"A"}],"rows":[["2024-03-01T10:00:00Z","H","P","Security",4688,"x, ]\"y"]]}],"statistics":{"a":[1]}}`,
			"2024-03-01T10:00:00Z H Security/P/4688 #0: A=x, ]\"y | TimeCreated=2024-03-01T10:00:00Z Computer=H Provider_Name=P Channel=Security EventID=4688"},
		{"WindowsEvent", `{"TimeGenerated":"2024-03-01T10:00:00Z","Computer":"H","Provider":"P","Channel":"C","EventID":7,"EventRecordId":"9","EventData":{"A":"x","N":5},"Type":"WindowsEvent"}`,
			"2024-03-01T10:00:00Z H C/P/7 #9: A=x N=5 | TimeCreated=2024-03-01T10:00:00Z Computer=H Provider_Name=P Channel=C EventID=7 EventRecordID=9"},
		{"Event", `{"TimeGenerated":"2024-03-01T10:00:00Z","Computer":"H","Source":"P","EventLog":"C","EventID":7,"RenderedDescription":"m","EventData":"<DataItem type=\"System.XmlData\"><EventData xmlns=\"x\"><Data Name=\"A\">x</Data><Data>y</Data></EventData></DataItem>"}`,
			"2024-03-01T10:00:00Z H C/P/7 #0: A=x Data=y | TimeCreated=2024-03-01T10:00:00Z Computer=H Provider_Name=P Channel=C EventID=7 Message=m"},
		{"Defender", defender, fromDefender},
		{"Defender, results", `{"Stats":{"x":[1,{"y":"]"}]},"Schema":[{"Name":"Timestamp"}],"Results":[` + "\n  " + defender + "\n]}", fromDefender},
		{"Defender, streamed", `{"time":"2024-03-01T10:05:00Z","category":"AdvancedHunting-DeviceImageLoadEvents","properties":` + defender + `}`, fromDefender},
		{"Defender, streamed through an event hub", `{"records":[{"time":"2024-03-01T10:05:00Z","tenantId":"t","operationName":"Publish","category":"AdvancedHunting-DeviceImageLoadEvents","properties":` + defender + `}]}`, fromDefender},
		{"hits of a search", `{"took":1,"_shards":{"total":1},"hits":{"total":{"value":1},"max_score":null,"hits":[` + "\n" + `{"_index":"w","_source":{"@timestamp":"2024-03-01T10:00:00Z","winlog":{"channel":"C","provider_name":"P","computer_name":"H","event_id":7,"record_id":9,"event_data":{"A":"x"}}}}]}}`,
			"2024-03-01T10:00:00Z H C/P/7 #9: A=x | TimeCreated=2024-03-01T10:00:00Z Channel=C Provider_Name=P Computer=H EventID=7 EventRecordID=9"},
		{"Splunk, raw xml", `{"preview":false,"result":{"_raw":` + quoted + `,"_time":"1","host":"forwarder","source":"XmlWinEventLog"}}`, fromXML},
		{"Splunk, rows", `{"preview":false,"messages":[],"fields":["_raw","host"],"rows":[[` + quoted + `,"f"]]}`, fromXML},
		{"Splunk, results", `{"preview":false,"results":[{"_raw":` + quoted + `}]}`, fromXML},
		{"Get-WinEvent", `[{"Id":7,"Level":4,"Keywords":-9223372036854775808,"RecordId":9,"ProviderName":"P","LogName":"C","MachineName":"H","UserId":{"BinaryLength":12,"AccountDomainSid":null,"Value":"S-1-5-18"},"TimeCreated":"\/Date(1709287200500)\/","Properties":[{"Value":"x"},{"Value":5}],"Message":"m"}]`,
			"2024-03-01T10:00:00.5Z H C/P/7 #9: Data=x Data=5 | EventID=7 Level=4 Keywords=0x8000000000000000 EventRecordID=9 Provider_Name=P Channel=C Computer=H Security_UserID=S-1-5-18 TimeCreated=/Date(1709287200500)/ Message=m"},
		{"Get-WinEvent, places", `{"Id":7045,"ProviderName":"Service Control Manager","LogName":"System","MachineName":"H","TimeCreated":"2024-03-01T10:00:00Z","Properties":[{"Value":"s"},{"Value":"c:\\s.exe"},{"Value":"user mode service"},{"Value":"demand start"},{"Value":"LocalSystem"}]}`,
			"2024-03-01T10:00:00Z H System/Service Control Manager/7045 #0: ServiceName=s ImagePath=c:\\s.exe ServiceType=user mode service StartType=demand start AccountName=LocalSystem | EventID=7045 Provider_Name=Service Control Manager Channel=System Computer=H TimeCreated=2024-03-01T10:00:00Z"},
		{"EvtxECmd", `{"PayloadData1":"p","ChunkNumber":0,"Computer":"H","Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"A\",\"#text\":\"x\"}]}}","Channel":"C","Provider":"P","EventId":7,"EventRecordId":"9","TimeCreated":"2024-03-01T10:00:00.5+00:00","RecordNumber":1}`,
			"2024-03-01T10:00:00.5Z H C/P/7 #9: A=x | Computer=H Channel=C Provider_Name=P EventID=7 EventRecordID=9 TimeCreated=2024-03-01T10:00:00.5+00:00"},
		{"velociraptor, numbers for hexadecimal", `{"System":{"Provider":{"Name":"P"},"EventID":{"Value":4688},"TimeCreated":{"SystemTime":1709287200},"Channel":"Security","Computer":"H"},"EventData":{"SubjectUserSid":"S-1-5-18","SubjectLogonId":999,"NewProcessId":500,"ProcessId":16,"Other":16}}`,
			"2024-03-01T10:00:00Z H Security/P/4688 #0: SubjectUserSid=S-1-5-18 SubjectLogonId=0x3e7 NewProcessId=0x1f4 ProcessId=0x10 Other=16 | Provider_Name=P EventID=4688 TimeCreated=1709287200 Channel=Security Computer=H"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := sourcetest.Input("a.json", c.text)
			if !winjson.New().Claims("", in.Head) {
				t.Error("not claimed")
			}
			events, rep := sourcetest.Read(t, winjson.New(), in)
			if len(events) != 1 || rep.Damaged != 0 || rep.Bytes != in.Size {
				t.Fatalf("%d events, report %+v", len(events), rep)
			}
			if got := show(events[0]); got != c.want {
				t.Errorf("event differs (-want +got):\n%s", cmp.Diff(c.want, got))
			}
			if off := events[0].Origin.Offset; off < 0 || !strings.ContainsAny(c.text[off:off+1], "{[") {
				t.Errorf("offset %d", off)
			}
		})
	}
}

func TestChangesOfTheRegistryAreToldTwice(t *testing.T) {
	row := `{"Timestamp":"2024-03-01T10:00:00Z","DeviceName":"H","ActionType":"RegistryValueSet","RegistryKey":"HKEY_USERS\\x","RegistryValueName":"v","ReportId":9}`
	_, rep := sourcetest.Read(t, winjson.New(), sourcetest.Input("a.json", `{"Results":[`+row+","+row+"]}"))
	if rep.Records != 2 || rep.Again != 2 {
		t.Errorf("in a wrapper: report %+v", rep)
	}
	events, rep := sourcetest.Read(t, winjson.New(), sourcetest.Input("a.json", row+"\n"+row))
	if len(events) != 4 || rep.Records != 2 || rep.Again != 2 {
		t.Fatalf("%d events, report %+v", len(events), rep)
	}
	for i, e := range events {
		want := []string{"registry_set", "registry_event"}[i%2]
		if v, _ := e.Get("TargetObject"); e.Source.Category != want || e.Origin.Record != 9 || e.Origin.Line != int64(1+i/2) || string(v) != `HKU\x\v` {
			t.Errorf("event %d is %+v", i, e)
		}
	}
}

func TestOtherWrappersAreNotClaimed(t *testing.T) {
	for _, text := range []string{
		`{"value":[{"id":"1","createdDateTime":"2024-03-01T10:00:00Z"}]}`, `{"Records":[{"eventVersion":"1.08"}]}`, `{"rows":[[1,2]],"fields":["EventID"]}`,
		`{"result":{"_raw":"Mar 1 10:00:00 h sshd[1]: x","host":"h"}}`, `{"results":[]}`, `{"results":[`, `{"tables":[{"columns":[{"name":"a"}],"rows":[[1]]}]}`, `{"fields":["a"],"x":1}`,
	} {
		if winjson.New().Claims("a.json", []byte(text)) {
			t.Errorf("claimed %q", text)
		}
	}
}

// TestBrokenRowsOfWrappers damages rows between good ones.
func TestBrokenRowsOfWrappers(t *testing.T) {
	for name, broken := range map[string]string{
		"other object": `{"a":1}`, "bad value": `{"EventID" 1}`, "word": `nonsense`, "number": `5`, "row": `[1,2]`,
	} {
		text := `{"results":[` + sentinel + "," + broken + ",\n" + sentinel + `]}` + "\n"
		in := sourcetest.Input("a.json", text)
		events, rep := sourcetest.Read(t, winjson.New(), in)
		if len(events) != 2 || rep.Damaged == 0 || len(rep.Damage) == 0 || rep.Bytes != in.Size {
			t.Errorf("%s: %d events, report %+v", name, len(events), rep)
			continue
		}
		at := int64(len(`{"results":[` + sentinel + ","))
		if d := rep.Damage[0]; d.Offset < at || d.Offset > at+int64(len(broken)) || events[1].Origin.Line != 2 {
			t.Errorf("%s: damage %+v, want it at %d; second event on line %d", name, d, at, events[1].Origin.Line)
		}
	}
}

func TestLargeWrappersAreReadWhole(t *testing.T) {
	const n = 20_000
	in := sourcetest.Input("a.json", `{"results":[`+strings.Repeat(sentinel+",\n", n)+`{}]}`)
	events := int64(0)
	rep := sourcetest.Each(t, winjson.New(), in, func(e *event.Event) bool {
		if events++; e.Origin.Line != events {
			t.Fatalf("event %d on line %d", events, e.Origin.Line)
		}
		return true
	})
	if events != n || rep.Records+rep.Again != n || rep.Damaged != 1 || rep.Bytes != in.Size {
		t.Errorf("%d events, report %+v", events, rep)
	}
	stopped := 0
	parts, _ := winjson.New().Split(t.Context(), in)
	winjson.New().NewReader().Read(t.Context(), in, parts[0], func(*event.Event) bool { stopped++; return stopped < 3 })
	if stopped != 3 {
		t.Errorf("%d events after the caller broke off at 3", stopped)
	}
}

func TestHostileWrappersStayBounded(t *testing.T) {
	for name, piece := range map[string]string{
		"open strings": `"\"`, "escapes": `\"`, "open objects": `{"a":`, "open rows": `[[`, "commas": `,`, "keys": `"a":1,"b"`,
	} {
		in := sourcetest.Input("a.json", `{"results":[`+sentinel+`,`+strings.Repeat(piece, 1<<20/len(piece)))
		rep := sourcetest.Each(t, winjson.New(), in, func(*event.Event) bool { return true })
		if rep.Records != 1 || rep.Bytes != in.Size {
			t.Errorf("%s: %d records, %d damaged, %d of %d bytes", name, rep.Records, rep.Damaged, rep.Bytes, in.Size)
		}
		in = sourcetest.Input("a.json", `{"results":[`+sentinel+`],`+strings.Repeat(piece, 1<<20/len(piece)))
		rep = sourcetest.Each(t, winjson.New(), in, func(*event.Event) bool { return true })
		if rep.Records != 1 || rep.Bytes != in.Size {
			t.Errorf("%s behind: %d records, %d damaged, %d of %d bytes", name, rep.Records, rep.Damaged, rep.Bytes, in.Size)
		}
	}
}
