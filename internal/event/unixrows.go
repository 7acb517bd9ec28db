package event

// unixRows are the names of Sysmon for Linux, of the audit system, of the journal
// (where _PID and its like are the process that wrote), of macOS, and of what
// readers take out of syslog messages.
func unixRows() []row {
	const daemon = uint8(Daemon) * serviceParts
	return []row{
		{unix, nil, processView, itself + partImage, "Image|exe|_EXE"},
		{unix, nil, processView, itself + partCommand, "CommandLine|proctitle|command|cmd|_CMDLINE"},
		{unix, nil, processView, itself + partPID, "ProcessId|pid|_PID"},
		{unix, nil, processView, itself + partGUID, "ProcessGuid"},
		{unix, nil, processView, parent + partImage, "ParentImage"},
		{unix, nil, processView, parent + partCommand, "ParentCommandLine"},
		{unix, nil, processView, parent + partPID, "ParentProcessId|ppid"},
		{unix, nil, processView, parent + partGUID, "ParentProcessGuid"},
		{unix, nil, accountView, subjectName, "User|SUBJ_USER|uname"},
		{unix, nil, accountView, uint8(Subject)*accountParts + partEither, "uid|_UID"},
		{unix, nil, accountView, uint8(Login)*accountParts + partEither, "auid|loginuid|_AUDIT_LOGINUID"},
		{unix, nil, accountView, targetName, "acct|sudo_user|target_user"},
		{unix, nil, flowView, flowSrc, "SourceIp|src_ip|SRC|addr|rhost|hostname"},
		{unix, nil, flowView, flowSrcPort, "SourcePort|src_port|SPT"},
		{unix, nil, flowView, flowDst, "DestinationIp|dst_ip|DST"},
		{unix, nil, flowView, flowDstPort, "DestinationPort|dst_port|DPT"},
		{unix, nil, flowView, flowProto, "Protocol|proto"},
		{unix, nil, nameView, uint8(Machine), "DestinationHostname|SourceHostname"},
		{unix, nil, fileView, uint8(Touched), "TargetFilename|name|path"},
		{unix, nil, fileView, uint8(Loaded), "ImageLoaded"},
		{unix, nil, serviceView, daemon + partService, "unit"},
	}
}
