package evtx_test

import (
	"cmp"
	"encoding/binary"
	"slices"
	"testing"

	"tyto/evtx"
)

func TestDamageOfACutChunkIsListedByOffsetAndWithinTheFile(t *testing.T) {
	chunk := sampleChunk(3)
	free := int(binary.LittleEndian.Uint32(chunk[48:]))
	d := evtx.NewDecoder(evtx.NewStore())
	for n := 512; n < free; n++ {
		rep := d.Chunk(chunk[:n], 4096, func(*evtx.Record) bool { return true })
		if !slices.IsSortedFunc(rep.Damage, func(a, b evtx.Damage) int { return cmp.Compare(a.Offset, b.Offset) }) {
			t.Fatalf("cut at %d: not by offset: %+v", n, rep.Damage)
		}
		for _, x := range rep.Damage {
			if x.Offset+x.Length > 4096+int64(n) {
				t.Fatalf("cut at %d: damage beyond the end: %+v", n, x)
			}
		}
	}
}

func TestAChunkWithoutSignatureCountsAsDamagedWhenItHoldsRecords(t *testing.T) {
	d := evtx.NewDecoder(evtx.NewStore())
	count := func(chunk []byte) int {
		return d.Chunk(chunk, 0, func(*evtx.Record) bool { return true }).Damaged
	}
	for _, before := range []int{0, 8} { // records stand at multiples of eight
		wiped := make([]byte, evtx.ChunkSize)
		copy(wiped[before:], sampleChunk(1)[512:])
		if n := count(wiped); n != 1 {
			t.Errorf("records from %d on behind a wiped signature: %d damaged, want 1", before, n)
		}
	}
	junk := make([]byte, evtx.ChunkSize)
	copy(junk, "left by another program")
	if n := count(junk); n != 0 {
		t.Errorf("a block of junk: %d damaged, want 0", n)
	}
}
