package report

import (
	"io"
	"strings"
	"time"

	"tyto/internal/detect"
)

// A Screen is what `tyto hunt` prints when it is done. What matters most is at
// the top; what the reader types next is at the bottom, by the prompt. What
// could not be seen is always said.
type Screen struct {
	Facts    Facts
	Summary  *Summary
	Health   *detect.Health
	Headline []string // instead of the headline made from the findings, such as one about incidents
	Lead     []Block  // sections before the findings, such as incidents
	Folder   string   // the output folder, "" when nothing was written
	Wrote    []string // names of the files in it
	Next     []Command
}

// Facts are what a hunt knows about the evidence besides findings and health.
type Facts struct {
	Version    string // of the program
	From, To   time.Time
	Hosts      int
	Records    int64
	Bytes      int64
	Logs       []LogCount // by log, for what was looked at
	Rules      int
	Indicators int
	Behaviours int
	Answers    *Answers // about indicators; nil when none were given

	// NoProcessLog is how many hosts have no log of started processes, and
	// ProcessRules how many rules need one.
	NoProcessLog, ProcessRules int
}

// Answers counts indicators by what the hunt can say about them.
type Answers struct {
	Seen       int64 `json:"seen"`
	NotSeen    int64 `json:"not_seen"`
	NotCovered int64 `json:"not_covered"`
}

// A LogCount says on how many hosts a log was seen.
type LogCount struct {
	Log   string
	Hosts int
}

// A Command is one that the reader may type next. Every one given must exist.
type Command struct{ Line, Why string }

// A Block is a section made elsewhere: its word at the left and its lines.
// Text is made inert here, so it may hold log values.
type Block struct {
	Word  string
	Lines []string
}

// labelWidth is the column in which sections begin.
const labelWidth = 13

// Write prints the screen.
func (s *Screen) Write(w io.Writer, style Style) error {
	var b strings.Builder
	for _, l := range s.lines(style.columns()) {
		l.fit(style.columns()).render(&b, style.Color)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lines puts the sections together, with an empty line before each group.
func (s *Screen) lines(width int) []line {
	out := s.header(width)
	shown, findings := s.findings(width)
	sections := [][]line{}
	for _, b := range s.Lead {
		sections = append(sections, b.lines(width))
	}
	sections = append(sections, findings)
	if len(shown) == 0 && len(s.Lead) == 0 {
		sections = append(sections, s.lookedAt(width))
	}
	sections = append(sections, s.rarest(shown, width), s.indicators(width), s.notSeen(width), s.health(width), s.rulesBy(width))
	for _, lines := range sections {
		if len(lines) > 0 {
			out = append(append(out, nil), lines...)
		}
	}
	return append(append(append(out, nil), s.wrote(width)...), s.next(width)...)
}

// lines lays a foreign section out.
func (b Block) lines(width int) []line {
	body := make([]line, len(b.Lines))
	for i, text := range b.Lines {
		body[i] = line{quote(text, width-labelWidth)}
	}
	return section(b.Word, "", noPaint, body)
}

// section sets a word before the first line of a body, and a note below it.
func section(word, note string, notePaint paint, body []line) []line {
	out := make([]line, len(body))
	for i, l := range body {
		label := span{"", noPaint}
		switch i {
		case 0:
			label = span{word, bold}
		case 1:
			label = span{note, notePaint}
		}
		out[i] = append(line{label.in(labelWidth)}, l...)
	}
	return out
}

// header names program, time, hosts and amounts, and says the main thing.
func (s *Screen) header(width int) []line {
	parts := []span{say("tyto " + s.Facts.Version), say(timeSpan(s.Facts.From, s.Facts.To)),
		say(Counted(int64(s.Facts.Hosts), "host", "hosts")),
		say(amount(s.Facts.Records, "record", "records")), say(size(s.Facts.Bytes))}
	out := wrap(parts, "   ", 0, width)
	headline := s.Headline
	if len(headline) == 0 {
		headline = []string{s.headline()}
	}
	for _, h := range headline {
		out = append(out, wrap(words(h, bold), " ", 0, width)...)
	}
	return out
}

// amount is a number and its noun, shortened from ten million on.
func amount(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return large(n) + " " + many
}

// timeSpan writes the time that the evidence covers. It says UTC once for the
// whole screen.
func timeSpan(from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return "no times"
	}
	from, to = clamp(from), clamp(to)
	end := to.Format("2006-01-02 15:04:05")
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		end = to.Format("15:04:05")
	}
	return from.Format("2006-01-02 15:04:05") + " to " + end + " UTC"
}

// mattering is the level from which on findings are listed one by one.
const mattering = detect.Medium

// headline says how much was found, or that nothing was.
func (s *Screen) headline() string {
	n := s.Summary.AtLeast(mattering)
	if s.Facts.Records == 0 {
		return "No record was read: this hunt says nothing about the evidence."
	}
	if n == 0 {
		what := "No finding"
		if s.Summary.total > 0 {
			what = "No finding of level medium or above"
		}
		return what + ". This is a statement about these rules and these logs, not about the network: " +
			"read what could not be seen."
	}
	var parts []string
	for l := detect.Critical; l >= mattering; l-- {
		if k := s.Summary.levels[l]; k > 0 {
			parts = append(parts, thousands(k)+" "+l.String())
		}
	}
	hosts := map[string]bool{}
	for _, g := range s.Summary.ranked(mattering) {
		hosts[g.host] = true
	}
	delete(hosts, "") // logs that name no host
	text := Counted(n, "finding", "findings") + " of level medium or above"
	if len(hosts) > 0 {
		text += " on " + Counted(int64(len(hosts)), "host", "hosts")
	}
	text += ": " + strings.Join(parts, ", ")
	if below := s.Summary.total - n; below > 0 {
		text += "; " + thousands(below) + " below"
	}
	return text
}
