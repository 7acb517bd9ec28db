package evtxlog_test

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyto/evtx"
	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/evtxlog"
	"tyto/internal/source/sourcetest"
)

const header = 4096

// chunkAt is where a chunk of a log begins.
func chunkAt(i int) int64 { return header + int64(i)*evtx.ChunkSize }

// without returns a log whose chunks of these numbers are zeroes.
func without(log []byte, chunks ...int) []byte {
	out := append([]byte(nil), log...)
	for _, i := range chunks {
		clear(out[chunkAt(i):chunkAt(i+1)])
	}
	return out
}

// written sets what a file's header says of the log's newest records.
func written(log []byte, lastChunk, nextRecord uint64) []byte {
	out := append([]byte(nil), log...)
	binary.LittleEndian.PutUint64(out[16:], lastChunk)
	binary.LittleEndian.PutUint64(out[24:], nextRecord)
	binary.LittleEndian.PutUint32(out[124:], crc32.ChecksumIEEE(out[:120]))
	return out
}

// badHeader breaks the checksum of a file's header.
func badHeader(log []byte) []byte {
	log[124] ^= 1
	return log
}

func TestZeroedChunksThatHeldRecordsAreDamage(t *testing.T) {
	log := []byte(many(t, 3000)) // more than one part
	n := int(int64(len(log)-header) / evtx.ChunkSize)
	if n < 20 {
		t.Fatalf("the log has %d chunks", n)
	}
	log = written(log, uint64(n-1), 3001)
	clearTail := append(append([]byte(nil), log...), make([]byte, 3*evtx.ChunkSize)...)
	wrapped := append(append([]byte(nil), log[:header]...), log[chunkAt(10):]...) // the newer half first
	wrapped = append(append(wrapped, make([]byte, evtx.ChunkSize)...), log[header:chunkAt(10)]...)
	stretch := func(from, chunks int) []source.Damage {
		return []source.Damage{{Offset: chunkAt(from), Length: int64(chunks) * evtx.ChunkSize, Reason: "zeroes where records were"}}
	}
	junk, bad := without(log, 3), []source.Damage(nil)
	for i := 4; i < 10; i++ {
		copy(junk[chunkAt(i):], "junk")
		bad = append(bad, source.Damage{Offset: chunkAt(i), Length: evtx.ChunkSize, Reason: "bad-magic"})
	}
	before := append(append(append([]byte(nil), log[:header]...), make([]byte, evtx.ChunkSize)...), log[header:]...)
	between := append(append([]byte(nil), log[:chunkAt(5)]...), make([]byte, evtx.ChunkSize)...)
	between = append(between, log[chunkAt(5):]...)
	for _, c := range []struct {
		name string
		log  []byte
		want []source.Damage
	}{
		{"whole", log, nil},
		{"empty chunks at the end", clearTail, nil},
		{"empty chunks that interrupt nothing", between, nil},
		{"wrapped, with an empty chunk where it begins anew", written(wrapped, uint64(n-11), 3001), nil},
		{"an empty chunk before the first record", written(before, uint64(n), 3001), nil},
		{"one chunk", without(log, 1), stretch(1, 1)},
		{"the first chunk", without(log, 0), stretch(0, 1)},
		{"a stretch over two parts", without(log, 14, 15, 16, 17), stretch(14, 4)},
		{"a part's last chunk", without(log, 15), stretch(15, 1)},
		{"a part's first chunk", without(log, 16), stretch(16, 1)},
		{"beside chunks that are damaged too", junk, append(stretch(3, 1), bad...)},
		{"the newest chunks, told by the file's header", without(clearTail, n-2, n-1), stretch(n-2, 2)},
		{"wrapped, with the newest chunk zeroed", without(written(wrapped, uint64(n-11), 3001), n-11), stretch(n-11, 1)},
		{"the newest chunks, in a file whose header is broken", badHeader(without(clearTail, n-2, n-1)), nil},
		{"an empty log", append(written(log[:header:header], 0, 1), make([]byte, evtx.ChunkSize)...), nil},
	} {
		rep := sourcetest.Each(t, evtxlog.New(evtxlog.Options{}), sourcetest.Input("a.evtx", string(c.log)),
			func(*event.Event) bool { return true })
		if diff := cmp.Diff(c.want, rep.Damage); diff != "" || (rep.Damaged > 0) != (c.want != nil) {
			t.Errorf("%s: %d damaged, damage differs (-want +got):\n%s", c.name, rep.Damaged, diff)
		}
	}
}

func TestZeroedChunkOfARealLogIsDamage(t *testing.T) {
	log, err := os.ReadFile(sourcetest.Corpus(t, "evtx", "corner-cases", "Security_with_size_t.evtx"))
	if err != nil {
		t.Fatal(err)
	}
	in := sourcetest.Input("a.evtx", string(without(log, 1)))
	events, rep := sourcetest.Read(t, evtxlog.New(evtxlog.Options{}), in)
	want := []source.Damage{{Offset: chunkAt(1), Length: evtx.ChunkSize, Reason: "zeroes where records were"}}
	if diff := cmp.Diff(want, rep.Damage); len(events) != 636-99 || diff != "" {
		t.Errorf("%d events, damage differs (-want +got):\n%s", len(events), diff)
	}
}

// Of all real logs only the two that are known to lack chunks tell of zeroes.
func TestRealLogsWithEmptyChunksAreNotCalledDamaged(t *testing.T) {
	lost := map[string]int64{}
	f := evtxlog.New(evtxlog.Options{})
	for in := range source.Walk(t.Context(), []string{sourcetest.Corpus(t, "evtx")}, source.Options{}) {
		if in == nil || !f.Claims(in.Name(), in.Head) {
			continue
		}
		rep := sourcetest.Each(t, f, in, func(*event.Event) bool { return true })
		for _, d := range rep.Damage {
			if d.Reason == "zeroes where records were" {
				lost[in.Name()] += d.Length / evtx.ChunkSize
			}
		}
		in.Close()
	}
	want := map[string]int64{"2-vss_7-System.evtx": 2, "sample_with_a_bad_chunk_magic.evtx": 5}
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Errorf("zeroed chunks differ (-want +got):\n%s", diff)
	}
}
