package evtx

import (
	"fmt"
	"strconv"
	"strings"
)

// wshape walks a tree as the encoder will and collects what makes its
// template (names, literal parts, declared types) apart from what makes the
// event (the values). Trees of equal shape share a template.
type wshape struct {
	key    strings.Builder
	values []any
	next   int
}

// wshapeOf returns the key of root's template and the values in slot order.
func wshapeOf(root *Element) (string, []any, error) {
	var s wshape
	if err := s.element(root); err != nil {
		return "", nil, err
	}
	return s.key.String(), s.values, nil
}

func (s *wshape) element(el *Element) error {
	if el == nil {
		return fmt.Errorf("element without a name")
	}
	s.note('<', el.Name)
	for _, a := range el.Attrs {
		s.note('@', a.Name)
		if err := s.parts(wparts(a.Value)); err != nil {
			return err
		}
	}
	s.key.WriteByte('>')
	if err := s.parts(el.Content); err != nil {
		return fmt.Errorf("%s: %w", el.Name, err)
	}
	s.key.WriteByte('/')
	return nil
}

// note adds a marked text to the key; its length keeps it apart from what
// follows.
func (s *wshape) note(mark byte, text string) {
	s.key.WriteByte(mark)
	s.number(len(text))
	s.key.WriteString(text)
}

func (s *wshape) number(n int) {
	var b [20]byte
	s.key.Write(strconv.AppendInt(b[:0], int64(n), 10))
	s.key.WriteByte(' ')
}

// literal notes a part that is written as a token.
func (s *wshape) literal(p any) {
	switch p := p.(type) {
	case Text:
		s.note('T', string(p))
	case CDATA:
		s.note('C', string(p))
	case EntityRef:
		s.note('&', string(p))
	case CharRef:
		s.key.WriteByte('#')
		s.number(int(p))
	case PI:
		s.note('?', p.Target)
		s.note('!', p.Data)
	}
}

func (s *wshape) parts(parts []any) error {
	for _, p := range parts {
		if el, ok := p.(*Element); ok {
			if err := s.element(el); err != nil {
				return err
			}
		} else if wliteralPart(p) {
			s.literal(p)
		} else if err := s.value(p); err != nil {
			return err
		}
	}
	return nil
}

// value notes a substitution.
func (s *wshape) value(p any) error {
	v, wrapped := wplain(p)
	slot, fixed := p.(wslot)
	id, typ := s.next, slot.typ
	if fixed {
		id = slot.id
	} else {
		s.next++
	}
	declared, err := wdeclared(v)
	if err != nil {
		return err
	}
	if !fixed {
		typ = declared
	}
	if id >= wMaxSlots {
		return fmt.Errorf("more than %d values", wMaxSlots)
	}
	for len(s.values) <= id {
		s.values = append(s.values, nil)
	}
	s.values[id] = v
	mark := byte('$')
	if wrapped {
		mark = '%'
	}
	s.key.WriteByte(mark)
	s.number(id)
	s.key.WriteByte(typ)
	return nil
}
