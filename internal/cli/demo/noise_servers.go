package demo

import (
	"time"
)

// administration is the administrator at the usual hours from the usual desk,
// and the inventory script that keeps PowerShell 5.1 busy on the servers.
func (w *world) administration(day int) {
	r := w.random(uint64(700 + day))
	t := at(day, "09:20:00").Add(seconds(number(r, 0, 1800)))
	h := w.fs01
	w.dc01.signIn(t.Add(-seconds(1)), w.adminInfra, h.ip)
	s := h.logon(t, w.adminInfra, visit{kind: 10, from: w.ws058.ip, workstation: h.name, tsid: 2})
	userinit := h.standing(t, 6020, sys32+"userinit.exe", `C:\Windows\system32\userinit.exe`, s, nil)
	explorer := h.start(t.Add(seconds(2)), s, userinit, `C:\Windows\explorer.exe`, `C:\Windows\Explorer.EXE`)
	h.run(t.Add(seconds(40)), s, explorer, sys32+"mmc.exe", `"C:\Windows\system32\mmc.exe" "C:\Windows\system32\services.msc" `, seconds(600))
	h.exit(t.Add(seconds(1500)), explorer)
	h.logoff(t.Add(seconds(1504)), s, 10)
	if day == firstDay+1 { // one mistyped password, as happens
		h.failedLogon(t.Add(-seconds(30)), w.adminInfra, visit{kind: 3, from: w.ws058.ip, workstation: w.ws058.name, ntlm: true})
	}
	for _, h := range []*host{w.fs01, w.ex01} {
		for _, clock := range []string{"00:30:00", "06:30:00", "12:30:00", "18:30:00"} {
			t := at(day, clock).Add(seconds(number(r, 0, 240)))
			p := h.run(t, h.system, h.procs.schedule, sys32+`WindowsPowerShell\v1.0\powershell.exe`,
				`powershell.exe -NoProfile -File C:\Scripts\inventory.ps1`, seconds(20))
			h.script(t, p, "# inventory of services and disks\r\nGet-Service | Export-Csv C:\\Scripts\\services.csv\r\nGet-Volume | Export-Csv C:\\Scripts\\volumes.csv",
				`C:\Scripts\inventory.ps1`, seconds(18))
		}
	}
}

// directory is the domain controller's day: machines and users asking for
// tickets around the clock.
func (w *world) directory(day int) {
	r := w.random(uint64(800 + day))
	end := at(day+1, "00:00:00")
	for t := at(day, "00:02:00"); t.Before(end); t = t.Add(seconds(number(r, 600, 1500))) {
		h := pick(r, w.hosts()...)
		me := &account{h.name + "$", domain, h.computerSID(), false}
		if r.IntN(4) == 0 {
			w.dc01.signIn(t, me, h.ip)
		}
		s := w.dc01.logon(t.Add(millis(500)), me, visit{kind: 3, from: h.ip, workstation: "-"})
		w.dc01.logoff(t.Add(seconds(number(r, 2, 60))), s, 3)
	}
}

// mail is the mail server's day: users who fetch mail, the worker process
// that talks to the domain controller.
func (w *world) mail(day int) {
	r, h := w.random(uint64(900+day)), w.ex01
	pool := `C:\Windows\System32\inetsrv\w3wp.exe`
	worker := h.standing(at(9, "04:15:31"), 7044, pool, pool+` -ap "MailAppPool"`, h.system, h.procs.services)
	for t := at(day, "00:10:00"); t.Before(at(day+1, "00:00:00")); t = t.Add(seconds(number(r, 500, 1300))) {
		h.connect(t, worker, w.dc01.ip, w.dc01.fqdn(), 389, "ldap")
		if hour := t.Hour(); hour < 7 || hour > 17 {
			continue
		}
		who, from := w.user041, w.ws041
		if r.IntN(2) == 0 {
			who, from = w.user058, w.ws058
		}
		s := h.logon(t.Add(seconds(2)), who, visit{kind: 3, from: from.ip, workstation: "-"})
		h.logoff(t.Add(seconds(number(r, 20, 300))), s, 3)
	}
}

// backup is the nightly backup: an administrator's account, many reads, a
// known program.
func (w *world) backup(day int) {
	h, t := w.fs01, at(day, "22:00:05")
	s := h.logon(t, w.backups, visit{kind: 3, from: w.dc01.ip, workstation: "-"})
	h.share(t.Add(millis(300)), s, w.dc01.ip, "projects", `\??\D:\Shares\projects`)
	for i, f := range documents {
		h.shareFile(t.Add(seconds(2+2*i)), s, w.dc01.ip, "projects", `\??\D:\Shares\projects`, f, false)
	}
	h.run(t.Add(seconds(1)), h.system, h.procs.schedule, sys32+"wbadmin.exe",
		`wbadmin.exe start backup -backupTarget:E: -include:D: -quiet -allCritical`, 20*time.Minute)
	h.logoff(t.Add(seconds(60)), s, 3)
}
