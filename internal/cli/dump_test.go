package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tyto/evtx"
)

// demoLog returns one log of the demonstration with several chunks.
func demoLog(t *testing.T) []byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "logs")
	run(t, exitOK, "demo", "--evidence", dir)
	log, err := os.ReadFile(filepath.Join(dir, "FS01", "Security.evtx"))
	if err != nil {
		t.Fatal(err)
	}
	if len(log) < evtxHeader+3*evtx.ChunkSize {
		t.Fatalf("%d bytes: too few chunks to test with", len(log))
	}
	return log
}

func write[T string | []byte](t *testing.T, name string, data T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// rotate moves the last n chunks of a log before the others, as in a log that
// wrapped.
func rotate(log []byte, n int) []byte {
	at := len(log) - n*evtx.ChunkSize
	return slices.Concat(log[:evtxHeader], log[at:], log[evtxHeader:at])
}

func TestDumpOfAWrappedLogIsInTheOrderOfItsRecords(t *testing.T) {
	log := demoLog(t)
	want := run(t, exitOK, "dump", write(t, "straight.evtx", log))
	for n := 1; n < 3; n++ {
		if got := run(t, exitOK, "dump", write(t, "wrapped.evtx", rotate(log, n))); got != want {
			t.Errorf("%d chunks moved: another dump than that of the log in order", n)
		}
	}
	// Where ids come again, no order but the file's is true.
	twice := slices.Concat(rotate(log, 1), log[evtxHeader:])
	if got := run(t, exitOK, "dump", write(t, "twice.evtx", twice)); !strings.HasSuffix(got, want) {
		t.Error("a log with all chunks twice does not end with its last copy")
	}
}

func TestDumpAndShowReadALogWhoseHeaderIsLost(t *testing.T) {
	log := demoLog(t)
	want := run(t, exitOK, "dump", write(t, "whole.evtx", log))
	zeroed := bytes.Clone(log)
	clear(zeroed[:evtxHeader])
	for name, data := range map[string][]byte{"zeroed.evtx": zeroed, "bare.evtx": log[evtxHeader:]} {
		path := write(t, name, data)
		if got := run(t, exitOK, "dump", path); got != want {
			t.Errorf("%s: %d bytes dumped, want the %d of the whole log", name, len(got), len(want))
		}
		out := filepath.Join(t.TempDir(), "out")
		run(t, exitOK, "hunt", path, "-o", out)
		f := readFindings(t, filepath.Join(out, "findings.jsonl"))[0]
		if text := run(t, exitOK, "show", f.ID, "--in", out); !strings.Contains(text, "<Event ") {
			t.Errorf("%s: no raw record:\n%s", name, text)
		}
	}
}

func TestZeroedChunkIsToldByEveryCommandThatReadsTheLog(t *testing.T) {
	log := demoLog(t)
	clear(log[evtxHeader+evtx.ChunkSize : evtxHeader+2*evtx.ChunkSize])
	path := write(t, "zeroed.evtx", log)
	for _, args := range [][]string{{"dump", path}, {"dump", "-f", "csv", path}, {"search", "x", path}} {
		_, told := runBoth(t, exitOK, args...)
		if !strings.Contains(told, "zeroes where records were at offset 69632 (65536 bytes): they are gone") {
			t.Errorf("tyto %s: told %q", args[0], told)
		}
	}
}

func TestDumpNamesRecordsInCSVAsInJSON(t *testing.T) {
	path := write(t, "log.evtx", demoLog(t))
	rows, err := csv.NewReader(strings.NewReader(run(t, exitOK, "dump", path, "-f", "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[0], "RecordID")
	fields := slices.Index(rows[0], "Fields")
	for _, row := range rows[1:] {
		var flat struct {
			ID json.Number `json:"System.EventRecordID"`
		}
		if err := json.Unmarshal([]byte(row[fields]), &flat); err != nil {
			t.Fatal(err)
		}
		if row[column] != flat.ID.String() {
			t.Fatalf("RecordID %s, but EventRecordID %s", row[column], flat.ID)
		}
	}
}

func TestShowFindsAFileWhoseNameIsNotUTF8(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "d\xff", "a\xc3(\\x41.evtx")
	if err := os.Mkdir(filepath.Dir(name), 0o700); err != nil {
		t.Skip("no such names here")
	}
	if err := os.WriteFile(name, demoLog(t), 0o600); err != nil {
		t.Skip("no such names here")
	}
	out := filepath.Join(t.TempDir(), "out")
	run(t, exitOK, "hunt", dir, "-o", out)
	f := readFindings(t, filepath.Join(out, "findings.jsonl"))[0]
	if text := run(t, exitOK, "show", f.ID, "--in", out); !strings.Contains(text, "<Event ") {
		t.Errorf("no raw record:\n%s", text)
	}
}
