package detect

import (
	"slices"
	"strings"

	"tyto/internal/event"
	"tyto/internal/intel"
	"tyto/internal/scan"
)

// A Result is what a hunt says beside its findings.
type Result struct {
	Health   *Health
	Files    []*scan.File
	Findings int64
	Levels   [Critical + 1]int64 // findings by level
	Top      string              // id of the gravest finding; of equals, the first
	Hosts    []string            // that wrote records, sorted
	Logs     []LogHosts          // by log, for what was looked at

	// Sightings are the answers about the indicators; nil without any.
	Sightings *intel.Sightings

	// NoProcessLog is how many hosts have no record of a started process.
	NoProcessLog int

	top Level
}

// LogHosts says on how many hosts a log was seen.
type LogHosts struct {
	Log   string
	Hosts int
}

// count takes one finding into account.
func (r *Result) count(f *Finding) {
	if r.Findings == 0 || f.Level > r.top {
		r.Top, r.top = f.ID, f.Level
	}
	r.Findings++
	r.Levels[f.Level]++
}

// hosts fills in who wrote what.
func (r *Result) hosts(seen *continuity, processes map[string]bool) {
	logs := make(map[string]*LogHosts)
	for key, t := range seen.traces {
		l := logs[key.log]
		if l == nil {
			l = &LogHosts{Log: t.log}
			logs[key.log] = l
		}
		l.Log = min(l.Log, t.log)
		l.Hosts++
	}
	for _, l := range logs {
		r.Logs = append(r.Logs, *l)
	}
	slices.SortFunc(r.Logs, func(a, b LogHosts) int {
		if a.Hosts != b.Hosts {
			return b.Hosts - a.Hosts
		}
		return strings.Compare(a.Log, b.Log)
	})
	for folded, name := range seen.names {
		if folded == "" {
			continue
		}
		r.Hosts = append(r.Hosts, name)
		if !processes[folded] {
			r.NoProcessLog++
		}
	}
	slices.Sort(r.Hosts)
}

// startsProcess reports whether an event tells of a started process: Sysmon 1
// or Security 4688.
func startsProcess(s event.Source) bool {
	switch s.EventID {
	case 1:
		return strings.Contains(s.Channel, "Sysmon") || strings.Contains(s.Provider, "Sysmon")
	case 4688:
		return strings.EqualFold(s.Channel, "Security")
	}
	return s.Category == "process_creation"
}
