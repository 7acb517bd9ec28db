package detect

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
)

// tempScratch keeps runs in files of the test's folder.
type tempScratch struct {
	dir   string
	files int
	fail  error
}

func (s *tempScratch) Create() (io.ReadWriteSeeker, func() error, error) {
	if s.fail != nil {
		return nil, nil, s.fail
	}
	s.files++
	f, err := os.CreateTemp(s.dir, "run")
	if err != nil {
		return nil, nil, err
	}
	return f, func() error { return errors.Join(f.Close(), os.Remove(f.Name())) }, nil
}

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// randomHit makes a hit from few values, so that equal keys are common.
func randomHit(rng *rand.Rand) *hit {
	word := func() string { return string(rune('a' + rng.IntN(3))) }
	return &hit{
		time:   noon.Add(time.Duration(rng.IntN(50)) * time.Second),
		rule:   rng.IntN(4),
		id:     event.ID{byte(rng.IntN(5))},
		host:   word(),
		source: event.Source{Product: "windows", Channel: word(), Provider: "p", EventID: rng.IntN(3)},
		record: uint64(rng.IntN(10)),
		origin: event.Origin{File: word(), Member: word(), Record: 7, Line: 3, Offset: int64(rng.IntN(1 << 20))},
		carved: rng.IntN(2) == 0,
		level:  High,
		reasons: []Reason{
			{Field: "Image", Value: word(), Matched: "contains " + word(), Selection: "selection"},
		},
		fields:   []NamedValue{{Name: "Image", Value: word()}, {Name: "Channel", Value: "x", Header: true}},
		captured: []capture{{}, {word(), true}},
	}
}

func readAll(t *testing.T, s *sorter) []*hit {
	t.Helper()
	var out []*hit
	for h, err := range s.sorted() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, h)
	}
	return out
}

func TestSorterGivesTheSameOrderFromMemoryAndFromDisk(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var want []*hit
	small := newSorter(&tempScratch{dir: t.TempDir()}, 2000)
	for range 1000 {
		h := randomHit(rng)
		want = append(want, h)
		if err := small.add(h); err != nil {
			t.Fatal(err)
		}
	}
	if len(small.runs) < 10 {
		t.Fatalf("only %d runs were spilled: the test does not test", len(small.runs))
	}
	slices.SortStableFunc(want, compareHits)
	got := readAll(t, small)
	if len(got) != len(want) {
		t.Fatalf("got %d hits, want %d", len(got), len(want))
	}
	for i := range want {
		if compareHits(want[i], got[i]) != 0 {
			t.Fatalf("hit %d differs:\n%+v\n%+v", i, want[i], got[i])
		}
	}
	if err := small.close(); err != nil {
		t.Fatal(err)
	}
}

func TestHitsSurviveTheDisk(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		h := randomHit(rng)
		got, err := decodeHit(h.encode(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(h, got, cmp.AllowUnexported(hit{}, capture{})); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestTruncatedHitsAreErrors(t *testing.T) {
	whole := randomHit(rand.New(rand.NewPCG(5, 6))).encode(nil)
	for n := range len(whole) {
		if _, err := decodeHit(whole[:n]); err == nil {
			t.Fatalf("%d of %d bytes were accepted", n, len(whole))
		}
	}
}

func FuzzDecodeHit(f *testing.F) {
	f.Add(randomHit(rand.New(rand.NewPCG(7, 8))).encode(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := decodeHit(b); err == nil && h == nil {
			t.Fatal("neither a hit nor an error")
		}
	})
}

func TestFullDiskIsAnErrorNotALoss(t *testing.T) {
	s := newSorter(&tempScratch{fail: errors.New("disk full")}, 100)
	err := s.add(randomHit(rand.New(rand.NewPCG(1, 1))))
	if err == nil {
		t.Fatal("no error from a full disk")
	}
	if again := s.add(&hit{}); again == nil {
		t.Fatal("the error was forgotten")
	}
	for _, err := range s.sorted() {
		if err == nil {
			t.Fatal("hits were read from a failed sorter")
		}
	}
}
