package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Walk yields the files under the roots and the members of archives among
// them, in a fixed order: roots as given, folders by name, archives in their
// own order. Each turn yields either an open Input, which the caller must
// Close, or a Skip. The walk itself goes on only when the next turn is asked
// for, so the caller decides how many inputs are open at a time.
//
// What is an archive is found out from its bytes, never from its name. Names
// inside archives are only names; nothing is ever written to them. Symbolic
// links given as roots are followed, others are told as skips, so that there
// are no loops and nothing outside the roots is read.
func Walk(ctx context.Context, roots []string, opt Options) iter.Seq2[*Input, *Skip] {
	return func(yield func(*Input, *Skip) bool) {
		w := &walker{ctx: ctx, opt: opt.withDefaults(), yield: yield}
		if len(roots) > 1 {
			w.seen = map[string]bool{}
		}
		for _, root := range roots {
			if w.done() {
				return
			}
			w.root(root)
		}
	}
}

// Total returns how many files lie under the roots and their bytes on disk,
// without opening any. It serves progress displays; what cannot be read counts
// as nothing.
func Total(ctx context.Context, roots []string) (files int, bytes int64) {
	for _, root := range roots {
		real, err := filepath.EvalSymlinks(root)
		if err != nil {
			continue
		}
		_ = filepath.WalkDir(real, func(_ string, d fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return fs.SkipAll
			}
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			if info, err := d.Info(); err == nil {
				files++
				bytes += info.Size()
			}
			return nil
		})
	}
	return files, bytes
}

// A walker is the state of one Walk.
type walker struct {
	ctx   context.Context
	opt   Options
	yield func(*Input, *Skip) bool
	seen  map[string]bool // absolute paths that were met; nil for a single root
	stop  bool            // the caller broke off
	told  int             // inputs and skips that were yielded

	streamed bool // standard input was read
}

func (w *walker) done() bool { return w.stop || w.ctx.Err() != nil }

func (w *walker) give(in *Input) {
	if w.done() {
		in.Close()
		return
	}
	w.told++
	if !w.yield(in, nil) {
		w.stop = true
	}
}

func (w *walker) skip(s Skip) {
	if w.done() {
		return
	}
	w.told++
	if !w.yield(nil, &s) {
		w.stop = true
	}
}

func (w *walker) root(root string) {
	if root == Stdin && w.opt.Stdin != nil {
		w.stream()
		return
	}
	info, err := os.Stat(root)
	if err != nil {
		w.skip(Skip{Path: shown(root), Reason: cause(err)})
		return
	}
	w.entry(filepath.Clean(root), info, within{})
}

// within is where a walk stands in a collector's parcel.
type within struct {
	parcel *parcel
	root   string // the folder that it fills
}

// name returns a path's name in the parcel.
func (in within) name(full string) string {
	rel, err := filepath.Rel(in.root, full)
	if err != nil {
		return filepath.ToSlash(full)
	}
	return filepath.ToSlash(rel)
}

// entry handles a path whose links are resolved or that is none.
func (w *walker) entry(name string, info fs.FileInfo, at within) {
	if w.again(name) {
		w.skip(Skip{Path: shown(name), Reason: "given twice", Size: info.Size()})
		return
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		w.folder(name, at)
	case mode.IsRegular():
		w.file(name, at)
	default:
		w.skip(Skip{Path: shown(name), Reason: special(name, mode)})
	}
}

// again reports whether a path was met before, which can only be where roots
// overlap.
func (w *walker) again(name string) bool {
	if w.seen == nil {
		return false
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return false
	}
	met := w.seen[abs]
	w.seen[abs] = true
	return met
}

func (w *walker) folder(name string, at within) {
	entries, err := os.ReadDir(name) // sorted by name, and partial on error
	if err != nil {
		w.skip(Skip{Path: shown(name), Reason: "reading folder: " + cause(err)})
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isMarker(e.Name()) }) {
		if p := parcelOf(os.DirFS(name)); p != nil {
			at = within{p, name}
		}
	}
	for _, e := range entries {
		if w.done() {
			return
		}
		full := filepath.Join(name, e.Name())
		info, err := e.Info()
		if err != nil {
			w.skip(Skip{Path: shown(full), Reason: cause(err)})
			continue
		}
		w.entry(full, info, at)
	}
}

func (w *walker) file(name string, at within) {
	var notes []string
	var host Hint
	var holes holes
	if at.parcel != nil {
		inside := at.name(name)
		if why := at.parcel.aside(inside); why != "" {
			w.aside(name, why)
			return
		}
		notes, host = at.parcel.notes(inside), at.parcel.host
		holes = at.parcel.holes(inside)
	}
	f, err := os.Open(name)
	if err != nil {
		w.skip(Skip{Path: shown(name), Reason: cause(err)})
		return
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		w.skip(Skip{Path: shown(name), Reason: "changed while it was opened"})
		return
	}
	size := info.Size()
	in := &Input{
		Path: shown(name), Size: size, Packed: size, ModTime: info.ModTime().UTC(), Notes: notes, HostHint: host,
		ReaderAt: io.NewSectionReader(f, 0, size), file: f, drop: f.Close,
	}
	holes.fill(in, w.opt)
	w.route(in)
}

// aside tells a file that is none of the evidence.
func (w *walker) aside(name, why string) {
	s := Skip{Path: shown(name), Reason: why}
	if info, err := os.Lstat(name); err == nil {
		s.Size = info.Size()
	}
	w.skip(s)
}

// route yields a plain file, or the members of an archive.
func (w *walker) route(in *Input) {
	if in.Size == 0 {
		in.Close()
		w.skip(Skip{Path: in.Path, Reason: "empty"})
		return
	}
	if err := in.readHead(); err != nil {
		in.Close()
		w.skip(Skip{Path: in.Path, Reason: cause(err), Size: in.Size})
		return
	}
	switch kind := containerOf(in.Head); {
	case kind == none:
		w.give(in)
	case kind.unsupported():
		in.Close()
		w.skip(Skip{Path: in.Path, Reason: kind.refusal(), Size: in.Size})
	default:
		defer in.Close()
		w.archive(in, kind)
	}
}

// special names a file that is no file.
func special(name string, mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(name)
		if err != nil {
			return "symbolic link: not followed"
		}
		return "symbolic link to " + shown(target) + ": not followed"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe: not a file"
	case mode&fs.ModeSocket != 0:
		return "socket: not a file"
	case mode&fs.ModeDevice != 0:
		return "device: not a file"
	}
	return "not a regular file"
}

// shown makes a path fit for people and JSON: slashes, and valid UTF-8 with
// other bytes escaped.
func shown(name string) string {
	name = filepath.ToSlash(name)
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, name[i])
		} else {
			b.WriteString(name[i : i+n])
		}
		i += n
	}
	return b.String()
}

// cause is the error without the path, which stands beside it anyway.
func cause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "does not exist"
	}
	return err.Error()
}
