package evtx

import (
	"strings"
	"unicode/utf8"
)

// AppendXML appends the record as an XML document in one line. Elements and
// attributes that the values remove are left out, arrays repeat their element,
// and times have seven digits, all as in Windows. Characters that XML cannot
// hold become U+FFFD. A record that would exceed 4 MiB is replaced by a stub.
func (r *Record) AppendXML(dst []byte) []byte {
	w := &xmlWriter{r: r, dst: dst, limit: len(dst) + min(maxOutput, r.d.left.output)}
	start := len(dst)
	if r.layout.cut {
		r.Warnings |= WarnCut
	}
	w.parts(r.layout.root)
	if len(w.dst) > w.limit {
		r.Warnings |= WarnCut
		dst = append(dst[:start], "<Event><System><EventRecordID>"...)
		return append(appendUint(dst, r.ID), "</EventRecordID></System></Event>"...)
	}
	r.d.left.output -= len(w.dst) - start
	return w.dst
}

type xmlWriter struct {
	r     *Record
	dst   []byte
	limit int
	value []byte // scratch
}

func (w *xmlWriter) str(s string) { w.dst = append(w.dst, s...) }

func (w *xmlWriter) parts(parts []part) {
	for i := range parts {
		if len(w.dst) > w.limit {
			return
		}
		switch p := &parts[i]; p.kind {
		case partText:
			w.dst = appendXMLText(w.dst, p.text, false)
		case partSlot:
			w.slot(p.slot, false)
		case partElem:
			w.element(p.elem)
		case partPI:
			w.str("<?")
			w.str(strings.ReplaceAll(xmlName(p.text), "?>", "? >"))
			w.str("?>")
		}
	}
}

// slot writes a value, escaped.
func (w *xmlWriter) slot(i int32, attr bool) {
	if i < 0 {
		return
	}
	w.one(w.r.d.slots[i], attr)
}

func (w *xmlWriter) one(s slot, attr bool) {
	if t := s.typ(); t == TypeFiletime || t == TypeSystime {
		w.dst = w.r.appendTime(w.dst, t, s.raw(w.r.d.c), 7)
		return
	} else if t == TypeBinXML {
		return
	}
	w.value = w.r.appendSlot(w.value[:0], s)
	w.dst = appendXMLText(w.dst, w.value, attr)
}

func (w *xmlWriter) element(n *node) {
	if n.dep >= 0 && w.r.null(n.dep) || w.removed(n) {
		return
	}
	if len(n.content) == 1 && n.content[0].kind == partSlot && n.content[0].slot >= 0 {
		if s := w.r.d.slots[n.content[0].slot]; s.typ()&arrayBit != 0 && s.size() > 0 {
			w.repeat(n, s)
			return
		}
	}
	w.start(n)
	if len(n.content) == 0 {
		w.str("/>")
		return
	}
	w.str(">")
	w.parts(n.content)
	w.end(n)
}

// removed reports that an optional value directly inside is Null.
func (w *xmlWriter) removed(n *node) bool {
	return len(n.content) == 1 && n.content[0].kind == partSlot && n.content[0].optional && w.r.null(n.content[0].slot)
}

// repeat writes the element once per item of an array.
func (w *xmlWriter) repeat(n *node, s slot) {
	items := arrayItems{c: w.r.d.c, s: s}
	for len(w.dst) <= w.limit {
		one, ok := items.next()
		if !ok {
			return
		}
		w.start(n)
		w.str(">")
		w.one(one, false)
		w.end(n)
	}
}

func (w *xmlWriter) start(n *node) {
	w.str("<")
	w.str(xmlName(n.name))
	for i := range n.attrs {
		a := &n.attrs[i]
		if w.r.empty(a.parts) {
			continue
		}
		w.str(" ")
		w.str(xmlName(a.name))
		w.str(`="`)
		for j := range a.parts {
			if p := &a.parts[j]; p.kind == partText {
				w.dst = appendXMLText(w.dst, p.text, true)
			} else {
				w.slot(p.slot, true)
			}
		}
		w.str(`"`)
	}
}

func (w *xmlWriter) end(n *node) {
	w.str("</")
	w.str(xmlName(n.name))
	w.str(">")
}

// xmlName keeps markup out of names, which a crafted file chooses freely.
func xmlName(s string) string {
	if !strings.ContainsAny(s, "<>&\"'=/") {
		return s
	}
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("<>&\"'=/", c) {
			return '_'
		}
		return c
	}, s)
}

// appendXMLText escapes markup. Control characters that XML 1.0 forbids become
// U+FFFD.
func appendXMLText[T string | []byte](dst []byte, s T, attr bool) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '<':
			dst = append(dst, "&lt;"...)
		case c == '>':
			dst = append(dst, "&gt;"...)
		case c == '&':
			dst = append(dst, "&amp;"...)
		case c == '"' && attr:
			dst = append(dst, "&quot;"...)
		case c == '\r', c < 0x20 && attr && (c == '\n' || c == '\t'):
			dst = append(dst, "&#"...)
			dst = append(appendUint(dst, uint64(c)), ';')
		case c < 0x20 && c != '\n' && c != '\t':
			dst = utf8.AppendRune(dst, utf8.RuneError)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
