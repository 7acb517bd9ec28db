package objects

import (
	"io"

	"tyto/internal/source"
)

// Sizes of a feed's buffer, in bytes. An object larger than maxObject is
// passed over.
const (
	minFeed   = 256 << 10
	maxObject = 16 << 20
)

// A feed hands out a part's text, UTF-8 whatever the file has, as a window
// that moves forward.
type feed struct {
	in      *source.Input
	coding  source.Coding
	at, end int64  // bytes of the input not yet taken into buf
	buf     []byte // buf[pos:] is what was not consumed
	pos     int
	base    int64  // offset in the input of buf[0], for UTF-16 of buf[pos]
	from    int64  // where the part begins
	raw     []byte // UTF-16 before conversion
	far     int    // of the window, where span looked last
	farSize int64  // bytes that the window has up to there
	err     error
}

// keepFeed is how large a buffer is kept from one part to the next.
const keepFeed = 1 << 20

// open starts with a part, reusing buffers.
func (f *feed) open(in *source.Input, part source.Part, coding source.Coding) {
	buf, raw := f.buf[:0], f.raw
	if cap(buf) > keepFeed {
		buf = nil
	}
	*f = feed{in: in, coding: coding, at: part.From, from: part.From, end: min(part.To, in.Size), buf: buf, raw: raw}
	if part.From == 0 {
		_, mark := source.CodingOf(in.Head)
		f.at += int64(mark)
	}
	f.base = f.at
}

// openHead starts with a file whose first bytes are known already.
func (f *feed) openHead(in *source.Input, coding source.Coding) {
	f.open(in, source.Part{To: in.Size}, coding)
	if n := int64(len(in.Head)); coding == source.UTF8 && n > f.at {
		f.buf = in.Head[f.at:n:n] // never written to: growing copies it
		f.at = n
	}
}

// rest is the window.
func (f *feed) rest() []byte { return f.buf[f.pos:] }

// skip moves the window's start.
func (f *feed) skip(n int) {
	if f.coding != source.UTF8 {
		f.base += f.coding.Size(f.buf[f.pos : f.pos+n])
	}
	f.pos += n
	f.far, f.farSize = 0, 0
}

// span tells where a stretch of the window lies in the input.
func (f *feed) span(pos, size int) (offset, length int64) {
	if f.coding == source.UTF8 {
		return f.base + int64(f.pos+pos), int64(size)
	}
	rest := f.rest()
	if pos < f.far {
		f.far, f.farSize = 0, 0
	}
	f.farSize += f.coding.Size(rest[f.far:pos])
	f.far = pos
	return f.base + f.farSize, f.coding.Size(rest[pos : pos+size])
}

// consumed is how many bytes of the part have been left behind.
func (f *feed) consumed() int64 {
	if f.at == f.end && f.pos == len(f.buf) {
		return f.end - f.from // with half a character at the end of UTF-16
	}
	off, _ := f.span(0, 0)
	return off - f.from
}

// more makes the window larger and reports whether it could. It fails at the
// part's end and when the window has reached its limit.
func (f *feed) more() bool {
	if f.at >= f.end || f.err != nil || len(f.buf)-f.pos >= maxObject {
		return false
	}
	if f.coding == source.UTF8 {
		f.base += int64(f.pos)
	}
	f.buf = f.buf[:copy(f.buf, f.buf[f.pos:])]
	f.pos = 0
	step := int(min(max(minFeed, int64(len(f.buf))), f.end-f.at))
	if f.coding != source.UTF8 {
		return f.convert(step)
	}
	have := len(f.buf)
	f.grow(have + step)
	n := f.read(f.buf[have:cap(f.buf)])
	f.buf = f.buf[:have+n]
	return n > 0
}

func (f *feed) grow(size int) {
	if cap(f.buf) >= size {
		return
	}
	bigger := make([]byte, len(f.buf), size)
	copy(bigger, f.buf)
	f.buf = bigger
}

// read takes the next bytes of the input.
func (f *feed) read(p []byte) int {
	p = p[:min(int64(len(p)), f.end-f.at)]
	n, err := f.in.ReadAt(p, f.at)
	f.at += int64(n)
	if err != nil && (err != io.EOF || n < len(p)) {
		f.err = err
	}
	return n
}

// convert takes the next bytes of UTF-16. It stops before a surrogate that may
// be half of a pair.
func (f *feed) convert(step int) bool {
	if cap(f.raw) < step {
		f.raw = make([]byte, step)
	}
	raw := f.raw[:step]
	n := f.read(raw) &^ 1
	high := 1
	if f.coding == source.UTF16BE {
		high = 0
	}
	if n >= 4 && f.at < f.end && raw[n-2+high]&0xfc == 0xd8 {
		n -= 2
		f.at -= 2
	}
	f.buf = source.AppendUTF16(f.buf, raw[:n], f.coding)
	return n > 0
}

// done reports whether all of the part is in the window.
func (f *feed) done() bool { return f.at >= f.end || f.err != nil }

// full reports whether the window cannot grow.
func (f *feed) full() bool { return len(f.buf)-f.pos >= maxObject }
