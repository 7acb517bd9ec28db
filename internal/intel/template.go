package intel

import (
	"bytes"
	"strings"
)

// A template is a value with placeholders, as reports print them: pipes such
// as \id1<decimal address>, mutexes such as Global\ID(<PID>).
type template struct {
	parts []part
	tail  bool // may start at any separator, and go on below it
	at    int32
}

// A part is fixed text or a run of characters.
type part struct {
	text   string // fixed, in normal form; "" for a run
	digits bool   // the run is of digits; else of anything but a separator
}

// maxTemplates bounds the templates of one kind: each costs time per value.
const maxTemplates = 1024

// isTemplate reports whether a value has placeholders.
func isTemplate(v string) bool {
	open := strings.IndexByte(v, '<')
	return open >= 0 && strings.IndexByte(v[open:], '>') > 0 || strings.ContainsAny(v, "*") ||
		strings.Contains(v, "[") && strings.Contains(v, "]")
}

// parseTemplate compiles a value in normal form. It reports false when too
// little of it is fixed to mean anything. Brackets around plain text may be a
// way of printing or part of the name, so both forms are returned.
func parseTemplate(v string) ([]template, bool) {
	var out []template
	loose := strings.NewReplacer("[", "", "]", "").Replace(v)
	for _, form := range []string{v, loose} {
		t := template{parts: partsOf(form)}
		if t.fixed() && (len(out) == 0 || form != v) {
			out = append(out, t)
		}
		if loose == v {
			break
		}
	}
	return out, len(out) > 0
}

func partsOf(v string) []part {
	var out []part
	for v != "" {
		open := strings.IndexAny(v, "<*")
		if open < 0 {
			return append(out, part{text: v})
		}
		if open > 0 {
			out = append(out, part{text: v[:open]})
		}
		if v[open] == '*' {
			out, v = append(out, part{}), v[open+1:]
			continue
		}
		end := strings.IndexByte(v[open:], '>')
		if end < 0 {
			return append(out, part{text: v[open:]})
		}
		out = append(out, part{digits: numeric(v[open+1 : open+end])})
		v = v[open+end+1:]
	}
	return out
}

// numeric reports whether a placeholder's name speaks of a number.
func numeric(name string) bool {
	for _, w := range []string{"pid", "decimal", "number", "digit", "int", "port"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// maxRuns bounds the placeholders of a template, and with them the work.
const maxRuns = 3

// fixed reports whether there is enough fixed text: a letter and another
// character, or brackets around a number; and few placeholders.
func (t *template) fixed() bool {
	letters, other, runs := 0, 0, 0
	for _, p := range t.parts {
		if p.text == "" {
			runs++
		}
		for i := range len(p.text) {
			switch c := p.text[i]; {
			case c >= 'a' && c <= 'z':
				letters++
			case c != '\\':
				other++
			}
		}
	}
	return runs <= maxRuns && (letters > 0 && letters+other >= 3 || other >= 2)
}

// matches reports whether a value in normal form is an instance.
func (t *template) matches(v []byte) bool {
	if !t.tail {
		return run(t.parts, v, false)
	}
	first := t.parts[0].text
	for {
		i := bytes.Index(v, []byte(first))
		if i < 0 || first == "" {
			return false
		}
		if run(t.parts, v[i:], true) {
			return true
		}
		v = v[i+1:]
	}
}

// run matches parts from the left. A run takes as much as it can without
// crossing a separator and gives back what the next part needs; as parts and
// values are short, that is bounded.
func run(parts []part, v []byte, open bool) bool {
	for len(parts) > 0 && parts[0].text != "" {
		if !bytes.HasPrefix(v, []byte(parts[0].text)) {
			return false
		}
		v, parts = v[len(parts[0].text):], parts[1:]
	}
	if len(parts) == 0 {
		return len(v) == 0 || open && v[0] == '\\'
	}
	n := 0
	for n < len(v) && n < 256 && v[n] != '\\' && (!parts[0].digits || v[n] >= '0' && v[n] <= '9') {
		n++
	}
	if len(parts) == 1 {
		return n > 0 && run(nil, v[n:], open)
	}
	for ; n > 0; n-- {
		if run(parts[1:], v[n:], open) {
			return true
		}
	}
	return false
}
