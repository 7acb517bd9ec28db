package detect

import (
	"slices"
	"strings"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
)

// Limits of the search for missing records.
const (
	// silence is the shortest stretch without any record of a host, between
	// its first and last record, that is reported.
	silence = 24 * time.Hour
	// maxSpans bounds the runs of record numbers kept for one log of one
	// host. A log with more holes than that was filtered, not tampered with:
	// its holes are not listed.
	maxSpans = 1 << 16
	// maxGaps bounds the gaps that are listed.
	maxGaps = 1000
)

// A logKey is one log of one host. Names are folded: the same channel is
// written in different ways by different tools.
type logKey struct{ host, log string }

// A span is a run of record numbers without a hole.
type span struct {
	lo, hi   uint64
	from, to time.Time // times of the records lo and hi
}

// A trace is what was seen of one log of one host.
type trace struct {
	host, log   string // as written; of several spellings the least
	spans       []span
	floor       int  // spans of earlier parts, which the present part must not extend
	part        int  // the part that floor was set for
	shattered   bool // more than maxSpans holes
	events      int64
	first, last time.Time
}

// A continuity notes record numbers and hours, so that holes in them can be
// told. One belongs to one goroutine; merge adds them up.
type continuity struct {
	traces map[logKey]*trace
	hours  map[string]map[int64]struct{} // by folded host: Unix hours with records
	names  map[string]string             // folded host -> as written

	lastHost, lastLog string // of the previous event: most events follow their like
	lastTrace         *trace
	lastHour          int64
	part              int // counts the parts begun
}

// begin starts a new part of some file. What is noted must not depend on which
// parts one goroutine happens to read one after the other.
func (c *continuity) begin() {
	c.part++
	c.lastTrace = nil
}

func newContinuity() *continuity {
	return &continuity{
		traces: make(map[logKey]*trace),
		hours:  make(map[string]map[int64]struct{}),
		names:  make(map[string]string),
	}
}

// note takes one event into account. Carved records prove nothing about
// continuity and must not be noted.
func (c *continuity) note(ev *event.Event, log string) {
	hour := ev.Time.Unix() / 3600
	if c.lastTrace == nil || c.lastHost != ev.Host || c.lastLog != log {
		c.lastTrace = c.trace(ev.Host, log)
		c.lastHost, c.lastLog, c.lastHour = ev.Host, log, hour-1
	}
	t := c.lastTrace
	t.events++
	if ev.Time.IsZero() {
		return
	}
	if source.Plausible(ev.Time) {
		t.span(ev.Time)
		if hour != c.lastHour {
			c.hours[strings.ToLower(ev.Host)][hour] = struct{}{}
			c.lastHour = hour
		}
	}
	if ev.RecordID != 0 { // the record is there, whatever its time
		t.extend(ev.RecordID, ev.Time)
	}
}

// span widens the time that the log covers.
func (t *trace) span(at time.Time) {
	if t.first.IsZero() || at.Before(t.first) {
		t.first = at
	}
	if at.After(t.last) {
		t.last = at
	}
}

func (c *continuity) trace(host, log string) *trace {
	key := logKey{strings.ToLower(host), strings.ToLower(log)}
	t := c.traces[key]
	if t == nil {
		t = &trace{host: host, log: log}
		c.traces[key] = t
	}
	// Of several spellings one is chosen by comparison: which of them comes
	// first depends on what else the same goroutine reads.
	t.host, t.log = min(t.host, host), min(t.log, log)
	if t.part != c.part {
		t.part, t.floor = c.part, len(t.spans)
	}
	if c.hours[key.host] == nil {
		c.hours[key.host] = make(map[int64]struct{})
		c.names[key.host] = host
	}
	c.names[key.host] = min(c.names[key.host], host)
	return t
}

func (t *trace) extend(id uint64, at time.Time) {
	if n := len(t.spans); n > t.floor {
		last := &t.spans[n-1]
		switch {
		case id == last.hi+1:
			last.hi, last.to = id, at
			return
		case id >= last.lo && id <= last.hi:
			return
		}
	}
	if t.shattered {
		return
	}
	t.spans = append(t.spans, span{id, id, at, at})
	if len(t.spans) > maxSpans {
		t.unite()
	}
}

// unite sorts the spans and joins those that touch or overlap. Where two
// records carry one number, the earlier time counts at the beginning of a span
// and the later one at its end, so that the result does not depend on the
// order in which spans were met.
func (t *trace) unite() {
	slices.SortFunc(t.spans, func(a, b span) int { return compareUint(a.lo, b.lo) })
	out := t.spans[:0]
	for _, s := range t.spans {
		n := len(out)
		if n == 0 || s.lo-1 > out[n-1].hi && s.lo > out[n-1].hi {
			out = append(out, s)
			continue
		}
		out[n-1].absorb(s)
	}
	t.spans, t.floor = out, len(out)
	if len(out) > maxSpans/2 {
		t.spans, t.floor, t.shattered = nil, 0, true
	}
}

func (s *span) absorb(o span) {
	if o.lo == s.lo && o.from.Before(s.from) {
		s.from = o.from
	}
	if o.hi > s.hi || o.hi == s.hi && o.to.After(s.to) {
		s.hi, s.to = o.hi, o.to
	}
}

// merge adds what another goroutine noted. Called in an order that does not
// depend on scheduling, or with commutative data only: names are chosen by
// comparison.
func (c *continuity) merge(o *continuity) {
	for key, t := range o.traces {
		mine := c.traces[key]
		if mine == nil {
			c.traces[key] = t
			continue
		}
		mine.host, mine.log = min(mine.host, t.host), min(mine.log, t.log)
		mine.spans = append(mine.spans, t.spans...)
		mine.events += t.events
		mine.shattered = mine.shattered || t.shattered
		if mine.first.IsZero() || !t.first.IsZero() && t.first.Before(mine.first) {
			mine.first = t.first
		}
		if t.last.After(mine.last) {
			mine.last = t.last
		}
	}
	for host, hours := range o.hours {
		if c.hours[host] == nil {
			c.hours[host], c.names[host] = hours, o.names[host]
			continue
		}
		c.names[host] = min(c.names[host], o.names[host])
		for h := range hours {
			c.hours[host][h] = struct{}{}
		}
	}
}

// gaps lists holes in record numbers and silent stretches, the largest first
// where the list must be cut; the cut is told as a Cap.
func (c *continuity) gaps() ([]Gap, []Cap) {
	var all []Gap
	var shattered int64
	for _, t := range c.traces {
		all = append(all, t.holes()...)
		if t.shattered {
			shattered++
		}
	}
	for host, hours := range c.hours {
		all = append(all, silences(c.names[host], hours)...)
	}
	slices.SortFunc(all, compareGapSize)
	var caps []Cap
	if n := len(all); n > maxGaps {
		caps = append(caps, Cap{CapGaps, maxGaps, int64(n - maxGaps)})
		all = all[:maxGaps]
	}
	if shattered > 0 {
		caps = append(caps, Cap{"holes in record numbers of one log", maxSpans, shattered})
	}
	slices.SortFunc(all, compareGapPlace)
	return all, caps
}

// holes lists the missing record numbers between the spans of one log.
func (t *trace) holes() []Gap {
	if t.shattered {
		return nil
	}
	t.unite()
	var out []Gap
	for i := 1; i < len(t.spans); i++ {
		a, b := t.spans[i-1], t.spans[i]
		out = append(out, Gap{
			Host: t.host, Log: t.log, From: &a.to, To: &b.from,
			Missing: int64(min(b.lo-a.hi-1, 1<<62)),
		})
	}
	return out
}

// silences lists the stretches of at least [silence] in which a host wrote
// nothing at all.
func silences(host string, hours map[int64]struct{}) []Gap {
	sorted := make([]int64, 0, len(hours))
	for h := range hours {
		sorted = append(sorted, h)
	}
	slices.Sort(sorted)
	var out []Gap
	for i := 1; i < len(sorted); i++ {
		from, to := sorted[i-1]+1, sorted[i]
		if time.Duration(to-from)*time.Hour < silence {
			continue
		}
		a, b := time.Unix(from*3600, 0).UTC(), time.Unix(to*3600, 0).UTC()
		out = append(out, Gap{Host: host, Log: "*", From: &a, To: &b})
	}
	return out
}

func compareGapSize(a, b Gap) int {
	if a.Missing != b.Missing {
		return compareUint(uint64(b.Missing), uint64(a.Missing))
	}
	if a.Missing == 0 {
		if c := b.To.Sub(*b.From) - a.To.Sub(*a.From); c != 0 {
			return int(c / max(c, -c))
		}
	}
	return compareGapPlace(a, b)
}

func compareGapPlace(a, b Gap) int {
	if c := strings.Compare(a.Host, b.Host); c != 0 {
		return c
	}
	if c := strings.Compare(a.Log, b.Log); c != 0 {
		return c
	}
	if c := a.From.Compare(*b.From); c != 0 {
		return c
	}
	if c := a.To.Compare(*b.To); c != 0 {
		return c
	}
	return compareUint(uint64(a.Missing), uint64(b.Missing))
}
