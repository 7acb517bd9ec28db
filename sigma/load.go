package sigma

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// MaxFileSize is the largest rule file that [Load] reads, in bytes.
const MaxFileSize = 8 << 20

// Load reads all rule files (.yml and .yaml) below root of fsys with the given
// number of workers and parses them. The result does not depend on the number
// of workers: documents and diagnostics come in the order of the file names. A
// file that cannot be read is a diagnostic; the error is that of the walk or
// of ctx.
func Load(ctx context.Context, fsys fs.FS, root string, workers int) ([]Document, []Diagnostic, error) {
	names, err := ruleNames(ctx, fsys, root)
	if err != nil {
		return nil, nil, fmt.Errorf("reading rules: %w", err)
	}
	type parsed struct {
		docs  []Document
		diags []Diagnostic
	}
	results := make([]parsed, len(names))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, min(workers, len(names))) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				results[i].docs, results[i].diags = loadFile(fsys, names[i])
			}
		}()
	}
	for i := range names {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("reading rules: %w", err)
	}
	var docs []Document
	var diags []Diagnostic
	for _, r := range results {
		docs, diags = append(docs, r.docs...), append(diags, r.diags...)
	}
	return docs, diags, nil
}

// ruleNames lists the rule files below root in lexical order. Hidden files
// and folders are left out.
func ruleNames(ctx context.Context, fsys fs.FS, root string) ([]string, error) {
	var names []string
	err := fs.WalkDir(fsys, root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if base := path.Base(name); name != root && strings.HasPrefix(base, ".") {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !e.IsDir() && isRuleFile(name) {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

func isRuleFile(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

func loadFile(fsys fs.FS, name string) ([]Document, []Diagnostic) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, []Diagnostic{{File: name, Width: 1, Text: err.Error()}}
	}
	defer f.Close()
	data, err := readAll(f)
	if err != nil {
		return nil, []Diagnostic{{File: name, Width: 1, Text: err.Error()}}
	}
	if len(data) > MaxFileSize {
		return nil, []Diagnostic{{File: name, Width: 1, Text: fmt.Sprintf("larger than %d bytes", MaxFileSize)}}
	}
	return Parse(name, data)
}

// readAll reads up to one byte more than [MaxFileSize], with room for the size
// that the file states.
func readAll(f fs.File) ([]byte, error) {
	size := int64(0)
	if info, err := f.Stat(); err == nil {
		size = min(max(0, info.Size()), MaxFileSize)
	}
	buf := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	_, err := buf.ReadFrom(io.LimitReader(f, MaxFileSize+1))
	return buf.Bytes(), err
}
