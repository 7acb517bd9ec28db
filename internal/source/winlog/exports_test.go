package winlog_test

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"tyto/evtx"
	"tyto/internal/cli/demo"
	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/evtxlog"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/wincsv"
	"tyto/internal/source/winjson"
	"tyto/internal/source/winxml"
)

// A record is one record of a log: the event that the log's own reader makes
// of it, and what exporters need.
type record struct {
	event     *event.Event
	xml, json string
	data      []datum
	user      string // element in UserData, if it has one
}

type datum struct {
	name, value string
	number      bool
}

// noon is when the tests' own events happened.
var noon = time.Date(2024, 3, 1, 12, 0, 0, 123456700, time.UTC)

// own are events that the demo does not have.
func own() []evtx.Entry {
	q := uint16(16384)
	base := evtx.Entry{Provider: "Microsoft-Windows-Sysmon", GUID: "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}", EventID: 1,
		Level: 4, Task: 1, Keywords: 0x8000000000000000, Time: noon, Channel: "Microsoft-Windows-Sysmon/Operational",
		Computer: "ws1.example.test", ProcessID: 4, ThreadID: 8, UserID: "S-1-5-18"}
	with := func(change func(*evtx.Entry)) evtx.Entry {
		e := base
		change(&e)
		return e
	}
	return []evtx.Entry{
		with(func(e *evtx.Entry) {
			e.Data = []evtx.Datum{{Name: "Image", Value: `C:\a & b\<x>.exe`}, {Name: "CommandLine", Value: "a \"b\"\r\n\té,;' %&amp;"}, {Name: "N", Value: uint32(7)}, {Name: "Threat Name", Value: "t"}}
		}),
		with(func(e *evtx.Entry) {
			e.Channel, e.Provider, e.GUID, e.EventID, e.Qualifiers = "Application", "App", "", 7, &q
			e.Data = []evtx.Datum{{Value: []string{"p", "", "q, r"}}}
			e.Binary = []byte{1, 0xab}
		}),
		with(func(e *evtx.Entry) {
			e.Channel, e.Provider, e.EventID = "System", "Microsoft-Windows-Eventlog", 104
			e.UserData = &evtx.Element{Name: "LogFileCleared", Content: []any{
				&evtx.Element{Name: "SubjectUserName", Content: []any{"alice"}}, &evtx.Element{Name: "Channel", Content: []any{"Security"}}}}
		}),
		with(func(e *evtx.Entry) {
			e.Literal = true
			e.Data = []evtx.Datum{{Name: "Level", Value: "own"}, {Name: "A", Value: "x"}}
			e.Rendering = &evtx.Rendering{Culture: "en-US", Message: "m", Level: "Information", Channel: "shown", Provider: "shown", Keywords: []string{"k"}}
		}),
		with(func(e *evtx.Entry) { e.Channel, e.Provider, e.EventID = "System", "Bare", 9 }),
		with(func(e *evtx.Entry) {
			e.Channel, e.Provider, e.EventID, e.GUID = "Windows PowerShell", "PowerShell", 400, ""
			e.Data = []evtx.Datum{{Value: []string{"Available", "None", "\tNewEngineState=Available\r\n\tSequenceNumber=1\r\n\tHostId=2\r\n\tEngineVersion=2.0"}}}
		}),
		with(func(e *evtx.Entry) {
			e.Channel, e.Provider, e.EventID, e.GUID = "RPCFW", "RPCFW", 3, ""
			e.Data = []evtx.Datum{{Value: []string{"NdrServerCallAll", "712", `C:\Windows\System32\lsass.exe`, "ncacn_ip_tcp", "49667", "192.0.2.9",
				"e3514235-4b06-11d1-ab04-00c04fc2dcd2", "3", `CORP\eve`, "PKT_PRIVACY", "NEGOTIATE", "50123", "192.0.2.1", "49667"}}}
		}),
	}
}

// records reads logs: the demo's and the tests' own.
func records(t *testing.T) []record {
	var body bytes.Buffer
	w := evtx.NewWriter(&body)
	for _, e := range own() {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out := recordsOf(t, body.Bytes())
	paths, err := demo.Write(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		if !strings.HasSuffix(p, ".evtx") {
			continue
		}
		body, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all := recordsOf(t, body)
		out = append(out, all[:min(len(all), 400)]...)
	}
	return out
}

func recordsOf(t *testing.T, body []byte) (out []record) {
	events, _ := sourcetest.Read(t, evtxlog.New(evtxlog.Options{}), sourcetest.Input("a.evtx", string(body)))
	f, err := evtx.Open(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range f.Records() {
		if err != nil {
			t.Fatal(err)
		}
		rec := record{event: events[len(out)], xml: string(r.AppendXML(nil)), json: string(r.AppendJSON(nil))}
		for _, v := range r.Values() {
			path := r.Layout().Fields[v.Field].Path
			text := string(r.AppendText(nil, v))
			if name, ok := strings.CutPrefix(path, "EventData."); ok {
				rec.data = append(rec.data, datum{name, text, v.Type.Numeric()})
			} else if rest, ok := strings.CutPrefix(path, "UserData."); ok {
				var name string
				rec.user, name, _ = strings.Cut(rest, ".")
				rec.data = append(rec.data, datum{name, text, false})
			}
		}
		out = append(out, rec)
	}
	if len(out) != len(events) {
		t.Fatalf("%d records, %d events", len(out), len(events))
	}
	return out
}

// plain reports whether all data are named, none empty, and none repeated.
func (r record) plain() bool {
	seen := map[string]bool{}
	for _, d := range r.data {
		if d.name == "Data" || d.name == "Binary" || d.value == "" || seen[d.name] || strings.TrimSpace(d.value) == "" {
			return false
		}
		seen[d.name] = true
	}
	return len(r.data) > 0 && r.user == ""
}

// told reports whether evtx_dump tells all: in UserData it writes null for an
// empty element as for one that is not there.
func told(r record) bool {
	for _, d := range r.data {
		if r.user != "" && d.value == "" {
			return false
		}
	}
	return true
}

func object(v map[string]any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func table(rows [][]string) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		panic(err)
	}
	return b.String()
}

// payload is EvtxECmd's JSON of an event's data.
func (r record) payload() string {
	if r.user != "" {
		m := map[string]any{"@xmlns": "x"}
		for _, d := range r.data {
			m[d.name] = d.value
		}
		return object(map[string]any{"UserData": map[string]any{r.user: m}})
	}
	var items []any
	data := map[string]any{}
	for _, d := range r.data {
		switch {
		case d.name == "Binary":
			data["Binary"] = d.value
		case d.name == "Data":
			items = append(items, d.value)
		case d.value == "":
			items = append(items, map[string]any{"@Name": d.name})
		default:
			items = append(items, map[string]any{"@Name": d.name, "#text": d.value})
		}
	}
	if len(items) == 1 {
		data["Data"] = items[0]
	} else if len(items) > 1 {
		data["Data"] = items
	}
	if len(data) == 0 {
		return object(map[string]any{"EventData": ""})
	}
	return object(map[string]any{"EventData": data})
}

const ecmdTime = "2006-01-02 15:04:05.0000000"

var ecmdColumns = []string{"RecordNumber", "EventRecordId", "TimeCreated", "EventId", "Level", "Provider", "Channel", "ProcessId", "ThreadId",
	"Computer", "ChunkNumber", "UserId", "MapDescription", "UserName", "PayloadData1", "ExecutableInfo", "HiddenRecord", "SourceFile", "Keywords", "ExtraDataOffset", "Payload"}

func (r record) ecmd(i int) []string {
	e := r.event
	return []string{strconv.Itoa(i), fmt.Sprint(e.RecordID), e.Time.Format(ecmdTime), fmt.Sprint(e.Source.EventID), "Info", e.Source.Provider,
		e.Source.Channel, "4", "8", e.Host, "0", "", "a map", "u", "two\nlines, \"quoted\"", "", "False", `C:\a.evtx`, "Classic", "0", r.payload()}
}

func (r record) dataObject() map[string]any {
	m := map[string]any{}
	for _, d := range r.data {
		m[d.name] = d.value
	}
	return m
}

// An export is one way of writing records.
type export struct {
	name   string
	format source.Format
	takes  func(record) bool // nil: all
	write  func([]record) string
	byName bool // identities differ: the export does not hold all
}

func each(line func(i int, r record) string) func([]record) string {
	return func(rs []record) string {
		var b strings.Builder
		for i, r := range rs {
			b.WriteString(line(i, r) + "\n")
		}
		return b.String()
	}
}

func exports() []export {
	xmlOf := each(func(_ int, r record) string { return r.xml })
	indented := func(rs []record) string {
		return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Events>\r\n" + strings.NewReplacer("><System", ">\r\n  <System", "><EventData", ">\r\n  <EventData",
			"<Data", "\r\n    <Data", "</Event>", "\r\n</Event>").Replace(xmlOf(rs)) + "</Events>\r\n"
	}
	windowsEvent := func(r record) map[string]any {
		return map[string]any{"TenantId": "t", "TimeGenerated": r.event.Time.Format(time.RFC3339Nano), "Computer": r.event.Host, "Channel": r.event.Source.Channel,
			"Provider": r.event.Source.Provider, "EventID": r.event.Source.EventID, "EventRecordId": fmt.Sprint(r.event.RecordID), "Type": "WindowsEvent",
			"EventData": r.dataObject(), "EventLevelName": "Information", "SystemUserId": "N/A"}
	}
	splunk := func(r record) map[string]any {
		return map[string]any{"_raw": r.xml, "_time": "x", "sourcetype": "XmlWinEventLog", "host": "forwarder", "EventCode": "1"}
	}
	return []export{
		{name: "xml, roots", format: winxml.New(), write: xmlOf},
		{name: "xml, one root, indented", format: winxml.New(), write: indented},
		{name: "xml, utf-16", format: winxml.New(), write: func(rs []record) string { return sourcetest.UTF16(indented(rs), binary.LittleEndian) }},
		{name: "evtx_dump lines", format: winjson.New(), takes: told, write: each(func(_ int, r record) string { return r.json })},
		{name: "evtx_dump array", format: winjson.New(), takes: told, write: func(rs []record) string {
			return "[" + strings.TrimSuffix(strings.ReplaceAll(each(func(_ int, r record) string { return r.json })(rs), "\n", ",\n"), ",\n") + "]"
		}},
		{name: "EvtxECmd csv", format: wincsv.New(), write: func(rs []record) string {
			rows := [][]string{ecmdColumns}
			for i, r := range rs {
				rows = append(rows, r.ecmd(i))
			}
			return "\ufeff" + strings.ReplaceAll(table(rows), "\n", "\r\n")
		}},
		{name: "EvtxECmd json", format: winjson.New(), write: each(func(i int, r record) string {
			m := map[string]any{}
			for k, v := range r.ecmd(i) {
				m[ecmdColumns[k]] = v
			}
			return object(m)
		})},
		{name: "splunk lines, xml", format: winjson.New(), write: each(func(_ int, r record) string {
			return object(map[string]any{"preview": false, "offset": 1, "result": splunk(r)})
		})},
		{name: "splunk rows, xml", format: winjson.New(), write: func(rs []record) string {
			rows := []any{}
			for _, r := range rs {
				rows = append(rows, []any{"x", nil, r.xml, []string{"a", "b"}})
			}
			b, _ := json.MarshalIndent(map[string]any{"preview": false, "a": []any{1, "]"}, "fields": []string{"_time", "sourcetype", "_raw", "tag"}, "rows": rows}, "", " ")
			return string(b)
		}},
		{name: "splunk results, xml", format: winjson.New(), write: func(rs []record) string {
			rows := []any{}
			for _, r := range rs {
				rows = append(rows, splunk(r))
			}
			return object(map[string]any{"preview": false, "results": rows})
		}},
		{name: "splunk csv, xml", format: wincsv.New(), write: func(rs []record) string {
			rows := [][]string{{"_raw", "_time", "host"}}
			for _, r := range rs {
				rows = append(rows, []string{r.xml, "x", "forwarder"})
			}
			return table(rows)
		}},
		{name: "log analytics lines, WindowsEvent", format: winjson.New(), takes: record.plain, write: each(func(_ int, r record) string { return object(windowsEvent(r)) })},
		{name: "log analytics tables, WindowsEvent", format: winjson.New(), takes: record.plain, write: func(rs []record) string { return tables(rs, windowsEvent) }},
		{name: "log analytics lines, Event", format: winjson.New(), write: each(func(_ int, r record) string {
			return object(map[string]any{"TimeGenerated": r.event.Time.Format(time.RFC3339Nano), "Computer": r.event.Host, "EventLog": r.event.Source.Channel, "Source": r.event.Source.Provider,
				"EventID": r.event.Source.EventID, "EventRecordId": r.event.RecordID, "EventData": r.dataItem(), "ParameterXml": "<Param>x</Param>"})
		})},
		{name: "log analytics csv, SecurityEvent", format: wincsv.New(), takes: func(r record) bool { return r.plain() && r.data[0].name != "Level" }, write: securityEvent},
		{name: "Get-WinEvent json", format: winjson.New(), takes: placed, byName: true, write: func(rs []record) string {
			return "[" + strings.TrimSuffix(each(func(_ int, r record) string { return getWinEvent(r) + "," })(rs), ",\n") + "]"
		}},
		{name: "Get-WinEvent csv, Sysmon", format: wincsv.New(), takes: func(r record) bool { return r.plain() && r.event.Source.EventID == 1 && len(r.data) > 15 }, byName: true, write: getWinEventCSV},
	}
}

// dataItem is how the table Event keeps an event's data.
func (r record) dataItem() string {
	from := strings.Index(r.xml, "<EventData")
	to := strings.LastIndex(r.xml, "</EventData>") + len("</EventData>")
	if r.user != "" {
		from, to = strings.Index(r.xml, "<UserData"), strings.LastIndex(r.xml, "</UserData>")+len("</UserData>")
	}
	if from < 0 || to < from {
		return ""
	}
	return `<DataItem type="System.XmlData">` + r.xml[from:to] + "</DataItem>"
}

// tables writes records as the tables of a query's answer, data as text.
func tables(rs []record, row func(record) map[string]any) string {
	var columns []string
	for k := range row(rs[0]) {
		columns = append(columns, k)
	}
	sort.Strings(columns)
	var named, rows []any
	for _, c := range append(columns, "Empty") {
		named = append(named, map[string]any{"name": c, "type": "string"})
	}
	for _, r := range rs {
		m, values := row(r), []any{}
		m["EventData"] = object(r.dataObject())
		for _, c := range append(columns, "Empty") {
			values = append(values, m[c])
		}
		rows = append(rows, values)
	}
	b, _ := json.Marshal(map[string]any{"tables": []any{map[string]any{"columns": named, "name": "PrimaryResult", "rows": rows}}})
	return string(b)
}

// securityEvent writes a table with a column for every field of any record.
func securityEvent(rs []record) string {
	columns := []string{"TenantId", "TimeGenerated [UTC]", "SourceSystem", "Computer", "EventSourceName", "Channel", "EventID", "Activity", "EventRecordId"}
	fixed, index := len(columns), map[string]int{}
	taken := map[string]bool{"Computer": true, "Channel": true, "EventID": true, "Level": true, "Task": true}
	for _, r := range rs {
		for _, d := range r.data {
			if _, ok := index[d.name]; !ok && !taken[d.name] {
				index[d.name] = len(columns)
				columns = append(columns, d.name)
			}
		}
	}
	rows := [][]string{columns}
	for _, r := range rs {
		row := make([]string, len(columns))
		copy(row, []string{"t", r.event.Time.Format("1/2/2006, 3:04:05.000 PM"), "OpsManager", r.event.Host, r.event.Source.Provider, r.event.Source.Channel,
			fmt.Sprint(r.event.Source.EventID), "4688 - x", fmt.Sprint(r.event.RecordID)}[:fixed])
		for _, d := range r.data {
			row[index[d.name]] = d.value
		}
		rows = append(rows, row)
	}
	return table(rows)
}

// placed reports whether the places of a record's values are known.
func placed(r record) bool {
	p, id := r.event.Source.Provider, r.event.Source.EventID
	return r.user == "" && (p == "Microsoft-Windows-Sysmon" && id == 1 && len(r.data) >= 21 && r.data[0].name == "RuleName" ||
		p == "Microsoft-Windows-Security-Auditing" && id == 4624 && len(r.data) == 27 || p == "RPCFW")
}

func getWinEvent(r record) string {
	var props []any
	for _, d := range r.data {
		var v any = d.value
		if n, err := strconv.ParseUint(strings.TrimPrefix(d.value, "0x"), 16, 64); err == nil && strings.HasPrefix(d.value, "0x") {
			v = n
		} else if strings.HasPrefix(d.value, "S-1-") {
			v = map[string]any{"BinaryLength": 12, "AccountDomainSid": nil, "Value": d.value}
		}
		props = append(props, map[string]any{"Value": v})
	}
	return object(map[string]any{"Id": r.event.Source.EventID, "Version": 2, "Level": 0, "Keywords": -9214364837600034816, "RecordId": r.event.RecordID,
		"ProviderName": r.event.Source.Provider, "LogName": r.event.Source.Channel, "MachineName": r.event.Host, "ProcessId": 4,
		"TimeCreated": fmt.Sprintf("/Date(%d)/", r.event.Time.UnixMilli()), "Properties": props, "Message": "An event: x"})
}

func getWinEventCSV(rs []record) string {
	rows := [][]string{{"Message", "Id", "ProviderName", "LogName", "MachineName", "RecordId", "TimeCreated", "Properties"}}
	for _, r := range rs {
		message := "Process Create:\r\n"
		for _, d := range r.data {
			message += d.name + ": " + d.value + "\r\n"
		}
		rows = append(rows, []string{message, fmt.Sprint(r.event.Source.EventID), r.event.Source.Provider, r.event.Source.Channel, r.event.Host,
			fmt.Sprint(r.event.RecordID), r.event.Time.Format("1/2/2006 3:04:05 PM"), "System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]"})
	}
	return "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n" + table(rows)
}

// TestExportsGiveTheEventsOfTheLog writes records in every shape and reads
// them back: the same record gives the same event.
func TestExportsGiveTheEventsOfTheLog(t *testing.T) {
	all := records(t)
	for _, x := range exports() {
		t.Run(x.name, func(t *testing.T) {
			var rs []record
			for _, r := range all {
				if x.takes == nil || x.takes(r) {
					rs = append(rs, r)
				}
			}
			in := sourcetest.Input("export", x.write(rs))
			if !x.format.Claims("", in.Head) {
				t.Errorf("not claimed: %.300q", in.Head)
			}
			events, rep := sourcetest.Read(t, x.format, in)
			if len(rs) == 0 || len(events) != len(rs) || rep.Damaged > 0 || rep.Bytes != in.Size {
				t.Fatalf("%d events of %d records, %d of %d bytes, damage %v", len(events), len(rs), rep.Bytes, in.Size, rep.Damage[:min(3, len(rep.Damage))])
			}
			bad := 0
			for i, r := range rs {
				if msg := differ(r.event, events[i], x.byName); msg != "" && bad < 5 {
					t.Errorf("record %d: %s", i, msg)
					bad++
				}
			}
		})
	}
}

// differ compares an export's event with the log's.
func differ(want, got *event.Event, byName bool) string {
	if got.Source != want.Source || got.Host != want.Host || got.RecordID != want.RecordID || got.Time.Unix() != want.Time.Unix() {
		return fmt.Sprintf("%+v %s #%d %v, want %+v %s #%d %v", got.Source, got.Host, got.RecordID, got.Time, want.Source, want.Host, want.RecordID, want.Time)
	}
	a, b := values(want), values(got)
	for name, v := range a {
		if strings.TrimSpace(b[name]) != strings.TrimSpace(v) {
			return fmt.Sprintf("%s is %q, want %q", name, b[name], v)
		}
	}
	if !byName && got.ID() != want.ID() {
		return fmt.Sprintf("ids differ: %v, want %v", b, a)
	}
	return ""
}

func values(e *event.Event) map[string]string {
	m := map[string]string{}
	for _, v := range e.Values {
		if f := e.Shape.Fields[v.Field]; !f.Header && len(v.Text) > 0 {
			m[f.Name] += string(v.Text) + "\x00"
		}
	}
	return m
}
