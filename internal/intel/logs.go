package intel

import (
	"slices"
	"strings"
)

// maxLogs bounds the logs that are told apart. A hostile log can name a new
// channel in every record.
const maxLogs = 4096

// Logs keep something for each log by its name. Of more than a few thousand
// those with the smallest names are told apart and all others are one, so that
// the result does not depend on the order in which logs come.
type Logs[T any] struct {
	by    map[string]*T
	names []string // sorted, without the one of all others
	join  func(to, from *T)
}

// otherLogs is what the logs beyond the bound are called.
const otherLogs = "other"

// NewLogs makes an empty collection; join adds what is kept for one log to that
// for another.
func NewLogs[T any](join func(to, from *T)) *Logs[T] {
	return &Logs[T]{by: map[string]*T{}, join: join}
}

// Of returns what is kept for a log, until the next call.
func (l *Logs[T]) Of(name string) *T {
	if name == "" {
		name = "unnamed log"
	}
	if t := l.by[name]; t != nil {
		return t
	}
	if len(l.names) >= maxLogs && name != otherLogs {
		last := l.names[maxLogs-1]
		if name > last {
			return l.Of(otherLogs)
		}
		l.join(l.Of(otherLogs), l.by[last])
		delete(l.by, last)
		l.names = l.names[:maxLogs-1]
	}
	name = strings.Clone(name)
	if name != otherLogs {
		at, _ := slices.BinarySearch(l.names, name)
		l.names = slices.Insert(l.names, at, name)
	}
	t := new(T)
	l.by[name] = t
	return t
}

// Merge adds all that others keep.
func (l *Logs[T]) Merge(o *Logs[T]) {
	for name, from := range o.by {
		l.join(l.Of(name), from)
	}
}

// All lists what is kept by the names of logs, in no order.
func (l *Logs[T]) All() map[string]*T { return l.by }
