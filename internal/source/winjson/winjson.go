// Package winjson reads Windows events that some tool wrote as JSON.
//
// Many tools export the same records, each in its own words: evtx_dump nests
// the event's XML, Winlogbeat puts fields below event_data, NXLog lays all
// flat beside its own bookkeeping, Wazuh changes the case of names. What a
// path of keys means is decided for each sequence of paths that occurs, by the
// family that its keys give away, and kept as a plan; an event of a known
// sequence is read without allocation.
//
// It is recognised by the keys of the first objects: evtx_dump with both ways
// of writing attributes (Chainsaw dumps too), Velociraptor (whole events and
// the rows of EvtxHunter), Winlogbeat 6 and 7 and the Elastic Agent, NXLog,
// flat objects with EventID and its like, Wazuh, EvtxECmd, Log Analytics and
// Sentinel (SecurityEvent, WindowsEvent, Event), Defender XDR (Device*Events),
// Splunk (_raw records or extracted fields), and Get-WinEvent by
// ConvertTo-Json. Objects may stand in lines, in an array, one behind another,
// or in the wrapper of an API: Results, results, value, records, hits of a
// search, rows with fields, tables of columns and rows.
//
// It feeds what the events' channels feed. Rows of Defender XDR feed the
// categories of what they tell (process_creation, network_connection,
// file_event, registry_set and others, and each change of the registry
// registry_event too), and logons the rules on Security 4624 and 4625.
//
// Limits: Get-WinEvent tells values by place only; the names are known for
// common events, else values are those of Data, or are drawn out of English
// messages. Tables have every column in every row, so what is null or empty in
// them is taken for absent. Rows before their columns cannot be read. Left out,
// because they speak of the collector and not of the event: NXLog's
// SourceModule*, its EventType (a word for the severity), port, host and tags;
// Winlogbeat's agent, host, ecs and the copies of fields under ECS names;
// Splunk's own fields.
package winjson

import (
	"context"

	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/winlog"
)

// A Format is the format of Windows events as JSON. Its readers share shapes.
type Format struct{ shapes winlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "winjson" }

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return &reader{inner: objects.NewReader(newMaker(&f.shapes), "no windows event")}
}

// Claims implements [source.Format]. It looks at the keys of the first objects.
func (*Format) Claims(_ string, head []byte) bool {
	test := func(paths []string) bool {
		f, t := meaning(paths)
		return f != nil || t != nil && t.Plausible(head)
	}
	if w := wrapperOf(head); w != nil {
		return w.claims(test)
	}
	return objects.Claims(head, test)
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	if wrapperOf(in.Head) != nil {
		return []source.Part{{To: in.Size, Line: 1}}, nil
	}
	return objects.Split(ctx, in)
}
