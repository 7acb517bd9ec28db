package detect

import (
	"path"
	"strings"
	"time"

	"tyto/internal/event"
)

// A Filter narrows a hunt. Zero values filter nothing.
type Filter struct {
	From, To time.Time // events at or after From and before To
	Hosts    []string  // names or shell patterns, without case; a name also means its FQDNs
	MinLevel Level     // findings below are not reported
}

// Keeps reports whether an event is to be looked at.
func (f *Filter) Keeps(ev *event.Event) bool { return f.KeepsAt(ev.Time, ev.Host) }

// KeepsAt reports whether what a host wrote at a time is to be looked at. What
// has no time passes no time filter.
func (f *Filter) KeepsAt(t time.Time, host string) bool {
	if !f.From.IsZero() && t.Before(f.From) {
		return false
	}
	if !f.To.IsZero() && !t.Before(f.To) {
		return false
	}
	return len(f.Hosts) == 0 || f.host(host)
}

func (f *Filter) host(name string) bool {
	name = strings.ToLower(name)
	short, _, _ := strings.Cut(name, ".")
	for _, want := range f.Hosts {
		want = strings.ToLower(want)
		if matches(want, name) || matches(want, short) {
			return true
		}
	}
	return false
}

// matches compares with a shell pattern; a broken pattern is taken literally.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok || err != nil && pattern == name
}
