package cli

import (
	"errors"
	"io"
	"os"
)

// A scratch makes temporary files that nobody else can read and that are gone
// when they are closed, however the run ends where the platform allows it.
type scratch struct{ dir string }

// Create implements detect.Scratch.
func (s scratch) Create() (io.ReadWriteSeeker, func() error, error) {
	f, err := os.CreateTemp(s.dir, "tyto-*.run")
	if err != nil {
		return nil, nil, err
	}
	removed := os.Remove(f.Name()) == nil // an open file cannot be removed on Windows
	return f, func() error {
		err := f.Close()
		if !removed {
			err = errors.Join(err, os.Remove(f.Name()))
		}
		return err
	}, nil
}
