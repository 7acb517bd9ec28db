package intel

import (
	"bytes"
	"net/netip"
	"strings"
	"sync"
)

// A messageFilter says quickly that a name or an address in a message is none
// of the set's, so that long logs of free text cost few look-ups. It may let
// through too much, never too little.
type messageFilter struct {
	names, six, hashes bool // there is something to find by a dot, in IPv6, by its digits
	anyName            bool // a host without a dot: names cannot be told apart

	bits []uint64 // over hashes of IPv4 addresses and of the last two labels of names
	mask uint32
	wide [1024]uint64 // networks of 16 bits that a range has a part of
}

// newMessageFilter makes the filter of a set's indicators.
func newMessageFilter(list []Indicator) *messageFilter {
	size := 1 << 12
	for size < 16*len(list) && size < 1<<24 {
		size <<= 1
	}
	f := &messageFilter{bits: make([]uint64, size/64), mask: uint32(size - 1)}
	for i := range list {
		if in := &list[i]; in.Decision > Rejected && !in.hopeless {
			f.add(in)
		}
	}
	return f
}

func (f *messageFilter) add(in *Indicator) {
	switch t := in.Type; {
	case t == IP && strings.Contains(in.Value, "/"):
		f.addRange(in.Value)
	case t == IP, t == Domain:
		f.addHost(in.Value)
	case t == URL:
		host, _, _ := splitURL(in.Value)
		f.addHost(host)
	case t == Email:
		f.addHost(in.Value[strings.LastIndexByte(in.Value, '@')+1:])
	case t.isFileHash() || t == CertSHA1 || t == CertSHA256:
		f.hashes = true
	}
}

func (f *messageFilter) addRange(text string) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return
	}
	if !p.Addr().Is4() {
		f.six = true
		return
	}
	f.names = true
	four := p.Masked().Addr().As4()
	first := int(four[0])<<8 | int(four[1])
	for n := first; n < first+1<<max(0, 16-p.Bits()); n++ {
		f.wide[n>>6] |= 1 << (n & 63)
	}
}

func (f *messageFilter) addHost(host string) {
	if strings.IndexByte(host, ':') >= 0 {
		f.six = true
		return
	}
	f.names = true
	four, ok := quad([]byte(host))
	if ok {
		f.set(hashOfAddress(four))
		return
	}
	f.anyName = f.anyName || strings.IndexByte(host, '.') < 0
	f.set(hashOfTail([]byte(host)))
}

func (f *messageFilter) set(h uint32) {
	h &= f.mask
	f.bits[h>>6] |= 1 << (h & 63)
}

func (f *messageFilter) has(h uint32) bool {
	h &= f.mask
	return f.bits[h>>6]&(1<<(h&63)) != 0
}

// mayBeAddress reports whether an address can be one of the set's.
func (f *messageFilter) mayBeAddress(four [4]byte) bool {
	n := int(four[0])<<8 | int(four[1])
	return f.wide[n>>6]&(1<<(n&63)) != 0 || f.has(hashOfAddress(four))
}

// mayBeName reports whether a name can be one of the set's or below one.
func (f *messageFilter) mayBeName(name []byte) bool {
	return f.anyName || f.has(hashOfTail(name))
}

func hashOfAddress(four [4]byte) uint32 {
	n := uint32(four[0])<<24 | uint32(four[1])<<16 | uint32(four[2])<<8 | uint32(four[3])
	n *= 0x9E3779B1
	return n ^ n>>15
}

// hashOfTail is over the last two labels of a name, without case.
func hashOfTail(name []byte) uint32 {
	at := bytes.LastIndexByte(name, '.')
	if at > 0 {
		at = bytes.LastIndexByte(name[:at], '.')
	}
	h := uint32(2166136261)
	for _, c := range name[at+1:] {
		h = (h ^ uint32(c|0x20)) * 16777619
	}
	return h ^ h>>15
}

// A messageCache holds a set's filter, made when the first message is met.
type messageCache struct {
	once   sync.Once
	filter *messageFilter
}

func (s *Set) messages() *messageFilter {
	s.message.once.Do(func() { s.message.filter = newMessageFilter(s.list) })
	return s.message.filter
}
