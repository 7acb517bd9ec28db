// Package textlog holds what the formats of text logs have in common: one
// record in a line, read in parts, with the way back to every line.
//
// A format brings a [Parser], which makes events of one line at a time; the
// [Reader] does the rest: it walks over the lines of a part, repairs broken
// UTF-8, cuts overlong lines, takes off the header that syslog puts in front
// of everything it carries ([ParseHeader]), and keeps the books of damage.
// Since the header is taken off here, a format reads its lines alike from a
// file of their own and from the file of a syslog server.
//
// Parsers fill a [Record]: names and values in the order of the line. Records
// with the same names share one shape without hashing any of them.
//
// Times without zone are read as UTC and dates without year are dated from the
// file's own date; both are told in the notes ([Clock]).
package textlog

import (
	"bytes"
	"context"

	"tyto/internal/source"
)

// partSize is how much of a file makes a part.
const partSize = 4 << 20

// Limits of a vote.
const (
	voters = 50 // lines that are looked at
	quorum = 80 // percent of them that must be of the format
)

// Split cuts a file into parts at newlines. Files that must be read in order,
// in UTF-16 or with dates without year, stay whole.
func Split(ctx context.Context, in *source.Input) ([]source.Part, error) {
	coding, _ := source.CodingOf(in.Head)
	if in.Size <= partSize || coding != source.UTF8 || yearless(in.Head) {
		return Whole(in), nil
	}
	return source.SplitLines(ctx, in, partSize)
}

// Whole returns a file as one part.
func Whole(in *source.Input) []source.Part {
	return []source.Part{{To: in.Size, Line: 1}}
}

// Vote reports whether at least four in five of the first lines of a file's
// head are of a format. A last line that is cut is not asked unless it is the
// only one. Empty lines and lines that begin with # have no vote.
func Vote(head []byte, is func(line []byte) bool) bool {
	asked, yes := 0, 0
	for line := range HeadLines(head) {
		if line[0] == '#' {
			continue
		}
		if asked++; is(line) {
			yes++
		}
	}
	return yes > 0 && yes*100 >= asked*quorum
}

// VoteBody is Vote on what is left of the lines when the header of syslog, if
// there is one, is taken off.
func VoteBody(head []byte, is func(l *Line) bool) bool {
	var l Line
	return Vote(head, func(line []byte) bool {
		l.open(line)
		return is(&l)
	})
}

// HeadLines yields the first lines of a file's head that are not empty,
// without the ends of lines.
func HeadLines(head []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		text := source.Text(head)
		for n := 0; n < voters && len(text) > 0; {
			line, rest, ended := bytes.Cut(text, []byte("\n"))
			if !ended && n > 0 && len(head) >= source.HeadSize {
				return
			}
			text = rest
			if line = bytes.TrimRight(line, " \t\r\x00"); len(line) == 0 {
				continue
			}
			if n++; !yield(line) {
				return
			}
		}
	}
}
