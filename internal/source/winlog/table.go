package winlog

import (
	"bytes"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source"
)

// A Table is a kind of export that has an event in each row: the columns of a
// CSV file, or the paths of keys of JSON objects.
type Table struct {
	kind  tableKind
	does  []action
	names [][]byte // field of each column
	index map[string]int
}

type tableKind uint8

const (
	tableECmd tableKind = iota
	tableXDR
	tableSplunk
	tableSentinel
	tableGetWinEvent
	tableViewer
	tableDump
	tableFlat
)

// An action says what becomes of a column.
type action uint8

const (
	drop action = iota
	keep        // a field of the event
	describe
	render
	embedded // XML or JSON with the event's data
	whole    // the event as it was, text or XML
	place    // one of the event's values, told by its place only
)

// A Leaf is one value of a row.
type Leaf struct {
	Column int
	Kind   event.Kind
	Text   []byte
}

// NewTable finds out what columns mean; nil when they are none of a table of
// Windows events that is known here.
func NewTable(columns []string) *Table {
	names := make([]string, len(columns))
	has := make(map[string]int, len(columns))
	for i, c := range columns {
		names[i] = columnName(c)
		if _, twice := has[names[i]]; !twice {
			has[names[i]] = i
		}
	}
	kind, ok := kindOf(has)
	if !ok {
		return nil
	}
	t := &Table{kind: kind, index: has, does: make([]action, len(names)), names: make([][]byte, len(names))}
	for i, n := range names {
		does, name := t.column(n)
		if has[n] != i && does != keep && does != place {
			continue // of two headers of one name the first counts
		}
		t.does[i], t.names[i] = does, []byte(name)
	}
	return t
}

// Plausible reports whether the beginning of a file fits: a table with raw
// records may hold those of any log.
func (t *Table) Plausible(head []byte) bool {
	if _, raw := t.index["_raw"]; t.kind != tableSplunk || !raw {
		return true
	}
	text := string(source.Text(head))
	return strings.Contains(text, "LogName=") || strings.Contains(text, "schemas.microsoft.com/win/2004/08/events/event")
}

// General reports whether the table is none of a product's, but has columns
// that events mostly have.
func (t *Table) General() bool { return t.kind == tableFlat }

// Open reports whether rows may have one value more than there are columns.
func (t *Table) Open() bool { return t.kind == tableViewer }

// columnName takes off what consoles and transports add to a name.
func columnName(s string) string {
	s = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	s = strings.TrimSuffix(s, " [UTC]")
	for _, wrap := range []string{"result.", "_source.", "properties."} {
		s = strings.TrimPrefix(s, wrap)
	}
	return s
}

// kindOf knows a table by its columns.
func kindOf(has map[string]int) (tableKind, bool) {
	all := func(names ...string) bool {
		for _, n := range names {
			if _, ok := has[n]; !ok {
				return false
			}
		}
		return true
	}
	any := func(names ...string) bool {
		for _, n := range names {
			if _, ok := has[n]; ok {
				return true
			}
		}
		return false
	}
	switch {
	case all("Payload", "Channel", "Provider", "EventId") && any("EventRecordId", "RecordNumber"):
		return tableECmd, true
	case all("ActionType", "DeviceName") && any("Timestamp", "TimeGenerated"):
		return tableXDR, true
	case all("_raw"), any("_time", "sourcetype") && any("EventCode", "EventID") && any("LogName", "Channel"):
		return tableSplunk, true
	case all("TimeGenerated", "EventID") && any("SourceSystem", "TenantId", "Type", "EventLog", "ManagementGroupName", "Activity", "EventSourceName"):
		return tableSentinel, true
	case all("ProviderName", "Id", "MachineName"), all("InstanceId", "MachineName", "EntryType"):
		return tableGetWinEvent, true
	case all("Date and Time", "Source", "Event ID"):
		return tableViewer, true
	case all("TimeCreated", "Channel", "EventID", "RecordID", "Carved", "Fields"):
		return tableDump, true
	}
	n := 0
	for name := range has {
		if _, ok := flatColumns[name]; ok {
			n++
		}
	}
	return tableFlat, all("EventID") && n >= 4 && any("TimeCreated", "EventTime", "@timestamp") && !any("RuleTitle")
}

// column says what a column of the table means.
func (t *Table) column(name string) (action, string) {
	headers := tableHeaders[t.kind]
	if to, ok := headers[name]; ok {
		return headerAction(to), to
	}
	switch t.kind {
	case tableECmd:
		return drop, ""
	case tableSplunk:
		if _, ok := t.index["_raw"]; ok || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "date_") || strings.HasPrefix(name, "tag") {
			return drop, ""
		}
	case tableGetWinEvent, tableViewer:
		if strings.HasPrefix(name, "Properties") && (name == "Properties" || name == "Properties.Value" || name == "Properties.Value.Value") {
			return place, ""
		}
		return drop, ""
	case tableSentinel:
		if rest, ok := strings.CutPrefix(name, "EventData."); ok {
			return keep, rest
		}
	}
	if name == "" {
		return drop, ""
	}
	return keep, name
}

func headerAction(to string) action {
	switch to {
	case "":
		return drop
	case Message:
		return render
	case "<data>", "<user>":
		return embedded
	case "<event>":
		return whole
	}
	return describe
}

// flatColumns are headers of plain tables.
var flatColumns = map[string]string{
	"EventID": EventID, "Channel": Channel, "LogName": Channel, "SourceName": ProviderName, "ProviderName": ProviderName,
	"Provider": ProviderName, "Provider_Name": ProviderName, "ProviderGuid": ProviderGUID, "Hostname": Computer, "Computer": Computer,
	"RecordNumber": EventRecordID, "EventRecordID": EventRecordID, "TimeCreated": TimeCreated, "EventTime": TimeCreated,
	"Level": Level, "Task": Task, "Opcode": Opcode, "Keywords": Keywords, "Version": Version, "Message": Message,
	"ExecutionProcessID": ProcessID, "ExecutionThreadID": ThreadID, "@timestamp": "",
	"EventData": "<data>", "UserData": "<user>", "UserSID": UserID,
}

// tableHeaders name what describes the record; "" leaves a column out.
var tableHeaders = map[tableKind]map[string]string{
	tableFlat: flatColumns,
	tableECmd: {
		"EventRecordId": EventRecordID, "TimeCreated": TimeCreated, "EventId": EventID, "Level": Level,
		"Provider": ProviderName, "Channel": Channel, "ProcessId": ProcessID, "ThreadId": ThreadID,
		"Computer": Computer, "UserId": UserID, "Keywords": Keywords, "Payload": "<data>",
	},
	tableXDR: {
		"Timestamp": TimeCreated, "TimeGenerated": TimeCreated, "DeviceName": Computer, "ReportId": "ReportId",
		"TenantId": "", "SourceSystem": "", "Type": "", "_ResourceId": "", "MachineGroup": "", "time": "", "category": "", "tenantId": "", "operationName": "",
	},
	tableSplunk: {
		"_raw": "<event>", "_time": "_time", "EventCode": EventID, "EventID": EventID, "LogName": Channel, "Channel": Channel,
		"ComputerName": Computer, "Computer": Computer, "dvc": "", "host": "host", "SourceName": ProviderName, "Name": ProviderName,
		"RecordNumber": EventRecordID, "EventRecordID": EventRecordID, "SystemTime": TimeCreated, "Message": Message, "Keywords": Keywords,
		"Level": Level, "Task": Task, "Opcode": Opcode, "OpCode": "OpCode", "TaskCategory": "TaskCategory", "Version": Version, "Guid": ProviderGUID,
		"Type": "Type", "source": "", "sourcetype": "", "index": "", "linecount": "", "splunk_server": "", "punct": "", "eventtype": "",
		"timestartpos": "", "timeendpos": "", "preview": "", "offset": "", "lastrow": "", "splunk_server_group": "", "product": "", "vendor": "", "vendor_product": "",
	},
	tableSentinel: {
		"TimeGenerated": TimeCreated, "TimeCreated": TimeCreated, "EventID": EventID, "Computer": Computer, "Channel": Channel, "EventLog": Channel,
		"EventSourceName": ProviderName, "Provider": ProviderName, "Source": ProviderName, "EventRecordId": EventRecordID,
		"EventRecordID": EventRecordID, "EventOriginId": "", "Task": Task, "Level": Level, "EventLevel": Level, "EventLevelName": "LevelName",
		"Opcode": Opcode, "Keywords": Keywords, "Version": Version, "SystemProcessId": ProcessID, "SystemThreadId": ThreadID,
		"SystemUserId": UserID, "Correlation": ActivityID, "EventData": "<data>", "RawEventData": "", "RenderedDescription": Message, "Message": Message,
		"Activity": "Activity", "Account": "Account", "AccountType": "AccountType", "LogonTypeName": "LogonTypeName", "Process": "Process",
		"UserName": "UserName", "EventCategory": Task, "ParameterXml": "", "TenantId": "", "SourceSystem": "", "Type": "", "MG": "", "_ResourceId": "", "_SubscriptionId": "",
		"ManagementGroupName": "", "SourceComputerId": "", "TimeCollected": "", "AzureDeploymentID": "", "Role": "", "PartitionKey": "", "RowKey": "", "StorageAccount": "", "_TimeReceived": "", "_ItemId": "",
	},
	tableGetWinEvent: {
		"Id": EventID, "EventID": EventID, "InstanceId": "", "LogName": Channel, "Log": Channel, "ProviderName": ProviderName, "Source": ProviderName,
		"ProviderId": ProviderGUID, "MachineName": Computer, "RecordId": EventRecordID, "Index": EventRecordID, "TimeCreated": TimeCreated,
		"TimeGenerated": TimeCreated, "TimeCreated.value": TimeCreated, "TimeCreated.DateTime": "", "TimeGenerated.value": TimeCreated,
		"Level": Level, "LevelDisplayName": "LevelName", "EntryType": "LevelName",
		"Task": Task, "TaskDisplayName": "TaskName", "Opcode": Opcode, "Keywords": Keywords, "Version": Version, "Qualifiers": Qualifiers,
		"ProcessId": ProcessID, "ThreadId": ThreadID, "UserId": UserID, "UserId.Value": UserID, "ActivityId": ActivityID,
		"RelatedActivityId": RelatedActivityID, "Message": Message,
	},
	tableDump: {
		"TimeCreated": TimeCreated, "Computer": Computer, "Channel": Channel, "Provider": ProviderName, "EventID": EventID,
		"RecordID": "", "Carved": "Carved", "Fields": "<data>", "File": "", "Member": "", "Offset": "",
	},
	tableViewer: {
		"Date and Time": TimeCreated, "Source": ProviderName, "Event ID": EventID, "Task Category": "TaskName", "Level": "LevelName",
		"Keywords": Keywords, "Log": Channel, "Computer": Computer, "User": "UserName", "OpCode": "OpCode", "": Message, "Description": Message,
	},
}

// Rows makes events of rows. It belongs to one goroutine.
type Rows struct {
	b      *Builder
	xml    XML
	first  [][]byte // first value of each column
	places [][]byte
	again  bool // the row gives one more event
	notes  struct{ rendered, positions bool }
}

// NewRows makes a maker of events that puts them together with b.
func NewRows(b *Builder) *Rows { return &Rows{b: b} }

// Begin begins a part.
func (r *Rows) Begin() {
	r.b.Begin()
	r.again = false
	r.notes = struct{ rendered, positions bool }{}
}

// Notes returns the assumptions made since Begin.
func (r *Rows) Notes() (notes []string) {
	if r.notes.rendered {
		notes = append(notes, "fields drawn from rendered text: the export left the event's own values out")
	}
	if r.notes.positions {
		notes = append(notes, "fields named by their place: the export left their names out")
	}
	return append(notes, r.b.Notes()...)
}

// Event makes the event of a row; false when the row is none. Some rows give
// more than one, see [Rows.Again].
func (r *Rows) Event(t *Table, row []Leaf, e *event.Event) bool {
	r.b.Reset()
	r.again = false
	r.open(t, row)
	switch t.kind {
	case tableXDR:
		return r.xdr(t, row, e)
	case tableSplunk:
		if raw := r.value(t, "_raw"); raw != nil {
			return r.raw(t, raw, e)
		}
	}
	if t.kind == tableDump && !bytes.HasPrefix(r.value(t, "Fields"), []byte(`{"System.`)) {
		return false // of another log, whose name alone does not say what it is
	}
	r.plain(t, row)
	r.missing(t)
	r.b.Fill(e)
	if e.Source.Channel == "" && e.Source.EventID == 0 {
		return false
	}
	return true
}

func (r *Rows) open(t *Table, row []Leaf) {
	if cap(r.first) < len(t.does) {
		r.first = make([][]byte, len(t.does))
	}
	r.first = r.first[:len(t.does)]
	clear(r.first)
	r.places = r.places[:0]
	for _, l := range row {
		if r.first[l.Column] == nil {
			r.first[l.Column] = l.Text
		}
	}
}

// value returns the first value of a column, nil when there is none.
func (r *Rows) value(t *Table, column string) []byte {
	if i, ok := t.index[column]; ok && len(r.first[i]) > 0 {
		return r.first[i]
	}
	return nil
}

// plain puts in what stands in the columns. Such tables have all columns for
// every event, so what is empty is not there.
func (r *Rows) plain(t *Table, row []Leaf) {
	for _, l := range row {
		if len(l.Text) == 0 || l.Kind == event.Null {
			if t.does[l.Column] == place {
				r.places = append(r.places, nil)
			}
			continue
		}
		switch t.does[l.Column] {
		case keep:
			r.b.Put(Own, t.names[l.Column], l.Kind, l.Text)
		case describe:
			r.b.Put(Head, t.names[l.Column], l.Kind, r.header(t, string(t.names[l.Column]), l.Text))
		case render:
			r.b.Render(l.Text)
		case embedded:
			r.embedded(t, t.names[l.Column], l.Text)
		case place:
			r.places = append(r.places, l.Text)
		}
	}
}

// embedded reads a cell with the event's data. One that is neither XML nor
// JSON is kept as it is.
func (r *Rows) embedded(t *Table, column, text []byte) {
	if string(text) == "null" {
		return
	}
	if string(column) == "<user>" && text[0] == '{' {
		inner := text
		text = r.b.Text(func(dst []byte) []byte {
			return append(append(append(dst, `{"UserData":`...), inner...), '}')
		})
	}
	switch text[0] {
	case '{':
		if t.kind == tableDump && r.xml.Flat(r.b, text) == nil {
			return
		}
		if r.xml.JSON(r.b, text) == nil {
			return
		}
	case '<':
		if r.xml.Payload(r.b, text) == nil {
			return
		}
	}
	r.b.Own("EventData", text)
}

// header gives a header the form that the log has.
func (r *Rows) header(t *Table, name string, text []byte) []byte {
	switch {
	case name == TimeCreated && (t.kind == tableECmd || t.kind == tableSentinel || t.kind == tableXDR):
		return r.utc(text)
	case name == Keywords:
		return r.hexKeywords(text)
	}
	return text
}

// utc marks times that are written in UTC without saying so.
func (r *Rows) utc(text []byte) []byte {
	if n := len(text); n >= 19 && text[4] == '-' && text[n-1] != 'Z' && n <= 29 && !strings.ContainsAny(string(text[19:]), "+-") {
		return r.b.Text(func(dst []byte) []byte { return append(append(dst, text...), 'Z') })
	}
	if at, _, ok := ParseLocal(text); ok {
		return r.b.Text(func(dst []byte) []byte { return at.AppendFormat(dst, "2006-01-02T15:04:05.999999999Z") })
	}
	return text
}
