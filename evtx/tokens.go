package evtx

// Tokens of binary XML. Bit 0x40 means that more follows.
const (
	tokEOF        = 0x00
	tokOpen       = 0x01
	tokCloseStart = 0x02
	tokCloseEmpty = 0x03
	tokEnd        = 0x04
	tokText       = 0x05
	tokAttr       = 0x06
	tokCDATA      = 0x07
	tokCharRef    = 0x08
	tokEntityRef  = 0x09
	tokPITarget   = 0x0a
	tokPIData     = 0x0b
	tokInstance   = 0x0c
	tokSubst      = 0x0d
	tokOptSubst   = 0x0e
	tokFragment   = 0x0f
	moreBit       = 0x40
)

// Limits on what a document may ask for.
const (
	maxDepth     = 128  // elements in a definition or literal
	maxInstances = 16   // nested template instances
	maxValues    = 8192 // values of one instance
)

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}

// entity returns the text of a named entity, or the reference as written.
func entity(name string) string {
	if s, ok := entities[name]; ok {
		return s
	}
	return "&" + name + ";"
}

// nameAt returns the characters of the name structure at o.
func nameAt(c []byte, o int) ([]byte, bool) {
	if o < chunkHeaderSize || o+8 > len(c) {
		return nil, false
	}
	n := 2 * int(u16(c, o+6))
	if o+8+n > len(c) {
		return nil, false
	}
	return c[o+8 : o+8+n], true
}

// A nameRef is a name reference as it stands in the token stream.
type nameRef struct {
	raw    []byte // UTF-16
	inline int    // bytes of the inline structure, 0 if it stands elsewhere
}

// readName reads the reference at p; next is where reading goes on.
func readName(c []byte, p, end int) (ref nameRef, next int, ok bool) {
	if p+4 > end {
		return ref, p, false
	}
	at := int(u32(c, p))
	next = p + 4
	if ref.raw, ok = nameAt(c, at); !ok {
		return ref, next, false
	}
	if at == next {
		ref.inline = 8 + len(ref.raw) + 2
		next += ref.inline
	}
	return ref, next, next <= end
}
