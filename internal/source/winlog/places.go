package winlog

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// placesText names the values of common events in the order in which the event
// has them, one layout in a line: provider, event id, names. Versions of an
// event differ in how many values they have.
//
//go:embed places.txt
var placesText string

// placeNames maps provider, id and number of values to names.
var placeNames = sync.OnceValue(func() map[string][]string {
	out := make(map[string][]string)
	for line := range strings.Lines(placesText) {
		f := strings.Fields(line)
		out[placeKey(f[0], f[1], len(f)-2)] = f[2:]
	}
	return out
})

func placeKey(provider, id string, n int) string {
	return provider + " " + id + " " + strconv.Itoa(n)
}

// placeProviders are short names of the providers whose places are known.
var placeProviders = map[string]string{
	"Microsoft-Windows-Sysmon": "sysmon", "Microsoft-Windows-Security-Auditing": "security",
	"Service Control Manager": "services", "Microsoft-Windows-PowerShell": "powershell",
}

// namesOf returns the names of an event's n values, nil when they are not
// known.
func namesOf(provider, id string, n int) []string {
	short, ok := placeProviders[provider]
	if !ok {
		return nil
	}
	return placeNames()[placeKey(short, id, n)]
}

// channels are the logs that providers write to, for exports that tell the
// provider only.
var channels = map[string]string{
	"Microsoft-Windows-Security-Auditing": "Security", "Microsoft Windows security auditing.": "Security",
	"Microsoft-Windows-Sysmon":           "Microsoft-Windows-Sysmon/Operational",
	"Service Control Manager":            "System",
	"PowerShell":                         PowerShellLog,
	RPCLog:                               RPCLog,
	"PowerShell (PowerShell)":            PowerShellLog,
	"Microsoft-Windows-Windows Defender": "Microsoft-Windows-Windows Defender/Operational",
	"Windows Defender":                   "Microsoft-Windows-Windows Defender/Operational",
	"Microsoft-Windows-PowerShell":       "Microsoft-Windows-PowerShell/Operational",
	"PowerShellCore":                     "PowerShellCore/Operational",
	"Microsoft-Windows-TaskScheduler":    "Microsoft-Windows-TaskScheduler/Operational",
	"Microsoft-Windows-WMI-Activity":     "Microsoft-Windows-WMI-Activity/Operational",
	"Microsoft-Windows-Bits-Client":      "Microsoft-Windows-Bits-Client/Operational",
	"Microsoft-Windows-TerminalServices-LocalSessionManager": "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
	"Microsoft-Windows-NTLM":                                 "Microsoft-Windows-NTLM/Operational",
	"MsiInstaller":                                           "Application",
	"Windows Error Reporting":                                "Application",
	"Application Error":                                      "Application",
	"MSExchange CmdletLogs":                                  "MSExchange Management",
}
