// Package onelogin reads the events of OneLogin: lines or lists of records with
// event_type_id and account_id. Events are of product onelogin and service
// onelogin.events; fields have OneLogin's names. The host of an event is the
// account.
package onelogin

import (
	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:     "onelogin",
		Alien:    "no event of onelogin",
		Is:       func(p jsonmap.Paths) bool { return p.Has("event_type_id", "account_id") },
		Wrappers: []string{"data"},
		Inner:    []string{"result._raw", "_raw", "_source.event.original", "_source"},
		Times:    []string{"created_at", "event_timestamp", "_time"},
		Hosts:    []string{"account_id"},
		Source: func(r *jsonmap.Record) event.Source {
			if !r.Has("event_type_id") {
				return event.Source{}
			}
			return event.Source{Product: "onelogin", Service: "onelogin.events"}
		},
	})
}
