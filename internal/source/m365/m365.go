// Package m365 reads the unified audit log of Microsoft 365: records of the
// management interface, and rows around them in which AuditData is a record as
// JSON in a string or an object.
//
// A record is recognised by Operation with Workload, or with RecordType and
// CreationTime. Events are of product m365 and service audit; alerts are of
// service threat_management, and of threat_detection where rules look for them
// there; commands of Exchange are given to rules for service exchange too.
// Fields have the names within AuditData. Parameters and the like are there as
// text, and each by its name. Rules find eventSource (Workload), eventName
// (Operation, or the name of an alert), status and Payload.
//
// Exports in CSV are a format of their own ([NewTable]); they stop at 5,000 or
// 50,000 rows, which is noted. Of AuditData that its exporter has cut the part before the cut is read.
// CreationTime is UTC. The host of an event is the organization.
package m365

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format { return jsonmap.New(mapping()) }

// NewTable returns the format of exports in CSV, as Purview and
// Search-UnifiedAuditLog write them: they have a column AuditData.
func NewTable() *jsonmap.Table {
	return jsonmap.NewTable("m365csv", func(p jsonmap.Paths) bool { return p.Has("AuditData") }, mapping())
}

func mapping() jsonmap.Mapping {
	return jsonmap.Mapping{
		Name:     "m365",
		Alien:    "no record of microsoft 365",
		Is:       isRecord,
		Wrappers: []string{"value", "records", "hits.hits"},
		Inner:    []string{"AuditData", "auditData", "result._raw", "_raw", "_source.event.original", "_source"},
		Embedded: []string{"Data", "ExtendedProperties.Value"},
		Whole:    []string{"Parameters", "OperationProperties", "ExtendedProperties", "ModifiedProperties"},
		Bags: []jsonmap.Bag{
			{List: "Parameters", Key: "Name", Values: []string{"Value"}, Prefix: "Parameters."},
			{List: "OperationProperties", Key: "Name", Values: []string{"Value"}, Prefix: "OperationProperties."},
			{List: "ExtendedProperties", Key: "Name", Values: []string{"Value"}},
			{List: "ModifiedProperties", Key: "Name", Values: []string{"NewValue"}, Prefix: "ModifiedProperties."},
		},
		Also: func(path string) []string {
			switch path {
			case "Workload":
				return []string{"eventSource"}
			case "Operation":
				return []string{"eventName"}
			case "Data":
				return []string{"Payload"}
			}
			return nil
		},
		Times:  []string{"CreationTime", "CreationDate", "createdDateTime", "_time"},
		Hosts:  []string{"OrganizationName", "OrganizationId"},
		Source: sourceOf,
		Second: second,
		Caps:   []int64{5_000, 50_000},
	}
}

func isRecord(p jsonmap.Paths) bool {
	return p.Has("Operation") && (p.Has("Workload") || p.Has("RecordType", "CreationTime") || p.Has("RecordType", "UserId"))
}

func isAlert(r *jsonmap.Record) bool {
	return r.Is("RecordType", "40", "SecurityComplianceAlerts") || r.Is("Operation", "AlertTriggered", "AlertEntityGenerated", "AlertUpdated")
}

func sourceOf(r *jsonmap.Record) event.Source {
	if !r.Has("Operation") {
		return event.Source{}
	}
	alert := isAlert(r)
	result := r.Get("ResultStatus")
	switch {
	case alert && result == nil, r.Is("ResultStatus", "Success", "Succeeded", "True", "PartiallySucceeded"):
		r.Say("status", "success")
	case result != nil:
		r.Say("status", "failure")
	}
	if !alert {
		return event.Source{Product: "m365", Service: "audit"}
	}
	r.Alias("eventName", r.Get("Name"))
	r.Say("eventSource", "SecurityComplianceCenter")
	return event.Source{Product: "m365", Service: "threat_management"}
}

func second(r *jsonmap.Record) event.Source {
	switch {
	case isAlert(r) && r.Is("Name", "Activity from suspicious IP addresses"):
		return event.Source{Product: "m365", Service: "threat_detection"}
	case r.Is("Workload", "Exchange") && bytes.IndexByte(r.Get("Operation"), '-') > 0:
		return event.Source{Product: "m365", Service: "exchange"}
	}
	return event.Source{}
}
