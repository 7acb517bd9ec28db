package intel

import (
	"strings"
	"sync"

	"tyto/internal/event"
)

// A role is a set of meanings that the values of a field can have. An
// indicator is looked for only in fields with a role of its type.
type role uint32

const (
	roleAddr role = 1 << iota
	roleHost
	roleURL      // whole URL, or a path that is joined with the event's host
	roleURLHost  // the host that such paths are joined with
	roleURLQuery // joined behind the path
	roleHash
	roleImphash
	rolePath
	roleExe // the loading program of a side-load pair
	roleDLL // the loaded library
	roleService
	roleRegistry
	rolePipe
	roleMutex
	roleCert
	roleJA3
	roleJA3S
	roleJA4
	roleAgent
	roleMail
	roleCommand // command lines and scripts: fragments, and values inside
	roleTask
	roleAccount
	roleCookie
	roleList // several values in one, such as DNS answers
	roleSigned
	roleSignature
	roleDest   // the far end of a connection: without it, addresses are not covered
	roleLookup // a name that was looked up or asked for: without it, domains are not covered
)

// fieldNames lists the fields by role, in the spellings of Windows and Sysmon,
// Zeek, Suricata EVE, W3C proxies and web servers, ECS, cloud audit logs.
func fieldNames() map[role]string {
	return map[role]string{
		roleAddr: `SourceIp DestinationIp IpAddress SourceAddress DestAddress DestinationAddress ClientAddress ClientIP
			RemoteAddress LocalAddress RemoteIP id.orig_h id.resp_h id_orig_h id_resp_h orig_h resp_h src_ip dst_ip dest_ip src-ip dst-ip
			src dst c-ip s-ip r-ip cs-ip s-supplier-ip cs-uri-address remote_ip remote_addr rip srcip dstip source_ip destination_ip
			sourceIPAddress callerIpAddress ClientIPAddress ActorIpAddress IPAddress SrcIpAddr DstIpAddr client_ip server_ip
			source.ip destination.ip client.ip server.ip client.ipAddress dns.resolved_ip related.ip httpRequest.clientIp
			httpRequest.remoteIp requestMetadata.callerIp protoPayload.requestMetadata.callerIp network.srcIp assigned_ip framed_addr
			x-forwarded-for cs(X-Forwarded-For) SourceNetworkAddress tx_hosts rx_hosts dns.grouped.A dns.grouped.AAAA peer_address
			original-client-ip client-ip server-ip host_ip san.ip bound.host request.host data_channel.resp_h pkt_srcaddr pkt_dstaddr srcaddr dstaddr`,
		roleAddr | roleHost: `answers answer addl dns.rdata rdata dns.answers.rrdata dns.answers.rdata dns.answer.rrdata dns.answers.data
			DestinationHost remote_host dest_host TargetServerName TargetServer DestinationHostname DestinationHostName SourceHostname
			host hostname cs-host r-host cs-computername http.hostname domain remote_name`,
		roleAddr | roleHost | roleList: `QueryResults`,
		roleHost: `QueryName query dns.rrname dns.query.rrname dns.queries.rrname server_name tls.sni quic.sni sni ssl.server_name
			r-dns s-dns cs-uri-hostname destination.domain source.domain dns.question.name url.domain x-host-header query_name
			dns_query qname record domainname san.dns helo tls.server_name server_nb_computer_name dns.query`,
		roleHost | roleList: `certificate.subject tls.subject subject tls.subjectaltname x509.subject`,
		roleURLHost: `host http.hostname cs-host r-host x-host-header cs-uri-hostname url.domain hostname cs(Host)
			request.host httpRequest.host`,
		roleURL: `uri url c-uri cs-uri cs-uri-stem cs-uri-path c-uri-stem http.url url.full url.original url.path requestUrl request_uri
			request referrer referer cs-referer cs-referrer cs(Referer) http.http_refer http.request.referrer RequestUrl RemoteUrl
			TargetUrl SourceUrl httpRequest.uri httpRequest.requestUrl UrlOriginal Url BaseUrl san.uri`,
		roleURLQuery: `cs-uri-query c-uri-query url.query`,
		roleHash: `Hashes Hash md5 sha1 sha224 sha256 sha384 sha512 FileHash file_hash fileinfo.md5 fileinfo.sha1 fileinfo.sha256
			file.hash.md5 file.hash.sha1 file.hash.sha256 process.hash.md5 process.hash.sha1 process.hash.sha256 dll.hash.sha256
			hash.md5 hash.sha1 hash.sha256 InitiatingProcessMD5 InitiatingProcessSHA1 InitiatingProcessSHA256 sha256_hash md5_hash
			sha1_hash sha256hash ServiceFileHash TargetHash fqbn.hash`,
		roleImphash: `Hashes Hash Imphash imphash pe.imphash file.pe.imphash process.pe.imphash`,
		rolePath: `Image ParentImage TargetFilename ImageLoaded SourceImage TargetImage NewProcessName ParentProcessName ProcessName
			Application ObjectName RelativeTargetName FilePath FullPath FileName file_name filename OriginalFileName Path ScriptName
			CurrentDirectory exe name path file.path file.name process.executable process.parent.executable dll.path dll.name
			fileinfo.filename SourceFilename ScriptPath TargetPath FolderPath InitiatingProcessFolderPath InitiatingProcessFileName
			ModulePath ModuleName LibraryName prev_name smb.filename files.filename Device SourceFileName DestinationFileName
			process.name PreviousFileName executable cwd file MappedPath LocalName localName`,
		roleExe: `Image process.executable InitiatingProcessFolderPath`,
		roleDLL: `ImageLoaded dll.path`,
		rolePath | roleCommand: `ImagePath ServiceFileName BinaryPath BinaryPathName PathName TaskContent TaskContentNew ActionName
			Command param2`,
		roleCommand: `CommandLine ParentCommandLine ProcessCommandLine ScriptBlockText Payload HostApplication ContextInfo Details
			NewValue ObjectValueName cmdline cmd process.command_line process.parent.command_line process.args proctitle command
			Arguments args InitiatingProcessCommandLine Destination Consumer Filter Query EventConsumer PossibleCause
			HostCommand ScriptText Contents CommandName data _CMDLINE`,
		roleService:  `ServiceName param1 Service_Name ServiceDisplayName DisplayName service.name service_name`,
		roleRegistry: `TargetObject ObjectName NewName registry.path registry.key RegistryKey RegistryKeyName key KeyName`,
		rolePipe: `PipeName named_pipe pipe RelativeTargetName smb.named_pipe dce_rpc.named_pipe name path ObjectName smb.filename
			filename Pipe_Name`,
		roleMutex: `ObjectName Mutex MutexName mutex`,
		roleCert: `cert_chain_fps client_cert_chain_fps fingerprint tls.fingerprint tls.server.hash.sha1 tls.server.hash.sha256
			tls.server.certificate_chain Thumbprint CertThumbprint certificate.fingerprint x509.fingerprint cert_hash sha1 sha256
			IssuerThumbprint SignerHash SignatureHash IssuerTBSHash PublisherTBSHash`,
		roleJA3:   `ja3 tls.ja3.hash tls.ja3 ja3_hash tls.client.ja3 quic.ja3.hash`,
		roleJA3S:  `ja3s tls.ja3s.hash tls.ja3s ja3s_hash tls.server.ja3s`,
		roleJA4:   `ja4 tls.ja4 ja4s ja4h tls.client.ja4 quic.ja4 ja4_hash`,
		roleAgent: `user_agent UserAgent c-useragent cs-user-agent cs(User-Agent) http.http_user_agent user_agent.original c-agent http_user_agent`,
		roleMail: `mailfrom rcptto from to cc reply_to sender recipient SenderAddress RecipientAddress recipient-address
			sender-address return-path smtp.mail_from smtp.rcpt_to email.from email.to email.cc email.from.address email.to.address
			SenderFromAddress SenderMailFromAddress RecipientEmailAddress Recipients P1Sender P2Sender UserId userPrincipalName
			actor.email protoPayload.authenticationInfo.principalEmail san.email`,
		roleTask: `TaskName task_name ScheduledTask`,
		roleAccount: `TargetUserName SubjectUserName User AccountName SamAccountName SourceUser TargetUser user username cs-username
			userIdentity.userName user.name UserName TargetSid UserId userPrincipalName acct auid src_user dst_user`,
		roleCookie: `cs-cookie cookie cs(Cookie) http.cookie cookie_vars`,
		roleDest: `DestinationIp DestAddress DestinationAddress id.resp_h id_resp_h resp_h dst_ip dest_ip dst-ip dst r-ip cs-uri-address
			dstip destination_ip DstIpAddr destination.ip server.ip RemoteIP RemoteAddress dstaddr pkt_dstaddr answers dns.rdata QueryResults
			dns.resolved_ip`,
		roleLookup: `QueryName query dns.rrname dns.query.rrname dns.queries.rrname server_name tls.sni quic.sni ssl.server_name cs-host
			r-host http.hostname cs-uri-hostname url.domain dns.question.name c-uri cs-uri DestinationHostname url.full x-host-header
			query_name dns_query qname dns.query`,
		roleSigned:    `Signed dll.code_signature.exists`,
		roleSignature: `SignatureStatus dll.code_signature.status`,
	}
}

// A roleTable finds roles by field name, without case.
type roleTable struct {
	full map[string]role
	leaf map[string]role // names that keep their meaning below any prefix
}

var roles = sync.OnceValue(func() *roleTable {
	t := &roleTable{full: map[string]role{}, leaf: map[string]role{}}
	vague := map[string]bool{}
	for v := range strings.FieldsSeq(`host hostname name path file filename domain query request record key data user username from to cc src dst
		url uri answers answer subject pipe command cmd args exe hash device cookie filter destination consumer details payload sender recipient
		path contents application fingerprint domainname text executable service sni`) {
		vague[v] = true
	}
	for r, names := range fieldNames() {
		for name := range strings.FieldsSeq(names) {
			low := strings.ToLower(name)
			t.full[low] |= r
			if !vague[low] && !strings.Contains(low, ".") {
				t.leaf[low] |= r
			}
		}
	}
	return t
})

// of returns the roles of a field name.
func (t *roleTable) of(name string) role {
	low := strings.ToLower(name)
	if r := t.full[low]; r != 0 {
		return r
	}
	if i := strings.LastIndexByte(low, '.'); i >= 0 {
		return t.leaf[low[i+1:]]
	}
	return 0
}

// searchedBy is the roles in which a type can be found; a value of 0 means
// nowhere.
func searchedBy(t Type) role {
	switch {
	case t.isFileHash():
		return roleHash
	}
	switch t {
	case IP:
		return roleAddr | roleURL | roleCommand
	case Domain:
		return roleHost | roleURL | roleCommand | roleURLHost
	case URL:
		return roleURL | roleURLHost | roleCommand | roleHost | roleAddr
	case Imphash:
		return roleImphash
	case Filename:
		return rolePath | roleCommand
	case Path, PathPattern:
		return rolePath | roleCommand
	case ServiceName, ServiceDisplay:
		return roleService | roleRegistry
	case RegistryKey, RunValue:
		return roleRegistry
	case Task:
		return roleTask
	case Pipe:
		return rolePipe
	case Mutex:
		return roleMutex
	case CommandLine, ArchivePassword, CryptoKey:
		return roleCommand
	case SideloadPair:
		return roleDLL
	case Account:
		return roleAccount
	case Email:
		return roleMail
	case UserAgent:
		return roleAgent
	case JA3:
		return roleJA3
	case JA3S:
		return roleJA3S
	case JA4:
		return roleJA4
	case CertSHA1, CertSHA256:
		return roleCert
	case URIPath:
		return roleURL
	case Cookie:
		return roleCookie
	}
	return 0
}

// A plan is what is known of a shape: the roles of its fields.
type plan struct {
	roles     []role
	all       role
	exe, dll  int // fields of a side-load pair, or -1
	signed    int
	signature int
	urlHost   int
	query     int
}

// plan computes a shape's plan for the roles that the set looks into.
func (s *Set) plan(shape *event.Shape) *plan {
	p := &plan{exe: -1, dll: -1, signed: -1, signature: -1, urlHost: -1, query: -1}
	if shape == nil {
		return p
	}
	p.roles = make([]role, len(shape.Fields))
	for i, f := range shape.Fields {
		r := roles().of(f.Name)
		if f.Header {
			r = 0
		}
		p.all |= r
		for _, c := range []struct {
			r  role
			at *int
		}{
			{roleExe, &p.exe}, {roleDLL, &p.dll}, {roleSigned, &p.signed}, {roleSignature, &p.signature},
			{roleURLHost, &p.urlHost}, {roleURLQuery, &p.query},
		} { // the first field of each
			if r&c.r != 0 && *c.at < 0 {
				*c.at = i
			}
		}
		if r&s.want != 0 {
			p.roles[i] = r & (s.want | roleList)
		}
	}
	if p.all&roleURL != 0 && p.all&roleURLHost != 0 {
		p.all |= roleLookup
	}
	return p
}
