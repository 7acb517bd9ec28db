package flowcsv

import (
	"bytes"
	"strings"
)

// A column is what the reader knows about a column of some name.
type column uint8

const (
	otherColumn column = iota
	first
	last
	duration
	protocol
	sourceAddress
	sourcePort
	targetAddress
	targetPort
	direction
	packetsOut
	bytesOut
	packetsBack
	bytesBack
	packetsAll
	bytesAll
	columnCount
)

// columns are the names of the tools, in lower case.
var columns = map[string]column{
	// nfdump 1.6
	"ts": first, "te": last, "td": duration, "pr": protocol, "sa": sourceAddress, "da": targetAddress,
	"sp": sourcePort, "dp": targetPort, "ipkt": packetsOut, "ibyt": bytesOut, "opkt": packetsBack, "obyt": bytesBack,
	"pkt": packetsOut, "byt": bytesOut,
	// nfdump 1.7
	"firstseen": first, "lastseen": last, "duration": duration, "proto": protocol,
	"srcport": sourcePort, "dstport": targetPort,
	"packets": packetsOut, "bytes": bytesOut, "inpackets": packetsOut, "inbytes": bytesOut,
	"outpackets": packetsBack, "outbytes": bytesBack,
	// both nfdump 1.7 and Argus
	"srcaddr": sourceAddress, "dstaddr": targetAddress,
	// Argus
	"starttime": first, "lasttime": last, "dur": duration, "sport": sourcePort, "dport": targetPort, "dir": direction,
	"totpkts": packetsAll, "totbytes": bytesAll, "srcpkts": packetsOut, "srcbytes": bytesOut,
	"dstpkts": packetsBack, "dstbytes": bytesBack,
}

// marks are pieces that every header has one of.
var marks = [][]byte{[]byte("sa,"), []byte("srcAddr,"), []byte("SrcAddr,")}

// maxColumns bounds a header.
const maxColumns = 256

// A header says what the cells of a row are.
type header struct {
	line  []byte
	names []string
	at    [columnCount]int // cell of each column, -1 for none
	argus bool
}

// readHeader reads a line that names columns; nil if it is none. A header
// names both addresses, and either a time or a port.
func readHeader(line []byte) *header {
	line = bytes.TrimRight(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")), "\r")
	if len(line) > 16<<10 || !hasMark(line) {
		return nil
	}
	h := &header{line: line, names: strings.Split(string(line), ",")}
	for i := range h.at {
		h.at[i] = -1
	}
	for i, name := range h.names {
		h.names[i] = strings.TrimSpace(name)
		low := strings.ToLower(h.names[i])
		c, known := columns[low]
		if known && h.at[c] < 0 {
			h.at[c] = i
		}
		h.argus = h.argus || low == "starttime" || low == "totbytes"
	}
	flows := h.at[sourceAddress] >= 0 && h.at[targetAddress] >= 0 && (h.at[first] >= 0 || h.at[targetPort] >= 0)
	if !flows || len(h.names) > maxColumns {
		return nil
	}
	return h
}

func hasMark(line []byte) bool {
	for _, m := range marks {
		if bytes.Contains(line, m) {
			return true
		}
	}
	return false
}

// remarks are the beginnings of lines that nfdump writes around the rows.
var remarks = []string{
	"Summary", "flows,bytes,", "No matching flows", "No matched flows", "Time window", "Total flows processed", "Sys:", "Wall:", "Blocks skipped", "#",
}

func isRemark(line []byte) bool {
	for _, r := range remarks {
		if bytes.HasPrefix(line, []byte(r)) {
			return true
		}
	}
	return false
}

// isTotals reports whether cells are the numbers of nfdump's summary.
func isTotals(cells [][]byte) bool {
	if len(cells) != 6 {
		return false
	}
	for _, c := range cells {
		if len(c) == 0 || !isNumber(c) {
			return false
		}
	}
	return true
}

// isNumber reports whether a text has digits only.
func isNumber(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// cell returns a row's cell of some column, nil if there is none.
func (p *parser) cell(c column) []byte {
	if i := p.header.at[c]; i >= 0 {
		return p.cells[i]
	}
	return nil
}
