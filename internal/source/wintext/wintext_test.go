package wintext_test

import (
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/rulecheck"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/wintext"
)

const created = `06/15/2025 10:00:00 AM
LogName=Security
EventCode=4688
EventType=0
ComputerName=ws1
SourceName=Microsoft Windows security auditing.
Type=Information
RecordNumber=9
Keywords=Audit Success
TaskCategory=Process Creation
OpCode=Info
Message=A new process has been created.

Creator Subject:
	Account Name:		ann

Process Information:
	New Process Name:	C:\Windows\System32\whoami.exe
	Process Command Line:	whoami /all
`

func TestPublicRulesFireOnEvents(t *testing.T) {
	const rule = "rules/windows/process_creation/proc_creation_win_whoami_all_execution.yml"
	rulecheck.Run(t, wintext.New(), []rulecheck.Case{
		rulecheck.Fires(rule, created),
		rulecheck.Fires(rule, strings.ReplaceAll(created, "\n", "\r\n")),
		rulecheck.Silent(rule, strings.Replace(created, "/all", "/user", 1)),
	})
}

func TestEventsFollowOneAnother(t *testing.T) {
	text := "junk\n" + created + "\n" + created + "06/15/2025 10:00:00 AM\nin a message\n" + created
	events, rep := sourcetest.Read(t, wintext.New(), sourcetest.Input("a.log", text))
	if len(events) != 3 || rep.Damaged != 1 || rep.Bytes != int64(len(text)) {
		t.Fatalf("%d events, report %+v", len(events), rep)
	}
	lines := strings.Count(created, "\n")
	for i, want := range []int{2, 2 + lines + 1, 2 + 2*lines + 3} {
		if e := events[i]; e.Origin.Line != int64(want) || e.RecordID != 9 || e.Host != "ws1" || e.Source.EventID != 4688 {
			t.Errorf("event %d stands in line %d, want %d", i, e.Origin.Line, want)
		}
	}
}

func TestEventsAreToldApartWhereverTheWindowEnds(t *testing.T) {
	const window = 256 << 10 // what is read at first
	for k := range 40 {
		text := created + strings.Repeat("x", window-k-len(created)-1) + "\n" + created
		rep := sourcetest.Each(t, wintext.New(), sourcetest.Input("a.log", text), func(*event.Event) bool { return true })
		if rep.Records != 2 || rep.Damaged > 0 {
			t.Errorf("%d bytes of the second event in the first window: report %+v", k, rep)
		}
	}
}

func TestLineEndsOfWindowsChangeNothing(t *testing.T) {
	read := func(text string) *event.Event {
		events, _ := sourcetest.Read(t, wintext.New(), sourcetest.Input("a.log", text))
		return events[0]
	}
	if a, b := read(created), read(strings.ReplaceAll(created, "\n", "\r\n")); !a.Equal(b) {
		t.Errorf("%s\nand\n%s", rulecheck.Show([]*event.Event{a}), rulecheck.Show([]*event.Event{b}))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(created + created)
	f.Add("\xff\xfe0\x00")
	f.Fuzz(func(t *testing.T, text string) {
		in := sourcetest.Input("a.log", text)
		wintext.New().Claims("", in.Head)
		n := int64(0)
		rep := sourcetest.Each(t, wintext.New(), in, func(*event.Event) bool { n++; return true })
		if rep.Records != n || rep.Bytes != in.Size {
			t.Errorf("report %+v of %d events and %d bytes", rep, n, in.Size)
		}
	})
}
