package source

import (
	"archive/tar"
	"fmt"
	"io"
)

// tar reads a tape archive from front to back. One that was cut gives what it
// has.
func (u *unpacker) tar(r io.Reader, at place) error {
	t := tar.NewReader(r)
	last := ""
	for {
		if err := u.count(); err != nil {
			return err
		}
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && last != "" {
			return fmt.Errorf("%w: what follows %s is missing", err, last)
		}
		if err != nil {
			return err
		}
		last = shown(h.Name)
		if err := u.tarMember(t, h, at); err != nil {
			return err
		}
	}
}

func (u *unpacker) tarMember(t io.Reader, h *tar.Header, at place) error {
	m := u.member(h.Name, h.Size, at)
	m.mod = h.ModTime.UTC()
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
	case tar.TypeDir, tar.TypeXGlobalHeader:
		return nil
	case tar.TypeSymlink, tar.TypeLink:
		u.skip(Skip{Path: u.file.Path, Member: m.path, Reason: "link to " + shown(h.Linkname) + ": not followed"})
		return nil
	default:
		u.skip(Skip{Path: u.file.Path, Member: m.path, Reason: "not a regular file"})
		return nil
	}
	// The holes of a sparse member cost nothing in the archive and are
	// charged here; other members were charged when they were decompressed.
	if h.Typeflag == tar.TypeGNUSparse || h.PAXRecords["GNU.sparse.major"] != "" || h.PAXRecords["GNU.sparse.map"] != "" {
		t = u.limited(t)
	}
	return u.content(t, m)
}
