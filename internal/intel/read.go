package intel

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Options bound what a reader takes and say what a list does not say itself.
// Zero fields stand for the defaults.
type Options struct {
	Source     string // name of the source where a list names none; default: the file's name
	Size       int64  // bytes that are to be read, if known: saves memory
	MaxBytes   int64  // of one file; default 2 GiB
	MaxEntries int    // of one file; default 5,000,000
	MaxDepth   int    // of nested JSON; default 64
	MaxElement int64  // bytes of one entry (attribute, object, line); default 16 MiB
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 2 << 30
	}
	if o.MaxEntries <= 0 {
		o.MaxEntries = 5_000_000
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = 64
	}
	if o.MaxElement <= 0 {
		o.MaxElement = 16 << 20
	}
	return o
}

// A Problem is one thing in a list that could not be used; what stands around
// it was.
type Problem struct {
	File   string `json:"file"`
	Line   int64  `json:"line,omitempty"`  // 1-based, of text
	Entry  int    `json:"entry,omitempty"` // 1-based, of JSON
	Value  string `json:"value,omitempty"` // what stood there, where it was meant as a value
	Reason string `json:"reason"`
}

// String tells the problem like a compiler does.
func (p Problem) String() string {
	switch {
	case p.Line > 0:
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason)
	case p.Entry > 0:
		return fmt.Sprintf("%s: entry %d: %s", p.File, p.Entry, p.Reason)
	}
	return p.File + ": " + p.Reason
}

// A Carried is a rule or pattern that travelled with indicators.
type Carried struct {
	Kind  string // "sigma", "stix", "yara", "snort", "suricata", ... as the source names it
	ID    string
	Name  string
	Text  string // byte for byte as it came
	Claim *Claim
	From  int64 // Unix seconds, 0 unknown
	Until int64
	Asked Decision // what the source wants it used for
	entry int      // of its file
	Why   string   // why it is not among the indicators, for people
}

// An Import is what readers found.
type Import struct {
	Indicators []Indicator
	Sigma      []Carried // for the rule engine
	Patterns   []Carried // STIX patterns that are more than a set of values
	Kept       []Carried // rules for engines that Tyto does not have: shown as not evaluated
	Problems   []Problem // the first [MaxProblems]
	Skipped    int       // entries with problems, all of them
	Withdrawn  int       // entries that their source took back
	Files      []FileRead
	versions   map[versionKey]version // of STIX indicators
}

// A FileRead says what one file gave.
type FileRead struct {
	Name   string `json:"name"`
	Format string `json:"format"` // csv, list, misp, stix, json
	Bytes  int64  `json:"bytes"`
	Values int    `json:"values"`
}

// MaxProblems bounds the listed problems of one import.
const MaxProblems = 1000

// Add appends what another import found.
func (im *Import) Add(o *Import) {
	im.settle(o)
	if len(im.Indicators) == 0 {
		im.Indicators = o.Indicators // mostly there is one large list
	} else {
		im.Indicators = append(im.Indicators, o.Indicators...)
	}
	im.Sigma = append(im.Sigma, o.Sigma...)
	im.Patterns = append(im.Patterns, o.Patterns...)
	im.Kept = append(im.Kept, o.Kept...)
	im.Problems = append(im.Problems, o.Problems[:min(len(o.Problems), max(0, MaxProblems-len(im.Problems)))]...)
	im.Skipped += o.Skipped
	im.Withdrawn += o.Withdrawn
	im.Files = append(im.Files, o.Files...)
}

// Errors that end the reading of a file. What was read before stays.
var (
	errTooLong = errors.New("file is longer than the limit")
	errTooMany = errors.New("more entries than the limit")
	errTooDeep = errors.New("nested deeper than the limit")
	errElement = errors.New("one entry is longer than the limit")
)

// Read imports indicators from one file in any known form; the form is told by
// the content, the name is a hint. An error means that the rest of the file
// could not be read: the import holds what came before.
func Read(r io.Reader, name string, opt Options) (*Import, error) {
	c := newCollector(name, opt)
	err := c.read(r)
	if err != nil {
		err = fmt.Errorf("reading %s: %w", name, err)
		c.problem(0, 0, err.Error())
	}
	return &c.out, err
}

// Beside reports whether a file lies beside lists of indicators and is none
// itself: the index of a MISP feed, its hashes (one-way, for look-ups), notes,
// hidden files.
func Beside(p string) bool {
	base := strings.ToLower(path.Base(p))
	return base == "manifest.json" || base == "hashes.csv" || strings.HasPrefix(base, ".") ||
		strings.HasSuffix(base, ".md") || strings.HasPrefix(base, "license")
}

// A collector gathers the entries of one file.
type collector struct {
	out    Import
	opt    Options
	name   string
	types  *typer
	claims map[Claim]*Claim
	format string
	count  *countReader
	rules  int64            // bytes of rules and patterns carried on
	shared map[Claim]*Claim // of the MISP event that is read

	lastKey   Claim // rows of one source follow each other
	lastClaim *Claim
}

// maxRules bounds the rules and patterns of one import, in bytes.
const maxRules = 256 << 20

// carry keeps a rule or pattern.
func (c *collector) carry(list *[]Carried, k Carried, entry int) {
	c.rules += int64(len(k.Text))
	if c.rules > maxRules || len(*list) >= c.opt.MaxEntries {
		c.problem(0, entry, "more rules and patterns than the limit")
		return
	}
	k.Text = strings.Clone(k.Text)
	*list = append(*list, k)
}

func newCollector(name string, opt Options) *collector {
	return &collector{name: name, opt: opt.withDefaults(), types: newTyper(), claims: map[Claim]*Claim{}}
}

// headSize is how much of a file is looked at to tell its form.
const headSize = 64 << 10

func (c *collector) read(r io.Reader) error {
	c.count = &countReader{r: r, max: c.opt.MaxBytes}
	br := bufio.NewReaderSize(c.count, headSize)
	head, err := br.Peek(headSize)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull && len(head) == 0 {
		return err
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = br.Discard(3)
		head = head[3:]
	}
	if order := wideOrder(head); order != nil {
		_, _ = br.Discard(2)
		br = bufio.NewReaderSize(&wideReader{in: br, order: order}, headSize)
		if head, err = br.Peek(headSize); err != nil && err != io.EOF && len(head) == 0 {
			return err
		}
	}
	if n := bytes.Count(head, []byte{0}); n > 0 && n >= len(head)/64 { // a stray one spoils its own value only
		return errors.New("not text: indicators are read from CSV, lists, MISP and STIX JSON in UTF-8")
	}
	defer c.finish()
	if t := bytes.TrimLeft(head, " \t\r\n"); len(t) > 0 && (t[0] == '{' || t[0] == '[' && !bytes.HasPrefix(t, []byte("[.")) && jsonArray(t)) {
		return c.readJSON(br, head)
	}
	return c.readText(br)
}

// jsonArray tells an array of objects from a line that starts with a bracket.
func jsonArray(head []byte) bool {
	rest := bytes.TrimLeft(head[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '{' || rest[0] == '"' || rest[0] == ']' || rest[0] == '[')
}

func (c *collector) finish() {
	c.out.Files = append(c.out.Files, FileRead{Name: c.name, Format: c.format, Bytes: c.count.n, Values: len(c.out.Indicators)})
}

// problem notes an entry that could not be used.
func (c *collector) problem(line int64, entry int, reason string) {
	c.out.Skipped++
	if len(c.out.Problems) < MaxProblems {
		c.out.Problems = append(c.out.Problems, Problem{File: c.name, Line: line, Entry: entry, Reason: cut(reason, 512)})
	}
}

// unread notes a value that could not be used.
func (c *collector) unread(value string, line int64, entry int, reason string) {
	c.problem(line, entry, reason)
	if n := len(c.out.Problems); c.out.Skipped == n {
		c.out.Problems[n-1].Value = strings.Clone(cut(value, 1024))
	}
}

// intern returns the one copy of a claim.
func (c *collector) intern(cl Claim) *Claim {
	if c.lastClaim != nil && cl == c.lastKey {
		return c.lastClaim
	}
	if p := c.claims[cl]; p != nil {
		c.lastKey, c.lastClaim = cl, p
		return p
	}
	for _, s := range []*string{&cl.Source, &cl.Tool, &cl.Actors, &cl.Date, &cl.Note} {
		*s = strings.Clone(*s) // not to keep the whole line
	}
	key := cl
	for _, s := range []*string{&cl.Source, &cl.Tool, &cl.Actors, &cl.Date, &cl.Note} {
		*s = strings.TrimSpace(strings.ToValidUTF8(*s, "\uFFFD"))
	}
	if cl.Source == "" {
		cl.Source = c.defaultSource()
	}
	cl.File = c.name
	if cl.Grade == (Grade{}) {
		cl.Grade = gradeOf(cl.Source)
	}
	p := &cl
	c.claims[key] = p
	return p
}

func (c *collector) defaultSource() string {
	if c.opt.Source != "" {
		return c.opt.Source
	}
	return path.Base(strings.ReplaceAll(c.name, `\`, "/"))
}

// add takes one value. Values that are not what their type says are kept, as
// rejected ones: the check tells about them.
func (c *collector) add(t Type, raw string, in Indicator) error {
	if len(c.out.Indicators) >= c.opt.MaxEntries {
		return errTooMany
	}
	if t == URL && strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//") {
		t = URIPath
	}
	if t == CertSHA1 && len(raw) == 64 {
		t = CertSHA256 // lists that name no algorithm
	}
	if t == Filename && strings.ContainsAny(raw, `\/`) {
		t = Path // a name alone would be looked for in every folder
	}
	if t == Path && strings.ContainsAny(raw, "<*") {
		t = PathPattern
	}
	value, bad := canonical(t, raw)
	in.Type = t
	in.Value = strings.Clone(strings.ToValidUTF8(value, "\uFFFD"))
	if raw != value {
		in.Written = strings.Clone(strings.ToValidUTF8(raw[:min(len(raw), maxValue)], "\uFFFD"))
	}
	if bad != "" {
		in.Decision = Rejected
		in.because("not a valid " + t.String() + ": " + string(bad))
	}
	if n := len(c.out.Indicators); n == cap(c.out.Indicators) {
		c.out.Indicators = slices.Grow(c.out.Indicators, c.more(n))
	}
	c.out.Indicators = append(c.out.Indicators, in)
	return nil
}

// more estimates, after n entries, how many come: growing by halves would hold
// a large list twice.
func (c *collector) more(n int) int {
	const sample = 1 << 14
	if c.opt.Size == 0 || c.count == nil || c.count.n == 0 || n < sample {
		return max(64, n)
	}
	left := float64(c.opt.Size-c.count.n) / float64(c.count.n) * float64(n)
	return max(sample/4, min(int(left*1.1), c.opt.MaxEntries-n)) // some bytes are read ahead
}

// A countReader counts and limits what is read. The allowance for one entry
// starts anew at each call of entry.
type countReader struct {
	r       io.Reader
	n, max  int64
	element int64 // bytes since the last entry; limited when limit > 0
	limit   int64
}

func (r *countReader) entry() { r.element = 0 }

func (r *countReader) Read(p []byte) (int, error) {
	if r.n >= r.max {
		return 0, errTooLong
	}
	if r.limit > 0 && r.element > r.limit {
		return 0, errElement
	}
	n, err := r.r.Read(p[:min(int64(len(p)), r.max-r.n)])
	r.n += int64(n)
	r.element += int64(n)
	return n, err
}
