package paloalto_test

import (
	"testing"

	"tyto/internal/source/paloalto"
	"tyto/internal/source/sourcetest"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"1,2025/06/15 10:00:01,001,THREAT,url,1,2025/06/15 10:00:00,192.0.2.9,198.51.100.7,,,\"a,\"\"b\",,,,,,,,,,,,,1,2,,,,tcp,alert,\"x/y\"\n",
		"{\"level\":\"error\",\"task\":\"1\",\"time\":\"2025-06-15T10:00:00.1+02:00\",\"message\":\"x\"}\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, paloalto.New(), text) })
}
