package evtx

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Named value types for an [Entry]: the wire type where a Go type alone does
// not tell it. The other values are nil (Null), string, the sized integers,
// float32, float64, bool, []byte (Binary), time.Time (FILETIME, UTC),
// []string (string array, type 0x81) and [Fragment].
type (
	// HexInt32 is shown as 0x and lower-case hex (type 0x14).
	HexInt32 uint32
	// HexInt64 is shown as 0x and lower-case hex (type 0x15).
	HexInt64 uint64
	// SizeT is a 64-bit size or pointer (type 0x10).
	SizeT uint64
	// GUIDText is a GUID in its text form, with or without braces (type 0x0f).
	GUIDText string
	// SIDText is a security identifier in its text form (type 0x13).
	SIDText string
	// ANSIText is text whose every character is below 256, written one byte
	// each (type 0x02).
	ANSIText string
)

// SystemTime is written as a SYSTEMTIME (type 0x12), millisecond precision.
type SystemTime struct{ time.Time }

// RawValue is a value given as its wire type and bytes, for tests of readers:
// arrays, wrong widths, unknown types.
type RawValue struct {
	Type byte
	Data []byte
}

// Wire types of section "Value types" of the format's description.
const (
	wNull       = 0x00
	wString     = 0x01
	wANSI       = 0x02
	wInt8       = 0x03
	wUint8      = 0x04
	wInt16      = 0x05
	wUint16     = 0x06
	wInt32      = 0x07
	wUint32     = 0x08
	wInt64      = 0x09
	wUint64     = 0x0a
	wFloat32    = 0x0b
	wFloat64    = 0x0c
	wBool       = 0x0d
	wBinary     = 0x0e
	wGUID       = 0x0f
	wSizeT      = 0x10
	wFileTime   = 0x11
	wSystemTime = 0x12
	wSID        = 0x13
	wHex32      = 0x14
	wHex64      = 0x15
	wXML        = 0x21
	wStrings    = 0x81
)

// wwire returns the wire type and bytes of a value. Values that need the
// chunk (nested XML) are encoded by the encoder and have no bytes here.
func wwire(v any) (byte, []byte, error) {
	if t, b, ok := wnumber(v); ok {
		return t, b, nil
	}
	switch v := v.(type) {
	case nil:
		return wNull, nil, nil
	case string:
		return wString, wutf16(v), nil
	case []string:
		return wStrings, wutf16(strings.Join(v, "\x00") + "\x00"), nil
	case []byte:
		return wBinary, v, nil
	case RawValue:
		return v.Type, v.Data, nil
	case ANSIText:
		b, err := wansi(string(v))
		return wANSI, b, err
	case GUIDText:
		b, err := wguid(string(v))
		return wGUID, b, err
	case SIDText:
		b, err := wsid(string(v))
		return wSID, b, err
	case time.Time:
		ft, err := wfiletime(v)
		return wFileTime, binary.LittleEndian.AppendUint64(nil, ft), err
	case SystemTime:
		return wSystemTime, wsystemtime(v.UTC()), nil
	case Fragment, wpayload:
		return wXML, nil, nil
	}
	return 0, nil, fmt.Errorf("cannot write a value of type %T", v)
}

// wnumber encodes the values of fixed width.
func wnumber(v any) (byte, []byte, bool) {
	le := binary.LittleEndian
	switch v := v.(type) {
	case int8:
		return wInt8, []byte{byte(v)}, true
	case uint8:
		return wUint8, []byte{v}, true
	case int16:
		return wInt16, le.AppendUint16(nil, uint16(v)), true
	case uint16:
		return wUint16, le.AppendUint16(nil, v), true
	case int32:
		return wInt32, le.AppendUint32(nil, uint32(v)), true
	case uint32:
		return wUint32, le.AppendUint32(nil, v), true
	case int64:
		return wInt64, le.AppendUint64(nil, uint64(v)), true
	case uint64:
		return wUint64, le.AppendUint64(nil, v), true
	case float32:
		return wFloat32, le.AppendUint32(nil, math.Float32bits(v)), true
	case float64:
		return wFloat64, le.AppendUint64(nil, math.Float64bits(v)), true
	case HexInt32:
		return wHex32, le.AppendUint32(nil, uint32(v)), true
	case HexInt64:
		return wHex64, le.AppendUint64(nil, uint64(v)), true
	case SizeT:
		return wSizeT, le.AppendUint64(nil, uint64(v)), true
	case bool:
		n := uint32(0)
		if v {
			n = 1
		}
		return wBool, le.AppendUint32(nil, n), true
	}
	return 0, nil, false
}

// wtext is the text form Windows shows, used in literal documents.
func wtext(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case ANSIText:
		return string(v), nil
	case []byte:
		return strings.ToUpper(hex.EncodeToString(v)), nil
	case HexInt32, HexInt64, SizeT:
		return fmt.Sprintf("0x%x", v), nil
	case GUIDText:
		_, err := wguid(string(v))
		return "{" + strings.ToLower(strings.Trim(string(v), "{}")) + "}", err
	case SIDText:
		_, err := wsid(string(v))
		return string(v), err
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.000000000Z"), nil
	case SystemTime:
		return v.UTC().Format("2006-01-02T15:04:05.000Z"), nil
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	}
	if _, _, ok := wnumber(v); ok {
		return fmt.Sprint(v), nil
	}
	return "", fmt.Errorf("a value of type %T has no text form", v)
}

func wutf16(s string) []byte {
	units := utf16.Encode([]rune(s))
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func wansi(s string) ([]byte, error) {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return nil, fmt.Errorf("%q has no single-byte form", r)
		}
		b = append(b, byte(r))
	}
	return b, nil
}

// wguid is the mixed-endian wire form: three little-endian fields, then eight
// bytes as they are.
func wguid(s string) ([]byte, error) {
	t := strings.Trim(s, "{}")
	b, err := hex.DecodeString(strings.ReplaceAll(t, "-", ""))
	if err != nil || len(b) != 16 || len(t) != 36 {
		return nil, fmt.Errorf("%q is not a GUID", s)
	}
	b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
	b[4], b[5] = b[5], b[4]
	b[6], b[7] = b[7], b[6]
	return b, nil
}

// wsid is revision, count, 48-bit big-endian authority, then 32-bit
// little-endian sub-authorities.
func wsid(s string) ([]byte, error) {
	bad := fmt.Errorf("%q is not a SID", s)
	parts := strings.Split(s, "-")
	if len(parts) < 3 || len(parts) > 18 || parts[0] != "S" {
		return nil, bad
	}
	rev, err1 := strconv.ParseUint(parts[1], 10, 8)
	auth, err2 := strconv.ParseUint(parts[2], 10, 48)
	if err1 != nil || err2 != nil {
		return nil, bad
	}
	b := binary.BigEndian.AppendUint64(nil, auth)
	b[0], b[1] = byte(rev), byte(len(parts)-3)
	for _, p := range parts[3:] {
		n, err := strconv.ParseUint(p, 10, 32)
		if err != nil {
			return nil, bad
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return b, nil
}

// wfiletime counts units of 100 ns since 1601-01-01; the zero time is 0.
func wfiletime(t time.Time) (uint64, error) {
	const unix1601 = 11644473600
	if t.IsZero() {
		return 0, nil
	}
	s := t.Unix() + unix1601
	if s < 0 || s > math.MaxInt64/10_000_000-1 {
		return 0, fmt.Errorf("time %s is outside the range of FILETIME", t.Format(time.RFC3339))
	}
	return uint64(s)*10_000_000 + uint64(t.Nanosecond()/100), nil
}

func wsystemtime(t time.Time) []byte {
	fields := [8]int{t.Year(), int(t.Month()), int(t.Weekday()), t.Day(),
		t.Hour(), t.Minute(), t.Second(), t.Nanosecond() / 1_000_000}
	b := make([]byte, 0, 16)
	for _, f := range fields {
		b = binary.LittleEndian.AppendUint16(b, uint16(f))
	}
	return b
}
