package stix

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"
)

// Limits bound what matching one pattern may cost. The zero value stands for
// the defaults.
type Limits struct {
	// Candidates is how many observations are remembered for each bracketed
	// comparison; default 10,000. Patterns without WITHIN and FOLLOWEDBY need far fewer.
	Candidates int

	// Steps bounds the search for a match among the candidates; default 5,000,000,
	// a fraction of a second. It counts work, not time, so that results do not
	// depend on the machine.
	Steps int

	// Regexp compiles MATCHES expressions that Go's engine does not know, such as
	// those with look-around. The function answers whether the expression is found in
	// a text, where "." includes line ends. Nil refuses them.
	Regexp func(expr string) (func(text string) bool, error)
}

func (l Limits) withDefaults() Limits {
	if l.Candidates <= 0 {
		l.Candidates = 10_000
	}
	if l.Steps <= 0 {
		l.Steps = 5_000_000
	}
	return l
}

// Seen names an observation that took part in a match.
type Seen struct {
	ID          string // as the observation had it
	Index       int    // its number among the observations, from 0
	First, Last time.Time
}

// Result is what matching found.
type Result struct {
	// Matched tells that the pattern matched, and Observations with which
	// observations, by time. It is one of possibly many ways.
	Matched      bool
	Observations []Seen

	// Unevaluated tells why "not matched" is not an answer: a regular expression
	// that is not supported, or a *LimitError. It is nil when the answer stands.
	Unevaluated error

	// Undecided counts observations that a test could not be decided on, with the
	// first reason. They were taken as not matching.
	Undecided int
	Reason    error

	Observed int // how many observations there were
}

// Matcher matches one pattern against a stream of observations. It remembers
// times and identities of those that fit a part of the pattern, never their contents.
// It stops at the first match; Reset makes it look for the next. A Matcher
// belongs to one goroutine.
type Matcher struct {
	plan   *plan
	limits Limits
	broken error // the pattern cannot be evaluated at all

	lists    [][]candidate // by class
	names    []Seen        // by observation that is a candidate
	fresh    int           // candidates since the last search
	newest   int64
	horizon  int64 // observations before this have been forgotten
	match    []candidate
	limited  error
	result   Result
	undecide bool
}

// NewMatcher prepares to match a pattern. A pattern that cannot be evaluated
// gives a Matcher whose result says so.
func NewMatcher(p *Pattern, l Limits) *Matcher {
	m := &Matcher{limits: l.withDefaults()}
	m.plan, m.broken = newPlan(p.Expr, m.limits)
	m.Reset()
	return m
}

// Err is the reason for which the pattern cannot be evaluated at all, or nil.
func (m *Matcher) Err() error { return m.broken }

// Reset forgets all observations and the match.
func (m *Matcher) Reset() {
	m.lists, m.names, m.match = nil, nil, nil
	if m.plan != nil {
		m.lists = make([][]candidate, len(m.plan.classes))
	}
	m.fresh, m.limited, m.undecide, m.result = 0, nil, false, Result{}
	m.newest, m.horizon = math.MinInt64, math.MinInt64
}

// Match matches a pattern against observations to the first match.
func Match(p *Pattern, observations iter.Seq[*Observation], l Limits) Result {
	m := NewMatcher(p, l)
	for o := range observations {
		m.Observe(o)
		if m.Matched() {
			break
		}
	}
	return m.Finish()
}

// Matched says whether a match is known already. Finish may find more.
func (m *Matcher) Matched() bool { return m.match != nil }

var (
	errCount    = errors.New("an observation must have been made at least once")
	errInterval = errors.New("an observation must not end before it begins")
	errNoTime   = errors.New("an observation needs a time")
)

// Observe takes the next observation. Observations should come ordered by
// First; any order gives the right answer until more candidates arrive than
// the limit allows. The observation is not kept. Once the pattern has matched,
// further observations are only counted. The error tells that this observation
// was not usable or could not be decided; matching goes on without it.
func (m *Matcher) Observe(o *Observation) error {
	index := m.result.Observed
	m.result.Observed++
	if m.broken != nil || m.match != nil {
		return nil
	}
	at := o.interval()
	if err := usable(o, at); err != nil {
		return m.undecided(err)
	}
	m.newest = max(m.newest, at.first)
	if at.last < m.horizon {
		m.limited = &LimitError{"candidates, and an observation came late", m.limits.Candidates}
	}
	err := m.offer(o, at, index)
	m.searchSometimes()
	if err != nil {
		return m.undecided(err)
	}
	return nil
}

func usable(o *Observation, at interval) error {
	switch {
	case o.First.IsZero():
		return errNoTime
	case o.Count < 1:
		return errCount
	case at.last < at.first:
		return errInterval
	}
	return nil
}

func (m *Matcher) undecided(err error) error {
	m.result.Undecided++
	if m.result.Reason == nil {
		m.result.Reason = err
	}
	return err
}

// offer tests the observation against every class and remembers it for those
// that it fits. Room is made first, because that renumbers what is remembered.
func (m *Matcher) offer(o *Observation, at interval, index int) error {
	fits, undecided := m.fits(newResolver(o), at)
	for _, class := range fits {
		if m.keepsAll(class) && len(m.lists[class]) >= m.limits.Candidates {
			m.makeRoom(class)
		}
	}
	if len(fits) == 0 || m.match != nil {
		return undecided
	}
	c := candidate{interval: at, obs: int32(len(m.names))}
	m.names = append(m.names, Seen{ID: o.ID, Index: index, First: o.First, Last: lastOf(o)})
	for _, class := range fits {
		m.add(class, c, o.Count)
	}
	return undecided
}

// fits lists the classes that an observation can stand for.
func (m *Matcher) fits(r *resolver, at interval) (classes []int, undecided error) {
	for i, c := range m.plan.classes {
		ok, err := c.accepts(r, at)
		if ok {
			classes = append(classes, i)
		}
		if undecided == nil {
			undecided = err
		}
	}
	return classes, undecided
}

func lastOf(o *Observation) time.Time {
	if o.Last.IsZero() {
		return o.First
	}
	return o.Last
}

func (c *class) accepts(r *resolver, at interval) (bool, error) {
	var undecided error
	for _, m := range c.members {
		if !inside(at, m.windows) {
			continue
		}
		ok, err := m.leaf.matches(r)
		if ok {
			return true, nil
		}
		if undecided == nil {
			undecided = err
		}
	}
	return false, undecided
}

// inside says whether the interval overlaps every window. Touching the start
// counts, touching the end does not.
func inside(at interval, windows []window) bool {
	for _, w := range windows {
		if w.start >= w.stop || at.first >= w.stop || at.last < w.start {
			return false
		}
	}
	return true
}

// add remembers instances of a candidate: no more than the slots that exist.
func (m *Matcher) add(class int, c candidate, count int) {
	for i := range min(count, m.plan.slots) {
		c.copy = int32(i)
		if m.keep(class, c) {
			m.fresh++
		}
	}
}

// keep stores a candidate. A class whose slots stand only left of FOLLOWEDBY
// needs only those that begin first, one only right of it those that end last, and
// one that is in no rule any: as many as there are slots are enough. The answer tells
// whether the candidate was stored.
func (m *Matcher) keep(class int, c candidate) bool {
	role, list := m.plan.classes[class], m.lists[class]
	if m.keepsAll(class) || len(list) < m.plan.slots {
		m.lists[class] = append(list, c)
		return true
	}
	if !role.early && !role.late {
		return false
	}
	return replaceWorst(list, c, role)
}

// replaceWorst puts a candidate in the place of the least useful one, if it is
// more useful itself.
func replaceWorst(list []candidate, c candidate, role *class) bool {
	better := func(a, b candidate) bool { return a.first < b.first }
	if role.late {
		better = func(a, b candidate) bool { return a.last > b.last }
	}
	worst := 0
	for i := range list {
		if better(list[worst], list[i]) {
			worst = i
		}
	}
	if !better(c, list[worst]) {
		return false
	}
	list[worst] = c
	return true
}

// keepsAll says whether all candidates of a class may matter.
func (m *Matcher) keepsAll(class int) bool {
	role := m.plan.classes[class]
	return role.window || role.early && role.late
}

// makeRoom looks for a match among what is there, then forgets what can no
// longer be part of one. If that is too little, the oldest go as well, and the
// answer can no longer be a plain no.
func (m *Matcher) makeRoom(class int) {
	m.search(m.limits.Steps)
	if m.match != nil {
		return
	}
	if m.undecide {
		m.limited = &LimitError{"search steps", m.limits.Steps}
	}
	m.expire()
	list := m.lists[class]
	if len(list) < m.limits.Candidates*3/4 {
		return
	}
	slices.SortFunc(list, byEnd)
	m.lists[class] = slices.Delete(list, 0, len(list)/4+1)
	m.limited = &LimitError{"candidates", m.limits.Candidates}
}

// expire forgets candidates that ended too long before the newest observation to
// share a WITHIN with it. That needs a WITHIN around the whole pattern.
func (m *Matcher) expire() {
	span := int64(0)
	for _, alt := range m.plan.alts {
		if alt.within == math.MaxInt64 && len(alt.slots) > 1 {
			return
		}
		if len(alt.slots) > 1 {
			span = max(span, alt.within)
		}
	}
	m.horizon = max(m.horizon, minus(m.newest, span))
	for i, c := range m.plan.classes {
		if c.window {
			m.lists[i] = slices.DeleteFunc(m.lists[i], func(c candidate) bool { return c.last < m.horizon })
		}
	}
	m.compact()
}

// compact renumbers the observations that are still candidates.
func (m *Matcher) compact() {
	moved := make(map[int32]int32, len(m.names))
	var names []Seen
	for _, list := range m.lists {
		for i := range list {
			to, ok := moved[list[i].obs]
			if !ok {
				to = int32(len(names))
				moved[list[i].obs] = to
				names = append(names, m.names[list[i].obs])
			}
			list[i].obs = to
		}
	}
	m.names = names
}

// searchSometimes searches when the candidates have grown by a fifth, so that
// a stream learns early of a match and all searches together cost a few times the
// last.
func (m *Matcher) searchSometimes() {
	total := 0
	for _, l := range m.lists {
		total += len(l)
	}
	if m.match == nil && m.fresh > 0 && m.fresh*5 >= total {
		m.search(m.limits.Steps / 16)
	}
	if len(m.names) > 2*total+1000 {
		m.compact()
	}
}

// search looks for a match among the candidates.
func (m *Matcher) search(fuel int) {
	if m.fresh == 0 && !m.undecide {
		return
	}
	m.fresh, m.undecide = 0, false
	pools := make([]*pool, len(m.lists))
	for i, l := range m.lists {
		pools[i] = newPool(l)
	}
	for _, alt := range m.plan.alts {
		answer, out := solve(alt, pools, &fuel)
		if out == found {
			m.match = answer
			return
		}
		m.undecide = m.undecide || out == undecided
	}
}

// Finish gives the result so far. It may be called again after more
// observations.
func (m *Matcher) Finish() Result {
	if m.broken == nil && m.match == nil {
		m.search(m.limits.Steps)
	}
	r := m.result
	r.Matched = m.match != nil
	if r.Matched {
		r.Observations = m.seen()
		return r
	}
	switch {
	case m.broken != nil:
		r.Unevaluated = fmt.Errorf("pattern not evaluated: %w", m.broken)
	case m.limited != nil:
		r.Unevaluated = m.limited
	case m.undecide:
		r.Unevaluated = &LimitError{"search steps", m.limits.Steps}
	}
	return r
}

// seen lists the observations of the match, each once, by time.
func (m *Matcher) seen() []Seen {
	var out []Seen
	done := map[int32]bool{}
	for _, c := range m.match {
		if !done[c.obs] {
			done[c.obs] = true
			out = append(out, m.names[c.obs])
		}
	}
	slices.SortFunc(out, func(a, b Seen) int {
		if c := a.First.Compare(b.First); c != 0 {
			return c
		}
		return a.Index - b.Index
	})
	return out
}
