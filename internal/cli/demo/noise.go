package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// firstDay and lastDay of March 2026 bound the demonstration.
const (
	firstDay = 10
	lastDay  = 12
)

// ordinary writes what the machines log when nothing is wrong.
func (w *world) ordinary() {
	for _, h := range w.hosts() {
		r := w.random(uint64(h.machine))
		for day := firstDay; day <= lastDay; day++ {
			h.background(day, r)
		}
	}
	for day := firstDay; day <= lastDay; day++ {
		w.ws041.workday(day, w.user041, w.random(uint64(41*day)))
		w.ws058.workday(day, w.user058, w.random(uint64(58*day)))
		w.administration(day)
		w.directory(day)
		w.mail(day)
		w.backup(day)
	}
}

// A chore is something that Windows does by itself.
type chore struct{ image, command string }

var chores = []chore{
	{sys32 + "svchost.exe", sys32 + "svchost.exe -k netsvcs -p -s wuauserv"},
	{sys32 + "svchost.exe", sys32 + "svchost.exe -k netsvcs -p -s BITS"},
	{sys32 + "svchost.exe", sys32 + "svchost.exe -k wsappx -p -s ClipSVC"},
	{sys32 + "svchost.exe", sys32 + "svchost.exe -k LocalService -p -s fdPHost"},
	{sys32 + "taskhostw.exe", "taskhostw.exe"},
	{sys32 + "taskhostw.exe", "taskhostw.exe Install $(Arg0)"},
	{sys32 + "defrag.exe", sys32 + "defrag.exe -c -h -o -$"},
	{sys32 + "gpupdate.exe", `"C:\Windows\system32\gpupdate.exe" /target:computer`},
	{`C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25110.5-0\MpCmdRun.exe`,
		`"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.25110.5-0\MpCmdRun.exe" SignatureUpdate -ScheduleJob -RestrictPrivileges`},
}

var services = []struct{ name, display string }{
	{"wuauserv", "Windows Update"}, {"BITS", "Background Intelligent Transfer Service"},
	{"ClipSVC", "Client License Service (ClipSVC)"}, {"WerSvc", "Windows Error Reporting Service"},
	{"TrustedInstaller", "Windows Modules Installer"}, {"AppXSvc", "AppX Deployment Service (AppXSVC)"},
}

// background is the machine alone: about forty chores a day, services that
// come and go, name look-ups, one update a night.
func (h *host) background(day int, r *rand.Rand) {
	end := at(day+1, "00:00:00")
	for t := at(day, "00:04:00"); t.Before(end); t = t.Add(time.Duration(number(r, 24, 48)) * time.Minute) {
		c, sv := pick(r, chores...), pick(r, services...)
		parent := h.procs.services
		if base(c.image) != "svchost.exe" {
			parent = h.procs.schedule
		}
		h.run(t, h.system, parent, c.image, c.command, seconds(number(r, 4, 240)))
		h.serviceLogon(t.Add(seconds(1)))
		h.state(t.Add(seconds(2)), sv.name, sv.display, "running")
		h.state(t.Add(seconds(number(r, 120, 600))), sv.name, sv.display, "stopped")
		h.resolve(t.Add(seconds(5)), h.procs.netsvc, pick(r, "ctldl.windowsupdate.com", "settings-win.data.microsoft.com",
			"v10.events.data.microsoft.com", "dc01.corp.example", "wpad.corp.example"), "::ffff:192.0.2.33;")
	}
	h.uptime(at(day, "12:00:00"), fmt.Sprint((day-9)*86400+28073))
	h.update(at(day, "03:12:00").Add(seconds(number(r, 0, 1500))),
		"Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (Version 1.445."+fmt.Sprint(100+day*7)+".0)",
		guid(r), seconds(number(r, 20, 90)))
	h.startType(at(day, "03:11:30"), h.system, "Background Intelligent Transfer Service", "demand start", "auto start", "BITS")
	h.startType(at(day, "04:41:30"), h.system, "Background Intelligent Transfer Service", "auto start", "demand start", "BITS")
}

var sites = []struct{ name, ip string }{
	{"www.bing.com", "192.0.2.41"}, {"www.google.com", "192.0.2.42"}, {"news.example.org", "192.0.2.43"},
	{"intranet.corp.example", "10.20.10.30"}, {"www.example.com", "192.0.2.45"}, {"www.wikipedia.org", "192.0.2.46"},
	{"fonts.gstatic.com", "192.0.2.47"}, {"weather.example.net", "192.0.2.48"}, {"maps.example.com", "192.0.2.49"},
	{"teams.microsoft.com", "192.0.2.50"}, {"github.com", "192.0.2.51"}, {"dl.google.com", "192.0.2.52"},
}

const chrome = `C:\Program Files\Google\Chrome\Application\chrome.exe`

// workday is one user from sign-in to leaving.
func (h *host) workday(day int, who *account, r *rand.Rand) {
	t := at(day, "07:40:00").Add(seconds(number(r, 0, 2400)))
	h.world.dc01.signIn(t, who, h.ip)
	s := h.logon(t.Add(seconds(1)), who, visit{kind: 2, from: "127.0.0.1", workstation: h.name, tsid: 1})
	winlogon := h.standing(at(9, "04:12:09"), 680, sys32+"winlogon.exe", "winlogon.exe", h.system, nil)
	userinit := h.run(t.Add(seconds(3)), s, winlogon, sys32+"userinit.exe", `C:\Windows\system32\userinit.exe`, seconds(20))
	explorer := h.start(t.Add(seconds(4)), s, userinit, `C:\Windows\explorer.exe`, `C:\Windows\Explorer.EXE`)
	browser := h.start(t.Add(seconds(90)), s, explorer, chrome, `"`+chrome+`" `)
	office := `C:\Program Files\Microsoft Office\root\Office16\`
	mail := h.start(t.Add(seconds(140)), s, explorer, office+"OUTLOOK.EXE", `"`+office+`OUTLOOK.EXE" `)
	evening := at(day, "16:30:00").Add(seconds(number(r, 0, 3000)))
	for t = t.Add(seconds(300)); t.Before(evening); t = t.Add(seconds(number(r, 180, 840))) {
		switch number(r, 1, 10) {
		case 1, 2, 3, 4:
			h.browse(t, s, browser, r)
		case 5, 6:
			h.write(t, s, explorer, r)
		case 7, 8:
			h.useShare(t, who, r)
		case 9:
			h.web(t, mail, "mail.corp.example", h.world.ex01.ip)
		default:
			h.run(t, s, explorer, sys32+"notepad.exe", `"C:\Windows\system32\NOTEPAD.EXE" C:\Users\`+who.name+`\Documents\notes.txt`, seconds(number(r, 30, 400)))
		}
	}
	h.exit(evening, mail)
	h.exit(evening.Add(seconds(2)), browser)
	h.logoff(evening.Add(seconds(9)), s, 2)
}

func (h *host) browse(t time.Time, s *session, browser *process, r *rand.Rand) {
	tab := fmt.Sprintf(`"%s" --type=renderer --lang=en-US --renderer-client-id=%d --launch-time-ticks=%d /prefetch:1`,
		chrome, number(r, 5, 400), number(r, 100000, 900000))
	h.run(t, s, browser, chrome, tab, seconds(number(r, 60, 900)))
	for i := range number(r, 1, 3) {
		site := pick(r, sites...)
		h.web(t.Add(seconds(1+3*i)), browser, site.name, site.ip)
	}
}

func (h *host) write(t time.Time, s *session, explorer *process, r *rand.Rand) {
	office := `C:\Program Files\Microsoft Office\root\Office16\`
	app, suffix := pick(r, "WINWORD.EXE", "EXCEL.EXE"), "docx"
	if app == "EXCEL.EXE" {
		suffix = "xlsx"
	}
	file := fmt.Sprintf(`C:\Users\%s\Documents\report-%02d.%s`, s.who.name, number(r, 1, 30), suffix)
	p := h.run(t, s, explorer, office+app, fmt.Sprintf(`"%s%s" /n "%s" /o ""`, office, app, file), seconds(number(r, 200, 1200)))
	h.create(t.Add(seconds(number(r, 20, 150))), p, fmt.Sprintf(`C:\Users\%s\Documents\~$port-%02d.%s`, s.who.name, number(r, 1, 30), suffix))
}

// useShare is a user opening files of the projects share.
func (h *host) useShare(t time.Time, who *account, r *rand.Rand) {
	fs := h.world.fs01
	s := fs.logon(t, who, visit{kind: 3, from: h.ip, workstation: "-"})
	fs.share(t.Add(millis(200)), s, h.ip, "projects", `\??\D:\Shares\projects`)
	for i := range number(r, 1, 3) {
		fs.shareFile(t.Add(seconds(1+4*i)), s, h.ip, "projects", `\??\D:\Shares\projects`, pick(r, documents...), r.IntN(4) == 0)
	}
	fs.logoff(t.Add(seconds(number(r, 30, 700))), s, 3)
}
