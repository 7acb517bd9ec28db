package formats_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/source/formats"
)

var update = flag.Bool("update", false, "write docs/formats.md anew")

func TestEveryFormatIsDescribed(t *testing.T) {
	var have, want []string
	for _, d := range formats.Descriptions() {
		have = append(have, d.Name)
		if d.What == "" || d.Recognised == "" {
			t.Errorf("%s: the description is not complete", d.Name)
		}
	}
	for _, f := range formats.All(formats.Options{}) {
		want = append(want, f.Name())
	}
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
}

func TestTheTableInDocsIsTrue(t *testing.T) {
	var b bytes.Buffer
	if err := formats.Write(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "..", "docs", "formats.md")
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(data)); diff != "" {
		t.Errorf("docs/formats.md is stale, run this test with -update:\n%s", diff)
	}
}
