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
	name   string // as shown
	inner  string // inside its source
	entry  fs.DirEntry
	source int // the number of its source
	data   []byte
	other  bool // no rules in it
	err    error
	docs   []sigma.Document
	diags  []sigma.Diagnostic
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
	if holdsRules(f.data) {
		f.docs, f.diags = sigma.Parse(f.name, f.data)
		return
	}
	// A rule whose YAML is broken may not show its keys any more: only a file
	// that can be read, and holds no rule, is none of ours.
	f.diags = sigma.CheckYAML(f.name, f.data)
	f.other = len(f.diags) == 0
}

// mainKeys tell the kinds of document apart.
var mainKeys = []string{"detection", "correlation", "filter"}

// holdsRules tells rule files from the other YAML of a rule repository: one of
// the main keys begins a line, plain or quoted, or the file is in flow style
// (JSON is) and names a log source too.
func holdsRules(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return true // UTF-16, which YAML allows; its keys are not looked for
	}
	flow := bytes.HasPrefix(bytes.TrimLeft(data, "\ufeff \t\r\n-"), []byte("{"))
	for _, key := range mainKeys {
		if keyBeginsLine(data, key) || flow && bytes.Contains(data, []byte(key)) && bytes.Contains(data, []byte("title")) {
			return true
		}
	}
	return keyBeginsLine(data, "logsource")
}

// keyBeginsLine reports whether a line of data begins with the key, plain or
// in quotes, blanks before the colon allowed.
func keyBeginsLine(data []byte, key string) bool {
	for at := 0; ; at++ {
		i := bytes.Index(data[at:], []byte(key))
		if i < 0 {
			return false
		}
		at += i
		before := bytes.TrimRight(data[:at], `"'`)
		after := bytes.TrimLeft(data[at+len(key):], "\"' ")
		if bytes.HasPrefix(after, []byte(":")) && startsLine(before) {
			return true
		}
	}
}

// startsLine reports whether the text ends where a line begins.
func startsLine(before []byte) bool {
	before = bytes.TrimPrefix(before, []byte("\ufeff"))
	return len(before) == 0 || before[len(before)-1] == '\n' || before[len(before)-1] == '\r'
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
