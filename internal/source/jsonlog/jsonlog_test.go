package jsonlog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyto/internal/event"
	"tyto/internal/source/jsonlog"
	"tyto/internal/source/sourcetest"
)

func TestFieldsKeepTheirNames(t *testing.T) {
	text := `{"ts":"2024-03-01T12:00:00Z","host":{"name":"H"},"a":{"b":["x","y"],"c":null},"n":5,"ok":true}` + "\n" + `{"date":"2024-03-01 12:00:01"}` + "\n{}\n"
	in := sourcetest.Input("a.log", text)
	if !jsonlog.New().Claims("", in.Head) {
		t.Error("not claimed")
	}
	events, rep := sourcetest.Read(t, jsonlog.New(), in)
	if len(events) != 2 || rep.Damaged != 1 || len(rep.Notes) != 2 {
		t.Fatalf("%d events, report %+v", len(events), rep)
	}
	var got []string
	for _, v := range events[0].Values {
		got = append(got, fmt.Sprintf("%s %d %s", events[0].Shape.Fields[v.Field].Name, v.Kind, v.Text))
	}
	want := []string{"ts 0 2024-03-01T12:00:00Z", "host.name 0 H", "a.b 0 x", "a.b 0 y", "a.c 3 ", "n 1 5", "ok 2 true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values differ (-want +got):\n%s", diff)
	}
	e := events[0]
	if e.Host != "H" || e.Source != (event.Source{}) || e.Time.Format(time.RFC3339) != "2024-03-01T12:00:00Z" || events[1].Host != "" {
		t.Errorf("event is %+v", e)
	}
}

func TestTimesGoByManyNames(t *testing.T) {
	for _, line := range []string{
		`{"hostIdentifier":"h","unixTime":1709294400,"columns":{"path":"/bin/sh"}}`,
		`{"query_timestamp":"2024-03-01T12:00:00Z","query_name":"a.example.com."}`,
		`{"Pid":4,"Name":"System","CreateTime":"2024-03-01T12:00:00Z"}`,
	} {
		in := sourcetest.Input("a.json", line+"\n")
		events, _ := sourcetest.Read(t, jsonlog.New(), in)
		if !jsonlog.New().Claims("", in.Head) || len(events) != 1 || events[0].Time.Format(time.RFC3339) != "2024-03-01T12:00:00Z" {
			t.Errorf("%s: %d events", line, len(events))
		}
	}
}

func TestSettingsAndReportsAreNotClaimed(t *testing.T) {
	for _, text := range []string{
		"", "{}", `{"name":"x","version":1}`, "{\n \"time\": 1\n}\n", `[{"time":1}]`, "text", `{"time":1}` + "\ntext",
	} {
		if jsonlog.New().Claims("a.jsonl", []byte(text)) {
			t.Errorf("claimed %q", text)
		}
	}
	long := `{"time":1,"x":"` + strings.Repeat("y", 1<<20)
	if !jsonlog.New().Claims("", []byte(long[:16<<10])) {
		t.Error("a long first line is not claimed")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"ts":1,"a":{"b":[1]}}` + "\n{}")
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.log", text)
		jsonlog.New().Claims("", in.Head)
		events := int64(0)
		rep := sourcetest.Each(t, jsonlog.New(), in, func(e *event.Event) bool {
			events++
			_, err := e.Time.MarshalJSON()
			if err != nil {
				t.Error(err)
			}
			return true
		})
		if rep.Records+rep.Again != events || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, events, in.Size)
		}
	})
}
