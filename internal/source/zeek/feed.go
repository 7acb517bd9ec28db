package zeek

import (
	"bytes"
	"io"

	"tyto/internal/source"
)

// Sizes of a feed's buffer, in bytes. A line longer than maxLine is passed
// over.
const (
	feedSize = 256 << 10
	maxLine  = 16 << 20
)

// A feed hands out the lines of a part.
type feed struct {
	in      io.ReaderAt
	at, end int64 // bytes not yet taken into buf
	buf     []byte
	pos     int
	base    int64 // offset of buf[0]
	err     error
}

func (f *feed) open(in *source.Input, part source.Part) {
	buf := f.buf[:0]
	if cap(buf) > 2<<20 || cap(buf) == 0 {
		buf = make([]byte, 0, feedSize)
	}
	*f = feed{in: in, at: part.From, end: min(part.To, in.Size), buf: buf, base: part.From}
}

// A line is one line of a part, as long as the next is not asked for.
type line struct {
	text   []byte // without the end of line; nil when too long
	offset int64
	length int64 // with the end of line
	ended  bool  // by an end of line
}

// next returns the next line; ok is false at the end.
func (f *feed) next() (l line, ok bool) {
	looked := 0
	for {
		rest := f.buf[f.pos:]
		if i := bytes.IndexByte(rest[looked:], '\n'); i >= 0 {
			return f.give(looked+i, 1), true
		}
		if looked = len(rest); looked >= maxLine {
			return f.skip()
		}
		if !f.fill() {
			return f.give(looked, 0), looked > 0
		}
	}
}

// give cuts a line of n bytes off the window.
func (f *feed) give(n, end int) line {
	text := f.buf[f.pos : f.pos+n]
	l := line{text: text, offset: f.base + int64(f.pos), length: int64(n + end), ended: end > 0}
	if n > 0 && text[n-1] == '\r' {
		l.text = text[:n-1]
	}
	f.pos += n + end
	return l
}

// skip passes over a line that is too long.
func (f *feed) skip() (l line, ok bool) {
	l = line{offset: f.base + int64(f.pos)}
	for {
		rest := f.buf[f.pos:]
		i := bytes.IndexByte(rest, '\n')
		if l.ended = i >= 0; l.ended {
			f.pos += i + 1
			break
		}
		f.pos = len(f.buf)
		if !f.fill() {
			break
		}
	}
	l.length = f.base + int64(f.pos) - l.offset
	return l, true
}

// fill makes the window longer.
func (f *feed) fill() bool {
	if f.at >= f.end || f.err != nil {
		return false
	}
	f.base += int64(f.pos)
	have := copy(f.buf, f.buf[f.pos:])
	f.pos = 0
	size := max(feedSize, 2*have)
	if cap(f.buf) < size {
		bigger := make([]byte, size)
		copy(bigger, f.buf[:have])
		f.buf = bigger
	}
	want := f.buf[have:min(int64(cap(f.buf)), int64(have)+f.end-f.at)]
	n, err := f.in.ReadAt(want, f.at)
	if err != nil && (err != io.EOF || n < len(want)) {
		f.err = err
	}
	f.at += int64(n)
	f.buf = f.buf[:have+n]
	return n > 0
}

// consumed is how many bytes were handed out.
func (f *feed) consumed(from int64) int64 { return f.base + int64(f.pos) - from }
