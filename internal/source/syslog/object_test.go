package syslog_test

import (
	"testing"

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
