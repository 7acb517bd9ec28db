// Package zscaler reads the feeds of Zscaler's Nanolog Streaming Service in
// JSON:
//
//	{"sourcetype":"zscalernss-web","event":{"time":"Sun Jun 15 10:00:00 2025","login":"mia","eurl":"www.example.com/a","action":"Allowed","cip":"192.0.2.9",...}}
//
// They are recognised by a source type that begins with zscalernss. Web feeds
// the rules of category proxy, fw those of category firewall, dns those of
// category dns; other feeds keep their fields under their own service. Fields
// lose the prefix "event."; "None" stands for no value. URLs have no scheme in
// this feed. Feeds in CEF or LEEF are read by those packages.
package zscaler

import (
	"bytes"
	"context"
	"encoding/base64"
	"unicode/utf8"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/objects"
	"tyto/internal/source/textlog"
)

// A Format is the format of Zscaler's feeds.
type Format struct{ shapes textlog.Shapes }

// New returns the format.
func New() *Format { return &Format{} }

// Name implements [source.Format].
func (*Format) Name() string { return "zscaler" }

// mark is what source types begin with.
const mark = "zscalernss"

// Claims implements [source.Format].
func (*Format) Claims(_ string, head []byte) bool {
	text := source.Text(head)
	if !bytes.Contains(text[:min(len(text), 4096)], []byte(mark)) {
		return false
	}
	return objects.Claims(head, func(paths []string) bool {
		at := roles().Find(paths)
		return at[theType] >= 0 && len(paths) > 1
	})
}

// Split implements [source.Format].
func (*Format) Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	return objects.Split(ctx, in)
}

// NewReader implements [source.Format].
func (f *Format) NewReader() source.Reader {
	return objects.NewReader(&maker{
		rec: textlog.NewRecord(&f.shapes), objects: textlog.NewObjects(roles(), "event."),
	}, "no feed of zscaler")
}

// What the feeds tell.
const (
	theType textlog.Role = iota
	theTime
	theHost
	theURL
	theMethod
	theStatus
	theAgent
	theReferer
	theUser
	theClient
	theServer
	theClientPort
	theServerPort
	theAction
	theQuery
	theKind
	theAnswer
	theZone
	theURL64 // the same in base64
	theHost64
	theAgent64
	theReferer64
)

// roles are the names of the feeds' fields, of old templates and new.
func roles() textlog.Roles {
	return textlog.Roles{
		theType:       {"sourcetype"},
		theTime:       {"time", "datetime", "epochtime"},
		theHost:       {"host", "hostname", "ehost"},
		theURL:        {"eurl", "url"},
		theMethod:     {"reqmethod", "requestmethod", "method"},
		theStatus:     {"respcode", "status", "responsecode"},
		theAgent:      {"ua", "useragent", "eua"},
		theReferer:    {"ereferer", "referer", "refererurl"},
		theUser:       {"login", "user", "elogin"},
		theClient:     {"cip", "csip", "clientip", "clt_sip", "cintip", "srcip"},
		theServer:     {"sip", "cdip", "serverip", "srv_dip", "dstip"},
		theClientPort: {"csport", "srcport", "clt_sport"},
		theServerPort: {"cdport", "dstport", "srv_dport"},
		theAction:     {"action", "reqaction"},
		theQuery:      {"req", "dns_req", "ereq", "dnsrequest"},
		theKind:       {"reqtype", "dns_reqtype", "dnsrequesttype"},
		theAnswer:     {"res", "dns_resp", "eres", "dnsresponse"},
		theZone:       {"tz"},
		theURL64:      {"b64url"},
		theHost64:     {"b64host"},
		theAgent64:    {"b64ua"},
		theReferer64:  {"b64referer"},
	}
}

// A maker makes the events of a feed.
type maker struct {
	rec     *textlog.Record
	objects *textlog.Objects
	names   textlog.Names
	event   event.Event
	made    bool // an event
	undated bool
	local   bool
}

// Begin implements [objects.Maker].
func (m *maker) Begin() { m.made, m.undated, m.local = false, false, false }

// Crowded implements [objects.Maker].
func (m *maker) Crowded() bool { return m.objects.Crowded() }

// Forget implements [objects.Maker].
func (m *maker) Forget() { m.objects.Forget() }

// Notes implements [objects.Maker].
func (m *maker) Notes() (out []string) {
	if m.made {
		out = append(out, textlog.NoHost)
	}
	if m.undated {
		out = append(out, "events without a time")
	}
	if m.local {
		out = append(out, "times without zone: read as UTC")
	}
	return out
}

// text returns a role's value, nil for None.
func (m *maker) text(role textlog.Role) []byte {
	v := m.objects.Text(role)
	if string(v) == "None" || string(v) == "NA" {
		return nil
	}
	return v
}

// either returns a role's value, or that of another decoded from base64.
func (m *maker) either(role, encoded textlog.Role) []byte {
	if v := m.text(role); v != nil {
		return v
	}
	v := m.text(encoded)
	if v == nil {
		return nil
	}
	plain := m.rec.Build(func(dst []byte) []byte {
		out, err := base64.StdEncoding.AppendDecode(dst, v)
		if err != nil {
			return dst
		}
		return out
	})
	if len(plain) == 0 || !utf8.Valid(plain) {
		return nil
	}
	return plain
}

// Make implements [objects.Maker].
func (m *maker) Make(o *objects.Object) *event.Event {
	if len(o.Leaves) == 0 {
		return nil
	}
	m.objects.Open(o)
	feed, ok := bytes.CutPrefix(m.objects.Text(theType), []byte(mark))
	if !ok {
		return nil
	}
	m.rec.Reset()
	m.objects.Fill(m.rec)
	m.event.Source = m.bind(bytes.Trim(feed, "-_"))
	m.rec.Fill(&m.event)
	m.made = true
	at, zoned, ok := textlog.ParseTime(m.text(theTime))
	zone := string(m.text(theZone))
	zoned = zoned || zone == "GMT" || zone == "UTC"
	m.event.Time, m.undated, m.local = at, m.undated || !ok, m.local || ok && !zoned
	return &m.event
}

// bind adds the names that rules use for a feed and returns its source.
func (m *maker) bind(feed []byte) event.Source {
	r := m.rec
	src := event.Source{Product: "zscaler", Service: m.names.Intern(feed)}
	switch src.Service {
	case "web":
		src.Category = "proxy"
		r.ProxyAliases(&textlog.Request{
			URL: m.either(theURL, theURL64), Host: m.either(theHost, theHost64), Method: m.text(theMethod), Status: m.text(theStatus),
			Agent: m.agent(), Referer: m.either(theReferer, theReferer64), User: m.text(theUser),
			Client: m.text(theClient), Server: m.text(theServer),
		})
	case "fw":
		src.Category = "firewall"
		r.AliasOnce("src_ip", m.text(theClient))
		r.AliasOnce("dst_ip", m.text(theServer))
		r.AliasOnce("src_port", m.text(theClientPort))
		r.AliasOnce("dst_port", m.text(theServerPort))
		r.Verdict(m.text(theAction))
	case "dns":
		src.Category = "dns"
		r.AliasOnce("query", bytes.TrimSuffix(m.text(theQuery), []byte(".")))
		r.AliasOnce("record_type", m.text(theKind))
		r.AliasOnce("answer", m.text(theAnswer))
		r.AliasOnce("src_ip", m.text(theClient))
	}
	return src
}

// agent returns the user agent: empty, not absent, where the feed says that
// there was none.
func (m *maker) agent() []byte {
	if m.objects.Text(theAgent) != nil && m.text(theAgent) == nil {
		return []byte("-")
	}
	return m.either(theAgent, theAgent64)
}
