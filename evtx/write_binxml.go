package evtx

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf16"
)

// Tokens of binary XML. wMore on a token says that another of its kind
// follows (attributes), that an attribute list follows (elements), or that
// more character data follows (text and references).
const (
	wTokEOF       = 0x00
	wTokOpen      = 0x01
	wTokClose     = 0x02
	wTokCloseNone = 0x03
	wTokEnd       = 0x04
	wTokValue     = 0x05
	wTokAttr      = 0x06
	wTokCDATA     = 0x07
	wTokCharRef   = 0x08
	wTokEntity    = 0x09
	wTokPITarget  = 0x0a
	wTokPIData    = 0x0b
	wTokInstance  = 0x0c
	wTokSub       = 0x0d
	wTokOptSub    = 0x0e
	wTokFragment  = 0x0f
	wMore         = 0x40
	wNoDep        = 0xffff
	wMaxSlots     = 8192
)

// wencoder writes one XML tree into a chunk, either literally or as the body
// of a template definition.
type wencoder struct {
	c        *wchunk
	template bool
	next     int // number of the next substitution
}

// document writes the BinXML of a record up to and including EOF.
func (e *wencoder) document(d wdocument) error {
	if d.prolog != nil {
		if err := e.pi(*d.prolog); err != nil {
			return err
		}
	}
	e.c.u8(wTokFragment, 1, 1, 0)
	var err error
	if d.literal {
		err = e.element(d.root)
	} else {
		err = e.instance(d.root)
	}
	e.c.u8(wTokEOF)
	return err
}

// instance writes a template instance for root: the reference to its
// template, the definition itself when the chunk does not have it yet, and
// the values.
func (e *wencoder) instance(root *Element) error {
	shape, values, err := wshapeOf(root)
	if err != nil {
		return err
	}
	guid := sha256.Sum256([]byte(shape))
	c := e.c
	c.u8(wTokInstance, 1)
	c.u8(guid[:4]...)
	if at, ok := c.templates[shape]; ok {
		c.u32(at)
	} else if err := e.define(shape, guid[:16], root); err != nil {
		return err
	}
	return e.values(values)
}

// define writes a template definition behind a reference to it. How Windows
// chooses the bucket of the definition table is not known; readers find
// definitions by their offset, so any bucket serves.
func (e *wencoder) define(shape string, guid []byte, root *Element) error {
	c := e.c
	at := uint32(len(c.buf) + 4)
	c.u32(at)
	bucket := binary.LittleEndian.Uint32(guid) % 32
	c.u32(c.tables.templates[bucket])
	c.tables.templates[bucket] = at
	c.templates[shape] = at
	c.newTemplates = append(c.newTemplates, shape)
	c.u8(guid...)
	size := len(c.buf)
	c.u32(0)
	c.u8(wTokFragment, 1, 1, 0)
	body := &wencoder{c: c, template: true}
	if err := body.element(root); err != nil {
		return err
	}
	c.u8(wTokEOF)
	c.patch(size, size+4)
	return nil
}

// values writes the count, the descriptors and the values of an instance.
func (e *wencoder) values(values []any) error {
	c := e.c
	c.u32(uint32(len(values)))
	desc := len(c.buf)
	c.buf = append(c.buf, make([]byte, 4*len(values))...)
	for i, v := range values {
		start := len(c.buf)
		typ, data, err := wwire(v)
		if err != nil {
			return err
		}
		c.u8(data...)
		if err := e.nested(v); err != nil {
			return err
		}
		n := len(c.buf) - start
		if n > math.MaxUint16 {
			return fmt.Errorf("value %d has %d bytes, more than 65,535", i, n)
		}
		binary.LittleEndian.PutUint16(c.buf[desc+4*i:], uint16(n))
		c.buf[desc+4*i+2] = typ
	}
	return nil
}

// nested writes the content of a value of type 0x21.
func (e *wencoder) nested(v any) error {
	var err error
	switch v := v.(type) {
	case wpayload:
		e.c.u8(wTokFragment, 1, 1, 0)
		err = e.instance(v.root)
	case Fragment:
		e.c.u8(wTokFragment, 1, 1, 0)
		err = (&wencoder{c: e.c}).element(v.Root)
	default:
		return nil
	}
	e.c.u8(wTokEOF)
	return err
}

// element writes an element with everything in it. Elements of a template
// definition carry a dependency: the number of the value whose absence
// removes the element.
func (e *wencoder) element(el *Element) error {
	if el == nil || el.Name == "" {
		return fmt.Errorf("element without a name")
	}
	c := e.c
	open := byte(wTokOpen)
	attrs := e.presentAttrs(el)
	if len(attrs) > 0 {
		open |= wMore
	}
	c.u8(open)
	if e.template {
		c.u16(e.dependency(el))
	}
	size := len(c.buf)
	c.u32(0)
	c.name(el.Name)
	if err := e.attributes(attrs); err != nil {
		return err
	}
	if err := e.content(el); err != nil {
		return err
	}
	c.patch(size, size+4)
	return nil
}

// presentAttrs are the attributes to write: all of them in a template, the
// ones that have a value in a literal document.
func (e *wencoder) presentAttrs(el *Element) []Attr {
	if e.template {
		return el.Attrs
	}
	var present []Attr
	for _, a := range el.Attrs {
		if v, ok := wplain(a.Value); !ok || v != nil {
			present = append(present, a)
		}
	}
	return present
}

// wplain unwraps an optional or numbered substitution.
func wplain(v any) (any, bool) {
	switch v := v.(type) {
	case Optional:
		return v.Value, true
	case wslot:
		return v.value, true
	}
	return v, false
}

// dependency is the number of el's only content when that is an optional
// substitution. The attributes' substitutions are numbered before it.
func (e *wencoder) dependency(el *Element) uint16 {
	if len(el.Content) != 1 {
		return wNoDep
	}
	switch v := el.Content[0].(type) {
	case wslot:
		return uint16(v.id)
	case Optional:
		n := e.next
		for _, a := range el.Attrs {
			for _, p := range wparts(a.Value) {
				if !wliteralPart(p) {
					n++
				}
			}
		}
		return uint16(n)
	}
	return wNoDep
}

func (e *wencoder) attributes(attrs []Attr) error {
	if len(attrs) == 0 {
		return nil
	}
	c := e.c
	size := len(c.buf)
	c.u32(0)
	for i, a := range attrs {
		if a.Name == "" {
			return fmt.Errorf("attribute without a name")
		}
		if i < len(attrs)-1 {
			c.u8(wTokAttr | wMore)
		} else {
			c.u8(wTokAttr)
		}
		c.name(a.Name)
		if err := e.parts(wparts(a.Value), true); err != nil {
			return fmt.Errorf("attribute %s: %w", a.Name, err)
		}
	}
	c.patch(size, size+4)
	return nil
}

// content closes the start tag and writes what is inside, and the end tag.
func (e *wencoder) content(el *Element) error {
	if len(el.Content) == 0 {
		e.c.u8(wTokCloseNone)
		return nil
	}
	e.c.u8(wTokClose)
	if err := e.parts(el.Content, false); err != nil {
		return fmt.Errorf("%s: %w", el.Name, err)
	}
	e.c.u8(wTokEnd)
	return nil
}

// parts writes a run of content. In a literal document an attribute keeps its
// empty text, because a name must be followed by a value.
func (e *wencoder) parts(parts []any, attr bool) error {
	for i, p := range parts {
		more := byte(0)
		if i < len(parts)-1 && wcharacters(parts[i+1]) {
			more = wMore
		}
		if err := e.part(p, more, attr); err != nil {
			return err
		}
	}
	return nil
}

// wcharacters tells whether a part is character data written as a token.
func wcharacters(v any) bool {
	switch v.(type) {
	case Text, CDATA, EntityRef, CharRef:
		return true
	}
	return false
}

func (e *wencoder) part(p any, more byte, attr bool) error {
	c := e.c
	switch p := p.(type) {
	case *Element:
		if attr {
			return fmt.Errorf("an attribute cannot hold an element")
		}
		return e.element(p)
	case Text:
		c.u8(wTokValue|more, wString)
		return e.chars(string(p))
	case CDATA:
		c.u8(wTokCDATA | more)
		return e.chars(string(p))
	case CharRef:
		c.u8(wTokCharRef | more)
		c.u16(uint16(p))
	case EntityRef:
		c.u8(wTokEntity | more)
		c.name(string(p))
	case PI:
		return e.pi(p)
	default:
		if e.template {
			return e.substitution(p)
		}
		return e.literal(p, more, attr)
	}
	return nil
}

func (e *wencoder) pi(p PI) error {
	if p.Target == "" {
		return fmt.Errorf("processing instruction without a target")
	}
	e.c.u8(wTokPITarget)
	e.c.name(p.Target)
	e.c.u8(wTokPIData)
	return e.chars(p.Data)
}

func (e *wencoder) substitution(p any) error {
	id, tok, typ := e.next, byte(wTokSub), byte(0)
	value := p
	switch s := p.(type) {
	case wslot:
		id, tok, typ = s.id, wTokOptSub, s.typ
	case Optional:
		tok, value = wTokOptSub, s.Value
		e.next++
	default:
		e.next++
	}
	if typ == 0 {
		var err error
		if typ, err = wdeclared(value); err != nil {
			return err
		}
	}
	e.c.u8(tok)
	e.c.u16(uint16(id))
	e.c.u8(typ)
	return nil
}

// wdeclared is the type a template declares for a value. A value that is
// missing the first time is declared as a string: the type that counts
// stands beside each value.
func wdeclared(v any) (byte, error) {
	switch v.(type) {
	case nil, string: // most values by far
		return wString, nil
	case uint32:
		return wUint32, nil
	}
	typ, _, err := wwire(v)
	if typ == wNull {
		typ = wString
	}
	return typ, err
}

// literal writes a value as text.
func (e *wencoder) literal(p any, more byte, attr bool) error {
	v, _ := wplain(p)
	switch v := v.(type) {
	case Fragment:
		return e.element(v.Root)
	case wpayload:
		return e.element(v.root)
	case []string:
		return fmt.Errorf("a string array needs an element for each item in a literal document")
	}
	s, err := wtext(v)
	if err != nil || s == "" && !attr {
		return err
	}
	e.c.u8(wTokValue|more, wString)
	return e.chars(s)
}

// chars writes a length-prefixed string.
func (e *wencoder) chars(s string) error {
	units := utf16.Encode([]rune(s))
	if len(units) > math.MaxUint16 {
		return fmt.Errorf("text of %d characters, more than 65,535", len(units))
	}
	e.c.u16(uint16(len(units)))
	for _, u := range units {
		e.c.u16(u)
	}
	return nil
}
