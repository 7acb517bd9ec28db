// Package source turns evidence into events: files, folders and archives on
// one side, [event.Event] on the other.
//
// Each format lives in a folder of its own and does two things: a cheap claim
// on a file's first bytes, and the reading of one piece of it. The walk, the
// archives, the limits and the choice of the format belong to this package.
// Adding a format means one new folder and one line in folder formats.
//
// Evidence also comes as a stream ([Stdin]): lines are read in segments, so
// that neither memory nor disk grows with it. And it comes as collectors pack
// it (Velociraptor, KAPE): their notes about their own work are told as skips
// and not taken for logs, names that they wrote with %XX are told as they
// were, files that they packed without empty stretches are read with them, and
// the machine they name is a hint for logs that name none ([Input.HostHint]).
package source

import (
	"context"
	"slices"

	"tyto/internal/event"
)

// A Part is one piece of an Input that can be read without the others. From
// and To are byte offsets; Index counts the parts of one input from 0.
type Part struct {
	Index    int
	From, To int64
	Line     int64 // number of the first line, for text formats; else 0
}

// A Format knows one kind of evidence. It may keep state that its readers
// share (a template store), but no state about single files.
type Format interface {
	// Name is the word used in health and documentation, such as "evtx".
	Name() string
	// Claims reports whether the file looks like this format. It sees the
	// first HeadSize bytes and must be cheap; the name is a hint only.
	Claims(name string, head []byte) bool
	// Split cuts an input into parts, in order and without gaps.
	Split(ctx context.Context, in *Input) ([]Part, error)
	// NewReader makes a reader for one goroutine.
	NewReader() Reader
}

// A Reader reads parts, one at a time.
type Reader interface {
	// Read calls yield for each event of the part in the order of the
	// evidence, until yield returns false or ctx ends. The event and all it
	// points to are reused after yield returns. Damage is data: it is told in
	// the Report, with offsets, and never ends the reading of what follows.
	Read(ctx context.Context, in *Input, part Part, yield func(*event.Event) bool) Report
}

// A Report says what became of the bytes of a part. Reports of one file's
// parts are added up in order.
type Report struct {
	Bytes     int64 // bytes looked at
	Records   int64 // read, carved ones included
	Again     int64 // events that tell a record once more, in the words of another log
	Recovered int64 // of those, found behind damage or in slack
	Damaged   int64 // records that could not be read
	Damage    []Damage
	Notes     []string // assumptions and remarks, each once
}

// MaxDamage bounds the stretches of damage that the report of a whole file
// lists; Damaged goes on counting.
const MaxDamage = 10_000

// Add appends the report of the next part. Of equal notes one is kept.
func (r *Report) Add(next Report) {
	r.Bytes += next.Bytes
	r.Records += next.Records
	r.Again += next.Again
	r.Recovered += next.Recovered
	r.Damaged += next.Damaged
	room := min(len(next.Damage), max(MaxDamage-len(r.Damage), 0))
	r.Damage = append(r.Damage, next.Damage[:room]...)
	if room < len(next.Damage) {
		next.Notes = append(next.Notes, "more damage than is listed")
	}
	for _, n := range next.Notes {
		if !slices.Contains(r.Notes, n) {
			r.Notes = append(r.Notes, n)
		}
	}
}

// Damage is one stretch of evidence that could not be read as it should.
type Damage struct {
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Line   int64  `json:"line,omitempty"` // number of its first line, for text formats
	Reason string `json:"reason"`         // short and stable, such as "data-crc" or "bad line"
}
