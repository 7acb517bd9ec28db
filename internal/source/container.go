package source

import (
	"bytes"
	"strconv"
	"strings"
)

// A container is a way of packing files that the walk knows by its first
// bytes.
type container string

const (
	none     container = ""
	zipFile  container = "zip"
	tarFile  container = "tar"
	gzFile   container = "gzip"
	zstFile  container = "zstd"
	bzFile   container = "bzip2"
	xzFile   container = "xz"
	sevenZip container = "7z"
	rarFile  container = "rar"
	cabFile  container = "cab"
	lz4File  container = "lz4"
	vhdxFile container = "vhdx disk image"
	ad1File  container = "AD1 image"
	ewfFile  container = "E01 image"
	macNotes container = "AppleDouble"
)

// magics are tried in order. Tar has no magic at the start and comes last.
var magics = []struct {
	kind  container
	bytes string
}{
	{zipFile, "PK\x03\x04"},
	{zipFile, "PK\x05\x06"},
	{zipFile, "PK\x07\x08PK\x03\x04"}, // the marker of a split archive that fits one file
	{gzFile, "\x1f\x8b\x08"},
	{zstFile, "\x28\xb5\x2f\xfd"},
	{zstFile, "\x50\x2a\x4d\x18"}, // a skippable frame first, as parallel compressors write
	{bzFile, "BZh"},
	{xzFile, "\xfd7zXZ\x00"},
	{sevenZip, "7z\xbc\xaf\x27\x1c"},
	{rarFile, "Rar!\x1a\x07"},
	{cabFile, "MSCF\x00\x00\x00\x00"},
	{lz4File, "\x04\x22\x4d\x18"},
	{vhdxFile, "vhdxfile"},
	{ad1File, "ADSEGMENTEDFILE"},
	{ewfFile, "EVF\x09\x0d\x0a\xff\x00"},
	{macNotes, "\x00\x05\x16\x07"},
}

// containerOf recognises a container by its first bytes.
func containerOf(head []byte) container {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.bytes)) {
			if m.kind == bzFile && !isBzip(head) {
				continue
			}
			return m.kind
		}
	}
	if isTar(head) {
		return tarFile
	}
	return none
}

// isBzip asks for more than the three letters, which a text may begin with.
func isBzip(head []byte) bool {
	return len(head) >= 10 && head[3] >= '1' && head[3] <= '9' &&
		(string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17\x72\x45\x38\x50\x90")
}

// isTar checks the checksum of the first header block (POSIX ustar, and the
// older form without magic).
func isTar(head []byte) bool {
	if len(head) < 512 {
		return false
	}
	block := head[:512]
	text := strings.Trim(string(block[148:156]), " \x00")
	want, err := strconv.ParseInt(text, 8, 32)
	if err != nil || want == 0 || block[0] == 0 {
		return false
	}
	sum := int64(8 * ' ')
	for i, b := range block {
		if i < 148 || i >= 156 {
			sum += int64(b)
		}
	}
	return sum == want
}

// unsupported tells the containers that are recognised only to say so.
func (c container) unsupported() bool {
	switch c {
	case zipFile, tarFile, gzFile, zstFile, bzFile, none:
		return false
	}
	return true
}

func (c container) refusal() string {
	switch c {
	case macNotes:
		return "AppleDouble file: holds only a Mac's notes about another file"
	case vhdxFile, ad1File, ewfFile:
		return string(c) + ": not supported, export the files in it first"
	}
	return string(c) + " archive: not supported, unpack it first"
}

// zipDirectory is the most bytes of central directory that is read: about
// half a million members, and a bound on the memory a crafted one can take.
const zipDirectory = 64 << 20

// zipEncrypted and zipStrong are bits of a zip member's flags.
const (
	zipEncrypted = 1 << 0
	zipStrong    = 1 << 6
)

// zipAES is the method number that WinZip's encryption hides behind.
const zipAES = 99
