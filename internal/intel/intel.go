// Package intel holds indicators: the values that a report, a list or a
// partner said to look for, and what became of them.
//
// An indicator passes four stations. A reader ([Read]) takes it from whatever
// form it came in: a table, a plain list, a MISP event, a STIX bundle.
// The check ([Check]) decides what it may be used for, because published feeds
// contain mistakes: names listed as hashes, hyphens lost in a PDF, truncated
// addresses, addresses of content delivery networks. Every decision has
// reasons. A [Set] compiles what is left, and a [Matcher], one per goroutine,
// looks for it in events: each value only in fields that carry its meaning. At
// last, [Sightings] tell for every indicator whether it was seen, was searched
// for and not seen, or could not have been seen in the logs at hand.
package intel

import (
	"strings"
	"time"
)

// A Decision says what an indicator may be used for.
type Decision uint8

// The decisions, from the weakest to the strongest. None is the zero value:
// not decided yet, or not asked for by the source.
const (
	None     Decision = iota
	Rejected          // not an indicator: broken, refused or corrupt
	Context           // worth knowing beside other findings, never a finding
	Hunt              // worth a look by a person; not an alarm
	Detect            // a finding
)

// String returns the decision's name as outputs spell it.
func (d Decision) String() string {
	return [...]string{"none", "rejected", "context", "hunt", "detect"}[min(d, Detect)]
}

// MarshalText implements encoding.TextMarshaler.
func (d Decision) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// parseDecision reads what lists write into a column for the intended use.
func parseDecision(s string) Decision {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "detect", "block", "alert", "prevent", "detection":
		return Detect
	case "hunt", "monitor", "retro-hunt":
		return Hunt
	case "context", "info", "informational", "observe", "allow":
		return Context
	case "do-not-use", "rejected", "reject", "ignore", "false-positive", "corrupt":
		return Rejected
	}
	return None
}

// A Grade is how far a source can be trusted, in the two marks of the
// Admiralty system: reliability of the source (A to F) and credibility of the
// information (1 to 6). The zero value is F6: cannot be judged.
type Grade struct{ Source, Info uint8 } // 0 = unknown, else 1 (A, 1) .. 6 (F, 6)

// String returns the grade in its usual form, such as "B2".
func (g Grade) String() string {
	s, i := g.Source, g.Info
	if s == 0 || s > 6 {
		s = 6
	}
	if i == 0 || i > 6 {
		i = 6
	}
	return string([]byte{'A' + s - 1, '0' + i})
}

// better reports whether g is to be believed over o. What cannot be judged
// ranks with copies of lists.
func (g Grade) better(o Grade) bool { return g.rank() < o.rank() }

func (g Grade) rank() int {
	if g.Source == 0 || g.Source >= 6 {
		return 6 // as C3
	}
	return int(g.Source) + int(g.Info)
}

// A Claim is what a source said beside the values: indicators of one list
// share it. Labels of actors are claims with a claimant, never facts.
type Claim struct {
	Source string // who said so: publication, feed, file
	File   string // where it was read, as given
	Tool   string // malware or tool that it belongs to
	Actors string // names of actors as the source writes them
	Date   string // of the publication, YYYY-MM-DD when known
	Note   string
	Grade  Grade
}

// An Indicator is one value to look for.
type Indicator struct {
	Type     Type
	Value    string // in canonical form: refanged, lower case where case has no meaning
	Written  string // as the source wrote it, when that differs
	Decision Decision
	Asked    Decision // what the source wants it used for
	Claim    *Claim
	Others   []*Claim // further sources with the same value; see [Check] on copies
	From     int64    // Unix seconds from when the value was in use; 0 unknown
	Until    int64    // Unix seconds until when it is believed in use; 0 no end
	Reasons  []string // why the decision, in words
	Line     int32    // in the file, 1-based; 0 unknown
	Narrow   bool     // an address of a shared service: never a finding alone
	Exact    bool     // a domain that is never extended to its subdomains
	hopeless bool     // its kind of value is not in any log
	bare     bool     // an observable without a statement that it is bad
}

// Source names the sources of an indicator.
func (i *Indicator) Source() string {
	if i.Claim == nil {
		return ""
	}
	out := i.Claim.Source
	for _, c := range i.Others {
		if c.Source != i.Claim.Source {
			out += "; " + c.Source
		}
	}
	return out
}

// Historic reports whether an event's time lies outside the time for which the
// indicator is believed valid. Events without a time are never historic.
func (i *Indicator) Historic(t time.Time) bool {
	if t.IsZero() {
		return false
	}
	sec := t.Unix()
	return i.From != 0 && sec < i.From || i.Until != 0 && sec > i.Until
}

// because adds a reason.
func (i *Indicator) because(reason string) { i.Reasons = append(i.Reasons, reason) }

// lower takes the decision down to d, with the reason; it never raises it.
func (i *Indicator) lower(d Decision, reason string) {
	if i.Decision > d {
		i.Decision = d
	}
	i.because(reason)
}

// A Record is one line of what a check decided: the form of
// "tyto intel check --json".
type Record struct {
	Type     string   `json:"type"`
	Value    string   `json:"value"`
	Decision Decision `json:"decision"`
	Reasons  []string `json:"reasons"`
	Source   string   `json:"source"`
	File     string   `json:"file,omitempty"`
	Line     int32    `json:"line,omitempty"`
	Grade    string   `json:"grade,omitempty"`
	From     string   `json:"valid_from,omitempty"`
	Until    string   `json:"valid_until,omitempty"`
}

// Record returns the indicator's line of a check.
func (i *Indicator) Record() Record {
	r := Record{
		Type: i.Type.String(), Value: i.Value, Decision: i.Decision, Reasons: i.Reasons,
		Source: i.Source(), Line: i.Line, From: stamp(i.From), Until: stamp(i.Until),
	}
	if r.Reasons == nil {
		r.Reasons = []string{}
	}
	if i.Claim != nil {
		r.File, r.Grade = i.Claim.File, i.Claim.Grade.String()
	}
	return r
}

func stamp(sec int64) string {
	if sec == 0 {
		return ""
	}
	return time.Unix(sec, 0).UTC().Format(time.RFC3339)
}
