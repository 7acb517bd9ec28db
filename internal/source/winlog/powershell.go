package winlog

import (
	"bytes"
	"slices"

	"tyto/internal/event"
)

// powerShellKeys are the fields that classic PowerShell events (400, 403, 500,
// 501, 600, 800) write as lines "Key=Value".
var powerShellKeys = []string{
	"NewEngineState", "PreviousEngineState", "NewCommandState", "NewProviderState", "ProviderName",
	"SequenceNumber", "HostName", "HostVersion", "HostId", "HostApplication", "EngineVersion",
	"RunspaceId", "PipelineId", "CommandName", "CommandType", "ScriptName", "CommandPath",
	"CommandLine", "UserId", "DetailSequence", "DetailTotal",
}

// A PowerShell draws the fields of classic PowerShell events out of their
// text. It is made for one layout.
type PowerShell struct {
	keys  []string
	field []int // numbers in the layout; -1 where the name is taken
}

// NewPowerShell adds the fields to a layout.
func NewPowerShell(l *Layout) *PowerShell {
	p := &PowerShell{keys: powerShellKeys}
	for _, k := range p.keys {
		f := -1
		if !l.Has(k) {
			f = l.Data(k)
		}
		p.field = append(p.field, f)
	}
	return p
}

// A rank says how surely a text is the one that holds an event's fields. The
// script of an event 800 stands beside that text and may imitate it, so only
// texts of the best rank are drawn from.
type rank uint8

const (
	noFields   rank = iota
	someFields      // a line with a known key stands in it: cut, or in another language
	onlyFields      // it begins with such a line: fields were left out
	allFields       // it has what every such event has
)

func (p *PowerShell) rank(text []byte) rank {
	if bytes.Contains(text, []byte("SequenceNumber=")) && bytes.Contains(text, []byte("HostId=")) {
		return allFields
	}
	text = p.details(text)
	if p.begins(text) {
		return onlyFields
	}
	for line := range bytes.Lines(text) {
		if key, _ := p.key(line); key >= 0 {
			return someFields
		}
	}
	return noFields
}

// begins reports whether a text begins with a field.
func (p *PowerShell) begins(text []byte) bool {
	key, _ := p.key(bytes.TrimLeft(text, " \t\r\n"))
	return key >= 0
}

// Append adds the fields found in text to values. The new values point into
// text. Each field is taken once, where it stands first.
func (p *PowerShell) Append(values []event.Value, text []byte) []event.Value {
	text = p.details(text)
	start := len(values)
	current, from := -1, 0
	for at := 0; at < len(text); {
		end := len(text)
		if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		if key, value := p.key(text[at:end]); key >= 0 {
			values = p.add(values, start, current, text[from:at])
			current, from = key, at+value
		}
		at = end
	}
	return p.add(values, start, current, text[from:])
}

// details cuts off what stands before the fields in rendered messages, which
// may be a script that imitates them. In a text that begins with a field the
// same words are part of a value.
func (p *PowerShell) details(text []byte) []byte {
	if p.begins(text) {
		return text
	}
	for _, head := range []string{"Context Information:", "Details:"} {
		if i := bytes.Index(text, []byte(head)); i >= 0 {
			return text[i+len(head):]
		}
	}
	return text
}

// key returns the number of the key that a line begins with, and where its
// value begins. A line without a known key goes on with the value above it.
func (p *PowerShell) key(line []byte) (key, value int) {
	body := bytes.TrimLeft(line, " \t")
	eq := bytes.IndexByte(body, '=')
	if eq <= 0 {
		return -1, 0
	}
	i := slices.Index(p.keys, string(body[:eq]))
	return i, len(line) - len(body) + eq + 1
}

func (p *PowerShell) add(values []event.Value, start, key int, text []byte) []event.Value {
	if key < 0 || p.field[key] < 0 {
		return values
	}
	f := uint16(p.field[key])
	for _, v := range values[start:] {
		if v.Field == f {
			return values
		}
	}
	return append(values, event.Value{Field: f, Text: bytes.TrimRight(text, " \t\r\n")})
}
