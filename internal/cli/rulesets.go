package cli

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tyto/internal/detect"
	"tyto/rules"
)

// ruleFlags choose which rules a command works with.
type ruleFlags struct {
	Rules       []string `help:"More rules: a file, folder or zip, such as a SigmaHQ checkout. Repeatable." short:"r" placeholder:"PATH" sep:"none"`
	NoBuiltin   bool     `help:"Leave out the rules that come with Tyto."`
	NoInstalled bool     `help:"Leave out the rules that 'tyto rules install' keeps."`
	Rule        []string `help:"Only this rule: its id, title or file name pattern. Repeatable." placeholder:"RULE" sep:"none"`
	ExcludeRule []string `help:"Without this rule. Repeatable." placeholder:"RULE" sep:"none"`
	Strict      bool     `help:"Stop when a rule cannot be used."`

	extra    []detect.RuleSource // rules that came with indicators
	optional bool                // there is something to look for without any rule
}

// builtinName is how the embedded pack is called in paths.
const builtinName = "builtin"

// load reads all chosen rules and tells about those that are rejected.
func (f *ruleFlags) load(ctx context.Context, s *session, opt detect.RuleOptions) (*detect.Rules, error) {
	sources, closeAll, err := f.sources(s.env)
	if err != nil {
		return nil, err
	}
	defer closeAll()
	opt.Only, opt.Exclude = f.Rule, f.ExcludeRule
	set, err := detect.LoadRules(ctx, sources, opt)
	if err != nil {
		return nil, err
	}
	if len(set.Rejected) > 0 && f.Strict {
		r := set.Rejected[0]
		return nil, &hintError{
			fmt.Errorf("%s:%d: %s", r.Path, r.Line, r.Reason),
			fmt.Sprintf("%d rules are rejected; tyto rules check shows them all", len(set.Rejected)),
		}
	}
	if set.Loaded() == 0 && !f.optional {
		return nil, &usageError{"no rules are left to hunt with", "see --rules, --rule, --level and --no-builtin"}
	}
	return set, nil
}

func (f *ruleFlags) sources(env *Env) (list []detect.RuleSource, closeAll func(), err error) {
	var open []*zip.ReadCloser
	closeAll = func() {
		for _, z := range open {
			z.Close()
		}
	}
	paths := slices.Clone(f.Rules) // first: of two rules with one id the first is used
	if !f.NoInstalled {
		paths = append(paths, installed(env)...)
	}
	for _, p := range paths {
		src, z, err := ruleSource(p)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		if z != nil {
			open = append(open, z)
		}
		list = append(list, src)
	}
	if !f.NoBuiltin {
		list = append(list, detect.RuleSource{Name: builtinName, FS: rules.FS()})
	}
	return append(list, f.extra...), closeAll, nil
}

// ruleSource opens a file, folder or zip of rules.
func ruleSource(path string) (detect.RuleSource, *zip.ReadCloser, error) {
	src := detect.RuleSource{Name: filepath.ToSlash(path)}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return src, nil, &usageError{fmt.Sprintf("--rules %s: does not exist", path), "give a rule file, a folder of rules or a zip of them"}
	case err != nil:
		return src, nil, fmt.Errorf("reading rules: %w", err)
	case info.IsDir():
		src.FS = os.DirFS(path)
	case isZip(path):
		z, err := zip.OpenReader(path)
		if err != nil {
			return src, nil, fmt.Errorf("reading rules from %s: %w", path, err)
		}
		src.FS = z
		return src, z, nil
	default:
		src.FS, src.Root = os.DirFS(filepath.Dir(path)), filepath.Base(path)
		src.Name = filepath.ToSlash(filepath.Dir(path))
	}
	return src, nil, nil
}

// isZip looks at the first bytes; names say nothing.
func isZip(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [2]byte
	_, err = f.Read(head[:])
	return err == nil && string(head[:]) == "PK"
}

// installedDir is where rule sets are kept, one zip each.
func installedDir(env *Env) string {
	if env.DataDir == "" {
		return ""
	}
	return filepath.Join(env.DataDir, "rules")
}

// installed lists the installed rule sets by name.
func installed(env *Env) []string {
	dir := installedDir(env)
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // no folder, nothing installed
	}
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".zip") {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}
