package azure

import (
	"strings"

	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
)

// NewPortal returns the format of what the Entra portal downloads as CSV:
// sign-ins and the audit log, under names of its own. Rules find the values
// under the names that they use.
func NewPortal() *jsonmap.Table {
	return jsonmap.NewTable("azureportal", func(p jsonmap.Paths) bool { return isSignIns(p) || isAudit(p) }, jsonmap.Mapping{
		Name:   "azureportal",
		Alien:  "no row of the portal",
		Also:   portalNames,
		Times:  []string{"Date (UTC)", "Date"},
		Hosts:  []string{"Home tenant ID", "Resource tenant ID"},
		Source: portalSource,
	})
}

func isSignIns(p jsonmap.Paths) bool { return p.Has("Request ID", "Username", "Sign-in error code") }

func isAudit(p jsonmap.Paths) bool {
	return p.Has("Activity", "Service", "Result") && (p.Has("ActorUserPrincipalName") || p.Has("Target1DisplayName"))
}

// portal gives the names that rules use for the portal's.
var portal = map[string][]string{
	"Sign-in error code": {"ResultType"}, "Failure reason": {"ResultDescription", "Resultdescription", "failure_status_reason"},
	"Username": {"userPrincipalName"}, "User agent": {"userAgent"}, "IP address": {"ipAddress"}, "Client app": {"ClientApp", "clientAppUsed"},
	"Application": {"appDisplayName"}, "Application ID": {"appId"}, "Resource": {"ResourceDisplayName"}, "Conditional Access": {"conditionalAccessStatus"},
	"Authentication requirement": {"AuthenticationRequirement", "properties.authenticationRequirement"},
	"Device ID":                  {"DeviceDetail.deviceId"}, "Join Type": {"DeviceDetail.trusttype"},
	"Activity": {"properties.message", "operationName", "OperationName", "ActivityDisplayName", "activityType", "ActivityType"},
	"Category": {"category", "CategoryValue"}, "Service": {"LoggedByService"}, "Result": {"Status", "properties.result"},
	"ResultReason": {"failure_status_reason", "ResultDescription"}, "ActorUserPrincipalName": {"Initiatedby"}, "ActorDisplayName": {"Initiatedby"},
}

// portalNames returns the further names of a column. Targets are numbered, and
// so are the properties of theirs that were changed.
func portalNames(column string) []string {
	column = strings.TrimSpace(column)
	if !strings.HasPrefix(column, "Target") {
		return portal[column]
	}
	switch {
	case strings.HasSuffix(column, "NewValue"):
		return []string{"properties.targetResources", "TargetResources.modifiedProperties.newValue", "TargetResources.ModifiedProperties.NewValue", "TargetResources.modifiedProperties"}
	case strings.Contains(column, "ModifiedProperty") && strings.HasSuffix(column, "Name"):
		return []string{"properties.targetResources", "TargetResources.ModifiedProperties.DisplayName", "TargetResources.modifiedProperties", "TargetResources"}
	case strings.HasSuffix(column, "Type"):
		return []string{"targetResources.type"}
	case strings.HasSuffix(column, "DisplayName"), strings.HasSuffix(column, "UserPrincipalName"):
		return []string{"Target", "TargetResources"}
	}
	return nil
}

func portalSource(r *jsonmap.Record) event.Source {
	src := event.Source{Product: "azure", Service: "auditlogs"}
	switch {
	case r.Has("Sign-in error code"), r.Has("Request ID", "Correlation ID") && r.Has("Username"):
		src.Service = "signinlogs"
		if r.Is("Compliant", "No") {
			r.Say("DeviceDetail.isCompliant", "false")
		} else if r.Is("Compliant", "Yes") {
			r.Say("DeviceDetail.isCompliant", "true")
		}
		if r.Is("Authentication Protocol", "deviceCode", "Device code") {
			r.Say("properties.message", "Device Code")
		} else if r.Is("Authentication Protocol", "ropc") {
			r.Say("properties.message", "ROPC")
		}
	case r.Has("Activity"):
		dashes(r)
	default:
		return event.Source{}
	}
	return src
}
