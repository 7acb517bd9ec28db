package evtx_test

import (
	"os"
	"path/filepath"
	"testing"
)

// corpus returns the path of something in the shared test corpora and skips
// the test where they are absent, unless they are required.
func corpus(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("TYTO_CORPORA")
	if root == "" {
		root = filepath.Join(moduleRoot(t), "..", "shared", "corpora")
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("TYTO_REQUIRE_CORPORA") != "" {
			t.Fatalf("required corpus missing: %v", err)
		}
		t.Skipf("corpus not here: %v", err)
	}
	return path
}

func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the package")
		}
		dir = up
	}
}
