package elff

import (
	"bytes"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source/textlog"
)

// A writer is what wrote a log.
type writer uint8

const (
	unknown writer = iota
	webServer
	edge // CloudFront, which percent-encodes the user agent
	proxy
	firewall
)

// maxColumns bounds the columns of a file.
const maxColumns = 512

// A plan says where the columns of a file go. Columns are numbers, -1 for none.
type plan struct {
	names  []string
	writer writer
	source event.Source

	date, time, moment, epoch              int
	host, server, client, user             int
	method, uri, scheme, name, stem, query int
	status, agent, referer, cookie         int
	action, srcIP, dstIP, srcPort, dstPort int
	wide                                   []int // columns that may hold blanks, likeliest first
	typed                                  []typed
}

// A typed column shows whether a line was taken apart rightly.
type typed struct {
	column int
	is     func([]byte) bool
}

func newPlan(names []byte, software []byte) *plan {
	p := &plan{}
	for i, n := range bytes.Fields(names) {
		if i == maxColumns {
			break
		}
		p.names = append(p.names, string(n))
	}
	p.times()
	p.requests()
	p.addresses()
	p.recognise(string(bytes.ToLower(software)))
	p.checks()
	return p
}

// find returns the first column that has one of the names, best first.
func (p *plan) find(names ...string) int {
	for _, want := range names {
		for i, n := range p.names {
			if strings.EqualFold(n, want) {
				return i
			}
		}
	}
	return -1
}

func (p *plan) has(name string) bool { return p.find(name) >= 0 }

func (p *plan) times() {
	p.date, p.time = p.find("date"), p.find("time")
	p.moment = p.find("gmttime", "localtime", "date-time", "datetime")
	p.epoch = p.find("x-timestamp-unix", "timestamp", "x-timestamp")
}

func (p *plan) dated() bool { return p.date >= 0 && p.time >= 0 || p.moment >= 0 || p.epoch >= 0 }

func (p *plan) requests() {
	p.method = p.find("cs-method", "s-operation")
	p.uri = p.find("cs-uri", "c-uri")
	p.scheme = p.find("cs-uri-scheme")
	p.name = p.find("cs-host", "cs(Host)", "x-host-header", "cs-uri-hostname", "r-host")
	p.stem = p.find("cs-uri-stem", "cs-uri-path")
	p.query = p.find("cs-uri-query")
	p.status = p.find("sc-status")
	p.agent = p.find("cs(User-Agent)", "c-agent", "cs-user-agent")
	p.referer = p.find("cs(Referer)", "cs-referer", "cs-referred")
	p.cookie = p.find("cs(Cookie)")
}

func (p *plan) addresses() {
	p.host = p.find("s-computername", "s-dns", "cs-computername")
	p.client = p.find("c-ip", "cs-ip")
	p.user = p.find("cs-username")
	p.action, p.srcIP, p.dstIP = p.find("action"), p.find("src-ip"), p.find("dst-ip")
	p.srcPort, p.dstPort = p.find("src-port"), p.find("dst-port")
}

// recognise finds out what wrote the log.
func (p *plan) recognise(software string) {
	switch {
	case p.srcIP >= 0 && p.dstIP >= 0 && p.action >= 0:
		p.set(firewall, event.Source{Category: "firewall", Service: "pfirewall"})
	case p.has("x-edge-location"):
		p.set(edge, event.Source{Category: "webserver", Product: "cloudfront"})
	case p.has("s-sitename"), p.has("sc-win32-status"), p.has("s-siteid"), p.has("sc-substatus"),
		strings.Contains(software, "internet information"), strings.Contains(software, "http api"):
		p.set(webServer, event.Source{Category: "webserver", Product: "iis"})
	case strings.Contains(software, "sgos"), p.has("s-action") && p.scheme >= 0, p.has("x-bluecoat-application-name"):
		p.set(proxy, event.Source{Category: "proxy", Product: "bluecoat"})
	case p.scheme >= 0, p.has("r-host"), p.has("r-ip"), p.has("s-action"), p.uri >= 0 && p.stem < 0:
		p.set(proxy, event.Source{Category: "proxy"})
	case p.stem >= 0:
		p.set(webServer, event.Source{Category: "webserver"})
	default:
		p.set(unknown, event.Source{Service: "elff"})
	}
}

func (p *plan) set(w writer, s event.Source) {
	p.writer, p.source = w, s
	p.server = p.find("s-ip")
	if w == proxy {
		p.server = p.find("r-ip", "s-supplier-ip", "cs-uri-address")
	}
}

func (p *plan) checks() {
	for _, c := range []int{p.query, p.agent, p.stem, p.uri, p.referer, p.cookie, p.user} {
		if c >= 0 {
			p.wide = append(p.wide, c)
		}
	}
	add := func(is func([]byte) bool, names ...string) {
		for _, n := range names {
			if c := p.find(n); c >= 0 {
				p.typed = append(p.typed, typed{c, is})
			}
		}
	}
	add(isNumber, "sc-status", "s-port", "sc-substatus", "sc-win32-status", "time-taken", "cs-bytes", "sc-bytes", "cs-uri-port", "c-port")
	add(isAddress, "c-ip", "s-ip")
	add(isDate, "date")
}

func isNumber(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return len(b) == 1 && c == '-'
		}
	}
	return len(b) > 0
}

func isAddress(b []byte) bool { return textlog.IsAddress(b) || len(b) == 1 && b[0] == '-' }

func isDate(b []byte) bool { return len(b) >= 8 && b[0] >= '0' && b[0] <= '9' }

// fits reports whether cells have the types of their columns.
func (p *plan) fits(cells [][]byte) bool {
	for _, t := range p.typed {
		if t.column < len(cells) && !t.is(cells[t.column]) {
			return false
		}
	}
	return true
}
