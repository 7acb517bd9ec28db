package evtx

import "fmt"

// A Type is the type of a value as the record declares it.
type Type uint8

// The value types of binary XML. A value of an array type is handed out item
// by item, so the array bit never shows in a [Value].
const (
	TypeNull     Type = 0x00
	TypeString   Type = 0x01
	TypeANSI     Type = 0x02
	TypeInt8     Type = 0x03
	TypeUint8    Type = 0x04
	TypeInt16    Type = 0x05
	TypeUint16   Type = 0x06
	TypeInt32    Type = 0x07
	TypeUint32   Type = 0x08
	TypeInt64    Type = 0x09
	TypeUint64   Type = 0x0a
	TypeFloat32  Type = 0x0b
	TypeFloat64  Type = 0x0c
	TypeBool     Type = 0x0d
	TypeBinary   Type = 0x0e
	TypeGUID     Type = 0x0f
	TypeSize     Type = 0x10
	TypeFiletime Type = 0x11
	TypeSystime  Type = 0x12
	TypeSID      Type = 0x13
	TypeHex32    Type = 0x14
	TypeHex64    Type = 0x15
	TypeHandle   Type = 0x20
	TypeBinXML   Type = 0x21
	TypeXML      Type = 0x23
)

const arrayBit = 0x80

var typeNames = map[Type]string{
	TypeNull: "null", TypeString: "string", TypeANSI: "ansi", TypeInt8: "int8", TypeUint8: "uint8",
	TypeInt16: "int16", TypeUint16: "uint16", TypeInt32: "int32", TypeUint32: "uint32",
	TypeInt64: "int64", TypeUint64: "uint64", TypeFloat32: "float32", TypeFloat64: "float64",
	TypeBool: "bool", TypeBinary: "binary", TypeGUID: "guid", TypeSize: "size",
	TypeFiletime: "filetime", TypeSystime: "systemtime", TypeSID: "sid", TypeHex32: "hex32",
	TypeHex64: "hex64", TypeHandle: "handle", TypeBinXML: "binxml", TypeXML: "xml",
}

// String names the type.
func (t Type) String() string {
	if s, ok := typeNames[t]; ok {
		return s
	}
	return fmt.Sprintf("type 0x%02x", uint8(t))
}

// Numeric reports whether the text of values of this type is a decimal
// integer or a float.
func (t Type) Numeric() bool { return t >= TypeInt8 && t <= TypeFloat64 }

// fixedWidth is the width of one value, 0 where it varies.
var fixedWidth = [256]uint8{
	TypeInt8: 1, TypeUint8: 1, TypeInt16: 2, TypeUint16: 2, TypeInt32: 4, TypeUint32: 4,
	TypeInt64: 8, TypeUint64: 8, TypeFloat32: 4, TypeFloat64: 8, TypeGUID: 16,
	TypeFiletime: 8, TypeSystime: 16, TypeHex32: 4, TypeHex64: 8,
}

// widths has, for each type of fixed width, that width in the low half and a
// full mask in the high one, so that (descriptor ^ w) & (w >> 16) is zero
// unless the sizes differ.
var widths = func() (t [256]uint32) {
	for typ, w := range fixedWidth {
		if w != 0 {
			t[typ] = 0xffff<<16 | uint32(w)
		}
	}
	return t
}()

// arrayWidth is the width of one array item, 0 for strings and SIDs.
func arrayWidth(t Type, total int) int {
	switch t {
	case TypeBool:
		return 4
	case TypeSize:
		if total%8 == 0 {
			return 8
		}
		return 4
	}
	return int(fixedWidth[t])
}
