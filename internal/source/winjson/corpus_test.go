package winjson_test

import (
	"bytes"
	"io"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/sourcetest"
	"tyto/internal/source/winjson"
)

// lines counts the lines of an input that hold something.
func lines(t *testing.T, in *source.Input) (n int64) {
	body, err := io.ReadAll(io.NewSectionReader(in, 0, in.Size))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(body) {
		if len(bytes.TrimSpace(line)) > 0 {
			n++
		}
	}
	return n
}

func TestHostCapturesAreReadWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 900 MB of captures")
	}
	dir := sourcetest.Corpus(t, "otrf")
	f := winjson.New()
	var files, events, damaged, undated, hostless, unclaimed int64
	for in, skip := range source.Walk(t.Context(), []string{dir}, source.Options{TempDir: t.TempDir()}) {
		if skip != nil {
			t.Logf("%s %s: %s", skip.Path, skip.Member, skip.Reason)
			continue
		}
		if in.Member == "" || source.Identify([]source.Format{f}, in) == nil {
			if in.Member != "" && len(in.Member) > 5 && in.Member[len(in.Member)-5:] == ".json" {
				t.Errorf("%s %s is not claimed", in.Path, in.Member)
			}
			unclaimed++
			in.Close()
			continue
		}
		files++
		rep := sourcetest.Each(t, f, in, func(e *event.Event) bool {
			if e.Time.IsZero() {
				undated++
			}
			if e.Host == "" || e.Source.EventID == 0 || e.Source.Channel == "" || e.Source.Provider == "" {
				hostless++
			}
			return true
		})
		if got := rep.Records + rep.Damaged; got != lines(t, in) {
			t.Errorf("%s: %d records, %d damaged of %d lines", in.Member, rep.Records, rep.Damaged, lines(t, in))
		}
		if rep.Bytes != in.Size {
			t.Errorf("%s: looked at %d of %d bytes", in.Member, rep.Bytes, in.Size)
		}
		if rep.Damaged > 0 {
			t.Logf("%s: %v %v", in.Member, rep.Damage, in.Notes)
		}
		events += rep.Records
		damaged += rep.Damaged
		in.Close()
	}
	t.Logf("%d files, %d events, %d damaged, %d undated, %d without host, log or id, %d unclaimed", files, events, damaged, undated, hostless, unclaimed)
	if undated > 0 || hostless > 0 {
		t.Error("events lack what every event has")
	}
}
