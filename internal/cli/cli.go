// Package cli is the commands of Tyto and the only place where rooms are wired
// together: it opens files, makes readers, rules and writers, hands them to
// each other and turns what happened into text and an exit code.
//
// Each command is a struct in a file of its own, with its flags as fields and
// one run method. Commands see the world only through an [Env], so tests can
// run them whole.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// Version is the version of this program.
const Version = "0.1.0"

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitFound  = 10 // --fail-on found something
)

// An Env is what a command sees of the world.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	OutWidth       int // columns of standard output, 0 when it is no terminal
	ErrWidth       int // columns of standard error, 0 when it is no terminal
	Getenv         func(string) string
	Now            func() time.Time
	DataDir        string // where "rules install" keeps rule sets; may be empty
	TempDir        string // for spilled findings and unpacked archives

	// Memory tells the runtime from how many bytes on it should rather collect
	// garbage than grow; nil where somebody else decides.
	Memory func(bytes int64)
}

// OS returns the real world.
func OS() *Env {
	env := &Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		OutWidth: width(os.Stdout), ErrWidth: width(os.Stderr),
		Getenv: os.Getenv, Now: time.Now, TempDir: os.TempDir(),
	}
	env.DataDir = dataDir(os.Getenv)
	if os.Getenv("GOMEMLIMIT") == "" {
		env.Memory = func(bytes int64) { debug.SetMemoryLimit(bytes) }
	}
	return env
}

func width(f *os.File) int {
	if !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil || w <= 0 {
		return 80
	}
	return w
}

// app is the command line as kong reads it.
type app struct {
	Color string `help:"Colours: auto, always or never." enum:"auto,always,never" default:"auto" placeholder:"WHEN"`

	Hunt    huntCmd    `cmd:"" help:"Hunt through logs: find, explain and write down what is suspicious."`
	Demo    demoCmd    `cmd:"" help:"See the whole job in seconds on a made-up intrusion."`
	Show    showCmd    `cmd:"" help:"Show one finding of a hunt with its reason and its raw record."`
	Search  searchCmd  `cmd:"" help:"Search evidence for words, regular expressions or field conditions."`
	Dump    dumpCmd    `cmd:"" help:"Print every record of Windows event log files."`
	Metrics metricsCmd `cmd:"" help:"Count events by log and id; list hosts, times and gaps."`
	Rules   rulesCmd   `cmd:"" help:"Check, list, show or install detection rules."`
	Intel   intelCmd   `cmd:"" help:"Check indicators and STIX files before using them."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// Main runs one command line and returns the exit code.
func Main(ctx context.Context, args []string, env *Env) int {
	var a app
	exit := -1
	parser, err := kong.New(&a,
		kong.Name("tyto"),
		kong.Description("Tyto hunts espionage intrusions in the logs that an organisation already has."),
		kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		fmt.Fprintln(env.Stderr, "tyto:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if args[0] == "help" {
		args = append(args[1:], "--help")
	}
	kctx, err := parser.Parse(args)
	if exit >= 0 { // help was printed
		return exit
	}
	s := newSession(env, a.Color)
	if err != nil {
		s.usage(err)
		return exitUsage
	}
	kctx.BindTo(ctx, (*context.Context)(nil))
	return s.code(kctx.Run(s))
}

// A usageError is the user's mistake rather than a failure.
type usageError struct {
	text, hint string
}

func (e *usageError) Error() string { return e.text }

// A hintError is a failure with advice.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

// errFound is returned when --fail-on found something.
var errFound = errors.New("found")

// code reports an error and turns it into an exit code.
func (s *session) code(err error) int {
	var usage *usageError
	var hinted *hintError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFound):
		return exitFound
	case errors.As(err, &usage):
		s.failure(usage.text, usage.hint)
		return exitUsage
	case errors.As(err, &hinted):
		s.failure(hinted.Error(), hinted.hint)
	case errors.Is(err, context.Canceled):
		s.failure("stopped", "")
	default:
		s.failure(err.Error(), "")
	}
	return exitFailed
}

func (s *session) usage(err error) {
	text := err.Error()
	s.failure(text, `"tyto help" lists the commands, "tyto help hunt" one of them`)
}

// versionCmd prints the version.
type versionCmd struct{}

// Run implements the command.
func (versionCmd) Run(s *session) error {
	fmt.Fprintln(s.out, "tyto "+Version)
	return nil
}

// dataDir finds the user's data folder by the rules of the platform.
func dataDir(getenv func(string) string) string {
	if d := getenv("TYTO_DATA"); d != "" {
		return d
	}
	if d := getenv("XDG_DATA_HOME"); d != "" {
		return join(d, "tyto")
	}
	if d := getenv("LOCALAPPDATA"); d != "" {
		return join(d, "tyto")
	}
	if home := getenv("HOME"); home != "" {
		return join(home, ".local", "share", "tyto")
	}
	return ""
}

func join(parts ...string) string { return strings.Join(parts, string(os.PathSeparator)) }
