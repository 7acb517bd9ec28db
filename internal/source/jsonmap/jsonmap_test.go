package jsonmap_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
	"tyto/internal/source/jsonmap"
	"tyto/internal/source/sourcetest"
)

func example() *jsonmap.Format {
	return jsonmap.New(jsonmap.Mapping{
		Name: "example", Alien: "no example",
		Is:       func(p jsonmap.Paths) bool { return p.Has("kind", "when") },
		Wrappers: []string{"list"},
		Inner:    []string{"inner"},
		Embedded: []string{"text"},
		Whole:    []string{"whole"},
		Bags:     []jsonmap.Bag{{List: "bag", Key: "n", Values: []string{"v"}, Prefix: "bag."}},
		Also: func(path string) []string {
			if path == "kind" {
				return []string{"also"}
			}
			return nil
		},
		Times: []string{"when"}, Hosts: []string{"a", "where"},
		Source: func(r *jsonmap.Record) event.Source {
			if !r.Has("kind") {
				return event.Source{}
			}
			if r.Is("kind", "X") {
				r.Say("said", "x")
			}
			return event.Source{Product: "p"}
		},
		Second: func(r *jsonmap.Record) event.Source {
			if r.Is("kind", "two") {
				return event.Source{Product: "q"}
			}
			return event.Source{}
		},
	})
}

func list(e *event.Event) (out []string) {
	for _, v := range e.Values {
		f := e.Shape.Fields[v.Field]
		out = append(out, fmt.Sprintf("%s %t %d %s", f.Name, f.Header, v.Kind, v.Text))
	}
	return out
}

func TestRecordsHaveTheirFieldsAndFurtherNames(t *testing.T) {
	text := `{"list":[{"o":1,"inner":{"kind":"x","when":"2025-06-15T10:00:00Z","where":" H ","n":null,"whole":{"p":true},"bag":[{"n":"A","v":"\"q\""}],"text":"{\"i\":2}"}}]}`
	in := sourcetest.Input("a", text)
	f := example()
	if !f.Claims("", in.Head) {
		t.Error("not claimed")
	}
	events, rep := sourcetest.Read(t, f, in)
	if len(events) != 1 || rep.Damaged > 0 || len(rep.Notes) > 0 {
		t.Fatalf("report %+v", rep)
	}
	want := []string{
		"o false 1 1", "kind false 0 x", "also true 0 x", "when false 0 2025-06-15T10:00:00Z", "where false 0  H ", "n false 3 ",
		`whole true 0 {"p":true}`, "whole.p false 2 true", "whole true 2 true", "bag.n false 0 A", `bag.v false 0 "q"`,
		`bag.A true 0 "q"`, "bag.A true 0 q", `text false 0 {"i":2}`, "text.i false 1 2", "said true 0 x",
	}
	if diff := cmp.Diff(want, list(events[0])); diff != "" {
		t.Errorf("values differ (-want +got):\n%s", diff)
	}
	if e := events[0]; e.Host != "H" || !e.Time.Equal(time.Date(2025, 6, 15, 10, 0, 0, 0, time.UTC)) || e.Source.Product != "p" {
		t.Errorf("event is %+v", e)
	}
}

func TestARecordOfTwoLogsIsTwoEventsAndCountsOnce(t *testing.T) {
	events, rep := sourcetest.Read(t, example(), sourcetest.Input("a", `{"kind":"two","when":1}`+"\n"+`{"kind":"one","when":1}`+"\n"+`{"other":1}`))
	var got string
	for _, e := range events {
		got += e.Source.Product
	}
	if got != "pqp" || rep.Damaged != 1 || rep.Records != 2 || rep.Again != 1 {
		t.Errorf("events of %s, report %+v", got, rep)
	}
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"6/15/2025 1:00:02 PM": "2025-06-15T13:00:02Z", "06/15/2025 13:00:02": "2025-06-15T13:00:02Z",
		"6/15/2025 1:00:02 AM -05:00": "2025-06-15T06:00:02Z", "15/6/2025 1:00:02 AM": "", "6/15/2025": "", "x/y/z 1:00:00 AM": "",
	} {
		at, _, ok := jsonmap.ParseTime([]byte(text))
		if ok != (want != "") || ok && at.Format(time.RFC3339) != want {
			t.Errorf("%s is read as %v, %t", text, at, ok)
		}
	}
}

func table() *jsonmap.Table {
	return jsonmap.NewTable("table", func(p jsonmap.Paths) bool { return p.Has("a", "b") }, jsonmap.Mapping{
		Name: "table", Source: func(*jsonmap.Record) event.Source { return event.Source{Product: "p"} },
	})
}

func TestRowsInUTF16KeepTheirPlaces(t *testing.T) {
	const rows = 200_000 // measuring from the start for each would take minutes
	in := sourcetest.Input("a.csv", sourcetest.UTF16("a,b\n"+strings.Repeat("\U0001f989,\u00f6\n", rows), binary.LittleEndian))
	next, wrong := int64(2+2*4), 0
	rep := sourcetest.Each(t, table(), in, func(e *event.Event) bool {
		if e.Origin.Offset != next {
			wrong++
		}
		next += 2 * 5
		return true
	})
	if wrong > 0 || rep.Records != rows || rep.Bytes != in.Size {
		t.Errorf("%d rows at other places, report %+v of %d bytes", wrong, rep, in.Size)
	}
}

func TestARowThatNamesTheFirstColumnIsARow(t *testing.T) {
	events, rep := sourcetest.Read(t, table(), sourcetest.Input("a.csv", "a,b\na,1\nx,2\na,c,b\ny,3,4\n"))
	var got string
	for _, e := range events {
		a, _ := e.Get("a")
		b, _ := e.Get("b")
		got += fmt.Sprintf("%s=%s ", a, b)
	}
	if got != "a=1 x=2 y=4 " || rep.Damaged > 0 {
		t.Errorf("rows %q, report %+v", got, rep)
	}
}
