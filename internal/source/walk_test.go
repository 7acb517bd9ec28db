package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// file is a name with content, for building archives and folders.
type file struct{ name, body string }

func zipped(t testing.TB, files ...file) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f.body)
	}
	z.Close()
	return b.String()
}

func tarred(t testing.TB, files ...file) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o600, Size: int64(len(f.body)), Format: tar.FormatGNU}); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f.body)
	}
	w.Close()
	return b.String()
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func zstded(s string) string {
	w, _ := zstd.NewWriter(nil)
	defer w.Close()
	return string(w.EncodeAll([]byte(s), nil))
}

// folder writes files below a new folder.
func folder(t testing.TB, files ...file) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		full := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(f.body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// walked lists what a walk yields, one line each, with paths below dir.
func walked(t testing.TB, dir string, opt Options, roots ...string) []string {
	t.Helper()
	if len(roots) == 0 {
		roots = []string{dir}
	}
	if opt.TempDir == "" {
		opt.TempDir = t.TempDir()
	}
	var out []string
	for in, skip := range Walk(t.Context(), roots, opt) {
		if skip != nil {
			out = append(out, fmt.Sprintf("%s|%s skipped: %s", rel(dir, skip.Path), skip.Member, skip.Reason))
			continue
		}
		body, err := io.ReadAll(io.NewSectionReader(in, 0, in.Size))
		if err != nil {
			t.Errorf("%s %s: %v", in.Path, in.Member, err)
		}
		if string(in.Head) != string(body[:min(len(body), HeadSize)]) {
			t.Errorf("%s %s: head is not the beginning", in.Path, in.Member)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if len(body) > 40 {
			body = []byte(fmt.Sprintf("%d bytes", len(body)))
		}
		line := fmt.Sprintf("%s|%s = %s", rel(dir, in.Path), in.Member, body)
		if len(in.Notes) > 0 {
			line += " (" + strings.Join(in.Notes, "; ") + ")"
		}
		out = append(out, line)
	}
	left, err := os.ReadDir(opt.TempDir)
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files left behind: %v %v", left, err)
	}
	return out
}

func rel(dir, path string) string {
	r, err := filepath.Rel(dir, filepath.FromSlash(path))
	if err != nil {
		return path
	}
	return filepath.ToSlash(r)
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("walk differs (-want +got):\n%s", diff)
	}
}

func TestWalkYieldsFilesInOrder(t *testing.T) {
	dir := folder(t, file{"b/2.log", "two"}, file{"b/1.log", "one"}, file{"a.log", "zero"}, file{"c.log", ""})
	same(t, walked(t, dir, Options{}),
		"a.log| = zero", "b/1.log| = one", "b/2.log| = two", "c.log| skipped: empty")
}

func TestWalkFindsArchivesByContent(t *testing.T) {
	inner := zipped(t, file{"deep/x.log", "deep"})
	dir := folder(t,
		file{"a.txt", zipped(t, file{"one.log", "1"}, file{"dir/", ""}, file{"two.zip", inner}, file{"none.log", ""})},
		file{"b.dat", gzipped(tarred(t, file{"t/one.log", "1"}, file{"t/two.gz", gzipped("2")}))},
		file{"conn.log.gz", gzipped("gz")},
		file{"d.tar.zst", zstded(tarred(t, file{"s.log", "s"}))},
		file{"e.zst", zstded("z")},
		file{"f.tar", tarred(t, file{"u.log", "u"}, file{"v.tgz", gzipped(tarred(t, file{"w.log", "w"}))})},
		file{"fake.zip", "PK but a text"},
	)
	same(t, walked(t, dir, Options{}),
		"a.txt|one.log = 1", "a.txt|two.zip!/deep/x.log = deep", "a.txt|none.log skipped: empty",
		"b.dat|t/one.log = 1", "b.dat|t/two.gz!/two = 2",
		"conn.log.gz|conn.log = gz",
		"d.tar.zst|s.log = s",
		"e.zst|e = z",
		"f.tar|u.log = u", "f.tar|v.tgz!/w.log = w",
		"fake.zip| = PK but a text")
}

func TestArchivesWithoutFilesAreNamed(t *testing.T) {
	dir := folder(t,
		file{"a.zip", zipped(t)},
		file{"b.zip", zipped(t, file{"logs/", ""})},
		file{"c.tar", tarred(t, file{"logs/", ""})},
		file{"d.tgz", gzipped(tarred(t, file{"logs/", ""}))},
		file{"e.zip", zipped(t, file{"in.zip", zipped(t)}, file{"x.log", "x"})},
		file{"f.tgz", gzipped(tarred(t))},
		file{"g.zip", zipped(t, file{"a.log", "x"})[:20]},
	)
	same(t, walked(t, dir, Options{}),
		"a.zip| skipped: archive without files",
		"b.zip| skipped: archive without files",
		"c.tar| skipped: archive without files",
		"d.tgz| skipped: archive without files",
		"e.zip|in.zip skipped: archive without files", "e.zip|x.log = x",
		"f.tgz|f.tar = 1024 bytes", // nothing says that these zeroes are a tape
		"g.zip| skipped: reading zip: zip: not a valid zip file: no directory, 0 members read from the front")
}

func TestContainersThatCannotBeReadAreNamed(t *testing.T) {
	dir := folder(t,
		file{"a.zip", zipped(t, file{"in.7z", "7z\xbc\xaf\x27\x1c and more"})},
		file{"b", "Rar!\x1a\x07\x01\x00"},
		file{"c", "EVF\x09\x0d\x0a\xff\x00"},
		file{"d", "\x00\x05\x16\x07"},
		file{"e", "BZh is a text"},
	)
	same(t, walked(t, dir, Options{}),
		"a.zip|in.7z skipped: 7z archive: not supported, unpack it first",
		"b| skipped: rar archive: not supported, unpack it first",
		"c| skipped: E01 image: not supported, export the files in it first",
		"d| skipped: AppleDouble file: holds only a Mac's notes about another file",
		"e| = BZh is a text")
}

func TestEncryptedMembersAreTold(t *testing.T) {
	z := []byte(zipped(t, file{"secret.log", "x"}, file{"open.log", "y"}))
	central := bytes.Index(z, []byte("PK\x01\x02"))
	z[central+8] |= zipEncrypted // the flags in the directory
	dir := folder(t, file{"a.zip", string(z)})
	same(t, walked(t, dir, Options{}),
		"a.zip|secret.log skipped: encrypted: no password given for it", "a.zip|open.log = y")
}

func TestEncryptedMembersAreReadWithTheirPassword(t *testing.T) {
	hello := fmt.Sprintf("%d bytes", len("hello ")*1000)
	for name, want := range map[string][]string{
		"aes128.zip":             {"|a.log = " + hello, "|b.log = x", "|e.log skipped: empty"},
		"aes192.zip":             {"|a.log = " + hello, "|b.log = x", "|e.log skipped: empty"},
		"aes256.zip":             {"|a.log = " + hello, "|b.log = x", "|e.log skipped: empty"},
		"zipcrypto.zip":          {"|a.log = hello hello hello hello hello"},
		"zipcrypto-streamed.zip": {"|- = hello hello hello hello hello"},
	} {
		body, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		dir := folder(t, file{"z", string(body)})
		for i := range want {
			want[i] = "z" + want[i]
		}
		same(t, walked(t, dir, Options{Passwords: []string{"wrong", "", "infected"}}), want...)
		for _, line := range walked(t, dir, Options{Passwords: []string{"wrong"}}) {
			if !strings.HasSuffix(line, "none of the passwords fits") {
				t.Errorf("%s: %s", name, line)
			}
		}
		// Damage is told, never yielded as content.
		at := bytes.IndexByte(body, 0) + 60
		body[at] ^= 1
		for _, line := range walked(t, folder(t, file{"z", string(body)}), Options{Passwords: []string{"infected"}}) {
			if strings.Contains(line, "a.log = ") || strings.Contains(line, "- = ") {
				t.Errorf("%s, damaged at %d: %s", name, at, line)
			}
		}
	}
}

func TestWrongPasswordsThatPassTheFirstCheckGiveNothing(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "zipcrypto.zip"))
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, file{"z", string(body)})
	var many []string
	for i := range 2000 {
		many = append(many, fmt.Sprint("p", i))
	}
	for _, line := range walked(t, dir, Options{Passwords: many}) {
		if !strings.HasSuffix(line, "none of the passwords fits") {
			t.Error(line)
		}
	}
}

func TestDamagedMembersKeepWhatCouldBeRead(t *testing.T) {
	z := []byte(zipped(t, file{"a.log", "x"}))
	central := bytes.Index(z, []byte("PK\x01\x02"))
	z[central+16] ^= 0xff // the checksum in the directory
	dir := folder(t, file{"a.zip", string(z)}, file{"b.gz", gzipped(strings.Repeat("long text, ", 9999))[:200]})
	got := walked(t, dir, Options{})
	if len(got) != 2 || !strings.Contains(got[0], "a.log = x (unpacking: zip: checksum error after 1 bytes)") ||
		!strings.Contains(got[1], "unexpected EOF after") {
		t.Errorf("walk gives %q", got)
	}
}

func TestMemberNamesAreOnlyNames(t *testing.T) {
	dir := folder(t, file{"a.zip", zipped(t, file{"../../up.log", "1"}, file{"/etc/abs.log", "2"}, file{`C:\win.log`, "3"}, file{"bad\xff.log", "4"})})
	same(t, walked(t, dir, Options{InMemory: 1}),
		"a.zip|../../up.log = 1", "a.zip|/etc/abs.log = 2", "a.zip|C:/win.log = 3", `a.zip|bad\xff.log = 4`)
}

func TestLargeMembersAreSpooledAndRemoved(t *testing.T) {
	long := strings.Repeat("x", 100)
	dir := folder(t, file{"a.zip", zipped(t, file{"big", long}, file{"in.zip", zipped(t, file{"b", long})})})
	same(t, walked(t, dir, Options{InMemory: 10}), "a.zip|big = 100 bytes", "a.zip|in.zip!/b = 100 bytes")
}

func TestBrokenArchivesGiveWhatTheyHave(t *testing.T) {
	long := strings.Repeat("0123456789", 10)
	tarball := tarred(t, file{"a", "A"}, file{"b", long})
	zipfile := zipped(t, file{"a", strings.Repeat("A", 50)}, file{"b", "B"})
	dir := folder(t,
		file{"cut.tar", tarball[:1024+512+50]},
		file{"cut.zip", zipfile[:len(zipfile)-30]},
		file{"fake.gz", "\x1f\x8b\x08 nothing"},
	)
	got := walked(t, dir, Options{})
	same(t, got,
		"cut.tar|a = A", "cut.tar|b = 50 bytes (unpacking: unexpected EOF after 50 bytes)",
		"cut.tar| skipped: reading tar: unexpected EOF: what follows b is missing",
		"cut.zip|a = 50 bytes", "cut.zip|b = B",
		"cut.zip| skipped: reading zip: zip: not a valid zip file: no directory, 2 members read from the front",
		"fake.gz| skipped: reading gzip: gzip: invalid header")
}

func TestLimitsAreTold(t *testing.T) {
	nest := "core"
	for range 4 {
		nest = zipped(t, file{"n.zip", nest})
	}
	zeroes := zstded(strings.Repeat("\x00", 300<<20))
	for _, c := range []struct {
		name, body string
		opt        Options
		cap        string
	}{
		{"depth", nest, Options{MaxDepth: 2}, CapDepth},
		{"entries", zipped(t, file{"a", "1"}, file{"b", "2"}), Options{MaxEntries: 1}, CapEntries},
		{"member", zipped(t, file{"a", strings.Repeat("x", 100)}), Options{InMemory: 1, MaxMember: 50}, CapMember},
		{"unpacked", gzipped(strings.Repeat("x", 100)), Options{MaxUnpacked: 50}, CapUnpacked},
		{"ratio", zeroes, Options{InMemory: 1}, CapUnpacked},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, file{"a", c.body})
			c.opt.TempDir = t.TempDir()
			found := false
			for in, skip := range Walk(t.Context(), []string{dir}, c.opt) {
				if in != nil {
					in.Close()
				} else if skip.Cap == c.cap && skip.Limit > 0 {
					found = true
				}
			}
			if !found {
				t.Errorf("limit %q was not told", c.cap)
			}
			if left, _ := os.ReadDir(c.opt.TempDir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestLinksAreToldAndNotFollowed(t *testing.T) {
	dir := folder(t, file{"d/a.log", "a"})
	if err := os.Symlink("..", filepath.Join(dir, "d", "loop")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	os.Symlink("a.log", filepath.Join(dir, "d", "b.log"))
	same(t, walked(t, dir, Options{}), "d/a.log| = a",
		"d/b.log| skipped: symbolic link to a.log: not followed",
		"d/loop| skipped: symbolic link to ..: not followed")
	same(t, walked(t, dir, Options{}, filepath.Join(dir, "d", "b.log")), "d/b.log| = a")
}

func TestOverlappingRootsAreReadOnce(t *testing.T) {
	dir := folder(t, file{"a.log", "a"})
	same(t, walked(t, dir, Options{}, filepath.Join(dir, "a.log"), dir, filepath.Join(dir, "none")),
		"a.log| = a", "a.log| skipped: given twice", "none| skipped: does not exist")
}

func TestBrokenNamesAreShownEscapedAndOpened(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x\xff.log"), []byte("x"), 0o600); err != nil {
		t.Skip("the file system insists on UTF-8:", err)
	}
	same(t, walked(t, dir, Options{}), `x\xff.log| = x`)
}

func TestGrowthIsNoted(t *testing.T) {
	dir := folder(t, file{"a.log", "12345"})
	for in := range Walk(t.Context(), []string{dir}, Options{}) {
		f, _ := os.OpenFile(filepath.Join(dir, "a.log"), os.O_APPEND|os.O_WRONLY, 0)
		f.WriteString("67")
		f.Close()
		body, _ := io.ReadAll(io.NewSectionReader(in, 0, 100))
		in.Close()
		if string(body) != "12345" || len(in.Notes) != 1 || !strings.Contains(in.Notes[0], "last 2 bytes") {
			t.Errorf("read %q, notes %v", body, in.Notes)
		}
	}
}

func TestWalkEndsWithItsContextAndItsCaller(t *testing.T) {
	dir := folder(t, file{"a.zip", zipped(t, file{"1", "1"}, file{"2", "2"}, file{"3", "3"})}, file{"b", "b"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for in := range Walk(ctx, []string{dir}, Options{}) {
		in.Close()
		n++
		cancel()
	}
	for in := range Walk(t.Context(), []string{dir}, Options{}) {
		in.Close()
		n++
		break
	}
	if n != 2 {
		t.Errorf("yielded %d inputs, want 1 before each end", n)
	}
}

func TestTotalIsWhatTheWalkChargesForPlainFiles(t *testing.T) {
	dir := folder(t, file{"a", "12345"}, file{"b/c", "678"})
	files, total := Total(t.Context(), []string{dir})
	var packed int64
	for in := range Walk(t.Context(), []string{dir}, Options{}) {
		packed += in.Packed
		in.Close()
	}
	if files != 2 || total != 8 || packed != total {
		t.Errorf("files %d, total %d, charged %d", files, total, packed)
	}
}

func TestDescribe(t *testing.T) {
	for head, want := range map[string]string{
		"hello\nworld":           `text, first line "hello"`,
		"\xff\xfeh\x00i\x00":     `text, first line "hi"`,
		"MZ\x90\x00":             "binary 4d5a9000: Windows program",
		"\x00\x00\x00\x00":       "binary, begins with zeroes",
		"\x01\x02\x03\xff\xfe":   "binary 010203fffe",
		strings.Repeat("x", 100): `text, first line "` + strings.Repeat("x", 60) + `..."`,
	} {
		if got := Describe([]byte(head)); got != want {
			t.Errorf("Describe(%q) = %s, want %s", head, got, want)
		}
	}
}

func FuzzWalk(f *testing.F) {
	f.Add(zipped(f, file{"a", "A"}, file{"b", gzipped("B")}))
	f.Add(gzipped(tarred(f, file{"a", "A"})))
	f.Add(zstded("z"))
	cut := zipped(f, file{"a", strings.Repeat("A", 99)}, file{"b", "B"})
	f.Add(cut[:len(cut)-40])
	f.Add(tarred(f, file{"a.zip", zipped(f, file{"b", "B"})}))
	f.Fuzz(func(t *testing.T, body string) {
		dir := folder(t, file{"f", body})
		opt := Options{TempDir: t.TempDir(), InMemory: 1 << 10, MaxUnpacked: 1 << 20, MaxEntries: 100}
		things := 0
		for in := range Walk(t.Context(), []string{dir}, opt) {
			things++
			if in != nil {
				in.Close()
			}
		}
		if left, _ := os.ReadDir(opt.TempDir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		if things == 0 && containerOf([]byte(body)) == none {
			t.Error("a plain file vanished")
		}
	})
}
