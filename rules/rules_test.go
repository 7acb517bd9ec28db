package rules_test

import (
	"context"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"tyto/rules"
	"tyto/sigma"
	"tyto/sigma/correlate"
)

const fewest = 120 // files that the pack must not shrink below

// TestEveryRuleHasItsCases runs each rule file alone over its own test events.
func TestEveryRuleHasItsCases(t *testing.T) {
	paths := ruleFiles(t)
	if len(paths) < fewest {
		t.Errorf("%d rule files, want at least %d", len(paths), fewest)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(path, ".yml"), func(t *testing.T) { checkFile(t, path) })
	}
}

func checkFile(t *testing.T, path string) {
	cases := readCases(t, path)
	p := newProbe(t, path)
	if len(cases.Positive) == 0 || len(cases.Negative) == 0 {
		t.Error("needs positive and negative cases")
	}
	for _, c := range cases.Positive {
		if got := p.run(t, cases, c); len(got) == 0 {
			t.Errorf("positive %q: nothing fired", c.Name)
		}
	}
	for _, title := range p.unfired() {
		t.Errorf("no positive case shows %q", title)
	}
	for _, c := range cases.Negative {
		if got := p.run(t, cases, c); len(got) != 0 {
			t.Errorf("negative %q: fired %q", c.Name, got)
		}
	}
}

func readCases(t *testing.T, path string) *caseFile {
	t.Helper()
	data, err := os.ReadFile(strings.TrimSuffix(path, ".yml") + ".test.yml")
	if err != nil {
		t.Fatalf("a rule comes with the events that it is tested with: %v", err)
	}
	cases, err := parseCases(data)
	if err != nil {
		t.Fatalf("test events: %v", err)
	}
	return cases
}

// TestPackLoadsAsAWhole finds what only shows when all files meet.
func TestPackLoadsAsAWhole(t *testing.T) {
	docs := wholePack(t)
	rs, rejected := sigma.Compile(docs, sigma.Options{})
	for _, r := range rejected {
		t.Errorf("%s:%d: %s", r.Path, r.Line, r.Reason)
	}
	_, problems := correlate.NewPlan(rs.Correlations(), metas(rs))
	for _, p := range problems {
		t.Error(p)
	}
	unique(t, docs, "id", func(m *sigma.Meta) string { return m.ID })
	unique(t, docs, "title", func(m *sigma.Meta) string { return m.Title })
	unique(t, docs, "name", func(m *sigma.Meta) string { return m.Name })
	t.Logf("%d rules and %d correlations", len(rs.Rules()), len(rs.Correlations()))
}

func wholePack(t *testing.T) []sigma.Document {
	t.Helper()
	docs, diags, err := sigma.Load(context.Background(), rules.FS(), ".", 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range diags {
		t.Error(d)
	}
	return docs
}

func unique(t *testing.T, docs []sigma.Document, what string, of func(*sigma.Meta) string) {
	t.Helper()
	seen := map[string]string{}
	for _, d := range docs {
		m := d.Head()
		v := of(m)
		if first, dup := seen[v]; dup && v != "" {
			t.Errorf("%s and %s share the %s %q", first, m.Path, what, v)
		}
		seen[v] = m.Path
	}
}

// TestTestsAreNoRules: the events for tests stay out of the pack that hunts load.
func TestTestsAreNoRules(t *testing.T) {
	err := fs.WalkDir(rules.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.HasSuffix(path, ".test.yml") || !strings.HasSuffix(path, ".yml")) {
			t.Errorf("%s is in the pack", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	test := strings.TrimSuffix(ruleFiles(t)[0], ".yml") + ".test.yml"
	if _, err := rules.FS().Open(test); err == nil {
		t.Errorf("%s can be opened", test)
	}
}

// TestEveryTestFileHasItsRule finds tests that a renamed rule left behind.
func TestEveryTestFileHasItsRule(t *testing.T) {
	files, err := fs.Glob(os.DirFS("."), "*/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if stem, ok := strings.CutSuffix(path, ".test.yml"); ok && !slices.Contains(files, stem+".yml") {
			t.Errorf("%s has no rule", path)
		}
	}
}

// TestFoldersAreInTheReadme: each area is explained to those who look for it.
func TestFoldersAreInTheReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range ruleFiles(t) {
		area, _, _ := strings.Cut(path, "/")
		if !strings.Contains(string(text), "`"+area+"/`") {
			t.Errorf("README.md does not name the area %s", area)
		}
	}
}

func ruleFiles(t *testing.T) []string {
	t.Helper()
	paths, err := fs.Glob(rules.FS(), "*/*.yml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	return paths
}

func metas(rs *sigma.Ruleset) []*sigma.Meta {
	var out []*sigma.Meta
	for _, r := range rs.Rules() {
		out = append(out, &r.Meta)
	}
	return out
}
