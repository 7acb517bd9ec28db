package stix

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Object is one STIX object of any type and version, known or not. It keeps the
// bytes that it was read from, because every copy of a version must have the
// same properties (section 3.6.1): what was not understood is passed on as it came.
// An Object does not change and may be shared.
type Object struct {
	Raw []byte // exactly as read; do not modify

	Type string
	ID   string

	// Index and Offset say where the object stood in what was read.
	Index  int
	Offset int64

	tree map[string]any
}

// DefaultDepth is how deep objects may nest unless the caller says otherwise.
// Real objects stay below 15.
const DefaultDepth = 64

var errNoType = errors.New("an object needs a type")

// ParseObject reads one object. The bytes are kept, not copied. Beyond being
// JSON with a type, nothing is demanded; see Lint.
func ParseObject(raw []byte) (*Object, error) { return parseObject(raw, DefaultDepth) }

func parseObject(raw []byte, depth int) (*Object, error) {
	v, err := parseTree(raw, depth)
	if err != nil {
		return nil, err
	}
	tree, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("not a JSON object")
	}
	o := &Object{Raw: raw, tree: tree}
	o.Type, o.ID = o.Text("type"), o.Text("id")
	if o.Type == "" {
		return nil, errNoType
	}
	return o, nil
}

// Property gives a top-level property as string, bool, json.Number, nil (for
// null), []any or map[string]any. Do not modify it. An Object is Properties of an SCO.
func (o *Object) Property(name string) (any, bool) {
	v, ok := o.tree[name]
	return v, ok
}

// Names lists the top-level property names in alphabetical order.
func (o *Object) Names() []string { return sortedKeys(o.tree) }

// Text is a string property, or "" when it is absent or something else.
func (o *Object) Text(name string) string {
	s, _ := o.tree[name].(string)
	return s
}

// Texts is a property that is a list of strings. Other elements are left out.
func (o *Object) Texts(name string) []string {
	list, _ := o.tree[name].([]any)
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Time is a timestamp property. ok is false when it is absent or malformed.
func (o *Object) Time(name string) (t time.Time, ok bool) {
	ts, err := ParseTimestamp(o.Text(name))
	return ts.Time, err == nil
}

// Version20 tells a STIX 2.0 object: from 2.1 on domain objects name their
// version, before they did not.
func (o *Object) Version20() bool {
	v, has := o.tree["spec_version"]
	return v == "2.0" || !has && typeOf20(o.Type)
}

// typeOf20 says whether STIX 2.0 had the type.
func typeOf20(name string) bool {
	switch name {
	case "attack-pattern", "campaign", "course-of-action", "identity", "indicator", "intrusion-set", "malware",
		"observed-data", "report", "threat-actor", "tool", "vulnerability", "relationship", "sighting", "marking-definition":
		return true
	}
	return false
}

// Revoked tells that the creator took the object back.
func (o *Object) Revoked() bool { return o.tree["revoked"] == true }

// References lists the identifiers that the object names in properties ending
// in _ref or _refs, at any depth, without repeats, in order of the property names.
func (o *Object) References() []string {
	var out []string
	seen := map[string]bool{}
	walkRefs(o.tree, func(id string) {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	})
	return out
}

func walkRefs(v any, yield func(string)) {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			walkRefs(e, yield)
		}
	case map[string]any:
		for _, name := range sortedKeys(x) {
			if strings.HasSuffix(name, "_ref") || strings.HasSuffix(name, "_refs") {
				yieldIDs(x[name], yield)
			} else {
				walkRefs(x[name], yield)
			}
		}
	}
}

func yieldIDs(v any, yield func(string)) {
	switch x := v.(type) {
	case string:
		yield(x)
	case []any:
		for _, e := range x {
			if s, ok := e.(string); ok {
				yield(s)
			}
		}
	}
}

// ValidID says whether id has the form of a STIX identifier: a type, two
// hyphens, an RFC 4122 UUID in lower case.
func ValidID(id string) bool {
	cut := len(id) - 38
	return cut >= 3 && cut <= 250 && id[cut:cut+2] == "--" && validType(id[:cut]) && validUUID(id[cut+2:])
}

// validType checks the name of a type: lower-case letters, digits and inner
// hyphens, beginning with a letter.
func validType(s string) bool {
	if len(s) < 3 || len(s) > 250 || !isLower(s[0]) || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if !isLower(s[i]) && !isDigit(s[i]) && s[i] != '-' {
			return false
		}
	}
	return true
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

func validUUID(s string) bool {
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !isDigit(s[i]) && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return s[14] >= '1' && s[14] <= '5' && (s[19] >= '8' && s[19] <= '9' || s[19] == 'a' || s[19] == 'b')
}

// IDType is the type that an identifier names, the part before the two hyphens.
func IDType(id string) string {
	t, _, ok := strings.Cut(id, "--")
	if !ok {
		return ""
	}
	return t
}

// ObjectError tells of one object that could not be read. Reading goes on
// behind it.
type ObjectError struct {
	Index  int   // number of the object, from 0
	Offset int64 // where it begins, in bytes
	Err    error
}

// Error is "object N at byte M: reason".
func (e *ObjectError) Error() string {
	return fmt.Sprintf("object %d at byte %d: %v", e.Index, e.Offset, e.Err)
}

// Unwrap gives the reason.
func (e *ObjectError) Unwrap() error { return e.Err }
