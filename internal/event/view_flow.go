package event

import (
	"bytes"
	"net/netip"
)

// A Flow is a connection, or what an event tells of one: often only who came
// (Src), because the other end is the machine that wrote the record. Src is
// the side that began, as far as the log knows.
type Flow struct {
	Src, Dst         netip.Addr // invalid when unknown
	SrcPort, DstPort uint16     // 0 when unknown
	Proto            Proto
	UID              []byte // Zeek's, or Suricata's flow_id
	Community        []byte // community id
}

// Complete reports whether both ends and the protocol are known, so that
// records of the same connection in other logs can be found.
func (f *Flow) Complete() bool {
	return f.Src.IsValid() && f.Dst.IsValid() && f.SrcPort != 0 && f.DstPort != 0 && f.Proto != 0
}

// A Proto is an IP protocol number.
type Proto uint8

// The protocols that logs call by name.
const (
	ICMP   Proto = 1
	IGMP   Proto = 2
	TCP    Proto = 6
	UDP    Proto = 17
	GRE    Proto = 47
	ESP    Proto = 50
	ICMPv6 Proto = 58
	SCTP   Proto = 132
)

// protoOf reads a protocol's name or number.
func protoOf(text []byte) Proto {
	for _, p := range [...]struct {
		name  string
		proto Proto
	}{
		{"tcp", TCP}, {"udp", UDP}, {"icmp", ICMP}, {"icmp6", ICMPv6}, {"icmpv6", ICMPv6},
		{"ipv6-icmp", ICMPv6}, {"icmp-ipv6", ICMPv6}, {"igmp", IGMP}, {"gre", GRE}, {"esp", ESP}, {"sctp", SCTP},
	} {
		if len(text) == len(p.name) && bytes.EqualFold(text, []byte(p.name)) {
			return p.proto
		}
	}
	if n := number(text); n < 256 {
		return Proto(n)
	}
	return 0
}

// The roles in a flow.
const (
	flowSrc uint8 = iota
	flowSrcPort
	flowDst
	flowDstPort
	flowProto
	flowUID
	flowCommunity
)

// Flow returns the connection of the event; false when no end is known.
func (v *Views) Flow(e *Event) (Flow, bool) {
	if !v.pick(e, flowView) {
		return Flow{}, false
	}
	s := &v.slots
	f := Flow{
		Proto:     protoOf(s[flowProto].text),
		UID:       s[flowUID].text,
		Community: s[flowCommunity].text,
	}
	f.Src, f.SrcPort = end(s[flowSrc].text, s[flowSrcPort].text)
	f.Dst, f.DstPort = end(s[flowDst].text, s[flowDstPort].text)
	return f, f.Src.IsValid() || f.Dst.IsValid()
}

// end reads one end; a port of its own counts more than one behind the
// address.
func end(host, port []byte) (netip.Addr, uint16) {
	a, p := address(host)
	if own := portOf(port); own != 0 {
		p = own
	}
	return a, p
}
