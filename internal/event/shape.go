package event

import "strings"

// A Field is one name in a Shape.
type Field struct {
	Name string
	// Header marks what describes the record rather than what it reports:
	// Channel, Computer, EventID, times, provider GUIDs. Keyword rules and
	// word search do not look into headers.
	Header bool
}

// A Shape is an immutable, ordered list of distinct field names, shared by all
// events that look alike. Work that depends on names only is done once per
// Shape and kept by pointer.
type Shape struct {
	Fields []Field
	exact  map[string]int
	folded map[string]int
}

// NewShape makes a shape. Of names that occur twice the first counts for
// [Shape.Find].
func NewShape(fields []Field) *Shape {
	s := &Shape{
		Fields: fields,
		exact:  make(map[string]int, len(fields)),
		folded: make(map[string]int, len(fields)),
	}
	for i, f := range fields {
		if _, dup := s.exact[f.Name]; !dup {
			s.exact[f.Name] = i
		}
		low := strings.ToLower(f.Name)
		if _, dup := s.folded[low]; !dup {
			s.folded[low] = i
		}
	}
	return s
}

// Find returns the index of the named field, compared exactly and then without
// case, or -1.
func (s *Shape) Find(name string) int {
	if s == nil {
		return -1
	}
	if i, ok := s.exact[name]; ok {
		return i
	}
	if i, ok := s.folded[strings.ToLower(name)]; ok {
		return i
	}
	return -1
}
