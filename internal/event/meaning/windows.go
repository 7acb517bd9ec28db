package meaning

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
	kerberos := tickets()
	return []row{
		{windows, kerberos, SubjectName, "TargetUserName"},
		{windows, kerberos, SubjectDomain, "TargetDomainName"},
		{windows, kerberos, SubjectID, "TargetSid"},
		{windows, kerberos, TargetName, "ServiceName"},
		{windows, kerberos, TargetID, "ServiceSid"},
		// Remote Desktop has no names for what it says.
		{windows, []int{1149}, TargetName, "Param1"},
		{windows, []int{1149}, TargetDomain, "Param2"},
		{windows, nil, SubjectName, "SubjectUserName|User|SourceUser|ClientUserName|CallerUserName|UserName|UserContext|jobOwner"},
		{windows, nil, SubjectAny, "UserId"},
		{windows, nil, SubjectDomain, "SubjectDomainName|SubjectUserDomainName|ClientDomain|CallerDomain|UserDomain"},
		{windows, nil, SubjectID, "SubjectUserSid|UserSid"},
		{windows, nil, SubjectLogon, "SubjectLogonId|LogonId|CallerLogonId"},
		{windows, nil, TargetName, "TargetUserName|TargetUser|NewTargetUserName|MappedName|TargetAccount"},
		{windows, nil, TargetDomain, "TargetDomainName|TargetUserDomain"},
		{windows, nil, TargetID, "TargetUserSid|TargetSid|TargetUserID"},
		{windows, nil, TargetLogon, "TargetLogonId"},
		{windows, nil, OutboundName, "TargetOutboundUserName"},
		{windows, nil, OutboundDomain, "TargetOutboundDomainName"},
		{windows, nil, MemberID, "MemberSid"},
		{windowsHeader, nil, WriterName, "AccountName"},
		{windowsHeader, nil, WriterDomain, "Domain"},
	}
}

func windowsProcesses() []row {
	return []row{
		{windows, []int{4688}, ParentPID, "ProcessId"},
		{windows, []int{4688}, ParentImage, "ParentProcessName"},
		{windows, nil, Image, "NewProcessName|Image|SourceImage|CallerProcessName|ProcessName|Application|Process Name|processPath"},
		{windows, nil, PID, "NewProcessId|SourceProcessId|CallerProcessId|ClientProcessId|ProcessId"},
		{windows, nil, GUID, "ProcessGuid|SourceProcessGuid"},
		{windows, nil, CommandLine, "CommandLine|ProcessCommandLine|HostApplication"},
		{windows, nil, ParentImage, "ParentImage|ParentProcessName"},
		{windows, nil, ParentPID, "ParentProcessId"},
		{windows, nil, ParentGUID, "ParentProcessGuid"},
		{windows, nil, ParentCommandLine, "ParentCommandLine"},
		{windows, nil, TargetImage, "TargetImage"},
		{windows, nil, TargetPID, "TargetProcessId"},
		{windows, nil, TargetGUID, "TargetProcessGuid"},
	}
}

func windowsThings() []row {
	kerberos := tickets()
	return []row{
		{windows, nil, SrcAddr, "SourceIp|SourceAddress|IpAddress|ClientAddress|ClientIP|SrcAddress|src-ip|src_ip"},
		{windows, []int{1149}, SrcAddr, "Param3"},
		{windows, []int{21, 22, 23, 24, 25}, SrcAddr, "Address"},
		{windows, nil, SrcPort, "SourcePort|IpPort|ClientPort|src-port|src_port"},
		{windows, nil, DstAddr, "DestinationIp|DestAddress|DestinationAddress|dst-ip|dst_ip"},
		{windows, nil, ServerAddr, "ServerAddress"},
		{windows, nil, DstPort, "DestinationPort|DestPort|ServerPort|dst-port|dst_port"},
		{windows, nil, Protocol, "Protocol|IpProtocol"},
		{windows, nil, Query, "QueryName|QNAME"},
		{windows, nil, Answers, "QueryResults"},
		{windows, nil, PeerName, "DestinationHostname"},
		{windows, nil, Machine, "SourceHostname|WorkstationName|Workstation|ClientName|TargetServerName|SourceWorkstation|RemoteName|ClientMachine"},
		{windows, nil, URL, "RemoteUrl|Url"},
		{windows, nil, HashList, "Hashes|Hash|FileHash|SHA256 Hash|SHA1 Hash|SHA256 Flat Hash"},
		{windows, nil, MD5, "md5"},
		{windows, nil, SHA1, "sha1"},
		{windows, nil, SHA256, "sha256"},
		{windows, nil, ImpHash, "Imphash"},
		{windows, nil, TouchedFile, "TargetFilename|FilePath|FileName"},
		{windows, nil, LoadedFile, "ImageLoaded"},
		{windows, nil, Object, "ObjectName"},
		{windows, nil, ObjectKind, "ObjectType"},
		{windows, nil, Share, "ShareName"},
		{windows, nil, ShareFile, "RelativeTargetName"},
		// What 4673, 4768 and their like call a service is none.
		{windows, append(kerberos, 4611, 4673, 4674), NoService, "ServiceName|Service"},
		{windows, []int{7000, 7009, 7011, 7022, 7023, 7024, 7031, 7034, 7035, 7036, 7040}, Service, "param4|param1"},
		{windows, nil, Service, "ServiceName"},
		{windows, nil, ServiceDisplay, "ServiceDisplayName|DisplayName"},
		{windows, nil, ServiceStarts, "ServiceFileName|ImagePath"},
		{windows, nil, ServiceAccount, "AccountName|ServiceAccount"},
		{windows, nil, Task, "TaskName"},
		{windows, nil, TaskStarts, "ActionName"},
		{windows, []int{19, 20, 21}, Subscription, "Name|Consumer"},
		{windows, []int{19, 20, 21}, SubscriptionStarts, "Destination"},
	}
}
