package winjson

import (
	"maps"
	"strings"

	"tyto/internal/source/winlog"
)

// flat exports put System and EventData side by side. What is not known as
// System's is the event's own.
var flat = &table{rest: own, headers: flatHeaders}

var flatHeaders = map[string]target{
	"EventID": head(winlog.EventID), "Channel": head(winlog.Channel), "LogName": head(winlog.Channel),
	"SourceName": head(winlog.ProviderName), "ProviderName": head(winlog.ProviderName),
	"EventSourceName": head(winlog.ProviderName), "ProviderGuid": head(winlog.ProviderGUID),
	"Hostname": head(winlog.Computer), "Computer": head(winlog.Computer),
	"RecordNumber": head(winlog.EventRecordID), "EventRecordID": head(winlog.EventRecordID),
	"Version": head(winlog.Version), "Level": head(winlog.Level), "Task": head(winlog.Task),
	"OpcodeValue": head(winlog.Opcode), "Keywords": head(winlog.Keywords),
	"ExecutionProcessID": head(winlog.ProcessID), "ExecutionThreadID": head(winlog.ThreadID),
	"ActivityID": head(winlog.ActivityID), "RelatedActivityID": head(winlog.RelatedActivityID),
	"Message": message, "TimeCreated": head(winlog.TimeCreated), "TimeGenerated": head(winlog.TimeCreated),
	"@timestamp": {hint, "@timestamp"}, "@version": {}, "tags": {}, "type": {}, "host": {}, "port": {},
}

// nxlogHeaders are the keys that NXLog adds. Its EventType, a word for the
// severity, hides the field of Sysmon's registry and pipe events, which then
// goes by EventTypeOrignal (so spelled).
var nxlogHeaders = func() map[string]target {
	m := maps.Clone(flatHeaders)
	maps.Copy(m, map[string]target{
		"EventTime": {hint, "EventTime"}, "EventReceivedTime": {hint, "EventReceivedTime"},
		"EventTypeOrignal": {own, "EventType"}, "EventType": {},
		"UserID": head(winlog.UserID), "ThreadID": head(winlog.ThreadID),
		"AccountName": head("AccountName"), "AccountType": head("AccountType"), "Domain": head("Domain"),
		"Category": head("Category"), "Severity": head("Severity"), "Opcode": {},
		"SeverityValue": {}, "SourceModuleName": {}, "SourceModuleType": {}, "ERROR_EVT_UNRESOLVED": {},
	})
	return m
}()

// nxlog is what NXLog writes. Its older versions call the writing process
// ProcessID, which later is a field of firewall events.
type nxlog struct{ oldProcessID bool }

func (x nxlog) target(path string) target {
	path = unwrapped(path)
	if x.oldProcessID && path == "ProcessID" {
		return head(winlog.ProcessID)
	}
	if t, ok := nxlogHeaders[path]; ok {
		return t
	}
	return target{own, path}
}

// A rowFamily writes what describes an event as columns, and its data as
// objects: Velociraptor's EvtxHunter and artifacts like it.
type rowFamily struct{}

var rowHeaders = func() map[string]target {
	m := maps.Clone(flatHeaders)
	maps.Copy(m, map[string]target{
		"EventTime": head(winlog.TimeCreated), "Provider": head(winlog.ProviderName), "UserSID": head(winlog.UserID),
		"EventData": {}, "UserData": {}, "Username": {}, "OSPath": {}, "FullPath": {}, "_Source": {},
	})
	return m
}()

func (rowFamily) target(path string) target {
	path = unwrapped(path)
	if t, ok := rowHeaders[path]; ok {
		return t
	}
	if strings.HasPrefix(path, "EventData.") || strings.HasPrefix(path, "UserData.") {
		return systemFamily{}.target(path)
	}
	return target{} // what the artifact says, not the event
}
