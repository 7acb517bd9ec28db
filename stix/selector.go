package stix

import (
	"strconv"
	"strings"
)

// Select gives the part of the object that a selector names (section 7.2.3.1), such
// as "description" or "external_references.[0].url". ok is false when there
// is no such part.
func (o *Object) Select(selector string) (v any, ok bool) {
	v = o.tree
	for step := range strings.SplitSeq(selector, ".") {
		if v, ok = selectStep(v, step); !ok {
			return nil, false
		}
	}
	return v, true
}

func selectStep(v any, step string) (any, bool) {
	if inner, ok := strings.CutPrefix(step, "["); ok {
		list, isList := v.([]any)
		i, err := strconv.Atoi(strings.TrimSuffix(inner, "]"))
		if !isList || err != nil || !strings.HasSuffix(inner, "]") || i < 0 || i >= len(list) {
			return nil, false
		}
		return list[i], true
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, false
	}
	e, ok := m[step]
	return e, ok
}

// Covers says whether a selector names the path or something that contains it.
// Both are written as selectors are.
func Covers(selector, path string) bool {
	rest, ok := strings.CutPrefix(path, selector)
	return ok && (rest == "" || rest[0] == '.')
}
