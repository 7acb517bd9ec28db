package evtx

import (
	"encoding/binary"
	"math"
	"strconv"
)

// AppendText appends the value's text in UTF-8, as Windows shows it: numbers
// in decimal, the hexadecimal types as 0x and lower-case digits without
// leading zeroes, GUIDs in braces and lower case, SIDs as S-1-…, times as
// 2016-07-08T18:12:51.681640Z, binary in upper-case hexadecimal. A value whose
// width does not fit its type is shown in hexadecimal.
func (r *Record) AppendText(dst []byte, v Value) []byte {
	switch v.src {
	case fromLiteral:
		return append(dst, r.layout.lits[v.at]...)
	case fromParts:
		return r.appendParts(dst, r.layout.comps[v.at])
	}
	if v.Type == TypeString {
		return appendUTF16(dst, v.at.raw(r.d.c))
	}
	return r.appendSlot(dst, v.at)
}

// appendParts joins the pieces of a composed value, up to the output limit.
func (r *Record) appendParts(dst []byte, parts []part) []byte {
	start := len(dst)
	for i := range parts {
		p := &parts[i]
		if p.kind == partText {
			dst = append(dst, p.text...)
		} else if p.slot >= 0 {
			dst = r.appendSlot(dst, r.d.slots[p.slot])
		}
		if len(dst)-start > maxOutput {
			r.Warnings |= WarnCut
			break
		}
	}
	return dst
}

// appendSlot appends the text of any slot.
func (r *Record) appendSlot(dst []byte, s slot) []byte {
	raw, typ := s.raw(r.d.c), s.typ()
	if typ&arrayBit != 0 {
		return r.appendArray(dst, s)
	}
	switch typ {
	case TypeNull:
		return dst
	case TypeString, TypeXML:
		return appendUTF16(dst, raw)
	case TypeANSI:
		return appendANSI(dst, raw)
	case TypeGUID:
		return appendGUID(dst, raw)
	case TypeFiletime, TypeSystime:
		return r.appendTime(dst, typ, raw, 6)
	case TypeSID:
		return r.d.sid.append(dst, raw)
	}
	return appendScalar(dst, typ, raw)
}

// appendArray joins items with commas, for where an array cannot repeat.
func (r *Record) appendArray(dst []byte, s slot) []byte {
	items := arrayItems{c: r.d.c, s: s}
	for n := 0; ; n++ {
		one, ok := items.next()
		if !ok {
			return dst
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = r.appendSlot(dst, one)
	}
}

// appendScalar writes numbers, booleans and whatever has no better form.
func appendScalar(dst []byte, typ Type, raw []byte) []byte {
	if w := int(fixedWidth[typ]); w != 0 && w != len(raw) {
		return appendHexBytes(dst, raw)
	}
	switch typ {
	case TypeUint8:
		return appendUint(dst, uint64(raw[0]))
	case TypeUint16:
		return appendUint(dst, uint64(u16(raw, 0)))
	case TypeUint32:
		return appendUint(dst, uint64(u32(raw, 0)))
	case TypeUint64:
		return appendUint(dst, u64(raw, 0))
	case TypeInt8:
		return appendInt(dst, int64(int8(raw[0])))
	case TypeInt16:
		return appendInt(dst, int64(int16(u16(raw, 0))))
	case TypeInt32:
		return appendInt(dst, int64(int32(u32(raw, 0))))
	case TypeInt64:
		return appendInt(dst, int64(u64(raw, 0)))
	case TypeHex32:
		return appendHexNumber(dst, uint64(u32(raw, 0)))
	case TypeHex64:
		return appendHexNumber(dst, u64(raw, 0))
	case TypeFloat32:
		return appendFloat(dst, float64(math.Float32frombits(u32(raw, 0))), 32)
	case TypeFloat64:
		return appendFloat(dst, math.Float64frombits(u64(raw, 0)), 64)
	case TypeSize:
		if len(raw) == 4 || len(raw) == 8 {
			v, _ := littleEndian(raw)
			return appendHexNumber(dst, v)
		}
	case TypeBool:
		return strconv.AppendBool(dst, !allZero(raw))
	}
	if len(raw) == 0 {
		return dst
	}
	if typ == 0x27 || typ == 0x28 {
		return appendUTF16(dst, raw)
	}
	return appendHexBytes(dst, raw)
}

// appendFloat writes infinities and not-a-number the way Windows does.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "-1.#IND"...)
	case math.IsInf(f, 1):
		return append(dst, "1.#INF"...)
	case math.IsInf(f, -1):
		return append(dst, "-1.#INF"...)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, bits)
}

func appendGUID(dst, raw []byte) []byte {
	if len(raw) != 16 {
		return appendHexBytes(dst, raw)
	}
	return append(appendGUIDDigits(append(dst, '{'), raw, &lowerPairs), '}')
}

// appendGUIDDigits writes the 36 characters of a GUID of 16 bytes.
func appendGUIDDigits(dst, raw []byte, pairs *[256]uint16) []byte {
	w := len(dst)
	dst = append(dst, "00000000-0000-0000-0000-000000000000"...)
	out, in := (*[36]byte)(dst[w:]), (*[16]byte)(raw)
	put := func(at, i int) { binary.LittleEndian.PutUint16(out[at:], pairs[in[i]]) }
	put(0, 3)
	put(2, 2)
	put(4, 1)
	put(6, 0)
	put(9, 5)
	put(11, 4)
	put(14, 7)
	put(16, 6)
	put(19, 8)
	put(21, 9)
	for i := 10; i < 16; i++ {
		put(2*i+4, i)
	}
	return dst
}

var lowerPairs, upperPairs = hexPairs(lowerHex), hexPairs(upperHex)

// hexPairs holds both digits of every byte.
func hexPairs(digits string) (t [256]uint16) {
	for i := range t {
		t[i] = uint16(digits[i>>4]) | uint16(digits[i&15])<<8
	}
	return t
}

// appendTime writes a FILETIME or SYSTEMTIME; one that is all zero and a
// SYSTEMTIME is unset and gives nothing.
func (r *Record) appendTime(dst []byte, typ Type, raw []byte, digits int) []byte {
	if int(fixedWidth[typ]) != len(raw) {
		return appendHexBytes(dst, raw)
	}
	if typ == TypeFiletime {
		return r.d.clock.append(dst, Filetime(u64(raw, 0)), digits)
	}
	if allZero(raw) {
		return dst
	}
	return appendSystime(dst, raw, digits)
}

func appendSystime(dst, raw []byte, digits int) []byte {
	field := func(i int) uint64 { return uint64(u16(raw, 2*i)) }
	pad := func(v uint64, n uint64) {
		for ; n > 1 && v < n; n /= 10 {
			dst = append(dst, '0')
		}
		dst = appendUint(dst, v)
	}
	for i, f := range [7]struct {
		index int
		least uint64
		after byte
	}{{0, 1000, '-'}, {1, 10, '-'}, {3, 10, 'T'}, {4, 10, ':'}, {5, 10, ':'}, {6, 10, '.'}, {7, 100, 0}} {
		pad(field(f.index), f.least)
		if i < 6 {
			dst = append(dst, f.after)
		}
	}
	return append(append(dst, "0000"[:digits-3]...), 'Z')
}

// clockCache remembers the date of the last time written: neighbours share it.
type clockCache struct {
	day  uint64
	text []byte
}

func (c *clockCache) append(dst []byte, f Filetime, digits int) []byte {
	day := uint64(f / ticksPerDay)
	if day != c.day || len(c.text) == 0 {
		c.day, c.text = day, appendDate(c.text[:0], day)
	}
	dst = append(dst, c.text...)
	return appendClock(dst, uint64(f%ticksPerDay), digits)
}

// sidCache remembers the last few SIDs written.
type sidCache struct {
	entries [16]struct {
		raw  [28]byte
		n    int
		text []byte
	}
}

func (c *sidCache) append(dst, raw []byte) []byte {
	if len(raw) < 8 || len(raw) > 28 {
		return appendSID(dst, raw)
	}
	e := &c.entries[(u32(raw, len(raw)-4)*0x9e3779b1)>>28]
	if e.n != len(raw) || string(e.raw[:e.n]) != string(raw) {
		e.n = copy(e.raw[:], raw)
		e.text = appendSID(e.text[:0], raw)
	}
	return append(dst, e.text...)
}

// appendSID writes S-revision-authority-sub-sub…
func appendSID(dst, raw []byte) []byte {
	if len(raw) < 8 || len(raw) < 8+4*int(raw[1]) {
		return appendHexBytes(dst, raw)
	}
	dst = appendUint(append(dst, 'S', '-'), uint64(raw[0]))
	authority := uint64(raw[2])<<40 | uint64(raw[3])<<32 | uint64(raw[4])<<24 |
		uint64(raw[5])<<16 | uint64(raw[6])<<8 | uint64(raw[7])
	dst = append(dst, '-')
	if authority >= 1<<32 {
		dst = appendHexNumber(dst, authority)
	} else {
		dst = appendUint(dst, authority)
	}
	for i := range int(raw[1]) {
		dst = appendUint(append(dst, '-'), uint64(u32(raw, 8+4*i)))
	}
	return dst
}
