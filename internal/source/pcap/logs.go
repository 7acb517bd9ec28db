package pcap

import (
	"strings"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/zeek"
)

// The columns that all logs begin with, and the numbers of them.
const ends = "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port "

const (
	colTime = iota
	colUID
	colOrigH
	colOrigP
	colRespH
	colRespP
	colFirst // of the log's own
)

// Columns of conn.
const (
	connProto = colFirst + iota
	connService
	connDuration
	connOrigBytes
	connRespBytes
	connState
	connLocalOrig
	connLocalResp
	connHistory
	connOrigPkts
	connOrigIPBytes
	connRespPkts
	connRespIPBytes
)

// Columns of http.
const (
	httpMethod = colFirst + iota
	httpHost
	httpURI
	httpReferrer
	httpVersion
	httpAgent
	httpRequestLen
	httpResponseLen
	httpStatus
	httpMessage
	httpOrigTypes
	httpRespTypes
	httpNames
	httpCookie
	httpDepth
)

// Columns of ssl.
const (
	sslVersion = colFirst + iota
	sslCipher
	sslName
	sslNext
	sslJA3
	sslJA3S
	sslJA4
)

// Columns of dns.
const (
	dnsProto = colFirst + iota
	dnsID
	dnsRTT
	dnsQuery
	dnsClass
	dnsKind
	dnsKindName
	dnsCode
	dnsCodeName
	dnsAA
	dnsTC
	dnsRD
	dnsRA
	dnsZ
	dnsAnswers
	dnsTTLs
	dnsRejected
)

// logs are the kinds of events that captures give.
type logs struct{ conn, http, ssl, dns *zeek.Log }

func newLogs() *logs {
	return &logs{
		conn: newLog("conn", "proto:enum service:string duration:interval orig_bytes:count resp_bytes:count conn_state:string "+
			"local_orig:bool local_resp:bool history:string orig_pkts:count orig_ip_bytes:count resp_pkts:count resp_ip_bytes:count"),
		http: newLog("http", "method:string host:string uri:string referrer:string version:string user_agent:string "+
			"request_body_len:count response_body_len:count status_code:count status_msg:string orig_mime_types:vector[string] "+
			"resp_mime_types:vector[string] client_header_names:vector[string] cookie:string trans_depth:count"),
		ssl: newLog("ssl", "version:string cipher:string server_name:string next_protocol:string ja3:string ja3s:string ja4:string"),
		dns: newLog("dns", "proto:enum trans_id:count rtt:interval query:string qclass:count qtype:count qtype_name:string "+
			"rcode:count rcode_name:string AA:bool TC:bool RD:bool RA:bool Z:count answers:vector[string] TTLs:vector[interval] rejected:bool"),
	}
}

func newLog(path, columns string) *zeek.Log {
	var names, types []string
	for _, c := range strings.Fields(ends + columns) {
		name, kind, _ := strings.Cut(c, ":")
		names, types = append(names, name), append(types, kind)
	}
	return zeek.NewLog(path, names, types)
}

// An emitter makes events of what was seen.
type emitter struct {
	logs    *logs
	out     *zeek.Writer
	in      *source.Input
	yield   func(*event.Event) bool
	records int64
	stopped bool
}

// begin starts an event of a connection.
func (e *emitter) begin(l *zeek.Log, c *conn, at time.Time) *zeek.Writer {
	w := e.out
	w.Begin(l)
	w.PutTime(colTime, at)
	w.PutText(colUID, string(c.uid[:]))
	w.PutText(colOrigH, c.sides[0].addr.String())
	w.PutInt(colOrigP, int64(c.sides[0].port))
	w.PutText(colRespH, c.sides[1].addr.String())
	w.PutInt(colRespP, int64(c.sides[1].port))
	return w
}

// end hands the event over.
func (e *emitter) end(c *conn) {
	if e.stopped {
		return
	}
	ev := e.out.End()
	ev.Origin = event.Origin{File: e.in.Path, Member: e.in.Member, Record: c.number, Offset: c.offset}
	e.records++
	e.stopped = !e.yield(ev)
}

// text adds a text that is there.
func text(w *zeek.Writer, column int, s string) {
	if s != "" {
		w.PutText(column, strings.ToValidUTF8(s, "\uFFFD"))
	}
}

func protoName(proto uint8) string {
	switch proto {
	case protoTCP:
		return "tcp"
	case protoUDP:
		return "udp"
	}
	return "icmp"
}

// conn logs a connection.
func (e *emitter) conn(c *conn) {
	a, b := &c.sides[0], &c.sides[1]
	w := e.begin(e.logs.conn, c, c.first)
	w.PutText(connProto, protoName(c.key.proto))
	service := c.app.kind.service()
	if over := c.app.over.service(); over != "" {
		service = strings.TrimSuffix(over+","+service, ",")
	}
	text(w, connService, service)
	if a.packets+b.packets > 1 {
		w.PutSeconds(connDuration, c.last.Sub(c.first))
		w.PutInt(connOrigBytes, a.bytes)
		w.PutInt(connRespBytes, b.bytes)
	}
	w.PutText(connState, c.state())
	w.PutBool(connLocalOrig, isLocal(a))
	w.PutBool(connLocalResp, isLocal(b))
	text(w, connHistory, string(c.history))
	w.PutInt(connOrigPkts, a.packets)
	w.PutInt(connOrigIPBytes, a.ipBytes)
	w.PutInt(connRespPkts, b.packets)
	w.PutInt(connRespIPBytes, b.ipBytes)
	e.end(c)
}

func isLocal(s *side) bool {
	return s.addr.IsPrivate() || s.addr.IsLoopback() || s.addr.IsLinkLocalUnicast()
}

// http logs a request, an answer, or both.
func (e *emitter) http(c *conn, r *request, a *answer) {
	at := c.last
	if r != nil {
		at = r.at
	}
	c.app.http.depth++
	w := e.begin(e.logs.http, c, at)
	w.PutInt(httpDepth, c.app.http.depth)
	if r != nil {
		text(w, httpMethod, r.method)
		text(w, httpHost, r.host)
		text(w, httpURI, r.target)
		text(w, httpReferrer, r.referrer)
		text(w, httpVersion, r.version)
		text(w, httpAgent, r.agent)
		text(w, httpOrigTypes, r.contentType)
		text(w, httpCookie, r.cookie)
		for _, n := range r.names {
			text(w, httpNames, n)
		}
		w.PutInt(httpRequestLen, max(r.length, 0))
	}
	if a != nil {
		w.PutInt(httpStatus, int64(a.status))
		text(w, httpMessage, a.message)
		text(w, httpRespTypes, a.contentType)
		if a.length >= 0 {
			w.PutInt(httpResponseLen, a.length)
		}
	}
	e.end(c)
}

// pendingHTTP logs the requests without answer.
func (e *emitter) pendingHTTP(c *conn) {
	for len(c.app.http.waiting) > 0 {
		e.http(c, &c.app.http.waiting[0], nil)
		c.firstDone()
	}
}

// pendingTLS logs a handshake, as far as it went.
func (e *emitter) pendingTLS(c *conn) {
	t := &c.app.tls
	if t.logged || t.client == nil && t.server == nil {
		return
	}
	t.logged = true
	w := e.begin(e.logs.ssl, c, t.at)
	if s := t.server; s != nil {
		text(w, sslVersion, versionName(s.chosen))
		text(w, sslCipher, cipherName(s.cipher))
		text(w, sslNext, s.alpn)
		w.PutText(sslJA3S, s.ja3s())
	}
	if h := t.client; h != nil {
		text(w, sslName, h.name)
		w.PutText(sslJA3, h.ja3())
		w.PutText(sslJA4, h.ja4())
	}
	e.end(c)
}

// dns logs a question, with its answer if there is one.
func (e *emitter) dns(c *conn, q *question, r *reply) {
	w := e.begin(e.logs.dns, c, q.at)
	w.PutText(dnsProto, protoName(c.key.proto))
	w.PutInt(dnsID, int64(q.id))
	text(w, dnsQuery, q.name)
	if q.kind != 0 {
		w.PutInt(dnsClass, int64(q.class))
		w.PutInt(dnsKind, int64(q.kind))
		w.PutText(dnsKindName, kindName(q.kind))
	}
	flags := q.flags
	if r != nil {
		flags = r.flags
		code := int(flags & 15)
		w.PutSeconds(dnsRTT, max(c.last.Sub(q.at), 0))
		w.PutInt(dnsCode, int64(code))
		w.PutText(dnsCodeName, codeName(code))
		for i, a := range r.answers {
			w.PutText(dnsAnswers, a)
			w.PutInt(dnsTTLs, int64(r.ttls[i]))
		}
	}
	w.PutBool(dnsAA, flags&0x0400 != 0)
	w.PutBool(dnsTC, flags&0x0200 != 0)
	w.PutBool(dnsRD, flags&0x0100 != 0)
	w.PutBool(dnsRA, flags&0x0080 != 0)
	w.PutInt(dnsZ, int64(flags>>4&7))
	w.PutBool(dnsRejected, r != nil && flags&15 != 0 && len(r.answers) == 0 && flags&15 != 3)
	e.end(c)
}

// pendingDNS logs the questions without answer.
func (e *emitter) pendingDNS(c *conn) {
	for i := range c.app.dns {
		e.dns(c, &c.app.dns[i], nil)
	}
	for _, q := range c.app.dns {
		c.app.kept -= q.size()
	}
	c.app.dns = nil
}
