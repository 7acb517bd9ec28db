package intel

import (
	"testing"

	"tyto/internal/event"
)

func TestFieldsHaveTheRolesOfTheirMeanings(t *testing.T) {
	for name, want := range map[string]role{
		"QueryName":                 roleHost | roleLookup,
		"dhost":                     roleAddr | roleHost | roleLookup | roleURLHost, // known to the views first
		"r-ip":                      roleAddr | roleDest,
		"s-ip":                      roleAddr, // of the server itself: says nothing of where programs went
		"dns.answers.rdata":         roleAddr | roleHost | roleDest,
		"ObjectName":                rolePath | roleRegistry | rolePipe | roleMutex,
		"Hashes":                    roleHash | roleImphash,
		"host":                      roleAddr | roleHost | roleURLHost, // a sensor or a site: no claim that names were asked for
		"winlog.event_data.Image":   rolePath | roleExe,                // distinctive below any prefix
		"user.name":                 roleAccount,
		"cluster.name":              0, // a name of what?
		"requestParameters.host":    0,
		"ServiceName":               roleService, // an account in a ticket's event only
		"TargetOutboundDomainName":  0,
		"process.parent.executable": rolePath,
		"mailfrom":                  roleMail,
		"from":                      roleMail, // of a mail in few logs, but met in any
		"uri":                       roleURL,
		"http_referer":              roleURL,
		"http_method":               0,
		"ObjectValueName":           roleCommand,
		"DisplayName":               roleService,
	} {
		if got := fieldRoles(name); got != want {
			t.Errorf("%s: roles %b, want %b", name, got, want)
		}
	}
}

func TestALogCoversImportHashesWhereSysmonListsThem(t *testing.T) {
	for name, want := range map[string]bool{"Hashes": true, "Imphash": true, "file_hash": false, "ServiceFileHash": false} {
		shape := &event.Shape{Fields: []event.Field{{Name: name}}}
		if got := coverOf(shape).roles&roleImphash != 0; got != want {
			t.Errorf("%s: covered %v", name, got)
		}
	}
}
