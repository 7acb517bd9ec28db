// Package report shows what a hunt found: the first screen of the terminal,
// the files of the output folder, tables, and the progress line.
//
// Findings arrive one at a time, in the order of time, and nothing here keeps
// them: the writers of files stream, and [Summary] counts in maps of bounded
// size that say how much they left out. All output is a function of the
// findings alone. It holds no clock and no random order, so the same evidence
// gives the same bytes.
//
// Log values are hostile. What goes to a terminal or into a CSV file passes
// package inert; what goes into JSON has every hidden character escaped, so
// that looking at the file with cat is harmless too.
package report

import "tyto/internal/detect"

// Program is the name that outputs give as their maker.
const Program = "tyto"

// A Sink takes findings in the order of time. Write copies what it keeps, so
// the finding may be reused. Close writes what is still held back, but leaves
// the writer below open: whoever opened that closes it.
type Sink interface {
	Write(*detect.Finding) error
	Close() error
}

// Sinks hands each finding to several sinks and stops at the first error.
type Sinks []Sink

// Write implements [Sink].
func (s Sinks) Write(f *detect.Finding) error {
	for _, sink := range s {
		if err := sink.Write(f); err != nil {
			return err
		}
	}
	return nil
}

// Close closes all sinks and returns the first error.
func (s Sinks) Close() error {
	var first error
	for _, sink := range s {
		if err := sink.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
