package stix

import (
	"fmt"
	"strings"
	"unicode"
)

// Severity grades a problem.
type Severity int

// Info tells of something legal but unusual, Warning of something that a
// consumer may not understand, Error of a broken rule.
const (
	Info Severity = iota
	Warning
	Error
)

// String is "info", "warning" or "error".
func (s Severity) String() string {
	return [...]string{"info", "warning", "error"}[min(max(s, Info), Error)]
}

// Problem is something wrong in an object or a pattern.
type Problem struct {
	Path     string // where: "external_references.[0].url", or "pattern:1:5" (line, column)
	Rule     string // the rule's short name, stable
	Text     string // what is wrong
	Hint     string // how to put it right; may be empty
	Severity Severity
}

// String is the problem on one line, fit for a terminal: what cannot be printed
// is escaped.
func (p Problem) String() string {
	s := fmt.Sprintf("%s: %q: %s [%s]", p.Severity, p.Path, p.Text, p.Rule)
	if p.Hint != "" {
		s += ": " + p.Hint
	}
	return visible(s)
}

// visible escapes control characters and whatever else is not printed as it
// is. Texts of this package quote objects and patterns from strangers.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}
