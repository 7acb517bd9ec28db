package winxml_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/winxml"
)

const open = `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">`

// system is a System element as Event Viewer writes it.
const system = `<System><Provider Name='P' Guid='{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'/><EventID Qualifiers="16384">7</EventID><Version>0</Version><Level>4</Level>` +
	`<Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime="2024-03-01T10:00:00.123456700Z"/><EventRecordID>9</EventRecordID><Correlation/>` +
	`<Execution ProcessID="3" ThreadID="4"/><Channel>C</Channel><Computer>H</Computer><Security UserID="S-1-5-18"/></System>`

func one(data string) string { return open + system + data + "</Event>" }

// show writes an event's own fields, then a bar and the headers.
func show(e *event.Event) string {
	var own, head []string
	for _, v := range e.Values {
		f := e.Shape.Fields[v.Field]
		if s := fmt.Sprintf("%s=%s", f.Name, v.Text); f.Header {
			head = append(head, s)
		} else {
			own = append(own, s)
		}
	}
	return strings.Join(own, " ") + " | " + strings.Join(head, " ")
}

func TestFieldsAreNamedAsRulesNameThem(t *testing.T) {
	const head = " | Provider_Name=P Provider_Guid={5770385f-c22a-43e0-bf4c-06f5698ffbd9} EventID_Qualifiers=16384 EventID=7 Version=0 Level=4 Keywords=0x8000000000000000 " +
		"TimeCreated=2024-03-01T10:00:00.123456700Z EventRecordID=9 Execution_ProcessID=3 Execution_ThreadID=4 Channel=C Computer=H Security_UserID=S-1-5-18"
	for _, c := range []struct{ name, data, want string }{
		{"named", `<EventData><Data Name="A">x &lt;&amp;&#233;&#x1F600;&quot;&apos;&unknown;</Data><Data Name='Empty'></Data><Data Name="Short"/></EventData>`,
			"A=x <&é\U0001f600\"'&unknown; Empty= Short=" + head},
		{"unnamed", "<EventData>\n <Data>p</Data>\n <Data></Data>\n <Binary>01AB</Binary>\n</EventData>", "Data=p Data= Binary=01AB" + head},
		{"cdata and comments", `<EventData><Data Name="A"><![CDATA[<b>]]>&amp;<!-- </Event> --> x</Data></EventData>`, "A=<b>& x" + head},
		{"user data wins", `<UserData><LogFileCleared xmlns="x"><Channel>Security</Channel><Deep><In a="1">d</In></Deep></LogFileCleared></UserData>`,
			"Channel=Security Deep.In.a=1 Deep.In=d" + strings.Replace(head, " Channel=C", "", 1)},
		{"rendering does not shadow", `<EventData><Data Name="A">x</Data></EventData><RenderingInfo Culture="en-US"><Message>m</Message><Level>Information</Level><Channel>Shown</Channel><Keywords><Keyword>k</Keyword></Keywords></RenderingInfo>`,
			"A=x" + strings.Replace(head, " | ", " | Message=m ", 1) + " RenderingInfo_Culture=en-US RenderingInfo_Level=Information RenderingInfo_Channel=Shown RenderingInfo_Keywords.Keyword=k"},
		{"message only", "<RenderingInfo><Message>says it</Message></RenderingInfo>", "Message=says it" + head},
		{"times are cut to six digits", `<EventData><Data Name="T">2024-03-01T10:00:00.123456700Z</Data></EventData>`, "T=2024-03-01T10:00:00.123456Z" + head},
		{"forms of other tools", `<EventData><Data Name="AccessMask">0x0012019F</Data><Data Name="LogonId">0x0000000000000000</Data><Data Name="StartAddress">0x0012019F</Data><Data Name="LogonGuid">{747F3D96-6311-5F8F-0000-0020E0100900}</Data><Data Name="T">0x1F</Data></EventData>`,
			"AccessMask=0x12019f LogonId=0x0 StartAddress=0x0012019F LogonGuid={747f3d96-6311-5f8f-0000-0020e0100900} T=0x1F" + head},
		{"element named Event inside", `<UserData><Event><A>x</A></Event></UserData>`, "A=x" + head},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := sourcetest.Input("a.xml", one(c.data))
			if !winxml.New().Claims("", in.Head) {
				t.Error("not claimed")
			}
			events, rep := sourcetest.Read(t, winxml.New(), in)
			if len(events) != 1 || rep.Damaged > 0 || rep.Bytes != in.Size {
				t.Fatalf("%d events, report %+v", len(events), rep)
			}
			if got := show(events[0]); !sameFields(got, c.want) {
				t.Errorf("event differs (-want +got):\n%s", cmp.Diff(c.want, got))
			}
			e := events[0]
			if e.Host != "H" || e.RecordID != 9 || e.Source != (event.Source{Product: "windows", Channel: "C", Provider: "P", EventID: 7}) || e.Time.Nanosecond() != 123456700 {
				t.Errorf("event is %+v", e)
			}
		})
	}
}

// sameFields compares the own fields in order and the headers in any.
func sameFields(got, want string) bool {
	a, x, _ := strings.Cut(got, " | ")
	b, y, _ := strings.Cut(want, " | ")
	p, q := strings.Fields(x), strings.Fields(y)
	count := map[string]int{}
	for _, s := range p {
		count[s]++
	}
	for _, s := range q {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return a == b
}

func TestWaysOfStanding(t *testing.T) {
	ev := func(n int) string { return strings.Replace(one("<EventData/>"), ">7<", fmt.Sprintf(">%d<", n), 1) }
	three := ev(1) + "\r\n" + ev(2) + ev(3)
	for name, text := range map[string]string{
		"roots":        three,
		"one root":     "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>\n" + three + "</Events>\n",
		"several":      "<Events>" + ev(1) + "</Events>\n<?xml version='1.0'?><!-- <x> --><Events>" + ev(2) + ev(3) + "</Events>",
		"utf-16":       sourcetest.UTF16(three, binary.LittleEndian),
		"utf-16 big":   sourcetest.UTF16(three, binary.BigEndian),
		"evtxexport":   "evtxexport 20181227\n\n" + three,
		"no namespace": strings.ReplaceAll(three, open, "<Event>"),
	} {
		t.Run(name, func(t *testing.T) {
			in := sourcetest.Input("a.xml", text)
			if !winxml.New().Claims("", in.Head) {
				t.Error("not claimed")
			}
			events, rep := sourcetest.Read(t, winxml.New(), in)
			if len(events) != 3 || rep.Damaged > 0 || rep.Bytes != in.Size {
				t.Fatalf("%d events, report %+v", len(events), rep)
			}
			for i, e := range events {
				if e.Source.EventID != i+1 || strings.TrimLeft(text[e.Origin.Offset:], "\x00")[0] != '<' {
					t.Errorf("event %d is %d at %d", i, e.Source.EventID, e.Origin.Offset)
				}
			}
		})
	}
}

func TestOtherFilesAreNotClaimed(t *testing.T) {
	for _, text := range []string{"", "<", "<Event", "<html><Event></Event>", "<?xml version='1.0'?><Events><Event id='1'/></Events>", "text " + one(""),
		`<nmaprun scanner="nmap">`, `<EventLog><System>`, "{}"} {
		if winxml.New().Claims("a.xml", []byte(text)) {
			t.Errorf("claimed %q", text)
		}
	}
}

func TestBrokenEventsCostOnlyThemselves(t *testing.T) {
	good := one("<EventData/>")
	for name, broken := range map[string]string{
		"cut":          good[:300],
		"wrong end":    strings.Replace(good, "</System>", "</Sys>", 1),
		"lone mark":    strings.Replace(good, "<Version>", "< <Version>", 1),
		"bad quotes":   strings.Replace(good, `SystemTime="`, `SystemTime=`, 1),
		"other event":  "<Event><a/></Event>",
		"deep":         open + strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + "</Event>",
		"text between": "something else\n",
		"other mark":   "<other>text</other>",
		"document":     "<Event><!DOCTYPE x [<!ENTITY a 'b'>]></Event>",
	} {
		in := sourcetest.Input("a.xml", good+"\n"+broken+"\n"+good+good)
		events, rep := sourcetest.Read(t, winxml.New(), in)
		if len(events) != 3 || rep.Damaged == 0 || len(rep.Damage) == 0 || rep.Bytes != in.Size {
			t.Errorf("%s: %d events, report %+v", name, len(events), rep)
		}
	}
}

func TestPartsGiveTheSameEventsAsTheWhole(t *testing.T) {
	var text strings.Builder
	const n = 40_000
	for i := range n {
		fmt.Fprintf(&text, "%s\n", strings.Replace(one(fmt.Sprintf("<EventData><Data Name='N'>line\n<![CDATA[\n<Event >\n]]>%d</Data></EventData>", i)), ">9<", fmt.Sprintf(">%d<", i+1), 1))
	}
	in := sourcetest.Input("a.xml", text.String())
	parts, err := winxml.New().Split(t.Context(), in)
	if err != nil || len(parts) < 2 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	next := uint64(0)
	rep := sourcetest.Each(t, winxml.New(), in, func(e *event.Event) bool {
		next++
		if e.RecordID != next || e.Origin.Line != 1+4*int64(next-1) {
			t.Fatalf("event %d on line %d is record %d", next, e.Origin.Line, e.RecordID)
		}
		return true
	})
	if next != n || rep.Damaged > 0 {
		t.Errorf("%d events, report %+v", next, rep)
	}
}

// TestCraftedFilesTakeTimeInProportion reads megabytes of text in which every
// event looks unfinished up to the end of the file.
func TestCraftedFilesTakeTimeInProportion(t *testing.T) {
	for name, piece := range map[string]string{
		"comments": "<Event><!-- ", "data": "<Event><![CDATA[ ", "instructions": "<Event><?", "attributes": `<Event a="`, "other quotes": `<Event a='`,
		"marks": "<", "open comments": "<!-- ", "events": "<Event>", "roots": "<Events ", "entities": "<Event>&",
	} {
		in := sourcetest.Input("a.xml", one("")+strings.Repeat(piece, 1<<20/len(piece)))
		rep := sourcetest.Each(t, winxml.New(), in, func(*event.Event) bool { return true })
		if rep.Records == 0 || rep.Bytes != in.Size || rep.Damaged == 0 {
			t.Errorf("%s: report %+v", name, rep)
		}
	}
}

func TestLongEventsArePassedOver(t *testing.T) {
	long := one("<EventData><Data Name='A'>" + strings.Repeat("x", 40<<20) + "</Data></EventData>")
	in := sourcetest.Input("a.xml", one("")+long+one(""))
	events, rep := sourcetest.Read(t, winxml.New(), in)
	if len(events) != 2 || rep.Damaged == 0 || rep.Bytes != in.Size {
		t.Errorf("%d events, report %+v", len(events), rep)
	}
}

func TestKnownSequencesAreReadWithoutAllocation(t *testing.T) {
	in := sourcetest.Input("a.xml", strings.Repeat(one("<EventData><Data Name='A'>x&amp;y</Data></EventData>")+"\n", 2000))
	r := winxml.New().NewReader()
	read := func() { r.Read(t.Context(), in, source.Part{To: in.Size}, func(*event.Event) bool { return true }) }
	if got := testing.AllocsPerRun(3, read); got > 100 {
		t.Errorf("%v allocations for 2000 records", got)
	}
}

func BenchmarkRead(b *testing.B) {
	data := `<EventData><Data Name="RuleName">-</Data><Data Name="UtcTime">2024-03-01 10:00:00.000</Data><Data Name="Image">C:\Windows\System32\cmd.exe</Data><Data Name="CommandLine">cmd.exe /c &quot;echo 1&quot;</Data><Data Name="User">EXAMPLE\alice</Data><Data Name="Hashes">SHA1=4B7FA56A4E85F88B98D11A6E018698AE3FBA5E62</Data><Data Name="ParentImage">C:\Windows\explorer.exe</Data></EventData>`
	in := sourcetest.Input("a.xml", strings.Repeat(one(data)+"\n", 10_000))
	r := winxml.New().NewReader()
	b.SetBytes(in.Size)
	b.ReportAllocs()
	for b.Loop() {
		r.Read(b.Context(), in, source.Part{To: in.Size}, func(*event.Event) bool { return true })
	}
}

func FuzzRead(f *testing.F) {
	f.Add(one("<EventData><Data Name='A'>x &lt; <![CDATA[y]]></Data></EventData>") + one("<UserData><a b='c'><d/></a></UserData>"))
	f.Add("<Events><!-- x -->" + one("") + "</Events>")
	f.Add("\xff\xfe<\x00E\x00v\x00e\x00n\x00t\x00>\x00")
	f.Add("<Event><System><EventID>7</EventID></System><Event>")
	f.Fuzz(func(t *testing.T, text string) { sourcetest.RecordPromises(t, winxml.New(), "a.xml", text) })
}
