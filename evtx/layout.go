package evtx

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync/atomic"
)

// A Field is one name in a [Layout].
type Field struct {
	// Path is the place of the value in the document without the root element,
	// dot separated: "System.EventID", "EventData.CommandLine",
	// "UserData.LogFileCleared.Channel". An attribute's name follows a dot and
	// an at sign: "System.Provider.@Name". A Data element goes by its Name
	// attribute; unnamed ones share the path "EventData.Data". Namespace
	// declarations are no fields.
	Path string
	// Name is the last part of the path, without the at sign. It may contain
	// dots and blanks, as Data names do.
	Name string
	// Attr tells an attribute from an element.
	Attr bool
}

// A Layout lists the fields of all records that look alike: that use the same
// templates with the same numbers of values, or are literal documents of the
// same structure. It is immutable. Records that look alike share one Layout
// pointer, so work that depends on names only can be kept by pointer.
type Layout struct {
	Fields []Field

	shared bool
	hash   uint32 // spreads layouts over small tables
	cost   int
	key    []instKey
	cut    bool // the document was too large to be laid out whole
	byPath map[string]int
	items  []item
	lits   []string  // literal values, UTF-8
	comps  [][]part  // values of several parts
	deps   [][]int32 // slots any of which being Null removes an item; the first is empty
	root   []part
	system systemRefs
	forms  atomic.Pointer[forms]
}

// Shared reports whether all records that look alike share this layout. It is
// false beyond the limits of the [Store]: such a layout serves one record, and
// caches keyed by pointer must not keep it.
func (l *Layout) Shared() bool { return l.shared }

// Find returns the index of a path in Fields, or -1.
func (l *Layout) Find(path string) int {
	if i, ok := l.byPath[path]; ok {
		return i
	}
	return -1
}

// An instKey is what a layout's key holds of one instance.
type instKey struct {
	prog          uint32
	count, parent int32
}

// is reports whether the layout belongs to the instances.
func (l *Layout) is(insts []instance) bool {
	if len(l.key) != len(insts) {
		return false
	}
	for i := range insts {
		k, in := &l.key[i], &insts[i]
		if k.prog != in.prog.id || k.count != in.count || k.parent != in.parent {
			return false
		}
	}
	return true
}

func layoutKey(insts []instance) string {
	b := make([]byte, 0, 12*len(insts))
	for i := range insts {
		in := &insts[i]
		b = binary.LittleEndian.AppendUint32(b, in.prog.id)
		b = binary.LittleEndian.AppendUint32(b, uint32(in.count))
		b = binary.LittleEndian.AppendUint32(b, uint32(in.parent))
	}
	return string(b)
}

// An item is one possible value of a record: where it is and what has to be
// there for it to exist.
type item struct {
	field    uint16
	kind     itemKind
	optional bool  // a Null value removes it
	attr     bool  // empty text removes it
	slot     int32 // or index into lits or comps
	deps     int32 // index into the layout's deps, 0 for none
}

type itemKind uint8

const (
	itemSlot itemKind = iota
	itemLiteral
	itemParts
)

// newLayout joins the instances' programs into one document.
func newLayout(insts []instance) *Layout {
	l := &Layout{shared: true, byPath: make(map[string]int)}
	s := &splicer{insts: insts, layout: l, children: make(map[int32][]int)}
	for i := range insts {
		in := &insts[i]
		l.key = append(l.key, instKey{in.prog.id, in.count, in.parent})
		l.shared = l.shared && in.prog.shared
		l.hash = (l.hash + in.prog.id) * 0x01000193
		s.children[in.parent] = append(s.children[in.parent], i)
	}
	for _, i := range s.children[-1] {
		l.root = append(l.root, s.parts(insts[i].prog.root, &insts[i], 0)...)
	}
	l.cost += s.nodes + 4
	b := &itemBuilder{l: l}
	for _, p := range l.root {
		if p.kind == partElem {
			b.attributes("", p.elem, nil)
			b.content("", p.elem, nil, 0)
		}
	}
	l.system = findSystem(l)
	return l
}

// forms is what only the writers of JSON need. It is made at first use: a hunt
// that looks at fields never pays for it.
type forms struct {
	json jsonProgram
	flat []string // keys of the flat JSON, quoted, with colon
}

func (l *Layout) compiled() *forms {
	if f := l.forms.Load(); f != nil {
		return f
	}
	f := &forms{json: compileJSON(l.root)}
	for i := range l.Fields {
		f.flat = append(f.flat, string(append(appendJSONString(nil, l.Fields[i].Path), ':')))
	}
	l.forms.Store(f) // two goroutines may both have made it: they are equal
	return f
}

// A splicer rebases slots and puts nested documents in their places.
type splicer struct {
	insts    []instance
	children map[int32][]int
	layout   *Layout
	nodes    int
}

// room counts nodes and says no beyond the limit: a crafted template may ask
// for the same nested document thousands of times.
func (s *splicer) room() bool {
	if s.nodes++; s.nodes > maxLayoutNodes {
		s.layout.cut = true
		return false
	}
	return true
}

func (s *splicer) parts(in []part, inst *instance, depth int) (out []part) {
	for _, p := range in {
		if !s.room() {
			return out
		}
		switch p.kind {
		case partElem:
			p.elem = s.node(p.elem, inst, depth)
		case partSlot:
			if p.slot >= inst.count { // fewer values than asked for: Null
				p.slot = noSlot
				break
			}
			p.slot += inst.base
			if kids := s.children[p.slot]; len(kids) > 0 {
				out = append(out, s.nested(kids, depth)...)
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// noSlot stands for a value that the record does not have.
const noSlot = int32(-1)

func (s *splicer) nested(kids []int, depth int) (out []part) {
	if depth >= 2*maxDepth {
		s.layout.cut = true
		return nil
	}
	for _, k := range kids {
		out = append(out, s.parts(s.insts[k].prog.root, &s.insts[k], depth+1)...)
	}
	return out
}

func (s *splicer) node(n *node, inst *instance, depth int) *node {
	out := &node{name: n.name, dep: -1}
	if n.dep >= 0 && n.dep < inst.count {
		out.dep = n.dep + inst.base
	}
	for _, a := range n.attrs {
		if s.room() {
			out.attrs = append(out.attrs, attr{a.name, s.attrParts(a.parts, inst)})
		}
	}
	if depth < 2*maxDepth {
		out.content = s.parts(n.content, inst, depth+1)
	} else {
		s.layout.cut = true
	}
	return out
}

// attrParts rebases slots; a document within an attribute has no meaning.
func (s *splicer) attrParts(in []part, inst *instance) []part {
	out := make([]part, len(in))
	for i, p := range in {
		s.nodes++
		if p.kind == partSlot {
			if p.slot >= inst.count {
				p.slot = noSlot
			} else {
				p.slot += inst.base
			}
		}
		out[i] = p
	}
	return out
}

// An itemBuilder lists the values of a document in document order.
type itemBuilder struct {
	l *Layout
}

func (b *itemBuilder) field(path, name string, attr bool) (uint16, bool) {
	i, ok := b.l.byPath[path]
	if !ok {
		if i = len(b.l.Fields); i > 0xffff {
			b.l.cut = true
			return 0, false
		}
		b.l.byPath[path] = i
		b.l.Fields = append(b.l.Fields, Field{path, name, attr})
	}
	return uint16(i), true
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// fieldName is the element's name in paths; named reports that the Name
// attribute gave it.
func fieldName(n *node) (name string, named bool) {
	if n.isData() {
		if s, ok := n.literalAttr("Name"); ok {
			return s, true
		}
	}
	return n.name, false
}

func (b *itemBuilder) attributes(path string, n *node, deps []int32) {
	_, named := fieldName(n)
	for _, a := range n.attrs {
		if a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:") || named && a.name == "Name" || len(a.parts) == 0 {
			continue
		}
		if f, ok := b.field(join(path, "@"+a.name), a.name, true); ok {
			b.add(f, a.parts, deps, true)
		}
	}
}

// content lists an element's children and its text.
func (b *itemBuilder) content(path string, n *node, deps []int32, depth int) {
	for _, p := range n.content {
		if p.kind == partElem {
			b.child(path, p.elem, deps, depth+1)
		}
	}
}

func (b *itemBuilder) child(prefix string, n *node, deps []int32, depth int) {
	if n.dep >= 0 {
		deps = append(deps[:len(deps):len(deps)], n.dep)
	}
	name, named := fieldName(n)
	path := join(prefix, name)
	if len(path) > 4096 { // a crafted chain of long names would grow without bound
		b.l.cut = true
		return
	}
	b.attributes(path, n, deps)
	texts := n.texts()
	empty := len(texts) == 0 && !n.hasChildren() && (len(n.attrs) == 0 || named) && depth > 1
	if empty || hasValue(texts, n) {
		if f, ok := b.field(path, name, false); ok {
			b.add(f, texts, deps, false)
		}
	}
	b.content(path, n, deps, depth)
}

// hasValue tells text from the white space between child elements.
func hasValue(texts []part, n *node) bool {
	for _, p := range texts {
		if p.kind == partSlot || strings.TrimSpace(p.text) != "" || !n.hasChildren() {
			return true
		}
	}
	return false
}

func (b *itemBuilder) add(f uint16, parts []part, deps []int32, attr bool) {
	l := b.l
	it := item{field: f, attr: attr, deps: b.depsIndex(deps)}
	switch {
	case len(parts) == 0:
		it.kind, it.slot = itemLiteral, b.literal("")
	case len(parts) > 1:
		it.kind, it.slot = itemParts, int32(len(l.comps))
		for _, p := range parts {
			if p.kind == partSlot && p.optional {
				it.optional = true
			}
		}
		l.comps = append(l.comps, parts)
	case parts[0].kind == partText:
		it.kind, it.slot = itemLiteral, b.literal(parts[0].text)
	default:
		it.slot, it.optional = parts[0].slot, parts[0].optional
	}
	l.items = append(l.items, it)
}

// depsIndex keeps a list of dependencies; neighbours mostly share theirs.
func (b *itemBuilder) depsIndex(deps []int32) int32 {
	if len(deps) == 0 {
		return 0
	}
	l := b.l
	if last := len(l.deps) - 1; last < 0 || !slices.Equal(l.deps[last], deps) {
		if last < 0 {
			l.deps = append(l.deps, nil)
		}
		l.deps = append(l.deps, deps)
	}
	return int32(len(l.deps) - 1)
}

func (b *itemBuilder) literal(s string) int32 {
	b.l.lits = append(b.l.lits, s)
	return int32(len(b.l.lits) - 1)
}
