package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tyto/internal/intel"
	"tyto/internal/intel/warninglist"
	"tyto/internal/report"
	"tyto/internal/report/inert"
	"tyto/internal/source"
	"tyto/stix"
)

// intelCmd groups the commands about indicators.
type intelCmd struct {
	Check intelCheckCmd `cmd:"" help:"Say of each indicator what it may be used for, and why."`
	Lint  intelLintCmd  `cmd:"" help:"Check STIX bundles against the standard."`
}

// intelCheckCmd decides about indicators without hunting for them.
type intelCheckCmd struct {
	Paths []string `arg:"" help:"STIX, MISP, CSV or plain lists: files, folders or archives." name:"path"`
	JSON  bool     `help:"Print one JSON object an indicator." name:"json"`
	All   bool     `help:"Also list the indicators that nothing is said against."`
}

// Run implements the command.
func (c *intelCheckCmd) Run(ctx context.Context, s *session) error {
	all, err := importIntel(ctx, s.env, c.Paths)
	if err != nil {
		return err
	}
	checked := intel.Check(all.Indicators, warninglist.Load())
	expired := checked.Expired(s.env.Now(), c.JSON || c.All)
	err = s.buffered(func(w *bufio.Writer) error {
		if c.JSON {
			return checkJSON(w, all, checked)
		}
		if err := c.print(w, s, all, checked); err != nil {
			return err
		}
		if expired > 0 {
			fmt.Fprintf(w, "%s expired: what is found of them is historic (--all shows when)\n",
				report.Counted(int64(expired), "indicator has", "indicators have"))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(checked.Indicators)+len(all.Patterns)+len(all.Sigma)+len(all.Kept) == 0 {
		return &hintError{fmt.Errorf("no indicators there"), "tyto reads STIX 2.x, MISP events, CSV with a header, and lists with one value a line"}
	}
	return nil
}

// checkJSON prints a line for everything that was given: values, rules and
// patterns, and what could not be used at all.
func checkJSON(w io.Writer, all *intel.Import, checked *intel.Checked) error {
	enc := json.NewEncoder(w)
	for i := range checked.Indicators {
		if err := enc.Encode(checked.Indicators[i].Record()); err != nil {
			return err
		}
	}
	for _, r := range slices.Concat(carriedRecords(all), problemRecords(all)) {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// carriedRecords says what becomes of rules and patterns.
func carriedRecords(all *intel.Import) []intel.Record {
	var out []intel.Record
	for _, c := range all.Patterns {
		decision := cmp.Or(c.Asked, intel.Detect)
		out = append(out, carriedRecord(intel.PatternKind, c, decision, "more than a set of values: followed over the events themselves"))
	}
	for _, c := range all.Sigma {
		out = append(out, carriedRecord("sigma", c, intel.Detect, "a Sigma rule: runs with the other rules"))
	}
	for _, c := range all.Kept {
		out = append(out, carriedRecord(c.Kind, c, intel.Context, c.Why))
	}
	return out
}

func carriedRecord(kind string, c intel.Carried, d intel.Decision, why string) intel.Record {
	r := intel.Record{Type: kind, Value: c.Text, Decision: d, Reasons: []string{why}, Source: sourceOf(c), From: stampOf(c.From), Until: stampOf(c.Until)}
	if c.Claim != nil {
		r.File, r.Grade = c.Claim.File, c.Claim.Grade.String()
	}
	return r
}

func stampOf(sec int64) string {
	if sec == 0 {
		return ""
	}
	return second(sec).Format(time.RFC3339)
}

// problemRecords are the entries that are no indicators, with the reason.
func problemRecords(all *intel.Import) []intel.Record {
	var out []intel.Record
	for _, p := range all.Problems {
		out = append(out, intel.Record{
			Type: "other", Value: p.Value, Decision: intel.Rejected, Reasons: []string{p.Reason},
			Source: p.File, File: p.File, Line: int32(min(max(p.Line, int64(p.Entry)), 1<<31-1)),
		})
	}
	if more := all.Skipped - len(all.Problems); more > 0 {
		out = append(out, intel.Record{Type: "other", Decision: intel.Rejected, Reasons: []string{fmt.Sprintf("%d more entries that could not be used", more)}})
	}
	return out
}

func (c *intelCheckCmd) print(w *bufio.Writer, s *session, all *intel.Import, checked *intel.Checked) error {
	t := table("decision", "type", "value", "why", "source")
	order := make([]int, 0, len(checked.Indicators))
	for i := range checked.Indicators {
		in := &checked.Indicators[i]
		if c.All || in.Decision != intel.Detect || len(in.Reasons) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &checked.Indicators[a], &checked.Indicators[b]
		return cmp.Or(cmp.Compare(x.Decision, y.Decision), cmp.Compare(x.Type, y.Type))
	})
	for _, i := range order {
		r := checked.Indicators[i].Record()
		addRow(t, r.Decision.String(), r.Type, r.Value, strings.Join(r.Reasons, "; "), r.Source)
	}
	if len(order) > 0 {
		if err := s.printTable(w, t, 0); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	for _, p := range all.Problems {
		fmt.Fprintln(w, inert.Text(p.String()))
	}
	fmt.Fprintf(w, "%d indicators: %d detect, %d hunt, %d context, %d rejected; %d entries could not be used\n",
		len(checked.Indicators), checked.Count(intel.Detect), checked.Count(intel.Hunt),
		checked.Count(intel.Context), checked.Count(intel.Rejected), all.Skipped)
	if n := len(all.Patterns); n > 0 {
		fmt.Fprintf(w, "%s of more than values: followed over the events of a hunt\n", report.Counted(int64(n), "STIX pattern", "STIX patterns"))
	}
	if n := len(all.Sigma); n > 0 {
		fmt.Fprintf(w, "%s: run with the other rules of a hunt\n", report.Counted(int64(n), "Sigma rule", "Sigma rules"))
	}
	for _, text := range notEvaluated(all) {
		fmt.Fprintf(w, "%s: kept, not evaluated\n", inert.Text(text))
	}
	if all.Withdrawn > 0 {
		fmt.Fprintf(w, "%s taken back by their source\n", report.Counted(int64(all.Withdrawn), "entry was", "entries were"))
	}
	fmt.Fprintln(w, listsLine())
	return nil
}

// listsLine names the warninglists that decisions rest on.
func listsLine() string {
	newest := ""
	lists := warninglist.Load().Lists()
	for _, l := range lists {
		newest = max(newest, l.Version)
	}
	return fmt.Sprintf("checked against %d MISP warninglists, the newest of version %s", len(lists), newest)
}

// intelLintCmd validates STIX.
type intelLintCmd struct {
	Paths []string `arg:"" help:"STIX bundles or objects: files, folders or archives." name:"path"`
	JSON  bool     `help:"Print one JSON object a remark." name:"json"`
}

// A lintRemark is one line of "intel lint --json".
type lintRemark struct {
	File     string `json:"file"`
	Object   string `json:"object,omitempty"`
	Path     string `json:"path,omitempty"`
	Severity string `json:"severity"`
	Rule     string `json:"rule"`
	Text     string `json:"text"`
	Hint     string `json:"hint,omitempty"`
}

// Run implements the command. It fails when a rule of the standard is broken.
func (c *intelLintCmd) Run(ctx context.Context, s *session) error {
	objects, broken := 0, 0
	err := s.buffered(func(w *bufio.Writer) error {
		for in, skip := range source.Walk(ctx, c.Paths, source.Options{TempDir: s.env.TempDir}) {
			if skip != nil {
				broken++
				c.remark(w, lintRemark{File: memberName(skip.Path, skip.Member), Severity: "error", Rule: "read", Text: skip.Reason})
				continue
			}
			n, bad := c.file(w, in)
			objects, broken = objects+n, broken+bad
			in.Close()
		}
		return ctx.Err()
	})
	switch {
	case err != nil:
		return err
	case broken > 0:
		return fmt.Errorf("%d errors in %d objects", broken, objects)
	}
	fmt.Fprintf(s.err, "tyto: %d objects, no errors\n", objects)
	return nil
}

// file lints one file and returns how many objects and errors it has.
func (c *intelLintCmd) file(w *bufio.Writer, in *source.Input) (objects, broken int) {
	name := memberName(in.Path, in.Member)
	for o, err := range stix.ReadBundle(io.NewSectionReader(in, 0, in.Size), stix.ReadOptions{}) {
		if err != nil {
			broken++
			r := lintRemark{File: name, Severity: "error", Rule: "json", Text: err.Error()}
			if objects == 0 {
				r.Hint = "lint is for STIX; tyto intel check takes MISP and lists too"
			}
			c.remark(w, r)
			continue
		}
		objects++
		for _, p := range stix.Lint(o) {
			if p.Severity == stix.Error {
				broken++
			}
			c.remark(w, lintRemark{name, o.ID, p.Path, p.Severity.String(), p.Rule, p.Text, p.Hint})
		}
	}
	return objects, broken
}

func (c *intelLintCmd) remark(w *bufio.Writer, r lintRemark) {
	if c.JSON {
		if b, err := json.Marshal(r); err == nil {
			w.Write(append(b, '\n'))
		}
		return
	}
	var parts []string
	for _, p := range []string{r.File, r.Object, r.Severity, r.Path, r.Text} {
		if p != "" {
			parts = append(parts, inert.Text(p))
		}
	}
	fmt.Fprintf(w, "%s [%s]\n", strings.Join(parts, ": "), r.Rule)
	if r.Hint != "" {
		fmt.Fprintf(w, "    %s\n", inert.Text(r.Hint))
	}
}
