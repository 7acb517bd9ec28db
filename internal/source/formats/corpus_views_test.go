package formats_test

import (
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/formats"
	"tyto/internal/source/sourcetest"
)

// eachEvent hands all events below a root to yield.
func eachEvent(t *testing.T, root string, yield func(*event.Event)) {
	t.Helper()
	all := formats.All(formats.Options{})
	for in, skip := range source.Walk(t.Context(), []string{root}, source.Options{TempDir: t.TempDir()}) {
		if skip != nil {
			continue
		}
		if f := source.Identify(all, in); f != nil {
			sourcetest.Each(t, f, in, func(e *event.Event) bool { yield(e); return true })
		}
		in.Close()
	}
}

// TestViewsOfConnections looks at all that one Zeek sensor saw: each record of
// a connection has both its ends and its uid.
func TestViewsOfConnections(t *testing.T) {
	needs(t, "zeek")
	v := event.NewViews()
	counts := map[string]int{}
	eachEvent(t, sourcetest.Corpus(t, "zeek", "proxy"), func(e *event.Event) {
		f, ok := v.Flow(e)
		switch e.Source.Service {
		case "conn", "dns", "http", "ssl":
			if !ok || !f.Src.IsValid() || !f.Dst.IsValid() || f.DstPort == 0 || len(f.UID) == 0 {
				t.Errorf("%s line %d: flow %+v", e.Origin.File, e.Origin.Line, f)
			}
			if f.Complete() {
				counts[e.Source.Service+" complete"]++
			}
		}
		for _, n := range v.Names(e) {
			counts[e.Source.Service+" names"]++
			if n.Kind == event.ServerName && string(n.Text) == "www.honestimnotevil.com" {
				counts["evil"]++
			}
		}
	})
	// All 407 requests are CONNECTs to a name that the handshake repeats; 397
	// of the names are the beacon's.
	if counts["http names"] != 407 || counts["ssl names"] != 407 || counts["evil"] != 397 {
		t.Errorf("%v", counts)
	}
}

// TestViewsOfHosts looks at a capture of Windows hosts: what Sysmon says of a
// started process is complete and agrees with itself.
func TestViewsOfHosts(t *testing.T) {
	v := event.NewViews()
	started, numbered, agree, logons := 0, 0, 0, 0
	eachEvent(t, sourcetest.Corpus(t, "otrf", "lateral_movement"), func(e *event.Event) {
		if _, ok := v.Host(e); !ok {
			t.Errorf("record %d of %s has no host", e.RecordID, e.Source.Channel)
		}
		switch {
		case e.Source.Provider == "Microsoft-Windows-Sysmon" && e.Source.EventID == 1:
			started++
			p, _ := v.Process(e)
			if p.PID != 0 {
				numbered++
			}
			if p.Image == nil || p.GUID == nil || p.CommandLine == nil || len(v.Hashes(e)) == 0 || len(v.Accounts(e)) != 1 {
				t.Errorf("record %d: image %q, GUID %q, command %q, %d hashes, %d accounts", e.RecordID, p.Image, p.GUID, p.CommandLine, len(v.Hashes(e)), len(v.Accounts(e)))
			}
			if startAgrees(e, &p) {
				agree++
			}
		case e.Source.EventID == 4624:
			logons++
			for _, a := range v.Accounts(e) {
				if a.Role == event.Target && (a.Name == nil || a.ID == nil || a.Logon == 0) {
					t.Errorf("record %d: logged on %+v", e.RecordID, a)
				}
			}
		}
	})
	// Old captures lost the process number of Sysmon to that of the logger.
	if started == 0 || numbered == 0 || logons == 0 || agree*100 < started*95 {
		t.Errorf("%d processes, %d with number, of which %d began when their GUID says; %d logons", started, numbered, agree, logons)
	}
	t.Logf("%d processes, %d numbered, %d agree, %d logons", started, numbered, agree, logons)
}

// startAgrees compares the time in a process's GUID with Sysmon's own.
func startAgrees(e *event.Event, p *event.Process) bool {
	text, _ := e.Get("UtcTime")
	at, err := time.Parse("2006-01-02 15:04:05.000", string(text))
	start, ok := p.Started()
	return err == nil && ok && at.Sub(start).Abs() <= 2*time.Second
}
