package winlog

import (
	"fmt"
	"testing"
	"time"

	"tyto/internal/event"
)

func build(b *Builder, put func()) *event.Event {
	var e event.Event
	b.Reset()
	put()
	b.Fill(&e)
	return e.Clone()
}

func TestEventsOfOneSequenceShareAShape(t *testing.T) {
	var s Shapes
	a, b := NewBuilder(&s), NewBuilder(&s)
	put := func(b *Builder) func() {
		return func() {
			b.Own("A", []byte("x"))
			b.Head(Channel, []byte("C"))
			b.Head(Channel, []byte("second"))
			b.Own("A", []byte("y"))
		}
	}
	x, y := build(a, put(a)), build(b, put(b))
	if x.Shape != y.Shape || len(x.Values) != 3 || x.Source.Channel != "C" {
		t.Errorf("events are %+v and %+v", x, y)
	}
}

func TestTimesOfABuilder(t *testing.T) {
	var s Shapes
	b := NewBuilder(&s)
	for _, c := range []struct {
		text, utc string
		all       bool
		want      string
		notes     int
	}{
		{"2024-03-01T10:00:00.5+01:00", "", false, "2024-03-01T09:00:00.5Z", 0},
		{"2024-03-01 10:00:00", "", false, "2024-03-01T10:00:00Z", 1},
		{"2024-03-01 10:00:00", "2024-03-01 08:00:00.25", false, "2024-03-01T08:00:00.25Z", 0},
		{"2024-03-01 10:00:00", "2024-03-01 08:00:00.25", true, "2024-03-01T10:00:00Z", 0},
		{"3/1/2024 10:00:00 PM", "", false, "2024-03-01T22:00:00Z", 1},
		{"1.3.2024 22:00:00", "", false, "2024-03-01T22:00:00Z", 1},
		{"Mar 1, 2024 10:00:00 PM", "", false, "2024-03-01T22:00:00Z", 1},
		{"no time at all", "", false, "0001-01-01T00:00:00Z", 1},
	} {
		b.Begin()
		e := build(b, func() {
			b.UTC = c.all
			b.Head(TimeCreated, []byte(c.text))
			if c.utc != "" {
				b.Own("UtcTime", []byte(c.utc))
			}
		})
		if got := e.Time.Format(time.RFC3339Nano); got != c.want || len(b.Notes()) != c.notes {
			t.Errorf("%q, %q: %s, notes %v, want %s and %d", c.text, c.utc, got, b.Notes(), c.want, c.notes)
		}
	}
}

func TestSequencesWithoutEndStayBounded(t *testing.T) {
	var s Shapes
	b := NewBuilder(&s)
	for i := range 2 * maxSteps {
		e := build(b, func() { b.Own(fmt.Sprintf("F%d", i), []byte("x")) })
		if len(e.Values) != 1 {
			t.Fatalf("event %d is %+v", i, e)
		}
	}
	if b.steps > maxSteps+1 {
		t.Errorf("%d steps kept", b.steps)
	}
	e := build(b, func() {
		for i := range 2 * maxValues {
			b.Own(fmt.Sprintf("F%d", i), []byte("x"))
		}
	})
	if len(e.Values) > MaxFields || len(b.Notes()) == 0 {
		t.Errorf("%d values, notes %v", len(e.Values), b.Notes())
	}
}

func TestNamesByPlaceFitTheirEvents(t *testing.T) {
	for provider, id := range map[string]string{"Microsoft-Windows-Security-Auditing": "4624", "Microsoft-Windows-Sysmon": "1"} {
		if namesOf(provider, id, 3) != nil {
			t.Errorf("%s %s has names for three values", provider, id)
		}
	}
	if got := namesOf("Service Control Manager", "7045", 5); len(got) != 5 || got[1] != "ImagePath" {
		t.Errorf("names are %v", got)
	}
}
