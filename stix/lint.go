package stix

import (
	"fmt"
	"regexp"
	"strings"
)

// Lint compares an object with the standard and lists what is wrong, in a
// stable order. Errors are broken rules, warnings are things that consumers may
// not understand, and infos are legal but unusual. An object without errors
// satisfies the tables of STIX 2.1; objects of 2.0 are only checked for what both
// versions demand.
func Lint(o *Object) []Problem {
	l := &linter{o: o, schema: loadSchema()}
	l.names("", o.tree, 0)
	if o.Version20() {
		l.add("spec_version", "version", Info, "this is a STIX 2.0 object; only basic rules were checked", "write objects of version 2.1")
		l.identity()
		return l.problems
	}
	l.identity()
	l.properties()
	l.rules()
	return l.problems
}

type linter struct {
	o        *Object
	schema   *schema
	problems []Problem
}

func (l *linter) add(path, rule string, s Severity, text, hint string) {
	l.problems = append(l.problems, Problem{Path: path, Rule: rule, Severity: s, Text: text, Hint: hint})
}

func (l *linter) errorf(path, rule, hint, format string, args ...any) {
	l.add(path, rule, Error, fmt.Sprintf(format, args...), hint)
}

var (
	propertyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{2,249}$`)
	keyForm      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,250}$`)
)

// identity checks type, id and spec_version.
func (l *linter) identity() {
	o := l.o
	if !validType(o.Type) {
		l.errorf("type", "type-name", "use lower-case letters, digits and hyphens, 3 to 250 characters", "%q is no type name", shorten(o.Type, 60))
	}
	switch {
	case !ValidID(o.ID):
		l.errorf("id", "id-form", "write type--UUID in lower case", "%q is no identifier", shorten(o.ID, 120))
	case IDType(o.ID) != o.Type:
		l.errorf("id", "id-type", "begin the identifier with "+o.Type+"--", "the identifier names another type than %q", o.Type)
	default:
		l.idVersion()
	}
	if v, ok := o.tree["spec_version"]; ok && v != "2.1" && v != "2.0" {
		l.errorf("spec_version", "version", `write "2.1"`, "unknown specification version")
	}
}

// idVersion looks at how the UUID was made.
func (l *linter) idVersion() {
	version := l.o.ID[len(l.o.Type)+2+14]
	want, ok := SCOID(l.o.Type, l.o)
	switch {
	case sdoType(l.o.Type) && version != '4' && tlpOfRef(l.o.ID) == TLPNone && l.o.Type != "extension-definition":
		l.add("id", "id-random", Warning, "the identifier is not a random one (UUID version 4)", "make it with NewID and remember it")
	case ok && version == '5' && want != l.o.ID:
		l.add("id", "id-deterministic", Warning, "the identifier does not follow from the properties", "it should be "+want)
	case ok && version != '5':
		l.add("id", "id-deterministic", Info, "the identifier is not the deterministic one", "it should be "+want)
	}
}

// names checks what holds at every depth: property names, nulls, empty lists
// and dictionaries.
func (l *linter) names(path string, v any, depth int) {
	switch x := v.(type) {
	case nil:
		l.errorf(path, "null", "leave the property out", "null is not allowed")
	case []any:
		if len(x) == 0 {
			l.errorf(path, "empty", "leave the property out", "empty lists are not allowed")
		}
		for i, e := range x {
			l.names(fmt.Sprintf("%s.[%d]", path, i), e, depth+1)
		}
	case map[string]any:
		if len(x) == 0 {
			l.errorf(path, "empty", "leave the property out", "empty dictionaries are not allowed")
		}
		for _, name := range sortedKeys(x) {
			l.name(joinPath(path, name), name, depth)
			l.names(joinPath(path, name), x[name], depth+1)
		}
	}
}

func (l *linter) name(path, name string, depth int) {
	if !keyForm.MatchString(name) {
		l.errorf(path, "property-name", "use letters, digits, _ and -, at most 250 characters", "%q is no property name", shorten(name, 60))
		return
	}
	if depth > 0 {
		return
	}
	switch name {
	case "severity", "username", "phone_number", "action":
		l.errorf(path, "property-reserved", "use another name", "the name %q is reserved", name)
	case "id":
	default:
		if !propertyForm.MatchString(name) {
			l.errorf(path, "property-name", "use lower-case letters, digits and _, 3 to 250 characters", "%q is no name for a property", name)
		}
	}
}

// properties checks the object against the table of its type.
func (l *linter) properties() {
	o := l.o
	own, known := l.schema.domain[o.Type]
	sco := false
	if !known && observableType(o.Type) {
		own, known, sco = l.schema.observable[o.Type], true, true
	}
	if !known {
		l.unknownType()
		sco = l.newSCO()
	}
	fields := append(append([]field{}, l.schema.commonFields(o.Type, sco)...), own...)
	l.fields("", o.tree, fields)
	if known && !l.extended() {
		l.strangers("", o.tree, fields)
	}
	l.extensions(sco)
	l.flowExtension()
}

// flowExtension demands that the objects of Attack Flow say what they are.
func (l *linter) flowExtension() {
	_, known := l.schema.domain[l.o.Type]
	if extensions, _ := l.o.tree["extensions"].(map[string]any); known && !sdoType(l.o.Type) && !hasAny(extensions, AttackFlowExtension) {
		l.errorf("extensions", "required", "add "+AttackFlowExtension, "objects of this type need the Attack Flow extension")
	}
}

func (l *linter) unknownType() {
	if l.newSCO() || l.extensionOf("new-sdo") || l.extensionOf("new-sro") {
		return
	}
	l.add("type", "type-unknown", Warning, fmt.Sprintf("the standard has no type %q and no extension explains it", shorten(l.o.Type, 60)),
		"define it with an extension-definition and name that in extensions")
}

func (l *linter) newSCO() bool { return l.extensionOf("new-sco") }

// extensionOf says whether the object carries an extension of the type.
func (l *linter) extensionOf(extensionType string) bool {
	extensions, _ := l.o.tree["extensions"].(map[string]any)
	for _, e := range extensions {
		if m, _ := e.(map[string]any); m["extension_type"] == extensionType {
			return true
		}
	}
	return false
}

func (l *linter) extended() bool { return l.extensionOf("toplevel-property-extension") }

// fields checks properties that a table describes.
func (l *linter) fields(path string, tree map[string]any, fields []field) {
	for _, f := range fields {
		v, ok := tree[f.name]
		switch {
		case ok:
			l.field(joinPath(path, f.name), v, f)
		case f.required:
			l.errorf(joinPath(path, f.name), "required", "add it", "the property %q is required", f.name)
		}
	}
}

// strangers reports properties that no table describes.
func (l *linter) strangers(path string, tree map[string]any, fields []field) {
	known := map[string]bool{}
	for _, f := range fields {
		known[f.name] = true
	}
	for _, name := range sortedKeys(tree) {
		if known[name] {
			continue
		}
		l.stranger(joinPath(path, name), path == "", name)
	}
}

func (l *linter) stranger(path string, top bool, name string) {
	misplaced := map[string]bool{"created": true, "modified": true, "created_by_ref": true, "revoked": true,
		"confidence": true, "lang": true, "labels": true, "external_references": true, "defanged": true, "extensions": true}
	switch {
	case top && misplaced[name]:
		l.errorf(path, "not-allowed", "remove it", "objects of this type must not have %q", name)
	case strings.HasPrefix(name, "x_"):
		l.add(path, "custom", Info, "custom properties are deprecated", "use an extension")
	default:
		l.add(path, "custom", Warning, fmt.Sprintf("the standard has no property %q here", shorten(name, 60)), "check the spelling, or use an extension")
	}
}

// extensions checks the predefined extensions and that others say what they are.
func (l *linter) extensions(sco bool) {
	extensions, _ := l.o.tree["extensions"].(map[string]any)
	for _, key := range sortedKeys(extensions) {
		path := joinPath("extensions", key)
		body, ok := extensions[key].(map[string]any)
		if !ok {
			l.errorf(path, "kind", "", "an extension must be an object")
			continue
		}
		if fields, predefined := l.schema.extension[key]; predefined && sco {
			l.fields(path, body, fields)
			l.strangers(path, body, fields)
			l.portableExecutable(path, key, body)
			continue
		}
		l.extension(path, key, body)
	}
}

// portableExecutable: the extension for Windows programs needs more than the
// type.
func (l *linter) portableExecutable(path, key string, body map[string]any) {
	if key == "windows-pebinary-ext" && len(body) < 2 {
		l.errorf(path, "at-least-one", "add a property besides pe_type", "pe_type alone is not enough")
	}
}

func (l *linter) extension(path, key string, body map[string]any) {
	kind, _ := body["extension_type"].(string)
	switch {
	case !strings.HasPrefix(key, "extension-definition--"):
		l.add(path, "extension", Warning, "the extension is not named by an extension-definition", "define it and use that identifier as the key")
	case !ValidID(key):
		l.errorf(path, "extension", "use the identifier of an extension-definition", "the key is no identifier")
	case kind == "":
		l.errorf(path, "extension", `add "extension_type"`, "an extension must say of which type it is")
	case !contains(enumeration("extension-type"), kind):
		l.errorf(joinPath(path, "extension_type"), "enumeration", "use one of "+strings.Join(enumeration("extension-type"), ", "), "%q is no extension type", shorten(kind, 40))
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
