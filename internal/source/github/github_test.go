package github_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/github"
	"tyto/internal/source/sourcetest"
)

const at = "rules/application/github/audit/"

const sample = `{"@timestamp":1750000000123,"_document_id":"d","action":"repo.archived","actor":"ann","actor_id":1,"actor_ip":"192.0.2.9","created_at":1750000000123,"org":"example","org_id":2,"repo":"example/x","user_agent":"Mozilla/5.0","operation_type":"modify"}`

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	rulecheck.Run(t, github.New(), []rulecheck.Case{
		rulecheck.Fires(at+"github_repository_archive_status_changed.yml", sample),
		rulecheck.Silent(at+"github_repository_archive_status_changed.yml", strings.Replace(sample, `repo.archived`, `repo.access`, 1)),
		rulecheck.Fires(at+"github_outside_collaborator_detected.yml", `[`+strings.Replace(sample, `repo.archived`, `org.remove_outside_collaborator`, 1)+`]`),
		rulecheck.Silent(at+"github_outside_collaborator_detected.yml", sample),
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("[" + sample + "," + sample + "]")
	f.Add(sample[:len(sample)/2] + "\n" + sample)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		github.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, github.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
