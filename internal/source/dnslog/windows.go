package dnslog

import (
	"bytes"
	"time"

	"tyto/internal/source/textlog"
)

// heading is in the text with which Windows DNS begins its debug log.
const heading = "Message logging key"

// isDebug reports whether a file's head is of the debug log of Windows DNS.
func isDebug(head []byte) bool {
	for line := range textlog.HeadLines(head) {
		var q query
		if bytes.Contains(line, []byte(heading)) || q.windows(line) {
			return true
		}
	}
	return false
}

// isDetail reports whether a line is of those that explain a packet, or of the
// heading.
func isDetail(line []byte) bool {
	for _, c := range line {
		if c < ' ' && c != '\t' || c == 0x7f || c >= 0x80 {
			return false
		}
	}
	if line[0] == ' ' || line[0] == '\t' {
		return true
	}
	for _, start := range []string{"DNS Server log file", "Log file wrap", "Message logging key", "UDP ", "TCP ", "Field "} {
		if bytes.HasPrefix(line, []byte(start)) {
			return true
		}
	}
	date, _, ok := windowsDate(line)
	return ok && date.Year > 0
}

// windows reads "date thread PACKET address UDP Rcv 192.0.2.9 id R Q [flags
// rcode] A (7)example(3)com(0)".
func (q *query) windows(text []byte) bool {
	mark := bytes.Index(text, []byte(" PACKET "))
	if mark < 0 || mark > 48 {
		return false
	}
	d, dayFirst, ok := windowsDate(text)
	open := bytes.IndexByte(text, '[')
	end := bytes.LastIndexByte(text, ']')
	if !ok || open < mark || end < open {
		return false
	}
	words := bytes.Fields(text[mark+8 : open])
	for i, w := range words {
		if string(w) != "Rcv" && string(w) != "Snd" || i+2 >= len(words) {
			continue
		}
		q.direction, q.client = w, words[i+1]
		q.server, q.date, q.dated = "windns", d, true
		q.dayFirst = dayFirst
		flags := bytes.Fields(text[open+1 : end])
		if len(flags) > 0 {
			q.rcode = flags[len(flags)-1]
		}
		q.kind, q.name = word(text[end+1:])
		return isKind(q.kind) && len(q.name) > 0
	}
	return false
}

// windowsDate reads a date as the locale of the server writes it: the month
// first with slashes unless it cannot be one, the day first with dots, or ISO.
func windowsDate(text []byte) (d textlog.Date, dayFirst, ok bool) {
	if d, _, ok := textlog.ISODate(text); ok {
		return d, false, true
	}
	if d, _, ok := textlog.USDate(text); ok {
		return d, false, true
	}
	var n [3]int
	rest := text
	for i := range n {
		for len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' && n[i] < 10000 {
			n[i] = n[i]*10 + int(rest[0]-'0')
			rest = rest[1:]
		}
		if len(rest) == 0 || i < 2 && rest[0] != '.' && rest[0] != '/' && rest[0] != '-' || i == 2 && rest[0] != ' ' {
			return d, false, false
		}
		rest = rest[1:]
	}
	if n[1] < 1 || n[1] > 12 || n[0] < 1 || n[0] > 31 || n[2] < 1990 || n[2] > 9998 {
		return d, false, false
	}
	var clock [3]int
	for i := range clock {
		for len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' && clock[i] < 100 {
			clock[i] = clock[i]*10 + int(rest[0]-'0')
			rest = rest[1:]
		}
		if i < 2 && (len(rest) == 0 || rest[0] != ':') || clock[i] > 60 {
			return d, false, false
		}
		if i < 2 {
			rest = rest[1:]
		}
	}
	at := time.Date(n[2], time.Month(n[1]), n[0], clock[0], clock[1], clock[2], 0, time.UTC)
	d = textlog.DateOf(at)
	d.Zoned = false
	return d, true, true
}
