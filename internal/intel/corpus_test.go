package intel

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tyto/internal/intel/warninglist"
)

// corpus returns the path of a corpus file or skips the test.
func corpus(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("TYTO_CORPORA")
	if root == "" {
		dir, err := os.Getwd()
		for ; err == nil; dir = filepath.Dir(dir) {
			if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil || dir == filepath.Dir(dir) {
				break
			}
		}
		root = filepath.Join(filepath.Dir(dir), "shared", "corpora")
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("TYTO_REQUIRE_CORPORA") != "" {
			t.Fatalf("corpus is missing: %v", err)
		}
		t.Skipf("no corpus: %v", err)
	}
	return path
}

func readCorpus(t testing.TB, name string) *Import {
	t.Helper()
	path := corpus(t, name)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	im, err := Read(f, filepath.Base(path), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func TestThePublishedListGetsItsKnownDecisions(t *testing.T) {
	im := readCorpus(t, "intel/earth-estries-iocs.csv")
	if len(im.Problems) != 0 || len(im.Indicators) != 494 {
		t.Fatalf("%d indicators, problems: %v", len(im.Indicators), im.Problems)
	}
	c := Check(im.Indicators, warninglist.Load())
	want := map[Decision]int{Detect: 416, Hunt: 36, Context: 28, Rejected: 14}
	for d, n := range want {
		if got := c.Count(d); got != n {
			t.Errorf("%s: %d, want %d", d, got, n)
		}
	}
	for i := range c.Indicators {
		in := &c.Indicators[i]
		if in.Asked != in.Decision {
			t.Errorf("%s %s: asked %s, decided %s: %v", in.Type, in.Value, in.Asked, in.Decision, in.Reasons)
		}
	}
}

// blanked is the published list without what a person added to it.
func blanked(t testing.TB) *Import {
	t.Helper()
	raw, err := os.ReadFile(corpus(t, "intel/earth-estries-iocs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		row[5], row[8], row[9] = "", "", ""
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	im, err := Read(&b, "blanked.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func TestMistakesAreFoundWithoutHelp(t *testing.T) {
	c := Check(blanked(t).Indicators, warninglist.Load())
	got := map[string]*Indicator{}
	for i := range c.Indicators {
		in := &c.Indicators[i]
		got[in.Type.String()+" "+in.Value] = in
	}
	if in := got["md5 11736212"]; in == nil || in.Decision != Rejected {
		t.Errorf("a command id was taken as a hash: %+v", in)
	}
	if in := got["sha1 7c809b4866086ef7fb1ab722f94df5af493b80db"]; in == nil || in.Decision != Rejected {
		t.Errorf("a file name was taken as a hash: %+v", in)
	}
	twins := 0
	for key, in := range got {
		flagged := strings.Contains(strings.Join(in.Reasons, "|"), "hyphens seem lost")
		corrupt := strings.Contains(key, "awsdns531.com") || strings.Contains(key, "officesanalytics.com") || strings.HasSuffix(key, " globalnetzone.bcdn.net")
		if flagged != corrupt {
			t.Errorf("%s: flagged %v, corrupt %v: %v", key, flagged, corrupt, in.Reasons)
		}
		if corrupt {
			twins++
			if in.Decision != Rejected {
				t.Errorf("%s: %s: %v", key, in.Decision, in.Reasons)
			}
		}
	}
	if twins != 11 {
		t.Errorf("%d hyphen twins, want 11", twins)
	}
	for _, v := range []string{"ip 104.194.153.6", "ip 104.194.153.65"} {
		if in := got[v]; in == nil || in.Decision != Hunt {
			t.Errorf("%s: %+v", v, in)
		}
	}
	t.Logf("detect %d, hunt %d, context %d, rejected %d", c.Count(Detect), c.Count(Hunt), c.Count(Context), c.Count(Rejected))
}
