package evtx

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
)

// ErrNotEVTX says that a file does not begin as an event log does. Chunks of
// such a file can still be read with a [Decoder].
var ErrNotEVTX = errors.New("not a Windows event log")

// A Header holds the facts of a file's header. Dirty files have old ones: the
// counts are hints, never limits.
type Header struct {
	FirstChunk, LastChunk uint64
	NextRecord            uint64
	Major, Minor          uint16
	Chunks                uint16
	Dirty, Full, NoCRC    bool
	Flags                 uint32 // as found; has been seen to be garbage
	BadCRC                bool
}

// A File is an event log opened for reading.
type File struct {
	Header   Header
	Warnings []string
	r        io.ReaderAt
	size     int64
}

// Open reads the header of an event log of size bytes. Only a missing
// signature or a read error make it fail; everything odd becomes a warning.
func Open(r io.ReaderAt, size int64) (*File, error) {
	var b [128]byte
	if n, err := r.ReadAt(b[:], 0); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("file of %d bytes: %w", size, ErrNotEVTX)
		}
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	if string(b[:8]) != fileMagic {
		return nil, ErrNotEVTX
	}
	f := &File{r: r, size: size}
	f.parse(b[:])
	return f, nil
}

func (f *File) parse(b []byte) {
	flags := u32(b, 120)
	f.Header = Header{
		FirstChunk: u64(b, 8), LastChunk: u64(b, 16), NextRecord: u64(b, 24),
		Minor: u16(b, 36), Major: u16(b, 38), Chunks: u16(b, 42),
		Flags: flags, Dirty: flags&1 != 0, Full: flags&2 != 0, NoCRC: flags&4 != 0,
	}
	h := &f.Header
	h.BadCRC = !h.NoCRC && crc32.ChecksumIEEE(b[:120]) != u32(b, 124)
	if h.BadCRC {
		f.warn("bad checksum of the file header")
	}
	if h.Dirty {
		f.warn("dirty: the log was not closed, header counts may be old")
	}
	if h.Major != 3 || h.Minor < 1 || h.Minor > 2 {
		f.warn("unknown version %d.%d", h.Major, h.Minor)
	}
	if n := f.Chunks(); int64(h.Chunks) != n {
		f.warn("header counts %d chunks, the file has room for %d", h.Chunks, n)
	}
	if rest := (f.size - fileHeaderBlock) % ChunkSize; rest > 0 {
		f.warn("the last chunk is cut to %d bytes", rest)
	}
}

func (f *File) warn(format string, args ...any) {
	f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...))
}

// Chunks returns the number of chunks by the size of the file, a cut last one
// included.
func (f *File) Chunks() int64 {
	return max(0, (f.size-fileHeaderBlock+ChunkSize-1)/ChunkSize)
}

// ChunkOffset returns where chunk i begins in the file.
func (f *File) ChunkOffset(i int64) int64 { return fileHeaderBlock + i*ChunkSize }

// ReadChunks reads up to n chunks, beginning with chunk i, into buf and returns
// them. It allocates only when buf is too small. At the end of the file the
// result is shorter; it is empty beyond it.
func (f *File) ReadChunks(buf []byte, i int64, n int) ([]byte, error) {
	off := f.ChunkOffset(i)
	want := min(int64(n)*ChunkSize, f.size-off)
	if want <= 0 {
		return buf[:0], nil
	}
	if int64(cap(buf)) < want {
		buf = make([]byte, want)
	}
	buf = buf[:want]
	got, err := f.r.ReadAt(buf, off)
	if int64(got) == want || errors.Is(err, io.EOF) {
		return buf[:got], nil
	}
	return buf[:got], fmt.Errorf("reading chunk %d: %w", i, err)
}

const readAhead = 16 // chunks, 1 MiB

// Read decodes the whole file with d, in the order of the file, and calls
// yield for each record until it returns false. The report sums up all chunks;
// the error is that of the reader.
func (f *File) Read(d *Decoder, yield func(*Record) bool) (*FileReport, error) {
	rep := &FileReport{Size: f.size}
	rep.Header = int(min(f.size, fileHeaderBlock))
	var buf []byte
	var err error
	for i := int64(0); i < f.Chunks(); i += readAhead {
		if buf, err = f.ReadChunks(buf, i, readAhead); err != nil {
			break
		}
		for at := 0; at < len(buf); at += ChunkSize {
			chunk := buf[at:min(at+ChunkSize, len(buf))]
			rep.Add(d.Chunk(chunk, f.ChunkOffset(i)+int64(at), yield))
			if d.stopped {
				return rep, nil
			}
		}
	}
	rep.Finish()
	return rep, err
}

// Records yields all live records in the order of the file, for programs that
// want no more than that: one goroutine, a store of its own. Damage is left
// out in silence; use [File.Read] for a report. A read error ends the
// iteration with a nil record.
func (f *File) Records() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		d := NewDecoder(NewStore())
		_, err := f.Read(d, func(r *Record) bool { return yield(r, nil) })
		if err != nil && !d.stopped {
			yield(nil, err)
		}
	}
}
