package detect

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
)

func record(host, channel string, id uint64, at time.Duration) *event.Event {
	return &event.Event{
		Host: host, RecordID: id, Time: noon.Add(at),
		Source: event.Source{Product: "windows", Channel: channel},
	}
}

func TestMissingRecordNumbersAreGaps(t *testing.T) {
	c := newContinuity()
	c.begin()
	for _, id := range []uint64{1, 2, 3, 7, 8} {
		c.note(record("A", "Security", id, time.Duration(id)*time.Minute), "Security")
	}
	gaps, caps := c.gaps()
	from, to := noon.Add(3*time.Minute), noon.Add(7*time.Minute)
	want := []Gap{{Host: "A", Log: "Security", From: &from, To: &to, Missing: 3}}
	if diff := cmp.Diff(want, gaps); diff != "" || caps != nil {
		t.Error(diff, caps)
	}
}

func TestAGapThatAnotherCopyFillsIsNone(t *testing.T) {
	c := newContinuity()
	for _, ids := range [][]uint64{{1, 2, 6, 7}, {3, 4, 5}} {
		c.begin()
		for _, id := range ids {
			c.note(record("a", "System", id, time.Duration(id)), "System")
		}
	}
	if gaps, _ := c.gaps(); len(gaps) != 0 {
		t.Errorf("got %v", gaps)
	}
}

func TestSilentDaysOfAHostAreGaps(t *testing.T) {
	c := newContinuity()
	c.begin()
	c.note(record("A", "Security", 1, 0), "Security")
	c.note(record("A", "System", 1, 50*time.Hour), "System")
	gaps, _ := c.gaps()
	if len(gaps) != 1 || gaps[0].Log != "*" || gaps[0].Missing != 0 || gaps[0].To.Sub(*gaps[0].From) != 49*time.Hour {
		t.Errorf("got %+v", gaps)
	}
}

func TestImplausibleTimesMakeNoSilenceAndNoMissingRecord(t *testing.T) {
	c := newContinuity()
	c.begin()
	c.note(record("A", "Security", 1, 0), "Security")
	odd := record("A", "Security", 2, 0)
	odd.Time = time.Date(5000, 1, 1, 0, 0, 0, 0, time.UTC)
	c.note(odd, "Security")
	c.note(record("A", "Security", 3, time.Hour), "Security")
	if gaps, _ := c.gaps(); len(gaps) != 0 {
		t.Errorf("gaps %+v", gaps)
	}
	if logs := c.logs(); len(logs) != 1 || logs[0].Events != 3 || !logs[0].First.Equal(noon) || !logs[0].Last.Equal(noon.Add(time.Hour)) {
		t.Errorf("logs %+v", logs)
	}
}

// What is noted must not depend on which goroutine read which part, or on the
// order of parts.
func TestGapsDoNotDependOnWorkers(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	var parts [][]*event.Event
	for p := range 40 {
		var part []*event.Event
		id := uint64(p*10 + 1)
		for id < uint64(p*10+11) {
			part = append(part, record("H", "Security", id, time.Duration(id+uint64(rng.IntN(3)))*time.Second))
			id += uint64(1 + rng.IntN(2))
		}
		parts = append(parts, part)
	}
	var want []Gap
	for round := range 20 {
		rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		workers := []*continuity{newContinuity(), newContinuity(), newContinuity()}
		for _, part := range parts {
			w := workers[rng.IntN(1+round%3)]
			w.begin()
			for _, ev := range part {
				w.note(ev, "Security")
			}
		}
		total := newContinuity()
		for _, w := range workers {
			total.merge(w)
		}
		got, _ := total.gaps()
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
			t.Fatal(diff)
		}
	}
}

func TestTheSpellingOfNamesDoesNotDependOnWhatCameFirst(t *testing.T) {
	parts := [][2]string{{"hosta", "security"}, {"HostA", "Security"}, {"HOSTA", "SECURITY"}}
	for first := range parts {
		c := newContinuity()
		for i := range parts {
			p := parts[(first+i)%len(parts)]
			c.begin()
			c.note(record(p[0], p[1], uint64(10*i+1), time.Duration(i)*48*time.Hour), p[1])
		}
		gaps, _ := c.gaps()
		for _, g := range gaps {
			if g.Host != "HOSTA" || g.Log != "SECURITY" && g.Log != "*" {
				t.Errorf("beginning with %v: %s %s", parts[first], g.Host, g.Log)
			}
		}
		if len(gaps) == 0 {
			t.Error("no gaps: the test does not test")
		}
	}
}
