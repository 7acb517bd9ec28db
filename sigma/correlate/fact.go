package correlate

import (
	"math"
	"time"
)

// A Fact says that a rule matched an event. Facts are all that correlations
// see: the caller captures the few fields that [Plan.Fields] asks for and
// nothing else.
type Fact struct {
	// Rule is the index of the rule in the list given to [NewPlan].
	Rule int
	// Time is when the event happened. A fact without a time takes no part.
	Time time.Time
	// Values are the captured fields, parallel to [Plan.Fields] of the rule. A
	// list that is too short is read as if the rest were absent.
	Values []Value
	// Event tells events apart: facts with the same number, not 0, come from
	// one event that several rules matched. The counting types count such an
	// event once. Facts of one event must follow each other.
	Event uint64
	// Ref is the caller's way back to the event and is handed out again in
	// [Alert.Refs]. A pointer costs no allocation.
	Ref any
}

// A Value is the content of a field of an event. The zero Value is a field
// that the event does not have; an empty field is Present with no Text.
type Value struct {
	Text    string
	Present bool
}

// Text makes the value of a field that is there.
func Text(s string) Value { return Value{Text: s, Present: true} }

// An Alert says that a correlation's condition became true for one group.
type Alert struct {
	// Correlation is the index in the list given to [NewPlan].
	Correlation int
	// First and Time are the times of the first and of the last event that the
	// alert rests on; the last one completed it.
	First, Time time.Time
	// Known is when the answer was certain: Time, or the end of the window for
	// conditions that have to wait for it (see the package documentation).
	// Alerts are handed out in the order of Known.
	Known time.Time
	// Group holds the values that the events share, parallel to the
	// correlation's GroupBy, as the group's first event spelled them and cut
	// to 1,024 bytes each.
	Group []Value
	// Value is what the condition was applied to: the count, the sum, ...; for
	// the temporal types the number of rules that were seen.
	Value float64
	// Count is the number of events that the alert rests on, and Refs are
	// those events, by time; at most [Limits.Refs] of them, and then the last
	// one of each rule and the newest. Alerts of nested correlations are
	// replaced by their own events.
	Count int
	Refs  []any
}

// Limits bound what a [Runtime] keeps, for each correlation. A zero field
// means its default.
type Limits struct {
	// Groups is the number of groups kept at a time, by default 100,000.
	Groups int
	// Window is the number of events kept in one group's window, by default
	// 10,000. A count that the condition asks for is always granted.
	Window int
	// Entries is the number of events kept in all windows, by default 500,000.
	// An event takes 72 bytes, and a window up to twice what its events take.
	Entries int
	// Refs is the number of events listed in one alert, by default 100.
	Refs int
}

func (l Limits) withDefaults() Limits {
	set := func(p *int, n int) {
		if *p <= 0 {
			*p = n
		}
	}
	set(&l.Groups, 100_000)
	set(&l.Window, 10_000)
	set(&l.Entries, 500_000)
	set(&l.Refs, 100)
	return l
}

// Stats count what a [Runtime] did and what it could not do.
type Stats struct {
	// Late facts came after a later fact or watermark and were left out.
	Late int64
	// Untimed facts had no time, or one outside the years 1678 to 2261, and
	// were left out.
	Untimed int64
	// Correlations are parallel to the list given to [NewPlan].
	Correlations []Counts
}

// Counts are the figures of one correlation.
type Counts struct {
	Facts   int64 // facts that took part
	Lacking int64 // facts without a group field or a usable value: took no part
	Alerts  int64
	Repeats int64 // times the condition held again within the same episode
	// EvictedGroups and DroppedEvents were still of use when a limit pushed
	// them out. When they are not 0, alerts may be missing.
	EvictedGroups int64
	DroppedEvents int64
}

// Times are kept as nanoseconds since 1970. never is before all of them.
const never = math.MinInt64

// nanos converts a time; false when it is unset or out of range.
func nanos(t time.Time) (int64, bool) {
	if y := t.Year(); y < 1678 || y > 2261 {
		return 0, false
	}
	return t.UnixNano(), true
}

func instant(n int64) time.Time { return time.Unix(0, n).UTC() }

// earlier returns t-span, and later t+span, without overflow.
func earlier(t, span int64) int64 {
	if t < math.MinInt64+1+span {
		return math.MinInt64 + 1
	}
	return t - span
}

func later(t, span int64) int64 {
	if t > math.MaxInt64-span {
		return math.MaxInt64
	}
	return t + span
}
