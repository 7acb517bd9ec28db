package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tyto/internal/detect"
	"tyto/internal/report/inert"
	"tyto/sigma"
)

// rulesCmd groups the commands about rules.
type rulesCmd struct {
	Check   rulesCheckCmd   `cmd:"" help:"Check rule files; say what is wrong, where, and what to do."`
	List    rulesListCmd    `cmd:"" help:"List the rules that a hunt would use."`
	Show    rulesShowCmd    `cmd:"" help:"Show one rule with its logs, fields and conditions."`
	Install rulesInstallCmd `cmd:"" help:"Keep a set of rules for all later hunts."`
}

// rulesCheckCmd lints rule files.
type rulesCheckCmd struct {
	Paths    []string `arg:"" help:"Rule files, folders or zips." name:"path"`
	Warnings bool     `help:"Show warnings too." default:"true" negatable:""`
	JSON     bool     `help:"Print one JSON object a remark." name:"json"`
}

// Run implements the command. It fails when a rule cannot be used.
func (c *rulesCheckCmd) Run(ctx context.Context, s *session) error {
	flags := ruleFlags{Rules: c.Paths, NoBuiltin: true, NoInstalled: true}
	sources, closeAll, err := flags.sources(s.env)
	if err != nil {
		return err
	}
	defer closeAll()
	set, err := detect.LoadRules(ctx, sources, detect.RuleOptions{})
	if err != nil {
		return err
	}
	err = s.buffered(func(w *bufio.Writer) error {
		for _, d := range set.Diagnostics {
			if d.Severity == sigma.Error || c.Warnings {
				c.remark(w, d)
			}
		}
		for _, p := range set.Problems {
			c.problem(w, p)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n := len(set.Rejected); n > 0 {
		return fmt.Errorf("%d of %d rules cannot be used", n, n+set.Loaded())
	}
	if set.Loaded() == 0 {
		if set.Inactive > 0 {
			return &hintError{fmt.Errorf("no rules there but deprecated or unsupported ones"), "their status says so; hunts do not use them"}
		}
		return &hintError{fmt.Errorf("no rules there"), "a rule is a YAML file with title, logsource and detection"}
	}
	fmt.Fprintf(s.err, "tyto: %d rules, no errors\n", set.Loaded())
	return nil
}

// A ruleRemark is one remark of rules check for programs.
type ruleRemark struct {
	Path     string `json:"path"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Severity string `json:"severity"`
	Text     string `json:"text"`
	Hint     string `json:"hint,omitempty"`
}

func (r ruleRemark) write(w *bufio.Writer) {
	if b, err := json.Marshal(r); err == nil {
		w.Write(append(b, '\n'))
	}
}

// problem tells why a document is not used that is well written by itself.
func (c *rulesCheckCmd) problem(w *bufio.Writer, p detect.Rejection) {
	if c.JSON {
		ruleRemark{Path: p.Path, Line: p.Line, Severity: sigma.Error.String(), Text: p.Reason}.write(w)
		return
	}
	fmt.Fprintf(w, "%s: error: %s\n", inert.Text(place(p.Path, p.Line)), inert.Text(p.Reason))
}

func (c *rulesCheckCmd) remark(w *bufio.Writer, d sigma.Diagnostic) {
	if c.JSON {
		ruleRemark{d.File, d.Line, d.Col, d.Severity.String(), d.Text, d.Hint}.write(w)
		return
	}
	fmt.Fprintf(w, "%s:%d:%d: %s: %s\n", inert.Text(d.File), d.Line, d.Col, d.Severity, inert.Text(d.Text))
	if d.Quote != "" {
		quote := strings.TrimRight(strings.ReplaceAll(d.Quote, "\t", " "), "\r\n")
		fmt.Fprintf(w, "    %s\n    %s%s", inert.Text(quote), strings.Repeat(" ", max(0, d.Col-1)), strings.Repeat("^", max(1, d.Width)))
		if d.Hint != "" {
			fmt.Fprintf(w, " %s", inert.Text(d.Hint))
		}
		fmt.Fprintln(w)
	} else if d.Hint != "" {
		fmt.Fprintf(w, "    %s\n", inert.Text(d.Hint))
	}
}

func place(path string, line int) string {
	if line == 0 {
		return path
	}
	return fmt.Sprintf("%s:%d", path, line)
}

// rulesListCmd lists loaded rules.
type rulesListCmd struct {
	ruleFlags `embed:""`
	Level     levelFlag `help:"Only rules of this level or above." placeholder:"LEVEL"`
	Coverage  bool      `help:"List log sources instead, with the formats that show them, or why none does."`
	JSON      bool      `help:"Print one JSON object a line." name:"json"`
}

// Run implements the command.
func (c *rulesListCmd) Run(ctx context.Context, s *session) error {
	set, err := c.load(ctx, s, detect.RuleOptions{MinLevel: c.Level.Level})
	if err != nil {
		return err
	}
	if c.Coverage {
		return s.buffered(func(w *bufio.Writer) error { return s.printCoverage(w, coverage(set), c.JSON) })
	}
	rows := ruleRows(set)
	return s.buffered(func(w *bufio.Writer) error {
		if c.JSON {
			return printRowsJSON(w, rows)
		}
		t := table("level", "kind", "log source", "title", "author", "id")
		for _, r := range rows {
			addRow(t, r.Level, r.Kind, r.Logsource, r.Title, r.Author, r.ID)
		}
		if err := s.printTable(w, t, 0); err != nil {
			return err
		}
		fmt.Fprintln(w)
		for _, src := range set.Sources {
			fmt.Fprintf(w, "%s: %d rules\n", inert.Text(src.Source), src.Rules)
		}
		if set.Inactive > 0 {
			fmt.Fprintf(w, "%d deprecated or unsupported, not used\n", set.Inactive)
		}
		if n := len(set.Rejected); n > 0 {
			fmt.Fprintf(w, "%d rejected (tyto rules check)\n", n)
		}
		return nil
	})
}

// A ruleRow is one rule in the list.
type ruleRow struct {
	ID        string   `json:"id,omitempty"`
	Title     string   `json:"title"`
	Level     string   `json:"level,omitempty"`
	Kind      string   `json:"kind"`
	Logsource string   `json:"logsource,omitempty"`
	Author    string   `json:"author,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	Path      string   `json:"path"`
}

func ruleRows(set *detect.Rules) []ruleRow {
	var rows []ruleRow
	row := func(m *sigma.Meta, kind, logsource string) {
		rows = append(rows, ruleRow{m.ID, m.Title, m.Level, kind, logsource, m.Author, m.Tags, m.Path})
	}
	for _, r := range set.Rules {
		row(&r.Meta, detect.KindSigma, r.Logsource.String())
	}
	for _, c := range set.Correlations {
		row(&c.Meta, detect.KindCorrelation, c.Type)
	}
	rank := func(level string) int {
		l, _ := detect.ParseLevel(level)
		return -int(l)
	}
	slices.SortStableFunc(rows, func(a, b ruleRow) int {
		return cmp.Or(cmp.Compare(rank(a.Level), rank(b.Level)), strings.Compare(a.Title, b.Title), strings.Compare(a.Path, b.Path))
	})
	return rows
}

func printRowsJSON(w *bufio.Writer, rows []ruleRow) error {
	enc := json.NewEncoder(w)
	for _, r := range rows {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// rulesShowCmd prints one rule's file.
type rulesShowCmd struct {
	ID        string `arg:"" help:"The rule's id or title." name:"rule"`
	ruleFlags `embed:""`
}

// Run implements the command.
func (c *rulesShowCmd) Run(ctx context.Context, s *session) error {
	c.Rule = []string{c.ID}
	sources, closeAll, err := c.sources(s.env)
	if err != nil {
		return err
	}
	defer closeAll()
	set, err := detect.LoadRules(ctx, sources, detect.RuleOptions{Only: c.Rule})
	if err != nil {
		return err
	}
	meta := firstNamed(set, c.ID)
	if meta == nil {
		return &hintError{fmt.Errorf("no rule %q", c.ID), "tyto rules list shows them; --rules adds more"}
	}
	data, err := detect.RuleText(sources, meta.Path)
	if err != nil {
		return err
	}
	return s.buffered(func(w *bufio.Writer) error {
		fmt.Fprintf(w, "# %s\n", inert.Text(meta.Path))
		_, err := fmt.Fprintln(w, inertLines(data))
		return err
	})
}

func firstNamed(set *detect.Rules, word string) *sigma.Meta {
	for _, c := range set.Correlations {
		if c.ID == word || strings.EqualFold(c.Title, word) {
			return &c.Meta
		}
	}
	for _, r := range set.Rules {
		if r.ID == word || strings.EqualFold(r.Title, word) {
			return &r.Meta
		}
	}
	return nil
}

// A levelFlag is a level on the command line.
type levelFlag struct{ detect.Level }

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *levelFlag) UnmarshalText(b []byte) error { return f.Level.UnmarshalText(b) }
