package intel

import "bytes"

// fragments finds fixed texts inside longer ones. The first four bytes of each
// text lead to it: a bit set says quickly that nothing starts at a position.
type fragments struct {
	texts []fragment
	start map[uint32][]int32 // first four bytes -> texts
	bits  []uint64           // 64 Ki bits over a hash of four bytes
}

type fragment struct {
	text string
	at   int32
}

func (f *fragments) init() { f.start = map[uint32][]int32{} }

func (f *fragments) add(text string, at int32) {
	k := four([]byte(text))
	f.start[k] = append(f.start[k], int32(len(f.texts)))
	f.texts = append(f.texts, fragment{text, at})
}

func (f *fragments) finish() {
	if len(f.texts) == 0 {
		return
	}
	f.bits = make([]uint64, 1024)
	for k := range f.start {
		h := spread(k)
		f.bits[h>>6] |= 1 << (h & 63)
	}
}

func four(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func spread(k uint32) uint32 { return k * 0x9E3779B1 >> 16 }

// find calls found for each text in v, which must be lower case, at its first
// place.
func (f *fragments) find(v []byte, found func(fr *fragment, at int)) {
	if f.bits == nil {
		return
	}
	for i := 0; i+minFragment <= len(v); i++ {
		k := four(v[i:])
		h := spread(k)
		if f.bits[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for _, n := range f.start[k] {
			fr := &f.texts[n]
			if bytes.HasPrefix(v[i:], []byte(fr.text)) {
				found(fr, i)
			}
		}
	}
}

// whole reports whether what lies at v[at:at+n] begins and ends like a word
// does, where it consists of word characters there.
func whole(v []byte, at, n int) bool {
	left := at == 0 || !word(v[at]) || !word(v[at-1])
	end := at + n
	right := end == len(v) || !word(v[end-1]) || !word(v[end])
	return left && right
}

func word(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}
