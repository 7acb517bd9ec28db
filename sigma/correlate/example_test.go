package correlate_test

import (
	"fmt"
	"time"

	"tyto/sigma"
	"tyto/sigma/correlate"
)

// Three failed logons of one user within a minute, then a success.
func Example() {
	rules := []*sigma.Meta{
		{Title: "Failed logon", Name: "failed_logon"},
		{Title: "Successful logon", Name: "successful_logon"},
	}
	correlations := []*sigma.Correlation{{
		Meta: sigma.Meta{Title: "Many failed logons", Name: "many_failures"},
		Type: sigma.EventCount, Rules: []string{"failed_logon"},
		GroupBy: []string{"TargetUserName"}, Timespan: time.Minute,
		Condition: sigma.Condition{Terms: []sigma.Term{{Op: "gte", Value: 3}}},
	}, {
		Meta: sigma.Meta{Title: "Password guessed"},
		Type: sigma.TemporalOrdered, Rules: []string{"many_failures", "successful_logon"},
		GroupBy: []string{"user"}, Timespan: time.Hour,
		Aliases: map[string]map[string]string{
			"user": {"many_failures": "TargetUserName", "successful_logon": "AccountName"},
		},
	}}
	plan, problems := correlate.NewPlan(correlations, rules)
	for _, p := range problems {
		fmt.Println(p)
	}
	for i, r := range rules {
		fmt.Println(r.Name, "facts carry", plan.Fields(i))
	}

	start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	run := plan.NewRuntime(correlate.Limits{})
	show := func(a correlate.Alert) {
		fmt.Printf("%s: %s, %d events, the last at %s\n", correlations[a.Correlation].Title,
			a.Group[0].Text, a.Count, a.Time.Format(time.TimeOnly))
	}
	for i, rule := range []int{0, 0, 0, 1} {
		run.Observe(correlate.Fact{
			Rule: rule, Time: start.Add(time.Duration(i) * 15 * time.Second),
			Values: []correlate.Value{correlate.Text("alice")},
		}, show)
	}
	run.Finish(show)
	// Output:
	// failed_logon facts carry [TargetUserName]
	// successful_logon facts carry [AccountName]
	// Password guessed: alice, 4 events, the last at 08:00:45
}
