package scan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tyto/internal/event"
	"tyto/internal/scan"
	"tyto/internal/source"
	"tyto/internal/source/zeek"
)

// A keeper keeps the times of events.
type keeper struct{ times []time.Time }

func (k *keeper) Begin(*scan.Job) {}
func (k *keeper) End() []byte     { return nil }
func (k *keeper) Event(ev *event.Event) bool {
	k.times = append(k.times, ev.Time)
	return true
}

func TestImplausibleTimesAreKeptButDoNotWidenTheFile(t *testing.T) {
	log := ""
	for _, ts := range []string{"0", "1750000000", "100000000000000000", "1750003600", "0.5"} {
		log += fmt.Sprintf(`{"_path":"conn","ts":%s,"uid":"C1","id.orig_h":"192.0.2.9","id.orig_p":5,"id.resp_h":"198.51.100.7","id.resp_p":443}`+"\n", ts)
	}
	file := filepath.Join(t.TempDir(), "conn.log")
	if err := os.WriteFile(file, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	k := &keeper{}
	opt := scan.Options{Formats: []source.Format{zeek.New()}, Workers: 1}
	files, err := scan.Run(t.Context(), []string{file}, opt, func() scan.Consumer { return k })
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	f := files[0]
	if f.First.Unix() != 1750000000 || f.Last.Unix() != 1750003600 || len(k.times) != 5 || k.times[2].Year() < 5000 {
		t.Errorf("from %v to %v, events at %v", f.First, f.Last, k.times)
	}
	if n := f.Implausible; n < 2 || !slices.Contains(f.Notes, source.Implausible(n)) {
		t.Errorf("%d implausible, notes %q", n, f.Notes)
	}
}
