package winlog_test

import (
	"io"
	"strings"
	"testing"

	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/wincsv"
	"tyto/internal/source/winxml"
)

// unwritable reports whether a record has characters that XML cannot hold.
func unwritable(r record) bool {
	for _, d := range r.data {
		if strings.ContainsFunc(d.value, func(c rune) bool { return c < ' ' && !strings.ContainsRune("\t\r\n", c) }) {
			return true
		}
	}
	return false
}

// TestRealRecordsSurviveExport writes the records of real logs as XML and as
// EvtxECmd's table and reads them back.
func TestRealRecordsSurviveExport(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 38 MB of logs")
	}
	dir := sourcetest.Corpus(t, "evtx", "attack-samples")
	total, tables, bad := 0, 0, 0
	for in, skip := range source.Walk(t.Context(), []string{dir}, source.Options{}) {
		if skip != nil || !strings.HasSuffix(in.Name(), ".evtx") {
			continue
		}
		body, err := io.ReadAll(io.NewSectionReader(in, 0, in.Size))
		in.Close()
		if err != nil {
			t.Fatal(err)
		}
		rs := recordsOf(t, body)
		text := "<Events>" + each(func(_ int, r record) string { return r.xml })(rs) + "</Events>"
		events, rep := sourcetest.Read(t, winxml.New(), sourcetest.Input("a.xml", text))
		if len(events) != len(rs) || rep.Damaged > 0 {
			t.Fatalf("%s: %d events of %d records, report %+v", in.Path, len(events), len(rs), rep)
		}
		rows := [][]string{ecmdColumns}
		for i, r := range rs {
			rows = append(rows, r.ecmd(i))
		}
		cells, rep := sourcetest.Read(t, wincsv.New(), sourcetest.Input("a.csv", table(rows)))
		if len(cells) != len(rs) || rep.Damaged > 0 {
			t.Fatalf("%s: %d rows of %d records, report %+v", in.Path, len(cells), len(rs), rep)
		}
		for i, r := range rs {
			total++
			if msg := differ(r.event, events[i], false); msg != "" && !unwritable(r) {
				if bad++; bad < 8 {
					t.Errorf("%s: xml of record %d: %.400s", in.Path, r.event.RecordID, msg)
				}
			}
			if r.user != "" || len(r.data) == 0 {
				continue // the table of this test writes no levels in UserData
			}
			tables++
			if msg := differ(r.event, cells[i], false); msg != "" {
				if bad++; bad < 8 {
					t.Errorf("%s: row of record %d: %.400s", in.Path, r.event.RecordID, msg)
				}
			}
		}
	}
	if total != 8255 {
		t.Errorf("%d records, want 8255", total)
	}
	t.Logf("%d records, %d of them in tables, %d differ", total, tables, bad)
}
