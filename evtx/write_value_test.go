package evtx

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestLiteralTextIsWhatWindowsShows(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, ""}, {"text", "text"}, {ANSIText("caf\u00e9"), "caf\u00e9"}, {[]byte{0xab, 1}, "AB01"},
		{HexInt32(255), "0xff"}, {HexInt64(0x3e7), "0x3e7"}, {SizeT(0x858), "0x858"},
		{GUIDText("5FDB15EE-2283-F23C-E23B-5E5DDB11BB9C"), "{5fdb15ee-2283-f23c-e23b-5e5ddb11bb9c}"},
		{SIDText("S-1-5-18"), "S-1-5-18"}, {wTestTime, "2026-03-10T09:30:15.123456700Z"},
		{SystemTime{wTestTime}, "2026-03-10T09:30:15.123Z"}, {float32(1.5), "1.5"}, {-2.25, "-2.25"},
		{int8(-8), "-8"}, {uint64(1 << 63), "9223372036854775808"}, {true, "true"}, {false, "false"},
	} {
		if got, err := wtext(c.value); err != nil || got != c.want {
			t.Errorf("%T %v: %q, %v, want %q", c.value, c.value, got, err, c.want)
		}
	}
	for _, bad := range []any{GUIDText("x"), SIDText("S-1-5-x"), SIDText("S-1-x-1"), RawValue{}, struct{}{}} {
		if got, err := wtext(bad); err == nil {
			t.Errorf("%T %v: %q, want an error", bad, bad, got)
		}
	}
}

func TestLiteralPartsBelongToTheTemplate(t *testing.T) {
	parts := []any{Text("one"), Text("two"), CDATA("one"), EntityRef("lt"), EntityRef("gt"),
		CharRef('x'), CharRef('y'), PI{"a", "b"}, PI{"a", "c"}, []any{Text("o"), Text("ne2")}}
	want := []string{"one", "two", "one", "<", ">", "x", "y", "", "", "one2"}
	var entries []Entry
	for _, p := range parts {
		entries = append(entries, Entry{Provider: "P", Time: wTestTime, Channel: "C", Computer: "H",
			UserData: &Element{Name: "Leaf", Content: wparts(p)}})
	}
	for i, got := range wRead(t, wEncode(t, entries...)) {
		if s := strings.Join(got["UserData.Leaf"], ""); s != want[i] {
			t.Errorf("%T %v read back as %q, want %q", parts[i], parts[i], s, want[i])
		}
	}
}

func TestWriterRefusesWhatTheFormatCannotHold(t *testing.T) {
	leaf := func(content ...any) *Element { return &Element{Name: "Leaf", Content: content} }
	for name, e := range map[string]Entry{
		"element in an attribute": {UserData: &Element{Name: "X", Attrs: []Attr{{"a", leaf()}}}},
		"attribute without name":  {UserData: &Element{Name: "X", Attrs: []Attr{{"", Text("v")}}}},
		"nil element":             {UserData: leaf((*Element)(nil))},
		"nil fragment":            {UserData: leaf(Fragment{})},
		"pi without target":       {UserData: leaf(PI{})},
		"long text":               {UserData: leaf(Text(strings.Repeat("x", 70000)))},
		"array in literal":        {Literal: true, UserData: leaf([]string{"a"})},
		"prolog without target":   {Prolog: &PI{}},
	} {
		w := NewWriter(io.Discard)
		if err := w.Write(e); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// failing is an output that can seek and fails after some writes or seeks.
type failing struct{ writes, seeks int }

var errDisk = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	if f.writes--; f.writes < 0 {
		return 0, errDisk
	}
	return len(p), nil
}

func (f *failing) Seek(int64, int) (int64, error) {
	if f.seeks--; f.seeks < 0 {
		return 0, errDisk
	}
	return 0, nil
}

func TestWriterReportsErrorsOfItsOutput(t *testing.T) {
	for _, f := range []failing{{0, 3}, {1, 3}, {2, 3}, {3, 1}, {3, 2}, {0, 0}, {1, 0}} {
		out := f
		w := NewWriter(&out)
		err := w.Write(wLogon(1))
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, errDisk) || !strings.HasPrefix(err.Error(), "evtx: ") {
			t.Errorf("after %d writes and %d seeks: %v", f.writes, f.seeks, err)
		}
	}
}

func TestEntryNamesItself(t *testing.T) {
	if got := wLogon(0).String(); got != "Security 4624 at 2026-03-10T09:30:15Z" {
		t.Error(got)
	}
}
