package detect

import (
	"maps"
	"slices"
	"strings"
	"time"

	"tyto/internal/event"
	"tyto/internal/intel"
	"tyto/sigma"
	"tyto/sigma/correlate"
)

// A CarriedRule is a Sigma rule or correlation that came with indicators. It
// runs with the other rules; beyond that its source is told what became of it.
type CarriedRule struct {
	Given
	Name string // its id, or its title where it has none
	Path string // of its file among the rules
	Why  string // it is no rule
}

// A carried rule at work. The document that runs is the one with its name,
// whichever source it came from.
type carriedRun struct {
	*CarriedRule
	seen sightingOf
}

// carriage finds the carried rules among those that run.
type carriage struct {
	runs         []carriedRun
	rules        map[int]*carriedRun // by the rule's index
	correlations map[int]*carriedRun
}

func newCarriage(carried []CarriedRule, rules *Rules) *carriage {
	c := &carriage{runs: make([]carriedRun, len(carried)), rules: map[int]*carriedRun{}, correlations: map[int]*carriedRun{}}
	byName := make(map[string]*carriedRun, len(carried))
	for i := range carried {
		c.runs[i].CarriedRule = &carried[i]
		byName[carried[i].Name] = &c.runs[i]
	}
	if len(carried) == 0 {
		return c
	}
	for i, r := range rules.Rules {
		if run := byName[identity(&r.Meta)]; run != nil {
			c.rules[i] = run
		}
	}
	for i, r := range rules.Correlations {
		if run := byName[identity(&r.Meta)]; run != nil {
			c.correlations[i] = run
		}
	}
	return c
}

// match counts a record that a rule is true for. Of several copies one counts.
func (c *carriage) match(h *hit) {
	if run := c.rules[h.rule]; run != nil && !h.again {
		run.seen.tally(h, &run.Given)
	}
}

// alert counts an alert of a correlation, with the events that it rests on.
func (c *carriage) alert(a *correlate.Alert) {
	run := c.correlations[a.Correlation]
	if run == nil {
		return
	}
	run.seen.count++
	if run.historic(a.Time) {
		run.seen.historic++
	}
	for _, ref := range a.Refs {
		run.seen.event(ref.(*hit))
	}
}

// A field of view says which logs a rule looked at, or what it would have
// needed.
type fieldOfView struct {
	logs  map[string]bool
	needs []string // of a rule that could not have been true
}

// A judge tells the field of view of rules.
type judge struct {
	rules  *Rules
	blind  map[*sigma.Rule]*sigma.Blind
	logs   map[*sigma.Rule]map[string]bool // folded names of the logs that it is bound to
	traces map[string]*shownLog
}

// A shownLog is a log of any host: its name and the time that it spans.
type shownLog struct {
	name     string
	from, to time.Time
}

func (h *hunt) judge(total *census, seen *continuity) *judge {
	j := &judge{
		rules: h.opt.Rules, blind: map[*sigma.Rule]*sigma.Blind{},
		logs: map[*sigma.Rule]map[string]bool{}, traces: map[string]*shownLog{},
	}
	for _, b := range h.cover().Blind() {
		j.blind[b.Rule] = &b
	}
	for src := range total.kinds {
		for _, r := range h.opt.Rules.Set.Bound(sigma.Source(src)) {
			if j.logs[r] == nil {
				j.logs[r] = map[string]bool{}
			}
			j.logs[r][logName(src)] = true
		}
	}
	for _, l := range seen.logs() {
		j.trace(&l)
	}
	return j
}

func logName(src event.Source) string { return strings.ToLower(src.Log()) }

func (j *judge) trace(l *LogCount) {
	key := strings.ToLower(l.Log)
	t := j.traces[key]
	if t == nil {
		t = &shownLog{name: l.Log}
		j.traces[key] = t
	}
	t.name = min(t.name, l.Log)
	if l.First != nil && (t.from.IsZero() || l.First.Before(t.from)) {
		t.from = *l.First
	}
	if l.Last != nil && l.Last.After(t.to) {
		t.to = *l.Last
	}
}

// rule is the field of view of a rule.
func (j *judge) rule(r *sigma.Rule) fieldOfView {
	b := j.blind[r]
	switch {
	case b == nil:
		return fieldOfView{logs: j.logs[r]}
	case b.NoLog:
		return fieldOfView{needs: b.Missing}
	}
	return fieldOfView{needs: []string{"records of " + strings.Join(sigma.LogNames(r.Logsource), ", ") + " with " + strings.Join(b.Missing, ", ")}}
}

// maxNested bounds correlations of correlations.
const maxNested = 16

// correlation is the field of view of a correlation: of all the rules that it
// is about, or of any where it only counts.
func (j *judge) correlation(c *sigma.Correlation, depth int) fieldOfView {
	out := fieldOfView{logs: map[string]bool{}}
	any := c.Type != sigma.Temporal && c.Type != sigma.TemporalOrdered
	able := 0
	for _, ref := range c.Rules {
		v := j.referred(ref, depth)
		if len(v.needs) == 0 {
			able++
		}
		for log := range v.logs {
			out.logs[log] = true
		}
		out.needs = append(out.needs, v.needs...)
	}
	if able == len(c.Rules) || any && able > 0 {
		out.needs = nil
	}
	slices.Sort(out.needs)
	out.needs = slices.Compact(out.needs)
	return out
}

func (j *judge) referred(ref string, depth int) fieldOfView {
	for _, r := range j.rules.Rules {
		if r.Refers(ref) {
			return j.rule(r)
		}
	}
	for _, c := range j.rules.Correlations {
		if c.Refers(ref) && depth < maxNested {
			return j.correlation(c, depth+1)
		}
	}
	return fieldOfView{needs: []string{"the rule " + ref}}
}

// searched names logs and the time that they span.
func (j *judge) searched(logs map[string]bool) *intel.Searched {
	var all shown
	names := []string{}
	for key := range logs {
		t := j.traces[key]
		if t == nil {
			continue
		}
		names = append(names, t.name)
		if !t.from.IsZero() {
			all.span(t.from, t.to)
		}
	}
	slices.Sort(names)
	return &intel.Searched{From: moment(all.from), To: moment(all.to), Logs: names}
}

// answers tells what became of the carried rules.
func (c *carriage) answers(j *judge) []intel.Sighting {
	views := map[*carriedRun]fieldOfView{}
	for _, i := range slices.Sorted(maps.Keys(c.rules)) {
		views[c.rules[i]] = j.rule(j.rules.Rules[i])
	}
	for _, i := range slices.Sorted(maps.Keys(c.correlations)) {
		views[c.correlations[i]] = j.correlation(j.rules.Correlations[i], 0)
	}
	out := make([]intel.Sighting, len(c.runs))
	for i := range c.runs {
		run := &c.runs[i]
		view, runs := views[run]
		if !runs {
			view.needs = []string{j.leftOut(run.CarriedRule)}
		}
		out[i] = run.answer(view, j)
	}
	return out
}

func (r *carriedRun) answer(view fieldOfView, j *judge) intel.Sighting {
	out := intel.Sighting{
		Type: KindSigma, Value: r.Name, Source: r.Source, Decision: r.decision(), Answer: intel.AnswerNotCovered,
	}
	switch {
	case r.seen.count > 0:
		r.seen.put(&out)
	case len(view.needs) > 0:
		out.Needs = view.needs
		return out
	default:
		out.Answer = intel.AnswerNotSeen
	}
	out.Searched = j.searched(view.logs)
	return out
}

// leftOut says why a carried rule does not run.
func (j *judge) leftOut(r *CarriedRule) string {
	if r.Why != "" {
		return "not run: " + r.Why
	}
	for _, rejected := range j.rules.Rejected {
		if rejected.Path == r.Path {
			return "not run: " + rejected.Reason
		}
	}
	return "not run: withdrawn by its author, or left out by the options of the hunt"
}
