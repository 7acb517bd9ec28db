package stix

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestSyntaxCorpus(t *testing.T) {
	var file struct {
		Cases []struct {
			Pattern string
			Valid   bool
		}
	}
	corpusJSON(t, "stix_pattern_syntax_v21.json", &file)
	agree := 0
	for _, c := range file.Cases {
		p, err := ParsePattern(c.Pattern)
		valid := err == nil && len(errorsOf(p.Lint())) == 0
		if valid != c.Valid {
			t.Errorf("%s: valid %v, want %v (%v)", c.Pattern, valid, c.Valid, err)
			continue
		}
		agree++
	}
	t.Logf("%d of %d agree", agree, len(file.Cases))
}

func errorsOf(ps []Problem) []Problem {
	var out []Problem
	for _, p := range ps {
		if p.Severity == Error {
			out = append(out, p)
		}
	}
	return out
}

type matchCase struct {
	Pattern      string
	Observations int
	Expect       string
}

func matchCorpus(t testing.TB) ([]matchCase, [][]*Observation) {
	var file struct {
		Sets  [][]json.RawMessage `json:"observation_sets"`
		Cases []matchCase
	}
	corpusJSON(t, "stix_pattern_match_v21.json", &file)
	sets := make([][]*Observation, len(file.Sets))
	for i, bundles := range file.Sets {
		var objects []*Object
		for _, raw := range bundles {
			for o, err := range ReadBundle(bytes.NewReader(raw), ReadOptions{}) {
				if err != nil {
					t.Fatal(err)
				}
				objects = append(objects, o)
			}
		}
		obs, err := Observations(objects)
		if err != nil {
			t.Fatal(err)
		}
		sets[i] = obs
	}
	return file.Cases, sets
}

// matchAnswer gives the corpus's words for what the matcher says.
func matchAnswer(pattern string, observations []*Observation) string {
	p, err := ParsePattern(pattern)
	if err != nil {
		return "error:ParseException"
	}
	m := NewMatcher(p, Limits{})
	for _, o := range observations {
		m.Observe(o)
	}
	r := m.Finish()
	switch {
	case r.Unevaluated != nil || r.Undecided > 0:
		return "error:MatcherException"
	case r.Matched:
		return "match"
	}
	return "nomatch"
}

func TestMatchCorpus(t *testing.T) {
	cases, sets := matchCorpus(t)
	agree := 0
	for _, c := range cases {
		got := matchAnswer(c.Pattern, sets[c.Observations])
		// Some patterns that the reference refuses while matching are refused here
		// while parsing.
		if got != c.Expect && !(strings.HasPrefix(got, "error:Parse") && c.Expect == "error:MatcherException") {
			t.Errorf("%s on set %d: %s, want %s", c.Pattern, c.Observations, got, c.Expect)
			continue
		}
		agree++
	}
	t.Logf("%d of %d agree", agree, len(cases))
}

func TestNormalFormMeansTheSame(t *testing.T) {
	cases, sets := matchCorpus(t)
	for _, c := range cases {
		p, err := ParsePattern(c.Pattern)
		if err != nil {
			continue
		}
		again, err := ParsePattern(p.String())
		if err != nil {
			t.Errorf("%s: normal form %s: %v", c.Pattern, p, err)
			continue
		}
		if again.String() != p.String() {
			t.Errorf("normal form of %s is not stable: %s", p, again)
		}
		if a, b := matchAnswer(c.Pattern, sets[c.Observations]), matchAnswer(p.String(), sets[c.Observations]); a != b {
			t.Errorf("%s: %s, its normal form %s: %s", c.Pattern, a, p, b)
		}
	}
}
