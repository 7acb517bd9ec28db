package source

import (
	"bytes"
	"io"
	"os"
)

// A held is content that was unpacked, in memory or in a temporary file.
type held struct {
	io.ReaderAt
	size int64
	file *os.File
}

// hold reads r to its end. It always returns what could be read, and drops
// nothing itself: the caller calls drop, also after an error.
func hold(r io.Reader, hint int64, opt Options) (*held, error) {
	var buf bytes.Buffer
	if hint > 0 && hint <= opt.InMemory {
		buf.Grow(int(hint) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(r, opt.InMemory+1))
	if err != nil || n <= opt.InMemory {
		return &held{ReaderAt: bytes.NewReader(buf.Bytes()), size: n}, err
	}
	return spool(io.MultiReader(&buf, r), opt)
}

func spool(r io.Reader, opt Options) (*held, error) {
	f, err := os.CreateTemp(opt.TempDir, "tyto-member-*")
	if err != nil {
		return &held{ReaderAt: bytes.NewReader(nil)}, err
	}
	// Where the system lets an open file be removed nothing is left behind
	// even by a crash; elsewhere drop removes it.
	_ = os.Remove(f.Name())
	h := &held{ReaderAt: f, file: f}
	h.size, err = io.Copy(f, io.LimitReader(r, opt.MaxMember))
	if err != nil {
		return h, err
	}
	if n, _ := io.ReadFull(r, make([]byte, 1)); n > 0 {
		return h, &capError{CapMember, opt.MaxMember}
	}
	return h, nil
}

func (h *held) drop() error {
	if h.file == nil {
		return nil
	}
	err := h.file.Close()
	_ = os.Remove(h.file.Name())
	h.file = nil
	return err
}
