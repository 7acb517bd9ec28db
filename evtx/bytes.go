package evtx

import "encoding/binary"

// ChunkSize is the size of every chunk of a log file but a cut last one.
const ChunkSize = 65536

const (
	fileHeaderBlock = 4096
	chunkHeaderSize = 512
	recordOverhead  = 28 // header of 24 bytes and the trailing copy of the size
)

const (
	fileMagic  = "ElfFile\x00"
	chunkMagic = "ElfChnk\x00"
)

func u16(b []byte, o int) uint16 { return binary.LittleEndian.Uint16(b[o:]) }
func u32(b []byte, o int) uint32 { return binary.LittleEndian.Uint32(b[o:]) }
func u64(b []byte, o int) uint64 { return binary.LittleEndian.Uint64(b[o:]) }

// isRecord reports whether a record signature stands at o.
func isRecord(b []byte, o int) bool {
	return o+recordOverhead <= len(b) && u32(b, o) == 0x00002a2a
}

// allZero looks at eight bytes at a time.
func allZero(b []byte) bool {
	for len(b) >= 32 {
		if u64(b, 0)|u64(b, 8)|u64(b, 16)|u64(b, 24) != 0 {
			return false
		}
		b = b[32:]
	}
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}
