package cli

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tyto/internal/detect"
	"tyto/internal/source/formats"
	"tyto/sigma"
)

// A coverageRow says which formats can show a log source to its rules.
type coverageRow struct {
	Logsource string   `json:"logsource"`
	Rules     int      `json:"rules"`
	Formats   []string `json:"formats,omitempty"`
	Logs      []string `json:"logs,omitempty"`   // of Windows
	Reason    string   `json:"reason,omitempty"` // why no format shows it
}

// coverage lists the log sources that the rules name, the most used first.
func coverage(set *detect.Rules) []coverageRow {
	counts := make(map[sigma.Logsource]int)
	for _, r := range set.Rules {
		l := r.Logsource
		l.Definition = ""
		counts[l]++
	}
	var rows []coverageRow
	for l, n := range counts {
		rows = append(rows, cover(l, n))
	}
	slices.SortFunc(rows, func(a, b coverageRow) int {
		return cmp.Or(cmp.Compare(b.Rules, a.Rules), strings.Compare(a.Logsource, b.Logsource))
	})
	return rows
}

func cover(l sigma.Logsource, rules int) coverageRow {
	row := coverageRow{Logsource: l.String(), Rules: rules}
	row.Reason = formats.Unsupported(l.Product, l.Category, l.Service)
	if row.Reason != "" {
		return row
	}
	if l.Product == "windows" {
		row.Logs = sigma.LogNames(l)
	}
	for _, d := range formats.Descriptions() {
		if serves(d, l, len(row.Logs) > 0) {
			row.Formats = append(row.Formats, d.Name)
		}
	}
	if len(row.Formats) == 0 {
		row.Reason = "no format of Tyto has such records"
	}
	return row
}

// serves reports whether a format shows a log source. Formats of Windows events
// show those that have a log there.
func serves(d formats.Description, l sigma.Logsource, windowsLog bool) bool {
	if d.Windows && (windowsLog || l.Product == "" && l.Category == "antivirus") {
		return true
	}
	return slices.ContainsFunc(d.Feeds, func(f formats.Feed) bool { return f.Serves(l.Product, l.Category, l.Service) })
}

// printCoverage prints the table.
func (s *session) printCoverage(w *bufio.Writer, rows []coverageRow, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		for _, r := range rows {
			if err := enc.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	t := table(">rules", "log source", "formats", "not read because")
	bound := 0
	for _, r := range rows {
		if len(r.Formats) > 0 {
			bound++
		}
		addRow(t, fmt.Sprint(r.Rules), r.Logsource, strings.Join(r.Formats, " "), r.Reason)
	}
	if err := s.printTable(w, t, 0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d of %d log sources are read\n", bound, len(rows))
	return err
}
