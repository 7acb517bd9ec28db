package sigma

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// maxNodes bounds how many YAML nodes one file may make the parser visit,
// aliases followed.
const maxNodes = 1 << 20

// maxDepth bounds nesting, of YAML and of conditions.
const maxDepth = 64

// A parser reads one file.
type parser struct {
	file   string
	data   []byte
	diags  []Diagnostic
	failed bool // the current document has an error
	nodes  int
	// placeholders holds the values for %name%, by name.
	placeholders map[string][]string
	unresolved   bool // the current document has a placeholder
}

// Parse reads a rule file: one or more YAML documents, each a rule, a
// correlation or a filter. Name is what diagnostics and [Meta.Path] call the
// file. Documents with errors are left out, the others are returned in the
// order of the file.
func Parse(name string, data []byte) ([]Document, []Diagnostic) {
	p := &parser{file: name, data: data}
	if roots, ok := quickNodes(data); ok {
		var docs []Document
		for _, root := range roots {
			docs = p.append(docs, root)
		}
		return docs, p.diags
	}
	return p.library(), p.diags
}

// CheckYAML says what keeps a file from being read as YAML, whatever it holds:
// rule or not. It returns nothing for a file that can be read.
func CheckYAML(name string, data []byte) []Diagnostic {
	p := &parser{file: name, data: data}
	if _, ok := quickNodes(data); ok {
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	for err == nil {
		var root yaml.Node
		err = loader.Load(&root)
	}
	if err != io.EOF {
		p.yamlError(err)
	}
	return p.diags
}

// library reads the documents with the YAML library.
func (p *parser) library() (docs []Document) {
	loader, err := yaml.NewLoader(bytes.NewReader(p.data))
	if err != nil {
		p.fail(spot{}, "", "%s", yamlMessage(err))
		return nil
	}
	for {
		var root yaml.Node
		err := loader.Load(&root)
		if err == io.EOF {
			return docs
		}
		if err != nil {
			p.yamlError(err)
			return docs
		}
		docs = p.append(docs, &root)
	}
}

// append adds the document if it has no errors.
func (p *parser) append(docs []Document, root *yaml.Node) []Document {
	p.failed, p.unresolved = false, false
	if doc := p.document(root); doc != nil && !p.failed {
		docs = append(docs, doc)
	}
	return docs
}

// yamlError reports what the YAML reader could not read.
func (p *parser) yamlError(err error) {
	var load *yaml.LoadError
	s := spot{}
	if errors.As(err, &load) {
		s = spot{line: load.Mark.Line, col: load.Mark.Column}
		if s.line == 0 {
			s = spot{line: load.ContextMark.Line, col: load.ContextMark.Column}
		}
	}
	if s.line == 0 {
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			s.line, _ = strconv.Atoi(m[1])
			s.col = 1
		}
	}
	hint := ""
	if at := invalidUTF8(p.data); at >= 0 {
		hint = "the file is not UTF-8"
		if s.line == 0 {
			s.line, s.col = 1+bytes.Count(p.data[:at], []byte("\n")), 1
		}
	}
	p.fail(s, hint, "not valid YAML: %s", yamlMessage(err))
}

// invalidUTF8 returns where data stops being UTF-8, -1 when it does not.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func yamlMessage(err error) string {
	var load *yaml.LoadError
	if errors.As(err, &load) && load.Message != "" {
		return load.Message
	}
	return strings.TrimPrefix(err.Error(), "yaml: ")
}

// document dispatches on the key that tells the kinds apart.
func (p *parser) document(root *yaml.Node) Document {
	n := root
	if n.Kind == yaml.DocumentNode {
		if len(n.Content) == 0 {
			return nil
		}
		n = n.Content[0]
	}
	n = p.resolve(n)
	if n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		p.fail(at(n), "", "a Sigma document is a map of attributes, this is %s", kindName(n))
		return nil
	}
	top := p.pairs(n, 0)
	if a := top.find("action"); a != nil {
		p.fail(at(a.key), "write each rule out in full", "collections with action: are no longer part of Sigma")
		return nil
	}
	switch {
	case top.find("correlation") != nil:
		return p.correlation(n, top)
	case top.find("filter") != nil:
		return p.filter(n, top)
	case top.find("detection") != nil:
		return p.rule(n, top)
	}
	p.fail(at(n), meantKey(top), "neither a rule, a correlation nor a filter: no key detection, correlation or filter")
	return nil
}

// meantKey looks for a misspelt main key.
func meantKey(top pairs) string {
	for _, pr := range top {
		if h := meant(pr.name, []string{"detection", "correlation", "filter"}); h != "" {
			return strconv.Quote(pr.name) + ": " + h
		}
	}
	return ""
}

// A pair is one entry of a YAML map.
type pair struct {
	name     string
	key, val *yaml.Node
}

type pairs []pair

// find returns the entry with the given key, or nil.
func (ps pairs) find(name string) *pair {
	for i := range ps {
		if ps[i].name == name {
			return &ps[i]
		}
	}
	return nil
}

// text returns the text of a scalar entry, "" where there is none.
func (ps pairs) text(name string) string {
	if pr := ps.find(name); pr != nil && pr.val.Kind == yaml.ScalarNode && pr.val.Tag != "!!null" {
		return pr.val.Value
	}
	return ""
}

// resolve follows aliases and counts; it returns nil once the budget is spent.
func (p *parser) resolve(n *yaml.Node) *yaml.Node {
	for hops := 0; n.Kind == yaml.AliasNode; hops++ {
		if n.Alias == nil || hops > maxDepth {
			p.fail(at(n), "", "alias leads nowhere")
			return nil
		}
		n = n.Alias
	}
	p.nodes++
	if p.nodes > maxNodes {
		if p.nodes == maxNodes+1 {
			p.fail(at(n), "", "too large: more than %d YAML nodes", maxNodes)
		}
		p.failed = true
		return nil
	}
	return n
}

// pairs returns the entries of a map. A key that occurs twice is an error:
// YAML readers keep the last one silently. Merge keys are followed.
func (p *parser) pairs(n *yaml.Node, depth int) pairs {
	out := make(pairs, 0, len(n.Content)/2)
	seen := finder{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := p.resolve(n.Content[i]), p.resolve(n.Content[i+1])
		if k == nil || v == nil {
			return out
		}
		if k.Kind != yaml.ScalarNode {
			p.fail(at(k), "", "a key must be a plain word, this is %s", kindName(k))
			continue
		}
		if k.Tag == "!!merge" {
			out = p.merge(out, v, depth)
			continue
		}
		if first := seen.find(out, k.Value); first != nil {
			p.fail(at(k), "put the values into one list", "key %q occurs twice, first in line %d", k.Value, first.key.Line)
			continue
		}
		out = append(out, pair{k.Value, k, v})
	}
	return out
}

// A finder finds keys in growing pairs. It makes an index only for maps so large
// that looking through them again and again would take long.
type finder map[string]int

const manyPairs = 32

func (f finder) find(list pairs, name string) *pair {
	if len(list) < manyPairs {
		return list.find(name)
	}
	for i := len(f); i < len(list); i++ { // keys in the list are distinct
		f[list[i].name] = i
	}
	if i, ok := f[name]; ok {
		return &list[i]
	}
	return nil
}

// merge adds the entries of a merge key's map that are not there yet.
func (p *parser) merge(out pairs, v *yaml.Node, depth int) pairs {
	if depth > maxDepth {
		p.fail(at(v), "", "merge keys nested too deeply")
		return out
	}
	sources := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode {
		sources = v.Content
	}
	seen := finder{}
	for _, s := range sources {
		if s = p.resolve(s); s == nil {
			return out
		}
		if s.Kind != yaml.MappingNode {
			p.fail(at(s), "", "a merge key needs a map, this is %s", kindName(s))
			continue
		}
		for _, pr := range p.pairs(s, depth+1) {
			if seen.find(out, pr.name) == nil {
				out = append(out, pr)
			}
		}
	}
	return out
}

// kindName names what a node is, for messages.
func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.Tag {
	case "!!null":
		return "empty"
	case "!!str":
		return "a text"
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "a truth value"
	}
	return "a single value"
}
