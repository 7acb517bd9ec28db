package source

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
)

// The parts of a zip member's local header (APPNOTE 4.3.7).
const (
	zipLocalSize  = 30
	zipLocalMagic = "PK\x03\x04"
	zipStreamed   = 1 << 3 // sizes are unknown and follow the data
)

// zipWithoutDirectory reads the members of a zip that was cut, so that its
// directory is missing: it goes from one local header to the next. why is the
// reason that the directory could not be read.
func (u *unpacker) zipWithoutDirectory(r io.Reader, at place, why error) error {
	br := bufio.NewReaderSize(r, 64<<10)
	found := 0
	for {
		if err := seekLocal(br); err != nil {
			break
		}
		if err := u.count(); err != nil {
			return err
		}
		if err := u.zipLocal(br, at); err != nil {
			if u.fatal(err) {
				return err
			}
			continue
		}
		found++
	}
	return fmt.Errorf("%w: no directory, %d members read from the front", why, found)
}

// seekLocal moves to the next local header.
func seekLocal(br *bufio.Reader) error {
	for {
		head, err := br.Peek(len(zipLocalMagic))
		if err != nil {
			return err
		}
		if string(head) == zipLocalMagic {
			return nil
		}
		if _, err := br.Discard(1); err != nil {
			return err
		}
	}
}

func (u *unpacker) zipLocal(br *bufio.Reader, at place) error {
	head := make([]byte, zipLocalSize)
	if _, err := io.ReadFull(br, head); err != nil {
		return err
	}
	le16 := binary.LittleEndian.Uint16
	flags, method := le16(head[6:]), le16(head[8:])
	packed := int64(binary.LittleEndian.Uint32(head[18:]))
	name := make([]byte, le16(head[26:]))
	if _, err := io.ReadFull(br, name); err != nil {
		return err
	}
	if _, err := br.Discard(int(le16(head[28:]))); err != nil {
		return err
	}
	m := u.member(string(name), -1, at)
	known := flags&zipStreamed == 0 && packed != 1<<32-1
	switch {
	case flags&zipEncrypted != 0 || method != 8 && (method != 0 || !known):
		u.skip(Skip{Path: u.file.Path, Member: m.path, Reason: "cannot be read without the zip's directory"})
		return nil
	case packed == 0 && known:
		return nil // a folder, or empty
	}
	if method == 0 {
		body := io.LimitReader(br, packed)
		err := u.content(u.limited(body), m)
		_, _ = io.Copy(io.Discard, body)
		return err
	}
	// Deflate knows its own end, and reads no byte beyond it.
	body := flate.NewReader(br)
	defer body.Close()
	err := u.content(u.limited(body), m)
	if err == nil {
		_, err = io.Copy(io.Discard, u.limited(body))
	}
	return err
}
