package meaning

// networkRows are the names of network sensors, firewalls, proxies, web and
// name servers. Where a reader adds the names of Zeek or of rules beside a
// log's own, those stand first: they say who began.
func networkRows() []row {
	rows := append(flowRows(), nameRows()...)
	rows = append(rows, requestRows()...)
	return append(rows, contentRows()...)
}

func flowRows() []row {
	return []row{
		{device, nil, SrcAddr, "id.orig_h|flow.src_ip|src_ip|srcip|src|c-ip|client_ip|clientip|client_addr|source_ip|srcaddr|src_addr|src-ip|source_address|sa|cip|csip|clt_sip|remote_addr|remote_ip|remip|clientaddr|client"},
		{device, nil, SrcPort, "id.orig_p|flow.src_port|src_port|srcport|sport|spt|c-port|client_port|clientport|source_port|src-port|sp|csport|clt_sport"},
		{device, nil, DstAddr, "id.resp_h|flow.dest_ip|dst_ip|dest_ip|dstip|dst"},
		{device, nil, ServerAddr, "s-ip|server_addr|server_ip|serverip"},
		{device, nil, DstAddr, "r-ip|destination_ip|dstaddr|dst_addr|dst-ip|dest_addr|destination_address|da|sip|cdip|srv_dip|target_ip"},
		{device, nil, DstPort, "id.resp_p|flow.dest_port|dst_port|dest_port|dstport|dport|dpt|s-port|r-port|server_port|serverport|destination_port|dst-port|dp|cdport|srv_dport"},
		{device, nil, Protocol, "proto|ip_proto|protocol|transport|pr|ipproto"},
		{suricata, nil, AppProtocol, "app_proto"},
		{device, nil, SrcBytes, "orig_bytes|flow.bytes_toserver|sentbyte|cs-bytes"},
		{device, nil, DstBytes, "resp_bytes|flow.bytes_toclient|rcvdbyte|sc-bytes"},
		{other, nil, SrcBytes, "orig_ip_bytes"},
		{other, nil, DstBytes, "resp_ip_bytes"},
		{device, nil, SrcPackets, "orig_pkts|flow.pkts_toserver|sentpkt"},
		{device, nil, DstPackets, "resp_pkts|flow.pkts_toclient|rcvdpkt"},
		{device, nil, FlowID, "uid|flow_id|uids|conn_uids"},
		{device, nil, CommunityID, "community_id|network.community_id"},
		{zeek, nil, SrcAddr, "rx_hosts"},
		{zeek, nil, DstAddr, "tx_hosts"},
		{zeek, nil, DstPort, "p"},
	}
}

func nameRows() []row {
	return []row{
		{device | unix, nil, Query, "query|dns.query.rrname|dns.queries.rrname|dns.rrname|qname|dns_req|dnsrequest|original_query"},
		{device | unix, nil, Answer, "answers|answer|dns.answers.rdata|dns.answer.rdata|dns.rdata|dns_resp|dnsresponse"},
		{device, nil, ServerName, "server_name|tls.sni|quic.sni|sni|ssl_sni|x-rs-certificate-hostname"},
		{zeek | suricata, nil, WebHost, "http.hostname|http:host"},
		{other, nil, WebHost, "cs-host|cs-uri-host|cs-uri-hostname|r-host|http_host|request_host|request.host|x-host-header|r-dns|c-uri-host|clientrequesthost|requesthost|destinationdnsdomain|dhost|vhost"},
		{device, nil, URL, "url|c-uri|cs-uri|request_url|requesturl|request|eurl|http.url"},
		{device, nil, CertificateName, "san.dns|tls.subjectaltname"},
		{zeek, nil, Machine, "dhcp:host_name|dhcp:client_fqdn|ntlm:hostname|server_dns_computer_name|server_nb_computer_name|client_name"},
		{suricata, nil, Machine, "dhcp.hostname|smb.ntlmssp.host|rdp.client.client_name"},
		{other, nil, Machine, "srcname|dstname|devicehostname|shost|machinename"},
	}
}

// requestRows are the parts of web requests and mails. Sensors write the target
// of a request whole, with its query.
func requestRows() []row {
	return []row{
		{zeek, nil, WebMethod, "http:method"},
		{suricata, nil, WebMethod, "http.http_method"},
		{other, nil, WebMethod, "method|http_method|request_method|requestmethod|request.method|httpmethod|reqmethod|clientrequestmethod"},
		{zeek, nil, WebPath, "http:uri"},
		{suricata, nil, WebPath, "http.url"},
		{other, nil, WebPath, "uri"},
		{zeek, nil, MailFrom, "smtp:from"},
		{zeek, nil, MailTo, "smtp:to"},
		{zeek, nil, MailSubject, "smtp:subject"},
		{zeek, nil, MessageID, "smtp:msg_id"},
	}
}

func contentRows() []row {
	return []row{
		{device | unix, nil, MD5, "md5|fileinfo.md5|bamd5|file_md5"},
		{device | unix, nil, SHA1, "sha1|fileinfo.sha1"},
		{device | unix, nil, SHA256, "sha256|fileinfo.sha256"},
		{device | unix, nil, HashList, "filehash|filedigest|file_hash|hashes|hash"},
		{device, nil, JA3, "ja3|tls.ja3.hash"},
		{device, nil, JA3S, "ja3s|tls.ja3s.hash"},
		{device, nil, JA4, "ja4|tls.ja4|quic.ja4"},
		{zeek, nil, Thumbprint, "fingerprint|cert_chain_fps|client_cert_chain_fps"},
		{zeek, nil, Share, "smb_files:path|smb_mapping:path"},
		{zeek, nil, ShareFile, "smb_files:name"},
		{zeek, nil, FormerFile, "prev_name"},
		{zeek, nil, CarriedFile, "filename|orig_filenames|resp_filenames"},
		{suricata, nil, CarriedFile, "fileinfo.filename|email.attachment"},
		{suricata, nil, Share, "smb.share"},
		{suricata, nil, ShareFile, "smb.filename"},
		{other, nil, CarriedFile, "filename|fname|file_name"},
		{other, nil, TouchedFile, "filepath|file_path|oldfilepath"},
		{zeek, nil, SubjectName, "username|ftp:user|socks:user"},
		{zeek, nil, SubjectDomain, "domainname"},
		{zeek, nil, SubjectPrincipal, "kerberos:client"},
		{suricata, nil, SubjectName, "smb.ntlmssp.user|krb5.cname"},
		{suricata, nil, SubjectDomain, "smb.ntlmssp.domain|krb5.realm"},
		{other, nil, SubjectName, "user|cs-username|srcuser|suser|remote_user|username|login|elogin|unauthuser|clientusername|usrname"},
		{other, nil, TargetName, "dstuser|duser"},
	}
}
