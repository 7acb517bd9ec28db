package fortinet_test

import (
	"testing"

	"tyto/internal/event"
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
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("evidence", text)
		format := fortinet.New()
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
