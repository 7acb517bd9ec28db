package winjson

import (
	"strings"

	"tyto/internal/source/winlog"
)

// A class says what becomes of a value.
type class uint8

const (
	dropped  class = iota // the exporter's own business
	own                   // a field of the event
	header                // describes the record
	rendered              // message text
	hint                  // helps to find the time, and is kept as a header
)

// A target is the field that a path of keys means.
type target struct {
	class class
	name  string
}

// A family is one way of writing Windows events as JSON: what each path, keys
// joined by ".", means in it.
type family interface{ target(path string) target }

// familyOf finds out from an object's paths which family it belongs to, or nil
// when it is no Windows event.
func familyOf(paths []string) family {
	var seen struct{ system, winlog, beat, wazuh, module, exec, id, source, data int }
	for _, p := range paths {
		p = unwrapped(p)
		switch {
		case strings.HasPrefix(p, "Event.System."), strings.HasPrefix(p, "System.EventID"), strings.HasPrefix(p, "System.Provider"):
			seen.system++
		case strings.HasPrefix(p, "winlog."):
			seen.winlog++
		case p == "log_name", p == "computer_name", p == "source_name", p == "record_number", strings.HasPrefix(p, "event_data."):
			seen.beat++
		case strings.HasPrefix(p, "win.system."):
			seen.wazuh++
		case p == "SourceModuleType", p == "SourceModuleName", p == "EventReceivedTime":
			seen.module++
		case p == "ExecutionProcessID":
			seen.exec++
		case p == "EventID":
			seen.id++
		case strings.HasPrefix(p, "EventData."), strings.HasPrefix(p, "UserData."):
			seen.data++
		}
		if flatSigns[p] {
			seen.source++
		}
	}
	switch {
	case seen.system > 0:
		return systemFamily{}
	case seen.winlog > 1:
		return winlogbeat7
	case seen.wazuh > 0:
		return wazuh
	case seen.beat > 1 && seen.id == 0:
		return winlogbeat6
	case seen.module > 0 && seen.source > 2:
		return nxlog{oldProcessID: seen.exec == 0}
	case seen.source > 2 && seen.data > 0:
		return rowFamily{}
	case seen.source > 2:
		return flat // other tables are known better by their columns
	}
	return nil
}

// meaning finds out what an object with these paths is: one of a family, or a
// row of a table. Neither means that it is no Windows event.
func meaning(paths []string) (family, *winlog.Table) {
	f := familyOf(paths)
	if f != nil && f != flat && f != (rowFamily{}) {
		return f, nil
	}
	if t := winlog.NewTable(paths); t != nil && !t.General() {
		return nil, t
	}
	return f, nil
}

// flatSigns are keys of flat exports; three of them make a Windows event.
var flatSigns = map[string]bool{
	"EventID": true, "Channel": true, "SourceName": true, "ProviderGuid": true, "ProviderName": true,
	"Hostname": true, "Computer": true, "TimeCreated": true, "EventTime": true, "EventReceivedTime": true,
	"SourceModuleType": true, "ExecutionProcessID": true, "RecordNumber": true, "EventRecordID": true,
	"OpcodeValue": true, "SeverityValue": true, "Keywords": true, "Task": true, "EventSourceName": true,
}

// unwrapped takes off what transports put around an event.
func unwrapped(path string) string {
	path = strings.TrimPrefix(path, "_source.")
	if strings.HasPrefix(path, "data.win.") {
		return path[len("data."):]
	}
	return path
}

// A systemFamily writes the event's XML as nested objects: Event, System,
// EventData. Attributes lie under "#attributes", or beside their element under
// its name with "_attributes", or among the children, or have "@" before them.
// The same in one flat object, keys joined by ".", is what tyto dump writes.
type systemFamily struct{}

func (systemFamily) target(path string) target {
	path = strings.TrimPrefix(unwrapped(path), "Event.")
	keys, attribute := plainKeys(strings.Split(path, "."))
	if len(keys) == 0 {
		return target{}
	}
	if last := keys[len(keys)-1]; last == "xmlns" || attribute && strings.HasPrefix(last, "xmlns:") {
		return target{} // namespaces are how XML is written, not what it says
	}
	rest := keys[1:]
	switch keys[0] {
	case "System":
		return systemTarget(rest)
	case "EventData":
		if attribute && len(rest) == 1 {
			return target{header, "EventData_" + rest[0]}
		}
		return ownTarget(keys[0], rest)
	case "UserData":
		if len(rest) > 0 {
			return ownTarget(rest[0], rest[1:])
		}
	case "RenderingInfo":
		if len(rest) == 1 && rest[0] == winlog.Message {
			return target{rendered, winlog.Message}
		}
		return target{header, strings.Join(keys, "_")}
	case winlog.Message:
		return target{rendered, winlog.Message}
	case "ProcessingErrorData", "DebugData", "BinaryEventData":
		return ownTarget(keys[0], rest)
	}
	return target{}
}

// plainKeys takes the marks of attributes and text off a path, and reports
// whether its end is an attribute.
func plainKeys(keys []string) (plain []string, attribute bool) {
	for _, k := range keys {
		base, isAttr := strings.CutSuffix(k, "_attributes")
		if name, marked := strings.CutPrefix(k, "@"); marked && name != "" {
			plain, attribute = append(plain, name), true
			continue
		}
		switch {
		case k == "#attributes":
			attribute = true
			continue
		case k == "#text":
			continue
		case isAttr && base != "":
			attribute = true
			if base == "Event" {
				continue
			}
		}
		plain = append(plain, base)
	}
	return plain, attribute
}

func systemTarget(rest []string) target {
	switch name := strings.Join(rest, "_"); name {
	case "", "Correlation", "Security", "Execution", "Provider":
		return target{} // elements without anything in them
	case "TimeCreated_SystemTime":
		return target{header, winlog.TimeCreated}
	case "EventID_Value":
		return target{header, winlog.EventID}
	default:
		return target{header, name}
	}
}

// ownTarget names what stands below an element: by its own name, or by the
// path when it lies deeper.
func ownTarget(element string, rest []string) target {
	if len(rest) == 0 {
		return target{own, element}
	}
	return target{own, strings.Join(rest, ".")}
}

// A table is a family whose headers have fixed paths.
type table struct {
	headers map[string]target
	own     []string // prefixes below which the event's fields lie
	rest    class    // of top-level keys that are not listed
}

func (t *table) target(path string) target {
	path = unwrapped(path)
	if x, ok := t.headers[path]; ok {
		return x
	}
	for _, prefix := range t.own {
		if name, ok := strings.CutPrefix(path, prefix); ok {
			return target{own, name}
		}
	}
	return target{t.rest, path}
}

func head(name string) target { return target{header, name} }

var message = target{rendered, winlog.Message}

var winlogbeat7 = &table{
	own: []string{"winlog.event_data.", "winlog.user_data."},
	headers: map[string]target{
		"@timestamp": head(winlog.TimeCreated), "message": message, "log.level": head(winlog.Level),
		"event.code": head(winlog.EventID), "winlog.event_id": head(winlog.EventID),
		"winlog.channel": head(winlog.Channel), "winlog.computer_name": head(winlog.Computer),
		"winlog.provider_name": head(winlog.ProviderName), "winlog.provider_guid": head(winlog.ProviderGUID),
		"winlog.record_id": head(winlog.EventRecordID), "winlog.task": head(winlog.Task),
		"winlog.opcode": head(winlog.Opcode), "winlog.version": head(winlog.Version),
		"winlog.keywords": head(winlog.Keywords), "winlog.activity_id": head(winlog.ActivityID),
		"winlog.related_activity_id": head(winlog.RelatedActivityID),
		"winlog.process.pid":         head(winlog.ProcessID), "winlog.process.thread.id": head(winlog.ThreadID),
		"winlog.user.identifier": head(winlog.UserID), "winlog.user_data.xml_name": {},
	},
}

var winlogbeat6 = &table{
	own: []string{"event_data.", "user_data."},
	headers: map[string]target{
		"@timestamp": head(winlog.TimeCreated), "message": message, "level": head(winlog.Level),
		"event_id": head(winlog.EventID), "log_name": head(winlog.Channel),
		"computer_name": head(winlog.Computer), "source_name": head(winlog.ProviderName),
		"provider_guid": head(winlog.ProviderGUID), "record_number": head(winlog.EventRecordID),
		"task": head(winlog.Task), "opcode": head(winlog.Opcode), "version": head(winlog.Version),
		"keywords": head(winlog.Keywords), "activity_id": head(winlog.ActivityID),
		"related_activity_id": head(winlog.RelatedActivityID), "process_id": head(winlog.ProcessID),
		"thread_id": head(winlog.ThreadID), "user.identifier": head(winlog.UserID), "user_data.xml_name": {},
	},
}

var wazuh = &table{
	own: []string{"win.eventdata.", "win.userdata."},
	headers: map[string]target{
		"win.system.systemTime": head(winlog.TimeCreated), "win.system.message": message,
		"win.system.eventID": head(winlog.EventID), "win.system.channel": head(winlog.Channel),
		"win.system.computer": head(winlog.Computer), "win.system.providerName": head(winlog.ProviderName),
		"win.system.providerGuid": head(winlog.ProviderGUID), "win.system.eventRecordID": head(winlog.EventRecordID),
		"win.system.task": head(winlog.Task), "win.system.opcode": head(winlog.Opcode),
		"win.system.version": head(winlog.Version), "win.system.level": head(winlog.Level),
		"win.system.keywords": head(winlog.Keywords), "win.system.processID": head(winlog.ProcessID),
		"win.system.threadID": head(winlog.ThreadID),
	},
}
