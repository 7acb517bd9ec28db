// Package kubernetes reads the audit log of Kubernetes: lines, lists of events
// (kind EventList) and the wrappers of CloudWatch and Azure. A record is
// recognised by auditID with verb or requestURI.
//
// Events are of product kubernetes, category application and service audit;
// fields have the names of the interface audit.k8s.io. Rules find apiGroup
// (objectRef.apiGroup), and capabilities and hostPath where the request has
// them anywhere: that needs the audit level Request or higher. Records of one
// request, of its stages, stay apart.
package kubernetes

import (
	"strings"

	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name:     "kubernetes",
		Alien:    "no audit event of kubernetes",
		Is:       isRecord,
		Wrappers: []string{"items", "logEvents", "hits.hits", "records"},
		Inner:    []string{"message", "properties.log", "result._raw", "_raw", "_source.event.original", "_source.kubernetes.audit", "_source"},
		Whole:    []string{"requestObject.spec", "responseStatus.details"},
		Also:     also,
		Times:    []string{"stageTimestamp", "requestReceivedTimestamp", "timestamp", "metadata.creationTimestamp", "_time"},
		Hosts:    []string{"annotations.cluster", "cluster"},
		Source: func(r *jsonmap.Record) event.Source {
			if !r.Has("verb", "requestURI") {
				return event.Source{}
			}
			return event.Source{Product: "kubernetes", Category: "application", Service: "audit"}
		},
	})
}

func isRecord(p jsonmap.Paths) bool {
	return p.Has("auditID") && (p.Has("verb") || p.Has("requestURI"))
}

func also(path string) []string {
	if path == "objectRef.apiGroup" {
		return []string{"apiGroup"}
	}
	if !strings.HasPrefix(path, "requestObject.") {
		return nil
	}
	for _, name := range [...]string{"capabilities", "hostPath"} {
		if strings.Contains(path+".", "."+name+".") {
			return []string{name}
		}
	}
	return nil
}
