package evtx

// compileSkeleton turns what a walker wrote into a program. Skeletons are
// well-formed by construction.
func compileSkeleton(skel []byte) *program {
	r := &skelReader{b: skel}
	p := &program{}
	for len(r.b) > 0 {
		p.root = append(p.root, r.part())
	}
	p.slots, p.cost = r.slots, r.cost
	return p
}

type skelReader struct {
	b           []byte
	slots, cost int
}

func (r *skelReader) code() byte {
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *skelReader) str() string {
	n := int(u16(r.b, 0))
	s := utf16String(r.b[2 : 2+n])
	r.b = r.b[2+n:]
	return s
}

// part reads an element or an instruction.
func (r *skelReader) part() part {
	r.cost++
	switch r.code() {
	case skelElem:
		return part{kind: partElem, elem: r.element()}
	default:
		return r.instruction()
	}
}

func (r *skelReader) instruction() part {
	text := r.str()
	if len(r.b) > 0 && r.b[0] == skelPIData {
		r.b = r.b[1:]
		text += " " + r.str()
	}
	return part{kind: partPI, text: text}
}

func (r *skelReader) element() *node {
	n := &node{dep: -1, name: r.str()}
	inTag := true
	for {
		switch r.b[0] {
		case skelEnd:
			r.b = r.b[1:]
			return n
		case skelContent:
			r.b = r.b[1:]
			inTag = false
		case skelAttr:
			r.b = r.b[1:]
			n.attrs = append(n.attrs, attr{name: r.str()})
			r.cost++
		case skelElem, skelPI:
			n.content = append(n.content, r.part())
		default:
			r.value(n, inTag)
		}
	}
}

// value adds character data to the element, or to its last attribute.
func (r *skelReader) value(n *node, inTag bool) {
	parts := &n.content
	if inTag && len(n.attrs) > 0 {
		parts = &n.attrs[len(n.attrs)-1].parts
	}
	r.cost++
	switch r.code() {
	case skelText:
		*parts = addText(*parts, r.str())
	case skelEntity:
		*parts = addText(*parts, entity(r.str()))
	default: // skelSlot, skelNest
		*parts = append(*parts, part{kind: partSlot, slot: int32(r.slots)})
		r.slots++
	}
}
