package sigma

// This file holds the Windows log sources: which channels and event ids the
// categories and services of Sigma stand for (Sigma taxonomy appendix,
// SigmaHQ's own test configuration, and the channels that real systems have).

import (
	"maps"
	"slices"
	"strconv"
)

// A viewKind says under which names a rule sees the fields of an event.
type viewKind uint8

// The views: the event's own names, or the names of another log beside them.
const (
	viewNative     viewKind = iota
	viewProcess             // Security 4688 as Sysmon 1
	viewConnection          // Security 5156 as Sysmon 3
	viewRegistry            // Security 4657 as Sysmon 12 to 14
	viewAntivirus           // Windows Defender as category antivirus
	viewWMI                 // WMI-Activity 5861 as Sysmon 19 to 21
	viewKinds
)

// A gate is a further test that an event must pass to belong to a category.
type gate struct {
	field  string
	values []string // any of them
}

// A place is one kind of Windows event that a rule can apply to.
type place struct {
	channel string // a prefix when it ends in '*'
	ids     []int  // nil: all
	gate    *gate
	view    viewKind
}

// Channel names that several tables use.
const (
	chSecurity  = "Security"
	chSysmon    = "Microsoft-Windows-Sysmon/Operational"
	chDefender  = "Microsoft-Windows-Windows Defender/Operational"
	chWMI       = "Microsoft-Windows-WMI-Activity/Operational"
	chShell     = "Microsoft-Windows-PowerShell/Operational"
	chShellCore = "PowerShellCore/Operational"
	chShellOld  = "Windows PowerShell"
	chRPC       = "RPCFW"
)

func sysmonEvents(ids ...int) place { return place{channel: chSysmon, ids: ids} }

func shellEvents(id int) []place {
	return []place{{channel: chShell, ids: []int{id}}, {channel: chShellCore, ids: []int{id}}}
}

// keyEvents are Security 4657 with one of the given operations; none means
// any. 4657 speaks of values only, while Sysmon 13 is written for new and
// changed values alike.
func keyEvents(operations ...string) place {
	p := place{channel: chSecurity, ids: []int{4657}, view: viewRegistry}
	if len(operations) > 0 {
		p.gate = &gate{"OperationType", operations}
	}
	return p
}

// The operations of Security 4657, as the record has them and as exporters
// that render messages do.
const (
	opNew, opNewText         = "%%1904", "New registry value created"
	opChanged, opChangedText = "%%1905", "Existing registry value modified"
	opDeleted, opDeletedText = "%%1906", "Registry value deleted"
)

// windowsCategory returns the places of a category; nil when Windows event
// logs have none.
func windowsCategory(name string) []place {
	if id, ok := sysmonOnly[name]; ok {
		return []place{sysmonEvents(id...)}
	}
	switch name {
	case "process_creation":
		return []place{sysmonEvents(1), {channel: chSecurity, ids: []int{4688}, view: viewProcess}}
	case "network_connection":
		return []place{sysmonEvents(3), {channel: chSecurity, ids: []int{5156}, view: viewConnection}}
	case "registry_event":
		return []place{sysmonEvents(12, 13, 14), keyEvents()}
	case "registry_set":
		return []place{sysmonEvents(13), keyEvents(opNew, opNewText, opChanged, opChangedText)}
	case "registry_add":
		sysmon := sysmonEvents(12)
		sysmon.gate = &gate{"EventType", []string{"CreateKey"}}
		return []place{sysmon, keyEvents(opNew, opNewText)}
	case "registry_delete":
		sysmon := sysmonEvents(12)
		sysmon.gate = &gate{"EventType", []string{"DeleteKey", "DeleteValue"}}
		return []place{sysmon, keyEvents(opDeleted, opDeletedText)}
	case "wmi_event":
		return []place{sysmonEvents(19, 20, 21), {channel: chWMI, ids: []int{5861}, view: viewWMI}}
	case "ps_module":
		return shellEvents(4103)
	case "ps_script":
		return shellEvents(4104)
	case "ps_classic_start":
		return []place{{channel: chShellOld, ids: []int{400}}}
	case "ps_classic_provider_start":
		return []place{{channel: chShellOld, ids: []int{600}}}
	case "ps_classic_script":
		return []place{{channel: chShellOld, ids: []int{800}}}
	case "antivirus":
		ids := []int{1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116}
		return []place{{channel: chDefender, ids: ids, view: viewAntivirus}}
	}
	return nil
}

// sysmonOnly maps the categories that only Sysmon serves to its event ids.
var sysmonOnly = map[string][]int{
	"file_change": {2}, "sysmon_status": {4, 16}, "process_termination": {5}, "driver_load": {6},
	"image_load": {7}, "create_remote_thread": {8}, "raw_access_thread": {9}, "process_access": {10},
	"file_event": {11}, "registry_rename": {14}, "create_stream_hash": {15}, "pipe_created": {17, 18},
	"dns_query": {22}, "file_delete": {23}, "clipboard_capture": {24}, "clipboard_change": {24},
	"process_tampering": {25}, "file_delete_detected": {26}, "file_block_executable": {27},
	"file_block_shredding": {28}, "file_executable_detected": {29}, "sysmon_error": {255},
}

// linuxSysmon maps the event ids that Sysmon for Linux shares with Windows to
// categories.
var linuxSysmon = map[int]string{1: "process_creation", 3: "network_connection", 11: "file_event"}

// windowsServices maps services to channel names. Two channels are
// written without the suffix that real systems add, so they are prefixes.
var windowsServices = map[string][]string{
	"application":            {"Application"},
	"application-experience": {"Microsoft-Windows-Application-Experience/Program-Telemetry", "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant"},
	"applocker": {"Microsoft-Windows-AppLocker/MSI and Script", "Microsoft-Windows-AppLocker/EXE and DLL",
		"Microsoft-Windows-AppLocker/Packaged app-Deployment", "Microsoft-Windows-AppLocker/Packaged app-Execution"},
	"appmodel-runtime":      {"Microsoft-Windows-AppModel-Runtime/Admin"},
	"appxdeployment-server": {"Microsoft-Windows-AppXDeploymentServer/Operational"},
	"appxpackaging-om":      {"Microsoft-Windows-AppxPackaging/Operational"},
	"bitlocker":             {"Microsoft-Windows-BitLocker/BitLocker Management"},
	"bits-client":           {"Microsoft-Windows-Bits-Client/Operational"},
	"capi2":                 {"Microsoft-Windows-CAPI2/Operational"},
	"certificateservicesclient-lifecycle-system": {"Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"},
	"codeintegrity-operational":                  {"Microsoft-Windows-CodeIntegrity/Operational"},
	"dhcp":                                       {"Microsoft-Windows-DHCP-Server/Operational"},
	"diagnosis-scripted":                         {"Microsoft-Windows-Diagnosis-Scripted/Operational"},
	"dns-client":                                 {"Microsoft-Windows-DNS Client Events/Operational", "Microsoft-Windows-DNS-Client/Operational"},
	"dns-server":                                 {"DNS Server"},
	"dns-server-analytic":                        {"Microsoft-Windows-DNS-Server/Analytical"},
	"dns-server-audit":                           {"Microsoft-Windows-DNS-Server/Audit"},
	"driver-framework":                           {"Microsoft-Windows-DriverFrameworks-UserMode/Operational"},
	"firewall-as":                                {"Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"},
	"hyper-v-worker":                             {"Microsoft-Windows-Hyper-V-Worker*"},
	"iis-configuration":                          {"Microsoft-IIS-Configuration/Operational"},
	"kernel-event-tracing":                       {"Microsoft-Windows-Kernel-EventTracing*"},
	"kernel-shimengine":                          {"Microsoft-Windows-Kernel-ShimEngine/Operational", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic"},
	"ldap":                                       {"Microsoft-Windows-LDAP-Client/Debug"},
	"lsa-server":                                 {"Microsoft-Windows-LSA/Operational"},
	"msexchange-management":                      {"MSExchange Management"},
	"ntfs":                                       {"Microsoft-Windows-Ntfs/Operational"},
	"ntlm":                                       {"Microsoft-Windows-NTLM/Operational"},
	"openssh":                                    {"OpenSSH/Operational"},
	"powershell":                                 {chShell, chShellCore},
	"powershell-classic":                         {chShellOld},
	"printservice-admin":                         {"Microsoft-Windows-PrintService/Admin"},
	"printservice-operational":                   {"Microsoft-Windows-PrintService/Operational"},
	"security":                                   {chSecurity},
	"security-mitigations":                       {"Microsoft-Windows-Security-Mitigations/Kernel Mode", "Microsoft-Windows-Security-Mitigations/User Mode"},
	"sense":                                      {"Microsoft-Windows-SENSE/Operational"},
	"servicebus-client":                          serviceBus,
	"microsoft-servicebus-client":                serviceBus,
	"shell-core":                                 {"Microsoft-Windows-Shell-Core/Operational"},
	"smbclient-connectivity":                     {"Microsoft-Windows-SmbClient/Connectivity"},
	"smbclient-security":                         {"Microsoft-Windows-SmbClient/Security"},
	"smbserver-connectivity":                     {"Microsoft-Windows-SMBServer/Connectivity"},
	"sysmon":                                     {chSysmon},
	"system":                                     {"System"},
	"taskscheduler":                              {"Microsoft-Windows-TaskScheduler/Operational"},
	"terminalservices-localsessionmanager":       {"Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"},
	"vhdmp":                                      {"Microsoft-Windows-VHDMP/Operational"},
	"windefend":                                  {chDefender},
	"wmi":                                        {chWMI},
}

var serviceBus = []string{
	"Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin", "Microsoft-ServiceBus-Client",
}

// windowsPlaces returns the Windows events that a log source means. Bound is
// false when Windows event logs hold no such events; a source that names the
// product alone is bound to every Windows event and has no places.
func windowsPlaces(l Logsource) (places []place, bound bool) {
	if l.Product == "rpc_firewall" {
		return firewallPlaces(l)
	}
	if l.Product != "" && l.Product != "windows" {
		return nil, false
	}
	channels := windowsServices[l.Service]
	if l.Category == "" {
		if l.Service == "" {
			return nil, true
		}
		for _, c := range channels {
			places = append(places, place{channel: c})
		}
		return places, len(places) > 0
	}
	for _, p := range windowsCategory(l.Category) {
		if l.Service == "" || contains(channels, p.channel) {
			places = append(places, p)
		}
	}
	return places, len(places) > 0
}

// firewallPlaces returns the events of RPC Firewall, which rules take for a
// product of its own; it writes to a log of Windows.
func firewallPlaces(l Logsource) (places []place, bound bool) {
	if l.Category != "application" && l.Category != "" || l.Service != "" {
		return nil, false
	}
	return []place{{channel: chRPC}}, true
}

// names returns all names of a log that is none of Windows. The connections of
// Zeek are what rules for flows call netflow.
func (l Logsource) names() []Logsource {
	if l.Product != "zeek" || l.Service != "conn" {
		return []Logsource{l}
	}
	flows := l
	flows.Service = "netflow"
	return []Logsource{l, flows}
}

// categoryNames returns the categories that Windows event logs serve, sorted.
func categoryNames() []string {
	names := []string{
		"process_creation", "network_connection", "registry_event", "registry_set", "registry_add", "registry_delete",
		"wmi_event", "ps_module", "ps_script", "ps_classic_start", "ps_classic_provider_start", "ps_classic_script", "antivirus",
	}
	for name := range sysmonOnly {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// serviceNames returns the services that Windows event logs serve, sorted.
func serviceNames() []string { return slices.Sorted(maps.Keys(windowsServices)) }

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// String names the place for people: channel and event ids.
func (p place) String() string {
	out := p.channel
	for i, id := range p.ids {
		sep := ", "
		if i == 0 {
			sep = " "
		}
		out += sep + strconv.Itoa(id)
	}
	return out
}
