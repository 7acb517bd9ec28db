package elff_test

import (
	"testing"

	"tyto/internal/source/elff"
	"tyto/internal/source/sourcetest"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query cs(User-Agent) sc-status\n2025-06-15 10:00:00 192.0.2.9 GET /a b x=%41 a+b 200\n#Fields: date time x-edge-location cs(User-Agent)\n2025-06-15\t10:00:00\tFRA\tx%20y\n",
		"#Date: 2025-06-15\n#Fields: time src-ip dst-ip action src-port dst-port\n10:00:00 192.0.2.9 198.51.100.1 DROP 1 2",
		"#Fields: gmttime cs-uri-scheme cs-host cs-uri-path s-action\n[15/Jun/2025:10:00:00 GMT] http a \"/x y\" -\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, elff.New(), text) })
}
