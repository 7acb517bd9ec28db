package syslog

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// A mnemonic is the name that Cisco gives a message: %FACILITY-SEVERITY-NAME:
type mnemonic struct {
	at       int // of the %
	end      int // behind the colon
	facility []byte
	name     []byte
}

// mnemonicOf finds the mnemonic in a line.
func mnemonicOf(line []byte) (m mnemonic, ok bool) {
	for at := 0; at < len(line); at++ {
		i := bytes.IndexByte(line[at:], '%')
		if i < 0 {
			return m, false
		}
		at += i
		if m, ok = mnemonicAt(line, at); ok {
			return m, true
		}
	}
	return m, false
}

// maxMnemonic bounds a mnemonic.
const maxMnemonic = 96

func mnemonicAt(line []byte, at int) (m mnemonic, ok bool) {
	end := at + 1
	for end < len(line) && end-at < maxMnemonic && mnemonicByte(line[end]) {
		end++
	}
	word := line[at+1 : end]
	if end+1 < len(line) && line[end] == ' ' { // IOS XR
		end++
	}
	if end == len(line) || line[end] != ':' {
		return m, false
	}
	last := bytes.LastIndexByte(word, '-')
	if last < 3 || word[last-2] != '-' || word[last-1] < '0' || word[last-1] > '7' || last+1 == len(word) {
		return m, false
	}
	return mnemonic{at: at, end: end + 1, facility: word[:last-2], name: word[last+1:]}, true
}

func mnemonicByte(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// device reads lines of network devices.
func (p *parser) device(l *textlog.Line) bool {
	if m, ok := mnemonicOf(l.Raw); ok {
		p.cisco(l, m)
		return true
	}
	if command := accounted(l); command != nil {
		p.command(l, command)
		return true
	}
	if bytes.Contains(l.Raw, []byte("%%01")) {
		return p.huawei(l)
	}
	return p.junos(l)
}

// cisco reads a message of IOS, XE, XR, NX-OS, ASA or FTD.
func (p *parser) cisco(l *textlog.Line, m mnemonic) {
	text := bytes.TrimLeft(l.Raw[m.end:], " ")
	p.ciscoDate(l, m)
	if command := loggedCommand(m, text); command != nil {
		p.command(l, command)
		return
	}
	p.rec.Add("Message", l.Raw)
	p.rec.Alias("facility", m.facility)
	p.rec.Alias("mnemonic", m.name)
	p.event.Source = event.Source{Product: "cisco", Service: ciscoService(l.Raw, m)}
	switch string(m.facility) {
	case "ASA", "FTD", "PIX":
		p.event.Source = event.Source{Product: "cisco", Category: "firewall", Service: "asa"}
		p.asa(text)
	}
}

// maxFront bounds what is looked at before a mnemonic.
const maxFront = 256

// ciscoDate takes the last date before the mnemonic: that of the device, not
// of a relay.
func (p *parser) ciscoDate(l *textlog.Line, m mnemonic) {
	front := l.Raw[max(m.at-maxFront, 0):m.at]
	for at := len(front) - 15; at > 0; at-- {
		if c := front[at-1]; c != ' ' && c != '*' && c != '.' && c != '>' && c != ':' {
			continue
		}
		if d, _, ok := textlog.BSDDate(front[at:]); ok && !d.Yearless() {
			p.clock.Set(&p.event, &d, true)
			return
		}
	}
}

// ciscoService returns Sigma's name of the log.
func ciscoService(line []byte, m mnemonic) string {
	switch {
	case bytes.Contains(m.facility, []byte("LDP")), bytes.Contains(line, []byte("LDP")), bytes.Contains(line, []byte("ldp")):
		return "ldp"
	case bytes.Contains(m.facility, []byte("BGP")), string(m.name) == "BADAUTH" && bytes.Contains(line, []byte(":179")):
		return "bgp"
	}
	return "syslog"
}

// loggedCommand returns the command that a message tells of, nil when it tells
// of none.
func loggedCommand(m mnemonic, text []byte) []byte {
	switch string(m.name) {
	case "CFGLOG_LOGGEDCMD":
		return after(text, "logged command:")
	case "LOG":
		if string(m.facility) == "HA_EM" {
			return after(text, ": ")
		}
	case "111008", "111010", "111009":
		if command := after(text, "executed the '"); command != nil {
			return before(command, "' command")
		}
		return bytes.Trim(after(text, "executed '"), "'")
	case "VSHD_SYSLOG_CONFIG_I", "ACCOUNTING":
		return after(text, "cmd=")
	}
	return nil
}

func after(text []byte, mark string) []byte {
	_, rest, ok := bytes.Cut(text, []byte(mark))
	if !ok {
		return nil
	}
	return bytes.TrimLeft(rest, " ")
}

func before(text []byte, mark string) []byte {
	head, _, _ := bytes.Cut(text, []byte(mark))
	return head
}

// accounted returns the command in a record of TACACS+ accounting, as tac_plus
// and ISE write them.
func accounted(l *textlog.Line) []byte {
	if bytes.Contains(l.Text, []byte("CmdSet=[")) {
		return commandSet(before(after(l.Text, "CmdSet=["), "]"))
	}
	if i := bytes.Index(l.Raw, []byte("\tcmd=")); i >= 0 {
		command, _, _ := bytes.Cut(l.Raw[i+5:], []byte("\t"))
		return bytes.TrimSuffix(bytes.TrimRight(command, " "), []byte(" <cr>"))
	}
	return nil
}

// commandSet joins "CmdAV=show CmdArgAV=version CmdArgAV=<cr>".
func commandSet(set []byte) (command []byte) {
	for _, w := range bytes.Fields(set) {
		_, value, ok := bytes.Cut(w, []byte("AV="))
		if !ok {
			value = w
		}
		if string(value) == "<cr>" {
			continue
		}
		if command != nil {
			command = append(command, ' ')
		}
		command = append(command, value...)
	}
	return command
}

// command makes the event of a command that was given to a device. Rules see
// the command only, since they look for everyday words.
func (p *parser) command(l *textlog.Line, command []byte) {
	p.rec.Add("command", command)
	p.rec.Alias("Message", l.Raw)
	if user := after(l.Raw, "User:"); user != nil {
		name, _ := word(user)
		p.rec.Alias("user", name)
	} else if user := after(l.Raw, "User '"); user != nil {
		p.rec.Alias("user", before(user, "'"))
	}
	p.event.Source = event.Source{Product: "cisco", Service: "aaa"}
}

// asa reads the addresses of messages about connections: "src inside:a/1 dst
// outside:b/2", "from a/1 to b/2 flags", "for outside:a/1 (..) to inside:b/2".
func (p *parser) asa(text []byte) {
	action, rest := word(text)
	r := p.rec
	from, to := endpoint(rest, " src "), endpoint(rest, " dst ")
	if from == nil || to == nil {
		from, to = endpoint(rest, " from "), endpoint(rest, " to ")
	}
	if from == nil || to == nil {
		from, to = endpoint(rest, " for "), endpoint(rest, " to ")
		if bytes.HasPrefix(rest, []byte("inbound")) || bytes.HasPrefix(rest, []byte("outbound")) && from != nil {
			from, to = orient(rest, from, to)
		}
	}
	if from == nil || to == nil {
		return
	}
	r.AliasOnce("src_ip", before(from, "/"))
	r.AliasOnce("src_port", after(from, "/"))
	r.AliasOnce("dst_ip", before(to, "/"))
	r.AliasOnce("dst_port", after(to, "/"))
	if bytes.Contains(text, []byte("denied")) {
		action = []byte("Deny")
	}
	r.Verdict(action)
}

// orient puts the side that opened a connection first: ASA names the outer
// side first whoever opened it.
func orient(rest, outer, inner []byte) (from, to []byte) {
	if bytes.HasPrefix(rest, []byte("outbound")) {
		return inner, outer
	}
	return outer, inner
}

// endpoint returns address/port behind a word, without the interface.
func endpoint(text []byte, mark string) []byte {
	b := after(text, mark)
	if b == nil {
		return nil
	}
	b, _ = word(b)
	b = bytes.TrimRight(b, ",)")
	if i := bytes.LastIndexByte(b, ':'); i >= 0 && bytes.Count(b, []byte(":")) == 1 {
		b = b[i+1:]
	}
	if bytes.IndexByte(b, '/') < 0 || !textlog.IsAddress(before(b, "/")) {
		return nil
	}
	return b
}

func (p *parser) huawei(l *textlog.Line) bool {
	p.rec.Add("Message", l.Raw)
	service := "syslog"
	if bytes.Contains(l.Raw, []byte("BGP")) {
		service = "bgp"
	}
	p.event.Source = event.Source{Product: "huawei", Service: service}
	return true
}

// junos reads messages of Junos that rules ask for: those of the routing
// daemon and of the kernel about the digests of its sessions.
func (p *parser) junos(l *textlog.Line) bool {
	digest := bytes.Contains(l.Text, []byte("missing MD5 digest"))
	if string(l.Header.Program) != "rpd" && !digest {
		return false
	}
	p.rec.Add("Message", l.Raw)
	service := "syslog"
	if digest || bytes.Contains(l.Text, []byte("BGP")) || bytes.Contains(l.Text, []byte("bgp")) {
		service = "bgp"
	}
	p.event.Source = event.Source{Product: "juniper", Service: service}
	return true
}
