package flowcsv

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
)

const (
	nfdump16 = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das\n"
	nfdump17 = "cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,packets,bytes\n"
	argus    = "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label\n"

	row16    = "2025-06-15 10:00:00,2025-06-15 10:00:05,5.000,10.0.1.4,192.0.2.9,51514,80,TCP,.AP.SF,0,0,10,1200,8,64000,0,0,0,0\n"
	rowArgus = "2025/06/15 10:00:00.942000,1.5,tcp,10.0.1.4,51514,   ->,192.0.2.9,80,FSPA_FSPA,0,0,12,1000,400,flow=Background\n"
	summary  = "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n1,65200,18,0,0,0\nTime window: 2025-06-15 10:00:00 - 2025-06-15 11:00:00\nTotal flows processed: 1, Blocks skipped: 0, Bytes read: 100\nSys: 0.001s flows/second: 1.0 Wall: 0.001s\n"

	zeekNames = "id.orig_h id.orig_p id.resp_h id.resp_p proto duration orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes"
)

func read(t *testing.T, text string) ([]*event.Event, source.Report) {
	t.Helper()
	return sourcetest.Read(t, New(), sourcetest.Input("flows.csv", text))
}

func values(e *event.Event, names string) string {
	var out []string
	for _, name := range strings.Fields(names) {
		v, _ := e.Get(name)
		out = append(out, string(v))
	}
	return strings.Join(out, " ")
}

func TestRows(t *testing.T) {
	at := time.Date(2025, 6, 15, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, text, names, want, product string
		time                             time.Time
	}{
		{"nfdump 1.6", nfdump16 + row16 + summary, zeekNames, "10.0.1.4 51514 192.0.2.9 80 tcp 5.000 10 1200 8 64000", "nfdump", at},
		{"names of rules", nfdump16 + row16, "src_ip src_port dst_ip dst_port destination.port sa da dp pr", "10.0.1.4 51514 192.0.2.9 80 80 10.0.1.4 192.0.2.9 80 TCP", "nfdump", at},
		{"nfdump 1.7", nfdump17 + "1,4,1749981600000,1749981605000,6,10.0.1.4,51514,192.0.2.9,80,0,0,1,2,27,0,10,1200\n", "id.orig_h id.resp_p proto orig_pkts orig_ip_bytes", "10.0.1.4 80 6 10 1200", "nfdump", at},
		{"nfdump 1.7 with dates", "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,bps,bpp,flows\n2025-06-15 10:00:00.250,5,TCP,2001:db8::1,1,2001:db8::2,443,10,1200,0,0,1\n",
			"id.orig_h id.resp_h dst_port", "2001:db8::1 2001:db8::2 443", "nfdump", at.Add(250 * time.Millisecond)},
		{"argus", argus + rowArgus, zeekNames + " State Label", "10.0.1.4 51514 192.0.2.9 80 tcp 1.5  400  600 FSPA_FSPA flow=Background", "argus", at.Add(942 * time.Millisecond)},
		{"argus backwards", argus + strings.Replace(rowArgus, "   ->", "  <-", 1), "src_ip id.orig_h id.orig_p id.resp_h orig_ip_bytes resp_ip_bytes", "10.0.1.4 192.0.2.9 80 10.0.1.4 600 400", "argus", at.Add(942 * time.Millisecond)},
		{"argus both ways", argus + strings.Replace(rowArgus, "   ->", "  <->", 1), "id.orig_h", "10.0.1.4", "argus", at.Add(942 * time.Millisecond)},
		{"argus icmp", argus + strings.NewReplacer("51514", "0x0008", ",80,", ",0x0303,").Replace(rowArgus), "Sport dst_port id.resp_p", "0x0008  ", "argus", at.Add(942 * time.Millisecond)},
		{"remark first", "No matching flows\n" + nfdump16 + row16, "dp", "80", "nfdump", at},
	} {
		events, rep := read(t, c.text)
		if len(events) != 1 || rep.Damaged > 0 || rep.Bytes != int64(len(c.text)) {
			t.Errorf("%s: %d events, report %+v", c.name, len(events), rep)
			continue
		}
		e := events[0]
		want := event.Source{Product: c.product, Category: "firewall", Service: "netflow"}
		if got := values(e, c.names); got != c.want || e.Source != want || !e.Time.Equal(c.time) {
			t.Errorf("%s: got %s, %+v at %v\nwant %s at %v", c.name, got, e.Source, e.Time, c.want, c.time)
		}
	}
}

func TestZoneIsToldOnce(t *testing.T) {
	_, rep := read(t, nfdump16+row16+row16)
	if strings.Count(strings.Join(rep.Notes, "\n"), "UTC") != 1 {
		t.Errorf("notes %q", rep.Notes)
	}
}

func TestBadRows(t *testing.T) {
	events, rep := read(t, nfdump16+row16+"garbage\n"+row16[:50]+"\n"+strings.TrimSuffix(row16, "\n")+",9,9\n"+strings.Replace(row16, "2025-06-15 10:00:00", "soon", 1)+row16[:90])
	if len(events) != 3 || rep.Damaged != 3 || !events[2].Time.IsZero() {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
}

func TestHeaderMayChange(t *testing.T) {
	text := nfdump16 + strings.Repeat(row16, 50_000) + summary + argus + strings.Repeat(rowArgus, 3) + nfdump16 + row16
	events, rep := read(t, text)
	if len(events) != 50_004 || rep.Damaged > 0 || events[50_001].Source.Product != "argus" || events[50_003].Source.Product != "nfdump" {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
	same := nfdump16 + strings.Repeat(row16, 50_000) + summary + nfdump16 + row16
	if parts, err := New().Split(t.Context(), sourcetest.Input("x", same)); err != nil || len(parts) < 2 {
		t.Errorf("%d parts, %v", len(parts), err)
	}
	if parts, err := New().Split(t.Context(), sourcetest.Input("x", text)); err != nil || len(parts) != 1 {
		t.Errorf("%d parts, %v", len(parts), err)
	}
}

func TestClaims(t *testing.T) {
	for text, want := range map[string]bool{
		nfdump16: true, nfdump17 + "x": true, argus: true, "\xef\xbb\xbf" + argus: true,
		"ts,te,td,pr,val,fl\n": false, "srcaddr,dstaddr,srcport,dstport\n": false, "srcAddr,x\n": false, "x\n" + argus: false, "": false,
	} {
		if got := New().Claims("x.csv", []byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// matches counts the events of a log that a public rule matches.
func matches(t *testing.T, rule, log string) int {
	t.Helper()
	events, _ := read(t, log)
	return rulecheck.Count(t, rule, events)
}

func TestPublicRules(t *testing.T) {
	for _, c := range []struct{ rule, hit, miss string }{
		{"rules-compliance/other/netflow_cleartext_protocols.yml", nfdump16 + row16, nfdump16 + strings.Replace(row16, ",80,", ",443,", 1)},
		{"rules-compliance/other/netflow_cleartext_protocols.yml", argus + rowArgus, argus + strings.Replace(rowArgus, ",80,", ",443,", 1)},
		{"rules-emerging-threats/2017/TA/Equation-Group/net_firewall_apt_equationgroup_c2.yml", nfdump16 + strings.Replace(row16, "192.0.2.9", "69.42.98.86", 1), nfdump16 + row16},
	} {
		if n := matches(t, c.rule, c.hit); n != 1 {
			t.Errorf("%s: %d matches, want 1", c.rule, n)
		}
		if n := matches(t, c.rule, c.miss); n != 0 {
			t.Errorf("%s: %d matches of the near miss", c.rule, n)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(nfdump16 + row16 + summary)
	f.Add(argus + rowArgus + "\"a,\n")
	f.Add(nfdump17 + "1,4,1,2,6,::,1,::,2,,,,,,,,\n" + argus)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("x.csv", text)
		n := int64(0)
		New().Claims("x.csv", in.Head)
		rep := sourcetest.Each(t, New(), in, func(e *event.Event) bool {
			n++
			for _, v := range e.Values {
				if int(v.Field) >= len(e.Shape.Fields) {
					t.Fatalf("field %d of %d", v.Field, len(e.Shape.Fields))
				}
			}
			return true
		})
		if rep.Records+rep.Again != n || rep.Bytes != in.Size {
			t.Errorf("%d events, report %+v of %d bytes", n, rep, in.Size)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString(nfdump16)
	for i := range 30_000 {
		fmt.Fprintf(&text, "2025-06-15 10:00:00,2025-06-15 10:00:05,5.000,10.0.1.%d,192.0.2.9,%d,80,TCP,.AP.SF,0,0,10,1200,8,64000,0,0,0,0\n", i%250, i)
	}
	in := sourcetest.Input("x.csv", text.String())
	r := New().NewReader()
	b.SetBytes(in.Size)
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		n += r.Read(b.Context(), in, source.Part{To: in.Size, Line: 1}, func(*event.Event) bool { return true }).Records
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}
