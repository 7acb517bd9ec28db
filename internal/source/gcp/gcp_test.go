package gcp_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/gcp"
	"tyto/internal/source/sourcetest"
)

const audit, suite = "rules/cloud/gcp/audit/", "rules/cloud/gcp/gworkspace/"

func activity(app, name, parameters string) string {
	return `{"kind":"admin#reports#activities","items":[{"kind":"admin#reports#activity","id":{"time":"2025-06-15T10:00:00.123Z","uniqueQualifier":"1","applicationName":"` + app +
		`","customerId":"C1"},"actor":{"email":"ann@example.com"},"ipAddress":"192.0.2.9","events":[{"type":"T","name":"` + name + `","parameters":[` + parameters + `]}]}]}`
}

const sample = `{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","status":{},"authenticationInfo":{"principalEmail":"ann@example.com"},"requestMetadata":{"callerIp":"192.0.2.9","callerSuppliedUserAgent":"gcloud"},"serviceName":"accesscontextmanager.googleapis.com","methodName":"v1.compute.firewalls.delete","authorizationInfo":[{"permission":"accesscontextmanager.accessPolicies.delete","granted":true}],"resourceName":"x"},"insertId":"i","resource":{"type":"k8s_cluster","labels":{"project_id":"p1"}},"timestamp":"2025-06-15T10:00:00.123456789Z","severity":"NOTICE","logName":"projects/p1/logs/cloudaudit.googleapis.com%2Factivity","receiveTimestamp":"2025-06-15T10:00:01Z"}`

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	rulecheck.Run(t, gcp.New(), []rulecheck.Case{
		rulecheck.Fires(audit+"gcp_firewall_rule_modified_or_deleted.yml", sample),
		rulecheck.Silent(audit+"gcp_firewall_rule_modified_or_deleted.yml", strings.Replace(sample, `firewalls.delete`, `firewalls.get`, 1)),
		rulecheck.Fires(audit+"gcp_access_policy_deleted.yml", sample),
		rulecheck.Silent(audit+"gcp_access_policy_deleted.yml", strings.Replace(sample, `"granted":true`, `"granted":false`, 1)),
		rulecheck.Fires(audit+"gcp_access_policy_deleted.yml", `{"insertId":"1","data":`+sample+`}`),
		rulecheck.Fires(audit+"gcp_breakglass_container_workload_deployed.yml", strings.Replace(strings.Replace(sample, `v1.compute.firewalls.delete`, `io.k8s.core.v1.pods.create`, 1), `"resourceName":"x"`, `"resourceName":"x","labels":{"image-policy.k8s.io/break-glass":"image-policy.k8s.io/break-glass"}`, 1)),
		rulecheck.Silent(audit+"gcp_breakglass_container_workload_deployed.yml", strings.Replace(sample, `v1.compute.firewalls.delete`, `io.k8s.core.v1.pods.create`, 1)),
		rulecheck.Fires(suite+"admin/gcp_gworkspace_granted_domain_api_access.yml", activity("admin", "AUTHORIZE_API_CLIENT_ACCESS", "")),
		rulecheck.Silent(suite+"admin/gcp_gworkspace_granted_domain_api_access.yml", activity("login", "AUTHORIZE_API_CLIENT_ACCESS", "")),
		rulecheck.Fires(suite+"admin/gcp_gworkspace_mfa_disabled.yml", activity("admin", "ALLOW_STRONG_AUTHENTICATION", `{"name":"NEW_VALUE","value":"false"}`)),
		rulecheck.Silent(suite+"admin/gcp_gworkspace_mfa_disabled.yml", activity("admin", "ALLOW_STRONG_AUTHENTICATION", `{"name":"NEW_VALUE","value":"true"}`)),
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("[" + sample + "," + sample + "]")
	f.Add(sample[:len(sample)/2] + "\n" + sample)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		gcp.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, gcp.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
