package eslogger_test

import (
	"fmt"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/eslogger"
	"tyto/internal/source/sourcetest"
)

// record is an event of a process.
func record(kind int, pid, ppid int, image, body string) string {
	return fmt.Sprintf(`{"schema_version":1,"mach_time":1,"event_type":%d,"seq_num":1,"global_seq_num":1,"version":7,"time":"2025-06-15T10:00:00.123456789Z","action_type":1,`+
		`"process":{"executable":{"path":%q,"path_truncated":false},"ppid":%d,"audit_token":{"pid":%d,"euid":501,"ruid":501},"signing_id":"x"},"event":{%s}}`+"\n", kind, image, ppid, pid, body)
}

func exec(pid, ppid int, before, image string, args ...string) string {
	return record(9, pid, ppid, before, fmt.Sprintf(`"exec":{"script":null,"cwd":{"path":"/Users/ann"},"target":{"executable":{"path":%q},"ppid":%d,"audit_token":{"pid":%d}},"args":["%s"]}`,
		image, ppid, pid, strings.Join(args, `","`)))
}

func create(dir, name string) string {
	return record(13, 9, 1, "/usr/bin/touch", fmt.Sprintf(`"create":{"destination_type":1,"destination":{"new_path":{"dir":{"path":%q},"filename":%q,"mode":420}}}`, dir, name))
}

func TestPublicRulesFireOnTheirEvents(t *testing.T) {
	const process, file = "rules/macos/process_creation/", "rules/macos/file_event/"
	rulecheck.Run(t, eslogger.New(), []rulecheck.Case{
		rulecheck.Fires(process+"proc_creation_macos_base64_decode.yml", exec(9, 1, "/bin/zsh", "/usr/bin/base64", "base64", "-d", "x")),
		rulecheck.Silent(process+"proc_creation_macos_base64_decode.yml", exec(9, 1, "/bin/zsh", "/usr/bin/base64", "base64", "x")),
		rulecheck.Fires(process+"proc_creation_macos_jamf_susp_child.yml", exec(9, 1, "/usr/local/bin/jamf", "/bin/sh", "sh")),
		rulecheck.Fires(process+"proc_creation_macos_jamf_susp_child.yml",
			exec(9, 1, "/sbin/launchd", "/usr/local/bin/jamf", "jamf")+exec(10, 9, "/usr/libexec/x", "/bin/sh", "sh")),
		rulecheck.Silent(process+"proc_creation_macos_jamf_susp_child.yml",
			exec(9, 1, "/sbin/launchd", "/bin/zsh", "zsh")+exec(10, 9, "/usr/local/bin/jamf", "/bin/sh", "sh")),
		rulecheck.Fires(file+"file_event_macos_emond_launch_daemon.yml", create("/etc/emond.d/rules", "x.plist")),
		rulecheck.Silent(file+"file_event_macos_emond_launch_daemon.yml", create("/etc/emond.d", "x.plist")),
	})
}

func TestForkedProcessesRunWhatTheirParentDoes(t *testing.T) {
	text := exec(9, 1, "/sbin/launchd", "/bin/zsh", "zsh", "-l") +
		record(11, 9, 1, "/bin/zsh", `"fork":{"child":{"audit_token":{"pid":10}}}`) + exec(11, 10, "/bin/zsh", "/bin/ls", "ls")
	events, rep := sourcetest.Read(t, eslogger.New(), sourcetest.Input("a.json", text))
	if len(events) != 3 || rep.Damaged > 0 {
		t.Fatalf("report %+v", rep)
	}
	image, _ := events[2].Get("ParentImage")
	command, _ := events[2].Get("ParentCommandLine")
	if string(image) != "/bin/zsh" || string(command) != "zsh -l" || events[1].Source.Category != "" {
		t.Errorf("events\n%s", rulecheck.Show(events))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(exec(9, 1, "/bin/zsh", "/bin/ls", "ls", "-l") + create("/a", "b"))
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.json", text)
		eslogger.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, eslogger.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
