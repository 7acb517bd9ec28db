package stix

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// corpus reads a file of the shared test data, found from the module's root or
// by TYTO_CORPORA. Without the data the test is skipped, or fails when
// TYTO_REQUIRE_CORPORA is set.
func corpus(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpora(t), "stix", name))
	if err != nil {
		if os.Getenv("TYTO_REQUIRE_CORPORA") != "" {
			t.Fatalf("test data is required: %v", err)
		}
		t.Skipf("shared test data is not here: %v", err)
	}
	return data
}

func corpora(t testing.TB) string {
	if dir := os.Getenv("TYTO_CORPORA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "corpora")
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the package")
		}
		dir = filepath.Dir(dir)
	}
}

func corpusJSON(t testing.TB, name string, into any) {
	t.Helper()
	if err := json.Unmarshal(corpus(t, name), into); err != nil {
		t.Fatal(err)
	}
}
