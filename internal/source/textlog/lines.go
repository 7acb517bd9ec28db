package textlog

import (
	"bytes"
	"io"
	"unicode/utf8"

	"tyto/internal/source"
)

// MaxLine bounds a line, in bytes. Of a longer one the beginning is read and
// the rest told as damage.
const MaxLine = 1 << 20

// block is how much is read at once.
const block = 256 << 10

// lines walks over the lines of one part.
type lines struct {
	in      *source.Input
	coding  source.Coding
	at, end int64  // bytes of the input not yet taken
	buf     []byte // buf[pos:] is not yet handed out
	pos     int
	base    int64 // offset of buf[pos] in the input
	raw     []byte
	err     error
	clean   []byte

	text   []byte // the line, valid UTF-8, without its end
	offset int64
	length int64 // bytes in the input, the end of the line included
	cut    bool  // the line was longer than MaxLine
}

func (l *lines) open(in *source.Input, part source.Part) {
	coding, mark := source.CodingOf(in.Head)
	l.in, l.coding, l.err = in, coding, nil
	l.at, l.end = part.From, min(part.To, in.Size)
	if part.From == 0 {
		l.at = min(int64(mark), l.end)
	}
	l.buf, l.pos, l.base = l.buf[:0], 0, l.at
	if cap(l.buf) > 2*MaxLine+2*block {
		l.buf = nil
	}
}

// next moves to the next line and reports whether there is one.
func (l *lines) next() bool {
	n, ended := l.lineEnd()
	if n == 0 {
		return false
	}
	l.take(n)
	l.cut = false
	if !ended && n >= MaxLine {
		l.cut = true
		l.skipRest()
	}
	return true
}

// lineEnd returns the length of the line at the window's start, its end
// included, reading on as needed.
func (l *lines) lineEnd() (n int, ended bool) {
	for looked := 0; ; {
		rest := l.buf[l.pos:]
		if i := bytes.IndexByte(rest[looked:], '\n'); i >= 0 {
			return looked + i + 1, true
		}
		looked = len(rest)
		if looked >= MaxLine {
			return MaxLine, false
		}
		if !l.more() {
			return len(l.buf) - l.pos, false
		}
	}
}

// take makes the first n bytes of the window the current line.
func (l *lines) take(n int) {
	line := l.buf[l.pos : l.pos+n]
	l.offset, l.length = l.base, l.coding.Size(line)
	l.base += l.length
	l.pos += n
	line = bytes.TrimRight(line, "\r\n")
	if !utf8.Valid(line) {
		l.clean = bytes.ToValidUTF8(line, []byte("\ufffd"))
		line = l.clean
	}
	l.text = line
}

// skipRest passes over what is left of an overlong line.
func (l *lines) skipRest() {
	for {
		rest := l.buf[l.pos:]
		n := bytes.IndexByte(rest, '\n') + 1
		ended := n > 0
		if !ended {
			n = len(rest)
		}
		size := l.coding.Size(rest[:n])
		l.base += size
		l.length += size
		l.pos += n
		if ended || !l.more() {
			return
		}
	}
}

// more reads another block behind the window. The line handed out last stays
// valid only until then.
func (l *lines) more() bool {
	if l.at >= l.end || l.err != nil {
		return false
	}
	l.buf = l.buf[:copy(l.buf, l.buf[l.pos:])]
	l.pos = 0
	step := int(min(block, l.end-l.at))
	if l.coding != source.UTF8 {
		return l.convert(step)
	}
	have := len(l.buf)
	l.buf = append(l.buf, make([]byte, step)...)
	n := l.read(l.buf[have:])
	l.buf = l.buf[:have+n]
	return n > 0
}

// convert reads UTF-16. A high surrogate at the end waits for its other half.
func (l *lines) convert(step int) bool {
	if cap(l.raw) < block {
		l.raw = make([]byte, block)
	}
	raw := l.raw[:step]
	n := l.read(raw)
	if odd := n % 2; odd != 0 && l.at < l.end {
		n, l.at = n-odd, l.at-int64(odd)
	}
	if n >= 4 && l.at < l.end && highSurrogate(raw[n-2:n], l.coding) {
		n, l.at = n-2, l.at-2
	}
	l.buf = source.AppendUTF16(l.buf, raw[:n], l.coding)
	return n > 0
}

func highSurrogate(unit []byte, c source.Coding) bool {
	top := unit[1]
	if c == source.UTF16BE {
		top = unit[0]
	}
	return top >= 0xd8 && top <= 0xdb
}

// read fills p from the input and moves on.
func (l *lines) read(p []byte) int {
	n, err := l.in.ReadAt(p, l.at)
	l.at += int64(n)
	if n < len(p) {
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		l.err = err
	}
	return n
}

// consumed is how many bytes were looked at, from the given offset on.
func (l *lines) consumed(from int64) int64 {
	if l.at >= l.end && l.pos == len(l.buf) {
		return l.end - from
	}
	return l.base - from
}
