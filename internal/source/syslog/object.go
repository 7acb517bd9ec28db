package syslog

import (
	"bytes"
	"context"
	"slices"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/azure"
	"tyto/internal/source/cloudtrail"
	"tyto/internal/source/duo"
	"tyto/internal/source/eve"
	"tyto/internal/source/gcp"
	"tyto/internal/source/github"
	"tyto/internal/source/kubernetes"
	"tyto/internal/source/m365"
	"tyto/internal/source/okta"
	"tyto/internal/source/opencanary"
	"tyto/internal/source/textlog"
	"tyto/internal/source/weblog"
	"tyto/internal/source/winjson"
	"tyto/internal/source/zeek"
	"tyto/internal/source/zscaler"
)

// An objectFormat is a format of JSON objects that syslog carries too. Only
// objects with one of its signs are shown to it: a claim takes an object apart.
type objectFormat struct {
	source.Format
	signs []string
}

// objectFormats lists those formats in the order in which they are asked.
func objectFormats() []objectFormat {
	return []objectFormat{
		{zscaler.New(), []string{"zscalernss"}},
		{weblog.New(), []string{"request", "Request"}},
		{winjson.New(), []string{`"EventID`, `"event_id"`, `"EventId"`, `"eventID"`, `"winlog`, `"ActionType"`, `"System"`}},
		{eve.New(), []string{`"event_type"`}},
		{zeek.New(), []string{"orig_h", `"_path"`}},
		{cloudtrail.New(), []string{`"eventVersion"`, `"userIdentity"`}},
		{kubernetes.New(), []string{`"auditID"`}},
		{azure.New(), []string{`"operationName"`, `"OperationName`, `"activityDisplayName"`, `iskEventType"`}},
		{m365.New(), []string{`"Workload"`}},
		{gcp.New(), []string{`"protoPayload"`, "reports#activit"}},
		{okta.New(), []string{`"eventType"`}},
		{github.New(), []string{`"action"`}},
		{duo.New(), []string{`"txid"`, `"factor"`}},
		{opencanary.New(), []string{`"logtype"`}},
	}
}

// may reports whether an object has one of the format's signs.
func (f *objectFormat) may(text []byte) bool {
	return slices.ContainsFunc(f.signs, func(s string) bool { return bytes.Contains(text, []byte(s)) })
}

// objectLines reads JSON objects that syslog carries, with the formats that
// know them from files of their own.
type objectLines struct {
	formats []objectFormat
	readers []source.Reader // made when first needed
	clock   *textlog.Clock
	names   textlog.Names
}

func newObjectLines(formats []objectFormat) *objectLines {
	return &objectLines{formats: formats, readers: make([]source.Reader, len(formats))}
}

// Begin implements [textlog.Parser].
func (o *objectLines) Begin(_ *source.Input, _ source.Part, c *textlog.Clock) { o.clock = c }

// Notes implements [textlog.Parser].
func (o *objectLines) Notes() []string { return nil }

// Parse implements [textlog.Parser].
func (o *objectLines) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	text := message(l.Text)
	if len(text) < 2 || text[0] != '{' || len(text) == len(l.Raw) {
		return false
	}
	head := text[:min(len(text), source.HeadSize)]
	for i := range o.formats {
		f := &o.formats[i]
		if !f.may(text) || !f.Claims("", head) {
			continue
		}
		if o.readers[i] == nil {
			o.readers[i] = f.NewReader()
		}
		return o.read(o.readers[i], l, text, emit)
	}
	return false
}

// message takes off what may stand before an object: the mark of UTF-8, and
// the word by which senders say that structured text follows.
func message(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if rest, ok := bytes.CutPrefix(text, []byte("@cee:")); ok {
		text = bytes.TrimLeft(rest, " ")
	}
	return text
}

// read takes the line for a file. A line is short, so its reading needs no
// context to end it.
func (o *objectLines) read(r source.Reader, l *textlog.Line, text []byte, emit func(*event.Event)) bool {
	in := &source.Input{Size: int64(len(text)), Head: text[:min(len(text), source.HeadSize)], ReaderAt: bytes.NewReader(text)}
	part := source.Part{To: in.Size, Line: 1}
	rep := r.Read(context.Background(), in, part, func(e *event.Event) bool {
		if e.Host == "" {
			e.Host = o.names.Intern(l.Header.Host)
		}
		if e.Time.IsZero() {
			o.clock.Set(e, nil, false)
		}
		emit(e)
		return true
	})
	return rep.Records > 0
}
