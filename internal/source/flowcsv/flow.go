package flowcsv

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// flow makes the event of the present row.
func (p *parser) flow() {
	product := "nfdump"
	if p.header.argus {
		product = "argus"
	}
	p.event = event.Event{Values: p.event.Values, Source: event.Source{Product: product, Category: "firewall", Service: "netflow"}}
	for i, name := range p.header.names {
		if name != "" {
			p.record.Add(name, p.cells[i])
		}
	}
	p.ends()
	p.sizes()
	p.alias("duration", p.cell(duration))
	p.alias("proto", protocolName(p.cell(protocol)))
	p.record.Fill(&p.event)
	p.date()
}

// alias adds a field that the tool has not named itself.
func (p *parser) alias(name string, text []byte) {
	if len(text) > 0 && !slices.Contains(p.header.names, name) {
		p.record.Alias(name, text)
	}
}

// ends names the ends of the flow as the record has them, and with the one
// that began first. Only Argus tells that apart.
func (p *parser) ends() {
	src, srcPort := p.cell(sourceAddress), port(p.cell(sourcePort))
	target, targetPort := p.cell(targetAddress), port(p.cell(targetPort))
	p.alias("src_ip", src)
	p.alias("src_port", srcPort)
	p.alias("dst_ip", target)
	p.alias("dst_port", targetPort)
	p.alias("destination.port", targetPort)
	if p.backwards() {
		src, srcPort, target, targetPort = target, targetPort, src, srcPort
	}
	p.alias("id.orig_h", src)
	p.alias("id.orig_p", srcPort)
	p.alias("id.resp_h", target)
	p.alias("id.resp_p", targetPort)
}

// backwards reports whether the target began the flow.
func (p *parser) backwards() bool {
	dir := p.cell(direction)
	return len(dir) > 1 && dir[0] == '<' && dir[len(dir)-1] != '>'
}

// port returns a port, nil for what tools write in its place for other
// protocols (8.0, 0x0303).
func port(text []byte) []byte {
	if !isNumber(text) {
		return nil
	}
	return text
}

// sizes names packets and bytes of both directions. Argus has the sum and one
// of them.
func (p *parser) sizes() {
	packets, packetsTo := p.cell(packetsOut), p.rest(packetsBack, packetsAll, packetsOut)
	size, sizeTo := p.cell(bytesOut), p.rest(bytesBack, bytesAll, bytesOut)
	if p.backwards() {
		packets, packetsTo, size, sizeTo = packetsTo, packets, sizeTo, size
	}
	p.alias("orig_pkts", packets)
	p.alias("resp_pkts", packetsTo)
	p.alias("orig_ip_bytes", size)
	p.alias("resp_ip_bytes", sizeTo)
}

// rest returns the number of one direction, computed from the sum and the
// other's if it is not told.
func (p *parser) rest(own, sum, other column) []byte {
	if text := p.cell(own); text != nil {
		return text
	}
	all, err1 := strconv.ParseUint(string(p.cell(sum)), 10, 63)
	out, err2 := strconv.ParseUint(string(p.cell(other)), 10, 63)
	if err1 != nil || err2 != nil || out > all {
		return nil
	}
	return p.record.Build(func(dst []byte) []byte { return strconv.AppendUint(dst, all-out, 10) })
}

// protocolName writes a protocol as Zeek does.
func protocolName(text []byte) []byte {
	switch string(text) {
	case "6", "TCP":
		return []byte("tcp")
	case "17", "UDP":
		return []byte("udp")
	case "1", "58", "ICMP", "ICMP6", "ipv6-icmp":
		return []byte("icmp")
	}
	return bytes.ToLower(text)
}

// date gives the event the time at which the flow began.
func (p *parser) date() {
	text := p.cell(first)
	if d, rest, ok := textlog.ISODate(text); ok && len(rest) == 0 {
		p.clock.Set(&p.event, &d, true)
		return
	}
	at, zoned, ok := source.ParseTime(text)
	if !ok {
		at = time.Time{}
	}
	p.clock.Put(&p.event, at, zoned, ok)
}
