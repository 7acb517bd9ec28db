package objects

import (
	"bytes"
	"slices"
	"strings"
)

// Options say how the objects of a format stand in files, and what more is
// wanted of them. Both functions are asked once for each path.
type Options struct {
	// Wrappers are the paths of lists, in objects around them, whose items
	// are the format's objects, such as "Records" for {"Records":[{},{}]}.
	// They may be large: they are never held as a whole.
	Wrappers []string
	// Embedded reports whether strings at a path may be JSON that is to be
	// taken apart too. The string stays as a value of its own. Of JSON that
	// is cut the values before the cut are taken.
	Embedded func(path string) bool
	// Whole reports whether objects and lists at a path are wanted as compact
	// text too, as a value before those in them.
	Whole func(path string) bool
}

// An answer is what a function said about a path, if it was asked.
type answer uint8

const (
	unasked answer = iota
	yes
	no
)

func (a *answer) of(n *Node, ask func(string) bool) bool {
	if *a == unasked {
		*a = no
		if ask != nil && ask(n.Path()) {
			*a = yes
		}
	}
	return *a == yes
}

// unwrapped takes the wrappers' paths off the front of others.
func (o Options) unwrapped(paths []string) []string {
	for i, p := range paths {
		for _, w := range o.Wrappers {
			if rest, ok := strings.CutPrefix(p, w); ok && len(rest) > 1 && rest[0] == '.' {
				paths[i] = rest[1:]
				break
			}
		}
	}
	return paths
}

// isWrapped reports whether the first object of a file's head is a wrapper.
func (o Options) isWrapped(head []byte) bool {
	if len(o.Wrappers) == 0 {
		return false
	}
	found := false
	plain := Options{}
	plain.Claims(head, func(paths []string) bool {
		found = slices.ContainsFunc(paths, func(p string) bool {
			return slices.ContainsFunc(o.Wrappers, func(w string) bool { return strings.HasPrefix(p, w+".") })
		})
		return true
	})
	return found
}

// embedded takes apart a string that is JSON, if such are wanted.
func (s *scanner) embedded(at *Node, text []byte, depth int) error {
	if s.opt.Embedded == nil || len(text) < 2 || text[0] != '{' && text[0] != '[' || depth >= maxDepth ||
		!at.embedded.of(at, s.opt.Embedded) {
		return nil
	}
	src, pos, lines := s.src, s.pos, s.lines
	s.src, s.pos, s.lines = text, 0, false
	_ = s.nested(at, text[0], depth) // what comes before an error is kept
	s.src, s.pos, s.lines = src, pos, lines
	return nil
}

// nested reads an object or a list.
func (s *scanner) nested(at *Node, open byte, depth int) error {
	read := s.members
	if open == '[' {
		read = s.items
	}
	if s.opt.Whole == nil || s.inList || !at.whole.of(at, s.opt.Whole) {
		return read(at, depth)
	}
	from, place := s.pos, len(s.leaves)
	s.add(at, 0, nil)
	if err := read(at, depth); err != nil {
		return err
	}
	if place < len(s.leaves) {
		s.leaves[place].Text, s.leaves[place].Whole = s.compact(s.src[from:s.pos]), true
	}
	return nil
}

// compact returns JSON without the blanks between its values.
func (s *scanner) compact(text []byte) []byte {
	start := len(s.arena)
	inside := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inside && c == '\\' && i+1 < len(text):
			s.arena = append(s.arena, c, text[i+1])
			i++
			continue
		case c == '"':
			inside = !inside
		case !inside && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			continue
		}
		s.arena = append(s.arena, text[i])
	}
	return s.arena[start:len(s.arena):len(s.arena)]
}

// opens reports whether the object at the window's start is a wrapper.
func (w *work) opens() bool {
	for {
		is, err := w.isWrapper(w.feed.rest())
		if err != errCut || !w.feed.more() {
			return is
		}
		if w.ctx.Err() != nil {
			return false
		}
	}
}

// isWrapper looks at the members of an object up to the list of a wrapper.
func (w *work) isWrapper(text []byte) (bool, error) {
	s := scanner{src: text, pos: 1, lines: true, tree: newTree()}
	path := ""
	for {
		c := s.next()
		if c == ',' {
			s.pos++
			continue
		}
		if c != '"' {
			return false, s.fail()
		}
		key, err := s.key()
		if err != nil {
			return false, err
		}
		full := path + string(key)
		switch c = s.next(); {
		case c == '[' && slices.Contains(w.scan.opt.Wrappers, full):
			return true, nil
		case c == '{' && w.leads(full):
			path = full + "."
			s.pos++
		default:
			if err := s.value(s.tree.root, 1); err != nil {
				return false, err
			}
		}
	}
}

// key reads a member's name and the colon behind it.
func (s *scanner) key() ([]byte, error) {
	key, err := s.str()
	if err != nil {
		return nil, err
	}
	if s.next() != ':' {
		return nil, s.fail()
	}
	s.pos++
	return key, nil
}

// leads reports whether a wrapper's path begins with a key.
func (w *work) leads(key string) bool {
	return slices.ContainsFunc(w.scan.opt.Wrappers, func(p string) bool { return strings.HasPrefix(p, key+".") })
}

// isLast reports whether a wrapper's path ends with a key.
func (w *work) isLast(key string) bool {
	return slices.ContainsFunc(w.scan.opt.Wrappers, func(p string) bool {
		return p == key || strings.HasSuffix(p, "."+key)
	})
}

// pass moves the window over the end of a wrapper or over one of its members,
// into the list of its objects. It reports whether it could.
func (w *work) pass() bool {
	for {
		rest := w.feed.rest()
		n, err := w.member(rest)
		if err == nil {
			w.consume(n)
			return true
		}
		if err != errCut || !w.feed.more() || w.ctx.Err() != nil {
			return false
		}
	}
}

func (w *work) member(text []byte) (n int, err error) {
	if text[0] == '}' {
		w.inside = max(w.inside-1, 0)
		return 1, nil
	}
	if text[0] != '"' {
		return 0, errSyntax
	}
	s := scanner{src: text, lines: true, tree: newTree()}
	key, err := s.key()
	if err != nil {
		return 0, err
	}
	switch c := s.next(); {
	case c == '[' && w.isLast(string(key)) && opensObject(text[s.pos+1:]):
		return s.pos + 1, nil
	case c == '{' && w.leads(string(key)):
		w.inside++
		return s.pos + 1, nil
	}
	err = s.value(s.tree.root, 1)
	return s.pos, err
}

// opensObject reports whether a list holds objects, or nothing.
func opensObject(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) == 0 || text[0] == '{' || text[0] == ']'
}
