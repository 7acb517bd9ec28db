package evtx

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"
)

// wRead reads a written log back, every value as path and text.
func wRead(t testing.TB, log []byte) []map[string][]string {
	t.Helper()
	f, err := Open(bytes.NewReader(log), int64(len(log)))
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string][]string
	for r, err := range f.Records() {
		if err != nil {
			t.Fatal(err)
		}
		values := map[string][]string{}
		for _, v := range r.Values() {
			p := r.Layout().Fields[v.Field].Path
			values[p] = append(values[p], string(r.AppendText(nil, v)))
		}
		out = append(out, values)
	}
	return out
}

func TestWriterOutputReadsBack(t *testing.T) {
	got := wRead(t, wEncode(t, wKinds()...))
	want := []map[string]string{
		{"EventData.TargetUserSid": "S-1-5-21-1-2-3-1104", "EventData.TargetLogonId": "0x1136e95",
			"EventData.LogonGuid": "{5fdb15ee-2283-f23c-e23b-5e5ddb11bb9c}", "EventData.LogonType": "3"},
		{"EventData.param2": "running", "EventData.Binary": "57002F"},
		{"EventData.Data": "Available|None|HostVersion=2.0\r\n"},
		{"EventData.i8": "-8", "EventData.u8": "8", "EventData.i16": "-16", "EventData.u16": "16",
			"EventData.i32": "-32", "EventData.u32": "32", "EventData.i64": "-64",
			"EventData.u64": "9223372036854775808", "EventData.f32": "1.5", "EventData.f64": "-2.25",
			"EventData.yes": "true", "EventData.no": "false", "EventData.bin": "DEAD",
			"EventData.ansi": "caf\u00e9", "EventData.size": "0x858", "EventData.h32": "0xc000006d",
			"EventData.h64": "0x3e7", "EventData.gone": "", "EventData.text": "a<b & \"c\" \U0001f989"},
		{"UserData.LogFileCleared.SubjectUserName": "adm", "UserData.LogFileCleared.Channel": "Security"},
		{"UserData.Wrapped.Inner": "literal&"},
		{},
		{"EventData.Named": "7", "EventData.Data": "one|two", "EventData.Empty": "",
			"EventData.Mixed": "x<y<z>", "EventData.Tree.Leaf": "v", "RenderingInfo.Message": "Something happened.",
			"RenderingInfo.Keywords.Keyword": "Classic"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d records read, want %d", len(got), len(want))
	}
	for i, fields := range want {
		for path, text := range fields {
			if s := strings.Join(got[i][path], "|"); s != text {
				t.Errorf("record %d: %s = %q, want %q", i+1, path, s, text)
			}
		}
	}
}

func TestWriterSystemPartReadsBack(t *testing.T) {
	e := wLogon(3)
	e.ActivityID, e.UserID, e.RecordID = "{74a48ca1-86f6-0001-2e8d-a474f686d601}", "S-1-5-18", 772607
	e.Level, e.Opcode = 4, 2
	for _, literal := range []bool{false, true} {
		e.Literal = literal
		b := wEncode(t, e)
		f, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range f.Records() {
			if err != nil {
				t.Fatal(err)
			}
			if r.EventID() != 4624 || r.Channel() != e.Channel || r.Computer() != e.Computer ||
				r.Provider() != e.Provider || r.UserID() != e.UserID || r.Level() != 4 || r.Opcode() != 2 ||
				r.Task() != 12544 || r.Version() != 2 || r.ProcessID() != 588 || r.ThreadID() != 3692 ||
				r.Keywords() != e.Keywords || r.EventRecordID() != 772607 {
				t.Errorf("literal %t: %s", literal, r.AppendJSON(nil))
			}
			if got := r.TimeCreated().Time(); !got.Equal(e.Time) {
				t.Errorf("literal %t: time %s, want %s", literal, got, e.Time)
			}
		}
	}
}

func TestWriterReportsNoDamage(t *testing.T) {
	b := wEncode(t, append(wKinds(), wMany(700)...)...)
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	records := 0
	rep, err := f.Read(NewDecoder(NewStore()), func(r *Record) bool { records++; return true })
	if err != nil {
		t.Fatal(err)
	}
	if records != 708 {
		t.Errorf("%d records, want 708", records)
	}
	if len(rep.Counts) > 0 {
		t.Errorf("damage reported: %v", rep.Counts)
	}
}

// FuzzWriterRoundTrip checks that whatever the writer accepts, the reader
// gives back, by template and literally.
func FuzzWriterRoundTrip(f *testing.F) {
	f.Add("Name", "value", uint64(1), []byte{1, 2}, false)
	f.Add("N", "a\u00e9\U0001f989<&>", uint64(1)<<63, []byte{}, true)
	f.Fuzz(func(t *testing.T, name, text string, n uint64, bin []byte, literal bool) {
		if !wPlainName(name) || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Skip("not text that XML can hold")
		}
		e := Entry{Provider: "P", Time: wTestTime, Channel: "C", Computer: "H", Literal: literal,
			Data: []Datum{{Name: name, Value: text}, {Name: "number", Value: n}, {Name: "binary", Value: bin}}}
		var b bytes.Buffer
		w := NewWriter(&b)
		if w.Write(e) != nil {
			t.Skip("refused")
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got := wRead(t, b.Bytes())
		if len(got) != 1 {
			t.Fatalf("%d records read", len(got))
		}
		if s := strings.Join(got[0]["EventData."+name], "|"); s != text {
			t.Errorf("%q read back as %q", text, s)
		}
	})
}

// wPlainName tells whether s is a name without dots that does not clash with
// the other items.
func wPlainName(s string) bool {
	if s == "" || s == "number" || s == "binary" || len(s) > 200 {
		return false
	}
	for _, r := range s {
		if r != '_' && !('a' <= r && r <= 'z') && !('A' <= r && r <= 'Z') {
			return false
		}
	}
	return xml.Unmarshal([]byte("<"+s+"/>"), new(struct{})) == nil && s != "Data"
}
