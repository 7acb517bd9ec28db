package azure_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/azure"
	"tyto/internal/source/sourcetest"
)

// diagnostic is a record as Azure Monitor writes it.
func diagnostic(category, operation, more, properties string) string {
	return `{"time":"2025-06-15T10:00:00.1234567Z","resourceId":"/tenants/t1/providers/Microsoft.aadiam","operationName":"` + operation +
		`","category":"` + category + `","tenantId":"t1","correlationId":"c","callerIpAddress":"192.0.2.9","Level":4` + more + `,"properties":{` + properties + `}}`
}

func signIn(code, properties string) string {
	return diagnostic("SignInLogs", "Sign-in activity", `,"resultType":"`+code+`","resultDescription":"x"`,
		`"id":"i","createdDateTime":"2025-06-15T09:59:59Z","userPrincipalName":"ann@example.com","conditionalAccessStatus":"notApplied","status":{"errorCode":`+code+`,"failureReason":"r","additionalDetails":"MFA denied; user declined"}`+properties)
}

func audit(category, activity, properties string) string {
	return diagnostic("AuditLogs", activity, `,"resultType":"Success"`,
		`"id":"i","category":"`+category+`","result":"success","resultReason":"","activityDisplayName":"`+activity+`","loggedByService":"Core Directory","initiatedBy":{"user":{"userPrincipalName":"ann@example.com"}}`+properties)
}

func activity(operation, id string) string {
	return `{"time":"2025-06-15T10:00:00Z","resourceId":"` + id + `","operationName":"` + operation + `","category":"Administrative","resultType":"Success","correlationId":"c","identity":{"claims":{"name":"Ann"}},"properties":{"message":"` + operation + `"}}`
}

func graph(record string) string {
	return `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata","@odata.nextLink":null,"value":[` + record + `]}`
}

func records(r string) string { return `{"records":[` + r + `]}` }

const ad = "rules/cloud/azure/"

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	admin := `,"targetResources":[{"id":"x","type":"User","userPrincipalName":"bob@example.com","modifiedProperties":[{"displayName":"Role.DisplayName","oldValue":null,"newValue":"\"Global Administrator\""}]}]`
	mfa := `,"targetResources":[{"type":"User","modifiedProperties":[{"displayName":"StrongAuthenticationRequirement","oldValue":"[]","newValue":"[{\"State\":%d}]"}]}]`
	consent := `,"targetResources":[{"type":"ServicePrincipal","modifiedProperties":[{"displayName":"ConsentContext.IsAdminConsent","oldValue":null,"newValue":"\"%s\""}]}]`
	rulecheck.Run(t, azure.New(), []rulecheck.Case{
		rulecheck.Fires(ad+"signin_logs/azure_blocked_account_attempt.yml", signIn("50057", "")),
		rulecheck.Silent(ad+"signin_logs/azure_blocked_account_attempt.yml", signIn("0", "")),
		rulecheck.Fires(ad+"signin_logs/azure_blocked_account_attempt.yml",
			graph(`{"id":"i","createdDateTime":"2025-06-15T10:00:00Z","userPrincipalName":"ann@example.com","conditionalAccessStatus":"success","status":{"errorCode":50057,"failureReason":"x"}}`)),
		rulecheck.Fires(ad+"signin_logs/azure_blocked_account_attempt.yml",
			`{"TenantId":"t","TimeGenerated":"2025-06-15T10:00:00Z","OperationName":"Sign-in activity","Category":"SignInLogs","ResultType":"50057","Type":"SigninLogs"}`),
		rulecheck.Fires(ad+"signin_logs/azure_app_device_code_authentication.yml", signIn("0", `,"authenticationProtocol":"deviceCode"`)),
		rulecheck.Silent(ad+"signin_logs/azure_app_device_code_authentication.yml", signIn("0", `,"authenticationProtocol":"none"`)),
		rulecheck.Fires(ad+"signin_logs/azure_mfa_denies.yml", signIn("500121", `,"authenticationRequirement":"multiFactorAuthentication"`)),
		rulecheck.Silent(ad+"signin_logs/azure_mfa_denies.yml", signIn("500121", `,"authenticationRequirement":"singleFactorAuthentication"`)),
		rulecheck.Fires(ad+"audit_logs/azure_ad_user_added_to_admin_role.yml", records(audit("RoleManagement", "Add member to role", admin))),
		rulecheck.Silent(ad+"audit_logs/azure_ad_user_added_to_admin_role.yml", records(audit("RoleManagement", "Add member to role", ""))),
		rulecheck.Fires(ad+"audit_logs/azure_user_account_mfa_disable.yml", audit("UserManagement", "Update user", fmt.Sprintf(mfa, 0))),
		rulecheck.Silent(ad+"audit_logs/azure_user_account_mfa_disable.yml", audit("UserManagement", "Update user", fmt.Sprintf(mfa, 1))),
		rulecheck.Fires(ad+"audit_logs/azure_app_end_user_consent.yml", audit("ApplicationManagement", "Consent to application", fmt.Sprintf(consent, "False"))),
		rulecheck.Silent(ad+"audit_logs/azure_app_end_user_consent.yml", audit("ApplicationManagement", "Consent to application", fmt.Sprintf(consent, "True"))),
		rulecheck.Fires(ad+"audit_logs/azure_pim_alerts_disabled.yml",
			graph(`{"id":"i","category":"RoleManagement","result":"success","activityDisplayName":"Disable PIM Alert","activityDateTime":"2025-06-15T10:00:00Z","initiatedBy":{"user":{"userPrincipalName":"ann"}},"targetResources":[]}`)),
		rulecheck.Silent(ad+"audit_logs/azure_pim_alerts_disabled.yml",
			graph(`{"id":"i","category":"RoleManagement","result":"success","activityDisplayName":"Enable PIM Alert","activityDateTime":"2025-06-15T10:00:00Z","initiatedBy":{"user":{"userPrincipalName":"ann"}},"targetResources":[]}`)),
		rulecheck.Fires(ad+"audit_logs/azure_app_credential_added.yml", audit("ApplicationManagement", "Update application - Certificates and secrets management ", "")),
		rulecheck.Silent(ad+"audit_logs/azure_app_credential_added.yml", audit("ApplicationManagement", "Update application", "")),
		rulecheck.Fires(ad+"activity_logs/azure_device_or_configuration_modified_or_deleted.yml", audit("Device", "Delete device", "")),
		rulecheck.Silent(ad+"activity_logs/azure_device_or_configuration_modified_or_deleted.yml", audit("Device", "Add device", "")),
		rulecheck.Fires(ad+"activity_logs/azure_keyvault_modified_or_deleted.yml",
			activity("MICROSOFT.KEYVAULT/VAULTS/DELETE", "/SUBSCRIPTIONS/s/RESOURCEGROUPS/g/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/v")),
		rulecheck.Silent(ad+"activity_logs/azure_keyvault_modified_or_deleted.yml",
			activity("MICROSOFT.KEYVAULT/VAULTS/READ", "/SUBSCRIPTIONS/s/RESOURCEGROUPS/g/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/v")),
		rulecheck.Fires(ad+"activity_logs/azure_aadhybridhealth_adfs_service_delete.yml",
			activity("Microsoft.ADHybridHealthService/services/delete", "/providers/Microsoft.ADHybridHealthService/services/AdFederationService-x")),
		rulecheck.Silent(ad+"activity_logs/azure_aadhybridhealth_adfs_service_delete.yml",
			activity("Microsoft.ADHybridHealthService/services/delete", "/providers/Microsoft.Other/services/AdFederationService-x")),
		rulecheck.Fires(ad+"identity_protection/azure_identity_protection_password_spray.yml",
			graph(`{"id":"i","riskEventType":"passwordSpray","riskLevel":"high","detectedDateTime":"2025-06-15T10:00:00Z","userPrincipalName":"ann@example.com"}`)),
		rulecheck.Silent(ad+"identity_protection/azure_identity_protection_password_spray.yml",
			diagnostic("UserRiskEvents", "User Risk Detection", "", `"riskEventType":"anonymizedIPAddress"`)),
		rulecheck.Fires(ad+"privileged_identity_management/azure_pim_account_stale.yml",
			`{"@odata.type":"#microsoft.graph.staleSignInAlertIncident","id":"i","alertDefinitionId":"DirectoryRole_t_StaleSignInAlert","assigneeId":"a"}`),
		rulecheck.Silent(ad+"privileged_identity_management/azure_pim_account_stale.yml",
			`{"@odata.type":"#microsoft.graph.invalidLicenseAlertIncident","id":"i","alertDefinitionId":"DirectoryRole_t_x","assigneeId":"a"}`),
	})
}

func TestPublicRulesFireOnExports(t *testing.T) {
	const rule = ad + "audit_logs/azure_user_account_mfa_disable.yml"
	row := `"6/15/2025, 10:00:02.123 AM","Update user","UserManagement","success","Core Directory","[{""type"":""User"",""modifiedProperties"":[{""displayName"":""StrongAuthenticationRequirement"",""newValue"":""[{\""State\"":%d}]""}]}]","AuditLogs"` + "\n"
	head := `"TimeGenerated [UTC]",OperationName,Category,Result,LoggedByService,TargetResources,Type` + "\n"
	rulecheck.Run(t, azure.NewTable(), []rulecheck.Case{
		rulecheck.Fires(rule, head+fmt.Sprintf(row, 0)),
		rulecheck.Silent(rule, head+fmt.Sprintf(row, 1)),
	})
}

func TestPublicRulesFireOnDownloadsOfThePortal(t *testing.T) {
	const signIns = "\ufeffDate (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,Incoming token type,Incoming token type,Authentication Protocol,Application,Application ID ,Resource,IP address,Location,Status,Sign-in error code,Failure reason,Client app,Device ID,Compliant,Join Type,Conditional Access,Authentication requirement\n"
	signIn := func(protocol, code string) string {
		return signIns + `2025-06-15T10:00:00Z,r,Mozilla,c,u,Ann,ann@example.com,none,none,` + protocol + `,Portal,a,X,192.0.2.9,"Bern, BE, CH",Failure,` + code + ",Account is locked,Browser,,No,,Success,singleFactorAuthentication\n"
	}
	audit := func(property string) string {
		return "Date (UTC),CorrelationId,Service,Category,Activity,Result,ResultReason,ActorType,ActorDisplayName,ActorUserPrincipalName,IPAddress,Target1Type,Target1DisplayName,Target1UserPrincipalName,Target1ModifiedProperty1Name,Target1ModifiedProperty1OldValue,Target1ModifiedProperty1NewValue\n" +
			`2025-06-15T10:00:00Z,c,Core Directory,UserManagement,Update user,success,,User,,ann@example.com,192.0.2.9,User,Bo,bo@example.com,StrongAuthenticationRequirement,[],"[{""State"":` + property + `}]"` + "\n"
	}
	rulecheck.Run(t, azure.NewPortal(), []rulecheck.Case{
		rulecheck.Fires(ad+"signin_logs/azure_ad_device_registration_or_join_without_mfa.yml", strings.Replace(signIn("none", "0"), ",X,", ",Device Registration Service,", 1)),
		rulecheck.Silent(ad+"signin_logs/azure_ad_device_registration_or_join_without_mfa.yml", signIn("none", "0")),
		rulecheck.Fires(ad+"signin_logs/azure_ad_sign_ins_from_noncompliant_devices.yml", signIn("none", "0")),
		rulecheck.Silent(ad+"signin_logs/azure_ad_sign_ins_from_noncompliant_devices.yml", strings.Replace(signIn("none", "0"), ",No,", ",Yes,", 1)),
		rulecheck.Fires(ad+"signin_logs/azure_account_lockout.yml", signIn("none", "50053")),
		rulecheck.Silent(ad+"signin_logs/azure_account_lockout.yml", signIn("none", "50126")),
		rulecheck.Fires(ad+"signin_logs/azure_app_device_code_authentication.yml", signIn("deviceCode", "0")),
		rulecheck.Silent(ad+"signin_logs/azure_app_device_code_authentication.yml", signIn("none", "0")),
		rulecheck.Fires(ad+"audit_logs/azure_user_account_mfa_disable.yml", audit("0")),
		rulecheck.Silent(ad+"audit_logs/azure_user_account_mfa_disable.yml", audit("1")),
	})
}

func TestRowsOfThePortalHaveTheNamesThatRulesUse(t *testing.T) {
	const names = "Date (UTC),CorrelationId,Service,Category,Activity,Result,ActorUserPrincipalName,Target1Type,Target1DisplayName\n"
	const signIns = "Date (UTC),Request ID,Correlation ID,Username,Sign-in error code\n"
	events, rep := sourcetest.Read(t, azure.NewPortal(), sourcetest.Input("a.csv",
		names+"2025-06-15T10:00:00Z,c,Core Directory,ApplicationManagement,Update application \u2013 Certificates,success,ann@example.com,ServicePrincipal,Bo\n"+
			signIns+"2025-06-15T10:00:00Z,r,c,ann@example.com,\n"))
	if len(events) != 2 || rep.Damaged > 0 {
		t.Fatalf("%d events, report %+v", len(events), rep)
	}
	got := rulecheck.Show(events[:1])
	for _, want := range []string{`targetResources.type="ServicePrincipal"`, `Target="Bo"`, "properties.message=\"Update application \u2013 Certificates\"", `properties.message="Update application - Certificates"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if log := events[1].Source.Log(); log != "azure/signinlogs" {
		t.Errorf("a sign-in without code is of %s", log)
	}
}

func TestTimesOfAllShapes(t *testing.T) {
	want := time.Date(2025, 6, 15, 13, 0, 2, 0, time.UTC)
	for _, text := range []string{
		"2025-06-15T13:00:02Z", "2025-06-15T13:00:02.0000000Z", "6/15/2025 1:00:02 PM", "06/15/2025 13:00:02",
		"6/15/2025, 1:00:02 PM", "6/15/2025 1:00:02 PM +00:00", "6/15/2025 3:00:02 PM +02:00", "2025-06-15T15:00:02+02:00", "2025-06-15 13:00:02",
	} {
		in := sourcetest.Input("a.json", strings.Replace(audit("x", "y", ""), "2025-06-15T10:00:00.1234567Z", text, 1))
		events, _ := sourcetest.Read(t, azure.New(), in)
		if len(events) != 1 || !events[0].Time.Equal(want) {
			t.Errorf("%s is read as %v", text, events[0].Time)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(records(signIn("0", "")))
	f.Add(graph(audit("a", "b", "")))
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		azure.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, azure.New(), in, func(e *event.Event) bool {
			n++
			_, err := e.Time.MarshalJSON()
			if err != nil {
				t.Error(err)
			}
			return true
		})
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
