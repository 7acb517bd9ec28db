package index

import (
	"bytes"

	"tyto/sigma/internal/logic"
)

// maxPairs bounds how many pairs of values a FieldRef compares, so that an
// event with thousands of values for both fields costs no more than others.
const maxPairs = 1 << 14

// trimmed returns v without trailing blanks, like [logic.TrimRight] but
// inlined.
func trimmed(v []byte) []byte {
	n := len(v)
	for n > 0 && (v[n-1] == ' ' || v[n-1] == '\t' || v[n-1] == '\r' || v[n-1] == '\n') {
		n--
	}
	return v[:n]
}

// test decides a predicate for the current event.
func (e *Evaluator) test(p *pred) bool {
	return e.find(p, nil)
}

// find decides a predicate and sets *value, if not nil, to the text that
// decided (nil when a missing or null value did).
func (e *Evaluator) find(p *pred, value *[]byte) bool {
	if p.field == keywordField {
		return e.findKeyword(p, value)
	}
	first := e.firstOf(p.field)
	switch p.kind {
	case logic.Null:
		return e.allNull(first)
	case logic.Exists:
		return first >= 0
	case logic.FieldRef:
		return e.findRef(p, first, value)
	}
	for i := first; i >= 0; i = e.views[i].next {
		if v := &e.values[i]; v.Kind != Null && e.holds(p, i) {
			if value != nil {
				*value = v.Text
			}
			return true
		}
	}
	return false
}

// allNull reports whether a field is missing or has null values only.
func (e *Evaluator) allNull(first int32) bool {
	for i := first; i >= 0; i = e.views[i].next {
		if e.values[i].Kind != Null {
			return false
		}
	}
	return true
}

// findKeyword tries the searchable values as if they were those of one field.
func (e *Evaluator) findKeyword(p *pred, value *[]byte) bool {
	if p.kind == logic.FieldRef {
		return false
	}
	if p.kind == logic.Null {
		return !e.findKeyword(&pred{kind: logic.Present}, nil)
	}
	for i := range e.values {
		v := &e.values[i]
		if !v.Search || p.kind != logic.Exists && (v.Kind == Null || !e.holds(p, int32(i))) {
			continue
		}
		if value != nil {
			*value = v.Text
		}
		return true
	}
	return false
}

// holds decides whether value i, which is not null, satisfies a predicate.
func (e *Evaluator) holds(p *pred, i int32) bool {
	text := e.values[i].Text
	switch p.kind {
	case logic.Present:
		return true
	case logic.Empty:
		return len(text) == 0
	case logic.Contains, logic.Glob:
		if p.cased {
			return p.matchText(text)
		}
		return e.contains(i, &p.needle) && (p.kind == logic.Contains || p.matchText(e.folded(i)))
	case logic.Exact, logic.StartsWith, logic.EndsWith:
		if !p.cased {
			text = e.folded(i)
		}
		return p.matchText(text)
	case logic.Regex:
		return e.search(p.re, i)
	}
	return p.matchTyped(text)
}

// matchText decides the kinds that compare text, which is folded unless the
// predicate is cased.
func (p *pred) matchText(text []byte) bool {
	switch p.kind {
	case logic.Contains:
		return bytes.Contains(text, p.lit)
	case logic.StartsWith:
		return bytes.HasPrefix(text, p.lit)
	case logic.EndsWith:
		return bytes.HasSuffix(text, p.lit) || bytes.HasSuffix(trimmed(text), p.lit)
	case logic.Exact:
		return bytes.Equal(text, p.lit) || bytes.Equal(trimmed(text), p.lit)
	case logic.Glob:
		if p.glob.match(text) {
			return true
		}
		short := trimmed(text)
		return !p.glob.openBack && len(short) < len(text) && p.glob.match(short)
	}
	return false
}

// matchTyped decides the kinds that read the value as something else than
// text. What cannot be read as that is false.
func (p *pred) matchTyped(text []byte) bool {
	text = trimmed(text)
	switch p.kind {
	case logic.Number:
		var buf [maxNumber + 16]byte
		number, ok := canonical(buf[:], text)
		return ok && bytes.Equal(number, p.lit)
	case logic.Compare:
		f, ok := parseFloat(text)
		return ok && p.rel.Holds(f, p.num)
	case logic.CIDR:
		addr, ok := parseAddress(text)
		return ok && p.net.Contains(addr)
	case logic.TimePart:
		t, ok := parseTime(text)
		if !ok {
			return false
		}
		n, ok := logic.TimeUnit(t, p.unit)
		return ok && p.rel.Holds(n, p.num)
	}
	return false
}

// search runs a regular expression over the value as written.
func (e *Evaluator) search(p *pattern, i int32) bool {
	text := e.values[i].Text
	if len(text) > logic.RegexLimit {
		text = text[:logic.RegexLimit]
		e.stats.Truncated++
	}
	if !e.passes(p, i, text) {
		return false
	}
	if p.isRun && isASCII(text) {
		return true
	}
	e.stats.Regexes++
	return p.match(text)
}

// passes reports whether value i may hold a match: text is the value as far as
// the machine would see it.
func (e *Evaluator) passes(p *pattern, i int32, text []byte) bool {
	if len(text) < p.min {
		return false
	}
	for _, needles := range p.needles {
		if !e.containsAny(i, needles) {
			return false
		}
	}
	return p.runsIn(text)
}

func (e *Evaluator) containsAny(i int32, needles []needle) bool {
	for n := range needles {
		if e.contains(i, &needles[n]) {
			return true
		}
	}
	return false
}

// findRef compares every value of the field with every value of the other.
// Both fields must be present. Ne asks that no pair be equal.
func (e *Evaluator) findRef(p *pred, first int32, value *[]byte) bool {
	if p.other < 0 {
		return false
	}
	other := e.firstOf(p.other)
	pairs, seen := 0, false
	for i := first; i >= 0; i = e.views[i].next {
		for j := other; j >= 0 && pairs < maxPairs; j = e.views[j].next {
			pairs++
			if e.values[i].Kind == Null || e.values[j].Kind == Null {
				continue
			}
			seen = true
			if e.refHolds(p, i, j) {
				if value != nil {
					*value = e.values[i].Text
				}
				return p.rel != logic.Ne
			}
		}
	}
	return seen && p.rel == logic.Ne
}

// refHolds decides a FieldRef for one pair; for Ne it decides equality.
func (e *Evaluator) refHolds(p *pred, i, j int32) bool {
	x, y := e.values[i].Text, e.values[j].Text
	switch p.rel {
	case logic.Lt, logic.Le, logic.Gt, logic.Ge:
		a, ok1 := parseFloat(trimmed(x))
		b, ok2 := parseFloat(trimmed(y))
		return ok1 && ok2 && p.rel.Holds(a, b)
	}
	if !p.cased {
		x, y = e.folded(i), e.folded(j)
	}
	switch p.rel {
	case logic.RelStartsWith:
		return bytes.HasPrefix(x, y)
	case logic.RelEndsWith:
		return bytes.HasSuffix(x, y)
	case logic.RelContains:
		return bytes.Contains(x, y)
	}
	return bytes.Equal(x, y)
}
