package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/attack"
	"tyto/internal/detect"
	"tyto/internal/event"
)

// write runs findings through the sink that make builds, and returns the file.
func write(t *testing.T, make func(io.Writer) Sink, findings ...*detect.Finding) string {
	t.Helper()
	var b bytes.Buffer
	sink := make(&b)
	for _, f := range findings {
		if err := sink.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func findingsSink(w io.Writer) Sink { return NewFindings(w) }

func csvSink(t *testing.T, opt TimelineOptions) func(io.Writer) Sink {
	return func(w io.Writer) Sink {
		x, err := NewTimelineCSV(w, opt)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func jsonlSink(t *testing.T, opt TimelineOptions) func(io.Writer) Sink {
	return func(w io.Writer) Sink {
		x, err := NewTimelineJSONL(w, opt)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func layerSink(w io.Writer) Sink { return NewLayer(w, attack.Load()) }

func TestFilesLookAsAgreed(t *testing.T) {
	plain := []*detect.Finding{lsass(), logon(), beacon()}
	golden(t, "findings.jsonl", write(t, findingsSink, plain...))
	golden(t, "timeline.csv", write(t, csvSink(t, TimelineOptions{}), plain...))
	golden(t, "timeline-verbose.csv", write(t, csvSink(t, TimelineOptions{Profile: Verbose}), plain...))
	golden(t, "timeline-full.csv", write(t, csvSink(t, TimelineOptions{
		Profile: SuperVerbose, Full: true, Location: time.FixedZone("east", 2*3600)}), plain...))
	golden(t, "timeline.jsonl", write(t, jsonlSink(t, TimelineOptions{Profile: Verbose}), plain...))
	golden(t, "attack-layer.json", write(t, layerSink, many(200)...))
	golden(t, "hostile.txt", write(t, findingsSink, hostile())+write(t, csvSink(t, TimelineOptions{Profile: Verbose}), hostile())+
		write(t, jsonlSink(t, TimelineOptions{}), hostile()))
}

func TestHostileValuesStayHarmlessInEveryFile(t *testing.T) {
	for name, make := range map[string]func(io.Writer) Sink{
		"findings": findingsSink, "layer": layerSink,
		"csv": csvSink(t, TimelineOptions{Profile: Verbose}), "jsonl": jsonlSink(t, TimelineOptions{Profile: Verbose}),
	} {
		out := write(t, make, sample()...)
		assertInert(t, out)
		for line := range strings.Lines(out) {
			if strings.HasSuffix(name, "l") && name != "csv" && !json.Valid([]byte(line)) {
				t.Errorf("%s: no JSON: %s", name, line)
			}
		}
	}
}

// The hand-written encoder must say the same as the standard library.
func TestFindingsSayWhatTheTypeSays(t *testing.T) {
	for _, f := range append(sample(), &detect.Finding{Time: start}, filled(t)) {
		if f.Time.Year() > 9999 {
			g := *f
			g.Time = clamp(f.Time)
			f = &g
		}
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		got := AppendFinding(nil, f)
		var a, b map[string]any
		if err := json.Unmarshal(got, &a); err != nil {
			t.Fatalf("%v in %s", err, got)
		}
		if err := json.Unmarshal(want, &b); err != nil {
			t.Fatal(err)
		}
		if b["because"] == nil {
			b["because"] = []any{} // absent is never null
		}
		for _, list := range []any{b["tactics"], b["false_positives"], tagsOf(b)} {
			sortWords(list) // lists are written sorted
		}
		if diff := cmp.Diff(b, a); diff != "" {
			t.Errorf("differs from the type (-type +written):\n%s", diff)
		}
	}
}

func tagsOf(finding map[string]any) any {
	rule, _ := finding["rule"].(map[string]any)
	return rule["tags"]
}

func sortWords(list any) {
	words, _ := list.([]any)
	slices.SortFunc(words, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
}

func TestListsOfAFindingAreWrittenSorted(t *testing.T) {
	f := lsass()
	f.Tactics, f.Falsely = []string{"persistence", "execution"}, []string{"Updates", "Backups"}
	f.Rule.Tags = []string{"attack.t1003", "attack.execution"}
	got := string(AppendFinding(nil, f))
	for _, want := range []string{`["attack.execution","attack.t1003"]`, `["execution","persistence"]`, `["Backups","Updates"]`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if f.Tactics[0] != "persistence" {
		t.Error("the finding itself was changed")
	}
}

func TestARuleWithoutAuthorHasNoneInTheObject(t *testing.T) {
	if named("-") != "" || named("A. Writer") != "A. Writer" {
		t.Error("the dash of the timeline is no author")
	}
}

// filled returns a finding in which no field that is written is zero, so that
// a field added to the type and forgotten here is found.
func filled(t *testing.T) *detect.Finding {
	f := lsass()
	g := beacon()
	f.Analytic, f.Score, f.Events, f.Indicator = g.Analytic, g.Score, g.Events, hostile().Indicator
	f.Copies, f.CopyCount, f.Carved = []event.Origin{{File: "b"}}, 2, true
	v := reflect.ValueOf(*f)
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") != "-" && v.Field(i).IsZero() {
			t.Errorf("field %s is not filled", v.Type().Field(i).Name)
		}
	}
	return f
}

func TestCSVReadsBackAsOneRowPerFinding(t *testing.T) {
	for profile := range profiles {
		out := write(t, csvSink(t, TimelineOptions{Profile: profile}), sample()...)
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(rows) != 5 || strings.Count(out, "\n") != 5 {
			t.Fatalf("%s: %d rows, %v", profile, len(rows), err)
		}
		columns, _ := profile.Columns()
		if diff := cmp.Diff(columns, rows[0]); diff != "" {
			t.Error(diff)
		}
		for _, row := range rows[1:] {
			for i, cell := range row {
				if cell != "-" && strings.ContainsRune("=+-@", rune((cell + " ")[0])) {
					t.Errorf("%s, %s: %q is a formula", profile, columns[i], cell)
				}
			}
		}
	}
}

func TestTimelineWithoutFindingsHasItsHead(t *testing.T) {
	if got := write(t, csvSink(t, TimelineOptions{Profile: Minimal})); strings.Count(got, "\n") != 1 {
		t.Errorf("got %q", got)
	}
	if _, err := NewTimelineCSV(io.Discard, TimelineOptions{Profile: "odd"}); err == nil {
		t.Error("an unknown profile was accepted")
	}
}

func TestTimesketchKeysAreAlwaysThere(t *testing.T) {
	timeless := lsass()
	timeless.Time = time.Time{}
	out := write(t, jsonlSink(t, TimelineOptions{Profile: Minimal}), append(sample(), timeless)...)
	for line := range strings.Lines(out) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"message", "datetime", "timestamp_desc"} {
			if s, _ := row[key].(string); s == "" {
				t.Errorf("no %s in %s", key, line)
			}
		}
		for key, v := range row {
			if _, nested := v.(map[string]any); nested {
				t.Errorf("%s is not flat", key)
			}
		}
	}
}

func TestDetailKeysAreWellFormed(t *testing.T) {
	table := keysOf()
	lines := 0
	for line := range strings.Lines(strings.TrimSpace(detailKeys)) {
		lines++
		words := splitQuoted(strings.TrimSpace(line))
		for id := range strings.SplitSeq(words[1], ",") {
			for _, c := range id {
				if c < '0' || c > '9' {
					t.Errorf("bad event id in %q", line)
				}
			}
		}
	}
	if lines < 60 || len(table) < 100 {
		t.Errorf("%d lines, %d kinds", lines, len(table))
	}
	for k, keys := range table {
		seen := map[string]bool{}
		for _, key := range keys {
			if seen[key.key] || key.key == "" || key.field == "" {
				t.Errorf("%v: key %q is empty or occurs twice", k, key.key)
			}
			seen[key.key] = true
		}
	}
}

func health() *detect.Health {
	from, to := start, start.Add(32*time.Hour)
	return &detect.Health{
		Complete: true,
		Evidence: detect.EvidenceHealth{Files: 3, Bytes: 385_300_000, Records: 196_081, Damaged: 9, Recovered: 31, Skipped: 1},
		Files: []detect.FileHealth{
			{Path: "z.evtx", Format: "evtx", Bytes: 10, Records: 5, Hosts: []string{"WS-17", "DC-01"}, First: &from, Last: &to},
			{Path: "a.bin", Skipped: "no known format\u202e"},
		},
		Rules:    detect.RuleHealth{Loaded: 3797, Rejected: 1, Blind: 3, Matched: 2},
		Rejected: []detect.Rejection{{Path: "x.yml", Line: 3, Reason: `unknown modifier "contain"`}},
		Blind: []detect.BlindRule{
			{ID: "2", Title: "B", Missing: []string{"process_creation"}}, {ID: "3", Title: "C", Missing: []string{"process_creation"}},
			{ID: "1", Title: "A", Missing: []string{"proxy", "CommandLine"}},
		},
		Uncovered: []detect.Uncovered{{Log: "System", EventID: 7, Events: 40}, {Log: "Application", EventID: 1, Events: 2000}},
		Gaps: []detect.Gap{
			{Host: "WS-17", Log: "Security", From: &from, To: &to, Missing: 1204},
			{Host: "DC-01", Log: sysmon},
		},
		Caps: []detect.Cap{{What: "facts kept in memory", Limit: 1_000_000, Count: 7}},
	}
}

func TestHealthIsSortedAndNeverNull(t *testing.T) {
	var full, empty bytes.Buffer
	if err := WriteHealth(&full, health()); err != nil {
		t.Fatal(err)
	}
	golden(t, "health.json", full.String())
	assertInert(t, full.String())
	if err := WriteHealth(&empty, &detect.Health{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(empty.String(), "null") {
		t.Error(empty.String())
	}
}

func manifest() Manifest {
	return Manifest{ProgramVersion: "0.1.0", Command: []string{"tyto", "hunt", "case/", "-o", "out"}, Complete: true,
		Evidence: []Evidence{{Path: "case/b.evtx", Bytes: 2, SHA256: "bb"}, {Path: "case/a.evtx", Bytes: 1, SHA256: "aa"}},
		Rules:    []RuleSet{{Source: "builtin", Rules: 12, SHA256: "cc"}},
		Files:    []Written{{"timeline.csv", 10, "dd"}, {"findings.jsonl", 20, "ee"}}}
}

func TestManifestDoesNotDependOnOrder(t *testing.T) {
	a, b := manifest(), manifest()
	b.Evidence[0], b.Evidence[1] = b.Evidence[1], b.Evidence[0]
	b.Files[0], b.Files[1] = b.Files[1], b.Files[0]
	var x, y bytes.Buffer
	if err := a.Write(&x); err != nil {
		t.Fatal(err)
	}
	if err := b.Write(&y); err != nil {
		t.Fatal(err)
	}
	if x.String() != y.String() {
		t.Error("order of evidence changes the manifest")
	}
	golden(t, "manifest.json", x.String())
	c := manifest()
	c.Evidence[0].SHA256 = "other"
	if c.Identify() == a.ID {
		t.Error("other evidence has the same id")
	}
	c = manifest()
	c.Command = append(c.Command, "--level=high")
	if c.Identify() == a.ID {
		t.Error("other options have the same id")
	}
	c = manifest()
	c.Indicators = []Evidence{{Path: "list.csv", Bytes: 3, SHA256: "ff"}}
	if c.Identify() == a.ID {
		t.Error("other indicators have the same id")
	}
	d := manifest()
	d.Files = nil
	if d.Identify() != a.ID {
		t.Error("the id depends on outputs")
	}
}

func TestFolderHashesWhatItWrites(t *testing.T) {
	d, err := OpenFolder(filepath.Join(t.TempDir(), "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.Create("x.json")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("ab"))
	f.Write([]byte("c"))
	if _, err := os.Stat(filepath.Join(d.Path(), "x.json")); err == nil {
		t.Error("the file has its name before it is whole")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	g, err := d.Create("y.json")
	if err != nil {
		t.Fatal(err)
	}
	g.Discard()
	want := []Written{{"x.json", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}
	if diff := cmp.Diff(want, d.Written()); diff != "" {
		t.Error(diff)
	}
	if entries, _ := os.ReadDir(d.Path()); len(entries) != 1 {
		t.Errorf("folder holds %v", entries)
	}
}

func TestBytesAreTheSameEachTime(t *testing.T) {
	for _, make := range []func(io.Writer) Sink{findingsSink, layerSink, csvSink(t, TimelineOptions{}), jsonlSink(t, TimelineOptions{})} {
		first, second := write(t, make, many(500)...), write(t, make, many(500)...)
		if first != second {
			t.Error("two runs differ")
		}
	}
}

func FuzzFinding(f *testing.F) {
	f.Add("title", "value\x1b\u202e\xff", 1.5, int64(0))
	f.Fuzz(func(t *testing.T, title, value string, score float64, sec int64) {
		x := lsass()
		x.Title, x.Host, x.Score, x.Time = title, value, score, time.Unix(sec%(1<<40), 7)
		x.Because[0].Value = value
		raw := AppendFinding(nil, x)
		var back detect.Finding
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
		if back.Title != strings.ToValidUTF8(title, "\ufffd") && !strings.Contains(back.Title, "\ufffd") {
			t.Errorf("title %q came back as %q", title, back.Title)
		}
		assertInert(t, string(raw))
	})
}

func benchmarkSink(b *testing.B, sink Sink) {
	f := lsass()
	b.ReportAllocs()
	for b.Loop() {
		if err := sink.Write(f); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "findings/s")
}

func BenchmarkFindings(b *testing.B) { benchmarkSink(b, NewFindings(io.Discard)) }

func BenchmarkTimelineCSV(b *testing.B) {
	sink, _ := NewTimelineCSV(io.Discard, TimelineOptions{})
	benchmarkSink(b, sink)
}

func BenchmarkTimelineJSONL(b *testing.B) {
	sink, _ := NewTimelineJSONL(io.Discard, TimelineOptions{Profile: Verbose})
	benchmarkSink(b, sink)
}
