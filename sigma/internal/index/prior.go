package index

import "strings"

// A prior estimates how often conditions are true, before any event was seen.
// It compares each literal with a few values that are typical of a kind of
// field, and trusts in length for all else. A wrong estimate costs time, never
// a match.
type prior struct {
	classes []fieldClass // per field
	pairs   [classCount]*pairSet
}

// A pairSet holds the pairs of adjacent bytes of a class's typical values, to
// see quickly that none of them contains a literal.
type pairSet [1 << 16 / 64]uint64

func pairAt(text string, i int) int { return int(text[i])<<8 | int(text[i+1]) }

// covers reports whether all pairs of a literal are in the set.
func (s *pairSet) covers(lit string) bool {
	for i := 0; i+1 < len(lit); i++ {
		if p := pairAt(lit, i); s[p/64]>>(p%64)&1 == 0 {
			return false
		}
	}
	return true
}

// A fieldClass groups fields that hold similar values.
type fieldClass uint8

const (
	otherClass    fieldClass = iota
	imageClass               // paths of programs
	commandClass             // command lines
	registryClass            // registry keys
	fileClass                // paths of files
	moduleClass              // paths of libraries
	scriptClass              // script text
	flagClass                // few values, each common: numbers of events, directions, channels
	accountClass             // users and domains
	addressClass             // addresses and ports
	textClass                // lines of text logs, URIs
	accessClass              // access rights
	classCount
)

var classNames = map[string]fieldClass{
	"image": imageClass, "parentimage": imageClass, "sourceimage": imageClass, "targetimage": imageClass,
	"newprocessname": imageClass, "parentprocessname": imageClass, "processname": imageClass, "callerprocessname": imageClass,
	"originalfilename": imageClass, "product": imageClass, "description": imageClass, "company": imageClass,
	"application": imageClass, "exe": imageClass, "comm": imageClass, "servicename": imageClass,
	"commandline": commandClass, "parentcommandline": commandClass, "processcommandline": commandClass, "currentdirectory": imageClass,
	"imagepath": commandClass, "servicefilename": commandClass, "hostapplication": commandClass,
	"targetobject": registryClass, "objectname": registryClass, "newname": registryClass, "details": registryClass,
	"targetfilename": fileClass, "sourcefilename": fileClass, "filename": fileClass, "path": fileClass, "pipename": fileClass,
	"relativetargetname": fileClass, "imageloaded": moduleClass, "calltrace": moduleClass, "startmodule": moduleClass,
	"scriptblocktext": scriptClass, "payload": scriptClass, "contextinfo": scriptClass, "data": scriptClass, "message": scriptClass,
	"eventid": flagClass, "channel": flagClass, "provider_name": flagClass, "eventtype": flagClass, "initiated": flagClass,
	"signed": flagClass, "signaturestatus": flagClass, "protocol": flagClass, "integritylevel": flagClass, "logontype": flagClass,
	"level": flagClass, "task": flagClass, "opcode": flagClass, "keywords": flagClass, "grantedaccess": accessClass,
	"status": flagClass, "action": flagClass, "type": flagClass, "eventsource": flagClass, "eventname": flagClass,
	"category": flagClass, "operationname": flagClass, "cs-method": flagClass, "sc-status": flagClass, "accessmask": flagClass,
	"objecttype": flagClass, "objectserver": flagClass, "authenticationpackagename": flagClass, "logonprocessname": flagClass,
	"signature": accountClass, "user": accountClass, "parentuser": accountClass, "subjectusername": accountClass,
	"targetusername": accountClass, "subjectusersid": accountClass, "targetuser": accountClass, "sourceuser": accountClass,
	"subjectdomainname": accountClass, "destinationip": addressClass, "sourceip": addressClass, "destinationport": addressClass,
	"sourceport": addressClass, "destinationhostname": addressClass, "ipaddress": addressClass, "ipport": addressClass,
	"sourcenetworkaddress": addressClass, "c-uri": textClass, "cs-uri-query": textClass, "cs-uri-stem": textClass,
	"c-useragent": textClass, "cs-user-agent": textClass, "cs-host": textClass, "queryname": textClass, "query": textClass,
}

// A typical value stands for a share of the events that have the field.
type typical struct {
	share float64
	text  string
}

var typicals = map[fieldClass][]typical{
	imageClass: {
		{.20, `c:\windows\system32\svchost.exe`}, {.06, `c:\windows\system32\lsass.exe`}, {.04, `c:\windows\system32\services.exe`},
		{.08, `c:\windows\system32\windowspowershell\v1.0\powershell.exe`}, {.08, `c:\windows\system32\cmd.exe`},
		{.05, `c:\windows\system32\conhost.exe`}, {.04, `c:\windows\explorer.exe`}, {.03, `c:\windows\system32\wbem\wmiprvse.exe`},
		{.03, `c:\windows\system32\taskhostw.exe`}, {.03, `c:\windows\system32\rundll32.exe`}, {.02, `c:\windows\system32\dllhost.exe`},
		{.02, `c:\windows\system32\backgroundtaskhost.exe`}, {.02, `c:\windows\system32\runtimebroker.exe`},
		{.02, `c:\windows\system32\msiexec.exe`}, {.02, `c:\windows\syswow64\msiexec.exe`}, {.02, `c:\windows\system32\net.exe`},
		{.02, `c:\windows\system32\net1.exe`}, {.02, `c:\windows\system32\reg.exe`}, {.02, `c:\windows\system32\schtasks.exe`},
		{.02, `c:\windows\system32\sc.exe`}, {.02, `c:\windows\system32\wbem\wmic.exe`}, {.02, `c:\windows\system32\whoami.exe`},
		{.01, `c:\windows\syswow64\rundll32.exe`}, {.01, `c:\windows\system32\regsvr32.exe`}, {.01, `c:\windows\system32\wscript.exe`},
		{.01, `c:\windows\system32\mshta.exe`}, {.01, `c:\windows\system32\certutil.exe`}, {.01, `c:\windows\system32\netsh.exe`},
		{.01, `c:\windows\microsoft.net\framework64\v4.0.30319\csc.exe`}, {.01, `c:\windows\system32\wevtutil.exe`},
		{.04, `c:\program files\google\chrome\application\chrome.exe`}, {.03, `c:\program files (x86)\microsoft\edge\application\msedge.exe`},
		{.03, `c:\programdata\microsoft\windows defender\platform\msmpeng.exe`}, {.02, `c:\windows\system32\searchindexer.exe`},
		{.02, `c:\users\user\appdata\local\microsoft\onedrive\onedrive.exe`}, {.02, `c:\program files\vendor\agent\agent.exe`},
		{.02, `system`}, {.02, `microsoft corporation`}, {.02, `microsoft windows operating system`}, {.05, `/usr/bin/bash`}, {.05, `/usr/bin/sh`},
		{.03, `/usr/bin/cat`}, {.03, `/usr/bin/grep`}, {.03, `/usr/sbin/cron`}, {.02, `/usr/bin/python3`}, {.02, `/bin/ls`},
	},
	commandClass: {
		{.12, `c:\windows\system32\svchost.exe -k netsvcs -p -s schedule`}, {.06, `\??\c:\windows\system32\conhost.exe 0xffffffff -forcev1`},
		{.05, `"c:\program files\google\chrome\application\chrome.exe" --type=renderer --lang=en-us --no-sandbox --mojo-platform-channel-handle=1`},
		{.08, `c:\windows\system32\cmd.exe /c "c:\program files\vendor\agent\run.bat" /d /s /q`},
		{.06, `powershell.exe -noprofile -noninteractive -executionpolicy bypass -file c:\scripts\check.ps1`},
		{.05, `"c:\windows\system32\windowspowershell\v1.0\powershell.exe" -command "& {get-process | where-object name}"`},
		{.03, `powershell -nop -sta -w 1 -enc SQBGACgAJABQAFMAVgBFAFIA`}, {.03, `c:\windows\system32\rundll32.exe shell32.dll,control_rundll`},
		{.03, `c:\windows\system32\wbem\wmiprvse.exe -secured -embedding`}, {.02, `taskhostw.exe`}, {.02, `c:\windows\explorer.exe`},
		{.02, `c:\windows\system32\services.exe`}, {.02, `net user /domain`}, {.02, `net localgroup administrators`}, {.02, `net start`},
		{.02, `reg query hklm\software\microsoft\windows\currentversion\run /v name`}, {.02, `reg add hkcu\software\vendor /v a /t reg_dword /d 1 /f`},
		{.02, `schtasks /create /tn task /tr "c:\windows\task.exe" /sc daily /ru system`}, {.02, `sc query service`}, {.02, `sc stop service`},
		{.01, `c:\users\user\appdata\local\temp\setup.exe /silent`}, {.02, `msiexec.exe /v`}, {.02, `netsh advfirewall firewall show rule all`},
		{.02, `"c:\users\user\appdata\local\microsoft\onedrive\onedrive.exe" /background`}, {.02, `wmic process list`}, {.02, `whoami /all`},
		{.02, `python3 /usr/lib/script.py --config /etc/app.conf`}, {.02, `/bin/sh -c "cat /etc/hosts | grep localhost > /tmp/out"`}, {.02, `curl -s https://host/path`},
	},
	registryClass: {
		{.10, `hklm\system\currentcontrolset\services\service\start`}, {.05, `hklm\system\currentcontrolset\control\session manager`},
		{.10, `hku\s-1-5-21-1111111111-2222222222-3333333333-1001\software\microsoft\windows\currentversion\explorer\userassist`},
		{.08, `hklm\software\microsoft\windows nt\currentversion\schedule\taskcache\tasks\{0}`}, {.05, `hklm\software\microsoft\windows defender\signature updates`},
		{.04, `hkcr\clsid\{0}\inprocserver32\(default)`}, {.03, `hklm\software\wow6432node\classes\interface`}, {.03, `hklm\software\policies\microsoft\systemcertificates`},
		{.02, `hklm\software\microsoft\windows\currentversion\run\name`}, {.03, `hklm\system\currentcontrolset\services\tcpip\parameters\interfaces`},
		{.10, `dword (0x00000001)`}, {.10, `dword (0x00000000)`}, {.10, `binary data`}, {.05, `%systemroot%\system32\library.dll`}, {.10, `(empty)`},
	},
	fileClass: {
		{.10, `c:\windows\prefetch\svchost.exe-12345678.pf`}, {.08, `c:\users\user\appdata\local\temp\name.tmp`}, {.05, `c:\windows\temp\name.log`},
		{.08, `c:\users\user\appdata\local\google\chrome\user data\default\cache\data_1`}, {.05, `c:\users\user\appdata\roaming\microsoft\windows\recent\file.lnk`},
		{.05, `c:\windows\system32\tasks\microsoft\windows\task`}, {.05, `c:\windows\softwaredistribution\download\install.cab`}, {.03, `c:\windows\system32\library.dll`},
		{.03, `c:\programdata\microsoft\windows defender\scans\mpcache.bin`}, {.04, `c:\users\user\appdata\local\temp\__psscriptpolicytest_abcdefgh.ps1`},
		{.02, `c:\windows\system32\program.exe`}, {.02, `c:\program files\vendor\program.exe`}, {.02, `c:\users\user\downloads\file.zip`}, {.02, `c:\windows\system32\config\systemprofile`},
		{.03, `\lsass`}, {.03, `\srvsvc`}, {.02, `c:\users\user\documents\report.docx`}, {.03, `/var/log/syslog`}, {.03, `/etc/passwd`}, {.03, `/tmp/file`},
	},
	moduleClass: {
		{.30, `c:\windows\system32\ntdll.dll`}, {.20, `c:\windows\system32\kernel32.dll`}, {.20, `c:\windows\system32\kernelbase.dll`}, {.05, `c:\windows\system32\wbem\fastprox.dll`},
		{.30, `c:\windows\system32\ntdll.dll+9c584|c:\windows\system32\kernelbase.dll+2730e|c:\windows\system32\lsasrv.dll+1|unknown(00007ff)`},
		{.05, `c:\windows\system32\combase.dll`}, {.05, `c:\windows\system32\rpcrt4.dll`}, {.03, `c:\windows\syswow64\wow64.dll`}, {.02, `c:\program files\vendor\library.dll`},
		{.02, `c:\windows\assembly\nativeimages_v4.0.30319_64\system.management.automation\system.management.automation.ni.dll`}, {.02, `c:\windows\system32\amsi.dll`},
		{.02, `c:\windows\microsoft.net\framework64\v4.0.30319\clr.dll`}, {.02, `c:\windows\system32\crypt32.dll`}, {.02, `c:\windows\system32\vaultcli.dll`},
		{.02, `c:\windows\system32\wbem\wmiutils.dll`}, {.02, `c:\windows\system32\taskschd.dll`}, {.02, `c:\windows\system32\samlib.dll`}, {.02, `c:\windows\system32\dbghelp.dll`},
	},
	scriptClass: {
		{.25, `function get-name { [cmdletbinding()] param([parameter(mandatory=$true)][string]$name) process { if ($name -eq $null) { return } foreach ($i in $items) { write-output $i } } }`},
		{.15, `commandinvocation(out-default): "out-default" parameterbinding(out-default): name="inputobject"; value="system" hostapplication=c:\windows\system32\windowspowershell\v1.0\powershell.exe`},
		{.10, `severity = informational host name = consolehost host version = 5.1 command name = get-process command type = cmdlet script name = user = connected user = shell id = microsoft.powershell`},
		{.10, `new-object system.net.webclient invoke-command get-childitem set-item import-module add-type -path $env:temp out-file try { } catch { throw }`},
		{.10, `[system.text.encoding]::utf8.getstring [convert]::frombase64string [reflection.assembly]::load add-member -membertype noteproperty -force -erroraction silentlycontinue`},
		{.10, `get-wmiobject -class win32_process select-object -property name | where-object { $_.name -match 'x' } | sort-object | format-table https:// http:// .exe .dll .ps1`},
	},
	accountClass: {
		{.50, `nt authority\system`}, {.15, `nt authority\network service`}, {.10, `nt authority\local service`}, {.20, `domain\user`}, {.30, `system`}, {.20, `host$`},
		{.20, `s-1-5-18`}, {.05, `administrator`}, {.30, `microsoft windows`}, {.05, `valid`},
	},
	addressClass: {
		{.20, `10.0.0.1`}, {.20, `192.168.1.10`}, {.20, `127.0.0.1`}, {.10, `::1`}, {.10, `fe80:0:0:0:1:2:3:4`}, {.05, `0:0:0:0:0:0:0:1`}, {.20, `443`}, {.15, `80`},
		{.10, `53`}, {.10, `445`}, {.10, `389`}, {.10, `88`}, {.05, `135`}, {.02, `3389`}, {.02, `5985`}, {.30, `-`}, {.10, `host.domain.local`}, {.05, `server.windows.com`},
	},
	accessClass: {
		{.30, `0x1000`}, {.15, `0x1400`}, {.15, `0x1410`}, {.15, `0x1fffff`}, {.10, `0x3000`}, {.10, `0x40`}, {.05, `0x1478`}, {.05, `0x101541`},
		{.03, `0x1010`}, {.03, `0x1438`}, {.02, `0x100000`},
	},
	textClass: {
		{.30, `mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/120.0 safari/537.36`}, {.20, `/index.php?id=1&name=value`},
		{.20, `https://www.example.com/path/page.html`}, {.10, `/api/v1/items`}, {.10, `/static/js/app.js`}, {.10, `www.microsoft.com`}, {.10, `settings-win.data.microsoft.com`},
	},
}

// newPrior classifies the fields of a program.
func newPrior(fields []string) *prior {
	p := &prior{classes: make([]fieldClass, len(fields))}
	for i, name := range fields {
		p.classes[i] = classNames[strings.ToLower(name)]
	}
	for class := range p.pairs {
		p.pairs[class] = &pairSet{}
		for _, t := range typicals[fieldClass(class)] {
			for i := 0; i+1 < len(t.text); i++ {
				pair := pairAt(t.text, i)
				p.pairs[class][pair/64] |= 1 << (pair % 64)
			}
		}
	}
	return p
}

// rate estimates the share of events with the atom's field in which it holds.
func (p *prior) rate(a atom) float64 {
	if a.field == keywordField {
		return 20 * lengthRate(a) // any of many values, and dear to look for
	}
	class := p.classes[a.field]
	if class == flagClass && a.kind != presentAtom {
		return 0.3
	}
	rate := lengthRate(a)
	if a.kind != numberAtom && !p.pairs[class].covers(a.lit) {
		return rate
	}
	for _, t := range typicals[class] {
		if a.holdsFor(t.text) {
			rate += t.share
		}
	}
	return rate
}

// holdsFor reports whether an atom with a literal is true of a folded value.
func (a *atom) holdsFor(value string) bool {
	switch a.kind {
	case wholeAtom:
		return value == a.lit
	case numberAtom:
		n, ok := canonical(nil, []byte(value))
		return ok && string(n) == a.lit
	case prefixAtom:
		return strings.HasPrefix(value, a.lit)
	case suffixAtom:
		return strings.HasSuffix(value, a.lit)
	case containsAtom:
		return strings.Contains(value, a.lit)
	}
	return false
}

// lengthRate is the estimate for values that nobody thought of: the longer the
// literal, the rarer; letters beyond ASCII are rare too.
func lengthRate(a atom) float64 {
	switch a.kind {
	case presentAtom:
		return 1
	case networkAtom:
		return 0.05
	case numberAtom, wholeAtom:
		switch a.lit {
		case "true", "false", "0", "1", "-", "":
			return 0.3
		}
		return 0.0005
	}
	if !isASCII(a.lit) {
		return 1e-5
	}
	rate := 1.0
	for n := min(len(a.lit), 16); n > 0; n-- {
		rate *= 0.45
	}
	if a.kind != containsAtom {
		rate /= 4
	}
	return rate + 1e-6
}
