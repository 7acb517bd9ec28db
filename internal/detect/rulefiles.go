package detect

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"tyto/sigma"
)

// A ruleFile is one file on its way.
type ruleFile struct {
	name  string // as shown
	inner string // inside its source
	entry fs.DirEntry
	data  []byte
	other bool // no rules in it
	err   error
	docs  []sigma.Document
	diags []sigma.Diagnostic
}

// listRuleFiles lists all YAML files of a source, by name.
func listRuleFiles(ctx context.Context, src RuleSource) ([]*ruleFile, error) {
	var out []*ruleFile
	root := cmp.Or(src.Root, ".")
	err := fs.WalkDir(src.FS, root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && name == root:
			return err
		case err != nil:
			out = append(out, &ruleFile{name: path.Join(src.Name, name), err: err})
			return nil
		case d.IsDir() && name != root && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || !isYAML(name):
			return nil
		}
		out = append(out, &ruleFile{name: path.Join(src.Name, name), inner: name, entry: d})
		return nil
	})
	return out, err
}

func isYAML(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

// readRuleFiles reads and parses files on all cores.
func readRuleFiles(ctx context.Context, src RuleSource, files []*ruleFile, workers int) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				files[i].read(src.FS)
			}
		})
	}
	wg.Wait()
}

// read reads and parses the file, unless listing it has failed.
func (f *ruleFile) read(fsys fs.FS) {
	if f.err != nil {
		return
	}
	if info, err := f.entry.Info(); err == nil && info.Size() > maxRuleFile {
		f.err = fmt.Errorf("the file has %d bytes: no rule is that long", info.Size())
		return
	}
	if f.data, f.err = fs.ReadFile(fsys, f.inner); f.err != nil {
		return
	}
	if f.other = !holdsRules(f.data); !f.other {
		f.docs, f.diags = sigma.Parse(f.name, f.data)
	}
}

// holdsRules tells rule files from the other YAML of a rule repository: one of
// the main keys begins a line.
func holdsRules(data []byte) bool {
	for _, key := range []string{"detection:", "correlation:", "filter:"} {
		if i := bytes.Index(data, []byte(key)); i == 0 || i > 0 && bytes.Contains(data, []byte("\n"+key)) {
			return true
		}
	}
	return false
}

// digestOf hashes the rule files, names and bytes.
func digestOf(files []*ruleFile) string {
	h := sha256.New()
	for _, f := range files {
		if f.other || f.err != nil {
			continue
		}
		fmt.Fprintf(h, "%s\x00%d\x00", f.inner, len(f.data))
		h.Write(f.data)
	}
	return hex.EncodeToString(h.Sum(nil))
}
