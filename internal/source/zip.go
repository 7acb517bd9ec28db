package source

import (
	"archive/zip"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// zipStream reads a zip from a stream. A zip's directory is at its end, so the
// whole is held first unless the stream is a piece of the file already.
func (u *unpacker) zipStream(r io.Reader, at place) error {
	if s, ok := r.(*io.SectionReader); ok {
		return u.zip(s, s.Size(), at)
	}
	b, err := hold(r, -1, u.opt)
	defer b.drop()
	if err != nil && (u.fatal(err) || b.size == 0) {
		return err
	}
	if zerr := u.zip(b, b.size, at); zerr != nil {
		return zerr
	}
	return err
}

func (u *unpacker) zip(r io.ReaderAt, size int64, at place) error {
	bound := &boundedAt{r: r, left: zipDirectory}
	z, err := zip.NewReader(bound, size)
	if bound.left < 0 {
		return errors.New("directory too large")
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return u.zipWithoutDirectory(io.NewSectionReader(r, 0, size), at, err)
	}
	bound.lifted = true
	for method, d := range zipMethods() {
		z.RegisterDecompressor(method, d)
	}
	packed := parcelsIn(z)
	for _, f := range z.File {
		if err := u.count(); err != nil {
			return err
		}
		if f.Mode().IsDir() {
			continue
		}
		if err := u.zipMember(f, packed, at); err != nil {
			return err
		}
	}
	return nil
}

// zipMethods are the compression methods that are undone, besides storing.
func zipMethods() map[uint16]zip.Decompressor {
	return map[uint16]zip.Decompressor{
		zip.Deflate: flate.NewReader,
		12:          func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) },
		zstd.ZipMethodWinZip: zstd.ZipDecompressor(zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(zstdWindow)),
	}
}

func (u *unpacker) zipMember(f *zip.File, packed parcels, at place) error {
	m := u.member(f.Name, int64(min(f.UncompressedSize64, 1<<62)), at)
	m.mod = f.Modified.UTC()
	skip := func(reason string) error {
		u.skip(Skip{Path: u.file.Path, Member: m.path, Reason: reason, Size: m.size})
		return nil
	}
	if f.Mode()&fs.ModeSymlink != 0 {
		return skip("symbolic link: not followed")
	}
	if p, name := packed.of(f.Name); p != nil {
		if why := p.aside(name); why != "" {
			return skip(why)
		}
		if m.notes, m.holes = p.notes(name), p.holes(name); p.host != (Hint{}) {
			m.inner.host = p.host
		}
	}
	r, err := u.zipOpen(f)
	switch {
	case err != nil && u.fatal(err):
		return err
	case errors.Is(err, zip.ErrAlgorithm):
		return skip(fmt.Sprintf("compression method %d: not supported", f.Method))
	case err != nil:
		return skip(err.Error())
	}
	defer r.Close()
	return u.content(u.limited(r), m)
}

func (u *unpacker) zipOpen(f *zip.File) (io.ReadCloser, error) {
	switch {
	case f.Flags&zipStrong != 0:
		return nil, errors.New("encrypted in a way that is not supported: unpack it first")
	case f.Flags&zipEncrypted != 0 || f.Method == zipAES:
		return u.unlock(f)
	}
	return f.Open()
}

// member is a named member of a container.
func (u *unpacker) member(name string, size int64, at place) member {
	full := joined(at.member, name)
	return member{path: full, size: size, inner: place{member: full, name: path.Base(full), depth: at.depth, host: at.host}}
}

// A boundedAt stops a crafted directory from being read without end.
type boundedAt struct {
	r      io.ReaderAt
	left   int64
	lifted bool
}

func (b *boundedAt) ReadAt(p []byte, off int64) (int, error) {
	if !b.lifted {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, io.ErrUnexpectedEOF
		}
	}
	return b.r.ReadAt(p, off)
}
