package sigma

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"go.yaml.in/yaml/v4"
)

// libraryNodes reads all documents of a file with the YAML library.
func libraryNodes(data []byte) ([]*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var docs []*yaml.Node
	for {
		var n yaml.Node
		if err := loader.Load(&n); err == io.EOF {
			return docs, nil
		} else if err != nil {
			return nil, err
		}
		docs = append(docs, &n)
	}
}

// sameNodes describes the first difference between two trees.
func sameNodes(a, b *yaml.Node) string {
	if a.Kind == yaml.DocumentNode {
		a = a.Content[0]
	}
	show := func(n *yaml.Node) string {
		tag := n.Tag
		if tag == "!!timestamp" {
			tag = "!!str" // dates are texts to Sigma
		}
		return fmt.Sprintf("kind %d tag %s style %d value %q at %d:%d with %d", n.Kind, tag, n.Style, n.Value, n.Line, n.Column, len(n.Content))
	}
	if show(a) != show(b) {
		return "library: " + show(a) + "; quick: " + show(b)
	}
	for i := range a.Content {
		if d := sameNodes(a.Content[i], b.Content[i]); d != "" {
			return d
		}
	}
	return ""
}

func compareQuick(t *testing.T, name string, data []byte) bool {
	t.Helper()
	quick, ok := quickNodes(data)
	if !ok {
		return false
	}
	docs, err := libraryNodes(data)
	if err != nil {
		t.Errorf("%s: quick accepts what the library refuses: %v", name, err)
		return true
	}
	if len(docs) != len(quick) {
		t.Errorf("%s: %d documents, quick sees %d", name, len(docs), len(quick))
		return true
	}
	for i := range docs {
		if d := sameNodes(docs[i], quick[i]); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	return true
}

func TestQuickReaderAgreesWithTheLibraryOnTheCorpus(t *testing.T) {
	files, taken := ruleFiles(t, false), 0
	for name, data := range files {
		if compareQuick(t, name, data) {
			taken++
		}
	}
	t.Logf("%d of %d files are read the quick way", taken, len(files))
	if taken*100 < len(files)*99 {
		t.Errorf("only %d of %d files are read the quick way", taken, len(files))
	}
}

func TestQuickReaderKnowsItsLimits(t *testing.T) {
	for text, want := range map[string]bool{
		"a: b\n": true, "a: b": false, "": false, "\n": false, "a:\n  b: c\n": true, "a:\n- b\n- c: d\n  e: f\n": true,
		"a: |\n  x\n   y\n\n  z\nb: c\n": true, "a: |-\n  x\n": true, "a: |+\n  x\n": false, "a: >\n  x\n": false,
		"a: b\n  c\n": false, "a: [b]\n": false, "a: {b: c}\n": false, "a: &x b\n": false, "a: *x\n": false, "a: !!str b\n": false,
		"a: 'it''s' # x\n": true, "a: \"b\"\n": true, "a: \"b\\n\"\n": false, "a: 'b\n  c'\n": false, "a:\tb\n": false, "a: b: c\n": false,
		"a:\n": false, "a:\nb: c\n": false, "a: b #c\n": true, "a: b#c\n": true, "'a|b': c\n": true, "? a\n: b\n": false,
		"---\na: b\n---\nc: d\n": true, "---\n---\na: b\n": false, "--- a\n": false, "a: b\n...\n": false, "%YAML 1.2\n---\na: b\n": false,
		"- a\n": false, "a:\n  - - b\n": false, "a:\n  -\n    b: c\n": true, "a: -1\n": true, "a: - b\n": false, "a: 0x10\n": false, "a: 1e3\n": false, "a: 007\n": false, "a: 10\n": true, "a: 12345678-1234-1234-1234-123456789012\n": true,
		"a: 2024-01-02\n": true, "a: ~\n": true, "a: true\n": true, "a: é\nü: x\n": true, "a: b\r\n": false, "\ufeffa: b\n": false,
		"a: b\n c: d\n": false, "<<: a\n": false, "a: 'b'c\n": false, "a: http://x\n": true, "a::b: c\n": true,
	} {
		if got := compareQuick(t, fmt.Sprintf("%q", text), []byte(text)); got != want {
			t.Errorf("%q is taken: %v", text, got)
		}
	}
}

// FuzzQuick: what the quick reader accepts, the library reads alike.
func FuzzQuick(f *testing.F) {
	for _, s := range []string{
		"a: b\n", "a:\n  - b: c\n    d: 'e'\n  - f\n", "a: |\n  x\n\n  y\nb: 1\n", "---\na: \"x\" # y\n---\nb:\n- c\n",
		ruleText("s:\n  A|contains:\n    - 'x*'\n    - -1\ncondition: s"),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 1<<12 {
			compareQuick(t, fmt.Sprintf("%q", data), data)
		}
	})
}
