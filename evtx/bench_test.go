package evtx_test

import (
	"os"
	"testing"

	"tyto/evtx"
)

// benchChunks reads the chunks of the benchmark log, whose used bytes it
// counts.
func benchChunks(b *testing.B) (chunks [][]byte, used int64) {
	path := corpus(b, "evtx/corner-cases/security.evtx")
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	d := evtx.NewDecoder(evtx.NewStore())
	for at := 4096; at+evtx.ChunkSize <= len(data); at += evtx.ChunkSize {
		c := data[at : at+evtx.ChunkSize]
		if rep := d.Chunk(c, 0, func(*evtx.Record) bool { return true }); rep.Records > 0 {
			chunks = append(chunks, c)
			used += int64(rep.Header + rep.Live)
		}
	}
	return chunks, used
}

func benchDecode(b *testing.B, each func(*evtx.Record)) {
	chunks, used := benchChunks(b)
	d := evtx.NewDecoder(evtx.NewStore())
	records := 0
	pass := func() {
		for _, c := range chunks {
			d.Chunk(c, 0, func(r *evtx.Record) bool { each(r); records++; return true })
		}
	}
	pass()
	records = 0
	b.SetBytes(used)
	b.ReportAllocs()
	for b.Loop() {
		pass()
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkWalk(b *testing.B) { benchDecode(b, func(*evtx.Record) {}) }

func BenchmarkFields(b *testing.B) {
	n := 0
	benchDecode(b, func(r *evtx.Record) { n += len(r.Values()) + r.EventID() + len(r.Channel()) })
}

func BenchmarkText(b *testing.B) {
	var buf []byte
	benchDecode(b, func(r *evtx.Record) {
		buf = buf[:0]
		for _, v := range r.Values() {
			buf = r.AppendText(buf, v)
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	var buf []byte
	benchDecode(b, func(r *evtx.Record) { buf = r.AppendJSON(buf[:0]) })
}

func BenchmarkFlatJSON(b *testing.B) {
	var buf []byte
	benchDecode(b, func(r *evtx.Record) { buf = r.AppendFlatJSON(buf[:0]) })
}
