package demo

import (
	"fmt"
	"strings"
	"time"

	"tyto/evtx"
)

// providers start before the engine is available, in this order.
var providers = []string{"Registry", "Alias", "Environment", "FileSystem", "Function", "Variable"}

// An engine is one PowerShell host process as the classic log describes it.
type engine struct {
	hostVersion, engineVersion string
	application                string // empty: the line is missing, as version 2 writes it
	hostID, runspace           string
}

// details is the third string of classic PowerShell records.
func (e engine) details(head []string, sequence int, started bool) string {
	engineVersion, runspace := e.engineVersion, e.runspace
	if !started {
		engineVersion, runspace = "", ""
	}
	lines := append(head, "", fmt.Sprintf("SequenceNumber=%d", sequence), "",
		"HostName=ConsoleHost", "HostVersion="+e.hostVersion, "HostId="+e.hostID)
	if e.application != "" {
		lines = append(lines, "HostApplication="+e.application)
	}
	lines = append(lines, "EngineVersion="+engineVersion, "RunspaceId="+runspace, "PipelineId=",
		"CommandName=", "CommandType=", "ScriptName=", "CommandPath=", "CommandLine=")
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		if l != "" {
			b.WriteString("\t" + l)
		}
	}
	return b.String()
}

func (h *host) classic(t time.Time, id, task uint16, values ...string) {
	qualifiers := uint16(0)
	h.log(evtx.Entry{
		Provider: "PowerShell", EventID: id, Qualifiers: &qualifiers, Level: 4, Task: task,
		Keywords: classicKeywords, Time: t, Channel: channelClassic, Data: []evtx.Datum{{Value: values}},
	})
}

// engineLife writes the classic records of one engine: providers started
// (600), engine available (400), engine stopped (403).
func (h *host) engineLife(t time.Time, e engine, lasts time.Duration) {
	for i, p := range providers {
		h.classic(t.Add(millis(4*i)), 600, 6, p, "Started",
			e.details([]string{"ProviderName=" + p, "NewProviderState=Started"}, 2*i+1, false))
	}
	h.classic(t.Add(millis(60)), 400, 4, "Available", "None",
		e.details([]string{"NewEngineState=Available", "PreviousEngineState=None"}, 13, true))
	h.classic(t.Add(lasts), 403, 4, "Stopped", "Available",
		e.details([]string{"NewEngineState=Stopped", "PreviousEngineState=Available"}, 15, true))
}

// posh adds a record to the modern PowerShell log.
func (h *host) posh(t time.Time, p *process, id, task uint16, opcode, level uint8, keywords uint64, fields ...evtx.Datum) {
	h.log(evtx.Entry{
		Provider: "Microsoft-Windows-PowerShell", GUID: "{a0c1853b-5c40-4b15-8766-3cf1c58f985a}",
		EventID: id, Version: 1, Level: level, Task: task, Opcode: opcode, Keywords: keywords, Time: t,
		ActivityID: h.sessionGUID(p.session.id ^ uint64(p.pid)), ProcessID: p.pid, ThreadID: 5532,
		Channel: channelPosh, UserID: p.session.who.sid, Data: fields, Empty: true,
	})
}

// script is a run of the present PowerShell: all records that it leaves.
func (h *host) script(t time.Time, p *process, text, path string, lasts time.Duration) {
	version := "5.1." + strings.TrimPrefix(h.build, "10.0.")
	h.posh(t.Add(millis(250)), p, 40961, 4, 1, 4, 0)
	h.posh(t.Add(millis(280)), p, 53504, 111, 10, 4, 0,
		data("param1", fmt.Sprint(p.pid)), data("param2", "DefaultAppDomain"))
	h.posh(t.Add(millis(310)), p, 40962, 4, 2, 4, 0)
	h.posh(t.Add(millis(420)), p, 4104, 2, 15, 5, 0,
		data("MessageNumber", int32(1)), data("MessageTotal", int32(1)), data("ScriptBlockText", text),
		data("ScriptBlockId", strings.Trim(guid(h.rand), "{}")), data("Path", path))
	h.engineLife(t.Add(millis(300)), engine{version, version, p.command,
		strings.Trim(guid(h.rand), "{}"), strings.Trim(guid(h.rand), "{}")}, lasts)
}

// downgraded is a run of the version 2 engine: it logs no script blocks, and
// its classic records lack the line HostApplication.
func (h *host) downgraded(t time.Time, lasts time.Duration) {
	h.engineLife(t, engine{"2.0", "2.0", "", strings.Trim(guid(h.rand), "{}"), strings.Trim(guid(h.rand), "{}")}, lasts)
}
