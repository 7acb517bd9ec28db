package cli

import (
	"encoding/json"
	"strconv"
	"time"

	"tyto/internal/event"
)

// An eventJSON is an event as search, show and dump print it.
type eventJSON struct {
	Time     *time.Time      `json:"time,omitempty"`
	Host     string          `json:"host,omitempty"`
	Log      string          `json:"log,omitempty"`
	Provider string          `json:"provider,omitempty"`
	EventID  int             `json:"event_id,omitempty"`
	RecordID uint64          `json:"record_id,omitempty"`
	Carved   bool            `json:"carved,omitempty"`
	Origin   event.Origin    `json:"origin"`
	Fields   json.RawMessage `json:"fields"`
}

// appendEvent appends the event as one JSON object.
func appendEvent(dst []byte, ev *event.Event) []byte {
	e := eventJSON{
		Host: ev.Host, Log: ev.Source.Log(), Provider: ev.Source.Provider,
		EventID: ev.Source.EventID, RecordID: ev.RecordID, Carved: ev.Carved,
		Origin: ev.Origin, Fields: fieldsJSON(ev),
	}
	if !ev.Time.IsZero() {
		e.Time = &ev.Time
	}
	b, err := json.Marshal(e)
	if err != nil { // strings, numbers and valid raw JSON always marshal
		return dst
	}
	return append(dst, b...)
}

// fieldsJSON writes the event's own fields as an object in the order of the
// evidence; a field with several values is a list.
func fieldsJSON(ev *event.Event) json.RawMessage {
	out := []byte{'{'}
	done := make(map[uint16]bool, len(ev.Values))
	for i, v := range ev.Values {
		f := ev.Shape.Fields[v.Field]
		if f.Header || done[v.Field] {
			continue
		}
		done[v.Field] = true
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendJSONString(out, f.Name), ':')
		out = appendValues(out, v.Field, ev.Values[i:])
	}
	return append(out, '}')
}

func appendValues(dst []byte, field uint16, values []event.Value) []byte {
	var same []event.Value
	for _, v := range values {
		if v.Field == field {
			same = append(same, v)
		}
	}
	if len(same) == 1 {
		return appendValue(dst, same[0])
	}
	dst = append(dst, '[')
	for i, v := range same {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendValue(dst, v)
	}
	return append(dst, ']')
}

func appendValue(dst []byte, v event.Value) []byte {
	if v.Kind == event.Null {
		return append(dst, "null"...)
	}
	return appendJSONString(dst, string(v.Text))
}

func appendJSONString(dst []byte, s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		return append(dst, `""`...)
	}
	return append(dst, b...)
}

// csvHeader is the first line of "dump -f csv".
const csvHeader = "TimeCreated,Computer,Channel,Provider,EventID,RecordID,Carved,Fields,File,Member,Offset\r\n"

// appendEventCSV appends one line of CSV, harmless in a spreadsheet.
func appendEventCSV(dst []byte, ev *event.Event) []byte {
	when := ""
	if !ev.Time.IsZero() {
		when = ev.Time.UTC().Format("2006-01-02T15:04:05.0000000Z")
	}
	cells := []string{
		when, ev.Host, ev.Source.Log(), ev.Source.Provider, strconv.Itoa(ev.Source.EventID),
		strconv.FormatUint(ev.RecordID, 10), strconv.FormatBool(ev.Carved), string(fieldsJSON(ev)),
		ev.Origin.File, ev.Origin.Member, strconv.FormatInt(ev.Origin.Offset, 10),
	}
	return appendCSVLine(dst, cells)
}
