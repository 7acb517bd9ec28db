package textlog_test

const (
	proxyRules  = "rules/web/proxy_generic/"
	serverRules = "rules/web/webserver_generic/"
	emerging    = "rules-emerging-threats/"
)

func bounds() []bound {
	iis := "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2025-06-15 10:00:00\n" +
		"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n"
	blue := "#Software: SGOS 7.3\n#Fields: date time time-taken c-ip cs-username s-action sc-status cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs(User-Agent) r-ip\n"
	edge := "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query\n"
	pfw := "#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path\n"
	return []bound{
		{"elff", serverRules + "web_webshell_regeorg.yml",
			iis + "2025-06-15 10:00:01 192.0.2.1 POST /a.aspx cmd=read 443 - 198.51.100.9 - - 200 0 0 15\n", true},
		{"elff", serverRules + "web_webshell_regeorg.yml",
			iis + "2025-06-15 10:00:01 192.0.2.1 POST /a.aspx cmd=read 443 - 198.51.100.9 Mozilla/5.0+(X11) - 200 0 0 15\n", false},
		{"elff", emerging + "2021/Exploits/CVE-2021-26858/web_cve_2021_26858_iis_rce.yml",
			iis + "2025-06-15 10:00:01 192.0.2.1 POST /ecp/DDI/DDIService.svc/SetObject schema=ResetOABVirtualDirectory&x=1 443 CORP\\MX1$ 198.51.100.9 - - 200 0 0 15\n", true},
		{"elff", emerging + "2021/Exploits/CVE-2021-26858/web_cve_2021_26858_iis_rce.yml",
			iis + "2025-06-15 10:00:01 192.0.2.1 POST /ecp/DDI/DDIService.svc/SetObject schema=ResetOABVirtualDirectory&x=1 443 CORP\\mia 198.51.100.9 - - 200 0 0 15\n", false},
		{"elff", serverRules + "web_path_traversal_exploitation_attempt.yml",
			edge + "2025-06-15\t10:00:01\tFRA2\t100\t198.51.100.9\tGET\tx.example.com\t/../../../../../lib/password\t200\t-\tMozilla/5.0%20(X11)\t-\n", true},
		{"elff", proxyRules + "proxy_ua_empty.yml",
			blue + "2025-06-15 10:00:01 20 192.0.2.9 - TCP_NC_MISS 200 GET http www.example.com 80 /a.ps1 ?x=1 - 198.51.100.7\n", true},
		{"elff", proxyRules + "proxy_ua_empty.yml",
			blue + "2025-06-15 10:00:01 20 192.0.2.9 - TCP_NC_MISS 200 GET http www.example.com 80 /a.ps1 ?x=1 \"Mozilla/5.0 (X11; Linux)\" 198.51.100.7\n", false},
		{"elff", proxyRules + "proxy_downloadcradle_webdav.yml",
			blue + "2025-06-15 10:00:01 20 192.0.2.9 - TCP_NC_MISS 200 GET http www.example.com 80 /a.ps1 ?x=1 \"Microsoft-WebDAV-MiniRedir/10.0.1\" 198.51.100.7\n", true},
		{"elff", proxyRules + "proxy_pua_advanced_ip_scanner_update_check.yml",
			blue + "2025-06-15 10:00:01 20 192.0.2.9 - TCP_NC_MISS 200 GET http www.example.com 80 /checkupdate.php ?lng=en&ver=2&beta=n&type=upd&rmode=p&product=aps \"A B\" 198.51.100.7\n", true},
		{"elff", "rules/network/firewall/net_firewall_cleartext_protocols.yml",
			pfw + "2025-06-15 10:00:01 ALLOW TCP 192.0.2.9 198.51.100.7 50000 23 0 - 0 0 0 - - - SEND\n", true},
		{"elff", "rules/network/firewall/net_firewall_cleartext_protocols.yml",
			pfw + "2025-06-15 10:00:01 DROP TCP 192.0.2.9 198.51.100.7 50000 23 0 - 0 0 0 - - - SEND\n", false},
		{"squid", proxyRules + "proxy_raw_paste_service_access.yml",
			"1750000000.123     87 192.0.2.9 TCP_MISS/200 4512 GET http://www.pastebin.com/raw/x1 alice HIER_DIRECT/198.51.100.7 text/plain\n", true},
		{"squid", proxyRules + "proxy_raw_paste_service_access.yml",
			"1750000000.123     87 192.0.2.9 TCP_MISS/200 4512 GET http://www.pastebin.com/x1 alice HIER_DIRECT/198.51.100.7 text/plain\n", false},
		{"squid", proxyRules + "proxy_download_susp_dyndns.yml",
			"1750000000.123     87 192.0.2.9 TCP_MISS/200 4512 GET http://a.hopto.org:8080/x/y.exe?a=1 - HIER_DIRECT/198.51.100.7 -\n", true},
		{"squid", proxyRules + "proxy_download_susp_dyndns.yml",
			"1750000000.123     87 192.0.2.9 TCP_MISS/200 4512 GET http://a.hopto.org:8080/x/y.png?a=.exe - HIER_DIRECT/198.51.100.7 -\n", false},
		{"squid", proxyRules + "proxy_telegram_api.yml",
			"1750000000.123     87 192.0.2.9 TCP_TUNNEL/200 4512 CONNECT api.telegram.org:443 - HIER_DIRECT/198.51.100.7 -\n", true},
		{"squid", emerging + "2023/TA/Peach-Sandstorm/proxy_apt_peach_sandstorm_falsefont_backdoor_c2_coms.yml",
			"<30>Jun 15 10:00:00 px1 squid[12]: 1750000000.123     87 192.0.2.9 TCP_MISS/200 4512 GET http://c.example.com/api/Core/Command/Init - HIER_DIRECT/198.51.100.7 -\n", true},
		{"weblog", serverRules + "web_sql_injection_in_access_logs.yml",
			"192.0.2.9 - mia [15/Jun/2025:10:00:00 +0200] \"GET /a?x=select%20*%20 HTTP/1.1\" 200 512 \"-\" \"curl/8.0\"\n", true},
		{"weblog", serverRules + "web_sql_injection_in_access_logs.yml",
			"192.0.2.9 - mia [15/Jun/2025:10:00:00 +0200] \"GET /a?x=select%20*%20 HTTP/1.1\" 404 512 \"-\" \"curl/8.0\"\n", false},
		{"weblog", emerging + "2021/Exploits/CVE-2021-22123/web_cve_2021_22123_fortinet_exploit.yml",
			"www.example.com:443 192.0.2.9 - - [15/Jun/2025:10:00:00 +0200] \"POST /api/v2.0/user/remoteserver.saml HTTP/1.1\" 200 512 \"https://x/\" \"curl/8.0\"\n", true},
		{"weblog", emerging + "2021/Exploits/CVE-2021-22123/web_cve_2021_22123_fortinet_exploit.yml",
			"www.example.com:443 192.0.2.9 - - [15/Jun/2025:10:00:00 +0200] \"POST /api/v2.0/user/remoteserver.saml HTTP/1.1\" 200 512 \"-\" \"curl/8.0\"\n", false},
		{"weblog", emerging + "2025/Exploits/CVE-2025-31324/web_lnx_exploit_cve_2025_31324_sap_netviewer_webshell_uploaded.yml",
			"192.0.2.9 - - [15/Jun/2025:10:00:00 +0200] \"GET /irj/helper.jsp?cmd=x HTTP/1.1\" 404 512\n", false},
		{"weblog", serverRules + "web_jndi_exploit.yml",
			"{\"time_iso8601\":\"2025-06-15T10:00:00+02:00\",\"remote_addr\":\"192.0.2.9\",\"request\":\"GET /Basic/Command/Base64/x HTTP/1.1\",\"status\":\"200\",\"http_user_agent\":\"curl\"}\n", true},
		{"weblog", emerging + "2023/Exploits/CVE-2023-27997/web_cve_2023_27997_pre_authentication_rce.yml",
			"{\"EdgeStartTimestamp\":\"2025-06-15T10:00:00Z\",\"ClientIP\":\"192.0.2.9\",\"ClientRequestURI\":\"/remote/logincheck?enc=1\",\"ClientRequestMethod\":\"GET\",\"EdgeResponseStatus\":200}\n", true},
		{"weblog", emerging + "2023/Exploits/CVE-2023-27997/web_cve_2023_27997_pre_authentication_rce.yml",
			"https 2025-06-15T10:00:00.123456Z app/lb/1 192.0.2.9:4711 198.51.100.1:80 0.001 0.001 0.000 200 200 34 366 \"GET https://www.example.com:443/remote/logincheck?enc=1 HTTP/1.1\" \"curl/8.0\" ECDHE TLSv1.2 arn \"Root=1\"\n", true},
		{"weblog", emerging + "2023/Exploits/CVE-2023-27997/web_cve_2023_27997_pre_authentication_rce.yml",
			"Jun 15 10:00:00 lb1 haproxy[12]: 192.0.2.9:4711 [15/Jun/2025:10:00:00.123] fe be/srv 0/0/1/2/3 200 512 - - ---- 1/1/0/0/0 0/0 {curl/8.0} \"GET /remote/logincheck?enc=1 HTTP/1.1\"\n", true},
		{"weblog", "rules/web/product/apache/web_apache_segfault.yml",
			"[Sun Jun 15 10:00:00.123456 2025] [core:notice] [pid 1:tid 2] AH00051: child pid 77 exit signal Segmentation fault (11), possible coredump in /etc/apache2\n", true},
		{"weblog", "rules/web/product/apache/web_apache_segfault.yml",
			"[Sun Jun 15 10:00:00.123456 2025] [core:error] [pid 1:tid 2] [client 192.0.2.9:4711] AH00126: Invalid URI in request\n", false},
		{"weblog", "rules/web/product/nginx/web_nginx_core_dump.yml",
			"2025/06/15 10:00:00 [alert] 7#7: worker process 9 exited on signal 6 (core dumped)\n", true},
		{"weblog", "rules/web/product/nginx/web_nginx_core_dump.yml",
			"2025/06/15 10:00:00 [error] 7#7: *9 open() failed, client: 192.0.2.9, server: x, request: \"GET / HTTP/1.1\"\n", false},
		{"weblog", proxyRules + "proxy_hello_world_user_agent.yml",
			"192.0.2.9 - - [15/Jun/2025:10:00:00 +0200] \"GET http://www.example.com/ HTTP/1.1\" 200 512 \"-\" \"Hello-World/1.0\" TCP_MISS:HIER_DIRECT\n", true},
		{"weblog", serverRules + "web_susp_useragents.yml",
			"192.0.2.9 - - [15/Jun/2025:10:00:00 +0200] \"\\x16\\x03\\x01\" 400 0 \"-\" \"-\"\n", false},
	}
}
