package fortinet_test

import (
	"testing"

	"tyto/internal/source/fortinet"
	"tyto/internal/source/sourcetest"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"date=2025-06-15 time=10:00:00 logid=\"1\" type=\"utm\" subtype=\"webfilter\" tz=\"UTC+2:00\" hostname=\"h\" url=\"/a \\\"b\n",
		"<189>logid=1 type=event eventtime=1749974400123456789 a=\"x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, fortinet.New(), text) })
}
