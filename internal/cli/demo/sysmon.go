package demo

import (
	"time"

	"tyto/evtx"
)

// sysmonVersions are the event versions of Sysmon 15.
var sysmonVersions = map[uint16]uint8{1: 5, 3: 5, 5: 3, 7: 3, 11: 2, 12: 2, 13: 2, 17: 1, 18: 1, 22: 5, 26: 5}

const sysmonTime = "2006-01-02 15:04:05.000"

// sysmonEvent logs an event whose fields follow RuleName and, for registry
// and pipe events, EventType.
func (h *host) sysmonEvent(t time.Time, id uint16, kind string, fields ...evtx.Datum) {
	if !h.sysmon {
		return
	}
	t = t.Add(millis(h.rand.IntN(90)))
	d := []evtx.Datum{data("RuleName", "-")}
	if kind != "" {
		d = append(d, data("EventType", kind))
	}
	d = append(d, data("UtcTime", t.Format(sysmonTime)))
	h.log(evtx.Entry{
		Provider: "Microsoft-Windows-Sysmon", GUID: "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}",
		EventID: id, Version: sysmonVersions[id], Level: 4, Task: id, Keywords: 0x8000000000000000,
		Time: t.Add(millis(number(h.rand, 1, 9))), ProcessID: 2604, ThreadID: 3488, Channel: channelSysmon,
		UserID: system.sid, Data: append(d, fields...),
	})
}

// by is the pair of fields that names the acting process.
func by(p *process) []evtx.Datum {
	return []evtx.Datum{
		data("ProcessGuid", evtx.GUIDText(p.guid)), data("ProcessId", p.pid),
	}
}

func (h *host) sysmonProcess(t time.Time, p *process) {
	m := programOf(p.image, h.build)
	parent := p.parent
	if parent == nil {
		parent = h.procs.kernel
	}
	f := append(by(p),
		data("Image", p.image), data("FileVersion", m.version), data("Description", m.description),
		data("Product", m.product), data("Company", m.company), data("OriginalFileName", m.original),
		data("CommandLine", p.command), data("CurrentDirectory", workingFolder(p)),
		data("User", p.session.who.full()), data("LogonGuid", evtx.GUIDText(p.session.guid)),
		data("LogonId", evtx.HexInt64(p.session.id)), data("TerminalSessionId", p.session.tsid),
		data("IntegrityLevel", integrity(p.session)), data("Hashes", m.hashes(p.image)),
		data("ParentProcessGuid", evtx.GUIDText(parent.guid)), data("ParentProcessId", parent.pid),
		data("ParentImage", parent.image), data("ParentCommandLine", parent.command),
		data("ParentUser", parent.session.who.full()))
	h.sysmonEvent(t, 1, "", f...)
}

func workingFolder(p *process) string {
	if p.session.who.sid == system.sid {
		return `C:\Windows\system32\`
	}
	return `C:\Users\` + p.session.who.name + `\`
}

func integrity(s *session) string {
	switch {
	case s.id < 0x400:
		return "System"
	case s.who.admin:
		return "High"
	}
	return "Medium"
}

// exit ends a process.
func (h *host) exit(t time.Time, p *process) {
	h.sysmonEvent(t, 5, "", append(by(p), data("Image", p.image), data("User", p.session.who.full()))...)
}

// connect is an outgoing TCP connection.
func (h *host) connect(t time.Time, p *process, ip, name string, port uint16, service string) {
	if name == "" {
		name = "-"
	}
	h.sysmonEvent(t, 3, "", append(by(p),
		data("Image", p.image), data("User", p.session.who.full()), data("Protocol", "tcp"),
		data("Initiated", true), data("SourceIsIpv6", false), data("SourceIp", h.ip),
		data("SourceHostname", h.fqdn()), data("SourcePort", uint16(number(h.rand, 49700, 65300))),
		data("SourcePortName", "-"), data("DestinationIsIpv6", false), data("DestinationIp", ip),
		data("DestinationHostname", name), data("DestinationPort", port), data("DestinationPortName", service))...)
}

// resolve is a DNS query with its answer.
func (h *host) resolve(t time.Time, p *process, name, results string) {
	h.sysmonEvent(t, 22, "", append(by(p),
		data("QueryName", name), data("QueryStatus", "0"), data("QueryResults", results),
		data("Image", p.image), data("User", p.session.who.full()))...)
}

// web is a query followed by a connection to what it answered.
func (h *host) web(t time.Time, p *process, name, ip string) {
	h.resolve(t, p, name, "::ffff:"+ip+";")
	h.connect(t.Add(millis(1200)), p, ip, "-", 443, "https")
}

// create is a file created or overwritten.
func (h *host) create(t time.Time, p *process, file string) {
	h.sysmonEvent(t, 11, "", append(by(p),
		data("Image", p.image), data("TargetFilename", file),
		data("CreationUtcTime", t.Format(sysmonTime)), data("User", p.session.who.full()))...)
}

// remove is a file deleted.
func (h *host) remove(t time.Time, p *process, file string) {
	h.sysmonEvent(t, 26, "", append(by(p),
		data("User", p.session.who.full()), data("Image", p.image), data("TargetFilename", file),
		data("Hashes", programOf(file, h.build).hashes(file)), data("IsExecutable", isProgram(file)))...)
}

// load is a DLL loaded by a process. signer is empty for an unsigned DLL.
func (h *host) load(t time.Time, p *process, dll, signer string) {
	m := programOf(dll, h.build)
	signed, signature, status := "true", signer, "Valid"
	if signer == "" {
		signed, signature, status = "false", "-", "Unavailable"
	}
	h.sysmonEvent(t, 7, "", append(by(p),
		data("Image", p.image), data("ImageLoaded", dll), data("FileVersion", m.version),
		data("Description", m.description), data("Product", m.product), data("Company", m.company),
		data("OriginalFileName", m.original), data("Hashes", m.hashes(dll)), data("Signed", signed),
		data("Signature", signature), data("SignatureStatus", status), data("User", p.session.who.full()))...)
}

// registrySet is a registry value written.
func (h *host) registrySet(t time.Time, p *process, key, details string) {
	h.sysmonEvent(t, 13, "SetValue", append(by(p),
		data("Image", p.image), data("TargetObject", key), data("Details", details),
		data("User", p.session.who.full()))...)
}

// registryDelete is a registry key deleted.
func (h *host) registryDelete(t time.Time, p *process, key string) {
	h.sysmonEvent(t, 12, "DeleteKey", append(by(p),
		data("Image", p.image), data("TargetObject", key), data("User", p.session.who.full()))...)
}

// pipe is a named pipe created (17) or connected to (18).
func (h *host) pipe(t time.Time, p *process, id uint16, name string) {
	kind := "CreatePipe"
	if id == 18 {
		kind = "ConnectPipe"
	}
	h.sysmonEvent(t, id, kind, append(by(p),
		data("PipeName", name), data("Image", p.image), data("User", p.session.who.full()))...)
}
