package demo

import (
	"fmt"
	"time"
)

// Folders and hosts of the story.
const (
	sys32     = `C:\Windows\System32\`
	music     = `C:\Users\Public\Music\`
	drm       = `C:\ProgramData\Microsoft\DRM\`
	drmShare  = `c$\programdata\microsoft\drm`
	drmInside = `ProgramData\Microsoft\DRM\`
	winDrive  = `C:\ProgramData\WinDrive\`
	ime       = `C:\Windows\IME\`
	remoteIP  = "10.20.99.14" // an address of the remote-access pool
	remotePC  = "DESKTOP-7Q2VB"
	servers   = `HKLM\System\CurrentControlSet\Services\`
)

// An intrusion carries what one chapter of the story hands to the next.
type intrusion struct {
	*world
	desk   *session // the taken account's desktop on EX01
	beacon *process // what gives commands on EX01
	fsIn   *session // its network logon on FS01
	wsIn   *session // its network logon on WS-041
	shell  *process // HemiGate's second instance on FS01
	stolen *process // TrillClient's service on WS-041
}

// intrude tells the story in order of time. README.md lists every step with
// the records that show it.
func (w *world) intrude() {
	in := &intrusion{world: w}
	in.takeOver()
	in.foothold()
	in.recon()
	in.toFileServer()
	in.hemiGate()
	in.downgrade()
	in.toWorkstation()
	in.trillClient()
	in.toDomainController()
	in.collect()
	in.upload()
	in.cleanUp()
	in.secondRound()
}

// command is one tool run from the beacon through cmd /C, as the reports
// print it; it returns the tool's process.
func (in *intrusion) command(t time.Time, line, image, arguments string, lasts time.Duration) *process {
	h := in.ex01
	shell := h.start(t, in.desk, in.beacon, sys32+"cmd.exe", `C:\Windows\system32\cmd.exe /C `+line)
	p := shell
	if image != "" {
		p = h.start(t.Add(millis(200)), in.desk, shell, image, arguments)
		h.exit(t.Add(lasts), p)
	}
	h.exit(t.Add(lasts+millis(300)), shell)
	return p
}

// takeOver: guessed passwords, then the right one, then a desktop.
func (in *intrusion) takeOver() {
	h, t := in.ex01, at(10, "01:42:10")
	v := visit{kind: 3, from: remoteIP, workstation: remotePC, ntlm: true}
	for i := range 14 {
		h.failedLogon(t.Add(seconds(17*i)), in.adminInfra, v)
	}
	first := h.logon(at(10, "01:47:31"), in.adminInfra, v)
	h.share(at(10, "01:47:32"), first, remoteIP, "IPC$", "")
	h.logoff(at(10, "01:47:50"), first, 3)
	in.desk = h.logon(at(10, "01:52:04"), in.adminInfra, visit{kind: 10, from: remoteIP, workstation: h.name, tsid: 3})
	in.dc01.signIn(at(10, "01:52:03"), in.adminInfra, h.ip)
	t = at(10, "01:52:06")
	winlogon := h.standing(t, 5120, sys32+"winlogon.exe", "winlogon.exe", h.system, nil)
	userinit := h.start(t, in.desk, winlogon, sys32+"userinit.exe", `C:\Windows\system32\userinit.exe`)
	h.procs.explorer = h.start(t.Add(seconds(1)), in.desk, userinit, `C:\Windows\explorer.exe`, `C:\Windows\Explorer.EXE`)
	h.run(t.Add(seconds(2)), in.desk, h.procs.schedule, sys32+"rdpclip.exe", "rdpclip", seconds(9000))
}

// foothold: tools appear in a public folder, a beacon starts and calls home
// about once a minute through a shared content-delivery network.
func (in *intrusion) foothold() {
	h, r := in.ex01, in.random(101)
	explorer := h.procs.explorer
	for i, f := range []string{"PsExec.exe", "go4.cab", "rar.exe", "nlog.dll"} {
		h.create(at(10, "01:55:02").Add(seconds(7*i)), explorer, music+f)
	}
	in.beacon = h.start(at(10, "01:57:40"), in.desk, explorer, sys32+"rundll32.exe",
		`"C:\Windows\system32\rundll32.exe" C:\Users\Public\Music\nlog.dll,Start`)
	h.load(at(10, "01:57:41"), in.beacon, music+"nlog.dll", "")
	calls := 0
	for t := at(10, "01:57:44"); t.Before(at(10, "04:18:00")); t = t.Add(seconds(60 + number(r, -6, 6))) {
		h.connect(t, in.beacon, "151.101.1.6", "-", 443, "https")
		if calls%15 == 0 {
			h.resolve(t.Add(-millis(400)), in.beacon, "cloudlibraries.global.ssl.fastly.net",
				"type:  5 dualstack.global.ssl.fastly.net;::ffff:151.101.1.6;")
		}
		calls++
	}
}

// recon: a burst of small questions from one parent.
func (in *intrusion) recon() {
	steps := []struct{ clock, line, image, command string }{
		{"02:00:03", "whoami /groups", "whoami.exe", "whoami  /groups"},
		{"02:00:21", "ipconfig /all", "ipconfig.exe", "ipconfig  /all"},
		{"02:00:58", "tasklist /v", "tasklist.exe", "tasklist  /v"},
		{"02:01:36", "nltest /dclist:corp.example", "nltest.exe", "nltest  /dclist:corp.example"},
		{"02:02:19", `net group "domain admins" /domain`, "net.exe", `net  group "domain admins" /domain`},
		{"02:03:04", `net view \\FS01 /all`, "net.exe", `net  view \\FS01 /all`},
		{"02:04:10", "ping -n 2 FS01", "ping.exe", "ping  -n 2 FS01"},
	}
	for _, s := range steps {
		p := in.command(at(10, s.clock), s.line, sys32+s.image, s.command, millis(900))
		if s.image == "net.exe" {
			in.ex01.run(at(10, s.clock).Add(millis(350)), in.desk, p, sys32+"net1.exe",
				`C:\Windows\system32\net1 `+s.command[5:], millis(400))
		}
	}
}

// toFileServer: a cabinet over an administrative share, unpacked there,
// started with PsExec.
func (in *intrusion) toFileServer() {
	src, dst := in.ex01, in.fs01
	t := at(10, "02:06:12")
	in.command(t, `copy C:\users\public\music\go4.cab \\FS01\`+drmShare, "", "", millis(900))
	src.connect(t.Add(millis(300)), src.procs.kernel, dst.ip, dst.fqdn(), 445, "microsoft-ds")
	in.fsIn = dst.logon(t.Add(millis(400)), in.adminInfra, visit{kind: 3, from: src.ip, workstation: "-"})
	dst.share(t.Add(millis(450)), in.fsIn, src.ip, "C$", `\??\C:\`)
	dst.shareFile(t.Add(millis(500)), in.fsIn, src.ip, "C$", `\??\C:\`, drmInside+"go4.cab", true)
	dst.create(t.Add(millis(550)), dst.procs.kernel, drm+"go4.cab")

	t = at(10, "02:07:05")
	in.command(t, `expand -f:* \\FS01\`+drmShare+`\go4.cab \\FS01\`+drmShare, sys32+"expand.exe",
		`expand  -f:* \\FS01\`+drmShare+`\go4.cab \\FS01\`+drmShare, seconds(4))
	for i, f := range []string{"g2.bat", "K7AVMScn.exe", "K7AVWScn.dll", "taskhask.doc", "taskhask.dat"} {
		dst.shareFile(t.Add(millis(700+400*i)), in.fsIn, src.ip, "C$", `\??\C:\`, drmInside+f, true)
		dst.create(t.Add(millis(760+400*i)), dst.procs.kernel, drm+f)
	}

	t = at(10, "02:08:30")
	tool := in.command(t, `c:\users\public\music\PsExec.exe -accepteula \\10.20.10.21 "c:\ProgramData\Microsoft\DRM\g2.bat"`,
		music+"PsExec.exe", `c:\users\public\music\PsExec.exe  -accepteula \\10.20.10.21 "c:\ProgramData\Microsoft\DRM\g2.bat"`, seconds(14))
	src.registrySet(t.Add(millis(400)), tool, `HKU\`+in.adminInfra.sid+`\SOFTWARE\Sysinternals\PsExec\EulaAccepted`, "DWORD (0x00000001)")
	src.connect(t.Add(millis(600)), tool, dst.ip, dst.fqdn(), 135, "epmap")
	in.psExec(t.Add(millis(800)), tool)
}

// psExec is the target side of PsExec on FS01; it ends with the batch file.
func (in *intrusion) psExec(t time.Time, tool *process) {
	dst, from := in.fs01, in.ex01.ip
	dst.share(t, in.fsIn, from, "ADMIN$", `\??\C:\Windows`)
	dst.shareFile(t.Add(millis(100)), in.fsIn, from, "ADMIN$", `\??\C:\Windows`, "PSEXESVC.exe", true)
	dst.create(t.Add(millis(150)), dst.procs.kernel, `C:\Windows\PSEXESVC.exe`)
	dst.share(t.Add(millis(300)), in.fsIn, from, "IPC$", "")
	dst.shareFile(t.Add(millis(320)), in.fsIn, from, "IPC$", "", "svcctl", true)
	dst.install(t.Add(millis(500)), in.fsIn, service{name: "PSEXESVC", path: `%SystemRoot%\PSEXESVC.exe`, start: "demand"})
	svc := dst.start(t.Add(millis(900)), dst.system, dst.procs.services, `C:\Windows\PSEXESVC.exe`, `C:\Windows\PSEXESVC.exe`)
	dst.state(t.Add(millis(950)), "PSEXESVC", "PSEXESVC", "running")
	dst.pipe(t.Add(millis(1100)), svc, 17, `\PSEXESVC`)
	for i, end := range []string{"stdin", "stdout", "stderr"} {
		name := fmt.Sprintf(`PSEXESVC-EX01-%d-%s`, tool.pid, end)
		dst.pipe(t.Add(millis(1300+150*i)), svc, 17, `\`+name)
		dst.shareFile(t.Add(millis(1380+150*i)), in.fsIn, from, "IPC$", "", name, true)
		dst.pipe(t.Add(millis(1440+150*i)), dst.procs.kernel, 18, `\`+name)
	}
	bat := dst.start(t.Add(seconds(2)), in.fsIn, svc, sys32+"cmd.exe", `C:\Windows\system32\cmd.exe /c "c:\ProgramData\Microsoft\DRM\g2.bat"`)
	in.shell = bat
	dst.exit(t.Add(seconds(11)), bat)
	dst.exit(t.Add(seconds(12)), svc)
	dst.state(t.Add(seconds(12)), "PSEXESVC", "PSEXESVC", "stopped")
	dst.logoff(t.Add(seconds(14)), in.fsIn, 3)
}

// hemiGate: the batch file installs a side-loaded backdoor, which starts
// itself again with other arguments, one instance watching the next.
func (in *intrusion) hemiGate() {
	h, bat := in.fs01, in.shell
	t := at(10, "02:08:34")
	for i, f := range []string{"K7AVMScn.exe", "K7AVWScn.dll", "taskhask.doc", "taskhask.dat"} {
		h.create(t.Add(millis(300*i)), bat, winDrive+f)
	}
	exe := winDrive + "K7AVMScn.exe"
	first := h.start(t.Add(seconds(2)), bat.session, bat, exe, exe)
	h.sideLoad(t.Add(seconds(2)), first, winDrive+"K7AVWScn.dll", "K7 Computing Pvt Ltd")
	h.registrySet(t.Add(seconds(3)), first, `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\Windrive`, exe)
	h.install(t.Add(seconds(3)), bat.session, service{name: "Windrive", display: "Windows Drive Security", path: exe})
	second := h.start(t.Add(seconds(5)), bat.session, first, exe, `"`+exe+`" /a`)
	h.sideLoad(t.Add(seconds(5)), second, winDrive+"K7AVWScn.dll", "K7 Computing Pvt Ltd")
	h.exit(t.Add(seconds(6)), first)
	third := h.start(t.Add(seconds(8)), bat.session, second, exe, fmt.Sprintf(`"%s" /u %d`, exe, second.pid))
	h.sideLoad(t.Add(seconds(8)), third, winDrive+"K7AVWScn.dll", "K7 Computing Pvt Ltd")
	h.pipe(t.Add(seconds(9)), third, 17, `\Key500`)
	h.pipe(t.Add(seconds(9)).Add(millis(300)), second, 18, `\Key500`)
	h.pipe(t.Add(seconds(10)), third, 17, `\adm-infra\1`)
	h.resolve(t.Add(seconds(12)), second, "cdn728a66b0.smartlinkcorp.net", "::ffff:203.0.113.45;")
	for i := range 24 {
		h.connect(t.Add(seconds(13+i*300+h.rand.IntN(20))), second, "203.0.113.45", "-", 443, "https")
	}
	in.shell = second
}

// sideLoad is a signed program of a vendor loading an unsigned DLL from a
// folder that is not the vendor's.
func (h *host) sideLoad(t time.Time, p *process, dll, signer string) {
	h.load(t.Add(millis(150)), p, p.image, signer)
	h.load(t.Add(millis(250)), p, sys32+"kernel32.dll", "Microsoft Windows")
	h.load(t.Add(millis(350)), p, dll, "")
}

// downgrade: the version 2 engine on a server that otherwise runs 5.1, so
// that no script block is logged.
func (in *intrusion) downgrade() {
	h, t := in.fs01, at(10, "02:21:17")
	shell := h.start(t, in.shell.session, in.shell, sys32+"cmd.exe", `C:\Windows\system32\cmd.exe`)
	ps := h.run(t.Add(seconds(4)), in.shell.session, shell, sys32+`WindowsPowerShell\v1.0\powershell.exe`,
		`powershell  -version 2 -nop -w hidden -file C:\Windows\IME\inv.ps1`, seconds(49))
	h.load(t.Add(seconds(5)), ps, `C:\Windows\Microsoft.NET\Framework64\v2.0.50727\mscorwks.dll`, "Microsoft Corporation")
	h.downgraded(t.Add(seconds(5)), seconds(43))
	h.exit(t.Add(seconds(60)), shell)
}
