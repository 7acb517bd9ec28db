package evtxlog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyto/evtx"
	"tyto/internal/rulecheck"
	"tyto/internal/source/evtxlog"
	"tyto/internal/source/sourcetest"
)

// Interfaces that public rules ask for.
const (
	replication = "e3514235-4b06-11d1-ab04-00c04fc2dcd2" // MS-DRSR
	accounts    = "6bffd098-a112-3610-9833-46c3f87e345a" // MS-WKST
)

// rpcCall is a record of RPC Firewall about a call, in the order of its source:
// 11 values at first, 14 since it tells ports.
func rpcCall(uuid, number string) evtx.Entry {
	q := uint16(0x4002)
	return evtx.Entry{Provider: "RPCFW", EventID: 3, Qualifiers: &q, Keywords: 0xa0000000000000, Channel: "RPCFW", Computer: "dc1.corp.example",
		Data: []evtx.Datum{{Value: []string{"NdrServerCallAll", "712", `C:\Windows\System32\lsass.exe`, "ncacn_ip_tcp", "49667", "192.0.2.9",
			uuid, number, `CORP\eve`, "PKT_PRIVACY", "NEGOTIATE", "50123", "192.0.2.1", "49667"}}}}
}

// with changes a record's values.
func with(e evtx.Entry, change func([]string) []string) evtx.Entry {
	e.Data = []evtx.Datum{{Value: change(slices.Clone(e.Data[0].Value.([]string)))}}
	return e
}

func first(n int) func([]string) []string { return func(v []string) []string { return v[:n] } }

func TestRulesOnRPCFirewallFire(t *testing.T) {
	const dcsync = "rules/application/rpc_firewall/rpc_firewall_dcsync_attack.yml"
	const hound = "rules/application/rpc_firewall/rpc_firewall_sharphound_recon_account.yml"
	fires := func(rule string, e evtx.Entry) rulecheck.Case { return rulecheck.Fires(rule, logOf(t, e)) }
	silent := func(rule string, e evtx.Entry) rulecheck.Case { return rulecheck.Silent(rule, logOf(t, e)) }
	call := rpcCall(replication, "3")
	protected, elsewhere := call, call
	protected.EventID, elsewhere.Channel = 1, "Application"
	shifted := with(call, func(v []string) []string { return v[1:] })
	rulecheck.Run(t, evtxlog.New(evtxlog.Options{}), []rulecheck.Case{
		fires(dcsync, call),
		fires(dcsync, with(call, first(11))),
		fires(dcsync, with(call, first(12))),
		fires(dcsync, with(call, func(v []string) []string { return append(v, "S-1-5-21-1-2-3-1105", "x", "{}") })),
		silent(dcsync, rpcCall(replication, "12")),
		silent(dcsync, rpcCall(accounts, "3")),
		silent(dcsync, with(call, first(10))),
		silent(dcsync, shifted),
		silent(dcsync, protected),
		silent(dcsync, elsewhere),
		fires(hound, rpcCall(accounts, "2")),
		silent(hound, rpcCall(accounts, "22")),
	})
}

func TestValuesOfRPCFirewallAreNamedByPlace(t *testing.T) {
	longer := with(rpcCall(replication, "3"), func(v []string) []string { return append(v, "more") })
	events, _ := sourcetest.Read(t, evtxlog.New(evtxlog.Options{}), sourcetest.Input("a.evtx", logOf(t, longer)))
	const want = `Function=NdrServerCallAll ProcessId=712 Image=C:\Windows\System32\lsass.exe Protocol=ncacn_ip_tcp Endpoint=49667 IpAddress=192.0.2.9 ` +
		`InterfaceUuid=e3514235-4b06-11d1-ab04-00c04fc2dcd2 OpNum=3 User=CORP\eve AuthenticationLevel=PKT_PRIVACY AuthenticationService=NEGOTIATE ` +
		`IpPort=50123 ServerAddress=192.0.2.1 ServerPort=49667 Data=more`
	got, _, _ := strings.Cut(show(events[0]), " |")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields differ (-want +got):\n%s", diff)
	}
}
