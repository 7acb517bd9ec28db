package formats_test

import (
	"strings"
	"testing"

	"tyto/internal/source/sourcetest"
)

// TestHostCaptures reads the captures of Windows hosts in their archives: one
// event for each line, whatever the exporter was, and the Zeek logs beside
// them.
func TestHostCaptures(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a gigabyte")
	}
	root := sourcetest.Corpus(t, "otrf")
	read, skipped := survey(t, root)
	for path, reason := range skipped {
		// Three archives end in the middle of their padding.
		cut := strings.HasSuffix(path, ".tar.gz") && strings.HasSuffix(reason, "behind the last member")
		if !cut && !strings.Contains(path, "!/__MACOSX/") {
			t.Errorf("%s is skipped: %s", path, reason)
		}
	}
	captures := 0
	for _, path := range files(t, root) {
		if !strings.HasSuffix(path, ".zip") && !strings.HasSuffix(path, ".tar.gz") {
			if o := read[path]; o.format != "" {
				t.Errorf("%s is no log, but read as %s", path, o.format)
			}
			continue
		}
		for member, want := range unpacked(t, root+"/"+path) {
			name, format := path+"!/"+member, "winjson"
			if strings.HasSuffix(member, ".log") {
				format = "zeek"
			} else {
				captures++
			}
			got, ok := found(read, name)
			if !ok {
				got, ok = read[strings.Replace(name, "!/", "!/"+tarName(path), 1)]
			}
			if !ok {
				t.Errorf("%s is not read; skipped: %q", name, skipped[name])
				continue
			}
			whole(t, name, format, got, want)
		}
	}
	if captures != 63 {
		t.Errorf("%d captures, want 63", captures)
	}
	total, _ := sum(read)
	t.Logf("%d events", total)
}

// tarName is how the tar in a gzip archive is called in a member's path.
func tarName(path string) string {
	base := path[strings.LastIndexByte(path, '/')+1:]
	return strings.TrimSuffix(base, ".gz") + "!/"
}
