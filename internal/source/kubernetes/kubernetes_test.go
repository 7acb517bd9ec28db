package kubernetes_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/kubernetes"
	"tyto/internal/source/sourcetest"
)

const at = "rules/application/kubernetes/audit/"

const sample = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"a1","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/default/pods","verb":"create","user":{"username":"ann","groups":["g","h"]},"sourceIPs":["192.0.2.9"],"userAgent":"kubectl/v1.30","objectRef":{"resource":"pods","namespace":"default","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":201},"requestObject":{"kind":"Pod","spec":{"volumes":[{"name":"v","hostPath":{"path":"/"}}],"containers":[{"name":"c","securityContext":{"privileged":true}}]}},"requestReceivedTimestamp":"2025-06-15T10:00:00.000000Z","stageTimestamp":"2025-06-15T10:00:00.100000Z"}`

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	rulecheck.Run(t, kubernetes.New(), []rulecheck.Case{
		rulecheck.Fires(at+"kubernetes_audit_hostpath_mount.yml", sample),
		rulecheck.Silent(at+"kubernetes_audit_hostpath_mount.yml", strings.Replace(sample, `hostPath`, `emptyDir`, 1)),
		rulecheck.Fires(at+"kubernetes_audit_privileged_pod_creation.yml", strings.Replace(sample, `"privileged":true`, `"capabilities":{"add":["SYS_ADMIN"]}`, 1)),
		rulecheck.Silent(at+"kubernetes_audit_privileged_pod_creation.yml", sample),
		rulecheck.Fires(at+"kubernetes_audit_unauthorized_unauthenticated_actions.yml", `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[`+strings.Replace(sample, `201`, `403`, 1)+`]}`),
		rulecheck.Silent(at+"kubernetes_audit_unauthorized_unauthenticated_actions.yml", sample),
		rulecheck.Fires(at+"kubernetes_audit_rbac_permisions_listing.yml", strings.Replace(sample, `"resource":"pods","namespace":"default"`, `"resource":"selfsubjectrulesreviews","apiGroup":"authorization.k8s.io"`, 1)),
		rulecheck.Silent(at+"kubernetes_audit_rbac_permisions_listing.yml", strings.Replace(sample, `"resource":"pods","namespace":"default"`, `"resource":"selfsubjectrulesreviews"`, 1)),
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("[" + sample + "," + sample + "]")
	f.Add(sample[:len(sample)/2] + "\n" + sample)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		kubernetes.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, kubernetes.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
