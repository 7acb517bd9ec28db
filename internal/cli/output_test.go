package cli

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documented lists the names in the code spans of a section of docs/output.md.
func documented(t *testing.T, section string) map[string]bool {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "output.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(page), "\n## "+section+"\n")
	if !ok {
		t.Fatalf("docs/output.md has no section on %s", section)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	names := map[string]bool{}
	for _, span := range regexp.MustCompile("`[^`]+`").FindAllString(text, -1) {
		for _, name := range regexp.MustCompile(`[a-z0-9_]+`).FindAllString(span, -1) {
			names[name] = true
		}
	}
	return names
}

// keys adds the names of all fields to found; null is told as an error, because
// what is absent is left out.
func keys(t *testing.T, at string, v any, found map[string]string) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		t.Errorf("%s is null", at)
	case []any:
		for _, x := range v {
			keys(t, at+"[]", x, found)
		}
	case map[string]any:
		for name, x := range v {
			found[name] = at + "." + name
			keys(t, at+"."+name, x, found)
		}
	}
}

func TestEveryFieldThatAHuntWritesIsDocumented(t *testing.T) {
	dir := t.TempDir()
	evidence := filepath.Join(dir, "logs")
	run(t, exitOK, "demo", "--evidence", evidence, "-o", filepath.Join(dir, "demo"))
	list := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(list, []byte("type,value\ndomain,evil.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(evidence, "cut.evtx"), demoLog(t)[:70_000], 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	run(t, exitOK, "hunt", evidence, "--intel", "builtin", "--intel", list, "-o", out)
	for _, name := range []string{"findings.jsonl", "sightings.json", "health.json", "manifest.json"} {
		raw, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		for dec.More() {
			var v any
			if err := dec.Decode(&v); err != nil {
				t.Fatal(err)
			}
			keys(t, name, v, found)
		}
		told := documented(t, name)
		if name == "sightings.json" {
			maps.Copy(told, documented(t, "findings.jsonl")) // origins are the same
		}
		for _, field := range slices.Sorted(maps.Keys(found)) {
			if !told[field] {
				t.Errorf("docs/output.md does not tell of %s", found[field])
			}
		}
	}
}
