package sigma

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"tyto/sigma/internal/logic"
)

// An opKind says what a rule's value has become on its way through the
// modifiers.
type opKind uint8

const (
	opText opKind = iota
	opNumber
	opBool
	opNull
	opRegex
	opCIDR
	opRef
	opExists
	opCompare
	opTime
	opNever // a placeholder without values
)

// An operand is one value of a rule with the modifiers applied so far.
type operand struct {
	kind  opKind
	parts []logic.Part // opText
	text  string       // as written; the canonical number for opNumber
	flags string       // opRegex
	unit  string       // opTime
	rel   logic.Rel
	num   float64
	truth bool // opBool, opExists
}

// scalar turns a YAML value into an operand.
func scalar(n *yaml.Node) operand {
	switch n.Tag {
	case "!!null":
		return operand{kind: opNull}
	case "!!bool":
		return operand{kind: opBool, text: strings.ToLower(n.Value), truth: strings.EqualFold(n.Value, "true")}
	case "!!int", "!!float":
		if num, ok := numberText(n.Value); ok {
			f, _ := strconv.ParseFloat(num, 64)
			return operand{kind: opNumber, text: num, num: f}
		}
	}
	return operand{kind: opText, text: n.Value, parts: scanPattern(n.Value)}
}

// numberText returns the canonical decimal text of a YAML number.
func numberText(s string) (string, bool) {
	if i, err := strconv.ParseInt(s, 0, 64); err == nil {
		return strconv.FormatInt(i, 10), true
	}
	if u, err := strconv.ParseUint(s, 0, 64); err == nil {
		return strconv.FormatUint(u, 10), true
	}
	f, ok := logic.ParseNumber(s)
	if !ok {
		return "", false
	}
	if strings.Trim(s, "0123456789") == "" {
		return s, true // an integer beyond 64 bits
	}
	return strconv.FormatFloat(f, 'f', -1, 64), true
}

// asText makes an operand a text pattern, which numbers and truth values can
// become.
func (o operand) asText() (operand, bool) {
	switch o.kind {
	case opText:
		return o, true
	case opNumber, opBool:
		o.kind, o.parts = opText, []logic.Part{{Lit: o.text}}
		return o, true
	}
	return o, false
}

// apply runs one modifier over an operand. On failure it has reported why.
func (p *parser) apply(it *item, m modifier, n *yaml.Node, o operand) ([]operand, bool) {
	if o.kind == opNever {
		return []operand{o}, true
	}
	switch m.name {
	case "contains", "startswith", "endswith":
		return p.widen(it, m, n, o)
	case "windash":
		return p.windash(it, m, n, o)
	case "base64", "base64offset", "utf16le", "utf16be", "utf16":
		return p.encode(it, m, n, o)
	case "re", "fieldref", "exists", "cidr":
		return p.convert(it, m, n, o)
	case "i", "m", "s":
		if !strings.Contains(o.flags, m.name) {
			o.flags += m.name
		}
		return []operand{o}, true
	case "lt", "lte", "gt", "gte":
		return p.compare(it, m, n, o)
	case "expand":
		return p.expand(it, m, n, o)
	}
	return p.timePart(it, m, n, o)
}

// needs reports that a modifier cannot work on a value.
func (p *parser) needs(it *item, m modifier, n *yaml.Node, what string) ([]operand, bool) {
	hint := ""
	if what == "a number" && n.Tag == "!!str" {
		if _, ok := logic.ParseNumber(n.Value); ok {
			hint = "remove the quotes"
		}
	}
	p.fail(at(n), hint, "%s in %q needs %s, this is %s", m.name, it.key.Value, what, kindName(n))
	return nil, false
}

func (p *parser) widen(it *item, m modifier, n *yaml.Node, o operand) ([]operand, bool) {
	switch m.name {
	case "contains":
		o.rel = logic.RelContains
	case "startswith":
		o.rel = logic.RelStartsWith
	case "endswith":
		o.rel = logic.RelEndsWith
	}
	if o.kind == opRegex || o.kind == opRef {
		return []operand{o}, true // a regular expression is searched for anyway
	}
	o, ok := o.asText()
	if !ok {
		return p.needs(it, m, n, "a text")
	}
	if m.name != "startswith" {
		o.parts = openFront(o.parts)
	}
	if m.name != "endswith" {
		o.parts = openBack(o.parts)
	}
	return []operand{o}, true
}

func (p *parser) windash(it *item, m modifier, n *yaml.Node, o operand) ([]operand, bool) {
	o, ok := o.asText()
	if !ok {
		return p.needs(it, m, n, "a text")
	}
	out := []operand{o}
	for i, part := range o.parts {
		at := dashPlaces(part.Lit)
		if len(at) == 0 {
			continue
		}
		if len(at) > 5 || len(out)*pow5(len(at)) > maxVariants {
			p.fail(m.spot, "split the value", "windash in %q: more than %d spellings", it.key.Value, maxVariants)
			return nil, false
		}
		var next []operand
		for _, prev := range out {
			for _, text := range dashVariants(part.Lit, at) {
				v := prev
				v.parts = append([]logic.Part(nil), prev.parts...)
				v.parts[i].Lit = text
				next = append(next, v)
			}
		}
		out = next
	}
	return out, true
}

func pow5(n int) int {
	out := 1
	for range n {
		out *= 5
	}
	return out
}

// encode applies base64, base64offset and the UTF-16 forms.
func (p *parser) encode(it *item, m modifier, n *yaml.Node, o operand) ([]operand, bool) {
	o, ok := o.asText()
	if !ok {
		return p.needs(it, m, n, "a text")
	}
	text, ok := literal(o.parts)
	if !ok {
		p.fail(at(n), `escape the wildcard: \* or \?`, "%s in %q cannot encode a wildcard", m.name, it.key.Value)
		return nil, false
	}
	var texts []string
	switch m.name {
	case "utf16le":
		texts = []string{utf16Text(text, binary.LittleEndian, false)}
	case "utf16be":
		texts = []string{utf16Text(text, binary.BigEndian, false)}
	case "utf16":
		texts = []string{utf16Text(text, binary.LittleEndian, true)}
	case "base64":
		texts = []string{base64Text(text)}
	default:
		if len(text) < minOffsetBytes {
			p.fail(at(n), "", "base64offset in %q needs at least %d bytes", it.key.Value, minOffsetBytes)
			return nil, false
		}
		texts = base64Offsets(text)
	}
	out := make([]operand, len(texts))
	for i, t := range texts {
		out[i] = o
		out[i].parts = []logic.Part{{Lit: t}}
	}
	return out, true
}

// convert applies the modifiers that make a value something else than a text.
func (p *parser) convert(it *item, m modifier, n *yaml.Node, o operand) ([]operand, bool) {
	if m.name == "exists" {
		if o.kind != opBool {
			return p.needs(it, m, n, "true or false")
		}
		o.kind = opExists
		return []operand{o}, true
	}
	if m.name == "re" && o.kind == opNumber {
		o.kind, o.text = opText, n.Value
	}
	if o.kind != opText {
		return p.needs(it, m, n, "a text")
	}
	switch m.name {
	case "re":
		o.kind = opRegex
	case "fieldref":
		o.kind = opRef
	case "cidr":
		o.kind = opCIDR
		return []operand{o}, p.network(it, n, &o)
	}
	return []operand{o}, true
}

// network checks a network and writes it canonically.
func (p *parser) network(it *item, n *yaml.Node, o *operand) bool {
	text := strings.TrimSpace(o.text)
	if a, err := netip.ParseAddr(text); err == nil {
		text = netip.PrefixFrom(a, a.BitLen()).String()
	}
	net, err := netip.ParsePrefix(text)
	if err != nil {
		p.fail(at(n), "write address/length", "%q in %q is no network", o.text, it.key.Value)
		return false
	}
	if net != net.Masked() {
		p.fail(at(n), "the network is "+net.Masked().String(), "%q in %q has bits set beyond its length", o.text, it.key.Value)
		return false
	}
	o.text = text
	return true
}

func (p *parser) compare(it *item, m modifier, n *yaml.Node, o operand) ([]operand, bool) {
	if n.Tag != "!!int" && n.Tag != "!!float" {
		return p.needs(it, m, n, "a number")
	}
	rels := map[string]logic.Rel{"lt": logic.Lt, "lte": logic.Le, "gt": logic.Gt, "gte": logic.Ge}
	o.rel = rels[m.name]
	if o.kind != opTime {
		o.kind = opCompare
	}
	return []operand{o}, true
}

func (p *parser) timePart(it *item, m modifier, n *yaml.Node, o operand) ([]operand, bool) {
	if o.kind != opNumber {
		return p.needs(it, m, n, "a number")
	}
	o.kind, o.unit, o.rel = opTime, m.name, logic.Eq
	return []operand{o}, true
}
