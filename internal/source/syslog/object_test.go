package syslog_test

import (
	"strings"
	"testing"

	"tyto/internal/rulecheck"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/syslog"
)

const nxlog = `{"EventTime":"2025-06-15 12:00:00","Hostname":"WS1","EventID":1,"SourceName":"Microsoft-Windows-Sysmon","RecordNumber":9,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2025-06-15 10:00:00.123","Image":"C:\\a.exe","SourceModuleType":"im_msvistalog"}`

func TestObjectsAreReadAsTheFormatThatKnowsThem(t *testing.T) {
	for _, c := range []struct{ name, line, log, host, field, value string }{
		{"NXLog, RFC 5424", "<14>1 2025-06-15T10:00:03Z relay NXLog 1 - - " + nxlog, "Microsoft-Windows-Sysmon/Operational", "WS1", "Image", `C:\a.exe`},
		{"NXLog, with a mark of UTF-8", "<14>1 2025-06-15T10:00:03Z relay NXLog 1 - - \xef\xbb\xbf" + nxlog, "Microsoft-Windows-Sysmon/Operational", "WS1", "Image", `C:\a.exe`},
		{"Suricata", `Jun 15 10:00:00 sensor suricata[7]: {"timestamp":"2025-06-15T10:00:00.5+0000","event_type":"dns","src_ip":"192.0.2.9","dest_ip":"192.0.2.53","dns":{"type":"query","rrname":"a.example.com"}}`, "suricata/dns/dns", "sensor", "dns.rrname", "a.example.com"},
		{"Suricata, marked as structured", `Jun 15 10:00:00 sensor suricata[7]: @cee: {"timestamp":"2025-06-15T10:00:00.5+0000","event_type":"dns","src_ip":"192.0.2.9","dest_ip":"192.0.2.53","dns":{"type":"query","rrname":"a.example.com"}}`, "suricata/dns/dns", "sensor", "dns.rrname", "a.example.com"},
		{"CloudTrail", `Jun 15 10:00:00 relay aws: {"eventVersion":"1.08","userIdentity":{"type":"Root"},"eventTime":"2025-06-15T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}`, "aws/cloudtrail", "relay", "eventName", "ListBuckets"},
		{"Windows events as XML", `<14>Jun 15 10:00:00 relay Splunk: <Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/><EventID>1</EventID><TimeCreated SystemTime='2025-06-15T10:00:00Z'/><Channel>C</Channel><Computer>WS1</Computer></System><EventData><Data Name='Image'>C:\a.exe</Data></EventData></Event>`, "C", "WS1", "Image", `C:\a.exe`},
		{"unknown", `Jun 15 10:00:00 web1 app: {"action":"x","request":"y","EventID":"z"}`, "linux/syslog", "web1", "Message", `Jun 15 10:00:00 web1 app: {"action":"x","request":"y","EventID":"z"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := sourcetest.Input("a.log", c.line+"\n")
			if !syslog.New().Claims("", in.Head) {
				t.Error("not claimed")
			}
			events, rep := sourcetest.Read(t, syslog.New(), in)
			if len(events) != 1 || rep.Damaged != 0 {
				t.Fatalf("%d events, report %+v", len(events), rep)
			}
			e := events[0]
			if v, _ := e.Get(c.field); e.Source.Log() != c.log || e.Host != c.host || string(v) != c.value || e.Origin.Line != 1 {
				t.Errorf("log %q host %q %s=%q line %d", e.Source.Log(), e.Host, c.field, v, e.Origin.Line)
			}
		})
	}
}

func TestLinesOfOtherFormatsMayStandAmongThoseOfSyslog(t *testing.T) {
	const head = "Jun 15 10:00:00 web1 "
	const number = "msg=audit(1749981600.123:901):"
	lines := []string{
		head + "sshd[7]: x",
		head + "audispd: type=SYSCALL " + number + ` arch=c000003e syscall=59 success=yes ppid=1 pid=9 uid=0 comm="chattr" exe="/usr/bin/chattr" key=(null)`,
		head + "CRON[8]: y",
		head + "audispd: type=EXECVE " + number + ` argc=3 a0="chattr" a1="-i" a2="/etc/passwd"`,
		`192.0.2.9 - - [15/Jun/2025:10:00:00 +0200] "GET /a HTTP/1.1" 200 5`,
		"CEF:0|V|P|1|1|name|3|rt=1749974400123 msg=a",
		nxlog,
		head + `sysmon: <Event><System><Provider Name="Linux-Sysmon"/><EventID>1</EventID><TimeCreated SystemTime="2025-06-15T10:00:00Z"/><Computer>web1</Computer></System><EventData><Data Name="Image">/bin/id</Data></EventData></Event>`,
	}
	in := sourcetest.Input("a.log", strings.Join(lines, "\n")+"\n")
	if !syslog.New().Claims("", in.Head) {
		t.Error("not claimed")
	}
	events, rep := sourcetest.Read(t, syslog.New(), in)
	var got []string
	for _, e := range events {
		got = append(got, e.Source.Log())
	}
	want := "linux/sshd linux/auditd linux/cron linux/auditd webserver cef Microsoft-Windows-Sysmon/Operational linux/process_creation/sysmon linux/process_creation"
	if strings.Join(got, " ") != want || rep.Damaged > 0 || rep.Records != int64(len(lines)) {
		t.Errorf("report %+v, events\n%s", rep, rulecheck.Show(events))
	}
	joined := events[len(events)-1]
	if v, _ := joined.Get("CommandLine"); string(v) != "chattr -i /etc/passwd" || joined.Origin.Line != 2 {
		t.Errorf("joined event %s", rulecheck.Show(events[len(events)-1:]))
	}
}
