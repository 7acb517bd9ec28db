package source

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// A parcel is a folder, in an archive or not, that a collector filled: with
// files of the machine it ran on and with notes about its own work.
//
// Velociraptor puts files below uploads/ACCESSOR/, characters that file
// systems do not like written as %XX, and the rows of artifacts in results/.
// KAPE puts drives side by side as folders of one letter, with its logs beside
// them.
type parcel struct {
	files fs.FS
	velo  bool
	kape  bool
	host  Hint
}

// velociraptorFiles are what Velociraptor writes about a collection.
var velociraptorFiles = map[string]bool{
	"client_info.json": true, "collection_context.json": true, "hunt_info.json": true,
	"log.json": true, "log.csv": true, "logs.json": true, "logs.csv": true, "requests.json": true,
	"uploads.json": true, "uploads.csv": true,
}

// isMarker reports whether a name makes its folder worth a closer look.
func isMarker(name string) bool {
	return velociraptorFiles[name] || isKapeLog(name)
}

func isKapeLog(name string) bool {
	for _, end := range []string{"_CopyLog.csv", "_SkipLog.csv", "_SkipLog.csv.csv", "_ConsoleLog.txt"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// parcelOf returns what a folder with a marker is, or nil when it only looks
// like a collector's.
func parcelOf(files fs.FS) *parcel {
	p := &parcel{files: files}
	info := p.has("client_info.json") || p.has("collection_context.json") || p.has("uploads.json")
	p.velo = info && (p.folder("uploads") || p.folder("results"))
	top, _ := fs.ReadDir(files, ".")
	for _, e := range top {
		if n := e.Name(); e.IsDir() && len(n) == 1 && (n[0]|0x20 >= 'a' && n[0]|0x20 <= 'z') {
			p.kape = true
		}
	}
	if !p.velo && !p.kape {
		return nil
	}
	if p.velo {
		p.host = p.client()
	}
	return p
}

func (p *parcel) has(name string) bool {
	info, err := fs.Lstat(p.files, name)
	return err == nil && info.Mode().IsRegular()
}

func (p *parcel) folder(name string) bool {
	info, err := fs.Lstat(p.files, name)
	return err == nil && info.IsDir()
}

// maxClientInfo and maxParcelLog bound what is read of a collector's notes.
const (
	maxClientInfo = 1 << 20
	maxParcelLog  = 16 << 20
)

func (p *parcel) open(name string, limit int64) io.ReadCloser {
	if !p.has(name) {
		return io.NopCloser(strings.NewReader(""))
	}
	f, err := p.files.Open(name)
	if err != nil {
		return io.NopCloser(strings.NewReader(""))
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(f, limit), f}
}

// client returns the name of the machine that the package tells, the full one
// if there is one: that is what its logs call it.
func (p *parcel) client() Hint {
	const file = "client_info.json"
	type names struct{ Fqdn, Hostname string }
	var info struct {
		names
		OS names `json:"os_info"`
	}
	r := p.open(file, maxClientInfo)
	defer r.Close()
	data, _ := io.ReadAll(r)
	data = bytes.TrimLeft(data, "\xef\xbb\xbf[ \t\r\n") // an object, a line of one, or a list of one
	if json.NewDecoder(bytes.NewReader(data)).Decode(&info) != nil {
		return Hint{}
	}
	for _, name := range []string{info.Fqdn, info.OS.Fqdn, info.Hostname, info.OS.Hostname} {
		if isHostName(name) {
			return Hint{Name: name, From: file}
		}
	}
	return Hint{}
}

func isHostName(s string) bool {
	for _, c := range s {
		if c <= ' ' || c == 0x7f || strings.ContainsRune(`/\"<>`, c) {
			return false
		}
	}
	return s != "" && len(s) <= 253
}

// aside returns why a file of the parcel is no evidence, "" when it is.
func (p *parcel) aside(name string) string {
	switch {
	case p == nil:
		return ""
	case p.kape && path.Dir(name) == "." && isKapeLog(name):
		return "KAPE's own record of the collection"
	case !p.velo:
		return ""
	case name == "log.json", name == "logs.json":
		return "Velociraptor's log of the collection" + p.failures(name)
	case velociraptorFiles[name]:
		return "Velociraptor's own record of the collection"
	}
	base, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	switch {
	case (ext == ".idx" || ext == ".index") && p.has(base):
		return "Velociraptor's index of " + shown(path.Base(base))
	case ext == ".json~" && strings.HasPrefix(name, "results/"):
		return "Velociraptor's index of " + shown(path.Base(base)) + ".json"
	case ext == ".csv" && strings.HasPrefix(name, "results/") && p.has(base+".json"):
		return "the same rows as " + shown(path.Base(base)) + ".json"
	}
	return ""
}

// failures tells what the collector could not do: evidence that is missing.
func (p *parcel) failures(name string) string {
	r := p.open(name, maxParcelLog)
	defer r.Close()
	count, first := 0, ""
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var row struct{ Level, Message string }
		if json.Unmarshal(lines.Bytes(), &row) != nil || !strings.EqualFold(row.Level, "error") {
			continue
		}
		if count++; count == 1 {
			first = strings.TrimSpace(row.Message)
		}
	}
	if count == 0 {
		return ""
	}
	if runes := []rune(first); len(runes) > 2*describeLine {
		first = string(runes[:2*describeLine]) + "..."
	}
	return fmt.Sprintf(": errors %d, the first %q", count, first)
}

// notes returns what is worth saying about a file of the parcel.
func (p *parcel) notes(name string) (out []string) {
	if p == nil || !p.velo {
		return nil
	}
	if place := original(name); place != "" {
		out = append(out, place)
	}
	return out
}

// original tells what the name of a file stands for in which Velociraptor
// wrote characters as %XX, "" when there are none.
func original(name string) string {
	kind, rest, _ := strings.Cut(name, "/")
	var parts []string
	for part := range strings.SplitSeq(rest, "/") {
		parts = append(parts, strings.TrimPrefix(unescaped(part), `\\.\`))
	}
	plain := shown(strings.Join(parts, "/"))
	switch {
	case plain == shown(rest):
		return ""
	case kind == "uploads" && len(parts) > 1:
		return "collected from " + shown(strings.Join(parts[1:], "/"))
	case kind == "results":
		return "rows of artifact " + strings.TrimSuffix(plain, path.Ext(plain))
	}
	return ""
}

// unescaped undoes %XX; what is no such thing stays.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// parcels are those in one zip, by the folders they fill.
type parcels map[string]*parcel

// parcelsIn looks for parcels in a zip.
func parcelsIn(z *zip.Reader) parcels {
	found := parcels{}
	for _, f := range z.File {
		name := tidy(f.Name)
		dir := path.Dir(name)
		if _, done := found[dir]; done || !isMarker(path.Base(name)) {
			continue
		}
		found[dir] = nil
		if files, err := fs.Sub(z, dir); err == nil {
			found[dir] = parcelOf(files)
		}
	}
	return found
}

// of returns the parcel that a member belongs to, nil when there is none, and
// its name there.
func (p parcels) of(member string) (*parcel, string) {
	if len(p) == 0 {
		return nil, ""
	}
	name := tidy(member)
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if found := p[dir]; found != nil {
			return found, strings.TrimPrefix(name, dir+"/")
		}
		if dir == "." {
			return nil, ""
		}
	}
}

// tidy makes a member's name one of a path below the archive.
func tidy(name string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/")
}
