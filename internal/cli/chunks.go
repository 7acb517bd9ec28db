package cli

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"

	"tyto/evtx"
	"tyto/internal/source"
)

const (
	evtxHeader = 4096 // bytes before the first chunk
	fileMagic  = "ElfFile\x00"
	chunkMagic = "ElfChnk\x00"
	chunkHead  = 40 // bytes of a chunk's header up to its record ids
)

// chunkStart is where the first chunk of a log begins. Bare chunks have no file
// header before them; one that was overwritten still takes its room.
func chunkStart(in *source.Input) int64 {
	if bytes.HasPrefix(in.Head, []byte(chunkMagic)) {
		return 0
	}
	return min(evtxHeader, in.Size)
}

// A chunkOrder is the order in which the chunks of one log are printed.
type chunkOrder struct {
	once  sync.Once
	start int64
	order []int64 // numbers of chunks; nil: as they lie in the file
}

// find works the order out when it is first asked for. The chunks of a log that
// wrapped do not lie in the order of their records.
func (o *chunkOrder) find(in *source.Input) {
	o.once.Do(func() {
		o.start = chunkStart(in)
		o.order = recordOrder(in, o.start)
	})
}

// at returns where the i-th chunk to print begins.
func (o *chunkOrder) at(i int64) int64 {
	if o.order != nil {
		i = o.order[i]
	}
	return o.start + i*evtx.ChunkSize
}

// ahead returns how much to read at once: a whole part, or one chunk where the
// next one lies elsewhere.
func (o *chunkOrder) ahead(part source.Part) int64 {
	if o.order != nil {
		return evtx.ChunkSize
	}
	return part.To - part.From
}

// recordOrder returns the numbers of a log's chunks by their first record ids,
// or nil for a log that lies in that order, and for one in which ids come
// again: there the order of the file is the only one. A chunk without an id
// stays behind the chunk before it.
func recordOrder(in *source.Input, start int64) []int64 {
	type chunk struct {
		number int64
		id     uint64
	}
	var chunks []chunk
	seen := make(map[uint64]bool)
	sorted, last := true, uint64(0)
	for at := start; at < in.Size; at += evtx.ChunkSize {
		if id, ok := firstID(in, at); ok {
			if seen[id] {
				return nil
			}
			seen[id] = true
			sorted = sorted && id >= last
			last = id
		}
		chunks = append(chunks, chunk{int64(len(chunks)), last})
	}
	if sorted {
		return nil
	}
	slices.SortStableFunc(chunks, func(a, b chunk) int { return cmp.Compare(a.id, b.id) })
	order := make([]int64, len(chunks))
	for i, c := range chunks {
		order[i] = c.number
	}
	return order
}

// firstID reads the first record id that a chunk's header tells.
func firstID(in *source.Input, at int64) (uint64, bool) {
	var b [chunkHead]byte
	if n, _ := in.ReadAt(b[:], at); n < len(b) || string(b[:len(chunkMagic)]) != chunkMagic {
		return 0, false
	}
	first, last := binary.LittleEndian.Uint64(b[24:]), binary.LittleEndian.Uint64(b[32:])
	return first, first <= last && last != 1<<64-1
}
