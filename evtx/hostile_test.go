package evtx_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"tyto/evtx"
)

// touch uses everything a record offers.
func touch(t testing.TB) func(*evtx.Record) bool {
	var buf []byte
	return func(r *evtx.Record) bool {
		fields := len(r.Layout().Fields)
		for _, v := range r.Values() {
			if int(v.Field) >= fields {
				t.Fatalf("value of field %d of %d", v.Field, fields)
			}
			buf = r.AppendText(buf[:0], v)
		}
		if buf = r.AppendJSON(buf[:0]); !json.Valid(buf) {
			t.Fatalf("not JSON: %q", buf)
		}
		if buf = r.AppendFlatJSON(buf[:0]); !json.Valid(buf) {
			t.Fatalf("not JSON: %q", buf)
		}
		buf = r.AppendXML(buf[:0])
		_, _, _ = r.EventID(), r.TimeCreated().Time(), r.Keywords()
		_, _, _, _ = r.Channel(), r.Provider(), r.Computer(), r.UserID()
		return true
	}
}

// hostileReader returns a function that reads a chunk with all options on and
// checks what must always hold.
func hostileReader(t testing.TB) func(chunk []byte) evtx.ChunkReport {
	store := evtx.NewStore()
	d := evtx.NewDecoder(store)
	d.Carve, d.Foreign = true, store
	use := touch(t)
	return func(chunk []byte) evtx.ChunkReport {
		rep := d.Chunk(chunk, 0, use)
		checkBooks(t, rep)
		return rep
	}
}

func TestEveryTruncationIsSurvived(t *testing.T) {
	chunk := sampleChunk(3)
	free := int(binary.LittleEndian.Uint32(chunk[48:]))
	read := hostileReader(t)
	for n := range free {
		rep := read(chunk[:n])
		if n >= 512 && !rep.Truncated {
			t.Fatalf("cut at %d: not reported", n)
		}
	}
}

func TestZeroesFromAnywhereAreSurvived(t *testing.T) {
	chunk := sampleChunk(3)
	free := int(binary.LittleEndian.Uint32(chunk[48:]))
	read := hostileReader(t)
	for n := 512; n < free; n++ {
		torn := bytes.Clone(chunk)
		clear(torn[n:])
		rep := read(torn)
		if changed := !bytes.Equal(torn, chunk); changed != (rep.Count(evtx.DataCRC) == 1) {
			t.Fatalf("zeroes from %d: changed %t, report %+v", n, changed, rep)
		}
	}
}

func TestEachSingleByteChangeIsSurvived(t *testing.T) {
	chunk := sampleChunk(2)
	free := int(binary.LittleEndian.Uint32(chunk[48:]))
	read := hostileReader(t)
	for n := range free {
		for _, v := range []byte{0, 0x0c, 0x21, 0x81, 0xff} {
			changed := bytes.Clone(chunk)
			changed[n] = v
			read(changed)
		}
	}
}

func TestRecordsBehindDamageAreRecovered(t *testing.T) {
	chunk := sampleChunk(5)
	second := 512 + int(binary.LittleEndian.Uint32(chunk[516:]))
	for _, size := range []uint32{0, 27, 1 << 31, 0xffffffff} {
		damaged := bytes.Clone(chunk)
		binary.LittleEndian.PutUint32(damaged[second+4:], size)
		got, rep := decode(t, damaged, func(r *evtx.Record) string {
			return map[bool]string{false: "live", true: "recovered"}[r.Recovered]
		})
		if strings.Join(got, " ") != "live recovered recovered recovered" {
			t.Errorf("size %d: %v", size, got)
		}
		if rep.Damaged != 1 || rep.Count(evtx.RecordSize) != 1 || rep.Count(evtx.IDGap) != 1 || rep.Count(evtx.DataCRC) != 1 {
			t.Errorf("size %d: report %+v", size, rep)
		}
	}
}

func TestWrongSizeCopyIsAWarning(t *testing.T) {
	chunk := sampleChunk(2)
	n := int(binary.LittleEndian.Uint32(chunk[516:]))
	chunk[512+n-4] ^= 8
	got, rep := decode(t, chunk, func(r *evtx.Record) string { return r.Warnings.String() })
	if strings.Join(got, "|") != "size-copy|" || rep.Count(evtx.SizeCopy) != 1 {
		t.Errorf("%q %+v", got, rep)
	}
}

func TestSlackIsCarvedOnRequestOnly(t *testing.T) {
	chunk := sampleChunk(4)
	end := 512
	for range 2 {
		end += int(binary.LittleEndian.Uint32(chunk[end+4:]))
	}
	binary.LittleEndian.PutUint32(chunk[48:], uint32(end)) // the last two are slack now
	for _, carve := range []bool{false, true} {
		d := evtx.NewDecoder(evtx.NewStore())
		d.Carve = carve
		got := ""
		rep := d.Chunk(chunk, 0, func(r *evtx.Record) bool {
			got += map[bool]string{false: "l", true: "c"}[r.Carved]
			return true
		})
		checkBooks(t, rep)
		if want := map[bool]string{false: "ll", true: "llcc"}[carve]; got != want {
			t.Errorf("carve %t: %q, want %q", carve, got, want)
		}
	}
}

func TestLostTemplateIsLentByAnotherStore(t *testing.T) {
	whole := sampleChunk(2)
	store := evtx.NewStore()
	evtx.NewDecoder(store).Chunk(whole, 0, func(*evtx.Record) bool { return true })
	first := int(binary.LittleEndian.Uint32(whole[516:]))
	torn := bytes.Clone(whole)
	clear(torn[512 : 512+first])
	binary.LittleEndian.PutUint32(torn[48:], 512)
	for _, foreign := range []*evtx.Store{nil, store} {
		d := evtx.NewDecoder(evtx.NewStore())
		d.Carve, d.Foreign = true, foreign
		got := ""
		rep := d.Chunk(torn, 0, func(r *evtx.Record) bool {
			got = r.Warnings.String() + " " + r.Channel()
			return true
		})
		if want := map[bool]string{true: "foreign-template Security"}[foreign != nil]; got != want {
			t.Errorf("with a store %t: %q, want %q (%+v)", foreign != nil, got, want, rep)
		}
	}
}

// otherChunk holds one record whose template has as many values as the sample,
// under other names.
func otherChunk() []byte {
	c := newChunk()
	c.record(func() {
		c.define(0x55667788, func() {
			c.open("Event", -1, false).content().open("EventData", -1, false).content()
			for i := range 10 {
				c.leaf("Other", i, evtx.TypeString)
			}
			c.end().end()
		})
		c.values(sampleValues(1, "x", val{0x81, nil})...)
	})
	return c.bytes()
}

func TestALentTemplateIsNotTakenForOneOfTheDecodersOwn(t *testing.T) {
	whole := sampleChunk(2)
	lent := evtx.NewStore()
	evtx.NewDecoder(lent).Chunk(whole, 0, func(*evtx.Record) bool { return true })
	first := int(binary.LittleEndian.Uint32(whole[516:]))
	torn := bytes.Clone(whole)
	clear(torn[512 : 512+first])
	binary.LittleEndian.PutUint32(torn[48:], 512)
	d := evtx.NewDecoder(evtx.NewStore())
	d.Carve, d.Foreign = true, lent
	d.Chunk(otherChunk(), 0, func(*evtx.Record) bool { return true }) // its own first template
	got := ""
	d.Chunk(torn, 0, func(r *evtx.Record) bool { got = r.Channel(); return true })
	if got != "Security" {
		t.Errorf("channel %q, want Security: the names of another template", got)
	}
}

// deepChunk nests literal elements n deep.
func deepChunk(n int) []byte {
	c := newChunk()
	c.record(func() {
		for range n {
			c.open("E", -2, false).content()
		}
		for range n {
			c.end()
		}
	})
	return c.bytes()
}

func TestNestingIsLimited(t *testing.T) {
	if rep := hostileReader(t)(deepChunk(100)); rep.Records != 1 {
		t.Errorf("100 deep: %+v", rep)
	}
	if rep := hostileReader(t)(deepChunk(1000)); rep.Records != 0 || rep.Count(evtx.TooDeep) != 1 {
		t.Errorf("1000 deep: %+v", rep)
	}
}

// bombChunk has records that refer to one large value thousands of times.
func bombChunk() []byte {
	c := newChunk()
	at := 0
	for i := range 60 {
		c.record(func() {
			if i == 0 {
				at = c.define(9, func() {
					c.open("Event", -1, false).content()
					for range 4000 {
						c.subst(0, evtx.TypeString)
					}
					c.end()
				})
			} else {
				c.refer(9, at)
			}
			c.values(str(strings.Repeat("A", 300)))
		})
	}
	return c.bytes()
}

// treeBombChunk has a template that refers to one nested document often, which
// refers to another one often.
func treeBombChunk() []byte { return treeBombs(1) }

// treeBombs holds so many of them, each with templates of its own.
func treeBombs(n int) []byte {
	c := newChunk()
	for i := range n {
		c.record(func() { c.treeBomb(100 * (i + 1)) })
	}
	return c.bytes()
}

func (c *chunkBuilder) treeBomb(first int) {
	var nest func(depth int)
	nest = func(depth int) {
		c.define(first+depth, func() {
			c.open("E", -1, false).content()
			for range 60 {
				c.subst(0, evtx.TypeBinXML)
			}
			c.end()
		})
		c.u32(1)
		spec := len(c.b)
		c.u16(0).raw(byte(evtx.TypeBinXML), 0)
		if depth < 8 {
			nest(depth + 1)
		}
		n := len(c.b) - spec - 4
		c.b[spec], c.b[spec+1] = byte(n), byte(n>>8)
	}
	nest(0)
}

func TestAmplificationIsCut(t *testing.T) {
	for name, chunk := range map[string][]byte{"values": bombChunk(), "documents": treeBombChunk()} {
		d := evtx.NewDecoder(evtx.NewStore())
		total := 0
		var warned evtx.Warnings
		rep := d.Chunk(chunk, 0, func(r *evtx.Record) bool {
			total += len(r.AppendJSON(nil)) + len(r.AppendXML(nil))
			r.Values()
			warned |= r.Warnings
			return true
		})
		checkBooks(t, rep)
		if rep.Records == 0 || total > 17<<20 || name == "documents" && warned&evtx.WarnCut == 0 {
			t.Errorf("%s: %d records, %d bytes, warnings %v", name, rep.Records, total, warned)
		}
	}
}

func TestWhatACraftedChunkGivesDoesNotDependOnWhatWasReadBefore(t *testing.T) {
	chunk := treeBombs(23)
	d := evtx.NewDecoder(evtx.NewStore())
	read := func() evtx.ChunkReport { return d.Chunk(chunk, 0, func(*evtx.Record) bool { return true }) }
	first := read()
	if first.Count(evtx.OverBudget) == 0 || first.Records == 0 {
		t.Fatalf("%d records, and none over budget: %+v", first.Records, first)
	}
	if second := read(); !reflect.DeepEqual(first, second) {
		t.Errorf("first %+v\nthen %+v", first, second)
	}
}

func TestPanicOfTheCallerGoesThrough(t *testing.T) {
	defer func() {
		if r := recover(); r != "mine" {
			t.Errorf("recovered %v", r)
		}
	}()
	evtx.NewDecoder(evtx.NewStore()).Chunk(sampleChunk(1), 0, func(*evtx.Record) bool { panic("mine") })
}

func TestDefinitionMayNotHoldAnInstance(t *testing.T) {
	c := newChunk()
	c.record(func() {
		c.define(1, func() { c.open("E", -1, false).content().raw(0x0c, 1).u32(1).u32(512).end() })
		c.values()
	})
	if rep := hostileReader(t)(c.bytes()); rep.Records != 0 || rep.Damaged != 1 {
		t.Errorf("%+v", rep)
	}
}

func TestWrongWidthIsShownInHexadecimal(t *testing.T) {
	c := newChunk()
	c.record(func() {
		c.define(1, func() { c.open("E", -1, false).content().leaf("V", 0, evtx.TypeUint32).end() })
		c.values(val{evtx.TypeUint32, []byte{1, 2, 3}})
	})
	got, _ := decode(t, c.bytes(), func(r *evtx.Record) string { return asJSON(r) + r.Warnings.String() })
	compare(t, got[0], `{"E":{"V":"010203"}}value-width`)
}

func FuzzChunk(f *testing.F) {
	literal := newChunk()
	literal.record(func() { literal.literalEvent("7") })
	for _, chunk := range [][]byte{sampleChunk(1), sampleChunk(12), literal.bytes(), deepChunk(20), treeBombChunk()} {
		free := int(binary.LittleEndian.Uint32(chunk[48:]))
		f.Add(chunk[:min(free+64, len(chunk))])
	}
	f.Fuzz(func(t *testing.T, data []byte) { hostileReader(t)(data) })
}
