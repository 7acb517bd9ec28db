package stix

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// The patterns of this file would take other programs forever. Each must end
// within its limits, with an answer or the statement that there is none.

func stream(n int, props func(i int) Map) []*Observation {
	out := make([]*Observation, n)
	for i := range out {
		out[i] = &Observation{First: epoch.Add(time.Duration(i) * time.Second), Count: 1, Objects: []SCO{{Type: "t", ID: "t--1", Props: props(i)}}}
	}
	return out
}

func run(p *Pattern, observations []*Observation) Result {
	m := NewMatcher(p, Limits{})
	for _, o := range observations {
		m.Observe(o)
	}
	return m.Finish()
}

func TestLongConjunctionsAreNotEnumerated(t *testing.T) {
	all := stream(2_000, func(int) Map { return Map{"a": 1, "b": 1} })
	for src, want := range map[string]bool{
		strings.Repeat("[t:a = 1] AND ", 199) + "[t:b = 1]":                             true,
		"[t:a = 1] REPEATS 2000 TIMES":                                                  true,
		"[t:a = 1] REPEATS 2001 TIMES":                                                  false,
		"([t:a = 1] AND [t:b = 1]) REPEATS 1000 TIMES":                                  true,
		"([t:a = 1] AND [t:b = 1]) REPEATS 1001 TIMES":                                  false,
		"([t:a = 1] FOLLOWEDBY [t:b = 1]) REPEATS 500 TIMES":                            true,
		"([t:a = 1] FOLLOWEDBY [t:b = 1]) WITHIN 1 SECONDS REPEATS 1000 TIMES":          true,
		"[t:a = 1] REPEATS 100 TIMES WITHIN 99 SECONDS":                                 true,
		"[t:a = 1] REPEATS 100 TIMES WITHIN 98 SECONDS":                                 false,
		"([t:a = 1] REPEATS 50 TIMES AND [t:b = 1] REPEATS 51 TIMES) WITHIN 99 SECONDS": false,
		strings.Repeat("[t:a = 1] FOLLOWEDBY ", 255) + "[t:b = 1]":                      true,
	} {
		r := run(pattern(t, src), all)
		if r.Matched != want || r.Unevaluated != nil {
			t.Errorf("%.70s: matched %v (%v), want %v", src, r.Matched, r.Unevaluated, want)
		}
	}
}

func TestSequenceIsFoundInALongStream(t *testing.T) {
	p := pattern(t, "([t:n = 1] FOLLOWEDBY [t:n = 2] FOLLOWEDBY [t:n = 3]) WITHIN 10 SECONDS")
	observations := stream(100_000, func(i int) Map {
		return Map{"n": []int{3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}[i%20]}
	})
	if r := run(p, observations); r.Matched || r.Unevaluated != nil {
		t.Errorf("got %+v", r)
	}
	observations[99_999].Objects[0].Props, observations[99_998].Objects[0].Props = Map{"n": 3}, Map{"n": 2}
	if r := run(p, observations); !r.Matched || len(r.Observations) != 3 {
		t.Errorf("got %+v", r)
	}
}

func TestCandidatesStayBounded(t *testing.T) {
	for _, src := range []string{"[t:a = 1] AND [t:b = 1]", "[t:a = 1] FOLLOWEDBY [t:b = 1]", "([t:a = 1] FOLLOWEDBY [t:b = 1]) WITHIN 5 SECONDS"} {
		m := NewMatcher(pattern(t, src), Limits{Candidates: 100})
		for _, o := range stream(20_000, func(int) Map { return Map{"a": 1} }) {
			m.Observe(o)
		}
		kept := 0
		for _, l := range m.lists {
			kept += len(l)
		}
		if kept > 200 || len(m.names) > 2_000 {
			t.Errorf("%s: %d candidates, %d names", src, kept, len(m.names))
		}
		if r := m.Finish(); r.Matched || r.Unevaluated != nil {
			t.Errorf("%s: %+v", src, r)
		}
	}
}

func TestPatternsThatExplodeAreRefusedOrEnd(t *testing.T) {
	or := "(([t:a = 1] AND [t:b = 1]) OR ([t:a = 2] AND [t:b = 2]))"
	all := stream(300, func(i int) Map { return Map{"a": 1, "b": i % 2} })
	for _, src := range []string{
		or + strings.Repeat(" AND "+or, 12),
		or + " REPEATS 1000 TIMES",
		"[t:a = 1]" + strings.Repeat(" REPEATS 2000000000 TIMES", 10),
		"([t:a = 1] FOLLOWEDBY [t:b = 1]) REPEATS 100000 TIMES",
	} {
		r := run(pattern(t, src), all)
		var limit *LimitError
		if r.Matched || !errors.As(r.Unevaluated, &limit) {
			t.Errorf("%.60s: %+v", src, r)
		}
	}
}

// hard wants many different observations out of overlapping classes in an order
// that cannot be met.
func TestHardSearchEndsUndecidedOrWithAnAnswer(t *testing.T) {
	var parts []string
	for i := range 12 {
		parts = append(parts, fmt.Sprintf("([t:a >= %d] FOLLOWEDBY [t:b >= %d]) WITHIN 7 SECONDS", i, i))
	}
	src := "(" + strings.Join(parts, " AND ") + ") WITHIN 20 SECONDS"
	m := NewMatcher(pattern(t, src), Limits{Steps: 200_000})
	for i := range 400 {
		m.Observe(&Observation{First: epoch.Add(time.Duration(i) * time.Second), Last: epoch.Add(time.Duration(i+i%3) * time.Second), Count: 1,
			Objects: []SCO{{Type: "t", Props: Map{"a": i % 13, "b": (i * 7) % 13}}}})
	}
	r := m.Finish()
	var limit *LimitError
	if !r.Matched && r.Unevaluated != nil && !errors.As(r.Unevaluated, &limit) {
		t.Errorf("got %+v", r)
	}
}

func TestReferencesInCirclesEnd(t *testing.T) {
	var objects []SCO
	for i := range 200 {
		var refs []any
		for j := range 200 {
			refs = append(refs, fmt.Sprint("t--", (i+j)%200))
		}
		objects = append(objects, SCO{Type: "t", ID: fmt.Sprint("t--", i), Props: Map{"x_refs": refs}})
	}
	src := "[t:x_refs[*]" + strings.Repeat(".x_refs[*]", 60) + ".name = 'x']"
	r := one(t, src, objects...)
	if r.Matched || r.Undecided > 1 {
		t.Errorf("got %+v", r)
	}
}

func TestCostlyTextTestsEnd(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	for _, src := range []string{
		"[t:s LIKE '" + "%" + strings.Repeat("a", 20_000) + "b']",
		"[t:s MATCHES '" + strings.Repeat("(a|aa)+", 300) + "b']",
		"[t:s MATCHES '(x+x+)+y{900}']",
	} {
		r := one(t, src, SCO{Type: "t", Props: Map{"s": long}})
		if r.Matched || r.Unevaluated == nil && r.Undecided != 1 && !strings.Contains(src, "x+x+") {
			t.Errorf("%.40s: %+v", src, r)
		}
	}
}
