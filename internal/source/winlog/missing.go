package winlog

import (
	"bytes"
	"strconv"

	"tyto/internal/event"
)

// hexFields are fields that logs hold as hexadecimal numbers and some exports
// write as decimal ones; those with false are so in the security log only.
var hexFields = map[string]bool{
	"SubjectLogonId": true, "TargetLogonId": true, "LogonId": true, "TargetLinkedLogonId": true,
	"NewProcessId": true, "GrantedAccess": true,
	"ProcessId": false, "AccessMask": false, "HandleId": false, "Status": false, "SubStatus": false,
}

// Hexadecimal reports whether logs hold a field as a hexadecimal number.
// Security tells that the event is one of the security log.
func Hexadecimal(field string, security bool) bool {
	always, known := hexFields[field]
	return always || known && security
}

// AppendHex appends a decimal number the way logs hold it, or the text when it
// is none.
func AppendHex(dst, text []byte) []byte {
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return strconv.AppendUint(append(dst, "0x"...), uint64(n), 16)
	}
	if n, err := strconv.ParseUint(string(text), 10, 64); err == nil {
		return strconv.AppendUint(append(dst, "0x"...), n, 16)
	}
	return append(dst, text...)
}

// hexKeywords gives keywords the form that the log has.
func (r *Rows) hexKeywords(text []byte) []byte {
	if c := text[len(text)-1]; c < '0' || c > '9' || bytes.HasPrefix(text, []byte("0x")) {
		return text
	}
	return r.b.Text(func(dst []byte) []byte { return AppendHex(dst, text) })
}

// missing finds what the export left out: the log from the provider, names
// from places, and values from the rendered text.
func (r *Rows) missing(t *Table) {
	if t.kind != tableGetWinEvent && t.kind != tableViewer && t.kind != tableSplunk {
		return
	}
	if t.kind == tableSplunk {
		r.fallback(t, Computer, "host")
		r.fallback(t, TimeCreated, "_time")
	}
	provider := r.b.First(Head, ProviderName)
	id := r.b.First(Head, EventID)
	if r.b.First(Head, Channel) == nil {
		r.channel(provider, id)
	}
	message := r.b.First(Rendered, Message)
	named := r.named(provider, id)
	sysmon := string(provider) == "Microsoft-Windows-Sysmon"
	if !named && !r.rich(t) && message != nil && r.message(message, sysmon) {
		r.notes.rendered, named = true, true
	}
	r.b.Partial = !named
}

// rich reports whether the event's own fields have columns of their own.
func (r *Rows) rich(t *Table) bool {
	for i, does := range t.does {
		if does == keep && len(r.first[i]) > 0 {
			return true
		}
	}
	return false
}

// fallback takes a header from a column of the transport.
func (r *Rows) fallback(t *Table, name, column string) {
	if r.b.First(Head, name) == nil {
		if text := r.value(t, column); text != nil {
			r.b.Head(name, text)
		}
	}
}

func (r *Rows) channel(provider, id []byte) {
	name := channels[string(provider)]
	if string(provider) == "Microsoft-Windows-Eventlog" {
		if name = "System"; string(id) == "1102" || string(id) == "1100" {
			name = "Security"
		}
	}
	if name != "" {
		r.b.Head(Channel, []byte(name))
	}
}

// named puts in the values that are known by their place, and reports whether
// there were any. Those without a known name are values of Data.
func (r *Rows) named(provider, id []byte) bool {
	if len(r.places) == 0 || junkPlaces(r.places) {
		return false
	}
	names := namesOf(string(provider), string(id), len(r.places))
	security := string(provider) == "Microsoft-Windows-Security-Auditing"
	for i, text := range r.places {
		if names == nil {
			r.b.Own(Unnamed, text)
			continue
		}
		if Hexadecimal(names[i], security) {
			plain := text
			text = r.b.Text(func(dst []byte) []byte { return AppendHex(dst, plain) })
		}
		r.b.Own(names[i], text)
	}
	r.notes.positions = r.notes.positions || names != nil
	return names != nil || !security
}

// junkPlaces recognises what is left of values when an export was not deep
// enough: the name of their class.
func junkPlaces(places [][]byte) bool {
	for _, p := range places {
		if bytes.HasPrefix(p, []byte("System.Diagnostics.Eventing")) || bytes.HasPrefix(p, []byte("System.Collections.")) {
			return true
		}
	}
	return false
}

// message draws fields out of rendered English text and reports whether there
// were any: lines "Name: value" as Sysmon has them, and the sections of the
// security log.
func (r *Rows) message(text []byte, sysmon bool) bool {
	found := false
	section := ""
	for line := range bytes.Lines(text) {
		indented := len(line) > 0 && (line[0] == '\t' || line[0] == ' ')
		line = bytes.TrimRight(line, "\r\n")
		label, value, ok := bytes.Cut(bytes.TrimLeft(line, " \t"), []byte(":"))
		if !ok || len(label) == 0 || len(label) > maxLabel {
			continue
		}
		value = bytes.TrimLeft(value, " \t")
		if !indented && len(value) == 0 {
			section = string(label)
			continue
		}
		if !indented {
			section = ""
		}
		if name := fieldOf(section, label, sysmon); name != nil && len(value) > 0 {
			r.b.Put(Own, name, event.Text, value)
			found = true
		}
	}
	return found
}

const maxLabel = 64

// fieldOf names the field behind a label.
func fieldOf(section string, label []byte, sysmon bool) []byte {
	if name, ok := labels[section+"/"+string(label)]; ok {
		return []byte(name)
	}
	if name, ok := labels["/"+string(label)]; ok {
		return []byte(name)
	}
	if sysmon && bytes.IndexByte(label, ' ') < 0 {
		return label // Sysmon writes the names themselves
	}
	return nil
}

// labels are the fields behind the labels of rendered text, "section/label".
var labels = map[string]string{
	"Subject/Security ID": "SubjectUserSid", "Subject/Account Name": "SubjectUserName",
	"Subject/Account Domain": "SubjectDomainName", "Subject/Logon ID": "SubjectLogonId",
	"Creator Subject/Security ID": "SubjectUserSid", "Creator Subject/Account Name": "SubjectUserName",
	"Creator Subject/Account Domain": "SubjectDomainName", "Creator Subject/Logon ID": "SubjectLogonId",
	"Target Subject/Security ID": "TargetUserSid", "Target Subject/Account Name": "TargetUserName",
	"Target Subject/Account Domain": "TargetDomainName", "Target Subject/Logon ID": "TargetLogonId",
	"New Logon/Security ID": "TargetUserSid", "New Logon/Account Name": "TargetUserName",
	"New Logon/Account Domain": "TargetDomainName", "New Logon/Logon ID": "TargetLogonId", "New Logon/Logon GUID": "LogonGuid",
	"Account For Which Logon Failed/Security ID": "TargetUserSid", "Account For Which Logon Failed/Account Name": "TargetUserName",
	"Account For Which Logon Failed/Account Domain":    "TargetDomainName",
	"Account Whose Credentials Were Used/Account Name": "TargetUserName", "Account Whose Credentials Were Used/Account Domain": "TargetDomainName",
	"New Account/Security ID": "TargetSid", "New Account/Account Name": "TargetUserName", "New Account/Account Domain": "TargetDomainName",
	"Target Account/Security ID": "TargetSid", "Target Account/Account Name": "TargetUserName", "Target Account/Account Domain": "TargetDomainName",
	"Member/Security ID": "MemberSid", "Member/Account Name": "MemberName",
	"Group/Security ID": "TargetSid", "Group/Group Name": "TargetUserName", "Group/Group Domain": "TargetDomainName",
	"Account Information/Account Name": "TargetUserName", "Account Information/Account Domain": "TargetDomainName",
	"Task Information/Task Name": "TaskName", "Service Information/Service Name": "ServiceName",
	"Service Information/Service File Name": "ServiceFileName", "Service Information/Service Type": "ServiceType",
	"Service Information/Service Start Type": "ServiceStartType", "Service Information/Service Account": "ServiceAccount",
	"Target Server/Target Server Name": "TargetServerName",
	"Share Information/Share Name":     "ShareName", "Share Information/Share Path": "ShareLocalPath", "Share Information/Relative Target Name": "RelativeTargetName",
	"Network Information/Source Address": "IpAddress", "Network Information/Source Port": "IpPort",
	"Object/Object Name": "ObjectName", "Object/Object Type": "ObjectType", "Object/Object Server": "ObjectServer", "Object/Handle ID": "HandleId",
	"Process Information/Process ID": "ProcessId", "Process Information/Process Name": "ProcessName",
	"Process Information/Caller Process Name": "ProcessName", "Process Information/Caller Process ID": "ProcessId",
	"Process Information/Image Path": "Image", "Network Information/Client Network Address": "IpAddress",
	"RPC Information/InterfaceUuid": "InterfaceUuid", "RPC Information/OpNum": "OpNum",
	"/New Process ID": "NewProcessId", "/New Process Name": "NewProcessName", "/Creator Process ID": "ProcessId",
	"/Creator Process Name": "ParentProcessName", "/Process Command Line": "CommandLine", "/Token Elevation Type": "TokenElevationType",
	"/Mandatory Label": "MandatoryLabel", "/Logon Type": "LogonType", "/Workstation Name": "WorkstationName",
	"/Source Network Address": "IpAddress", "/Source Port": "IpPort", "/Client Address": "IpAddress", "/Client Port": "IpPort",
	"/Authentication Package": "AuthenticationPackageName", "/Logon Process": "LogonProcessName", "/Package Name (NTLM only)": "LmPackageName",
	"/Failure Reason": "FailureReason", "/Status": "Status", "/Sub Status": "SubStatus", "/Ticket Options": "TicketOptions",
	"/Ticket Encryption Type": "TicketEncryptionType", "/Service Name": "ServiceName", "/Service File Name": "ImagePath",
	"/Service Type": "ServiceType", "/Service Start Type": "StartType", "/Service Account": "AccountName",
	"/Access Mask": "AccessMask", "/Key Length": "KeyLength", "/Privileges": "PrivilegeList",
}
