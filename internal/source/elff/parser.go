package elff

import (
	"bytes"

	"tyto/internal/event"
	"tyto/internal/source"
	"tyto/internal/source/textlog"
)

// A parser reads the lines of one file after another.
type parser struct {
	rec      *textlog.Record
	clock    *textlog.Clock
	plan     *plan
	plans    map[string]*plan
	software []byte
	day      []byte // of the last #Date line
	cells    [][]byte
	spare    [][]byte
	names    textlog.Names
	event    event.Event
	mended   bool
	local    bool
}

func newParser(s *textlog.Shapes) *parser {
	return &parser{rec: textlog.NewRecord(s), plans: make(map[string]*plan)}
}

// Begin implements [textlog.Parser].
func (p *parser) Begin(in *source.Input, part source.Part, c *textlog.Clock) {
	p.clock, p.plan, p.software, p.day, p.mended, p.local = c, nil, nil, nil, false, false
	if part.Index > 0 {
		for line := range textlog.HeadLines(in.Head) {
			if line[0] == '#' && !(p.plan != nil && bytes.HasPrefix(line, []byte(directive))) {
				p.instruct(line)
			}
		}
	}
}

// Notes implements [textlog.Parser].
func (p *parser) Notes() (out []string) {
	if p.mended {
		out = append(out, "lines with blanks that were not escaped: columns found by their types")
	}
	if p.local {
		out = append(out, "the log is kept in local time: read as UTC")
	}
	if p.rec.Excess {
		out = append(out, "events with too many fields: the rest is left out")
	}
	return out
}

// Parse implements [textlog.Parser].
func (p *parser) Parse(l *textlog.Line, emit func(*event.Event)) bool {
	if l.Raw[0] == '#' {
		p.instruct(l.Raw)
		return true
	}
	if p.plan == nil {
		return false
	}
	cells, whole := p.split(l.Raw)
	if cells == nil {
		return false
	}
	p.fill(l.Raw, cells)
	p.rec.Fill(&p.event)
	p.event.Source = p.plan.source
	p.date(cells)
	emit(&p.event)
	return whole
}

// maxPlans bounds the sets of columns that a parser remembers.
const maxPlans = 64

// instruct reads a line that begins with #.
func (p *parser) instruct(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimSpace(value)
	switch string(name) {
	case "#Software":
		p.software = bytes.Clone(value)
	case "#Date":
		p.day = bytes.Clone(value)
	case "#Time Format":
		p.local = bytes.EqualFold(value, []byte("Local"))
	case "#Fields":
		key := string(p.software) + "\n" + string(value)
		if p.plans[key] == nil {
			if len(p.plans) >= maxPlans {
				clear(p.plans)
			}
			p.plans[key] = newPlan(value, p.software)
		}
		p.plan = p.plans[key]
	}
}

// split takes a line apart into as many cells as there are columns. Cells of
// a line that was cut are fewer, and whole is false.
func (p *parser) split(line []byte) (cells [][]byte, whole bool) {
	want := len(p.plan.names)
	p.cells = plainCells(p.cells[:0], line)
	if len(p.cells) == want && p.plan.fits(p.cells) {
		return p.unquote(), true
	}
	p.spare = textlog.Words(p.spare[:0], line)
	if len(p.spare) == want && p.plan.fits(p.spare) {
		return p.spare, true
	}
	switch n := len(p.cells); {
	case n == want:
		return p.cells, true
	case n > want:
		return p.mend(line, n-want)
	case n >= 4 && p.plan.fits(p.cells):
		return p.cells, false
	}
	return nil, false
}

// plainCells parts a line at tabs if it has any, or else at blanks.
func plainCells(dst [][]byte, line []byte) [][]byte {
	sep := byte(' ')
	if bytes.IndexByte(line, '\t') >= 0 {
		sep = '\t'
	}
	for len(dst) < 2*maxColumns {
		end := bytes.IndexByte(line, sep)
		if end < 0 {
			break
		}
		if end > 0 || sep == '\t' {
			dst = append(dst, line[:end])
		}
		line = line[end+1:]
	}
	if len(line) > 0 {
		dst = append(dst, line)
	}
	return dst
}

// unquote drops quotes around whole cells, which IIS does not write.
func (p *parser) unquote() [][]byte {
	if p.plan.writer == webServer {
		return p.cells
	}
	for i, c := range p.cells {
		if len(c) >= 2 && c[0] == '"' && c[len(c)-1] == '"' {
			p.cells[i] = c[1 : len(c)-1]
		}
	}
	return p.cells
}

// mend finds the column whose blanks made too many cells: the one that leaves
// all others with values of their types. If there is none, the last columns
// are left over.
func (p *parser) mend(line []byte, extra int) ([][]byte, bool) {
	p.mended = true
	want := len(p.plan.names)
	for _, c := range p.plan.wide {
		last := p.cells[c+extra]
		from, to := cap(line)-cap(p.cells[c]), cap(line)-cap(last)+len(last)
		p.spare = append(p.spare[:0], p.cells[:c]...)
		p.spare = append(p.spare, line[from:to])
		p.spare = append(p.spare, p.cells[c+extra+1:]...)
		if p.plan.fits(p.spare) {
			return p.spare, true
		}
	}
	return p.cells[:want], false
}

// cell returns a column's value, nil when there is none.
func cell(cells [][]byte, column int) []byte {
	if column < 0 || column >= len(cells) {
		return nil
	}
	return cells[column]
}

func (p *parser) date(cells [][]byte) {
	e, plan := &p.event, p.plan
	p.event.Host = p.hostOf(cells)
	day, clock := cell(cells, plan.date), cell(cells, plan.time)
	if day == nil && len(p.day) >= 10 {
		day = p.day[:10]
	}
	if day != nil && clock != nil {
		text := p.rec.Join(day, []byte(" "), bytes.Trim(clock, "'"))
		d, rest, ok := textlog.ISODate(text)
		if !p.local && plan.writer != firewall {
			d.Zoned = true // the format says UTC
		}
		p.clock.Set(e, &d, ok && len(rest) == 0)
		return
	}
	if m := bytes.Trim(cell(cells, plan.moment), "[]"); len(m) > 0 {
		p.moment(m)
		return
	}
	t, zoned, ok := source.ParseTime(cell(cells, plan.epoch))
	p.clock.Put(e, t, zoned, ok)
}

func (p *parser) moment(m []byte) {
	d, rest, ok := textlog.WebDate(m)
	if !ok {
		d, rest, ok = textlog.ISODate(m)
	}
	d.Zoned = d.Zoned || bytes.HasSuffix(rest, []byte("GMT"))
	p.clock.Set(&p.event, &d, ok)
}

func (p *parser) hostOf(cells [][]byte) string {
	host := cell(cells, p.plan.host)
	if len(host) == 0 || string(host) == "-" {
		host = cell(cells, p.plan.server)
		if p.plan.writer != webServer {
			host = nil
		}
	}
	if string(host) == "-" {
		host = nil
	}
	return p.names.Intern(host)
}
