package evtx

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
	"unicode/utf16"
)

// oneValue makes a record whose single slot holds raw.
func oneValue(typ Type, raw []byte) (*Record, slot) {
	d := NewDecoder(NewStore())
	d.c = make([]byte, ChunkSize)
	copy(d.c[1024:], raw)
	d.left.output = budgetOutput
	return &d.rec, makeSlot(1024, len(raw), typ)
}

func le(n int, v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v)[:n] }

func TestValueText(t *testing.T) {
	guid := []byte{0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49, 0xa5, 0xba, 0x3e, 0x3b, 0x03, 0x28, 0xc3, 0x0d}
	sid := []byte{1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0}
	bits32 := func(f float32) []byte { return le(4, uint64(math.Float32bits(f))) }
	bits64 := func(f float64) []byte { return le(8, math.Float64bits(f)) }
	systime := []byte{0xe1, 7, 7, 0, 3, 0, 12, 0, 0, 0, 17, 0, 28, 0, 0xd6, 0}
	for _, tc := range []struct {
		typ        Type
		raw        []byte
		text, json string
	}{
		{TypeNull, []byte{1, 2}, "", ""},
		{TypeString, []byte("a\x00\xe9\x00\x3d\xd8\x00\xde"), "aé😀", `"aé😀"`},
		{TypeString, []byte("a\x00\x00\x00b\x00"), "a", `"a"`},
		{TypeString, []byte{0x00, 0xd8, 'x', 0}, "\ufffdx", "\"\ufffdx\""},
		{TypeString, []byte{0x00, 0xdc, 0x01}, "\ufffd", "\"\ufffd\""},
		{TypeANSI, []byte("caf\xe9 \x80\x00"), "café €", `"café €"`},
		{TypeInt8, []byte{0x80}, "-128", "-128"},
		{TypeUint8, []byte{255}, "255", "255"},
		{TypeInt16, le(2, 0xfffe), "-2", "-2"},
		{TypeUint16, le(2, 65535), "65535", "65535"},
		{TypeInt32, le(4, 1<<31), "-2147483648", "-2147483648"},
		{TypeUint32, le(4, math.MaxUint32), "4294967295", "4294967295"},
		{TypeInt64, le(8, 1<<63), "-9223372036854775808", "-9223372036854775808"},
		{TypeUint64, le(8, math.MaxUint64), "18446744073709551615", "18446744073709551615"},
		{TypeFloat32, bits32(1.5), "1.5", `"1.5"`},
		{TypeFloat64, bits64(-0.25), "-0.25", `"-0.25"`},
		{TypeFloat64, bits64(math.NaN()), "-1.#IND", `"-1.#IND"`},
		{TypeFloat64, bits64(math.Inf(1)), "1.#INF", `"1.#INF"`},
		{TypeBool, le(4, 1), "true", "true"},
		{TypeBool, le(4, 0), "false", "false"},
		{TypeBool, le(4, 16), "true", "true"},
		{TypeBool, []byte{8}, "true", "true"},
		{TypeBinary, []byte{0xca, 0xfe, 1}, "CAFE01", `"CAFE01"`},
		{TypeGUID, guid, "{54849625-5478-4994-a5ba-3e3b0328c30d}", `"54849625-5478-4994-A5BA-3E3B0328C30D"`},
		{TypeSize, le(4, 0x858), "0x858", `"0x858"`},
		{TypeSize, le(8, 0), "0x0", `"0x0"`},
		{TypeFiletime, le(8, 131_124_751_716_816_408), "2016-07-08T18:12:51.681640Z", `"2016-07-08T18:12:51.681640Z"`},
		{TypeFiletime, le(8, 0), "1601-01-01T00:00:00.000000Z", `"1601-01-01T00:00:00.000000Z"`},
		{TypeFiletime, le(8, math.MaxUint64), "60056-05-28T05:36:10.955161Z", `"60056-05-28T05:36:10.955161Z"`},
		{TypeSystime, systime, "2017-07-12T00:17:28.214000Z", `"2017-07-12T00:17:28.214000Z"`},
		{TypeSystime, make([]byte, 16), "", `""`},
		{TypeSID, sid, "S-1-5-32-544", `"S-1-5-32-544"`},
		{TypeSID, []byte{1, 0, 0, 0, 0, 0, 0, 0}, "S-1-0", `"S-1-0"`},
		{TypeSID, sid[:10], "01020000000000052000", `"01020000000000052000"`},
		{TypeHex32, le(4, 0xdead), "0xdead", `"0xdead"`},
		{TypeHex64, le(8, 0x8020000000000000), "0x8020000000000000", `"0x8020000000000000"`},
		{TypeHandle, []byte{1, 2}, "0102", `"0102"`},
		{TypeXML, []byte("<\x00"), "<", `"<"`},
		{TypeUint32, []byte{1, 2, 3}, "010203", `"010203"`},
		{arrayBit | TypeUint16, le(4, 0x00020001), "1,2", "[1,2]"},
		{arrayBit | TypeSID, append(append([]byte{}, sid...), sid...), "S-1-5-32-544,S-1-5-32-544", `["S-1-5-32-544","S-1-5-32-544"]`},
		{arrayBit | TypeBool, le(8, 1), "true,false", "[true,false]"},
		{arrayBit | TypeANSI, []byte("a\x00b"), "a,b", `["a","b"]`},
		{0x7f, []byte{1}, "01", `"01"`},
	} {
		r, s := oneValue(tc.typ, tc.raw)
		if got := string(r.appendSlot(nil, s)); got != tc.text {
			t.Errorf("%v % x: text %q, want %q", tc.typ, tc.raw, got, tc.text)
		}
		if tc.typ != TypeNull {
			if got := string(r.jsonSlot(nil, s)); got != tc.json {
				t.Errorf("%v % x: JSON %s, want %s", tc.typ, tc.raw, got, tc.json)
			}
		}
	}
}

func TestStringsAgreeWithTheStandardLibrary(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	kinds := []func() uint16{
		func() uint16 { return uint16('a' + rnd.IntN(26)) },
		func() uint16 { return []uint16{'"', '\\', '\n', 1, 0x1f, 0x7f, '/'}[rnd.IntN(7)] },
		func() uint16 { return uint16(0x80 + rnd.IntN(0x780)) },
		func() uint16 { return uint16(0xd800 + rnd.IntN(0x800)) },
		func() uint16 { return uint16(1 + rnd.IntN(0xffff)) },
	}
	for range 20_000 {
		units := make([]uint16, rnd.IntN(70))
		most := 1 + rnd.IntN(len(kinds))
		for i := range units {
			k := 0
			if rnd.IntN(6) == 0 {
				k = rnd.IntN(most)
			}
			units[i] = kinds[k]()
		}
		var raw []byte
		for _, u := range units {
			raw = binary.LittleEndian.AppendUint16(raw, u)
		}
		want := string(utf16.Decode(units))
		if got := string(appendUTF16([]byte("x"), raw)); got != "x"+want {
			t.Fatalf("% x: %q, want %q", raw, got, want)
		}
		c := append(append([]byte("??"), raw...), make([]byte, rnd.IntN(30))...)
		quoted := appendJSONUTF16([]byte("x"), c, 2, len(raw))[1:]
		var got string
		if err := json.Unmarshal(quoted, &got); err != nil || got != want {
			t.Fatalf("% x: JSON %s is %q, want %q (%v)", raw, quoted, got, want, err)
		}
	}
}

func TestNumbersAgreeWithTheStandardLibrary(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 50_000 {
		v := rnd.Uint64() >> rnd.IntN(64)
		if got, want := string(appendUint(nil, v)), strconv.FormatUint(v, 10); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
		if got, want := string(appendInt(nil, int64(v))), strconv.FormatInt(int64(v), 10); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
		hex := appendHexNumber(nil, v)
		if want := "0x" + strconv.FormatUint(v, 16); string(hex) != want {
			t.Fatalf("%s, want %s", hex, want)
		}
		if back, ok := parseUint(hex); !ok || back != v {
			t.Fatalf("%s parses as %d", hex, back)
		}
	}
}

func TestTimesAgreeWithTheStandardLibrary(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 50_000 {
		f := Filetime(rnd.Uint64N(2_650_467_744_000_000_000)) // to the year 9999
		want := f.Time().Format("2006-01-02T15:04:05.0000000Z")
		got := appendTime(nil, f, 7)
		if string(got) != want {
			t.Fatalf("%d: %s, want %s", f, got, want)
		}
		if back, ok := parseTime(got); !ok || back != f {
			t.Fatalf("%s parses as %d, want %d", got, back, f)
		}
		if back := FiletimeOf(f.Time()); back != f {
			t.Fatalf("%v is %d, want %d", f.Time(), back, f)
		}
	}
	if got := FiletimeOf(time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC)); got != 0 {
		t.Errorf("before 1601: %d", got)
	}
}

func FuzzParseTime(f *testing.F) {
	f.Add([]byte("2021-11-19T16:52:33.833733500Z"))
	f.Add([]byte("2021-11-19 16:52:33"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, ok := parseTime(b); ok && v.Time().Year() < 1601 {
			t.Errorf("%q is %v", b, v.Time())
		}
	})
}
