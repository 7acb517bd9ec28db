// Package santa reads the log of Santa, which watches what runs on macOS, in its
// text form:
//
//	[2025-06-15T10:00:00.000Z] I santad: action=EXEC|decision=ALLOW|...|pid=9|ppid=1|user=ann|path=/bin/sh|args=/bin/sh -c id
//
// A file is recognised by four in five of its first lines having santad and an
// action. Events are of product macos and service santa. Programs that were
// started are of category process_creation, files that were written, renamed
// or linked of category file_event; others have no category. Programs that
// Santa did not let start have none either. Fields have Santa's names; rules
// find Image, CommandLine, User, ParentImage and ParentCommandLine (of what the
// parent's process number last ran, as far as the file tells) and
// TargetFilename. A log is read in one part, since its lines refer to earlier
// ones. The log does not say its host.
package santa

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A Format is the format of Santa's log.
type Format struct{ shapes textlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "santa" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	return textlog.VoteBody(head, func(l *textlog.Line) bool { return actionOf(l.Raw) != nil })
}

// Split implements [source.Format].
func (*Format) Split(_ context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Whole(in), nil
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return textlog.NewReader(&parser{rec: textlog.NewRecord(&f.shapes)})
}

// actionOf returns a line from its action on, nil when it is not of Santa.
func actionOf(line []byte) []byte {
	const mark = "santad: action="
	i := bytes.Index(line, []byte(mark))
	if i < 0 {
		return nil
	}
	return line[i+len("santad: "):]
}

// maxPrograms bounds the started programs that are remembered.
const maxPrograms = 1 << 15

// A program is what a process runs.
type program struct{ image, command string }

type parser struct {
	rec   *textlog.Record
	clock *textlog.Clock
	past  map[string]program
	event event.Event
}

// Begin implements [textlog.Parser].
func (p *parser) Begin(_ *source.Input, _ source.Part, c *textlog.Clock) {
	p.clock, p.past = c, make(map[string]program)
}

// Notes implements [textlog.Parser].
func (p *parser) Notes() []string { return nil }

// Parse implements [textlog.Parser].
func (p *parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	text := actionOf(l.Raw)
	if text == nil {
		return false
	}
	p.rec.Reset()
	for len(text) > 0 {
		var pair []byte
		pair, text, _ = bytes.Cut(text, []byte("|"))
		name, value, ok := bytes.Cut(pair, []byte("="))
		if !ok || len(name) == 0 {
			continue
		}
		if bytes.Contains(value, pipe) {
			value = bytes.ReplaceAll(value, pipe, []byte("|"))
		}
		p.rec.Named(name, value)
	}
	p.event = event.Event{Source: event.Source{Product: "macos", Service: "santa"}}
	p.names()
	p.date(l.Raw)
	p.rec.Fill(&p.event)
	emit(&p.event)
	return true
}

// pipe is what Santa writes for a bar in a value.
var pipe = []byte("<pipe>")

// date reads the time in brackets at the beginning of a line.
func (p *parser) date(line []byte) {
	var stamp []byte
	if i := bytes.IndexByte(line, '['); i >= 0 {
		stamp, _, _ = bytes.Cut(line[i+1:], []byte("]"))
	}
	t, zoned, ok := source.ParseTime(stamp)
	p.clock.Put(&p.event, t, zoned, ok)
}

// names adds what rules call the values, and tells the category.
func (p *parser) names() {
	path, target := p.rec.Value("path"), p.rec.Value("newpath")
	p.alias("User", p.rec.Value("user"))
	switch string(p.rec.Value("action")) {
	case "EXEC":
		p.started(path)
	case "WRITE", "CREATE":
		p.file(path)
	case "RENAME", "LINK":
		p.file(target)
	case "FORK":
		if parent, ok := p.past[string(p.rec.Value("ppid"))]; ok {
			p.remember(p.rec.Value("pid"), parent)
		}
	case "EXIT":
		delete(p.past, string(p.rec.Value("pid")))
	}
}

func (p *parser) alias(name string, value []byte) {
	if len(value) > 0 {
		p.rec.Alias(name, value)
	}
}

func (p *parser) file(name []byte) {
	if len(name) > 0 {
		p.event.Source.Category = "file_event"
		p.rec.Alias("TargetFilename", name)
		p.alias("Image", p.rec.Value("processpath"))
	}
}

func (p *parser) started(image []byte) {
	if string(p.rec.Value("decision")) == "DENY" {
		return
	}
	p.event.Source.Category = "process_creation"
	command := p.rec.Value("args")
	p.alias("Image", image)
	p.alias("CommandLine", command)
	if parent, ok := p.past[string(p.rec.Value("ppid"))]; ok {
		p.alias("ParentImage", []byte(parent.image))
		p.alias("ParentCommandLine", []byte(parent.command))
	}
	p.remember(p.rec.Value("pid"), program{string(image), string(command)})
}

func (p *parser) remember(pid []byte, what program) {
	if len(pid) == 0 {
		return
	}
	if len(p.past) >= maxPrograms {
		clear(p.past)
	}
	p.past[string(pid)] = what
}
