package cef_test

import (
	"testing"

	"tyto/internal/event"
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
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("evidence", text)
		format := cef.New()
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
