package formats_test

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/formats"
	"tyto/internal/source/sourcetest"
)

// An outcome is what became of one file or archive member.
type outcome struct {
	format string
	source.Report
	logs map[string]int64 // events by log
}

// survey reads everything below a root the way a hunt does and returns the
// outcomes and the skips by path relative to the root, members behind "!/".
func survey(t *testing.T, root string) (map[string]outcome, map[string]string) {
	t.Helper()
	all := formats.All(formats.Options{})
	read, skipped := map[string]outcome{}, map[string]string{}
	for in, skip := range source.Walk(t.Context(), []string{root}, source.Options{TempDir: t.TempDir()}) {
		if skip != nil {
			skipped[relative(t, root, skip.Path, skip.Member)] = skip.Reason
			continue
		}
		read[relative(t, root, in.Path, in.Member)] = readAll(t, all, in)
		if err := in.Close(); err != nil {
			t.Errorf("%s: %v", in.Path, err)
		}
	}
	return read, skipped
}

func readAll(t *testing.T, all []source.Format, in *source.Input) outcome {
	f := source.Identify(all, in)
	if f == nil {
		return outcome{}
	}
	o := outcome{format: f.Name(), logs: map[string]int64{}}
	var yielded int64
	o.Report = sourcetest.Each(t, f, in, func(e *event.Event) bool {
		yielded++
		o.logs[e.Source.Log()]++
		return true
	})
	if yielded != o.Records || o.Bytes != in.Size {
		t.Errorf("%s %s: %d events and %d bytes, reported %d and %d", in.Path, in.Member, yielded, in.Size, o.Records, o.Bytes)
	}
	return o
}

func relative(t *testing.T, root, path, member string) string {
	rel, err := filepath.Rel(root, path)
	if err != nil {
		t.Fatal(err)
	}
	rel = filepath.ToSlash(rel)
	if member != "" {
		rel += "!/" + member
	}
	return rel
}

// rows counts the lines of a log that are neither empty nor a comment, the
// plainest way there is. A last line without end counts.
func rows(t *testing.T, r io.Reader) int64 {
	t.Helper()
	n := int64(0)
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			n++
		}
		if err != nil {
			if err != io.EOF && err != io.ErrUnexpectedEOF {
				t.Fatal(err)
			}
			return n
		}
	}
}

// rowsIn counts the rows of a plain or gzipped file.
func rowsIn(t *testing.T, path string) int64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !strings.HasSuffix(path, ".gz") {
		return rows(t, f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return rows(t, z)
}

// files lists the plain files below a root, relative to it.
func files(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			out = append(out, relative(t, root, path, ""))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// found looks an outcome up, be it of a plain file or of the only member of a
// packed one.
func found(read map[string]outcome, path string) (outcome, bool) {
	if o, ok := read[path]; ok {
		return o, true
	}
	for name, o := range read {
		if strings.HasPrefix(name, path+"!/") {
			return o, true
		}
	}
	return outcome{}, false
}

// whole checks that a file was read as the format, whole.
func whole(t *testing.T, path, format string, got outcome, want int64) {
	t.Helper()
	if got.format != format || got.Records != want || got.Damaged != 0 || len(got.Damage) > 0 {
		t.Errorf("%s: %d records as %q, %d damaged %+v; want %d as %q",
			path, got.Records, got.format, got.Damaged, first(got.Damage), want, format)
	}
}

func first(d []source.Damage) []source.Damage { return d[:min(len(d), 3)] }

func needs(t *testing.T, format string) {
	t.Helper()
	for _, f := range formats.All(formats.Options{}) {
		if f.Name() == format {
			return
		}
	}
	t.Skipf("format %s does not take part", format)
}

// sum adds up the events of all outcomes by log.
func sum(read map[string]outcome) (total int64, logs map[string]int64) {
	logs = map[string]int64{}
	for _, o := range read {
		total += o.Records
		for log, n := range o.logs {
			logs[log] += n
		}
	}
	return total, logs
}

// unpacked counts the rows of the JSON and Zeek logs in an archive; names are
// those of the members.
func unpacked(t *testing.T, path string) map[string]int64 {
	t.Helper()
	if strings.HasSuffix(path, ".zip") {
		return unzipped(t, path)
	}
	return untarred(t, path)
}

func unzipped(t *testing.T, path string) map[string]int64 {
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]int64{}
	for _, m := range z.File {
		if m.FileInfo().IsDir() || strings.HasPrefix(m.Name, "__MACOSX/") {
			continue
		}
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		out[m.Name] = rows(t, r)
		r.Close()
	}
	return out
}

func untarred(t *testing.T, path string) map[string]int64 {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			return out // the archives end in the middle of their padding
		}
		if h.Typeflag == tar.TypeReg && !strings.HasPrefix(filepath.Base(h.Name), "._") {
			out[h.Name] = rows(t, r)
		}
	}
}
