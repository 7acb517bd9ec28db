package auditd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/textlog"
)

// A Laurel is the format of laurel's JSON: an object in a line for each event,
// with the event's records in it.
//
//	{"ID":"1750000000.123:901","NODE":"web1","SYSCALL":{"arch":"0xc000003e","syscall":59,...},"EXECVE":{"argc":2,"ARGV":["sh","-c"]}}
//
// Each event is turned back into the records that auditd would have written,
// and read as those are.
type Laurel struct{ shapes textlog.Shapes }

// NewLaurel returns the format.
func NewLaurel() *Laurel { return &Laurel{} }

// Name implements [source.Format].
func (*Laurel) Name() string { return "laurel" }

// Claims implements [source.Format].
func (*Laurel) Claims(_ string, head []byte) bool {
	return objects.InLines(head) && objects.Claims(head, func(paths []string) bool {
		id, record := false, false
		for _, p := range paths {
			kind, _, nested := strings.Cut(p, ".")
			id = id || p == "ID"
			record = record || nested && isRecordName(kind)
		}
		return id && record
	})
}

func isRecordName(kind string) bool {
	return isPartial(kind) || strings.HasPrefix(kind, "USER_") || strings.HasPrefix(kind, "SERVICE_") || kind == "CONFIG_CHANGE"
}

// Split implements [source.Format].
func (*Laurel) Split(_ context.Context, in *source.Input) ([]source.Part, error) {
	return textlog.Whole(in), nil
}

// NewReader implements [source.Format].
func (f *Laurel) NewReader() source.Reader {
	p := newParser(&f.shapes)
	return &reader{parser: p, lines: textlog.NewReader(&laurel{parser: p})}
}

// A laurel parses lines of laurel.
type laurel struct {
	*parser
	line bytes.Buffer
}

// Parse implements [textlog.Parser].
func (p *laurel) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	d := json.NewDecoder(bytes.NewReader(l.Text))
	d.UseNumber()
	m, err := members(d)
	if err != nil {
		return false
	}
	id, _ := m.get("ID").(string)
	node, _ := m.get("NODE").(string)
	known := false
	for _, kind := range m {
		for _, rec := range records(kind.value) {
			p.write(node, kind.name, id, rec)
			written := textlog.Line{Raw: p.line.Bytes(), Text: p.line.Bytes(), Header: l.Header}
			known = p.parser.Parse(&written, emit) || known
		}
	}
	if known {
		p.write(node, "EOE", id, nil)
		p.parser.Parse(&textlog.Line{Raw: p.line.Bytes(), Text: p.line.Bytes(), Header: l.Header}, emit)
	}
	return known
}

// An object keeps the order of its members, which json's maps do not.
type object []member

type member struct {
	name  string
	value any
}

func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// members reads an object; package json bounds its depth.
func members(d *json.Decoder) (object, error) {
	v, err := value(d, 0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(object)
	if !ok {
		return nil, fmt.Errorf("no object")
	}
	return o, nil
}

const maxDepth = 16

func value(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	open, nested := t.(json.Delim)
	if !nested {
		return t, nil
	}
	if depth >= maxDepth {
		return nil, fmt.Errorf("nested too deep")
	}
	var o object
	var list []any
	for d.More() {
		var name string
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, _ = key.(string)
		}
		v, err := value(d, depth+1)
		if err != nil {
			return nil, err
		}
		if open == '{' {
			o = append(o, member{name, v})
		} else {
			list = append(list, v)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if open == '{' {
		return o, nil
	}
	return list, nil
}

// records returns the records of one kind: an object, or a list of objects.
func records(v any) (out []object) {
	switch v := v.(type) {
	case object:
		out = append(out, v)
	case []any:
		for _, item := range v {
			if o, ok := item.(object); ok {
				out = append(out, o)
			}
		}
	}
	return out
}

// write writes a record as auditd does.
func (p *laurel) write(node, kind, id string, rec object) {
	p.line.Reset()
	if node != "" && !strings.ContainsAny(node, " \n") {
		p.line.WriteString("node=" + node + " ")
	}
	p.line.WriteString("type=" + strings.Map(nameRune, kind) + " msg=audit(" + id + "):")
	for _, m := range rec {
		switch v := m.value.(type) {
		case []any:
			p.list(kind, m.name, v)
		default:
			if text, ok := scalar(v); ok {
				p.single(kind, m.name, text)
			}
		}
	}
}

func nameRune(r rune) rune {
	if r <= ' ' || r == '=' || r > 0x7e {
		return '_'
	}
	return r
}

// single writes a value. A command that laurel gives as one text, its arguments
// parted by blanks, is taken apart there; addresses are bytes.
func (p *laurel) single(kind, name, text string) {
	switch {
	case kind == "EXECVE" && name == "ARGV_STR":
		for i, t := range strings.Split(text, " ") {
			p.field(kind, "a"+strconv.Itoa(i), t)
		}
	case kind == "SOCKADDR" && name == "saddr":
		fmt.Fprintf(&p.line, " saddr=%X", text)
	default:
		p.field(kind, name, text)
	}
}

// list writes arguments one by one, and other lists as one value.
func (p *laurel) list(kind, name string, list []any) {
	var texts []string
	for _, v := range list {
		if text, ok := scalar(v); ok {
			texts = append(texts, text)
		}
	}
	switch {
	case (kind == "EXECVE" || kind == "SYSCALL") && name == "ARGV":
		for i, t := range texts {
			p.field(kind, "a"+strconv.Itoa(i), t)
		}
	case kind == "PROCTITLE" && name == "ARGV":
		p.field(kind, "proctitle", strings.Join(texts, "\x00"))
	case name == "key":
		p.field(kind, name, strings.Join(texts, "\x01"))
	default:
		p.field(kind, name, strings.Join(texts, " "))
	}
}

// field writes a field: text that needs it in hexadecimal where auditd does so.
func (p *laurel) field(kind, name, text string) {
	p.line.WriteString(" " + strings.Map(nameRune, name) + "=")
	if isEncoded([]byte(kind), []byte(name)) {
		fmt.Fprintf(&p.line, "%X", text)
		return
	}
	quote := strings.ContainsAny(text, " \t\x1d'")
	if quote {
		text = `"` + strings.Map(func(r rune) rune {
			if r == '"' {
				return '\''
			}
			return r
		}, text) + `"`
	}
	p.line.WriteString(text)
}

// scalar returns the text that auditd writes for a value: numbers without 0x
// and 0o, texts without the percent signs that stand for bytes.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		if rest, ok := strings.CutPrefix(v, "0x"); ok {
			return rest, true
		}
		if rest, ok := strings.CutPrefix(v, "0o"); ok {
			return "0" + rest, true
		}
		return percent(v), true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "yes", true
		}
		return "no", true
	}
	return "", false
}

// percent undoes %XX.
func percent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
