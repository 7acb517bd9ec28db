package okta_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/okta"
	"tyto/internal/source/sourcetest"
)

const at = "rules/identity/okta/"

const sample = `{"actor":{"id":"00u1","type":"User","alternateId":"ann@example.com","displayName":"Ann"},"client":{"userAgent":{"rawUserAgent":"Mozilla/5.0"},"ipAddress":"192.0.2.9"},"displayMessage":"Evaluation of sign-on policy","eventType":"policy.evaluate_sign_on","outcome":{"result":"CHALLENGE","reason":null},"published":"2025-06-15T10:00:00.000Z","severity":"INFO","debugContext":{"debugData":{"requestUri":"/login","behaviors":"{New IP=POSITIVE, New City=NEGATIVE}","logOnlySecurityData":"{\"risk\":{\"level\":\"LOW\"}}"}},"legacyEventType":"x","transaction":{"id":"1"},"uuid":"u","version":"0","securityContext":{"isProxy":true},"target":[{"id":"0","type":"AppInstance","displayName":"Mail"},{"id":"1","type":"AppInstance","displayName":"Okta Admin Console"}]}`

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	rulecheck.Run(t, okta.New(), []rulecheck.Case{
		rulecheck.Fires(at+"okta_new_behaviours_admin_console.yml", sample),
		rulecheck.Silent(at+"okta_new_behaviours_admin_console.yml", strings.Replace(sample, `IP=POSITIVE`, `IP=NEGATIVE`, 1)),
		rulecheck.Fires(at+"okta_admin_activity_from_proxy_query.yml", strings.Replace(sample, `/login`, `/admin/x`, 1)),
		rulecheck.Silent(at+"okta_admin_activity_from_proxy_query.yml", sample),
		rulecheck.Fires(at+"okta_user_session_start_via_anonymised_proxy.yml", `{"events":[`+strings.Replace(sample, `policy.evaluate_sign_on`, `user.session.start`, 1)+`]}`),
		rulecheck.Silent(at+"okta_user_session_start_via_anonymised_proxy.yml", `[`+sample+`]`),
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("[" + sample + "," + sample + "]")
	f.Add(sample[:len(sample)/2] + "\n" + sample)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		okta.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, okta.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
