package correlate

import (
	"math"
	"time"
)

// A Runtime runs the correlations of a plan over one stream of facts. It is
// not safe for concurrent use.
type Runtime struct {
	plan      *Plan
	limits    Limits
	now       int64
	keys      keyer
	groups    []*groups // parallel to plan.nodes
	deadlines deadlines
	stats     Stats
	alert     func(Alert) // during a call of Observe, Advance or Finish
	entry     entry       // the one that feed works on, to spare an allocation
}

// NewRuntime starts with an empty stream.
func (p *Plan) NewRuntime(limits Limits) *Runtime {
	r := &Runtime{
		plan:   p,
		limits: limits.withDefaults(),
		now:    never,
		keys:   newKeyer(),
		stats:  Stats{Correlations: make([]Counts, p.correlations)},
	}
	for _, n := range p.nodes {
		r.groups = append(r.groups, newGroups(n.query))
	}
	return r
}

// Observe takes in the next fact and hands out the alerts that became certain.
// Facts come in the order of time; facts of the same time in an order that the
// caller keeps the same from run to run. alert must not call the Runtime.
func (r *Runtime) Observe(f Fact, alert func(Alert)) {
	t, ok := nanos(f.Time)
	switch {
	case !ok:
		r.stats.Untimed++
		return
	case t < r.now:
		r.stats.Late++
		return
	case f.Rule < 0 || f.Rule >= len(r.plan.feeds):
		return
	}
	r.alert = alert
	r.closeBefore(t)
	r.now = t
	e := entry{time: t, event: f.Event, ref: f.Ref}
	for i := range r.plan.feeds[f.Rule] {
		r.feed(&r.plan.feeds[f.Rule][i], e, f.Values)
	}
	r.alert = nil
}

// Advance tells that no fact before the watermark will come any more. It hands
// out the alerts that waited for that. A run with any watermarks hands out the
// same alerts in the same order as one with none.
func (r *Runtime) Advance(watermark time.Time, alert func(Alert)) {
	t, ok := nanos(watermark)
	if !ok {
		return
	}
	r.alert = alert
	r.closeBefore(t)
	r.now = max(r.now, t)
	for i, s := range r.groups {
		s.sweep(earlier(r.now, r.plan.nodes[i].query.span))
	}
	r.alert = nil
}

// Finish tells that no fact will come any more: it judges the windows that are
// still open. The Runtime must not be used afterwards, but for Stats.
func (r *Runtime) Finish(alert func(Alert)) {
	r.alert = alert
	r.closeBefore(math.MaxInt64)
	for len(r.deadlines) > 0 {
		r.judgeWindow(r.deadlines.pop())
	}
	r.alert = nil
}

// Stats returns a copy of the figures so far.
func (r *Runtime) Stats() Stats {
	s := r.stats
	s.Correlations = append([]Counts(nil), s.Correlations...)
	return s
}

// feed hands one match or alert to one correlation.
func (r *Runtime) feed(ed *edge, match entry, values []Value) {
	n, s := r.plan.nodes[ed.node], r.groups[ed.node]
	counts := &r.stats.Correlations[n.index]
	r.entry = match
	e := &r.entry
	k, ok := r.read(n.query, ed, e, values)
	if !ok {
		counts.Lacking++
		return
	}
	counts.Facts++
	since := earlier(e.time, n.query.span)
	s.sweep(since)
	g := s.byKey[k]
	if g == nil {
		if len(s.byKey) >= r.limits.Groups {
			counts.EvictedGroups += s.evict(nil)
		}
		g = s.create(k, shown(values, ed.group))
	}
	s.touch(g)
	if r.admit(n.query, s, g, since, counts) {
		r.judge(ed.node, g, since)
	}
}

// admit puts the entry at hand into its group; false when it is there already.
func (r *Runtime) admit(q *query, s *groups, g *group, since int64, counts *Counts) bool {
	before := g.size()
	g.expire(since)
	twice := q.numeric() && g.window.n > 0 && g.window.newest().same(&r.entry)
	if !twice {
		g.add(q, &r.entry)
		counts.DroppedEvents += r.trim(q, g)
	}
	s.entries += g.size() - before
	r.bound(s, g, counts)
	return !twice
}

// read fills in what the correlation needs of a match: its group's key is
// returned. It is false when a field is absent or no number.
func (r *Runtime) read(q *query, ed *edge, e *entry, values []Value) (k key, ok bool) {
	e.input = int32(ed.input)
	switch q.kind {
	case kindDistinct:
		e.key, ok = r.keys.key(values, ed.cond)
	case kindSum, kindAvg, kindRank:
		at := ed.cond[0]
		if at < len(values) && values[at].Present {
			e.num, ok = number(values[at].Text)
		}
	default:
		ok = true
	}
	if !ok {
		return k, false
	}
	return r.keys.key(values, ed.group)
}

// trim drops the stalest tenth of a window that outgrew its limit, and returns
// how many events went.
func (r *Runtime) trim(q *query, g *group) (dropped int64) {
	limit := r.limits.Window
	if q.need > limit*9/10 {
		limit = q.need + q.need/8 + 1 // what is left must still decide the condition
	}
	if g.window.n <= min(limit, r.limits.Entries) {
		return 0
	}
	for range max(1, g.window.n/10) {
		g.pop()
		dropped++
	}
	return dropped
}

// bound keeps all windows together within their limit.
func (r *Runtime) bound(s *groups, g *group, counts *Counts) {
	for s.entries > r.limits.Entries {
		n := s.evict(g)
		counts.EvictedGroups += n
		if n == 0 {
			return // g alone: trim bounds it
		}
	}
}

// judge looks at a group whose newest event has just come.
func (r *Runtime) judge(at int, g *group, since int64) {
	q := r.plan.nodes[at].query
	if q.waits {
		r.await(at, g)
		return
	}
	before := g.size()
	value, ok := g.tally.judge(&g.window, since)
	r.groups[at].entries += g.size() - before // judging may forget what is over
	if ok {
		r.fire(at, g, since, g.last, value)
	}
}

// await sees to it that the present window is judged when it is over: when no
// later event can be in one window with its first one.
func (r *Runtime) await(at int, g *group) {
	if g.pending {
		return
	}
	g.pending = true
	r.schedule(at, g)
}

func (r *Runtime) schedule(at int, g *group) {
	over := later(g.window.oldest().time, r.plan.nodes[at].query.span)
	r.deadlines.push(deadline{time: over, node: at, born: g.born, life: g.life, group: g})
}

// closeBefore judges all windows that are over before t, the earliest first.
func (r *Runtime) closeBefore(t int64) {
	for len(r.deadlines) > 0 && r.deadlines[0].time < t {
		r.judgeWindow(r.deadlines.pop())
	}
}

func (r *Runtime) judgeWindow(d deadline) {
	g := d.group
	if !d.due() {
		return // evicted meanwhile
	}
	first := g.window.oldest().time
	if later(first, r.plan.nodes[d.node].query.span) > d.time {
		r.schedule(d.node, g) // its first events were dropped: the window moved on
		return
	}
	g.pending = false
	r.now = max(r.now, d.time)
	if value, ok := g.tally.judge(&g.window, first); ok {
		r.fire(d.node, g, first, d.time, value)
	}
}

// fire reports that the condition holds for the events at or after since,
// unless that has been said already.
func (r *Runtime) fire(at int, g *group, since, known int64, value float64) {
	n := r.plan.nodes[at]
	counts := &r.stats.Correlations[n.index]
	if !g.begins(g.last, n.query.span) {
		counts.Repeats++
		return
	}
	counts.Alerts++
	a := r.describe(n, g, since)
	a.Known, a.Value = instant(known), value
	if !n.suppressed {
		r.alert(*a)
	}
	e := entry{time: known, ref: a}
	for i := range n.feeds {
		r.feed(&n.feeds[i], e, a.Group)
	}
}
