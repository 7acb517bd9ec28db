package zscaler_test

import (
	"testing"

	"tyto/internal/source/sourcetest"
	"tyto/internal/source/zscaler"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"{\"sourcetype\":\"zscalernss-web\",\"event\":{\"time\":\"Sun Jun 15 10:00:00 2025\",\"eurl\":\"a/b\",\"ua\":\"None\"}}\n",
		"{\"sourcetype\":\"zscalernss-dns\",\"event\":{\"req\":\"a.\"}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, zscaler.New(), text) })
}
