package detect

import (
	"time"

	"tyto/internal/event"
)

// A Level says how serious a finding is, in Sigma's words.
type Level uint8

// The levels, in rising order.
const (
	Informational Level = iota
	Low
	Medium
	High
	Critical
)

// String returns the level as rules and outputs spell it.
func (l Level) String() string {
	return [...]string{"informational", "low", "medium", "high", "critical"}[min(l, Critical)]
}

// MarshalText implements encoding.TextMarshaler.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; see [ParseLevel].
func (l *Level) UnmarshalText(b []byte) error {
	parsed, ok := ParseLevel(string(b))
	if !ok {
		return &LevelError{Text: string(b)}
	}
	*l = parsed
	return nil
}

// ParseLevel reads a level's name; "info" is accepted for "informational".
func ParseLevel(s string) (Level, bool) {
	if s == "info" {
		return Informational, true
	}
	for l := Informational; l <= Critical; l++ {
		if l.String() == s {
			return l, true
		}
	}
	return Informational, false
}

// A LevelError is returned for a word that is no level.
type LevelError struct{ Text string }

func (e *LevelError) Error() string {
	return "unknown level " + e.Text + " (informational, low, medium, high or critical)"
}

// Kinds of finding.
const (
	KindSigma       = "sigma"
	KindCorrelation = "correlation"
	KindIndicator   = "indicator"
	KindBehaviour   = "behaviour"
)

// A Finding is one thing that a rule, an indicator or a behaviour found, with
// the reasons and the way back to the evidence. Its JSON form is a line of
// findings.jsonl: names may be added, never changed.
type Finding struct {
	ID         string         `json:"id"` // 16 hex digits: the same rule on the same record has the same id everywhere
	Time       time.Time      `json:"time"`
	Title      string         `json:"title"`
	Level      Level          `json:"level"`
	Kind       string         `json:"kind"`
	Rule       *RuleRef       `json:"rule,omitempty"`
	Analytic   string         `json:"analytic,omitempty"`
	Score      float64        `json:"score,omitempty"`
	Indicator  *Indicator     `json:"indicator,omitempty"`
	Host       string         `json:"host,omitempty"`
	Log        string         `json:"log,omitempty"`
	EventID    int            `json:"event_id,omitempty"`
	RecordID   uint64         `json:"record_id,omitempty"`
	Origin     event.Origin   `json:"origin"`
	Copies     []event.Origin `json:"copies,omitempty"`          // the same record, found elsewhere too
	CopyCount  int            `json:"copy_count,omitempty"`      // all copies, when more than are listed
	Techniques []string       `json:"techniques,omitempty"`      // ATT&CK ids, current, sorted
	Because    []Reason       `json:"because"`                   // which selection, field and value decided
	Entities   []Entity       `json:"entities,omitempty"`        // sorted by type, then value
	Events     []event.Origin `json:"events,omitempty"`          // what a multi-event finding rests on, by time
	Carved     bool           `json:"carved,omitempty"`          // rests on a recovered record: low trust
	Tactics    []string       `json:"tactics,omitempty"`         // ATT&CK tactic short names, in kill-chain order
	Falsely    []string       `json:"false_positives,omitempty"` // what else explains it, from the rule

	// Fields are the event's own fields in the order of the evidence, for
	// timelines and for showing the finding; not part of findings.jsonl.
	Fields []NamedValue `json:"-"`
	// Source is the log source in full (provider, channel, ...).
	Source event.Source `json:"-"`
}

// A RuleRef names a rule. Author is always shown with a match: the licence of
// the public rules asks for it.
type RuleRef struct {
	ID       string   `json:"id,omitempty"`
	Title    string   `json:"title"`
	Author   string   `json:"author,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	Path     string   `json:"path,omitempty"`
	Status   string   `json:"status,omitempty"`
	Date     string   `json:"date,omitempty"`
	Modified string   `json:"modified,omitempty"`
}

// An Indicator is what a partner or a list said to look for.
type Indicator struct {
	Type   string `json:"type"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// A Reason is one field and value that decided, and what it matched.
type Reason struct {
	Field     string `json:"field"`
	Value     string `json:"value"`
	Matched   string `json:"matched"` // the test that held, such as "endswith \certutil.exe"
	Selection string `json:"selection,omitempty"`
}

// An Entity is a thing the finding is about: account, process, file, ip, ...
type Entity struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// A NamedValue is one field of an event as text.
type NamedValue struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Header bool   `json:"header,omitempty"`
}
