package jsonlog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/jsonlog"
	"tyto/internal/source/sourcetest"
)

const mapping = `
source: linux/process_creation
time: event.created
host: [box, host.name]
fields:
  process.executable: Image
  process.command_line: [CommandLine, cmd]
`

func options(t *testing.T, text string) jsonlog.Options {
	t.Helper()
	opt, err := jsonlog.ReadMap(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return opt
}

func TestAMappingFeedsRules(t *testing.T) {
	const rule = "rules/linux/process_creation/proc_creation_lnx_base64_decode.yml"
	record := `{"event":{"created":"2025-06-15T10:00:00Z"},"box":"h1","process":{"executable":"/usr/bin/base64","command_line":"base64 -d x"}}` + "\n"
	f := jsonlog.New(options(t, mapping))
	rulecheck.Run(t, f, []rulecheck.Case{
		rulecheck.Fires(rule, record),
		rulecheck.Silent(rule, strings.Replace(record, "-d", "-e", 1)),
	})
	events, rep := sourcetest.Read(t, f, sourcetest.Input("a.json", record))
	if e := events[0]; e.Host != "h1" || !e.Time.Equal(time.Date(2025, 6, 15, 10, 0, 0, 0, time.UTC)) || len(rep.Notes) > 0 {
		t.Errorf("event %+v, report %+v", e, rep)
	}
	if events, _ = sourcetest.Read(t, jsonlog.New(), sourcetest.Input("a.json", record)); events[0].Source != (event.Source{}) {
		t.Errorf("without a mapping the source is %+v", events[0].Source)
	}
}

func TestALogSourceTakesFilesWithoutTime(t *testing.T) {
	opt := jsonlog.Options{Source: event.Source{Category: "proxy"}}
	if text := []byte(`{"a":1}`); !jsonlog.New(opt).Claims("", text) || jsonlog.New().Claims("", text) {
		t.Error("claims are wrong")
	}
}

func TestParseSource(t *testing.T) {
	for text, want := range map[string]event.Source{
		"linux/process_creation": {Product: "linux", Category: "process_creation"},
		"AWS//cloudtrail":        {Product: "aws", Service: "cloudtrail"},
		"-/proxy/-":              {Category: "proxy"},
		"onelogin/-/onelogin.ev": {Product: "onelogin", Service: "onelogin.ev"},
		"//apache":               {Service: "apache"},
		"zeek/dns/dns":           {Product: "zeek", Category: "dns", Service: "dns"},
		"":                       {}, "//": {}, "a/b/c/d": {}, "a b": {}, "-": {}, "-/-/-": {}, "a/\x1b": {}, "windows/process_creation": {},
	} {
		got, err := jsonlog.ParseSource(text)
		if diff := cmp.Diff(want, got); diff != "" || (err != nil) != (want == event.Source{}) {
			t.Errorf("%q: %v, %s", text, err, diff)
		}
	}
}

func TestBrokenMappingsAreRefused(t *testing.T) {
	for _, text := range []string{"x: 1", "fields: [a]", "source: a/b/c/d", "time: {a: b}", strings.Repeat("#", 2<<20)} {
		if _, err := jsonlog.ReadMap(strings.NewReader(text)); err == nil {
			t.Errorf("%.20q is taken", text)
		}
	}
	if opt := options(t, ""); opt.Source != (event.Source{}) {
		t.Errorf("nothing gives %+v", opt)
	}
}

func FuzzReadMap(f *testing.F) {
	f.Add(mapping)
	f.Fuzz(func(t *testing.T, text string) {
		opt, err := jsonlog.ReadMap(strings.NewReader(text))
		if err == nil {
			jsonlog.New(opt).Claims("", []byte(`{"a":1}`))
		}
	})
}
