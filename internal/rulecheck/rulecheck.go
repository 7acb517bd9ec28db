// Package rulecheck helps to test that a format feeds the log sources it says
// it feeds: a public rule must fire on a record made up after the vendor's
// published form, and must not fire on one that almost looks like it.
package rulecheck

import (
	"fmt"
	"io"
	"path"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
	"tyto/sigma"
)

// A Case is evidence and whether a rule must fire on it.
type Case struct {
	rule  string // path below the folder of public rules
	text  string
	fires bool
}

// Fires is a case of evidence on which a rule must fire. The rule is named by
// its path below the folder of public rules.
func Fires(rule, text string) Case { return Case{rule, text, true} }

// Silent is a case of evidence on which a rule must not fire.
func Silent(rule, text string) Case { return Case{rule, text, false} }

// Run checks cases against a format, which must claim each text and read it
// without damage.
func Run(t *testing.T, f source.Format, cases []Case) {
	for i, c := range cases {
		t.Run(fmt.Sprintf("%d %s %t", i, path.Base(c.rule), c.fires), func(t *testing.T) { c.check(t, f) })
	}
}

func (c Case) check(t *testing.T, f source.Format) {
	in := sourcetest.Input("evidence.log", c.text)
	in.ModTime = time.Date(2025, 6, 16, 0, 0, 0, 0, time.UTC)
	if !f.Claims(in.Path, in.Head) {
		t.Errorf("not claimed by %s", f.Name())
	}
	events, rep := sourcetest.Read(t, f, in)
	fired := Count(t, c.rule, events) > 0
	if fired != c.fires || rep.Damaged > 0 || len(events) == 0 {
		t.Errorf("fired %t, want %t; report %+v; events\n%s", fired, c.fires, rep, Show(events))
	}
}

// Count returns how often a public rule matches events.
func Count(t testing.TB, rule string, events []*event.Event) (n int) {
	t.Helper()
	set := Rules(t, rule)
	eval := set.NewEvaluator()
	for _, e := range events {
		eval.Match(Convert(set, e), func(*sigma.Rule) { n++ })
	}
	return n
}

// Rules reads one file below the folder of public rules.
func Rules(t testing.TB, rule string) *sigma.Ruleset {
	t.Helper()
	data := read(t, sourcetest.Corpus(t, "sigma", rule))
	docs, _ := sigma.Parse(rule, data)
	set, rejected := sigma.Compile(docs, sigma.Options{})
	if len(rejected) > 0 || len(set.Rules()) == 0 {
		t.Fatalf("rule %s: rejected %v", rule, rejected)
	}
	return set
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	for in, skip := range source.Walk(t.Context(), []string{file}, source.Options{}) {
		if skip != nil {
			t.Fatalf("%s: %s", file, skip.Reason)
		}
		data, err := io.ReadAll(io.NewSectionReader(in, 0, in.Size))
		if err == nil {
			err = in.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	t.Fatalf("%s: nothing to read", file)
	return nil
}

// Convert makes of an event what rules are matched against.
func Convert(set *sigma.Ruleset, e *event.Event) *sigma.Event {
	fields := make([]sigma.Field, len(e.Shape.Fields))
	for i, f := range e.Shape.Fields {
		fields[i] = sigma.Field{Name: f.Name, Header: f.Header}
	}
	out := &sigma.Event{Source: sigma.Source(e.Source), Shape: set.NewShape(fields)}
	for _, v := range e.Values {
		out.Values = append(out.Values, sigma.Value{Field: v.Field, Kind: sigma.Kind(v.Kind), Text: v.Text})
	}
	return out
}

// Show writes events for people who look at a failed test.
func Show(events []*event.Event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%+v host %q at %s\n", e.Source, e.Host, e.Time.Format(time.RFC3339Nano))
		for _, v := range e.Values {
			fmt.Fprintf(&b, "  %s=%q kind %d\n", e.Shape.Fields[v.Field].Name, v.Text, v.Kind)
		}
	}
	return b.String()
}
