package evtx

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"unicode/utf16"
)

// errWchunkFull says that a record does not fit behind the others.
var errWchunkFull = errors.New("record does not fit into a 64 KiB chunk")

// wchunk builds one chunk. Names and template definitions are written where
// they are first used and referred to by their offset afterwards, so every
// chunk can be read without the others.
type wchunk struct {
	buf       []byte // starts with room for the 512-byte chunk header
	names     map[string]uint32
	templates map[string]uint32
	tables    wtables
	records   int
	firstNum  uint64
	firstID   uint64
	lastID    uint64
	lastAt    int
	// journal of what the record being written added, for undo.
	newNames     []string
	newTemplates []string
}

// wtables are the two hash tables of the chunk header: heads of chains of
// names and of template definitions. Entries are put in front of their chain.
type wtables struct {
	names     [64]uint32
	templates [32]uint32
}

func newWchunk() *wchunk {
	return &wchunk{
		buf:       make([]byte, wChunkBlock, wChunkSize),
		names:     map[string]uint32{},
		templates: map[string]uint32{},
	}
}

// add appends one record or, when it fails, leaves the chunk as it was.
func (c *wchunk) add(e Entry, doc wdocument, number uint64) error {
	start, tables := len(c.buf), c.tables
	c.newNames, c.newTemplates = c.newNames[:0], c.newTemplates[:0]
	err := c.record(e, doc)
	if err == nil && len(c.buf) >= wChunkSize { // some readers miss a record that ends the chunk
		err = errWchunkFull
	}
	if err != nil {
		c.undo(start, tables)
		return err
	}
	if c.records == 0 {
		c.firstNum, c.firstID, c.lastID = number, e.RecordID, e.RecordID
	}
	c.firstID = min(c.firstID, e.RecordID)
	c.lastID = max(c.lastID, e.RecordID)
	c.lastAt = start
	c.records++
	return nil
}

func (c *wchunk) undo(start int, tables wtables) {
	c.buf, c.tables = c.buf[:start], tables
	for _, n := range c.newNames {
		delete(c.names, n)
	}
	for _, t := range c.newTemplates {
		delete(c.templates, t)
	}
}

// record writes the record frame around the document. Windows pads records to
// a multiple of eight bytes and repeats the size at the end.
func (c *wchunk) record(e Entry, doc wdocument) error {
	start := len(c.buf)
	c.u32(0x2a2a)
	c.u32(0)
	c.u64(e.RecordID)
	written := e.Written
	if written.IsZero() {
		written = e.Time
	}
	ft, err := wfiletime(written)
	if err != nil {
		return err
	}
	c.u64(ft)
	if err := (&wencoder{c: c}).document(doc); err != nil {
		return err
	}
	for (len(c.buf)-start+4)%8 != 0 {
		c.buf = append(c.buf, 0)
	}
	size := len(c.buf) - start + 4
	c.u32(uint32(size))
	binary.LittleEndian.PutUint32(c.buf[start+4:], uint32(size))
	return nil
}

// finish fills in the chunk header and returns the 64 KiB.
func (c *wchunk) finish() []byte {
	free := len(c.buf)
	b := append(c.buf, make([]byte, wChunkSize-free)...)
	le := binary.LittleEndian
	copy(b, "ElfChnk\x00")
	last := c.firstNum + uint64(c.records) - 1
	if c.records == 0 { // allocated but empty
		c.firstNum, last = 1, math.MaxUint64
		c.firstID, c.lastID = math.MaxUint64, math.MaxUint64
	}
	le.PutUint64(b[8:], c.firstNum)
	le.PutUint64(b[16:], last)
	le.PutUint64(b[24:], c.firstID)
	le.PutUint64(b[32:], c.lastID)
	le.PutUint32(b[40:], wHeaderSize)
	le.PutUint32(b[44:], uint32(c.lastAt))
	le.PutUint32(b[48:], uint32(free))
	le.PutUint32(b[52:], crc32.ChecksumIEEE(b[wChunkBlock:free]))
	le.PutUint32(b[120:], 1)
	for i, v := range c.tables.names {
		le.PutUint32(b[128+4*i:], v)
	}
	for i, v := range c.tables.templates {
		le.PutUint32(b[384+4*i:], v)
	}
	sum := crc32.ChecksumIEEE(b[:120])
	le.PutUint32(b[124:], crc32.Update(sum, crc32.IEEETable, b[128:wChunkBlock]))
	return b
}

func (c *wchunk) u8(v ...byte) { c.buf = append(c.buf, v...) }
func (c *wchunk) u16(v uint16) { c.buf = binary.LittleEndian.AppendUint16(c.buf, v) }
func (c *wchunk) u32(v uint32) { c.buf = binary.LittleEndian.AppendUint32(c.buf, v) }
func (c *wchunk) u64(v uint64) { c.buf = binary.LittleEndian.AppendUint64(c.buf, v) }

// patch stores at offset at how many bytes were written since after.
func (c *wchunk) patch(at, after int) {
	binary.LittleEndian.PutUint32(c.buf[at:], uint32(len(c.buf)-after))
}

// name writes a reference to an element or attribute name, and behind it the
// name itself when this chunk has not seen it yet.
func (c *wchunk) name(s string) {
	if at, ok := c.names[s]; ok {
		c.u32(at)
		return
	}
	units := utf16.Encode([]rune(s))
	at := uint32(len(c.buf) + 4)
	h := whash(units)
	c.u32(at)
	c.u32(c.tables.names[h%64])
	c.u16(h)
	c.u16(uint16(len(units)))
	for _, u := range units {
		c.u16(u)
	}
	c.u16(0)
	c.tables.names[h%64] = at
	c.names[s] = at
	c.newNames = append(c.newNames, s)
}

// whash is the hash of the name table: the low half of a multiplicative hash
// over UTF-16 units.
func whash(units []uint16) uint16 {
	var h uint32
	for _, u := range units {
		h = h*65599 + uint32(u)
	}
	return uint16(h)
}
