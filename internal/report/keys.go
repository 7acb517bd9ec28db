package report

import (
	"strconv"
	"strings"
	"sync"
)

// detailKeys lists which fields of a kind of event go into the column Details
// and under which short key, in order. A line is the short name of the channel
// (or the log's name), its event ids, and Key=Field pairs; a lone word is key
// and field at once. The keys are those that Hayabusa's users know; the choice
// is ours.
const detailKeys = `
Sysmon 1 Cmdline=CommandLine Proc=Image User ParentCmdline=ParentCommandLine LID=LogonId LGUID=LogonGuid PID=ProcessId PGUID=ProcessGuid ParentPID=ParentProcessId ParentPGUID=ParentProcessGuid Description Product Company Hashes
Sysmon 2 Path=TargetFilename NewTime=CreationUtcTime OldTime=PreviousCreationUtcTime Proc=Image User PID=ProcessId PGUID=ProcessGuid
Sysmon 3 Initiated Proto=Protocol SrcIP=SourceIp SrcPort=SourcePort SrcHost=SourceHostname TgtIP=DestinationIp TgtPort=DestinationPort TgtHost=DestinationHostname User Proc=Image PID=ProcessId PGUID=ProcessGuid
Sysmon 5 Proc=Image User PID=ProcessId PGUID=ProcessGuid
Sysmon 6 Path=ImageLoaded Sig=Signature SigStatus=SignatureStatus Hash=Hashes
Sysmon 7 Image=ImageLoaded Proc=Image User PID=ProcessId PGUID=ProcessGuid OrigFilename=OriginalFileName Company Signed Sig=Signature Hash=Hashes
Sysmon 8 SrcProc=SourceImage TgtProc=TargetImage SrcUser=SourceUser TgtUser=TargetUser SrcPID=SourceProcessId TgtPID=TargetProcessId StartAddr=StartAddress StartModule StartFunc=StartFunction
Sysmon 9 Device Proc=Image User PID=ProcessId PGUID=ProcessGuid
Sysmon 10 SrcProc=SourceImage TgtProc=TargetImage SrcUser=SourceUser TgtUser=TargetUser Access=GrantedAccess SrcPID=SourceProcessId TgtPID=TargetProcessId CallTrace
Sysmon 11 Path=TargetFilename Proc=Image User PID=ProcessId PGUID=ProcessGuid
Sysmon 12,14 EventType TgtObj=TargetObject NewName Proc=Image User PID=ProcessId PGUID=ProcessGuid
Sysmon 13 EventType TgtObj=TargetObject Details Proc=Image User PID=ProcessId PGUID=ProcessGuid
Sysmon 15 Path=TargetFilename Proc=Image User PID=ProcessId PGUID=ProcessGuid Contents Hash
Sysmon 16 Cfg=Configuration Hash=ConfigurationFileHash
Sysmon 17,18 Pipe=PipeName EventType Proc=Image User PID=ProcessId PGUID=ProcessGuid
Sysmon 19 Op=Operation Name EventNamespace Query User
Sysmon 20 Op=Operation Name Type Dst=Destination User
Sysmon 21 Op=Operation Consumer Filter User
Sysmon 22 Query=QueryName Result=QueryResults Status=QueryStatus Proc=Image User PID=ProcessId PGUID=ProcessGuid
Sysmon 23,26 Path=TargetFilename Proc=Image User Hashes PID=ProcessId PGUID=ProcessGuid
Sysmon 25 Type Proc=Image User PID=ProcessId PGUID=ProcessGuid
Sysmon 255 ID Description
Sec 1102 User=SubjectUserName Domain=SubjectDomainName LID=SubjectLogonId
Sec 4624 Type=LogonType TgtUser=TargetUserName TgtDomain=TargetDomainName SrcComp=WorkstationName SrcIP=IpAddress SrcPort=IpPort LID=TargetLogonId AuthPkg=AuthenticationPackageName Proc=ProcessName
Sec 4625 Type=LogonType TgtUser=TargetUserName TgtDomain=TargetDomainName SrcComp=WorkstationName SrcIP=IpAddress SrcPort=IpPort Status SubStatus AuthPkg=AuthenticationPackageName Proc=ProcessName
Sec 4634,4647 Type=LogonType User=TargetUserName Domain=TargetDomainName LID=TargetLogonId
Sec 4648 SrcUser=SubjectUserName TgtUser=TargetUserName TgtSvr=TargetServerName TgtInfo=TargetInfo SrcIP=IpAddress Proc=ProcessName LID=SubjectLogonId
Sec 4656,4663 User=SubjectUserName ObjType=ObjectType Path=ObjectName Access=AccessMask Proc=ProcessName PID=ProcessId LID=SubjectLogonId
Sec 4657 User=SubjectUserName TgtObj=ObjectName ValueName=ObjectValueName OldValue NewValue Proc=ProcessName PID=ProcessId LID=SubjectLogonId
Sec 4661 User=SubjectUserName ObjType=ObjectType Obj=ObjectName Access=AccessMask Proc=ProcessName LID=SubjectLogonId
Sec 4662 User=SubjectUserName ObjType=ObjectType Obj=ObjectName Op=OperationType Access=AccessMask Properties LID=SubjectLogonId
Sec 4672 TgtUser=SubjectUserName Domain=SubjectDomainName LID=SubjectLogonId Privs=PrivilegeList
Sec 4673,4674 User=SubjectUserName Svc=Service Privs=PrivilegeList Proc=ProcessName PID=ProcessId LID=SubjectLogonId
Sec 4688 Cmdline=CommandLine Proc=NewProcessName PID=NewProcessId User=SubjectUserName Domain=SubjectDomainName ParentProc=ParentProcessName ParentPID=ProcessId LID=SubjectLogonId TgtUser=TargetUserName
Sec 4697 Svc=ServiceName Path=ServiceFileName User=SubjectUserName StartType=ServiceStartType Acct=ServiceAccount LID=SubjectLogonId
Sec 4698,4699,4700,4701,4702 Name=TaskName Content=TaskContent User=SubjectUserName LID=SubjectLogonId
Sec 4719 User=SubjectUserName Category=CategoryId Subcategory=SubcategoryGuid Changes=AuditPolicyChanges LID=SubjectLogonId
Sec 4720,4722,4723,4724,4725,4726,4738,4740,4767,4781 TgtUser=TargetUserName TgtDomain=TargetDomainName SrcUser=SubjectUserName SID=TargetSid LID=SubjectLogonId
Sec 4727,4728,4729,4731,4732,4733,4746,4751,4756,4757 Group=TargetUserName MemberSID=MemberSid Member=MemberName SrcUser=SubjectUserName LID=SubjectLogonId
Sec 4768 TgtUser=TargetUserName TgtDomain=TargetDomainName Svc=ServiceName SrcIP=IpAddress PreAuthType EncType=TicketEncryptionType Status
Sec 4769,4770 TgtUser=TargetUserName Svc=ServiceName SrcIP=IpAddress EncType=TicketEncryptionType Opt=TicketOptions Status
Sec 4771 TgtUser=TargetUserName Svc=ServiceName SrcIP=IpAddress PreAuthType Status
Sec 4776 TgtUser=TargetUserName SrcComp=Workstation AuthPkg=PackageName Status
Sec 4778,4779 User=AccountName Domain=AccountDomain SrcComp=ClientName SrcIP=ClientAddress Session=SessionName LID=LogonID
Sec 4798,4799 TgtUser=TargetUserName SrcUser=SubjectUserName Proc=CallerProcessName PID=CallerProcessId LID=SubjectLogonId
Sec 5136,5137,5141 User=SubjectUserName Obj=ObjectDN Class=ObjectClass Attr=AttributeLDAPDisplayName Value=AttributeValue Op=OperationType LID=SubjectLogonId
Sec 5140 SrcUser=SubjectUserName ShareName SharePath=ShareLocalPath SrcIP=IpAddress SrcPort=IpPort LID=SubjectLogonId
Sec 5145 SrcUser=SubjectUserName ShareName SharePath=ShareLocalPath Path=RelativeTargetName SrcIP=IpAddress SrcPort=IpPort Access=AccessMask LID=SubjectLogonId
Sec 5152,5154,5155,5156,5157,5158 Dir=Direction Proto=Protocol SrcIP=SourceAddress SrcPort=SourcePort TgtIP=DestAddress TgtPort=DestPort Proc=Application PID=ProcessID
Sec 6416 Device=DeviceDescription Class=ClassName User=SubjectUserName LID=SubjectLogonId
Sys 104 User=SubjectUserName Domain=SubjectDomainName Channel
Sys 7031,7034 Svc=param1 Count=param2
Sys 7036 Svc=param1 State=param2
Sys 7040 Svc=param1 OldType=param2 NewType=param3
Sys 7045 Svc=ServiceName Path=ImagePath Acct=AccountName StartType
PwSh 4103 Payload Context=ContextInfo
PwSh 4104 ScriptBlock=ScriptBlockText Path ID=ScriptBlockId Part=MessageNumber Parts=MessageTotal
TaskSch 106,140,141 Name=TaskName User=UserContext
TaskSch 129 Name=TaskName Path PID=ProcessID
TaskSch 200,201 Name=TaskName Action=ActionName
Defender 1006,1007,1008,1009,1015,1116,1117,1118,1119 Threat="Threat Name" Severity="Severity Name" Type="Category Name" User="Detection User" Path Proc="Process Name" Action="Action Name"
Defender 5001,5004,5007,5010,5012,5013 Old="Old Value" New="New Value" Product="Product Name"
WMI 5857 Name=ProviderName Path=ProviderPath Proc=HostProcess
WMI 5860,5861 Namespace=NamespaceName Query User Consumer=CONSUMER Cause=PossibleCause
BitsCli 3 JobTitle=jobTitle JobOwner=jobOwner Proc=processPath PID=processId
BitsCli 59,60,61 JobTitle=name URL=url Bytes=bytesTransferred Status=hr
RDP-Client 1024,1102 TgtHost=Value
Firewall 2004,2005,2006,2071,2097 Name=RuleName Path=ApplicationPath Dir=Direction Proto=Protocol LocalPorts Proc=ModifyingApplication User=ModifyingUser
AppLocker 8003,8004,8006,8007 Path=FullFilePath RuleName User=TargetUser
CodeInteg 3033,3034,3063,3077 Path=FileNameBuffer Proc=ProcessNameBuffer
NTLM 8001,8002,8003,8004 TgtUser=UserName TgtSvr=TargetName SrcComp=WorkstationName Proc=ProcessName
WinRM 6 Connection=connection
Microsoft-Windows-TerminalServices-LocalSessionManager/Operational 21,22,23,24,25 TgtUser=User SrcIP=Address SessID=SessionID
Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational 1149 TgtUser=Param1 Domain=Param2 SrcIP=Param3
zeek/conn 0 SrcIP=id.orig_h SrcPort=id.orig_p TgtIP=id.resp_h TgtPort=id.resp_p Proto=proto Svc=service Duration=duration Sent=orig_bytes Received=resp_bytes State=conn_state UID=uid
zeek/dns 0 SrcIP=id.orig_h TgtIP=id.resp_h Query=query Type=qtype_name Answers=answers Status=rcode_name UID=uid
zeek/http 0 SrcIP=id.orig_h TgtIP=id.resp_h TgtPort=id.resp_p Method=method TgtHost=host URI=uri UserAgent=user_agent Status=status_code UID=uid
zeek/ssl 0 SrcIP=id.orig_h TgtIP=id.resp_h TgtPort=id.resp_p TgtHost=server_name Version=version Subject=subject Issuer=issuer UID=uid
zeek/files 0 Path=filename MIME=mime_type Bytes=total_bytes Hash=sha1 UID=uid
zeek/smb_files 0 SrcIP=id.orig_h TgtIP=id.resp_h Action=action Path=path Name=name UID=uid
zeek/dce_rpc 0 SrcIP=id.orig_h TgtIP=id.resp_h Pipe=named_pipe Endpoint=endpoint Op=operation UID=uid
`

// A detailKey is one entry of Details.
type detailKey struct{ key, field string }

// A kind names a kind of event: the short channel name and the event id.
type kind struct {
	log string
	id  int
}

// keysOf returns the table above in the form that rows are made with.
var keysOf = sync.OnceValue(func() map[kind][]detailKey {
	table := map[kind][]detailKey{}
	for line := range strings.Lines(detailKeys) {
		words := splitQuoted(strings.TrimSpace(line))
		if len(words) < 3 {
			continue
		}
		keys := make([]detailKey, 0, len(words)-2)
		for _, w := range words[2:] {
			key, field, named := strings.Cut(w, "=")
			if !named {
				field = key
			}
			keys = append(keys, detailKey{key, field})
		}
		for _, id := range strings.Split(words[1], ",") {
			n, err := strconv.Atoi(id)
			if err != nil {
				continue // the test of this table allows none
			}
			table[kind{words[0], n}] = keys
		}
	}
	return table
})

// splitQuoted splits at spaces outside double quotes and drops the quotes.
func splitQuoted(s string) []string {
	quoted := false
	words := strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], `"`, "")
	}
	return words
}
