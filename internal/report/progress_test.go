package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tyto/internal/report/inert"
)

func TestProgressLines(t *testing.T) {
	hunt := Progress{Stage: "hunt", Done: 239e6, Total: 385e6, Events: 121_438, Findings: 41, Elapsed: 3230 * time.Millisecond}
	pipe := Progress{Stage: "hunt", Done: 9.3e9, Events: 4_606_000, Findings: 7, Elapsed: 114_860 * time.Millisecond}
	tie := Progress{Stage: "tie", Done: 171_204, Total: 194_550, Facts: true, Incidents: 1, Elapsed: 5 * time.Second}
	young := hunt
	young.Elapsed = time.Second
	for _, c := range []struct {
		name  string
		p     Progress
		width int
		want  string
	}{
		{"wide", hunt, 100, "tyto: hunt  62 %  239 of 385 MB  74 MB/s  37,600 events/s  41 findings  about 2 s left"},
		{"below 80 columns", hunt, 60, "tyto: hunt  62 %  239 MB  41 findings  2 s"},
		{"very narrow", hunt, 20, "tyto: hunt  62 %"},
		{"narrower than its head", hunt, 8, "tyt... %"},
		{"a pipe", pipe, 100, "tyto: hunt  9.3 GB  81 MB/s  40,100 events/s  7 findings"},
		{"tie", tie, 100, "tyto: tie   88 %  171,204 facts  1 incident  about 1 s left"},
		{"no estimate in the first seconds", young, 100, "tyto: hunt  62 %  239 of 385 MB  239 MB/s  121,000 events/s  41 findings"},
		{"nothing yet", Progress{Stage: "hunt", Total: 1000}, 100, "tyto: hunt   0 %  0 of 1 KB  0 findings"},
		{"more than all", Progress{Stage: "hunt", Done: 2000, Total: 1000}, 100, "tyto: hunt  99 %  2 of 1 KB  0 findings"},
		{"width unknown", hunt, 0, "tyto: hunt  62 %  239 of 385 MB  74 MB/s  37,600 events/s  41 findings"},
	} {
		if got := c.p.Line(c.width); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
	if got, want := hunt.Stopped("case1/"), "tyto: hunt  stopped at 62 %: case1/ holds what was found so far, marked incomplete"; got != want {
		t.Errorf("got %q", got)
	}
}

func FuzzProgressIsNeverTooWide(f *testing.F) {
	f.Add(int64(5), int64(10), int64(7), int64(3), 40, false)
	f.Fuzz(func(t *testing.T, done, total, events, ns int64, width int, facts bool) {
		width = 1 + width&255
		p := Progress{Stage: "hunt", Done: done, Total: total, Events: events, Elapsed: time.Duration(ns), Facts: facts}
		if got := p.Line(width); inert.Width(got) > width || strings.Contains(got, "\n") {
			t.Errorf("width %d: %q", width, got)
		}
	})
}

func TestTableKeepsToItsWidth(t *testing.T) {
	table := &Table{
		Columns: []Column{{Name: "Total", Right: true, Keep: true}, {Name: "Channel"}, {Name: "ID", Right: true, Keep: true}, {Name: "Event"}},
		Rows: [][]string{
			{"1,204,551", "Microsoft-Windows-Sysmon/Operational", "1", "a process was started"},
			{"3", "Security", "4688", strings.Repeat("long ", 30)},
			{"7", "evil\x1b[31m\u202e\nname"},
		},
	}
	var b bytes.Buffer
	for _, style := range []Style{{}, {Width: 100}, {Width: 60}, {Width: 100, Color: true}} {
		if err := table.Write(&b, style); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	golden(t, "table.txt", b.String())
	for width := 20; width < 140; width++ {
		b.Reset()
		if err := table.Write(&b, Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		assertInert(t, b.String())
		for l := range strings.Lines(b.String()) {
			if w := inert.Width(strings.TrimSuffix(l, "\n")); w > width {
				t.Fatalf("width %d: %q", width, l)
			}
		}
	}
}
