package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"

	"tyto/internal/report"
	"tyto/internal/source"
)

// maxLeftOut is the size up to which files are hashed that nothing was read
// from. Disk images and the like are not worth the time.
const maxLeftOut = 256 << 20

// addHashes completes the chain of custody with files as they lie on the disk:
// archives, of which so far only the members are told, and files that were left
// out. A hunt that is stopped leaves them as they are.
func addHashes(ctx context.Context, m *report.Manifest) {
	own := make(map[string]bool) // files with an entry of their own
	for i := range m.Evidence {
		e := &m.Evidence[i]
		if e.Member != "" {
			continue
		}
		own[e.Path] = true
		if e.SHA256 == "" && e.Bytes <= maxLeftOut {
			hashFile(ctx, e)
		}
	}
	for _, member := range m.Evidence {
		if own[member.Path] {
			continue
		}
		own[member.Path] = true
		archive := report.Evidence{Path: member.Path}
		if hashFile(ctx, &archive) {
			m.Evidence = append(m.Evidence, archive)
		}
	}
}

// intelHashes tells the files that indicators came from.
func intelHashes(ctx context.Context, env *Env, paths []string) []report.Evidence {
	var out []report.Evidence
	for _, path := range paths {
		if path == builtinName {
			continue // the program's version tells
		}
		for in, skip := range source.Walk(ctx, []string{path}, source.Options{TempDir: env.TempDir}) {
			if skip == nil && holdsIntel(in, path) {
				out = append(out, hashInput(in))
			}
			if in != nil {
				in.Close()
			}
		}
	}
	return out
}

func hashInput(in *source.Input) report.Evidence {
	e := report.Evidence{Path: filepath.ToSlash(in.Path), Member: in.Member, Bytes: in.Size}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(in, 0, in.Size)); err == nil {
		e.SHA256 = hex.EncodeToString(h.Sum(nil))
	}
	return e
}

// hashFile fills in size and hash of a regular file, if it can be read.
func hashFile(ctx context.Context, e *report.Evidence) bool {
	name := onDisk(e.Path)
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.CopyBuffer(h, readerOf{ctx, f}, make([]byte, 1<<20))
	if err != nil {
		return false
	}
	e.Bytes, e.SHA256 = n, hex.EncodeToString(h.Sum(nil))
	return true
}

// A readerOf stops when its context does.
type readerOf struct {
	ctx context.Context
	r   io.Reader
}

func (r readerOf) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
