package event

// Parts of accounts by role, for the tables.
const (
	subjectName   = uint8(Subject)*accountParts + partName
	subjectDomain = uint8(Subject)*accountParts + partDomain
	subjectID     = uint8(Subject)*accountParts + partID
	subjectLogon  = uint8(Subject)*accountParts + partLogon
	targetName    = uint8(Target)*accountParts + partName
	targetDomain  = uint8(Target)*accountParts + partDomain
	targetID      = uint8(Target)*accountParts + partID
	targetLogon   = uint8(Target)*accountParts + partLogon
)

// Security events of which the Target fields name who asked for a Kerberos
// ticket; the service that it is for is the target.
func tickets() []int { return []int{4768, 4769, 4770, 4771, 4772, 4773} }

// windowsRows are the names in the channels Security, System and Sysmon and
// their kin. Rows for single events stand before those for all.
func windowsRows() []row {
	rows := windowsAccounts()
	rows = append(rows, windowsProcesses()...)
	return append(rows, windowsThings()...)
}

func windowsAccounts() []row {
	const w = accountView
	kerberos := tickets()
	return []row{
		{windows, kerberos, w, subjectName, "TargetUserName"},
		{windows, kerberos, w, subjectDomain, "TargetDomainName"},
		{windows, kerberos, w, subjectID, "TargetSid"},
		{windows, kerberos, w, targetName, "ServiceName"},
		{windows, kerberos, w, targetID, "ServiceSid"},
		// Remote Desktop has no names for what it says.
		{windows, []int{1149}, w, targetName, "Param1"},
		{windows, []int{1149}, w, targetDomain, "Param2"},
		{windows, nil, w, subjectName, "SubjectUserName|User|SourceUser|ClientUserName|CallerUserName|UserName|UserContext|jobOwner"},
		{windows, nil, w, subjectDomain, "SubjectDomainName|SubjectUserDomainName|ClientDomain|CallerDomain|UserDomain"},
		{windows, nil, w, subjectID, "SubjectUserSid|UserSid"},
		{windows, nil, w, subjectLogon, "SubjectLogonId|LogonId|CallerLogonId"},
		{windows, nil, w, targetName, "TargetUserName|TargetUser|NewTargetUserName|MappedName|TargetAccount"},
		{windows, nil, w, targetDomain, "TargetDomainName|TargetUserDomain"},
		{windows, nil, w, targetID, "TargetUserSid|TargetSid|TargetUserID"},
		{windows, nil, w, targetLogon, "TargetLogonId"},
		{windows, nil, w, uint8(Outbound)*accountParts + partName, "TargetOutboundUserName"},
		{windows, nil, w, uint8(Outbound)*accountParts + partDomain, "TargetOutboundDomainName"},
		{windows, nil, w, uint8(Member)*accountParts + partID, "MemberSid"},
	}
}

func windowsProcesses() []row {
	const w = processView
	return []row{
		{windows, []int{4688}, w, parent + partPID, "ProcessId"},
		{windows, []int{4688}, w, parent + partImage, "ParentProcessName"},
		{windows, nil, w, itself + partImage, "NewProcessName|Image|SourceImage|CallerProcessName|ProcessName|Application|Process Name|processPath"},
		{windows, nil, w, itself + partPID, "NewProcessId|SourceProcessId|CallerProcessId|ClientProcessId|ProcessId"},
		{windows, nil, w, itself + partGUID, "ProcessGuid|SourceProcessGuid"},
		{windows, nil, w, itself + partCommand, "CommandLine|ProcessCommandLine|HostApplication"},
		{windows, nil, w, parent + partImage, "ParentImage|ParentProcessName"},
		{windows, nil, w, parent + partPID, "ParentProcessId"},
		{windows, nil, w, parent + partGUID, "ParentProcessGuid"},
		{windows, nil, w, parent + partCommand, "ParentCommandLine"},
		{windows, nil, w, targeted + partImage, "TargetImage"},
		{windows, nil, w, targeted + partPID, "TargetProcessId"},
		{windows, nil, w, targeted + partGUID, "TargetProcessGuid"},
	}
}

func windowsThings() []row {
	const daemon, task = uint8(Daemon) * serviceParts, uint8(Task) * serviceParts
	kerberos := tickets()
	return []row{
		{windows, nil, flowView, flowSrc, "SourceIp|SourceAddress|IpAddress|ClientAddress|ClientIP|SrcAddress|src-ip|src_ip"},
		{windows, []int{1149}, flowView, flowSrc, "Param3"},
		{windows, []int{21, 22, 23, 24, 25}, flowView, flowSrc, "Address"},
		{windows, nil, flowView, flowSrcPort, "SourcePort|IpPort|ClientPort|src-port|src_port"},
		{windows, nil, flowView, flowDst, "DestinationIp|DestAddress|DestinationAddress|dst-ip|dst_ip"},
		{windows, nil, flowView, flowDstPort, "DestinationPort|DestPort|dst-port|dst_port"},
		{windows, nil, flowView, flowProto, "Protocol|IpProtocol"},
		{windows, nil, nameView, uint8(Query), "QueryName|QNAME"},
		{windows, nil, nameView, nameResults, "QueryResults"},
		{windows, nil, nameView, uint8(Machine), "DestinationHostname|SourceHostname|WorkstationName|Workstation|ClientName|TargetServerName|SourceWorkstation|RemoteName|ClientMachine"},
		{windows, nil, nameView, nameURL, "RemoteUrl|Url"},
		{windows, nil, hashView, hashList, "Hashes|Hash|FileHash|SHA256 Hash|SHA1 Hash|SHA256 Flat Hash"},
		{windows, nil, hashView, uint8(MD5), "md5"},
		{windows, nil, hashView, uint8(SHA1), "sha1"},
		{windows, nil, hashView, uint8(SHA256), "sha256"},
		{windows, nil, hashView, uint8(ImpHash), "Imphash"},
		{windows, nil, fileView, uint8(Touched), "TargetFilename|FilePath"},
		{windows, nil, fileView, uint8(Loaded), "ImageLoaded"},
		{windows, nil, fileView, fileObject, "ObjectName"},
		{windows, nil, fileView, fileShare, "ShareName"},
		{windows, nil, fileView, fileRelative, "RelativeTargetName"},
		// What 4673, 4768 and their like call a service is none.
		{windows, append(kerberos, 4611, 4673, 4674), serviceView, daemon + partElse, "ServiceName|Service"},
		{windows, []int{7000, 7009, 7011, 7022, 7023, 7024, 7031, 7034, 7035, 7036, 7040}, serviceView, daemon + partService, "param4|param1"},
		{windows, nil, serviceView, daemon + partService, "ServiceName"},
		{windows, nil, serviceView, daemon + partStarts, "ServiceFileName|ImagePath"},
		{windows, []int{7045, 4697}, serviceView, daemon + partRunsAs, "AccountName|ServiceAccount"},
		{windows, nil, serviceView, task + partService, "TaskName"},
		{windows, nil, serviceView, task + partStarts, "ActionName"},
		{windows, []int{19, 20, 21}, serviceView, uint8(Subscription)*serviceParts + partService, "Name|Consumer"},
		{windows, []int{19, 20, 21}, serviceView, uint8(Subscription)*serviceParts + partStarts, "Destination"},
	}
}
