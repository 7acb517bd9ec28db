package zeek

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
)

// show writes an event's own fields, or with headers those too.
func show(e *event.Event, headers bool) string {
	var out []string
	for _, v := range e.Values {
		if f := e.Shape.Fields[v.Field]; headers || !f.Header {
			out = append(out, f.Name+"="+string(v.Text))
		}
	}
	return strings.Join(out, " ")
}

func values(e *event.Event, name string) []string {
	var out []string
	for _, v := range e.Values {
		if e.Shape.Fields[v.Field].Name == name {
			out = append(out, string(v.Text))
		}
	}
	return out
}

func read(t *testing.T, name, text string) ([]*event.Event, source.Report) {
	t.Helper()
	return sourcetest.Read(t, New(), sourcetest.Input(name, text))
}

func one(t *testing.T, name, text string) *event.Event {
	t.Helper()
	events, rep := read(t, name, text)
	if len(events) != 1 || rep.Damaged > 0 {
		t.Fatalf("%d events, report %+v", len(events), rep)
	}
	return events[0]
}

func TestTableAndJSONGiveTheSameEvent(t *testing.T) {
	table := one(t, "a", log("dns", ids+"\tquery\tanswers\trejected\tZ\trtt", idType+"\tstring\tvector[string]\tbool\tcount\tinterval",
		idRow+"\ta\\\\b\\x2cc.example\tx\\x2cy,z\tF\t0\t0.5"))
	const rest = `"uid":"Cabc",%s"query":"a\\b,c.example","answers":["x,y","z"],"rejected":false,"Z":0,"rtt":0.5`
	const ends = `"id%[1]sorig_h":"10.0.1.4","id%[1]sorig_p":50000,"id%[1]sresp_h":"192.0.2.9","id%[1]sresp_p":80,`
	for name, text := range map[string]string{
		"dotted":     `{"_path":"dns","ts":1750000000.123456,` + fmt.Sprintf(rest, fmt.Sprintf(ends, ".")) + "}",
		"flattened":  `{"@stream":"dns","ts":1750000000.123456,` + fmt.Sprintf(rest, fmt.Sprintf(ends, "_")) + "}",
		"nested":     `{"_path":"dns","ts":1750000000.123456,` + fmt.Sprintf(rest, `"id":{"orig_h":"10.0.1.4","orig_p":50000,"resp_h":"192.0.2.9","resp_p":80},`) + "}",
		"renamed":    `{"_path":"dns","ts":1750000000.123456,` + fmt.Sprintf(rest, `"src_ip":"10.0.1.4","src_port":50000,"dst_ip":"192.0.2.9","dst_port":80,`) + "}",
		"ISO time":   `{"_path":"dns","ts":"2025-06-15T15:06:40.123456Z",` + fmt.Sprintf(rest, fmt.Sprintf(ends, ".")) + "}",
		"unset null": `{"_path":"dns","ts":1750000000.123456,"qtype":null,` + fmt.Sprintf(rest, fmt.Sprintf(ends, ".")) + "}",
	} {
		e := one(t, "a", text)
		if e.ID() != table.ID() || show(e, false) != show(table, false) || !e.Time.Equal(table.Time) || e.Source != table.Source {
			t.Errorf("%s: %s %v %s\nwant %s %v %s", name, e.Source.Log(), e.Time, show(e, true), table.Source.Log(), table.Time, show(table, true))
		}
	}
	want := `uid=Cabc id.orig_h=10.0.1.4 id.orig_p=50000 id.resp_h=192.0.2.9 id.resp_p=80 query=a\b,c.example answers=x,y answers=z rejected=false Z=0 rtt=0.5`
	if got := show(table, false); got != want || !table.Time.Equal(time.Unix(1750000000, 123456000)) {
		t.Errorf("event %s at %v", got, table.Time)
	}
}

func TestUnsetIsAbsentAndEmptyIsEmpty(t *testing.T) {
	text := log("x", "ts\ta\tb\tc\td", "time\tstring\tstring\tset[string]\tvector[string]", "1.5\t-\t(empty)\t(empty)\t-,(empty),x")
	if got := show(one(t, "x", text), false); got != "b= d= d=x" {
		t.Errorf("got %q", got)
	}
	text = strings.NewReplacer("(empty)", "EMPTY", "#unset_field\t-", "#unset_field\tNIL", "1.5\t-", "1.5\tNIL").Replace(text)
	if got := show(one(t, "x", text), false); got != "b= d=- d= d=x" {
		t.Errorf("other marks: got %q", got)
	}
}

func TestEscapes(t *testing.T) {
	for in, want := range map[string]string{
		`plain`: "plain", `\\\\h\\ADMIN$`: `\\h\ADMIN$`, `a\x09b`: "a\tb", `\xc3\xa9`: "é", `\xff`: `\xff`, `\xc3\xa9\xff`: `é\xff`,
		`\`: `\`, `\x`: `\x`, `\x4`: `\x4`, `\xzz`: `\xzz`, `\n`: `\n`, `a\\x09`: `a\x09`, `\x00`: "\x00", "raw\xff": `raw\xff`,
	} {
		e := one(t, "x", log("x", "ts\ts", "time\tstring", "1.5\t"+in))
		if v, _ := e.Get("s"); string(v) != want {
			t.Errorf("%q: got %q, want %q", in, v, want)
		}
	}
}

func TestKinds(t *testing.T) {
	e := one(t, "x", log("x", "ts\tn\tb\ts\tv\tu\tw", "time\tcount\tbool\tstring\tvector[interval]\tint64\tbool", "1.5\t7\tT\t7\t1.0,2.0\t9\tmaybe"))
	var kinds []event.Kind
	for _, v := range e.Values {
		if !e.Shape.Fields[v.Field].Header {
			kinds = append(kinds, v.Kind)
		}
	}
	want := []event.Kind{event.Number, event.Bool, event.Text, event.Number, event.Number, event.Text, event.Text}
	if !slices.Equal(kinds, want) || show(e, false) != "n=7 b=true s=7 v=1.0 v=2.0 u=9 w=maybe" {
		t.Errorf("kinds %v of %s", kinds, show(e, false))
	}
}

func TestLogIsToldByFieldsThenName(t *testing.T) {
	conn := strings.Replace(log("conn", ids+"\tconn_state", idType+"\tstring", idRow+"\tSF"), "#path\tconn\n", "", 1)
	odd := strings.Replace(log("", "ts\todd", "time\tstring", "1.5\tx"), "#path\t\n", "", 1)
	for _, c := range []struct{ file, text, want string }{
		{"x.txt", conn, "conn"},
		{"http.log", conn, "conn"},
		{"stats.2024-01-01.log", odd, "stats"},
		{"SENSOR_dns.log", odd, "dns"},
		{"other.log", odd, ""},
		{"x", `{"ts":1.5,"uid":"C","id_orig_h":"192.0.2.1","conn_state":"SF"}`, "conn"},
	} {
		events, rep := read(t, c.file, c.text)
		if len(events) != 1 || events[0].Source.Service != c.want || !strings.Contains(strings.Join(rep.Notes, " "), "do not name their log") {
			t.Errorf("%s: %+v, report %+v", c.file, events, rep)
		}
	}
}

func TestLivingConnectionsAreMarked(t *testing.T) {
	row := ids + "\tconn_state"
	for _, c := range []struct {
		file, text string
		open       bool
	}{
		{"a.log", log("open_conn", row, idType+"\tstring", idRow+"\tOTH"), true},
		{"open_conn.17_32_32-18_00_00.log.gz", log("conn", row, idType+"\tstring", idRow+"\tOTH"), true},
		{"open_conn.log", `{"ts":1.5,"uid":"C","conn_state":"SF","_path":"conn"}`, true},
		{"conn.log", log("conn", row, idType+"\tstring", idRow+"\tOTH"), false},
	} {
		e := one(t, c.file, c.text)
		if _, open := e.Get("_open"); open != c.open || e.Source.Service != "conn" {
			t.Errorf("%s: open %v, log %s", c.file, open, e.Source.Log())
		}
	}
}

func TestSensorIsTheHost(t *testing.T) {
	for text, want := range map[string]string{
		`{"ts":1.5,"_path":"x","_system_name":"s1","_node_name":"w1"}`: "s1",
		`{"ts":1.5,"@stream":"x","@system":"s2"}`:                      "s2",
		`{"ts":1.5,"_path":"x"}`:                                       "",
	} {
		if e := one(t, "x", text); e.Host != want {
			t.Errorf("%s: host %q", text, e.Host)
		}
	}
	if e := one(t, "x", log("conn", "_node_name\tts\tuid", "string\ttime\tstring", "worker-1\t1.5\tC")); e.Host != "worker-1" || show(e, false) != "uid=C" {
		t.Errorf("host %q, %s", e.Host, show(e, true))
	}
}

func TestHeaderMayChangeInsideAFile(t *testing.T) {
	text := log("a", "ts\tx", "time\tstring", "1.5\t1") + log("b", "ts\tz\tx", "time\tstring\tcount", "2.5\tq\t2") +
		"#fields\tx\tts\n3\t3.5\n" + "#separator ,\n#path,c\n#fields,ts,x\n#types,time,string\n4.5,4\r\n"
	events, rep := read(t, "x", text)
	var got []string
	for _, e := range events {
		v, _ := e.Get("x")
		got = append(got, fmt.Sprintf("%s %s %d line %d", e.Source.Service, v, e.Time.Unix(), e.Origin.Line))
	}
	want := []string{"a 1 1 line 8", "b 2 2 line 17", "b 3 3 line 20", "c 4 4 line 25"}
	if !slices.Equal(got, want) || rep.Damaged != 0 {
		t.Errorf("got %q, report %+v", got, rep)
	}
}

func TestNoticeKeepsItsOwnEnds(t *testing.T) {
	e := one(t, "notice.log", log("notice", "ts\tuid\tnote\tmsg\tsrc\tdst\tp", "time\tstring\tenum\tstring\taddr\taddr\tport", "1.5\t-\tScan::Port_Scan\tm\t192.0.2.1\t-\t22"))
	if got := show(e, false); got != "note=Scan::Port_Scan msg=m src=192.0.2.1 p=22" {
		t.Errorf("got %s", got)
	}
}

func TestBadRows(t *testing.T) {
	for _, c := range []struct {
		name, rows, reasons string
		records             int
	}{
		{"garbage", "1.5\tx\ty\tz\ngarbage\n2.5\tx\ty\tz\n", "too few fields", 2},
		{"one column short", "1.5\tx\ty\n", "too few fields", 1},
		{"cut in the last line", "1.5\tx\ty\tz\n1.5\tx\ty", "too few fields", 1},
		{"too many", "1.5\tx\ty\tz\t\n", "too many fields", 0},
		{"empty lines", "\n\n1.5\tx\ty\tz\n\n", "", 1},
		{"no time", "-\tx\ty\tz\n", "", 1},
		{"bad time", "soon\tx\ty\tz\n", "", 1},
		{"too long", "1.5\tx\ty\t" + strings.Repeat("z", 2*maxLine) + "\n1.5\tx\ty\tz\n", "line too long", 1},
		{"ten megabytes", "1.5\tx\ty\t" + strings.Repeat("z", 10<<20) + "\n", "", 1},
	} {
		text := "#path\tq\n#fields\tts\ta\tb\tc\n" + c.rows
		events, rep := read(t, "x", text)
		var reasons []string
		for _, d := range rep.Damage {
			reasons = append(reasons, d.Reason)
		}
		if len(events) != c.records || strings.Join(reasons, ",") != c.reasons || rep.Bytes != int64(len(text)) {
			t.Errorf("%s: %d events, report %+v", c.name, len(events), rep)
		}
	}
}

func TestWebAddresses(t *testing.T) {
	for _, c := range []struct{ row, category, uri, query, host, extension string }{
		{idRow + "\tGET\ta.example:8080\t/x/y.php?q=1", "proxy", "http://a.example:8080/x/y.php?q=1|/x/y.php?q=1", "/x/y.php?q=1|q=1", "a.example", "php"},
		{idRow + "\tCONNECT\ta.example:443\ta.example:443", "proxy", "a.example:443", "a.example:443", "a.example", ""},
		{inside + "\tCONNECT\ta.example:443\ta.example:443", "proxy", "a.example:443", "a.example:443", "a.example", ""},
		{inside + "\tGET\tb.example\thttp://a.example/z", "proxy", "http://a.example/z|/z", "/z", "a.example", ""},
		{inside + "\tGET\tb.example\t/z", "webserver", "http://b.example/z|/z", "/z", "b.example", ""},
		{idRow + "\tGET\t-\t/z.exe", "proxy", "http://192.0.2.9/z.exe|/z.exe", "/z.exe", "", "exe"},
		{idRow + "\tGET\t[2001:db8::1]:80\t/", "proxy", "http://[2001:db8::1]:80/|/", "/", "[2001:db8::1]", ""},
		{idRow + "\t-\t-\t-", "proxy", "", "", "", ""},
	} {
		e := one(t, "x", log("http", ids+"\tmethod\thost\turi", idType+"\tstring\tstring\tstring", c.row))
		got := []string{e.Source.Category, strings.Join(values(e, "c-uri"), "|"), strings.Join(values(e, "cs-uri-query"), "|"),
			strings.Join(values(e, "cs-host"), "|"), strings.Join(values(e, "c-uri-extension"), "|")}
		if want := []string{c.category, c.uri, c.query, c.host, c.extension}; !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", c.row, got, want)
		}
	}
}

func TestPartsAgreeWithTheWhole(t *testing.T) {
	big := connTable(80_000)
	if len(big) < 2*partSize {
		t.Fatalf("%d bytes make no parts", len(big))
	}
	mixed := big + strings.Replace(big, "orig_bytes\tresp_bytes", "resp_bytes\torig_bytes", 1) + "#close\tx\n" + big
	for name, text := range map[string]string{"one log": big, "logs with other columns": mixed} {
		in := sourcetest.Input("conn.log", text)
		parts, err := New().Split(t.Context(), in)
		if err != nil || len(parts) < 3 {
			t.Fatalf("%s: %d parts, %v", name, len(parts), err)
		}
		var sums [2]int64
		var lines int64
		for i, split := range [][]source.Part{parts, {{To: in.Size, Line: 1}}} {
			r := New().NewReader()
			for _, p := range split {
				r.Read(t.Context(), in, p, func(e *event.Event) bool {
					v, _ := e.Get("orig_bytes")
					sums[i] = sums[i]*31 + int64(len(v)) + e.Origin.Line + e.Origin.Offset
					lines = max(lines, e.Origin.Line)
					return true
				})
			}
		}
		if sums[0] != sums[1] || lines < 80_000 {
			t.Errorf("%s: parts give other events than the whole", name)
		}
	}
}

func TestClaims(t *testing.T) {
	for text, want := range map[string]bool{
		connTable(1):                            true,
		"\xef\xbb\xbf" + connTable(1):           true,
		connLines(2):                            true,
		"#fields\tts\tuid\n":                    true,
		"#Fields: date time c-ip":               false,
		"1517336042.09\tCi85\t192.0.2.1\t14291": false,
		"#path\tconn\n1.5\tx\n#fields\tts\n":    false,
		`{"ts":1,"event":"x"}`:                  false,
		`{"timestamp":"x","event_type":"dns"}`:  false,
		"":                                      false,
	} {
		if got := New().Claims("conn.log", []byte(text)); got != want {
			t.Errorf("%.60q: %v", text, got)
		}
	}
}

func TestTablesInUTF16GiveTheSameEvents(t *testing.T) {
	text := connTable(3000) + "1750000000.1\tC\U0001f989\tx\n" + strings.Replace(connTable(1), "ssl", "\U0001f989", 1)
	want, plain := read(t, "conn.log", text)
	little, big := sourcetest.UTF16(text, binary.LittleEndian), sourcetest.UTF16(text, binary.BigEndian)
	for _, c := range []struct {
		name, log string
		order     binary.ByteOrder
	}{
		{"little", little, binary.LittleEndian}, {"big", big, binary.BigEndian},
		{"without mark", little[2:], binary.LittleEndian}, {"with half a character at the end", big + "x", binary.BigEndian},
	} {
		in := sourcetest.Input("conn.log", c.log)
		if !New().Claims("conn.log", in.Head) {
			t.Errorf("%s: not claimed", c.name)
		}
		got, rep := sourcetest.Read(t, New(), in)
		if len(got) != len(want) || rep.Damaged != 1 || plain.Damaged != 1 || rep.Bytes != in.Size {
			t.Errorf("%s: %d events, want %d; report %+v", c.name, len(got), len(want), rep)
			continue
		}
		for i, e := range got {
			before := c.order.Uint16([]byte(c.log[e.Origin.Offset-2:]))
			if e.ID() != want[i].ID() || e.Origin.Line != want[i].Origin.Line || before != '\n' {
				t.Fatalf("%s: event %d is %s at %+v, want %s", c.name, i, show(e, true), e.Origin, show(want[i], true))
			}
		}
	}
}

func TestPairsOfUTF16AreNotCutWhereABlockEnds(t *testing.T) {
	const owls = 30 * feedSize / 100 // fields of four bytes a character, over a block's end
	for _, before := range []string{"C", "CC"} {
		text := strings.Replace(connTable(1), "C0abcdefgh", before+strings.Repeat("\U0001f989", owls), 1)
		want, _ := read(t, "conn.log", text)
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			got, rep := sourcetest.Read(t, New(), sourcetest.Input("conn.log", sourcetest.UTF16(text, order)))
			if len(got) != 1 || len(want) != 1 || got[0].ID() != want[0].ID() {
				t.Errorf("%v after %q: other events, report %+v", order, before, rep)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sourcetest.UTF16(connTable(2), binary.LittleEndian))
	f.Add(connTable(3))
	f.Add(connLines(3))
	f.Add(httpLog(idRow + "\tGET\ta:1\t/x?y\t-\t200\t0\ta,b\t-"))
	f.Add("#separator ,\n#fields,ts,method,trans_depth,uri\n1,GET,1,a://b\n#path\tx\n\n{\n")
	f.Add(`{"ts":1.5,"_path":"http","method":"GET","uri":"","trans_depth":1}` + "\n" + `{"ts":`)
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("x.log", text)
		format := New()
		if !format.Claims("x.log", in.Head) {
			t.Skip()
		}
		n := int64(0)
		rep := sourcetest.Each(t, format, in, func(e *event.Event) bool {
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

func TestTablesWithMarksPutOneBehindAnotherAreReadWhole(t *testing.T) {
	const table = "\ufeff#separator \\x09\n#path\tconn\n#fields\tts\tuid\tproto\n#types\ttime\tstring\tenum\n1750000000.5\tC1\ttcp\n#close\tx\n"
	events, rep := sourcetest.Read(t, New(), sourcetest.Input("conn.log", table+table))
	if len(events) != 2 || rep.Damaged > 0 || len(rep.Damage) > 0 {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
}
