package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tyto/internal/detect"
)

// Lines that the closing sections take at most; health.json is complete.
const (
	maxNotSeen = 4 // holes, each in two lines at most
	maxRulesBy = 3
)

// lookedAt says what was searched. It stands where findings would.
func (s *Screen) lookedAt(width int) []line {
	f := s.Facts
	head := Counted(int64(f.Hosts), "host", "hosts")
	if d := days(f.From, f.To); d > 0 {
		head += ", " + Counted(int64(d), "day", "days")
	}
	var logs []string
	for _, l := range f.Logs[:min(len(f.Logs), 6)] {
		logs = append(logs, quote(logName(l.Log), 30).text+" "+thousands(int64(l.Hosts)))
	}
	if more := len(f.Logs) - 6; more > 0 {
		logs = append(logs, Counted(int64(more), "more log", "more logs"))
	}
	if len(logs) > 0 {
		head += ": " + strings.Join(logs, ", ")
	}
	body := wrap(words(head, noPaint), " ", 0, width-labelWidth)
	what := Counted(int64(f.Rules), "rule", "rules") + ", " + Counted(int64(f.Indicators), "indicator", "indicators")
	if f.Behaviours > 0 {
		what += ", " + Counted(int64(f.Behaviours), "behaviour", "behaviours")
	}
	body = append(body, line{say(what)})
	if n := s.Summary.total; n > 0 {
		body = append(body, line{say(Counted(n, "finding", "findings") + " below level medium")})
	}
	return section("LOOKED AT", "", noPaint, body)
}

// indicators says what became of those that were given.
func (s *Screen) indicators(width int) []line {
	a := s.Facts.Answers
	if a == nil || *a == (Answers{}) {
		return nil
	}
	text := fmt.Sprintf("%s: %s seen, %s not seen, %s not covered by these logs", thousands(a.Seen+a.NotSeen+a.NotCovered),
		thousands(a.Seen), thousands(a.NotSeen), thousands(a.NotCovered))
	if name := s.file("sightings.json"); name != "" {
		text += ": " + name
	}
	return section("INDICATORS", "", noPaint, wrap(words(text, noPaint), " ", 0, width-labelWidth))
}

// days is the number of calendar days that a span touches.
func days(from, to time.Time) int {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return 0
	}
	day := func(t time.Time) time.Time { return clamp(t).Truncate(24 * time.Hour) }
	return int(day(to).Sub(day(from))/(24*time.Hour)) + 1
}

// notSeen says what could not be seen, the widest hole first.
func (s *Screen) notSeen(width int) []line {
	all := NotSeen(s.Facts, s.Health)
	shown := all[:min(len(all), maxNotSeen)]
	note := ""
	if total := int64(len(all)) + s.gapsLeft(); total > maxNotSeen {
		note = fmt.Sprintf("(%d of %s)", maxNotSeen, large(total))
	}
	var body []line
	for _, text := range shown {
		body = append(body, wrapTo(2, words(quote(text, 1000).text, yellow), width-labelWidth)...)
	}
	if len(body) == 1 {
		note = ""
	}
	return section("NOT SEEN", note, dim, body)
}

// NotSeen lists in sentences what a hunt could not see. It is never empty.
func NotSeen(f Facts, h *detect.Health) []string {
	var out []string
	if !h.Complete {
		out = append(out, "the hunt was stopped early: this is what was found so far")
	}
	if f.NoProcessLog > 0 {
		text := fmt.Sprintf("%s of %s have no process log", thousands(int64(f.NoProcessLog)),
			Counted(int64(f.Hosts), "host", "hosts"))
		if f.ProcessRules > 0 {
			text += ": " + Counted(int64(f.ProcessRules), "rule is", "rules are") + " blind there"
		}
		out = append(out, text)
	}
	if text := blindText(h); text != "" {
		out = append(out, text)
	}
	out = append(out, gapTexts(h.Gaps)...)
	if text := uncoveredText(h.Uncovered); text != "" {
		out = append(out, text)
	}
	if len(out) == 0 {
		out = append(out, "no hole in the logs that were read; what no log was given for is not seen")
	}
	return out
}

// blindText counts the rules that can never fire by what they miss.
func blindText(h *detect.Health) string {
	n := max(h.Rules.Blind, len(h.Blind))
	if n == 0 {
		return ""
	}
	missing := newCounter(maxRules)
	for _, b := range h.Blind {
		for _, m := range b.Missing {
			missing.add(clip(m))
		}
	}
	text := Counted(int64(n), "rule is", "rules are") + " blind"
	list := missing.sorted()
	var parts []string
	for _, t := range list[:min(4, len(list))] {
		parts = append(parts, fmt.Sprintf("%s (%s)", wantedName(t.word), thousands(t.n)))
	}
	if len(parts) > 0 {
		text += "; not in this evidence: " + strings.Join(parts, ", ")
	}
	if more := len(list) - len(parts); more > 0 {
		text += fmt.Sprintf(", %d more", more)
	}
	return text
}

// wantedName shortens what a rule misses: a field, a log, or a channel with an
// event id behind it.
func wantedName(name string) string {
	if i := strings.LastIndexByte(name, ' '); i > 0 {
		return logName(name[:i]) + name[i:]
	}
	return logName(name)
}

// gapTexts writes the holes in logs, the widest first. Hosts that lack the
// same log altogether share a sentence.
func gapTexts(gaps []detect.Gap) []string {
	absent := map[string][]string{}
	var out []string
	var holes []detect.Gap
	for _, g := range gaps {
		if g.From != nil || g.To != nil || g.Missing > 0 || g.Host == "" {
			holes = append(holes, g)
		} else {
			absent[g.Log] = append(absent[g.Log], g.Host)
		}
	}
	for log, hosts := range absent {
		out = append(out, absentText(log, hosts))
	}
	slices.Sort(out)
	for _, g := range sortedBy(holes, compareHoles) {
		out = append(out, gapText(g))
	}
	return out
}

// compareHoles puts the widest first.
func compareHoles(a, b detect.Gap) int {
	return cmp.Or(cmp.Compare(gapLength(b), gapLength(a)), cmp.Compare(b.Missing, a.Missing), compareGaps(a, b))
}

// absentText names two of the hosts that have no log of a kind.
func absentText(log string, hosts []string) string {
	slices.Sort(hosts)
	named := strings.Join(hosts[:min(2, len(hosts))], ", ")
	if more := len(hosts) - 2; more > 0 {
		named += " and " + Counted(int64(more), "more host", "more hosts")
	}
	return named + ": no " + logName(log) + " log"
}

// gapLength is the length of a gap; a log that is not there at all is one
// without end.
func gapLength(g detect.Gap) time.Duration {
	switch {
	case g.From != nil && g.To != nil:
		return g.To.Sub(*g.From)
	case g.Missing > 0:
		return 0
	}
	return 1<<63 - 1
}

func gapText(g detect.Gap) string {
	text := "no " + logName(g.Log) + " log"
	if g.Log == "*" {
		text = "no log at all"
	}
	if g.Host != "" {
		text = g.Host + ": " + text
	}
	switch {
	case g.From != nil && g.To != nil:
		text += fmt.Sprintf(" from %s to %s (%s)", clamp(*g.From).Format("2006-01-02 15:04"),
			clamp(*g.To).Format("2006-01-02 15:04"), length(gapLength(g)))
	case g.From != nil:
		text += " from " + clamp(*g.From).Format("2006-01-02 15:04")
	case g.To != nil:
		text += " until " + clamp(*g.To).Format("2006-01-02 15:04")
	case g.Missing > 0:
		text = strings.Replace(text, "no "+logName(g.Log)+" log", logName(g.Log), 1)
	}
	if g.Missing > 0 {
		text += ", " + Counted(g.Missing, "record number missing", "record numbers missing")
	}
	return text
}

// length writes a duration in the unit that fits.
func length(d time.Duration) string {
	switch {
	case d >= 72*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

func uncoveredText(list []detect.Uncovered) string {
	if len(list) == 0 {
		return ""
	}
	n := int64(0)
	top := slices.MaxFunc(list, func(a, b detect.Uncovered) int {
		return cmp.Or(cmp.Compare(a.Events, b.Events), strings.Compare(b.Log, a.Log), cmp.Compare(b.EventID, a.EventID))
	})
	for _, u := range list {
		n += u.Events
	}
	name := logName(top.Log)
	if top.EventID != 0 {
		name += fmt.Sprintf(" %d", top.EventID)
	}
	return fmt.Sprintf("%s that no rule covers, %s, most of them %s", Counted(int64(len(list)), "kind of record", "kinds of record"),
		Counted(n, "record", "records"), name)
}
