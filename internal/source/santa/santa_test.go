package santa_test

import (
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/santa"
	"tyto/internal/source/sourcetest"
)

func line(text string) string { return "[2025-06-15T10:00:00.123Z] I santad: " + text + "\n" }

func exec(decision, pid, ppid, path, args string) string {
	return line("action=EXEC|decision=" + decision + "|reason=CERT|sha256=00|pid=" + pid + "|pidversion=1|ppid=" + ppid + "|uid=501|user=ann|gid=20|group=staff|mode=M|path=" + path + "|args=" + args)
}

func TestPublicRulesFireOnTheirLines(t *testing.T) {
	const process, file = "rules/macos/process_creation/", "rules/macos/file_event/"
	rulecheck.Run(t, santa.New(), []rulecheck.Case{
		rulecheck.Fires(process+"proc_creation_macos_base64_decode.yml", exec("ALLOW", "9", "1", "/usr/bin/base64", "base64 -d x")),
		rulecheck.Silent(process+"proc_creation_macos_base64_decode.yml", exec("DENY", "9", "1", "/usr/bin/base64", "base64 -d x")),
		rulecheck.Fires(process+"proc_creation_macos_jamf_susp_child.yml",
			exec("ALLOW", "9", "1", "/usr/local/bin/jamf", "jamf")+line("action=FORK|pid=10|ppid=9|uid=0")+exec("ALLOW", "11", "10", "/bin/sh", "sh")),
		rulecheck.Silent(process+"proc_creation_macos_jamf_susp_child.yml",
			exec("ALLOW", "9", "1", "/usr/local/bin/jamf", "jamf")+line("action=EXIT|pid=9|ppid=1")+exec("ALLOW", "11", "9", "/bin/sh", "sh")),
		rulecheck.Fires(file+"file_event_macos_emond_launch_daemon.yml", line("action=RENAME|path=/tmp/x|newpath=/etc/emond.d/rules/x.plist|pid=9|process=mv|processpath=/bin/mv")),
		rulecheck.Silent(file+"file_event_macos_emond_launch_daemon.yml", line("action=RENAME|path=/etc/emond.d/rules/x.plist|newpath=/tmp/x|pid=9|process=mv|processpath=/bin/mv")),
	})
}

func TestBarsInValuesAndTimes(t *testing.T) {
	events, rep := sourcetest.Read(t, santa.New(), sourcetest.Input("santa.log", exec("ALLOW", "9", "1", "/bin/sh", "sh -c a <pipe> b")))
	v, _ := events[0].Get("CommandLine")
	if string(v) != "sh -c a | b" || !events[0].Time.Equal(time.Date(2025, 6, 15, 10, 0, 0, 123e6, time.UTC)) || rep.Damaged > 0 {
		t.Errorf("report %+v, events\n%s", rep, rulecheck.Show(events))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(exec("ALLOW", "9", "1", "/bin/sh", "sh <pipe>") + line("action=FORK|pid=10|ppid=9|=|"))
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("santa.log", text)
		santa.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, santa.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
