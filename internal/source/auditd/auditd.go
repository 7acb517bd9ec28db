// Package auditd reads the log of the Linux audit system, as auditd writes it
// (raw or enriched) and as syslog carries it.
//
//	node=web1 type=SYSCALL msg=audit(1750000000.123:901): arch=c000003e syscall=59 success=yes ...
//	type=EXECVE msg=audit(1750000000.123:901): argc=3 a0="sh" a1="-c" a2=636174202F65746320
//
// A file is recognised when four in five of its first lines have a type and
// msg=audit(seconds.milliseconds:serial).
//
// Every record is an event of product linux and service auditd: its fields
// keep their names and are never compared across records, since a0 means
// something else in SYSCALL than in EXECVE. Values that the kernel wrote in
// hexadecimal are decoded. Records behind the SYSCALL record of the same event
// have its exe, comm and SYSCALL as header fields. SYSCALL, the name of
// the call, is looked up where the log has only numbers.
//
// The records of one event together give further events, in the words of
// Sysmon: a started program (category process_creation, with the parent found
// by the process number among the programs started before), each created file
// (file_event) and each outgoing connection (network_connection).
//
// The JSON of laurel is a format of its own ([Laurel]) that gives the same
// events.
//
// Limits: names of users stand in enriched logs only, else there are numbers;
// the host is known only from node= or from the header of syslog. A log is
// read in one part, since its records refer to earlier ones.
package auditd

import (
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A Format is the format of logs of the Linux audit system.
type Format struct{ shapes textlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "auditd" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	return textlog.VoteBody(head, func(l *textlog.Line) bool {
		var h heading
		return h.parse(l.Text) || h.parse(l.Raw)
	})
}

// Split implements [source.Format]. Records of one event interleave with
// others and parents stand far before their children, so a log stays whole.
func (*Format) Split(_ context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Whole(in), nil
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	p := newParser(&f.shapes)
	return &reader{parser: p, lines: textlog.NewReader(p)}
}

// Among makes a reader of lines among which audit records stand. The parser of
// all lines is made around that of audit records.
func Among(shapes *textlog.Shapes, around func(audit textlog.Parser) textlog.Parser) source.Reader {
	p := newParser(shapes)
	return &reader{parser: p, lines: textlog.NewReader(around(p))}
}

// A reader adds to the reading of lines the events that are still open when
// the last line has been read.
type reader struct {
	parser *parser
	lines  *textlog.Reader
}

// Read implements [source.Reader].
func (r *reader) Read(ctx context.Context, in *source.Input, part source.Part, yield func(*event.Event) bool) source.Report {
	stopped := false
	give := func(e *event.Event) bool {
		r.parser.place(e)
		stopped = stopped || !yield(e)
		return !stopped
	}
	rep := r.lines.Read(ctx, in, part, give)
	r.parser.flush(func(e *event.Event) {
		if !stopped && ctx.Err() == nil {
			rep.Again++
			give(e)
		}
	})
	rep.Add(source.Report{Notes: r.parser.Notes()})
	return rep
}
