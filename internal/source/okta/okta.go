// Package okta reads the system log of Okta, as lines, as a list or in
// {"events":[..]}. A record is recognised by eventType, published and one of
// debugContext, legacyEventType and displayMessage with an actor. Events are of
// product okta and service okta; fields have Okta's names. logOnlySecurityData
// and behaviors, which hold JSON in strings, are taken apart too. The host of
// an event is the organization's name where a record has it.
package okta

import (
	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:     "okta",
		Alien:    "no okta event",
		Is:       isRecord,
		Wrappers: []string{"events", "value", "detail.events", "hits.hits"},
		Inner:    []string{"detail", "result._raw", "_raw", "_source.event.original", "_source.okta", "_source"},
		Embedded: []string{"debugContext.debugData.logOnlySecurityData", "debugContext.debugData.behaviors", "debugContext.debugData.risk"},
		Whole:    []string{"debugContext.debugData.logOnlySecurityData", "debugContext.debugData.behaviors"},
		Times:    []string{"published", "@timestamp", "_time"},
		Hosts:    []string{"debugContext.debugData.orgName", "org"},
		Source: func(r *jsonmap.Record) event.Source {
			if !r.Has("eventType", "displayMessage") {
				return event.Source{}
			}
			return event.Source{Product: "okta", Service: "okta"}
		},
	})
}

func isRecord(p jsonmap.Paths) bool {
	return p.Has("eventType", "published") && (p.Has("debugContext") || p.Has("legacyEventType") || p.Has("displayMessage", "actor"))
}
