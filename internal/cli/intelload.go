package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tyto/internal/detect"
	"tyto/internal/intel"
	"tyto/internal/intel/warninglist"
	"tyto/internal/source"
	"tyto/stix"
)

// intelFlags choose the indicators that a hunt looks for.
type intelFlags struct {
	Intel []string `help:"Indicators to look for: STIX, MISP, CSV or plain lists; a file, folder or archive; 'builtin' is the published set of Earth Estries. Repeatable." placeholder:"PATH" sep:"none"`
}

// intelBytes adds up the files with indicators.
func (f *intelFlags) intelBytes() (bytes int64) {
	for _, p := range f.Intel {
		_ = filepath.WalkDir(p, func(_ string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil // importing it will tell
			}
			if info, err := d.Info(); err == nil {
				bytes += info.Size()
			}
			return nil
		})
	}
	return bytes
}

// readIntel imports all indicators. Without any path the result is nil.
func (f *intelFlags) readIntel(ctx context.Context, s *session) (*intel.Import, error) {
	if len(f.Intel) == 0 {
		return nil, nil
	}
	go warninglist.Load() // they take as long to unpack as most lists to read
	return importIntel(ctx, s.env, f.Intel)
}

// startCompiling checks and compiles what was imported, while the caller does
// something else. What it returns waits for the end and tells what became of
// the indicators.
func (s *session) startCompiling(all *intel.Import) (wait func() *intel.Set) {
	if all == nil {
		return func() *intel.Set { return nil }
	}
	type compiled struct {
		checked *intel.Checked
		set     *intel.Set
	}
	done := make(chan compiled, 1)
	go func() {
		checked := intel.Check(all.Indicators, warninglist.Load())
		done <- compiled{checked, intel.Compile(checked)}
	}()
	return func() *intel.Set {
		c := <-done
		s.tellIntel(all, c.checked)
		for _, note := range c.set.Notes() {
			s.warn("intel: %s", note)
		}
		return c.set
	}
}

// tellIntel says what became of the given indicators.
func (s *session) tellIntel(all *intel.Import, checked *intel.Checked) {
	for i, p := range all.Problems {
		if i == maxTold {
			break
		}
		s.warn("intel: %s", p)
	}
	if all.Skipped > maxTold {
		s.warn("intel: %d entries could not be used (tyto intel check shows them)", all.Skipped)
	}
	if len(checked.Indicators)+len(all.Patterns)+len(all.Sigma)+len(all.Kept) == 0 {
		s.warn("intel: nothing to look for in what was given")
	}
	if n := checked.Count(intel.Rejected); n > 0 {
		s.warn("intel: %d of %d indicators rejected, not looked for (tyto intel check shows why)", n, len(checked.Indicators))
	}
	for _, text := range notEvaluated(all) {
		s.warn("intel: %s: kept, not evaluated, Tyto has no engine for them", text)
	}
}

// notEvaluated counts the rules of foreign engines that came along, by kind.
// Patterns beyond a limit are told as problems.
func notEvaluated(all *intel.Import) []string {
	counts := make(map[string]int)
	for _, c := range all.Kept {
		if c.Kind != intel.PatternKind {
			counts[c.Kind]++
		}
	}
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, fmt.Sprintf("%d %s rules", counts[kind], kind))
	}
	return out
}

// importIntel reads all paths. A path that does not exist is an error; what
// cannot be read inside one is a problem of the import.
func importIntel(ctx context.Context, env *Env, paths []string) (*intel.Import, error) {
	all := &intel.Import{}
	for _, p := range paths {
		if p == builtinName {
			library, err := intel.Library()
			if err != nil {
				return nil, err
			}
			all.Add(library)
			continue
		}
		_, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &usageError{fmt.Sprintf("%s: does not exist", p), "give a STIX bundle, a MISP event or feed, a CSV or a list"}
		}
		if err != nil {
			return nil, fmt.Errorf("reading indicators: %w", err)
		}
		if err := importPath(ctx, env, p, all); err != nil {
			return nil, err
		}
	}
	all.Settled()
	return all, ctx.Err()
}

// importPath reads a file, the files of a folder, the members of archives.
func importPath(ctx context.Context, env *Env, path string, all *intel.Import) error {
	for in, skip := range source.Walk(ctx, []string{path}, source.Options{TempDir: env.TempDir}) {
		if skip != nil {
			all.Problems = append(all.Problems, intel.Problem{File: memberName(skip.Path, skip.Member), Reason: skip.Reason})
			all.Skipped++
			continue
		}
		if !holdsIntel(in, path) {
			in.Close()
			continue
		}
		name := memberName(filepath.ToSlash(in.Path), in.Member)
		got, err := intel.Read(io.NewSectionReader(in, 0, in.Size), name, intel.Options{Size: in.Size})
		in.Close()
		if got != nil {
			all.Add(got) // what came before an error counts, the error is among the problems
		} else if err != nil {
			return err
		}
		if len(all.Indicators) > maxIndicators {
			return fmt.Errorf("reading indicators: more than %d", maxIndicators)
		}
	}
	return nil
}

// holdsIntel reports whether a file met under a path is to be read. The index of
// a MISP feed and what is no list are left out, wherever they lie.
func holdsIntel(in *source.Input, path string) bool {
	name := memberName(filepath.ToSlash(in.Path), in.Member)
	return name == filepath.ToSlash(path) || !intel.Beside(name)
}

// maxIndicators bounds those of one command.
const maxIndicators = 5_000_000

func memberName(path, member string) string {
	if member == "" {
		return path
	}
	return path + "!/" + member
}

// carriedPatterns parses the STIX patterns that are more than values. Those
// that cannot be read are told. Rules without an engine come along too: they
// are answered for as not covered.
func (s *session) carriedPatterns(all *intel.Import) []detect.Pattern {
	if all == nil {
		return nil
	}
	var out []detect.Pattern
	known := map[string]int{} // text -> place in out
	for _, c := range all.Patterns {
		if at, twice := known[c.Text]; twice {
			again(&out[at].Given, c)
			continue
		}
		p, err := stix.ParsePattern(c.Text)
		if err != nil {
			s.warn("intel: pattern %q: %s", c.Name, err)
			continue
		}
		if err := stix.NewMatcher(p, stix.Limits{}).Err(); err != nil {
			s.warn("intel: pattern %q: %s", c.Name, err)
		}
		known[c.Text] = len(out)
		out = append(out, detect.Pattern{
			Given: given(c), Name: c.Name, Text: c.Text, Pattern: p,
		})
	}
	for _, c := range all.Kept {
		key := c.Kind + "\x00" + c.Text
		if at, twice := known[key]; twice {
			again(&out[at].Given, c)
			continue
		}
		known[key] = len(out)
		out = append(out, detect.Pattern{Given: detect.Given{Source: sourceOf(c)}, Name: c.Name, Kind: c.Kind, Text: short(c.Text), Why: c.Why})
	}
	return out
}

func given(c intel.Carried) detect.Given {
	return detect.Given{Source: sourceOf(c), Asked: c.Asked, From: second(c.From), Until: second(c.Until)}
}

// again adds a further source of a pattern or rule: it is valid when any says
// so, and used as the more careful one asks.
func again(p *detect.Given, c intel.Carried) {
	if source := sourceOf(c); !slices.Contains(strings.Split(p.Source, "; "), source) {
		p.Source += "; " + source
	}
	if from := second(c.From); from.IsZero() || from.Before(p.From) {
		p.From = from
	}
	if until := second(c.Until); until.IsZero() || !p.Until.IsZero() && until.After(p.Until) {
		p.Until = until
	}
	if c.Asked != intel.None && (p.Asked == intel.None || c.Asked < p.Asked) {
		p.Asked = c.Asked
	}
}

func sourceOf(c intel.Carried) string {
	if c.Claim == nil {
		return ""
	}
	return c.Claim.Source
}

func second(sec int64) time.Time {
	if sec == 0 {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}

// short bounds the text of a rule in outputs.
func short(text string) string {
	const most = 4096
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}
