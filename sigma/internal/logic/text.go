package logic

import (
	"strconv"
	"strings"
)

// kindWords name the kinds of leaf for people.
var kindWords = map[Kind]string{
	Exact: "equals", Contains: "contains", StartsWith: "startswith", EndsWith: "endswith",
	Glob: "matches", Regex: "re", Number: "equals", BoolIs: "is", CIDR: "in", Null: "is missing",
	Empty: "is empty", Present: "is present", Exists: "exists", FieldRef: "same as field",
	Never: "never",
}

// relWords name the relations.
var relWords = map[Rel]string{
	Eq: "=", Ne: "!=", Lt: "<", Le: "<=", Gt: ">", Ge: ">=",
	RelStartsWith: "startswith", RelEndsWith: "endswith", RelContains: "contains",
}

// String describes the test for people, without the field: "endswith \cmd.exe".
func (l *Leaf) String() string {
	switch l.Kind {
	case Null, Empty, Present, Exists, Never:
		return kindWords[l.Kind]
	case Glob:
		return kindWords[l.Kind] + " " + PartsText(l.Parts)
	case Compare:
		return relWords[l.Rel] + " " + strconv.FormatFloat(l.Num, 'g', -1, 64)
	case TimePart:
		return l.Unit + " " + relWords[l.Rel] + " " + strconv.FormatFloat(l.Num, 'g', -1, 64)
	case FieldRef:
		if l.Rel == Eq {
			return kindWords[l.Kind] + " " + l.Other
		}
		return relWords[l.Rel] + " field " + l.Other
	case Regex:
		if l.Flags != "" {
			return kindWords[l.Kind] + " (?" + l.Flags + ")" + l.Text
		}
	}
	return kindWords[l.Kind] + " " + l.Text
}

// PartsText writes a glob as Sigma writes it, with wildcards in literals
// escaped.
func PartsText(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Wild != 0 {
			b.WriteByte(p.Wild)
			continue
		}
		for i := 0; i < len(p.Lit); i++ {
			if c := p.Lit[i]; c == '*' || c == '?' {
				b.WriteByte('\\')
			}
			b.WriteByte(p.Lit[i])
		}
	}
	return b.String()
}
