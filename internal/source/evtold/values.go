package evtold

import (
	"encoding/binary"
	"strconv"

	"tyto/internal/source/winlog"
)

func number(b *winlog.Builder, n uint64) []byte {
	return b.Text(func(dst []byte) []byte { return strconv.AppendUint(dst, n, 10) })
}

// sidText writes a security identifier (MS-DTYP 2.4.2) as text, nil when it is
// none.
func sidText(b *winlog.Builder, raw []byte) []byte {
	if len(raw) < 8 || raw[0] != 1 || len(raw) < 8+4*int(raw[1]) {
		return nil
	}
	return b.Text(func(dst []byte) []byte {
		authority := uint64(binary.BigEndian.Uint16(raw[2:]))<<32 | uint64(binary.BigEndian.Uint32(raw[4:]))
		dst = strconv.AppendUint(append(dst, "S-1-"...), authority, 10)
		for i := range int(raw[1]) {
			dst = append(dst, '-')
			dst = strconv.AppendUint(dst, uint64(binary.LittleEndian.Uint32(raw[8+4*i:])), 10)
		}
		return dst
	})
}
