// Package sourcetest helps to test formats: it opens text as inputs, reads
// inputs to their end, and finds the corpora of real evidence.
package sourcetest

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"tyto/internal/event"
	"tyto/internal/source"
)

// Input makes an input of a text.
func Input(name, text string) *source.Input {
	head := text[:min(len(text), source.HeadSize)]
	return &source.Input{Path: name, Size: int64(len(text)), Head: []byte(head), ReaderAt: bytes.NewReader([]byte(text))}
}

// UTF16 writes a text in UTF-16, with a mark.
func UTF16(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// Read reads an input part by part and returns clones of its events and the
// reports added up.
func Read(t testing.TB, f source.Format, in *source.Input) ([]*event.Event, source.Report) {
	t.Helper()
	var events []*event.Event
	rep := Each(t, f, in, func(e *event.Event) bool {
		events = append(events, e.Clone())
		return true
	})
	return events, rep
}

// Each hands the events of an input to yield and returns the reports added up.
func Each(t testing.TB, f source.Format, in *source.Input, yield func(*event.Event) bool) source.Report {
	t.Helper()
	parts, err := f.Split(t.Context(), in)
	if err != nil {
		t.Fatalf("splitting %s: %v", in.Path, err)
	}
	var sum source.Report
	r := f.NewReader()
	at := int64(0)
	for i, p := range parts {
		if p.Index != i || p.From != at || p.To < p.From {
			t.Fatalf("%s: part %d is %+v, want it to begin at %d", in.Path, i, p, at)
		}
		at = p.To
		sum.Add(r.Read(t.Context(), in, p, yield))
	}
	if at != in.Size {
		t.Fatalf("%s: parts end at %d of %d", in.Path, at, in.Size)
	}
	return sum
}

// Promises holds a reader of lines to what every reader promises, and its
// events to a line.
func Promises(t testing.TB, f source.Format, text string) {
	t.Helper()
	in := Input("evidence", text)
	promises(t, f, in, func(e *event.Event) bool { return e.Origin.Offset < in.Size && e.Origin.Line > 0 })
}

// RecordPromises holds a reader of records without lines to what every reader
// promises.
func RecordPromises(t testing.TB, f source.Format, name, text string) {
	t.Helper()
	in := Input(name, text)
	promises(t, f, in, func(e *event.Event) bool { return e.Origin.Offset <= in.Size })
}

// promises: whatever the bytes, a reader ends, looks at all of them, its values
// fit their shapes, its events have a place in them and an id.
func promises(t testing.TB, f source.Format, in *source.Input, placed func(*event.Event) bool) {
	t.Helper()
	f.Claims(in.Path, in.Head)
	n := int64(0)
	rep := Each(t, f, in, func(e *event.Event) bool {
		n++
		for _, v := range e.Values {
			if int(v.Field) >= len(e.Shape.Fields) {
				t.Fatalf("field %d of %d", v.Field, len(e.Shape.Fields))
			}
		}
		if e.Origin.Offset < 0 || !placed(e) {
			t.Fatalf("origin %+v of %d bytes", e.Origin, in.Size)
		}
		if id := e.Clone().ID().String(); len(id) != 24 {
			t.Fatalf("id %q", id)
		}
		return true
	})
	if rep.Records+rep.Again != n || rep.Bytes != in.Size {
		t.Fatalf("%d events, report %+v of %d bytes", n, rep, in.Size)
	}
}

// Corpus returns the folder of a corpus. It skips the test when the corpora
// are not there, and fails it when TYTO_REQUIRE_CORPORA is set.
func Corpus(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("TYTO_CORPORA")
	if root == "" {
		root = filepath.Join(moduleRoot(t), "..", "shared", "corpora")
	}
	path := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if os.Getenv("TYTO_REQUIRE_CORPORA") != "" {
		t.Fatalf("no corpus at %s", path)
	}
	t.Skipf("no corpus at %s; set TYTO_CORPORA to the folder that holds the corpora", path)
	return ""
}

func moduleRoot(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the package")
		}
		dir = up
	}
}
