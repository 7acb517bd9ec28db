// Package warninglist knows values that are seen everywhere and therefore make
// poor indicators: private addresses, public suffixes, hashes of empty files,
// popular sites, the ranges of content delivery networks.
//
// A list never decides by itself. It says what its entries mean for an
// indicator (an [Effect]) and every answer names the list and its version, so
// that a reader can judge a stale list. The most important distinction is the
// one between a value that is itself an entry and a value below one: that
// fastly.net is popular says nothing against cloudlibraries.global.ssl.fastly.net,
// so a [Match] of a parent domain is marked as such and is a remark only.
//
// The embedded table is made from the MISP warninglists (CC0 1.0) by
// generate.go in this folder, which also says what each list means.
package warninglist

//go:generate go run generate.go -from ../../../../shared/corpora/intel/warninglists -date 2026-11-25 -o table.zst

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// An Effect is what an entry of a list means for an indicator.
type Effect uint8

// The effects.
const (
	Refuse   Effect = iota + 1 // never an indicator
	DownRank                   // popular or harmless: not without a second look
	ReScope                    // shared by many: an address alone proves nothing
	Raise                      // often abused: worth a remark, in favour of a hit
)

// String returns the effect's name.
func (e Effect) String() string {
	switch e {
	case Refuse:
		return "refuse"
	case DownRank:
		return "downrank"
	case ReScope:
		return "rescope"
	case Raise:
		return "raise"
	}
	return "none"
}

func parseEffect(s string) Effect {
	for e := Refuse; e <= Raise; e++ {
		if e.String() == s {
			return e
		}
	}
	return 0
}

// A List describes one list.
type List struct {
	Name    string // short name, such as "rfc1918"
	Title   string
	Version string // as the list says: a counter or a date
	Effect  Effect
	Entries int
}

// A Match is one list that holds a value or a parent of it.
type Match struct {
	List   *List
	Entry  string // the entry that matched
	Parent bool   // the entry is a parent domain of the value
}

// String tells the match with the list's version.
func (m Match) String() string {
	if m.Parent {
		return fmt.Sprintf("parent %s is on %s (version %s)", m.Entry, m.List.Name, m.List.Version)
	}
	return fmt.Sprintf("on %s (version %s)", m.List.Name, m.List.Version)
}

// A mask has one bit per list.
type mask uint64

// A Table holds all lists. It is immutable and safe for concurrent use.
type Table struct {
	Date   string // when the table was made
	lists  []List
	hosts  map[string]host
	hashes map[string]mask       // by the first 16 hexadecimal digits
	ranges map[uint64]mask       // of IPv4, by address and length
	wide   map[netip.Prefix]mask // of IPv6
	bits   [2][]int              // prefix lengths in use, IPv4 and IPv6

	sort   sync.Once
	sorted []netip.Prefix // all ranges by address, made when first needed
}

// A host is what the lists say of one name.
type host struct {
	exact  mask // lists whose entry means this name only
	suffix mask // lists whose entry means the names below it too
	public bool // a public suffix
}

//go:embed table.zst
var packed []byte

// Load returns the embedded table. It is unpacked once, at the first call.
func Load() *Table { return load() }

var load = sync.OnceValue(func() *Table {
	t, err := Read(bytes.NewReader(packed))
	if err != nil {
		return newTable() // a test proves that the embedded table can be read
	}
	return t
})

func newTable() *Table { return sized(0, 0, 0) }

// sized makes a table with room for so many hosts, hashes and ranges: maps
// that grow would take most of the time of reading.
func sized(hosts, hashes, ranges int) *Table {
	return &Table{
		hosts: make(map[string]host, hosts), hashes: make(map[string]mask, hashes),
		ranges: make(map[uint64]mask, ranges), wide: make(map[netip.Prefix]mask, ranges/16),
	}
}

// maxTable bounds the unpacked table.
const maxTable = 64 << 20

// Read unpacks a table as generate.go writes it.
func Read(r io.Reader) (*Table, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxTable))
	if err != nil {
		return nil, fmt.Errorf("reading warninglists: %w", err)
	}
	defer z.Close()
	var text strings.Builder
	if _, err := io.Copy(&text, io.LimitReader(z, maxTable)); err != nil {
		return nil, fmt.Errorf("reading warninglists: %w", err)
	}
	return parse(text.String())
}

func parse(text string) (*Table, error) {
	t, form := sized(count(text)), ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "":
		case line[0] == '#':
			t.comment(line)
		case line[0] == '@':
			var err error
			if form, err = t.begin(line[1:]); err != nil {
				return nil, err
			}
		default:
			t.add(line, form)
		}
	}
	t.sortBits()
	return t, nil
}

// count counts the entries by form.
func count(text string) (hosts, hashes, ranges int) {
	for part := range strings.SplitSeq(text, "\n@") {
		head, body, _ := strings.Cut(part, "\n")
		n := strings.Count(body, "\n")
		switch head[strings.LastIndexByte(head, '\t')+1:] {
		case "hash":
			hashes += n
		case "cidr":
			ranges += n
		default:
			hosts += n
		}
	}
	return hosts, hashes, ranges
}

func (t *Table) comment(line string) {
	if date, ok := strings.CutPrefix(line, "# date\t"); ok {
		t.Date = date
	}
}

// begin starts the next list and returns the form of its entries.
func (t *Table) begin(line string) (string, error) {
	cells := strings.Split(line, "\t")
	if len(cells) != 5 || parseEffect(cells[3]) == 0 || len(t.lists) == 64 {
		return "", fmt.Errorf("reading warninglists: list %s: bad header", strconv.Quote(cells[0]))
	}
	t.lists = append(t.lists, List{Name: cells[0], Title: cells[1], Version: cells[2], Effect: parseEffect(cells[3])})
	return cells[4], nil
}

func (t *Table) add(entry, form string) {
	n := len(t.lists) - 1
	if n < 0 {
		return
	}
	bit := mask(1) << n
	t.lists[n].Entries++
	name, leading := strings.CutPrefix(entry, ".")
	switch {
	case form == "hash":
		t.hashes[entry] |= bit
	case form == "cidr":
		if p, ok := parsePrefix(entry); ok {
			t.addRange(p, bit)
		}
	default:
		h := t.hosts[name]
		if form == "hostname" || leading {
			h.suffix |= bit
		} else {
			h.exact |= bit
		}
		h.public = h.public || form == "suffixes" && !leading
		t.hosts[name] = h
	}
}

func (t *Table) addRange(p netip.Prefix, bit mask) {
	if p.Addr().Is4() {
		t.ranges[rangeKey(p)] |= bit
	} else {
		t.wide[p] |= bit
	}
}

// rangeKey is a number for a masked range of IPv4: maps are much faster with
// those.
func rangeKey(p netip.Prefix) uint64 {
	a := p.Addr().As4()
	return uint64(binary.BigEndian.Uint32(a[:]))<<8 | uint64(p.Bits())
}

// rangeLists returns the lists that have exactly this range.
func (t *Table) rangeLists(p netip.Prefix) mask {
	if p.Addr().Is4() {
		return t.ranges[rangeKey(p)]
	}
	return t.wide[p]
}

// parsePrefix reads a range, or an address as a range of one.
func parsePrefix(s string) (netip.Prefix, bool) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err == nil
	}
	a, err := netip.ParseAddr(s)
	return netip.PrefixFrom(a, a.BitLen()), err == nil
}

// sortBits lists the lengths of ranges, the longest first.
func (t *Table) sortBits() {
	var seen [2][129]bool
	for k := range t.ranges {
		seen[0][k&0xff] = true
	}
	for p := range t.wide {
		seen[1][p.Bits()] = true
	}
	for f := range seen {
		for b := len(seen[f]) - 1; b >= 0; b-- {
			if seen[f][b] {
				t.bits[f] = append(t.bits[f], b)
			}
		}
	}
}

func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// Lists describes all lists, in the order of their effects.
func (t *Table) Lists() []List { return slices.Clone(t.lists) }

// matches appends a Match for each list in m.
func (t *Table) matches(dst []Match, m mask, entry string, parent bool) []Match {
	for i := 0; m != 0; i, m = i+1, m>>1 {
		if m&1 != 0 {
			dst = append(dst, Match{&t.lists[i], entry, parent})
		}
	}
	return dst
}

// Host returns the lists that hold a host name (lower case, no final dot) or,
// marked as such, one of its parents.
func (t *Table) Host(host string) []Match {
	own := t.hosts[host]
	out := t.matches(nil, own.exact|own.suffix, host, false)
	for parent := range parents(host) {
		out = t.matches(out, t.hosts[parent].suffix, parent, true)
	}
	return out
}

// parents yields the domains above a host, the nearest first.
func parents(host string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for {
			_, rest, ok := strings.Cut(host, ".")
			if !ok || rest == "" || !yield(rest) {
				return
			}
			host = rest
		}
	}
}

// Addr returns the lists whose ranges hold an address, the narrowest first.
func (t *Table) Addr(a netip.Addr) []Match {
	a = a.Unmap().WithZone("")
	return t.Prefix(netip.PrefixFrom(a, a.BitLen()))
}

// Prefix returns the lists with a range that holds all of p.
func (t *Table) Prefix(p netip.Prefix) []Match {
	var out []Match
	for _, b := range t.bits[family(p.Addr())] {
		if b > p.Bits() {
			continue
		}
		q, err := p.Addr().Prefix(b)
		if err != nil {
			continue
		}
		if m := t.rangeLists(q); m != 0 {
			out = t.matches(out, m, q.String(), false)
		}
	}
	return out
}

// Inside returns the lists with a range inside of p, once each, with the first
// such range.
func (t *Table) Inside(p netip.Prefix) []Match {
	t.sort.Do(t.sortRanges)
	p = p.Masked()
	at, _ := slices.BinarySearchFunc(t.sorted, p.Addr(), func(q netip.Prefix, a netip.Addr) int { return q.Addr().Compare(a) })
	var out []Match
	var told mask
	for _, q := range t.sorted[at:] {
		if !p.Contains(q.Addr()) {
			break
		}
		if m := t.rangeLists(q) &^ told; q.Bits() > p.Bits() && m != 0 {
			out = t.matches(out, m, q.String(), false)
			told |= m
		}
	}
	return out
}

func (t *Table) sortRanges() {
	for k := range t.ranges {
		var a [4]byte
		binary.BigEndian.PutUint32(a[:], uint32(k>>8))
		t.sorted = append(t.sorted, netip.PrefixFrom(netip.AddrFrom4(a), int(k&0xff)))
	}
	for q := range t.wide {
		t.sorted = append(t.sorted, q)
	}
	slices.SortFunc(t.sorted, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
}

// Hash returns the lists that hold a hash, given in lower-case hexadecimal.
func (t *Table) Hash(hex string) []Match {
	if len(hex) < 32 {
		return nil
	}
	return t.matches(nil, t.hashes[hex[:16]], hex, false)
}

// IsSuffix reports whether anybody may register names below a domain: it is a
// top-level domain or a public suffix, those of hosting services included.
func (t *Table) IsSuffix(domain string) bool { return t.hosts[domain].public }

// Registered returns the registered domain of a host: one label more than its
// longest public suffix. It is "" for a suffix itself and for a host whose
// top-level domain does not exist.
func (t *Table) Registered(host string) string {
	if t.hosts[host].public {
		return ""
	}
	below := host
	for parent := range parents(host) {
		if t.hosts[parent].public {
			return below
		}
		below = parent
	}
	return ""
}
