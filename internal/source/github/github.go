// Package github reads the audit log of GitHub, as lines or as a list. A record
// is recognised by action with @timestamp or created_at and an actor or an
// organization. Events are of product github and service audit; fields have
// GitHub's names. Times are milliseconds. The host of an event is the
// organization or business. The export of Git events is a log of the same
// form and read alike.
package github

import (
	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:     "github",
		Alien:    "no record of github",
		Is:       isRecord,
		Wrappers: []string{"hits.hits", "value"},
		Inner:    []string{"result._raw", "_raw", "_source.event.original", "_source"},
		Times:    []string{"@timestamp", "created_at", "timestamp", "_time"},
		Hosts:    []string{"org", "business"},
		Source: func(r *jsonmap.Record) event.Source {
			if !r.Has("action") {
				return event.Source{}
			}
			return event.Source{Product: "github", Service: "audit"}
		},
	})
}

func isRecord(p jsonmap.Paths) bool {
	return p.Has("action") && (p.Has("@timestamp") || p.Has("created_at")) &&
		(p.Has("_document_id") || p.Has("actor") && (p.Has("org") || p.Has("business") || p.Has("repo") || p.Has("actor_id")))
}
