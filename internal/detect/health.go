package detect

import (
	"time"

	"tyto/internal/source"
)

// Health tells what a hunt could and could not see. Its JSON form is
// health.json: names may be added, never changed. Lists are sorted.
type Health struct {
	Version   int            `json:"version"`  // 1
	Complete  bool           `json:"complete"` // false: stopped early, results are partial
	Evidence  EvidenceHealth `json:"evidence"`
	Files     []FileHealth   `json:"files"`
	Rules     RuleHealth     `json:"rules"`
	Rejected  []Rejection    `json:"rejected"`
	Blind     []BlindRule    `json:"blind"`
	Uncovered []Uncovered    `json:"uncovered"`
	Gaps      []Gap          `json:"gaps"`
	Caps      []Cap          `json:"caps"`
	Copies    int64          `json:"copies"` // findings' records that were found more than once
}

// EvidenceHealth adds up all files.
type EvidenceHealth struct {
	Files     int   `json:"files"`
	Bytes     int64 `json:"bytes"`
	Records   int64 `json:"records"`
	Damaged   int64 `json:"damaged"`
	Recovered int64 `json:"recovered"`
	Skipped   int   `json:"skipped"` // files that nothing could be read from
}

// FileHealth is one file or archive member.
type FileHealth struct {
	Path      string          `json:"path"`
	Member    string          `json:"member,omitempty"`
	Format    string          `json:"format,omitempty"`
	Bytes     int64           `json:"bytes"`
	Records   int64           `json:"records"` // read in order, the recovered ones not among them
	Damaged   int64           `json:"damaged"`
	Recovered int64           `json:"recovered"`         // read all the same behind damage, or carved from slack
	Skipped   string          `json:"skipped,omitempty"` // why nothing was read
	First     *time.Time      `json:"first,omitempty"`
	Last      *time.Time      `json:"last,omitempty"`
	Hosts     []string        `json:"hosts,omitempty"`
	Notes     []string        `json:"notes,omitempty"`
	Damage    []source.Damage `json:"damage,omitempty"`
	SHA256    string          `json:"-"` // goes to the manifest
}

// RuleHealth counts rules.
type RuleHealth struct {
	Loaded   int `json:"loaded"`
	Rejected int `json:"rejected"`
	Blind    int `json:"blind"`
	Matched  int `json:"matched"`
	Replaced int `json:"replaced,omitempty"` // an earlier source has another version
	Inactive int `json:"inactive,omitempty"` // their authors call them deprecated or unsupported
}

// A Rejection is a rule that could not be loaded.
type Rejection struct {
	Path   string `json:"path"`
	Line   int    `json:"line,omitempty"`
	Reason string `json:"reason"`
}

// A BlindRule can never fire on this evidence: its log is not there, or the
// fields it needs are not in it.
type BlindRule struct {
	ID      string   `json:"id,omitempty"`
	Title   string   `json:"title"`
	Missing []string `json:"missing"`
}

// Uncovered is a kind of event that no rule looks at.
type Uncovered struct {
	Log     string `json:"log"`
	EventID int    `json:"event_id"`
	Events  int64  `json:"events"`
}

// A Gap is a stretch without records where records should be.
type Gap struct {
	Host    string     `json:"host,omitempty"`
	Log     string     `json:"log"`
	From    *time.Time `json:"from,omitempty"`
	To      *time.Time `json:"to,omitempty"`
	Missing int64      `json:"missing"` // record numbers missing; 0 for a mere pause
}

// CapGaps is what the limit of [Health].Gaps is called.
const CapGaps = "gaps listed"

// A Cap is a limit that was reached.
type Cap struct {
	What  string `json:"what"`
	Limit int64  `json:"limit"`
	Count int64  `json:"count"` // how often, or how much was left out
}
