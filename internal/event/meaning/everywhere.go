package meaning

// everywhereRows are names that mean the same in whatever log they stand: those
// of the Elastic Common Schema, of Microsoft's Defender, and the things that
// no view is about.
func everywhereRows() []row {
	rows := append(schemaRows(), addressRows()...)
	rows = append(rows, hashRows()...)
	return append(rows, thingRows()...)
}

func schemaRows() []row {
	return []row{
		{everywhere, nil, Image, "process.executable"},
		{everywhere, nil, CommandLine, "process.command_line|cmdline"},
		{everywhere, nil, PID, "process.pid"},
		{everywhere, nil, ParentImage, "process.parent.executable"},
		{everywhere, nil, ParentCommandLine, "process.parent.command_line"},
		{everywhere, nil, ParentPID, "process.parent.pid"},
		{everywhere, nil, WorkingFolder, "CurrentDirectory|cwd|process.working_directory"},
		{everywhere, nil, SomeImage, "InitiatingProcessFolderPath"},
		{everywhere, nil, SomePath, "InitiatingProcessFileName|process.name|FullPath|OriginalFileName|ScriptName|ScriptPath|FolderPath|TargetPath|SourceFilename|DestinationFilename|MappedPath|LocalName"},
		{everywhere, nil, SomePath, "dll.name|ModulePath|ModuleName|LibraryName|file.name|files.filename"},
		{everywhere, nil, Text, "ScriptBlockText|ScriptText|ContextInfo|HostCommand|CommandName|EventConsumer|PossibleCause|InitiatingProcessCommandLine|Arguments|process.args"},
		{everywhere, nil, TouchedFile, "file.path"},
		{everywhere, nil, LoadedFile, "dll.path"},
		{everywhere, nil, FormerFile, "PreviousFileName"},
		{everywhere, nil, ServiceStarts, "BinaryPath|BinaryPathName|PathName"},
		{everywhere, nil, Task, "task_name|ScheduledTask"},
		{everywhere, nil, SubjectName, "src_user"},
		{everywhere, nil, TargetName, "dst_user|SamAccountName"},
	}
}

func addressRows() []row {
	return []row{
		{everywhere, nil, SrcAddr, "source.ip|client.ip|client-ip|original-client-ip|httpRequest.clientIp|httpRequest.remoteIp|requestMetadata.callerIp|network.srcIp|id_orig_h|orig_h|SrcIpAddr|SourceNetworkAddress|pkt_srcaddr"},
		{everywhere, nil, DstAddr, "destination.ip|id_resp_h|resp_h|DstIpAddr|server.ip|pkt_dstaddr|cs-uri-address"},
		{everywhere, nil, SrcPort, "source.port"},
		{everywhere, nil, DstPort, "destination.port"},
		{everywhere, nil, Protocol, "network.transport"},
		{everywhere, nil, AppProtocol, "network.protocol"},
		{everywhere, nil, SrcBytes, "source.bytes"},
		{everywhere, nil, DstBytes, "destination.bytes"},
		{everywhere, nil, SrcPackets, "source.packets"},
		{everywhere, nil, DstPackets, "destination.packets"},
		{everywhere, nil, ServerAddr, "server-ip|s-supplier-ip"},
		{everywhere, nil, FarAddr, "RemoteIP|RemoteAddress"},
		{everywhere, nil, Address, "assigned_ip|framed_addr|bound.host|data_channel.resp_h|host_ip|related.ip|LocalAddress|peer_address|san.ip|cs-ip|rip|x-forwarded-for|cs(X-Forwarded-For)"},
		{everywhere, nil, Query, "query_name|dns_query|dns.query|dns.question.name"},
		{everywhere, nil, Answer, "dns.answers.rrdata|dns.answer.rrdata|dns.answers.data|dns.grouped.A|dns.grouped.AAAA|dns.resolved_ip"},
		{everywhere, nil, ServerName, "tls.server_name|ssl.server_name"},
		{everywhere, nil, WebHost, "url.domain|httpRequest.host|cs(Host)"},
		{everywhere, nil, Machine, "DestinationHost|dest_host|remote_host|remote_name|TargetServer|destination.domain|source.domain|helo|cs-computername"},
		{everywhere, nil, URL, "url.full|url.original|RequestUrl|TargetUrl|SourceUrl|httpRequest.requestUrl|UrlOriginal|BaseUrl|san.uri"},
		{everywhere, nil, WebMethod, "cs-method|http.request.method|httpRequest.requestMethod"},
		{everywhere, nil, WebScheme, "cs-uri-scheme|url.scheme"},
		{everywhere, nil, WebPath, "cs-uri-stem|c-uri-stem|cs-uri-path|url.path|request_uri|httpRequest.uri"},
		{everywhere, nil, WebQuery, "cs-uri-query|c-uri-query|url.query"},
		{everywhere, nil, Referrer, "referrer|referer|cs-referer|cs-referrer|cs(Referer)|http.http_refer|http.request.referrer|http_referer"},
		{everywhere, nil, UserAgent, "user_agent|UserAgent|c-useragent|cs-user-agent|cs(User-Agent)|http.http_user_agent|user_agent.original|c-agent|http_user_agent"},
		{everywhere, nil, Cookie, "cs-cookie|cs(Cookie)|http.cookie|cookie_vars"},
		{everywhere, nil, CertSubject, "certificate.subject|tls.subject|x509.subject"},
	}
}

func hashRows() []row {
	return []row{
		{everywhere, nil, MD5, "file.hash.md5|process.hash.md5|hash.md5|InitiatingProcessMD5|md5_hash"},
		{everywhere, nil, SHA1, "file.hash.sha1|process.hash.sha1|hash.sha1|InitiatingProcessSHA1|sha1_hash"},
		{everywhere, nil, SHA256, "file.hash.sha256|process.hash.sha256|dll.hash.sha256|hash.sha256|InitiatingProcessSHA256|sha256_hash|sha256hash"},
		{everywhere, nil, SHA512, "sha512"},
		{everywhere, nil, HashList, "sha224|sha384|ServiceFileHash|TargetHash|fqbn.hash"},
		{everywhere, nil, ImpHash, "pe.imphash|file.pe.imphash|process.pe.imphash"},
		{everywhere, nil, JA3, "tls.ja3|ja3_hash|tls.client.ja3|quic.ja3.hash"},
		{everywhere, nil, JA3S, "tls.ja3s|ja3s_hash|tls.server.ja3s"},
		{everywhere, nil, JA4, "tls.client.ja4|ja4_hash"},
		{everywhere, nil, Thumbprint, "tls.fingerprint|tls.server.hash.sha1|tls.server.hash.sha256|tls.server.certificate_chain|certificate.fingerprint|x509.fingerprint|cert_hash"},
		{everywhere, nil, Thumbprint, "Thumbprint|CertThumbprint|IssuerThumbprint|SignerHash|SignatureHash|IssuerTBSHash|PublisherTBSHash"},
	}
}

func thingRows() []row {
	return []row{
		{everywhere, nil, RegistryKey, "TargetObject|NewName|registry.path|registry.key|RegistryKey|RegistryKeyName|KeyName"},
		{everywhere, nil, RegistryValue, "ObjectValueName"},
		{everywhere, nil, RegistryData, "NewValue"},
		{windows, nil, RegistryData, "Details"},
		{everywhere, nil, Pipe, "PipeName|Pipe_Name|named_pipe|smb.named_pipe|dce_rpc.named_pipe"},
		{everywhere, nil, Mutex, "MutexName|mutex"},
		{everywhere, nil, Signed, "Signed|dll.code_signature.exists"},
		{everywhere, nil, SignatureStatus, "SignatureStatus|dll.code_signature.status"},
		{everywhere, nil, Mail, "reply_to|email.cc|san.email"},
		{everywhere, nil, MailSender, "mailfrom|smtp.mail_from|return-path|SenderMailFromAddress|P1Sender"},
		{everywhere, nil, MailFrom, "email.from|email.from.address|SenderFromAddress|P2Sender|SenderAddress|sender-address"},
		{everywhere, nil, MailTo, "rcptto|smtp.rcpt_to|email.to|email.to.address|RecipientEmailAddress|RecipientAddress|recipient-address|Recipients"},
		{everywhere, nil, MailSubject, "email.subject|message-subject"},
		{everywhere, nil, MessageID, "email.message_id|InternetMessageId"},
		{everywhere, nil, Mail, "UserId|userPrincipalName|properties.userPrincipalName|initiatedBy.user.userPrincipalName|properties.initiatedBy.user.userPrincipalName|targetResources.userPrincipalName|properties.targetResources.userPrincipalName|actor.email|protoPayload.authenticationInfo.principalEmail"},
		{zeek, nil, AppProtocol, "service"},
	}
}
