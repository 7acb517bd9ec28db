package auditd_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/auditd"
	"tyto/internal/source/sourcetest"
)

// run is the records of one execve.
func run(serial, pid, ppid int, exe, uid string, args ...string) string {
	var b strings.Builder
	head := fmt.Sprintf("msg=audit(1750000000.123:%d):", serial)
	fmt.Fprintf(&b, "node=web1 type=SYSCALL %s arch=c000003e syscall=59 success=yes exit=0 a0=55d0c0 a1=55d0c8 a2=0 a3=8 items=2 ppid=%d pid=%d auid=1000 uid=%s gid=0 euid=%s tty=pts0 ses=3 comm=\"x\" exe=%q key=\"exec\"\n", head, ppid, pid, uid, uid, exe)
	fmt.Fprintf(&b, "node=web1 type=EXECVE %s argc=%d", head, len(args))
	for i, a := range args {
		if strings.ContainsAny(a, " \"") {
			fmt.Fprintf(&b, " a%d=%X", i, a)
		} else {
			fmt.Fprintf(&b, " a%d=%q", i, a)
		}
	}
	fmt.Fprintf(&b, "\nnode=web1 type=CWD %s cwd=\"/root\"\n", head)
	fmt.Fprintf(&b, "node=web1 type=PATH %s item=0 name=%q inode=1 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL\n", head, exe)
	fmt.Fprintf(&b, "node=web1 type=PROCTITLE %s proctitle=%X\n", head, strings.Join(args, "\x00"))
	return b.String()
}

func call(number, rest string) string {
	return "type=SYSCALL msg=audit(1750000000.123:7): arch=c000003e syscall=" + number + " success=yes exit=3 " + rest + "\n"
}

func file(nametype, name string) string {
	return call("257", `a0=ffffff9c a1=55 a2=241 a3=1b6 items=2 ppid=1 pid=9 uid=0 comm="tee" exe="/usr/bin/tee" key=(null)`) +
		"type=CWD msg=audit(1750000000.123:7): cwd=\"/etc/cron.d\"\n" +
		`type=PATH msg=audit(1750000000.123:7): item=1 name="` + name + `" inode=2 nametype=` + nametype + "\n" +
		"type=EOE msg=audit(1750000000.123:7): \n"
}

func connect(saddr string) string {
	return call("42", `a0=3 a1=7f a2=10 a3=0 items=0 ppid=1 pid=9 uid=0 comm="bash" exe="/usr/bin/bash" key=(null)`) +
		"type=SOCKADDR msg=audit(1750000000.123:7): saddr=" + saddr + "\n" +
		"type=PROCTITLE msg=audit(1750000000.123:7): proctitle=\"bash\"\n"
}

func service(kind, unit string) string {
	return "type=" + kind + ` msg=audit(1750000000.123:8): pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=` + unit +
		` comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success'` + "\n"
}

func TestPublicRulesFireOnTheirRecords(t *testing.T) {
	const audit, process = "rules/linux/auditd/", "rules/linux/process_creation/"
	rulecheck.Run(t, auditd.New(), []rulecheck.Case{
		rulecheck.Fires(audit+"service_stop/lnx_auditd_disable_system_firewall.yml", service("SERVICE_STOP", "firewalld")),
		rulecheck.Silent(audit+"service_stop/lnx_auditd_disable_system_firewall.yml", service("SERVICE_START", "firewalld")),
		rulecheck.Fires(audit+"syscall/lnx_auditd_web_rce.yml", run(1, 5, 4, "/usr/bin/id", "33", "id")),
		rulecheck.Silent(audit+"syscall/lnx_auditd_web_rce.yml", run(1, 5, 4, "/usr/bin/id", "1000", "id")),
		rulecheck.Fires(audit+"syscall/lnx_auditd_susp_special_file_creation_via_mknod_syscall.yml", call("133", "a0=1 pid=1 exe=\"/usr/bin/mknod\"")),
		rulecheck.Silent(audit+"syscall/lnx_auditd_susp_special_file_creation_via_mknod_syscall.yml", call("134", "a0=1 pid=1 exe=\"/usr/bin/mknod\"")),
		rulecheck.Fires(audit+"syscall/lnx_auditd_clean_disable_dmesg_logs_via_syslog.yml", call("103", "a0=5 pid=1 exe=\"/usr/bin/dmesg\"")),
		rulecheck.Silent(audit+"syscall/lnx_auditd_clean_disable_dmesg_logs_via_syslog.yml", call("103", "a0=3 pid=1 exe=\"/usr/bin/dmesg\"")),
		rulecheck.Fires(audit+"path/lnx_auditd_systemd_service_creation.yml", file("CREATE", "/etc/systemd/system/x.service")),
		rulecheck.Silent(audit+"path/lnx_auditd_systemd_service_creation.yml", file("NORMAL", "/etc/systemd/system/x.service")),
		rulecheck.Fires(audit+"execve/lnx_auditd_chattr_immutable_removal.yml", run(1, 5, 4, "/usr/bin/chattr", "0", "chattr", "-i", "/etc/x")),
		rulecheck.Silent(audit+"execve/lnx_auditd_chattr_immutable_removal.yml", run(1, 5, 4, "/usr/bin/chattr", "0", "chattr", "+i", "/etc/x")),
		rulecheck.Fires(process+"proc_creation_lnx_base64_decode.yml", run(1, 5, 4, "/usr/bin/base64", "0", "base64", "-d", "x y")),
		rulecheck.Silent(process+"proc_creation_lnx_base64_decode.yml", run(1, 5, 4, "/usr/bin/base64", "0", "base64", "x y")),
		rulecheck.Fires(process+"proc_creation_lnx_susp_shell_child_process_from_parent_tmp_folder.yml",
			run(1, 5, 4, "/tmp/a", "0", "/tmp/a")+run(2, 6, 5, "/usr/bin/bash", "0", "bash", "-i")),
		rulecheck.Silent(process+"proc_creation_lnx_susp_shell_child_process_from_parent_tmp_folder.yml",
			run(1, 5, 4, "/tmp/a", "0", "/tmp/a")+run(2, 6, 7, "/usr/bin/bash", "0", "bash", "-i")),
		rulecheck.Fires("rules/linux/file_event/file_event_lnx_susp_cron_file_created.yml", file("CREATE", "evil")),
		rulecheck.Silent("rules/linux/file_event/file_event_lnx_susp_cron_file_created.yml", file("PARENT", "evil")),
		rulecheck.Fires("rules/linux/network_connection/net_connection_lnx_back_connect_shell_dev.yml", connect("02001F90C63364070000000000000000")),
		rulecheck.Silent("rules/linux/network_connection/net_connection_lnx_back_connect_shell_dev.yml", connect("02001F907F0000010000000000000000")),
	})
}

func TestEnrichedRecordsKeepTheirNames(t *testing.T) {
	text := "type=SYSCALL msg=audit(1750000000.123:901): arch=c000003e syscall=319 success=yes uid=1000 comm=6120622263 key=6578656301746D70\x1dARCH=x86_64 SYSCALL=memfd_create UID=\"ann\"\n"
	events, rep := sourcetest.Read(t, auditd.New(), sourcetest.Input("audit.log", text))
	if len(events) != 1 || rep.Damaged != 0 {
		t.Fatalf("report %+v, events\n%s", rep, rulecheck.Show(events))
	}
	want := []string{"type SYSCALL", "arch c000003e", "syscall 319", "success yes", "uid 1000", `comm a b"c`,
		"key exec", "key tmp", "ARCH x86_64", "SYSCALL memfd_create", "UID ann", "audit_id 1750000000.123:901"}
	if got := list(events[0]); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("fields %q, want %q", got, want)
	}
	if !events[0].Time.Equal(time.UnixMilli(1750000000123)) {
		t.Errorf("time %s", events[0].Time)
	}
}

func list(e *event.Event) (out []string) {
	for _, v := range e.Values {
		out = append(out, e.Shape.Fields[v.Field].Name+" "+string(v.Text))
	}
	return out
}

func TestRecordsOfEventsThatInterleaveAreJoined(t *testing.T) {
	a := strings.SplitAfter(run(1, 5, 4, "/usr/bin/id", "0", "id", "-u"), "\n")
	b := strings.SplitAfter(run(2, 6, 4, "/usr/bin/who", "1000", "who", "am", "i"), "\n")
	var text strings.Builder
	for i := range a {
		text.WriteString(a[i] + b[i])
	}
	events, _ := sourcetest.Read(t, auditd.New(), sourcetest.Input("audit.log", text.String()))
	var got []string
	for _, e := range events {
		if e.Source.Category == "process_creation" {
			image, _ := e.Get("Image")
			line, _ := e.Get("CommandLine")
			got = append(got, fmt.Sprintf("%s %s %s line %d", e.Host, image, line, e.Origin.Line))
		}
	}
	want := []string{"web1 /usr/bin/id id -u line 1", "web1 /usr/bin/who who am i line 2"}
	if len(events) != 12 || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d events, programs %q, want %q", len(events), got, want)
	}
}

func TestLongArgumentsArePutTogether(t *testing.T) {
	head := "type=EXECVE msg=audit(1750000000.123:5): "
	text := call("59", `pid=9 exe="/bin/echo"`) + strings.ReplaceAll(head, ":5)", ":7)") + "argc=3 a0=\"echo\" a1_len=6 a1[0]=616263\n" +
		strings.ReplaceAll(head, ":5)", ":7)") + "a1[1]=646566\n"
	events, rep := sourcetest.Read(t, auditd.New(), sourcetest.Input("audit.log", text))
	last := events[len(events)-1]
	if line, _ := last.Get("CommandLine"); string(line) != "echo abcdef" {
		t.Errorf("command %q", line)
	}
	if !strings.Contains(strings.Join(rep.Notes, "\n"), "missing") {
		t.Errorf("notes %q", rep.Notes)
	}
}

func TestFailedCallsStartNothing(t *testing.T) {
	text := strings.ReplaceAll(run(1, 5, 4, "/usr/bin/id", "0", "id"), "success=yes", "success=no")
	events, _ := sourcetest.Read(t, auditd.New(), sourcetest.Input("audit.log", text))
	if len(events) != 5 {
		t.Errorf("events\n%s", rulecheck.Show(events))
	}
}

func TestManyOpenEventsAreFinishedInOrder(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "type=SYSCALL msg=audit(1750000000.123:%d): arch=c000003e syscall=59 success=yes pid=%d exe=\"/bin/p%d\"\n", i, i, i)
	}
	events, _ := sourcetest.Read(t, auditd.New(), sourcetest.Input("audit.log", text.String()))
	next := 0
	for _, e := range events {
		if e.Source.Category == "" {
			continue
		}
		image, _ := e.Get("Image")
		if want := fmt.Sprintf("/bin/p%d", next); string(image) != want || e.Origin.Line != int64(next+1) {
			t.Fatalf("image %s at line %d, want %s", image, e.Origin.Line, want)
		}
		next++
	}
	if next != 1000 {
		t.Errorf("%d programs", next)
	}
}

func TestOtherTextIsNotClaimed(t *testing.T) {
	for _, text := range []string{"", "type=x\n", "type=SYSCALL msg=audit(x:1): a=b\n", "Jun 15 10:00:00 h sshd[1]: x\n"} {
		if auditd.New().Claims("audit.log", []byte(text)) {
			t.Errorf("claimed %q", text)
		}
	}
	if !auditd.New().Claims("", []byte("<14>Jun 15 10:00:00 web1 audispd: type=CWD msg=audit(1750000000.123:7): cwd=\"/\"\n")) {
		t.Error("audit by syslog is not claimed")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(run(1, 5, 4, "/usr/bin/id", "33", "id", "a b") + file("CREATE", "x") + connect("02001F90C6336407") + service("SERVICE_STOP", "x"))
	f.Add("type=EXECVE msg=audit(1.2:3): a0[0]=41 a99999=x a1='a=\"b")
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("audit.log", text)
		auditd.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, auditd.New(), in, func(e *event.Event) bool {
			n++
			_, err := e.Time.MarshalJSON()
			if err != nil {
				t.Error(err)
			}
			return true
		})
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	for i := range 500 {
		text.WriteString(run(i, i, i-1, "/usr/bin/id", "0", "id", "-u", "some thing"))
	}
	in := sourcetest.Input("audit.log", text.String())
	f := auditd.New()
	b.SetBytes(in.Size)
	b.ReportAllocs()
	for b.Loop() {
		sourcetest.Each(b, f, in, func(*event.Event) bool { return true })
	}
}

func laurel(exe, uid string, argv string) string {
	return `{"ID":"1750000000.123:901","NODE":"web1","SYSCALL":{"arch":"0xc000003e","syscall":59,"success":"yes","exit":0,"a0":"0x55d0c0","ppid":4,"pid":5,"uid":` + uid + `,"euid":` + uid + `,"comm":"x","exe":"` + exe + `","key":"exec","SYSCALL":"execve","UID":"ann"},` +
		`"EXECVE":{"argc":3,"ARGV":` + argv + `},"CWD":{"cwd":"/root"},"PATH":[{"item":0,"name":"` + exe + `","mode":"0o100755","nametype":"NORMAL"},{"item":1,"name":"/etc/cron.d/a%20b","nametype":"CREATE"}],"PARENT_INFO":{"exe":"/bin/x"}}` + "\n"
}

func TestPublicRulesFireOnEventsOfLaurel(t *testing.T) {
	const audit, process = "rules/linux/auditd/", "rules/linux/process_creation/"
	rulecheck.Run(t, auditd.NewLaurel(), []rulecheck.Case{
		rulecheck.Fires(audit+"syscall/lnx_auditd_web_rce.yml", laurel("/usr/bin/id", "33", `["id"]`)),
		rulecheck.Silent(audit+"syscall/lnx_auditd_web_rce.yml", laurel("/usr/bin/id", "34", `["id"]`)),
		rulecheck.Fires(audit+"execve/lnx_auditd_chattr_immutable_removal.yml", laurel("/usr/bin/chattr", "0", `["chattr","-i","/etc/x"]`)),
		rulecheck.Silent(audit+"execve/lnx_auditd_chattr_immutable_removal.yml", laurel("/usr/bin/chattr", "0", `["chattr","+i","/etc/x"]`)),
		rulecheck.Fires(process+"proc_creation_lnx_base64_decode.yml", laurel("/usr/bin/base64", "0", `["base64","-d","x%0Ay\"z"]`)),
		rulecheck.Silent(process+"proc_creation_lnx_base64_decode.yml", laurel("/usr/bin/base64", "0", `["base64","-e","x"]`)),
		rulecheck.Fires("rules/linux/file_event/file_event_lnx_susp_cron_file_created.yml", laurel("/bin/sh", "0", `["sh"]`)),
	})
}

func TestLaurelIsWhatAuditdWrites(t *testing.T) {
	events, rep := sourcetest.Read(t, auditd.NewLaurel(), sourcetest.Input("a.log", laurel("/usr/bin/id", "33", `["id","a b","c\"d"]`)))
	if rep.Damaged > 0 || len(events) != 8 {
		t.Fatalf("report %+v, events\n%s", rep, rulecheck.Show(events))
	}
	want := []string{"type EXECVE", "argc 3", "a0 id", "a1 a b", `a2 c"d`, "audit_id 1750000000.123:901", "exe /usr/bin/id", "comm x", "SYSCALL execve"}
	if got := list(events[1]); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("fields %q, want %q", got, want)
	}
	for _, e := range events {
		if e.Host != "web1" || e.Origin.Line != 1 || e.Origin.Offset != 0 {
			t.Errorf("event %+v", e)
		}
	}
}

func FuzzLaurel(f *testing.F) {
	f.Add(laurel("/usr/bin/id", "33", `["id","a b","c\"d"]`))
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("audit.log", text)
		auditd.NewLaurel().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, auditd.NewLaurel(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}

func TestLaurelsOtherForms(t *testing.T) {
	text := `{"ID":"1750000000.123:901","SYSCALL":{"arch":"0xc000003e","syscall":42,"success":"yes","pid":5,"exe":"/usr/bin/bash","key":null,"ARGV":["0x3","0x7f"]},"SOCKADDR":[{"saddr":"%02%00%1f%90%c6%33d%07%00%00%00%00%00%00%00%00"}]}` + "\n" +
		`{"ID":"1750000000.124:902","SYSCALL":{"arch":"0xc000003e","syscall":59,"success":"yes","pid":6,"exe":"/usr/bin/perl"},"EXECVE":{"argc":3,"ARGV_STR":"perl -e exec"}}` + "\n"
	events, _ := sourcetest.Read(t, auditd.NewLaurel(), sourcetest.Input("a.log", text))
	get := func(i int, name string) string {
		v, _ := events[i].Get(name)
		return string(v)
	}
	if len(events) != 6 {
		t.Fatalf("events\n%s", rulecheck.Show(events))
	}
	if get(0, "a1") != "7f" || get(2, "DestinationIp") != "198.51.100.7" || get(2, "DestinationPort") != "8080" || get(4, "a1") != "-e" || get(5, "CommandLine") != "perl -e exec" {
		t.Errorf("events\n%s", rulecheck.Show(events))
	}
}

func TestEnrichedRecordsWithoutSeparator(t *testing.T) {
	text := "type=SYSCALL msg=audit(1750000000.123:901): arch=c000003e syscall=59 success=yes key=(null)ARCH=x86_64 SYSCALL=execve UID=\"root\"\n"
	events, _ := sourcetest.Read(t, auditd.New(), sourcetest.Input("audit.log", text))
	if v, _ := events[0].Get("ARCH"); string(v) != "x86_64" {
		t.Errorf("events\n%s", rulecheck.Show(events))
	}
}

func TestAKeyOfARuleCountsOncePerEvent(t *testing.T) {
	text := strings.ReplaceAll(run(1, 5, 4, "/usr/bin/id", "0", "id"), `key="exec"`, `key="susp_activity"`)
	events, _ := sourcetest.Read(t, auditd.New(), sourcetest.Input("a.log", text))
	if n := rulecheck.Count(t, "rules/linux/auditd/lnx_auditd_susp_c2_commands.yml", events); n != 1 {
		t.Errorf("a rule on the key matches %d times, want once:\n%s", n, rulecheck.Show(events))
	}
}

func TestWhatRecordsTellTogetherIsNoFurtherRecord(t *testing.T) {
	text := run(1, 5, 4, "/usr/bin/id", "0", "id") + connect("02001F90C63364070000000000000000") + call("42", `pid=9 exe="/bin/a"`)
	events, rep := sourcetest.Read(t, auditd.New(), sourcetest.Input("a.log", text))
	lines := int64(strings.Count(text, "\n"))
	if rep.Records != lines || rep.Again != 2 || int64(len(events)) != lines+2 {
		t.Errorf("%d events of %d lines, report %+v", len(events), lines, rep)
	}
}
