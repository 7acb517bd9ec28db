package formats_test

import (
	"fmt"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/formats"
	"tyto/internal/source/sourcetest"
)

// TestViewsOfLines looks at lines of many formats, read as a hunt reads them:
// who, from where, to where.
func TestViewsOfLines(t *testing.T) {
	iis := "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status\n"
	for _, c := range []struct{ format, text, want string }{
		{"elff", iis + `2025-06-15 10:00:01 192.0.2.1 POST /a.aspx - 443 CORP\mia 198.51.100.9 - 200` + "\n",
			`corp\mia 198.51.100.9:0 192.0.2.1:443`},
		{"squid", "1750000000.123     87 192.0.2.9 TCP_MISS/200 4512 GET http://www.a.example/raw alice HIER_DIRECT/198.51.100.7 text/plain\n",
			`\alice 192.0.2.9:0 198.51.100.7:0 www.a.example`},
		{"weblog", `192.0.2.9 - frank [15/Jun/2025:10:00:00 +0000] "GET /x HTTP/1.1" 200 5 "-" "curl/8"` + "\n",
			`\frank 192.0.2.9:0 invalid`},
		{"fortinet", `date=2025-06-15 time=10:00:00 logid="0000000013" type="traffic" srcip=192.0.2.9 srcport=5 dstip=198.51.100.7 dstport=443 proto=6 user="ann"` + "\n",
			`\ann 192.0.2.9:5 198.51.100.7:443`},
		{"cef", "CEF:0|V|P|1|1|name|3|rt=1749974400123 src=192.0.2.9 spt=5 dst=198.51.100.7 dpt=443 suser=ann\n",
			`\ann 192.0.2.9:5 198.51.100.7:443`},
		{"leef", "LEEF:1.0|V|P|1|1|devTime=1749974400\tsrc=192.0.2.9\tsrcPort=5\tdst=198.51.100.7\tdstPort=443\tusrName=ann\n",
			`\ann 192.0.2.9:5 198.51.100.7:443`},
		{"zscaler", `{"sourcetype":"zscalernss-web","event":{"time":"Sun Jun 15 10:00:00 2025","login":"ann@a.example","cip":"192.0.2.9","sip":"198.51.100.7","eurl":"b.example/x"}}` + "\n",
			`a.example\ann 192.0.2.9:0 198.51.100.7:0 b.example`},
		{"zeek", `{"_path":"conn","ts":1750000000.1,"uid":"C1","id.orig_h":"192.0.2.9","id.orig_p":5,"id.resp_h":"198.51.100.7","id.resp_p":443,"proto":"tcp"}` + "\n",
			"192.0.2.9:5 198.51.100.7:443"},
		{"eve", `{"timestamp":"2025-06-15T10:00:00.123456+0200","flow_id":7,"event_type":"tls","src_ip":"192.0.2.9","src_port":5,"dest_ip":"198.51.100.7","dest_port":443,"proto":"TCP","tls":{"sni":"b.example"}}` + "\n",
			"192.0.2.9:5 198.51.100.7:443 b.example"},
		{"cloudtrail", `{"eventVersion":"1.08","eventTime":"2025-06-15T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"x","sourceIPAddress":"192.0.2.9","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ann","accountId":"123456789012","userName":"ann"},"requestParameters":{"userName":"eve"}}` + "\n",
			`123456789012\ann \eve 192.0.2.9:0 invalid`},
		{"okta", `{"uuid":"1","published":"2025-06-15T10:00:00.000Z","eventType":"user.session.start","displayMessage":"User login","actor":{"id":"00u","type":"User","alternateId":"ann@a.example"},"client":{"ipAddress":"192.0.2.9"},"outcome":{"result":"SUCCESS"},"version":"0"}` + "\n",
			`a.example\ann 192.0.2.9:0 invalid`},
		{"m365", `{"CreationTime":"2025-06-15T10:00:00","Id":"1","Operation":"New-InboxRule","OrganizationId":"o","RecordType":1,"Workload":"Exchange","UserId":"ann@a.example","ClientIP":"192.0.2.9:443","ResultStatus":"True"}` + "\n",
			`a.example\ann 192.0.2.9:443 invalid`},
		{"kubernetes", `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"1","stage":"ResponseComplete","requestURI":"/api","verb":"create","user":{"username":"ann"},"sourceIPs":["192.0.2.9"],"objectRef":{"resource":"pods"},"requestReceivedTimestamp":"2025-06-15T10:00:00.000000Z","stageTimestamp":"2025-06-15T10:00:00.000000Z"}` + "\n",
			`\ann 192.0.2.9:0 invalid`},
		{"flowcsv", "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt\n2025-06-15 10:00:00,2025-06-15 10:00:01,1.0,192.0.2.9,198.51.100.7,5,443,TCP,.,0,0,1,2,3,4\n",
			"192.0.2.9:5 198.51.100.7:443"},
		{"syslog", "Jun 15 10:00:00 web1 kernel: [1.0] IN=eth0 OUT= MAC=00 SRC=192.0.2.9 DST=198.51.100.7 LEN=40 TTL=1 PROTO=TCP SPT=5 DPT=443 SYN\n",
			"192.0.2.9:5 198.51.100.7:443"},
		{"syslog", "Jun 15 10:00:00 web1 sshd[5]: Failed password for ann from 192.0.2.9 port 5 ssh2\n",
			`\ann 192.0.2.9:5 invalid`},
		{"github", `{"@timestamp":1750000000123,"_document_id":"d1","action":"repo.create","actor":"ann","actor_ip":"192.0.2.9","org":"o","repo":"o/r"}` + "\n",
			`\ann 192.0.2.9:0 invalid`},
		{"gcp", `{"insertId":"1","logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","timestamp":"2025-06-15T10:00:00Z","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","serviceName":"s","methodName":"m","authenticationInfo":{"principalEmail":"ann@a.example"},"requestMetadata":{"callerIp":"192.0.2.9"}}}` + "\n",
			`a.example\ann 192.0.2.9:0 invalid`},
		{"azure", `{"time":"2025-06-15T10:00:00Z","category":"SignInLogs","operationName":"Sign-in activity","tenantId":"t","callerIpAddress":"192.0.2.9","properties":{"id":"1","userPrincipalName":"ann@a.example","createdDateTime":"2025-06-15T10:00:00Z"}}` + "\n",
			`a.example\ann 192.0.2.9:0 invalid`},
		{"dnslog", "15-Jun-2025 10:00:00.123 client @0x1 192.0.2.9#5 (b.example): query: b.example IN A + (198.51.100.7)\n",
			"192.0.2.9:5 invalid b.example"},
		{"wincsv", "TimeCreated,EventID,Channel,Provider,Computer,TargetUserName,TargetDomainName,IpAddress,IpPort\n2024-03-01T10:00:00Z,4624,Security,Microsoft-Windows-Security-Auditing,H,ann,CORP,192.0.2.9,5\n",
			`corp\ann 192.0.2.9:5 invalid`},
		{"journald", `{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1750000000000000","_BOOT_ID":"b","_HOSTNAME":"web1","SYSLOG_IDENTIFIER":"sshd","_PID":"5","_UID":"0","MESSAGE":"Failed password for ann from 192.0.2.9 port 5 ssh2"}` + "\n",
			`\`},
	} {
		t.Run(c.format, func(t *testing.T) {
			in := sourcetest.Input("evidence", c.text)
			f := source.Identify(formats.All(formats.Options{}), in)
			if f == nil || f.Name() != c.format {
				t.Fatalf("identified as %v", f)
			}
			events, rep := sourcetest.Read(t, f, in)
			if len(events) == 0 {
				t.Fatalf("no event, %+v", rep)
			}
			for _, e := range events { // one line may be an event of two logs
				if got := glance(event.NewViews(), e); got != c.want {
					t.Errorf("%s, want %s; fields:\n%s", got, c.want, fieldsOf(e))
				}
			}
		})
	}
}

// glance writes accounts, ends and names of an event in short.
func glance(v *event.Views, e *event.Event) string {
	var out []string
	for _, a := range v.Accounts(e) {
		out = append(out, fmt.Sprintf(`%s\%s`, a.Domain, a.Name))
	}
	if f, ok := v.Flow(e); ok {
		out = append(out, fmt.Sprintf("%v:%d", f.Src, f.SrcPort))
		if f.Dst.IsValid() {
			out = append(out, fmt.Sprintf("%v:%d", f.Dst, f.DstPort))
		} else {
			out = append(out, "invalid")
		}
	}
	for _, n := range v.Names(e) {
		out = append(out, string(n.Text))
	}
	return strings.Join(out, " ")
}

func fieldsOf(e *event.Event) string {
	var b strings.Builder
	for _, v := range e.Values {
		fmt.Fprintf(&b, "\t%s = %.60q\n", e.Shape.Fields[v.Field].Name, v.Text)
	}
	return b.String()
}
