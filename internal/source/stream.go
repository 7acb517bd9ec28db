package source

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"tyto/internal/event"
)

// Stdin is the root that stands for [Options.Stdin]. A file of that name is
// reached as "./-".
const Stdin = "-"

// stream reads evidence that comes only once and from front to back, of any
// length. Lines are cut into segments, each an Input of its own in memory, so
// that neither memory nor disk grows with the stream; compression around them
// and tape archives are undone on the way. What needs to be read at random
// (event logs, captures, zips, one large JSON document) is kept in a temporary
// file first, within the limits.
func (w *walker) stream() {
	if w.streamed {
		w.skip(Skip{Path: Stdin, Reason: "given twice"})
		return
	}
	w.streamed = true
	u := &unpacker{walker: w, file: &Input{Path: Stdin}}
	u.read.in = u.file
	u.allowed = min(w.opt.MaxUnpacked, ratioFloor)
	u.left = u.allowed
	m := member{size: -1, mod: w.opt.StdinTime}
	m.inner = place{mod: m.mod, stream: true}
	if err := u.content(&meteredReader{u: u, r: w.opt.Stdin}, m); err != nil {
		u.failed("", "stream", err)
	}
}

// A meteredReader reads a stream whose length is not known: what may be
// unpacked from it grows with what came.
type meteredReader struct {
	u *unpacker
	r io.Reader
	n int64
}

func (m *meteredReader) Read(p []byte) (int, error) {
	if err := m.u.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	m.n += int64(n)
	allowed := min(m.u.opt.MaxUnpacked, max(ratioFloor, saturate(m.n, m.u.opt.MaxRatio)))
	m.u.left += allowed - m.u.allowed
	m.u.allowed = allowed
	return n, err
}

// lined reports whether a stream is text whose records end with their lines,
// so that it can be cut between any two of them.
func lined(head []byte) bool {
	coding, mark := CodingOf(head)
	if coding != UTF8 || !isText(string(Text(head))) {
		return false
	}
	text := bytes.TrimLeft(head[mark:], "\r\n\t ")
	first, _, ended := bytes.Cut(text, []byte("\n"))
	if !ended && len(head) >= HeadSize || len(first) < 2 {
		return false
	}
	switch first[0] {
	case '{': // an object in a line, or the beginning of a document
		return json.Valid(first)
	case '[': // a date in brackets, or a list
		rest := bytes.TrimSpace(first[1:])
		return len(rest) > 0 && !bytes.ContainsRune([]byte(`{["]`), rune(rest[0]))
	case '<': // syslog, or XML
		return first[1] >= '0' && first[1] <= '9'
	}
	return true
}

// Sizes of what segments are cut by.
const (
	cutBack    = 1 << 20  // how far before its end a segment may be cut
	maxHeading = 64 << 10 // lines at the top that later segments repeat
	maxSlabs   = 4        // buffers of closed segments that are kept
)

// A stream is what its segments share.
type stream struct {
	format Format // of the last segment that one claimed
}

// segments yields a stream of lines piece by piece.
func (u *unpacker) segments(r *bufio.Reader, m member) error {
	s := &segmenter{u: u, r: r, m: m, line: 1, of: &stream{}}
	for {
		err := s.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if u.done() {
			return u.ctx.Err()
		}
	}
}

// A segmenter cuts one stream.
type segmenter struct {
	u       *unpacker
	r       io.Reader
	m       member
	of      *stream
	slabs   slabs
	rest    []byte // read already, but of the next segment
	heading heading
	offset  int64 // of the next segment in the stream
	line    int64 // number of its first line
	count   int
}

// next yields one segment. It returns io.EOF behind the last.
func (s *segmenter) next() error {
	head := s.heading.text
	slab := s.slabs.take(int(s.u.opt.Segment) + maxHeading)
	buf := append(append(slab[:0], head...), s.rest...)
	buf, err := fill(s.r, buf, len(head)+int(s.u.opt.Segment))
	body := buf[len(head):]
	end := len(body)
	if err == nil {
		end = s.heading.cut(body)
	}
	if end == 0 {
		s.slabs.give(slab)
		return err
	}
	s.rest = append(s.rest[:0], body[end:]...)
	in := s.input(buf[:len(head)+end], err == nil)
	in.drop = func() error { s.slabs.give(slab); return nil }
	if err != nil && err != io.EOF {
		in.Notes = append(in.Notes, fmt.Sprintf("reading the stream: %v after %d bytes", err, s.offset+int64(end)))
	}
	s.heading.learn(body[:end], s.count == 0)
	s.offset += int64(end)
	s.line += int64(bytes.Count(body[:end], []byte{'\n'}))
	s.count++
	s.u.yielded++
	s.u.give(in)
	return err
}

// fill reads until buf has size bytes, or until the stream ends or fails.
func fill(r io.Reader, buf []byte, size int) ([]byte, error) {
	for idle := 0; len(buf) < size; {
		n, err := r.Read(buf[len(buf):size])
		buf = buf[:len(buf)+n]
		if err != nil {
			return buf, err
		}
		if idle++; n > 0 {
			idle = 0
		} else if idle > 100 {
			return buf, io.ErrNoProgress
		}
	}
	return buf, nil
}

// input makes an input of a segment; content begins with the heading, if any.
func (s *segmenter) input(content []byte, more bool) *Input {
	head := s.heading.text
	in := &Input{
		Path: s.u.file.Path, Member: s.m.path, Size: int64(len(content)), ModTime: s.m.mod,
		HostHint: s.m.inner.host, of: s.of,
		Head: content[:min(len(content), HeadSize)], ReaderAt: bytes.NewReader(content),
		BaseOffset: s.offset - int64(len(head)),
		FirstLine:  s.line - int64(bytes.Count(head, []byte{'\n'})),
	}
	if more || s.count > 0 {
		in.Notes = append(in.Notes, fmt.Sprintf("segment %d of a stream: from line %d, byte %d", s.count+1, s.line, s.offset))
	}
	if len(head) > 0 {
		in.Notes = append(in.Notes, "the stream's heading stands before the segment again")
	}
	if more && content[len(content)-1] != '\n' {
		in.Notes = append(in.Notes, "a line longer than a segment is cut")
	}
	return in
}

// slabs are the buffers of segments, used again when these are closed.
type slabs struct {
	mu   sync.Mutex
	free [][]byte
}

func (s *slabs) take(size int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.free); n > 0 {
		b := s.free[n-1]
		s.free = s.free[:n-1]
		return b
	}
	return make([]byte, 0, size)
}

func (s *slabs) give(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) < maxSlabs {
		s.free = append(s.free, b)
	}
}

// A shifted format reads segments: it moves what the format says about lines
// and offsets to where they stand in the whole stream.
type shifted struct{ Format }

// NewReader implements [Format].
func (f shifted) NewReader() Reader { return shiftedReader{f.Format.NewReader()} }

type shiftedReader struct{ Reader }

// Read implements [Reader].
func (r shiftedReader) Read(ctx context.Context, in *Input, part Part, yield func(*event.Event) bool) Report {
	lines := max(in.FirstLine, 1) - 1
	rep := r.Reader.Read(ctx, in, part, func(e *event.Event) bool {
		own := e.Origin // the reader may count on it for the next event
		if own.Line > 0 {
			e.Origin.Line += lines
		}
		e.Origin.Offset += in.BaseOffset
		more := yield(e)
		e.Origin = own
		return more
	})
	for i := range rep.Damage {
		rep.Damage[i].Offset += in.BaseOffset
		if rep.Damage[i].Line > 0 {
			rep.Damage[i].Line += lines
		}
	}
	return rep
}
