package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var wTestTime = time.Date(2026, 3, 10, 9, 30, 15, 123456700, time.UTC)

// wLogon is an event as Windows writes it: every value typed.
func wLogon(n int) Entry {
	return Entry{
		Provider: "Microsoft-Windows-Security-Auditing", GUID: "{54849625-5478-4994-a5ba-3e3b0328c30d}",
		EventID: 4624, Version: 2, Task: 12544, Keywords: 0x8020000000000000,
		Time: wTestTime.Add(time.Duration(n) * time.Second), ProcessID: 588, ThreadID: 3692,
		Channel: "Security", Computer: "host.corp.example",
		Data: []Datum{
			{Name: "TargetUserSid", Value: SIDText("S-1-5-21-1-2-3-1104")},
			{Name: "TargetUserName", Value: fmt.Sprintf("user%d", n)},
			{Name: "TargetLogonId", Value: HexInt64(0x1136e95)},
			{Name: "LogonType", Value: uint32(3)},
			{Name: "LogonGuid", Value: GUIDText("{5fdb15ee-2283-f23c-e23b-5e5ddb11bb9c}")},
			{Name: "Absent", Value: nil},
		},
	}
}

// wKinds is one entry of every kind the format knows.
func wKinds() []Entry {
	q := uint16(16384)
	base := Entry{Provider: "Test", EventID: 1, Level: 4, Time: wTestTime, Channel: "Test", Computer: "HOST"}
	with := func(change func(*Entry)) Entry { e := base; change(&e); return e }
	return []Entry{
		wLogon(1),
		with(func(e *Entry) {
			e.EventID, e.Qualifiers, e.EventSource = 7036, &q, "Service Control Manager"
			e.Data = []Datum{{Name: "param1", Value: "Windows Update"}, {Name: "param2", Value: "running"}}
			e.Binary = []byte{0x57, 0, 0x2f}
		}),
		with(func(e *Entry) { e.Data = []Datum{{Value: []string{"Available", "None", "HostVersion=2.0\r\n"}}} }),
		with(func(e *Entry) {
			e.Data = []Datum{
				{Name: "i8", Value: int8(-8)}, {Name: "u8", Value: uint8(8)}, {Name: "i16", Value: int16(-16)},
				{Name: "u16", Value: uint16(16)}, {Name: "i32", Value: int32(-32)}, {Name: "u32", Value: uint32(32)},
				{Name: "i64", Value: int64(-64)}, {Name: "u64", Value: uint64(1) << 63},
				{Name: "f32", Value: float32(1.5)}, {Name: "f64", Value: -2.25}, {Name: "yes", Value: true},
				{Name: "no", Value: false}, {Name: "bin", Value: []byte{0xde, 0xad}}, {Name: "ansi", Value: ANSIText("caf\u00e9")},
				{Name: "size", Value: SizeT(0x858)}, {Name: "ft", Value: wTestTime}, {Name: "st", Value: SystemTime{wTestTime}},
				{Name: "h32", Value: HexInt32(0xc000006d)}, {Name: "h64", Value: HexInt64(0x3e7)}, {Name: "gone", Value: nil, Optional: true},
				{Name: "text", Value: "a<b & \"c\" \U0001f989"},
			}
		}),
		with(func(e *Entry) {
			e.ActivityID, e.UserID = "{74a48ca1-86f6-0001-2e8d-a474f686d601}", "S-1-5-18"
			e.UserData = &Element{Name: "LogFileCleared", Attrs: []Attr{{"xmlns", Text("urn:log")}},
				Content: []any{welement("SubjectUserName", "adm"), welement("Channel", "Security"),
					welement("BackupPath", Optional{nil})}}
		}),
		with(func(e *Entry) {
			e.UserData = welement("Wrapped", Fragment{welement("Inner", Text("literal"), EntityRef("amp"), PI{"target", "data"})})
		}),
		with(func(e *Entry) { e.Empty = true }),
		with(func(e *Entry) {
			e.Literal = true
			e.Data = []Datum{{Name: "Named", Value: uint32(7)}, {Value: []string{"one", "two"}}, {Name: "Empty", Value: ""},
				{Name: "Mixed", Value: []any{Text("x"), EntityRef("lt"), CharRef('y'), CDATA("<z>")}},
				{Name: "Tree", Value: welement("Leaf", "v"), Complex: true}}
			e.Rendering = &Rendering{Culture: "en-US", Message: "Something happened.", Level: "Information", Keywords: []string{"Classic"}}
			e.Prolog = &PI{"xml-note", "first"}
		}),
	}
}

func wEncode(t testing.TB, entries ...Entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	for i, e := range entries {
		if err := w.Write(e); err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func wMany(n int) []Entry {
	var es []Entry
	for i := range n {
		es = append(es, wLogon(i))
	}
	return es
}

func TestWriterChecksumsAndCountsHold(t *testing.T) {
	b := wEncode(t, wMany(1000)...)
	le := binary.LittleEndian
	chunks := (len(b) - wFileBlock) / wChunkSize
	if chunks < 3 {
		t.Fatalf("%d chunks, want several", chunks)
	}
	if got := crc32.ChecksumIEEE(b[:120]); got != le.Uint32(b[124:]) {
		t.Error("file header checksum")
	}
	if got := int(le.Uint16(b[42:])); got != chunks {
		t.Errorf("chunk count %d, want %d", got, chunks)
	}
	if got := le.Uint64(b[24:]); got != 1001 {
		t.Errorf("next record id %d, want 1001", got)
	}
	next := uint64(1)
	for i := range chunks {
		c := b[wFileBlock+i*wChunkSize:][:wChunkSize]
		next = wCheckChunk(t, c, next)
	}
	if next != 1001 {
		t.Errorf("records end at %d, want 1001", next)
	}
}

// wCheckChunk walks the records of a chunk and returns the id after its last.
func wCheckChunk(t *testing.T, c []byte, next uint64) uint64 {
	t.Helper()
	le := binary.LittleEndian
	free := int(le.Uint32(c[48:]))
	if crc32.ChecksumIEEE(c[wChunkBlock:free]) != le.Uint32(c[52:]) {
		t.Error("data checksum")
	}
	sum := crc32.Update(crc32.ChecksumIEEE(c[:120]), crc32.IEEETable, c[128:wChunkBlock])
	if sum != le.Uint32(c[124:]) {
		t.Error("chunk header checksum")
	}
	if le.Uint64(c[24:]) != next {
		t.Errorf("first id %d, want %d", le.Uint64(c[24:]), next)
	}
	for at := wChunkBlock; at < free; next++ {
		n := int(le.Uint32(c[at+4:]))
		if n%8 != 0 || le.Uint32(c[at+n-4:]) != uint32(n) || le.Uint64(c[at+8:]) != next {
			t.Fatalf("bad frame at %d", at)
		}
		at += n
	}
	if le.Uint64(c[32:]) != next-1 {
		t.Errorf("last id %d, want %d", le.Uint64(c[32:]), next-1)
	}
	return next
}

func TestWriterRefersToTemplatesItHasWritten(t *testing.T) {
	one, two := wEncode(t, wMany(1)...), wEncode(t, wMany(2)...)
	le := binary.LittleEndian
	first := int(le.Uint32(one[wFileBlock+48:])) - wChunkBlock
	second := int(le.Uint32(two[wFileBlock+48:])) - wChunkBlock - first
	if second*3 > first {
		t.Errorf("second record takes %d bytes, the first %d: template not reused", second, first)
	}
}

func TestWriterNamesAreChainedByHash(t *testing.T) {
	c := wEncode(t, wKinds()...)[wFileBlock:]
	le := binary.LittleEndian
	seen := map[string]bool{}
	for bucket := range 64 {
		for at := le.Uint32(c[128+4*bucket:]); at != 0; at = le.Uint32(c[at:]) {
			n := int(le.Uint16(c[at+6:]))
			var units []uint16
			for i := range n {
				units = append(units, le.Uint16(c[int(at)+8+2*i:]))
			}
			if h := le.Uint16(c[at+4:]); h != whash(units) || int(h%64) != bucket {
				t.Errorf("name at %d: hash %x in bucket %d", at, h, bucket)
			}
			seen[fmt.Sprint(units)] = true
		}
	}
	if len(seen) < 30 {
		t.Errorf("%d names in the table, want more than 30", len(seen))
	}
}

func TestWriterSeekableAndBufferedOutputAreEqual(t *testing.T) {
	want := wEncode(t, wMany(500)...)
	f, err := os.Create(filepath.Join(t.TempDir(), "a.evtx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := NewWriter(f)
	for _, e := range wMany(500) {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if at, _ := f.Seek(0, io.SeekCurrent); at != int64(len(want)) {
		t.Errorf("left at %d, want the end %d", at, len(want))
	}
	got, err := os.ReadFile(f.Name())
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("files differ (%v)", err)
	}
}

func TestWriterRefusesBadEntriesAndGoesOn(t *testing.T) {
	bad := map[string]struct {
		e    Entry
		want string
	}{
		"guid":      {Entry{GUID: "{xyz}"}, "not a GUID"},
		"sid":       {Entry{UserID: "S-1"}, "not a SID"},
		"type":      {Entry{Data: []Datum{{Name: "x", Value: struct{}{}}}}, "type struct {}"},
		"big value": {Entry{Data: []Datum{{Name: "x", Value: strings.Repeat("x", 40000)}}}, "more than 65,535"},
		"big event": {Entry{Data: []Datum{{Name: "x", Value: strings.Repeat("x", 31900)}}}, "64 KiB"},
		"both":      {Entry{Data: []Datum{{Name: "x"}}, UserData: &Element{Name: "y"}}, "either"},
		"no name":   {Entry{UserData: &Element{}}, "without a name"},
		"ansi":      {Entry{Data: []Datum{{Name: "x", Value: ANSIText("€")}}}, "single-byte"},
		"time":      {Entry{Time: time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC)}, "FILETIME"},
	}
	want := wEncode(t, wMany(2)...)
	for name, c := range bad {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w := NewWriter(&b)
			for i, e := range wMany(2) {
				if err := w.Write(c.e); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("error %v, want one with %q", err, c.want)
				}
				if err := w.Write(e); err != nil {
					t.Fatalf("entry %d after a bad one: %v", i, err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Error("a refused entry left traces")
			}
		})
	}
}

func TestWriterEmptyLogHasOneEmptyChunk(t *testing.T) {
	b := wEncode(t)
	if len(b) != wFileBlock+wChunkSize {
		t.Fatalf("%d bytes", len(b))
	}
	if id := binary.LittleEndian.Uint64(b[wFileBlock+24:]); id != 1<<64-1 {
		t.Errorf("first id %x, want the mark of an empty chunk", id)
	}
}

func TestWriterAfterClose(t *testing.T) {
	w := NewWriter(&bytes.Buffer{})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(wLogon(1)); err == nil {
		t.Error("no error")
	}
	if err := w.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

func ExampleWriter() {
	var log bytes.Buffer
	w := NewWriter(&log)
	err := w.Write(Entry{
		Provider: "Service Control Manager", GUID: "{555908d1-a6d7-4695-8e1e-26931d2012f4}",
		EventID: 7045, Level: 4, Keywords: 0x8080000000000000,
		Time:    time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC),
		Channel: "System", Computer: "FS01.corp.example", UserID: "S-1-5-18",
		Data: []Datum{
			{Name: "ServiceName", Value: "Example"},
			{Name: "ImagePath", Value: `C:\Example\service.exe`},
		},
	})
	if err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%s %d bytes\n", log.Bytes()[:7], log.Len())
	// Output: ElfFile 69632 bytes
}
