package evtx

import "hash/crc32"

// chunkHeader is what a reader needs of a chunk's header.
type chunkHeader struct {
	firstID, lastID uint64
	free            int
	flags           uint32
}

const (
	unusedID   = 1<<64 - 1 // last record id of an allocated but empty chunk
	flagNoCRC  = 4
	headerCRC1 = 120 // the header checksum covers 0-119 and 128-511
)

// Chunk reads the chunk in buf, which began at the given offset of its file,
// and calls yield for each record until yield returns false. A buf shorter
// than [ChunkSize] is the cut end of a file. The record and all it points to
// are valid during the call of yield only. Nothing in buf makes Chunk fail: it
// reads what can be read and reports the rest. A panic of yield is not touched.
func (d *Decoder) Chunk(buf []byte, offset int64, yield func(*Record) bool) (rep ChunkReport) {
	if len(buf) > ChunkSize {
		buf = buf[:ChunkSize]
	}
	rep.Offset, rep.Size = offset, len(buf)
	d.stopped, d.yielding = false, false
	defer func() {
		if d.yielding {
			return // the caller's own panic goes on
		}
		if r := recover(); r != nil {
			rep.internalError()
		}
	}()
	if allZero(buf) {
		rep.Empty = len(buf)
		return rep
	}
	d.begin(buf, offset, &rep)
	w := chunkWalk{d: d, rep: &rep, yield: yield, size: len(buf)}
	w.run()
	return rep
}

// A chunkWalk is the state of reading one chunk.
type chunkWalk struct {
	d         *Decoder
	rep       *ChunkReport
	yield     func(*Record) bool
	size      int // bytes that are really there
	head      chunkHeader
	recovered bool
	last      uint64 // id of the record before
	any       bool
}

func (w *chunkWalk) run() {
	c := w.d.c
	if string(c[:8]) != chunkMagic || w.size < chunkHeaderSize {
		w.rep.BadMagic = true
		w.skip(BadMagic, 0, w.size)
		if w.lost() {
			w.rep.Damaged++
		}
		w.carve(0, w.size)
		return
	}
	w.header()
	w.rep.Header = chunkHeaderSize
	w.rep.Truncated = w.size < ChunkSize
	end := chunkHeaderSize
	if w.head.lastID != unusedID {
		end = w.live()
	}
	if w.rep.Truncated { // told last: damage is listed by offset
		w.damage(Truncated, w.size, 0, 0)
	}
	w.rest(end)
}

// lost reports whether a chunk without signature has a record in it: then
// something was lost, and not only a block of junk met.
func (w *chunkWalk) lost() bool {
	for p := 0; p+recordOverhead <= w.size; p += 8 {
		if w.d.plausible(p, w.size) {
			return true
		}
	}
	return false
}

// rest accounts for what follows the live records, and carves it.
func (w *chunkWalk) rest(from int) {
	if from >= w.size {
		return
	}
	if w.d.stopped {
		w.rep.Unread = w.size - from
		return
	}
	w.rep.Slack = w.size - from
	w.carve(from, w.size)
}

func (w *chunkWalk) header() {
	c := w.d.c
	w.head = chunkHeader{u64(c, 24), u64(c, 32), int(u32(c, 48)), u32(c, 120)}
	w.rep.HeaderFirstID, w.rep.HeaderLastID = w.head.firstID, w.head.lastID
	if w.head.flags&flagNoCRC != 0 {
		w.rep.NoCRC = true
		return
	}
	sum := crc32.ChecksumIEEE(c[:headerCRC1])
	if crc32.Update(sum, crc32.IEEETable, c[128:chunkHeaderSize]) != u32(c, 124) {
		w.damage(HeaderCRC, 0, chunkHeaderSize, 0)
	}
	if free := w.head.free; free >= chunkHeaderSize && free <= ChunkSize {
		if crc32.ChecksumIEEE(c[chunkHeaderSize:free]) != u32(c, 52) {
			w.damage(DataCRC, chunkHeaderSize, max(0, min(free, w.size)-chunkHeaderSize), 0)
		}
	}
}

// damage notes damage at an offset of the chunk, without skipping anything.
func (w *chunkWalk) damage(class Class, at, n int, id uint64) {
	w.rep.add(Damage{w.rep.Offset + int64(at), int64(n), class, id})
}

// skip notes damage whose bytes were not read.
func (w *chunkWalk) skip(class Class, at, n int) {
	w.rep.Skipped += n
	w.damage(class, at, n, 0)
}

// live walks the records up to the free space and returns where it ended.
func (w *chunkWalk) live() int {
	limit, known := w.size, false
	if free := w.head.free; free >= chunkHeaderSize && free <= ChunkSize {
		limit, known = min(free, w.size), true
	}
	pos := chunkHeaderSize
	for pos < limit && !w.d.stopped {
		n := recordSize(w.d.c, pos, limit)
		if n == 0 {
			if !known && !isRecord(w.d.c, pos) {
				break
			}
			pos = w.resync(RecordSize, pos, limit)
			continue
		}
		pos = w.one(pos, n, limit)
	}
	return pos
}

// recordSize returns the size of a well-framed record at pos, else 0.
func recordSize(c []byte, pos, limit int) int {
	if !isRecord(c, pos) {
		return 0
	}
	n := u32(c, pos+4)
	if n < recordOverhead || n > uint32(limit-pos) {
		return 0
	}
	return int(n)
}

// one reads one framed record and returns where the next begins.
func (w *chunkWalk) one(pos, n, limit int) int {
	d := w.d
	d.warn = 0
	torn := u32(d.c, pos+n-4) != uint32(n)
	if torn {
		d.warn |= WarnSizeCopy
	}
	class := d.decode(pos, n)
	if class != NoDamage {
		w.rep.Damaged++
		d.left.attempts -= n
		if torn {
			return w.resync(class, pos, limit)
		}
		w.rep.Skipped += n
		w.damage(class, pos, n, u64(d.c, pos+8))
		return pos + n
	}
	if torn {
		w.damage(SizeCopy, pos, n, d.rec.ID)
	}
	w.rep.Live += n
	w.deliver()
	return pos + n
}

func (w *chunkWalk) deliver() {
	r := &w.d.rec
	r.Recovered, r.Carved = w.recovered, false
	w.sequence(r.ID)
	w.rep.Records++
	if w.recovered {
		w.rep.Recovered++
	}
	if w.d.Carve {
		w.d.seen[r.Key()] = struct{}{}
	}
	w.hand(r)
}

// hand gives a record to the caller.
func (w *chunkWalk) hand(r *Record) {
	w.d.yielding = true
	more := w.yield(r)
	w.d.yielding = false
	if !more {
		w.d.stopped = true
	}
}

// sequence compares the id with the record's before.
func (w *chunkWalk) sequence(id uint64) {
	if !w.any {
		w.any = true
		w.rep.FirstID = id
	} else if id == w.last {
		w.damage(DuplicateID, w.d.rec.at, 0, id)
	} else if id > w.last+1 {
		w.damage(IDGap, w.d.rec.at, 0, id)
	}
	w.last, w.rep.LastID = id, id
}

// resync looks for the next plausible record behind damage at pos.
func (w *chunkWalk) resync(class Class, pos, limit int) int {
	if class == RecordSize {
		w.rep.Damaged++
		if w.rep.Truncated && isRecord(w.d.c, pos) {
			class = Truncated
		}
	}
	next := limit
	if w.d.left.attempts >= 0 {
		for p := (pos + 8) &^ 7; p < limit; p += 8 {
			if w.d.plausible(p, limit) {
				next = p
				break
			}
		}
	}
	w.recovered = true
	w.skip(class, pos, next-pos)
	return next
}

// plausible reports whether bytes at pos look like a whole record.
func (d *Decoder) plausible(pos, limit int) bool {
	n := recordSize(d.c, pos, limit)
	if n < recordOverhead+4 || n%8 != 0 || u32(d.c, pos+n-4) != uint32(n) {
		return false
	}
	latest := d.Latest
	if latest == 0 {
		latest = year2100
	}
	if t := Filetime(u64(d.c, pos+16)); t < year2001 || t > latest {
		return false
	}
	start := u32(d.c, pos+24)
	return start == 0x0001010f || start&0xff == tokInstance || start&0xff == tokPITarget
}

const (
	year2001 Filetime = 126_227_808_000_000_000
	year2100 Filetime = 157_469_184_000_000_000
)

// carve searches bytes that no live record owns.
func (w *chunkWalk) carve(from, to int) {
	d := w.d
	if !d.Carve || d.stopped {
		return
	}
	d.strict = true
	for p := (from + 7) &^ 7; p < to && !d.stopped; p += 8 {
		if u32(d.c, p) != 0x2a2a || !d.plausible(p, to) {
			continue
		}
		w.rep.Candidates++
		p += w.carveOne(p) &^ 7
	}
}

// carveOne tries one candidate and returns how far to move on beyond the
// usual step.
func (w *chunkWalk) carveOne(pos int) int {
	d := w.d
	n := int(u32(d.c, pos+4))
	d.warn = 0
	if d.left.attempts < 0 {
		return 0
	}
	if d.decode(pos, n) != NoDamage || d.warn&WarnForeign != 0 && !d.filled(pos+n-4) {
		d.left.attempts -= n
		w.rep.Lost++
		return 0
	}
	r := &d.rec
	r.Recovered, r.Carved = true, true
	if id, ok := r.eventRecordID(); !ok || id != r.ID {
		r.Warnings |= WarnWeak
	}
	if _, dup := d.seen[r.Key()]; dup {
		w.rep.Duplicates++
		return n - 8
	}
	d.seen[r.Key()] = struct{}{}
	w.rep.Carved++
	w.hand(r)
	return n - 8
}

// filled reports whether the values of the outermost instance reach the end of
// the record but for EOF and padding.
func (d *Decoder) filled(end int) bool {
	last := 0
	for i := range d.slots {
		last = max(last, d.slots[i].off()+d.slots[i].size())
	}
	return end-last <= 8
}

// decode reads the record at pos, n bytes long, into d.rec.
func (d *Decoder) decode(pos, n int) Class {
	d.slots, d.insts = d.slots[:0], d.insts[:0]
	if class := d.payload(pos+24, pos+n-4, -1, 0); class != NoDamage {
		return class
	}
	l, class := d.layout()
	if class != NoDamage {
		return class
	}
	r := &d.rec
	r.ID = u64(d.c, pos+8)
	r.Written = Filetime(u64(d.c, pos+16))
	r.Offset = d.origin + int64(pos)
	r.at, r.size = pos, n
	r.Warnings = d.warn
	r.layout, r.cut = l, false
	r.values = r.values[:0]
	r.haveValues = false
	return NoDamage
}
