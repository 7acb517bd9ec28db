package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// velociraptor is a collection as the offline collector writes it.
func velociraptor() []file {
	return []file{
		{"client_info.json", `{"Hostname":"files1","Fqdn":"files1.example.com"}` + "\n"},
		{"collection_context.json", `{"session_id":"F.1"}`},
		{"log.json", `{"level":"INFO","message":"go"}` + "\n" + `{"level":"ERROR","message":"no access"}` + "\n"},
		{"requests.json", "{}"},
		{"results/Windows.Logs%2FRows.csv", "a,b"},
		{"results/Windows.Logs%2FRows.json", `{"a":1}`},
		{"results/Windows.Logs%2FRows.json.index", "x"},
		{"uploads.json", `{"Timestamp":"2025-06-15T10:00:00Z"}`},
		{"uploads/auto/C%3A/Windows/100%.log", "evidence"},
		{"uploads/auto/C%3A/log.json", `{"level":"ERROR"}`},
		{"uploads/auto/C%3A/sparse", "xyz"},
		{"uploads/auto/C%3A/sparse.idx", `{"ranges":[{"file_length":"2","length":2},{"file_offset":2,"original_offset":"2","length":3},{"file_offset":2,"original_offset":5,"file_length":1,"length":1}]}`},
		{"uploads/ntfs/%5C%5C.%5CC%3A/a%20b%ZZ.log", "more"},
	}
}

func wantVelociraptor(prefix string) []string {
	own := " skipped: Velociraptor's own record of the collection"
	lines := []string{
		"client_info.json" + own,
		"collection_context.json" + own,
		`log.json skipped: Velociraptor's log of the collection: errors 1, the first "no access"`,
		"requests.json" + own,
		"results/Windows.Logs%2FRows.csv skipped: the same rows as Windows.Logs%2FRows.json",
		`results/Windows.Logs%2FRows.json = {"a":1} (rows of artifact Windows.Logs/Rows)`,
		"results/Windows.Logs%2FRows.json.index skipped: Velociraptor's index of Windows.Logs%2FRows.json",
		"uploads.json" + own,
		"uploads/auto/C%3A/Windows/100%.log = evidence (collected from C:/Windows/100%.log)",
		`uploads/auto/C%3A/log.json = {"level":"ERROR"} (collected from C:/log.json)`,
		"uploads/auto/C%3A/sparse = xy\x00\x00\x00z (collected from C:/sparse; packed without its empty stretches: put back from its .idx, 3 bytes became 6)",
		"uploads/auto/C%3A/sparse.idx skipped: Velociraptor's index of sparse",
		"uploads/ntfs/%5C%5C.%5CC%3A/a%20b%ZZ.log = more (collected from C:/a b%ZZ.log)",
	}
	for i := range lines {
		lines[i] = prefix + lines[i]
	}
	return lines
}

func TestVelociraptorsPackagesAreKnown(t *testing.T) {
	dir := folder(t, file{"c.zip", zipped(t, velociraptor()...)})
	same(t, walked(t, dir, Options{}), wantVelociraptor("c.zip|")...)

	outer := zipped(t, file{"metadata.json", "[{}]"}, file{"data.zip", zipped(t, velociraptor()...)})
	dir = folder(t, file{"c.zip", outer})
	want := append([]string{"c.zip|metadata.json = [{}]"}, wantVelociraptor("c.zip|data.zip!/")...)
	same(t, walked(t, dir, Options{}), want...)
}

func TestUnpackedPackagesAreKnownToo(t *testing.T) {
	dir := folder(t, velociraptor()...)
	want := wantVelociraptor("")
	for i := range want { // the bar stands before an empty member
		name, rest, _ := strings.Cut(want[i], " skipped")
		if rest != "" {
			want[i] = name + "| skipped" + rest
			continue
		}
		name, rest, _ = strings.Cut(want[i], " = ")
		want[i] = name + "| = " + rest
	}
	own := want[7] // a folder's own order: uploads before uploads.json
	want = append(slices.Delete(want, 7, 8), own)
	same(t, walked(t, dir, Options{}), want...)
}

// hinted lists the machines that packages name, by file.
func hinted(t *testing.T, dir string) map[string]string {
	got := map[string]string{}
	for in := range Walk(t.Context(), []string{dir}, Options{}) {
		if in == nil {
			continue
		}
		if in.HostHint != (Hint{}) {
			got[in.Name()] = in.HostHint.Name + " " + in.HostHint.From
		}
		in.Close()
	}
	return got
}

func TestPackagesNameTheirMachine(t *testing.T) {
	info := func(s string) []file {
		return []file{{"client_info.json", s}, {"uploads/auto/x.log", "x"}, {"uploads/auto/y.gz", gzipped("y")},
			{"uploads/auto/z.zip", zipped(t, file{"z.log", "z"})}}
	}
	all := func(name string) map[string]string {
		return map[string]string{"x.log": name, "y": name, "z.log": name}
	}
	for body, want := range map[string]map[string]string{
		`{"Hostname":"web1","Fqdn":"web1.example.com"}`:                     all("web1.example.com client_info.json"),
		`[{"hostname":"web1"}]`:                                             all("web1 client_info.json"),
		`{"client_id":"C.1","os_info":{"hostname":"a","fqdn":"a.example"}}`: all("a.example client_info.json"),
		`{"Hostname":"two words"}`:                                          {},
		`{"Hostname":7}`:                                                    {},
		`no json`:                                                           {},
		`{"Hostname":"` + strings.Repeat("x", 300) + `"}`:                   {},
		"\xef\xbb\xbf" + `{"Hostname":"web2"}` + "\n" + `{"Hostname":"no"}`: all("web2 client_info.json"),
	} {
		for kind, dir := range map[string]string{
			"zip":    folder(t, file{"Collection-other.zip", zipped(t, info(body)...)}),
			"folder": folder(t, info(body)...),
		} {
			if diff := cmp.Diff(want, hinted(t, dir)); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", body, kind, diff)
			}
		}
	}
}

func TestEachClientOfAHuntHasItsOwnMachine(t *testing.T) {
	files := []file{
		{"hunt_info.json", "{}"},
		{"a-C.1/client_info.json", `{"Hostname":"a"}`}, {"a-C.1/uploads/auto/1.log", "1"},
		{"b-C.2/client_info.json", `{"Hostname":"b"}`}, {"b-C.2/uploads/auto/2.log", "2"},
		{"stray.log", "3"},
	}
	want := map[string]string{"1.log": "a client_info.json", "2.log": "b client_info.json"}
	for kind, dir := range map[string]string{"zip": folder(t, file{"h.zip", zipped(t, files...)}), "folder": folder(t, files...)} {
		if diff := cmp.Diff(want, hinted(t, dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestKapesLogsAreSetAsideBesideDrives(t *testing.T) {
	files := []file{{"1_CopyLog.csv", "a"}, {"1_ConsoleLog.txt", "b"}, {"C/Windows/2_CopyLog.csv", "c"}, {"D/x.log", "d"}}
	own := " skipped: KAPE's own record of the collection"
	dir := folder(t, file{"k.zip", zipped(t, files...)})
	same(t, walked(t, dir, Options{}), "k.zip|1_CopyLog.csv"+own, "k.zip|1_ConsoleLog.txt"+own,
		"k.zip|C/Windows/2_CopyLog.csv = c", "k.zip|D/x.log = d")
	same(t, walked(t, folder(t, files...), Options{}), "1_ConsoleLog.txt|"+own, "1_CopyLog.csv|"+own,
		"C/Windows/2_CopyLog.csv| = c", "D/x.log| = d")
}

func TestNamesAloneSetNothingAside(t *testing.T) {
	dir := folder(t, file{"1_CopyLog.csv", "a"}, file{"log.json", "b"}, file{"uploads.json", "c"}, file{"xx/client_info.json", "d"})
	same(t, walked(t, dir, Options{}), "1_CopyLog.csv| = a", "log.json| = b", "uploads.json| = c", "xx/client_info.json| = d")
}

func TestLinksInPackagesAreNotRead(t *testing.T) {
	dir := folder(t, file{"secret", `{"Hostname":"secret"}`}, file{"p/uploads/auto/a.log", "a"}, file{"p/uploads.json", "{}"})
	if err := os.Symlink("../secret", filepath.Join(dir, "p", "client_info.json")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if got := hinted(t, filepath.Join(dir, "p")); len(got) > 0 {
		t.Errorf("hints %v", got)
	}
}

func FuzzParcel(f *testing.F) {
	f.Add("uploads/auto/C%3A/x", `{"Hostname":"a"}`, `{"level":"ERROR"}`)
	f.Add(`..\..\up%2`, `[{"os_info":{"fqdn":"b"}}`, "\xff")
	f.Fuzz(func(t *testing.T, name, info, log string) {
		unescaped(name)
		original(name)
		dir := folder(t, file{"c.zip", zipped(t, file{"client_info.json", info}, file{"log.json", log}, file{"uploads/a", "x"}, file{name, "y"})})
		things := 0
		for in := range Walk(t.Context(), []string{dir}, Options{}) {
			things++
			if in != nil {
				if in.HostHint.Name != "" && !isHostName(in.HostHint.Name) {
					t.Errorf("hint %q", in.HostHint.Name)
				}
				in.Close()
			}
		}
		if things < 3 {
			t.Errorf("%d things", things)
		}
	})
}
