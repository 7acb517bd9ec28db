package scan

import (
	"io"
	"sync"
)

// maxWaiting is how many bytes of finished parts may wait for slower ones
// before them. Beyond it the faster workers wait.
const maxWaiting = 64 << 20

// A sequencer writes the output of parts in the order of their numbers.
type sequencer struct {
	mu      sync.Mutex
	turn    *sync.Cond
	w       io.Writer
	next    int
	waiting map[int][]byte
	held    int
	free    [][]byte // buffers of written parts, for the next ones
	failed  error
}

func newSequencer(w io.Writer) *sequencer {
	s := &sequencer{w: w, waiting: make(map[int][]byte)}
	s.turn = sync.NewCond(&s.mu)
	return s
}

// write takes output of part seq; with final set, the last of it, and b itself
// with it. Final output that cannot be written yet is kept, up to a bound;
// otherwise the caller waits for its turn. Parts are started in order, so the
// part whose turn it is always makes progress.
func (s *sequencer) write(seq int, b []byte, final bool) error {
	if s.w == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq != s.next && final && s.held+len(b) <= maxWaiting {
		s.waiting[seq] = b
		s.held += len(b)
		return s.failed
	}
	for seq != s.next && s.failed == nil {
		s.turn.Wait()
	}
	s.put(b)
	if final {
		s.recycle(b)
		s.advance()
	}
	return s.failed
}

func (s *sequencer) put(b []byte) {
	if s.failed != nil || len(b) == 0 {
		return
	}
	if _, err := s.w.Write(b); err != nil {
		s.failed = err
		s.turn.Broadcast()
	}
}

// advance lets the next part write, and writes what is already there.
func (s *sequencer) advance() {
	for s.next++; ; s.next++ {
		b, ok := s.waiting[s.next]
		if !ok {
			break
		}
		delete(s.waiting, s.next)
		s.held -= len(b)
		s.put(b)
		s.recycle(b)
	}
	s.turn.Broadcast()
}

// maxKept is the size of the largest buffer that is used again.
const maxKept = 8 << 20

func (s *sequencer) recycle(b []byte) {
	if cap(b) > 0 && cap(b) <= maxKept {
		s.free = append(s.free, b[:0])
	}
}

// buffer returns an empty buffer.
func (s *sequencer) buffer() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.free)
	if n == 0 {
		return nil
	}
	b := s.free[n-1]
	s.free = s.free[:n-1]
	return b
}

func (s *sequencer) err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}
