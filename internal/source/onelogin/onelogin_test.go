package onelogin_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/onelogin"
	"tyto/internal/source/sourcetest"
)

const at = "rules/identity/onelogin/"

const sample = `{"id":1,"created_at":"2025-06-15T10:00:00.000Z","account_id":7,"user_id":2,"event_type_id":3,"notes":null,"ipaddr":"192.0.2.9","actor_user_id":5,"actor_user_name":"Ann","user_name":"Bob"}`

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	rulecheck.Run(t, onelogin.New(), []rulecheck.Case{
		rulecheck.Fires(at+"onelogin_assumed_another_user.yml", sample),
		rulecheck.Silent(at+"onelogin_assumed_another_user.yml", strings.Replace(sample, `"event_type_id":3`, `"event_type_id":"5"`, 1)),
		rulecheck.Fires(at+"onelogin_user_account_locked.yml", `{"status":{"error":false},"pagination":{},"data":[`+strings.Replace(sample, `"event_type_id":3`, `"event_type_id":"532"`, 1)+`]}`),
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("[" + sample + "," + sample + "]")
	f.Add(sample[:len(sample)/2] + "\n" + sample)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		onelogin.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, onelogin.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
