package sigma

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	levels   = []string{"informational", "low", "medium", "high", "critical"}
	statuses = []string{"stable", "test", "experimental", "deprecated", "unsupported"}

	uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	dateForm = regexp.MustCompile(`^\d{4}[-/]\d{2}[-/]\d{2}$`)
)

// maxTitle is the longest title that the specification allows.
const maxTitle = 256

// meta reads the attributes that all documents share.
func (p *parser) meta(root *yaml.Node, top pairs) Meta {
	m := Meta{Path: p.file, Line: root.Line}
	for _, pr := range top {
		p.attribute(&m, pr)
	}
	if m.Title == "" {
		p.fail(spot{root.Line, root.Column, 1}, "", "no title")
	}
	return m
}

// attribute stores one top-level entry.
func (p *parser) attribute(m *Meta, pr pair) {
	switch pr.name {
	case "detection", "logsource", "correlation", "filter":
	case "author":
		m.Author = strings.Join(p.words(pr.val), ", ")
	case "related":
		m.Related = p.related(pr.val)
	default:
		if dst := m.textOf(pr.name); dst != nil {
			*dst = p.attributeText(pr)
			p.lintAttribute(pr, *dst)
			return
		}
		if dst := m.listOf(pr.name); dst != nil {
			*dst = p.words(pr.val)
			return
		}
		if m.Extra == nil {
			m.Extra = map[string]any{}
		}
		m.Extra[pr.name] = p.plain(pr.val, 0)
	}
}

// textOf returns where the named attribute of one text is kept, or nil.
func (m *Meta) textOf(name string) *string {
	switch name {
	case "title":
		return &m.Title
	case "id":
		return &m.ID
	case "name":
		return &m.Name
	case "status":
		return &m.Status
	case "level":
		return &m.Level
	case "description":
		return &m.Description
	case "license":
		return &m.License
	case "taxonomy":
		return &m.Taxonomy
	case "date":
		return &m.Date
	case "modified":
		return &m.Modified
	}
	return nil
}

// listOf returns where the named attribute of several texts is kept, or nil.
func (m *Meta) listOf(name string) *[]string {
	switch name {
	case "tags":
		return &m.Tags
	case "references":
		return &m.References
	case "falsepositives":
		return &m.FalsePositives
	case "fields":
		return &m.Fields
	case "scope":
		return &m.Scope
	}
	return nil
}

func (p *parser) attributeText(pr pair) string {
	if pr.val.Kind != yaml.ScalarNode {
		p.fail(at(pr.val), "", "%s must be a text, this is %s", pr.name, kindName(pr.val))
		return ""
	}
	if pr.val.Tag == "!!null" {
		return ""
	}
	return strings.TrimSpace(pr.val.Value)
}

// lintAttribute remarks on values outside the specification. None of them
// keeps a rule from working.
func (p *parser) lintAttribute(pr pair, text string) {
	one := func(words []string) {
		for _, w := range words {
			if w == text {
				return
			}
		}
		hint := meant(text, words)
		if hint == "" {
			hint = "one of " + strings.Join(words, ", ")
		}
		p.warn(at(pr.val), hint, "unknown %s %q", pr.name, text)
	}
	switch pr.name {
	case "level":
		one(levels)
	case "status":
		one(statuses)
	case "id":
		if !uuidForm.MatchString(text) {
			p.warn(at(pr.val), "", "id %q is no UUID", text)
		}
	case "date", "modified":
		if text != "" && !dateForm.MatchString(text) {
			p.warn(at(pr.val), "write YYYY-MM-DD", "%s %q is no date", pr.name, text)
		}
	case "title":
		if len([]rune(text)) > maxTitle {
			p.warn(at(pr.val), "", "title is longer than %d characters", maxTitle)
		}
	}
}

// words returns the texts of a list, or of a single value as a list of one.
func (p *parser) words(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		if n.Tag == "!!null" || n.Value == "" {
			return nil
		}
		return []string{n.Value}
	}
	if n.Kind != yaml.SequenceNode {
		p.warn(at(n), "", "expected a list of texts, this is %s", kindName(n))
		return nil
	}
	out := make([]string, 0, len(n.Content))
	for _, c := range n.Content {
		if c = p.resolve(c); c == nil {
			return out
		}
		if c.Kind != yaml.ScalarNode {
			p.warn(at(c), "", "expected a text, this is %s", kindName(c))
			continue
		}
		if c.Tag != "!!null" {
			out = append(out, c.Value)
		}
	}
	return out
}

func (p *parser) related(n *yaml.Node) []Related {
	if n.Kind != yaml.SequenceNode {
		p.warn(at(n), "", "related must be a list of id and type")
		return nil
	}
	var out []Related
	for _, c := range n.Content {
		if c = p.resolve(c); c == nil {
			return out
		}
		if c.Kind != yaml.MappingNode {
			p.warn(at(c), "", "expected id and type, this is %s", kindName(c))
			continue
		}
		ps := p.pairs(c, 0)
		out = append(out, Related{ID: ps.text("id"), Type: ps.text("type")})
	}
	return out
}

// plain turns a node into texts, lists and maps, for attributes that Sigma
// does not define.
func (p *parser) plain(n *yaml.Node, depth int) any {
	if n = p.resolve(n); n == nil || depth > maxDepth {
		return nil
	}
	switch n.Kind {
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			out = append(out, p.plain(c, depth+1))
		}
		return out
	case yaml.MappingNode:
		out := make(map[string]any, len(n.Content)/2)
		for _, pr := range p.pairs(n, 0) {
			out[pr.name] = p.plain(pr.val, depth+1)
		}
		return out
	}
	if n.Tag == "!!null" {
		return nil
	}
	return n.Value
}

// logsource reads the logsource section; at least one attribute must be set.
func (p *parser) logsource(root *yaml.Node, top pairs) Logsource {
	pr := top.find("logsource")
	if pr == nil || pr.val.Kind != yaml.MappingNode {
		s := at(root)
		if pr != nil {
			s = at(pr.val)
		}
		s.width = 1
		p.fail(s, "name product, category or service", "no logsource")
		return Logsource{}
	}
	ps := p.pairs(pr.val, 0)
	l := Logsource{
		Category: word(ps.text("category")), Product: word(ps.text("product")),
		Service: word(ps.text("service")), Definition: ps.text("definition"),
	}
	if l.Category == "" && l.Product == "" && l.Service == "" {
		p.fail(at(pr.key), "name product, category or service", "the logsource names no log")
	}
	for _, e := range ps {
		switch e.name {
		case "category", "product", "service", "definition":
		default:
			if h := meant(e.name, []string{"category", "product", "service", "definition"}); h != "" {
				p.warn(at(e.key), h, "unknown logsource attribute %q", e.name)
			}
		}
	}
	return l
}

// word normalises an attribute of a log source.
func word(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
