package sysmonlinux_test

import (
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/sysmonlinux"
)

// line is a line of syslog with an event of names and values in turn.
func line(id string, data ...string) string {
	var b strings.Builder
	b.WriteString(`Jun 15 10:00:02 web1 sysmon: <Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"/><EventID>` + id +
		`</EventID><Version>5</Version><Level>4</Level><TimeCreated SystemTime="2025-06-15T10:00:01.123456000Z"/><EventRecordID>77</EventRecordID><Channel>Linux-Sysmon/Operational</Channel><Computer>web1</Computer><Security UserId="0"/></System><EventData>`)
	for i := 0; i < len(data); i += 2 {
		b.WriteString(`<Data Name="` + data[i] + `">` + data[i+1] + `</Data>`)
	}
	b.WriteString("</EventData></Event>\n")
	return b.String()
}

func started(image, command, parent string) string {
	return line("1", "RuleName", "-", "UtcTime", "2025-06-15 10:00:01.1", "ProcessId", "9", "Image", image, "CommandLine", command, "User", "root", "LogonId", "0", "ParentImage", parent, "ParentCommandLine", "-")
}

func TestPublicRulesFireOnTheirEvents(t *testing.T) {
	rulecheck.Run(t, sysmonlinux.New(), []rulecheck.Case{
		rulecheck.Fires("rules/linux/process_creation/proc_creation_lnx_base64_decode.yml", started("/usr/bin/base64", "base64 -d x", "/bin/sh")),
		rulecheck.Silent("rules/linux/process_creation/proc_creation_lnx_base64_decode.yml", started("/usr/bin/base64", "base64 x", "/bin/sh")),
		rulecheck.Fires("rules/linux/process_creation/proc_creation_lnx_susp_shell_child_process_from_parent_tmp_folder.yml", started("/usr/bin/bash", "bash", "/tmp/x")),
		rulecheck.Silent("rules/linux/process_creation/proc_creation_lnx_susp_shell_child_process_from_parent_tmp_folder.yml", started("/usr/bin/bash", "bash", "/opt/x")),
		rulecheck.Fires("rules/linux/file_event/file_event_lnx_susp_cron_file_created.yml", line("11", "Image", "/bin/sh", "TargetFilename", "/etc/cron.d/x")),
		rulecheck.Silent("rules/linux/file_event/file_event_lnx_susp_cron_file_created.yml", line("23", "Image", "/bin/sh", "TargetFilename", "/etc/cron.d/x")),
		rulecheck.Fires("rules/linux/network_connection/net_connection_lnx_susp_malware_callback_port.yml", line("3", "Image", "/tmp/x", "Initiated", "true", "DestinationIp", "198.51.100.7", "DestinationPort", "4444")),
		rulecheck.Silent("rules/linux/network_connection/net_connection_lnx_susp_malware_callback_port.yml", line("3", "Image", "/tmp/x", "Initiated", "true", "DestinationIp", "198.51.100.7", "DestinationPort", "443")),
	})
}

func TestValuesAreUnescapedAndCutEventsSalvaged(t *testing.T) {
	text := line("1", "CommandLine", "a &lt;b&gt; &amp;&amp; c#012d #9", "ParentImage", "&lt;unknown process&gt;", "User", "root")
	whole, _ := sourcetest.Read(t, sysmonlinux.New(), sourcetest.Input("a", text))
	cut, rep := sourcetest.Read(t, sysmonlinux.New(), sourcetest.Input("a", text[:strings.Index(text, "root")]+"\n"))
	for _, e := range []*event.Event{whole[0], cut[0]} {
		if v, _ := e.Get("CommandLine"); string(v) != "a <b> && c\nd #9" {
			t.Errorf("command %q", v)
		}
		if v, ok := e.Get("ParentImage"); ok {
			t.Errorf("parent %q", v)
		}
		if !e.Time.Equal(time.Date(2025, 6, 15, 10, 0, 1, 123456000, time.UTC)) || e.Host != "web1" {
			t.Errorf("event %+v", e)
		}
	}
	if _, ok := cut[0].Get("User"); ok || !strings.HasPrefix(rep.Notes[0], "events cut") || rep.Damaged != 0 {
		t.Errorf("report %+v", rep)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(started("/bin/sh", "sh &amp; #011", "-") + line("3"))
	f.Add(`<Event><System><Provider Name='Linux-Sysmon'/><EventID>1<EventData><Data Name="`)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a", text)
		sysmonlinux.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, sysmonlinux.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}

func TestADateOfTheHeaderThatDecidesNothingIsNoAssumption(t *testing.T) {
	in := sourcetest.Input("a", started("/bin/id", "id", "/bin/sh"))
	in.ModTime = time.Date(2025, 6, 16, 0, 0, 0, 0, time.UTC)
	if _, rep := sourcetest.Read(t, sysmonlinux.New(), in); len(rep.Notes) > 0 {
		t.Errorf("notes %q", rep.Notes)
	}
}
