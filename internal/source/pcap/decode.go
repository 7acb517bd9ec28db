package pcap

import (
	"encoding/binary"
	"net/netip"

	"github.com/gopacket/gopacket/layers"
)

// Numbers of protocols.
const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58
)

// A datagram is what a packet says on the layers of IP and above.
type datagram struct {
	src, dst         netip.Addr
	proto            uint8
	srcPort, dstPort uint16 // for ICMP type and code
	payload          []byte // of TCP or UDP, as far as captured
	payloadSize      int    // on the wire
	size             int    // of the datagram with its headers
	flags            uint8  // of TCP
	seq              uint32
	later            bool // a fragment other than the first
}

// Flags of TCP.
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
)

var be = binary.BigEndian

// decode takes a packet apart. ok is false when it is no IP or is cut too
// early; known is false for a link type that is not understood.
func (d *datagram) decode(link layers.LinkType, data []byte) (ok, known bool) {
	*d = datagram{}
	kind, rest, known := network(link, data)
	if !known {
		return false, false
	}
	switch kind {
	case 0x0800:
		return d.ipv4(rest), true
	case 0x86dd:
		return d.ipv6(rest), true
	}
	return false, true
}

// network finds the network layer and its EtherType.
func network(link layers.LinkType, data []byte) (kind uint16, rest []byte, known bool) {
	switch link {
	case layers.LinkTypeEthernet:
		return ether(data, 12)
	case layers.LinkTypeLinuxSLL:
		return ether(data, 14)
	case layers.LinkTypeLinuxSLL2:
		if len(data) < 20 {
			return 0, nil, true
		}
		kind, rest = inner(be.Uint16(data), data[20:])
		return kind, rest, true
	case layers.LinkTypeRaw, 12, 14, layers.LinkTypeIPv4, layers.LinkTypeIPv6:
		kind, rest = version(data)
		return kind, rest, true
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		if len(data) < 4 {
			return 0, nil, true
		}
		kind, rest = version(data[4:])
		return kind, rest, true
	}
	return 0, nil, false
}

// ether reads a frame whose EtherType stands at the given place.
func ether(data []byte, at int) (kind uint16, rest []byte, known bool) {
	if len(data) < at+2 {
		return 0, nil, true
	}
	kind, rest = inner(be.Uint16(data[at:]), data[at+2:])
	return kind, rest, true
}

// version tells the kind of IP by its first four bits.
func version(data []byte) (uint16, []byte) {
	if len(data) > 0 {
		switch data[0] >> 4 {
		case 4:
			return 0x0800, data
		case 6:
			return 0x86dd, data
		}
	}
	return 0, nil
}

// inner opens VLAN tags, MPLS labels and PPPoE.
func inner(kind uint16, data []byte) (uint16, []byte) {
	for range 8 {
		switch {
		case (kind == 0x8100 || kind == 0x88a8 || kind == 0x9100) && len(data) >= 4:
			kind, data = be.Uint16(data[2:]), data[4:]
		case (kind == 0x8847 || kind == 0x8848) && len(data) >= 4:
			bottom := data[2]&1 == 1
			if data = data[4:]; bottom {
				return version(data)
			}
		case kind == 0x8864 && len(data) >= 8:
			return version(data[8:])
		default:
			return kind, data
		}
	}
	return 0, nil
}

func (d *datagram) ipv4(b []byte) bool {
	if len(b) < 20 || b[0]>>4 != 4 {
		return false
	}
	head, total := int(b[0]&15)*4, int(be.Uint16(b[2:]))
	if total == 0 {
		total = len(b) // left to the network card
	}
	if head < 20 || head > len(b) || total < head {
		return false
	}
	d.src, d.dst = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	d.size, d.later = total, be.Uint16(b[6:])&0x1fff != 0
	return d.transport(b[9], b[head:min(total, len(b))], total-head)
}

func (d *datagram) ipv6(b []byte) bool {
	if len(b) < 40 || b[0]>>4 != 6 {
		return false
	}
	size := int(be.Uint16(b[4:]))
	d.src, d.dst = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
	d.size = 40 + size
	next, body := b[6], b[40:min(40+size, len(b))]
	for range 8 {
		n := 0
		switch next {
		case 0, 43, 60: // hop by hop, routing, destination
			if len(body) < 8 {
				return false
			}
			n = int(body[1])*8 + 8
		case 44: // fragment
			if len(body) < 8 {
				return false
			}
			n, d.later = 8, be.Uint16(body[2:])&0xfff8 != 0
		case 51: // authentication
			if len(body) < 8 {
				return false
			}
			n = int(body[1])*4 + 8
		default:
			return d.transport(next, body, size)
		}
		if n > len(body) || n > size {
			return false
		}
		next, body, size = body[0], body[n:], size-n
	}
	return false
}

// transport reads the header above IP; size is that of the body on the wire.
func (d *datagram) transport(proto uint8, b []byte, size int) bool {
	d.proto = proto
	if d.later {
		return proto == protoTCP || proto == protoUDP
	}
	head := 8
	switch proto {
	case protoTCP:
		if len(b) < 20 {
			return false
		}
		head = int(b[12]>>4) * 4
		d.seq, d.flags = be.Uint32(b[4:]), b[13]
	case protoUDP:
	case protoICMP, protoICMPv6:
		if len(b) < 4 {
			return false
		}
		d.srcPort, d.dstPort = uint16(b[0]), uint16(b[1])
		d.payloadSize = max(size-head, 0)
		return true
	default:
		return false
	}
	if head < 8 || head > len(b) || head > size {
		return false
	}
	d.srcPort, d.dstPort = be.Uint16(b), be.Uint16(b[2:])
	d.payload, d.payloadSize = b[head:], size-head
	return true
}
