package report

import "strings"

// channels gives the short names that timelines use for Windows channels. The
// words are Hayabusa's: people's scripts compare with them.
var channels = map[string]string{
	"application":                                                        "App",
	"dns server":                                                         "DNS-Svr",
	"key management service":                                             "KeyMgtSvc",
	"microsoft-servicebus-client":                                        "SvcBusCli",
	"microsoft-windows-applocker/exe and dll":                            "AppLocker",
	"microsoft-windows-applocker/msi and script":                         "AppLocker",
	"microsoft-windows-applocker/packaged app-deployment":                "AppLocker",
	"microsoft-windows-applocker/packaged app-execution":                 "AppLocker",
	"microsoft-windows-bits-client/operational":                          "BitsCli",
	"microsoft-windows-codeintegrity/operational":                        "CodeInteg",
	"microsoft-windows-dns-server/analytical":                            "DNS-Svr",
	"microsoft-windows-ntlm/operational":                                 "NTLM",
	"microsoft-windows-powershell/operational":                           "PwSh",
	"microsoft-windows-printservice/admin":                               "PrintAdm",
	"microsoft-windows-printservice/operational":                         "PrintOp",
	"microsoft-windows-smbclient/security":                               "SmbCliSec",
	"microsoft-windows-sysmon/operational":                               "Sysmon",
	"microsoft-windows-taskscheduler/operational":                        "TaskSch",
	"microsoft-windows-terminalservices-rdpclient/operational":           "RDP-Client",
	"microsoft-windows-windows defender/operational":                     "Defender",
	"microsoft-windows-windows firewall with advanced security/firewall": "Firewall",
	"microsoft-windows-winrm/operational":                                "WinRM",
	"microsoft-windows-wmi-activity/operational":                         "WMI",
	"msexchange management":                                              "Exchange",
	"openssh/operational":                                                "OpenSSH",
	"powershellcore/operational":                                         "PwSh",
	"security":                                                           "Sec",
	"system":                                                             "Sys",
	"windows powershell":                                                 "PwShClassic",
}

// channelAbbr shortens a channel's name, or returns it as it is.
func channelAbbr(log string) string {
	if short, ok := channels[log]; ok {
		return short
	}
	if short, ok := channels[strings.ToLower(log)]; ok {
		return short
	}
	return log
}

// logName is what the screen calls a log: the channel without the words that
// all channels of Windows have.
func logName(log string) string {
	const vendor, end = "microsoft-windows-", "/operational"
	if low := strings.ToLower(log); strings.HasPrefix(low, vendor) {
		log = log[len(vendor):]
		if strings.HasSuffix(low, end) {
			log = log[:max(0, len(log)-len(end))]
		}
	}
	return log
}

// logonTypes names the numbers of LogonType (documentation of event 4624).
var logonTypes = map[string]string{
	"0": "SYSTEM", "2": "INTERACTIVE", "3": "NETWORK", "4": "BATCH", "5": "SERVICE", "7": "UNLOCK",
	"8": "NETWORK CLEARTEXT", "9": "NEW CREDENTIALS", "10": "REMOTE INTERACTIVE",
	"11": "CACHED INTERACTIVE", "12": "CACHED REMOTE INTERACTIVE", "13": "CACHED UNLOCK",
}
