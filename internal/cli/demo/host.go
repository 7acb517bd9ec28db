package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"tyto/evtx"
)

// The channels that the demonstration's machines log to.
const (
	channelSecurity = "Security"
	channelSystem   = "System"
	channelSysmon   = "Microsoft-Windows-Sysmon/Operational"
	channelClassic  = "Windows PowerShell"
	channelPosh     = "Microsoft-Windows-PowerShell/Operational"
)

// A host collects what one machine logs. Records may be added in any order of
// time; they are sorted when the log is written.
type host struct {
	world   *world
	name    string
	ip      string
	machine uint32 // of Sysmon's GUIDs
	build   string
	sysmon  bool
	rand    *rand.Rand
	logs    map[string][]evtx.Entry
	system  *session
	network *session
	procs   struct {
		services, svchost, schedule, netsvc, explorer, lsass, wmiprvse, kernel *process
	}
	lastPID, lastSession uint64
	sequence             int // of processes, part of their GUID
	cleared              map[string]time.Time
}

func (w *world) host(name, ip string, n uint64, build string, sysmon bool) *host {
	h := &host{world: w, name: name, ip: ip, machine: machineID(n), build: build, sysmon: sysmon,
		rand: w.random(n), logs: map[string][]evtx.Entry{}, cleared: map[string]time.Time{}}
	h.lastPID, h.lastSession = 1200, 0x21000+n*0x3000
	zero := "{00000000-0000-0000-0000-000000000000}"
	h.system = &session{system, 0x3e7, h.sessionGUID(0x3e7), 0}
	h.network = &session{networkService, 0x3e4, zero, 0}
	boot := at(9, "04:12:07")
	sys32 := `C:\Windows\System32\`
	p := &h.procs
	p.kernel = h.standing(boot, 4, "System", "", h.system, nil)
	wininit := h.standing(boot, 564, sys32+"wininit.exe", "wininit.exe", h.system, nil)
	p.services = h.standing(boot, 692, sys32+"services.exe", sys32+"services.exe", h.system, wininit)
	p.lsass = h.standing(boot, 712, sys32+"lsass.exe", sys32+"lsass.exe", h.system, wininit)
	p.svchost = h.standing(boot, 884, sys32+"svchost.exe", sys32+"svchost.exe -k DcomLaunch -p", h.system, p.services)
	p.schedule = h.standing(boot, 1104, sys32+"svchost.exe", sys32+"svchost.exe -k netsvcs -p -s Schedule", h.system, p.services)
	p.netsvc = h.standing(boot, 1168, sys32+"svchost.exe", sys32+"svchost.exe -k NetworkService -p -s Dnscache", h.network, p.services)
	p.wmiprvse = h.standing(boot, 3316, sys32+`wbem\WmiPrvSE.exe`, sys32+`wbem\wmiprvse.exe -secured -Embedding`, h.network, p.svchost)
	return h
}

func (h *host) fqdn() string { return h.name + "." + dnsDomain }

// machineAccount is the account under which the machine itself acts.
func (h *host) machineAccount() *account {
	return &account{h.name + "$", domain, system.sid, true}
}

// computerSID is the domain account of the machine.
func (h *host) computerSID() string {
	return fmt.Sprintf("%s-%d", domainSID, 1000+h.machine%97)
}

// standing is a process that started before the logs begin.
func (h *host) standing(boot time.Time, pid uint32, image, command string, s *session, parent *process) *process {
	h.sequence++
	return &process{h.processGUID(boot, h.sequence), pid, image, command, s, parent}
}

// processGUID follows Sysmon's layout: machine, start time, running number.
func (h *host) processGUID(t time.Time, n int) string {
	sec := uint32(t.Unix())
	return fmt.Sprintf("{%08x-%04x-%04x-%04x-%012x}", h.machine, uint16(sec), sec>>16, uint16(n<<8|n>>8&0xff), 0x1500)
}

func (h *host) sessionGUID(id uint64) string {
	return fmt.Sprintf("{%08x-%04x-%04x-%04x-%012x}", h.machine, 0x4d07, 0x69ae, uint16(id), id<<16&0xffffffffffff)
}

func (h *host) newPID() uint32 {
	h.lastPID += uint64(4 * number(h.rand, 1, 23))
	if h.lastPID > 15000 {
		h.lastPID = 1204
	}
	return uint32(h.lastPID)
}

func (h *host) newSession(who *account, tsid uint32) *session {
	h.lastSession += uint64(number(h.rand, 0x80, 0x2c00))
	return &session{who, h.lastSession, h.sessionGUID(h.lastSession), tsid}
}

// log adds a record.
func (h *host) log(e evtx.Entry) {
	e.Computer = h.fqdn()
	e.Time = e.Time.Add(time.Duration(h.rand.IntN(9990)) * 100)
	h.logs[e.Channel] = append(h.logs[e.Channel], e)
}

// entries returns a channel's records in order of time, numbered from a
// number that a machine some months old would have reached. What was there
// before the log was cleared is left out unless all is asked for.
func (h *host) entries(channel string, all bool) []evtx.Entry {
	es := slices.Clone(h.logs[channel])
	slices.SortStableFunc(es, func(a, b evtx.Entry) int { return a.Time.Compare(b.Time) })
	first := uint64(h.machine)%40000 + 12000 + uint64(len(channel))*911
	for i := range es {
		es[i].RecordID = first + uint64(i)
	}
	if cut, ok := h.cleared[channel]; ok && !all {
		i, _ := slices.BinarySearchFunc(es, cut, func(e evtx.Entry, t time.Time) int { return e.Time.Compare(t) })
		es = es[i:]
	}
	return es
}

// channels lists the logs that have records.
func (h *host) channels() []string {
	var names []string
	for c := range h.logs {
		names = append(names, c)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(a, b) })
	return names
}

// start starts a program: Sysmon's event 1, or 4688 where there is no Sysmon.
func (h *host) start(t time.Time, s *session, parent *process, image, command string) *process {
	h.sequence++
	p := &process{h.processGUID(t, h.sequence), h.newPID(), image, command, s, parent}
	if h.sysmon {
		h.sysmonProcess(t, p)
	} else {
		h.auditProcess(t, p)
	}
	return p
}

// run is a program that ends by itself after a while.
func (h *host) run(t time.Time, s *session, parent *process, image, command string, lasts time.Duration) *process {
	p := h.start(t, s, parent, image, command)
	h.exit(t.Add(lasts), p)
	return p
}

// base is the last part of a path.
func base(path string) string { return path[strings.LastIndexByte(path, '\\')+1:] }

// data is one named value of an event.
func data(name string, value any) evtx.Datum { return evtx.Datum{Name: name, Value: value} }
