package evtx_test

import (
	"encoding/binary"
	"hash/crc32"
	"unicode/utf16"

	"tyto/evtx"
)

// A chunkBuilder puts binary XML together byte by byte, right or wrong as the
// test wants it. Element sizes are left zero: readers must not need them.
type chunkBuilder struct {
	b     []byte
	names map[string]int
	id    uint64
	last  int
}

func newChunk() *chunkBuilder {
	return &chunkBuilder{b: make([]byte, 512, evtx.ChunkSize), names: map[string]int{}}
}

func utf16le(s string) (out []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

func (c *chunkBuilder) raw(b ...byte) *chunkBuilder { c.b = append(c.b, b...); return c }
func (c *chunkBuilder) u16(v int) *chunkBuilder {
	c.b = binary.LittleEndian.AppendUint16(c.b, uint16(v))
	return c
}
func (c *chunkBuilder) u32(v int) *chunkBuilder {
	c.b = binary.LittleEndian.AppendUint32(c.b, uint32(v))
	return c
}

// counted writes a string with its length in units.
func (c *chunkBuilder) counted(s string) *chunkBuilder {
	u := utf16le(s)
	return c.u16(len(u) / 2).raw(u...)
}

// name writes a name reference, inline at its first use.
func (c *chunkBuilder) name(s string) *chunkBuilder {
	if at, ok := c.names[s]; ok {
		return c.u32(at)
	}
	at := len(c.b) + 4
	c.names[s] = at
	h := uint32(0)
	for _, u := range utf16.Encode([]rune(s)) {
		h = h*65599 + uint32(u)
	}
	return c.u32(at).u32(0).u16(int(h & 0xffff)).counted(s).u16(0)
}

// open begins an element; dep < -1 means a literal one, without that field.
func (c *chunkBuilder) open(name string, dep int, attrs bool) *chunkBuilder {
	c.raw(0x01 | map[bool]byte{true: 0x40}[attrs])
	if dep >= -1 {
		c.u16(dep)
	}
	c.u32(0).name(name)
	if attrs {
		c.u32(0)
	}
	return c
}

func (c *chunkBuilder) attr(name string) *chunkBuilder { return c.raw(0x06).name(name) }
func (c *chunkBuilder) text(s string) *chunkBuilder    { return c.raw(0x05, 0x01).counted(s) }
func (c *chunkBuilder) content() *chunkBuilder         { return c.raw(0x02) }
func (c *chunkBuilder) empty() *chunkBuilder           { return c.raw(0x03) }
func (c *chunkBuilder) end() *chunkBuilder             { return c.raw(0x04) }
func (c *chunkBuilder) subst(id int, typ evtx.Type) *chunkBuilder {
	return c.raw(0x0d).u16(id).raw(byte(typ))
}
func (c *chunkBuilder) optional(id int, typ evtx.Type) *chunkBuilder {
	return c.raw(0x0e).u16(id).raw(byte(typ))
}

// leaf writes an element that holds one optional value.
func (c *chunkBuilder) leaf(name string, id int, typ evtx.Type) *chunkBuilder {
	return c.open(name, id, false).content().optional(id, typ).end()
}

// record frames what body writes.
func (c *chunkBuilder) record(body func()) *chunkBuilder {
	c.id++
	at := len(c.b)
	c.last = at
	c.raw(0x2a, 0x2a, 0, 0).u32(0)
	c.b = binary.LittleEndian.AppendUint64(c.b, c.id)
	c.b = binary.LittleEndian.AppendUint64(c.b, uint64(evtx.Filetime(131_000_000_000_000_000)))
	c.raw(0x0f, 1, 1, 0)
	body()
	c.raw(0)
	for (len(c.b)-at)%8 != 4 {
		c.raw(0)
	}
	n := len(c.b) + 4 - at
	binary.LittleEndian.PutUint32(c.b[at+4:], uint32(n))
	return c.u32(n)
}

// define writes the head of an instance whose definition is inline, and
// returns the definition's offset.
func (c *chunkBuilder) define(short int, body func()) int {
	c.raw(0x0c, 1).u32(short)
	at := len(c.b) + 4
	c.u32(at).u32(0).u32(short).raw(make([]byte, 12)...)
	size := len(c.b)
	c.u32(0).raw(0x0f, 1, 1, 0)
	body()
	c.raw(0)
	binary.LittleEndian.PutUint32(c.b[size:], uint32(len(c.b)-size-4))
	return at
}

// refer writes the head of an instance of an earlier definition.
func (c *chunkBuilder) refer(short, at int) { c.raw(0x0c, 1).u32(short).u32(at) }

// A val is a typed value of an instance.
type val struct {
	typ evtx.Type
	b   []byte
}

func str(s string) val { return val{evtx.TypeString, utf16le(s)} }

// values writes the descriptors and values of an instance.
func (c *chunkBuilder) values(vs ...val) *chunkBuilder {
	c.u32(len(vs))
	for _, v := range vs {
		c.u16(len(v.b)).raw(byte(v.typ), 0)
	}
	for _, v := range vs {
		c.raw(v.b...)
	}
	return c
}

// bytes closes the chunk: header, checksums, zeroes to the end.
func (c *chunkBuilder) bytes() []byte {
	free := len(c.b)
	b := make([]byte, evtx.ChunkSize)
	copy(b, c.b)
	copy(b, "ElfChnk\x00")
	le := binary.LittleEndian
	le.PutUint64(b[8:], 1)
	le.PutUint64(b[16:], c.id)
	le.PutUint64(b[24:], 1)
	le.PutUint64(b[32:], c.id)
	le.PutUint32(b[40:], 128)
	le.PutUint32(b[44:], uint32(c.last))
	le.PutUint32(b[48:], uint32(free))
	le.PutUint32(b[52:], crc32.ChecksumIEEE(b[512:free]))
	le.PutUint32(b[120:], 1)
	sum := crc32.ChecksumIEEE(b[:120])
	le.PutUint32(b[124:], crc32.Update(sum, crc32.IEEETable, b[128:512]))
	return b
}

const sampleShort = 0x11223344

// sampleEvent writes a template with a System part, named, unnamed and
// complex data, and returns its offset.
func (c *chunkBuilder) sampleEvent() int {
	return c.define(sampleShort, func() {
		c.open("Event", -1, true).attr("xmlns").text("http://schemas.microsoft.com/win/2004/08/events/event").content()
		c.open("System", -1, false).content()
		c.open("Provider", -1, true).attr("Name").text("Tyto-Test").empty()
		c.open("EventID", -1, true).attr("Qualifiers").optional(1, evtx.TypeUint16).content().subst(0, evtx.TypeUint16).end()
		c.open("TimeCreated", -1, true).attr("SystemTime").subst(2, evtx.TypeFiletime).empty()
		c.leaf("EventRecordID", 3, evtx.TypeUint64)
		c.leaf("Channel", 4, evtx.TypeString)
		c.leaf("Computer", 5, evtx.TypeString)
		c.end()
		c.open("EventData", -1, false).content()
		c.open("Data", -1, true).attr("Name").text("CommandLine").content().subst(6, evtx.TypeString).end()
		c.open("Data", 7, true).attr("Name").text("Odd Name").content().optional(7, evtx.TypeString).end()
		c.open("Data", 8, false).content().optional(8, 0x81).end()
		c.leaf("Binary", 9, evtx.TypeBinary)
		c.end().end()
	})
}

func le64(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }

// sampleValues fills the sample template.
func sampleValues(id uint64, command string, list val) []val {
	return []val{
		{evtx.TypeUint16, []byte{0x10, 0x12}}, // 4624
		{evtx.TypeNull, nil},
		{evtx.TypeFiletime, le64(131_124_751_716_816_408)},
		{evtx.TypeUint64, le64(id)},
		str("Security"), str("HOST-1"), str(command), {evtx.TypeNull, nil}, list,
		{evtx.TypeBinary, []byte{0xca, 0xfe}},
	}
}

// sampleChunk holds n records of the sample template.
func sampleChunk(n int) []byte {
	c := newChunk()
	at := 0
	for i := range n {
		c.record(func() {
			if i == 0 {
				at = c.sampleEvent()
			} else {
				c.refer(sampleShort, at)
			}
			list := val{0x81, utf16le("one\x00\x00two\x00")}
			c.values(sampleValues(uint64(i+1), `C:\a "b" é `+string(rune('a'+i%26)), list)...)
		})
	}
	return c.bytes()
}
