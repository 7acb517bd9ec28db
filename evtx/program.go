package evtx

import "bytes"

// A definition is a template definition found in a chunk.
type definition struct {
	guid [16]byte
	body int // offset of the body in the chunk
	size int
}

const definitionHeader = 24 // next u32, GUID, size u32

// definitionAt reads the header at o; ok is false when it cannot be one.
func definitionAt(c []byte, o int) (def definition, ok bool) {
	if o < chunkHeaderSize || o+definitionHeader > len(c) {
		return def, false
	}
	size := u32(c, o+20)
	if size > uint32(len(c)-o-definitionHeader) {
		return def, false
	}
	copy(def.guid[:], c[o+4:o+20])
	def.body, def.size = o+definitionHeader, int(size)
	return def, true
}

// A program is a compiled template definition or literal document. It is
// immutable. The body and its relocations let a later chunk prove, byte by
// byte, that its definition is the same one.
type program struct {
	id     uint32
	shared bool // kept by the store
	weak   bool // some names could not be proven
	root   []part
	slots  int // highest slot number + 1
	body   []byte
	relocs []reloc
	cost   int // nodes and parts, for budgets
}

// A reloc is one name reference in a definition's body: the only bytes that
// differ between two chunks holding the same definition.
type reloc struct {
	pos    int // of the reference in the body
	inline int // length of the inline structure, 0 if the name stands elsewhere
	name   []byte
}

// matches reports whether the definition in chunk c is this program's. Hashes
// take no part, so no crafted collision can pass one template for another.
func (p *program) matches(c []byte, def definition) bool {
	body := c[def.body : def.body+def.size]
	if len(body) != len(p.body) {
		return false
	}
	from := 0
	for i := range p.relocs {
		r := &p.relocs[i]
		if !bytes.Equal(body[from:r.pos], p.body[from:r.pos]) {
			return false
		}
		ref, next, ok := readName(c, def.body+r.pos, def.body+def.size)
		if !ok || ref.inline != r.inline || !bytes.Equal(ref.raw, r.name) {
			return false
		}
		from = next - def.body
	}
	return bytes.Equal(body[from:], p.body[from:])
}

// unknownName stands for the names of a carved definition whose bytes were
// overwritten.
const unknownName = "unknown"

// compile parses a definition. With strict set every name must carry its right
// hash, or it is replaced and the program called weak: names stand anywhere in
// the chunk, and in slack some of those places belong to younger records.
func compile(c []byte, def definition, strict bool) (*program, Class) {
	ps := &parser{c: c, base: def.body, p: def.body, end: def.body + def.size, strict: strict}
	root := ps.document()
	if ps.err != NoDamage {
		return nil, ps.err
	}
	return &program{
		root: root, slots: ps.slots, cost: ps.cost, relocs: ps.relocs, weak: ps.weak,
		body: bytes.Clone(c[def.body : def.body+def.size]),
	}, NoDamage
}

// A parser reads one template definition. The first error sticks and stops
// every loop.
type parser struct {
	c            []byte
	base, p, end int
	strict, weak bool
	slots, cost  int
	relocs       []reloc
	err          Class
}

func (ps *parser) fail(c Class) {
	if ps.err == NoDamage {
		ps.err = c
	}
}

// need reports whether n more bytes stand in the definition.
func (ps *parser) need(n int) bool {
	if ps.err != NoDamage {
		return false
	}
	if n > ps.end-ps.p {
		ps.fail(TemplateParse)
		return false
	}
	return true
}

func (ps *parser) byte() byte {
	if !ps.need(1) {
		return tokEOF
	}
	ps.p++
	return ps.c[ps.p-1]
}

func (ps *parser) u16() int {
	if !ps.need(2) {
		return 0
	}
	ps.p += 2
	return int(u16(ps.c, ps.p-2))
}

func (ps *parser) skip(n int) {
	if ps.need(n) {
		ps.p += n
	}
}

func (ps *parser) name() string {
	if ps.err != NoDamage {
		return ""
	}
	at := ps.p
	ref, next, ok := readName(ps.c, ps.p, ps.end)
	if ps.strict && (!ok || !hashFits(ps.c, at, ref)) {
		return ps.unknown(next)
	}
	if !ok {
		ps.fail(BadName)
		return ""
	}
	ps.relocs = append(ps.relocs, reloc{pos: at - ps.base, inline: ref.inline, name: bytes.Clone(ref.raw)})
	ps.p = next
	return utf16String(ref.raw)
}

// unknown replaces a name and reads on behind its reference, or behind its
// structure if that stands here.
func (ps *parser) unknown(next int) string {
	ps.weak = true
	ps.p = max(next, ps.p+4)
	if ps.p > ps.end {
		ps.fail(BadName)
	}
	return unknownName
}

func hashFits(c []byte, at int, ref nameRef) bool {
	return u16(c, int(u32(c, at))+4) == nameHash(ref.raw)
}

// chars reads a counted string.
func (ps *parser) chars() string {
	n := 2 * ps.u16()
	if !ps.need(n) {
		return ""
	}
	ps.p += n
	return utf16String(ps.c[ps.p-n : ps.p])
}

// document reads what a definition's body holds: a fragment header, one
// element, instructions around it, EOF.
func (ps *parser) document() (root []part) {
	for ps.err == NoDamage && ps.p < ps.end {
		switch tok := ps.byte(); tok &^ moreBit {
		case tokFragment:
			ps.skip(3)
		case tokOpen:
			root = append(root, part{kind: partElem, elem: ps.element(tok, 1)})
		case tokPITarget:
			root = append(root, ps.instruction())
		case tokEOF:
			return ps.rooted(root)
		default:
			ps.fail(TemplateParse)
		}
	}
	return ps.rooted(root)
}

func (ps *parser) rooted(root []part) []part {
	if len(root) == 0 {
		ps.fail(TemplateParse)
	}
	return root
}

func (ps *parser) element(tok byte, depth int) *node {
	if depth > maxDepth {
		ps.fail(TooDeep)
		return nil
	}
	n := &node{dep: -1}
	ps.cost++
	if dep := ps.u16(); dep != 0xffff {
		n.dep = int32(dep)
		ps.slots = max(ps.slots, dep+1)
	}
	ps.skip(4)
	n.name = ps.name()
	if tok&moreBit != 0 {
		ps.skip(4)
	}
	if ps.startTag(n) {
		ps.children(n, depth)
	}
	return n
}

// startTag reads attributes up to the end of the start tag and reports whether
// content follows.
func (ps *parser) startTag(n *node) bool {
	for ps.err == NoDamage {
		switch tok := ps.byte(); tok &^ moreBit {
		case tokAttr:
			n.attrs = append(n.attrs, attr{name: ps.name()})
			ps.cost++
		case tokCloseStart:
			return ps.err == NoDamage
		case tokCloseEmpty:
			return false
		default:
			if len(n.attrs) == 0 {
				ps.fail(BadToken)
				return false
			}
			a := &n.attrs[len(n.attrs)-1]
			a.parts = ps.value(a.parts, tok)
		}
	}
	return false
}

func (ps *parser) children(n *node, depth int) {
	for ps.err == NoDamage {
		switch tok := ps.byte(); tok &^ moreBit {
		case tokEnd:
			return
		case tokOpen:
			n.content = append(n.content, part{kind: partElem, elem: ps.element(tok, depth+1)})
		case tokPITarget:
			n.content = append(n.content, ps.instruction())
		default:
			n.content = ps.value(n.content, tok)
		}
	}
}

// value reads one token of character data.
func (ps *parser) value(parts []part, tok byte) []part {
	ps.cost++
	switch tok &^ moreBit {
	case tokText:
		if ps.byte() != byte(TypeString) {
			ps.fail(BadToken)
		}
		return addText(parts, ps.chars())
	case tokCDATA:
		return addText(parts, ps.chars())
	case tokCharRef:
		return addText(parts, string(rune(ps.u16())))
	case tokEntityRef:
		return addText(parts, entity(ps.name()))
	case tokSubst, tokOptSubst:
		id := ps.u16()
		ps.byte()
		if id >= maxValues {
			ps.fail(BadToken)
		}
		ps.slots = max(ps.slots, id+1)
		return append(parts, part{kind: partSlot, slot: int32(id), optional: tok&^moreBit == tokOptSubst})
	}
	ps.fail(BadToken)
	return parts
}

func (ps *parser) instruction() part {
	ps.cost++
	text := ps.name()
	if ps.need(1) && ps.c[ps.p]&^moreBit == tokPIData {
		ps.p++
		text += " " + ps.chars()
	}
	return part{kind: partPI, text: text}
}
