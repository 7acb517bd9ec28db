package sigma

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// modifierNames lists the modifiers of the specification and the longer names
// of the regular expression flags.
var modifierNames = []string{
	"contains", "startswith", "endswith", "all", "exists", "cased", "neq", "windash",
	"re", "i", "m", "s", "ignorecase", "multiline", "dotall",
	"base64", "base64offset", "wide", "utf16", "utf16le", "utf16be",
	"lt", "lte", "gt", "gte", "minute", "hour", "day", "week", "month", "year",
	"cidr", "expand", "fieldref",
}

// A modifier is one word after a field name, with its place in the file.
type modifier struct {
	name string
	spot spot
}

// An item is the key of a detection item, taken apart.
type item struct {
	field string
	key   *yaml.Node
	// all, negated and cased are the modifiers that concern the list of
	// values or the comparison as a whole; mods are those that change each
	// value, in order.
	all, negated, cased bool
	mods                []modifier
}

// has reports whether a value modifier is among the item's.
func (it *item) has(names ...string) bool {
	for _, m := range it.mods {
		for _, n := range names {
			if m.name == n {
				return true
			}
		}
	}
	return false
}

// item takes "field|modifier|modifier" apart and checks what can be checked
// without the values.
func (p *parser) item(key *yaml.Node) (item, bool) {
	words := strings.Split(key.Value, "|")
	it := item{field: strings.TrimSpace(words[0]), key: key}
	off, ok := len(words[0])+1, true
	for _, w := range words[1:] {
		s := within(key, off, off+len(w))
		off += len(w) + 1
		if !p.modifier(&it, modifier{strings.TrimSpace(w), s}) {
			ok = false
		}
	}
	return it, ok
}

// modifier adds one modifier to the item.
func (p *parser) modifier(it *item, m modifier) bool {
	if !known(m.name) {
		hint := meant(m.name, modifierNames)
		if low := strings.ToLower(m.name); known(low) {
			hint = "modifiers are written in lower case: " + low
		}
		if m.name == "" {
			hint = "remove the '|'"
		}
		p.fail(m.spot, hint, "unknown modifier %q in %q", m.name, it.key.Value)
		return false
	}
	switch m.name {
	case "all":
		it.all = true
		return true
	case "neq":
		it.negated = true
		return true
	case "cased":
		it.cased = true
		return true
	case "ignorecase":
		m.name = "i"
	case "multiline":
		m.name = "m"
	case "dotall":
		m.name = "s"
	case "wide":
		m.name = "utf16le"
	}
	if hint := misplaced(it, m.name); hint != "" {
		p.fail(m.spot, hint, "modifier %q cannot stand here in %q", m.name, it.key.Value)
		return false
	}
	it.mods = append(it.mods, m)
	return true
}

func known(name string) bool {
	for _, n := range modifierNames {
		if n == name {
			return true
		}
	}
	return false
}

// misplaced says what is wrong with adding a modifier to those before it.
func misplaced(it *item, name string) string {
	switch name {
	case "re", "cidr", "exists":
		if len(it.mods) > 0 {
			return name + " must come first"
		}
	case "i", "m", "s":
		if len(it.mods) == 0 || !it.has("re") {
			return "flags follow re: re|" + name
		}
	}
	if len(it.mods) == 0 {
		return ""
	}
	switch last := it.mods[len(it.mods)-1].name; {
	case it.has("exists"):
		return "exists stands alone"
	case it.has("cidr"):
		return "cidr stands alone"
	case it.has("lt", "lte", "gt", "gte"):
		return "a comparison comes last"
	case it.has("re"):
		if name == "i" || name == "m" || name == "s" {
			if last == "re" || last == "i" || last == "m" || last == "s" {
				return ""
			}
			return "flags follow re directly"
		}
		if name != "contains" && name != "startswith" && name != "endswith" && name != "expand" {
			return "only flags can follow re"
		}
	}
	return ""
}
