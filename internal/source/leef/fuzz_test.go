package leef_test

import (
	"testing"

	"tyto/internal/source/leef"
	"tyto/internal/source/sourcetest"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"LEEF:2.0|V|P|1|1|^|src=192.0.2.9^x=y\nLEEF:1.0|V|P|1|1|devTime=Jun 15 2025 10:00:00\ta=b\n",
		"LEEF:2.0|V|P|1|1|0x09|a=b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, leef.New(), text) })
}
