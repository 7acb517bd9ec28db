package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"tyto/internal/report/inert"
)

// A Progress is the state of long work at one moment.
type Progress struct {
	Stage     string // "hunt" while evidence is read, "tie" while findings are joined
	Done      int64  // bytes of evidence, or facts when Facts is set
	Total     int64  // of the same; 0 when unknown (a pipe)
	Events    int64
	Findings  int64
	Facts     bool // Done and Total count facts, and Incidents is told
	Incidents int64
	Elapsed   time.Duration
}

// Line draws the progress line, without an end of line and never wider than
// the width. It is a pure function: when to draw, and how to erase, is the
// caller's business (at most five times a second, erased by "\r\x1b[K", never
// where standard error is no terminal).
func (p Progress) Line(width int) string {
	if width <= 0 {
		width = 80
	}
	head := "tyto: " + inert.Pad(inert.Short(p.Stage, 8), 4, false)
	if p.Total > 0 {
		head += fmt.Sprintf("  %2d %%", p.percent())
	}
	parts := p.parts(width >= 80)
	for n := len(parts); n >= 0; n-- { // what does not fit is dropped from the right
		if text := strings.Join(append([]string{head}, parts[:n]...), "  "); len(text) <= width {
			return text
		}
	}
	return inert.Cut(head, width)
}

// parts are the pieces behind the share, most important first.
func (p Progress) parts(wide bool) []string {
	var out []string
	add := func(s string) {
		if s != "" {
			out = append(out, s)
		}
	}
	if p.Facts {
		add(Counted(p.Done, "fact", "facts"))
		add(Counted(p.Incidents, "incident", "incidents"))
		add(p.left(wide))
		return out
	}
	if !wide {
		add(bytesRound(p.Done))
		add(Counted(p.Findings, "finding", "findings"))
		add(p.left(false))
		return out
	}
	add(doneOf(p.Done, p.Total))
	if rate := p.rate(p.Done); rate > 0 {
		add(bytesRound(rate) + "/s")
	}
	if rate := p.rate(p.Events); rate > 0 {
		add(thousands(threeDigits(rate)) + " events/s")
	}
	add(Counted(p.Findings, "finding", "findings"))
	add(p.left(true))
	return out
}

func (p Progress) percent() int {
	return int(min(99, max(0, int64(100*float64(p.Done)/float64(p.Total)))))
}

// rate is per second, 0 while it would mean nothing.
func (p Progress) rate(n int64) int64 {
	if p.Elapsed < 200*time.Millisecond {
		return 0
	}
	return int64(float64(n) / p.Elapsed.Seconds())
}

// left estimates the rest of the time, after two seconds and when the total is
// known.
func (p Progress) left(wide bool) string {
	if p.Elapsed < 2*time.Second || p.Total <= 0 || p.Done <= 0 {
		return ""
	}
	seconds := p.Elapsed.Seconds() * float64(max(0, p.Total-p.Done)) / float64(p.Done)
	if seconds > 1e7 {
		return ""
	}
	text := shortTime(time.Duration(math.Ceil(seconds)) * time.Second)
	if wide {
		return "about " + text + " left"
	}
	return text
}

func shortTime(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

// Stopped is the line that stays after Ctrl-C.
func (p Progress) Stopped(folder string) string {
	at := ""
	if p.Total > 0 {
		at = fmt.Sprintf(" at %d %%", p.percent())
	}
	head := "tyto: " + inert.Pad(inert.Short(p.Stage, 8), 4, false) + "  stopped" + at
	if folder == "" {
		return head
	}
	return head + ": " + inert.Short(strings.TrimRight(folder, "/"), 60) + "/ holds what was found so far, marked incomplete"
}

// doneOf writes "239 of 385 MB", or "9.3 GB" when the total is unknown.
func doneOf(done, total int64) string {
	if total <= 0 {
		return bytesRound(done)
	}
	unit, name := unitOf(total)
	return inUnit(done, unit) + " of " + inUnit(total, unit) + " " + name
}

// bytesRound writes a number of bytes with two or three digits.
func bytesRound(n int64) string {
	unit, name := unitOf(n)
	return inUnit(n, unit) + " " + name
}

func unitOf(n int64) (float64, string) {
	unit, name := 1.0, "B"
	for _, next := range []string{"KB", "MB", "GB", "TB", "PB"} {
		if float64(n)/unit < 999.5 {
			break
		}
		unit, name = unit*1000, next
	}
	return unit, name
}

func inUnit(n int64, unit float64) string {
	x := float64(n) / unit
	if unit > 1e6 && x < 99.95 { // gigabytes and more: one decimal
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 0, 64)
}

// threeDigits rounds to three digits, so that the number does not flicker.
func threeDigits(n int64) int64 {
	step := int64(1)
	for n/step >= 1000 {
		step *= 10
	}
	return (n + step/2) / step * step
}
