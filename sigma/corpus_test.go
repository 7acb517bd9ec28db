package sigma

import (
	"os"
	"path/filepath"
	"testing"
)

// corpus returns the folder of test data beside the project, and skips the
// test where there is none.
func corpus(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("TYTO_CORPORA")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				break
			}
			if dir == filepath.Dir(dir) {
				t.Fatal("no go.mod above the package")
			}
			dir = filepath.Dir(dir)
		}
		root = filepath.Join(dir, "..", "shared", "corpora")
	}
	path := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("TYTO_REQUIRE_CORPORA") != "" {
			t.Fatalf("test data is required but missing: %v", err)
		}
		t.Skipf("no test data: %v", err)
	}
	return path
}

// ruleFiles returns the rule files of the corpus: path relative to the corpus
// and content. Placeholder rules are left out unless asked for alone.
func ruleFiles(t testing.TB, placeholders bool) map[string][]byte {
	t.Helper()
	root := corpus(t, "sigma")
	dirs := []string{"rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance"}
	if placeholders {
		dirs = []string{"rules-placeholder"}
	}
	files := map[string][]byte{}
	for _, d := range dirs {
		err := filepath.WalkDir(filepath.Join(root, d), func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || filepath.Ext(path) != ".yml" {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			files[filepath.ToSlash(rel)] = data
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}
