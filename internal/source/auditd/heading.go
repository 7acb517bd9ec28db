package auditd

import (
	"bytes"
	"time"
)

// A heading is what every record begins with.
type heading struct {
	node   []byte // nil when the record does not say it
	kind   []byte // such as SYSCALL
	id     []byte // seconds.milliseconds:serial
	at     time.Time
	serial uint64
	rest   []byte // the record's fields
}

// kinds are the names of records that the kernel's own log tells by number.
var kinds = map[string]string{
	"1300": "SYSCALL", "1302": "PATH", "1303": "IPC", "1304": "SOCKETCALL", "1305": "CONFIG_CHANGE",
	"1306": "SOCKADDR", "1307": "CWD", "1309": "EXECVE", "1320": "EOE", "1326": "SECCOMP",
	"1327": "PROCTITLE", "1400": "AVC", "1130": "SERVICE_START", "1131": "SERVICE_STOP",
	"1100": "USER_AUTH", "1101": "USER_ACCT", "1103": "CRED_ACQ", "1104": "CRED_DISP",
	"1105": "USER_START", "1106": "USER_END", "1112": "USER_LOGIN", "1123": "USER_CMD",
	"1108": "USER_MGMT", "1114": "ADD_USER", "1115": "DEL_USER", "1116": "ADD_GROUP", "1117": "DEL_GROUP", "1319": "TTY",
}

// Kind is the name of a kind of record that is told by number, "" when it is
// not known.
func Kind(number string) string { return kinds[number] }

// parse reads a heading and reports whether there is one.
func (h *heading) parse(line []byte) bool {
	*h = heading{}
	line = bytes.TrimLeft(line, " ")
	line = bytes.TrimPrefix(line, []byte("audit: "))
	if rest, ok := bytes.CutPrefix(line, []byte("node=")); ok {
		h.node, line, _ = bytes.Cut(rest, []byte(" "))
	}
	rest, ok := bytes.CutPrefix(line, []byte("type="))
	if !ok {
		return false
	}
	h.kind, rest, _ = bytes.Cut(rest, []byte(" "))
	rest = bytes.TrimPrefix(rest, []byte("msg="))
	rest, ok = bytes.CutPrefix(rest, []byte("audit("))
	if !ok || len(h.kind) == 0 {
		return false
	}
	if name, known := kinds[string(h.kind)]; known {
		h.kind = []byte(name)
	}
	h.id, h.rest, ok = bytes.Cut(rest, []byte(")"))
	h.rest = bytes.TrimPrefix(h.rest, []byte(":"))
	return ok && h.stamp()
}

// stamp takes the identity apart.
func (h *heading) stamp() bool {
	when, serial, ok := bytes.Cut(h.id, []byte(":"))
	secs, frac, _ := bytes.Cut(when, []byte("."))
	s, ok1 := decimal(secs)
	f, ok2 := decimal(frac)
	h.serial, ok = mustDecimal(serial, ok)
	if !ok || !ok1 || !ok2 || len(secs) > 11 || len(frac) > 9 {
		return false
	}
	for range 9 - len(frac) {
		f *= 10
	}
	h.at = time.Unix(int64(s), int64(f)).UTC()
	return h.at.Year() <= 9999
}

func mustDecimal(b []byte, before bool) (uint64, bool) {
	n, ok := decimal(b)
	return n, ok && before && len(b) > 0
}

// decimal reads a number; of nothing it makes 0.
func decimal(b []byte) (n uint64, ok bool) {
	if len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}
