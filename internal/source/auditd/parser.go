package auditd

import (
	"bytes"
	"unicode/utf8"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
	"tyto/internal/source/winlog"
)

// A parser makes events of records. It belongs to one reader.
type parser struct {
	rec    *textlog.Record
	names  winlog.Words
	event  event.Event
	origin *event.Origin // of the joined event that is being handed out
	open   openGroups
	past   programs
	head   heading
	group  *group

	cut bool // arguments are missing
}

func newParser(shapes *textlog.Shapes) *parser {
	return &parser{rec: textlog.NewRecord(shapes)}
}

// Begin implements [textlog.Parser].
func (p *parser) Begin(*source.Input, source.Part, *textlog.Clock) {
	p.open, p.past = openGroups{}, programs{}
	p.cut, p.origin = false, nil
}

// Notes implements [textlog.Parser].
func (p *parser) Notes() (out []string) {
	if p.cut {
		out = append(out, "command lines of which arguments are missing")
	}
	return out
}

// place gives a joined event the place of its first record.
func (p *parser) place(e *event.Event) {
	if p.origin != nil {
		e.Origin = *p.origin
	}
}

// Parse implements [textlog.Parser].
func (p *parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	if !p.head.parse(l.Text) && !p.head.parse(l.Raw) {
		return false
	}
	host := p.head.node
	if host == nil {
		host = l.Header.Host
	}
	name := p.names.Intern(host)
	p.record(name, emit)
	return true
}

// record reads one record, hands it out, and what its event tells when it is
// the event's last.
func (p *parser) record(host string, emit func(*event.Event)) {
	kind := string(p.head.kind)
	k := groupKey{host, p.head.at.UnixNano(), p.head.serial}
	if kind == "EOE" {
		if g := p.open.take(k); g != nil {
			p.finish(g, emit)
		}
		return
	}
	if kind == "SYSTEM_BOOT" {
		p.past.forget(host)
	}
	p.group = nil
	if isPartial(kind) {
		g, old := p.open.get(k)
		if old != nil {
			p.finish(old, emit)
		}
		p.group = g
	}
	p.fill()
	p.event = event.Event{Time: p.head.at, Host: host, Source: event.Source{Product: "linux", Service: "auditd"}}
	p.rec.Fill(&p.event)
	emit(&p.event)
	if g := p.group; g != nil {
		if g.records++; g.records == 1 {
			g.origin = p.event.Origin
		}
		if kind == "PROCTITLE" {
			p.finish(p.open.take(k), emit)
		}
	}
}

// isPartial reports whether records of a kind may be joined with others.
func isPartial(kind string) bool {
	switch kind {
	case "SYSCALL", "EXECVE", "PATH", "CWD", "SOCKADDR", "PROCTITLE":
		return true
	}
	return false
}

// fill puts the record's fields into the event and keeps what the joined event
// needs.
func (p *parser) fill() {
	p.rec.Reset()
	p.rec.Add("type", p.head.kind)
	if string(p.head.kind) == "PATH" && p.group != nil {
		p.group.newPath()
	}
	named := false
	var arch, number []byte
	fields(p.head.rest, false, func(key, value []byte, quoted bool) {
		switch string(key) {
		case "arch":
			arch = value
		case "syscall":
			number = value
		case "SYSCALL":
			named = true
		case "key":
			p.keys(value, quoted)
			return
		}
		p.field(key, value, quoted)
	})
	if name := callName(arch, number); !named && name != "" {
		p.rec.Alias("SYSCALL", []byte(name))
		if p.group != nil {
			p.group.call = append(p.group.call[:0], name...)
		}
	}
	p.rec.Alias("audit_id", p.head.id)
	p.siblings()
}

// field adds one field.
func (p *parser) field(key, value []byte, quoted bool) {
	if !quoted && isNothing(value) {
		p.rec.Null(string(key))
		return
	}
	if !quoted && isHex(value) && isEncoded(p.head.kind, key) {
		value = p.decode(value)
	}
	name := key
	if string(p.head.kind) == "EXECVE" {
		if i := bytes.IndexByte(key, '['); i > 0 {
			name = key[:i]
		}
	}
	p.rec.Named(name, value)
	if p.group != nil {
		p.group.keep(p.head.kind, key, value)
	}
}

func (p *parser) decode(value []byte) []byte {
	text := p.rec.Build(func(dst []byte) []byte { return unhex(dst, value) })
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	return text
}

// keys adds the keys of the audit rules that wrote the record; several stand
// in one value, parted by 0x01.
func (p *parser) keys(value []byte, quoted bool) {
	if !quoted {
		if !isHex(value) {
			p.rec.Null("key")
			return
		}
		value = p.decode(value)
	}
	if p.group != nil {
		p.group.key = append(p.group.key[:0], value...)
	}
	for len(value) > 0 {
		var one []byte
		one, value, _ = bytes.Cut(value, []byte{1})
		p.rec.Add("key", one)
	}
}

// siblings adds what the SYSCALL record of the same event said of the process
// and the call. The key of the audit rule is left with that record: a rule that
// asks for a key alone would match every record of the event.
func (p *parser) siblings() {
	g := p.group
	if g == nil || string(p.head.kind) == "SYSCALL" {
		return
	}
	for _, s := range [...]struct {
		name string
		text []byte
	}{{"exe", g.exe}, {"comm", g.comm}, {"SYSCALL", g.call}} {
		if len(s.text) > 0 {
			p.rec.Alias(s.name, s.text)
		}
	}
}
