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
	at, end int64  // bytes not yet taken into buf
	buf     []byte // as UTF-8
	pos     int
	base    int64 // offset of buf[pos]
	coding  source.Coding
	raw     []byte // of UTF-16
	err     error
}

func (f *feed) open(in *source.Input, part source.Part) {
	buf := f.buf[:0]
	if cap(buf) > 2<<20 || cap(buf) == 0 {
		buf = make([]byte, 0, feedSize)
	}
	*f = feed{in: in, at: part.From, end: min(part.To, in.Size), buf: buf, raw: f.raw}
	coding, mark := source.CodingOf(in.Head)
	if f.coding = coding; coding != source.UTF8 && f.at == 0 {
		f.at = int64(mark)
	}
	f.base = f.at
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
	l := line{text: text, offset: f.base, ended: end > 0}
	if n > 0 && text[n-1] == '\r' {
		l.text = text[:n-1]
	}
	f.pass(n + end)
	l.length = f.base - l.offset
	return l
}

// pass moves on by n bytes of the window.
func (f *feed) pass(n int) {
	f.base += f.coding.Size(f.buf[f.pos : f.pos+n])
	f.pos += n
}

// skip passes over a line that is too long.
func (f *feed) skip() (l line, ok bool) {
	l = line{offset: f.base}
	for {
		rest := f.buf[f.pos:]
		i := bytes.IndexByte(rest, '\n')
		if l.ended = i >= 0; l.ended {
			f.pass(i + 1)
			break
		}
		f.pass(len(rest))
		if !f.fill() {
			break
		}
	}
	l.length = f.base - l.offset
	return l, true
}

// fill makes the window longer.
func (f *feed) fill() bool {
	if f.at >= f.end || f.err != nil {
		return false
	}
	have := copy(f.buf, f.buf[f.pos:])
	f.pos, f.buf = 0, f.buf[:have]
	if f.coding != source.UTF8 {
		return f.convert()
	}
	size := max(feedSize, 2*have)
	if cap(f.buf) < size {
		bigger := make([]byte, size)
		copy(bigger, f.buf)
		f.buf = bigger
	}
	n := f.read(f.buf[have:min(int64(cap(f.buf)), int64(have)+f.end-f.at)])
	f.buf = f.buf[:have+n]
	return n > 0
}

// convert takes the next bytes of UTF-16. It leaves a surrogate at their end
// that may be half of a pair.
func (f *feed) convert() bool {
	if f.raw == nil {
		f.raw = make([]byte, feedSize)
	}
	n := f.read(f.raw[:min(feedSize, f.end-f.at)])
	high := 1
	if f.coding == source.UTF16BE {
		high = 0
	}
	if n >= 4 && f.at < f.end && f.raw[n-2+high]&0xfc == 0xd8 {
		n, f.at = n-2, f.at-2
	}
	f.buf = source.AppendUTF16(f.buf, f.raw[:n], f.coding)
	return n > 1
}

// read fills p from the input and moves on.
func (f *feed) read(p []byte) int {
	n, err := f.in.ReadAt(p, f.at)
	if err != nil && (err != io.EOF || n < len(p)) {
		f.err = err
	}
	f.at += int64(n)
	return n
}

// consumed is how many bytes were handed out.
func (f *feed) consumed(from int64) int64 {
	if f.coding != source.UTF8 && f.at >= f.end && f.pos == len(f.buf) {
		return f.end - from // with half a character at the end
	}
	return f.base - from
}
