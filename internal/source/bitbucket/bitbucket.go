// Package bitbucket reads the audit log of Bitbucket Data Center: lines or
// lists of records with auditType and timestamp. Events are of product
// bitbucket and service audit; fields have the log's names. The log is written
// in the server's language: where the names of categories and actions are not
// English, rules find only what the keys of the texts tell. The host of an
// event is the node.
package bitbucket

import (
	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:  "bitbucket",
		Alien: "no record of bitbucket",
		Is: func(p jsonmap.Paths) bool {
			return p.Has("auditType.action", "timestamp") || p.Has("auditType", "affectedObjects")
		},
		Wrappers: []string{"entities", "values", "hits.hits"},
		Inner:    []string{"result._raw", "_raw", "_source.event.original", "_source"},
		Times:    []string{"timestamp.epochSecond", "timestamp", "creationDate"},
		Hosts:    []string{"node", "system"},
		Source: func(r *jsonmap.Record) event.Source {
			if !r.Has("auditType.action", "auditType.actionI18nKey") {
				return event.Source{}
			}
			return event.Source{Product: "bitbucket", Service: "audit"}
		},
	})
}
