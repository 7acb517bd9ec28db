package zeek

import (
	"os"
	"path/filepath"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source/sourcetest"
	"tyto/sigma"
)

// matches counts the events of a log that a public rule matches.
func matches(t *testing.T, rule, log string) int {
	t.Helper()
	path := filepath.Join(sourcetest.Corpus(t, "sigma"), filepath.FromSlash(rule))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	docs, diags := sigma.Parse(rule, data)
	set, rejected := sigma.Compile(docs, sigma.Options{})
	if len(docs) != 1 || len(diags) > 0 || len(rejected) > 0 {
		t.Fatalf("%d documents, %v, %v", len(docs), diags, rejected)
	}
	eval := set.NewEvaluator()
	n := 0
	sourcetest.Each(t, New(), sourcetest.Input("x.log", log), func(e *event.Event) bool {
		var ev sigma.Event
		fields := make([]sigma.Field, len(e.Shape.Fields))
		for i, f := range e.Shape.Fields {
			fields[i] = sigma.Field(f)
		}
		ev.Source, ev.Shape = sigma.Source(e.Source), set.NewShape(fields)
		for _, v := range e.Values {
			ev.Values = append(ev.Values, sigma.Value{Field: v.Field, Kind: sigma.Kind(v.Kind), Text: v.Text})
		}
		eval.Match(&ev, func(*sigma.Rule) { n++ })
		return true
	})
	return n
}

const (
	ids    = "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p"
	idType = "time\tstring\taddr\tport\taddr\tport"
	idRow  = "1750000000.123456\tCabc\t10.0.1.4\t50000\t192.0.2.9\t80"
	inside = "1750000000.123456\tCabc\t192.0.2.9\t50000\t10.0.1.4\t80"
	toSMB  = "1750000000.123456\tCabc\t10.0.1.4\t50000\t10.0.1.6\t445"
)

// log writes a log with one row for each of rows.
func log(path, fields, types string, rows ...string) string {
	text := "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t" + path + "\n#fields\t" + fields + "\n#types\t" + types + "\n"
	for _, r := range rows {
		text += r + "\n"
	}
	return text + "#close\t2025-06-15-16-00-00\n"
}

func httpLog(rows ...string) string {
	return log("http", ids+"\tmethod\thost\turi\tuser_agent\tstatus_code\trequest_body_len\tresp_mime_types\tclient_header_names",
		idType+"\tstring\tstring\tstring\tstring\tcount\tcount\tvector[string]\tvector[string]", rows...)
}

func dnsLog(rows ...string) string {
	return log("dns", ids+"\tquery\tqtype_name\tZ\tanswers\trejected", idType+"\tstring\tstring\tcount\tvector[string]\tbool", rows...)
}

func smbLog(rows ...string) string {
	return log("smb_files", ids+"\taction\tpath\tname\tsize", idType+"\tenum\tstring\tstring\tcount", rows...)
}

func rpcLog(rows ...string) string {
	return log("dce_rpc", ids+"\tendpoint\toperation", idType+"\tstring\tstring", rows...)
}

// TestPublicRules runs rules over a record that they are about and over one
// that is nearly so.
func TestPublicRules(t *testing.T) {
	const (
		zeekRules  = "rules/network/zeek/"
		threats    = "rules-emerging-threats/"
		proxyRules = "rules/web/proxy_generic/"
		webRules   = "rules/web/webserver_generic/"
	)
	for _, c := range []struct{ rule, hit, miss string }{
		{zeekRules + "zeek_dns_mining_pools.yml",
			dnsLog(idRow + "\tpool.minexmr.com\tA\t0\t192.0.2.1,192.0.2.2\tF"), dnsLog(idRow + "\tpool.minexmr.com\tA\t0\t192.0.2.1,192.0.2.2\tT")},
		{zeekRules + "zeek_dns_susp_zbit_flag.yml",
			dnsLog(idRow + "\twww.example.com\tA\t1\t-\tF"), dnsLog(idRow + "\twww.example.com\tA\t0\t-\tF")},
		{zeekRules + "zeek_dns_torproxy.yml", dnsLog(idRow + "\tx.onion.to\tA\t0\t-\tF"), dnsLog(idRow + "\tonion.to.example\tA\t0\t-\tF")},
		{zeekRules + "zeek_dns_nkn.yml", dnsLog(idRow + "\tseed1.nkn.org\tA\t0\t-\tF"), dnsLog(idRow + "\twww.nkn.org\tA\t0\t-\tF")},
		{zeekRules + "zeek_dns_kerberos_coercion_via_dns_object_spn_spoofing.yml",
			dnsLog(idRow + "\tdc1UWhRCAAAAABAAAA.corp.example\tA\t0\t-\tF"), dnsLog(idRow + "\tdc1.corp.example\tA\t0\t-\tF")},
		{zeekRules + "zeek_http_webdav_put_request.yml",
			httpLog(idRow + "\tPUT\t192.0.2.9\t/w/a.7z\tMicrosoft-WebDAV-MiniRedir/10\t201\t10\t-\t-"),
			httpLog(inside + "\tPUT\t10.0.1.4\t/w/a.7z\tMicrosoft-WebDAV-MiniRedir/10\t201\t10\t-\t-")},
		{zeekRules + "zeek_http_executable_download_from_webdav.yml",
			httpLog(idRow + "\tGET\t192.0.2.9\t/webdav/a.exe\tx\t200\t0\t-\t-"), httpLog(idRow + "\tGET\t192.0.2.9\t/webdav/a.txt\tx\t200\t0\ttext/plain\t-")},
		{zeekRules + "zeek_http_susp_file_ext_from_susp_tld.yml",
			httpLog(idRow + "\tGET\ta.example.top\t/x\tx\t200\t0\ttext/html,application/x-dosexec\t-"), httpLog(idRow + "\tGET\ta.example.top\t/x\tx\t200\t0\ttext/html\t-")},
		{threats + "2021/Exploits/CVE-2021-38647/zeek_http_exploit_cve_2021_38647_omigod_no_auth_rce.yml",
			httpLog(idRow + "\tPOST\tx\t/wsman\tx\t200\t10\t-\tHOST,USER-AGENT"), httpLog(idRow + "\tPOST\tx\t/wsman\tx\t200\t10\t-\tHOST,AUTHORIZATION")},
		{threats + "2025/Malware/Katz-Stealer/zeek_http_katz_stealer_susp_useragent.yml",
			httpLog(idRow + "\tGET\tx\t/\tMozilla katz-ontop\t200\t10\t-\t-"), httpLog(idRow + "\tGET\tx\t/\tMozilla katz\t200\t10\t-\t-")},
		{zeekRules + "zeek_smb_converted_win_susp_psexec.yml",
			smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\IPC$\tabc-stdin\t0"), smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\IPC$\tPSEXESVC-stdin\t0")},
		{zeekRules + "zeek_smb_converted_win_impacket_secretdump.yml",
			smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\ADMIN$\tSYSTEM32\\\\abcdefgh.tmp\t0"), smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\C$\tSYSTEM32\\\\abcdefgh.tmp\t0")},
		{zeekRules + "zeek_smb_converted_win_susp_raccess_sensitive_fext.yml",
			smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\d\ta\\\\mail.pst\t0"), smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\d\ta\\\\mail.txt\t0")},
		{zeekRules + "zeek_smb_converted_win_transferring_files_with_credential_data.yml",
			smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\d\t\\\\ntds.dit\t0"), smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\d\tntds.dit\t0")},
		{zeekRules + "zeek_dce_rpc_smb_spoolss_named_pipe.yml",
			smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\IPC$\tspoolss\t0"), smbLog(toSMB + "\tSMB::FILE_OPEN\t\\\\\\\\10.0.1.6\\\\IPC$\tsrvsvc\t0")},
		{zeekRules + "zeek_dce_rpc_mitre_bzar_execution.yml",
			rpcLog(toSMB + "\tsvcctl\tCreateServiceA"), rpcLog(toSMB + "\tsvcctl\tOpenSCManagerW")},
		{zeekRules + "zeek_dce_rpc_mitre_bzar_persistence.yml", rpcLog(toSMB + "\tspoolss\tRpcAddMonitor"), rpcLog(toSMB + "\tspoolss\tRpcClosePrinter")},
		{zeekRules + "zeek_dce_rpc_potential_petit_potam_efs_rpc_call.yml", rpcLog(toSMB + "\tefsrpc\tEfsRpcOpenFileRaw"), rpcLog(toSMB + "\tsamr\tSamrConnect")},
		{threats + "2021/Exploits/CVE-2021-1675/zeek_dce_rpc_exploit_cve_2021_1675_printnightmare_print_driver_install.yml",
			rpcLog(toSMB + "\tspoolss\tRpcAddPrinterDriverEx"), rpcLog(toSMB + "\tspoolss\tRpcOpenPrinter")},
		{zeekRules + "zeek_susp_kerberos_rc4.yml",
			log("kerberos", ids+"\trequest_type\tservice\tcipher", idType+"\tstring\tstring\tstring", toSMB+"\tTGS\thost/x\trc4-hmac"),
			log("kerberos", ids+"\trequest_type\tservice\tcipher", idType+"\tstring\tstring\tstring", toSMB+"\tTGS\thost/x\taes256-cts-hmac-sha1-96")},
		{zeekRules + "zeek_rdp_public_listener.yml",
			log("rdp", ids+"\tcookie", idType+"\tstring", inside+"\ta"), log("rdp", ids+"\tcookie", idType+"\tstring", toSMB+"\ta")},
		{zeekRules + "zeek_default_cobalt_strike_certificate.yml",
			log("x509", "ts\tid\tcertificate.serial", "time\tstring\tstring", "1750000000.1\tF1\t8BB00EE"),
			log("x509", "ts\tid\tcertificate.serial", "time\tstring\tstring", "1750000000.1\tF1\t8BB00EF")},
		{"rules/network/dns/net_dns_mal_cobaltstrike.yml", dnsLog(idRow + "\taaa.stage.1.example.com\tTXT\t0\t-\tF"), dnsLog(idRow + "\tbbb.stage.1.example.com\tTXT\t0\t-\tF")},
		{"rules/network/dns/net_dns_susp_txt_exec_strings.yml",
			dnsLog(idRow + "\ta.example.com\tTXT\t0\tTXT 20 IEX (x)\tF"), dnsLog(idRow + "\ta.example.com\tA\t0\tIEX\tF")},
		{threats + "2017/TA/Equation-Group/net_firewall_apt_equationgroup_c2.yml",
			log("conn", ids+"\tconn_state", idType+"\tstring", "1750000000.1\tC1\t10.0.0.1\t5\t69.42.98.86\t443\tSF"),
			log("conn", ids+"\tconn_state", idType+"\tstring", "1750000000.1\tC1\t10.0.0.1\t5\t69.42.98.87\t443\tSF")},
		{"rules-compliance/other/netflow_cleartext_protocols.yml",
			log("conn", ids+"\tconn_state", idType+"\tstring", idRow+"\tSF"), log("conn", ids+"\tconn_state", idType+"\tstring", toSMB+"\tSF")},
		{"rules-compliance/other/netflow_cleartext_protocols.yml",
			`{"_path":"conn","ts":1750000000.1,"uid":"C1","id.orig_h":"10.0.1.4","id.orig_p":5,"id.resp_h":"192.0.2.9","id.resp_p":23,"proto":"tcp"}` + "\n",
			httpLog(idRow + "\tGET\tx.example\t/\tx\t200\t0\t-\t-")},
		{proxyRules + "proxy_pwndrop.yml", httpLog(idRow + "\tGET\tx.example\t/pwndrop/a\tx\t200\t0\t-\t-"), httpLog(inside + "\tGET\tx.example\t/pwndrop/a\tx\t200\t0\t-\t-")},
		{proxyRules + "proxy_ua_empty.yml", httpLog(idRow + "\tGET\tx.example\t/\t-\t200\t0\t-\t-"), httpLog(idRow + "\tGET\tx.example\t/\tx\t200\t0\t-\t-")},
		{webRules + "web_path_traversal_exploitation_attempt.yml",
			httpLog(inside + "\tGET\tx.example\t/a/../../../../../lib/password\tx\t200\t0\t-\t-"), httpLog(idRow + "\tGET\tx.example\t/a/../../../../../lib/password\tx\t200\t0\t-\t-")},
		{webRules + "web_webshell_regeorg.yml",
			httpLog(inside + "\tPOST\tx.example\t/t.aspx?cmd=connect\t-\t200\t0\t-\t-"), httpLog(inside + "\tPOST\tx.example\t/t.aspx?cmd=connect\tx\t200\t0\t-\t-")},
	} {
		t.Run(filepath.Base(c.rule), func(t *testing.T) {
			if n := matches(t, c.rule, c.hit); n != 1 {
				t.Errorf("%d matches, want 1", n)
			}
			if n := matches(t, c.rule, c.miss); n != 0 {
				t.Errorf("%d matches of the near miss", n)
			}
		})
	}
}
