package wincsv_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/wincsv"
	"tyto/sigma"
)

// show writes an event on one line: what every event has, then its own fields,
// then a bar and the headers.
func show(e *event.Event) string {
	var own, head []string
	for _, v := range e.Values {
		f := e.Shape.Fields[v.Field]
		if s := fmt.Sprintf("%s=%s", f.Name, v.Text); f.Header {
			head = append(head, s)
		} else {
			own = append(own, s)
		}
	}
	src := e.Source
	return fmt.Sprintf("%s %s %s/%s/%d #%d: %s | %s", e.Time.Format(time.RFC3339Nano), e.Host, src.Log(), src.Provider, src.EventID, e.RecordID,
		strings.Join(own, " "), strings.Join(head, " "))
}

func read(t *testing.T, text string) ([]*event.Event, source.Report) {
	in := sourcetest.Input("a.csv", text)
	if !wincsv.New().Claims("", in.Head) {
		t.Error("not claimed")
	}
	events, rep := sourcetest.Read(t, wincsv.New(), in)
	if rep.Bytes != in.Size {
		t.Errorf("%d of %d bytes", rep.Bytes, in.Size)
	}
	return events, rep
}

const ecmd = "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,Computer,UserId,MapDescription,Payload\n"

func TestTables(t *testing.T) {
	for _, c := range []struct{ name, text, want, note string }{
		{"EvtxECmd", ecmd + `1,9,2024-03-01 10:00:00.1234567,7,Info,P,C,H,S-1-5-18,"m, ""x""","{""EventData"":{""Data"":[{""@Name"":""A"",""#text"":""x \u00e9\ud83d\ude00\\""},{""@Name"":""E""}],""Binary"":""""}}"`,
			"2024-03-01T10:00:00.1234567Z H C/P/7 #9: A=x \u00e9\U0001f600\\ E= Binary= | EventRecordID=9 TimeCreated=2024-03-01 10:00:00.1234567Z EventID=7 Level=Info Provider_Name=P Channel=C Computer=H Security_UserID=S-1-5-18", ""},
		{"EvtxECmd, one datum", ecmd + `1,9,2024-03-01 10:00:00,7,Info,P,C,H,,,"{""EventData"":{""Data"":{""@Name"":""A"",""#text"":""x""}}}"`,
			"2024-03-01T10:00:00Z H C/P/7 #9: A=x | EventRecordID=9 TimeCreated=2024-03-01 10:00:00Z EventID=7 Level=Info Provider_Name=P Channel=C Computer=H", ""},
		{"EvtxECmd, user data", ecmd + `1,9,2024-03-01 10:00:00,104,Info,P,System,H,,,"{""UserData"":{""LogFileCleared"":{""@xmlns"":""u"",""Channel"":""Security"",""In"":{""@a"":""1"",""#text"":""d""}}}}"`,
			"2024-03-01T10:00:00Z H System/P/104 #9: Channel=Security In.a=1 In=d | EventRecordID=9 TimeCreated=2024-03-01 10:00:00Z EventID=104 Level=Info Provider_Name=P Computer=H", ""},
		{"Event Viewer", "\ufeffLevel,Date and Time,Source,Event ID,Task Category\r\nInformation,3/1/2024 10:00:00 PM,Microsoft-Windows-Security-Auditing,4688,Process Creation,\"A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\tws1$\r\n\r\nTarget Subject:\r\n\tAccount Name:\t\t-\r\n\r\nProcess Information:\r\n\tNew Process ID:\t\t0x1f4\r\n\tNew Process Name:\tC:\\Windows\\a.exe\r\n\tProcess Command Line:\ta.exe /x:1\r\n\"\r\n",
			"2024-03-01T22:00:00Z  Security/Microsoft-Windows-Security-Auditing/4688 #0: SubjectUserSid=S-1-5-18 SubjectUserName=ws1$ TargetUserName=- NewProcessId=0x1f4 NewProcessName=C:\\Windows\\a.exe CommandLine=a.exe /x:1 | Message=", "fields drawn from rendered text: the export left the event's own values out"},
		{"Event Viewer, RPC Firewall", "Level,Date and Time,Source,Event ID,Task Category\r\nInformation,3/1/2024 10:00:00 PM,RPCFW,3,None,\"An RPC server function was called.\r\n\r\nProcess Information:\r\n\tProcess ID:\t712\r\n\tImage Path:\tC:\\a.exe\r\n\r\nNetwork Information:\r\n\tClient Network Address:\t192.0.2.9\r\n\tClient Port:\t50123\r\nRPC Information:\r\n\tInterfaceUuid:\te3514235-4b06-11d1-ab04-00c04fc2dcd2\r\n\tOpNum:\t\t3\r\n\"\r\n",
			"2024-03-01T22:00:00Z  RPCFW/RPCFW/3 #0: ProcessId=712 Image=C:\\a.exe IpAddress=192.0.2.9 IpPort=50123 InterfaceUuid=e3514235-4b06-11d1-ab04-00c04fc2dcd2 OpNum=3 | Message=", "fields drawn from rendered text: the export left the event's own values out"},
		{"Event Viewer, other source", "Level,Date and Time,Source,Event ID,Task Category\nError,1.3.2024 22:00:00,Own,5,None,says it\n",
			"2024-03-01T22:00:00Z  Own/Own/5 #0: Message=says it Data=says it | LevelName=Error TimeCreated=1.3.2024 22:00:00 Provider_Name=Own EventID=5 TaskName=None", "times without zone: read as UTC"},
		{"Get-WinEvent", "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\n\"Message\";\"Id\";\"ProviderName\";\"LogName\";\"MachineName\";\"RecordId\";\"TimeCreated\"\n\"m\";\"5\";\"P\";\"C\";\"H\";\"9\";\"3/1/2024 10:00:00 AM\"\n",
			"2024-03-01T10:00:00Z H C/P/5 #9: Message=m Data=m | EventID=5 Provider_Name=P Channel=C Computer=H EventRecordID=9 TimeCreated=3/1/2024 10:00:00 AM", "times without zone: read as UTC"},
		{"classic powershell", "Message,Id,ProviderName,LogName,MachineName,TimeCreated\n\"Engine\nDetails:\n\tNewEngineState=Available\n\tSequenceNumber=1\n\tHostId=2\n\tEngineVersion=2.0\",400,PowerShell,Windows PowerShell,H,3/1/2024 10:00:00 AM\n",
			"2024-03-01T10:00:00Z H Windows PowerShell/PowerShell/400 #0: Message=Engine\nDetails:\n\tNewEngineState=Available\n\tSequenceNumber=1\n\tHostId=2\n\tEngineVersion=2.0 Data=Engine\nDetails:\n\tNewEngineState=Available\n\tSequenceNumber=1\n\tHostId=2\n\tEngineVersion=2.0 NewEngineState=Available SequenceNumber=1 HostId=2 EngineVersion=2.0 |", ""},
		{"Log Analytics", "TenantId,TimeGenerated [UTC],SourceSystem,Account,Computer,EventSourceName,Channel,EventID,Activity,CommandLine,Empty,LogonType\nt,\"3/1/2024, 10:00:00.123 AM\",OpsManager,CORP\\a,H,P,Security,4688,4688 - x,\"a, b\",,3\n",
			"2024-03-01T10:00:00.123Z H Security/P/4688 #0: CommandLine=a, b LogonType=3 | TimeCreated=2024-03-01T10:00:00.123Z Account=CORP\\a Computer=H Provider_Name=P Channel=Security EventID=4688 Activity=4688 - x", ""},
		{"Splunk, classic raw", "_raw,_time,host\n\"03/01/2024 10:00:00 AM\nLogName=Security\nEventCode=4688\nEventType=0\nComputerName=H\nSourceName=Microsoft Windows security auditing.\nType=Information\nRecordNumber=9\nKeywords=Audit Success\nMessage=A new process has been created.\n\nProcess Information:\n\tNew Process Name:\tC:\\a.exe\n\",2024-03-01T09:00:00.000+00:00,forwarder\n",
			"2024-03-01T09:00:00Z H Security/Microsoft-Windows-Security-Auditing/4688 #9: NewProcessName=C:\\a.exe | TimeCreated=2024-03-01T09:00:00.000+00:00 Channel=Security EventID=4688 LevelName=0 Computer=H Provider_Name=Microsoft-Windows-Security-Auditing Type=Information EventRecordID=9 Keywords=Audit Success Message=", ""},
		{"Splunk, fields", "_time,EventCode,LogName,ComputerName,SourceName,New_Process_Name,host,index\n1709287200.5,4688,Security,,P,C:\\a.exe,H,main\n",
			"2024-03-01T10:00:00.5Z H Security/P/4688 #0: New_Process_Name=C:\\a.exe | _time=1709287200.5 EventID=4688 Channel=Security Provider_Name=P host=H Computer=H TimeCreated=1709287200.5", ""},
		{"tyto dump", "TimeCreated,Computer,Channel,Provider,EventID,RecordID,Carved,Fields,File,Member,Offset\n" +
			`2024-03-01T10:00:00.5000000Z,H,System,P,104,1,false,"{""System.Provider.@Name"":""P"",""System.Level"":4,""System.EventRecordID"":9,""System.Channel"":""System"",""UserData.LogFileCleared.@xmlns:a"":""u"",""UserData.LogFileCleared.Channel"":""Security"",""UserData.LogFileCleared.In.A"":""x""}",a.evtx,,512` + "\n",
			"2024-03-01T10:00:00.5Z H System/P/104 #9: Channel=Security In.A=x | TimeCreated=2024-03-01T10:00:00.5000000Z Computer=H Provider_Name=P EventID=104 Carved=false Level=4 EventRecordID=9", ""},
		{"velociraptor, rows of EvtxHunter", "EventTime,Computer,Channel,Provider,EventID,EventRecordID,UserSID,EventData,UserData,Message\n" +
			`2024-03-01T10:00:00Z,H,Security,P,4688,9,S-1-5-18,"{""A"":""x"",""N"":5}",null,m` + "\n",
			"2024-03-01T10:00:00Z H Security/P/4688 #9: A=x N=5 | TimeCreated=2024-03-01T10:00:00Z Computer=H Channel=Security Provider_Name=P EventID=4688 EventRecordID=9 Security_UserID=S-1-5-18 Message=m", ""},
		{"velociraptor, user data", "EventTime,Computer,Channel,Provider,EventID,EventRecordID,EventData,UserData\n" +
			`2024-03-01T10:00:00Z,H,System,P,104,9,null,"{""LogFileCleared"":{""SubjectUserName"":""u""}}"` + "\n",
			"2024-03-01T10:00:00Z H System/P/104 #9: SubjectUserName=u | TimeCreated=2024-03-01T10:00:00Z Computer=H Channel=System Provider_Name=P EventID=104 EventRecordID=9", ""},
		{"plain", "TimeCreated\tEventID\tChannel\tProvider\tComputer\tA\n2024-03-01T10:00:00Z\t5\tC\tP\tH\tx\n",
			"2024-03-01T10:00:00Z H C/P/5 #0: A=x | TimeCreated=2024-03-01T10:00:00Z EventID=5 Channel=C Provider_Name=P Computer=H", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			events, rep := read(t, c.text)
			if len(events) != 1 || rep.Damaged > 0 {
				t.Fatalf("%d events, report %+v", len(events), rep)
			}
			got := show(events[0])
			if !strings.HasSuffix(c.want, "=") && !strings.HasSuffix(c.want, "|") && got != c.want || !strings.HasPrefix(strings.Replace(got, "| LevelName=Information TimeCreated=3/1/2024 10:00:00 PM ", "| ", 1), c.want[:strings.Index(c.want, " |")]) {
				t.Errorf("event differs (-want +got):\n%s", cmp.Diff(c.want, got))
			}
			if c.note != "" && !strings.Contains(strings.Join(rep.Notes, "; "), c.note) || c.note == "" && strings.Contains(strings.Join(rep.Notes, ";"), "zone") && c.name != "classic powershell" {
				t.Errorf("notes %q", rep.Notes)
			}
		})
	}
}

// xdrHead are the columns of the tests' rows of Defender XDR.
const xdrHead = "Timestamp,DeviceName,ActionType,FileName,FolderPath,SHA1,ProcessCommandLine,ProcessId,AccountDomain,AccountName,InitiatingProcessFileName,InitiatingProcessFolderPath,InitiatingProcessCommandLine,InitiatingProcessId," +
	"RemoteIP,RemotePort,LocalIP,LocalPort,Protocol,RegistryKey,RegistryValueName,RegistryValueData,RegistryValueType,LogonType,LogonId,AdditionalFields,ReportId\n"

// xdr writes a row of Defender XDR.
func xdr(action string, fields map[string]string) string {
	row := make([]string, 0, 32)
	for _, name := range strings.Split(strings.TrimSpace(xdrHead), ",") {
		v := fields[name]
		switch name {
		case "Timestamp":
			v = "2024-03-01T10:00:00.1234567Z"
		case "DeviceName":
			v = "h.example.test"
		case "ActionType":
			v = action
		case "ReportId":
			v = "77"
		}
		row = append(row, `"`+strings.ReplaceAll(v, `"`, `""`)+`"`)
	}
	return xdrHead + strings.Join(row, ",") + "\n"
}

type m = map[string]string

func TestDefenderRowsHaveTheNamesOfRules(t *testing.T) {
	by := m{"InitiatingProcessFileName": "cmd.exe", "InitiatingProcessFolderPath": `C:\Windows\System32\cmd.exe`, "InitiatingProcessId": "4", "InitiatingProcessCommandLine": "cmd /c x"}
	with := func(fields m) m {
		for k, v := range by {
			fields[k] = v
		}
		return fields
	}
	for _, c := range []struct {
		action string
		fields m
		log    string
		want   m
	}{
		{"ProcessCreated", with(m{"FileName": "whoami.exe", "FolderPath": `C:\Windows\System32\whoami.exe`, "SHA1": "ab", "ProcessCommandLine": "whoami /priv", "ProcessId": "9", "AccountDomain": "corp", "AccountName": "a"}),
			"windows/process_creation/defender-xdr", m{"Image": `C:\Windows\System32\whoami.exe`, "CommandLine": "whoami /priv", "ParentImage": `C:\Windows\System32\cmd.exe`, "ParentCommandLine": "cmd /c x", "User": `corp\a`, "Hashes": "SHA1=AB", "ProcessId": "9", "ParentProcessId": "4"}},
		{"FileCreated", with(m{"FileName": "x.dll", "FolderPath": `C:\Users`}), "windows/file_event/defender-xdr", m{"TargetFilename": `C:\Users\x.dll`, "Image": `C:\Windows\System32\cmd.exe`}},
		{"ConnectionSuccess", with(m{"RemoteIP": "192.0.2.9", "RemotePort": "443", "LocalIP": "10.0.0.1", "LocalPort": "50000", "Protocol": "Tcp"}), "windows/network_connection/defender-xdr",
			m{"Initiated": "true", "DestinationIp": "192.0.2.9", "DestinationPort": "443", "SourceIp": "10.0.0.1", "SourcePort": "50000", "Image": `C:\Windows\System32\cmd.exe`}},
		{"InboundConnectionAccepted", m{"RemoteIP": "192.0.2.9", "LocalIP": "10.0.0.1"}, "windows/network_connection/defender-xdr", m{"Initiated": "false", "SourceIp": "192.0.2.9", "DestinationIp": "10.0.0.1"}},
		{"RegistryValueSet", m{"RegistryKey": `HKEY_LOCAL_MACHINE\Software\X`, "RegistryValueName": "v", "RegistryValueData": "17", "RegistryValueType": "Dword"}, "windows/registry_set/defender-xdr",
			m{"TargetObject": `HKLM\Software\X\v`, "Details": "DWORD (0x00000011)", "EventType": "SetValue"}},
		{"RegistryValueSet", m{"RegistryKey": `HKEY_CURRENT_USER\S-1-5-21-1\X`, "RegistryValueData": "4294967297", "RegistryValueType": "Qword"}, "windows/registry_set/defender-xdr",
			m{"TargetObject": `HKU\S-1-5-21-1\X`, "Details": "QWORD (0x00000001-0x00000001)"}},
		{"ImageLoaded", with(m{"FileName": "a.dll", "FolderPath": `C:\a.dll`}), "windows/image_load/defender-xdr", m{"ImageLoaded": `C:\a.dll`, "Image": `C:\Windows\System32\cmd.exe`}},
		{"DnsQueryResponse", m{"AdditionalFields": `{"a":[1,{"b":2}],"DnsQueryString":"x.example"}`}, "windows/dns_query/defender-xdr", m{"QueryName": "x.example"}},
		{"LogonSuccess", m{"LogonType": "RemoteInteractive", "AccountName": "a", "AccountDomain": "corp", "RemoteIP": "192.0.2.9", "LogonId": "255"}, "Security",
			m{"LogonType": "10", "TargetUserName": "a", "IpAddress": "192.0.2.9", "TargetLogonId": "0xff"}},
		{"OtherAction", m{"FileName": "x"}, "windows/defender-xdr", m{"FileName": "x"}},
	} {
		t.Run(c.action, func(t *testing.T) {
			events, rep := read(t, xdr(c.action, c.fields))
			want := 1
			if strings.HasPrefix(c.action, "Registry") {
				want = 2 // told as registry_event too
			}
			if len(events) != want || rep.Records != 1 || rep.Damaged > 0 || len(rep.Notes) > 0 {
				t.Fatalf("%d events, report %+v", len(events), rep)
			}
			if last := events[want-1]; want == 2 && (last.Source.Category != "registry_event" || last.Origin != events[0].Origin || last.ID() == events[0].ID()) {
				t.Errorf("second event is %+v", last)
			}
			e := events[0]
			if e.Source.Log() != c.log || e.Host != "h.example.test" || e.RecordID != 77 || e.Time.Nanosecond() != 123456700 {
				t.Errorf("event %+v of log %s", e, e.Source.Log())
			}
			for name, want := range c.want {
				if got, _ := e.Get(name); string(got) != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestPublicRules runs rules over a row that they are about and over one that
// is nearly so.
func TestPublicRules(t *testing.T) {
	const dir = "rules/windows/"
	for _, c := range []struct{ rule, hit, miss string }{
		{dir + "process_creation/proc_creation_win_whoami_priv_discovery.yml",
			xdr("ProcessCreated", m{"FileName": "whoami.exe", "FolderPath": `C:\Windows\System32\whoami.exe`, "ProcessCommandLine": "whoami /priv"}),
			xdr("ProcessCreated", m{"FileName": "whoami.exe", "FolderPath": `C:\Windows\System32\whoami.exe`, "ProcessCommandLine": "whoami /x"})},
		{dir + "network_connection/net_connection_win_regsvr32_network_activity.yml",
			xdr("ConnectionSuccess", m{"InitiatingProcessFolderPath": `c:\windows\system32\regsvr32.exe`}), xdr("InboundConnectionAccepted", m{"InitiatingProcessFolderPath": `c:\windows\system32\regsvr32.exe`})},
		{dir + "registry/registry_set/registry_set_uac_bypass_eventvwr.yml",
			xdr("RegistryValueSet", m{"RegistryKey": `HKEY_CURRENT_USER\S-1-5-21-1_Classes\mscfile\shell\open\command`}), xdr("RegistryValueSet", m{"RegistryKey": `HKEY_CURRENT_USER\S-1-5-21-1_Classes\mscfile\shell\open`})},
		{dir + "builtin/security/account_management/win_security_successful_external_remote_rdp_login.yml",
			xdr("LogonSuccess", m{"LogonType": "RemoteInteractive", "RemoteIP": "203.0.113.9"}), xdr("LogonSuccess", m{"LogonType": "RemoteInteractive", "RemoteIP": "10.0.0.9"})},
		{dir + "process_creation/proc_creation_win_whoami_priv_discovery.yml",
			ecmd + `1,9,2024-03-01 10:00:00,4688,Info,Microsoft-Windows-Security-Auditing,Security,H,,,"{""EventData"":{""Data"":[{""@Name"":""NewProcessName"",""#text"":""C:\\whoami.exe""},{""@Name"":""CommandLine"",""#text"":""whoami /priv""}]}}"`,
			ecmd + `1,9,2024-03-01 10:00:00,4689,Info,Microsoft-Windows-Security-Auditing,Security,H,,,"{""EventData"":{""Data"":[{""@Name"":""NewProcessName"",""#text"":""C:\\whoami.exe""},{""@Name"":""CommandLine"",""#text"":""whoami /priv""}]}}"`},
	} {
		if n := matches(t, c.rule, c.hit); n != 1 {
			t.Errorf("%s: %d matches, want 1", c.rule, n)
		}
		if n := matches(t, c.rule, c.miss); n != 0 {
			t.Errorf("%s: the near miss matches", c.rule)
		}
	}
}

func matches(t *testing.T, rule, text string) (n int) {
	data, err := os.ReadFile(filepath.Join(sourcetest.Corpus(t, "sigma"), filepath.FromSlash(rule)))
	if err != nil {
		t.Fatal(err)
	}
	docs, _ := sigma.Parse(rule, data)
	set, rejected := sigma.Compile(docs, sigma.Options{})
	if len(docs) != 1 || len(rejected) > 0 {
		t.Fatalf("%d documents, %v", len(docs), rejected)
	}
	eval := set.NewEvaluator()
	events, _ := read(t, text)
	for _, e := range events {
		fields := make([]sigma.Field, len(e.Shape.Fields))
		for i, f := range e.Shape.Fields {
			fields[i] = sigma.Field(f)
		}
		ev := sigma.Event{Source: sigma.Source(e.Source), Shape: set.NewShape(fields)}
		for _, v := range e.Values {
			ev.Values = append(ev.Values, sigma.Value{Field: v.Field, Kind: sigma.Kind(v.Kind), Text: v.Text})
		}
		eval.Match(&ev, func(*sigma.Rule) { n++ })
	}
	return n
}

const plainHead = "TimeCreated,EventID,Channel,Provider,Computer,A\n"

func plain(id int, a string) string {
	return fmt.Sprintf("2024-03-01T10:00:00Z,%d,C,P,H,%s\n", id, a)
}

func TestBrokenRowsCostOnlyThemselves(t *testing.T) {
	for name, broken := range map[string]string{
		"few cells": "2024-03-01T10:00:00Z,9\n", "many cells": plain(9, "a,b"), "open quote": plain(9, `"open`), "text": "some text\n", "nothing in it": ",,,,,\n",
	} {
		events, rep := read(t, plainHead+plain(1, "x")+broken+plain(2, `"y"`)+"\n"+plain(3, "\"two\nlines\"")+plain(4, ""))
		var ids []int
		for _, e := range events {
			ids = append(ids, e.Source.EventID)
		}
		if diff := cmp.Diff([]int{1, 2, 3, 4}, ids); diff != "" || rep.Damaged == 0 || len(rep.Damage) == 0 {
			t.Errorf("%s: %v, report %+v", name, ids, rep)
		}
	}
}

func TestTablesPutOneBehindAnother(t *testing.T) {
	events, rep := read(t, plainHead+plain(1, "x")+plainHead+plain(2, "y")+"TimeCreated,B,EventID,Channel,Computer\n2024-03-01T10:00:00Z,z,3,C,H\n")
	if len(events) != 3 || rep.Damaged > 0 {
		t.Fatalf("%d events, report %+v", len(events), rep)
	}
	if v, _ := events[2].Get("B"); string(v) != "z" || events[2].Source.EventID != 3 {
		t.Errorf("third event is %s", show(events[2]))
	}
}

func TestOtherTablesAreNotClaimed(t *testing.T) {
	for _, text := range []string{"", "a,b,c\n", "ts,uid,EventID\n1,2,3\n", "Timestamp,RuleTitle,Level,Computer,Channel,EventID\n", "_raw,_time,host\nsome line,1,h\n", "{\"EventID\":1}", "EventID,EventID,EventID\n",
		strings.Repeat("x", 20_000)} {
		if wincsv.New().Claims("a.csv", []byte(text[:min(len(text), source.HeadSize)])) {
			t.Errorf("claimed %.60q", text)
		}
	}
}

func TestPartsGiveTheSameEventsAsTheWhole(t *testing.T) {
	var text strings.Builder
	text.WriteString(plainHead)
	const n = 200_000
	for i := range n {
		text.WriteString(plain(i+1, fmt.Sprintf("\"row \"\"%d\"\"\nsecond, line\"", i)))
	}
	in := sourcetest.Input("a.csv", text.String())
	parts, err := wincsv.New().Split(t.Context(), in)
	if err != nil || len(parts) < 2 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	next := 0
	rep := sourcetest.Each(t, wincsv.New(), in, func(e *event.Event) bool {
		if next++; e.Source.EventID != next || e.Origin.Line != int64(2*next) {
			t.Fatalf("event %d on line %d is %d", next, e.Origin.Line, e.Source.EventID)
		}
		return true
	})
	if next != n || rep.Damaged > 0 {
		t.Errorf("%d events, report %+v", next, rep)
	}
}

func TestHostileTablesStayBounded(t *testing.T) {
	for name, body := range map[string]string{
		"open quotes": strings.Repeat("a,\"\n", 1<<18), "one open quote": "\"" + strings.Repeat("a\n", 1<<19), "quotes": strings.Repeat(`"`, 1<<20),
		"doubled": strings.Repeat("\"\"\n", 1<<18), "long line": strings.Repeat("a", 20<<20), "cells": strings.Repeat(",", 1<<20),
	} {
		in := sourcetest.Input("a.csv", plainHead+plain(1, "x")+body)
		rep := sourcetest.Each(t, wincsv.New(), in, func(*event.Event) bool { return true })
		if rep.Records != 1 || rep.Damaged == 0 || rep.Bytes != in.Size {
			t.Errorf("%s: %d records, %d damaged, %d of %d bytes", name, rep.Records, rep.Damaged, rep.Bytes, in.Size)
		}
	}
}

func TestKnownRowsAreReadWithoutAllocation(t *testing.T) {
	in := sourcetest.Input("a.csv", plainHead+strings.Repeat(plain(7, `"x ""y"" z"`), 2000))
	r := wincsv.New().NewReader()
	got := testing.AllocsPerRun(3, func() {
		r.Read(t.Context(), in, source.Part{To: in.Size}, func(*event.Event) bool { return true })
	})
	if got > 200 {
		t.Errorf("%v allocations for 2000 rows", got)
	}
}

func BenchmarkECmd(b *testing.B) {
	row := `1,9,2024-03-01 10:00:00.1234567,1,Info,Microsoft-Windows-Sysmon,Microsoft-Windows-Sysmon/Operational,H,S-1-5-18,m,"{""EventData"":{""Data"":[{""@Name"":""RuleName"",""#text"":""-""},{""@Name"":""UtcTime"",""#text"":""2024-03-01 10:00:00.000""},{""@Name"":""Image"",""#text"":""C:\\Windows\\System32\\cmd.exe""},{""@Name"":""CommandLine"",""#text"":""cmd.exe /c echo 1""},{""@Name"":""User"",""#text"":""EXAMPLE\\alice""},{""@Name"":""ParentImage"",""#text"":""C:\\Windows\\explorer.exe""}]}}"` + "\n"
	in := sourcetest.Input("a.csv", ecmd+strings.Repeat(row, 10_000))
	r := wincsv.New().NewReader()
	b.SetBytes(in.Size)
	b.ReportAllocs()
	for b.Loop() {
		r.Read(b.Context(), in, source.Part{To: in.Size}, func(*event.Event) bool { return true })
	}
}

func FuzzRead(f *testing.F) {
	f.Add(plainHead + plain(1, `"a ""b"""`) + plain(2, "x,y"))
	f.Add(ecmd + `1,9,2024-03-01 10:00:00,7,Info,P,C,H,,,"{""EventData"":{""Data"":[""a"",{""@Name"":""A"",""#text"":[""x"",{}]}]}}"`)
	f.Add(xdr("LogonSuccess", m{"LogonType": "Network"}))
	f.Add(xdr("RegistryValueSet", m{"RegistryKey": `HKEY_USERS\x`, "RegistryValueType": "Qword", "RegistryValueData": "1"}))
	f.Add("Level,Date and Time,Source,Event ID,Task Category\nError,1.3.2024 22:00:00,Own,5,None,\"a:\n\tb: c\"\n")
	f.Add("_raw,_time\n\"03/01/2024\nLogName=Security\nEventCode=1\nMessage=x\",1\n")
	f.Fuzz(func(t *testing.T, text string) { sourcetest.RecordPromises(t, wincsv.New(), "a.csv", text) })
}

func TestTablesWithMarksPutOneBehindAnotherAreReadWhole(t *testing.T) {
	const table = "\ufeffTimeCreated,EventID,Channel,Provider,Computer\n2024-03-01T10:00:00Z,5,C,P,H\n"
	events, rep := sourcetest.Read(t, wincsv.New(), sourcetest.Input("a.csv", table+table))
	if len(events) != 2 || rep.Damaged > 0 || events[1].Host != "H" {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
}
