package report

import (
	"io"
	"slices"
	"strings"
	"time"

	"tyto/internal/detect"
)

// An Object is what `--json` prints instead of the first screen: the same
// facts, for programs. Names may be added, never changed.
type Object struct {
	Version        int               `json:"version"` // 1
	Program        string            `json:"program"`
	ProgramVersion string            `json:"program_version"`
	Complete       bool              `json:"complete"`
	First          *time.Time        `json:"first,omitempty"` // of the evidence
	Last           *time.Time        `json:"last,omitempty"`
	Hosts          int               `json:"hosts"`
	Records        int64             `json:"records"`
	Bytes          int64             `json:"bytes"`
	Findings       ObjectFindings    `json:"findings"`
	Groups         []ObjectGroup     `json:"groups"` // by host and technique, in the order of the screen
	Rarest         []ObjectRule      `json:"rarest"` // the rarest rules, whatever their level
	Indicators     *Answers          `json:"indicators,omitempty"`
	NotSeen        []string          `json:"not_seen"`
	Rules          detect.RuleHealth `json:"rules"`
	Authors        []ObjectAuthor    `json:"authors"` // of all rules that matched
	Caps           []detect.Cap      `json:"caps"`    // limits that were reached
	Folder         string            `json:"folder,omitempty"`
	Wrote          []string          `json:"wrote"`
}

// ObjectFindings counts findings by level.
type ObjectFindings struct {
	Total         int64 `json:"total"`
	Informational int64 `json:"informational"`
	Low           int64 `json:"low"`
	Medium        int64 `json:"medium"`
	High          int64 `json:"high"`
	Critical      int64 `json:"critical"`
}

// ObjectGroup is what was found of one technique on one host.
type ObjectGroup struct {
	Host      string       `json:"host,omitempty"`
	Technique string       `json:"technique,omitempty"`
	Tactic    string       `json:"tactic,omitempty"`
	Title     string       `json:"title"`
	Level     detect.Level `json:"level"`
	Count     int64        `json:"count"`
	First     *time.Time   `json:"first,omitempty"`
}

// ObjectRule is a rule, indicator or behaviour that fired.
type ObjectRule struct {
	Title  string       `json:"title"`
	Author string       `json:"author,omitempty"`
	Kind   string       `json:"kind"`
	Level  detect.Level `json:"level"`
	Count  int64        `json:"count"`
	Hosts  []string     `json:"hosts,omitempty"` // at most 32
	More   bool         `json:"more_hosts,omitempty"`
}

// ObjectAuthor is an author and how many of his rules matched.
type ObjectAuthor struct {
	Name  string `json:"name"`
	Rules int64  `json:"rules"`
}

// The most groups and rules that an Object lists.
const (
	objectGroups = 1000
	objectRules  = 100
)

// Object returns the screen as a value.
func (s *Screen) Object() Object {
	l := s.Summary.levels
	o := Object{
		Version: 1, Program: Program, ProgramVersion: s.Facts.Version, Complete: s.Health.Complete,
		First: known(s.Facts.From), Last: known(s.Facts.To),
		Hosts: s.Facts.Hosts, Records: s.Facts.Records, Bytes: s.Facts.Bytes,
		Findings: ObjectFindings{s.Summary.total, l[detect.Informational], l[detect.Low], l[detect.Medium], l[detect.High], l[detect.Critical]},
		Groups:   []ObjectGroup{}, Rarest: []ObjectRule{}, Authors: []ObjectAuthor{},
		Indicators: s.Facts.Answers, NotSeen: NotSeen(s.Facts, s.Health), Rules: s.Health.Rules, Caps: s.caps(),
		Folder: s.Folder, Wrote: sortedBy(s.Wrote, strings.Compare),
	}
	groups := s.Summary.ranked(detect.Informational)
	if more := int64(len(groups) - objectGroups); more > 0 {
		o.Caps = append(o.Caps, detect.Cap{What: "groups in this object", Limit: objectGroups, Count: more})
	}
	for _, g := range groups[:min(len(groups), objectGroups)] {
		o.Groups = append(o.Groups, g.object())
	}
	rules := s.Summary.rarest(nil)
	for _, r := range rules[:min(len(rules), objectRules)] {
		o.Rarest = append(o.Rarest, ObjectRule{r.title, named(r.author), r.kind, r.level, r.n, slices.Clone(r.hosts), r.many})
	}
	for _, a := range s.Summary.authors() {
		o.Authors = append(o.Authors, ObjectAuthor{a.word, a.n})
	}
	return o
}

// named returns an author's name, nothing for the dash that stands for none.
func named(author string) string {
	if author == none {
		return ""
	}
	return author
}

func (g *group) object() ObjectGroup {
	o := ObjectGroup{Host: g.host, Tactic: g.tactic, Title: g.title, Level: g.level, Count: g.n, First: known(g.first)}
	if isID(g.technique) {
		o.Technique = g.technique
	}
	return o
}

// isID tells a technique's id from the title that stands in for one.
func isID(s string) bool {
	return len(s) >= 5 && s[0] == 'T' && strings.Trim(s[1:], "0123456789.") == ""
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = clamp(t)
	return &t
}

// WriteJSON prints a value of bounded size as JSON, indented, with hidden
// characters escaped: what commands print under `--json`.
func WriteJSON(w io.Writer, v any) error { return writeJSON(w, v) }
