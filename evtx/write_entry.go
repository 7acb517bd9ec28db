package evtx

import (
	"fmt"
	"strconv"
	"time"
)

// wEventNS is the namespace of every event.
const wEventNS = Text("http://schemas.microsoft.com/win/2004/08/events/event")

// An Entry is one event to be written. The zero value of a field means what
// Windows writes when a provider says nothing: version 0, level 0, no
// activity, no user.
type Entry struct {
	Provider    string // Provider/@Name
	GUID        string // Provider/@Guid, with braces; empty: classic provider
	EventSource string // Provider/@EventSourceName; empty: none
	EventID     uint16
	Qualifiers  *uint16 // of classic events; nil: no attribute
	Version     uint8
	Level       uint8 // 1 critical … 5 verbose, 0 always
	Task        uint16
	Opcode      uint8
	Keywords    uint64
	Time        time.Time // TimeCreated; kept to 100 ns
	Written     time.Time // time in the record's header; zero: Time
	RecordID    uint64    // 0: one more than the record before, from 1
	ActivityID  string    // GUID, or empty
	RelatedID   string    // GUID, or empty
	ProcessID   uint32    // of the process that logged the event
	ThreadID    uint32
	Channel     string
	Computer    string
	UserID      string // SID, or empty

	// Data becomes EventData, in this order. Binary adds its Binary element.
	// Classic events have a single unnamed Datum holding a []string, which
	// Windows follows with a Binary element that is present when there are bytes.
	Data   []Datum
	Binary []byte
	// UserData replaces EventData when not nil: the one element in UserData.
	UserData *Element
	// Empty writes an EventData element although there are no data.
	Empty bool

	// Literal writes the event without a template, every value as text, as
	// logs of forwarded events do.
	Literal bool
	// Rendering adds RenderingInfo, which collectors store beside the event.
	Rendering *Rendering
	// Prolog is a processing instruction in front of the document.
	Prolog *PI
}

// A Datum is one item of EventData. Value is one of the values listed at
// [HexInt32], or a *Element or []any of content (see [Element]) when the item
// is complex.
type Datum struct {
	Name     string // empty: unnamed
	Value    any
	Optional bool // leave the item out when Value is nil
	Complex  bool // write ComplexData instead of Data
}

// Rendering is the message of an event and the names of its numbers, in one
// language, as the forwarding machine rendered them.
type Rendering struct {
	Culture, Message, Level, Task, Opcode, Channel, Provider string
	Keywords                                                 []string
}

// document builds the XML tree of the event.
func (e Entry) document() (wdocument, error) {
	root := &Element{Name: "Event", Attrs: []Attr{{"xmlns", wEventNS}}}
	root.Content = append(root.Content, e.system())
	payload, err := e.payload()
	if err != nil {
		return wdocument{}, err
	}
	if payload != nil {
		root.Content = append(root.Content, wslot{17, wXML, wpayload{payload}})
	}
	if e.Rendering != nil {
		root.Content = append(root.Content, e.Rendering.element())
	}
	return wdocument{prolog: e.Prolog, root: root, literal: e.Literal}, nil
}

// system is the System element, its substitutions numbered as in the template
// that the Windows event log service uses. The computer is literal text of
// the template there.
func (e Entry) system() *Element {
	var qualifiers any
	if e.Qualifiers != nil {
		qualifiers = *e.Qualifiers
	}
	provider := &Element{Name: "Provider", Attrs: []Attr{
		{"Name", wslot{14, wString, e.Provider}},
		{"Guid", wslot{15, wGUID, wguidOrNil(e.GUID)}},
	}}
	if e.EventSource != "" {
		provider.Attrs = append(provider.Attrs, Attr{"EventSourceName", Text(e.EventSource)})
	}
	id := welement("EventID", wslot{3, wUint16, e.EventID})
	id.Attrs = []Attr{{"Qualifiers", wslot{4, wUint16, qualifiers}}}
	return welement("System", provider, id,
		welement("Version", wslot{11, wUint8, e.Version}),
		welement("Level", wslot{0, wUint8, e.Level}),
		welement("Task", wslot{2, wUint16, e.Task}),
		welement("Opcode", wslot{1, wUint8, e.Opcode}),
		welement("Keywords", wslot{5, wHex64, HexInt64(e.Keywords)}),
		&Element{Name: "TimeCreated", Attrs: []Attr{{"SystemTime", wslot{6, wFileTime, e.Time}}}},
		welement("EventRecordID", wslot{10, wUint64, e.RecordID}),
		&Element{Name: "Correlation", Attrs: []Attr{
			{"ActivityID", wslot{7, wGUID, wguidOrNil(e.ActivityID)}},
			{"RelatedActivityID", wslot{13, wGUID, wguidOrNil(e.RelatedID)}},
		}},
		&Element{Name: "Execution", Attrs: []Attr{
			{"ProcessID", wslot{8, wUint32, e.ProcessID}},
			{"ThreadID", wslot{9, wUint32, e.ThreadID}},
		}},
		welement("Channel", wslot{16, wString, e.Channel}),
		welement("Computer", Text(e.Computer)),
		&Element{Name: "Security", Attrs: []Attr{{"UserID", wslot{12, wSID, wsidOrNil(e.UserID)}}}},
	)
}

// payload is the element behind System, nil when there is none.
func (e Entry) payload() (*Element, error) {
	if e.UserData != nil {
		if len(e.Data) > 0 || e.Binary != nil {
			return nil, fmt.Errorf("an event has either event data or user data")
		}
		return welement("UserData", e.UserData), nil
	}
	if len(e.Data) == 0 && e.Binary == nil && !e.Empty {
		return nil, nil
	}
	root := &Element{Name: "EventData"}
	classic := false
	for _, d := range e.Data {
		items, array := e.datum(d)
		root.Content = append(root.Content, items...)
		classic = classic || array && d.Name == ""
	}
	if e.Binary != nil {
		root.Content = append(root.Content, welement("Binary", e.Binary))
	} else if classic && !e.Literal {
		root.Content = append(root.Content, welement("Binary", Optional{nil}))
	}
	return root, nil
}

// datum is the element of one item. A literal document has no arrays, so
// there each string gets its own element.
func (e Entry) datum(d Datum) (elements []any, array bool) {
	list, array := d.Value.([]string)
	if !array || !e.Literal {
		return []any{d.element(d.Value)}, array
	}
	for _, s := range list {
		elements = append(elements, d.element(s))
	}
	return elements, true
}

func (d Datum) element(value any) *Element {
	el := &Element{Name: "Data"}
	if d.Complex {
		el.Name = "ComplexData"
	}
	if d.Name != "" {
		el.Attrs = []Attr{{"Name", Text(d.Name)}}
	}
	el.Content = wparts(value)
	if d.Optional {
		el.Content = []any{Optional{value}}
	}
	return el
}

func (r *Rendering) element() *Element {
	el := &Element{Name: "RenderingInfo", Attrs: []Attr{{"Culture", Text(r.Culture)}}}
	for _, p := range [][2]string{{"Message", r.Message}, {"Level", r.Level}, {"Task", r.Task},
		{"Opcode", r.Opcode}, {"Channel", r.Channel}, {"Provider", r.Provider}} {
		el.Content = append(el.Content, welement(p[0], wtextOrNone(p[1])...))
	}
	words := &Element{Name: "Keywords"}
	for _, k := range r.Keywords {
		words.Content = append(words.Content, welement("Keyword", wtextOrNone(k)...))
	}
	el.Content = append(el.Content, words)
	return el
}

func welement(name string, content ...any) *Element {
	return &Element{Name: name, Content: content}
}

func wtextOrNone(s string) []any {
	if s == "" {
		return nil
	}
	return []any{Text(s)}
}

func wguidOrNil(s string) any {
	if s == "" {
		return nil
	}
	return GUIDText(s)
}

func wsidOrNil(s string) any {
	if s == "" {
		return nil
	}
	return SIDText(s)
}

// String names the event in error messages.
func (e Entry) String() string {
	return e.Channel + " " + strconv.Itoa(int(e.EventID)) + " at " + e.Time.UTC().Format(time.RFC3339)
}
