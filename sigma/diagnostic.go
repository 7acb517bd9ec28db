package sigma

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A Severity says whether a document can be used in spite of a remark.
type Severity uint8

// The severities. A document with an error is not loaded.
const (
	Error Severity = iota
	Warning
)

// String returns "error" or "warning".
func (s Severity) String() string {
	if s == Error {
		return "error"
	}
	return "warning"
}

// A Diagnostic is one remark about a rule file, in the style of a compiler.
type Diagnostic struct {
	File string
	// Line and Col are counted from 1, Col in characters; 0 means unknown.
	Line, Col int
	// Width is how many characters from Col on the remark is about; at least 1.
	Width    int
	Severity Severity
	// Text says what is wrong, Hint what to do about it; Hint may be empty.
	Text, Hint string
	// Quote is the line of the file that the remark is about.
	Quote string
}

// Error implements the error interface: "file:line:col: text; hint".
func (d Diagnostic) Error() string {
	out := fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Col, d.Text)
	if d.Line == 0 {
		out = d.File + ": " + d.Text
	}
	if d.Hint != "" {
		out += "; " + d.Hint
	}
	return out
}

// A spot is a place in the file that is being parsed.
type spot struct{ line, col, width int }

// at returns the place of a node; for an alias that of the alias itself.
func at(n *yaml.Node) spot {
	width := 1
	if n.Kind == yaml.ScalarNode && !strings.Contains(n.Value, "\n") {
		width = max(1, len([]rune(n.Value))+2*quoteWidth(n))
	}
	return spot{n.Line, n.Column, width}
}

// within returns the place of bytes from to to of a scalar's value. It is
// exact for scalars on one line without escapes, else the node's own place.
func within(n *yaml.Node, from, to int) spot {
	block := n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if block || strings.Contains(n.Value, "\n") || from > to || to > len(n.Value) {
		return at(n)
	}
	runes := func(s string) int { return len([]rune(s)) }
	return spot{
		line:  n.Line,
		col:   n.Column + quoteWidth(n) + runes(n.Value[:from]),
		width: max(1, runes(n.Value[from:to])),
	}
}

func quoteWidth(n *yaml.Node) int {
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return 1
	}
	return 0
}

// maxDiagnostics bounds what one file can make Parse say.
const maxDiagnostics = 100

func (p *parser) note(sev Severity, s spot, hint, format string, args ...any) {
	if sev == Error {
		p.failed = true
	}
	if len(p.diags) >= maxDiagnostics {
		return
	}
	p.diags = append(p.diags, Diagnostic{
		File: p.file, Line: s.line, Col: s.col, Width: max(1, s.width), Severity: sev,
		Text: fmt.Sprintf(format, args...), Hint: hint, Quote: p.quote(s.line),
	})
}

func (p *parser) fail(s spot, hint, format string, args ...any) {
	p.note(Error, s, hint, format, args...)
}

func (p *parser) warn(s spot, hint, format string, args ...any) {
	p.note(Warning, s, hint, format, args...)
}

// maxQuote is how many bytes of a line are quoted.
const maxQuote = 300

// quote returns a line of the file without its end.
func (p *parser) quote(line int) string {
	rest := p.data
	for ; line > 1; line-- {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return ""
		}
		rest = rest[i+1:]
	}
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[:min(len(rest), maxQuote)]
	return strings.ToValidUTF8(strings.TrimSuffix(string(rest), "\r"), "\uFFFD")
}

// meant returns a hint when one of the words is so near to word that it was
// probably meant.
func meant(word string, words []string) string {
	best, least := "", 3
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < least && d < len(w) {
			best, least = w, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// distance is the number of letters to insert, remove, replace or swap with a
// neighbour that turns a into b. Long words count as far apart.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
