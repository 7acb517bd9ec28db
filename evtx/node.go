package evtx

// A node is one element of a compiled document. Slot numbers count within the
// template until a layout rebases them.
type node struct {
	name    string
	dep     int32 // slot whose Null removes the element, or -1
	attrs   []attr
	content []part
}

type attr struct {
	name  string
	parts []part
}

type partKind uint8

const (
	partText partKind = iota // literal text
	partSlot                 // a value of the record
	partElem                 // a child element
	partPI                   // a processing instruction, "target data"
)

// A part is one piece of an element's or attribute's content.
type part struct {
	kind     partKind
	optional bool  // for slots: Null removes what encloses it
	slot     int32 // for slots
	text     string
	elem     *node
}

// addText joins neighbouring literals, so that compilers see maximal runs.
func addText(parts []part, s string) []part {
	if s == "" {
		return parts
	}
	if n := len(parts); n > 0 && parts[n-1].kind == partText {
		parts[n-1].text += s
		return parts
	}
	return append(parts, part{kind: partText, text: s})
}

// hasChildren reports whether the element holds elements.
func (n *node) hasChildren() bool {
	for i := range n.content {
		if n.content[i].kind == partElem {
			return true
		}
	}
	return false
}

// texts returns the content without elements and instructions.
func (n *node) texts() []part {
	var out []part
	for _, p := range n.content {
		if p.kind == partText || p.kind == partSlot {
			out = append(out, p)
		}
	}
	return out
}

// literalAttr returns an attribute that is wholly literal.
func (n *node) literalAttr(name string) (string, bool) {
	for _, a := range n.attrs {
		if a.name == name && len(a.parts) == 1 && a.parts[0].kind == partText {
			return a.parts[0].text, true
		}
	}
	return "", false
}

// isData reports whether the element is named by its Name attribute.
func (n *node) isData() bool { return n.name == "Data" || n.name == "ComplexData" }
