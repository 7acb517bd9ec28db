package m365_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/m365"
	"tyto/internal/source/sourcetest"
)

const at = "rules/cloud/m365/"

func alert(name string) string {
	return `{"CreationTime":"2025-06-15T10:00:00","Id":"i","Operation":"AlertTriggered","RecordType":40,"UserId":"SecurityComplianceAlerts","Workload":"SecurityComplianceCenter","AlertId":"a","Name":"` + name + `","Data":"{\"etype\":\"User\"}","Severity":"High"}`
}

const sample = `{"CreationTime":"2025-06-15T10:00:00","Id":"i","Operation":"New-InboxRule","OrganizationId":"o","RecordType":1,"ResultStatus":"True","UserId":"ann@example.com","Workload":"Exchange","ClientIP":"192.0.2.9:443","ObjectId":"x","Parameters":[{"Name":"Identity","Value":"r"},{"Name":"ForwardTo","Value":"eve@example.org"}]}`

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	rulecheck.Run(t, m365.New(), []rulecheck.Case{
		rulecheck.Fires(at+"exchange/microsoft365_new_federated_domain_added_exchange.yml", strings.Replace(sample, `New-InboxRule`, `Add-FederatedDomain`, 1)),
		rulecheck.Silent(at+"exchange/microsoft365_new_federated_domain_added_exchange.yml", strings.Replace(strings.Replace(sample, `New-InboxRule`, `Add-FederatedDomain`, 1), `"True"`, `"False"`, 1)),
		rulecheck.Fires(at+"audit/microsoft365_disabling_mfa.yml", strings.Replace(sample, `New-InboxRule`, `Disable Strong Authentication.`, 1)),
		rulecheck.Silent(at+"audit/microsoft365_disabling_mfa.yml", sample),
		rulecheck.Fires(at+"audit/microsoft365_disabling_mfa.yml", `{"RecordType":"1","Operation":"x","UserId":"ann","AuditData":"{\"CreationTime\":\"2025-06-15T10:00:00\",\"Operation\":\"Disable Strong Authentication.\",\"Workload\":\"AzureActiveDirectory\",\"cut\":\"he"}`),
		rulecheck.Fires(at+"threat_detection/microsoft365_from_susp_ip_addresses.yml", alert("Activity from suspicious IP addresses")),
		rulecheck.Silent(at+"threat_detection/microsoft365_from_susp_ip_addresses.yml", alert("Potential ransomware activity")),
		rulecheck.Fires(at+"threat_management/microsoft365_potential_ransomware_activity.yml", alert("Potential ransomware activity")),
		rulecheck.Silent(at+"threat_management/microsoft365_potential_ransomware_activity.yml", alert("Other activity")),
	})
}

func TestPublicRulesFireOnExports(t *testing.T) {
	row := func(name string) string {
		return "\"1\",\"6/15/2025 10:00:02 AM\",\"40\",\"AlertTriggered\",\"" + strings.ReplaceAll(alert(name), `"`, `""`) + "\"\r\n"
	}
	for _, head := range []string{"RecordId,CreationDate,RecordType,Operation,AuditData\r\n", "\xef\xbb\xbf#TYPE Selected.System\n\"RecordId\",\"CreationDate\",\"RecordType\",\"Operations\",\"AuditData\"\n"} {
		rulecheck.Run(t, m365.NewTable(), []rulecheck.Case{
			rulecheck.Fires(at+"threat_management/microsoft365_potential_ransomware_activity.yml", head+row("Potential ransomware activity")),
			rulecheck.Silent(at+"threat_management/microsoft365_potential_ransomware_activity.yml", head+row("Other")),
		})
	}
}

func TestEventsOfExportsStandWhereTheirRowsDo(t *testing.T) {
	text := "RecordId,Note,AuditData\n"
	for range 5000 {
		text += "1,\"two\nlines\"," + `"{""Operation"":""x"",""Workload"":""y"",""CreationTime"":""2025-06-15T10:00:00""}"` + "\n"
	}
	n := 0
	rep := sourcetest.Each(t, m365.NewTable(), sourcetest.Input("a.csv", text), func(e *event.Event) bool {
		if e.Origin.Line != int64(2+2*n) || !strings.HasPrefix(text[e.Origin.Offset:], "1,\"two") {
			t.Fatalf("event %d at line %d, byte %d", n, e.Origin.Line, e.Origin.Offset)
		}
		n++
		return true
	})
	if n != 5000 || rep.Damaged > 0 || rep.Bytes != int64(len(text)) || len(rep.Notes) != 2 {
		t.Errorf("%d events, report %+v", n, rep)
	}
}

func TestTablesPutOneBehindAnotherAreReadWhole(t *testing.T) {
	const table = "\ufeffRecordId,AuditData\r\n1,\"{\"\"Operation\"\":\"\"x\"\",\"\"Workload\"\":\"\"y\"\",\"\"CreationTime\"\":\"\"2025-06-15T10:00:00\"\"}\"\r\n"
	const other = "RecordId,More,AuditData\r\n2,z,\"{\"\"Operation\"\":\"\"x\"\",\"\"Workload\"\":\"\"y\"\",\"\"CreationTime\"\":\"\"2025-06-15T10:00:00\"\"}\"\r\n"
	events, rep := sourcetest.Read(t, m365.NewTable(), sourcetest.Input("a.csv", table+table+other))
	if len(events) != 3 || rep.Records != 3 || rep.Damaged > 0 {
		t.Fatalf("%d events, report %+v", len(events), rep)
	}
	if v, _ := events[2].Get("More"); string(v) != "z" || events[2].Origin.Line != 6 || events[1].Time.IsZero() {
		t.Errorf("last event %+v", events[2])
	}
}

func FuzzTable(f *testing.F) {
	f.Add("RecordId,AuditData\n1,\"{\"\"Operation\"\":1}\"\nx,y,\"")
	f.Add("\xff\xfea\x00,\x00b\x00\n\x00c\x00")
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.csv", text)
		m365.NewTable().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, m365.NewTable(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
		for _, d := range rep.Damage {
			if d.Offset < 0 || d.Length <= 0 || d.Offset+d.Length > in.Size {
				t.Errorf("damage %+v of %d bytes", d, in.Size)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("[" + sample + "," + sample + "]")
	f.Add(sample[:len(sample)/2] + "\n" + sample)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		m365.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, m365.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
