package demo

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"strings"
)

// A program is what the version resource of a file says.
type program struct {
	version, description, product, company, original string
	imphash                                          string // published, else derived
}

const (
	windows   = "Microsoft\u00ae Windows\u00ae Operating System"
	microsoft = "Microsoft Corporation"
)

// windowsProgram describes a file that comes with Windows: its version is the
// build of the machine.
func windowsProgram(description, original string) program {
	return program{"", description, windows, microsoft, original, ""}
}

// programs are the files of the story, by lower-case name. A file that is not
// listed has no version resource, as most attackers' files have none.
var programs = map[string]program{
	"svchost.exe":          windowsProgram("Host Process for Windows Services", "svchost.exe"),
	"taskhostw.exe":        windowsProgram("Host Process for Windows Tasks", "taskhostw.exe"),
	"services.exe":         windowsProgram("Services and Controller app", "services.exe"),
	"cmd.exe":              windowsProgram("Windows Command Processor", "Cmd.Exe"),
	"conhost.exe":          windowsProgram("Console Window Host", "CONHOST.EXE"),
	"explorer.exe":         windowsProgram("Windows Explorer", "EXPLORER.EXE"),
	"userinit.exe":         windowsProgram("Userinit Logon Application", "USERINIT.EXE"),
	"rundll32.exe":         windowsProgram("Windows host process (Rundll32)", "RUNDLL32.EXE"),
	"net.exe":              windowsProgram("Net Command", "net.exe"),
	"net1.exe":             windowsProgram("Net Command", "net1.exe"),
	"ping.exe":             windowsProgram("TCP/IP Ping Command", "ping.exe"),
	"ipconfig.exe":         windowsProgram("IP Configuration Utility", "ipconfig.exe"),
	"nltest.exe":           windowsProgram("Microsoft\u00ae Logon Server Test Utility", "nltestrk.exe"),
	"whoami.exe":           windowsProgram("whoami - displays logged on user information", "whoami.exe"),
	"tasklist.exe":         windowsProgram("Lists the current running tasks", "tasklist.exe"),
	"expand.exe":           windowsProgram("LZ Expansion Utility", "expand"),
	"sc.exe":               windowsProgram("Service Control Manager Configuration Tool", "sc.exe"),
	"wevtutil.exe":         windowsProgram("Eventing Command Line Utility", "wevtutil.exe"),
	"wmic.exe":             windowsProgram("WMI Commandline Utility", "wmic.exe"),
	"wmiprvse.exe":         windowsProgram("WMI Provider Host", "Wmiprvse.exe"),
	"tar.exe":              {"3.5.2 (WinBuild.160101.0800)", "bsdtar archive tool", windows, microsoft, "bsdtar", ""},
	"curl.exe":             {"7.55.1", "The curl executable", "The curl executable", "curl, https://curl.haxx.se/", "curl.exe", ""},
	"powershell.exe":       windowsProgram("Windows PowerShell", "PowerShell.EXE"),
	"gpupdate.exe":         windowsProgram("Microsoft\u00ae Group Policy Update Utility", "GPUpdate.exe"),
	"wuauclt.exe":          windowsProgram("Windows Update", "wuauclt.exe"),
	"tiworker.exe":         windowsProgram("Windows Modules Installer Worker", "TiWorker.exe"),
	"trustedinstaller.exe": windowsProgram("Windows Modules Installer", "TrustedInstaller.exe"),
	"defrag.exe":           windowsProgram("Disk Defragmenter Module", "Defrag.EXE"),
	"notepad.exe":          windowsProgram("Notepad", "NOTEPAD.EXE"),
	"rdpclip.exe":          windowsProgram("RDP Clipboard Monitor", "rdpclip.exe"),
	"mmc.exe":              windowsProgram("Microsoft Management Console", "mmc.exe"),
	"wbadmin.exe":          windowsProgram("Command Line Interface for Microsoft\u00ae BLB Backup", "WBADMIN.EXE"),
	"mpcmdrun.exe":         {"4.18.25110.5 (WinBuild.160101.0800)", "Microsoft Malware Protection Command Line Utility", windows, microsoft, "MpCmdRun.exe", ""},
	"w3wp.exe":             {"10.0.17763.1 (WinBuild.160101.0800)", "IIS Worker Process", "Internet Information Services", microsoft, "w3wp.exe", ""},
	"chrome.exe":           {"145.0.7632.76", "Google Chrome", "Google Chrome", "Google LLC", "chrome.exe", ""},
	"updater.exe":          {"145.0.7630.0", "Google Updater", "Google Updater", "Google LLC", "updater.exe", ""},
	"winword.exe":          {"16.0.17928.20440", "Microsoft Word", "Microsoft Office", microsoft, "WinWord.exe", ""},
	"excel.exe":            {"16.0.17928.20440", "Microsoft Excel", "Microsoft Office", microsoft, "Excel.exe", ""},
	"outlook.exe":          {"16.0.17928.20440", "Microsoft Outlook", "Microsoft Outlook", microsoft, "Outlook.exe", ""},
	"psexec.exe":           {"2.34", "Execute processes remotely", "Sysinternals PsExec", "Sysinternals - www.sysinternals.com", "psexec.c", ""},
	"psexesvc.exe":         {"2.34", "PsExec Service", "Sysinternals PsExec", "Sysinternals", "psexesvc.exe", ""},
	"rar.exe":              {"5.31.0", "Command line RAR", "WinRAR", "Alexander Roshal", "", ""},
	"k7avmscn.exe":         {"11.1.0.23", "K7 AntiVirus Scanner", "K7 Security Products", "K7 Computing Pvt Ltd", "K7AVMScn.exe", ""},
	"k7avwscn.dll":         {"-", "-", "-", "-", "-", "C619772C353F1B1A5915BAB7545E93AF"},
	"brdifxapi.exe":        {"1.0.3.0", "Driver install support", "Brother driver package", "Brother Industries, Ltd.", "brdifxapi.exe", ""},
	"msseces.exe":          {"4.0.1111.0", "Microsoft Security Client User Interface", "Microsoft Security Client", microsoft, "msseces.exe", ""},
}

// programOf looks up a file by the name at the end of its path.
func programOf(path, build string) program {
	p, ok := programs[strings.ToLower(base(path))]
	if !ok {
		p = program{"-", "-", "-", "-", "-", ""}
	}
	if p.version == "" {
		p.version = build + " (WinBuild.160101.0800)"
	}
	for _, s := range []*string{&p.description, &p.product, &p.company, &p.original} {
		if *s == "" {
			*s = "-"
		}
	}
	return p
}

// hashes are derived from name and version: equal files have equal hashes on
// every machine and none of them is a hash of a real file.
func (p program) hashes(path string) string {
	id := []byte("demo\x00" + strings.ToLower(base(path)) + "\x00" + p.version)
	imphash := p.imphash
	if imphash == "" {
		imphash = fmt.Sprintf("%X", md5.Sum(append(id, 1)))
	}
	return fmt.Sprintf("SHA1=%X,MD5=%X,SHA256=%X,IMPHASH=%s", sha1.Sum(id), md5.Sum(id), sha256.Sum256(id), imphash)
}

// isProgram is Sysmon's IsExecutable.
func isProgram(path string) bool {
	return strings.HasSuffix(path, ".exe") || strings.HasSuffix(path, ".dll")
}
