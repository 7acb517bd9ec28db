// Package paloalto reads the logs of firewalls of Palo Alto Networks, as comma
// separated values with or without a header of syslog:
//
//	1,2025/06/15 10:00:00,0011,TRAFFIC,end,2305,2025/06/15 10:00:00,192.0.2.9,198.51.100.7,...
//
// They are recognised by the type in the fourth column behind a date in the
// second. Columns are bound from the left, so those that newer versions add on
// the right do no harm. TRAFFIC feeds the rules of category firewall, THREAT of
// subtype url those of category proxy, of the subtypes virus and wildfire those
// of category antivirus. GLOBALPROTECT, SYSTEM, CONFIG and other types keep
// their columns under service names of their own. Lines of gpsvc.log from a
// support archive feed the rules on GlobalProtect appliances.
//
// Columns have the names that the vendor uses in its own log templates. Times
// are the device's, mostly without zone.
package paloalto

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// Places of columns that all types have.
const (
	atReceived  = 1
	atType      = 3
	atSubtype   = 4
	atGenerated = 6
)

// Is reports whether a line is of these logs.
func Is(l *textlog.Line) bool { return isService(l.Text) || typeOf(l.Text) != nil }

// typeOf returns the type of a line, nil when it is none of the firewall's.
func typeOf(line []byte) []byte {
	var cells [4][]byte
	rest := line
	for i := range cells {
		var ok bool
		if cells[i], rest, ok = bytes.Cut(rest, []byte(",")); !ok {
			return nil
		}
	}
	if _, _, ok := textlog.ISODate(cells[atReceived]); !ok || namesOf(cells[atType]) == nil {
		return nil
	}
	return cells[atType]
}

// isService recognises a line of gpsvc.log, a JSON object of four members.
func isService(line []byte) bool {
	return bytes.HasPrefix(line, []byte(`{"level":"`)) && bytes.Contains(line, []byte(`"task":"`)) &&
		bytes.Contains(line, []byte(`"time":"`)) && bytes.Contains(line, []byte(`"message":"`))
}

// Parse implements [textlog.Parser].
func (p *Parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	p.rec.Reset()
	p.event.Host = p.names.Intern(l.Header.Host)
	switch kind := typeOf(l.Text); {
	case kind != nil:
		p.columns(l, kind)
	case isService(l.Text):
		p.service(l)
	default:
		return false
	}
	p.rec.Fill(&p.event)
	emit(&p.event)
	return true
}

func (p *Parser) columns(l *textlog.Line, kind []byte) {
	r := p.rec
	p.cells = textlog.Cells(p.cells[:0], l.Text, r)
	for i, name := range namesOf(kind) {
		if i < len(p.cells) && name != "" && len(p.cells[i]) > 0 {
			r.Add(name, p.cells[i])
		}
	}
	r.Add("Message", l.Raw)
	if name := r.Value("device_name"); name != nil {
		p.event.Host = p.names.Intern(name)
	}
	p.bind(string(kind))
	date := p.cell(atGenerated)
	if len(date) == 0 {
		date = p.cell(atReceived)
	}
	d, _, ok := textlog.ISODate(date)
	p.clock.Set(&p.event, &d, ok)
}

func (p *Parser) cell(i int) []byte {
	if i < len(p.cells) {
		return p.cells[i]
	}
	return nil
}

// bind finds the log source and adds the names that its rules use.
func (p *Parser) bind(kind string) {
	r := p.rec
	src := event.Source{Product: "paloalto"}
	switch kind {
	case "TRAFFIC":
		src.Category, src.Service = "firewall", "traffic"
		p.flow()
		r.Verdict(r.Value("action"))
	case "THREAT":
		src.Service = "threat"
		p.flow()
		src.Category = p.threat()
	case "GLOBALPROTECT":
		src.Service = "globalprotect"
		r.AliasOnce("user", r.Value("srcuser"))
		r.AliasOnce("src_ip", r.Value("public_ip"))
	default:
		src.Service = serviceOf(kind)
	}
	p.event.Source = src
}

func serviceOf(kind string) string {
	switch kind {
	case "CONFIG":
		return "config"
	case "SYSTEM":
		return "system"
	case "AUTHENTICATION":
		return "authentication"
	case "USERID":
		return "userid"
	case "DECRYPTION":
		return "decryption"
	}
	return "paloalto"
}

func (p *Parser) flow() {
	r := p.rec
	r.AliasOnce("src_ip", r.Value("src"))
	r.AliasOnce("dst_ip", r.Value("dst"))
	r.AliasOnce("src_port", r.Value("sport"))
	r.AliasOnce("dst_port", r.Value("dport"))
}

// threat adds the names for a THREAT record and returns its category.
func (p *Parser) threat() string {
	r := p.rec
	switch subtype := p.cell(atSubtype); {
	case string(subtype) == "url":
		r.ProxyAliases(&textlog.Request{
			Method: bytes.ToUpper(r.Value("http_method")), URL: r.Value("misc"), Agent: r.Value("user_agent"),
			Referer: r.Value("referer"), User: r.Value("srcuser"), Client: r.Value("src"), Server: r.Value("dst"),
		})
		return "proxy"
	case string(subtype) == "virus", bytes.HasPrefix(subtype, []byte("wildfire")), string(subtype) == "ml-virus":
		r.AliasOnce("Signature", r.Value("threatid"))
		r.AliasOnce("Filename", r.Value("misc"))
		return "antivirus"
	}
	return ""
}

// service reads a line of gpsvc.log. Rules search the whole line.
func (p *Parser) service(l *textlog.Line) {
	p.rec.Add("Message", l.Raw)
	_, text, _ := bytes.Cut(l.Text, []byte(`"time":"`))
	d, _, ok := textlog.ISODate(text)
	p.event.Source = event.Source{Product: "paloalto", Category: "appliance", Service: "globalprotect"}
	p.clock.Set(&p.event, &d, ok)
}
