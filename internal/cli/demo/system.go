package demo

import (
	"time"

	"tyto/evtx"
)

const classicKeywords = 0x80000000000000

// controlManager adds a record of the service control manager.
func (h *host) controlManager(t time.Time, id uint16, userID string, binary []byte, fields ...evtx.Datum) {
	qualifiers := uint16(0x4000)
	h.log(evtx.Entry{
		Provider: "Service Control Manager", GUID: "{555908d1-a6d7-4695-8e1e-26931d2012f4}",
		EventSource: "Service Control Manager", EventID: id, Qualifiers: &qualifiers, Level: 4,
		Keywords: 0x8080000000000000, Time: t, ProcessID: h.procs.services.pid,
		ThreadID: uint32(number(h.rand, 200, 1500) * 4), Channel: channelSystem, UserID: userID,
		Data: fields, Binary: binary,
	})
}

// A service is what an installer registers.
type service struct {
	name, display, path, start, kind, account string
}

// install is 7045 and, with the audit policy of the demonstration's servers,
// 4697 in the Security log, and the registry values that Sysmon sees.
func (h *host) install(t time.Time, s *session, sv service) {
	if sv.kind == "" {
		sv.kind = "user mode service"
	}
	if sv.account == "" {
		sv.account = "LocalSystem"
	}
	startType, startWord := uint32(2), "auto start"
	if sv.start == "demand" {
		startType, startWord = 3, "demand start"
	}
	shown := sv.display
	if shown == "" {
		shown = sv.name
	}
	h.controlManager(t, 7045, s.who.sid, nil,
		data("ServiceName", shown), data("ImagePath", sv.path), data("ServiceType", sv.kind),
		data("StartType", startWord), data("AccountName", sv.account))
	h.audit(t.Add(millis(4)), 4697, auditSuccess, append(subject(s),
		data("ServiceName", sv.name), data("ServiceFileName", sv.path), data("ServiceType", evtx.HexInt32(0x10)),
		data("ServiceStartType", startType), data("ServiceAccount", sv.account))...)
	key := `HKLM\System\CurrentControlSet\Services\` + sv.name
	h.registrySet(t.Add(millis(8)), h.procs.services, key+`\ImagePath`, sv.path)
	h.registrySet(t.Add(millis(120)), h.procs.services, key+`\Start`, map[uint32]string{2: "DWORD (0x00000002)", 3: "DWORD (0x00000003)"}[startType])
}

// state is 7036: a service entered a state. The binary part repeats the
// service's short name and the state's number in UTF-16.
func (h *host) state(t time.Time, name, display, state string) {
	number := "/4"
	if state == "stopped" {
		number = "/1"
	}
	var binary []byte
	for _, c := range name + number + "\x00" {
		binary = append(binary, byte(c), 0)
	}
	h.controlManager(t, 7036, "", binary, data("param1", display), data("param2", state))
}

// startType is 7040: a service's start type was changed.
func (h *host) startType(t time.Time, s *session, display, from, to, name string) {
	h.controlManager(t, 7040, s.who.sid, nil,
		data("param1", display), data("param2", from), data("param3", to), data("param4", name))
}

// update is an installed update: 43 when it starts, 19 when it is done.
func (h *host) update(t time.Time, title, id string, lasts time.Duration) {
	e := evtx.Entry{
		Provider: "Microsoft-Windows-WindowsUpdateClient", GUID: "{945a8954-c147-4acd-923f-40c45405a658}",
		EventID: 43, Version: 1, Level: 4, Task: 1, Opcode: 13, Keywords: 0x8000000000002008, Time: t,
		ActivityID: guid(h.rand), ProcessID: h.procs.schedule.pid, ThreadID: 7072, Channel: channelSystem,
		UserID: system.sid,
		Data: []evtx.Datum{data("updateTitle", title), data("updateGuid", evtx.GUIDText(id)),
			data("updateRevisionNumber", uint32(200))},
	}
	h.log(e)
	e.EventID, e.Keywords, e.Time = 19, 0x8000000000000018, t.Add(lasts)
	e.Data = append(e.Data[:3:3], data("serviceGuid", evtx.GUIDText("{9482f4b4-e343-43b6-b170-9a65bc822c77}")))
	h.log(e)
}

// uptime is 6013, logged at noon.
func (h *host) uptime(t time.Time, seconds string) {
	qualifiers := uint16(0x8000)
	h.log(evtx.Entry{
		Provider: "EventLog", EventID: 6013, Qualifiers: &qualifiers, Level: 4, Keywords: classicKeywords,
		Time: t, Channel: channelSystem,
		Data: []evtx.Datum{{Value: []string{"", "", "", "", seconds, "60", "0 Coordinated Universal Time"}}},
	})
}

// clear clears a log: 1102 in the Security log itself, 104 in System for any
// other. Earlier records of that log are gone from the machine.
func (h *host) clear(t time.Time, s *session, channel string) {
	id, in, keywords := uint16(104), channelSystem, uint64(0x8000000000000000)
	who := []any{&evtx.Element{Name: "SubjectUserName", Content: []any{s.who.name}},
		&evtx.Element{Name: "SubjectDomainName", Content: []any{s.who.domain}}}
	userID := s.who.sid
	if channel == channelSecurity {
		id, in, keywords, userID = 1102, channelSecurity, 0x4020000000000000, ""
		who = append([]any{&evtx.Element{Name: "SubjectUserSid", Content: []any{evtx.SIDText(s.who.sid)}}}, who...)
		who = append(who, &evtx.Element{Name: "SubjectLogonId", Content: []any{evtx.HexInt64(s.id)}})
	} else {
		who = append(who, &evtx.Element{Name: "Channel", Content: []any{channel}},
			&evtx.Element{Name: "BackupPath", Content: []any{""}})
	}
	h.cleared[channel] = t
	h.log(evtx.Entry{
		Provider: "Microsoft-Windows-Eventlog", GUID: "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}",
		EventID: id, Level: 4, Task: 104, Keywords: keywords, Time: t, ProcessID: 1048, ThreadID: 3916,
		Channel: in, UserID: userID,
		UserData: &evtx.Element{Name: "LogFileCleared", Attrs: []evtx.Attr{
			{Name: "xmlns", Value: evtx.Text("http://manifests.microsoft.com/win/2004/08/windows/eventlog")}}, Content: who},
	})
}
