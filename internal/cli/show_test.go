package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

// Every finding leads back to its raw record, in files and in archives.
func TestShowGoesBackToTheRawRecord(t *testing.T) {
	dir := t.TempDir()
	logs, out := filepath.Join(dir, "logs"), filepath.Join(dir, "out")
	run(t, exitOK, "demo", "--evidence", logs)
	run(t, exitOK, "hunt", logs, "-o", out, "--keep-duplicates")
	shown, archived := 0, 0
	for _, f := range readFindings(t, filepath.Join(out, "findings.jsonl")) {
		inArchive := f.Origin.Member != ""
		if shown > 12 && (!inArchive || archived > 2) {
			continue
		}
		text := run(t, exitOK, "show", f.ID, "--in", out)
		for _, want := range []string{f.Title, f.Rule.Author, "because", "raw record", "<Event"} {
			if !strings.Contains(text, want) {
				t.Fatalf("show %s does not say %q:\n%s", f.ID, want, text)
			}
		}
		for _, r := range f.Because {
			if f.Kind == "sigma" && r.Field != "EventID" && !strings.Contains(text, r.Field) {
				t.Errorf("show %s does not name the field %s", f.ID, r.Field)
			}
		}
		shown++
		if inArchive {
			archived++
		}
	}
	if shown < 12 || archived == 0 {
		t.Errorf("%d findings shown, %d of them from archives: the test does not test", shown, archived)
	}
}
