package demo

import (
	"fmt"
	"strings"
	"time"

	"tyto/evtx"
)

// Keywords of the Security log.
const (
	auditSuccess = 0x8020000000000000
	auditFailure = 0x8010000000000000
)

const noGUID = evtx.GUIDText("{00000000-0000-0000-0000-000000000000}")

// securityTasks are version and task category of the audit events used.
var securityTasks = map[uint16]struct {
	version uint8
	task    uint16
}{
	4624: {2, 12544}, 4625: {0, 12544}, 4634: {0, 12545}, 4648: {0, 12544}, 4663: {1, 12800},
	4672: {0, 12548}, 4688: {2, 13312}, 4697: {0, 12289}, 4768: {0, 14339}, 4769: {0, 14337},
	4776: {0, 14336}, 4799: {0, 13826}, 5140: {1, 12808}, 5145: {0, 12811},
}

// audit adds a record to the Security log.
func (h *host) audit(t time.Time, id uint16, keywords uint64, fields ...evtx.Datum) {
	kind := securityTasks[id]
	pid := h.procs.lsass.pid
	if id == 4663 || id == 4688 || id == 5140 || id == 5145 {
		pid = h.procs.kernel.pid
	}
	h.log(evtx.Entry{
		Provider: "Microsoft-Windows-Security-Auditing", GUID: "{54849625-5478-4994-a5ba-3e3b0328c30d}",
		EventID: id, Version: kind.version, Task: kind.task, Keywords: keywords, Time: t,
		ProcessID: pid, ThreadID: uint32(number(h.rand, 40, 900) * 4), Channel: channelSecurity, Data: fields,
	})
}

// subject is the four fields that name who acts.
func subject(s *session) []evtx.Datum {
	return []evtx.Datum{
		data("SubjectUserSid", evtx.SIDText(s.who.sid)), data("SubjectUserName", s.who.name),
		data("SubjectDomainName", s.who.domain), data("SubjectLogonId", evtx.HexInt64(s.id)),
	}
}

// asMachine is the machine as the acting party.
func (h *host) asMachine() *session {
	return &session{who: h.machineAccount(), id: 0x3e7}
}

// A visit says where a logon comes from and how it is made.
type visit struct {
	kind        uint32 // logon type
	from        string // address, "-" for local
	workstation string
	ntlm        bool
	tsid        uint32
}

// logon is a successful logon: 4624, for an administrator 4672, and on the
// domain controller the ticket or credential check behind it.
func (h *host) logon(t time.Time, who *account, v visit) *session {
	s := h.newSession(who, v.tsid)
	dc := h.world.dc01
	if v.ntlm {
		dc.credentialCheck(t.Add(-millis(40)), who, v.workstation, 0)
	} else if v.kind == 3 && h != dc {
		dc.ticket(t.Add(-millis(60)), who, h, v.from)
	}
	subjectOf := &session{who: nobody}
	process, pid := "-", uint64(0)
	if v.kind != 3 {
		subjectOf = h.asMachine()
		process, pid = h.procs.svchost.image, uint64(h.procs.svchost.pid)
	}
	fields := append(subject(subjectOf),
		data("TargetUserSid", evtx.SIDText(who.sid)), data("TargetUserName", who.name),
		data("TargetDomainName", who.domain), data("TargetLogonId", evtx.HexInt64(s.id)))
	fields = append(fields, v.how(s, process, pid, h.rand.IntN(15000)+49800)...)
	h.audit(t, 4624, auditSuccess, append(fields, token(who)...)...)
	if who.admin {
		h.privileges(t.Add(millis(3)), s)
	}
	return s
}

// serviceLogon is the logon that the service manager makes for a service: the
// most common record of any Security log.
func (h *host) serviceLogon(t time.Time) {
	s := &session{who: system, id: 0x3e7}
	fields := append(subject(h.asMachine()),
		data("TargetUserSid", evtx.SIDText(system.sid)), data("TargetUserName", system.name),
		data("TargetDomainName", system.domain), data("TargetLogonId", evtx.HexInt64(s.id)),
		data("LogonType", uint32(5)), data("LogonProcessName", "Advapi  "),
		data("AuthenticationPackageName", "Negotiate"), data("WorkstationName", "-"),
		data("LogonGuid", noGUID), data("TransmittedServices", "-"), data("LmPackageName", "-"),
		data("KeyLength", uint32(0)), data("ProcessId", evtx.HexInt64(h.procs.services.pid)),
		data("ProcessName", h.procs.services.image), data("IpAddress", "-"), data("IpPort", "-"))
	h.audit(t, 4624, auditSuccess, append(fields, token(system)...)...)
	h.privileges(t.Add(millis(2)), s)
}

// token is the end of 4624.
func token(who *account) []evtx.Datum {
	elevated := "%%1843"
	if who.admin {
		elevated = "%%1842"
	}
	return []evtx.Datum{data("ImpersonationLevel", "%%1833"), data("RestrictedAdminMode", "-"),
		data("TargetOutboundUserName", "-"), data("TargetOutboundDomainName", "-"),
		data("VirtualAccount", "%%1843"), data("TargetLinkedLogonId", evtx.HexInt64(0)),
		data("ElevatedToken", elevated)}
}

// how is the middle part of 4624.
func (v visit) how(s *session, process string, pid uint64, port int) []evtx.Datum {
	logonProcess, pack, lm, bits, id := "Kerberos", "Kerberos", "-", uint32(0), evtx.GUIDText(s.guid)
	switch {
	case v.ntlm && v.kind == 3:
		logonProcess, pack, lm, bits, id = "NtLmSsp ", "NTLM", "NTLM V2", 128, noGUID
	case v.kind != 3:
		logonProcess, pack = "User32 ", "Negotiate"
	}
	from, portText := v.from, fmt.Sprint(port)
	if from == "-" {
		portText = "-"
	}
	return []evtx.Datum{
		data("LogonType", v.kind), data("LogonProcessName", logonProcess),
		data("AuthenticationPackageName", pack), data("WorkstationName", v.workstation),
		data("LogonGuid", id), data("TransmittedServices", "-"), data("LmPackageName", lm),
		data("KeyLength", bits), data("ProcessId", evtx.HexInt64(pid)), data("ProcessName", process),
		data("IpAddress", from), data("IpPort", portText),
	}
}

// privileges is 4672, the mark of an administrator's logon.
func (h *host) privileges(t time.Time, s *session) {
	list := strings.Join([]string{"SeSecurityPrivilege", "SeBackupPrivilege", "SeRestorePrivilege",
		"SeTakeOwnershipPrivilege", "SeDebugPrivilege", "SeSystemEnvironmentPrivilege",
		"SeLoadDriverPrivilege", "SeImpersonatePrivilege", "SeDelegateSessionUserImpersonatePrivilege"}, "\r\n\t\t\t")
	h.audit(t, 4672, auditSuccess, append(subject(s), data("PrivilegeList", list))...)
}

// failedLogon is 4625 for a wrong password, and the failed check on the
// domain controller.
func (h *host) failedLogon(t time.Time, who *account, v visit) {
	h.world.dc01.credentialCheck(t.Add(-millis(40)), who, v.workstation, 0xc000006a)
	fields := append(subject(&session{who: nobody}),
		data("TargetUserSid", evtx.SIDText("S-1-0-0")), data("TargetUserName", who.name),
		data("TargetDomainName", who.domain), data("Status", evtx.HexInt32(0xc000006d)),
		data("FailureReason", "%%2313"), data("SubStatus", evtx.HexInt32(0xc000006a)),
		data("LogonType", v.kind), data("LogonProcessName", "NtLmSsp "),
		data("AuthenticationPackageName", "NTLM"), data("WorkstationName", v.workstation),
		data("TransmittedServices", "-"), data("LmPackageName", "-"), data("KeyLength", uint32(0)),
		data("ProcessId", evtx.HexInt64(0)), data("ProcessName", "-"), data("IpAddress", v.from),
		data("IpPort", fmt.Sprint(number(h.rand, 49800, 64800))))
	h.audit(t, 4625, auditFailure, fields...)
}

// logoff ends a network logon.
func (h *host) logoff(t time.Time, s *session, kind uint32) {
	h.audit(t, 4634, auditSuccess,
		data("TargetUserSid", evtx.SIDText(s.who.sid)), data("TargetUserName", s.who.name),
		data("TargetDomainName", s.who.domain), data("TargetLogonId", evtx.HexInt64(s.id)),
		data("LogonType", kind))
}

// explicit is 4648: a process uses credentials it was given.
func (h *host) explicit(t time.Time, s *session, p *process, target *account, server *host) {
	h.audit(t, 4648, auditSuccess, append(subject(s),
		data("LogonGuid", noGUID), data("TargetUserName", target.name),
		data("TargetDomainName", target.domain), data("TargetLogonGuid", noGUID),
		data("TargetServerName", server.fqdn()), data("TargetInfo", server.fqdn()),
		data("ProcessId", evtx.HexInt64(p.pid)), data("ProcessName", p.image),
		data("IpAddress", "-"), data("IpPort", "-"))...)
}

// credentialCheck is 4776 on the domain controller.
func (h *host) credentialCheck(t time.Time, who *account, workstation string, status uint32) {
	keywords := uint64(auditSuccess)
	if status != 0 {
		keywords = auditFailure
	}
	h.audit(t, 4776, keywords,
		data("PackageName", "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0"), data("TargetUserName", who.name),
		data("Workstation", workstation), data("Status", evtx.HexInt32(status)))
}

// signIn is 4768: a ticket-granting ticket.
func (h *host) signIn(t time.Time, who *account, from string) {
	h.audit(t, 4768, auditSuccess,
		data("TargetUserName", who.name), data("TargetDomainName", domain),
		data("TargetSid", evtx.SIDText(who.sid)), data("ServiceName", "krbtgt"),
		data("ServiceSid", evtx.SIDText(domainSID+"-502")), data("TicketOptions", evtx.HexInt32(0x40810010)),
		data("Status", evtx.HexInt32(0)), data("TicketEncryptionType", evtx.HexInt32(0x12)),
		data("PreAuthType", "2"), data("IpAddress", "::ffff:"+from),
		data("IpPort", fmt.Sprint(number(h.rand, 49800, 64800))), data("CertIssuerName", ""),
		data("CertSerialNumber", ""), data("CertThumbprint", ""))
}

// ticket is 4769: a service ticket for a host.
func (h *host) ticket(t time.Time, who *account, to *host, from string) {
	h.audit(t, 4769, auditSuccess,
		data("TargetUserName", who.name+"@"+strings.ToUpper(dnsDomain)),
		data("TargetDomainName", strings.ToUpper(dnsDomain)), data("ServiceName", to.name+"$"),
		data("ServiceSid", evtx.SIDText(to.computerSID())), data("TicketOptions", evtx.HexInt32(0x40810000)),
		data("TicketEncryptionType", evtx.HexInt32(0x12)), data("IpAddress", "::ffff:"+from),
		data("IpPort", fmt.Sprint(number(h.rand, 49800, 64800))), data("Status", evtx.HexInt32(0)),
		data("LogonGuid", evtx.GUIDText(to.sessionGUID(uint64(h.rand.Uint32())))), data("TransmittedServices", "-"))
}

// auditProcess is 4688 with its command line.
func (h *host) auditProcess(t time.Time, p *process) {
	parent := p.parent
	if parent == nil {
		parent = h.procs.kernel
	}
	label := map[string]string{"System": "S-1-16-16384", "High": "S-1-16-12288", "Medium": "S-1-16-8192"}[integrity(p.session)]
	by := p.session
	if by.id == 0x3e7 {
		by = h.asMachine()
	}
	h.audit(t, 4688, auditSuccess, append(subject(by),
		data("NewProcessId", evtx.HexInt64(p.pid)), data("NewProcessName", p.image),
		data("TokenElevationType", "%%1936"), data("ProcessId", evtx.HexInt64(parent.pid)),
		data("CommandLine", p.command), data("TargetUserSid", evtx.SIDText("S-1-0-0")),
		data("TargetUserName", "-"), data("TargetDomainName", "-"), data("TargetLogonId", evtx.HexInt64(0)),
		data("ParentProcessName", parent.image), data("MandatoryLabel", evtx.SIDText(label)))...)
}

// share is 5140: a share opened. local is the path behind it.
func (h *host) share(t time.Time, s *session, from, share, local string) {
	h.audit(t, 5140, auditSuccess, append(subject(s),
		data("ObjectType", "File"), data("IpAddress", from),
		data("IpPort", fmt.Sprint(number(h.rand, 49800, 64800))), data("ShareName", `\\*\`+share),
		data("ShareLocalPath", local), data("AccessMask", evtx.HexInt32(1)),
		data("AccessList", "%%4416\r\n\t\t\t\t"))...)
}

// shareFile is 5145: a file, or pipe of IPC$, opened over a share.
func (h *host) shareFile(t time.Time, s *session, from, share, local, name string, write bool) {
	mask, list := uint32(0x120089), "%%1538\r\n\t\t\t\t%%1541\r\n\t\t\t\t%%4416\r\n\t\t\t\t%%4419\r\n\t\t\t\t%%4423\r\n\t\t\t\t"
	if write {
		mask, list = 0x12019f, "%%1538\r\n\t\t\t\t%%1541\r\n\t\t\t\t%%4416\r\n\t\t\t\t%%4417\r\n\t\t\t\t%%4418\r\n\t\t\t\t%%4423\r\n\t\t\t\t%%4424\r\n\t\t\t\t"
	}
	h.audit(t, 5145, auditSuccess, append(subject(s),
		data("ObjectType", "File"), data("IpAddress", from),
		data("IpPort", fmt.Sprint(number(h.rand, 49800, 64800))), data("ShareName", `\\*\`+share),
		data("ShareLocalPath", local), data("RelativeTargetName", name),
		data("AccessMask", evtx.HexInt32(mask)), data("AccessList", list), data("AccessReason", "-"))...)
}

// read is 4663: a file with an audit rule was read.
func (h *host) read(t time.Time, p *process, file string) {
	by := p.session
	if by.id == 0x3e7 {
		by = h.asMachine()
	}
	h.audit(t, 4663, auditSuccess, append(subject(by),
		data("ObjectServer", "Security"), data("ObjectType", "File"), data("ObjectName", file),
		data("HandleId", evtx.HexInt64(uint64(number(h.rand, 60, 900)*4))),
		data("AccessList", "%%4416\r\n\t\t\t\t"), data("AccessMask", evtx.HexInt32(1)),
		data("ProcessId", evtx.HexInt64(p.pid)), data("ProcessName", p.image),
		data("ResourceAttributes", "S:AI"))...)
}

// groupRead is 4799: the members of a local group were listed.
func (h *host) groupRead(t time.Time, s *session, p *process) {
	h.audit(t, 4799, auditSuccess, append([]evtx.Datum{
		data("TargetUserName", "Administrators"), data("TargetDomainName", "Builtin"),
		data("TargetSid", evtx.SIDText("S-1-5-32-544"))}, append(subject(s),
		data("CallerProcessId", evtx.HexInt64(p.pid)), data("CallerProcessName", p.image))...)...)
}
