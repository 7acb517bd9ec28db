package cli

import (
	"context"
	"fmt"
	"os"
	"slices"

	"tyto/evtx"
	"tyto/internal/detect"
	"tyto/internal/event"
	"tyto/internal/scan"
	"tyto/internal/source"
	"tyto/internal/source/evtxlog"
	"tyto/internal/source/formats"
	"tyto/internal/source/jsonlog"
)

// evidenceFlags are the flags of all commands that read evidence.
type evidenceFlags struct {
	From     when     `help:"Only events at or after this time (UTC)." placeholder:"TIME"`
	To       when     `help:"Only events before this time (UTC)." placeholder:"TIME"`
	Host     []string `help:"Only events of this host; name or pattern such as 'FILE*'." placeholder:"NAME" sep:"none"`
	Carve    bool     `help:"Also recover old records from the slack of event log files, marked as such."`
	Password []string `help:"A password for encrypted zips. Repeatable." placeholder:"WORD" sep:"none"`
	As       string   `help:"What logs of unknown form are, as product/category/service, such as python/application." placeholder:"SOURCE"`
	Map      string   `help:"A YAML file that says what the fields of unknown JSON logs mean; see docs/formats.md." placeholder:"FILE"`
	Workers  int      `help:"How many cores to use; 0 means all." default:"0" placeholder:"N"`

	templates *evtx.Store            // of all evidence, with --carve
	headers   func(name string) bool // the header fields that are asked for; nil: all
}

func (f *evidenceFlags) filter() detect.Filter {
	return detect.Filter{From: f.From.Time, To: f.To.Time, Hosts: f.Host}
}

func (f *evidenceFlags) validate() error {
	if f.Workers < 0 {
		return &usageError{text: "--workers must not be negative"}
	}
	if !f.To.IsZero() && !f.From.IsZero() && !f.From.Before(f.To.Time) {
		return &usageError{text: "--from must be before --to"}
	}
	return nil
}

// scan says how to read. With --carve it reads all event logs once before, for
// the templates in them.
func (f *evidenceFlags) scan(ctx context.Context, env *Env, roots []string, p *scan.Progress) (scan.Options, error) {
	opt := scan.Options{
		Walk: source.Options{
			TempDir: env.TempDir, Passwords: f.Password, Stdin: env.Stdin, StdinTime: env.Now(),
		},
		Workers:  f.Workers,
		Progress: p,
	}
	var templates *evtx.Store
	if f.Carve {
		logs := evtxlog.New(evtxlog.Options{})
		first := opt
		first.Formats, first.Progress = []source.Format{logs}, nil
		first.Workers = 1 // templates are kept in the order of the evidence
		if _, err := scan.Run(ctx, rereadable(roots), first, func() scan.Consumer { return reading{} }); err != nil {
			return opt, err
		}
		templates = logs.Store()
	}
	unknown, err := f.unknown()
	if err != nil {
		return opt, err
	}
	opt.Formats = formats.All(formats.Options{Unknown: unknown, Carve: f.Carve, Templates: templates, Headers: f.headers})
	f.templates = templates
	return opt, nil
}

// rereadable leaves out standard input, which comes only once.
func rereadable(roots []string) []string {
	return slices.DeleteFunc(slices.Clone(roots), func(root string) bool { return root == source.Stdin })
}

// unknown reads --as and --map.
func (f *evidenceFlags) unknown() (opt jsonlog.Options, err error) {
	if f.Map != "" {
		file, err := os.Open(f.Map)
		if err != nil {
			return opt, fmt.Errorf("reading --map: %w", err)
		}
		defer file.Close()
		if opt, err = jsonlog.ReadMap(file); err != nil {
			return opt, &usageError{fmt.Sprintf("--map %s: %s", f.Map, err), "docs/formats.md has an example"}
		}
	}
	if f.As != "" {
		if opt.Source, err = jsonlog.ParseSource(f.As); err != nil {
			return opt, &usageError{"--as: " + err.Error(), "write --as linux/process_creation, --as aws//cloudtrail or --as python/application"}
		}
	}
	return opt, nil
}

// reading is a consumer that wants the reading only.
type reading struct{}

func (reading) Begin(*scan.Job)         {}
func (reading) Event(*event.Event) bool { return true }
func (reading) End() []byte             { return nil }

// nothingRead is the error of a command that could not read anything, with the
// reasons of the first few files.
func nothingRead(files []*scan.File) error {
	for _, f := range files {
		if whyUnread(f) == "" {
			return nil
		}
	}
	if len(files) == 0 {
		return &hintError{fmt.Errorf("nothing to read: the folders are empty"), ""}
	}
	f := files[0]
	name := f.Path
	if f.Member != "" {
		name += "!/" + f.Member
	}
	text := fmt.Errorf("nothing could be read: %s: %s", name, whyUnread(f))
	if n := len(files) - 1; n > 0 {
		text = fmt.Errorf("%w (and %d more)", text, n)
	}
	return &hintError{text, "docs/formats.md lists what tyto reads; --as and --map tell it what a log of unknown form is"}
}

// whyUnread says why a file gave nothing: it was skipped, or what it holds is
// damaged to the last record. A whole log without records was read.
func whyUnread(f *scan.File) string {
	switch {
	case f.Skipped != "":
		return f.Skipped
	case f.Records == 0 && len(f.Damage) > 0:
		return "damaged (" + f.Damage[0].Reason + "), no record could be read"
	}
	return ""
}
