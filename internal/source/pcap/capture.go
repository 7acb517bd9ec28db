package pcap

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"tyto/internal/source"
)

// kinds of captures.
type kind uint8

const (
	noCapture kind = iota
	classic
	nextGeneration
)

// Sizes in bytes.
const (
	fileHeader   = 24 // of pcap
	recordHeader = 16 // of a packet in pcap
	packetHeader = 28 // of an enhanced packet block in pcapng, before the packet
	maxPacket    = 256 << 10
	maxPrefix    = 1 << 20 // of pcapng, before the first packet
	maxDamage    = 1000
	searchStep   = 4 << 10
)

// kindOf tells the kind of capture from its first bytes.
func kindOf(head []byte) kind {
	if len(head) < 12 {
		return noCapture
	}
	switch string(head[:4]) {
	case "\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d":
		return classic
	case "\x0a\x0d\x0d\x0a":
		if m := string(head[8:12]); m == "\x4d\x3c\x2b\x1a" || m == "\x1a\x2b\x3c\x4d" {
			return nextGeneration
		}
	}
	return noCapture
}

// A packet is one packet of a capture. Its bytes hold until the next.
type packet struct {
	data   []byte
	length int // on the wire
	time   time.Time
	link   layers.LinkType
	offset int64 // of its record in the file
	number uint64
}

// A packetReader is what pcapgo has for both formats.
type packetReader interface {
	ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

// A capture hands out the packets of a file. Behind damage it looks for the
// next place at which packets can be read.
type capture struct {
	in      *source.Input
	kind    kind
	order   binary.ByteOrder
	prefix  []byte // the file's head, put in front of what is read behind damage
	begun   int64  // where the reading of the file began last
	source  *counter
	buf     *bufio.Reader
	window  []byte // of a search
	packets packetReader
	link    layers.LinkType
	count   uint64
	last    time.Time
	rep     source.Report
}

// A counter counts the bytes that were read of a file behind a prefix.
type counter struct {
	r      io.Reader
	start  int64 // offset in the file of the first byte, less the prefix
	n      int64
	failed error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.failed = err
	}
	return n, err
}

func openCapture(in *source.Input) *capture {
	c := &capture{in: in, kind: kindOf(in.Head), order: binary.LittleEndian}
	if c.kind == noCapture {
		if in.Size > 0 {
			c.damage(0, in.Size, "no capture")
		}
		c.rep.Bytes = in.Size
		return c
	}
	if in.Head[0] == 0xa1 || c.kind == nextGeneration && in.Head[8] == 0x1a {
		c.order = binary.BigEndian
	}
	c.readPrefix()
	c.start(int64(len(c.prefix)))
	return c
}

// readPrefix keeps what must stand before packets: the header of pcap, with a
// bound for packets' sizes, or all blocks of pcapng up to the first packet.
func (c *capture) readPrefix() {
	if c.kind == classic {
		c.prefix = bytes.Clone(c.in.Head[:min(fileHeader, len(c.in.Head))])
		if len(c.prefix) == fileHeader {
			c.order.PutUint32(c.prefix[16:], min(c.order.Uint32(c.prefix[16:]), maxPacket))
		}
		return
	}
	head := make([]byte, min(c.in.Size, maxPrefix))
	n, _ := c.in.ReadAt(head, 0)
	head = head[:n]
	at := 0
	for at+12 <= len(head) {
		kind, size := c.order.Uint32(head[at:]), int(c.order.Uint32(head[at+4:]))
		if kind != blockSection && kind != blockInterface || size < 12 || size%4 != 0 || at+size > len(head) {
			break
		}
		at += size
	}
	c.prefix = head[:at]
}

// Types of blocks in pcapng.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 6
)

// start begins reading at an offset of the file.
func (c *capture) start(at int64) {
	c.begun = at
	body := io.NewSectionReader(c.in, at, c.in.Size-at)
	c.source = &counter{r: io.MultiReader(bytes.NewReader(c.prefix), body), start: at - int64(len(c.prefix))}
	if c.buf == nil {
		c.buf = bufio.NewReaderSize(c.source, 64<<10)
	}
	c.buf.Reset(c.source)
	c.packets = nil
	var err error
	if c.kind == classic {
		var r *pcapgo.Reader
		if r, err = pcapgo.NewReader(c.buf); err == nil {
			c.packets, c.link = r, r.LinkType()
		}
	} else {
		var r *pcapgo.NgReader
		if r, err = pcapgo.NewNgReader(c.buf, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true}); err == nil {
			c.packets = r
		}
	}
	if err != nil {
		c.rep.Bytes = c.in.Size
		if c.source.failed != nil || !errors.Is(err, io.EOF) || c.in.Size > int64(len(c.prefix)) {
			c.damage(0, max(c.in.Size, 1), "bad file header")
		} else if len(c.prefix) < fileHeader {
			c.damage(0, c.in.Size, "cut file header")
		}
	}
}

// position is the offset in the file of the next byte that pcapgo will take.
func (c *capture) position() int64 {
	return min(c.source.start+c.source.n-int64(c.buf.Buffered()), c.in.Size)
}

// next returns the next packet; ok is false at the end.
func (c *capture) next() (p packet, ok bool) {
	for c.packets != nil {
		at := c.position()
		data, info, err := c.read()
		if err == nil {
			c.count++
			c.last = info.Timestamp
			c.rep.Bytes = c.position()
			p = packet{data: data, length: info.Length, time: info.Timestamp.UTC(), link: c.link, number: c.count}
			p.offset = c.position() - int64(len(data)) - recordHeader
			if c.kind == nextGeneration {
				p.offset = c.blockOf(at, len(data))
				if len(info.AncillaryData) > 0 {
					p.link, _ = info.AncillaryData[0].(layers.LinkType)
				}
			}
			return p, true
		}
		c.recover(at, err)
	}
	return p, false
}

// blockOf returns where the block of a packet begins, that pcapgo has found
// behind at: pcapgo passes over blocks of other types.
func (c *capture) blockOf(at int64, size int) int64 {
	end := c.position()
	for end-at > int64(packetHeader+(size+3)&^3+4) {
		var b [8]byte
		if _, err := c.in.ReadAt(b[:], at); err != nil {
			break
		}
		kind, length := c.order.Uint32(b[:]), int64(c.order.Uint32(b[4:]))
		if kind == blockPacket || length < 12 || at+length >= end {
			break
		}
		at += length
	}
	return at
}

// read asks pcapgo for a packet. Whatever a hostile file makes of it, the
// reading goes on behind the place.
func (c *capture) read() (data []byte, info gopacket.CaptureInfo, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading a packet: %v", r)
		}
	}()
	return c.packets.ZeroCopyReadPacketData()
}

// recover goes on behind damage at an offset, or ends.
func (c *capture) recover(at int64, err error) {
	if c.source.failed != nil {
		c.packets = nil
		c.damage(at, max(c.in.Size-at, 1), "read error")
		c.rep.Notes = append(c.rep.Notes, c.source.failed.Error())
		return
	}
	at = max(at, c.begun) // of what is put in front pcapgo may have left some
	if errors.Is(err, io.EOF) && c.endsAfter(at) {
		c.packets, c.rep.Bytes = nil, c.in.Size
		return
	}
	next := c.search(at + 1)
	if next < 0 {
		why := "bad packet"
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			why = "cut packet"
		}
		c.packets, c.rep.Bytes = nil, c.in.Size
		if at < c.in.Size {
			c.damage(at, c.in.Size-at, why)
		}
		return
	}
	c.damage(at, next-at, "bad packet")
	c.rep.Bytes = next
	c.start(next)
}

// endsAfter reports whether nothing follows an offset, or in pcapng nothing but
// whole blocks, none of them a packet.
func (c *capture) endsAfter(at int64) bool {
	for c.kind == nextGeneration && at < c.in.Size {
		var b [8]byte
		if _, err := c.in.ReadAt(b[:], at); err != nil {
			return false
		}
		size := int64(c.order.Uint32(b[4:]))
		if c.order.Uint32(b[:]) == blockPacket || size < 12 || size%4 != 0 {
			return false
		}
		at += size
	}
	return at == c.in.Size
}

// search looks for the next record, from an offset on; -1 if there is none.
func (c *capture) search(from int64) int64 {
	if c.window == nil {
		c.window = make([]byte, searchStep+packetHeader)
	}
	for at := from; at < c.in.Size; at += searchStep {
		n, err := c.in.ReadAt(c.window[:min(int64(len(c.window)), c.in.Size-at)], at)
		if err != nil && err != io.EOF {
			return -1
		}
		for i := range min(searchStep, n) {
			if c.plausible(c.window[i:n], at+int64(i)) {
				return at + int64(i)
			}
		}
	}
	return -1
}

// chain is how many records in a row are believed to be records.
const chain = 4

// plausible reports whether bytes at an offset look like the beginning of a
// record that others follow, or the end of the file.
func (c *capture) plausible(b []byte, at int64) bool {
	near := int64(-1)
	if c.count > 0 {
		near = c.last.Unix()
	}
	var next [packetHeader]byte
	for i := range chain {
		size := c.recordSize(b, near)
		end := at + size
		if size < 0 || end > c.in.Size && i < 2 {
			return false
		}
		if end >= c.in.Size { // the last of several may be cut
			return true
		}
		if c.kind == nextGeneration { // has its size at both ends
			if _, err := c.in.ReadAt(next[:4], end-4); err != nil || int64(c.order.Uint32(next[:])) != size {
				return false
			}
		} else if near < 0 {
			near = int64(c.order.Uint32(b))
		}
		n, _ := c.in.ReadAt(next[:], end)
		b, at = next[:n], end
	}
	return true
}

// recordSize returns the size of the record whose header b begins with, -1 if
// it looks like none. Its time must not be far from that of the others.
func (c *capture) recordSize(b []byte, near int64) int64 {
	if c.kind == nextGeneration {
		return c.blockSize(b)
	}
	if len(b) < recordHeader {
		return -1
	}
	captured, length := c.order.Uint32(b[8:]), c.order.Uint32(b[12:])
	if captured == 0 || captured > maxPacket || length < captured || length > 1<<20 || c.order.Uint32(b[4:]) >= 1e9 {
		return -1
	}
	apart := int64(c.order.Uint32(b)) - near
	if near >= 0 && (apart < -86400 || apart > 30*86400) {
		return -1
	}
	return recordHeader + int64(captured)
}

// blockSize is recordSize for pcapng.
func (c *capture) blockSize(b []byte) int64 {
	if len(b) < 12 {
		return -1
	}
	kind, size := c.order.Uint32(b), c.order.Uint32(b[4:])
	if kind == 0 || kind > 10 || size < 12 || size > maxPacket+1024 || size%4 != 0 {
		return -1
	}
	if kind == blockPacket && (len(b) < packetHeader || size < 32 || c.order.Uint32(b[20:]) > size-32) {
		return -1
	}
	return int64(size)
}

func (c *capture) damage(at, length int64, why string) {
	c.rep.Damaged++
	if len(c.rep.Damage) < maxDamage {
		c.rep.Damage = append(c.rep.Damage, source.Damage{Offset: at, Length: length, Reason: why})
	}
}
