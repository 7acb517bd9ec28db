package detect

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tyto/internal/event"
	"tyto/internal/intel"
	"tyto/internal/scan"
	"tyto/sigma"
	"tyto/sigma/correlate"
)

// conclude adds up what all workers saw.
func (h *hunt) conclude(res *Result, stats correlate.Stats, complete bool) {
	total, seen := newCensus(), newContinuity()
	processes := make(map[string]bool)
	var cuts int64
	for _, w := range h.workers {
		total.merge(w.census)
		seen.merge(w.seen)
		cuts += w.cutShort
		for host := range w.processes {
			processes[strings.ToLower(host)] = true
		}
	}
	res.hosts(seen, processes)
	res.Sightings = h.sightings(total, seen)
	res.Health = h.health(res.Files, total, seen, stats, complete)
	res.Health.cap("bytes of a value in timelines", maxField, cuts)
	res.Health.cap("indicators in one event", intel.MaxHits, h.capped())
	res.Health.tidy()
}

// health says what could and could not be seen.
func (h *hunt) health(files []*scan.File, total *census, seen *continuity, stats correlate.Stats, complete bool) *Health {
	rules := h.opt.Rules
	out := &Health{
		Version: 1, Complete: complete, Copies: h.copies,
		Rejected: rules.Rejected,
		Rules: RuleHealth{
			Loaded: rules.Loaded(), Rejected: len(rules.Rejected),
			Replaced: rules.Replaced, Inactive: rules.Inactive,
			Matched: len(h.matched) + len(h.alerted),
		},
	}
	out.Files, out.Evidence = fileHealth(files)
	out.Blind = h.blind()
	out.Rules.Blind = len(out.Blind)
	out.Uncovered = total.uncovered(func(s event.Source) bool {
		return rules.Set.Covered(sigma.Source(s)) > 0
	})
	gaps, caps := seen.gaps()
	out.Gaps = gaps
	out.Caps = append(caps, fileCaps(files)...)
	out.Caps = append(out.Caps, correlationCaps(stats)...)
	out.cap("kinds of events counted", maxKinds, total.other)
	out.cap("findings that wait for copies", copyBuffer, h.early)
	out.cap("correlation alerts", maxAlerts, h.lost)
	out.cap("events remembered for a STIX pattern", maxPatternEvents, h.undecided)
	return out
}

// cap adds a limit that was reached.
func (h *Health) cap(what string, limit, count int64) {
	if count > 0 {
		h.Caps = append(h.Caps, Cap{what, limit, count})
	}
}

// tidy sorts lists and makes empty ones lists too: absent would read as
// unknown.
func (h *Health) tidy() {
	slices.SortFunc(h.Caps, func(a, b Cap) int {
		return cmp.Or(strings.Compare(a.What, b.What), cmp.Compare(a.Limit, b.Limit), cmp.Compare(a.Count, b.Count))
	})
	h.Files = notNil(h.Files)
	h.Rejected = notNil(h.Rejected)
	h.Blind = notNil(h.Blind)
	h.Uncovered = notNil(h.Uncovered)
	h.Gaps = notNil(h.Gaps)
	h.Caps = notNil(h.Caps)
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// blind lists the rules that can never fire on what was seen.
func (h *hunt) blind() []BlindRule {
	var out []BlindRule
	for _, b := range h.cover().Blind() {
		if h.opt.Rules.shown(b.Rule) {
			out = append(out, BlindRule{ID: b.Rule.ID, Title: b.Rule.Title, Missing: b.Missing})
		}
	}
	slices.SortFunc(out, func(a, b BlindRule) int {
		return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.ID, b.ID))
	})
	return out
}

// cover adds up which kinds of records all workers saw.
func (h *hunt) cover() *sigma.Coverage {
	total := h.opt.Rules.Set.NewCoverage()
	for _, w := range h.workers {
		total.Merge(w.cover)
	}
	return total
}

// fileHealth tells each file, and all together.
func fileHealth(files []*scan.File) ([]FileHealth, EvidenceHealth) {
	var sum EvidenceHealth
	out := make([]FileHealth, 0, len(files))
	for _, f := range files {
		fh := FileHealth{
			Path: f.Path, Member: f.Member, Format: f.Format, Bytes: f.Size,
			Records: f.Records - f.Recovered, Damaged: f.Damaged, Recovered: f.Recovered,
			Skipped: f.Skipped, First: stamped(f.First), Last: stamped(f.Last),
			Hosts: f.Hosts, Notes: f.Notes, Damage: f.Damage, SHA256: f.SHA256,
		}
		if f.Partial {
			fh.Notes = append(fh.Notes, "stopped before its end")
		}
		out = append(out, fh)
		sum.Files++
		sum.Bytes += f.Size
		sum.Records += f.Records - f.Recovered
		sum.Damaged += f.Damaged
		sum.Recovered += f.Recovered
		if f.Skipped != "" {
			sum.Skipped++
		}
	}
	return out, sum
}

func stamped(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func fileCaps(files []*scan.File) []Cap {
	counts := make(map[scan.Limit]int64)
	for _, f := range files {
		if f.Limit != nil {
			counts[*f.Limit]++
		}
		if f.DamageLeft > 0 {
			counts[scan.Limit{What: "stretches of damage listed per file", Value: scan.MaxDamage}] += f.DamageLeft
		}
		if f.HostsLeft > 0 {
			counts[scan.Limit{What: "hosts listed per file", Value: scan.MaxHosts}] += int64(f.HostsLeft)
		}
	}
	var out []Cap
	for l, n := range counts {
		out = append(out, Cap{l.What, l.Value, n})
	}
	return out
}

func correlationCaps(stats correlate.Stats) []Cap {
	var groups, events int64
	for _, c := range stats.Correlations {
		groups += c.EvictedGroups
		events += c.DroppedEvents
	}
	var out []Cap
	if groups > 0 {
		out = append(out, Cap{"groups per correlation", maxGroups, groups})
	}
	if events > 0 {
		out = append(out, Cap{"events in one correlation window", maxWindow, events})
	}
	return out
}
