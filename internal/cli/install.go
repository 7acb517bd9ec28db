package cli

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"tyto/internal/detect"
)

// rulesInstallCmd keeps a rule set in the user's data folder, as one zip of
// its YAML files, licence and notices.
type rulesInstallCmd struct {
	From   string `arg:"" help:"A folder, a zip, or an https:// address of a zip." name:"path|url"`
	Name   string `help:"What to call the set; default: made from the path." placeholder:"NAME"`
	Remove bool   `help:"Remove the installed set of this name instead."`
}

// Limits of what is installed.
const (
	maxDownload = 512 << 20
	downloadFor = 5 * time.Minute
)

// Run implements the command.
func (c *rulesInstallCmd) Run(ctx context.Context, s *session) error {
	dir := installedDir(s.env)
	if dir == "" {
		return &hintError{errors.New("no folder for user data is known"), "set TYTO_DATA to a folder"}
	}
	name := c.Name
	if name == "" {
		name = setName(c.From)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`).MatchString(name) {
		return &usageError{fmt.Sprintf("%q is no name for a rule set", name), "letters, digits, dot, dash and underscore: --name sigmahq"}
	}
	target := filepath.Join(dir, name+".zip")
	if c.Remove {
		if err := os.Remove(target); err != nil {
			return fmt.Errorf("removing %s: %w", name, err)
		}
		fmt.Fprintf(s.out, "removed %s\n", name)
		return nil
	}
	return c.install(ctx, s, name, target)
}

func (c *rulesInstallCmd) install(ctx context.Context, s *session, name, target string) error {
	from := c.From
	if isURL(from) {
		file, err := download(ctx, s.env, from)
		if err != nil {
			return fmt.Errorf("fetching %s: %w", from, err)
		}
		defer os.Remove(file)
		from = file
	}
	src, z, err := ruleSource(from)
	if err != nil {
		return err
	}
	if z != nil {
		defer z.Close()
	}
	src.Name = name
	set, err := detect.LoadRules(ctx, []detect.RuleSource{src}, detect.RuleOptions{})
	if err != nil {
		return err
	}
	if set.Loaded() == 0 {
		return &hintError{fmt.Errorf("%s: no rules that could be used", c.From), "a rule set is a folder or zip with Sigma rules in YAML"}
	}
	if err := writeSet(target, src); err != nil {
		return fmt.Errorf("installing %s: %w", name, err)
	}
	fmt.Fprintf(s.out, "installed %s: %d rules, %d rejected; every hunt uses them from now on\n", name, set.Loaded(), len(set.Rejected))
	return nil
}

func isURL(from string) bool {
	return strings.HasPrefix(from, "https://") || strings.HasPrefix(from, "http://")
}

// setName makes a name from the last part of a path or address.
func setName(from string) string {
	base := filepath.ToSlash(from)
	if u, err := url.Parse(from); err == nil && isURL(from) {
		base = u.Path
	}
	base = path.Base(path.Clean(base))
	return strings.TrimSuffix(strings.TrimSuffix(base, ".zip"), ".yml")
}

// download fetches a zip into a temporary file and returns its name.
func download(ctx context.Context, env *Env, from string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, downloadFor)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the server answers %s", resp.Status)
	}
	f, err := os.CreateTemp(env.TempDir, "tyto-rules-*.zip")
	if err != nil {
		return "", err
	}
	n, err := io.Copy(f, io.LimitReader(resp.Body, maxDownload+1))
	err = errors.Join(err, f.Close())
	if err == nil && n > maxDownload {
		err = fmt.Errorf("more than %d MiB: that is no rule set", maxDownload>>20)
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// writeSet packs the source's rules; the set appears only when it is whole.
func writeSet(target string, src detect.RuleSource) (err error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(target), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	z := zip.NewWriter(f)
	if err := packRules(z, src); err != nil {
		return err
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), target)
}

func packRules(z *zip.Writer, src detect.RuleSource) error {
	root := src.Root
	if root == "" {
		root = "."
	}
	return fs.WalkDir(src.FS, root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != root && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || !kept(name):
			return nil
		}
		data, err := fs.ReadFile(src.FS, name)
		if err != nil {
			return err
		}
		w, err := z.Create(name)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
}

// kept reports whether a file of a rule set is installed: rules, and what the
// licence wants to stay with them.
func kept(name string) bool {
	base := strings.ToLower(path.Base(name))
	ext := path.Ext(base)
	return ext == ".yml" || ext == ".yaml" ||
		strings.HasPrefix(base, "license") || strings.HasPrefix(base, "notice")
}
