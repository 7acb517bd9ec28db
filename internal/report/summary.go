package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tyto/internal/attack"
	"tyto/internal/detect"
)

// Bounds of a summary. Findings of high level have room of their own, so that
// a flood of low ones cannot crowd them out.
const (
	maxGroups = 10_000 // of level medium and below; as many again for the others
	maxRules  = 10_000
	maxHosts  = 50_000
	maxNames  = 32  // hosts known by name per rule
	maxWord   = 256 // bytes kept of a host name or title
)

// A Summary gathers what the first screen says about the findings of a hunt.
// Its memory is bounded; what found no place is counted.
type Summary struct {
	table   *attack.Table
	total   int64
	levels  [detect.Critical + 1]int64
	first   time.Time
	last    time.Time
	hosts   counter
	rules   map[string]*ruleCount
	groups  map[groupKey]*group
	severe  int // groups of level high or above
	leftOut int64
}

type groupKey struct{ host, technique string }

// A group is what was found of one technique on one host. Findings without a
// technique are grouped by their title.
type group struct {
	groupKey
	tactic string
	title  string // of the first finding of the highest level
	value  string // that decided there
	level  detect.Level
	n      int64
	first  time.Time
	rules  []*ruleCount // a few of them, for rarity
}

// A ruleCount is how often and where a rule, indicator or behaviour fired.
type ruleCount struct {
	key, title, author, kind string
	level                    detect.Level
	n                        int64
	first                    time.Time
	hosts                    []string // the first few
	many                     bool     // more hosts than those
}

// NewSummary makes an empty summary.
func NewSummary(table *attack.Table) *Summary {
	return &Summary{table: table, hosts: newCounter(maxHosts),
		rules: map[string]*ruleCount{}, groups: map[groupKey]*group{}}
}

// Write implements [Sink]; it never fails.
func (s *Summary) Write(f *detect.Finding) error {
	s.Add(f)
	return nil
}

// Close implements [Sink]; it does nothing.
func (s *Summary) Close() error { return nil }

// Add counts a finding.
func (s *Summary) Add(f *detect.Finding) {
	s.total++
	level := min(f.Level, detect.Critical)
	s.levels[level]++
	if !f.Time.IsZero() {
		if s.first.IsZero() || f.Time.Before(s.first) {
			s.first = f.Time
		}
		if f.Time.After(s.last) {
			s.last = f.Time
		}
	}
	host := clip(f.Host)
	if host != "" {
		s.hosts.add(host)
	}
	rule := s.rule(f, host)
	s.group(f, host, level, rule)
}

// Total returns how many findings there were.
func (s *Summary) Total() int64 { return s.total }

// AtLeast returns how many findings had the level or a higher one.
func (s *Summary) AtLeast(l detect.Level) int64 {
	n := int64(0)
	for ; l <= detect.Critical; l++ {
		n += s.levels[l]
	}
	return n
}

// rule counts the rule that fired, or returns nil when there is no more room.
func (s *Summary) rule(f *detect.Finding, host string) *ruleCount {
	key := ruleKey(f)
	r := s.rules[key]
	if r == nil {
		if len(s.rules) >= maxRules {
			s.leftOut++
			return nil
		}
		r = &ruleCount{key: strings.Clone(key), title: keep(f.Title), kind: strings.Clone(f.Kind), first: f.Time}
		r.author = keep(ruleCell("RuleAuthor", f))
		s.rules[r.key] = r
	}
	r.n++
	r.level = max(r.level, min(f.Level, detect.Critical))
	r.on(host)
	return r
}

// on notes a host that the rule fired on.
func (r *ruleCount) on(host string) {
	switch {
	case host == "" || r.many || slices.Contains(r.hosts, host):
	case len(r.hosts) == maxNames:
		r.many = true
	default:
		r.hosts = append(r.hosts, strings.Clone(host))
	}
}

// spread is the number of hosts, for order; more than were counted are many.
func (r *ruleCount) spread() int {
	if r.many {
		return maxNames + 1
	}
	return len(r.hosts)
}

// ruleKey tells rules apart: by id, or by what stands in its place.
func ruleKey(f *detect.Finding) string {
	switch {
	case f.Rule != nil && f.Rule.ID != "":
		return clip(f.Rule.ID)
	case f.Analytic != "":
		return "behaviour " + clip(f.Analytic)
	case f.Indicator != nil:
		return "indicator " + clip(f.Indicator.Type) + " " + clip(f.Indicator.Value)
	}
	return "title " + clip(f.Title)
}

func (s *Summary) group(f *detect.Finding, host string, level detect.Level, rule *ruleCount) {
	key := groupKey{host, clip(f.Title)}
	if len(f.Techniques) > 0 {
		key.technique = clip(f.Techniques[0])
	}
	g := s.groups[key]
	if g == nil {
		if g = s.newGroup(key, level); g == nil {
			s.leftOut++
			return
		}
		g.first, g.level, g.tactic = f.Time, level, s.tactic(f)
		g.title, g.value = keep(f.Title), decisive(f)
	}
	g.n++
	if level > g.level {
		if g.level < detect.High && level >= detect.High {
			s.severe++
		}
		g.level, g.title, g.value = level, keep(f.Title), decisive(f)
	}
	if rule != nil && len(g.rules) < 8 && !slices.Contains(g.rules, rule) {
		g.rules = append(g.rules, rule)
	}
}

// decisive returns the value that decided, as an example for the screen: the
// first that the title does not tell already.
func decisive(f *detect.Finding) string {
	for _, r := range f.Because[:min(len(f.Because), 8)] {
		if v := clip(r.Value); len(v) > 2 && !strings.Contains(f.Title, v) {
			return strings.Clone(v)
		}
	}
	return ""
}

// newGroup finds room for a group, or returns nil.
func (s *Summary) newGroup(key groupKey, level detect.Level) *group {
	used := len(s.groups) - s.severe
	if level >= detect.High {
		used = s.severe
	}
	if used >= maxGroups || len(s.groups) >= 2*maxGroups {
		return nil
	}
	if level >= detect.High {
		s.severe++
	}
	g := &group{groupKey: groupKey{strings.Clone(key.host), strings.Clone(key.technique)}}
	s.groups[g.groupKey] = g
	return g
}

// tactic picks the one tactic that the screen names: the technique's own,
// if the finding has it, or the finding's last.
func (s *Summary) tactic(f *detect.Finding) string {
	if len(f.Techniques) > 0 {
		for _, short := range s.table.TacticsOf(f.Techniques[0]) {
			if len(f.Tactics) == 0 || slices.Contains(f.Tactics, short) {
				return short
			}
		}
	}
	if len(f.Tactics) > 0 {
		return keep(f.Tactics[len(f.Tactics)-1])
	}
	return ""
}

// rarity is the smallest spread and count among the group's rules.
func (g *group) rarity() (hosts int, n int64) {
	for i, r := range g.rules {
		if i == 0 || cmp.Or(cmp.Compare(r.spread(), hosts), cmp.Compare(r.n, n)) < 0 {
			hosts, n = r.spread(), r.n
		}
	}
	return hosts, n
}

// ranked returns the groups of at least a level: the most severe first, of
// those the rarest, then the earliest.
func (s *Summary) ranked(least detect.Level) []*group {
	var out []*group
	for _, g := range s.groups {
		if g.level >= least {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b *group) int {
		ah, an := a.rarity()
		bh, bn := b.rarity()
		return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(ah, bh), cmp.Compare(an, bn),
			a.first.Compare(b.first), strings.Compare(a.host, b.host), strings.Compare(a.technique, b.technique))
	})
	return out
}

// rarest returns the rules by rarity, without those whose titles are shown
// already.
func (s *Summary) rarest(shown []*group) []*ruleCount {
	seen := map[string]bool{}
	for _, g := range shown {
		seen[g.title] = true
	}
	var out []*ruleCount
	for _, r := range s.rules {
		if !seen[r.title] {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *ruleCount) int {
		return cmp.Or(cmp.Compare(a.spread(), b.spread()), cmp.Compare(a.n, b.n), cmp.Compare(b.level, a.level),
			a.first.Compare(b.first), strings.Compare(a.key, b.key))
	})
	return out
}

// authors returns how many rules of each author matched. Indicators have
// sources, not authors.
func (s *Summary) authors() []tally {
	count := newCounter(maxRules)
	for _, r := range s.rules {
		if r.kind != detect.KindIndicator && r.author != none {
			count.add(r.author)
		}
	}
	return count.sorted()
}

// clip limits how much of a word is looked at.
func clip(s string) string {
	if len(s) > maxWord {
		return s[:maxWord]
	}
	return s
}

// keep returns a copy that holds no large buffer alive.
func keep(s string) string { return strings.Clone(clip(s)) }
