// Package duo reads the authentication log of Cisco Duo: lines, lists, or the
// interface's {"response":{"authlogs":[..]}}. A record is recognised by
// event_type with txid, or with factor and result. Events are of product cisco
// and service duo; fields have Duo's names. The host of an event is the
// integration's host where a record has it.
package duo

import (
	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:  "duo",
		Alien: "no event of duo",
		Is: func(p jsonmap.Paths) bool {
			return p.Has("event_type", "txid") || p.Has("event_type", "factor", "result", "isotimestamp")
		},
		Wrappers: []string{"authlogs", "response.authlogs"},
		Inner:    []string{"result._raw", "_raw", "_source.event.original", "_source"},
		Times:    []string{"isotimestamp", "timestamp", "_time"},
		Hosts:    []string{"host"},
		Source: func(r *jsonmap.Record) event.Source {
			if !r.Has("event_type") {
				return event.Source{}
			}
			return event.Source{Product: "cisco", Service: "duo"}
		},
	})
}
