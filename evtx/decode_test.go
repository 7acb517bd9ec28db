package evtx_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tyto/evtx"
)

// decode reads a chunk and returns each record as text.
func decode(t testing.TB, chunk []byte, show func(*evtx.Record) string) ([]string, evtx.ChunkReport) {
	t.Helper()
	var out []string
	d := evtx.NewDecoder(evtx.NewStore())
	rep := d.Chunk(chunk, 4096, func(r *evtx.Record) bool { out = append(out, show(r)); return true })
	checkBooks(t, rep)
	return out, rep
}

func checkBooks(t testing.TB, r evtx.ChunkReport) {
	t.Helper()
	if sum := r.Header + r.Live + r.Slack + r.Empty + r.Skipped + r.Unread; sum != r.Size {
		t.Fatalf("bytes sum to %d of %d: %+v", sum, r.Size, r)
	}
	if r.Count(evtx.Panicked) != 0 {
		t.Fatalf("contained panic: %+v", r)
	}
}

func asJSON(r *evtx.Record) string { return string(r.AppendJSON(nil)) }
func asXML(r *evtx.Record) string  { return string(r.AppendXML(nil)) }
func asFlat(r *evtx.Record) string { return string(r.AppendFlatJSON(nil)) }

func asFields(r *evtx.Record) string {
	var b strings.Builder
	for _, v := range r.Values() {
		fmt.Fprintf(&b, "%s=%s\n", r.Layout().Fields[v.Field].Path, r.AppendText(nil, v))
	}
	return b.String()
}

func compare(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTemplateRecordInAllForms(t *testing.T) {
	chunk := sampleChunk(1)
	fields, rep := decode(t, chunk, asFields)
	if rep.Records != 1 || len(rep.Damage) != 0 {
		t.Fatalf("report %+v", rep)
	}
	compare(t, fields[0], `System.Provider.@Name=Tyto-Test
System.EventID=4624
System.TimeCreated.@SystemTime=2016-07-08T18:12:51.681640Z
System.EventRecordID=1
System.Channel=Security
System.Computer=HOST-1
EventData.CommandLine=C:\a "b" é a
EventData.Data=one
EventData.Data=
EventData.Data=two
EventData.Binary=CAFE
`)
	text, _ := decode(t, chunk, asJSON)
	compare(t, text[0], `{"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"#attributes":{"Name":"Tyto-Test"}},"EventID":4624,"TimeCreated":{"#attributes":{"SystemTime":"2016-07-08T18:12:51.681640Z"}},"EventRecordID":1,"Channel":"Security","Computer":"HOST-1"},"EventData":{"CommandLine":"C:\\a \"b\" é a","Odd Name":"","Data":{"#text":["one","","two"]},"Binary":"CAFE"}}}`)
	text, _ = decode(t, chunk, asFlat)
	compare(t, text[0], `{"System.Provider.@Name":"Tyto-Test","System.EventID":4624,"System.TimeCreated.@SystemTime":"2016-07-08T18:12:51.681640Z","System.EventRecordID":1,"System.Channel":"Security","System.Computer":"HOST-1","EventData.CommandLine":"C:\\a \"b\" é a","EventData.Data":["one","","two"],"EventData.Binary":"CAFE"}`)
	text, _ = decode(t, chunk, asXML)
	compare(t, text[0], `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Tyto-Test"/><EventID>4624</EventID><TimeCreated SystemTime="2016-07-08T18:12:51.6816408Z"/><EventRecordID>1</EventRecordID><Channel>Security</Channel><Computer>HOST-1</Computer></System><EventData><Data Name="CommandLine">C:\a "b" é a</Data><Data>one</Data><Data></Data><Data>two</Data><Binary>CAFE</Binary></EventData></Event>`)
}

func TestUnnamedDataAsListScalarOrNothing(t *testing.T) {
	for _, tc := range []struct {
		name, want string
		list       val
	}{
		{"several", `"Data":{"#text":["a","b"]},`, val{0x81, utf16le("a\x00b")}},
		{"one", `"Data":{"#text":"a"},`, str("a")},
		{"one of an array", `"Data":{"#text":"a"},`, val{0x81, utf16le("a\x00")}},
		{"null", ``, val{}},
		{"numbers", `"Data":{"#text":[1,2]},`, val{0x84, []byte{1, 2}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newChunk()
			c.record(func() { c.sampleEvent(); c.values(sampleValues(1, "x", tc.list)...) })
			got, _ := decode(t, c.bytes(), asJSON)
			want := `"Odd Name":"",` + tc.want + `"Binary"`
			if !strings.Contains(got[0], want) {
				t.Errorf("got %s, want in it %s", got[0], want)
			}
			if !json.Valid([]byte(got[0])) {
				t.Errorf("not JSON: %s", got[0])
			}
		})
	}
}

// literalEvent writes an event the way collectors do: no templates, all text.
func (c *chunkBuilder) literalEvent(id string) {
	const lit = -2
	c.open("Event", lit, true).attr("xmlns").text("urn:x").content()
	c.open("System", lit, false).content()
	c.open("Provider", lit, true).attr("Name").text("Classic").empty()
	c.open("EventID", lit, true).attr("Qualifiers").text("16384").content().text("4624").end()
	c.open("TimeCreated", lit, true).attr("SystemTime").text("2021-11-19T16:52:33.833733500Z").empty()
	c.open("EventRecordID", lit, false).content().text(id).end()
	c.open("Level", lit, false).content().text("4").end()
	c.open("Channel", lit, false).content().text("App").end()
	c.end()
	c.open("EventData", lit, false).content()
	c.open("Data", lit, false).content().text("first").end()
	c.open("Data", lit, false).content().end()
	c.open("Data", lit, true).attr("Name").text("N").content().text("a").raw(0x49).name("amp").raw(0x08).u16('é').raw(0x47).counted("<c>").end()
	c.open("ComplexData", lit, true).attr("Name").text("CD").content().text("z").end()
	c.end()
	c.raw(0x0a).name("pi").raw(0x0b).counted("data")
	c.open("RenderingInfo", lit, true).attr("Culture").text("en").content()
	c.open("Level", lit, false).content().text("Information").end()
	c.end().end()
}

func TestLiteralRecord(t *testing.T) {
	c := newChunk()
	c.record(func() { c.literalEvent("7") })
	chunk := c.bytes()
	fields, rep := decode(t, chunk, asFields)
	if len(rep.Damage) != 0 {
		t.Fatalf("damage %+v", rep.Damage)
	}
	compare(t, fields[0], `System.Provider.@Name=Classic
System.EventID.@Qualifiers=16384
System.EventID=4624
System.TimeCreated.@SystemTime=2021-11-19T16:52:33.833733500Z
System.EventRecordID=7
System.Level=4
System.Channel=App
EventData.Data=first
EventData.Data=
EventData.N=a&é<c>
EventData.CD=z
RenderingInfo.@Culture=en
RenderingInfo.Level=Information
`)
	system, _ := decode(t, chunk, func(r *evtx.Record) string {
		return fmt.Sprintf("%d %d %s %s %d %v", r.EventID(), r.Level(), r.Channel(), r.Provider(), r.EventRecordID(), r.TimeCreated().Time())
	})
	compare(t, system[0], "4624 4 App Classic 7 2021-11-19 16:52:33.8337335 +0000 UTC")
	text, _ := decode(t, chunk, asJSON)
	compare(t, text[0], `{"Event":{"#attributes":{"xmlns":"urn:x"},"System":{"Provider":{"#attributes":{"Name":"Classic"}},"EventID":{"#attributes":{"Qualifiers":"16384"},"#text":"4624"},"TimeCreated":{"#attributes":{"SystemTime":"2021-11-19T16:52:33.833733500Z"}},"EventRecordID":"7","Level":"4","Channel":"App"},"EventData":{"Data":{"#text":["first",""]},"N":"a&é<c>","ComplexData":{"#attributes":{"Name":"CD"},"#text":"z"}},"RenderingInfo":{"#attributes":{"Culture":"en"},"Level":"Information"}}}`)
	text, _ = decode(t, chunk, asXML)
	compare(t, text[0], `<Event xmlns="urn:x"><System><Provider Name="Classic"/><EventID Qualifiers="16384">4624</EventID><TimeCreated SystemTime="2021-11-19T16:52:33.833733500Z"/><EventRecordID>7</EventRecordID><Level>4</Level><Channel>App</Channel></System><EventData><Data>first</Data><Data/><Data Name="N">a&amp;é&lt;c&gt;</Data><ComplexData Name="CD">z</ComplexData></EventData><?pi data?><RenderingInfo Culture="en"><Level>Information</Level></RenderingInfo></Event>`)
}

func TestNestedDocuments(t *testing.T) {
	inner := func(c *chunkBuilder, literal bool) {
		if literal {
			c.open("UserData", -2, false).content().open("Cleared", -2, false).content()
			c.open("Channel", -2, false).content().text("Security").end().end().end()
			return
		}
		c.define(0x55, func() {
			c.open("UserData", -1, false).content().open("Cleared", -1, false).content()
			c.leaf("Channel", 0, evtx.TypeString).end().end()
		})
		c.values(str("Security"))
	}
	for _, literal := range []bool{false, true} {
		c := newChunk()
		c.record(func() {
			c.define(0x44, func() {
				c.open("Event", -1, false).content().open("System", -1, false).content()
				c.leaf("Channel", 1, evtx.TypeString).end()
				c.optional(0, evtx.TypeBinXML).end()
			})
			c.u32(2)
			spec := len(c.b)
			c.u16(0).raw(byte(evtx.TypeBinXML), 0).u16(12).raw(byte(evtx.TypeString), 0)
			start := len(c.b)
			c.raw(0x0f, 1, 1, 0)
			inner(c, literal)
			c.raw(0)
			n := len(c.b) - start
			c.b[spec], c.b[spec+1] = byte(n), byte(n>>8)
			c.raw(utf16le("System")...)
		})
		got, rep := decode(t, c.bytes(), func(r *evtx.Record) string { return asFields(r) + asJSON(r) + asXML(r) })
		if len(got) != 1 {
			t.Fatalf("literal %t: %+v", literal, rep)
		}
		compare(t, got[0], `System.Channel=System
UserData.Cleared.Channel=Security
{"Event":{"System":{"Channel":"System"},"UserData":{"Cleared":{"Channel":"Security"}}}}<Event><System><Channel>System</Channel></System><UserData><Cleared><Channel>Security</Channel></Cleared></UserData></Event>`)
	}
}

func TestRepeatedElementsInTurns(t *testing.T) {
	c := newChunk()
	c.record(func() {
		c.open("Event", -2, false).content().open("UserData", -2, false).content()
		for _, s := range []string{"1", "2", "3"} {
			c.open("A", -2, false).content().text("a" + s).end()
			c.open("B", -2, false).content().text("b" + s).end()
		}
		c.end().end()
	})
	got, _ := decode(t, c.bytes(), asFlat)
	compare(t, got[0], `{"UserData.A":["a1","a2","a3"],"UserData.B":["b1","b2","b3"]}`)
	got, _ = decode(t, c.bytes(), asJSON)
	compare(t, got[0], `{"Event":{"UserData":{"A":"a1","B":"b1","A_1":"a2","B_1":"b2","A_2":"a3","B_2":"b3"}}}`)
	got, _ = decode(t, c.bytes(), func(r *evtx.Record) string { s, ok := r.Get("UserData.B"); return fmt.Sprint(s, ok) })
	compare(t, got[0], "b1true")
}

func TestDependencyRemovesElement(t *testing.T) {
	for _, tc := range []struct {
		dep  val
		want string
	}{{val{}, "After=x"}, {str("y"), "In=lit In2=y After=x"}} {
		c := newChunk()
		c.record(func() {
			c.define(3, func() {
				c.open("Event", -1, false).content().open("D", 0, false).content()
				c.open("In", -1, false).content().text("lit").end()
				c.open("In2", -1, false).content().subst(0, evtx.TypeString).end()
				c.end()
				c.open("After", -1, false).content().subst(1, evtx.TypeString).end().end()
			})
			c.values(tc.dep, str("x"))
		})
		got, _ := decode(t, c.bytes(), func(r *evtx.Record) string {
			return strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(asFields(r)), "D.", ""), "\n", " ")
		})
		compare(t, got[0], tc.want)
	}
}

func TestLayoutIsSharedByRecordsThatLookAlike(t *testing.T) {
	store := evtx.NewStore()
	seen := map[*evtx.Layout]int{}
	c := newChunk()
	c.record(func() { c.literalEvent("1") }).record(func() { c.literalEvent("2") })
	for _, chunk := range [][]byte{sampleChunk(5), sampleChunk(9), c.bytes()} {
		d := evtx.NewDecoder(store)
		d.Chunk(chunk, 0, func(r *evtx.Record) bool {
			if !r.Layout().Shared() {
				t.Error("layout not shared")
			}
			seen[r.Layout()]++
			return true
		})
	}
	if len(seen) != 2 {
		t.Errorf("%d layouts, want 2", len(seen))
	}
}

func TestDecodingAllocatesNothingPerRecord(t *testing.T) {
	chunk := sampleChunk(200)
	d := evtx.NewDecoder(evtx.NewStore())
	buf := make([]byte, 0, 1<<16)
	n := 0
	pass := func() {
		d.Chunk(chunk, 0, func(r *evtx.Record) bool {
			buf = r.AppendJSON(buf[:0])
			buf = r.AppendFlatJSON(buf[:0])
			for _, v := range r.Values() {
				buf = r.AppendText(buf[:0], v)
			}
			n += r.EventID() + len(r.Channel()) + len(r.Computer()) + len(r.Provider())
			return true
		})
	}
	pass()
	if got := testing.AllocsPerRun(10, pass); got > 4 {
		t.Errorf("%v allocations for a chunk of 200 records", got)
	}
}

// The JSON of a record must not depend on which records came before it.
func TestRememberedJSONEqualsFreshJSON(t *testing.T) {
	c := newChunk()
	at := 0
	for i := range 60 {
		c.record(func() {
			if i == 0 {
				at = c.sampleEvent()
			} else {
				c.refer(sampleShort, at)
			}
			vs := sampleValues(uint64(i/7), strings.Repeat("x", i*i%23), val{0x81, utf16le(strings.Repeat("ab\x00", i%3))})
			if i%5 == 0 {
				vs[7] = str("now and then")
			}
			if i%4 == 0 {
				vs[1] = val{evtx.TypeUint16, []byte{byte(i), 0}}
			}
			c.values(vs...)
		})
	}
	chunk := c.bytes()
	together, _ := decode(t, chunk, asJSON)
	for i := range together {
		alone, n := "", 0
		evtx.NewDecoder(evtx.NewStore()).Chunk(chunk, 0, func(r *evtx.Record) bool {
			if n++; n == i+1 {
				alone = asJSON(r)
			}
			return n <= i
		})
		compare(t, together[i], alone)
		if !json.Valid([]byte(alone)) {
			t.Errorf("record %d: not JSON: %s", i, alone)
		}
	}
}
