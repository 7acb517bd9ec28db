// Package azure reads the logs of Microsoft Azure and Entra in three shapes:
// diagnostic records ({"records":[..]} of an event hub, or lines of a storage
// account), answers of the Graph interface ({"value":[..]}) and of Resource
// Manager, and rows of Log Analytics in which objects are JSON in strings.
//
// Events are of product azure; the service is told by category, table or
// content: signinlogs, auditlogs, riskdetection, pim or activitylogs. Records
// of other categories have no service. Changes of devices, which Entra logs,
// are given to rules for activitylogs too.
//
// Fields have the names of their shape. Values of diagnostic
// records are found without "properties." too, and rules find them under the
// names that they use for the same thing: six names for an activity,
// several for its result and for its targets. Names and values of
// additionalDetails and modifiedProperties become fields.
//
// Exports of Log Analytics in CSV are a format of their own ([NewTable]).
// What the Entra portal downloads as CSV is one more ([NewPortal]).
//
// Limits: the activity log as the portal downloads it is not read. Times without zone are UTC.
// The host of an event is the tenant.
package azure

import (
	"bytes"
	"slices"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// New returns the format.
func New() *jsonmap.Format { return jsonmap.New(mapping()) }

// NewTable returns the format of exports of Log Analytics in CSV: they have a
// column TimeGenerated and one that only tables of Azure or Entra have.
func NewTable() *jsonmap.Table {
	return jsonmap.NewTable("azurecsv", func(p jsonmap.Paths) bool {
		return (p.Has("TimeGenerated") || p.Has("TimeGenerated [UTC]")) &&
			(p.Has("OperationNameValue") || p.Has("ResultType") || p.Has("RiskEventType") || p.Has("LoggedByService"))
	}, mapping())
}

func mapping() jsonmap.Mapping {
	return jsonmap.Mapping{
		Name:     "azure",
		Alien:    "no azure record",
		Is:       isRecord,
		Wrappers: []string{"records", "value", "hits.hits"},
		Inner:    []string{"result._raw", "_raw", "_source.event.original", "_source"},
		Embedded: []string{
			"TargetResources", "InitiatedBy", "AdditionalDetails", "DeviceDetail", "Status", "LocationDetails",
			"NetworkLocationDetails", "ConditionalAccessPolicies", "AuthenticationDetails", "Properties",
			"Authorization", "Claims", "MfaDetail", "additionalInfo", "properties.additionalInfo",
			"properties.requestbody", "properties.responseBody",
		},
		Whole: []string{
			"targetResources", "properties.targetResources", "initiatedBy", "properties.initiatedBy",
			"targetResources.modifiedProperties", "properties.targetResources.modifiedProperties",
			"networkLocationDetails", "properties.networkLocationDetails", "additionalDetails", "properties.additionalDetails",
		},
		Bags:   bags(),
		Also:   also,
		Times:  []string{"time", "properties.activityDateTime", "activityDateTime", "createdDateTime", "properties.createdDateTime", "eventTimestamp", "TimeGenerated", "TimeGenerated [UTC]", "ActivityDateTime", "CreatedDateTime", "detectedDateTime", "DetectedDateTime", "@timestamp", "_time"},
		Hosts:  []string{"tenantId", "TenantId", "AADTenantId", "properties.resourceTenantId", "properties.homeTenantId", "resourceTenantId", "homeTenantId"},
		Source: sourceOf,
		Second: second,
	}
}

func bags() (out []jsonmap.Bag) {
	for _, p := range []string{"", "properties."} {
		for _, upper := range []bool{false, true} {
			list, changes := "additionalDetails", "targetResources"
			if upper {
				list, changes = "AdditionalDetails", "TargetResources"
			}
			out = append(out,
				jsonmap.Bag{List: p + list, Key: "key", Values: []string{"value"}, Prefix: "additionalDetails."},
				jsonmap.Bag{List: p + changes + ".modifiedProperties", Key: "displayName", Values: []string{"newValue"}})
		}
	}
	return out
}

func isRecord(p jsonmap.Paths) bool {
	switch {
	case p.Has("time", "category", "operationName"):
		return p.Has("resourceId") || p.Has("properties") || p.Has("tenantId")
	case p.Has("activityDisplayName", "initiatedBy"), p.Has("createdDateTime", "conditionalAccessStatus"):
		return true
	case p.Has("riskEventType"), p.Has("RiskEventType", "TimeGenerated"), p.Has("alertDefinitionId"), p.Has("@odata.type", "incidentCount"):
		return true
	case p.Has("operationName.value"), p.Has("eventTimestamp", "operationName"):
		return true
	}
	return (p.Has("TimeGenerated") || p.Has("TimeGenerated [UTC]")) &&
		(p.Has("OperationName") || p.Has("OperationNameValue") || p.Has("ResultType"))
}

// names are the further names of values, by their own name in lower case and
// without properties.
var names = map[string][]string{
	"activitydisplayname":          {"properties.message", "operationName", "OperationName", "activityType", "ActivityType"},
	"operationname":                {"properties.message", "OperationName", "OperationNameValue", "ActivityDisplayName", "activityType", "ActivityType"},
	"operationnamevalue":           {"operationName", "OperationName"},
	"operationname.value":          {"operationName", "OperationName", "OperationNameValue"},
	"operationname.localizedvalue": {"properties.message"},
	"category":                     {"category", "Category", "CategoryValue"},
	"category.value":               {"category", "Category", "CategoryValue"},
	"categoryvalue":                {"category", "Category"},
	"resourceprovidername.value":   {"ResourceProviderValue"},
	"result":                       {"Status", "properties.result"},
	"resultreason":                 {"Status", "failure_status_reason", "ResultDescription"},
	"targetresources":              {"Target", "TargetResources"},
	"status.errorcode":             {"ResultType"},
	"status.failurereason":         {"ResultDescription", "failure_status_reason"},
	"status.additionaldetails":     {"Status"},
	"resulttype":                   {"ResultType"},
	"resultdescription":            {"ResultDescription"},
	"clientappused":                {"ClientApp"},
	"userprincipalname":            {"Username"},
}

// also returns the further names of values at a path.
func also(path string) []string {
	plain, nested := strings.CutPrefix(path, "properties.")
	if !nested {
		plain, _ = strings.CutPrefix(path, "Properties.")
	}
	var out []string
	low := strings.ToLower(plain)
	if plain != path {
		out = append(out, plain)
	} else if first, _, _ := strings.Cut(low, "."); inProperties[first] {
		out = append(out, "properties."+path)
	}
	for _, name := range names[low] {
		if name != path && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// inProperties are the values that rules look for in properties, where only
// diagnostic records have them.
var inProperties = map[string]bool{
	"message": true, "result": true, "targetresources": true, "initiatedby": true, "devicedetail": true,
	"authenticationrequirement": true, "appid": true, "additionaldetails": true,
}

// services are the services of categories and tables, in lower case.
var services = map[string]string{
	"signinlogs": "signinlogs", "noninteractiveusersigninlogs": "signinlogs",
	"serviceprincipalsigninlogs": "signinlogs", "managedidentitysigninlogs": "signinlogs", "adfssigninlogs": "signinlogs",
	"aadnoninteractiveusersigninlogs": "signinlogs", "aadserviceprincipalsigninlogs": "signinlogs",
	"aadmanagedidentitysigninlogs": "signinlogs", "auditlogs": "auditlogs",
	"userriskevents": "riskdetection", "aaduserriskevents": "riskdetection",
	"serviceprincipalriskevents": "riskdetection", "aadserviceprincipalriskevents": "riskdetection",
	"azureactivity": "activitylogs", "administrative": "activitylogs", "security": "activitylogs",
	"servicehealth": "activitylogs", "alert": "activitylogs", "recommendation": "activitylogs",
	"policy": "activitylogs", "autoscale": "activitylogs", "resourcehealth": "activitylogs",
	"write": "activitylogs", "delete": "activitylogs", "action": "activitylogs",
}

func serviceOf(r *jsonmap.Record) string {
	for _, name := range []string{"Type", "category", "Category", "CategoryValue", "category.value"} {
		if s := services[strings.ToLower(string(r.Get(name)))]; s != "" && !(s == "activitylogs" && isEntra(r)) {
			return s
		}
	}
	switch {
	case r.Has("alertDefinitionId", "incidentCount") || bytes.Contains(r.Get("@odata.type"), []byte("Incident")):
		return "pim"
	case r.Has("riskEventType", "RiskEventType", "properties.riskEventType"):
		return "riskdetection"
	case r.Has("conditionalAccessStatus", "ConditionalAccessStatus", "properties.conditionalAccessStatus"):
		return "signinlogs"
	case isEntra(r):
		return "auditlogs"
	case r.Has("OperationNameValue", "operationName.value", "eventTimestamp"):
		return "activitylogs"
	}
	return ""
}

// isEntra tells Entra's audit records, whose categories may have names that
// activity logs use too.
func isEntra(r *jsonmap.Record) bool {
	return r.Has("activityDisplayName", "properties.activityDisplayName", "LoggedByService", "loggedByService")
}

func sourceOf(r *jsonmap.Record) event.Source {
	if !r.Has("operationName", "OperationName", "OperationNameValue", "operationName.value", "activityDisplayName",
		"ActivityDisplayName", "conditionalAccessStatus", "riskEventType", "RiskEventType", "@odata.type", "alertDefinitionId", "category", "Category", "ResultType") {
		return event.Source{}
	}
	service := serviceOf(r)
	switch service {
	case "signinlogs":
		signIn(r)
	case "auditlogs":
		dashes(r)
		r.Alias("Status", r.Get("resultType", "ResultType"))
	case "pim":
		alert(r)
	case "activitylogs":
		r.Alias("ResourceProviderValue", provider(r.Get("resourceId", "ResourceId", "_ResourceId")))
	}
	return event.Source{Product: "azure", Service: service}
}

// signIn adds how a sign-in ended, and by what protocol.
func signIn(r *jsonmap.Record) {
	switch code := string(r.Get("resultType", "ResultType", "properties.status.errorCode", "status.errorCode", "Status.errorCode")); code {
	case "":
	case "0":
		r.Say("Status", "Success")
	default:
		r.Say("Status", "Failure")
		r.Say("ResultDescription", "Failure")
	}
	switch strings.ToLower(string(r.Get("properties.authenticationProtocol", "authenticationProtocol", "AuthenticationProtocol"))) {
	case "devicecode":
		r.Say("properties.message", "Device Code")
	case "ropc":
		r.Say("properties.message", "ROPC")
	}
}

// dashes adds an activity's name with its en dash as a hyphen and the other way
// round, since logs and rules write either, and without blanks at its end.
func dashes(r *jsonmap.Record) {
	name := r.Get("properties.activityDisplayName", "activityDisplayName", "operationName", "OperationName")
	plain := bytes.TrimRight(name, " ")
	switch {
	case bytes.Contains(name, []byte("\u2013")):
		plain = bytes.ReplaceAll(plain, []byte("\u2013"), []byte("-"))
	case bytes.Contains(name, []byte(" - ")):
		plain = bytes.ReplaceAll(plain, []byte(" - "), []byte(" \u2013 "))
	case len(plain) == len(name):
		return
	}
	for _, field := range [...]string{"properties.message", "operationName", "OperationName", "ActivityDisplayName", "activityType", "ActivityType"} {
		r.Alias(field, plain)
	}
}

// alert adds the name of an alert of privileged identity management, which
// stands at the end of its type.
func alert(r *jsonmap.Record) {
	for _, name := range []string{"@odata.type", "alertDefinitionId"} {
		if text := r.Get(name); len(text) > 0 {
			r.Alias("riskEventType", text[bytes.LastIndexAny(text, "._")+1:])
		}
	}
}

// provider cuts the name of the provider from a resource's id.
func provider(id []byte) []byte {
	const mark = "/providers/"
	i := bytes.Index(bytes.ToLower(id), []byte(mark))
	if i < 0 || i+len(mark) > len(id) {
		return nil
	}
	name, _, _ := bytes.Cut(id[i+len(mark):], []byte("/"))
	return name
}

// second gives changes of devices to rules that look for them in the activity
// log.
func second(r *jsonmap.Record) event.Source {
	if !r.Is("operationName", deviceChanges...) && !r.Is("activityDisplayName", deviceChanges...) && !r.Is("OperationName", deviceChanges...) || !isEntra(r) {
		return event.Source{}
	}
	return event.Source{Product: "azure", Service: "activitylogs"}
}

var deviceChanges = []string{"Delete device", "Delete device configuration", "Update device", "Update device configuration"}
