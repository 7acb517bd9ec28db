// Package gcp reads the audit logs of Google Cloud and of Google Workspace:
// entries of Cloud Logging in lines, lists or in the wrapper of Pub/Sub (data),
// and activities of the Reports interface.
//
// An entry is recognised by protoPayload with logName or a method, an activity
// by its kind or by id.applicationName. Events are of product gcp; the service
// is gcp.audit, or google_workspace.admin, google_workspace.login and so on by
// application. Fields have Google's names; rules find protoPayload.* also as
// data.protoPayload.*, the method as gcp.audit.method_name, and parameters of
// activities by their names.
//
// An activity with several events in it is one event here, with all their
// values. The host of an event is the project, or the customer.
package gcp

import (
	"bytes"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	values := []string{"value", "intValue", "boolValue", "multiValue", "multiStrValue", "multiIntValue"}
	return jsonmap.New(jsonmap.Mapping{
		Name:     "gcp",
		Alien:    "no audit entry of google",
		Is:       isRecord,
		Wrappers: []string{"items", "entries", "hits.hits"},
		Inner:    []string{"data", "result._raw", "_raw", "_source.event.original", "_source"},
		Whole:    []string{"protoPayload.request", "protoPayload.response"},
		Bags: []jsonmap.Bag{
			{List: "events.parameters", Key: "name", Values: values},
			{List: "protoPayload.metadata.event.parameter", Key: "name", Values: values},
		},
		Also:   also,
		Times:  []string{"timestamp", "id.time", "receiveTimestamp", "_time"},
		Hosts:  []string{"resource.labels.project_id", "id.customerId"},
		Source: sourceOf,
	})
}

func isRecord(p jsonmap.Paths) bool {
	return p.Has("protoPayload") && (p.Has("logName") || p.Has("protoPayload.methodName") || p.Has("protoPayload.serviceName")) ||
		p.Has("id.applicationName", "id.time")
}

func also(path string) []string {
	switch path {
	case "logName", "resource.type":
		return []string{"data.protoPayload." + path}
	case "events.name":
		return []string{"eventName", "protoPayload.metadata.event.eventName"}
	case "protoPayload.metadata.event.eventName":
		return []string{"data." + path, "eventName"}
	case "protoPayload.methodName":
		return []string{"data." + path, "gcp.audit.method_name"}
	case "protoPayload.serviceName":
		return []string{"data." + path, "eventService", "protoPayload.Servicename"}
	}
	if strings.HasPrefix(path, "protoPayload.") {
		return []string{"data." + path}
	}
	return nil
}

// domain ends the names of Google's services.
var domain = []byte(".googleapis.com")

func sourceOf(r *jsonmap.Record) event.Source {
	s := event.Source{Product: "gcp"}
	if app := r.Get("id.applicationName"); app != nil {
		service := r.Join(app, domain)
		for _, name := range []string{"eventService", "protoPayload.serviceName", "protoPayload.Servicename"} {
			r.Alias(name, service)
		}
		s.Service = workspace(app)
		return s
	}
	service := r.Get("protoPayload.serviceName")
	if service == nil && !r.Has("protoPayload.methodName", "protoPayload.metadata.event.eventName") {
		return event.Source{}
	}
	if name := r.Get("logName"); name != nil {
		if _, short, ok := bytes.Cut(name, []byte("/logs/")); ok {
			r.Alias("data.protoPayload.logName", short)
		}
	}
	s.Service = "gcp.audit"
	if app, ok := bytes.CutSuffix(service, domain); ok && isWorkspace(string(app)) {
		s.Service = workspace(app)
	}
	return s
}

func isWorkspace(app string) bool { return app == "admin" || app == "login" }

// workspace names the log source of an application. The name is the evidence's,
// so only those that are known to be short are taken.
func workspace(app []byte) string {
	for _, known := range [...]string{"admin", "login", "drive", "token", "groups", "mobile", "calendar", "saml", "user_accounts", "rules", "gcp", "meet", "chat", "access_transparency", "context_aware_access", "chrome", "data_studio", "keep", "vault", "gmail", "groups_enterprise", "jamboard", "gplus"} {
		if string(app) == known {
			return "google_workspace." + known
		}
	}
	return "google_workspace"
}
