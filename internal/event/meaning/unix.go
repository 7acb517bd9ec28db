package meaning

// unixRows are the names of Sysmon for Linux, of the audit system, of the journal
// (where _PID and its like are the process that wrote), of macOS, and of what
// readers take out of syslog messages.
func unixRows() []row {
	return []row{
		{unix, nil, Image, "Image|exe|_EXE"},
		{unix, nil, CommandLine, "CommandLine|proctitle|command|cmd|_CMDLINE"},
		{unix, nil, PID, "ProcessId|pid|_PID"},
		{unix, nil, GUID, "ProcessGuid"},
		{unix, nil, ParentImage, "ParentImage"},
		{unix, nil, ParentCommandLine, "ParentCommandLine"},
		{unix, nil, ParentPID, "ParentProcessId|ppid"},
		{unix, nil, ParentGUID, "ParentProcessGuid"},
		{unix, nil, SubjectName, "User|SUBJ_USER|uname"},
		{unix, nil, SubjectAny, "uid|_UID"},
		{unix, nil, LoginAny, "auid|loginuid|_AUDIT_LOGINUID"},
		{unix, nil, TargetName, "acct|sudo_user|target_user"},
		{unix, nil, SrcAddr, "SourceIp|src_ip|SRC|addr|rhost|hostname"},
		{unix, nil, SrcPort, "SourcePort|src_port|SPT"},
		{unix, nil, DstAddr, "DestinationIp|dst_ip|DST"},
		{unix, nil, DstPort, "DestinationPort|dst_port|DPT"},
		{unix, nil, Protocol, "Protocol|proto"},
		{unix, nil, PeerName, "DestinationHostname"},
		{unix, nil, Machine, "SourceHostname"},
		{unix, nil, TouchedFile, "TargetFilename|name|path"},
		{unix, nil, LoadedFile, "ImageLoaded"},
		{unix, nil, Service, "unit"},
		{unix, nil, MailSender, "postfix:from"},
		{unix, nil, MailTo, "postfix:to"},
		{unix, nil, MessageID, "postfix:message-id"},
	}
}
