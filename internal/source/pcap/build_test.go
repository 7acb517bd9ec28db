package pcap

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// A tape is a made-up capture.
type tape struct {
	t       testing.TB
	frames  [][]byte
	times   []time.Time
	now     time.Time
	vlan    bool
	link    layers.LinkType
	cutting int // bytes kept of a frame, 0 for all
}

var start = time.Date(2025, 6, 15, 10, 0, 0, 0, time.UTC)

func newTape(t testing.TB) *tape {
	return &tape{t: t, now: start, link: layers.LinkTypeEthernet}
}

// frame adds a packet with the given body of IP.
func (p *tape) frame(src, dst string, proto byte, body []byte) {
	a, b := netip.MustParseAddr(src), netip.MustParseAddr(dst)
	var ip []byte
	kind := uint16(0x0800)
	if a.Is4() {
		ip = append(ip, 0x45, 0, 0, 0, 0, 1, 0, 0, 64, proto, 0, 0)
		binary.BigEndian.PutUint16(ip[2:], uint16(20+len(body)))
	} else {
		kind = 0x86dd
		ip = append(ip, 0x60, 0, 0, 0, 0, 0, proto, 64)
		binary.BigEndian.PutUint16(ip[4:], uint16(len(body)))
	}
	ip = append(append(append(ip, a.AsSlice()...), b.AsSlice()...), body...)
	if p.link == layers.LinkTypeEthernet {
		eth := make([]byte, 12, 64+len(ip))
		if p.vlan {
			eth = append(eth, 0x81, 0, 0, 7)
		}
		ip = append(binary.BigEndian.AppendUint16(eth, kind), ip...)
	}
	p.frames = append(p.frames, ip)
	p.times = append(p.times, p.now)
	p.now = p.now.Add(10 * time.Millisecond)
}

func (p *tape) udp(src string, sport uint16, dst string, dport uint16, payload []byte) {
	b := binary.BigEndian.AppendUint16(nil, sport)
	b = binary.BigEndian.AppendUint16(b, dport)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	p.frame(src, dst, protoUDP, append(append(b, 0, 0), payload...))
}

// A talk is a connection of TCP between two ends.
type talk struct {
	p        *tape
	src, dst string
	sport    uint16
	dport    uint16
	seq      [2]uint32
}

func (p *tape) talk(src string, sport uint16, dst string, dport uint16) *talk {
	return &talk{p, src, dst, sport, dport, [2]uint32{1000, 0xfffffff0}}
}

// send adds a segment from one side (0 is the client).
func (k *talk) send(from int, flags byte, data string) {
	k.at(from, k.seq[from], flags, data)
	k.seq[from] += uint32(len(data))
	if flags&(flagSYN|flagFIN) != 0 {
		k.seq[from]++
	}
}

func (k *talk) at(from int, seq uint32, flags byte, data string) {
	src, dst, sport, dport := k.src, k.dst, k.sport, k.dport
	if from == 1 {
		src, dst, sport, dport = dst, src, dport, sport
	}
	b := binary.BigEndian.AppendUint16(nil, sport)
	b = binary.BigEndian.AppendUint16(b, dport)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = binary.BigEndian.AppendUint32(b, k.seq[1-from])
	b = append(b, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0)
	k.p.frame(src, dst, protoTCP, append(b, data...))
}

func (k *talk) open() {
	k.send(0, flagSYN, "")
	k.send(1, flagSYN|flagACK, "")
	k.send(0, flagACK, "")
}

func (k *talk) close() {
	k.send(0, flagFIN|flagACK, "")
	k.send(1, flagFIN|flagACK, "")
	k.send(0, flagACK, "")
}

// pcap writes the capture in the old format.
func (p *tape) pcap() string {
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	if err := w.WriteFileHeader(65536, p.link); err != nil {
		p.t.Fatal(err)
	}
	for i, f := range p.frames {
		if err := w.WritePacket(p.info(i), p.cut(f)); err != nil {
			p.t.Fatal(err)
		}
	}
	return b.String()
}

// pcapng writes it in the new one.
func (p *tape) pcapng() string {
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, p.link)
	if err != nil {
		p.t.Fatal(err)
	}
	for i, f := range p.frames {
		if err := w.WritePacket(p.info(i), p.cut(f)); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		p.t.Fatal(err)
	}
	return b.String()
}

func (p *tape) cut(f []byte) []byte {
	if p.cutting > 0 {
		return f[:min(p.cutting, len(f))]
	}
	return f
}

func (p *tape) info(i int) gopacket.CaptureInfo {
	return gopacket.CaptureInfo{Timestamp: p.times[i], CaptureLength: len(p.cut(p.frames[i])), Length: len(p.frames[i])}
}

// label writes a name of DNS.
func label(name ...string) (out []byte) {
	for _, l := range name {
		out = append(append(out, byte(len(l))), l...)
	}
	return append(out, 0)
}

// query writes a question; with answers it is a reply.
func query(id uint16, flags uint16, kind uint16, name []byte, answers ...[]byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, id)
	b = binary.BigEndian.AppendUint16(b, flags)
	b = append(b, 0, 1, 0, byte(len(answers)), 0, 0, 0, 0)
	b = append(b, name...)
	b = binary.BigEndian.AppendUint16(b, kind)
	b = append(b, 0, 1)
	for _, a := range answers {
		b = append(b, a...)
	}
	return b
}

// record writes an answer to the question's name.
func record(kind uint16, data []byte) []byte {
	b := []byte{0xc0, 12}
	b = binary.BigEndian.AppendUint16(b, kind)
	b = append(b, 0, 1, 0, 0, 0, 60)
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}
