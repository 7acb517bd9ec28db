package report

import (
	"strings"

	"tyto/internal/report/inert"
)

// The widths of terminals that are used as found. Narrower ones lose the right
// column, wider ones stay at usual.
const (
	narrowest = 60
	usual     = 100
	widest    = 120
)

// A Style says what the terminal can show.
type Style struct {
	Width int  // columns; 0 means unknown and stands for 100
	Color bool // 16 colours by name, so that the user's palette decides
}

// columns is the width that is used of what was found.
func (s Style) columns() int {
	switch {
	case s.Width <= 0 || s.Width > widest:
		return usual
	case s.Width < 20:
		return 20
	}
	return s.Width
}

// UseColor decides over colour. The mode is what --color says: "always",
// "never", or anything else for automatic; then the environment variables
// NO_COLOR and TERM and whether the output is a terminal decide.
func UseColor(mode, noColor, term string, terminal bool) bool {
	switch mode {
	case "always":
		return true
	case "never":
		return false
	}
	return terminal && noColor == "" && term != "dumb"
}

// A paint is how a piece of text is shown: the parameters of an SGR sequence.
// Colour never stands alone; the words say the same.
type paint string

const (
	noPaint paint = ""
	bold    paint = "1"
	dim     paint = "2"
	red     paint = "31"
	boldRed paint = "1;31"
	green   paint = "32"
	yellow  paint = "33"
	blue    paint = "34"
	magenta paint = "35"
	cyan    paint = "36"
)

// A span is a piece of a line with one paint. Its text is inert: span makers
// below see to that.
type span struct {
	text  string
	paint paint
}

// A line is one line of the screen.
type line []span

// say makes a span of our own words, which need no cleaning.
func say(text string) span { return span{text, noPaint} }

func painted(text string, p paint) span { return span{text, p} }

// quote makes a span of a value from evidence or rules, at most width wide.
func quote(value string, width int) span { return span{inert.Short(value, width), noPaint} }

// title makes a span of a rule's title, which says most at its beginning.
func title(text string, width int) span {
	const most = 4096
	return span{inert.Head(inert.Text(text[:min(len(text), most)]), width), noPaint}
}

// in fills a span with spaces to a column's width.
func (s span) in(width int) span {
	s.text = inert.Pad(s.text, width, false)
	return s
}

// width is how many columns a line takes.
func (l line) width() int {
	n := 0
	for _, s := range l {
		n += inert.Width(s.text)
	}
	return n
}

// fit cuts a line at its right, with "..." where it was cut.
func (l line) fit(width int) line {
	l = l.joined()
	if l.width() <= width {
		return l
	}
	var out line
	room := width - 3
	for _, s := range l {
		w := inert.Width(s.text)
		if w >= room {
			return append(out, span{inert.Start(s.text, room), s.paint}, say("..."))
		}
		out, room = append(out, s), room-w
	}
	return out
}

// render appends the line, without spaces at its end.
func (l line) render(b *strings.Builder, color bool) {
	l = l.joined()
	for _, s := range l {
		text := strings.TrimRight(s.text, " ") // no paint on empty columns
		gap := s.text[len(text):]
		if color && s.paint != noPaint && text != "" {
			text = "\x1b[" + string(s.paint) + "m" + text + "\x1b[0m"
		}
		b.WriteString(text + gap)
	}
	b.WriteByte('\n')
}

// joined drops spaces at the end and joins neighbours of one paint.
func (l line) joined() line {
	for len(l) > 0 && strings.TrimRight(l[len(l)-1].text, " ") == "" {
		l = l[:len(l)-1]
	}
	var out line
	for _, s := range l {
		if n := len(out); n > 0 && out[n-1].paint == s.paint {
			out[n-1].text += s.text
		} else {
			out = append(out, s)
		}
	}
	if n := len(out); n > 0 {
		out[n-1].text = strings.TrimRight(out[n-1].text, " ")
	}
	return out
}

// tacticPaint is the paint of a tactic's code.
func tacticPaint(code string) paint {
	switch code {
	case "LM":
		return boldRed
	case "C2", "XF":
		return magenta
	case "PS", "PE":
		return blue
	case "ST", "DP", "DI":
		return green
	}
	return noPaint
}

// wrap sets pieces one after the other with a separator between them and
// breaks where the next one does not fit. A piece that is wider than a line is
// cut. The first line begins at column first, all have the width.
func wrap(pieces []span, separator string, first, width int) []line {
	var out []line
	var now line
	room := width - first
	for _, p := range pieces {
		p.text = inert.Cut(p.text, width)
		need := inert.Width(p.text)
		gap := separator
		if len(now) == 0 {
			gap = ""
		}
		if len(now) > 0 && need+len(gap) > room || len(now) == 0 && len(out) == 0 && need > room {
			out = append(out, now)
			now, room, gap = nil, width, ""
		}
		if gap != "" {
			now = append(now, span{gap, between(now[len(now)-1], p)})
		}
		now = append(now, p)
		room -= need + len(gap)
	}
	return append(out, now)
}

// wrapTo is [wrap] over at most so many lines; what does not fit any more is
// left out behind a word, with "..." in its place.
func wrapTo(most int, pieces []span, width int) []line {
	out := wrap(pieces, " ", 0, width)
	if len(out) <= most {
		return out
	}
	out = out[:most]
	last := out[most-1]
	for len(last) > 1 && last.width()+4 > width {
		last = last[:len(last)-2] // a word and the space before it
	}
	out[most-1] = append(last, say(" ..."))
	return out
}

// between is the paint of the space between two pieces.
func between(a, b span) paint {
	if a.paint == b.paint {
		return a.paint
	}
	return noPaint
}

// words cuts a line into pieces for [wrap]. A word of two paints gets that of
// its beginning.
func (l line) words() []span {
	var out []span
	apart := true // a space ends what came before
	for _, s := range l {
		list := words(s.text, s.paint)
		if len(list) > 0 && !apart && !strings.HasPrefix(s.text, " ") {
			out[len(out)-1].text += list[0].text
			list = list[1:]
		}
		out = append(out, list...)
		apart = strings.HasSuffix(s.text, " ")
	}
	return out
}

// words cuts a sentence into pieces for [wrap].
func words(sentence string, p paint) []span {
	var out []span
	for w := range strings.FieldsSeq(sentence) {
		out = append(out, span{w, p})
	}
	return out
}
