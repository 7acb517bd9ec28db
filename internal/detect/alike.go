package detect

import (
	"slices"
	"strings"

	"tyto/stix"
)

// Names of files, folders, programs, keys and accounts are the same in any
// case on Windows, and logs spell them as they like; host names and hashes
// everywhere. Events and the constants of patterns are compared in lower case
// where a property holds one of those.

// anyCase lists the properties by the type of object that they belong to.
var anyCase = map[string][]string{
	"file": {"name"}, "directory": {"path"}, "mutex": {"name"}, "domain-name": {"value"}, "email-addr": {"value"},
	"process":      {"name", "command_line", "cwd", "service_name", "display_name"},
	"user-account": {"account_login", "user_id", "display_name"}, "windows-registry-key": {"key", "name"},
	"network-traffic": {"protocols", "request_method"}, "ipv6-addr": {"value"},
}

// behind are the properties of anyCase that paths of other types end with,
// behind a reference.
var behind = []string{"name", "path", "command_line", "account_login", "value"}

// folds reports whether case means nothing at the end of a path.
func folds(path stix.Path) bool {
	last, hashes := "", false
	for _, s := range path.Steps {
		if s.Name != "" {
			last = s.Name
		}
		hashes = hashes || s.Name == "hashes"
	}
	if hashes || slices.Contains(anyCase[path.Type], last) {
		return true
	}
	return len(path.Steps) > 1 && slices.Contains(behind, last)
}

// alike is a copy of a pattern with constants as events are described.
func alike(p *stix.Pattern) *stix.Pattern {
	out, err := stix.ParsePattern(p.String())
	if err != nil {
		return p // what the parser wrote, it can read
	}
	out.Expr.Comparisons(func(c *stix.Comparison) bool {
		c.Tests(func(t *stix.Test) bool {
			if folds(t.Path) {
				fold(t)
			}
			return true
		})
		return true
	})
	return out
}

func fold(t *stix.Test) {
	for i := range t.Values {
		v := &t.Values[i]
		switch {
		case v.Kind != stix.KindString:
		case t.Op == stix.OpMatches:
			v.Text = "(?i)" + v.Text
		default:
			v.Text = strings.ToLower(v.Text)
		}
	}
}

// foldObject lowers what is compared in any case.
func foldObject(kind string, props stix.Map) {
	lower(map[string]any(props), anyCase[kind]...)
	if list, ok := props["values"].([]any); ok { // of a registry key
		for _, v := range list {
			lower(v, "name")
		}
	}
	if ext, ok := props["extensions"].(map[string]any); ok && kind == "process" {
		for _, e := range ext {
			lower(e, anyCase[kind]...)
		}
	}
}

// lower puts the named texts of a part of an object into lower case.
func lower(part any, names ...string) {
	props, _ := part.(map[string]any)
	for _, name := range names {
		if s, ok := props[name].(string); ok {
			props[name] = strings.ToLower(s)
		}
	}
}
