package textlog_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/cef"
	"tyto/internal/source/dnslog"
	"tyto/internal/source/elff"
	"tyto/internal/source/fortinet"
	"tyto/internal/source/leef"
	"tyto/internal/source/paloalto"
	"tyto/internal/source/postfix"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/squid"
	"tyto/internal/source/syslog"
	"tyto/internal/source/weblog"
	"tyto/internal/source/zscaler"
	"tyto/sigma"
)

// formats are the formats of text logs in the order in which they are asked.
func formats() []source.Format {
	return []source.Format{
		elff.New(),
		squid.New(),
		postfix.New(),
		zscaler.New(),
		dnslog.New(),
		leef.New(),
		cef.New(),
		fortinet.New(),
		paloalto.New(),
		weblog.New(),
		syslog.New(),
	}
}

// A bound is one line of a log and whether a public rule must fire on it: a log
// source is bound when a rule for it fires.
type bound struct {
	format string
	rule   string // path below the public rules
	text   string
	fires  bool
}

func ruleset(t testing.TB, path string) *sigma.Ruleset {
	t.Helper()
	data, err := os.ReadFile(sourcetest.Corpus(t, "sigma", path))
	if err != nil {
		t.Fatal(err)
	}
	docs, _ := sigma.Parse(path, data)
	set, rejected := sigma.Compile(docs, sigma.Options{})
	if len(rejected) > 0 || len(set.Rules()) == 0 {
		t.Fatalf("rule %s: rejected %v", path, rejected)
	}
	return set
}

func convert(set *sigma.Ruleset, e *event.Event) *sigma.Event {
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

// show writes events for people who look at a failed test.
func show(events []*event.Event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%+v host %q at %s\n", e.Source, e.Host, e.Time.Format(time.RFC3339Nano))
		for _, v := range e.Values {
			fmt.Fprintf(&b, "  %s=%q kind %d\n", e.Shape.Fields[v.Field].Name, v.Text, v.Kind)
		}
	}
	return b.String()
}

func evidence(text string) *source.Input {
	in := sourcetest.Input("evidence.log", text)
	in.ModTime = time.Date(2025, 6, 16, 0, 0, 0, 0, time.UTC)
	return in
}

func TestPublicRulesFireOnTheirLogs(t *testing.T) {
	for i, b := range bounds() {
		name := fmt.Sprintf("%d %s %s %t", i, b.format, b.rule[strings.LastIndexByte(b.rule, '/')+1:], b.fires)
		t.Run(name, func(t *testing.T) { b.check(t) })
	}
}

func (b bound) check(t *testing.T) {
	set := ruleset(t, b.rule)
	in := evidence(b.text)
	var f source.Format
	for _, one := range formats() {
		if !one.Claims(in.Path, in.Head) {
			continue
		}
		if f != nil {
			t.Errorf("claimed by %s and %s", f.Name(), one.Name())
		}
		f = one
	}
	if f == nil || f.Name() != b.format {
		t.Fatalf("claimed by %v", f)
	}
	events, rep := sourcetest.Read(t, f, in)
	eval := set.NewEvaluator()
	fired := false
	for _, e := range events {
		eval.Match(convert(set, e), func(*sigma.Rule) { fired = true })
	}
	if fired != b.fires || rep.Damaged > 0 {
		t.Errorf("fired %t, want %t; report %+v; events\n%s", fired, b.fires, rep, show(events))
	}
}
