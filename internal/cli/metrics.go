package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tyto/internal/detect"
	"tyto/internal/report"
	"tyto/internal/scan"
)

// metricsCmd counts what evidence holds.
type metricsCmd struct {
	Paths         []string `arg:"" help:"Files, folders and archives; - is standard input." name:"path"`
	evidenceFlags `embed:""`
	JSON          bool `help:"Print JSON." name:"json"`
	Top           int  `help:"How many lines of each table to print; 0 means all." default:"40" placeholder:"N"`
}

// Run implements the command.
func (c *metricsCmd) Run(ctx context.Context, s *session) error {
	if err := c.validate(); err != nil {
		return err
	}
	progress := &scan.Progress{}
	stop := s.watch(ctx, "count", c.Paths, progress)
	defer stop()
	opt, err := c.scan(ctx, s.env, c.Paths, progress)
	if err != nil {
		return err
	}
	survey, err := detect.Look(ctx, c.Paths, opt, c.filter())
	stop()
	if err != nil {
		return err
	}
	if err := nothingRead(survey.Files); err != nil {
		return err
	}
	return s.buffered(func(w *bufio.Writer) error {
		if c.JSON {
			return writeSurveyJSON(w, survey)
		}
		return c.print(w, s, survey)
	})
}

func writeSurveyJSON(w *bufio.Writer, survey *detect.Survey) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Kinds []detect.KindCount `json:"events"`
		Logs  []detect.LogCount  `json:"logs"`
		Gaps  []detect.Gap       `json:"gaps"`
		Caps  []detect.Cap       `json:"caps"`
	}{survey.Kinds, survey.Logs, survey.Gaps, survey.Caps})
}

func (c *metricsCmd) print(w *bufio.Writer, s *session, survey *detect.Survey) error {
	kinds := table(">events", "log", ">event id")
	for _, k := range survey.Kinds {
		addRow(kinds, fmt.Sprint(k.Events), k.Log, eventID(k.EventID))
	}
	logs := table("host", "log", ">events", "first", "last")
	for _, l := range survey.Logs {
		addRow(logs, l.Host, l.Log, fmt.Sprint(l.Events), timeOf(l.First), timeOf(l.Last))
	}
	gaps := table("host", "log", ">records missing", "from", "to")
	for _, g := range survey.Gaps {
		addRow(gaps, g.Host, g.Log, missing(g), timeOf(g.From), timeOf(g.To))
	}
	for i, t := range []*report.Table{kinds, logs, gaps} {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := s.printTable(w, t, c.Top); err != nil {
			return err
		}
	}
	return nil
}

// table makes a table; names that begin with ">" are columns of numbers.
func table(names ...string) *report.Table {
	t := &report.Table{}
	for _, n := range names {
		name, right := strings.CutPrefix(n, ">")
		t.Columns = append(t.Columns, report.Column{Name: name, Right: right, Keep: right})
	}
	return t
}

func addRow(t *report.Table, cells ...string) { t.Rows = append(t.Rows, cells) }

// printTable prints at most top rows (0: all) and says how many are left out.
func (s *session) printTable(w *bufio.Writer, t *report.Table, top int) error {
	left := 0
	if top > 0 && len(t.Rows) > top {
		left = len(t.Rows) - top
		t.Rows = t.Rows[:top]
	}
	if err := t.Write(w, report.Style{Width: s.env.OutWidth, Color: s.outColor}); err != nil {
		return err
	}
	if left > 0 {
		fmt.Fprintf(w, "%d more: --top 0 shows all\n", left)
	}
	return nil
}

func eventID(id int) string {
	if id == 0 {
		return "-"
	}
	return fmt.Sprint(id)
}

func missing(g detect.Gap) string {
	if g.Missing == 0 {
		return "silent"
	}
	return fmt.Sprint(g.Missing)
}

func timeOf(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
