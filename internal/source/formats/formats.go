// Package formats is the ordered list of all formats that Tyto reads. It
// stands apart from package source only because formats import that.
package formats

import (
	"tyto/evtx"
	"tyto/internal/source"
	"tyto/internal/source/evtxlog"
	"tyto/internal/source/jsonlog"
	"tyto/internal/source/winjson"
)

// Options are choices of the user that concern single formats.
type Options struct {
	Carve     bool        // also recover records from the slack of event logs
	Templates *evtx.Store // for those whose own templates are overwritten; may be nil
	// Headers chooses the fields that describe a record (Level, Keywords, ...)
	// which events get, where leaving them out saves time; nil means all.
	Headers func(name string) bool
}

// All returns the formats in the order in which they are asked. One set serves
// a whole hunt: formats keep what they learn across files.
func All(opt Options) []source.Format {
	return []source.Format{
		evtxlog.New(evtxlog.Options{Carve: opt.Carve, Foreign: opt.Templates, Headers: opt.Headers}),
		winjson.New(),
		jsonlog.New(), // last: claims what the others do not know
	}
}
