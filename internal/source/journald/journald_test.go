package journald_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/journald"
	"tyto/internal/source/sourcetest"
)

// entry is an entry of a program; message is JSON.
func entry(program, facility, message, more string) string {
	return `{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1750000000123456","_BOOT_ID":"b","_HOSTNAME":"web1","_TRANSPORT":"syslog","PRIORITY":"6",` +
		`"SYSLOG_IDENTIFIER":"` + program + `","SYSLOG_FACILITY":"` + facility + `","_PID":"42","_UID":"0","MESSAGE":` + message + more + "}\n"
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

func octets(s string) string {
	return strings.ReplaceAll(fmt.Sprint([]byte(s)), " ", ",")
}

func TestPublicRulesFireOnTheirEntries(t *testing.T) {
	const builtin = "rules/linux/builtin/"
	sysmon := `<Event><System><Provider Name="Linux-Sysmon"/><EventID>1</EventID></System><EventData><Data Name="Image">/usr/bin/base64</Data><Data Name="CommandLine">base64 %s x &amp;</Data></EventData></Event>`
	stop := `,"_AUDIT_TYPE":"1131","_AUDIT_TYPE_NAME":"%s","AUDIT_FIELD_UNIT":"firewalld","_EXE":"/usr/lib/systemd/systemd"`
	audit := func(kind string) string {
		return strings.Replace(entry("audit", "4", quote(kind+" pid=1"), fmt.Sprintf(stop, kind)), `"syslog"`, `"audit"`, 1)
	}
	record := func(number, message string) string {
		return strings.Replace(entry("audit", "4", quote(message), `,"_AUDIT_TYPE":"`+number+`"`), `"syslog"`, `"audit"`, 1)
	}
	const unit = ` pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=firewalld comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success'`
	rulecheck.Run(t, journald.New(), []rulecheck.Case{
		rulecheck.Fires("rules/linux/auditd/service_stop/lnx_auditd_disable_system_firewall.yml", record("1131", "SERVICE_STOP"+unit)),
		rulecheck.Fires("rules/linux/auditd/service_stop/lnx_auditd_disable_system_firewall.yml", record("1131", "<audit-1131>"+unit)),
		rulecheck.Silent("rules/linux/auditd/service_stop/lnx_auditd_disable_system_firewall.yml", record("1130", "<audit-1130>"+unit)),
		rulecheck.Fires("rules/linux/auditd/execve/lnx_auditd_chattr_immutable_removal.yml", record("1309", `EXECVE argc=3 a0="chattr" a1="-i" a2=612062`)),
		rulecheck.Silent("rules/linux/auditd/execve/lnx_auditd_chattr_immutable_removal.yml", record("1309", `EXECVE argc=3 a0="chattr" a1="+i" a2="x"`)),
		rulecheck.Fires("rules/linux/auditd/syscall/lnx_auditd_web_rce.yml", record("1300", `SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 euid=33 comm="id" exe="/usr/bin/id" key=(null)`)),
		rulecheck.Fires(builtin+"sshd/lnx_sshd_susp_ssh.yml", entry("sshd", "10", quote("error in libcrypto"), "")),
		rulecheck.Silent(builtin+"sshd/lnx_sshd_susp_ssh.yml", entry("other", "3", quote("error in libcrypto"), "")),
		rulecheck.Fires(builtin+"sshd/lnx_sshd_susp_ssh.yml", entry("sshd-session", "10", octets("error in libcrypto \x01"), "")),
		rulecheck.Fires(builtin+"cron/lnx_cron_crontab_file_modification.yml", entry("crontab", "9", quote("(root) REPLACE (root)"), "")),
		rulecheck.Silent(builtin+"cron/lnx_cron_crontab_file_modification.yml", entry("crontab", "9", quote("(root) LIST (root)"), "")),
		rulecheck.Fires("rules/linux/auditd/service_stop/lnx_auditd_disable_system_firewall.yml", audit("SERVICE_STOP")),
		rulecheck.Silent("rules/linux/auditd/service_stop/lnx_auditd_disable_system_firewall.yml", audit("SERVICE_START")),
		rulecheck.Fires("rules/linux/process_creation/proc_creation_lnx_base64_decode.yml", entry("sysmon", "1", quote(fmt.Sprintf(sysmon, "-d")), "")),
		rulecheck.Silent("rules/linux/process_creation/proc_creation_lnx_base64_decode.yml", entry("sysmon", "1", quote(fmt.Sprintf(sysmon, "-e")), "")),
	})
}

func TestTheNameOfASystemCallStandsOnce(t *testing.T) {
	for _, enriched := range []string{"", `\u001dARCH=x86_64 SYSCALL=execve`} {
		text := strings.Replace(entry("audit", "4", `"SYSCALL arch=c000003e syscall=59 success=yes key=(null)`+enriched+`"`, ""), `"syslog"`, `"audit"`, 1)
		events, _ := sourcetest.Read(t, journald.New(), sourcetest.Input("a.json", text))
		if got := strings.Count(rulecheck.Show(events), `SYSCALL="execve"`); got != 1 {
			t.Errorf("%q: %d times in %s", enriched, got, rulecheck.Show(events))
		}
	}
}

func TestTimeHostAndSudo(t *testing.T) {
	text := entry("sudo", "10", quote("  ann : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id ; x"), "") + entry("x", "3", "null", "")
	events, rep := sourcetest.Read(t, journald.New(), sourcetest.Input("a.json", text))
	if len(events) != 2 || rep.Damaged > 0 || len(rep.Notes) > 0 {
		t.Fatalf("report %+v", rep)
	}
	e := events[0]
	user, _ := e.Get("USER")
	command, _ := e.Get("COMMAND")
	if !e.Time.Equal(time.UnixMicro(1750000000123456)) || e.Host != "web1" || e.Source.Service != "sudo" || string(user) != "root" || string(command) != "/bin/id ; x" {
		t.Errorf("events\n%s", rulecheck.Show(events))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(entry("sudo", "10", quote("a : USER=b ; COMMAND=c"), "") + entry("x", "1", octets("ab\xff"), ""))
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		journald.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, journald.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
