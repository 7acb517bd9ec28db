package zeek

import (
	"fmt"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source/sourcetest"
)

const connHeader = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2024-04-19-00-00-01\n" +
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n" +
	"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]\n"

func connTable(rows int) string {
	var b strings.Builder
	b.WriteString(connHeader)
	for i := range rows {
		fmt.Fprintf(&b, "%d.%06d\tC%dabcdefgh\t192.0.2.%d\t%d\t198.51.100.%d\t443\ttcp\tssl\t12.%06d\t%d\t%d\tSF\tT\tF\t0\tShADadfF\t14\t2130\t12\t5120\t(empty)\n",
			1713693597+i/100, i%1000000, i, i%250, 1024+i%60000, i%200, i%1000000, i*7%100000, i*13%1000000)
	}
	return b.String()
}

func connLines(rows int) string {
	var b strings.Builder
	for i := range rows {
		fmt.Fprintf(&b, `{"ts":%d.%06d,"uid":"C%dabcdefgh","id.orig_h":"192.0.2.%d","id.orig_p":%d,"id.resp_h":"198.51.100.%d","id.resp_p":443,"proto":"tcp","service":"ssl","duration":12.%06d,"orig_bytes":%d,"resp_bytes":%d,"conn_state":"SF","local_orig":true,"local_resp":false,"missed_bytes":0,"history":"ShADadfF","orig_pkts":14,"orig_ip_bytes":2130,"resp_pkts":12,"resp_ip_bytes":5120,"_path":"conn"}`+"\n",
			1713693597+i/100, i%1000000, i, i%250, 1024+i%60000, i%200, i%1000000, i*7%100000, i*13%1000000)
	}
	return b.String()
}

func httpTable(rows int) string {
	var b strings.Builder
	b.WriteString("#separator \\x09\n#path\thttp\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_depth\tmethod\thost\turi\treferrer\tuser_agent\tstatus_code\tresp_mime_types\n#types\ttime\tstring\taddr\tport\taddr\tport\tcount\tstring\tstring\tstring\tstring\tstring\tcount\tvector[string]\n")
	for i := range rows {
		fmt.Fprintf(&b, "%d.000001\tC%d\t192.0.2.1\t%d\t198.51.100.9\t80\t1\tGET\twww.example.org\t/a/b/%d.html?x=%d\t-\tMozilla/5.0 (X11)\t200\ttext/html\n", 1713693597+i, i, 1024+i%60000, i, i)
	}
	return b.String()
}

// BenchmarkRead reads logs on one goroutine; rows/s is what counts.
func BenchmarkRead(b *testing.B) {
	const rows = 50_000
	for name, log := range map[string]string{"conn table": connTable(rows), "conn json": connLines(rows), "http table": httpTable(rows)} {
		b.Run(name, func(b *testing.B) {
			in := sourcetest.Input("conn.log", log)
			f := New()
			r := f.NewReader()
			parts, err := f.Split(b.Context(), in)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(in.Size)
			b.ReportAllocs()
			n := int64(0)
			for b.Loop() {
				for _, p := range parts {
					n += r.Read(b.Context(), in, p, func(*event.Event) bool { return true }).Records
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
