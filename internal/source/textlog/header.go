package textlog

import (
	"bytes"
	"time"
)

// A Header is what syslog puts in front of a message.
type Header struct {
	Date     Date
	Dated    bool
	Host     []byte // the machine or relay that wrote the line, nil when unknown
	Program  []byte // without path and process number, nil when unknown
	PID      []byte
	Priority int // facility*8 + severity, -1 when unknown
}

// Facility returns the facility, -1 when unknown.
func (h *Header) Facility() int {
	if h.Priority < 0 {
		return -1
	}
	return h.Priority / 8
}

// ParseHeader reads the header of syslog at the beginning of a line, in the
// form of RFC 3164 (also with ISO dates, years, the sequence numbers and
// asterisks of Cisco, an address in front of those) or RFC 5424. It returns its length, 0 when there is
// none. Where a relay put its own header before another, the inner one counts.
func ParseHeader(line []byte) (h Header, length int) {
	h, n := oneHeader(line)
	if n == 0 || h.Program != nil {
		return h, n
	}
	// A relay's header: no program, but another header behind it.
	inner, m := oneHeader(line[n:])
	device := m > 0 && n+m < len(line) && line[n+m] == '%' // Cisco has no program
	if m == 0 || !inner.Dated || !device && (inner.Host == nil || inner.Program == nil) {
		return h, n
	}
	if inner.Priority < 0 {
		inner.Priority = h.Priority
	}
	if inner.Host == nil {
		inner.Host = h.Host
	}
	return inner, n + m
}

func oneHeader(line []byte) (h Header, length int) {
	h.Priority = -1
	b := line
	pri, rest, ok := priority(b)
	if ok {
		h.Priority, b = pri, rest
		if len(b) > 2 && b[0] == '1' && b[1] == ' ' {
			if n := h.structured(b[2:]); n > 0 {
				return h, len(line) - len(b) + 2 + n
			}
		}
	}
	if n := h.classic(b); n > 0 {
		return h, len(line) - len(b) + n
	}
	if ok {
		return h, len(line) - len(b)
	}
	return h, 0
}

// priority reads <189>.
func priority(b []byte) (pri int, rest []byte, ok bool) {
	if len(b) < 3 || b[0] != '<' {
		return 0, b, false
	}
	pri, rest, ok = number(b[1:], 1, 3)
	if !ok || len(rest) == 0 || rest[0] != '>' || pri > 191 {
		return 0, b, false
	}
	return pri, rest[1:], true
}

// classic reads a date, a host and a tag and returns their length.
func (h *Header) classic(b []byte) int {
	at := b
	if word, rest, ok := bytes.Cut(b, []byte(" ")); ok && len(word) < 46 && IsAddress(word) && len(rest) > 0 && digit(rest[0]) {
		h.Host, at = word, rest // written by a collector, before the sequence number
	}
	at = afterNumbers(at)
	if name, rest, ok := origin(at); ok {
		h.Host, at = name, rest
	}
	d, rest, ok := anyDate(at)
	if !ok || len(rest) == 0 {
		h.Host = nil
		return 0
	}
	if rest[0] == ' ' {
		rest = zoneWord(&d, rest)
	}
	h.Date, h.Dated = d, true
	if rest[0] == ':' {
		return len(b) - len(bytes.TrimLeft(rest[1:], " "))
	}
	if rest[0] != ' ' || h.Host != nil {
		h.Dated, h.Host = false, nil
		return 0
	}
	rest = bytes.TrimLeft(rest, " ")
	rest = h.host(rest)
	rest = h.tag(rest)
	return len(b) - len(rest)
}

// afterNumbers passes over sequence numbers and the mark of a clock that is not
// set.
func afterNumbers(b []byte) []byte {
	for len(b) > 0 && digit(b[0]) {
		_, rest, _ := number(b, 1, 12)
		if len(rest) < 2 || rest[0] != ':' || rest[1] != ' ' {
			break
		}
		b = rest[2:]
	}
	b = bytes.TrimPrefix(b, []byte(": "))
	if len(b) > 0 && (b[0] == '*' || b[0] == '.') {
		b = b[1:]
	}
	return b
}

// origin reads the name that Cisco puts before a date when it is told to: "r1:
// 000123: *Jun 15 10:00:00: ".
func origin(b []byte) (name, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < 64 && tagByte(b[i]) {
		i++
	}
	if i == 0 || len(b) < i+17 || b[i] != ':' || b[i+1] != ' ' {
		return nil, b, false
	}
	rest = afterNumbers(b[i+2:])
	_, tail, ok := anyDate(rest)
	if !ok || len(tail) == 0 || tail[0] != ':' && bytes.IndexByte(tail[:min(len(tail), 8)], ':') < 0 {
		return nil, b, false
	}
	return b[:i], rest, true
}

func anyDate(b []byte) (d Date, rest []byte, ok bool) {
	if len(b) < 15 {
		return d, b, false
	}
	if letter(b[0]) {
		return BSDDate(b)
	}
	if b[4] == '-' && b[10] == 'T' {
		return ISODate(b)
	}
	if year, tail, ok := number(b, 4, 4); ok && year >= 1990 && tail[0] == ' ' && letter(tail[1]) { // NX-OS
		if d, rest, ok = BSDDate(tail[1:]); ok && d.Yearless() {
			d.Year = year
			return d, rest, true
		}
	}
	return Date{}, b, false
}

// zoneWord passes over a zone in letters, maybe with an offset, that a colon
// follows: CEST, mdt, UTC, UTC+1, UTC+07:30.
func zoneWord(d *Date, b []byte) []byte {
	i := 1
	for i < len(b) && i < 6 && letter(b[i]) {
		i++
	}
	if i == 1 || i == len(b) || b[i] != ':' && b[i] != '+' && b[i] != '-' {
		return b // before the work: most lines have a host here
	}
	zone := bytes.ToUpper(b[1:i])
	if !bytes.Equal(zone, b[1:i]) && !zones[string(zone)] {
		return b // a program's name
	}
	var shift time.Duration
	rest, universal := b[i:], string(zone) == "UTC" || string(zone) == "GMT"
	if universal {
		shift, rest = zoneOffset(rest)
	}
	if len(rest) == 0 || rest[0] != ':' {
		return b
	}
	if universal {
		d.Shift, d.Zoned = shift, true
	}
	return rest
}

// zones are the zones that devices write in small letters too.
var zones = map[string]bool{
	"UTC": true, "GMT": true, "BST": true, "WET": true, "WEST": true, "CET": true, "CEST": true, "EET": true, "EEST": true, "MSK": true,
	"EST": true, "EDT": true, "CST": true, "CDT": true, "MST": true, "MDT": true, "PST": true, "PDT": true, "JST": true, "KST": true,
	"IST": true, "SGT": true, "HKT": true, "AEST": true, "AEDT": true, "NZST": true, "NZDT": true,
}

// zoneOffset reads +1, -05 or +07:30; it is nothing where there is none.
func zoneOffset(b []byte) (shift time.Duration, rest []byte) {
	if len(b) < 2 || b[0] != '+' && b[0] != '-' {
		return 0, b
	}
	hours, rest, ok := number(b[1:], 1, 2)
	if !ok {
		return 0, b
	}
	shift = time.Duration(hours) * time.Hour
	if len(rest) > 2 && rest[0] == ':' && digit(rest[1]) && digit(rest[2]) {
		minutes, tail, _ := number(rest[1:], 2, 2)
		shift, rest = shift+time.Duration(minutes)*time.Minute, tail
	}
	if b[0] == '-' {
		shift = -shift
	}
	return shift, rest
}

// host takes the next word for the host. Words that look like the beginning of
// a message are not.
func (h *Header) host(b []byte) []byte {
	i := bytes.IndexByte(b, ' ')
	if i <= 0 || i > 255 {
		return b
	}
	word := b[:i]
	if bytes.ContainsAny(word, "=|{\"<%,[") {
		return b
	}
	if word[i-1] == ':' { // a tag, or Cisco's host with a colon
		if bytes.IndexByte(word[:i-1], ':') < 0 || i < 3 {
			if !bytes.HasPrefix(b[i:], []byte(" %")) {
				return b
			}
			word = word[:i-1]
		}
	}
	h.Host = word
	return bytes.TrimLeft(b[i:], " ")
}

// tag reads program[pid]: and returns what follows the blank behind it.
func (h *Header) tag(b []byte) []byte {
	i := 0
	for i < len(b) && i < 64 && tagByte(b[i]) {
		i++
	}
	if i == 0 || i == len(b) {
		return b
	}
	name, rest := b[:i], b[i:]
	var pid []byte
	if rest[0] == '[' {
		end := bytes.IndexByte(rest, ']')
		if end < 0 || end > 40 {
			return b
		}
		pid, rest = rest[1:end], rest[end+1:]
	}
	if len(rest) == 0 || rest[0] != ':' || len(rest) > 1 && rest[1] != ' ' || isPayload(name) || isCount(name) {
		return b
	}
	h.Program, h.PID = programOf(name), pid
	if len(rest) > 1 {
		return rest[2:]
	}
	return rest[1:]
}

// isPayload tells the words that look like tags but begin a message.
func isPayload(name []byte) bool { return string(name) == "CEF" || string(name) == "LEEF" }

// isCount tells Cisco's sequence numbers from names.
func isCount(name []byte) bool {
	_, rest, _ := number(name, 1, 12)
	return len(rest) == 0
}

// programOf drops a path in front of a program's name, but keeps names like
// postfix/smtpd.
func programOf(name []byte) []byte {
	if name[0] == '/' {
		name = name[bytes.LastIndexByte(name, '/')+1:]
	}
	if len(name) > 2 && name[0] == '(' && name[len(name)-1] == ')' {
		name = name[1 : len(name)-1]
	}
	return name
}

func tagByte(c byte) bool {
	return letter(c) || digit(c) || bytes.IndexByte([]byte("-_./()@"), c) >= 0
}

// structured reads the header of RFC 5424 behind its version and returns its
// length.
func (h *Header) structured(b []byte) int {
	var words [5][]byte
	rest := b
	for i := range words {
		end := bytes.IndexByte(rest, ' ')
		if end <= 0 {
			return 0
		}
		words[i], rest = rest[:end], rest[end+1:]
	}
	d, tail, ok := ISODate(words[0])
	if !ok && !isNil(words[0]) || ok && len(tail) > 0 {
		return 0
	}
	rest, whole := skipStructured(rest)
	if !whole {
		return 0
	}
	h.Date, h.Dated = d, ok
	h.Host, h.Program, h.PID = orNil(words[1]), orNil(words[2]), orNil(words[3])
	if len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	rest = bytes.TrimPrefix(rest, []byte("\xef\xbb\xbf"))
	return len(b) - len(rest)
}

func isNil(b []byte) bool { return len(b) == 1 && b[0] == '-' }

func orNil(b []byte) []byte {
	if isNil(b) {
		return nil
	}
	return b
}

// skipStructured passes over the structured data, - or [id name="value"]...
func skipStructured(b []byte) (rest []byte, ok bool) {
	if len(b) > 0 && b[0] == '-' {
		return b[1:], true
	}
	quoted := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted && (i+1 == len(b) || b[i+1] != '['):
			return b[i+1:], true
		}
	}
	return b, false
}
