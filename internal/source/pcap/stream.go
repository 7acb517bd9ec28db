package pcap

// Limits of one direction of a stream.
const (
	maxHeld     = 64       // segments that wait for one before them
	maxHeldSize = 64 << 10 // their bytes
	maxGap      = 1 << 20  // distance to the awaited byte beyond which one jumps
)

// A stream puts the segments of one direction of TCP in order, as long as
// somebody looks at them.
type stream struct {
	next    uint32 // sequence number awaited
	begun   bool
	done    bool // nobody looks any more
	held    []segment
	size    int
	message []byte // begun and not complete
}

type segment struct {
	seq  uint32
	data []byte
}

// syn sets where the bytes begin.
func (s *stream) syn(seq uint32) {
	s.next, s.begun = seq+1, true
}

// add takes a segment and hands the bytes that are now in order to take. Gaps
// that do not close are passed over; then lost is called.
func (s *stream) add(seq uint32, data []byte, take func([]byte), lost func()) {
	if s.done || len(data) == 0 {
		return
	}
	if !s.begun {
		s.next, s.begun = seq, true
	}
	if ahead := int32(seq - s.next); ahead > 0 {
		if ahead < maxGap && len(s.held) < maxHeld && s.size+len(data) <= maxHeldSize {
			s.held = append(s.held, segment{seq, append([]byte(nil), data...)})
			s.size += len(data)
			return
		}
		lost()
		s.held, s.size = nil, 0
		s.next = seq
	}
	s.give(seq, data, take)
	for again := true; again && !s.done; {
		again = false
		for i, h := range s.held {
			if int32(h.seq-s.next) <= 0 {
				s.held = append(s.held[:i], s.held[i+1:]...)
				s.size -= len(h.data)
				s.give(h.seq, h.data, take)
				again = true
				break
			}
		}
	}
}

// give hands over what of a segment is new.
func (s *stream) give(seq uint32, data []byte, take func([]byte)) {
	old := int64(int32(s.next - seq))
	if old >= int64(len(data)) || old < 0 {
		return
	}
	s.next = seq + uint32(len(data))
	take(data[old:])
}

// close lets go of all that is kept.
func (s *stream) close() {
	s.done, s.held, s.size, s.message = true, nil, 0, nil
}

// gather adds bytes to the begun message and returns it, or nil when it has
// grown beyond most.
func (s *stream) gather(data []byte, most int) []byte {
	if len(s.message)+len(data) > most {
		return nil
	}
	s.message = append(s.message, data...)
	return s.message
}
