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

// keeps reports whether an event is to be looked at. An event without a time
// passes no time filter.
func (f *Filter) keeps(ev *event.Event) bool {
	if !f.From.IsZero() && ev.Time.Before(f.From) {
		return false
	}
	if !f.To.IsZero() && !ev.Time.Before(f.To) {
		return false
	}
	return len(f.Hosts) == 0 || f.host(ev.Host)
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
