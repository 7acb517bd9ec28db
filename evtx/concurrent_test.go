package evtx_test

import (
	"strings"
	"sync"
	"testing"

	"tyto/evtx"
)

func TestDecodersShareAStore(t *testing.T) {
	literal := newChunk()
	literal.record(func() { literal.literalEvent("7") })
	chunks := [][]byte{sampleChunk(3), literal.bytes(), sampleChunk(40), deepChunk(30)}
	read := func(d *evtx.Decoder) string {
		var b strings.Builder
		for _, c := range chunks {
			d.Chunk(c, 0, func(r *evtx.Record) bool {
				b.WriteString(asJSON(r) + asFlat(r) + asXML(r) + asFields(r))
				return true
			})
		}
		return b.String()
	}
	want := read(evtx.NewDecoder(evtx.NewStore()))
	store := evtx.NewStore()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			d := evtx.NewDecoder(store)
			for range 5 {
				if got := read(d); got != want {
					t.Error("a shared store changes the output")
				}
			}
		})
	}
	wg.Wait()
	if s := store.Stats(); s.Programs != 3 || s.Layouts != 3 || s.Refused != 0 {
		t.Errorf("%+v, want 3 programs and layouts", s)
	}
}
