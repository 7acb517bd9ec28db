package cli

import (
	"bufio"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tyto/internal/attack"
	"tyto/internal/detect"
	"tyto/internal/intel"
	"tyto/internal/report"
	"tyto/internal/scan"
	"tyto/internal/source"
)

// huntCmd is the main job.
type huntCmd struct {
	Paths          []string `arg:"" help:"Files, folders and archives of evidence; - is standard input." name:"path"`
	Out            string   `help:"Write all results into this folder." short:"o" placeholder:"DIR"`
	evidenceFlags  `embed:""`
	ruleFlags      `embed:""`
	intelFlags     `embed:""`
	Level          levelFlag  `help:"Only findings of this level or above." short:"l" placeholder:"LEVEL"`
	Profile        string     `help:"Columns of timeline.csv: minimal, standard, verbose, all-field-info or super-verbose." enum:"minimal,standard,verbose,all-field-info,super-verbose" default:"standard"`
	KeepDuplicates bool       `help:"Report every copy of a record on its own."`
	FailOn         *levelFlag `help:"Exit with 10 when something of this level or above is found." placeholder:"LEVEL"`
	JSON           bool       `help:"Print a summary as JSON instead of the screen." name:"json"`
}

// Run implements the command.
func (c *huntCmd) Run(ctx context.Context, s *session) error {
	_, err := c.hunt(ctx, s, nil)
	return err
}

// hunt does the job. Next replaces the commands that the screen ends with.
func (c *huntCmd) hunt(ctx context.Context, s *session, next []report.Command) (*detect.Result, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	if c.Out != "" {
		if err := apart(c.Out, c.Paths); err != nil {
			return nil, err
		}
	}
	rules, set, imported, err := c.prepare(ctx, s)
	if err != nil {
		return nil, err
	}
	s.limitMemory(huntMemory + indicatorMemory*int64(set.Len()))
	table := attack.Load()
	summary := report.NewSummary(table)
	out, err := newOutputs(c.Out, c.Profile, table)
	if err != nil {
		return nil, err
	}
	defer out.discard()
	progress := &scan.Progress{}
	start := s.env.Now()
	stop := s.watch(ctx, "hunt", c.Paths, progress)
	defer stop()
	c.headers = rules.Names()
	reading, err := c.scan(ctx, s.env, c.Paths, progress)
	if err != nil {
		return nil, err
	}
	opt := detect.Options{
		Scan: reading, Rules: rules, Attack: table, Filter: c.filter(),
		Intel: set, Patterns: s.carriedPatterns(imported), Carried: answerable(imported), KeepDuplicates: c.KeepDuplicates, Scratch: scratch{s.env.TempDir},
	}
	opt.Filter.MinLevel = c.Level.Level
	opt.Scan.Hash = c.Out != ""
	sinks := append(report.Sinks{summary}, out.sinks...)
	res, err := detect.Hunt(ctx, c.Paths, opt, sinks.Write)
	stop()
	if err != nil {
		return nil, err
	}
	manifest := c.manifest(rules, res)
	if c.Out != "" {
		addHashes(ctx, manifest)
		manifest.Indicators = intelHashes(ctx, s.env, c.Intel)
	}
	wrote, err := out.finish(sinks, res, manifest)
	if err != nil {
		return nil, err
	}
	if !res.Health.Complete {
		fmt.Fprintln(s.err, progressOf(progress, "hunt", s.env.Now().Sub(start)).Stopped(c.Out))
	}
	if err := c.print(s, rules, set, summary, res, wrote, next); err != nil {
		return res, err
	}
	return res, c.verdict(res)
}

// prepare loads what the hunt looks for. Reading rules leaves time to compile
// the indicators.
func (c *huntCmd) prepare(ctx context.Context, s *session) (*detect.Rules, *intel.Set, *intel.Import, error) {
	s.limitMemory(loadMemory + indicatorText*c.intelBytes())
	imported, err := c.readIntel(ctx, s)
	if err != nil {
		return nil, nil, nil, err
	}
	if src, ok, err := carriedRules(imported); err != nil {
		return nil, nil, nil, err
	} else if ok {
		c.extra = append(c.extra, src)
	}
	c.optional = imported != nil
	compiled := s.startCompiling(imported)
	rules, err := c.load(ctx, s, detect.RuleOptions{MinLevel: c.Level.Level, Workers: c.Workers})
	set := compiled()
	if err != nil {
		return nil, nil, nil, err
	}
	s.tellRejected(rules)
	return rules, set, imported, nil
}

// Memory that a hunt should take. What it holds at a time is well below that,
// whatever the evidence; only indicators come on top.
const (
	huntMemory      = 270 << 20
	loadMemory      = 200 << 20 // before the hunt begins
	indicatorMemory = 350       // with the garbage of its time
	indicatorText   = 3         // per byte of their files, while they are read
)

// limitMemory tells the runtime how much to take.
func (s *session) limitMemory(bytes int64) {
	if s.env.Memory != nil {
		s.env.Memory(bytes)
	}
}

// verdict turns a result into the exit code.
func (c *huntCmd) verdict(res *detect.Result) error {
	if !res.Health.Complete {
		return context.Canceled
	}
	if err := nothingRead(res.Files); err != nil {
		return err
	}
	if c.FailOn != nil {
		for l := c.FailOn.Level; l <= detect.Critical; l++ {
			if res.Levels[l] > 0 {
				return errFound
			}
		}
	}
	return nil
}

// maxTold is how many rejected rules are told one by one.
const maxTold = 3

// tellRejected says which rules the hunt goes on without.
func (s *session) tellRejected(rules *detect.Rules) {
	if rules.Replaced > 0 {
		s.warn("%s in several sets in different versions: those of --rules come first, then installed ones, then Tyto's own",
			report.Counted(int64(rules.Replaced), "rule is", "rules are"))
	}
	n := len(rules.Rejected)
	if n == 0 {
		return
	}
	if n <= maxTold {
		for _, r := range rules.Rejected {
			s.warn("rules: %s: %s", place(r.Path, r.Line), r.Reason)
		}
	}
	s.warn("%d of %d rules rejected; the hunt goes on without them (--strict to stop, tyto rules check to see why)",
		n, n+rules.Loaded())
}

// print shows the first screen, or its JSON form.
func (c *huntCmd) print(s *session, rules *detect.Rules, set *intel.Set, summary *report.Summary, res *detect.Result, wrote []string, next []report.Command) error {
	return s.buffered(func(w *bufio.Writer) error {
		screen := &report.Screen{
			Facts: facts(rules, set, res), Summary: summary, Health: res.Health,
			Folder: c.Out, Wrote: wrote, Next: next,
		}
		if next == nil {
			screen.Next = c.next(res)
		}
		if c.JSON {
			return report.WriteJSON(w, screen.Object())
		}
		return screen.Write(w, report.Style{Width: s.env.OutWidth, Color: s.outColor})
	})
}

// next proposes what to type after this hunt.
func (c *huntCmd) next(res *detect.Result) []report.Command {
	path := typed(c.Paths...)
	out := []report.Command{}
	if c.Out == "" {
		out = append(out, report.Command{
			Line: fmt.Sprintf("tyto hunt %s -o case1", path), Why: "the same, with all findings, a timeline and a layer in files",
		})
	} else if res.Top != "" {
		out = append(out, report.Command{
			Line: fmt.Sprintf("tyto show %s --in %s", res.Top, typed(c.Out)), Why: "the gravest finding, its reason and raw record",
		})
	}
	if slices.Contains(c.Paths, source.Stdin) {
		return out // it is gone
	}
	return append(out,
		report.Command{Line: "tyto metrics " + path, Why: "what the evidence holds: logs, hosts, times, gaps"},
		report.Command{Line: "tyto search WORD " + path, Why: "look for a name, an address or a command"},
	)
}

// typed writes arguments as a shell takes them.
func typed(args ...string) string {
	plain := func(r rune) bool {
		return r >= utf8.RuneSelf || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune(`-_./:,+=@%`, r) || r == filepath.Separator
	}
	out := make([]string, len(args))
	for i, a := range args {
		if out[i] = a; a == "" || strings.ContainsFunc(a, func(r rune) bool { return !plain(r) }) {
			out[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(out, " ")
}

// facts is what the screen says about the evidence.
func facts(rules *detect.Rules, set *intel.Set, res *detect.Result) report.Facts {
	f := report.Facts{
		Version: Version, Records: res.Health.Evidence.Records, Bytes: res.Health.Evidence.Bytes,
		Rules: rules.Loaded(), Hosts: len(res.Hosts), NoProcessLog: res.NoProcessLog, ProcessRules: rules.ProcessRules(),
	}
	f.Indicators, f.Answers = set.Len(), answers(res.Sightings)
	f.From, f.To = span(res.Files)
	for _, l := range res.Logs {
		f.Logs = append(f.Logs, report.LogCount(l))
	}
	return f
}

// answers counts what was found out about indicators; nil without any.
func answers(all *intel.Sightings) *report.Answers {
	if all == nil {
		return nil
	}
	n := all.Count()
	return &report.Answers{Seen: n[intel.AnswerSeen], NotSeen: n[intel.AnswerNotSeen], NotCovered: n[intel.AnswerNotCovered]}
}

// span is the time that all files cover.
func span(files []*scan.File) (from, to time.Time) {
	for _, f := range files {
		if from.IsZero() || !f.First.IsZero() && f.First.Before(from) {
			from = f.First
		}
		if f.Last.After(to) {
			to = f.Last
		}
	}
	return from, to
}

// manifest tells what was hunted with what.
func (c *huntCmd) manifest(rules *detect.Rules, res *detect.Result) *report.Manifest {
	m := &report.Manifest{ProgramVersion: Version, Command: c.command(), Complete: res.Health.Complete}
	if from, to := span(res.Files); !from.IsZero() {
		m.First, m.Last = &from, &to
	}
	for _, f := range res.Files {
		m.Evidence = append(m.Evidence, report.Evidence{Path: f.Path, Member: f.Member, Bytes: f.Size, SHA256: f.SHA256})
	}
	for _, src := range rules.Sources {
		m.Rules = append(m.Rules, report.RuleSet{Source: src.Source, Rules: src.Rules, SHA256: src.SHA256})
	}
	return m
}

// command is the hunt's options that decide what is found, in one spelling.
func (c *huntCmd) command() []string {
	paths := slices.Clone(c.Paths)
	slices.Sort(paths)
	out := []string{"hunt"}
	flag := func(name, value string) {
		if value != "" {
			out = append(out, "--"+name+"="+value)
		}
	}
	if !c.From.IsZero() {
		flag("from", c.From.Format(time.RFC3339Nano))
	}
	if !c.To.IsZero() {
		flag("to", c.To.Format(time.RFC3339Nano))
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"host", c.Host}, {"as", []string{c.As}}, {"map", []string{c.Map}}, {"rules", c.Rules}, {"intel", c.Intel}, {"rule", c.Rule}, {"exclude-rule", c.ExcludeRule}} {
		for _, v := range list.values {
			flag(list.name, filepath.ToSlash(v))
		}
	}
	for name, set := range map[string]bool{
		"carve": c.Carve, "no-builtin": c.NoBuiltin, "no-installed": c.NoInstalled, "keep-duplicates": c.KeepDuplicates,
	} {
		if set {
			out = append(out, "--"+name)
		}
	}
	if c.Level.Level > detect.Informational {
		flag("level", c.Level.String())
	}
	slices.Sort(out[1:])
	for _, p := range paths {
		out = append(out, strings.TrimSuffix(filepath.ToSlash(p), "/"))
	}
	return out
}
