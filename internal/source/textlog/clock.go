package textlog

import (
	"bytes"
	"context"
	"time"

	"tyto/internal/event"
	"tyto/internal/source"
)

// A Clock turns the dates of a log into times, and remembers what it had to
// assume. It is the one place where that is decided:
//
//   - a date without zone is read as UTC;
//   - the last date without year is dated by the file's own date, as the last
//     such day that is not after it; before it a step of more than half a year
//     into the future goes back to the year before;
//   - an event whose line has no date has the time of the header that carried
//     it, or none.
type Clock struct {
	header   time.Time // of the current line
	zoned    bool      // the header says its zone
	dated    bool      // the header's date has a year
	local    bool
	guessed  bool
	undated  bool
	unknown  bool
	modified time.Time
	year     int // of the last date without one, 0 before the first
	day      int // of the year, of the last date without year
}

// How far dates may jump, in days, without a change of the year: back by half a
// year, and ahead by all but the month in which lines may have changed places
// around New Year.
const (
	halfYear   = 180
	mostOfYear = 335
)

func (c *Clock) begin(ctx context.Context, in *source.Input) {
	*c = Clock{modified: in.ModTime}
	if !in.ModTime.IsZero() && yearless(in.Head) {
		c.count(ctx, in)
	}
}

// count walks over the file to find the year in which it begins.
func (c *Clock) count(ctx context.Context, in *source.Input) {
	var l lines
	var last Date
	l.open(in, source.Part{To: in.Size})
	year, day := 0, 0
	for n := 0; l.next(); n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return
		}
		h, _ := ParseHeader(l.text)
		if h.Dated && h.Date.Yearless() {
			last = h.Date
			year, day = step(year, day, &last)
		}
	}
	if day == 0 {
		return
	}
	end := c.modified.UTC().Year()
	if c.future(last.time(end)) {
		end--
	}
	c.year = end - year
}

// step follows the years of dates without year: they change where dates jump
// back by more than half a year.
func step(year, day int, d *Date) (int, int) {
	next := (d.Month-1)*31 + d.Day
	switch {
	case day == 0:
	case next < day-halfYear:
		year++
	case next > day+mostOfYear:
		year--
	}
	return year, next
}

// now takes note of the header of the current line.
func (c *Clock) now(h *Header) {
	c.header = time.Time{}
	if h.Dated {
		c.header, _ = c.resolve(&h.Date)
		c.zoned, c.dated = h.Date.Zoned, !h.Date.Yearless()
	}
}

// Time returns the time of a date, false when its year cannot be known.
func (c *Clock) Time(d *Date) (time.Time, bool) {
	t, ok := c.resolve(d)
	c.local = c.local || ok && !d.Zoned
	c.guessed = c.guessed || ok && d.Yearless()
	return t, ok
}

func (c *Clock) resolve(d *Date) (time.Time, bool) {
	if !d.Yearless() {
		return d.time(d.Year), true
	}
	if c.modified.IsZero() {
		c.unknown = true
		return time.Time{}, false
	}
	if c.year == 0 {
		c.year = c.modified.UTC().Year()
	}
	year, day := step(c.year, c.day, d)
	if c.future(d.time(year)) {
		// A log does not tell of what comes after it. Such a line stands out of
		// order and must not date those behind it.
		return d.time(year - 1), true
	}
	c.year, c.day = year, day
	return d.time(year), true
}

// future reports whether a time lies behind the file's own, by more than zones
// explain.
func (c *Clock) future(t time.Time) bool { return t.After(c.modified.Add(36 * time.Hour)) }

// Set gives an event its time: that of the line's own date if it has one, or
// else that of the header.
func (c *Clock) Set(e *event.Event, d *Date, ok bool) {
	e.Time = c.header
	if ok {
		if t, known := c.Time(d); known {
			e.Time = t
			return
		}
	}
	c.local = c.local || !c.zoned && !c.header.IsZero()
	c.guessed = c.guessed || !c.dated && !c.header.IsZero()
	if e.Time.IsZero() {
		c.undated = true
	}
}

// Put gives an event a time that a log wrote in full. Without ok the header
// decides.
func (c *Clock) Put(e *event.Event, t time.Time, zoned, ok bool) {
	if !ok {
		c.Set(e, nil, false)
		return
	}
	c.local = c.local || !zoned
	e.Time = t
}

func (c *Clock) notes() (out []string) {
	if c.local {
		out = append(out, "times without zone: read as UTC")
	}
	if c.guessed {
		out = append(out, "dates without year: counted back from the file's date")
	}
	if c.unknown {
		out = append(out, "dates without year in a file without date: left out")
	}
	if c.undated {
		out = append(out, "events without a time")
	}
	return out
}

// yearless reports whether a file's first lines have dates without year.
func yearless(head []byte) bool {
	text := source.Text(head)
	for range 5 {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		if h, n := ParseHeader(bytes.TrimRight(line, "\r")); n > 0 && h.Dated && h.Date.Yearless() {
			return true
		}
		text = rest
	}
	return false
}
