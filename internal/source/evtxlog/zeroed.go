package evtxlog

import (
	"tyto/evtx"
	"tyto/internal/source"
)

// Windows fills a log chunk by chunk, so chunks of zeroes belong at its end.
// Elsewhere they may have held records, which nothing but the numbers of the
// records around them tells.

// Zeroed is what the damage is called.
const Zeroed = "zeroes where records were"

// maxAside is how many chunks without readable records are passed over in
// search of a neighbour. It bounds what a crafted file costs.
const maxAside = 8

// A glance is what a chunk says about its records.
type glance struct {
	empty       bool   // all zeroes
	used        bool   // has records
	first, last uint64 // their numbers
}

func glanceAt(c evtx.ChunkReport) glance {
	return glance{c.Empty > 0, c.Records > 0, c.FirstID, c.LastID}
}

// A Survey looks at the chunks around zeroed ones. It remembers those of the
// part at hand, as far as it was told of them, and reads others when it needs
// them, so that the answer does not depend on how a file was cut into parts.
type Survey struct {
	in      *source.Input
	from    int64 // of the part
	part    []glance
	decoder *evtx.Decoder // for chunks of other parts
	buf     []byte
}

// Begin turns to a part, whose first chunk is at an offset.
func (s *Survey) Begin(in *source.Input, from int64) {
	s.in, s.from, s.part = in, from, s.part[:0]
}

// add tells of the next chunk of the part.
func (s *Survey) add(c evtx.ChunkReport) { s.part = append(s.part, glanceAt(c)) }

// zeroed returns the stretches of zeroes that begin in this part and had
// records in them.
func (s *Survey) zeroed() []source.Damage {
	var out []source.Damage
	for i, g := range s.part {
		if !g.empty {
			continue
		}
		if d, ok := s.Lost(s.from + int64(i)*evtx.ChunkSize); ok {
			out = append(out, d)
		}
	}
	return out
}

// Lost returns the stretch of zeroes that begins with the empty chunk at an
// offset, if it had records in it.
func (s *Survey) Lost(at int64) (source.Damage, bool) {
	if s.at(at - evtx.ChunkSize).empty {
		return source.Damage{}, false // it is told where it begins
	}
	end := s.lost(at, s.end(at))
	return source.Damage{Offset: at, Length: end - at, Reason: Zeroed}, end > at
}

// at looks at the chunk at an offset. Outside the file there is none, which is
// neither empty nor used.
func (s *Survey) at(off int64) glance {
	if off < start(s.in) || off >= s.in.Size {
		return glance{}
	}
	if i := (off - s.from) / evtx.ChunkSize; off >= s.from && i < int64(len(s.part)) {
		return s.part[i]
	}
	if s.decoder == nil {
		s.decoder, s.buf = evtx.NewDecoder(evtx.NewStore()), make([]byte, evtx.ChunkSize)
	}
	n, _ := s.in.ReadAt(s.buf[:min(evtx.ChunkSize, s.in.Size-off)], off)
	if n == 0 {
		return glance{}
	}
	return glanceAt(s.decoder.Chunk(s.buf[:n], off, func(*evtx.Record) bool { return true }))
}

// end returns where a stretch of zeroes ends.
func (s *Survey) end(at int64) int64 {
	for s.at(at).empty {
		at += evtx.ChunkSize
	}
	return min(at, s.in.Size)
}

// near returns the nearest chunk with records, from an offset on in steps.
func (s *Survey) near(off, step int64) (g glance, ok bool) {
	for range maxAside {
		if g = s.at(off); g.used {
			return g, true
		}
		off += step
	}
	return glance{}, false
}

// lost returns where the records that a stretch of zeroes held ended, or its
// beginning when nothing shows that it held any.
func (s *Survey) lost(at, end int64) int64 {
	before, older := s.near(at-evtx.ChunkSize, -evtx.ChunkSize)
	after, newer := s.near(end, evtx.ChunkSize)
	held := false
	switch {
	case older && newer && after.first > before.last:
		held = after.first > before.last+1
	case newer && at == start(s.in):
		held = after.first > 1 // the first chunk is the first that is filled
	default:
		// The end of the log, or where a wrapped one begins anew: only the
		// file's header knows whether newer records were here.
		return s.byHeader(at, end, before.last)
	}
	if held {
		return end
	}
	return at
}

// byHeader is lost by what the file's header says: the chunk written last lies
// in the stretch, and its records are newer than those before it.
func (s *Survey) byHeader(at, end int64, last uint64) int64 {
	f, err := evtx.Open(s.in, s.in.Size)
	if err != nil || f.Header.BadCRC || f.Header.NextRecord <= last+1 || f.Header.LastChunk >= uint64(f.Chunks()) {
		return at
	}
	if written := f.ChunkOffset(int64(f.Header.LastChunk)); written >= at && written < end {
		return min(written+evtx.ChunkSize, end)
	}
	return at
}
