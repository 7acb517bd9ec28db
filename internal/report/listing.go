package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyto/internal/attack"
	"tyto/internal/detect"
	"tyto/internal/report/inert"
)

// maxListed is how many lines the findings take at most.
const maxListed = 14

// findings lists what matters by host and technique and returns what it
// showed.
func (s *Screen) findings(width int) ([]*group, []line) {
	all := s.Summary.ranked(mattering)
	shown := all[:min(len(all), maxListed)]
	if len(all) > maxListed {
		shown = all[:maxListed-1]
	}
	if len(shown) == 0 {
		return nil, nil
	}
	form := s.listForm(shown, width)
	var body []line
	host := ""
	for i, g := range byHost(shown) {
		body = append(body, form.line(g, i == 0 || g.host != host))
		host = g.host
	}
	if rest := all[len(shown):]; len(rest) > 0 {
		body = append(body, s.restLine(rest))
	}
	return shown, section("FINDINGS", "", noPaint, body)
}

// byHost keeps the order of the groups but brings those of a host together,
// where its first one stands.
func byHost(groups []*group) []*group {
	place := map[string]int{}
	for i, g := range groups {
		if _, ok := place[g.host]; !ok {
			place[g.host] = i
		}
	}
	out := slices.Clone(groups)
	slices.SortStableFunc(out, func(a, b *group) int { return cmp.Compare(place[a.host], place[b.host]) })
	return out
}

// restLine counts what was not listed.
func (s *Screen) restLine(rest []*group) line {
	n, level := int64(0), detect.Informational
	for _, g := range rest {
		n, level = n+g.n, max(level, g.level)
	}
	where := ""
	if name := s.file("timeline.csv", "findings.jsonl"); name != "" {
		where = ": " + name
	}
	return line{say(fmt.Sprintf("and %s in %s, highest level %s%s", counted(n, "finding", "findings"),
		counted(int64(len(rest)), "more group", "more groups"), level, where))}
}

// file returns the first of the names that was written.
func (s *Screen) file(names ...string) string {
	for _, n := range names {
		if slices.Contains(s.Wrote, n) {
			return n
		}
	}
	return ""
}

// A listForm holds the widths of the columns of the findings. Columns of width
// 0 are not shown.
type listForm struct {
	host, technique, title, count, when int
	layout                              string // of the time
}

func (s *Screen) listForm(groups []*group, width int) listForm {
	f := listForm{count: 4, layout: time.TimeOnly}
	for _, g := range groups {
		f.host = max(f.host, len(g.host))
		f.count = max(f.count, len(thousands(g.n)))
	}
	f.host = min(f.host, 12+max(0, width-narrowest)/8)
	f.host = max(f.host, 4)
	if clamp(s.Facts.From).Format(time.DateOnly) != clamp(s.Facts.To).Format(time.DateOnly) {
		f.layout = "2006-01-02 15:04"
	}
	const levelAndTactic = 8 + 2 + 2 + 2
	rest := width - labelWidth - f.host - 2 - levelAndTactic - f.count - 2
	if rest >= 42 {
		f.technique = 9
		rest -= f.technique + 2
	}
	if rest >= 20+len(f.layout)+2 {
		f.when = len(f.layout)
		rest -= f.when + 2
	}
	f.title = max(rest, 4)
	return f
}

// line lays one group out.
func (f listForm) line(g *group, named bool) line {
	host := span{"", bold}
	if named {
		host = quote(dash(g.host), f.host)
		host.paint = bold
	}
	code := "--"
	if t, ok := attack.TacticNamed(g.tactic); ok {
		code = t.Code
	}
	out := line{host.in(f.host + 2), levelSpan(g.level).in(10), span{code, tacticPaint(code)}.in(4)}
	if f.technique > 0 {
		id := ""
		if isID(g.technique) {
			id = g.technique
		}
		out = append(out, quote(dash(id), f.technique).in(f.technique+2))
	}
	out = append(out, f.what(g)...)
	count := say(padLeft(thousands(g.n), f.count))
	if f.when == 0 {
		return append(out, count)
	}
	return append(out, count.in(f.count+2), painted(when(g.first, f.layout), dim))
}

// what is the title, with the value that decided where there is room for it.
func (f listForm) what(g *group) line {
	title := quote(g.title, f.title)
	room := f.title - inert.Width(title.text) - 2
	if g.value == "" || room < 12 {
		return line{title.in(f.title + 2)}
	}
	value := quote(g.value, room)
	value.paint = dim
	return line{title, say("  "), value.in(room + 2)}
}

func when(t time.Time, layout string) string {
	if t.IsZero() {
		return "-"
	}
	return clamp(t).Format(layout)
}

// levelSpan is a level's word in its paint.
func levelSpan(l detect.Level) span {
	switch l {
	case detect.Critical:
		return painted(l.String(), boldRed)
	case detect.High:
		return painted(l.String(), yellow)
	}
	return say(l.String())
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-len(s))) + s
}

// maxRarest is how many rare things are listed.
const maxRarest = 5

// rarest lists the rules that fired on the fewest hosts and least often,
// without those listed above. What is rare is worth a look at any level.
func (s *Screen) rarest(shown []*group, width int) []line {
	rules := s.Summary.rarest(shown)
	rules = rules[:min(len(rules), maxRarest)]
	if len(rules) == 0 {
		return nil
	}
	hosts := max(s.Facts.Hosts, len(s.Summary.hosts.seen))
	hostWidth, howWidth := 4, 0
	for _, r := range rules {
		hostWidth = max(hostWidth, len(r.where()))
		howWidth = max(howWidth, len(r.how(hosts)))
	}
	hostWidth = min(hostWidth, 12+max(0, width-narrowest)/8)
	title := width - labelWidth - 3 - hostWidth - 2
	if title-howWidth-2 >= 12 {
		title -= howWidth + 2
	} else {
		howWidth = 0 // too narrow: the right column goes
	}
	title = max(title, 4)
	var body []line
	for i, r := range rules {
		host := quote(r.where(), hostWidth)
		host.paint = bold
		l := line{say(padRight(strconv.Itoa(i+1), 3)), quote(r.title, title).in(title + 2), host.in(hostWidth + 2)}
		if howWidth > 0 {
			l = append(l, say(r.how(hosts)))
		}
		body = append(body, l)
	}
	return section("RAREST", "(of "+large(s.Facts.Records)+")", noPaint, body)
}

func padRight(s string, width int) string { return s + strings.Repeat(" ", max(0, width-len(s))) }

// where names the host of a rule that fired on one, or counts hosts.
func (r *ruleCount) where() string {
	switch {
	case r.many:
		return "many hosts"
	case len(r.hosts) == 1:
		return r.hosts[0]
	case len(r.hosts) == 0:
		return "-"
	}
	return counted(int64(len(r.hosts)), "host", "hosts")
}

// how says how often a rule fired and on how many of the hosts.
func (r *ruleCount) how(hosts int) string {
	often := "once"
	if r.n > 1 {
		often = large(r.n) + " times"
	}
	if hosts < 2 || r.many || len(r.hosts) == 0 {
		return r.level.String() + ", " + often
	}
	return r.level.String() + ", " + often + ", " + strconv.Itoa(len(r.hosts)) + " of " + counted(int64(hosts), "host", "hosts")
}
