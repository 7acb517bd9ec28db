package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// A Manifest is the chain of custody of one hunt: what was read, with what,
// and what was written. It says nothing about the hour or the machine unless
// the caller does, so the same hunt gives the same manifest.
type Manifest struct {
	Version        int        `json:"version"` // 1
	ID             string     `json:"id"`      // see [Manifest.Identify]
	Program        string     `json:"program"`
	ProgramVersion string     `json:"program_version"`
	Commit         string     `json:"commit,omitempty"`
	Command        []string   `json:"command,omitempty"`
	Made           *time.Time `json:"made,omitempty"` // only if the caller wants it told
	Complete       bool       `json:"complete"`       // false: stopped early
	First          *time.Time `json:"first,omitempty"`
	Last           *time.Time `json:"last,omitempty"`
	Evidence       []Evidence `json:"evidence"`
	Rules          []RuleSet  `json:"rules"`
	Indicators     []Evidence `json:"indicators,omitempty"` // files that they came from
	Files          []Written  `json:"files"`
}

// Evidence is one file that was read, or a member of an archive.
type Evidence struct {
	Path   string `json:"path"`
	Member string `json:"member,omitempty"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitempty"`
}

// A RuleSet is one origin of rules.
type RuleSet struct {
	Source string `json:"source"`
	Rules  int    `json:"rules"`
	SHA256 string `json:"sha256,omitempty"` // over the rules' bytes, in the order of their paths
}

// Written is one file of the output folder.
type Written struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Identify sets the manifest's id: a hash over program, options,
// evidence, rules and indicators.
// Two hunts with the same id must have found the same. Outputs show it instead
// of the hour they were made; so it does not cover the outputs themselves.
func (m *Manifest) Identify() string {
	m.sort()
	basis := Manifest{Program: m.Program, ProgramVersion: m.ProgramVersion, Commit: m.Commit,
		Command: m.Command, Evidence: m.Evidence, Rules: m.Rules, Indicators: m.Indicators}
	raw, err := json.Marshal(basis)
	if err != nil { // strings and numbers always marshal
		raw = []byte(err.Error())
	}
	sum := sha256.Sum256(raw)
	m.ID = hex.EncodeToString(sum[:8])
	return m.ID
}

// sort puts all lists in order and makes them non-nil.
func (m *Manifest) sort() {
	m.Version, m.Program = 1, Program
	m.Evidence = sortedBy(m.Evidence, compareEvidence)
	if len(m.Indicators) > 0 {
		m.Indicators = sortedBy(m.Indicators, compareEvidence)
	}
	m.Rules = sortedBy(m.Rules, func(a, b RuleSet) int { return strings.Compare(a.Source, b.Source) })
	m.Files = sortedBy(m.Files, func(a, b Written) int { return strings.Compare(a.Name, b.Name) })
}

func compareEvidence(a, b Evidence) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Member, b.Member))
}

// Write identifies the manifest and writes manifest.json.
func (m *Manifest) Write(w io.Writer) error {
	m.Identify()
	if err := writeJSON(w, m); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return nil
}
