package detect

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tyto/internal/event"
)

// The order of findings is a promise to those who compare results: time, host,
// log, record number, rule, and then the place, from front to back.
func TestHitsAreOrderedByTimeThenPlace(t *testing.T) {
	day := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	base := hit{time: day, host: "A", source: event.Source{Channel: "Security"}, record: 5, rule: 1,
		origin: event.Origin{File: "a", Member: "m", Offset: 100, Line: 7, Record: 5}}
	with := func(change func(*hit)) *hit {
		h := base
		change(&h)
		return &h
	}
	want := []*hit{
		with(func(h *hit) { h.time = day.Add(-time.Nanosecond); h.host = "Z" }),
		with(func(*hit) {}),
		with(func(h *hit) { h.origin.Record = 6 }),
		with(func(h *hit) { h.origin.Line = 8; h.origin.Record = 1 }),
		with(func(h *hit) { h.origin.Offset = 200; h.origin.Line = 1 }),
		with(func(h *hit) { h.origin.Member = "n"; h.origin.Offset = 1 }),
		with(func(h *hit) { h.origin.File = "b"; h.origin.Member = "a" }),
		with(func(h *hit) { h.rule = 2; h.origin.File = "0" }),
		with(func(h *hit) { h.record = 6; h.rule = 0 }),
		with(func(h *hit) { h.source.Channel = "System"; h.record = 1 }),
		with(func(h *hit) { h.host = "B"; h.source.Channel = "Application" }),
		with(func(h *hit) { h.time = day.Add(time.Nanosecond); h.host = "0" }),
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		got := slices.Clone(want)
		r.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, compareHits)
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("place %d has %+v, want %+v", i, got[i], want[i])
			}
		}
	}
}
