package report

import (
	"io"
	"strings"

	"tyto/internal/report/inert"
)

// A Table is printed by commands that list things: metrics, rules, hosts.
type Table struct {
	Columns []Column
	Rows    [][]string // cells may hold log values; short rows are filled up
}

// A Column is one column of a [Table].
type Column struct {
	Name  string
	Right bool // numbers stand at the right
	Keep  bool // never narrower than its widest cell, as long as there is room
}

// cellMost is how wide a column is taken at most before any sharing.
const cellMost = 200

// Write prints the table with a head line. Columns take what they need; if that
// is too much, the widest are narrowed and their cells cut in the middle.
// Nothing ever wraps. A style of width 0 means that there is no terminal: the
// table then has the width it needs.
func (t *Table) Write(w io.Writer, style Style) error {
	widths := t.needs()
	limit := 0
	if style.Width > 0 {
		limit = max(style.Width, 20)
		t.narrow(widths, limit-2*(len(widths)-1))
	}
	var b strings.Builder
	head := line{}
	for i, c := range t.Columns {
		head = append(head, t.cell(c.Name, i, widths[i], bold)...)
	}
	emit := func(l line) {
		if limit > 0 {
			l = l.fit(limit)
		}
		l.render(&b, style.Color)
	}
	emit(head)
	for _, row := range t.Rows {
		l := line{}
		for i := range t.Columns {
			text := ""
			if i < len(row) {
				text = row[i]
			}
			l = append(l, t.cell(text, i, widths[i], noPaint)...)
		}
		emit(l)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// needs returns how wide each column would like to be.
func (t *Table) needs() []int {
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = inert.Width(inert.Short(c.Name, cellMost))
	}
	for _, row := range t.Rows {
		for i := range min(len(row), len(widths)) {
			widths[i] = max(widths[i], inert.Width(inert.Short(row[i], cellMost)))
		}
	}
	return widths
}

// narrow takes width from the widest columns until all fit, first from those
// that need not be kept.
func (t *Table) narrow(widths []int, room int) {
	for _, keep := range []bool{true, false} {
		for sum(widths) > room {
			widest := -1
			for i, w := range widths {
				if keep && t.Columns[i].Keep || w <= 4 {
					continue
				}
				if widest < 0 || w > widths[widest] {
					widest = i
				}
			}
			if widest < 0 {
				break
			}
			widths[widest]--
		}
	}
}

// cell lays a cell out, with the space before the next.
func (t *Table) cell(text string, i, width int, p paint) line {
	s := quote(text, width)
	s.text = inert.Pad(s.text, width, t.Columns[i].Right)
	s.paint = p
	if i == len(t.Columns)-1 {
		return line{s}
	}
	return line{s, say("  ")}
}

func sum(list []int) int {
	n := 0
	for _, x := range list {
		n += x
	}
	return n
}
