package attack

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// corpus returns a folder of the corpora, or ends the test.
func corpus(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("TYTO_CORPORA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "corpora")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("TYTO_REQUIRE_CORPORA") != "" {
			t.Fatal(err)
		}
		t.Skip("no corpus: ", path)
	}
	return path
}

var tagLine = regexp.MustCompile(`(?m)^\s+- ['"]?(attack\.[A-Za-z0-9._-]+)`)

// Every technique that the public rules name is known and in use, and where a
// rule names evasion's successors the table agrees with it almost always.
func TestTableKnowsThePublicRules(t *testing.T) {
	rules, agree, disagree := 0, 0, 0
	walk := func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yml" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rules++
		var tags []string
		for _, m := range tagLine.FindAllStringSubmatch(string(raw), -1) {
			tags = append(tags, m[1])
		}
		a, d2 := compareTags(t, filepath.Base(path), tags)
		agree, disagree = agree+a, disagree+d2
		return nil
	}
	if err := filepath.WalkDir(filepath.Join(corpus(t, "sigma"), "rules"), walk); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules, split of evasion: %d agree, %d disagree", rules, agree, disagree)
	if rules < 3000 || disagree*20 > agree {
		t.Errorf("%d rules, %d agree, %d disagree", rules, agree, disagree)
	}
}

// compareTags looks at rules whose techniques all belong to one side of the
// split and asks whether the rule says the same.
func compareTags(t *testing.T, rule string, tags []string) (agree, disagree int) {
	table := Load()
	techniques, tactics := table.FromTags(tags)
	for _, id := range techniques {
		if x, ok := table.Technique(id); !ok || !x.Active {
			t.Errorf("%s: %s is unknown or not in use", rule, id)
		}
	}
	ours := map[string]bool{}
	for _, id := range techniques {
		for _, short := range table.TacticsOf(id) {
			ours[short] = true
		}
	}
	said := strings.Join(tactics, " ")
	for _, pair := range [][2]string{{"stealth", "defense-impairment"}, {"defense-impairment", "stealth"}} {
		if !ours[pair[0]] || ours[pair[1]] {
			continue
		}
		if strings.Contains(said, pair[1]) && !strings.Contains(said, pair[0]) {
			disagree++
		} else if strings.Contains(said, pair[0]) {
			agree++
		}
	}
	return agree, disagree
}
