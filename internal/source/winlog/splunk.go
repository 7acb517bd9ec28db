package winlog

import (
	"bytes"

	"tyto/internal/event"
)

// raw makes an event of what Splunk took in: the event as XML, or its fields
// as lines "Key=Value" below a local time.
func (r *Rows) raw(t *Table, raw []byte, e *event.Event) bool {
	if i := bytes.Index(raw, []byte("<Event")); i >= 0 && i < 256 {
		if _, err := r.xml.Event(r.b, raw[i:]); err != nil {
			return false
		}
		r.b.Fill(e)
		return e.Source.Channel != "" || e.Source.EventID != 0
	}
	if !bytes.Contains(raw, []byte("EventCode=")) || !bytes.Contains(raw, []byte("LogName=")) {
		return false
	}
	r.keys(t, raw)
	r.missing(t)
	r.b.Fill(e)
	return true
}

// keyNames are the headers in classic raw text.
var keyNames = map[string]string{
	"LogName": Channel, "SourceName": ProviderName, "EventCode": EventID, "ComputerName": Computer,
	"RecordNumber": EventRecordID, "Keywords": Keywords, "User": "UserName", "Sid": UserID,
	"EventType": "LevelName", "Type": "Type", "SidType": "SidType", "TaskCategory": "TaskCategory", "OpCode": "OpCode",
}

// keys reads the lines. The message is the last key and goes to the end.
func (r *Rows) keys(t *Table, raw []byte) {
	first, rest, _ := bytes.Cut(raw, []byte("\n"))
	if at := r.value(t, "_time"); at != nil {
		r.b.Head(TimeCreated, at)
	} else {
		r.b.Head(TimeCreated, bytes.TrimSpace(first))
	}
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		key, value, ok := bytes.Cut(line, []byte("="))
		if ok && string(key) == Message {
			r.b.Render(bytes.TrimSpace(rest[len("Message="):]))
			return
		}
		if name := keyNames[string(key)]; ok && name != "" {
			value = bytes.TrimSpace(value)
			if full := providers[string(value)]; name == ProviderName && full != "" {
				value = []byte(full)
			}
			r.b.Head(name, value)
		}
		rest = after
	}
}

// providers are the true names of providers that classic text shows by their
// titles.
var providers = map[string]string{
	"Microsoft Windows security auditing.":      "Microsoft-Windows-Security-Auditing",
	"Microsoft-Windows-Service Control Manager": "Service Control Manager",
}
