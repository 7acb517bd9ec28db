package bitbucket_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/bitbucket"
	"tyto/internal/source/sourcetest"
)

const at = "rules/application/bitbucket/audit/"

const sample = `{"affectedObjects":[{"id":"1","name":"P","type":"PROJECT"}],"auditType":{"action":"Unauthorized access to a resource","actionI18nKey":"k","category":"Security","categoryI18nKey":"c","level":"BASE"},"author":{"id":"2","name":"ann","type":"user"},"changedValues":[],"extraAttributes":[],"method":"Browser","node":"n1","source":"192.0.2.9","system":"https://bitbucket.example.com","timestamp":{"epochSecond":1750000000,"nano":123000000},"version":"1.0"}`

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	rulecheck.Run(t, bitbucket.New(), []rulecheck.Case{
		rulecheck.Fires(at+"bitbucket_audit_unauthorized_access_detected.yml", sample),
		rulecheck.Silent(at+"bitbucket_audit_unauthorized_access_detected.yml", strings.Replace(sample, `Unauthorized access`, `Access`, 1)),
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("[" + sample + "," + sample + "]")
	f.Add(sample[:len(sample)/2] + "\n" + sample)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		bitbucket.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, bitbucket.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
