package event

// networkRows are the names of network sensors, firewalls, proxies, web and
// name servers. Where a reader adds the names of Zeek or of rules beside a
// log's own, those stand first: they say who began.
func networkRows() []row {
	rows := append(flowRows(), nameRows()...)
	return append(rows, contentRows()...)
}

func flowRows() []row {
	const w = flowView
	return []row{
		{device, nil, w, flowSrc, "id.orig_h|flow.src_ip|src_ip|srcip|src|c-ip|client_ip|clientip|client_addr|source_ip|source.ip|srcaddr|src_addr|src-ip|source_address|sa|cip|csip|clt_sip|remote_addr|remote_ip|remip|clientaddr|client"},
		{device, nil, w, flowSrcPort, "id.orig_p|flow.src_port|src_port|srcport|sport|spt|c-port|client_port|clientport|source_port|source.port|src-port|sp|csport|clt_sport"},
		{device, nil, w, flowDst, "id.resp_h|flow.dest_ip|dst_ip|dest_ip|dstip|dst|s-ip|r-ip|server_addr|server_ip|destination_ip|destination.ip|dstaddr|dst_addr|dst-ip|dest_addr|destination_address|da|sip|cdip|srv_dip|serverip|target_ip"},
		{device, nil, w, flowDstPort, "id.resp_p|flow.dest_port|dst_port|dest_port|dstport|dport|dpt|s-port|r-port|server_port|serverport|destination_port|destination.port|dst-port|dp|cdport|srv_dport"},
		{device, nil, w, flowProto, "proto|ip_proto|protocol|transport|pr|ipproto"},
		{device, nil, w, flowUID, "uid|flow_id|uids|conn_uids"},
		{device, nil, w, flowCommunity, "community_id|network.community_id"},
		{zeek, nil, w, flowSrc, "rx_hosts"},
		{zeek, nil, w, flowDst, "tx_hosts"},
		{zeek, nil, w, flowDstPort, "p"},
	}
}

func nameRows() []row {
	const w = nameView
	return []row{
		{device | unix, nil, w, uint8(Query), "query|dns.query.rrname|dns.queries.rrname|dns.rrname|qname|dns_req|dnsrequest|original_query"},
		{device | unix, nil, w, uint8(Answer), "answers|answer|dns.answers.rdata|dns.answer.rdata|dns.rdata|dns_resp|dnsresponse"},
		{device, nil, w, uint8(ServerName), "server_name|tls.sni|quic.sni|sni|ssl_sni|x-rs-certificate-hostname"},
		{zeek | suricata, nil, w, uint8(WebHost), "http.hostname|http:host"},
		{other, nil, w, uint8(WebHost), "cs-host|cs-uri-host|cs-uri-hostname|r-host|http_host|request_host|request.host|x-host-header|r-dns|c-uri-host|clientrequesthost|requesthost|destinationdnsdomain|dhost|vhost"},
		{device, nil, w, nameURL, "url|c-uri|cs-uri|request_url|requesturl|request|eurl|http.url"},
		{device, nil, w, uint8(Certificate), "san.dns|tls.subjectaltname"},
		{zeek, nil, w, uint8(Machine), "dhcp:host_name|dhcp:client_fqdn|ntlm:hostname|server_dns_computer_name|server_nb_computer_name|client_name"},
		{suricata, nil, w, uint8(Machine), "dhcp.hostname|smb.ntlmssp.host|rdp.client.client_name"},
		{other, nil, w, uint8(Machine), "srcname|dstname|devicehostname|shost|machinename"},
	}
}

func contentRows() []row {
	return []row{
		{device | unix, nil, hashView, uint8(MD5), "md5|fileinfo.md5|bamd5|file_md5"},
		{device | unix, nil, hashView, uint8(SHA1), "sha1|fileinfo.sha1"},
		{device | unix, nil, hashView, uint8(SHA256), "sha256|fileinfo.sha256"},
		{device | unix, nil, hashView, hashList, "filehash|filedigest|file_hash|hashes|hash"},
		{device, nil, hashView, uint8(JA3), "ja3|tls.ja3.hash"},
		{device, nil, hashView, uint8(JA3S), "ja3s|tls.ja3s.hash"},
		{device, nil, hashView, uint8(JA4), "ja4|tls.ja4|quic.ja4"},
		{zeek, nil, hashView, uint8(Thumbprint), "fingerprint|cert_chain_fps|client_cert_chain_fps"},
		{zeek, nil, fileView, fileShare, "smb_files:path|smb_mapping:path"},
		{zeek, nil, fileView, fileRelative, "smb_files:name"},
		{zeek, nil, fileView, uint8(Renamed), "prev_name"},
		{zeek, nil, fileView, uint8(Carried), "filename|orig_filenames|resp_filenames"},
		{suricata, nil, fileView, uint8(Carried), "fileinfo.filename|email.attachment"},
		{suricata, nil, fileView, fileShare, "smb.share"},
		{suricata, nil, fileView, fileRelative, "smb.filename"},
		{other, nil, fileView, uint8(Carried), "filename|fname|file_name"},
		{other, nil, fileView, uint8(Touched), "filepath|file_path|oldfilepath"},
		{zeek, nil, accountView, subjectName, "username|ftp:user|socks:user"},
		{zeek, nil, accountView, subjectDomain, "domainname"},
		{zeek, nil, accountView, uint8(Subject)*accountParts + partKerberos, "kerberos:client"},
		{suricata, nil, accountView, subjectName, "smb.ntlmssp.user|krb5.cname"},
		{suricata, nil, accountView, subjectDomain, "smb.ntlmssp.domain|krb5.realm"},
		{other, nil, accountView, subjectName, "user|cs-username|srcuser|suser|remote_user|username|login|elogin|unauthuser|clientusername|usrname"},
		{other, nil, accountView, targetName, "dstuser|duser"},
	}
}
