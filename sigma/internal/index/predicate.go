package index

import (
	"bytes"
	"math"
	"net/netip"
	"strings"
	"unsafe"

	"tyto/sigma/internal/fold"
	"tyto/sigma/internal/logic"
)

// keywordField stands for "any searchable value" in place of a field.
const keywordField int32 = -1

// A pred is an interned leaf. What it compares with is folded unless cased.
type pred struct {
	kind   logic.Kind
	cased  bool
	rel    logic.Rel
	field  int32
	other  int32 // FieldRef
	num    float64
	lit    []byte // literal, or the number's canonical text
	text   string // the same
	needle needle // Contains, Glob: what a value must contain at least
	unit   string
	net    netip.Prefix
	glob   *glob
	re     *pattern
}

// A leafKey is what makes two leaves the same predicate.
type leafKey struct {
	field, other int32
	kind         logic.Kind
	cased        bool
	rel          logic.Rel
	num          uint64
	text, extra  string
}

// normal rewrites a leaf into the simplest one that means the same. It returns
// Never for what cannot be compiled.
func normal(l logic.Leaf) logic.Leaf {
	if l.Kind == logic.Glob {
		if kind, text, ok := simplify(l.Parts); ok {
			l.Kind, l.Text, l.Parts = kind, text, nil
		}
	}
	switch l.Kind {
	case logic.BoolIs:
		l.Kind = logic.Exact
	case logic.Number:
		if _, ok := canonical(nil, []byte(l.Text)); !ok {
			l.Kind = logic.Exact
		}
	case logic.CIDR:
		if _, err := parseNetwork(l.Text); err != nil {
			l.Kind = logic.Never
		}
	case logic.TimePart:
		l.Unit = strings.ToLower(l.Unit)
	}
	if l.Text == "" {
		switch l.Kind {
		case logic.Contains, logic.StartsWith, logic.EndsWith:
			l.Kind = logic.Present
		}
	}
	return l
}

// key returns what identifies the normal leaf l, in the terms of the builder's
// field numbers. Parts of l that its kind does not use are left out.
func (b *builder) key(l *logic.Leaf) leafKey {
	k := leafKey{field: b.field(l.Field), kind: l.Kind}
	switch l.Kind {
	case logic.Exact, logic.Contains, logic.StartsWith, logic.EndsWith:
		k.cased, k.text = l.Cased, l.Text
		if !l.Cased {
			k.text = fold.String(l.Text)
			k.cased = false
		}
	case logic.Glob:
		k.cased, k.text = l.Cased, globKey(l.Parts, l.Cased)
	case logic.Regex:
		k.text, k.extra = l.Text, l.Flags
	case logic.Number:
		text, _ := canonical(nil, []byte(l.Text))
		k.text = string(text)
	case logic.CIDR:
		k.text = l.Text
	case logic.FieldRef:
		k.other, k.rel, k.cased = b.field(l.Other), l.Rel, l.Cased
	case logic.Compare:
		k.rel, k.num = l.Rel, math.Float64bits(l.Num)
	case logic.TimePart:
		k.rel, k.num, k.extra = l.Rel, math.Float64bits(l.Num), l.Unit
	}
	return k
}

func globKey(parts []logic.Part, cased bool) string {
	var s strings.Builder
	for _, p := range parts {
		if p.Wild != 0 {
			s.WriteByte(0)
			s.WriteByte(p.Wild)
			continue
		}
		lit := p.Lit
		if !cased {
			lit = fold.String(lit)
		}
		s.WriteString(strings.ReplaceAll(lit, "\x00", "\x00\x00"))
	}
	return s.String()
}

// newPred makes the predicate of a normal leaf; ok is false when it cannot be
// compiled.
func newPred(l *logic.Leaf, k leafKey) (p pred, ok bool) {
	p = pred{kind: k.kind, cased: k.cased, rel: k.rel, field: k.field, other: k.other, num: l.Num, unit: k.extra}
	switch k.kind {
	case logic.Never:
		return p, false
	case logic.Exact, logic.Contains, logic.StartsWith, logic.EndsWith, logic.Number:
		p.text, p.lit = k.text, []byte(k.text)
		if k.kind == logic.Contains {
			p.needle = newNeedle(p.lit)
		}
	case logic.Glob:
		p.glob = newGlob(l.Parts, l.Cased)
		p.needle = newNeedle(p.glob.longestLiteral())
	case logic.CIDR:
		p.net, _ = parseNetwork(l.Text)
	case logic.Regex:
		re, err := newPattern(l.Text, l.Flags)
		if err != nil {
			return p, false
		}
		p.re = re
	}
	return p, true
}

// parseNetwork reads a network, or an address as the network of that address.
// IPv4 networks mapped into IPv6 become IPv4.
func parseNetwork(text string) (netip.Prefix, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "/") {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return netip.Prefix{}, err
		}
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	net, err := netip.ParsePrefix(text)
	if err != nil {
		return net, err
	}
	if a := net.Addr(); a.Is4In6() && net.Bits() >= 96 {
		net = netip.PrefixFrom(a.Unmap(), net.Bits()-96)
	}
	return net.Masked(), nil
}

// parseAddress reads an address without allocating. An IPv6 zone is
// ignored; IPv4 mapped into IPv6 is IPv4.
func parseAddress(text []byte) (netip.Addr, bool) {
	if i := bytes.IndexByte(text, '%'); i > 0 {
		text = text[:i]
	}
	if !isAddress(text) { // the error of netip would cost an allocation
		return netip.Addr{}, false
	}
	// The string lives only during the call, in which nobody writes to text;
	// a copy would be the one allocation per address.
	addr, err := netip.ParseAddr(unsafe.String(&text[0], len(text)))
	return addr.Unmap(), err == nil
}
