package stix

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// This file checks values against the kinds of the tables.

func (l *linter) field(path string, v any, f field) {
	if !f.list {
		l.kind(path, v, f)
		return
	}
	list, ok := v.([]any)
	if !ok {
		l.errorf(path, "kind", "write a list even for one value", "the value is not a list")
		return
	}
	for i, e := range list {
		l.kind(fmt.Sprintf("%s.[%d]", path, i), e, f)
	}
}

func (l *linter) kind(path string, v any, f field) {
	kind, detail, _ := strings.Cut(f.kind, ":")
	switch kind {
	case "i":
		l.integer(path, v, f)
	case "f":
		l.float(path, v, f)
	case "b":
		if _, ok := v.(bool); !ok {
			l.errorf(path, "kind", "write true or false without quotes", "the value is not a boolean")
		}
	case "dict", "strings", "lists", "hashes":
		l.dictionary(path, v, kind)
	case "er", "kc", "gm":
		l.part(path, v, map[string]string{"er": "external-reference", "kc": "kill-chain-phase", "gm": "granular-marking"}[kind])
	default:
		l.textual(path, v, kind, detail)
	}
}

// textual checks the kinds that are strings, and objects described in a table
// of their own.
func (l *linter) textual(path string, v any, kind, detail string) {
	if name, ok := strings.CutPrefix(kind, "{"); ok {
		l.part(path, v, strings.TrimSuffix(name, "}"))
		return
	}
	s, ok := v.(string)
	if !ok {
		l.errorf(path, "kind", "write a string", "the value is not a string")
		return
	}
	switch {
	case kind == "ts":
		l.timestamp(path, s)
	case kind == "hex":
		if len(s)%2 != 0 || !isHex(s) || strings.ToLower(s) != s {
			l.errorf(path, "hex", "write an even number of lower-case hexadecimal digits", "the value is not hexadecimal")
		}
	case kind == "bin":
		if _, err := base64.StdEncoding.DecodeString(s); err != nil {
			l.errorf(path, "binary", "write standard base64", "the value is not base64")
		}
	case kind == "en":
		l.enumerated(path, s, detail)
	case kind == "ov":
		l.vocabulary(path, s, detail)
	case strings.HasPrefix(kind, "->"):
		l.reference(path, s, kind[2:])
	}
}

func (l *linter) timestamp(path, s string) {
	if _, err := ParseTimestamp(s); err != nil {
		l.errorf(path, "timestamp", "write UTC as 2026-01-31T12:00:00.000Z", "%q is no timestamp", shorten(s, 60))
		return
	}
	_, fraction, _ := strings.Cut(s, ".")
	if (path == "created" || path == "modified") && len(fraction) < 4 {
		l.errorf(path, "timestamp", "write at least three digits after the second", "%q is not precise enough", s)
	}
}

func (l *linter) integer(path string, v any, f field) {
	n, ok := asInt(v)
	if !ok {
		l.errorf(path, "kind", "write a whole number without quotes", "the value is not an integer")
		return
	}
	const limit = 1<<53 - 1
	if n > limit || n < -limit {
		l.errorf(path, "range", "", "integers must stay within 2^53-1 of zero")
	}
	low, err1 := strconv.ParseInt(f.low, 10, 64)
	high, err2 := strconv.ParseInt(f.high, 10, 64)
	if err1 == nil && n < low || err2 == nil && n > high {
		l.errorf(path, "range", "", "%d is not within %s..%s", n, f.low, f.high)
	}
}

func (l *linter) float(path string, v any, f field) {
	n, ok := asFloat(v)
	if !ok {
		l.errorf(path, "kind", "write a number without quotes", "the value is not a number")
		return
	}
	low, err1 := strconv.ParseFloat(f.low, 64)
	high, err2 := strconv.ParseFloat(f.high, 64)
	if err1 == nil && n < low || err2 == nil && n > high {
		l.errorf(path, "range", "", "%v is not within %s..%s", n, f.low, f.high)
	}
}

func (l *linter) enumerated(path, s, name string) {
	if terms := enumeration(name); !contains(terms, s) {
		l.errorf(path, "enumeration", "use one of "+strings.Join(terms, ", "), "%q is not allowed", shorten(s, 60))
	}
}

// vocabulary never reports an error: open vocabularies may be extended.
func (l *linter) vocabulary(path, s, name string) {
	if terms := Vocabulary(name); len(terms) > 0 && !contains(terms, s) {
		l.add(path, "vocabulary", Info, fmt.Sprintf("%q is not among the suggested terms", shorten(s, 60)), "suggested: "+strings.Join(terms, ", "))
	}
}

// reference checks an identifier and the type that it names.
func (l *linter) reference(path, id, targets string) {
	if !ValidID(id) {
		l.errorf(path, "reference", "write the identifier of an object", "%q is no identifier", shorten(id, 120))
		return
	}
	t := IDType(id)
	for want := range strings.SplitSeq(targets, "/") {
		if want == "*" || want == t || want == "SDO" && domainType(t) || want == "SCO" && observableType(t) {
			return
		}
	}
	if !sdoType(t) && !observableType(t) {
		l.add(path, "reference", Info, fmt.Sprintf("whether a reference to a %q is allowed is not known", shorten(t, 60)), "")
		return
	}
	l.errorf(path, "reference", "refer to "+strings.ReplaceAll(targets, "/", " or "), "a reference to %q is not allowed here", t)
}

// domainType says whether the name is that of a domain object.
func domainType(name string) bool {
	switch name {
	case "relationship", "sighting", "marking-definition", "extension-definition", "language-content", "bundle":
		return false
	}
	return sdoType(name)
}

// dictionary checks dictionaries; their keys were checked with the names.
func (l *linter) dictionary(path string, v any, kind string) {
	m, ok := v.(map[string]any)
	if !ok {
		l.errorf(path, "kind", "write an object", "the value is not a dictionary")
		return
	}
	for _, key := range sortedKeys(m) {
		switch kind {
		case "strings":
			l.kind(joinPath(path, key), m[key], field{kind: "s"})
		case "lists":
			l.field(joinPath(path, key), m[key], field{kind: "s", list: true})
		case "hashes":
			l.hash(joinPath(path, key), key, m[key])
		}
	}
}

func (l *linter) hash(path, name string, v any) {
	s, ok := v.(string)
	switch {
	case !ok:
		l.errorf(path, "kind", "write a string", "the value is not a string")
	case !validHash(name, s):
		l.errorf(path, "hash", "check that the value is whole", "the value cannot be a %s hash", name)
	case !contains(Vocabulary("hash"), name):
		l.add(path, "vocabulary", Info, fmt.Sprintf("%q is not among the suggested hash names", shorten(name, 60)), "suggested: "+strings.Join(Vocabulary("hash"), ", "))
	}
}

// part checks an object inside the object against its own table.
func (l *linter) part(path string, v any, name string) {
	m, ok := v.(map[string]any)
	if !ok {
		l.errorf(path, "kind", "write an object", "the value is not an object")
		return
	}
	if fields, described := l.schema.shapeOf(name); described {
		l.fields(path, m, fields)
		l.strangers(path, m, fields)
	}
	switch name {
	case "external-reference":
		l.externalReference(path, m)
	case "kill-chain-phase":
		l.killChain(path, m)
	case "granular-marking":
		l.granular(path, m)
	}
}

var (
	capecForm  = regexp.MustCompile(`^CAPEC-\d+$`)
	cveForm    = regexp.MustCompile(`^CVE-\d{4}-\d{4,}$`)
	attackForm = regexp.MustCompile(`^[A-Z]{1,3}\d{4}(\.\d{3})?$`)
)

func (l *linter) externalReference(path string, m map[string]any) {
	if !hasAny(m, "description", "url", "external_id") {
		l.errorf(path, "at-least-one", "add description, url or external_id", "a source name alone is not enough")
	}
	id, ok := m["external_id"].(string)
	if !ok {
		return
	}
	forms := map[any]*regexp.Regexp{"capec": capecForm, "cve": cveForm, "mitre-attack": attackForm}
	if form := forms[m["source_name"]]; form != nil && !form.MatchString(id) {
		l.add(joinPath(path, "external_id"), "external-id", Warning, fmt.Sprintf("%q does not look like an identifier of that source", shorten(id, 60)), "for example CVE-2024-12345, CAPEC-163, T1059.001")
	}
}

func hasAny(m map[string]any, names ...string) bool {
	for _, n := range names {
		if _, ok := m[n]; ok {
			return true
		}
	}
	return false
}

func (l *linter) killChain(path string, m map[string]any) {
	for _, name := range []string{"kill_chain_name", "phase_name"} {
		if s, ok := m[name].(string); ok && (strings.ToLower(s) != s || strings.ContainsAny(s, " _")) {
			l.add(joinPath(path, name), "kill-chain", Warning, fmt.Sprintf("%q should be lower case with hyphens", shorten(s, 60)), "for ATT&CK: mitre-attack and lateral-movement")
		}
	}
}

func (l *linter) granular(path string, m map[string]any) {
	if hasAny(m, "lang") == hasAny(m, "marking_ref") {
		l.errorf(path, "granular", "keep one of marking_ref and lang", "exactly one of marking_ref and lang is needed")
	}
	selectors, _ := m["selectors"].([]any)
	for i, v := range selectors {
		s, ok := v.(string)
		if _, found := l.o.Select(s); ok && !found {
			l.errorf(fmt.Sprintf("%s.selectors.[%d]", path, i), "selector", "selectors look like external_references.[0].url", "%q selects nothing", shorten(s, 60))
		}
	}
}
