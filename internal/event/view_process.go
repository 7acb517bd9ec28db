package event

import (
	"encoding/binary"
	"time"
)

// A Program is one running program as an event names it. Parts that the log
// does not give are zero.
type Program struct {
	Image       []byte // path or name of the file; lower case on Windows
	CommandLine []byte // as written, without blanks around it
	PID         uint64 // of the process on its machine
	GUID        []byte // Sysmon's, lower case, without braces
}

func (p *Program) known() bool {
	return p.Image != nil || p.CommandLine != nil || p.PID != 0 || p.GUID != nil
}

// Started returns when the program was started, to the second, which Sysmon's
// GUID tells: its third group and then its second are Unix time in hexadecimal.
func (p *Program) Started() (time.Time, bool) {
	if len(p.GUID) != 36 {
		return time.Time{}, false
	}
	var b [4]byte
	if !parseGroup(p.GUID[14:18], b[:2]) || !parseGroup(p.GUID[9:13], b[2:]) {
		return time.Time{}, false
	}
	sec := int64(binary.BigEndian.Uint32(b[:]))
	return time.Unix(sec, 0).UTC(), sec != 0
}

// A Process is the program that an event is about, the one that started it,
// and the one that it was done to (opened, injected into).
type Process struct {
	Program
	Parent Program
	Target Program
}

// The parts of a program; a role in the tables is 4 times the program plus the
// part.
const (
	partImage uint8 = iota
	partCommand
	partPID
	partGUID
	programParts

	itself   = 0 * programParts
	parent   = 1 * programParts
	targeted = 2 * programParts
)

// Process returns the process of the event, if it names one.
func (v *Views) Process(e *Event) (Process, bool) {
	if !v.pick(e, processView) {
		return Process{}, false
	}
	p := Process{v.program(itself), v.program(parent), v.program(targeted)}
	return p, p.known() || p.Parent.known() || p.Target.known()
}

func (v *Views) program(at uint8) Program {
	parts := v.slots[at:][:programParts]
	p := Program{
		CommandLine: parts[partCommand].text,
		PID:         number(parts[partPID].text),
	}
	if image := parts[partImage].text; image != nil {
		p.Image = v.path(processView, image, v.last.windows)
	}
	if guid := parts[partGUID].text; guid != nil {
		p.GUID = v.guid(processView, guid)
	}
	return p
}
