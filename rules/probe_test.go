package rules_test

import (
	"io/fs"
	"testing"

	"tyto/rules"
	"tyto/sigma"
	"tyto/sigma/correlate"
)

// A probe holds one compiled rule file and remembers what of it has matched.
type probe struct {
	rs       *sigma.Ruleset
	plan     *correlate.Plan
	index    map[*sigma.Rule]int
	answers  map[string]bool // titles that report, rather than only count
	matched  map[string]bool // titles that matched or fired in some case
	allTitle []string
}

func newProbe(t *testing.T, path string) *probe {
	t.Helper()
	data, err := fs.ReadFile(rules.FS(), path)
	if err != nil {
		t.Fatal(err)
	}
	docs, diags := sigma.Parse(path, data)
	for _, d := range diags {
		t.Error(d)
	}
	rs, rejected := sigma.Compile(docs, sigma.Options{})
	for _, r := range rejected {
		t.Errorf("line %d: %s", r.Line, r.Reason)
	}
	plan, problems := correlate.NewPlan(rs.Correlations(), metas(rs))
	for _, p := range problems {
		t.Error(p)
	}
	p := &probe{rs: rs, plan: plan, index: map[*sigma.Rule]int{}, answers: map[string]bool{}, matched: map[string]bool{}}
	p.list()
	return p
}

func (p *probe) list() {
	for i, r := range p.rs.Rules() {
		p.index[r] = i
		p.answers[r.Title] = !p.plan.Suppressed(i)
		p.allTitle = append(p.allTitle, r.Title)
	}
	for _, c := range p.rs.Correlations() {
		// What another correlation counts gives no alert of its own; it has
		// matched when the outer one fires.
		if p.answers[c.Title] = !p.counted(c); p.answers[c.Title] {
			p.allTitle = append(p.allTitle, c.Title)
		}
	}
}

// counted reports whether another correlation refers to c.
func (p *probe) counted(c *sigma.Correlation) bool {
	for _, o := range p.rs.Correlations() {
		for _, ref := range o.Rules {
			if c.Refers(ref) && !o.Generate {
				return true
			}
		}
	}
	return false
}

// run feeds a case through rules and correlations and returns the titles of
// what would be reported.
func (p *probe) run(t *testing.T, f *caseFile, c testCase) []string {
	t.Helper()
	events, err := f.expand(c)
	if err != nil {
		t.Fatalf("case %q: %v", c.Name, err)
	}
	var fired []string
	note := func(title string) {
		p.matched[title] = true
		if p.answers[title] {
			fired = append(fired, title)
		}
	}
	runtime := p.plan.NewRuntime(correlate.Limits{})
	alert := func(a correlate.Alert) { note(p.rs.Correlations()[a.Correlation].Title) }
	e := p.rs.NewEvaluator()
	for i, ce := range events {
		ev := ce.event(p.rs)
		if p.rs.Covered(ev.Source) == 0 {
			t.Errorf("case %q: no rule of this file reads %+v", c.Name, ev.Source)
		}
		e.Match(ev, func(r *sigma.Rule) {
			note(r.Title)
			p.observe(runtime, e, ev, r, correlate.Fact{Time: ce.Time, Event: uint64(i + 1)}, alert)
		})
	}
	runtime.Finish(alert)
	return fired
}

func (p *probe) observe(run *correlate.Runtime, e *sigma.Evaluator, ev *sigma.Event, r *sigma.Rule,
	fact correlate.Fact, alert func(correlate.Alert)) {
	fact.Rule = p.index[r]
	if !p.plan.Wants(fact.Rule) {
		return
	}
	for _, name := range p.plan.Fields(fact.Rule) {
		v := correlate.Value{}
		if got := e.Lookup(ev, r, name); len(got) > 0 {
			v = correlate.Text(got[0])
		}
		fact.Values = append(fact.Values, v)
	}
	run.Observe(fact, alert)
}

// unfired lists what no case has shown so far.
func (p *probe) unfired() []string {
	var out []string
	for _, title := range p.allTitle {
		if !p.matched[title] {
			out = append(out, title)
		}
	}
	return out
}
