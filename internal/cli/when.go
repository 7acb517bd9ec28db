package cli

import (
	"fmt"
	"time"
)

// A when is a time as people type it, always UTC unless it says otherwise.
type when struct{ time.Time }

// layouts are the accepted forms, the most exact first.
func layouts() []string {
	return []string{
		time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05",
		"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
	}
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *when) UnmarshalText(b []byte) error {
	for _, l := range layouts() {
		if t, err := time.Parse(l, string(b)); err == nil {
			w.Time = t.UTC()
			return nil
		}
	}
	return fmt.Errorf("%q is no time: write 2026-03-10 or 2026-03-10T14:30:00Z (UTC)", b)
}
