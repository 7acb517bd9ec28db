package evtx

import (
	"fmt"
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
	fmt.Fprintf(&s.key, "<%q", el.Name)
	for _, a := range el.Attrs {
		fmt.Fprintf(&s.key, " %q=", a.Name)
		if err := s.parts(wparts(a.Value)); err != nil {
			return err
		}
	}
	s.key.WriteByte('>')
	if err := s.parts(el.Content); err != nil {
		return fmt.Errorf("%s: %w", el.Name, err)
	}
	s.key.WriteString("</>")
	return nil
}

func (s *wshape) parts(parts []any) error {
	for _, p := range parts {
		if el, ok := p.(*Element); ok {
			if err := s.element(el); err != nil {
				return err
			}
		} else if wliteralPart(p) {
			fmt.Fprintf(&s.key, "%T%q", p, fmt.Sprint(p))
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
	fmt.Fprintf(&s.key, "$%d:%d:%t", id, typ, wrapped)
	return nil
}
