package source

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// ratioFloor is how much may be unpacked from a file however small it is.
const ratioFloor = 256 << 20

// A capError says that a limit ended the reading of a member (CapMember) or
// of a whole file (the others).
type capError struct {
	cap   string
	limit int64
}

func (e *capError) Error() string {
	return fmt.Sprintf("limit reached: %s %d", e.cap, e.limit)
}

// An unpacker reads one file that is an archive, with all archives in it.
type unpacker struct {
	*walker
	file    *Input
	read    countingAt // the file, counting what was read
	given   int64      // of that, what earlier members were charged with
	left    int64      // bytes that may still be unpacked
	allowed int64      // what left began with
	entries int
	yielded int
}

// A place is where an unpacker stands: inside the container with this member
// path ("" for the file itself).
type place struct {
	member string
	name   string // of the container, for naming what has no name of its own
	depth  int
	mod    time.Time
	stream bool // read from a stream, with nothing but compression around
	host   Hint
}

// A member is content with a name, possibly a container again.
type member struct {
	path  string // as plain content
	inner place  // as container
	size  int64  // as claimed, a hint only; -1 unknown
	mod   time.Time
	notes []string
	holes holes
}

func (w *walker) archive(in *Input, kind container) {
	u := &unpacker{walker: w, file: in, read: countingAt{in: in}}
	u.allowed = min(w.opt.MaxUnpacked, max(ratioFloor, saturate(in.Size, w.opt.MaxRatio)))
	u.left = u.allowed
	at := place{name: path.Base(in.Path), depth: 1, mod: in.ModTime, host: in.HostHint}
	err := u.unpack(kind, io.NewSectionReader(&u.read, 0, in.Size), at)
	if err != nil {
		u.failed("", kind, err)
	}
}

// noFiles is why an archive that nothing came out of is told.
const noFiles = "archive without files"

func saturate(a, b int64) int64 {
	if b > 0 && a > (1<<62)/b {
		return 1 << 62
	}
	return a * b
}

// failed tells that an archive could not be read to its end.
func (u *unpacker) failed(member string, kind container, err error) {
	s := Skip{Path: u.file.Path, Member: member, Size: u.file.Size, Partial: u.yielded > 0}
	s.Reason = fmt.Sprintf("reading %s: %v", kind, err)
	if ce := (*capError)(nil); errors.As(err, &ce) {
		s.Cap, s.Limit = ce.cap, ce.limit
	}
	u.skip(s)
}

// unpack reads a container. Its error is about the container as a whole; what
// befalls single members is told as notes and skips.
func (u *unpacker) unpack(kind container, r io.Reader, at place) error {
	if kind != zipFile && kind != tarFile {
		return u.decompressed(kind, r, at)
	}
	before := u.told
	err := u.members(kind, r, at)
	if err == nil && u.told == before {
		// Without a line of its own it would be gone in silence.
		s := Skip{Path: u.file.Path, Member: at.member, Reason: noFiles}
		if at.member == "" {
			s.Size = u.file.Size
		}
		u.skip(s)
	}
	return err
}

func (u *unpacker) members(kind container, r io.Reader, at place) error {
	if kind == zipFile {
		return u.zipStream(r, at)
	}
	return u.tar(r, at)
}

func (u *unpacker) decompressed(kind container, r io.Reader, at place) error {
	plain, closer, err := decompress(kind, r)
	if err != nil {
		return err
	}
	defer closer()
	name := stripped(at.name)
	if gz, ok := plain.(*gzip.Reader); ok && name == at.name && gz.Name != "" {
		name = gz.Name
	}
	m := member{path: joined(at.member, name), size: -1, mod: at.mod}
	m.inner = place{member: at.member, name: name, depth: at.depth, mod: at.mod, stream: at.stream, host: at.host}
	return u.content(u.limited(plain), m)
}

// zstdWindow is the largest window a frame may ask for: zstd's own limit for
// decoding without being told otherwise.
const zstdWindow = 128 << 20

func decompress(kind container, r io.Reader) (io.Reader, func(), error) {
	switch kind {
	case gzFile:
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, err
		}
		return z, func() { z.Close() }, nil
	case zstFile:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(zstdWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return bzip2.NewReader(r), func() {}, nil
}

// content reads one member: yields it, or goes on inside. It returns an error
// only when the whole file must be given up.
func (u *unpacker) content(r io.Reader, m member) error {
	br := bufio.NewReaderSize(r, HeadSize)
	head, err := br.Peek(HeadSize)
	if len(head) == 0 {
		return u.noContent(m, err)
	}
	kind := containerOf(head)
	switch {
	case kind == none && m.inner.stream && lined(head):
		return u.segments(br, m)
	case kind == none:
		return u.plain(br, m)
	case kind.unsupported():
		u.skip(Skip{Path: u.file.Path, Member: m.path, Reason: kind.refusal(), Size: max(m.size, 0)})
		return nil
	}
	return u.nested(kind, br, m)
}

func (u *unpacker) nested(kind container, r io.Reader, m member) error {
	// A tar inside its compression is one archive, not two.
	layer := m.inner.member != m.path && kind == tarFile
	if !layer {
		m.inner.depth++
	}
	if m.inner.depth > u.opt.MaxDepth {
		ce := &capError{CapDepth, int64(u.opt.MaxDepth)}
		u.skip(Skip{Path: u.file.Path, Member: m.path, Reason: ce.Error(), Cap: ce.cap, Limit: ce.limit})
		return nil
	}
	err := u.unpack(kind, r, m.inner)
	if err == nil && kind == tarFile {
		// What is around a tape archive can be damaged behind its end.
		if _, err = io.Copy(io.Discard, r); err != nil {
			err = fmt.Errorf("%w behind the last member", err)
		}
	}
	if err == nil || u.fatal(err) {
		return err
	}
	u.failed(m.inner.member, kind, err)
	return nil
}

// fatal reports whether the whole file must be given up.
func (u *unpacker) fatal(err error) bool {
	var ce *capError
	return u.done() || errors.As(err, &ce) && ce.cap != CapMember
}

func (u *unpacker) noContent(m member, err error) error {
	if err != nil && err != io.EOF {
		if u.fatal(err) {
			return err
		}
		u.skip(Skip{Path: u.file.Path, Member: m.path, Reason: err.Error()})
		return nil
	}
	u.skip(Skip{Path: u.file.Path, Member: m.path, Reason: "empty"})
	return nil
}

// plain yields a member that is no container.
func (u *unpacker) plain(r io.Reader, m member) error {
	b, err := hold(r, m.size, u.opt)
	if err != nil && u.fatal(err) {
		b.drop()
		return err
	}
	in := &Input{
		Path: u.file.Path, Member: m.path, Size: b.size, ModTime: m.mod,
		ReaderAt: b, Packed: u.charge(), drop: b.drop, Notes: m.notes, HostHint: m.inner.host,
	}
	if ce := (*capError)(nil); errors.As(err, &ce) {
		in.Close()
		u.skip(Skip{Path: in.Path, Member: m.path, Reason: ce.Error(), Size: m.size, Cap: ce.cap, Limit: ce.limit})
		return nil
	}
	if err != nil {
		in.Notes = append(in.Notes, fmt.Sprintf("unpacking: %v after %d bytes", err, b.size))
	}
	m.holes.fill(in, u.opt)
	if m.inner.stream && b.file != nil {
		in.Notes = append(in.Notes, fmt.Sprintf("a stream of this kind cannot be read piece by piece: %d bytes were kept in a temporary file", b.size))
	}
	if err := in.readHead(); err != nil {
		in.Close()
		u.skip(Skip{Path: in.Path, Member: m.path, Reason: "reading back: " + cause(err)})
		return nil
	}
	u.yielded++
	u.give(in)
	return nil
}

// charge returns the bytes of the file that were read since it was last asked.
func (u *unpacker) charge() int64 {
	now := min(u.read.n, u.file.Size)
	n := now - u.given
	u.given = now
	return n
}

// count admits one more member.
func (u *unpacker) count() error {
	if u.entries++; u.entries > u.opt.MaxEntries {
		return &capError{CapEntries, int64(u.opt.MaxEntries)}
	}
	return u.ctx.Err()
}

// limited charges what is read from r to the file's allowance.
func (u *unpacker) limited(r io.Reader) io.Reader { return &limitedReader{u, r} }

// attentive ends the reading of r with the context.
func (u *unpacker) attentive(r io.Reader) io.Reader { return attentiveReader{u, r} }

type attentiveReader struct {
	u *unpacker
	r io.Reader
}

func (a attentiveReader) Read(p []byte) (int, error) {
	if err := a.u.ctx.Err(); err != nil {
		return 0, err
	}
	return a.r.Read(p)
}

type limitedReader struct {
	u *unpacker
	r io.Reader
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if err := l.u.ctx.Err(); err != nil {
		return 0, err
	}
	if l.u.left <= 0 {
		return 0, &capError{CapUnpacked, l.u.allowed}
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.u.left)])
	l.u.left -= int64(n)
	return n, err
}

// A countingAt counts the bytes read from an input.
type countingAt struct {
	in *Input
	n  int64
}

func (c *countingAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.in.ReadAt(p, off)
	c.n += int64(n)
	return n, err
}

// joined makes the path of a member of a container.
func joined(container, name string) string {
	name = shown(strings.ReplaceAll(name, `\`, "/"))
	if container == "" {
		return name
	}
	return container + "!/" + name
}

// stripped is a compressed file's name without the mark of compression.
func stripped(name string) string {
	ext := path.Ext(name)
	switch base := strings.TrimSuffix(name, ext); strings.ToLower(ext) {
	case ".gz", ".zst", ".bz2", ".z", ".zstd", ".gzip":
		return base
	case ".tgz", ".tbz", ".tbz2", ".tzst":
		return base + ".tar"
	}
	return name
}
