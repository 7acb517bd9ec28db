package report

import (
	"cmp"
	"fmt"
	"strings"

	"tyto/internal/detect"
	"tyto/internal/report/inert"
)

// loss is a count that is yellow when it is not 0 and means that something is
// missing.
func loss(n int64, text string) span {
	if n != 0 {
		return painted(text, yellow)
	}
	return say(text)
}

// health says what was read, which rules took part, and which limits were
// reached. It is always there.
func (s *Screen) health(width int) []line {
	var body []line
	for _, l := range []line{s.readLine(), s.rulesLine(), s.limitsLine()} {
		body = append(body, wrap(l.words(), " ", 0, width-labelWidth)...)
	}
	return section("HEALTH", "", noPaint, body)
}

func (s *Screen) readLine() line {
	e := s.Health.Evidence
	out := line{say(fmt.Sprintf("read %s of %s, ", thousands(int64(e.Files-e.Skipped)), Counted(int64(e.Files), "file", "files"))),
		loss(int64(e.Skipped), thousands(int64(e.Skipped))+" skipped"), say("; "),
		loss(e.Damaged, Counted(e.Damaged, "record", "records")+" damaged")}
	if e.Recovered > 0 {
		out = append(out, say(fmt.Sprintf(", %s recovered", thousands(e.Recovered))))
	}
	if name := s.file("health.json"); name != "" && (e.Damaged > 0 || e.Skipped > 0) {
		out = append(out, say(": "), painted(name, cyan))
	}
	return out
}

func (s *Screen) rulesLine() line {
	r := s.Health.Rules
	out := line{say("rules " + thousands(int64(r.Loaded)) + ": "), loss(int64(r.Rejected), thousands(int64(r.Rejected))+" rejected")}
	if r.Rejected > 0 {
		out = append(out, say(" "), painted("(tyto rules check)", cyan))
	}
	if r.Inactive > 0 {
		out = append(out, say(fmt.Sprintf(", %s deprecated", thousands(int64(r.Inactive)))))
	}
	return append(out, say(", "), loss(int64(r.Blind), thousands(int64(r.Blind))+" blind"),
		say(fmt.Sprintf("; %s matched, %s", thousands(int64(r.Matched)), Counted(s.Summary.total, "finding", "findings"))))
}

func (s *Screen) limitsLine() line {
	var caps []string
	for _, c := range s.caps() {
		caps = append(caps, fmt.Sprintf("%s %s (%s more)", thousands(c.Limit), c.What, thousands(c.Count)))
	}
	gaps := int64(len(s.Health.Gaps)) + s.gapsLeft()
	out := line{say("gaps in logs: "), loss(gaps, thousands(gaps))}
	if s.Health.Copies > 0 {
		out = append(out, say("; "+Counted(s.Health.Copies, "record", "records")+" found more than once"))
	}
	if len(caps) == 0 {
		return append(out, say("; limits reached: none"))
	}
	return append(out, say("; limits reached: "), painted(inert.Text(strings.Join(caps, ", ")), yellow))
}

// gapsLeft is how many gaps there are beyond those that are listed.
func (s *Screen) gapsLeft() int64 {
	n := int64(0)
	for _, c := range s.Health.Caps {
		if c.What == detect.CapGaps {
			n += c.Count
		}
	}
	return n
}

// caps are the limits that were reached, the summary's own among them.
func (s *Screen) caps() []detect.Cap {
	list := sortedBy(s.Health.Caps, func(a, b detect.Cap) int {
		return cmp.Or(strings.Compare(a.What, b.What), cmp.Compare(a.Limit, b.Limit))
	})
	if s.Summary.leftOut > 0 {
		list = append(list, detect.Cap{What: "groups on this screen", Limit: maxGroups, Count: s.Summary.leftOut})
	}
	return list
}

// rulesBy names the authors of the rules that matched, as their licence asks,
// with the number of rules. If a file that names all was written, authors with
// few rules may be counted instead.
func (s *Screen) rulesBy(width int) []line {
	list := s.Summary.authors()
	if len(list) == 0 {
		return nil
	}
	where := s.file("report.html", "timeline.csv", "findings.jsonl")
	var body []line
	for n := len(list); n >= 1; n-- {
		body = wrap(authorSpans(list, n, where), " ", 0, width-labelWidth)
		if len(body) <= maxRulesBy || where == "" {
			break
		}
	}
	return section("Rules by", "", noPaint, body)
}

// ownAuthor is the author of the rules that come with Tyto.
const ownAuthor = "Tyto project"

// authorSpans lists the first n authors, counts the others, and names the
// licence of the public rules.
func authorSpans(list []tally, n int, where string) []span {
	var out []span
	foreign := false
	for i, t := range list {
		foreign = foreign || t.word != ownAuthor
		if i >= n {
			continue
		}
		end := ";"
		if i == len(list)-1 {
			end = "."
		}
		out = append(out, words(quote(t.word, 100).text, noPaint)...)
		out = append(out, say(thousands(t.n)+end))
	}
	if rest := list[n:]; len(rest) > 0 {
		text := Counted(int64(len(rest)), "more author or team", "more authors or teams") + ": " + where
		if where == "report.html" {
			text += "#rules"
		}
		out = append(out, words(text+".", noPaint)...)
	}
	if foreign {
		out = append(out, words("SigmaHQ rules: Detection Rule License 1.1", dim)...)
	}
	return out
}

// wrote names the output folder and its files.
func (s *Screen) wrote(width int) []line {
	if s.Folder == "" || len(s.Wrote) == 0 {
		return nil
	}
	label := line{span{"Wrote", bold}, say(" ")}
	folder := quote(strings.TrimRight(s.Folder, "/")+"/", width-labelWidth)
	folder.paint = cyan
	names := make([]span, len(s.Wrote))
	for i, n := range s.Wrote {
		names[i] = quote(n, width-labelWidth)
		names[i].paint = cyan
	}
	head := append(label, folder, say(" "))
	gap := max(0, labelWidth-head.width())
	head = append(head, say(strings.Repeat(" ", gap)))
	lines := wrap(names, " ", max(0, head.width()-labelWidth), width-labelWidth)
	for i := range lines {
		if i == 0 {
			lines[i] = append(head, lines[i]...)
		} else {
			lines[i] = append(line{say(strings.Repeat(" ", labelWidth))}, lines[i]...)
		}
	}
	return lines
}

// next lists the commands to go on with. The reasons stand in a column where
// they all fit, else each behind its command, or below it.
func (s *Screen) next(width int) []line {
	room := width - labelWidth
	column, reason := 23, 0
	for _, c := range s.Next {
		column, reason = max(column, len(c.Line)), max(reason, len(c.Why))
	}
	if column+2+reason > room {
		column = 0
	}
	var body []line
	for _, c := range s.Next {
		command := quote(c.Line, room)
		command.paint = cyan
		used := max(column, inert.Width(command.text)) + 2
		if used+len(c.Why) <= room {
			body = append(body, line{command.in(used), say(c.Why)})
			continue
		}
		body = append(body, line{command})
		for _, l := range wrap(words(c.Why, noPaint), " ", 0, room-2) {
			body = append(body, append(line{say("  ")}, l...))
		}
	}
	return section("Next", "", noPaint, body)
}
