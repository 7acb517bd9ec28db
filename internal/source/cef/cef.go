// Package cef reads the Common Event Format, with or without a header of
// syslog:
//
//	CEF:0|Vendor|Product|1.0|100|Name of the event|5|src=192.0.2.9 dst=198.51.100.7 act=blocked msg=a text with blanks
//
// It is recognised by "CEF:", a version and the bars behind it. The seven
// places before the extension are called DeviceVendor, DeviceProduct,
// DeviceVersion, DeviceEventClassID, Name and Severity; the extension keeps
// its keys, and values that have a label (cs1 and cs1Label) stand under the
// label too. Records with a URL feed the rules of category proxy, with a file
// and a threat those of category antivirus, with a name asked of DNS those of
// category dns, with two addresses and an action those of category firewall.
package cef

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// start returns where a record begins in a line, -1 when there is none.
func start(line []byte) int {
	i := bytes.Index(line, []byte("CEF:"))
	if i < 0 {
		return -1
	}
	rest := bytes.TrimLeft(line[i+4:], " ")
	if len(rest) < 2 || rest[0] < '0' || rest[0] > '9' || bytes.Count(rest, []byte("|")) < 6 {
		return -1
	}
	if bar := bytes.IndexByte(rest, '|'); bar > 3 {
		return -1
	}
	return i
}

// Is reports whether a line is in this format.
func Is(l *textlog.Line) bool { return start(l.Text) >= 0 }

// Parse implements [textlog.Parser].
func (p *Parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	at := start(l.Text)
	if at < 0 {
		return false
	}
	r := p.rec
	r.Reset()
	rest := p.head(l.Text[at+4:])
	p.extension(rest)
	r.Add("Message", l.Raw)
	p.labels()
	p.event.Source = p.bind()
	p.event.Source.Service = "cef"
	r.Fill(&p.event)
	p.event.Host = p.names.Intern(p.first("dvchost", "deviceHostName", "dvc"))
	if p.event.Host == "" {
		p.event.Host = p.names.Intern(l.Header.Host)
	}
	p.date()
	emit(&p.event)
	return true
}

// head reads the places before the extension, which it returns.
func (p *Parser) head(b []byte) []byte {
	for _, name := range []string{"", "DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity"} {
		end := bar(b)
		if name != "" {
			p.rec.Add(name, p.plain(b[:end]))
		}
		b = b[min(end+1, len(b)):]
	}
	return b
}

// bar returns the place of the next bar that no backslash guards.
func bar(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '|':
			return i
		}
	}
	return len(b)
}

// extension reads key=value pairs. Values hold blanks, so one ends where the
// next key begins.
func (p *Parser) extension(b []byte) {
	b = bytes.TrimSpace(b)
	eq := equals(b, 0)
	for eq > 0 {
		key := b[:eq]
		if i := bytes.LastIndexByte(key, ' '); i >= 0 {
			key = key[i+1:]
		}
		next := equals(b, eq+1)
		end := len(b)
		if next > 0 {
			if blank := bytes.LastIndexByte(b[eq+1:next], ' '); blank >= 0 {
				end = eq + 1 + blank
			} else {
				next = -1
			}
		}
		if len(key) > 0 {
			p.rec.Named(key, p.plain(bytes.TrimRight(b[eq+1:end], " ")))
		}
		if next < 0 {
			return
		}
		b, eq = b[end+1:], next-end-1
	}
}

// equals returns the place of the next = that no backslash guards and that has
// a key in front of it, -1 when there is none.
func equals(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '=':
			if i > 0 && keyByte(b[i-1]) && keyBegins(b[from:i], from == 0) {
				return i
			}
		}
	}
	return -1
}

// keyBegins reports whether b ends with a blank and a key, or is a key where a
// record may begin with one.
func keyBegins(b []byte, first bool) bool {
	i := len(b)
	for i > 0 && keyByte(b[i-1]) {
		i--
	}
	return i > 0 && b[i-1] == ' ' || i == 0 && first
}

func keyByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-' || c == '[' || c == ']'
}

// plain undoes the escapes \|, \=, \\, \n and \r.
func (p *Parser) plain(b []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 {
		return b
	}
	return p.rec.Build(func(dst []byte) []byte {
		for i := 0; i < len(b); i++ {
			if b[i] == '\\' && i+1 < len(b) {
				switch b[i+1] {
				case '|', '=', '\\':
					i++
				case 'n', 'r':
					dst = append(dst, '\n')
					i++
					continue
				}
			}
			dst = append(dst, b[i])
		}
		return dst
	})
}

// labels adds the values of custom fields under their labels.
func (p *Parser) labels() {
	for _, c := range []struct{ field, label string }{
		{"cs1", "cs1Label"}, {"cs2", "cs2Label"}, {"cs3", "cs3Label"}, {"cs4", "cs4Label"}, {"cs5", "cs5Label"},
		{"cs6", "cs6Label"}, {"cn1", "cn1Label"}, {"cn2", "cn2Label"}, {"cn3", "cn3Label"},
	} {
		label := p.rec.Value(c.label)
		if value := p.rec.Value(c.field); len(value) > 0 && len(label) > 0 {
			p.rec.Alias(p.names.Intern(label), value)
		}
	}
}

func (p *Parser) first(names ...string) []byte {
	for _, n := range names {
		if v := p.rec.Value(n); len(v) > 0 {
			return v
		}
	}
	return nil
}

func (p *Parser) bind() event.Source {
	return p.rec.Bind(&textlog.Report{
		Vendor: p.first("DeviceVendor"), Product: p.first("DeviceProduct"), Name: p.first("Name"),
		Action: p.first("act", "deviceAction"), Src: p.first("src"), Dst: p.first("dst"),
		SrcPort: p.first("spt"), DstPort: p.first("dpt"),
		File: p.file(), Threat: p.first("Virus Name", "Threat Name", "Malware Name", "VirusName", "threatName"),
		Query: p.first("destinationDnsDomain", "query"),
		Request: textlog.Request{
			URL: p.first("request"), Method: p.first("requestMethod"), Agent: p.first("requestClientApplication"),
			Referer: p.first("requestContext"), Cookie: p.first("requestCookies"), User: p.first("suser"),
			Status: p.first("outcome"),
		},
	})
}

// file returns the path of a file, of which some products tell the folder only.
func (p *Parser) file() []byte {
	path, name := p.first("filePath"), p.first("fname")
	if n := len(path); n > 0 && len(name) > 0 && (path[n-1] == '\\' || path[n-1] == '/') {
		return p.rec.Join(path, name)
	}
	return p.first("filePath", "fname")
}

// date reads the times that the extension may have.
func (p *Parser) date() {
	text := p.first("rt", "end", "start", "deviceReceiptTime")
	if d, ok := textlog.ZonedDate(text); ok {
		p.clock.Set(&p.event, &d, true)
		return
	}
	t, zoned, ok := textlog.ParseTime(text)
	p.clock.Put(&p.event, t, zoned, ok)
}
