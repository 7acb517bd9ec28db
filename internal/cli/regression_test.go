package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"tyto/internal/source/sourcetest"
)

// A regressionCase is one info.yml of the public rules' regression data.
type regressionCase struct {
	Rules []struct {
		ID string `yaml:"id"`
	} `yaml:"rule_metadata"`
	Tests []struct {
		Type  string `yaml:"type"`
		Path  string `yaml:"path"`
		Count int    `yaml:"match_count"`
	} `yaml:"regression_tests_info"`
}

// Three cases declare one match where the data hold three; upstream corrected
// them later.
func correctedCount(rule string, declared int) int {
	switch rule {
	case "0b9ad457-2554-44c1-82c2-d56a99c42377",
		"8fbf3271-1ef6-4e94-8210-03c2317947f6",
		"45e112d0-7759-4c2a-aa36-9f8fb79d3393":
		return 3
	}
	return declared
}

// regressionCases reads all cases below root that come with a log.
func regressionCases(t *testing.T, root string) []regressionCase {
	t.Helper()
	var out []regressionCase
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "info.yml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var c regressionCase
		if err := yaml.Unmarshal(data, &c); err != nil {
			return err
		}
		if len(c.Tests) > 0 && c.Tests[0].Type == "evtx" {
			out = append(out, c)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The records that come with the public rules fire them, as often as declared,
// read from the log and from its export.
func TestRegressionDataOfThePublicRulesFires(t *testing.T) {
	root := sourcetest.Corpus(t, "sigma", "regression_data")
	out := filepath.Join(t.TempDir(), "out")
	run(t, exitOK, append([]string{"hunt", root, "-o", out, "--no-builtin", "--keep-duplicates"}, publicRules(t)...)...)
	matches := make(map[[2]string]int) // file, rule
	for _, f := range readFindings(t, filepath.Join(out, "findings.jsonl")) {
		rel, _ := filepath.Rel(root, filepath.FromSlash(f.Origin.File))
		matches[[2]string{filepath.ToSlash(rel), f.Rule.ID}]++
	}
	cases := regressionCases(t, root)
	fired := 0
	for _, c := range cases {
		log := strings.TrimPrefix(c.Tests[0].Path, "regression_data/")
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(log))); err != nil {
			continue
		}
		rule := c.Rules[0].ID
		want := correctedCount(rule, c.Tests[0].Count)
		ok := true
		for _, file := range []string{log, strings.TrimSuffix(log, ".evtx") + ".json"} {
			got := matches[[2]string{file, rule}]
			if got == 0 || want > 0 && got != want {
				t.Errorf("%s: %d matches, want %d", file, got, want)
				ok = false
			}
		}
		if ok {
			fired++
		}
	}
	if fired != 152 {
		t.Errorf("%d of 152 cases fired with their counts in both lanes", fired)
	}
}
