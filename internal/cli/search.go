package cli

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"tyto/internal/event"
	"tyto/internal/report/inert"
	"tyto/internal/scan"
)

// searchCmd finds events by what they say.
type searchCmd struct {
	Args          []string `arg:"" name:"word" help:"What to look for in what events say and in the names of their computer, log and provider; then files, folders and archives. With --field all are paths."`
	Regex         bool     `help:"The word is a regular expression (RE2)." short:"r"`
	Field         []string `help:"A condition on a field: 'Image=*\\cmd.exe' with wildcards, or 'Image~REGEX'. All must hold." placeholder:"COND" sep:"none"`
	CaseSensitive bool     `help:"Tell upper from lower case." short:"c"`
	JSON          bool     `help:"Print whole events, one JSON object a line." name:"json"`
	Count         bool     `help:"Print only how many events match."`
	evidenceFlags `embed:""`
}

// Run implements the command.
func (c *searchCmd) Run(ctx context.Context, s *session) error {
	if err := c.validate(); err != nil {
		return err
	}
	q, paths, err := c.query()
	if err != nil {
		return err
	}
	progress := &scan.Progress{}
	stop := s.watch(ctx, "search", paths, progress)
	defer stop()
	opt, err := c.scan(ctx, s.env, paths, progress)
	if err != nil {
		return err
	}
	opt.Out = s.out
	if c.JSON {
		opt.Out = s.raw()
	}
	files, err := scan.Run(ctx, paths, opt, func() scan.Consumer {
		return &searcher{cmd: c, query: q, found: progress}
	})
	stop()
	if err != nil {
		return err
	}
	if c.Count {
		fmt.Fprintln(s.out, progress.Found.Load())
	}
	s.tellDamage(files)
	return nothingRead(files)
}

// query turns the arguments into tests and paths.
func (c *searchCmd) query() (*query, []string, error) {
	q, paths := &query{}, c.Args
	if len(c.Field) == 0 {
		if len(c.Args) < 2 {
			return nil, nil, &usageError{"search needs a word and where to look", `tyto search certutil logs/`}
		}
		pattern := c.Args[0]
		if !c.Regex {
			pattern = regexp.QuoteMeta(pattern)
		}
		re, err := c.compile(pattern)
		if err != nil {
			return nil, nil, err
		}
		q.any, paths = re, c.Args[1:]
		if !c.Regex && !c.CaseSensitive && isASCII(c.Args[0]) {
			q.word = []byte(strings.ToLower(c.Args[0]))
		}
	}
	for _, cond := range c.Field {
		f, err := c.condition(cond)
		if err != nil {
			return nil, nil, err
		}
		q.fields = append(q.fields, f)
	}
	return q, paths, nil
}

func (c *searchCmd) compile(pattern string) (*regexp.Regexp, error) {
	flags := "(?is)"
	if c.CaseSensitive {
		flags = "(?s)"
	}
	_, err := regexp.Compile(pattern) // the error shows the pattern as it was written
	if err != nil {
		return nil, &usageError{err.Error(), "the syntax is RE2's: no look-around, no back-references"}
	}
	return regexp.Compile(flags + pattern)
}

// condition reads one --field: Name=pattern or Name~regex.
func (c *searchCmd) condition(text string) (fieldTest, error) {
	i := strings.IndexAny(text, "=~")
	if i <= 0 {
		return fieldTest{}, &usageError{
			fmt.Sprintf("%q is no condition", text), `write --field 'Image=*\certutil.exe' or --field 'CommandLine~url.*cache'`,
		}
	}
	pattern := text[i+1:]
	if text[i] == '=' {
		pattern = "^" + wildcards(pattern) + "$"
	}
	re, err := c.compile(pattern)
	return fieldTest{name: strings.TrimSpace(text[:i]), re: re}, err
}

// wildcards turns * and ? into a regular expression.
func wildcards(pattern string) string {
	quoted := regexp.QuoteMeta(pattern)
	return strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// A query is what an event must satisfy: something in any searchable value or
// name, and all conditions on fields.
type query struct {
	any    *regexp.Regexp
	word   []byte // lower case; when set it decides for ASCII values instead of any
	fields []fieldTest
}

type fieldTest struct {
	name string
	re   *regexp.Regexp
}

// A searcher applies a query to the events of one worker.
type searcher struct {
	cmd   *searchCmd
	query *query
	job   *scan.Job
	found *scan.Progress
	buf   []byte
	fold  []byte
	name  []byte // of a computer, log or provider
}

// Begin implements scan.Consumer.
func (s *searcher) Begin(job *scan.Job) { s.job, s.buf = job, job.Buffer() }

// End implements scan.Consumer.
func (s *searcher) End() []byte { return s.buf }

// Event implements scan.Consumer.
func (s *searcher) Event(ev *event.Event) bool {
	filter := s.cmd.filter()
	if !filter.Keeps(ev) {
		return true
	}
	where, ok := s.matches(ev)
	if !ok {
		return true
	}
	s.found.Found.Add(1)
	switch {
	case s.cmd.Count:
	case s.cmd.JSON:
		s.buf = append(appendEvent(s.buf, ev), '\n')
	default:
		s.buf = appendMatch(s.buf, ev, where)
	}
	if len(s.buf) < emitAt {
		return true
	}
	err := s.job.Emit(s.buf)
	s.buf = s.buf[:0]
	return err == nil
}

// A matched value or name is what fitted, for showing.
type matched struct {
	name string
	text []byte
}

// matches applies the query to an event.
func (s *searcher) matches(ev *event.Event) (matched, bool) {
	var shown matched
	for _, f := range s.query.fields {
		v, ok := f.find(ev)
		if !ok {
			return shown, false
		}
		shown = matchOf(ev, v)
	}
	if s.query.any == nil {
		return shown, true
	}
	for _, v := range ev.Values {
		if !ev.Shape.Fields[v.Field].Header && s.contains(v.Text) {
			return matchOf(ev, v), true
		}
	}
	return s.matchesName(ev)
}

func matchOf(ev *event.Event, v event.Value) matched {
	return matched{ev.Shape.Fields[v.Field].Name, v.Text}
}

// matchesName looks at the names that describe an event. All other headers are
// numbers and times, which a word would find in nearly every event.
func (s *searcher) matchesName(ev *event.Event) (matched, bool) {
	for _, m := range [...]struct{ name, text string }{
		{"Computer", ev.Host}, {"Log", ev.Source.Log()}, {"Provider", ev.Source.Provider},
	} {
		s.name = append(s.name[:0], m.text...)
		if m.text != "" && s.contains(s.name) {
			return matched{m.name, s.name}, true
		}
	}
	return matched{}, false
}

func (f *fieldTest) find(ev *event.Event) (event.Value, bool) {
	i := ev.Shape.Find(f.name)
	if i < 0 {
		return event.Value{}, false
	}
	for _, v := range ev.Values {
		if int(v.Field) == i && v.Kind != event.Null && f.re.Match(v.Text) {
			return v, true
		}
	}
	return event.Value{}, false
}

// contains looks for the word without a regular expression where the value is
// ASCII, which nearly all are.
func (s *searcher) contains(text []byte) bool {
	if s.query.word == nil {
		return s.query.any.Match(text)
	}
	s.fold = s.fold[:0]
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return s.query.any.Match(text)
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		s.fold = append(s.fold, c)
	}
	return bytes.Contains(s.fold, s.query.word)
}

// appendMatch writes one line for people.
func appendMatch(dst []byte, ev *event.Event, m matched) []byte {
	dst = ev.Time.UTC().AppendFormat(dst, "2006-01-02 15:04:05.000")
	dst = append(dst, "  "...)
	dst = inert.Append(dst, ev.Host)
	dst = append(dst, "  "...)
	dst = inert.Append(dst, ev.Source.Log())
	if ev.Source.EventID != 0 {
		dst = fmt.Appendf(dst, " %d", ev.Source.EventID)
	}
	if ev.RecordID != 0 {
		dst = fmt.Appendf(dst, " #%d", ev.RecordID)
	}
	dst = append(dst, "  "...)
	dst = inert.Append(dst, m.name)
	dst = append(dst, ": "...)
	dst = inert.Append(dst, excerpt(m.text))
	return append(dst, '\n')
}

// maxExcerpt is how much of a value a line shows.
const maxExcerpt = 300

func excerpt(b []byte) string {
	if len(b) <= maxExcerpt {
		return string(b)
	}
	n := maxExcerpt
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return string(b[:n]) + "..."
}
