package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Sizes of the blocks that make up a file, in bytes. A file is one header
// block followed by chunks; only whole chunks are written.
const (
	wFileBlock  = 4096
	wChunkSize  = 64 << 10
	wChunkBlock = 512
	wHeaderSize = 128
)

// A Writer writes one event log file, format version 3.1, as Windows would
// leave it after a clean shutdown: correct counts and checksums, templates
// written once per chunk, records padded to eight bytes.
//
// It exists to make test and demonstration logs. It is not safe for
// concurrent use. The zero Writer is not usable: call [NewWriter].
type Writer struct {
	out     io.Writer
	seek    io.Seeker    // nil: the whole file waits in mem until Close
	base    int64        // where the file starts in a seekable output
	mem     bytes.Buffer // chunks of an output that cannot seek
	chunk   *wchunk
	chunks  uint64 // chunks already handed to flush
	number  uint64 // running number of the next record, from 1
	nextID  uint64 // record identifier to give to an Entry without one
	closed  bool
	started bool
}

var errWriterClosed = errors.New("evtx: write to a closed writer")

// NewWriter returns a writer of one log file to w, starting at w's present
// position.
//
// The file header states how many chunks follow, so it can be written only at
// the end. When w can seek ([os.File] on a disk), chunks go out as they fill
// and Close puts the header right; otherwise the whole file is kept in memory
// until Close. Close does not close w.
func NewWriter(w io.Writer) *Writer {
	wr := &Writer{out: w, number: 1, nextID: 1}
	if s, ok := w.(io.Seeker); ok {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			wr.seek, wr.base = s, at
		}
	}
	wr.chunk = newWchunk()
	return wr
}

// Write appends one record. An error caused by the entry itself (a malformed
// GUID or SID, text too long for the format, a record larger than a chunk)
// leaves the writer usable and the file as it was.
func (w *Writer) Write(e Entry) error {
	if w.closed {
		return errWriterClosed
	}
	if e.RecordID == 0 {
		e.RecordID = w.nextID
	}
	doc, err := e.document()
	if err != nil {
		return fmt.Errorf("evtx: record %d: %w", e.RecordID, err)
	}
	err = w.chunk.add(e, doc, w.number)
	if errors.Is(err, errWchunkFull) && w.chunk.records > 0 {
		// Only a record that fits into a chunk of its own ends this one.
		fresh := newWchunk()
		if err = fresh.add(e, doc, w.number); err == nil {
			err = w.flush()
			w.chunk = fresh
		}
	}
	if err != nil {
		return fmt.Errorf("evtx: record %d: %w", e.RecordID, err)
	}
	w.number++
	w.nextID = e.RecordID + 1
	return nil
}

// Close finishes the last chunk and the file header. A log without records
// still has one, empty, chunk, as on Windows. A second Close does nothing.
func (w *Writer) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	if w.chunk.records > 0 || w.chunks == 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	head := w.fileHeader()
	if w.seek == nil {
		if _, err := w.out.Write(head); err != nil {
			return fmt.Errorf("evtx: writing the file header: %w", err)
		}
		if _, err := w.mem.WriteTo(w.out); err != nil {
			return fmt.Errorf("evtx: writing chunks: %w", err)
		}
		return nil
	}
	return w.rewriteHeader(head)
}

// flush hands the present chunk to the output.
func (w *Writer) flush() error {
	data := w.chunk.finish()
	w.chunks++
	if w.seek == nil {
		w.mem.Write(data)
		return nil
	}
	if !w.started {
		w.started = true
		if _, err := w.out.Write(make([]byte, wFileBlock)); err != nil {
			return fmt.Errorf("evtx: reserving the file header: %w", err)
		}
	}
	if _, err := w.out.Write(data); err != nil {
		return fmt.Errorf("evtx: writing chunk %d: %w", w.chunks-1, err)
	}
	return nil
}

// rewriteHeader puts the header in front of the chunks and leaves the output
// positioned behind the file.
func (w *Writer) rewriteHeader(head []byte) error {
	if _, err := w.seek.Seek(w.base, io.SeekStart); err != nil {
		return fmt.Errorf("evtx: going back to the file header: %w", err)
	}
	if _, err := w.out.Write(head); err != nil {
		return fmt.Errorf("evtx: writing the file header: %w", err)
	}
	end := w.base + wFileBlock + int64(w.chunks)*wChunkSize
	if _, err := w.seek.Seek(end, io.SeekStart); err != nil {
		return fmt.Errorf("evtx: going to the end of the file: %w", err)
	}
	return nil
}

// fileHeader is the 4,096-byte block at the start of the file.
func (w *Writer) fileHeader() []byte {
	b := make([]byte, wFileBlock)
	le := binary.LittleEndian
	copy(b, "ElfFile\x00")
	le.PutUint64(b[16:], w.chunks-1)
	le.PutUint64(b[24:], w.nextID)
	le.PutUint32(b[32:], wHeaderSize)
	le.PutUint16(b[36:], 1)
	le.PutUint16(b[38:], 3)
	le.PutUint16(b[40:], wFileBlock)
	le.PutUint16(b[42:], uint16(min(w.chunks, 0xffff)))
	le.PutUint32(b[124:], crc32.ChecksumIEEE(b[:120]))
	return b
}
