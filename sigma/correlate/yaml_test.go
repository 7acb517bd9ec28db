package correlate

import (
	"fmt"
	"strings"
	"testing"

	"tyto/sigma"
)

// The documents of this test are correlations as people write them.
const written = `
title: Logon failed
name: failed
logsource: {product: windows, service: security}
detection: {sel: {EventID: 4625}, condition: sel}
---
title: Logon succeeded
name: succeeded
logsource: {product: windows, service: security}
detection: {sel: {EventID: 4624}, condition: sel}
---
title: Second factor given
name: second_factor
logsource: {product: windows, service: security}
detection: {sel: {EventID: 1}, condition: sel}
---
title: Many failures
name: many
correlation:
  type: event_count
  rules: failed
  group-by: [TargetUserName]
  timespan: 10s
  condition: {gte: 3}
---
title: Spraying
correlation:
  type: value_count
  rules: [failed]
  group-by: IpAddress
  timespan: 10s
  condition: {field: TargetUserName, gte: 3}
---
title: Guessed
correlation:
  type: temporal_ordered
  rules: [many, succeeded]
  group-by: [user]
  timespan: 1m
  aliases:
    user: {many: TargetUserName, succeeded: Account}
---
title: One factor
correlation:
  type: temporal
  rules: [succeeded, second_factor]
  group-by: [Account]
  timespan: 10s
  condition: succeeded and not second_factor
---
title: Upload
correlation:
  type: value_sum
  rules: [succeeded]
  group-by: [Account]
  timespan: 1m
  condition: {field: Bytes, gt: 10, lte: 20}
  generate: true
---
title: Slow
correlation:
  type: value_percentile
  rules: [failed]
  timespan: 1m
  condition: {field: Bytes, percentile: 75, gte: 4}
---
title: Usual
correlation:
  type: value_median
  rules: [failed]
  timespan: 1m
  condition: {field: Bytes, lt: 3}
---
title: Mean
correlation:
  type: value_avg
  rules: [failed]
  timespan: 1m
  condition: {field: Bytes, eq: 3}
`

func TestCorrelationsAsWritten(t *testing.T) {
	documents, diagnostics := sigma.Parse("written.yml", []byte(written))
	for _, d := range diagnostics {
		if d.Severity == sigma.Error {
			t.Fatal(d)
		}
	}
	var rules []*sigma.Meta
	var correlations []*sigma.Correlation
	for _, d := range documents {
		switch d := d.(type) {
		case *sigma.Rule:
			rules = append(rules, &d.Meta)
		case *sigma.Correlation:
			correlations = append(correlations, d)
		}
	}
	p, problems := NewPlan(correlations, rules)
	if len(problems) != 0 || p.Len() != 8 {
		t.Fatalf("%d planned, problems %v", p.Len(), problems)
	}
	if !p.Suppressed(0) || p.Suppressed(1) || !p.Suppressed(2) {
		t.Error("only what generate names is reported")
	}

	r := p.NewRuntime(Limits{})
	var got []string
	say := func(a Alert) {
		got = append(got, fmt.Sprintf("%s %s", correlations[a.Correlation].Title, known([]Alert{a})))
	}
	for i, fields := range []map[string]string{
		{"rule": "0", "TargetUserName": "ann", "IpAddress": "::1", "Bytes": "1"},
		{"rule": "0", "TargetUserName": "bob", "IpAddress": "::1", "Bytes": "2"},
		{"rule": "0", "TargetUserName": "eve", "IpAddress": "::1", "Bytes": "2"},
		{"rule": "0", "TargetUserName": "eve", "IpAddress": "::2", "Bytes": "5"},
		{"rule": "0", "TargetUserName": "eve", "IpAddress": "::3", "Bytes": "5"},
		{"rule": "1", "Account": "Eve", "Bytes": "12"},
		{"rule": "1", "Account": "ann", "Bytes": "21"},
		{"rule": "2", "Account": "ann"},
	} {
		rule := int(fields["rule"][0] - '0')
		f := Fact{Rule: rule, Time: at(i)}
		for _, name := range p.Fields(rule) {
			v, ok := fields[name]
			f.Values = append(f.Values, Value{Text: v, Present: ok})
		}
		r.Observe(f, say)
	}
	r.Finish(say)
	want := []string{
		"Spraying ::1@2=3", "Guessed eve@5=2", "One factor Eve@15=1",
		"Slow @60=5", "Usual @60=2", "Mean @60=3", "Upload Eve@65=12",
	}
	// Usual: the median of 1 2 2 5 5 is 2; Slow: their 75th percentile is 5.
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}
