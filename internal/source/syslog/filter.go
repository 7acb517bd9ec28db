package syslog

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// filter reads lines of packet filters: the kernel's, and filterlog of pfSense
// and OPNsense.
func (p *parser) filter(l *textlog.Line) bool {
	if string(l.Header.Program) == "filterlog" {
		return p.filterlog(l)
	}
	at := bytes.Index(l.Text, []byte("IN="))
	if at < 0 || !bytes.Contains(l.Text[at:], []byte(" SRC=")) || !bytes.Contains(l.Text[at:], []byte(" DST=")) {
		return false
	}
	r := p.rec
	r.Add("Message", l.Raw)
	for rest := l.Text[at:]; len(rest) > 0; {
		key, value, tail, ok := textlog.NextPair(rest)
		if rest = tail; !ok {
			continue
		}
		r.Named(key, value)
	}
	r.AliasOnce("src_ip", r.Value("SRC"))
	r.AliasOnce("dst_ip", r.Value("DST"))
	r.AliasOnce("src_port", r.Value("SPT"))
	r.AliasOnce("dst_port", r.Value("DPT"))
	r.AliasOnce("protocol", r.Value("PROTO"))
	r.Verdict(verdictIn(l.Text[:at]))
	p.event.Source = event.Source{Product: "linux", Category: "firewall", Service: "iptables"}
	return true
}

// verdictIn finds the word that tells the verdict in the text that a rule of
// the packet filter was given by its author.
func verdictIn(prefix []byte) []byte {
	upper := bytes.ToUpper(prefix)
	for _, v := range []string{"ACCEPT", "ALLOW", "PERMIT", "DROP", "BLOCK", "DENY", "DENIED", "REJECT"} {
		if bytes.Contains(upper, []byte(v)) {
			return []byte(v)
		}
	}
	return nil
}

// The columns of filterlog.
const (
	pfAction, pfVersion = 6, 8
	pf4Proto, pf4From   = 16, 18
	pf6Proto, pf6From   = 12, 15
)

func (p *parser) filterlog(l *textlog.Line) bool {
	p.cells = textlog.Cells(p.cells[:0], l.Text, p.rec)
	if len(p.cells) < 19 {
		return false
	}
	from, proto := pf4From, pf4Proto
	if string(p.cells[pfVersion]) == "6" {
		from, proto = pf6From, pf6Proto
	}
	r := p.rec
	r.Add("Message", l.Raw)
	r.Alias("protocol", p.cells[proto])
	for i, name := range []string{"src_ip", "dst_ip", "src_port", "dst_port"} {
		if from+i < len(p.cells) {
			r.AliasOnce(name, p.cells[from+i])
		}
	}
	r.Verdict(p.cells[pfAction])
	p.event.Source = event.Source{Category: "firewall", Service: "filterlog"}
	return true
}
