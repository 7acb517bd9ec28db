package report

import (
	"cmp"
	"fmt"
	"net/netip"
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
	names := s.Summary.hostNames()
	form := s.listForm(shown, names, width)
	var body []line
	host := ""
	for i, g := range byHost(shown) {
		body = append(body, form.line(g, i == 0 || g.host != host, names.of(g.host)))
		host = g.host
	}
	if rest := all[len(shown):]; len(rest) > 0 {
		body = append(body, s.restLine(rest))
	}
	return shown, section("FINDINGS", "", noPaint, body)
}

// hostNames are what people call hosts, by what logs call them.
type hostNames map[string]string

// of is the name of a host; those beyond the limit of a summary have their own.
func (n hostNames) of(host string) string { return cmp.Or(n[host], host) }

// hostNames finds short names: what stands before the first dot, unless that
// names two hosts, or the host is an address.
func (s *Summary) hostNames() hostNames {
	short := func(host string) string {
		if _, err := netip.ParseAddr(host); err == nil {
			return host
		}
		name, _, _ := strings.Cut(host, ".")
		return cmp.Or(name, host)
	}
	whose := map[string]string{} // by short name; "" when it is of several
	for host := range s.hosts.seen {
		name, full := strings.ToLower(short(host)), strings.ToLower(host)
		if known, ok := whose[name]; ok && known != full {
			full = ""
		}
		whose[name] = full
	}
	out := make(hostNames, len(s.hosts.seen))
	for host := range s.hosts.seen {
		out[host] = host
		if name := short(host); whose[strings.ToLower(name)] != "" {
			out[host] = name
		}
	}
	return out
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
	return line{say(fmt.Sprintf("and %s in %s, highest level %s%s", Counted(n, "finding", "findings"),
		Counted(int64(len(rest)), "more group", "more groups"), level, where))}
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
	host, level, technique, title, count, when int
	layout                                     string // of the time
}

func (s *Screen) listForm(groups []*group, names hostNames, width int) listForm {
	f := listForm{layout: time.TimeOnly}
	longest := 20
	for _, g := range groups {
		f.host = max(f.host, len(names.of(g.host)))
		f.level = max(f.level, len(g.level.String()))
		longest = max(longest, len(g.title))
		f.count = max(f.count, len(thousands(g.n)))
	}
	f.host = min(f.host, 12+max(0, width-narrowest)/8)
	f.host = max(f.host, 4)
	if clamp(s.Facts.From).Format(time.DateOnly) != clamp(s.Facts.To).Format(time.DateOnly) {
		f.layout = "2006-01-02 15:04"
	}
	const tactic = 2
	rest := width - labelWidth - f.host - 2 - f.level - 2 - tactic - 2 - f.count - 2
	if rest >= 42 {
		f.technique = 9
		rest -= f.technique + 2
	}
	// The time goes before titles are cut, but for a title without an end.
	if rest >= min(longest, 60)+len(f.layout)+2 {
		f.when = len(f.layout)
		rest -= f.when + 2
	}
	f.title = max(rest, 4)
	return f
}

// line lays one group out.
func (f listForm) line(g *group, named bool, name string) line {
	host := span{"", bold}
	if named {
		host = quote(dash(name), f.host)
		host.paint = bold
	}
	code := "--"
	if t, ok := attack.TacticNamed(g.tactic); ok {
		code = t.Code
	}
	out := line{host.in(f.host + 2), levelSpan(g.level).in(f.level + 2), span{code, tacticPaint(code)}.in(4)}
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
	title := title(g.title, f.title)
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
	hosts, names := max(s.Facts.Hosts, len(s.Summary.hosts.seen)), s.Summary.hostNames()
	hostWidth, howWidth := 4, 0
	for _, r := range rules {
		hostWidth = max(hostWidth, len(r.where(names)))
		howWidth = max(howWidth, len(r.how(hosts)))
	}
	hostWidth = min(hostWidth, 12+max(0, width-narrowest)/8)
	room := width - labelWidth - 3 - hostWidth - 2
	if room-howWidth-2 >= 12 {
		room -= howWidth + 2
	} else {
		howWidth = 0 // too narrow: the right column goes
	}
	room = max(room, 4)
	var body []line
	for i, r := range rules {
		host := quote(r.where(names), hostWidth)
		host.paint = bold
		l := line{say(padRight(strconv.Itoa(i+1), 3)), title(r.title, room).in(room + 2), host.in(hostWidth + 2)}
		if howWidth > 0 {
			l = append(l, say(r.how(hosts)))
		}
		body = append(body, l)
	}
	return section("RAREST", "(of "+large(s.Facts.Records)+")", noPaint, body)
}

func padRight(s string, width int) string { return s + strings.Repeat(" ", max(0, width-len(s))) }

// where names the host of a rule that fired on one, or counts hosts.
func (r *ruleCount) where(names hostNames) string {
	switch {
	case r.many:
		return "many hosts"
	case len(r.hosts) == 1:
		return names.of(r.hosts[0])
	case len(r.hosts) == 0:
		return "-"
	}
	return Counted(int64(len(r.hosts)), "host", "hosts")
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
	return r.level.String() + ", " + often + ", " + strconv.Itoa(len(r.hosts)) + " of " + Counted(int64(hosts), "host", "hosts")
}
