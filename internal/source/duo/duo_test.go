package duo_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/duo"
	"tyto/internal/source/sourcetest"
)

const at = "rules/identity/cisco_duo/"

const sample = `{"access_device":{"ip":"192.0.2.9"},"application":{"key":"k","name":"VPN"},"auth_device":{"name":"phone"},"event_type":"authentication","factor":"not_available","isotimestamp":"2025-06-15T10:00:00.123456+00:00","reason":"bypass_user","result":"success","timestamp":1749981600,"txid":"t","user":{"key":"u","name":"ann"}}`

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	rulecheck.Run(t, duo.New(), []rulecheck.Case{
		rulecheck.Fires(at+"cisco_duo_mfa_bypass_via_bypass_code.yml", sample),
		rulecheck.Silent(at+"cisco_duo_mfa_bypass_via_bypass_code.yml", strings.Replace(sample, `bypass_user`, `user_approved`, 1)),
		rulecheck.Fires(at+"cisco_duo_mfa_bypass_via_bypass_code.yml", `{"stat":"OK","response":{"authlogs":[`+sample+`],"metadata":{"total_objects":1}}}`),
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("[" + sample + "," + sample + "]")
	f.Add(sample[:len(sample)/2] + "\n" + sample)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		duo.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, duo.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
