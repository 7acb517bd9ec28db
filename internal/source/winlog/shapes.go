package winlog

import (
	"strings"
	"sync"

	"tyto/internal/event"
)

// Shapes makes events with the same fields share one Shape, whichever reader,
// file or template they come from, so that work kept by shape is done once. It
// is safe for concurrent use. Beyond its bound shapes are no longer shared.
type Shapes struct {
	mu    sync.Mutex
	known map[string]*event.Shape
	bytes int
}

// maxShapeBytes bounds the names that a table keeps.
const maxShapeBytes = 16 << 20

// Of returns the shape of a layout.
func (s *Shapes) Of(l *Layout) *event.Shape {
	key := strings.Join(l.data, "\x00") + "\x01" + strings.Join(l.headers, "\x00")
	s.mu.Lock()
	defer s.mu.Unlock()
	if shape := s.known[key]; shape != nil {
		return shape
	}
	shape := l.Shape()
	if s.bytes += len(key); s.bytes > maxShapeBytes {
		return shape
	}
	if s.known == nil {
		s.known = make(map[string]*event.Shape)
	}
	s.known[key] = shape
	return shape
}
