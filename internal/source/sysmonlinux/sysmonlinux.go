// Package sysmonlinux reads the events of Sysmon for Linux: lines of syslog, or
// of a file of their own, with one event as XML each.
//
//	Jun 15 10:00:00 web1 sysmon: <Event><System><Provider Name="Linux-Sysmon" .../>...
//
// A file is recognised when four in five of its first lines have such an
// event. Events are of product linux and service sysmon, and of the category
// that their number stands for: process_creation, network_connection,
// file_event and so on. Fields have Sysmon's names. Values that Sysmon writes
// for nothing (-, (null), <unknown process>) are null. The time is that of
// TimeCreated, since UtcTime has been seen wrong. Of lines that syslog has cut
// the fields before the cut are read.
package sysmonlinux

import (
	"bytes"
	"context"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
	"tyto/internal/source/winlog"
)

// A Format is the format of Sysmon for Linux.
type Format struct{ shapes textlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "sysmonlinux" }

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	return textlog.VoteBody(head, func(l *textlog.Line) bool { return eventOf(l.Raw) != nil })
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader { return textlog.NewReader(NewParser(&f.shapes)) }

// NewParser makes a parser of lines, for formats that carry others.
func NewParser(shapes *textlog.Shapes) textlog.Parser {
	return &parser{rec: textlog.NewRecord(shapes)}
}

// eventOf returns the event of a line, nil when it is none of Sysmon's.
func eventOf(line []byte) []byte {
	i := bytes.Index(line, []byte("<Event"))
	if i < 0 || !bytes.Contains(line[i:min(len(line), i+400)], []byte("Linux-Sysmon")) {
		return nil
	}
	return line[i:]
}

// categories are Sigma's names of what the numbers of events stand for.
var categories = map[string]string{
	"1": "process_creation", "3": "network_connection", "4": "sysmon_status", "5": "process_termination",
	"9": "raw_access_thread", "11": "file_event", "16": "sysmon_status", "23": "file_delete", "255": "sysmon_error",
}

// Fields calls each for the fields of an event that another log carries, null
// ones left out, and returns the event's category. It reports whether the text
// is an event of Sysmon.
func Fields(text []byte, each func(name, value []byte)) (category string, ok bool) {
	if text = eventOf(text); text == nil {
		return "", false
	}
	system, data, _ := bytes.Cut(text, []byte("<EventData"))
	eachData(data, func(name, value []byte) {
		if bytes.ContainsAny(value, "&#") {
			value = unescape(nil, value)
		}
		if !isNothing(value) {
			each(name, value)
		}
	})
	return categories[string(element(system, "EventID"))], true
}

type parser struct {
	rec   *textlog.Record
	clock *textlog.Clock
	names winlog.Words
	event event.Event
	cut   bool
}

// Begin implements [textlog.Parser].
func (p *parser) Begin(_ *source.Input, _ source.Part, c *textlog.Clock) { p.clock, p.cut = c, false }

// Notes implements [textlog.Parser].
func (p *parser) Notes() []string {
	if p.cut {
		return []string{"events cut by syslog: read up to the cut"}
	}
	return nil
}

// Parse implements [textlog.Parser].
func (p *parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	text := eventOf(l.Raw)
	if text == nil {
		return false
	}
	p.cut = p.cut || !bytes.Contains(text, []byte("</Event>"))
	p.rec.Reset()
	system, data := text, []byte(nil)
	if i := bytes.Index(text, []byte("<EventData")); i >= 0 {
		system, data = text[:i], text[i:]
	}
	eachData(data, p.value)
	p.system(system, l)
	p.rec.Fill(&p.event)
	emit(&p.event)
	return true
}

// system reads what describes the event.
func (p *parser) system(text []byte, l *textlog.Line) {
	id := element(text, "EventID")
	host := element(text, "Computer")
	if len(host) == 0 {
		host = l.Header.Host
	}
	p.event = event.Event{
		Host:   p.names.Intern(host),
		Source: event.Source{Product: "linux", Category: categories[string(id)], Service: "sysmon"},
	}
	for _, name := range [...]string{"EventID", "EventRecordID", "Channel", "Computer"} {
		if v := element(text, name); len(v) > 0 {
			p.rec.Alias(name, v)
		}
	}
	at, zoned, ok := source.ParseTime(attribute(text, "TimeCreated", "SystemTime"))
	p.clock.Put(&p.event, at, zoned || ok, ok)
}

// eachData reads <Data Name="X">value</Data> up to the first that is cut.
func eachData(text []byte, each func(name, value []byte)) {
	for {
		i := bytes.Index(text, []byte("<Data"))
		if i < 0 {
			return
		}
		text = text[i+5:]
		end := bytes.IndexByte(text, '>')
		if end < 0 {
			return
		}
		name := quoted(text[:end], "Name")
		empty := end > 0 && text[end-1] == '/'
		text = text[end+1:]
		var value []byte
		if !empty {
			stop := bytes.Index(text, []byte("</Data>"))
			if stop < 0 {
				return
			}
			value, text = text[:stop], text[stop:]
		}
		if len(name) > 0 {
			each(name, value)
		}
	}
}

func (p *parser) value(name, value []byte) {
	if bytes.ContainsAny(value, "&#") {
		value = p.rec.Build(func(dst []byte) []byte { return unescape(dst, value) })
	}
	if isNothing(value) {
		p.rec.Null(string(name))
	} else {
		p.rec.Named(name, value)
	}
}

// isNothing reports whether Sysmon writes a value for none.
func isNothing(value []byte) bool {
	switch string(value) {
	case "", "-", "(null)", "<unknown process>":
		return true
	}
	return false
}

// element returns the text of the first element of a name.
func element(text []byte, name string) []byte {
	i := bytes.Index(text, []byte("<"+name))
	if i < 0 {
		return nil
	}
	text = text[i+1+len(name):]
	if len(text) == 0 || text[0] != '>' && text[0] != ' ' {
		return nil
	}
	_, text, ok := bytes.Cut(text, []byte(">"))
	end := bytes.IndexByte(text, '<')
	if !ok || end < 0 {
		return nil
	}
	return bytes.TrimSpace(text[:end])
}

// attribute returns an attribute of the first element of a name.
func attribute(text []byte, name, attr string) []byte {
	i := bytes.Index(text, []byte("<"+name+" "))
	if i < 0 {
		return nil
	}
	text, _, _ = bytes.Cut(text[i:], []byte(">"))
	return quoted(text, attr)
}

// quoted returns the value of an attribute in the text of a tag.
func quoted(tag []byte, attr string) []byte {
	i := bytes.Index(tag, []byte(attr+"="))
	if i < 0 {
		return nil
	}
	rest := tag[i+len(attr)+1:]
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return nil
	}
	value, _, ok := bytes.Cut(rest[1:], rest[:1])
	if !ok {
		return nil
	}
	return value
}

// entities are the characters that XML writes otherwise.
var entities = []struct{ name, text string }{
	{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", `"`}, {"&apos;", "'"},
	{"&#10;", "\n"}, {"&#13;", "\r"}, {"&#9;", "\t"}, {"&#39;", "'"}, {"&#34;", `"`},
}

// unescape appends a value with its entities, and with the control characters
// that rsyslog writes as #012, as they were.
func unescape(dst, text []byte) []byte {
	for len(text) > 0 {
		n := bytes.IndexAny(text, "&#")
		if n < 0 {
			return append(dst, text...)
		}
		dst, text = append(dst, text[:n]...), text[n:]
		if c, ok := control(text); ok {
			dst, text = append(dst, c), text[4:]
			continue
		}
		taken := 1
		for _, e := range entities {
			if bytes.HasPrefix(text, []byte(e.name)) {
				dst, taken = append(dst, e.text...), len(e.name)
				break
			}
		}
		if taken == 1 {
			dst = append(dst, text[0])
		}
		text = text[taken:]
	}
	return dst
}

// control reads a control character written as # and three octal digits.
func control(text []byte) (byte, bool) {
	if len(text) < 4 || text[0] != '#' || text[1] != '0' || text[2] < '0' || text[2] > '3' || text[3] < '0' || text[3] > '7' {
		return 0, false
	}
	return (text[2]-'0')<<3 | (text[3] - '0'), true
}
