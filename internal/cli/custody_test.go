package cli

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tyto/internal/report"
)

// Two hunts with other indicators must not look like the same hunt.
func TestTheManifestHashesTheFilesWithIndicators(t *testing.T) {
	dir := t.TempDir()
	log, list := filepath.Join(dir, "Security.evtx"), filepath.Join(dir, "list.csv")
	var ids [2]string
	for i, data := range []string{"type,value\ndomain,evil.example\n", "type,value\ndomain,other.example\n"} {
		for name, data := range map[string][]byte{log: demoLog(t), list: []byte(data)} {
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out := filepath.Join(t.TempDir(), "out")
		run(t, exitOK, "hunt", log, "--intel", list, "--intel", "builtin", "-o", out)
		raw, err := os.ReadFile(filepath.Join(out, "manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		var m report.Manifest
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(data))
		if len(m.Indicators) != 1 || m.Indicators[0].SHA256 != hex.EncodeToString(sum[:]) || m.Indicators[0].Bytes != int64(len(data)) {
			t.Errorf("indicators %+v", m.Indicators)
		}
		ids[i] = m.ID
	}
	if ids[0] == ids[1] {
		t.Error("other indicators, the same id")
	}
}

func TestCommandsToTypeAreQuoted(t *testing.T) {
	if got, want := typed("logs/a.evtx", "my logs", "it's", "", "$HOME"), `logs/a.evtx 'my logs' 'it'\''s' '' '$HOME'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDiskImagesThatNobodyReadAreNotHashed(t *testing.T) {
	image := filepath.Join(t.TempDir(), "disk.img")
	if err := os.WriteFile(image, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := &report.Manifest{Evidence: []report.Evidence{{Path: image, Bytes: maxLeftOut + 1}, {Path: image, Bytes: maxLeftOut}}}
	addHashes(t.Context(), m)
	if m.Evidence[0].SHA256 != "" || m.Evidence[1].SHA256 == "" {
		t.Errorf("evidence %+v", m.Evidence)
	}
}

// Whoever has the evidence can check the manifest with nothing but a tool that
// makes hashes.
func TestTheManifestHashesEveryFileAsItLiesOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	log := demoLog(t)
	zipped, err := os.Create(filepath.Join(dir, "logs.zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(zipped)
	w, err := z.Create("Security.evtx")
	if err != nil {
		t.Fatal(err)
	}
	w.Write(log)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	zipped.Close()
	for name, data := range map[string][]byte{"plain.evtx": log, "notes.txt": []byte("no log"), "empty": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(t.TempDir(), "out")
	run(t, exitOK, "hunt", dir, "-o", out)
	raw, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m report.Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	checked := map[string]bool{}
	for _, e := range m.Evidence {
		if e.Member != "" {
			continue
		}
		data, err := os.ReadFile(e.Path)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != e.SHA256 || e.Bytes != int64(len(data)) {
			t.Errorf("%s: %+v", e.Path, e)
		}
		checked[filepath.Base(e.Path)] = true
	}
	for _, name := range []string{"logs.zip", "plain.evtx", "notes.txt", "empty"} {
		if !checked[name] {
			t.Errorf("%s is not in the manifest", name)
		}
	}
}
