package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tyto/internal/detect"
	"tyto/internal/source/sourcetest"
)

// publicRules are the folders of active public rules in the corpora.
func publicRules(t *testing.T) []string {
	var out []string
	for _, dir := range []string{"rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance"} {
		out = append(out, "-r", sourcetest.Corpus(t, "sigma", dir))
	}
	return out
}

// run runs a command line and returns its standard output. The exit code must
// be want.
func run(t *testing.T, want int, args ...string) string {
	t.Helper()
	stdout, _ := runBoth(t, want, args...)
	return stdout
}

// runBoth runs a command and returns both its outputs.
func runBoth(t *testing.T, want int, args ...string) (out, diagnostics string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := &Env{
		Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" },
		Now: OS().Now, TempDir: t.TempDir(),
	}
	if code := Main(context.Background(), args, env); code != want {
		t.Fatalf("tyto %s: exit code %d, want %d\n%s", strings.Join(args, " "), code, want, stderr.String())
	}
	return stdout.String(), stderr.String()
}

// A match is a rule that fired on a record of a file.
type match struct{ file, record, rule string }

func (m match) String() string { return m.file + " #" + m.record + " " + m.rule }

// readFindings reads findings.jsonl.
func readFindings(t *testing.T, path string) []detect.Finding {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []detect.Finding
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var f detect.Finding
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// readMatches lists what fired, all copies of a record included.
func readMatches(t *testing.T, path, root string) map[match]bool {
	t.Helper()
	out := make(map[match]bool)
	for _, f := range readFindings(t, path) {
		for _, o := range append(f.Copies, f.Origin) {
			rel, _ := filepath.Rel(root, filepath.FromSlash(o.File))
			out[match{filepath.ToSlash(rel), strconv.FormatUint(f.RecordID, 10), f.Rule.ID}] = true
		}
	}
	return out
}

// readPeers reads what four other tools found: those matches that at least two
// of them agree on, and those of only one.
func readPeers(t *testing.T) (agreed, single map[match]bool) {
	t.Helper()
	data, err := os.ReadFile(sourcetest.Corpus(t, "evtx", "attack-samples-hits.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	agreed, single = make(map[match]bool), make(map[match]bool)
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		cells := strings.Split(strings.TrimRight(line, "\r"), "\t")
		m := match{cells[0], cells[1], cells[2]}
		if len(cells[3]) > 1 {
			agreed[m] = true
		} else {
			single[m] = true
		}
	}
	return agreed, single
}

// Differences to the peers, each with its reason in docs/parity.md.
func explainedMisses() map[string]string {
	return map[string]string{
		"3a9b8c1e-5b2e-4f7a-9d1c-2a7f3b6e1c55": "registry_delete looks at deletions; the records are creations of keys",
	}
}

func explainedExtras() map[string]string {
	return map[string]string{
		"fa0c05b6-8ad3-468d-8231-c1cbccb64fba": "antivirus rules bind to Defender",
		"c9a88268-0047-4824-ba6e-4d81ce0b907c": "antivirus rules bind to Defender",
		"fdf135a2-9241-4f96-a114-bb404948f736": "antivirus rules bind to Defender",
		"238527ad-3c2c-4e4f-a1f6-92fd63adb864": "antivirus rules bind to Defender",
		"bafd07c6-3ea5-454a-b4be-058fbb073de7": "Image and ParentImage of 4688 are equal",
	}
}

func TestFindsWhatOtherToolsAgreeOn(t *testing.T) {
	samples := sourcetest.Corpus(t, "evtx", "attack-samples")
	out := filepath.Join(t.TempDir(), "out")
	run(t, exitOK, append([]string{"hunt", samples, "-o", out, "--no-builtin"}, publicRules(t)...)...)
	ours := readMatches(t, filepath.Join(out, "findings.jsonl"), samples)
	agreed, single := readPeers(t)
	if len(agreed) != 1561 {
		t.Fatalf("the list has %d matches that two tools agree on, not 1561", len(agreed))
	}
	missed, extra := 0, 0
	for m := range agreed {
		if !ours[m] {
			missed++
			if explainedMisses()[m.rule] == "" {
				t.Errorf("missed: %s", m)
			}
		}
	}
	for m := range ours {
		if !agreed[m] && !single[m] {
			extra++
			if explainedExtras()[m.rule] == "" {
				t.Errorf("nobody else has: %s", m)
			}
		}
	}
	t.Logf("%d matches; %d of %d agreed ones missed for a reason, %d that nobody else has", len(ours), missed, len(agreed), extra)
}

// Every record of the samples is read, and the answer is the same for any
// number of workers.
func TestHuntsOfRealLogsAreReproducible(t *testing.T) {
	samples := sourcetest.Corpus(t, "evtx", "attack-samples")
	dir := t.TempDir()
	var first map[string][]byte
	for _, workers := range []string{"1", "2", "8"} {
		out := filepath.Join(dir, workers)
		run(t, exitOK, append([]string{"hunt", samples, "-o", out, "--workers", workers}, publicRules(t)...)...)
		files := readFolder(t, out)
		if first == nil {
			first = files
			checkHealth(t, files["health.json"])
			continue
		}
		for name, data := range first {
			if !bytes.Equal(data, files[name]) {
				t.Errorf("%s differs between 1 and %s workers", name, workers)
			}
		}
	}
}

func readFolder(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]byte)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = data
	}
	if len(out) < 6 {
		t.Fatalf("only %d files were written", len(out))
	}
	return out
}

func checkHealth(t *testing.T, data []byte) {
	t.Helper()
	var h detect.Health
	if err := json.Unmarshal(data, &h); err != nil {
		t.Fatal(err)
	}
	if h.Evidence.Records != 8255 || h.Evidence.Damaged != 0 {
		t.Errorf("%d records read, %d damaged; want 8255 and 0", h.Evidence.Records, h.Evidence.Damaged)
	}
	if !h.Complete || h.Rules.Rejected != 0 {
		t.Errorf("complete %v, %d rules rejected: %v", h.Complete, h.Rules.Rejected, h.Rejected)
	}
	covered := slices.ContainsFunc(h.Uncovered, func(u detect.Uncovered) bool {
		return u.Log == "Microsoft-Windows-Sysmon/Operational" && u.EventID == 1
	})
	if covered {
		t.Error("started processes are said to be uncovered")
	}
}
