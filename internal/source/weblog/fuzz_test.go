package weblog_test

import (
	"testing"

	"tyto/internal/source/sourcetest"
	"tyto/internal/source/weblog"
)

// FuzzReader holds the reader to what every reader promises, whatever the
// bytes: it ends, it looks at all of them, and its values fit their shapes.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"192.0.2.9 - mia [15/Jun/2025:10:00:00 +0200] \"GET /a?x=\\x41\\\\\\\" HTTP/1.1\" 200 512 \"-\" \"curl/8.0\" TCP_MISS:HIER\n[Sun Jun 15 10:00:00.1 2025] [core:error] [client 192.0.2.9:1] x\n2025/06/15 10:00:00 [error] 7#7: *9 x, client: 192.0.2.9, y\n",
		"{\"remote_addr\":\"192.0.2.9\",\"request\":\"GET / HTTP/1.1\",\"status\":200}\n",
		"192.0.2.9:4711 [15/Jun/2025:10:00:00.123] fe be/srv 0/0/1/2/3 200 512 {a|b} \"GET / HTTP/1.1\"\nhttps 2025-06-15T10:00:00.1Z lb 192.0.2.9:4 - 1 1 1 200 200 1 1 \"GET https://x:443/ HTTP/1.1\" \"c\"\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sourcetest.Promises(t, weblog.New(), text) })
}
