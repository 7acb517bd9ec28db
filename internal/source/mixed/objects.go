package mixed

import (
	"bytes"
	"context"
	"slices"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/auditd"
	"tyto/internal/source/azure"
	"tyto/internal/source/bitbucket"
	"tyto/internal/source/cloudtrail"
	"tyto/internal/source/duo"
	"tyto/internal/source/eslogger"
	"tyto/internal/source/eve"
	"tyto/internal/source/gcp"
	"tyto/internal/source/github"
	"tyto/internal/source/journald"
	"tyto/internal/source/kubernetes"
	"tyto/internal/source/m365"
	"tyto/internal/source/okta"
	"tyto/internal/source/onelogin"
	"tyto/internal/source/opencanary"
	"tyto/internal/source/textlog"
	"tyto/internal/source/weblog"
	"tyto/internal/source/winjson"
	"tyto/internal/source/winxml"
	"tyto/internal/source/zeek"
	"tyto/internal/source/zscaler"
)

// A Member is a format whose objects are looked for. Only objects with one of
// its signs are shown to it: a claim takes an object apart.
type Member struct {
	source.Format
	signs []string
}

// Members lists those formats in the order in which they are asked. Readers
// made of one list share what their formats share.
func Members() []Member {
	return []Member{
		{zscaler.New(), []string{"zscalernss"}},
		{weblog.New(), []string{"request", "Request"}},
		{zeek.New(), []string{"orig_h", `"_path"`, `"@stream"`}},
		{eve.New(), []string{`"event_type"`}},
		{winjson.New(), []string{`"EventID`, `"event_id"`, `"EventId"`, `"eventID"`, `"winlog`, `"ActionType"`, `"System"`, `"_raw"`, `"Id"`}},
		{cloudtrail.New(), []string{`"eventVersion"`, `"userIdentity"`, "eventVersion"}},
		{kubernetes.New(), []string{`"auditID"`}},
		{azure.New(), []string{`"operationName`, `"OperationName`, `"activityDisplayName"`, `iskEventType"`, `"conditionalAccessStatus"`}},
		{m365.New(), []string{`"Workload"`, `"AuditData"`}},
		{gcp.New(), []string{`"protoPayload"`, "reports#activit", `"applicationName"`}},
		{okta.New(), []string{`"eventType"`}},
		{github.New(), []string{`"action"`}},
		{bitbucket.New(), []string{`"auditType"`}},
		{onelogin.New(), []string{`"event_type_id"`}},
		{duo.New(), []string{`"txid"`, `"factor"`}},
		{opencanary.New(), []string{`"logtype"`}},
		{auditd.NewLaurel(), []string{`"ID"`}},
		{journald.New(), []string{`"__REALTIME_TIMESTAMP"`}},
		{eslogger.New(), []string{`"schema_version"`}},
		{winxml.New(), []string{"<Event"}},
	}
}

// may reports whether an object has one of the format's signs.
func (f *Member) may(text []byte) bool {
	return slices.ContainsFunc(f.signs, func(s string) bool { return bytes.Contains(text, []byte(s)) })
}

// claims reports whether an object is one of the format's.
func (f *Member) claims(text []byte) bool {
	return f.may(text) && f.Claims("", head(text))
}

func head(text []byte) []byte { return text[:min(len(text), source.HeadSize)] }

// Objects reads JSON objects, and Windows events as XML, that stand in lines of
// a log, each with the format that knows it. It implements [textlog.Parser].
type Objects struct {
	members []Member
	readers []source.Reader // made when first needed
	last    int             // of the members: neighbours are alike
	clock   *textlog.Clock
	names   textlog.Names
	in      *source.Input
	notes   []string // of the members' readers
}

// NewObjects makes a parser for one reader.
func NewObjects(members []Member) *Objects {
	return &Objects{members: members, readers: make([]source.Reader, len(members))}
}

// Begin implements [textlog.Parser].
func (o *Objects) Begin(in *source.Input, _ source.Part, c *textlog.Clock) {
	o.in, o.clock, o.last, o.notes = in, c, 0, nil
}

// Notes implements [textlog.Parser].
func (o *Objects) Notes() []string { return o.notes }

// Parse implements [textlog.Parser].
func (o *Objects) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	text := message(l.Text)
	if len(text) < 2 || text[0] != '{' && !bytes.HasPrefix(text, []byte("<Event")) {
		return false
	}
	i := of(o.members, text, o.last)
	if i < 0 {
		return false
	}
	o.last = i
	if o.readers[i] == nil {
		o.readers[i] = o.members[i].NewReader()
	}
	return o.read(o.readers[i], l, text, emit)
}

// Known reports whether an object is one of a member's.
func Known(members []Member, object []byte) bool { return of(members, object, 0) >= 0 }

// of returns which format claims an object, -1 for none. The one that claimed
// the object before is asked first.
func of(members []Member, text []byte, last int) int {
	if last < len(members) && members[last].claims(text) {
		return last
	}
	return slices.IndexFunc(members, func(m Member) bool { return m.claims(text) })
}

// maxNotes bounds what is noted of one part.
const maxNotes = 32

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
// context to end it. What stands behind an object and is none of its format is
// told as damage.
func (o *Objects) read(r source.Reader, l *textlog.Line, text []byte, emit func(*event.Event)) bool {
	in := &source.Input{
		Path: o.in.Path, Member: o.in.Member, Size: int64(len(text)), ModTime: o.in.ModTime,
		Head: head(text), ReaderAt: bytes.NewReader(text),
	}
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
	for _, n := range rep.Notes {
		if n != textlog.NoHost && len(o.notes) < maxNotes && !slices.Contains(o.notes, n) {
			o.notes = append(o.notes, n)
		}
	}
	l.Partly = rep.Records > 0 && rep.Damaged > 0
	return rep.Records > 0
}
