package detect

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"tyto/internal/event"
	"tyto/internal/scan"
)

// A Survey says what evidence holds, without judging it.
type Survey struct {
	Kinds []KindCount // the most frequent first
	Logs  []LogCount  // by host, then log
	Gaps  []Gap
	Caps  []Cap
	Files []*scan.File
}

// A KindCount counts the events of one log and id.
type KindCount struct {
	Log     string `json:"log"`
	EventID int    `json:"event_id"`
	Events  int64  `json:"events"`
}

// A LogCount counts the events of one log of one host.
type LogCount struct {
	Host   string     `json:"host"`
	Log    string     `json:"log"`
	Events int64      `json:"events"`
	First  *time.Time `json:"first,omitempty"`
	Last   *time.Time `json:"last,omitempty"`
}

// Look counts what is there: events by log and id, hosts, times and gaps.
// Stopped early, it returns what was seen until then with the context's error.
func Look(ctx context.Context, roots []string, opt scan.Options, filter Filter) (*Survey, error) {
	var mu sync.Mutex
	var lookers []*looker
	files, err := scan.Run(ctx, roots, opt, func() scan.Consumer {
		l := &looker{filter: filter, census: newCensus(), seen: newContinuity()}
		mu.Lock()
		defer mu.Unlock()
		lookers = append(lookers, l)
		return l
	})
	total, seen := newCensus(), newContinuity()
	for _, l := range lookers {
		total.merge(l.census)
		seen.merge(l.seen)
	}
	s := &Survey{Files: files, Logs: seen.logs()}
	for _, u := range total.uncovered(func(event.Source) bool { return false }) {
		s.Kinds = append(s.Kinds, KindCount(u))
	}
	s.Gaps, s.Caps = seen.gaps()
	s.Caps = append(s.Caps, fileCaps(files)...)
	return s, err
}

// A looker is a consumer that only counts.
type looker struct {
	filter Filter
	census *census
	seen   *continuity
}

func (l *looker) Begin(*scan.Job) { l.seen.begin() }
func (l *looker) End() []byte     { return nil }

func (l *looker) Event(ev *event.Event) bool {
	if l.filter.Keeps(ev) {
		l.seen.note(ev, l.census.of(ev.Source).log)
	}
	return true
}

// logs lists what was seen of each log of each host.
func (c *continuity) logs() []LogCount {
	out := make([]LogCount, 0, len(c.traces))
	for _, t := range c.traces {
		out = append(out, LogCount{t.host, t.log, t.events, stamped(t.first), stamped(t.last)})
	}
	slices.SortFunc(out, func(a, b LogCount) int {
		return cmp.Or(strings.Compare(a.Host, b.Host), strings.Compare(a.Log, b.Log))
	})
	return out
}
