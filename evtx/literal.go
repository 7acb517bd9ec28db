package evtx

import "encoding/binary"

// Documents without templates (forwarded events, some CAPI2 payloads) are read
// as if they had one: the walker writes down the document's skeleton, which is
// everything but its texts, and makes a slot of each text. Equal skeletons
// share one program, so that all that follows need not know the difference.

// Skeleton codes. Names and literals follow as u16 length and UTF-16 bytes.
const (
	skelElem    = 'E' // name
	skelAttr    = 'A' // name
	skelContent = 'C' // the start tag ends, content follows
	skelEnd     = 'X' // the element ends
	skelSlot    = 'T' // the next slot
	skelText    = 'L' // literal
	skelEntity  = 'N' // name
	skelPI      = 'P' // target; an skelPIData may follow
	skelPIData  = 'D' // literal
	skelNest    = 'I' // the next slot, a nested instance
)

// A walker reads one literal document.
type walker struct {
	c      []byte
	p, end int
	skel   []byte
	slots  []slot
	depth  int
	inData bool // within the start tag of an element that its Name attribute names
	inName bool // within that attribute
	err    Class
}

func (w *walker) fail(c Class) bool {
	if w.err == NoDamage {
		w.err = c
	}
	return false
}

func (w *walker) need(n int) bool {
	if n > w.end-w.p {
		return w.fail(BadToken)
	}
	return true
}

// code appends a skeleton code with a counted byte string.
func (w *walker) code(c byte, raw []byte) {
	w.skel = append(w.skel, c, 0, 0)
	binary.LittleEndian.PutUint16(w.skel[len(w.skel)-2:], uint16(len(raw)))
	w.skel = append(w.skel, raw...)
}

// codeString appends a skeleton code with an ASCII string.
func codeString(skel []byte, c byte, s string) []byte {
	skel = append(skel, c, byte(2*len(s)), 0)
	for i := range len(s) {
		skel = append(skel, s[i], 0)
	}
	return skel
}

func (w *walker) name(c byte) ([]byte, bool) {
	ref, next, ok := readName(w.c, w.p, w.end)
	if !ok {
		return nil, w.fail(BadName)
	}
	w.p = next
	w.code(c, ref.raw)
	return ref.raw, true
}

// chars reads a counted string and returns its place.
func (w *walker) chars() (slot, bool) {
	if !w.need(2) {
		return 0, false
	}
	n := 2 * int(u16(w.c, w.p))
	w.p += 2
	if !w.need(n) {
		return 0, false
	}
	w.p += n
	return makeSlot(w.p-n, n, TypeString), true
}

// element walks one element, from behind its token to behind its end. It does
// not recurse, so nesting costs no stack.
func (w *walker) element(tok byte) bool {
	w.depth = 0
	inTag := true
	if !w.open(tok) {
		return false
	}
	for w.err == NoDamage && w.need(1) {
		tok = w.c[w.p]
		w.p++
		switch base := tok &^ moreBit; {
		case inTag && base == tokAttr:
			w.attribute()
		case inTag && base == tokCloseStart:
			inTag, w.inData, w.inName = false, false, false
			w.skel = append(w.skel, skelContent)
		case inTag && base == tokCloseEmpty, !inTag && base == tokEnd:
			inTag, w.inData, w.inName = false, false, false
			w.skel = append(w.skel, skelEnd)
			if w.depth--; w.depth == 0 {
				return true
			}
		case !inTag && base == tokOpen:
			inTag = true
			w.open(tok)
		case !inTag && base == tokInstance:
			w.nest()
		default:
			w.value(base)
		}
	}
	return false
}

func (w *walker) open(tok byte) bool {
	if w.depth++; w.depth > maxDepth {
		return w.fail(TooDeep)
	}
	if !w.need(4) {
		return false
	}
	w.p += 4
	raw, ok := w.name(skelElem)
	if !ok {
		return false
	}
	w.inData = isUTF16(raw, "Data") || isUTF16(raw, "ComplexData")
	if tok&moreBit != 0 && w.need(4) {
		w.p += 4
	}
	return w.err == NoDamage
}

func (w *walker) attribute() {
	raw, ok := w.name(skelAttr)
	w.inName = ok && w.inData && isUTF16(raw, "Name")
}

func (w *walker) value(tok byte) {
	switch tok {
	case tokText:
		if !w.need(1) || w.c[w.p] != byte(TypeString) {
			w.fail(BadToken)
			return
		}
		w.p++
		w.text()
	case tokCDATA:
		w.text()
	case tokCharRef:
		if w.need(2) {
			w.code(skelText, w.c[w.p:w.p+2])
			w.p += 2
		}
	case tokEntityRef:
		w.name(skelEntity)
	case tokPITarget:
		w.instruction()
	default:
		w.fail(BadToken)
	}
}

// text makes a slot, but for a Data's Name: that belongs to the skeleton.
func (w *walker) text() {
	s, ok := w.chars()
	if !ok {
		return
	}
	if w.inName {
		w.code(skelText, s.raw(w.c))
		return
	}
	w.addSlot(skelSlot, s)
}

func (w *walker) addSlot(code byte, s slot) {
	w.skel = append(w.skel, code)
	w.slots = append(w.slots, s)
}

func (w *walker) instruction() {
	if _, ok := w.name(skelPI); !ok {
		return
	}
	if w.p < w.end && w.c[w.p]&^moreBit == tokPIData {
		w.p++
		if s, ok := w.chars(); ok {
			w.code(skelPIData, s.raw(w.c))
		}
	}
}

// nest makes a slot of an instance that stands within the literal; its payload
// begins with the instance's token.
func (w *walker) nest() {
	start := w.p - 1
	head, class := readInstance(w.c, w.p, w.end)
	if class != NoDamage {
		w.fail(class)
		return
	}
	w.p = head.valuesEnd(w.c)
	if w.p > w.end {
		w.fail(ValueSpec)
		return
	}
	w.addSlot(skelNest, makeSlot(start, w.p-start, TypeBinXML))
}

// isUTF16 compares UTF-16 bytes with an ASCII string.
func isUTF16(raw []byte, s string) bool {
	if len(raw) != 2*len(s) {
		return false
	}
	for i := range len(s) {
		if raw[2*i] != s[i] || raw[2*i+1] != 0 {
			return false
		}
	}
	return true
}
