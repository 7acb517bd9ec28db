package evtx

// Budgets of one chunk. Honest chunks stay far below: their definitions do not
// overlap, so these add up to less than the chunk.
const (
	budgetDefinitions = 2 * ChunkSize
	budgetNodes       = 1 << 17
	budgetAttempts    = 8 * ChunkSize // bytes of records that were tried and failed
	budgetValues      = 1 << 18
	budgetOutput      = 8 << 20
	maxOutput         = 4 << 20 // bytes that one record may render to
	maxRecordValues   = 1 << 15
	maxLayoutNodes    = 1 << 15
)

// A Decoder reads chunks. It belongs to one goroutine and reuses its memory:
// after the first chunks it allocates nothing per record.
type Decoder struct {
	// Carve asks for what is left of deleted records, in slack and in chunks
	// without a signature. Such records have Carved set and deserve little
	// trust.
	Carve bool
	// Foreign, when set, lends templates to carved records whose own
	// definition is overwritten. To have results that do not depend on the
	// order of the work, fill a store by reading everything once, and carve
	// in a second pass.
	Foreign *Store
	// Latest is the newest plausible time of a carved record; zero means the
	// year 2100.
	Latest Filetime
	// Modern selects the JSON of recent versions of evtx_dump (0.15): GUIDs as
	// Windows writes them and seven digits of the second. The default is the
	// older form, which Sigma's regression data has.
	Modern bool

	store    *Store
	c        []byte // the chunk, always ChunkSize long
	origin   int64  // of the chunk in the file
	padded   []byte // for a cut last chunk
	report   *ChunkReport
	strict   bool // reading leftovers: names must prove themselves
	stopped  bool
	yielding bool // within the caller's function

	defs    [4096]defEntry
	gen     uint32
	layouts [1024]usedLayout
	memos   [256]*jsonMemo
	slots   []slot
	insts   []instance
	walk    walker
	warn    Warnings
	rec     Record
	seen    map[RecordKey]struct{}
	left    budgets
	strings interner
	clock   clockCache
	sid     sidCache
	ends    []int   // for jsonMemo
	grouped []Value // for flat JSON
}

type budgets struct{ defs, nodes, attempts, values, output int }

// A usedLayout is a layout and the chunk it was last used in.
type usedLayout struct {
	layout *Layout
	gen    uint32
}

// defEntry remembers what stands at an offset of the current chunk.
type defEntry struct {
	gen   uint32
	off   uint32
	short uint32
	class Class
	prog  *program
}

// NewDecoder makes a decoder that shares compiled templates through store.
func NewDecoder(store *Store) *Decoder {
	d := &Decoder{store: store, seen: make(map[RecordKey]struct{})}
	d.rec.d = d
	return d
}

// begin prepares for a chunk.
func (d *Decoder) begin(buf []byte, origin int64, report *ChunkReport) {
	if d.gen++; d.gen == 0 {
		d.defs = [4096]defEntry{}
		d.gen = 1
	}
	if len(buf) < ChunkSize {
		if d.padded == nil {
			d.padded = make([]byte, ChunkSize)
		}
		n := copy(d.padded, buf)
		clear(d.padded[n:])
		buf = d.padded
	}
	d.c = buf[:ChunkSize:ChunkSize]
	d.origin, d.report = origin, report
	d.strict, d.stopped = false, false
	d.left = budgets{budgetDefinitions, budgetNodes, budgetAttempts, budgetValues, budgetOutput}
	if len(d.seen) > 0 {
		clear(d.seen)
	}
}

// program finds the program of an instance's definition.
func (d *Decoder) program(h *instanceHead) (*program, Class) {
	if uint(h.def) >= ChunkSize {
		return d.foreign(h, NoTemplate)
	}
	e := d.defEntry(uint32(h.def))
	if e.gen != d.gen || e.off != uint32(h.def) {
		*e = defEntry{gen: d.gen, off: uint32(h.def)}
		e.prog, e.short, e.class = d.load(h.def)
	}
	if e.prog == nil || e.short != h.shortID {
		return d.foreign(h, max(e.class, NoTemplate))
	}
	if e.prog.weak {
		if p, class := d.foreign(h, NoTemplate); class == NoDamage {
			return p, NoDamage
		}
		d.warn |= WarnNames
	}
	return e.prog, NoDamage
}

// defEntry returns the entry for an offset: its own, or a free one. A chunk
// has room for fewer instances than the table has entries, so it never fills.
func (d *Decoder) defEntry(off uint32) *defEntry {
	i := off * 0x9e3779b1 >> 20
	for range len(d.defs) {
		e := &d.defs[i]
		if e.gen != d.gen || e.off == off {
			return e
		}
		i = (i + 1) & uint32(len(d.defs)-1)
	}
	return &d.defs[off&uint32(len(d.defs)-1)]
}

// load recognises or compiles the definition at off.
func (d *Decoder) load(off int) (*program, uint32, Class) {
	def, ok := definitionAt(d.c, off)
	if !ok {
		return nil, 0, NoTemplate
	}
	short := u32(def.guid[:], 0)
	if d.left.defs -= def.size; d.left.defs < 0 {
		return nil, short, OverBudget
	}
	if p := d.store.find(d.c, def); p != nil {
		return p, short, NoDamage
	}
	p, class := compile(d.c, def, d.strict)
	if class != NoDamage {
		return nil, short, class
	}
	if p.weak {
		return d.store.number(p), short, NoDamage
	}
	return d.store.add(d.c, def, p), short, NoDamage
}

// foreign looks for a carved record's template outside of its chunk. The
// number of values has to fit, and the values have to fill the bytes.
func (d *Decoder) foreign(h *instanceHead, class Class) (*program, Class) {
	if !d.strict || d.Foreign == nil {
		return nil, class
	}
	for _, p := range d.Foreign.byShortID(h.shortID) {
		if h.count >= p.slots && h.count <= p.slots+7 {
			d.warn |= WarnForeign
			return p, NoDamage
		}
	}
	return nil, class
}

// positional stands in for the lost template of a nested document in a carved
// record: its values become unnamed Data. They have to fill the document.
func (d *Decoder) positional(h *instanceHead, end int, class Class) (*program, Class) {
	if rest := end - h.valuesEnd(d.c); rest < 0 || rest > 8 {
		return nil, class
	}
	skel := codeString(nil, skelElem, "EventData")
	skel = append(skel, skelContent)
	for range h.count {
		skel = codeString(skel, skelElem, "Data")
		skel = append(skel, skelContent, skelSlot, skelEnd)
	}
	d.warn |= WarnNames
	return d.literalProgram(append(skel, skelEnd))
}

// literalProgram finds the program of a literal document.
func (d *Decoder) literalProgram(skeleton []byte) (*program, Class) {
	if d.left.nodes -= len(skeleton) / 16; d.left.nodes < 0 {
		return nil, OverBudget
	}
	return d.store.findLiteral(skeleton), NoDamage
}

// layout finds the layout of the current record's instances.
func (d *Decoder) layout() (*Layout, Class) {
	h := uint32(0)
	for i := range d.insts {
		in := &d.insts[i]
		h = (h ^ in.prog.id ^ uint32(in.count)<<20 ^ uint32(in.parent)<<10) * 0x9e3779b1
	}
	e := &d.layouts[h>>22]
	known := e.layout != nil && e.layout.is(d.insts)
	if known && e.gen == d.gen {
		return e.layout, NoDamage
	}
	// Each chunk pays for the layouts it uses, known or not: what a decoder has
	// read before must not decide what a chunk gives.
	if d.left.nodes < 0 {
		return nil, OverBudget
	}
	if !known {
		e.layout = d.store.layout(d.insts)
	}
	e.gen = d.gen
	d.left.nodes -= e.layout.cost
	return e.layout, NoDamage
}
