// Package rules is Tyto's own pack of Sigma rules and correlations, embedded.
//
// The pack looks for what public rule sets miss of espionage intrusions: the
// names, files and argument lists of the tools of Earth Estries and its
// neighbours, and sequences of events that no single event gives away. Each
// rule lies in a folder named after its area, beside the events that it is
// tested with; README.md says how to write one.
package rules

import (
	"embed"
	"io/fs"
	"strings"
)

// testSuffix ends the names of the files with the events that rules are tested
// with. They lie beside the rules and are no part of the pack.
const testSuffix = ".test.yml"

//go:embed */*.yml
var pack embed.FS

// FS returns the rules of the pack, one folder per area, without their tests.
func FS() fs.FS { return rulesOnly{pack} }

// rulesOnly hides the events that rules are tested with.
type rulesOnly struct{ all embed.FS }

// Open implements fs.FS.
func (r rulesOnly) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, testSuffix) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return r.all.Open(name)
}

// ReadDir implements fs.ReadDirFS.
func (r rulesOnly) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := r.all.ReadDir(name)
	kept := entries[:0:0]
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), testSuffix) {
			kept = append(kept, e)
		}
	}
	return kept, err
}
