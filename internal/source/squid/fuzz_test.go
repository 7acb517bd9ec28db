package squid_test

import (
	"testing"

	"tyto/internal/source/sourcetest"
	"tyto/internal/source/squid"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"1750000000.123 87 192.0.2.9 TCP_MISS/200 4512 GET http://example.com/a b.zip alice HIER_DIRECT/198.51.100.7 application/zip\n",
		"<30>Jun 15 10:00:00 px1 squid[12]: 1750000000.123 87 192.0.2.9 TCP_MISS/200 4512 GET http://u@[2001:db8::1]:80/ - HIER_NONE/- -",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, squid.New(), text) })
}
