package evtx

// A slot is the place of one value in the chunk: offset, size and type in one
// word, low bits first.
type slot uint64

func makeSlot(off, size int, typ Type) slot {
	return slot(uint32(off)) | slot(uint16(size))<<32 | slot(typ)<<48
}

func (s slot) off() int            { return int(uint32(s)) }
func (s slot) size() int           { return int(uint16(s >> 32)) }
func (s slot) typ() Type           { return Type(s >> 48) }
func (s slot) raw(c []byte) []byte { return c[s.off() : s.off()+s.size()] }

// An instance is one use of a program within a record: its values are the
// slots base to base+count.
type instance struct {
	prog   *program
	base   int32
	count  int32
	parent int32 // slot that holds the instance, -1 for the record itself
}

// An instanceHead is what stands between an instance's token and its values.
type instanceHead struct {
	shortID uint32
	def     int  // offset of the definition
	inline  bool // the definition stands here
	count   int
	specs   int // offset of the first value descriptor
}

// readInstance reads the head at p, just behind the token.
func readInstance(c []byte, p, end int) (h instanceHead, class Class) {
	if p+13 > end {
		return h, ValueSpec
	}
	h.shortID = u32(c, p+1)
	h.def = int(u32(c, p+5))
	p += 9
	if h.def == p {
		if p+definitionHeader > end {
			return h, TemplateParse
		}
		size := int(u32(c, p+20))
		if size > end-p-definitionHeader {
			return h, TemplateParse
		}
		h.inline = true
		p += definitionHeader + size
	}
	if p+4 > end {
		return h, ValueSpec
	}
	n := u32(c, p)
	p += 4
	if n > maxValues || int(n)*4 > end-p {
		return h, ValueSpec
	}
	h.count, h.specs = int(n), p
	return h, NoDamage
}

// valuesEnd adds up the sizes of the values.
func (h *instanceHead) valuesEnd(c []byte) int {
	end := h.specs + 4*h.count
	for i := range h.count {
		end += int(u16(c, h.specs+4*i))
	}
	return end
}

// payload reads a record's document or a nested one: any number of fragments,
// ended by EOF or the end of the bytes. It appends to d.slots and d.insts.
func (d *Decoder) payload(p, end int, parent int32, depth int) Class {
	if depth > maxInstances {
		return TooDeep
	}
	found := false
	for p < end {
		tok := d.c[p]
		var class Class
		switch tok &^ moreBit {
		case tokFragment:
			p += 4
			continue
		case tokInstance:
			p, class = d.instance(p+1, end, parent, depth)
		case tokOpen, tokPITarget:
			p, class = d.literal(p, end, parent, depth)
		case tokEOF:
			d.padding(p+1, end, depth)
			return d.finished(found || depth > 0) // a nested document may be empty
		default:
			if !found {
				return BadToken
			}
			d.warn |= WarnTrailer
			return NoDamage
		}
		if class != NoDamage {
			return class
		}
		found = true
	}
	return d.finished(found)
}

func (d *Decoder) finished(found bool) Class {
	if !found {
		return BadToken
	}
	return NoDamage
}

// padding looks at what follows a document's EOF: at most a few zeroes.
func (d *Decoder) padding(p, end, depth int) {
	if depth == 0 && end-p > 7 && !allZero(d.c[p:end]) {
		d.warn |= WarnTrailer
	}
}

// instance reads a template instance from behind its token and returns the end
// of its values.
func (d *Decoder) instance(p, end int, parent int32, depth int) (int, Class) {
	h, class := readInstance(d.c, p, end)
	if class != NoDamage {
		return p, class
	}
	prog, class := d.program(&h)
	if class != NoDamage && d.strict && depth > 0 {
		prog, class = d.positional(&h, end, class)
	}
	if class != NoDamage {
		return p, class
	}
	base := len(d.slots)
	next, nested, class := d.values(&h, end)
	if class != NoDamage {
		return p, class
	}
	if h.count < prog.slots {
		d.warn |= WarnFewValues
	}
	d.insts = append(d.insts, instance{prog, int32(base), int32(h.count), parent})
	if nested {
		class = d.nested(base, base+h.count, depth)
	}
	return next, class
}

// values reads the descriptors and lays out the slots.
func (d *Decoder) values(h *instanceHead, end int) (next int, nested bool, class Class) {
	v := h.specs + 4*h.count
	base := len(d.slots)
	d.slots = growSlots(d.slots, h.count)
	slots := d.slots[base:]
	specs := d.c[h.specs:v]
	odd := uint32(0)
	for i := range slots {
		if len(specs) < 4 {
			break // never: one descriptor per slot
		}
		spec := u32(specs, 0) & 0xffffff
		specs = specs[4:]
		slots[i] = slot(spec)<<32 | slot(uint32(v))
		v += int(uint16(spec))
		w := widths[spec>>16]
		odd |= (spec ^ w) & (w >> 16)
		if spec>>16 == uint32(TypeBinXML) {
			nested = true
		}
	}
	if odd != 0 {
		d.warn |= WarnValueWidth
	}
	if v > end {
		return v, false, ValueSpec
	}
	return v, nested, NoDamage
}

func growSlots(s []slot, n int) []slot {
	if len(s)+n <= cap(s) {
		return s[:len(s)+n]
	}
	return append(s, make([]slot, n)...)
}

// nested descends into the slots that hold documents.
func (d *Decoder) nested(from, to, depth int) Class {
	for i := from; i < to; i++ {
		s := d.slots[i]
		if s.typ() != TypeBinXML || s.size() == 0 {
			continue
		}
		if class := d.payload(s.off(), s.off()+s.size(), int32(i), depth+1); class != NoDamage {
			return class
		}
	}
	return NoDamage
}

// literal reads an element (or instruction) that stands in the record itself.
func (d *Decoder) literal(p, end int, parent int32, depth int) (int, Class) {
	base := len(d.slots)
	d.walk = walker{c: d.c, p: p + 1, end: end, skel: d.walk.skel[:0], slots: d.slots}
	w := &d.walk
	if tok := d.c[p]; tok&^moreBit == tokPITarget {
		w.instruction()
	} else {
		w.element(tok)
	}
	d.slots = w.slots
	if w.err != NoDamage {
		return p, w.err
	}
	next := w.p
	prog, class := d.literalProgram(w.skel)
	if class != NoDamage {
		return p, class
	}
	d.insts = append(d.insts, instance{prog, int32(base), int32(len(d.slots) - base), parent})
	return next, d.nested(base, len(d.slots), depth)
}
