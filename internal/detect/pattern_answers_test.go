package detect

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tyto/internal/event/meaning"
	"tyto/internal/intel"
	"tyto/sigma/correlate"
	"tyto/stix"
)

func answered(t *testing.T, pattern string, res stix.Result, cover coverage) *intel.Sighting {
	t.Helper()
	p, err := stix.ParsePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	run := patternRun{pattern: &Pattern{Pattern: p}}
	run.answer(res, cover)
	return run.pattern.answer
}

func TestOneSideOfAnOrIsEnoughToCoverAPattern(t *testing.T) {
	cover := newCoverage()
	cover.note("files", &stix.Observation{First: time.Unix(1, 0), Objects: []stix.SCO{{Type: "file", Props: stix.Map{"name": "x"}}}})
	for pattern, want := range map[string]string{
		"[file:name = 'a'] OR [mutex:name = 'b']":         intel.AnswerNotSeen,
		"[file:name = 'a'] AND [mutex:name = 'b']":        intel.AnswerNotCovered,
		"[file:name = 'a'] FOLLOWEDBY [mutex:name = 'b']": intel.AnswerNotCovered,
		"[file:name = 'a' OR file:size = 5]":              intel.AnswerNotSeen,
		"[file:name = 'a' AND file:size = 5]":             intel.AnswerNotCovered,
	} {
		if got := answered(t, pattern, stix.Result{}, cover); got.Answer != want || (got.Searched == nil) != (want == intel.AnswerNotCovered) {
			t.Errorf("%s: %s, searched %v", pattern, got.Answer, got.Searched)
		}
	}
}

func TestAPatternThatWasNotDecidedToItsEndIsNotCovered(t *testing.T) {
	cover := newCoverage()
	cover.note("files", &stix.Observation{First: time.Unix(1, 0), Objects: []stix.SCO{{Type: "file", Props: stix.Map{"name": "x"}}}})
	got := answered(t, "[file:name = 'a']", stix.Result{Unevaluated: errors.New("too many")}, cover)
	if got.Answer != intel.AnswerNotCovered || got.Searched != nil || len(got.Needs) != 1 || !strings.Contains(got.Needs[0], "too many") {
		t.Errorf("%+v", got)
	}
}

func TestAMatchOutsideTheValidityIsALevelLower(t *testing.T) {
	p := Pattern{Pattern: &stix.Pattern{}}
	hunt := Pattern{Pattern: &stix.Pattern{}, Given: Given{Asked: intel.Hunt}}
	if p.level(false) != High || p.level(true) != Medium || hunt.level(false) != Low || hunt.level(true) != Low {
		t.Errorf("%v %v %v %v", p.level(false), p.level(true), hunt.level(false), hunt.level(true))
	}
}

func TestCarriedRulesCountCopiesOnceAndWhatIsHistoricApart(t *testing.T) {
	run := &carriedRun{CarriedRule: &CarriedRule{Given: Given{From: time.Unix(100, 0)}}}
	c := &carriage{rules: map[int]*carriedRun{0: run}, correlations: map[int]*carriedRun{0: run}}
	c.match(&hit{time: time.Unix(50, 0)})
	c.match(&hit{time: time.Unix(50, 0), again: true})
	c.match(&hit{time: time.Unix(150, 0)})
	c.alert(&correlate.Alert{Time: time.Unix(60, 0)})
	c.alert(&correlate.Alert{Time: time.Unix(160, 0)})
	if run.seen.count != 4 || run.seen.historic != 2 {
		t.Errorf("count %d, historic %d, want 4 and 2", run.seen.count, run.seen.historic)
	}
}

func TestAnswersOfNamesAreBounded(t *testing.T) {
	var list []string
	for i := range 4 * maxListed {
		list = append(list, fmt.Sprintf("a%d.example.org", i))
	}
	o := observer{said: []meant{{meaning: meaning.Query, value: "x.example.org"}, {meaning: meaning.Answers, value: strings.Join(list, ";")}}}
	o.names()
	if len(o.objects) != maxListed+1 {
		t.Errorf("%d objects, want %d", len(o.objects), maxListed+1)
	}
}
