package cef_test

import (
	"testing"

	"tyto/internal/source/cef"
	"tyto/internal/source/sourcetest"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"CEF:0|V\\|x|P|1|1|name|3|rt=1749974400123 cs1=a b cs1Label=N msg=a \\= b = c\n",
		"<13>Jun 15 10:00:00 h CEF: 0|V|P|1|1|n|3|=x a= b=c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, cef.New(), text) })
}
