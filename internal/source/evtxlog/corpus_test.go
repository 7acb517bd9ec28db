package evtxlog_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/evtxlog"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/winjson"
)

func TestAttackSamplesAreReadWhole(t *testing.T) {
	dir := sourcetest.Corpus(t, "evtx", "attack-samples")
	f := evtxlog.New(evtxlog.Options{})
	files, records := 0, int64(0)
	for in, skip := range source.Walk(t.Context(), []string{dir}, source.Options{}) {
		if skip != nil {
			t.Logf("%s: %s", skip.Path, skip.Reason)
			continue
		}
		if !f.Claims(in.Name(), in.Head) {
			in.Close()
			continue
		}
		files++
		rep := sourcetest.Each(t, f, in, func(e *event.Event) bool {
			if e.Time.Year() < 2000 || e.Source.EventID == 0 && e.Source.Channel != "" && e.Source.Provider == "" {
				t.Errorf("%s record %d: %v %+v", in.Path, e.Origin.Record, e.Time, e.Source)
			}
			return true
		})
		if rep.Bytes != in.Size {
			t.Errorf("%s: looked at %d of %d bytes", in.Path, rep.Bytes, in.Size)
		}
		records += rep.Records
		in.Close()
	}
	if files != 277 || records != 8255 {
		t.Errorf("%d files with %d records, want 277 with 8255", files, records)
	}
}

// A difference that is known: this export was edited by hand.
const edited = "proc_creation_win_susp_right_to_left_override"

// TestLogAndExportAgree reads the pairs of event log and evtx_dump export: the
// same records must give the same events.
func TestLogAndExportAgree(t *testing.T) {
	dir := sourcetest.Corpus(t, "sigma", "regression_data")
	logs, exports := evtxlog.New(evtxlog.Options{}), winjson.New()
	pairs, records := 0, 0
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".evtx") {
			return err
		}
		if _, err := os.Stat(strings.TrimSuffix(path, ".evtx") + ".json"); err != nil {
			return nil
		}
		pairs++
		log := readFile(t, logs, path)
		export := readFile(t, exports, strings.TrimSuffix(path, ".evtx")+".json")
		records += len(export)
		if len(log) != len(export) {
			t.Errorf("%s: %d records in the log, %d in the export", path, len(log), len(export))
			return nil
		}
		for i := range log {
			compare(t, path, log[i], export[i])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pairs != 152 || records != 174 {
		t.Errorf("%d pairs with %d records, want 152 with 174", pairs, records)
	}
}

func readFile(t *testing.T, f source.Format, path string) []*event.Event {
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := sourcetest.Input(path, string(body))
	if !f.Claims(in.Name(), in.Head) {
		t.Errorf("%s does not claim %s", f.Name(), path)
	}
	events, rep := sourcetest.Read(t, f, in)
	if rep.Damaged > 0 || rep.Bytes != in.Size {
		t.Errorf("%s: %+v of %d bytes", path, rep, in.Size)
	}
	return events
}

func compare(t *testing.T, path string, log, export *event.Event) {
	a, b := named(log), named(export)
	for name, x := range a {
		y, ok := b[name]
		if strings.Contains(path, edited) && strings.EqualFold(x, y) {
			continue
		}
		if !ok || x != y {
			t.Errorf("%s: %s is %q in the log, %q (%v) in the export", path, name, x, y, ok)
		}
	}
	for name, y := range b {
		if _, ok := a[name]; !ok {
			t.Errorf("%s: %s is only in the export: %q", path, name, y)
		}
	}
	if log.ID() != export.ID() && !strings.Contains(path, edited) {
		t.Errorf("%s: ids differ", path)
	}
	if log.Source != export.Source || log.Host != export.Host || log.RecordID != export.RecordID {
		t.Errorf("%s: %+v in the log, %+v in the export", path, log.Source, export.Source)
	}
}

// named joins an event's values by name, without blanks at the end.
func named(e *event.Event) map[string]string {
	out := map[string]string{}
	for _, v := range e.Values {
		f := e.Shape.Fields[v.Field]
		if v.Kind == event.Null {
			continue
		}
		text := strings.TrimRight(string(v.Text), " \t\r\n")
		if f.Header {
			text = strings.ToLower(strings.Trim(text, "{}"))
			if f.Name == "TimeCreated" {
				text = text[:len("2006-01-02T15:04:05.000000")]
			}
		}
		out[f.Name] += text + "|"
	}
	return out
}

func TestCornerCasesAccountForEveryByte(t *testing.T) {
	dir := sourcetest.Corpus(t, "evtx", "corner-cases")
	records := map[string]int64{}
	for _, carve := range []bool{false, true} {
		f := evtxlog.New(evtxlog.Options{Carve: carve})
		for in := range source.Walk(t.Context(), []string{dir}, source.Options{}) {
			if in == nil || !f.Claims(in.Name(), in.Head) {
				continue
			}
			events := int64(0)
			rep := sourcetest.Each(t, f, in, func(*event.Event) bool { events++; return true })
			if rep.Bytes != in.Size || rep.Records != events {
				t.Errorf("%s: %d of %d bytes, %d of %d events", in.Path, rep.Bytes, in.Size, rep.Records, events)
			}
			if !carve {
				records[in.Name()] = rep.Records
			}
			in.Close()
		}
	}
	for name, want := range map[string]int64{
		"security.evtx": 2261, "security_bad_string_cache.evtx": 2261, "system.evtx": 1881, "sysmon.evtx": 358,
		"sample-with-irregular-bool-values.evtx": 3028, "sample_with_a_bad_chunk_magic.evtx": 270 + 31, // behind damage
		"2-vss_7-System.evtx": 1160, "MSExchange_Management_wec.evtx": 1, "Application_no_crc32.evtx": 17,
		"post-Security.evtx": 126, "Security_with_size_t.evtx": 636,
	} {
		if records[name] != want {
			t.Errorf("%s: %d records, want %d", name, records[name], want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	path := sourcetest.Corpus(b, "evtx", "corner-cases")
	f := evtxlog.New(evtxlog.Options{})
	var body bytes.Buffer
	for in := range source.Walk(b.Context(), []string{path}, source.Options{}) {
		if in != nil && strings.HasSuffix(in.Path, "/security.evtx") {
			io.Copy(&body, io.NewSectionReader(in, 0, in.Size))
		}
		if in != nil {
			in.Close()
		}
	}
	in := sourcetest.Input("security.evtx", body.String())
	parts, _ := f.Split(b.Context(), in)
	r := f.NewReader()
	b.SetBytes(in.Size)
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range parts {
			r.Read(b.Context(), in, p, func(*event.Event) bool { return true })
		}
	}
}
