package detect

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
)

// A Scratch makes temporary files for hits that do not fit into memory. A file
// is written once, then read once from its beginning, then closed, which
// removes it.
type Scratch interface {
	Create() (io.ReadWriteSeeker, func() error, error)
}

// A sorter brings any number of hits into one order with bounded memory: what
// exceeds the budget is sorted and written to scratch as a run, and the runs
// are merged when read. Add may be called from several goroutines.
type sorter struct {
	mu      sync.Mutex
	scratch Scratch
	budget  int // bytes of hits held in memory
	held    int
	hits    []*hit
	runs    []run
	count   int64
	err     error
}

type run struct {
	file  io.ReadWriteSeeker
	close func() error
}

func newSorter(scratch Scratch, budget int) *sorter {
	return &sorter{scratch: scratch, budget: budget}
}

// add takes a hit over. The first error is kept and returned by all later
// calls: a full disk must end the run with a message, not with lost findings.
func (s *sorter) add(h *hit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.count++
	s.hits = append(s.hits, h)
	s.held += h.size()
	if s.held > s.budget {
		s.err = s.spill()
	}
	return s.err
}

func (s *sorter) spill() error {
	slices.SortFunc(s.hits, compareHits)
	file, closeFile, err := s.scratch.Create()
	if err != nil {
		return fmt.Errorf("keeping findings on disk: %w", err)
	}
	s.runs = append(s.runs, run{file, closeFile})
	w := bufio.NewWriterSize(file, 1<<16)
	var buf []byte
	for _, h := range s.hits {
		buf = h.encode(buf[:0])
		var head [binary.MaxVarintLen64]byte
		w.Write(head[:binary.PutUvarint(head[:], uint64(len(buf)))])
		if _, err := w.Write(buf); err != nil {
			return fmt.Errorf("keeping findings on disk: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("keeping findings on disk: %w", err)
	}
	clear(s.hits)
	s.hits, s.held = s.hits[:0], 0
	_, err = file.Seek(0, io.SeekStart)
	return err
}

// sorted yields all hits in order. It may be called once, after the last add.
func (s *sorter) sorted() iter.Seq2[*hit, error] {
	return func(yield func(*hit, error) bool) {
		if s.err != nil {
			yield(nil, s.err)
			return
		}
		slices.SortFunc(s.hits, compareHits)
		m, err := s.merge()
		if err != nil {
			yield(nil, err)
			return
		}
		for m.Len() > 0 {
			top := m.streams[0]
			h := top.head
			if err := top.next(); err != nil {
				yield(nil, err)
				return
			}
			if top.head == nil {
				heap.Pop(m)
			} else {
				heap.Fix(m, 0)
			}
			if !yield(h, nil) {
				return
			}
		}
	}
}

func (s *sorter) merge() (*merger, error) {
	m := &merger{}
	streams := []*stream{{memory: s.hits}}
	for _, r := range s.runs {
		streams = append(streams, &stream{file: bufio.NewReaderSize(r.file, 1<<16)})
	}
	for i, st := range streams {
		st.order = i
		if err := st.next(); err != nil {
			return nil, err
		}
		if st.head != nil {
			m.streams = append(m.streams, st)
		}
	}
	heap.Init(m)
	return m, nil
}

// close removes the scratch files.
func (s *sorter) close() error {
	var first error
	for _, r := range s.runs {
		if err := r.close(); err != nil && first == nil {
			first = err
		}
	}
	s.runs, s.hits = nil, nil
	return first
}

// A stream is one sorted source of a merge.
type stream struct {
	memory []*hit
	file   *bufio.Reader
	head   *hit
	order  int
	buf    []byte
}

// next moves head on; at the end head is nil.
func (s *stream) next() error {
	s.head = nil
	if s.file == nil {
		if len(s.memory) > 0 {
			s.head, s.memory = s.memory[0], s.memory[1:]
		}
		return nil
	}
	n, err := binary.ReadUvarint(s.file)
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	if n > 1<<30 {
		return errStored
	}
	s.buf = slices.Grow(s.buf[:0], int(n))[:n]
	if _, err := io.ReadFull(s.file, s.buf); err != nil {
		return err
	}
	s.head, err = decodeHit(s.buf)
	return err
}

// A merger is a heap of streams by their heads.
type merger struct{ streams []*stream }

func (m *merger) Len() int { return len(m.streams) }
func (m *merger) Less(i, j int) bool {
	a, b := m.streams[i], m.streams[j]
	if c := compareHits(a.head, b.head); c != 0 {
		return c < 0
	}
	return a.order < b.order
}
func (m *merger) Swap(i, j int) { m.streams[i], m.streams[j] = m.streams[j], m.streams[i] }
func (m *merger) Push(x any)    { m.streams = append(m.streams, x.(*stream)) }
func (m *merger) Pop() any {
	last := m.streams[len(m.streams)-1]
	m.streams = m.streams[:len(m.streams)-1]
	return last
}
