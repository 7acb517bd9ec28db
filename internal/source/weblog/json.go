package weblog

import (
	"tyto/internal/event"
	"tyto/internal/source/objects"
	"tyto/internal/source/textlog"
)

// What access logs in JSON tell of a request.
const (
	theTime textlog.Role = iota
	theClient
	theStatus
	theURI
	theRequest
	theMethod
	theHost
	theQuery
	theAgent
	theReferer
	theUser
)

// roles are the names that nginx, Apache, Caddy, Traefik and Cloudflare use.
func roles() textlog.Roles {
	return textlog.Roles{
		theTime:    {"time_iso8601", "@timestamp", "edgestarttimestamp", "startutc", "timestamp", "time", "time_local", "ts", "msec"},
		theClient:  {"remote_addr", "client_ip", "clientip", "clienthost", "clientaddr", "remote_ip", "request.client_ip", "request.remote_ip", "remote_host"},
		theStatus:  {"status", "edgeresponsestatus", "downstreamstatus", "status_code", "response_code"},
		theURI:     {"request_uri", "clientrequesturi", "requestpath", "request.uri", "uri", "request_url"},
		theRequest: {"request", "request_line"},
		theMethod:  {"request_method", "clientrequestmethod", "requestmethod", "request.method", "method", "http_method"},
		theHost:    {"http_host", "clientrequesthost", "requesthost", "request.host", "host", "server_name", "vhost"},
		theQuery:   {"query_string", "args"},
		theAgent:   {"http_user_agent", "clientrequestuseragent", "request_user-agent", "request.headers.user-agent", "user_agent", "useragent", "agent"},
		theReferer: {"http_referer", "clientrequestreferer", "request_referer", "request.headers.referer", "referer", "http_referrer", "referrer"},
		theUser:    {"remote_user", "clientusername", "user_id"},
	}
}

// isAccess reports whether an object with these paths is of an access log.
func isAccess(paths []string) bool {
	at := roles().Find(paths)
	return at[theClient] >= 0 && at[theStatus] >= 0 && (at[theURI] >= 0 || at[theRequest] >= 0)
}

// A maker makes the events of access logs in JSON.
type maker struct {
	rec     *textlog.Record
	objects *textlog.Objects
	event   event.Event
	made    bool // an event
	undated bool
	local   bool
}

// Begin implements [objects.Maker].
func (m *maker) Begin() {
	if m.objects == nil {
		m.objects = textlog.NewObjects(roles(), "")
	}
	m.made, m.undated, m.local = false, false, false
}

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

// Make implements [objects.Maker].
func (m *maker) Make(o *objects.Object) *event.Event {
	if len(o.Leaves) == 0 {
		return nil
	}
	t, r := m.objects, m.rec
	t.Open(o)
	if t.Text(theStatus) == nil || t.Text(theURI) == nil && t.Text(theRequest) == nil {
		return nil
	}
	r.Reset()
	t.Fill(r)
	q := textlog.Request{
		URL: t.Text(theURI), Method: t.Text(theMethod), Host: t.Text(theHost), Query: t.Text(theQuery),
		Status: t.Text(theStatus), Agent: t.Text(theAgent), Referer: t.Text(theReferer),
		User: t.Text(theUser), Client: t.Text(theClient),
	}
	if q.URL == nil {
		q.Method, q.URL = request(t.Text(theRequest))
	}
	r.ServerAliases(&q)
	r.Fill(&m.event)
	m.event.Source = event.Source{Category: "webserver"}
	m.made = true
	at, zoned, ok := textlog.ParseTime(t.Text(theTime))
	m.event.Time, m.undated, m.local = at, m.undated || !ok, m.local || ok && !zoned
	return &m.event
}
