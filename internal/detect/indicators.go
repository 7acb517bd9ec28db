package detect

import (
	"strings"

	"tyto/internal/event"
	"tyto/internal/intel"
)

// A lookout looks for indicators in the events of one worker.
type lookout struct {
	set       *intel.Set
	matcher   *intel.Matcher
	sightings *intel.Sightings
}

func newLookout(set *intel.Set) *lookout {
	if set == nil {
		return nil
	}
	return &lookout{set: set, matcher: set.NewMatcher(), sightings: set.NewSightings()}
}

// look matches the current event against all indicators.
func (w *worker) look(ev *event.Event) {
	l := w.lookout
	l.matcher.Match(ev, w.onSight)
	l.sightings.Searched(ev, l.matcher)
}

// sight is called for each indicator that the current event shows.
func (w *worker) sight(h intel.Hit) {
	w.lookout.sightings.Seen(&h, w.current)
	level, _ := ParseLevel(h.Level())
	if h.Indicator.Decision < intel.Hunt || level < w.hunt.opt.Filter.MinLevel {
		return // context: told in the sightings only
	}
	out := w.base(len(w.hunt.opt.Rules.Rules) + h.Index)
	out.level = level
	out.fields = w.told()
	matched := h.Matched()
	if h.Historic {
		matched += ", outside the time it was in use"
	}
	out.reasons = []Reason{{Field: strings.Clone(h.Field), Value: cut(string(h.Value), maxReason), Matched: matched}}
	w.keep(w.hunt.findings, out)
	w.hunt.opt.Scan.Progress.Found.Add(1)
}

// indicatorFinding begins a finding about an indicator.
func indicatorFinding(in *intel.Indicator, level Level) *Finding {
	title := "Indicator seen: " + in.Type.String() + " " + in.Value
	if in.Claim != nil && in.Claim.Tool != "" {
		title += " (" + in.Claim.Tool + ")"
	}
	return &Finding{
		Title: title, Level: level, Kind: KindIndicator,
		Indicator: &Indicator{Type: in.Type.String(), Value: in.Value, Source: in.Source()},
	}
}

// capped counts the indicators left out where one event showed too many.
func (h *hunt) capped() (n int64) {
	for _, w := range h.workers {
		if w.lookout != nil {
			n += w.lookout.matcher.Capped()
		}
	}
	return n
}

// sightings adds up what all workers saw of the indicators, and what became of
// the patterns and rules that came with them; nil without any.
func (h *hunt) sightings(total *census, seen *continuity) *intel.Sightings {
	var out *intel.Sightings
	for _, w := range h.workers {
		switch {
		case w.lookout == nil:
		case out == nil:
			out = w.lookout.sightings
		default:
			out.Merge(w.lookout.sightings)
		}
	}
	answers := h.answers(total, seen)
	if out == nil && len(answers) > 0 {
		out = intel.Compile(&intel.Checked{}).NewSightings()
	}
	for _, a := range answers {
		out.Answer(a)
	}
	return out
}

// answers are those about patterns and rules.
func (h *hunt) answers(total *census, seen *continuity) []intel.Sighting {
	var out []intel.Sighting
	for i := range h.opt.Patterns {
		if a := h.opt.Patterns[i].answer; a != nil {
			out = append(out, *a)
		}
	}
	if len(h.carried.runs) > 0 {
		out = append(out, h.carried.answers(h.judge(total, seen))...)
	}
	return out
}
