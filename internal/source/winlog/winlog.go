// Package winlog holds what all readers of Windows events must agree on, so
// that a record has the same fields whichever export it comes from: how fields
// are named, which name wins, and what is drawn from values without a name.
//
// Names: what stands in EventData, or below the one element in UserData, goes
// by its own name. What stands in System goes by the names that Sigma rules
// use, as header fields, and only where the event's own data has not taken the
// name already: the log-cleared event 104 names in its own "Channel" the log
// that was cleared, and that is what rules ask for.
package winlog

import (
	"strings"

	"tyto/internal/event"
)

// The names of header fields.
const (
	ProviderName      = "Provider_Name"
	ProviderGUID      = "Provider_Guid"
	EventID           = "EventID"
	Qualifiers        = "EventID_Qualifiers"
	Version           = "Version"
	Level             = "Level"
	Task              = "Task"
	Opcode            = "Opcode"
	Keywords          = "Keywords" // hexadecimal, "0x8020000000000000"
	TimeCreated       = "TimeCreated"
	EventRecordID     = "EventRecordID"
	ActivityID        = "Correlation_ActivityID"
	RelatedActivityID = "Correlation_RelatedActivityID"
	ProcessID         = "Execution_ProcessID"
	ThreadID          = "Execution_ThreadID"
	Channel           = "Channel"
	Computer          = "Computer"
	UserID            = "Security_UserID"
	Message           = "Message" // rendered text, in exports only
)

// PowerShellLog is the channel of classic PowerShell, whose events hold their
// fields as text.
const PowerShellLog = "Windows PowerShell"

// Unnamed is the name of the values of Data elements without a name.
const Unnamed = "Data"

// MaxFields bounds the fields of one event. What goes beyond is left out and
// told in a note.
const MaxFields = 4096

// A Layout builds the Shape of a kind of event: names are added in the order
// of the evidence, and headers give way to data.
type Layout struct {
	data    []string
	headers []string
	index   map[string]int // name -> position in data
}

// Data adds a field of the event's own and returns its number, the same for
// the same name. It returns -1 when there are too many.
func (l *Layout) Data(name string) int {
	if l.index == nil {
		l.index = make(map[string]int)
	}
	if i, ok := l.index[name]; ok {
		return i
	}
	if len(l.data) >= MaxFields {
		return -1
	}
	l.index[name] = len(l.data)
	l.data = append(l.data, name)
	return len(l.data) - 1
}

// Has reports whether the event's own data has a field of that name.
func (l *Layout) Has(name string) bool {
	_, ok := l.index[name]
	return ok
}

// Empty reports whether the event has no data of its own so far.
func (l *Layout) Empty() bool { return len(l.data) == 0 }

// Header adds a header field. It is called when all data is known, and returns
// -1 when the name is taken.
func (l *Layout) Header(name string) int {
	for _, taken := range l.data {
		if strings.EqualFold(taken, name) {
			return -1
		}
	}
	for i, h := range l.headers {
		if h == name {
			return len(l.data) + i
		}
	}
	l.headers = append(l.headers, name)
	return len(l.data) + len(l.headers) - 1
}

// Shape returns the finished shape.
func (l *Layout) Shape() *event.Shape {
	fields := make([]event.Field, 0, len(l.data)+len(l.headers))
	for _, name := range l.data {
		fields = append(fields, event.Field{Name: name})
	}
	for _, name := range l.headers {
		fields = append(fields, event.Field{Name: name, Header: true})
	}
	return event.NewShape(fields)
}

// A Words table turns repeated byte strings, such as channels and hosts, into
// strings without allocating each time. It is bounded and belongs to one
// goroutine.
type Words struct {
	known map[string]string
}

// maxWords bounds a Words table; a log has few hosts and channels.
const maxWords = 4096

// Intern returns b as a string.
func (w *Words) Intern(b []byte) string {
	if s, ok := w.known[string(b)]; ok {
		return s
	}
	if w.known == nil || len(w.known) >= maxWords {
		w.known = make(map[string]string)
	}
	s := string(b)
	w.known[s] = s
	return s
}
