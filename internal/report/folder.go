package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
)

// A Folder is the output folder of one hunt. It keeps the list of what was
// written, with sizes and hashes, for the manifest and for the line "Wrote".
// It is not safe for concurrent use.
type Folder struct {
	path  string
	files []Written
}

// OpenFolder makes the folder if it is not there.
func OpenFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("making the output folder: %w", err)
	}
	return &Folder{path: path}, nil
}

// Path returns the folder's path as given.
func (d *Folder) Path() string { return d.path }

// Written returns the files that were closed, in the order of closing.
func (d *Folder) Written() []Written { return d.files }

// Create opens a file for writing. It gets its name only when it is closed, so
// a file that is there is whole; an older file of that name is replaced then.
func (d *Folder) Create(name string) (*File, error) {
	f, err := os.CreateTemp(d.path, "."+name+".*")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, err)
	}
	return &File{folder: d, name: name, f: f, sum: sha256.New()}, nil
}

// Drop removes a file that an earlier hunt left and this one has no use for, so
// that all files of the folder speak of the same hunt.
func (d *Folder) Drop(name string) error {
	err := os.Remove(filepath.Join(d.path, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing an old %s: %w", name, err)
	}
	return nil
}

// A File is one file of a [Folder] that is being written.
type File struct {
	folder *Folder
	name   string
	f      *os.File
	sum    hash.Hash
	bytes  int64
}

// Write implements io.Writer.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.f.Write(b)
	f.sum.Write(b[:n])
	f.bytes += int64(n)
	if err != nil {
		return n, fmt.Errorf("writing %s: %w", f.name, err)
	}
	return n, nil
}

// Close gives the file its name and enters it in the folder's list.
func (f *File) Close() error {
	err := f.f.Chmod(0o644)
	if e := f.f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.f.Name(), filepath.Join(f.folder.path, f.name))
	}
	if err != nil {
		os.Remove(f.f.Name())
		return fmt.Errorf("writing %s: %w", f.name, err)
	}
	f.folder.files = append(f.folder.files, Written{f.name, f.bytes, hex.EncodeToString(f.sum.Sum(nil))})
	return nil
}

// Discard drops the file.
func (f *File) Discard() {
	f.f.Close()
	os.Remove(f.f.Name())
}
