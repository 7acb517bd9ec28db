package sigma

import (
	"strings"

	"tyto/sigma/internal/logic"
)

// scanPattern reads a Sigma text: '*' is any run of characters, '?' any one
// character, a backslash makes the next '*', '?' or backslash literal and
// stands for itself before anything else.
func scanPattern(s string) []logic.Part {
	var parts []logic.Part
	var lit strings.Builder
	flush := func() {
		if lit.Len() > 0 {
			parts = append(parts, logic.Part{Lit: lit.String()})
			lit.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '*', '?':
			flush()
			parts = append(parts, logic.Part{Wild: c})
		case '\\':
			if i+1 < len(s) && (s[i+1] == '*' || s[i+1] == '?' || s[i+1] == '\\') {
				i++
			}
			lit.WriteByte(s[i])
		default:
			lit.WriteByte(c)
		}
	}
	flush()
	return parts
}

// openFront makes a pattern match anywhere from the front on.
func openFront(parts []logic.Part) []logic.Part {
	if len(parts) > 0 && parts[0].Wild == '*' {
		return parts
	}
	out := make([]logic.Part, 1, len(parts)+1)
	out[0].Wild = '*'
	return append(out, parts...)
}

// openBack makes a pattern match whatever follows.
func openBack(parts []logic.Part) []logic.Part {
	if len(parts) > 0 && parts[len(parts)-1].Wild == '*' {
		return parts
	}
	out := make([]logic.Part, len(parts)+1)
	copy(out, parts)
	out[len(parts)].Wild = '*'
	return out
}

// literal returns the text of a pattern without wildcards.
func literal(parts []logic.Part) (string, bool) {
	switch len(parts) {
	case 0:
		return "", true
	case 1:
		return parts[0].Lit, parts[0].Wild == 0
	}
	var b strings.Builder
	for _, p := range parts {
		if p.Wild != 0 {
			return "", false
		}
		b.WriteString(p.Lit)
	}
	return b.String(), true
}

// patternLeaf turns a pattern into the simplest leaf that means the same.
func patternLeaf(field string, parts []logic.Part) *logic.Leaf {
	front := len(parts) > 0 && parts[0].Wild == '*'
	back := len(parts) > 0 && parts[len(parts)-1].Wild == '*'
	inner := parts
	for len(inner) > 0 && inner[0].Wild == '*' {
		inner = inner[1:]
	}
	for len(inner) > 0 && inner[len(inner)-1].Wild == '*' {
		inner = inner[:len(inner)-1]
	}
	leaf := &logic.Leaf{Field: field}
	text, plain := literal(inner)
	switch {
	case !plain:
		leaf.Kind, leaf.Parts = logic.Glob, parts
		return leaf
	case text == "" && front:
		leaf.Kind = logic.Present
	case text == "":
		leaf.Kind = logic.Empty
	case front && back:
		leaf.Kind = logic.Contains
	case front:
		leaf.Kind = logic.EndsWith
	case back:
		leaf.Kind = logic.StartsWith
	}
	leaf.Text = text
	return leaf
}
