package leef_test

import (
	"testing"

	"tyto/internal/event"
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
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("evidence", text)
		format := leef.New()
		format.Claims("evidence", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, format, in, func(e *event.Event) bool {
			n++
			for _, v := range e.Values {
				if int(v.Field) >= len(e.Shape.Fields) {
					t.Fatalf("field %d of %d", v.Field, len(e.Shape.Fields))
				}
			}
			if e.Origin.Offset < 0 || e.Origin.Offset >= in.Size || e.Origin.Line == 0 {
				t.Fatalf("origin %+v of %d bytes", e.Origin, in.Size)
			}
			return true
		})
		if rep.Records != n || rep.Bytes != in.Size {
			t.Fatalf("%d events, report %+v of %d bytes", n, rep, in.Size)
		}
	})
}
