package opencanary_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/opencanary"
	"tyto/internal/source/sourcetest"
)

const at = "rules/application/opencanary/"

const sample = `{"dst_host":"198.51.100.5","dst_port":22,"local_time":"2025-06-15 10:00:00.123456","local_time_adjusted":"2025-06-15 12:00:00.123456","logdata":{"PASSWORD":"x","USERNAME":"root"},"logtype":4002,"node_id":"opencanary-1","src_host":"192.0.2.9","src_port":4711,"utc_time":"2025-06-15 10:00:00.123456"}`

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	rulecheck.Run(t, opencanary.New(), []rulecheck.Case{
		rulecheck.Fires(at+"opencanary_ssh_login_attempt.yml", sample),
		rulecheck.Silent(at+"opencanary_ssh_login_attempt.yml", strings.Replace(sample, `4002`, `4000`, 1)),
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("[" + sample + "," + sample + "]")
	f.Add(sample[:len(sample)/2] + "\n" + sample)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		opencanary.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, opencanary.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
