// Package opencanary reads the log of OpenCanary, a decoy that imitates
// services: lines with logtype, node_id and logdata. Events are of product
// opencanary and category application; fields have the log's names. The time
// is utc_time. The host of an event is the decoy's node_id.
package opencanary

import (
	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:  "opencanary",
		Alien: "no record of opencanary",
		Is:    func(p jsonmap.Paths) bool { return p.Has("logtype", "node_id") },
		Inner: []string{"result._raw", "_raw", "_source.event.original", "_source"},
		Times: []string{"utc_time", "local_time", "_time"},
		Hosts: []string{"node_id"},
		Source: func(r *jsonmap.Record) event.Source {
			if !r.Has("logtype") {
				return event.Source{}
			}
			return event.Source{Product: "opencanary", Category: "application"}
		},
	})
}
