package eve

import (
	"bytes"
	"strconv"
	"strings"

	"tyto/internal/event"
	"tyto/internal/source/objects"
)

// An iface is an interface for remote procedure calls, with the operations
// that matter in an intrusion by their numbers. Names are those of Zeek.
type iface struct {
	name string
	ops  map[int]string
}

// ifaces are the interfaces by UUID ([MS-SCMR], [MS-TSCH], [MS-WMI], [MS-DRSR]
// and their like).
var ifaces = map[string]iface{
	"367abb81-9844-35f1-ad32-98f038001003": {"svcctl", map[int]string{
		2: "DeleteService", 12: "CreateServiceW", 15: "OpenSCManagerW", 19: "StartServiceW", 24: "CreateServiceA",
		31: "StartServiceA", 44: "CreateServiceWOW64A", 45: "CreateServiceWOW64W"}},
	"86d35949-83c9-4044-b424-db363231fd0c": {"ITaskSchedulerService", map[int]string{
		1: "SchRpcRegisterTask", 12: "SchRpcRun", 13: "SchRpcDelete", 16: "SchRpcGetLastRunInfo", 19: "SchRpcEnableTask"}},
	"1ff70682-0a51-30e8-076d-740be8cee98b": {"atsvc", map[int]string{0: "NetrJobAdd"}},
	"9556dc99-828c-11cf-a37e-00aa003240c7": {"IWbemServices", map[int]string{24: "ExecMethod", 25: "ExecMethodAsync"}},
	"f309ad18-d86a-11d0-a075-00c04fb68820": {"IWbemLevel1Login", nil},
	"000001a0-0000-0000-c000-000000000046": {"IRemoteSCMActivator", map[int]string{3: "RemoteGetClassObject", 4: "RemoteCreateInstance"}},
	"e3514235-4b06-11d1-ab04-00c04fc2dcd2": {"drsuapi", map[int]string{
		0: "DRSBind", 2: "DRSReplicaSync", 3: "DRSGetNCChanges", 12: "DRSCrackNames"}},
	"12345778-1234-abcd-ef00-0123456789ac": {"samr", map[int]string{
		6: "SamrEnumerateDomainsInSamServer", 13: "SamrEnumerateUsersInDomain", 25: "SamrGetMembersInGroup"}},
	"12345778-1234-abcd-ef00-0123456789ab": {"lsarpc", map[int]string{14: "LsarLookupNames"}},
	"4b324fc8-1670-01d3-1278-5a47bf6ee188": {"srvsvc", map[int]string{12: "NetrSessionEnum", 15: "NetrShareEnum"}},
	"6bffd098-a112-3610-9833-46c3f87e345a": {"wkssvc", map[int]string{2: "NetrWkstaUserEnum"}},
	"12345678-1234-abcd-ef00-01234567cffb": {"netlogon", map[int]string{
		15: "NetrServerAuthenticate2", 26: "NetrServerAuthenticate3", 30: "NetrServerPasswordSet2"}},
	"338cd001-2244-31f1-aaaa-900038001003": {"winreg", map[int]string{
		2: "OpenLocalMachine", 20: "BaseRegSaveKey", 24: "BaseInitiateSystemShutdown"}},
	"894de0c0-0d55-11d3-a322-00c04fa321a1": {"InitShutdown", map[int]string{0: "BaseInitiateShutdown"}},
	"82273fdc-e32a-18c3-3f78-827929dc23ea": {"eventlog", map[int]string{0: "ElfrClearELFW", 12: "ElfrClearELFA"}},
	"f6beaff7-1e19-4fbb-9f8f-b89e2018337c": {"IEventService", map[int]string{6: "EvtRpcClearLog"}},
	"12345678-1234-abcd-ef00-0123456789ab": {"spoolss", map[int]string{14: "RpcAddPrintProcessor", 46: "RpcAddMonitor"}},
	"12b81e99-f207-4a4c-85d3-77b42f76fd14": {"ISeclogon", map[int]string{0: "SeclCreateProcessWithLogonW"}},
	"e1af8308-5d1f-11c9-91a4-08002b14a0fa": {"epmapper", map[int]string{3: "ept_map"}},
}

// calls remembers the interface that each flow bound last.
type calls struct{ bound map[string]string }

// maxFlows bounds how many flows are remembered.
const maxFlows = 1 << 16

func (c *calls) forget() { clear(c.bound) }

func (c *calls) bind(flow, uuid []byte) {
	if len(flow) == 0 || len(flow) > 64 {
		return
	}
	if c.bound == nil || len(c.bound) >= maxFlows {
		c.bound = make(map[string]string)
	}
	c.bound[string(flow)] = strings.ToLower(string(uuid))
}

// call names the interface and the operation of a remote procedure call.
func (m *maker) call(p *plan, o *objects.Object) {
	if name := m.roles[roleEndpoint]; name != nil { // version 9 says it itself
		m.add(p.rpc[0], event.Text, name)
		if op := m.roles[roleOperation]; op != nil {
			m.add(p.rpc[1], event.Text, op)
		}
		return
	}
	flow := m.roles[roleFlow]
	uuid := m.accepted(p, o)
	if uuid != nil {
		m.calls.bind(flow, uuid)
	}
	in, ok := ifaces[m.calls.bound[string(flow)]]
	if !ok {
		return
	}
	m.add(p.rpc[0], event.Text, []byte(in.name))
	if n, err := strconv.Atoi(string(m.roles[roleOpnum])); err == nil && in.ops[n] != "" {
		m.add(p.rpc[1], event.Text, []byte(in.ops[n]))
	}
}

// accepted returns the interface that an event binds: the last that the server
// did not refuse, nil for none.
func (m *maker) accepted(p *plan, o *objects.Object) []byte {
	if m.roles[roleUUID] == nil {
		return nil
	}
	var uuid, good []byte
	acks := m.roles[roleAck] != nil
	for i := range p.columns {
		for _, leaf := range o.Run(i) {
			switch p.columns[i].role {
			case roleUUID:
				if uuid = leaf.Text; !acks {
					good = uuid
				}
			case roleAck:
				if bytes.Equal(leaf.Text, []byte("0")) {
					good = uuid
				}
			}
		}
	}
	return good
}
