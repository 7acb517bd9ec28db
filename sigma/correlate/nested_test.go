package correlate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tyto/sigma"
)

// inner counts failures by user and host; outer wants them before a success.
func guessed() (inner, outer *sigma.Correlation) {
	inner = &sigma.Correlation{
		Meta: sigma.Meta{Title: "Many failures", Name: "many"}, Type: sigma.EventCount,
		Rules: []string{"rule_a"}, GroupBy: []string{"TargetUser", "Host"},
		Timespan: 10 * time.Second, Condition: count("gte", 3),
	}
	outer = &sigma.Correlation{
		Meta: sigma.Meta{Title: "Guessed", Name: "guessed"}, Type: sigma.TemporalOrdered,
		Rules: []string{"many", "id-1"}, GroupBy: []string{"user"}, Timespan: time.Minute,
		Aliases: map[string]map[string]string{"user": {"many": "TargetUser", "rule_b": "Account"}},
	}
	return inner, outer
}

func TestNestedCorrelationsAreRegroupedByTheOuterGroupBy(t *testing.T) {
	inner, outer := guessed()
	p := plan(t, outer, inner) // the order of the list does not matter
	if got := fmt.Sprint(p.Fields(0), p.Fields(1), p.Wants(2)); got != "[TargetUser Host] [Account] false" {
		t.Errorf("fields %s", got)
	}
	if got := fmt.Sprint(p.Rules(0), p.Rules(1)); got != "[0 1] [0]" {
		t.Errorf("rules %s", got)
	}
	var alerts []Alert
	keep := func(a Alert) { alerts = append(alerts, a) }
	r := p.NewRuntime(Limits{})
	fail := func(s int, host string) {
		r.Observe(Fact{Rule: 0, Time: at(s), Values: []Value{Text("Eve"), Text(host)}, Ref: s}, keep)
	}
	success := func(s int, user string) {
		r.Observe(Fact{Rule: 1, Time: at(s), Values: []Value{Text(user)}, Ref: s}, keep)
	}
	fail(0, "h1")
	fail(1, "h2")
	fail(2, "h1")
	success(3, "eve") // neither host has three
	fail(4, "h1")
	success(5, "bob")
	success(6, "EVE")
	if len(alerts) != 1 {
		t.Fatalf("%d alerts: %v", len(alerts), alerts)
	}
	a := alerts[0]
	got := fmt.Sprint(a.Correlation, seconds(a.First), seconds(a.Time), a.Count, a.Refs, a.Group)
	if got != "0 0 6 4 [0 2 4 6] [{eve true}]" {
		t.Errorf("alert %s", got)
	}
}

func TestReferencedRulesAreSilentUnlessOneGenerates(t *testing.T) {
	for _, generate := range []bool{false, true} {
		inner, outer := guessed()
		outer.Generate = generate
		p := plan(t, inner, outer)
		if !p.Suppressed(0) || p.Suppressed(1) == generate || p.Suppressed(2) {
			t.Errorf("generate %v: suppressed %v %v %v", generate, p.Suppressed(0), p.Suppressed(1), p.Suppressed(2))
		}
		said := 0
		r := p.NewRuntime(Limits{})
		for s := range 3 {
			r.Observe(Fact{Time: at(s), Values: []Value{Text("eve"), Text("h")}}, func(Alert) { said++ })
		}
		if (said == 1) != generate {
			t.Errorf("generate %v: the inner correlation said %d", generate, said)
		}
	}
}

// A nested run must be the outer correlation run over the alerts of the inner.
func TestNestingIsTheSameAsFeedingAlertsByHand(t *testing.T) {
	for name, inner := range everyCorrelation() {
		t.Run(name, func(t *testing.T) {
			inner.Name, inner.Generate = "rule_z", false
			outer := &sigma.Correlation{
				Meta: sigma.Meta{Title: "outer"}, Type: sigma.EventCount, Rules: []string{"rule_z"},
				GroupBy: []string{"User"}, Timespan: 40 * time.Second, Condition: count("gte", 2),
			}
			apart := *outer
			apart.Rules = []string{"rule_a"}
			both, alone, second := plan(t, inner, outer), plan(t, inner), plan(t, &apart)
			for seed := range uint64(40) {
				hits := randomHits(rand.New(rand.NewPCG(seed, 11)), 120)
				got, _ := run(both, Limits{}, hits, 0)
				first, _ := run(alone, Limits{}, hits, 0)
				var between []hit
				for _, a := range first {
					between = append(between, hit{0, seconds(a.Known), a.Group[0].Text, ""})
				}
				want, _ := run(second, Limits{}, between, 0)
				if !slices.Equal(verdicts(want), verdicts(got)) {
					t.Fatalf("seed %d: want %v, got %v", seed, verdicts(want), verdicts(got))
				}
			}
		})
	}
}

func TestPlanNamesWhatIsWrong(t *testing.T) {
	base := func(change func(c *sigma.Correlation)) *sigma.Correlation {
		c := correlation(sigma.EventCount, count("gte", 2))
		c.Name, c.Path, c.Line = "me", "x.yml", 7
		change(c)
		return c
	}
	long := op(sigma.RefAnd)
	for range 7 {
		long.Args = append(long.Args, op(sigma.RefOr, ref("rule_a"), ref("rule_b")))
	}
	for want, change := range map[string]func(c *sigma.Correlation){
		"refers to unknown rule \"nobody\"": func(c *sigma.Correlation) { c.Rules = []string{"nobody"} },
		"is a rule's title":                 func(c *sigma.Correlation) { c.Rules = []string{"Rule rule_a"} },
		"refers to no rules":                func(c *sigma.Correlation) { c.Rules = nil },
		"in a circle":                       func(c *sigma.Correlation) { c.Rules = []string{"rule_a", "me"} },
		"unknown correlation type \"near\"": func(c *sigma.Correlation) { c.Type = "near" },
		"timespan must be longer":           func(c *sigma.Correlation) { c.Timespan = 0 },
		"value_sum takes one field":         func(c *sigma.Correlation) { c.Type = sigma.ValueSum },
		"needs a comparison":                func(c *sigma.Correlation) { c.Condition.Terms = nil },
		"unknown comparison \"about\"":      func(c *sigma.Correlation) { c.Condition = count("about", 3) },
		"is for the temporal types":         func(c *sigma.Correlation) { c.Condition = sigma.Condition{Expr: ref("rule_a")} },
		"both rule names and a comparison":  func(c *sigma.Correlation) { c.Type = sigma.Temporal; c.Condition.Expr = ref("rule_a") },
		"names \"rule_z\", which is not": func(c *sigma.Correlation) {
			c.Type = sigma.Temporal
			c.Condition = sigma.Condition{Expr: ref("rule_z")}
		},
		"without its operands": func(c *sigma.Correlation) {
			c.Type = sigma.Temporal
			c.Condition = sigma.Condition{Expr: op(sigma.RefNot)}
		},
		"means all its 3 rules":              func(c *sigma.Correlation) { c.Type = sigma.TemporalOrdered },
		"refers twice to \"id-0\": an order": func(c *sigma.Correlation) { c.Type = sigma.TemporalOrdered; c.Rules = []string{"rule_a", "id-0"} },
		"can hold without any event": func(c *sigma.Correlation) {
			c.Type = sigma.TemporalOrdered
			c.Condition = sigma.Condition{Expr: op(sigma.RefNot, ref("rule_a"))}
		},
		"more than 64 alternatives": func(c *sigma.Correlation) { c.Type = sigma.TemporalOrdered; c.Condition = sigma.Condition{Expr: long} },
		"ordered condition can never hold": func(c *sigma.Correlation) {
			c.Type = sigma.TemporalOrdered
			c.Condition = sigma.Condition{Expr: op(sigma.RefAnd, ref("rule_a"), op(sigma.RefNot, ref("rule_a")))}
		},
		"percentile 101 is not between": func(c *sigma.Correlation) {
			c.Type = sigma.ValuePercentile
			c.Condition = amount("gt", 1)
			c.Condition.Percentile = 101
		},
		"correlation \"inner\", which cannot": func(c *sigma.Correlation) { c.Rules = []string{"inner"} },
		"needs the field \"User\" of":         func(c *sigma.Correlation) { c.Rules = []string{"fine"} },
	} {
		c := base(change)
		inner := base(func(c *sigma.Correlation) { c.Name, c.Title, c.Type = "inner", "inner", "near" })
		fine := base(func(c *sigma.Correlation) { c.Name, c.GroupBy = "fine", []string{"Host"} })
		p, problems := NewPlan([]*sigma.Correlation{c, inner, fine}, metas())
		if p.Len() != 1 {
			t.Errorf("%s: %d correlations planned, want the good one", want, p.Len())
		}
		if len(problems) != 2 || problems[0].Warning || problems[0].Correlation != 0 ||
			!strings.Contains(problems[0].Error(), want) || !strings.HasPrefix(problems[0].Error(), "x.yml:7: correlation ") {
			t.Errorf("want %q, got %v", want, problems)
		}
	}
}

func TestARejectedCorrelationSuppressesNothing(t *testing.T) {
	c := correlation(sigma.EventCount, count("gte", 2))
	c.Rules = []string{"rule_a", "nobody"}
	p, problems := NewPlan([]*sigma.Correlation{c}, metas())
	if len(problems) != 1 || p.Suppressed(0) || p.Wants(0) {
		t.Errorf("problems %v, suppressed %v, wanted %v", problems, p.Suppressed(0), p.Wants(0))
	}
}

func TestDoubleAndAmbiguousReferencesAreWarnings(t *testing.T) {
	c := correlation(sigma.EventCount, count("gte", 2))
	c.Rules = []string{"rule_a", "id-0"}
	rules := append(metas(), &sigma.Meta{Name: "rule_a"})
	p, problems := NewPlan([]*sigma.Correlation{c}, rules)
	if p.Len() != 1 || len(problems) != 2 || !problems[0].Warning || !problems[1].Warning {
		t.Errorf("%d planned, problems %v", p.Len(), problems)
	}
	alerts, _ := run(p, Limits{}, stream(t, "a0"), 0)
	if len(alerts) != 0 {
		t.Error("one event counted twice")
	}
}

func TestCirclesOfAnyLengthEnd(t *testing.T) {
	var list []*sigma.Correlation
	for i := range 50 {
		c := correlation(sigma.EventCount, count("gte", 1))
		c.Name, c.Rules = "c"+strconv.Itoa(i), []string{"c" + strconv.Itoa((i+1)%50)}
		list = append(list, c)
	}
	p, problems := NewPlan(list, nil)
	if p.Len() != 0 || len(problems) != 50 {
		t.Errorf("%d planned, %d problems", p.Len(), len(problems))
	}
}
