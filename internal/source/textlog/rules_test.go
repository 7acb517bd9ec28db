package textlog_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
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
	set := rulecheck.Rules(t, b.rule)
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
		eval.Match(rulecheck.Convert(set, e), func(*sigma.Rule) { fired = true })
	}
	if fired != b.fires || rep.Damaged > 0 {
		t.Errorf("fired %t, want %t; report %+v; events\n%s", fired, b.fires, rep, rulecheck.Show(events))
	}
}

// sighted counts the public rules for a log source that could fire on events
// with the names that a line gives.
func sighted(t *testing.T, docs []sigma.Document, format, text string, is func(sigma.Logsource) bool) (able, all int) {
	t.Helper()
	var some []sigma.Document
	for _, d := range docs {
		if r, ok := d.(*sigma.Rule); ok && is(r.Logsource) {
			some = append(some, d)
		}
	}
	set, _ := sigma.Compile(some, sigma.Options{})
	cover := set.NewCoverage()
	sourcetest.Each(t, formatOf(t, format), evidence(text), func(e *event.Event) bool {
		ev := rulecheck.Convert(set, e)
		cover.Add(ev.Source, ev.Shape)
		return true
	})
	all = len(set.Rules())
	return all - len(cover.Blind()), all
}

// publicRules loads the folders of active public rules.
func publicRules(t *testing.T) (docs []sigma.Document) {
	t.Helper()
	root := sourcetest.Corpus(t, "sigma")
	for _, folder := range []string{"rules", "rules-compliance", "rules-dfir", "rules-emerging-threats", "rules-threat-hunting"} {
		if _, err := os.Stat(root + "/" + folder); err != nil {
			continue
		}
		some, _, err := sigma.Load(t.Context(), os.DirFS(root), folder, 2)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, some...)
	}
	return docs
}

// TestPublicRulesThatCanFire holds the names that formats give to what an
// independent count over the fields of all public rules found.
func TestPublicRulesThatCanFire(t *testing.T) {
	docs := publicRules(t)
	category := func(name string) func(sigma.Logsource) bool {
		return func(l sigma.Logsource) bool { return l.Category == name && l.Product == "" }
	}
	line := make(map[string]string)
	for _, b := range bounds() {
		if line[b.format] == "" {
			line[b.format] = b.text
		}
	}
	for _, c := range []struct {
		format, text, category string
		able, all              int
	}{
		{"squid", "1750000000.123 87 192.0.2.9 TCP_MISS/200 4512 GET http://www.example.com/a.zip?b=c - HIER_DIRECT/198.51.100.7 -\n", "proxy", 36, 56},
		{"elff", line["elff"], "webserver", 84, 86},
		{"weblog", line["weblog"], "webserver", 84, 86},
		{"weblog", "192.0.2.9 - - [15/Jun/2025:10:00:00 +0200] \"GET /a?b HTTP/1.1\" 200 512\n", "webserver", 77, 86},
		{"dnslog", line["dnslog"], "dns", 10, 11},
	} {
		able, all := sighted(t, docs, c.format, c.text, category(c.category))
		if able != c.able || all != c.all {
			t.Errorf("%s: %d of %d rules for %s can fire, want %d of %d", c.format, able, all, c.category, c.able, c.all)
		}
	}
}

// TestThePublicLineOfCiscoFiresItsRule reads the one text log that comes with
// the public rules.
func TestThePublicLineOfCiscoFiresItsRule(t *testing.T) {
	text, err := os.ReadFile(sourcetest.Corpus(t, "sigma", "regression_data", "rules", "cisco", "aaa",
		"cisco_cli_dot1x_disabled", "ef0ff092-a24a-4fbc-beea-06c08d53e085.raw"))
	if err != nil {
		t.Fatal(err)
	}
	bound{"syslog", "rules/network/cisco/aaa/cisco_cli_dot1x_disabled.yml", string(text), true}.check(t)
}
