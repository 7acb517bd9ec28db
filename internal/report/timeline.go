package report

import (
	"bufio"
	"io"
	"strings"

	"tyto/internal/detect"
	"tyto/internal/report/inert"
)

// TimelineCSV writes timeline.csv: one finding a row, in the columns that
// Hayabusa's users and their scripts know. All cells but numbers stand in
// double quotes and on one line, and no cell is a formula.
type TimelineCSV struct {
	w       *bufio.Writer
	columns []string
	cells   *cells
	started bool
}

// NewTimelineCSV makes a writer over w. The head is written even if no finding
// follows. The error is a profile that does not exist.
func NewTimelineCSV(w io.Writer, opt TimelineOptions) (*TimelineCSV, error) {
	columns, err := opt.Profile.Columns()
	if err != nil {
		return nil, err
	}
	return &TimelineCSV{w: bufio.NewWriterSize(w, 1<<16), columns: columns, cells: newCells(opt, columns)}, nil
}

// Write implements [Sink].
func (x *TimelineCSV) Write(f *detect.Finding) error {
	x.head()
	x.cells.begin(f)
	for i, column := range x.columns {
		if i > 0 {
			x.w.WriteByte(',')
		}
		text, numeric := x.cells.text(column, f)
		if numeric {
			x.w.WriteString(text)
		} else {
			x.quote(text)
		}
	}
	return x.w.WriteByte('\n')
}

// Close implements [Sink].
func (x *TimelineCSV) Close() error {
	x.head()
	return x.w.Flush()
}

// head writes the names of the columns, once.
func (x *TimelineCSV) head() {
	if x.started {
		return
	}
	x.started = true
	x.w.WriteString(`"` + strings.Join(x.columns, `","`) + "\"\n")
}

// quote writes a cell in quotes. Errors of a bufio.Writer stay, and the last
// write of a row reports them.
func (x *TimelineCSV) quote(s string) {
	s = inert.Cell(s)
	x.w.WriteByte('"')
	if strings.Contains(s, `"`) {
		s = strings.ReplaceAll(s, `"`, `""`)
	}
	x.w.WriteString(s)
	x.w.WriteByte('"')
}

// TimelineJSONL writes timeline.jsonl: one flat object a line, with the keys
// that Timesketch demands (message, datetime, timestamp_desc), the columns of
// the profile, and the list tag.
type TimelineJSONL struct {
	w       *bufio.Writer
	columns []string
	cells   *cells
	enc     encoder
}

// NewTimelineJSONL makes a writer over w. The error is a profile that does not
// exist.
func NewTimelineJSONL(w io.Writer, opt TimelineOptions) (*TimelineJSONL, error) {
	columns, err := opt.Profile.Columns()
	if err != nil {
		return nil, err
	}
	return &TimelineJSONL{w: bufio.NewWriterSize(w, 1<<16), columns: columns, cells: newCells(opt, columns)}, nil
}

// Write implements [Sink].
func (x *TimelineJSONL) Write(f *detect.Finding) error {
	x.cells.begin(f)
	x.enc.b = x.enc.b[:0]
	x.enc.open()
	x.enc.must("message", x.message(f))
	x.enc.must("datetime", datetime(f))
	x.enc.must("timestamp_desc", "Tyto")
	for _, column := range x.columns {
		x.column(column, f)
	}
	x.enc.list("tag", tagList(f))
	x.enc.end()
	x.enc.b = append(x.enc.b, '\n')
	_, err := x.w.Write(x.enc.b)
	return err
}

// Close implements [Sink].
func (x *TimelineJSONL) Close() error { return x.w.Flush() }

// message is the line that an analyst reads in the timeline.
func (x *TimelineJSONL) message(f *detect.Finding) string {
	if !x.cells.split {
		return inert.Line(f.Title)
	}
	return inert.Line(f.Title) + " | " + string(x.cells.details.main)
}

// column writes one column; what is not there is left out.
func (x *TimelineJSONL) column(name string, f *detect.Finding) {
	text, numeric := x.cells.text(name, f)
	switch {
	case numeric:
		x.enc.key(name)
		x.enc.b = append(x.enc.b, text...)
	case text != "-":
		x.enc.str(name, inert.Line(text))
	}
}

// datetime is the time in ISO 8601 with microseconds and zone. The key is
// mandatory, so a finding without a time stands at the beginning of Unix time.
func datetime(f *detect.Finding) string {
	if f.Time.IsZero() {
		return "1970-01-01T00:00:00.000000+00:00"
	}
	return clamp(f.Time).Format("2006-01-02T15:04:05.000000-07:00")
}

// tagList is what Timesketch filters by: kind, level, tactics and techniques.
func tagList(f *detect.Finding) []string {
	tags := make([]string, 0, 2+len(f.Tactics)+len(f.Techniques))
	tags = append(tags, f.Kind, f.Level.String())
	tags = append(tags, f.Tactics...)
	return append(tags, f.Techniques...)
}
