package intel

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// A Set is compiled indicators, immutable and safe for concurrent use. Make a
// [Matcher] from it for each goroutine.
type Set struct {
	list []Indicator
	want role // roles that some indicator is looked for in

	addrs     map[netip.Addr]int32
	ranges    map[netip.Prefix]int32
	bits      [2][]int
	hosts     index
	urls      index // host and path, without scheme
	urlHosts  index // URLs that are only a host
	hashes    map[[16]byte]int32
	texts     [lastType]index // values that are compared whole, by type
	folders   index
	pairs     index // "exe|dll"
	libraries index // "dll" of pairs whose library no other product has
	templates [lastType][]template
	fragments fragments
	next      []int32 // further indicators with the same key, -1 ends
	notes     []string
	message   messageCache
}

// An index finds the first indicator with a key.
type index map[string]int32

// Compile makes a set of all indicators that are at least context. The list is
// kept by the set and must not be changed any more.
func Compile(c *Checked) *Set {
	if cap(c.Indicators) > len(c.Indicators)+len(c.Indicators)/8 {
		c.Indicators = append(make([]Indicator, 0, len(c.Indicators)), c.Indicators...) // readers grow it generously
	}
	n := count(c.Indicators)
	s := &Set{
		list: c.Indicators, next: make([]int32, len(c.Indicators)),
		addrs: make(map[netip.Addr]int32, n[IP]), ranges: map[netip.Prefix]int32{}, hosts: make(index, n[Domain]),
		urls: make(index, n[URL]), urlHosts: make(index, n[URL]), hashes: make(map[[16]byte]int32, n[MD5]+n[SHA1]+n[SHA256]),
		folders: index{}, pairs: index{}, libraries: index{},
	}
	s.fragments.init()
	for i := range s.list {
		s.next[i] = -1
		if in := &s.list[i]; in.Decision > Rejected {
			s.add(in, int32(i))
		}
	}
	s.finish()
	return s
}

// Len returns the number of indicators, rejected ones included. A nil set has
// none.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return len(s.list)
}

// At returns the indicator with a number of [Hit.Index].
func (s *Set) At(i int) *Indicator { return &s.list[i] }

// Notes tells what could not be compiled, in words.
func (s *Set) Notes() []string { return s.notes }

func (s *Set) note(text string) {
	if !slices.Contains(s.notes, text) {
		s.notes = append(s.notes, text)
	}
}

// chain links an indicator to others with the same key and returns the head.
func (s *Set) chain(head int32, had bool, i int32) int32 {
	if had {
		s.next[i] = s.next[head]
		s.next[head] = i
		return head
	}
	return i
}

func (s *Set) put(m index, key string, i int32) {
	head, had := m[key]
	m[key] = s.chain(head, had, i)
}

func (s *Set) add(in *Indicator, i int32) {
	if in.hopeless {
		return
	}
	switch t := in.Type; {
	case t == IP:
		s.addAddress(in, i)
	case t == Domain:
		s.put(s.hosts, in.Value, i)
	case t == URL:
		s.addURL(in, i)
	case t.hashSize() > 0:
		s.addHash(in, i)
	case t == Path || t == PathPattern:
		s.addPath(in, i)
	case t == SideloadPair:
		s.addPair(in, i)
	case t == CommandLine || t == ArchivePassword || t == CryptoKey:
		s.addFragment(in, i)
	default:
		s.addText(in, i)
	}
}

// give marks an indicator that cannot be looked for, with the reason.
func give(in *Indicator, why string) {
	in.hopeless = true
	in.because("not searched for: " + why)
}

func (s *Set) addAddress(in *Indicator, i int32) {
	if a, err := netip.ParseAddr(in.Value); err == nil {
		head, had := s.addrs[a]
		s.addrs[a] = s.chain(head, had, i)
		return
	}
	if p, err := netip.ParsePrefix(in.Value); err == nil {
		head, had := s.ranges[p]
		s.ranges[p] = s.chain(head, had, i)
	}
}

func (s *Set) addURL(in *Indicator, i int32) {
	host, _, rest := splitURL(in.Value)
	if rest == "" || rest == "/" {
		s.put(s.urlHosts, host, i)
		return
	}
	s.put(s.urls, urlKey(host, rest), i)
}

// urlKey is the form in which URLs are compared: the host, then path and query
// as written, without the port, which logs leave out as they like.
func urlKey(host, rest string) string {
	if rest[0] == '?' {
		rest = "/" + rest
	}
	return host + rest
}

func (s *Set) addHash(in *Indicator, i int32) {
	key, ok := hashKey([]byte(in.Value))
	if !ok {
		give(in, "not a hash")
		return
	}
	head, had := s.hashes[key]
	s.hashes[key] = s.chain(head, had, i)
}

// hashKey is the first 16 bytes of a hash in hexadecimal.
func hashKey(hex []byte) (key [16]byte, ok bool) {
	if len(hex) < 32 {
		return key, false
	}
	for j := range key {
		hi, ok1 := nibble(hex[2*j])
		lo, ok2 := nibble(hex[2*j+1])
		if !ok1 || !ok2 {
			return key, false
		}
		key[j] = hi<<4 | lo
	}
	return key, true
}

func (s *Set) addPath(in *Indicator, i int32) {
	p := string(appendPath(nil, []byte(in.Value)))
	switch {
	case isTemplate(in.Value):
		s.addTemplate(in, i, p, true)
	case len(p) < 4:
		give(in, "a path of nothing")
	case strings.HasSuffix(p, `\`):
		if strings.Count(p, `\`) < 3 {
			give(in, "a folder at the root")
			return
		}
		s.put(s.folders, p, i)
	default:
		s.put(s.text(Path), p, i)
	}
}

func (s *Set) addTemplate(in *Indicator, i int32, normal string, tail bool) {
	forms, ok := parseTemplate(normal)
	switch t := in.Type; {
	case !ok:
		give(in, "too little of the template is fixed")
	case len(s.templates[t]) >= maxTemplates:
		give(in, "more templates than the limit")
		s.note(fmt.Sprintf("more than %d templates of type %s: the rest is not searched for", maxTemplates, t))
	default:
		for _, f := range forms {
			f.at, f.tail = i, tail
			s.templates[t] = append(s.templates[t], f)
		}
	}
}

func (s *Set) addPair(in *Indicator, i int32) {
	low := strings.ToLower(in.Value)
	if _, dll, _ := strings.Cut(low, "|"); !sharedLibrary(dll) {
		s.put(s.libraries, dll, i)
	}
	if _, had := s.pairs[low]; !had { // the same pair is not listed twice
		s.pairs[low] = i
	}
}

// sharedLibrary reports whether a library's name is used by many products, so
// that it means nothing without the program that loads it.
func sharedLibrary(dll string) bool {
	return slices.Contains([]string{
		"mscoree.dll", "msimg32.dll", "dxgi.dll", "winmm.dll", "mpclient.dll", "jli.dll", "libvlc.dll", "version.dll",
		"dbghelp.dll", "uxtheme.dll", "userenv.dll", "wtsapi32.dll", "cryptsp.dll", "cryptbase.dll", "dwmapi.dll",
	}, dll)
}

func (s *Set) addFragment(in *Indicator, i int32) {
	text := in.Value
	switch {
	case in.Type == CommandLine:
		text = string(appendCommand(nil, []byte(text)))
		if isTemplate(in.Value) || strings.Contains(in.Value, "{") || strings.Contains(in.Value, " | ") {
			give(in, "a template of arguments, too general for a search")
			return
		}
	default:
		text = strings.ToLower(text)
	}
	if len(text) < minFragment {
		give(in, "too short")
		return
	}
	s.fragments.add(text, i)
}

func (s *Set) text(t Type) index {
	if s.texts[t] == nil {
		s.texts[t] = index{}
	}
	return s.texts[t]
}

// addText takes values that are compared whole, in the normal form of their
// type.
func (s *Set) addText(in *Indicator, i int32) {
	key := strings.ToLower(in.Value)
	switch in.Type {
	case Filename:
		key = string(withoutStream(baseName([]byte(key))))
		if strings.ContainsAny(key, "*<") {
			s.addTemplate(in, i, key, false)
			return
		}
	case RegistryKey:
		key = strings.TrimSuffix(string(appendKey(nil, []byte(key))), `\`)
	case Pipe:
		key = string(appendPipe(nil, []byte(key)))
	case Mutex:
		key = string(appendMutex(nil, []byte(key)))
	case Task:
		key = strings.TrimPrefix(key, `\`)
	case Cookie, UserAgent, URIPath:
		key = in.Value
	}
	if key == "" {
		give(in, "nothing is left of it")
		return
	}
	if (in.Type == Pipe || in.Type == Mutex) && isTemplate(key) {
		s.addTemplate(in, i, key, false)
		return
	}
	s.put(s.text(in.Type), key, i)
}

// finish computes what depends on all indicators.
func (s *Set) finish() {
	for i := range s.list {
		if in := &s.list[i]; in.Decision > Rejected && !in.hopeless {
			s.want |= searchedBy(in.Type)
			if in.Type == Domain {
				s.want |= roleMail // addresses there
			}
		}
	}
	seen := [2][129]bool{}
	for p := range s.ranges {
		f := 0
		if p.Addr().Is6() {
			f = 1
		}
		seen[f][p.Bits()] = true
	}
	for f := range seen {
		for b := 128; b >= 0; b-- {
			if seen[f][b] {
				s.bits[f] = append(s.bits[f], b)
			}
		}
	}
	s.fragments.finish()
}
