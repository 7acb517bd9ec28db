package evtx

import (
	"strconv"
	"strings"
)

// The JSON of a layout is compiled once into literal runs and operations on
// slots. Whatever depends on names alone (keys, suffixes of repeated names,
// which Data go together) is decided here and not per record.

type jsonProgram struct {
	ops  []jsonOp
	uses []jsonUse // for each op in turn
}

// A jsonUse names the slots that decide an op's output.
type jsonUse struct {
	slot int32   // the only one, or noSlot
	more []int32 // all, when there are several
}

type jsonOpKind uint8

const (
	opText   jsonOpKind = iota // value of a slot; Null gives null
	opData                     // value of a slot; Null gives ""
	opParts                    // composed text
	opAttr                     // an element with one attribute that is one value, and no text
	opAttrs                    // an element with attributes and perhaps text
	opMember                   // the member "#attributes", then a comma, if there are any
	opMixed                    // the member "#text", then a comma, if there is any
	opList                     // the unnamed Data of one parent
	opEnd                      // nothing: the literal before is the end
)

type jsonOp struct {
	pre   []byte // literal before, padded to a multiple of 16
	size  int    // its length
	kind  jsonOpKind
	comma commaRule
	slot  int32
	key   string // for opAttr: all that stands before the value
	parts []part
	attrs []jsonAttr
	list  [][]part
}

// commaRule says where a member that may be absent puts its comma.
type commaRule uint8

const (
	commaNone   commaRule = iota // the only member: absent, the parent is null
	commaBefore                  // not the first
	commaAfter                   // the first of several
)

type jsonAttr struct {
	key    string // quoted, with colon
	parts  []part
	slot   int32
	single bool // parts is no more than the slot
}

func compileJSON(root []part) jsonProgram {
	c := &jsonCompiler{}
	c.lit = append(c.lit, '{')
	c.members(root, false, true)
	c.lit = append(c.lit, '}')
	c.emit(jsonOp{kind: opEnd})
	p := jsonProgram{ops: c.ops}
	for i := range p.ops {
		p.uses = append(p.uses, p.ops[i].use())
	}
	return p
}

// use lists the slots that an operation reads.
func (op *jsonOp) use() jsonUse {
	if op.kind == opText || op.kind == opData || op.kind == opAttr {
		return jsonUse{slot: op.slot}
	}
	u := jsonUse{slot: noSlot}
	add := func(parts []part) {
		for _, p := range parts {
			if p.kind == partSlot && p.slot >= 0 {
				u.more = append(u.more, p.slot)
			}
		}
	}
	add(op.parts)
	for _, a := range op.attrs {
		add(a.parts)
	}
	for _, l := range op.list {
		add(l)
	}
	if len(u.more) == 1 {
		u.slot, u.more = u.more[0], nil
	}
	return u
}

type jsonCompiler struct {
	ops []jsonOp
	lit []byte
}

func (c *jsonCompiler) emit(op jsonOp) {
	op.size = len(c.lit)
	op.pre = append(make([]byte, 0, op.size+16), c.lit...)[:(op.size+15)&^15]
	c.lit = c.lit[:0]
	c.ops = append(c.ops, op)
}

func (c *jsonCompiler) str(s string) { c.lit = append(c.lit, s...) }

func (c *jsonCompiler) key(s string) {
	c.lit = append(appendJSONString(c.lit, s), ':')
}

// keySet makes repeated keys of one object distinct: Header, Header_1, …
type keySet map[string]int

func (k keySet) unique(name string) string {
	n := k[name]
	k[name] = n + 1
	if n == 0 {
		return name
	}
	return name + "_" + strconv.Itoa(n)
}

// members writes the child elements as members. follows says that a member
// stands before them already, gather that unnamed Data become one list.
func (c *jsonCompiler) members(parts []part, follows, gather bool) {
	keys := keySet{}
	list, rest := unnamedData(parts)
	for i := range parts {
		n := parts[i].elem
		if parts[i].kind != partElem {
			continue
		}
		if gather && isUnnamedData(n) {
			if list != nil {
				follows = c.dataList(list, follows, rest > 0)
				list = nil
			}
			continue
		}
		if follows {
			c.str(",")
		}
		follows = true
		name, data := n.name, false
		if n.name == "Data" {
			name, data = fieldName(n)
		}
		c.key(keys.unique(name))
		c.element(n, data)
	}
}

func isUnnamedData(n *node) bool {
	if n.name != "Data" || n.hasChildren() {
		return false
	}
	_, named := n.literalAttr("Name")
	return !named
}

// unnamedData collects the contents of unnamed Data and counts the other
// elements.
func unnamedData(parts []part) (list [][]part, rest int) {
	for i := range parts {
		if parts[i].kind != partElem {
			continue
		}
		if isUnnamedData(parts[i].elem) {
			list = append(list, parts[i].elem.texts())
		} else {
			rest++
		}
	}
	return list, rest
}

// dataList writes the unnamed Data and reports whether the next member has to
// begin with a comma.
func (c *jsonCompiler) dataList(list [][]part, follows, more bool) bool {
	op := jsonOp{kind: opList, list: list}
	switch {
	case follows:
		op.comma = commaBefore
	case more:
		op.comma = commaAfter
	}
	c.emit(op)
	return follows
}

// element writes an element's value. data marks a Data whose Name attribute is
// the key.
func (c *jsonCompiler) element(n *node, data bool) {
	attrs, static := c.attributes(n, data)
	if n.hasChildren() {
		c.object(n, attrs, static)
		return
	}
	texts := n.texts()
	switch {
	case len(attrs) > 0 && static && len(texts) == 0:
		c.str(`{"#attributes":`)
		c.literalAttrs(attrs)
		c.str("}")
	case len(attrs) == 1 && attrs[0].single && len(texts) == 0:
		c.emit(jsonOp{kind: opAttr, key: `{"#attributes":{` + attrs[0].key, slot: attrs[0].slot})
	case len(attrs) > 0:
		c.emit(jsonOp{kind: opAttrs, attrs: attrs, parts: texts})
	default:
		c.text(texts, data)
	}
}

// attributes lists what may show, and reports whether all of it is literal.
func (c *jsonCompiler) attributes(n *node, data bool) (attrs []jsonAttr, static bool) {
	static = true
	keys := keySet{}
	for _, a := range n.attrs {
		if len(a.parts) == 0 || data && a.name == "Name" {
			continue
		}
		for _, p := range a.parts {
			static = static && p.kind == partText
		}
		key := string(append(appendJSONString(nil, keys.unique(a.name)), ':'))
		out := jsonAttr{key: key, parts: a.parts}
		if len(a.parts) == 1 && a.parts[0].kind == partSlot {
			out.slot, out.single = a.parts[0].slot, true
		}
		attrs = append(attrs, out)
	}
	return attrs, static
}

func (c *jsonCompiler) literalAttrs(attrs []jsonAttr) {
	for i, a := range attrs {
		c.str("{,"[min(i, 1):][:1])
		c.str(a.key)
		c.lit = appendJSONString(c.lit, a.parts[0].text)
	}
	c.str("}")
}

// object writes an element with children.
func (c *jsonCompiler) object(n *node, attrs []jsonAttr, static bool) {
	text := significant(n.texts())
	list, rest := unnamedData(n.content)
	if len(list) > 0 && rest == 0 && len(attrs) == 0 && len(text) == 0 {
		c.emit(jsonOp{kind: opList, list: list, comma: commaNone})
		return
	}
	c.str("{")
	follows := false
	switch {
	case len(attrs) > 0 && static:
		c.str(`"#attributes":`)
		c.literalAttrs(attrs)
		follows = true
	case len(attrs) > 0 && rest == 0 && len(text) == 0:
		c.emit(jsonOp{kind: opMember, attrs: attrs})
		c.str(`"Data":`)
		c.emit(jsonOp{kind: opList, list: list, comma: commaNone})
		c.str("}")
		return
	case len(attrs) > 0:
		c.emit(jsonOp{kind: opMember, attrs: attrs})
	}
	if len(text) > 0 {
		if follows {
			c.str(",")
			follows = false
		}
		c.emit(jsonOp{kind: opMixed, parts: text})
	}
	c.members(n.content, follows, len(text) == 0 || rest > 0)
	c.str("}")
}

// significant drops the white space between child elements.
func significant(parts []part) (out []part) {
	for _, p := range parts {
		if p.kind == partSlot || strings.TrimSpace(p.text) != "" {
			out = append(out, p)
		}
	}
	return out
}

func (c *jsonCompiler) text(parts []part, data bool) {
	switch {
	case len(parts) == 0 && data:
		c.str(`""`)
	case len(parts) == 0:
		c.str("null")
	case len(parts) > 1:
		c.emit(jsonOp{kind: opParts, parts: parts})
	case parts[0].kind == partText:
		c.lit = appendJSONString(c.lit, parts[0].text)
	case data:
		c.emit(jsonOp{kind: opData, slot: parts[0].slot})
	default:
		c.emit(jsonOp{kind: opText, slot: parts[0].slot})
	}
}
