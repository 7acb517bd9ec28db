package report

import (
	"strings"

	"tyto/internal/detect"
	"tyto/internal/report/inert"
)

// broken is the bar between entries of a cell. A value that holds one has it
// spelled out, so that no value can pass for two entries.
const broken = " ¦ "

// details turns the fields of events into the columns Details,
// ExtraFieldInfo and AllFieldInfo. Its buffers are reused.
type details struct {
	keys map[kind][]detailKey
	main []byte
	rest []byte
	used []bool
}

// split fills main and rest: the usual keys of this kind of event first, all
// other fields after them. A kind without usual keys shows what decided. Each
// is "-" when there is nothing to say.
func (d *details) split(f *detect.Finding) {
	d.main, d.rest = d.main[:0], d.rest[:0]
	d.used = append(d.used[:0], make([]bool, len(f.Fields))...)
	if keys := d.keys[kindOf(f)]; len(keys) > 0 && len(f.Fields) > 0 {
		for _, k := range keys {
			d.main = appendEntry(d.main, k.key, d.take(f.Fields, k))
		}
	} else {
		d.reasons(f)
	}
	for i, field := range f.Fields {
		if !field.Header && !d.used[i] {
			d.rest = appendEntry(d.rest, field.Name, field.Value)
		}
	}
	d.main, d.rest = orDash(d.main), orDash(d.rest)
}

// reasons shows the fields that decided, each once.
func (d *details) reasons(f *detect.Finding) {
	for i, r := range f.Because {
		if repeated(f.Because[:i], r) {
			continue
		}
		d.main = appendEntry(d.main, r.Field, r.Value)
		for j, field := range f.Fields {
			if field.Name == r.Field {
				d.used[j] = true
			}
		}
	}
}

// repeated compares with the 32 reasons before, which keeps hostile lists
// from taking quadratic time.
func repeated(before []detect.Reason, r detect.Reason) bool {
	for _, b := range before[max(0, len(before)-32):] {
		if b.Field == r.Field && b.Value == r.Value {
			return true
		}
	}
	return false
}

// take returns the value of a usual key and marks its field as used.
func (d *details) take(fields []detect.NamedValue, k detailKey) string {
	for i := range fields {
		if fields[i].Name == k.field {
			d.used[i] = true
			return worded(k.field, fields[i].Value)
		}
	}
	return "n/a"
}

// worded adds the word to a number that everybody has to look up.
func worded(field, value string) string {
	if field == "LogonType" {
		if word, ok := logonTypes[value]; ok {
			return value + " - " + word
		}
	}
	return value
}

// all returns every field that reports something.
func (d *details) all(f *detect.Finding) []byte {
	d.rest = d.rest[:0]
	for _, field := range f.Fields {
		if !field.Header {
			d.rest = appendEntry(d.rest, field.Name, field.Value)
		}
	}
	d.rest = orDash(d.rest)
	return d.rest
}

func appendEntry(dst []byte, key, value string) []byte {
	if len(dst) > 0 {
		dst = append(dst, broken...)
	}
	dst = appendValue(dst, key)
	dst = append(dst, ':', ' ')
	return appendValue(dst, value)
}

func appendValue(dst []byte, s string) []byte {
	s = inert.Line(s)
	if strings.Contains(s, "¦") {
		s = strings.ReplaceAll(s, "¦", "<U+00A6>")
	}
	return append(dst, s...)
}

func orDash(b []byte) []byte {
	if len(b) == 0 {
		return append(b, '-')
	}
	return b
}

// kindOf names the kind of event that a finding is about.
func kindOf(f *detect.Finding) kind { return kind{channelAbbr(f.Log), f.EventID} }
